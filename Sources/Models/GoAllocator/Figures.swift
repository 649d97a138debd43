extension GoAllocator {
  /// The heap in figures: what `runtime.MemStats` and `top` would say, in bytes.
  ///
  /// `sysBytes` is `inUseBytes` and `idleBytes`; `releasedBytes` is a part of `idleBytes`.
  ///
  /// Source: Go 1.19 mstats.go, MemStats.
  public struct Figures: Sendable, Equatable {
    /// What the program can reach, in slots.
    public var reachableBytes: Int
    /// Slots that are used, or garbage that was not swept (HeapAlloc).
    public var allocatedBytes: Int
    /// Pages of spans in use (HeapInuse).
    public var inUseBytes: Int
    /// Pages without a span (HeapIdle).
    public var idleBytes: Int
    /// Idle pages that the operating system has back, or never gave (HeapReleased).
    public var releasedBytes: Int
    /// Pages of the heap (HeapSys).
    public var sysBytes: Int
    /// Pages in memory, as `top` sees them (RSS), the heap's share alone.
    public var residentBytes: Int
    /// Requests so far, those for 0 bytes not counted.
    public var mallocs: Int

    /// What the heap keeps of the machine's memory: in use, or idle and not released.
    public var retainedBytes: Int { sysBytes - releasedBytes }
  }

  /// The heap in figures.
  ///
  /// - Complexity: O(Ps).
  public var figures: Figures {
    let pageSize = SizeClasses.pageSizeBytes
    var released = rules.isNotesEra ? freeRuns.releasedPages : pages.scavengedPages
    if !rules.isNotesEra {
      for p in ps { released += p.pageCache.scavenged.nonzeroBitCount }
    }
    let total = rules.isNotesEra ? freeRuns.pageCount : pages.pageCount
    let inUse = spanPages + otherPages
    return Figures(
      reachableBytes: reachableBytes, allocatedBytes: allocatedBytes,
      inUseBytes: inUse * pageSize, idleBytes: (total - inUse) * pageSize,
      releasedBytes: released * pageSize, sysBytes: total * pageSize,
      residentBytes: (rules.isNotesEra ? freeRuns.residentPages : pages.residentPages) * pageSize,
      mallocs: mallocCount)
  }

  /// The notes' era's three regions: where they start, how much of them is mapped.
  ///
  /// The bitmap is stored descending from the arena's start. Nothing is reserved on Linux: the
  /// range is merely assumed to be free.
  ///
  /// Source: Go 1.10 malloc.go, mallocinit; mbitmap.go, mapBits; mheap.go, mapSpans.
  public struct Regions: Sendable, Equatable {
    /// The spans table's start.
    public static let spansStart = 0xc0_0000_0000
    /// The spans table's bytes: a pointer a page.
    public static let spansReservedBytes = 512 << 20
    /// The bitmap's bytes: two bits a word of the arena.
    public static let bitmapReservedBytes = 16 << 30
    /// The bitmap's lowest address.
    public static let bitmapStart = spansStart + spansReservedBytes
    /// The arena's start, which is the bitmap's top.
    public static let arenaStart = bitmapStart + bitmapReservedBytes
    /// The arena's bytes.
    public static let arenaReservedBytes = 512 << 30
    /// The end of the range, with a page to spare.
    public static let arenaEnd = arenaStart + arenaReservedBytes + SizeClasses.pageSizeBytes

    /// The arena's part that was ever used; it never shrinks.
    public let arenaUsedBytes: Int

    /// The mapped part of the spans table: 8 bytes a page, in whole 4 KB.
    public var spansMappedBytes: Int {
      (arenaUsedBytes / SizeClasses.pageSizeBytes * 8 + 4095) & ~4095
    }
    /// The mapped part of the bitmap: 256 bytes a page, in whole 8 KB.
    public var bitmapMappedBytes: Int { (arenaUsedBytes / 32 + 8191) & ~8191 }
    /// Where the mapped bitmap begins: it moves down as the arena grows.
    public var bitmapEdge: Int { Self.arenaStart - bitmapMappedBytes }
    /// Where the used arena ends.
    public var arenaUsed: Int { Self.arenaStart + arenaUsedBytes }
  }

  /// The notes' era's regions as they are now.
  public var regions: Regions {
    Regions(arenaUsedBytes: freeRuns.pageCount * SizeClasses.pageSizeBytes)
  }

  /// The address of the heap's first page: fixed up to Go 1.25, random from then on.
  public var arenaStart: Int { rules.isNotesEra ? Regions.arenaStart : 0xc0_0000_0000 }
}
