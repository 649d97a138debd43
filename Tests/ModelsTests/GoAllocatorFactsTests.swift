import Models
import Testing

typealias Allocator = GoAllocator

/// Performs an operation and returns its events.
func events(_ operation: Allocator.Operation, _ model: inout Allocator) -> [Allocator.Event] {
  var events: [Allocator.Event] = []
  model.perform(operation) { event, _ in events.append(event) }
  return events
}

extension Allocator {
  /// Performs operations without listening, checking the invariants after each.
  mutating func play(_ operations: Operation...) {
    for operation in operations {
      #expect(refusal(of: operation) == nil)
      perform(operation, observer: nil)
      #expect(brokenInvariants().isEmpty)
    }
  }
}

/// Facts of Go's own sources: numbers and rules.
@Suite struct GoAllocatorFactsTests {
  /// Source: Go 1.19 and 1.10 sizeclasses.go; runtime2.go for the span classes.
  @Test func classNumbers() {
    #expect(Allocator.SizeClasses(rules: .go1_19).count == 68)
    #expect(Allocator.SizeClasses(rules: .go1_27).spanClassCount == 136)
    #expect(Allocator.SizeClasses(rules: .go1_10).count == 67)
    #expect(Allocator.SizeClasses(rules: .go1_10).spanClassCount == 134)
    #expect(Allocator.SizeClasses(rules: .go1_8).spanClassCount == 67)
  }

  /// The class of a size is the smallest that holds it, and never wastes more than one step.
  @Test(arguments: Allocator.Rules.allCases)
  func theSmallestClassThatFits(rules: Allocator.Rules) {
    let classes = Allocator.SizeClasses(rules: rules)
    for noscan in [false, true] {
      var last = 0
      for size in 1...rules.smallLimitBytes {
        let (number, header) = classes.placement(sizeBytes: size, noscan: noscan)
        let linear = (1..<classes.count).first { classes.slotSizeBytes($0) >= size + header }
        #expect(number == linear, "\(size) bytes, noscan \(noscan)")
        #expect(number >= last)
        last = number
      }
      #expect(classes.placement(sizeBytes: rules.smallLimitBytes + 1, noscan: noscan) == (0, 0))
    }
  }

