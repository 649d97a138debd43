import Models
import Testing

/// A seeded generator (SplitMix64), so that every run plays the same operations.
struct AllocatorDice {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
    mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
    return mixed ^ mixed >> 31
  }

  mutating func roll(_ count: Int) -> Int { Int(next() % UInt64(count)) }

  /// A size: mostly small, some tiny, a few large, now and then 0.
  mutating func size() -> Int {
    switch roll(16) {
    case 0: 0
    case 1...4: 1 + roll(15)
    case 5...9: 1 + roll(512)
    case 10...12: 1 + roll(9000)
    case 13...14: 1 + roll(34000)
    default: 32000 + roll(1_500_000)
    }
  }
}

/// Random operations that the model cannot refuse.
struct AllocatorScript {
  var dice: AllocatorDice
  var live: [Int] = []

  mutating func next(_ model: GoAllocator) -> GoAllocator.Operation {
    switch dice.roll(40) {
    case 0: return .gc
    case 1: return model.isMarking ? .gcMarkTermination : .gcLazy
    case 2: return model.isMarking ? .gcMarkTermination : .gcStart
    case 3...4: return .sweep(spans: dice.roll(8))
    case 5: return .finishSweep
    case 6...8: return .worker(dice.roll(model.ps.count))
    case 9: return .scavenge(bytes: dice.roll(4 << 20))
    case 10: return dice.roll(4) == 0 ? .freeOSMemory : .scavenge(bytes: nil)
    case 11: return .readMemStats
    case 12: return .memoryPressure
    case 13...22 where !live.isEmpty:
      let handle = live.remove(at: dice.roll(live.count))
      return .drop(first: handle, last: handle, step: 1)
    default:
      let count = 1 + dice.roll(12)
      let base = model.handleCount
      live.append(contentsOf: base..<base + count)
      return .malloc(sizeBytes: dice.size(), noscan: dice.roll(2) == 0, count: count)
    }
  }
}

@Suite struct GoAllocatorPropertyTests {
  @Test(arguments: GoAllocator.Rules.allCases, [1, 2, 3])
  func everyInvariantHoldsAfterEveryOperation(rules: GoAllocator.Rules, seed: Int) {
    var model = GoAllocator(
      rules: rules, processors: 3, gogc: seed == 2 ? 100 : nil, usesMadvFree: seed == 3)
    var script = AllocatorScript(dice: AllocatorDice(seed: UInt64(seed)))
    for step in 0..<160 {
      var operation = script.next(model)
      while model.refusal(of: operation) != nil { operation = script.next(model) }
      model.perform(operation, observer: nil)
      let broken = model.brokenInvariants() + misplaced(model) + miscounted(model)
      #expect(broken.isEmpty, "step \(step), \(operation): \(broken.prefix(3))")
      if !broken.isEmpty { return }
    }
    #expect(model.handleCount > 100)
    #expect(model.cycles > 3)
  }

  /// Spans that are not where the model says that they are.
  private func misplaced(_ model: GoAllocator) -> [String] {
    var wrong: [String] = []
    model.forEachSpan { id, span in
      let isThere =
        switch model.place(of: id) {
        case .mcache(let p): model.ps[p].mcache[span.spanClass] == id
        case .queue(let queue, let spanClass):
          model.spans(in: queue, spanClass: spanClass).contains(id)
        case .nonempty(let spanClass): model.nonempty(spanClass: spanClass).contains(id)
        case .empty(let spanClass): model.empty(spanClass: spanClass).contains(id)
        case .busy(let pages): model.busySpans(pages: pages).contains(id)
        default: false
        }
      if !isThere { wrong.append("s\(id) is not in \(String(describing: model.place(of: id)))") }
    }
    return wrong
  }

  /// Counts of pages that do not follow from the pages one by one.
  private func miscounted(_ model: GoAllocator) -> [String] {
    var counts = GoAllocator.PageCounts()
    let range = model.pageCount / 3..<model.pageCount
    for page in range {
      switch model.pageState(page) {
      case .free: counts.free += 1
      case .released: counts.released += 1
      case .cached: counts.cached += 1
      case .span, .other: counts.inUse += 1
      }
    }
    return counts == model.pageCounts(in: range) ? [] : ["\(counts) are the pages' states"]
  }

  /// With and without an observer, from a copy or straight on: the same events, the same state.
  @Test(arguments: GoAllocator.Rules.allCases)
  func aCopyGoesTheSameWay(rules: GoAllocator.Rules) {
    var model = GoAllocator(rules: rules, processors: 2, gogc: 100)
    var script = AllocatorScript(dice: AllocatorDice(seed: 77))
    var operations: [GoAllocator.Operation] = []
    var copies: [(Int, GoAllocator)] = []
    var events: [[String]] = []
    for step in 0..<300 {
      if step % 60 == 0 { copies.append((step, model)) }
      var operation = script.next(model)
      while model.refusal(of: operation) != nil { operation = script.next(model) }
      operations.append(operation)
      var lines: [String] = []
      model.perform(operation) { event, _ in lines.append("\(event)") }
      events.append(lines)
    }
    for (start, copy) in copies {
      var listened = copy
      var silent = copy
      for step in start..<operations.count {
        var lines: [String] = []
        listened.perform(operations[step]) { event, _ in lines.append("\(event)") }
        silent.perform(operations[step], observer: nil)
        #expect(lines == events[step], "step \(step)")
      }
      #expect(summary(listened) == summary(model))
      #expect(summary(silent) == summary(model))
      #expect(copy.brokenInvariants().isEmpty)
    }
  }

  private func summary(_ model: GoAllocator) -> [String] {
    var lines = ["\(model.figures) \(model.sweepgen) \(model.cycles) \(model.worker)"]
    model.forEachSpan { id, span in
      lines.append("\(id) \(span.firstPage) \(span.usedWords) \(span.freeindex) \(span.sweepgen)")
    }
    for handle in 0..<model.handleCount {
      if let place = model.location(of: handle) { lines.append("\(handle) \(place)") }
    }
    return lines
  }

  /// An object that is referenced never moves, and one that is not is gone after a full cycle.
  @Test(arguments: GoAllocator.Rules.allCases)
  func objectsStayWhereTheyAre(rules: GoAllocator.Rules) {
    var model = GoAllocator(rules: rules, processors: 2)
    var script = AllocatorScript(dice: AllocatorDice(seed: 5))
    var places: [Int: GoAllocator.Location] = [:]
    for _ in 0..<400 {
      var operation = script.next(model)
      while model.refusal(of: operation) != nil { operation = script.next(model) }
      let first = model.handleCount
      model.perform(operation, observer: nil)
      for handle in first..<model.handleCount { places[handle] = model.location(of: handle) }
    }
    if model.isMarking { model.perform(.gcMarkTermination, observer: nil) }
    // An open tiny block may survive the first cycle.
    model.perform(.gc, observer: nil)
    model.perform(.gc, observer: nil)
    for handle in 0..<model.handleCount where model.isReferenced(handle) {
      #expect(model.location(of: handle) == places[handle])
    }
    let figures = model.figures
    #expect(figures.reachableBytes == figures.allocatedBytes)
    #expect(figures.reachableBytes > 0)
  }
}
