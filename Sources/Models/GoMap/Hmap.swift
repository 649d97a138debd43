/// Go's map before 1.24: an array of buckets, each a chain of blocks of eight slots.
///
/// Words, as in Go's source:
/// - *bucket*: an index of the array, and the chain of blocks that hangs on it;
/// - *bmap*: one block of eight slots; all but a bucket's first are *overflow* blocks;
/// - *tophash*: the byte a slot keeps of its key's hash, or a mark for slots without a live key;
/// - *evacuate*: move the entries of an old bucket to the new array while the map grows;
/// - *X* and *Y*: the two new buckets that an old one is split into, of the same index and of the
///   index plus the old bucket count.
///
/// Faithful: where every entry lies, every mark, when a growth starts, what each operation moves,
/// in which order a range visits. Left out: memory addresses, the race detector's flag, the sampling
/// of overflow blocks from 2^16 buckets on (here all are counted), and the wiping of evacuated keys,
/// which only a range that outlives two same-size growths could notice.
///
/// The `notes` rules differ in one thing: any operation on a growing map moves exactly two keys,
/// the next two in the order of the old array, and then finds the key it touches wherever it is.
///
/// Source: Go 1.19, runtime/map.go, `hmap`.
public struct Hmap: Model {
  /// See `Model`.
  public typealias Operation = MapOperation
  /// See `Model`.
  public typealias Event = MapEvent

  /// Bits of `flags`.
  public enum Flag {
    /// A range may be using `buckets`.
    public static let iterator: UInt8 = 1
    /// A range may be using `oldbuckets`.
    public static let oldIterator: UInt8 = 2
    /// The running growth keeps the number of buckets.
    public static let sameSizeGrow: UInt8 = 8
  }

  /// What compiler and Go version decided.
  public let type: MapType
  /// The number of entries.
  public internal(set) var count = 0
  /// See `Flag`.
  public internal(set) var flags: UInt8 = 0
  /// Log2 of the number of buckets.
  public internal(set) var B = 0
  /// Overflow blocks allocated for the current array; deletes do not lower it.
  public internal(set) var noverflow = 0
  /// The seed of the hash function.
  public internal(set) var hash0: UInt64
  /// Old buckets with a smaller index have been evacuated.
  public internal(set) var nevacuate = 0
  /// How many growths have been started.
  public internal(set) var growthNumber = 0
  /// Whether the latest growth kept the number of buckets, so that more entries than 6.5 a bucket may
  /// be left when it ends.
  var lastGrowthWasSameSize = false
  /// Whether an array has been allocated at all.
  public internal(set) var hasBuckets = false
  /// Whether there is an old array.
  public internal(set) var isGrowing = false
  /// In the notes' rules, how far the old bucket `nevacuate` has been emptied.
  public internal(set) var migration = Migration()

  var newArray: BucketArray
  var oldArray: BucketArray
  /// Live entries left in the old array; kept for the notes' rules only.
  var oldCount = 0
  var generation = 0
  var random: SplitMix64
  var iterators: [Hiter] = []
  /// Released arrays that a range under way still walks.
  var retained: [BucketArray] = []

  /// A map as `make(map[K]V, hint)` returns it.
  ///
  /// `hint` is at least 0; the seed decides `hash0` and whatever else Go draws at random.
  public init(type: MapType, hint: Int = 0, seed: UInt64 = 0) {
    self.type = type
    random = SplitMix64(seed: seed)
    hash0 = random.next()
    newArray = BucketArray(B: 0, generation: 0, preallocatedCount: 0)
    oldArray = newArray
    make(hint: hint, observer: nil)
  }

  /// The current array; nil until the first insert where `B` is 0.
  public var buckets: BucketArray? { hasBuckets ? newArray : nil }
  /// The previous array; nil unless the map is growing.
  public var oldbuckets: BucketArray? { isGrowing ? oldArray : nil }
  /// Log2 of the current array's bucket count, whether it has been allocated yet or not.
  public var newArrayB: Int { newArray.B }
  /// Whether the running growth keeps the number of buckets.
  public var isSameSizeGrow: Bool { flags & Flag.sameSizeGrow != 0 }

  /// An array by name, nil where there is none.
  public func array(_ name: ArrayName) -> BucketArray? {
    name == .new ? buckets : oldbuckets
  }

  /// See `Model`: the blocks of both arrays.
  public var footprint: Int {
    let blocks = newArray.blockCount + (isGrowing ? oldArray.blockCount : 0)
    return blocks * MemoryLayout<Bmap>.stride + 512
  }