  /// Source: Go 1.22 malloc.go, mallocgc; the limit holds without pointers as well.
  @Test func smallLimitsAndHeaders() {
    let old = Allocator.SizeClasses(rules: .go1_19)
    let new = Allocator.SizeClasses(rules: .go1_22)
    #expect(old.placement(sizeBytes: 32768, noscan: true) == (67, 0))
    #expect(new.placement(sizeBytes: 32768, noscan: true) == (0, 0))
    #expect(new.placement(sizeBytes: 32760, noscan: false) == (67, 8))
    #expect(new.placement(sizeBytes: 512, noscan: false) == (26, 0))
    #expect(new.placement(sizeBytes: 520, noscan: false) == (27, 8))
    #expect(new.placement(sizeBytes: 1024, noscan: false) == (33, 8))
    #expect(new.placement(sizeBytes: 1024, noscan: true) == (32, 0))
    #expect(old.placement(sizeBytes: 1024, noscan: false) == (32, 0))
    // 1017 to 1024 fall between the two tables.
    for size in 1017...1024 { #expect(old.sizeClass(bytes: size) == 32) }
  }

  /// Source: Go 1.19 allocSpan; 1.22 and 1.26 mheap.go, initSpan.
  @Test func slotsOfASpan() {
    let expected: [(Allocator.Rules, scan: Int, noscan: Int)] = [
      (.go1_19, 170, 170), (.go1_22, 168, 170), (.go1_26, 165, 168), (.go1_27, 165, 168),
    ]
    for (rules, scan, noscan) in expected {
      let classes = Allocator.SizeClasses(rules: rules)
      #expect(classes.slotCount(spanClass: 10) == scan)
      #expect(classes.slotCount(spanClass: 11) == noscan)
      #expect(classes.slotCount(spanClass: classes.spanClass(45, noscan: false)) == 5)
    }
    #expect(Allocator.SizeClasses(rules: .go1_27).slotCount(spanClass: 2) == 1008)
  }

  @Test func rulesByName() {
    #expect(Allocator.Rules(named: "notes") == .go1_10)
    #expect(Allocator.Rules(named: "go1.26") == .go1_26)
    #expect(Allocator.Rules(named: "go1.19.8") == nil)
    #expect(Allocator.Rules(goVersion: "go1.9.2") == .go1_10)
    #expect(Allocator.Rules(goVersion: "go1.25.5") == .go1_22)
    #expect(Allocator.Rules(goVersion: "go1.13") == nil)
    #expect(Allocator.Rules(goVersion: "go2.1") == nil)
  }

  /// Source: Go 1.19 malloc.go, mallocgc, the tiny allocator.
  @Test func tinyObjectsShareASlot() throws {
    var model = Allocator(rules: .go1_19)
    model.play(
      .malloc(sizeBytes: 1, noscan: true, count: 2), .malloc(sizeBytes: 8, noscan: true, count: 1),
      .malloc(sizeBytes: 12, noscan: true, count: 1), .malloc(sizeBytes: 16, noscan: true, count: 1)
    )
    let places = (0..<5).map { model.location(of: $0) }
    #expect(places.map { $0?.slot } == [0, 0, 0, 1, 2])
    #expect(places.map { $0?.tinyOffsetBytes } == [0, 1, 8, 0, 0])
    // The older block was full; the one with 4 bytes left is open.
    #expect(model.ps[0].mcache.tiny?.slot == 1)
    #expect(places[4]?.isTiny == false)
    // With pointers there is no sharing.
    model.play(.malloc(sizeBytes: 8, noscan: false, count: 1))
    #expect(model.location(of: 5)?.isTiny == false)
    // A block lives as long as one of its pieces; the open one survives a first cycle.
    model.play(.drop(first: 0, last: 1, step: 1), .drop(first: 3, last: 3, step: 1), .gc)
    let span = try #require(model.span(places[0]?.span ?? -1))
    #expect(span.usedWords[0] == 0b111)
    #expect(model.ps[0].mcache.tiny == nil)
    model.play(.gc)
    #expect(model.span(places[0]?.span ?? -1)?.usedWords[0] == 0b101)
  }

  @Test func nothingIsAllocatedForZeroBytes() {
    var model = Allocator(rules: .go1_27)
    let seen = events(.malloc(sizeBytes: 0, noscan: true, count: 1), &model)
    #expect(seen.map(\.name) == ["requested", "zeroSizeReturned"])
    #expect(model.location(of: 0) == nil)
    #expect(model.figures.sysBytes == 0)
    model.play(.drop(first: 0, last: 0, step: 1))
    #expect(!model.isReferenced(0))
  }

  /// A request that goes all the way climbs the levels in order, and the span comes down.
  @Test(arguments: Allocator.Rules.allCases)
  func theWayThroughThreeLevels(rules: Allocator.Rules) {
    var model = Allocator(rules: rules)
    let seen = events(.malloc(sizeBytes: 48, noscan: true, count: 1), &model).map(\.name)
    let way = [
      "requested", "sizeClassFound", "mcacheAsked", "mcentralAsked", "mheapAsked", "pagesTaken",
      "spanMoved", "spanMoved", "slotReturned",
    ]
    #expect(seen.filter { way.contains($0) } == way)
    let spanClass = model.classes.spanClass(model.classes.sizeClass(bytes: 48), noscan: true)
    var moves: [Allocator.Event] = []
    model = Allocator(rules: rules)
    for event in events(.malloc(sizeBytes: 48, noscan: true, count: 1), &model) {
      if event.name == "spanMoved" { moves.append(event) }
    }
    let hands: Allocator.Place =
      rules.isNotesEra ? .empty(spanClass: spanClass) : .mcentral(spanClass: spanClass)
    #expect(
      moves == [
        .spanMoved(span: 0, spanClass: spanClass, from: .mheap, to: hands),
        .spanMoved(span: 0, spanClass: spanClass, from: hands, to: .mcache(p: 0)),
      ])
    // The second request finds a slot at once.
    let next = events(.malloc(sizeBytes: 48, noscan: true, count: 1), &model).map(\.name)
    #expect(next == ["requested", "sizeClassFound", "mcacheAsked", "slotReturned"])
  }

