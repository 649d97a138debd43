import Testing

@testable import Models

/// In which order a range visits, and what it visits while the map changes.
///
/// Source: Go 1.19, runtime/map.go, `mapiterinit`, `mapiternext`.
@Suite struct MapRangeTests {
  /// The keys that a range returns until its end, from a start bucket and a slot offset.
  private func keys(
    _ map: Hmap, startBucket: Int, offset: Int
  ) -> [Int32] {
    var map = map
    var keys: [Int32] = []
    var hasEnded = false
    let observer: Hmap.Observer = { event, _ in
      switch event {
      case .entryVisited(_, let key, _, _): keys.append(key.spelling)
      case .rangeEnded: hasEnded = true
      default: break
      }
    }
    map.perform(
      .iterate(id: 1, startBucket: startBucket, offset: offset), observer: observer)
    for _ in 0...1000 where !hasEnded { map.perform(.next(id: 1), observer: observer) }
    #expect(hasEnded)
    return keys
  }

  private func filled(
    _ rules: MapType.Rules = .go1_19, hint: Int, _ count: Int, hashing: Hashing = .spread
  ) -> Hmap {
    var probe = MapProbe(rules, hint: hint)
    for key in 0..<count { probe.insert(key, hashing.hash(key)) }
    return probe.map
  }

  @Test func bucketsGoUpFromTheStartAndWrapOnce() {
    var probe = MapProbe(hint: 26)
    for key in 0..<8 { probe.insert(key, hash(bucket: key % 4)) }
    #expect(keys(probe.map, startBucket: 2, offset: 0) == [2, 6, 3, 7, 0, 4, 1, 5])
  }