  /// Performs an operation; see `MapOperation`.
  public mutating func perform(_ operation: MapOperation, observer: Observer?) {
    switch operation {
    case .make(let hint): make(hint: hint, observer: observer)
    case .assign(let key, let elem, let evacuationHashes):
      let hash = hash(of: key)
      var given = evacuationHashes[...]
      migrateByNotes(&given, observer)
      assign(key.key, hash, elem, &given, observer)
      finishByNotes(observer)
    case .access(let key):
      let hash = hash(of: key)
      var given: ArraySlice<UInt64> = []
      migrateByNotes(&given, observer)
      access(key.key, hash, observer)
    case .delete(let key, let evacuationHashes):
      let hash = hash(of: key)
      var given = evacuationHashes[...]
      migrateByNotes(&given, observer)
      delete(key.key, hash, &given, observer)
      finishByNotes(observer)
    case .clear:
      var given: ArraySlice<UInt64> = []
      migrateByNotes(&given, observer)
      clear(observer)
    case .range:
      var given: ArraySlice<UInt64> = []
      migrateByNotes(&given, observer)
      range(observer)
    case .iterate(let id, let startBucket, let offset):
      startIterator(id: id, startBucket: startBucket, offset: offset, observer)
    case .next(let id): advanceIterator(id: id, observer)
    }
  }

  // MARK: - Making and clearing

  /// Source: Go 1.19, runtime/map.go, `makemap`, `makemap_small`.
  private mutating func make(hint: Int, observer: Observer?) {
    (count, flags, noverflow, nevacuate, growthNumber) = (0, 0, 0, 0, 0)
    (isGrowing, iterators, retained, oldCount) = (false, [], [], 0)
    lastGrowthWasSameSize = false
    migration = Migration()
    B = MapType.B(forHint: hint)
    hasBuckets = B > 0
    newArray = freshArray(B: B)
    oldArray = BucketArray(B: 0, generation: newArray.generation, preallocatedCount: 0)
    report(
      .mapMade(hint: hint, B: B, preallocated: newArray.preallocatedCount), to: observer)
  }

  /// Source: Go 1.19 and 1.23, runtime/map.go, `mapclear`.
  private mutating func clear(_ observer: Observer?) {
    guard count > 0 else {
      report(.mapCleared(removed: 0, growthDropped: false), to: observer)
      return
    }
    let removed = count
    let growthDropped = isGrowing
    let growth = isSameSizeGrow ? Growth.same : .double
    let emptiesChains = type.rules == .go1_21 || type.rules == .go1_23
    if isGrowing, !emptiesChains { release(oldArray) }
    flags &= ~Flag.sameSizeGrow
    (isGrowing, nevacuate, noverflow, count, oldCount) = (false, 0, 0, 0, 0)
    migration = Migration()
    let preallocatedCount = newArray.preallocatedCount
    let cleared = newArray
    generation += 1
    newArray = BucketArray(B: B, generation: generation, preallocatedCount: preallocatedCount)
    followClearedArray(cleared, keepingHeapBlocks: !emptiesChains)
    if growthDropped, type.rules == .notes {
      report(.growthFinished(growth, number: growthNumber), to: observer)
    }
    report(.mapCleared(removed: removed, growthDropped: growthDropped), to: observer)
    resetSeed(observer)
  }

  /// Leads the ranges under way over to an array that was cleared in place.
  ///
  /// One that stands in an overflow block from the heap goes on in it where the block was merely
  /// unlinked (up to 1.20); elsewhere it finds the chain it stands in empty.
  private mutating func followClearedArray(_ cleared: BucketArray, keepingHeapBlocks: Bool) {
    for index in iterators.indices where iterators[index].uses(generation: cleared.generation) {
      if iterators[index].generation == cleared.generation {
        iterators[index].generation = newArray.generation
      }
      guard let block = iterators[index].block, block.generation == cleared.generation else {
        continue
      }
      let isOnHeap =
        block.index >= cleared.bucketCount && cleared[block.index].preallocated < 0
      if !(isOnHeap && keepingHeapBlocks) { iterators[index].block = nil }
    }
    release(cleared)
  }

  mutating func resetSeed(_ observer: Observer?) {
    hash0 = random.next()
    report(.seedReset, to: observer)
  }

  // MARK: - What the operations share

  /// An empty array with its preallocated overflow blocks.
  mutating func freshArray(B: Int) -> BucketArray {
    generation += 1
    return BucketArray(
      B: B, generation: generation, preallocatedCount: type.preallocatedCount(B: B))
  }

  /// Keeps a released array as long as a range under way walks it.
  mutating func release(_ array: BucketArray) {
    if iterators.contains(where: { $0.uses(generation: array.generation) }) {
      retained.append(array)
    }
  }

  /// The hash of a key: given, or computed with the map's seed.
  ///
  /// That of NaN is new each time.
  mutating func hash(of key: HashedKey) -> UInt64 {
    switch key.hash {
    case .fixed(let hash): hash
    case .content(let bits):
      key.key.isReflexive ? SplitMix64.mix(bits ^ hash0) : random.next()
    }
  }

  /// Tells the observer; the event is constructed only if there is one.
  @inline(__always)
  func report(_ event: @autoclosure () -> MapEvent, to observer: Observer?) {
    observer?(event(), self)
  }

  func reportHash(_ key: MapKey, _ hash: UInt64, _ observer: Observer?) {
    report(
      .keyHashed(
        key, hash: hash, B: B, bucket: Int(hash & newArray.mask), tophash: TopHash.of(hash)),
      to: observer)
  }
}
