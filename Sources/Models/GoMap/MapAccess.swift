/// Looking a key up, with every comparison on the way.
extension Hmap {
  /// How a search through one chain ended.
  private enum Outcome {
    case found(SlotPlace, elem: Int)
    case missing(Absence)
  }

  /// Source: Go 1.19, runtime/map.go, `mapaccess1`; map_fast32.go, map_faststr.go.
  func access(_ key: MapKey, _ hash: UInt64, _ observer: Observer?) {
    guard count > 0 else {
      report(.keyMissed(key, .emptyMap), to: observer)
      return
    }
    if type.variant == .generic || B > 0 { reportHash(key, hash, observer) }
    let (first, choice) = arrayToSearch(hash)
    var outcome = search(first, choice, key, hash, observer)
    if type.rules == .notes, first == .old, case .missing = outcome {
      outcome = search(.new, .alsoNew, key, hash, observer)
    }
    switch outcome {
    case .found(let place, let elem):
      report(.keyFound(key, place, elem: elem), to: observer)
    case .missing(let absence):
      report(.keyMissed(key, absence), to: observer)
    }
  }

  /// Which array holds the key, if any does: the old one until its bucket has been evacuated.
  func arrayToSearch(_ hash: UInt64) -> (ArrayName, BucketChoice) {
    guard isGrowing else { return (.new, .onlyArray) }
    let bucket = Int(hash & oldArray.mask)
    let evacuated =
      type.rules == .notes ? bucket < nevacuate : oldArray.isEvacuated(bucket)
    return evacuated ? (.new, .evacuated) : (.old, .notEvacuated)
  }

  /// Where a key is, wherever it is, without reporting anything; nil where it is absent.
  ///
  /// A key that does not equal itself is never found.
  public func find(_ key: MapKey, hash: UInt64) -> SlotPlace? {
    guard count > 0 else { return nil }
    let (first, _) = arrayToSearch(hash)
    if let place = find(key, hash, in: first) { return place }
    return type.rules == .notes && first == .old ? find(key, hash, in: .new) : nil
  }

  private func find(_ key: MapKey, _ hash: UInt64, in name: ArrayName) -> SlotPlace? {
    let array = name == .new ? newArray : oldArray
    let bucket = Int(hash & array.mask)
    let top = TopHash.of(hash)
    var block = bucket
    var position = 0
    while true {
      for slot in 0..<Bmap.slotCount {
        let mark = array[block].tophash[slot]
        if mark == TopHash.emptyRest { return nil }
        if mark == top, array[block].keys[slot].equals(key) {
          return SlotPlace(name, bucket: bucket, bmap: position, slot: slot)
        }
      }
      guard let next = array.next(block) else { return nil }
      block = next
      position += 1
    }
  }

  private func search(
    _ name: ArrayName, _ choice: BucketChoice, _ key: MapKey, _ hash: UInt64, _ observer: Observer?
  ) -> Outcome {
    let array = name == .new ? newArray : oldArray
    let bucket = Int(hash & array.mask)
    report(.bucketChosen(name, bucket: bucket, choice), to: observer)
    var block = bucket
    var position = 0
    while true {
      for slot in 0..<Bmap.slotCount {
        let place = SlotPlace(name, bucket: bucket, bmap: position, slot: slot)
        if isMatch(array[block], place, key, hash, observer) {
          return .found(place, elem: array[block].elems[slot])
        }
        if stopsAtEmptyRest, array[block].tophash[slot] == TopHash.emptyRest {
          return .missing(.emptyRest)
        }
      }
      guard let next = array.next(block) else { return .missing(.endOfChain) }
      block = next
      position += 1
      report(.overflowFollowed(name, bucket: bucket, bmap: position), to: observer)
    }
  }

  /// The lookups made for one key type walk on over empty slots; only in a single bucket of strings
  /// does the first final empty slot end the search.
  private var stopsAtEmptyRest: Bool {
    type.variant == .generic || (type.variant == .faststr && B == 0)
  }

  /// Compares one slot with the wanted key in the way of the map's variant.
  private func isMatch(
    _ block: borrowing Bmap, _ place: SlotPlace, _ key: MapKey, _ hash: UInt64,
    _ observer: Observer?
  ) -> Bool {
    let mark = block.tophash[place.slot]
    let comparesTophash =
      switch type.variant {
      case .generic: true
      case .faststr: B > 0
      case .fast32, .fast64: false
      }
    if comparesTophash {
      let top = TopHash.of(hash)
      report(.tophashCompared(place, stored: mark, wanted: top), to: observer)
      if mark != top { return false }
    } else if !TopHash.isLive(mark) {
      return false
    }
    let stored = block.keys[place.slot]
    let equal = stored.equals(key)
    report(.keyCompared(place, stored: stored, wanted: key, equal: equal), to: observer)
    return equal
  }
}
