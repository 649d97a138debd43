/// A key as the map sees it.
///
/// What it looks like is known only to whoever made it.
public struct MapKey: Hashable, Sendable {
  /// Which spelling this is; keys that are equal may be spelled differently, as 0 and -0 are.
  public var spelling: Int32
  /// Equal keys share it.
  ///
  /// NaN, which equals nothing, has `neverEqual`.
  public var identity: Int32

  /// The identity of a key that is not equal even to itself.
  public static let neverEqual: Int32 = -1

  /// A key of a spelling; its identity is the spelling unless told otherwise.
  public init(spelling: Int, identity: Int? = nil) {
    self.spelling = Int32(spelling)
    self.identity = Int32(identity ?? spelling)
  }

  /// Whether the key equals itself: false for NaN only.
  public var isReflexive: Bool { identity != Self.neverEqual }

  /// Go's `==` on keys.
  public func equals(_ other: MapKey) -> Bool { isReflexive && identity == other.identity }
}

/// The values of a slot's tophash byte that are marks rather than hash bits.
///
/// Source: Go 1.19, runtime/map.go, constants `emptyRest` to `minTopHash`.
public enum TopHash {
  /// Empty, and so is everything behind it in the chain.
  public static let emptyRest: UInt8 = 0
  /// This slot is empty; later ones may hold keys.
  public static let emptyOne: UInt8 = 1
  /// The entry moved to the bucket of the same index in the new array.
  public static let evacuatedX: UInt8 = 2
  /// The entry moved to the bucket of its index plus the old bucket count.
  public static let evacuatedY: UInt8 = 3
  /// The slot was empty when its bucket was evacuated.
  public static let evacuatedEmpty: UInt8 = 4
  /// The smallest tophash of a live entry.
  public static let minimum: UInt8 = 5

  /// The tophash of a hash: its highest byte, lifted above the marks.
  ///
  /// Source: Go 1.19, runtime/map.go, `tophash`.
  public static func of(_ hash: UInt64) -> UInt8 {
    let top = UInt8(truncatingIfNeeded: hash >> 56)
    return top < minimum ? top + minimum : top
  }

  /// Source: Go 1.19, runtime/map.go, `isEmpty`.
  public static func isEmpty(_ mark: UInt8) -> Bool { mark <= emptyOne }

  /// Whether the slot holds an entry that has not moved away.
  public static func isLive(_ mark: UInt8) -> Bool { mark >= minimum }
}

/// A block of eight slots: one link of a bucket's chain.
///
/// Keys and elements are grouped, not interleaved, as in Go. The hash is kept beside each key so
/// that the model never has to hash a key twice; Go computes it anew.
///
/// Source: Go 1.19, runtime/map.go, `bmap`.
public struct Bmap: Sendable {
  /// Slots of a block, Go's `bucketCnt`.
  public static let slotCount = 8

  /// A byte a slot: a mark, or the high byte of the key's hash.
  public var tophash = InlineArray<8, UInt8>(repeating: TopHash.emptyRest)
  /// Meaningful where the tophash is live.
  public var keys = InlineArray<8, MapKey>(repeating: MapKey(spelling: 0))
  /// Meaningful where the tophash is live.
  public var elems = InlineArray<8, Int>(repeating: 0)
  /// The hashes of the keys.
  public var hashes = InlineArray<8, UInt64>(repeating: 0)
  /// The next block of the chain as an index into its array's blocks; 0, which is never an overflow
  /// block, for none.
  public var overflow: Int32 = 0
  /// Which of the preallocated overflow blocks this is; -1 where it came from the heap or is the
  /// bucket's first.
  public var preallocated: Int32 = -1

  /// An empty block.
  public init() {}
}
