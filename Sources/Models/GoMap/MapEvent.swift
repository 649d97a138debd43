/// Which of a growing map's two arrays is meant.
public enum ArrayName: String, Sendable {
  /// Go's `buckets`.
  case new
  /// Go's `oldbuckets`.
  case old
}

/// Where a slot is.
public struct SlotPlace: Sendable, Equatable {
  /// In which array.
  public var array: ArrayName
  /// The bucket's index in its array.
  public var bucket: Int
  /// The block's position in the bucket's chain, from 0.
  public var bmap: Int
  /// The slot in the block, 0 to 7.
  public var slot: Int

  /// The place of a slot.
  public init(_ array: ArrayName, bucket: Int, bmap: Int, slot: Int) {
    self.array = array
    self.bucket = bucket
    self.bmap = bmap
    self.slot = slot
  }
}

/// The two kinds of growth.
public enum Growth: String, Sendable {
  /// Twice as many buckets, because the load factor was passed.
  case double
  /// As many buckets as before, because too many overflow blocks hang on them.
  case same
}

/// Why a bucket is evacuated now.
public enum EvacuationReason: String, Sendable {
  /// The operation touches it.
  case touched
  /// It is the next in line, at `nevacuate`.
  case next
}

/// Why an array was chosen for a search.
public enum BucketChoice: String, Sendable {
  /// The map is not growing; there is one array.
  case onlyArray
  /// The map grows and the key's old bucket has not been evacuated.
  case notEvacuated
  /// The map grows, and the key's old bucket has been evacuated.
  case evacuated
  /// By the notes' rule: the old bucket did not hold the key, it may have been put in since.
  case alsoNew
}

/// Why a key was not found.
public enum Absence: String, Sendable {
  /// The map is empty; no bucket was looked at.
  case emptyMap
  /// A slot said that nothing follows.
  case emptyRest
  /// The chain ended.
  case endOfChain
}

/// What happens inside a map while it performs an operation.
public enum MapEvent: Sendable, Equatable, ModelEvent {
  /// The map was made for `hint` entries; `B` 0 has no array yet.
  case mapMade(hint: Int, B: Int, preallocated: Int)
  /// The key was hashed; the bucket index is the low `B` bits, the tophash the high byte.
  case keyHashed(MapKey, hash: UInt64, B: Int, bucket: Int, tophash: UInt8)
  /// One of the arrays was chosen for the search.
  case bucketChosen(ArrayName, bucket: Int, BucketChoice)
  /// A slot's tophash was compared with the wanted one.
  case tophashCompared(SlotPlace, stored: UInt8, wanted: UInt8)
  /// A slot's key was compared with the wanted one.
  case keyCompared(SlotPlace, stored: MapKey, wanted: MapKey, equal: Bool)
  /// The search went on in the next block of the chain.
  case overflowFollowed(ArrayName, bucket: Int, bmap: Int)
  /// A lookup ended with the key.
  case keyFound(MapKey, SlotPlace, elem: Int)
  /// A lookup or delete ended without the key.
  case keyMissed(MapKey, Absence)
  /// The first array was allocated, by the first insert.
  case bucketsAllocated(B: Int)
  /// An overflow block was linked behind a chain; the number says which of the preallocated ones it
  /// is, nil that it came from the heap.
  case overflowAllocated(ArrayName, bucket: Int, bmap: Int, preallocated: Int?, noverflow: Int)
  /// A new entry was stored.
  case keyInserted(MapKey, SlotPlace, elem: Int, count: Int)
  /// An existing entry got a new element, and the new spelling of its key.
  case elemOverwritten(MapKey, SlotPlace, old: Int, new: Int)
  /// An entry was removed; its slot is marked emptyOne.
  case keyDeleted(MapKey, SlotPlace, count: Int)
  /// Slots whose emptyOne became emptyRest because nothing follows them any more.
  case emptyRestSpread([SlotPlace])
  /// A new array was allocated and the present one became the old one.
  case growthStarted(Growth, number: Int, fromB: Int, toB: Int, count: Int, noverflow: Int)
  /// A bucket's evacuation began; `live` keys are to leave it.
  case evacuationStarted(bucket: Int, EvacuationReason, live: Int)
  /// A key left the old array; it is the `ordinal`th, from 0, of those that leave together.
  case keyMoved(MapKey, from: SlotPlace, to: SlotPlace, toY: Bool, ordinal: Int)
  /// A bucket of the old array has nothing left.
  case bucketEvacuated(growth: Int, bucket: Int, moved: Int)
  /// Every bucket below `to` has been evacuated.
  case evacuationMarkAdvanced(from: Int, to: Int)
  /// The old array was released.
  case growthFinished(Growth, number: Int)
  /// The map became empty and drew a new seed.
  case seedReset
  /// Everything was removed at once; a growth under way was dropped.
  case mapCleared(removed: Int, growthDropped: Bool)
  /// A range began at a random bucket, and at a random slot in each block.
  case rangeStarted(id: Int?, startBucket: Int, offset: Int)
  /// A range came to an entry.
  case entryVisited(id: Int?, MapKey, elem: Int, SlotPlace?)
  /// A range has no further entry.
  case rangeEnded(id: Int?)

  /// The case's own name.
  public var name: String {
    switch self {
    case .mapMade: "mapMade"
    case .keyHashed: "keyHashed"
    case .bucketChosen: "bucketChosen"
    case .tophashCompared: "tophashCompared"
    case .keyCompared: "keyCompared"
    case .overflowFollowed: "overflowFollowed"
    case .keyFound: "keyFound"
    case .keyMissed: "keyMissed"
    case .bucketsAllocated: "bucketsAllocated"
    case .overflowAllocated: "overflowAllocated"
    case .keyInserted: "keyInserted"
    case .elemOverwritten: "elemOverwritten"
    case .keyDeleted: "keyDeleted"
    case .emptyRestSpread: "emptyRestSpread"
    case .growthStarted: "growthStarted"
    case .evacuationStarted: "evacuationStarted"
    case .keyMoved: "keyMoved"
    case .bucketEvacuated: "bucketEvacuated"
    case .evacuationMarkAdvanced: "evacuationMarkAdvanced"
    case .growthFinished: "growthFinished"
    case .seedReset: "seedReset"
    case .mapCleared: "mapCleared"
    case .rangeStarted: "rangeStarted"
    case .entryVisited: "entryVisited"
    case .rangeEnded: "rangeEnded"
    }
  }
}
