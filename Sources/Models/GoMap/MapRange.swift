/// A range under way.
///
/// It keeps the array and the size that the map had when it started, whatever the map does since.
///
/// Source: Go 1.19, runtime/map.go, `hiter`.
struct Hiter: Sendable {
  let id: Int
  let startBucket: Int
  /// Added to the slot index in every block.
  let offset: Int
  let B: Int
  /// The generation of the array it started in, or that took its place when it was cleared.
  var generation: Int
  /// The seed when it started: a key found in an old array has to be hashed anew if it changed.
  let hash0: UInt64
  /// The next bucket to enter.
  var bucket: Int
  var wrapped = false
  /// The block it stands in: array and index; nil before the next bucket is entered.
  var block: (generation: Int, index: Int)?
  /// The bucket it stands in, and how far down its chain.
  var entered = (bucket: 0, bmap: 0)
  /// The next slot, before the offset is added.
  var i = 0
  /// The new bucket whose entries are wanted from an old chain; -1 for all.
  var checkBucket = -1

  func uses(generation: Int) -> Bool {
    self.generation == generation || block?.generation == generation
  }
}

/// Going over all entries in the runtime's order.
extension Hmap {
  /// Source: Go 1.19, runtime/map.go, `mapiterinit`.
  mutating func startIterator(id: Int, startBucket: Int, offset: Int, _ observer: Observer?) {
    iterators.removeAll { $0.id == id }
    report(.rangeStarted(id: id, startBucket: startBucket, offset: offset), to: observer)
    guard count > 0 else {
      report(.rangeEnded(id: id), to: observer)
      return
    }
    flags |= Flag.iterator | Flag.oldIterator
    let start = startBucket & (newArray.bucketCount - 1)
    iterators.append(
      Hiter(
        id: id, startBucket: start, offset: offset & 7, B: B, generation: newArray.generation,
        hash0: hash0, bucket: start))
    advanceIterator(id: id, observer)
  }

  /// Finds a range's next entry; ends it, and forgets what only it walked, where there is none.
  mutating func advanceIterator(id: Int, _ observer: Observer?) {
    guard let index = iterators.firstIndex(where: { $0.id == id }) else {
      report(.rangeEnded(id: id), to: observer)
      return
    }
    if let (key, elem, place) = step(&iterators[index]) {
      report(.entryVisited(id: id, key, elem: elem, place), to: observer)
    } else {
      iterators.remove(at: index)
      report(.rangeEnded(id: id), to: observer)
    }
    retained.removeAll { array in
      !iterators.contains { $0.uses(generation: array.generation) }
    }
  }

  /// A whole range in one operation, from a random start.
  mutating func range(_ observer: Observer?) {
    let start = random.next()
    let startBucket = Int(start & newArray.mask)
    let offset = Int((start >> UInt64(B)) & 7)
    report(.rangeStarted(id: nil, startBucket: startBucket, offset: offset), to: observer)
    if count > 0 {
      if type.rules == .notes, isGrowing {
        visitBothArrays(startBucket, offset, observer)
      } else {
        flags |= Flag.iterator | Flag.oldIterator
        var iterator = Hiter(
          id: -1, startBucket: startBucket, offset: offset, B: B, generation: newArray.generation,
          hash0: hash0, bucket: startBucket)
        while let (key, elem, place) = step(&iterator) {
          report(.entryVisited(id: nil, key, elem: elem, place), to: observer)
        }
      }
    }
    report(.rangeEnded(id: nil), to: observer)
  }

  /// By the notes' rule an old bucket may be half empty, so each new bucket is visited together with
  /// those entries of its old bucket that will come to it.
  private func visitBothArrays(_ startBucket: Int, _ offset: Int, _ observer: Observer?) {
    for step in 0..<newArray.bucketCount {
      let bucket = (startBucket + step) & (newArray.bucketCount - 1)
      let oldBucket = bucket & (oldArray.bucketCount - 1)
      for (name, index) in [(ArrayName.old, oldBucket), (.new, bucket)] {
        let array = name == .old ? oldArray : newArray
        for (position, block) in array.chain(index).enumerated() {
          for i in 0..<Bmap.slotCount {
            let slot = (i + offset) & 7
            guard TopHash.isLive(array[block].tophash[slot]),
              name == .new || Int(array[block].hashes[slot] & newArray.mask) == bucket
            else { continue }
            report(
              .entryVisited(
                id: nil, array[block].keys[slot], elem: array[block].elems[slot],
                SlotPlace(name, bucket: index, bmap: position, slot: slot)),
              to: observer)
          }
        }
      }
    }
  }

