/// What holds between any two operations; tests ask after each.
extension Hmap {
  /// The invariants that do not hold, each as a sentence; empty for a sound map.
  ///
  /// - Complexity: O(blocks); meant for tests.
  public func brokenInvariants() -> [String] {
    var broken: [String] = []
    var live = 0
    var identities: [Int32: Int] = [:]
    for (name, array) in [(ArrayName.new, buckets), (.old, oldbuckets)] {
      guard let array else { continue }
      var linked = 0
      for bucket in 0..<array.bucketCount {
        let chain = array.chain(bucket)
        linked += chain.count - 1
        live += array.liveCount(bucket)
        broken += brokenSlots(name, array, bucket, chain, &identities)
        broken += brokenEmptyMarks(name, array, bucket, chain)
      }
      if name == .new, B < 16, linked != noverflow {
        broken.append("C9: noverflow is \(noverflow), \(linked) overflow blocks are linked")
      }
    }
    if live != count { broken.append("C1: count is \(count), \(live) entries are live") }
    for (identity, times) in identities.sorted(by: { $0.key < $1.key }) where times > 1 {
      broken.append("C4: key \(identity) is there \(times) times")
    }
    return broken + brokenGrowth()
  }

  /// C2 and C3: the hash's low bits are the bucket's index, its high byte is the tophash.
  private func brokenSlots(
    _ name: ArrayName, _ array: BucketArray, _ bucket: Int, _ chain: [Int],
    _ identities: inout [Int32: Int]
  ) -> [String] {
    var broken: [String] = []
    for (position, block) in chain.enumerated() {
      for slot in 0..<Bmap.slotCount {
        let mark = array[block].tophash[slot]
        if name == .new, mark > TopHash.emptyOne, mark < TopHash.minimum {
          broken.append("a new bucket holds the mark \(mark) in bucket \(bucket)")
        }
        guard TopHash.isLive(mark), array[block].keys[slot].isReflexive else { continue }
        identities[array[block].keys[slot].identity, default: 0] += 1
        let hash = array[block].hashes[slot]
        if Int(hash & array.mask) != bucket {
          broken.append("C2: \(name) bucket \(bucket) bmap \(position) slot \(slot)")
        }
        if TopHash.of(hash) != mark {
          broken.append("C3: \(name) bucket \(bucket) bmap \(position) slot \(slot)")
        }
      }
    }
    return broken
  }

  /// C5: behind emptyRest all is empty, and emptyOne is always followed by something.
  private func brokenEmptyMarks(
    _ name: ArrayName, _ array: BucketArray, _ bucket: Int, _ chain: [Int]
  ) -> [String] {
    let marks = chain.flatMap { block in
      (0..<Bmap.slotCount).map { array[block].tophash[$0] }
    }
    if let rest = marks.firstIndex(of: TopHash.emptyRest),
      marks[rest...].contains(where: { $0 != TopHash.emptyRest })
    {
      return ["C5: \(name) bucket \(bucket) holds something behind emptyRest"]
    }
    let last = marks.last { $0 != TopHash.emptyRest }
    return last == TopHash.emptyOne ? ["C5: \(name) bucket \(bucket) ends in emptyOne"] : []
  }

  /// C6, C7 and C8: the state of a growth, and the load factor without one.
  private func brokenGrowth() -> [String] {
    guard isGrowing else {
      let limit = max(Bmap.slotCount, 13 * (1 << B) / 2)
      return lastGrowthWasSameSize || count <= limit
        ? [] : ["C8: \(count) entries in 2^\(B) buckets without a growth"]
    }
    guard type.rules != .notes else { return brokenMigration() }
    var broken: [String] = []
    for bucket in 0..<oldArray.bucketCount {
      let evacuated = oldArray.isEvacuated(bucket)
      if evacuated, oldArray.liveCount(bucket) > 0 {
        broken.append("C6: old bucket \(bucket) is half evacuated")
      }
      if bucket < nevacuate, !evacuated {
        broken.append("C6: old bucket \(bucket) is below nevacuate, not evacuated")
      }
      guard !evacuated else { continue }
      let halves = isSameSizeGrow ? [bucket] : [bucket, bucket + oldArray.bucketCount]
      for half in halves where newArray.liveCount(half) > 0 {
        broken.append("C7: new bucket \(half) was filled before old bucket \(bucket) moved")
      }
    }
    return broken
  }

  /// By the notes' rule everything before the migration's place has moved, nothing behind it.
  private func brokenMigration() -> [String] {
    var broken: [String] = []
    var left = 0
    for bucket in 0..<oldArray.bucketCount {
      let live = oldArray.liveCount(bucket)
      left += live
      if bucket < nevacuate, live > 0 {
        broken.append("old bucket \(bucket) is below nevacuate and holds \(live) keys")
      }
    }
    if left != oldCount { broken.append("\(left) keys are left, oldCount is \(oldCount)") }
    if left == 0 { broken.append("the growth goes on though nothing is left") }
    return broken
  }
}
