/// What the compiler and the Go version decide about a map before it runs.
public struct MapType: Sendable {
  /// Which set of rules the map follows.
  public enum Rules: String, Sendable, CaseIterable {
    /// The interview notes: every operation on a growing map moves exactly two keys.
    case notes
    /// Go 1.19 and 1.20: a write evacuates the bucket it touches and one more.
    case go1_19 = "go1.19"
    /// Go 1.21: as 1.19, but `clear` also empties what ranges under way are walking.
    case go1_21 = "go1.21"
    /// Go 1.22 and 1.23: as 1.21, but allocations that hold pointers carry a header of eight bytes.
    case go1_23 = "go1.23"
  }

  /// Which of the runtime's functions the compiler calls, by the key's type.
  ///
  /// Source: Go 1.19, cmd/compile/internal/walk, `mapfast`.
  public enum Variant: String, Sendable, CaseIterable {
    case generic
    case fast32
    case fast64
    case faststr
  }

  /// The rules of growth and migration.
  public var rules: Rules
  /// Decides which comparisons a lookup makes; where keys lie is the same in all.
  public var variant: Variant
  /// The size in bytes of one block; decides how many overflow blocks are preallocated.
  public var bucketBytes: Int
  /// Whether keys or elements hold pointers; if so evacuated chains are cut to one block.
  public var bucketHasPointers: Bool

  /// A map type; the sizes default to those of `map[string]int64`.
  public init(
    rules: Rules, variant: Variant = .generic, bucketBytes: Int = 208,
    bucketHasPointers: Bool = true
  ) {
    self.rules = rules
    self.variant = variant
    self.bucketBytes = bucketBytes
    self.bucketHasPointers = bucketHasPointers
  }

  /// Log2 of the bucket count that `make` chooses for a hint.
  ///
  /// Source: Go 1.19, runtime/map.go, `makemap`.
  public static func B(forHint hint: Int) -> Int {
    var B = 0
    while overLoadFactor(count: hint, B: B) { B += 1 }
    return B
  }

  /// Whether so many entries are more than 6.5 a bucket on average; eight always fit.
  ///
  /// Source: Go 1.19, runtime/map.go, `overLoadFactor`; the division is an integer's.
  public static func overLoadFactor(count: Int, B: Int) -> Bool {
    count > Bmap.slotCount && count > 13 * ((1 << B) / 2)
  }

  /// Whether there are about as many overflow blocks as buckets.
  ///
  /// From 2^16 buckets on Go counts only one block in 2^(B-15) and compares with 2^15; here every
  /// block is counted, so the limit is what that comes to on average.
  ///
  /// Source: Go 1.19, runtime/map.go, `tooManyOverflowBuckets`, `incrnoverflow`.
  public static func tooManyOverflowBuckets(noverflow: Int, B: Int) -> Bool {
    noverflow >= 1 << B
  }

  /// How many overflow blocks are allocated together with an array of 2^B buckets: one in sixteen,
  /// and whatever else fits into the allocator's size class.
  ///
  /// Source: Go 1.19 and 1.23, runtime/map.go, `makeBucketArray`; runtime/msize.go,
  /// `roundupsize`.
  public func preallocatedCount(B: Int) -> Int {
    guard B >= 4 else { return 0 }
    let buckets = 1 << B
    let wanted = (buckets + buckets / 16) * bucketBytes
    let headerBytes = rules == .go1_23 && bucketHasPointers && wanted <= 32768 - 8 ? 8 : 0
    return (Self.roundupsize(wanted + headerBytes) - headerBytes) / bucketBytes - buckets
  }

  /// The size that the allocator really hands out for a request of so many bytes.
  private static func roundupsize(_ size: Int) -> Int {
    let pageBytes = 8192
    if size > 32768 { return (size + pageBytes - 1) / pageBytes * pageBytes }
    return classSizes.first { $0 >= size } ?? size
  }

  /// The size classes for sixteen buckets of the smallest size and more.
  ///
  /// Source: Go 1.19, runtime/sizeclasses.go.
  private static let classSizes = [
    288, 320, 352, 384, 416, 448, 480, 512, 576, 640, 704, 768, 896, 1024, 1152, 1280, 1408, 1536,
    1792, 2048, 2304, 2688, 3072, 3200,
    3456, 4096, 4864, 5376, 6144, 6528, 6784, 6912, 8192, 9472, 9728, 10240, 10880, 12288, 13568,
    14336, 16384, 18432, 19072, 20480, 21760, 24576, 27264, 28672, 32768,
  ]
}
