extension GoAllocator {
  /// A processor in Go's sense: what a worker needs to run, and the owner of the caches.
  ///
  /// Source: Go 1.19 runtime2.go, p; Go 1.10 has the same without the page cache.
  public struct P: Sendable {
    /// The spans that this P allocates from.
    public internal(set) var mcache: MCache
    /// Pages kept for this P's small spans.
    public internal(set) var pageCache = PageCache()
  }

  /// One span a span class, and the open tiny block.
  ///
  /// Source: Go 1.19 mcache.go.
  public struct MCache: Sendable {
    private var alloc: [Int32]
    /// The 16-byte slot that tiny objects are packed into.
    public internal(set) var tiny: TinyBlock?
    /// Where the next tiny object goes at the earliest, in bytes from the block's start.
    public internal(set) var tinyOffset = 0
    /// How many tiny objects were packed into blocks that were already open.
    public internal(set) var tinyAllocs = 0
    /// The heap's sweepgen when this cache was last flushed.
    public internal(set) var flushGen: Int

    init(spanClassCount: Int, flushGen: Int) {
      alloc = [Int32](repeating: -1, count: spanClassCount)
      self.flushGen = flushGen
    }

    /// The cached span of a span class; nil stands for Go's dummy span without slots.
    public internal(set) subscript(spanClass: Int) -> SpanID? {
      get { alloc[spanClass] < 0 ? nil : Int(alloc[spanClass]) }
      set { alloc[spanClass] = newValue.map { Int32(truncatingIfNeeded: $0) } ?? -1 }
    }

    /// The span classes of which a span is cached, ascending.
    public var cachedSpanClasses: [Int] { alloc.indices.filter { alloc[$0] >= 0 } }

    var footprint: Int { alloc.count * 4 + 64 }
  }

  /// A slot that tiny objects share.
  public struct TinyBlock: Sendable, Equatable {
    /// The span of the block.
    public let span: SpanID
    /// Its slot.
    public let slot: Int
  }

  /// The free pages of one aligned block of 64, taken out of the heap for one P.
  ///
  /// Source: Go 1.19 mpagecache.go.
  public struct PageCache: Sendable, Equatable {
    /// The pages of a block.
    public static let pages = 64
    /// Requests of this many pages and more never use a cache.
    public static let requestLimit = pages / 4

    /// The block's first page.
    public internal(set) var firstPage = 0
    /// The free pages, bit 0 for the first.
    public internal(set) var free: UInt64 = 0
    /// Those of them that the operating system has back.
    public internal(set) var scavenged: UInt64 = 0

    /// Whether no page is left.
    public var isEmpty: Bool { free == 0 }

    /// Takes the lowest run that is long enough, and says how many of its pages were released.
    mutating func take(_ npages: Int) -> (firstPage: Int, released: Int)? {
      let mask: UInt64 = (1 << UInt64(npages)) - 1
      // A bit of runs stays set where that many free pages follow one another.
      var runs = free
      for shift in 1..<max(npages, 1) { runs &= free >> UInt64(shift) }
      guard runs != 0 else { return nil }
      let start = runs.trailingZeroBitCount
      let taken = mask << UInt64(start)
      let released = (scavenged & taken).nonzeroBitCount
      free &= ~taken
      scavenged &= ~taken
      return (firstPage + start, released)
    }
  }
}
