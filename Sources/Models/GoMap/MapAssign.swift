/// Inserting and overwriting.
extension Hmap {
  /// Where an entry is or may be put: array, bucket, block and slot.
  private struct Candidate {
    var block: Int
    var place: SlotPlace
  }

  private enum Walk {
    case found(Candidate)
    /// The key is absent; the first empty slot, if any, and the chain's last block.
    case absent(free: Candidate?, last: Int, lastPosition: Int)
  }

  /// Source: Go 1.19, runtime/map.go, `mapassign`.
  mutating func assign(
    _ key: MapKey, _ hash: UInt64, _ elem: Int, _ given: inout ArraySlice<UInt64>,
    _ observer: Observer?
  ) {
    if !hasBuckets {
      hasBuckets = true
      report(.bucketsAllocated(B: B), to: observer)
    }
    reportHash(key, hash, observer)
    if type.rules == .notes, isGrowing, overwriteInOldArray(key, hash, elem, observer) { return }
    while true {
      if type.rules != .notes { growWork(hash, &given, observer) }
      switch walkNewChain(key, hash, observer) {
      case .found(let candidate):
        overwrite(candidate, key, elem, observer)
        return
      case .absent(let free, let last, let lastPosition):
        if !isGrowing, startGrowthIfNeeded(observer) { continue }
        let target =
          free ?? appendBlock(hash, behind: last, position: lastPosition, observer)
        insert(target, key, hash, elem, observer)
        return
      }
    }
  }

  /// Walks the key's chain in the new array for the key and for the first empty slot.
  private func walkNewChain(_ key: MapKey, _ hash: UInt64, _ observer: Observer?) -> Walk {
    let bucket = Int(hash & newArray.mask)
    let top = TopHash.of(hash)
    var free: Candidate?
    var block = bucket
    var position = 0
    while true {
      for slot in 0..<Bmap.slotCount {
        let mark = newArray[block].tophash[slot]
        // Integer keys are compared as they are; others only behind an equal tophash.
        let isCompared =
          type.variant == .fast32 || type.variant == .fast64 ? TopHash.isLive(mark) : mark == top
        if isCompared {
          let place = SlotPlace(.new, bucket: bucket, bmap: position, slot: slot)
          let stored = newArray[block].keys[slot]
          let equal = stored.equals(key)
          report(.keyCompared(place, stored: stored, wanted: key, equal: equal), to: observer)
          if equal { return .found(Candidate(block: block, place: place)) }
        } else if TopHash.isEmpty(mark) {
          if free == nil {
            free = Candidate(
              block: block, place: SlotPlace(.new, bucket: bucket, bmap: position, slot: slot))
          }
          if mark == TopHash.emptyRest {
            return .absent(free: free, last: block, lastPosition: position)
          }
        }
      }
      guard let next = newArray.next(block) else {
        return .absent(free: free, last: block, lastPosition: position)
      }
      block = next
      position += 1
    }
  }

  /// Links an overflow block behind the last block of the key's chain in the new array.
  private mutating func appendBlock(
    _ hash: UInt64, behind last: Int, position: Int, _ observer: Observer?
  ) -> Candidate {
    let bucket = Int(hash & newArray.mask)
    let block = linkOverflow(behind: last, bucket: bucket, position: position + 1, observer)
    return Candidate(
      block: block, place: SlotPlace(.new, bucket: bucket, bmap: position + 1, slot: 0))
  }

  /// Source: Go 1.19, runtime/map.go, `newoverflow`, `incrnoverflow`.
  mutating func linkOverflow(
    behind last: Int, bucket: Int, position: Int, _ observer: Observer?
  ) -> Int {
    let block = newArray.appendOverflow(behind: last)
    noverflow += 1
    let index = Int(newArray[block].preallocated)
    report(
      .overflowAllocated(
        .new, bucket: bucket, bmap: position, preallocated: index < 0 ? nil : index,
        noverflow: noverflow),
      to: observer)
    return block
  }

  private mutating func insert(
    _ target: Candidate, _ key: MapKey, _ hash: UInt64, _ elem: Int, _ observer: Observer?
  ) {
    let slot = target.place.slot
    newArray[target.block].store(slot, key, hash, elem, tophash: TopHash.of(hash))
    count += 1
    report(.keyInserted(key, target.place, elem: elem, count: count), to: observer)
  }

  /// Stores the new element, and the new key, which may be spelled differently.
  private mutating func overwrite(
    _ target: Candidate, _ key: MapKey, _ elem: Int, _ observer: Observer?
  ) {
    let slot = target.place.slot
    let old = newArray[target.block].elems[slot]
    newArray[target.block].keys[slot] = key
    newArray[target.block].elems[slot] = elem
    report(.elemOverwritten(key, target.place, old: old, new: elem), to: observer)
  }

  /// By the notes' rule a key may still be in its old bucket; it is overwritten there.
  private mutating func overwriteInOldArray(
    _ key: MapKey, _ hash: UInt64, _ elem: Int, _ observer: Observer?
  ) -> Bool {
    guard let place = find(key, hash: hash), place.array == .old else { return false }
    let block = oldArray.chain(place.bucket)[place.bmap]
    report(
      .keyCompared(place, stored: oldArray[block].keys[place.slot], wanted: key, equal: true),
      to: observer)
    let old = oldArray[block].elems[place.slot]
    oldArray[block].keys[place.slot] = key
    oldArray[block].elems[place.slot] = elem
    report(.elemOverwritten(key, place, old: old, new: elem), to: observer)
    return true
  }
}

extension Bmap {
  /// Fills a slot.
  mutating func store(_ slot: Int, _ key: MapKey, _ hash: UInt64, _ elem: Int, tophash top: UInt8) {
    tophash[slot] = top
    keys[slot] = key
    hashes[slot] = hash
    elems[slot] = elem
  }
}
