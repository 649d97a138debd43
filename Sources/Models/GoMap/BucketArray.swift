/// The array of buckets with the overflow blocks that hang on it.
///
/// Blocks are numbered: the first `bucketCount` are the buckets themselves, the others are overflow
/// blocks in the order in which they were linked.
///
/// Source: Go 1.19, runtime/map.go, `makeBucketArray`, `newoverflow`.
public struct BucketArray: Sendable {
  /// Log2 of the number of buckets.
  public let B: Int
  /// Tells arrays of one map apart: 0 for the first, 1 for the one that replaced it, ...
  public let generation: Int
  /// How many overflow blocks were allocated together with the array.
  public let preallocatedCount: Int
  /// How many of them have been handed out; Go's `extra.nextOverflow` points at the next.
  public private(set) var preallocatedUsed = 0

  private var blocks: ChunkedArray<Bmap>

  init(B: Int, generation: Int, preallocatedCount: Int) {
    self.B = B
    self.generation = generation
    self.preallocatedCount = preallocatedCount
    blocks = ChunkedArray(repeating: Bmap(), count: 1 << B)
  }

  /// The number of buckets, 2 to the power of `B`.
  public var bucketCount: Int { 1 << B }
  /// The mask that takes a bucket's index out of a hash.
  public var mask: UInt64 { UInt64(bucketCount - 1) }
  /// Buckets and overflow blocks together.
  public var blockCount: Int { blocks.count }

  /// The block of an index.
  public subscript(block: Int) -> Bmap {
    _read { yield blocks[block] }
    _modify { yield &blocks[block] }
  }

  /// The block behind this one in its chain, nil at the end.
  public func next(_ block: Int) -> Int? {
    let next = blocks[block].overflow
    return next == 0 ? nil : Int(next)
  }

  /// The indices of a bucket's blocks in the order of the chain.
  public func chain(_ bucket: Int) -> [Int] {
    var chain = [bucket]
    var block = bucket
    while let following = next(block) {
      chain.append(following)
      block = following
    }
    return chain
  }

  /// Whether the bucket has been evacuated: its first slot says so.
  ///
  /// Source: Go 1.19, runtime/map.go, `evacuated`.
  public func isEvacuated(_ bucket: Int) -> Bool {
    let mark = blocks[bucket].tophash[0]
    return mark > TopHash.emptyOne && mark < TopHash.minimum
  }

  /// Links a new overflow block behind a block and returns its index.
  mutating func appendOverflow(behind block: Int) -> Int {
    var fresh = Bmap()
    if preallocatedUsed < preallocatedCount {
      fresh.preallocated = Int32(preallocatedUsed)
      preallocatedUsed += 1
    }
    blocks.append(fresh)
    let index = blocks.count - 1
    blocks[block].overflow = Int32(index)
    return index
  }
}
