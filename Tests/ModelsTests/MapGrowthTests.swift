import Testing

@testable import Models

/// What a growth moves, and when.
///
/// Source: Go 1.19, runtime/map.go.
@Suite struct MapGrowthTests {
  /// A map of four buckets and 27 entries which has just started to double: buckets 2 and 0 have
  /// been evacuated.
  private func growing(
    _ rules: MapType.Rules = .go1_19, bucketHasPointers: Bool = true
  ) -> MapProbe {
    var probe = MapProbe(rules, hint: 26, bucketHasPointers: bucketHasPointers)
    probe.insertEvenly(0..<27)
    return probe
  }

  private func evacuated(_ probe: MapProbe) -> [Int] {
    probe.events.compactMap {
      if case .bucketEvacuated(_, let bucket, _) = $0 { bucket } else { nil }
    }
  }

  /// `growWork`: the touched bucket first, then the one at nevacuate; `advanceEvacuationMark` skips.
  @Test func aWriteEvacuatesItsOwnBucketAndTheNextInLine() {
    var probe = growing()
    #expect(evacuated(probe) == [2, 0])
    #expect(probe.map.nevacuate == 1 && probe.map.isGrowing)
    probe.insert(27, evenHash(27))
    #expect(evacuated(probe) == [3, 1])
    #expect(!probe.map.isGrowing && probe.map.oldbuckets == nil)
    #expect(probe.events.contains(.evacuationMarkAdvanced(from: 1, to: 4)))
    #expect(probe.map.nevacuate == 4)
  }

  /// `growWork`: where the touched bucket is the next in line, the one behind it is the second.
  @Test func theNextInLineIsTheOneBehindATouchedBucketThatWasNext() {
    var probe = growing()
    probe.insert(29, evenHash(29))
    #expect(evacuated(probe) == [1, 3])
  }

  /// `mapaccess1` has no growWork.
  @Test(arguments: MapType.Rules.ofRuntime)
  func lookupsAndRangesEvacuateNothing(_ rules: MapType.Rules) {
    var probe = growing(rules)
    let before = probe.map.nevacuate
    for key in 0..<27 {
      probe.lookup(key, evenHash(key))
      #expect(probe.count("keyFound") == 1 && probe.count("keyMoved") == 0)
    }
    probe.perform(.range)
    #expect(probe.count("entryVisited") == 27 && probe.count("keyMoved") == 0)
    #expect(probe.map.nevacuate == before && probe.map.isGrowing)
  }

