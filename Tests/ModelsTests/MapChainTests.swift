import Testing

@testable import Models

/// One bucket's chain: where keys go, and the marks of empty slots.
///
/// Source: Go 1.19, runtime/map.go.
@Suite struct MapChainTests {
  private static let rest = TopHash.emptyRest
  private static let one = TopHash.emptyOne

  /// A map of four buckets with keys 0, 1, 2 and so on in bucket 1, tophash 100.
  private func chain(of count: Int, _ rules: MapType.Rules = .go1_19) -> MapProbe {
    var probe = MapProbe(rules, hint: 20)
    for key in 0..<count { probe.insert(key, hash(bucket: 1)) }
    return probe
  }

  /// `mapassign`.
  @Test func theNinthKeyOfABucketGoesToAnOverflowBlock() {
    let probe = chain(of: 9)
    #expect(probe.keys(1) == Array(0..<9))
    #expect(probe.map.noverflow == 1)
    #expect(probe.marks(1) == Array(repeating: 100, count: 9) + Array(repeating: 0, count: 7))
  }

  /// `mapdelete`.
  @Test func aDeletedSlotInTheMiddleSaysThatMoreFollows() {
    var probe = chain(of: 9)
    probe.delete(3, hash(bucket: 1))
    #expect(probe.marks(1)[3] == Self.one)
    #expect(probe.count("emptyRestSpread") == 0)
    #expect(probe.map.count == 8)
  }

  /// `mapdelete`, the part before `notLast`: from slot 0 of an overflow block to slot 7 before it.
  @Test func emptyRestSpreadsBackwardsAcrossBlocks() {
    var probe = chain(of: 10)
    probe.delete(8, hash(bucket: 1))
    for key in 6...7 { probe.delete(key, hash(bucket: 1)) }
    #expect(Array(probe.marks(1)[6...9]) == [Self.one, Self.one, Self.one, 100])
    let events = probe.delete(9, hash(bucket: 1))
    let places = [(1, 1), (1, 0), (0, 7), (0, 6)].map {
      SlotPlace(.new, bucket: 1, bmap: $0.0, slot: $0.1)
    }
    #expect(events.contains(.emptyRestSpread(places)))
    #expect(probe.marks(1)[5] == 100)
    #expect(probe.marks(1)[6...].allSatisfy { $0 == Self.rest })
    #expect(probe.map.brokenInvariants() == [])
  }

  /// `mapdelete`: the whole chain of an emptied bucket.
  @Test func emptyRestReachesTheVeryStartOfAChain() {
    var probe = chain(of: 18)
    for key in 0..<17 { probe.delete(key, hash(bucket: 1)) }
    #expect(probe.marks(1)[..<17].allSatisfy { $0 == Self.one })
    probe.delete(17, hash(bucket: 1))
    #expect(probe.marks(1).allSatisfy { $0 == Self.rest })
  }

  /// `mapdelete` never unlinks a block.
  @Test func anEmptiedChainKeepsItsOverflowBlocks() {
    var probe = chain(of: 18)
    for key in 0..<18 { probe.delete(key, hash(bucket: 1)) }
    #expect(probe.map.buckets?.chain(1).count == 3)
    #expect(probe.map.noverflow == 2)
  }

