import Testing

@testable import Models

/// How large a map is made, and when it grows.
///
/// Source: Go 1.19, runtime/map.go.
@Suite struct MapSizeTests {
  /// `tophash`: only values that would be taken for marks are lifted.
  @Test func aHighByteBelowFiveIsLiftedAboveTheMarks() {
    for high in 0...255 as ClosedRange<UInt64> {
      let wanted = high < 5 ? high + 5 : high
      #expect(TopHash.of(high << 56 | 0x00ff_ffff_ffff_ffff) == UInt8(wanted))
    }
  }

  /// `overLoadFactor`: 13 * (2^B / 2), so that B = 0 is governed by the eight slots alone.
  @Test(arguments: [(0, 8), (1, 13), (2, 26), (3, 52), (4, 104), (5, 208), (6, 416), (7, 832)])
  func theLoadFactorIsSixAndAHalfWithIntegerDivision(_ B: Int, _ limit: Int) {
    #expect(!MapType.overLoadFactor(count: limit, B: B))
    #expect(MapType.overLoadFactor(count: limit + 1, B: B))
  }

  /// `makemap`: the smallest B which the hint does not overload.
  @Test(
    arguments: [
      (0, 0), (8, 0), (9, 1), (13, 1), (14, 2), (26, 2), (27, 3), (52, 3), (53, 4), (104, 4),
      (105, 5), (208, 5), (209, 6), (416, 6), (417, 7), (832, 7), (833, 8),
    ])
  func makeChoosesTheSmallestSizeForAHint(_ hint: Int, _ B: Int) {
    #expect(MapType.B(forHint: hint) == B)
    #expect(MapProbe(hint: hint).map.B == B)
  }

  /// `makemap_small`: the array of a small map is allocated by the first assign.
  @Test func aSmallMapHasNoArrayBeforeItsFirstInsert() {
    var probe = MapProbe(hint: 8)
    #expect(probe.map.buckets == nil)
    probe.lookup(1, 7)
    probe.delete(1, 7)
    #expect(probe.map.buckets == nil)
    probe.insert(1, 7)
    #expect(probe.map.buckets?.bucketCount == 1)
    #expect(probe.count("bucketsAllocated") == 1)
    #expect(MapProbe(hint: 9).map.buckets?.bucketCount == 2)
  }

  /// `mapassign` asks with count + 1.
  @Test func anEvenlyFilledMapDoublesAtEntries9And14And27And53And105And209() {
    for rules in MapType.Rules.allCases {
      var probe = MapProbe(rules)
      var grownAt: [Int] = []
      for key in 0..<300 {
        probe.insert(key, evenHash(key))
        if probe.count("growthStarted") > 0 { grownAt.append(probe.map.count) }
        #expect(probe.map.brokenInvariants() == [])
      }
      #expect(grownAt == [9, 14, 27, 53, 105, 209])
      #expect(probe.map.B == 6)
    }
  }

  /// `mapassign` starts over after `hashGrow`, so that the first write evacuates already.
  @Test func theInsertThatStartsAGrowthEvacuatesUpToTwoBuckets() {
    var probe = MapProbe()
    probe.insertEvenly(0..<9)
    #expect(probe.count("bucketEvacuated") == 1 && !probe.map.isGrowing)
    probe.insertEvenly(9..<14)
    #expect(probe.count("bucketEvacuated") == 2 && !probe.map.isGrowing)
    probe.insertEvenly(14..<27)
    #expect(probe.count("bucketEvacuated") == 2 && probe.map.isGrowing)
  }

  /// `tooManyOverflowBuckets`: from 2^16 buckets on Go samples, here every block counts.
  @Test func asManyOverflowBlocksAsBucketsAreTooMany() {
    #expect(!MapType.tooManyOverflowBuckets(noverflow: 3, B: 2))
    #expect(MapType.tooManyOverflowBuckets(noverflow: 4, B: 2))
    #expect(!MapType.tooManyOverflowBuckets(noverflow: (1 << 20) - 1, B: 20))
    #expect(MapType.tooManyOverflowBuckets(noverflow: 1 << 20, B: 20))
  }

  /// `makeBucketArray`: as seen in Go 1.19.8 and 1.23.9 with string keys and uint64 keys.
  @Test(
    arguments: [
      (208, true, [4: 3, 5: 7, 6: 4, 7: 9, 8: 19]), (144, false, [4: 2, 5: 5, 6: 7, 7: 14, 8: 28]),
    ])
  func fromSixteenBucketsOnOverflowBlocksComeWithTheArray(
    _ bytes: Int, _ hasPointers: Bool, _ extras: [Int: Int]
  ) {
    let type = MapType(rules: .go1_19, bucketBytes: bytes, bucketHasPointers: hasPointers)
    for B in 0...3 { #expect(type.preallocatedCount(B: B) == 0) }
    for (B, count) in extras { #expect(type.preallocatedCount(B: B) == count, "B = \(B)") }
  }

  /// `newoverflow`: in address order, then one by one from the heap; both kinds count.
  @Test func preallocatedBlocksAreHandedOutBeforeThoseFromTheHeap() {
    var probe = MapProbe(hint: 100)
    #expect(probe.map.buckets?.preallocatedCount == 3)
    var origins: [Int?] = []
    for key in 0..<41 {
      for event in probe.insert(key, hash(bucket: 5)) {
        if case .overflowAllocated(_, 5, _, let index, let noverflow) = event {
          origins.append(index)
          #expect(noverflow == origins.count)
        }
      }
    }
    #expect(origins == [0, 1, 2, nil, nil])
    #expect(probe.map.noverflow == 5)
  }

  /// `mapdelete` and `mapclear`: there is no shrinking.
  @Test func neitherDeleteNorClearMakesAMapSmaller() {
    var probe = MapProbe()
    probe.insertEvenly(0..<60)
    for key in 0..<60 { probe.delete(key, evenHash(key)) }
    #expect(probe.map.B == 4 && probe.map.count == 0)
    probe.insertEvenly(0..<60)
    probe.perform(.clear)
    #expect(probe.map.B == 4 && probe.map.count == 0)
  }
}