  /// `mapaccess1`: the old bucket instead of the new one until it has been evacuated.
  @Test func aLookupSearchesTheOldBucketUntilItIsEvacuated() {
    var probe = growing()
    #expect(
      probe.lookup(1, evenHash(1)).contains(.bucketChosen(.old, bucket: 1, .notEvacuated)))
    #expect(probe.lookup(4, evenHash(4)).contains(.bucketChosen(.new, bucket: 4, .evacuated)))
  }

  /// `mapdelete` calls growWork before it looks for the key.
  @Test func deletingAnAbsentKeyAdvancesTheGrowth() {
    var probe = growing()
    probe.delete(999, hash(bucket: 1))
    #expect(probe.events.last?.name == "keyMissed" && evacuated(probe) == [1, 3])
  }

  /// `mapassign` tests for growth only where the key is new.
  @Test func overwritesAdvanceAGrowthAndNeverStartOne() {
    var probe = growing()
    probe.insert(1, evenHash(1), elem: 9)
    #expect(probe.count("elemOverwritten") == 1 && evacuated(probe) == [1, 3])
    var full = MapProbe(hint: 26)
    full.insertEvenly(0..<26)
    full.insert(5, evenHash(5), elem: 9)
    #expect(full.count("growthStarted") == 0)
    full.insert(26, evenHash(26))
    #expect(full.count("growthStarted") == 1)
  }

  /// `evacuate`: exactly one more bit of the hash decides.
  @Test func bitBOfTheHashDecidesBetweenXAndY() {
    var probe = MapProbe(hint: 26)
    probe.insertEvenly(0..<26)
    probe.insert(26, evenHash(26))
    let moves = probe.events.compactMap { event -> (MapKey, SlotPlace, SlotPlace, Bool)? in
      if case .keyMoved(let key, let from, let to, let toY, _) = event {
        (key, from, to, toY)
      } else {
        nil
      }
    }
    #expect(moves.count == 13)
    for (key, from, to, toY) in moves {
      #expect(toY == (evenHash(Int(key.spelling)) & 4 != 0))
      #expect(to.bucket == from.bucket + (toY ? 4 : 0))
    }
  }

  /// `evacuate`, the old slots' marks.
  @Test func oldSlotsSayWhereTheirKeysWent() {
    var probe = MapProbe(hint: 26)
    probe.insertEvenly(0..<26)
    probe.delete(4, evenHash(4))
    probe.insert(4, evenHash(4))
    probe.insert(26, evenHash(26))
    let marks = probe.marks(0, .old)
    #expect(Set(marks) == [TopHash.evacuatedX, TopHash.evacuatedY, TopHash.evacuatedEmpty])
    #expect(probe.map.oldbuckets?.isEvacuated(0) == true)
    #expect(probe.map.oldbuckets?.isEvacuated(1) == false)
  }

  /// `evacuate`, the end: the garbage collector may take the chain of a bucket with pointers.
  @Test(arguments: [true, false])
  func anEvacuatedChainWithPointersIsCutToItsFirstBlock(_ hasPointers: Bool) {
    var probe = MapProbe(hint: 26, bucketHasPointers: hasPointers)
    for key in 0..<12 { probe.insert(key, hash(bucket: 0)) }
    for key in 12..<26 { probe.insert(key, hash(bucket: 1)) }
    probe.insert(26, hash(bucket: 2))
    #expect(evacuated(probe) == [2, 0])
    #expect(probe.map.oldbuckets?.chain(0).count == (hasPointers ? 1 : 2))
    #expect(probe.map.oldbuckets?.chain(1).count == 2)
  }

  /// `evacuate`: holes vanish, the order stays, overflow blocks of the new array count again.
  @Test func anEvacuatedBucketIsCompactInItsNewPlace() {
    var probe = MapProbe(hint: 26)
    for key in 0..<20 { probe.insert(key, hash(bucket: 0)) }
    for key in 20..<26 { probe.insert(key, hash(bucket: 1)) }
    for key in [0, 3, 9] { probe.delete(key, hash(bucket: 0)) }
    for key in 26..<29 { probe.insert(key, hash(bucket: 1)) }
    #expect(!probe.map.isGrowing && probe.map.noverflow == 3)
    probe.insert(29, hash(bucket: 2))
    #expect(probe.count("growthStarted") == 1 && evacuated(probe) == [2, 0])
    #expect(probe.keys(0) == (0..<20).filter { ![0, 3, 9].contains($0) }.map(Int32.init))
    #expect(probe.marks(0)[17...].allSatisfy { $0 == TopHash.emptyRest })
    #expect(probe.map.noverflow == 2)
  }

  /// `hashGrow` with tooManyOverflowBuckets.
  @Test(arguments: MapType.Rules.allCases)
  func manyOverflowBlocksWithFewKeysMakeASameSizeGrowth(_ rules: MapType.Rules) {
    var probe = MapProbe(rules, hint: 20)
    for bucket in 0..<4 {
      for key in 0..<9 { probe.insert(bucket * 10 + key, hash(bucket: bucket)) }
      for key in 0..<8 { probe.delete(bucket * 10 + key, hash(bucket: bucket)) }
    }
    #expect(probe.map.noverflow == 4 && probe.map.count == 4 && !probe.map.isGrowing)
    probe.insert(100, hash(bucket: 0))
    #expect(probe.events.contains { $0.name == "growthStarted" })
    #expect(probe.map.isSameSizeGrow && probe.map.B == 2 && probe.map.noverflow == 0)
    probe.insert(101, hash(bucket: 2))
    if rules == .notes { for _ in 0..<3 { probe.lookup(-1, 0) } }
    #expect(!probe.map.isGrowing && !probe.map.isSameSizeGrow)
    for bucket in 0..<4 {
      #expect(probe.map.buckets?.chain(bucket).count == 1)
      #expect(probe.keys(bucket).contains(Int32(bucket * 10 + 8)))
    }
    #expect(probe.map.brokenInvariants() == [])
  }

  /// `hashGrow`: bigger is 0 only where the load factor is not passed.
  @Test func doublingWinsWhereBothConditionsHold() {
    var probe = MapProbe(hint: 13)
    for key in 0..<13 { probe.insert(key, hash(bucket: 0)) }
    #expect(probe.map.noverflow == 1)
    for key in 0..<4 { probe.delete(key, hash(bucket: 0)) }
    for key in 20..<24 { probe.insert(key, hash(bucket: 1)) }
    #expect(probe.map.count == 13 && !probe.map.isGrowing)
    // Blocks are counted while keys are deleted, so that both limits are reached together.
    for key in 24..<29 {
      probe.delete(key - 20, hash(bucket: 0))
      probe.insert(key, hash(bucket: 1))
    }
    #expect(probe.map.noverflow == 2 && probe.map.count == 13 && !probe.map.isGrowing)
    #expect(MapType.tooManyOverflowBuckets(noverflow: probe.map.noverflow, B: 1))
    let events = probe.insert(99, hash(bucket: 0))
    #expect(
      events.contains(
        .growthStarted(.double, number: 1, fromB: 1, toB: 2, count: 13, noverflow: 2)))
  }

  /// `advanceEvacuationMark` goes over at most 1024 buckets that were evacuated out of turn.
  @Test func theEvacuationMarkJumpsOver1024BucketsAtMost() {
    let buckets = 4096
    var map = Hmap(type: MapType(rules: .go1_19), hint: buckets * 13 / 2)
    for key in 0...buckets * 13 / 2 {
      let hashed = HashedKey(MapKey(spelling: key), .fixed(evenHash(key)))
      map.perform(.assign(hashed, elem: 0), observer: nil)
    }
    #expect(map.isGrowing && map.nevacuate == 1)
    func touch(_ bucket: Int) {
      let absent = HashedKey(MapKey(spelling: -2), .fixed(hash(bucket: bucket)))
      map.perform(.delete(absent), observer: nil)
    }
    // Each write evacuates one bucket far ahead and the next in line, until the two meet.
    for bucket in 1500..<2998 { touch(bucket) }
    #expect(map.nevacuate == 1499)
    touch(2998)
    #expect(map.nevacuate == 1500 + 1024)
    // The next write spends its second bucket on one that is done, and moves the mark only.
    touch(3500)
    #expect(map.nevacuate == 2999)
    #expect(map.brokenInvariants() == [])
  }

  /// `mapclear`.
  @Test(arguments: MapType.Rules.allCases)
  func clearDropsAGrowth(_ rules: MapType.Rules) {
    var probe = growing(rules)
    #expect(probe.map.isGrowing)
    let events = probe.perform(.clear)
    #expect(events.contains(.mapCleared(removed: 27, growthDropped: true)))
    // By the notes' rule clear is an operation like any other: it moves two keys, then ends it.
    #expect(events.count { $0.name == "keyMoved" } == (rules == .notes ? 2 : 0))
    #expect(events.contains { $0.name == "growthFinished" } == (rules == .notes))
    #expect(!probe.map.isGrowing && probe.map.nevacuate == 0 && probe.map.B == 3)
    probe.insertEvenly(0..<20)
    #expect(probe.map.count == 20 && probe.map.brokenInvariants() == [])
  }

  /// `mapdelete`: old buckets may remain when count reaches 0; the growth goes on with later writes.
  @Test func aMapEmptiedWhileItGrowsGoesOnGrowing() {
    var probe = MapProbe(hint: 104)
    for bucket in 0..<16 {
      for key in 0..<9 { probe.insert(key, hash(bucket: bucket)) }
      for key in 0..<9 { probe.delete(key, hash(bucket: bucket)) }
    }
    #expect(probe.map.noverflow == 16 && probe.map.count == 0)
    probe.insert(1, hash(bucket: 0))
    #expect(probe.map.isSameSizeGrow)
    probe.delete(1, hash(bucket: 0))
    #expect(probe.count("seedReset") == 1 && probe.map.isGrowing && probe.map.nevacuate == 3)
    probe.delete(1, hash(bucket: 9))
    #expect(probe.map.nevacuate == 3, "delete of an empty map does no work")
    probe.insert(2, hash(bucket: 9))
    #expect(evacuated(probe) == [9, 3])
    #expect(probe.map.brokenInvariants() == [])
  }

  // MARK: - The notes' rule

  /// The notes: any operation moves two keys, in the order of the old array.
  @Test func byTheNotesEveryOperationMovesTheNextTwoKeys() {
    var probe = MapProbe(.notes, hint: 26)
    probe.insertEvenly(0..<26)
    let order = (0..<4).flatMap { probe.keys($0) }
    var moved: [Int32] = []
    func note() {
      for case .keyMoved(let key, _, _, _, _) in probe.events { moved.append(key.spelling) }
    }
    probe.insert(26, evenHash(26))
    #expect(probe.count("growthStarted") == 1 && probe.count("keyMoved") == 0)
    let operations: [MapOperation] = [
      .access(HashedKey(MapKey(spelling: 3), .fixed(evenHash(3)))),
      .access(HashedKey(MapKey(spelling: -9), .fixed(evenHash(3)))),
      .delete(HashedKey(MapKey(spelling: -9), .fixed(evenHash(3)))), .range,
      .assign(HashedKey(MapKey(spelling: 25), .fixed(evenHash(25))), elem: 7),
    ]
    var index = 0
    while probe.map.isGrowing {
      probe.perform(operations[index % operations.count])
      #expect(probe.count("keyMoved") == 2)
      note()
      index += 1
    }
    #expect(moved == order)
    #expect(probe.count("growthFinished") == 1)
  }

  /// By the notes a bucket may be half empty: both sides are searched.
  @Test func byTheNotesAKeyIsFoundAndOverwrittenWhereverItIs() {
    var probe = MapProbe(.notes, hint: 26)
    probe.insertEvenly(0..<27)
    #expect(probe.map.isGrowing)
    for key in 0..<27 {
      var copy = probe
      copy.lookup(key, evenHash(key))
      #expect(copy.count("keyFound") == 1)
      copy = probe
      copy.insert(key, evenHash(key), elem: 1000)
      #expect(copy.count("elemOverwritten") == 1 && copy.map.count == 27)
      copy = probe
      copy.delete(key, evenHash(key))
      #expect(copy.count("keyDeleted") == 1 && copy.map.count == 26)
      #expect(copy.map.brokenInvariants() == [])
    }
  }
}