  /// The next entry of a range, nil at its end.
  ///
  /// Source: Go 1.19, runtime/map.go, `mapiternext`.
  private func step(_ it: inout Hiter) -> (MapKey, Int, SlotPlace?)? {
    while true {
      if it.block == nil {
        if it.wrapped, it.bucket == it.startBucket { return nil }
        enterBucket(&it)
      }
      guard let (generation, index) = it.block, let array = array(generation: generation),
        index < array.blockCount
      else {
        it.block = nil
        continue
      }
      while it.i < Bmap.slotCount {
        let slot = (it.i + it.offset) & 7
        it.i += 1
        if let entry = entry(array, index, slot, it) { return entry }
      }
      it.block = array.next(index).map { (generation, $0) }
      it.entered.bmap += 1
      it.i = 0
    }
  }

  /// Chooses the chain to walk for the range's next bucket: the old one while it is not evacuated,
  /// if the range began during this growth.
  private func enterBucket(_ it: inout Hiter) {
    let bucket = it.bucket
    let oldBucket = bucket & (oldArray.bucketCount - 1)
    if isGrowing, it.B == B, !oldArray.isEvacuated(oldBucket) {
      it.block = (oldArray.generation, oldBucket)
      it.entered = (oldBucket, 0)
      it.checkBucket = bucket
    } else {
      it.block = (it.generation, bucket)
      it.entered = (bucket, 0)
      it.checkBucket = -1
    }
    it.bucket += 1
    if it.bucket == 1 << it.B { (it.bucket, it.wrapped) = (0, true) }
    it.i = 0
  }

  /// What the range returns for a slot, nil where it passes over it.
  private func entry(
    _ array: BucketArray, _ block: Int, _ slot: Int, _ it: Hiter
  ) -> (MapKey, Int, SlotPlace?)? {
    let mark = array[block].tophash[slot]
    if TopHash.isEmpty(mark) || mark == TopHash.evacuatedEmpty { return nil }
    let key = array[block].keys[slot]
    let hash = array[block].hashes[slot]
    if it.checkBucket >= 0, !isSameSizeGrow {
      let destination =
        key.isReflexive
        ? Int(hash & ((1 << UInt64(it.B)) - 1))
        : it.checkBucket & ~(1 << (it.B - 1)) | Int(mark & 1) << (it.B - 1)
      if destination != it.checkBucket { return nil }
    }
    if TopHash.isLive(mark) || !key.isReflexive {
      let name: ArrayName? =
        array.generation == newArray.generation
        ? .new : isGrowing && array.generation == oldArray.generation ? .old : nil
      let place = name.map {
        SlotPlace($0, bucket: it.entered.bucket, bmap: it.entered.bmap, slot: slot)
      }
      return (key, array[block].elems[slot], place)
    }
    let found = it.hash0 == hash0 ? find(key, hash: hash) : findWhateverItsHash(key)
    guard let place = found, let current = self.array(place.array) else {
      return nil
    }
    let now = current[current.chain(place.bucket)[place.bmap]]
    return (now.keys[place.slot], now.elems[place.slot], place)
  }

  /// Where a key is now that the seed has changed: Go hashes it anew, the model looks everywhere.
  private func findWhateverItsHash(_ key: MapKey) -> SlotPlace? {
    for (name, array) in [(ArrayName.new, buckets), (.old, oldbuckets)] {
      guard let array else { continue }
      for bucket in 0..<array.bucketCount {
        for (position, block) in array.chain(bucket).enumerated() {
          for slot in 0..<Bmap.slotCount
          where TopHash.isLive(array[block].tophash[slot]) && array[block].keys[slot].equals(key) {
            return SlotPlace(name, bucket: bucket, bmap: position, slot: slot)
          }
        }
      }
    }
    return nil
  }

  private func array(generation: Int) -> BucketArray? {
    if newArray.generation == generation { return newArray }
    if isGrowing, oldArray.generation == generation { return oldArray }
    return retained.first { $0.generation == generation }
  }
}