  @Test func everyBlockStartsAtTheSameSlotOffset() {
    var probe = MapProbe(hint: 26)
    for key in 0..<12 { probe.insert(key, hash(bucket: 1)) }
    #expect(
      keys(probe.map, startBucket: 0, offset: 2) == [2, 3, 4, 5, 6, 7, 0, 1, 10, 11, 8, 9])
  }

  @Test func aRangeOfAnEmptyMapEndsAtOnceAndLeavesTheFlags() {
    var probe = MapProbe()
    #expect(
      probe.perform(.iterate(id: 1, startBucket: 0, offset: 3)).map(\.name)
        == ["rangeStarted", "rangeEnded"])
    #expect(probe.map.flags == 0)
    probe.insert(1, 5)
    probe.perform(.iterate(id: 1, startBucket: 0, offset: 3))
    #expect(probe.map.flags == Hmap.Flag.iterator | Hmap.Flag.oldIterator)
  }

  /// All 64 random bits may be set, and with a single bucket none is shifted away.
  @Test func aWholeRangeStartsFromAnyRandomNumber() {
    for seed in 0..<64 as Range<UInt64> {
      var map = Hmap(type: MapType(rules: .go1_19), seed: seed)
      map.perform(.assign(HashedKey(MapKey(spelling: 0), .fixed(1)), elem: 0), observer: nil)
      var visits = 0
      map.perform(.range) { event, _ in if event.name == "entryVisited" { visits += 1 } }
      #expect(visits == 1)
    }
  }

  /// C14, on a map at rest.
  @Test(arguments: [(0, 7), (26, 26), (26, 20), (100, 60)])
  func aRangeReturnsEachEntryOnceFromAnyStart(_ hint: Int, _ count: Int) {
    let map = filled(hint: hint, count, hashing: hint == 26 ? .few : .spread)
    for startBucket in 0..<(1 << map.B) {
      for offset in 0..<8 {
        #expect(
          keys(map, startBucket: startBucket, offset: offset).sorted()
            == Array(0..<Int32(count)))
      }
    }
  }

  /// C14, in the middle of a growth: old chains are walked where their bucket has not moved.
  @Test(arguments: MapType.Rules.ofRuntime)
  func aRangeInTheMiddleOfADoublingReturnsEachEntryOnce(_ rules: MapType.Rules) {
    var probe = MapProbe(rules, hint: 104)
    probe.insertEvenly(0..<105)
    var count = 105
    while probe.map.isGrowing {
      for startBucket in 0..<32 {
        #expect(
          keys(probe.map, startBucket: startBucket, offset: startBucket & 7).sorted()
            == Array(0..<Int32(count)))
      }
      probe.insert(count, evenHash(count))
      count += 1
    }
    #expect(count > 110)
  }

  /// C14, in the middle of a same-size growth.
  @Test func aRangeInTheMiddleOfASameSizeGrowthReturnsEachEntryOnce() {
    var probe = MapProbe(hint: 50)
    for bucket in 0..<8 {
      for key in 0..<9 { probe.insert(bucket * 10 + key, hash(bucket: bucket)) }
      for key in 0..<6 { probe.delete(bucket * 10 + key, hash(bucket: bucket)) }
    }
    probe.insert(0, hash(bucket: 0))
    #expect(probe.map.isSameSizeGrow)
    let wanted: [Int32] = [0] + (0..<8).flatMap { bucket in (6..<9).map { bucket * 10 + $0 } }
    for startBucket in 0..<8 {
      for offset in 0..<8 {
        #expect(
          keys(probe.map, startBucket: startBucket, offset: offset).sorted() == wanted)
      }
    }
  }

  /// By the notes' rule a bucket may be half moved.
  @Test func aRangeByTheNotesReturnsEachEntryOnceAtEveryPointOfAGrowth() {
    var probe = MapProbe(.notes, hint: 26)
    probe.insertEvenly(0..<27)
    var ranges = 0
    while probe.map.isGrowing {
      let visited = probe.perform(.range).compactMap { event -> Int32? in
        if case .entryVisited(_, let key, _, _) = event { key.spelling } else { nil }
      }
      #expect(visited.sorted() == Array(0..<27))
      ranges += 1
    }
    #expect(ranges > 10)
  }

  /// The language's promise, with writes and growths in between: what stays is visited once, what
  /// goes before it is reached is not visited, nothing is visited twice.
  @Test(arguments: RandomRun.ofRuntime)
  func aRangeKeepsItsPromiseWhileTheMapChanges(_ run: RandomRun) {
    var random = SplitMix64(seed: run.seed)
    for round in 0..<12 {
      var map = run.newMap(&random)
      var present: Set<Int> = []
      func change(_ operation: MapOperation) {
        map.perform(operation, observer: nil)
        switch operation {
        case .assign(let key, _, _): present.insert(Int(key.key.spelling))
        case .delete(let key, _): present.remove(Int(key.key.spelling))
        default: break
        }
      }
      for number in 0..<Int.random(in: 1...110, using: &random) {
        change(.assign(run.key(number), elem: 0))
      }
      var stayed = present
      var visited: [Int] = []
      var hasEnded = false
      func advance(_ operation: MapOperation) {
        map.perform(operation) { event, _ in
          switch event {
          case .entryVisited(_, let key, _, _): visited.append(Int(key.spelling))
          case .rangeEnded: hasEnded = true
          default: break
          }
        }
        if let last = visited.last, !hasEnded { #expect(present.contains(last)) }
      }
      let start = Int.random(in: 0..<64, using: &random)
      advance(.iterate(id: 3, startBucket: start, offset: round & 7))
      var fresh = 1000
      while !hasEnded {
        for _ in 0..<Int.random(in: 0...3, using: &random) {
          if Bool.random(using: &random), let old = stayed.sorted().randomElement(using: &random) {
            if visited.contains(old) { continue }
            change(.delete(run.key(old)))
            stayed.remove(old)
          } else if fresh < 1300 {
            change(.assign(run.key(fresh), elem: 0))
            fresh += 1
          }
        }
        advance(.next(id: 3))
      }
      #expect(Set(visited).count == visited.count, "round \(round)")
      #expect(stayed.isSubset(of: visited), "round \(round)")
      #expect(map.brokenInvariants() == [])
    }
  }

  /// Go 1.21 to 1.23 mark all slots before they clear, so that ranges under way end.
  @Test func clearEndsARangeUnderWay() {
    var probe = MapProbe(.go1_23, hint: 104)
    probe.insertEvenly(0..<106)
    probe.perform(.iterate(id: 1, startBucket: 0, offset: 0))
    probe.perform(.clear)
    #expect(probe.perform(.next(id: 1)).map(\.name) == ["rangeEnded"])
  }
}
