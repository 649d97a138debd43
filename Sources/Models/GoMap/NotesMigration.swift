/// The interview notes' rule: while a map grows, every operation first moves two keys.
///
/// The operation that starts a growth moves none: the map was not growing when it began.
/// The keys leave in the order of the old array: bucket by bucket, along the chain, slot by slot.
/// A bucket may be half empty then, which the runtime never shows, so a search may have to look at
/// both arrays. Where a key goes is the runtime's rule.
extension Hmap {
  /// How far the bucket at `nevacuate` has been emptied.
  public struct Migration: Sendable, Equatable {
    /// The block of the chain, as a position from 0.
    public internal(set) var bmap = 0
    /// The first slot that has not been looked at.
    public internal(set) var slot = 0
  }

  /// How many keys move at once.
  public static let keysPerOperation = 2

  /// Moves two keys, or one if only one is left; ends the growth with the last.
  mutating func migrateByNotes(_ given: inout ArraySlice<UInt64>, _ observer: Observer?) {
    guard type.rules == .notes, isGrowing else { return }
    var moved = 0
    while isGrowing, moved < Self.keysPerOperation, oldCount > 0 {
      if moveNext(moved, &given, observer) { moved += 1 }
    }
    finishByNotes(observer)
  }

  /// Ends the growth once nothing is left in the old array.
  mutating func finishByNotes(_ observer: Observer?) {
    guard type.rules == .notes, isGrowing, oldCount == 0 else { return }
    while nevacuate < oldArray.bucketCount { leaveBucket(observer) }
    finishGrowth(observer)
  }

  /// Looks at the slot where the migration stands and steps on; true if a key moved.
  private mutating func moveNext(
    _ ordinal: Int, _ given: inout ArraySlice<UInt64>, _ observer: Observer?
  ) -> Bool {
    let chain = oldArray.chain(nevacuate)
    let place = SlotPlace(
      .old, bucket: nevacuate, bmap: migration.bmap, slot: migration.slot)
    let block = chain[place.bmap]
    let isLive = TopHash.isLive(oldArray[block].tophash[place.slot])
    if isLive { move(block, place, ordinal, &given, observer) }
    migration.slot += 1
    if migration.slot == Bmap.slotCount {
      migration.slot = 0
      migration.bmap += 1
      if migration.bmap == chain.count { leaveBucket(observer) }
    }
    return isLive
  }

  private mutating func move(
    _ block: Int, _ from: SlotPlace, _ ordinal: Int, _ given: inout ArraySlice<UInt64>,
    _ observer: Observer?
  ) {
    let (toY, hash, top) = chooseHalf(block, from.slot, &given)
    let key = oldArray[block].keys[from.slot]
    let elem = oldArray[block].elems[from.slot]
    let (target, to) = freeSlot(from.bucket + (toY ? oldArray.bucketCount : 0), observer)
    oldArray[block].tophash[from.slot] = toY ? TopHash.evacuatedY : TopHash.evacuatedX
    newArray[target].store(to.slot, key, hash, elem, tophash: top)
    oldCount -= 1
    report(.keyMoved(key, from: from, to: to, toY: toY, ordinal: ordinal), to: observer)
  }

  /// The first empty slot of a bucket of the new array, which may already hold keys that were
  /// inserted since the growth began.
  private mutating func freeSlot(_ bucket: Int, _ observer: Observer?) -> (Int, SlotPlace) {
    var block = bucket
    var position = 0
    while true {
      for slot in 0..<Bmap.slotCount where TopHash.isEmpty(newArray[block].tophash[slot]) {
        return (block, SlotPlace(.new, bucket: bucket, bmap: position, slot: slot))
      }
      position += 1
      if let next = newArray.next(block) {
        block = next
      } else {
        block = linkOverflow(behind: block, bucket: bucket, position: position, observer)
      }
    }
  }

  /// Marks what is empty in the bucket at `nevacuate` and goes on to the next bucket.
  private mutating func leaveBucket(_ observer: Observer?) {
    let bucket = nevacuate
    var moved = 0
    for block in oldArray.chain(bucket) {
      for slot in 0..<Bmap.slotCount {
        if TopHash.isEmpty(oldArray[block].tophash[slot]) {
          oldArray[block].tophash[slot] = TopHash.evacuatedEmpty
        } else {
          moved += 1
        }
      }
    }
    if type.bucketHasPointers, flags & Flag.oldIterator == 0 { oldArray[bucket].overflow = 0 }
    nevacuate += 1
    migration = Migration()
    report(.bucketEvacuated(growth: growthNumber, bucket: bucket, moved: moved), to: observer)
  }
}
