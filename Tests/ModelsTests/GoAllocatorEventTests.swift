import Models
import Testing

/// What a viewer can rely on who follows the events alone.
@Suite struct GoAllocatorEventTests {
  /// Follows events: where spans are, which slot each gave last, what is in memory.
  struct Follower {
    var places: [Int: GoAllocator.Place] = [:]
    var lastSlot: [Int: Int] = [:]
    var complaints: [String] = []
    var released = false

    mutating func take(_ event: GoAllocator.Event, _ model: borrowing GoAllocator) {
      switch event {
      case .spanMoved(let span, _, let from, let to):
        if places[span, default: .mheap] != from {
          complaints.append("s\(span) leaves \(from), but was in \(places[span] ?? .mheap)")
        }
        places[span] = to
        if to == .mheap, model.span(span) != nil { complaints.append("s\(span) lives on") }
        if to != .mheap, model.span(span) == nil { complaints.append("s\(span) is dead") }
      case .sweepgenRaised:
        for (span, place) in places {
          guard case .queue(let queue, let spanClass) = place else { continue }
          let turned: GoAllocator.Queue = queue == .partialSwept ? .partialUnswept : .fullUnswept
          if queue != .partialSwept, queue != .fullSwept {
            complaints.append("s\(span) was not swept before the next cycle")
          }
          places[span] = .queue(turned, spanClass: spanClass)
        }
      case .spanSwept(let span, _, let died, let allocCount):
        lastSlot[span] = -1
        if model.span(span)?.allocCount != allocCount {
          complaints.append("s\(span) has other slots than swept")
        }
        for slot in died where model.span(span)?.isUsed(slot) != false {
          complaints.append("slot \(slot) of s\(span) died, but is used")
        }
      case .slotReturned(_, let span, let slot, _):
        if slot <= lastSlot[span, default: -1] {
          complaints.append("slot \(slot) of s\(span) after \(lastSlot[span, default: -1])")
        }
        lastSlot[span] = slot
      case .pagesScavenged, .kernelReclaimed: released = true
      default: break
      }
    }
  }

  /// Spans leave from where they were put, slots rise between two sweeps, memory in residence
  /// falls only when it is given back.
  @Test(arguments: GoAllocator.Rules.allCases, [11, 12])
  func eventsTellOneStory(rules: GoAllocator.Rules, seed: Int) {
    var model = GoAllocator(rules: rules, processors: 3, gogc: seed == 11 ? 50 : nil)
    var script = AllocatorScript(dice: AllocatorDice(seed: UInt64(seed)))
    var follower = Follower()
    for step in 0..<600 {
      var operation = script.next(model)
      while model.refusal(of: operation) != nil { operation = script.next(model) }
      let resident = model.figures.residentBytes
      follower.released = false
      model.perform(operation) { event, model in follower.take(event, model) }
      if model.figures.residentBytes < resident, !follower.released {
        follower.complaints.append("memory fell by \(operation)")
      }
      if operation == .freeOSMemory {
        var kept = 0
        for p in model.ps { kept += (p.pageCache.free & ~p.pageCache.scavenged).nonzeroBitCount }
        let figures = model.figures
        #expect(figures.releasedBytes == figures.idleBytes - kept * 8192)
      }
      #expect(follower.complaints.isEmpty, "step \(step), \(operation)")
      if !follower.complaints.isEmpty { return }
    }
    model.forEachSpan { id, _ in #expect(model.place(of: id) == follower.places[id]) }
  }

  /// What one P does leaves the caches of the others alone.
  @Test(arguments: GoAllocator.Rules.allCases)
  func requestsTouchTheirOwnP(rules: GoAllocator.Rules) {
    var model = GoAllocator(rules: rules, processors: 2)
    var dice = AllocatorDice(seed: 3)
    model.perform(.worker(1), observer: nil)
    for _ in 0..<50 {
      let size = dice.size()
      model.perform(.malloc(sizeBytes: size, noscan: false, count: 2), observer: nil)
    }
    let other = model.ps[1]
    model.perform(.worker(0), observer: nil)
    for _ in 0..<200 {
      let size = dice.size()
      model.perform(.malloc(sizeBytes: size, noscan: false, count: 3), observer: nil)
    }
    #expect(model.ps[1].pageCache == other.pageCache)
    #expect(model.ps[1].mcache.cachedSpanClasses == other.mcache.cachedSpanClasses)
    for spanClass in other.mcache.cachedSpanClasses {
      #expect(model.ps[1].mcache[spanClass] == other.mcache[spanClass])
    }
  }
}
