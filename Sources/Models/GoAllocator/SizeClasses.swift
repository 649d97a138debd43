extension GoAllocator {
  /// What every object must fit into: the fixed slot sizes and what their spans look like.
  ///
  /// Classes are numbered from 1; class 0 stands for objects that get a span of their own. A span
  /// class is `sizeClass * 2`, plus 1 for objects without pointers; before Go 1.9 it is the size
  /// class itself.
  ///
  /// Source: Go 1.19 sizeclasses.go, msize.go, mheap.go: makeSpanClass; 1.22 and 1.26 mheap.go:
  /// initSpan.
  public struct SizeClasses: Sendable {
    /// The bytes of a runtime page.
    public static let pageSizeBytes = 8192
    /// Requests below this many bytes and without pointers share a 16-byte slot.
    public static let tinyLimitBytes = 16
    /// The bytes of the header in front of some objects with pointers.
    public static let headerBytes = 8
    /// Objects with pointers above this many bytes carry a header, where the rules have one.
    public static let heapBitsLimitBytes = 512

    /// The rules that the figures follow.
    public let rules: Rules
    /// How many class numbers there are, the 0 included.
    public let count: Int
    /// How many span classes there are.
    public let spanClassCount: Int
    /// The span class that tiny blocks come from.
    public let tinySpanClass: Int

    private let sizes: [Int]
    private let pages: [Int]
    /// Slots of a span, by span class.
    private let slots: [UInt16]
    /// The class of ceil(n / 8), for n up to 1016.
    private let table8: [UInt8]
    /// The class of ceil((n - 1024) / 128), above.
    private let table128: [UInt8]

    /// Works out the tables of a set of rules.
    public init(rules: Rules) {
      self.rules = rules
      // The 24-byte class came with Go 1.16.
      let rows = rules.isNotesEra ? Self.rows.filter { $0.size != 24 } : Self.rows
      sizes = [0] + rows.map(\.size)
      pages = [0] + rows.map(\.pages)
      count = rows.count + 1
      spanClassCount = rules.hasNoscanSpanClasses ? count * 2 : count
      tinySpanClass = rules.hasNoscanSpanClasses ? 2 * 2 + 1 : 2
      let sizes = sizes
      func smallest(_ bytes: Int) -> UInt8 {
        UInt8(sizes.firstIndex { $0 >= bytes } ?? 0)
      }
      table8 = (0...128).map { $0 == 0 ? 0 : smallest($0 * 8) }
      table128 = (0...248).map { smallest(1024 + $0 * 128) }
      var slots = [UInt16](repeating: 0, count: spanClassCount)
      for spanClass in slots.indices {
        let sizeClass = rules.hasNoscanSpanClasses ? spanClass / 2 : spanClass
        let noscan = rules.hasNoscanSpanClasses && spanClass % 2 == 1
        guard sizeClass > 0 else {
          slots[spanClass] = 1
          continue
        }
        slots[spanClass] = UInt16(
          Self.slotCount(
            sizeBytes: sizes[sizeClass], pages: pages[sizeClass], noscan: noscan, rules: rules))
      }
      self.slots = slots
    }

    /// How many slots a span has, what newer versions reserve in it left out.
    private static func slotCount(sizeBytes: Int, pages: Int, noscan: Bool, rules: Rules) -> Int {
      var bytes = pages * pageSizeBytes
      if sizeBytes <= heapBitsLimitBytes {
        if rules.hasMallocHeaders, !noscan { bytes -= pages * pageSizeBytes / 64 }
        if rules.hasInlineMarkBits, sizeBytes >= 16 { bytes -= 128 }
      }
      return bytes / sizeBytes
    }

    /// The smallest class that holds a number of bytes (1 to 32768), a header counted in.
    ///
    /// - Complexity: O(1).
    @inline(__always)
    public func sizeClass(bytes: Int) -> Int {
      bytes <= 1024 - 8
        ? Int(table8[(bytes + 7) / 8]) : Int(table128[(bytes - 1024 + 127) / 128])
    }

    /// The bytes of a slot; 0 for class 0.
    public func slotSizeBytes(_ sizeClass: Int) -> Int { sizes[sizeClass] }

    /// The pages of a span; 0 for class 0.
    public func pageCount(_ sizeClass: Int) -> Int { pages[sizeClass] }

    /// The slots of a span of a span class; 1 for large objects.
    public func slotCount(spanClass: Int) -> Int { Int(slots[spanClass]) }

    /// The span class of a size class.
    @inline(__always)
    public func spanClass(_ sizeClass: Int, noscan: Bool) -> Int {
      rules.hasNoscanSpanClasses ? sizeClass * 2 + (noscan ? 1 : 0) : sizeClass
    }

    /// The size class of a span class.
    @inline(__always)
    public func sizeClass(spanClass: Int) -> Int {
      rules.hasNoscanSpanClasses ? spanClass / 2 : spanClass
    }

    /// Whether a span class holds pointer-free objects only; false where both kinds share it.
    public func isNoscan(spanClass: Int) -> Bool {
      rules.hasNoscanSpanClasses && spanClass % 2 == 1
    }

    /// Where a request goes: its class, 0 for a large one, and the header's bytes in front.
    @inline(__always)
    public func placement(sizeBytes: Int, noscan: Bool) -> (sizeClass: Int, headerBytes: Int) {
      if sizeBytes > rules.smallLimitBytes { return (0, 0) }
      if rules.hasMallocHeaders, !noscan, sizeBytes > Self.heapBitsLimitBytes {
        return (sizeClass(bytes: sizeBytes + Self.headerBytes), Self.headerBytes)
      }
      return (sizeClass(bytes: sizeBytes), 0)
    }

    /// Slot sizes in bytes with the pages of their spans, as in Go 1.16 and later.
    private static let rows: [(size: Int, pages: Int)] = [
      (8, 1), (16, 1), (24, 1), (32, 1), (48, 1), (64, 1), (80, 1), (96, 1), (112, 1), (128, 1),
      (144, 1), (160, 1), (176, 1), (192, 1), (208, 1), (224, 1), (240, 1), (256, 1), (288, 1),
      (320, 1), (352, 1), (384, 1), (416, 1), (448, 1), (480, 1), (512, 1), (576, 1), (640, 1),
      (704, 1), (768, 1), (896, 1), (1024, 1), (1152, 1), (1280, 1), (1408, 2), (1536, 1),
      (1792, 2), (2048, 1), (2304, 2), (2688, 1), (3072, 3), (3200, 2), (3456, 3), (4096, 1),
      (4864, 3), (5376, 2), (6144, 3), (6528, 4), (6784, 5), (6912, 6), (8192, 1), (9472, 7),
      (9728, 6), (10240, 5), (10880, 4), (12288, 3), (13568, 5), (14336, 7), (16384, 2),
      (18432, 9), (19072, 7), (20480, 5), (21760, 8), (24576, 3), (27264, 10), (28672, 7),
      (32768, 4),
    ]
  }
}
