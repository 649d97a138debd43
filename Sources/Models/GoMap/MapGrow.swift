/// Growing: a new array at once, the entries bit by bit.
extension Hmap {
  /// Starts a growth if one more entry makes it due; the load factor goes before the overflow
  /// blocks.
  ///
  /// Source: Go 1.19, runtime/map.go, `mapassign` and `hashGrow`.
  mutating func startGrowthIfNeeded(_ observer: Observer?) -> Bool {
    let overLoad = MapType.overLoadFactor(count: count + 1, B: B)
    guard overLoad || MapType.tooManyOverflowBuckets(noverflow: noverflow, B: B) else {
      return false
    }
    let fromB = B
    if overLoad { B += 1 } else { flags |= Flag.sameSizeGrow }
    let hadIterator = flags & Flag.iterator != 0
    flags &= ~(Flag.iterator | Flag.oldIterator)
    if hadIterator { flags |= Flag.oldIterator }
    oldArray = newArray
    newArray = freshArray(B: B)
    let oldOverflow = noverflow
    (isGrowing, nevacuate, noverflow, oldCount) = (true, 0, 0, count)
    migration = Migration()
    growthNumber += 1
    lastGrowthWasSameSize = !overLoad
    report(
      .growthStarted(
        overLoad ? .double : .same, number: growthNumber, fromB: fromB, toB: B, count: count,
        noverflow: oldOverflow),
      to: observer)
    return true
  }

  /// Evacuates the bucket that a write is about to touch, and one more.
  ///
  /// Source: Go 1.19, runtime/map.go, `growWork`.
  mutating func growWork(
    _ hash: UInt64, _ given: inout ArraySlice<UInt64>, _ observer: Observer?
  ) {
    guard isGrowing else { return }
    evacuate(Int(hash & oldArray.mask), .touched, &given, observer)
    if isGrowing { evacuate(nevacuate, .next, &given, observer) }
  }

  /// Moves a whole chain of the old array to its one or two destinations.
  ///
  /// Source: Go 1.19, runtime/map.go, `evacuate`.
  private mutating func evacuate(
    _ bucket: Int, _ reason: EvacuationReason, _ given: inout ArraySlice<UInt64>,
    _ observer: Observer?
  ) {
    if !oldArray.isEvacuated(bucket) {
      if observer != nil {
        report(
          .evacuationStarted(bucket: bucket, reason, live: oldArray.liveCount(bucket)),
          to: observer)
      }
      var x = Destination(bucket: bucket)
      var y = Destination(bucket: bucket + oldArray.bucketCount)
      var ordinal = 0
      var from = SlotPlace(.old, bucket: bucket, bmap: 0, slot: 0)
      var block: Int? = bucket
      while let current = block {
        for slot in 0..<Bmap.slotCount {
          from.slot = slot
          let mark = oldArray[current].tophash[slot]
          if TopHash.isEmpty(mark) {
            oldArray[current].tophash[slot] = TopHash.evacuatedEmpty
            continue
          }
          moveEntry(current, from, ordinal, &given, x: &x, y: &y, observer)
          ordinal += 1
        }
        block = oldArray.next(current)
        from.bmap += 1
      }
      if type.bucketHasPointers, flags & Flag.oldIterator == 0 { oldArray[bucket].overflow = 0 }
      report(
        .bucketEvacuated(growth: growthNumber, bucket: bucket, moved: ordinal), to: observer)
    }
    if bucket == nevacuate { advanceEvacuationMark(observer) }
  }

  /// Where the next entry that leaves an old bucket for one of its two new ones goes.
  struct Destination {
    var bucket: Int
    var bmap = 0
    var slot = 0
    /// The block's index in the new array; -1 until the first entry arrives.
    var block = -1
  }

