/// Deleting, and what it does to the marks of empty slots.
extension Hmap {
  /// Source: Go 1.19, runtime/map.go, `mapdelete`.
  mutating func delete(
    _ key: MapKey, _ hash: UInt64, _ given: inout ArraySlice<UInt64>, _ observer: Observer?
  ) {
    guard count > 0 else {
      report(.keyMissed(key, .emptyMap), to: observer)
      return
    }
    reportHash(key, hash, observer)
    if type.rules != .notes { growWork(hash, &given, observer) }
    guard let place = find(key, hash: hash) else {
      report(.keyMissed(key, absenceInNewChain(hash)), to: observer)
      return
    }
    let chain = (place.array == .new ? newArray : oldArray).chain(place.bucket)
    let block = chain[place.bmap]
    let stored = (place.array == .new ? newArray : oldArray)[block].keys[place.slot]
    report(.keyCompared(place, stored: stored, wanted: key, equal: true), to: observer)
    count -= 1
    if place.array == .new {
      newArray[block].tophash[place.slot] = TopHash.emptyOne
    } else {
      oldArray[block].tophash[place.slot] = TopHash.emptyOne
      oldCount -= 1
    }
    report(.keyDeleted(key, place, count: count), to: observer)
    let spread =
      place.array == .new
      ? newArray.spreadEmptyRest(from: place, chain) : oldArray.spreadEmptyRest(from: place, chain)
    if !spread.isEmpty { report(.emptyRestSpread(spread), to: observer) }
    if count == 0 { resetSeed(observer) }
  }

  /// Why a search of the key's chain in the new array ends without the key.
  private func absenceInNewChain(_ hash: UInt64) -> Absence {
    let last = newArray.chain(Int(hash & newArray.mask)).last ?? 0
    return newArray[last].tophash[Bmap.slotCount - 1] == TopHash.emptyRest
      ? .emptyRest : .endOfChain
  }
}

extension BucketArray {
  /// Turns emptyOne into emptyRest, backwards from a slot just emptied, if nothing follows it.
  ///
  /// The walk crosses from the first slot of an overflow block to the last slot of the block before.
  /// Returns the slots that changed, in the order in which they did.
  ///
  /// Source: Go 1.19, runtime/map.go, `mapdelete`, the part before `notLast`.
  mutating func spreadEmptyRest(from place: SlotPlace, _ chain: [Int]) -> [SlotPlace] {
    let isLastSlot = place.slot == Bmap.slotCount - 1
    if !isLastSlot {
      if self[chain[place.bmap]].tophash[place.slot + 1] != TopHash.emptyRest { return [] }
    } else if place.bmap + 1 < chain.count {
      if self[chain[place.bmap + 1]].tophash[0] != TopHash.emptyRest { return [] }
    }
    var changed: [SlotPlace] = []
    var here = place
    while self[chain[here.bmap]].tophash[here.slot] == TopHash.emptyOne {
      self[chain[here.bmap]].tophash[here.slot] = TopHash.emptyRest
      changed.append(here)
      if here.slot > 0 {
        here.slot -= 1
      } else if here.bmap > 0 {
        here.bmap -= 1
        here.slot = Bmap.slotCount - 1
      } else {
        break
      }
    }
    return changed
  }
}