  /// The state that an observer sees is that right after the event.
  @Test func observersSeeTheStateAfterTheEvent() {
    var model = Allocator(rules: .go1_27)
    var checked = 0
    model.perform(.malloc(sizeBytes: 1024, noscan: true, count: 1)) { event, state in
      switch event {
      case .pagesTaken: #expect(state.pageState(0) != .free)
      case .spanMoved(let span, let spanClass, _, .mcache(let p)):
        #expect(state.ps[p].mcache[spanClass] == span)
        checked += 1
      case .slotReturned(let handle, let span, let slot, _):
        #expect(state.location(of: handle)?.span == span)
        #expect(state.span(span)?.isUsed(slot) == true)
        checked += 1
      default: break
      }
    }
    #expect(checked == 2)
  }

  /// Dropping frees nothing; a slot comes back after the sweep, holes filled from slot 0 up.
  @Test(arguments: Allocator.Rules.allCases)
  func holesAreFilledAfterTheSweep(rules: Allocator.Rules) {
    var model = Allocator(rules: rules)
    model.play(.malloc(sizeBytes: 1024, noscan: true, count: 8))
    model.play(.drop(first: 1, last: 5, step: 2))
    let before = model.figures
    #expect(before.reachableBytes == 5 * 1024)
    #expect(before.allocatedBytes == 8 * 1024)
    model.play(.malloc(sizeBytes: 1024, noscan: true, count: 1))
    #expect(model.location(of: 8)?.span == 1)
    model.play(.gc, .malloc(sizeBytes: 1024, noscan: true, count: 9))
    let slots = (9..<18).map { model.location(of: $0)?.slot }
    // The span that was cached comes first in the modern queue; both stand the other way round in
    // the notes' era, where the first span was swept last and put in front.
    #expect(
      slots == (rules.isNotesEra ? [1, 3, 5, 1, 2, 3, 4, 5, 6] : [1, 2, 3, 4, 5, 6, 7, 1, 3]))
  }

  /// Source: Go 1.19 mcentral.go, cacheSpan: spanBudget.
  @Test func atMost101SpansAreSweptForARequest() {
    var model = Allocator(rules: .go1_19)
    model.play(.malloc(sizeBytes: 8192, noscan: true, count: 130), .gcLazy)
    let seen = events(.malloc(sizeBytes: 8192, noscan: true, count: 1), &model)
    let swept = seen.filter { $0.name == "spanSwept" }
    #expect(swept.count == 101)
    #expect(seen.contains { $0.name == "pagesTaken" })
  }

  /// An empty span that a request finds unswept is used, not given back.
  @Test(arguments: [Allocator.Rules.go1_10, .go1_19, .go1_27])
  func aDeadSpanThatARequestFindsIsUsed(rules: Allocator.Rules) {
    // With GOGC=off the notes' era would sweep everything at the first request.
    var model = Allocator(rules: rules, gogc: 1_000_000)
    model.play(.malloc(sizeBytes: 2048, noscan: true, count: 9))
    model.play(.drop(first: 0, last: 3, step: 1), .gcLazy)
    let seen = events(.malloc(sizeBytes: 2048, noscan: true, count: 4), &model)
    #expect(seen.allSatisfy { $0.name != "spanFreed" })
    #expect(model.location(of: 11)?.span == 2)
    #expect(model.location(of: 12)?.span == 0)
  }

  /// The same for a span that was partly used before: it is taken before any full one.
  @Test func aDeadPartialSpanIsUsedFirst() {
    var model = Allocator(rules: .go1_19)
    model.play(.malloc(sizeBytes: 2048, noscan: true, count: 6), .gc)
    #expect(model.spans(in: .partialSwept, spanClass: 77) == [1])
    model.play(.drop(first: 0, last: 5, step: 1), .gcLazy)
    let seen = events(.malloc(sizeBytes: 2048, noscan: true, count: 1), &model)
    #expect(model.location(of: 6)?.span == 1)
    #expect(model.location(of: 6)?.slot == 0)
    #expect(seen.contains(.spanSwept(span: 1, spanClass: 77, died: [0, 1], allocCount: 0)))
  }

  /// Source: Go 1.19 mcache.go, allocLarge; Go 1.10 malloc.go, largeAlloc.
  @Test func largeObjectsGetSpansOfTheirOwn() {
    var model = Allocator(rules: .go1_27)
    model.play(.malloc(sizeBytes: 40_000, noscan: true, count: 2))
    #expect(model.span(0)?.npages == 5)
    #expect(model.span(1)?.firstPage == 5)
    #expect(model.spans(in: .fullSwept, spanClass: 1) == [0, 1])
    model.play(.drop(first: 0, last: 0, step: 1), .gc)
    #expect(model.spans(in: .fullSwept, spanClass: 1) == [1])
    #expect(model.pageState(0) == .free)
    var old = Allocator(rules: .go1_10)
    old.play(.malloc(sizeBytes: 40_000, noscan: true, count: 2))
    #expect(old.busySpans(pages: 5) == [0, 1])
    old.play(.drop(first: 0, last: 0, step: 1), .gc)
    #expect(old.busySpans(pages: 5) == [1])
    #expect(old.freeRuns(pages: 5).map(\.firstPage) == [0])
  }

  /// Two Ps never hold the same span; a full one of either goes to the queue that they share.
  @Test(arguments: Allocator.Rules.allCases)
  func twoPsHaveSpansOfTheirOwn(rules: Allocator.Rules) {
    var model = Allocator(rules: rules, processors: 2)
    model.play(
      .malloc(sizeBytes: 6144, noscan: true, count: 3), .worker(1),
      .malloc(sizeBytes: 6144, noscan: true, count: 3), .worker(0),
      .malloc(sizeBytes: 6144, noscan: true, count: 3))
    let spans = (0..<9).map { model.location(of: $0)?.span }
    #expect(spans == [0, 0, 0, 1, 1, 1, 0, 2, 2])
  }

  /// Objects made while marking runs survive, whatever happens to them.
  @Test func whatIsAllocatedWhileMarkingSurvives() {
    var model = Allocator(rules: .go1_27)
    model.play(.malloc(sizeBytes: 64, noscan: true, count: 1), .gcStart)
    model.play(.malloc(sizeBytes: 64, noscan: true, count: 1), .drop(first: 0, last: 1, step: 1))
    #expect(model.refusal(of: .gc) == .wrongPhase)
    model.play(.gcMarkTermination, .finishSweep)
    #expect(model.figures.allocatedBytes == 128)
    model.play(.gc)
    #expect(model.figures.allocatedBytes == 0)
    #expect(model.spansInUseCount == 0)
    #expect(model.refusal(of: .gcMarkTermination) == .wrongPhase)
  }

  /// Source: Go 1.19 mgcpacer.go: 4 MB at GOGC=100, then what was marked and as much again.
  @Test func theHeapGoal() {
    #expect(Allocator.Pacer.goal(markedBytes: 0, rootBytes: 0, gogc: 100) == 4 << 20)
    #expect(Allocator.Pacer.goal(markedBytes: 0, rootBytes: 0, gogc: 50) == 2 << 20)
    #expect(
      Allocator.Pacer.goal(markedBytes: 3_233_320, rootBytes: 160_338, gogc: 100) == 6_626_978)
    #expect(Allocator.Pacer.goal(markedBytes: 1, rootBytes: 1, gogc: nil) == .max)
    var model = Allocator(rules: .go1_19, gogc: 100)
    model.play(.malloc(sizeBytes: 1 << 20, noscan: true, count: 3))
    #expect(model.cycles == 0)
    let seen = events(.malloc(sizeBytes: 1 << 20, noscan: true, count: 1), &model)
    #expect(seen.contains(.cycleStarted(number: 1, cause: .trigger)))
    #expect(model.pacer.goalBytes == 8 << 20)
    // The cycle that a request starts leaves the sweeping for later.
    #expect(!model.isSweepDone)
  }

  /// Of the way to a large goal only the last 4 MB are left, of a small one 5 %.
  ///
  /// Source: Go 1.19 mgcpacer.go, trigger.
  @Test func theTriggerOfLargeHeaps() {
    for (rules, expected) in [(Allocator.Rules.go1_19, 396 << 20), (.go1_10, 390 << 20)] {
      var model = Allocator(rules: rules, gogc: 100)
      model.play(.malloc(sizeBytes: 200 << 20, noscan: true, count: 1))
      #expect(model.pacer.goalBytes == 400 << 20)
      #expect(model.pacer.triggerBytes >> 20 == expected >> 20)
    }
  }
}