  /// Moves one live entry; the old slot's mark says where it went.
  private mutating func moveEntry(
    _ block: Int, _ from: SlotPlace, _ ordinal: Int, _ given: inout ArraySlice<UInt64>,
    x: inout Destination, y: inout Destination, _ observer: Observer?
  ) {
    let (toY, hash, top) = chooseHalf(block, from.slot, &given)
    let key = oldArray[block].keys[from.slot]
    let elem = oldArray[block].elems[from.slot]
    oldArray[block].tophash[from.slot] = toY ? TopHash.evacuatedY : TopHash.evacuatedX
    let to = toY ? claim(&y, observer) : claim(&x, observer)
    newArray[toY ? y.block : x.block].store(to.slot, key, hash, elem, tophash: top)
    oldCount -= 1
    report(.keyMoved(key, from: from, to: to, toY: toY, ordinal: ordinal), to: observer)
  }

  /// Whether an entry goes to Y, and with which hash and tophash.
  ///
  /// A same-size growth does not look at hashes. NaN has a new hash each time; if a range may be
  /// under way the lowest bit of the old tophash decides, which the range can see too.
  func chooseHalf(
    _ block: Int, _ slot: Int, _ given: inout ArraySlice<UInt64>
  ) -> (toY: Bool, hash: UInt64, tophash: UInt8) {
    let top = oldArray[block].tophash[slot]
    let stored = oldArray[block].hashes[slot]
    guard !isSameSizeGrow else { return (false, stored, top) }
    var hash = stored
    if let fresh = given.popFirst() {
      hash = fresh
    } else if !oldArray[block].keys[slot].isReflexive {
      var derived = SplitMix64(seed: stored ^ hash0)
      hash = derived.next()
    }
    if flags & Flag.iterator != 0, !oldArray[block].keys[slot].isReflexive {
      return (top & 1 != 0, hash, TopHash.of(hash))
    }
    return (hash & UInt64(oldArray.bucketCount) != 0, hash, top)
  }

  /// Takes the next free slot of a destination, linking an overflow block where it is full.
  private mutating func claim(_ destination: inout Destination, _ observer: Observer?) -> SlotPlace
  {
    if destination.block < 0 {
      destination.block = destination.bucket
    } else if destination.slot == Bmap.slotCount {
      destination.bmap += 1
      destination.slot = 0
      destination.block = linkOverflow(
        behind: destination.block, bucket: destination.bucket, position: destination.bmap, observer)
    }
    let place = SlotPlace(
      .new, bucket: destination.bucket, bmap: destination.bmap, slot: destination.slot)
    destination.slot += 1
    return place
  }

  /// Moves the mark over this bucket and over whatever was evacuated out of turn, at most 1024
  /// more; at the end of the array the growth is over.
  ///
  /// Source: Go 1.19, runtime/map.go, `advanceEvacuationMark`.
  mutating func advanceEvacuationMark(_ observer: Observer?) {
    let from = nevacuate
    nevacuate += 1
    let stop = min(nevacuate + 1024, oldArray.bucketCount)
    while nevacuate < stop, oldArray.isEvacuated(nevacuate) { nevacuate += 1 }
    report(.evacuationMarkAdvanced(from: from, to: nevacuate), to: observer)
    if nevacuate == oldArray.bucketCount { finishGrowth(observer) }
  }

  mutating func finishGrowth(_ observer: Observer?) {
    let growth = isSameSizeGrow ? Growth.same : .double
    release(oldArray)
    isGrowing = false
    flags &= ~Flag.sameSizeGrow
    oldArray = BucketArray(B: 0, generation: oldArray.generation, preallocatedCount: 0)
    report(.growthFinished(growth, number: growthNumber), to: observer)
  }
}

extension BucketArray {
  /// The number of live entries in a bucket's chain.
  public func liveCount(_ bucket: Int) -> Int {
    chain(bucket).reduce(0) { total, block in
      total + (0..<Bmap.slotCount).count { TopHash.isLive(self[block].tophash[$0]) }
    }
  }
}