  /// `mapassign`: inserti is the first empty slot, not the one behind the last key.
  @Test func aNewKeyTakesTheFirstFreeSlot() {
    var probe = chain(of: 10)
    probe.delete(2, hash(bucket: 1))
    probe.delete(9, hash(bucket: 1))
    let events = probe.insert(77, hash(bucket: 1), elem: 5)
    let place = SlotPlace(.new, bucket: 1, bmap: 0, slot: 2)
    #expect(
      events.last == .keyInserted(MapKey(spelling: 77), place, elem: 5, count: 9))
  }

  /// `mapassign`: the search goes on to emptyRest though a free slot has been seen.
  @Test func aFreeSlotDoesNotHideTheKeyBehindIt() {
    var probe = chain(of: 10)
    probe.delete(2, hash(bucket: 1))
    probe.insert(9, hash(bucket: 1), elem: 42)
    #expect(probe.count("elemOverwritten") == 1)
    #expect(probe.marks(1)[2] == Self.one && probe.map.count == 9)
  }

  /// `mapaccess1`.
  @Test func aLookupComparesTophashesFirstAndStopsAtEmptyRest() {
    var probe = MapProbe(hint: 20)
    probe.insert(0, hash(bucket: 1, top: 50))
    probe.insert(1, hash(bucket: 1, top: 60))
    probe.insert(2, hash(bucket: 1, top: 60))
    probe.lookup(2, hash(bucket: 1, top: 60))
    #expect(
      probe.names == [
        "keyHashed", "bucketChosen", "tophashCompared", "tophashCompared", "keyCompared",
        "tophashCompared", "keyCompared", "keyFound",
      ])
    let missed = probe.lookup(3, hash(bucket: 1, top: 70))
    #expect(probe.count("tophashCompared") == 4 && probe.count("keyCompared") == 0)
    #expect(missed.last == .keyMissed(MapKey(spelling: 3), .emptyRest))
  }

  /// `mapaccess1`: a full last block has no emptyRest.
  @Test func aSearchInAFullChainEndsWithTheChain() {
    var probe = chain(of: 8)
    let missed = probe.lookup(9, hash(bucket: 1, top: 70))
    #expect(missed.last == .keyMissed(MapKey(spelling: 9), .endOfChain))
  }

  /// map_fast64.go, `mapaccess1_fast64`: keys are compared, tophashes ignored.
  @Test(arguments: [MapType.Variant.fast32, .fast64])
  func aLookupOfWholeNumbersComparesKeysOnly(_ variant: MapType.Variant) {
    var probe = MapProbe(hint: 20, variant: variant)
    for key in 0..<4 { probe.insert(key, hash(bucket: 1, top: UInt8(50 + key))) }
    probe.lookup(3, hash(bucket: 1, top: 53))
    #expect(probe.count("tophashCompared") == 0 && probe.count("keyCompared") == 4)
    #expect(probe.count("keyFound") == 1)
  }

  /// map_faststr.go, `mapaccess1_faststr`: one bucket is searched without hashing.
  @Test func aLookupOfAStringInOneBucketDoesNotHash() {
    var probe = MapProbe(variant: .faststr)
    probe.insert(1, 7)
    probe.lookup(1, 7)
    #expect(probe.names == ["bucketChosen", "keyCompared", "keyFound"])
  }

  /// `mapaccess1`, `mapdelete`, `mapclear`: count 0 is answered at once.
  @Test func anEmptyMapIsNeitherSearchedNorCleared() {
    var probe = chain(of: 1)
    probe.delete(0, hash(bucket: 1))
    let seed = probe.map.hash0
    for operation in [
      MapOperation.access(HashedKey(MapKey(spelling: 0), .fixed(1))),
      .delete(HashedKey(MapKey(spelling: 0), .fixed(1))),
    ] {
      #expect(probe.perform(operation) == [.keyMissed(MapKey(spelling: 0), .emptyMap)])
    }
    #expect(probe.perform(.clear) == [.mapCleared(removed: 0, growthDropped: false)])
    #expect(probe.map.hash0 == seed)
  }

  /// `mapdelete`, since Go 1.11: a new seed once the map is empty; `mapclear` draws one too.
  @Test func anEmptiedMapDrawsANewSeed() {
    var probe = chain(of: 2)
    let seed = probe.map.hash0
    probe.delete(0, hash(bucket: 1))
    #expect(probe.count("seedReset") == 0 && probe.map.hash0 == seed)
    probe.delete(1, hash(bucket: 1))
    #expect(probe.count("seedReset") == 1 && probe.map.hash0 != seed)
    let second = probe.map.hash0
    probe.insert(1, hash(bucket: 1))
    probe.perform(.clear)
    #expect(probe.count("seedReset") == 1 && probe.map.hash0 != second)
  }

  /// `mapclear`.
  @Test func clearGivesTheBlocksBackAndKeepsTheArray() {
    var probe = MapProbe(hint: 100)
    for key in 0..<20 { probe.insert(key, hash(bucket: 1)) }
    #expect(probe.map.noverflow == 2)
    #expect(probe.perform(.clear).first == .mapCleared(removed: 20, growthDropped: false))
    #expect(probe.map.noverflow == 0 && probe.map.buckets?.blockCount == 16)
    #expect(probe.map.buckets?.preallocatedUsed == 0)
    #expect(probe.map.brokenInvariants() == [])
  }

  /// `mapassign`, `needkeyupdate`: 0 and -0 are equal keys with different bits.
  @Test func anOverwriteStoresTheNewSpellingOfAnEqualKey() {
    var probe = MapProbe()
    let zero = MapKey(spelling: 0)
    let minusZero = MapKey(spelling: 1, identity: 0)
    probe.perform(.assign(HashedKey(zero, .fixed(9)), elem: 1))
    probe.perform(.assign(HashedKey(minusZero, .fixed(9)), elem: 2))
    #expect(probe.map.count == 1)
    #expect(probe.keys(0) == [1])
  }

  /// `mapassign`, `mapaccess1`, `mapdelete`: no key equals NaN, not even NaN.
  @Test(arguments: MapType.Rules.allCases)
  func aNaNIsAlwaysANewEntryAndOnlyClearRemovesIt(_ rules: MapType.Rules) {
    var probe = MapProbe(rules)
    let nan = HashedKey(
      MapKey(spelling: 0, identity: Int(MapKey.neverEqual)), .content(0))
    for elem in 1...40 {
      probe.perform(.assign(nan, elem: elem))
      #expect(probe.map.brokenInvariants() == [])
    }
    #expect(probe.map.count == 40 && probe.map.B >= 3)
    probe.perform(.access(nan))
    #expect(probe.count("keyMissed") == 1)
    probe.perform(.delete(nan))
    #expect(probe.count("keyMissed") == 1 && probe.map.count == 40)
    let elems = probe.perform(.range).compactMap { event -> Int? in
      if case .entryVisited(_, _, let elem, _) = event { elem } else { nil }
    }
    #expect(elems.sorted() == Array(1...40))
    probe.perform(.clear)
    #expect(probe.map.count == 0)
  }

  /// The seed is the map's: a key has another hash in another map, and after a reset.
  @Test func theSeedDecidesTheHashOfAKey() {
    let key = HashedKey(MapKey(spelling: 0), .content(12345))
    var first = Hmap(type: MapType(rules: .go1_19), seed: 1)
    var second = Hmap(type: MapType(rules: .go1_19), seed: 2)
    let before = first.hash(of: key)
    #expect(first.hash(of: key) == before)
    #expect(second.hash(of: key) != before)
    first.perform(.assign(key, elem: 0), observer: nil)
    first.perform(.delete(key), observer: nil)
    #expect(first.hash(of: key) != before)
  }
}
