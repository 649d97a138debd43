// What a viewer may look at.

extension GoAllocator {
  /// How many requests were made: handles run from 0 up to here.
  public var handleCount: Int { objects.count }

  /// How many objects are still referenced.
  public var referencedCount: Int { objects.aliveCount }

  /// Where an object lies.
  public struct Location: Sendable, Equatable {
    /// Its span.
    public let span: SpanID
    /// Its slot.
    public let slot: Int
    /// Bytes from the slot's start, for a tiny object; a header is not counted.
    public let tinyOffsetBytes: Int
    /// Whether it may share its slot.
    public let isTiny: Bool
  }

  /// Where an object lies; nil if it was dropped, was never made, or has no bytes.
  public func location(of handle: Int) -> Location? {
    let entry = ObjectTable.Entry(word: objects[handle])
    guard entry.word > ObjectTable.Entry.zeroSize else { return nil }
    return Location(
      span: entry.span, slot: entry.slot, tinyOffsetBytes: entry.tinyOffset,
      isTiny: entry.isTiny)
  }

  /// Whether an object is still referenced.
  public func isReferenced(_ handle: Int) -> Bool {
    objects[handle] != ObjectTable.Entry.dropped
  }

  /// How many spans were ever made.
  public var spanCount: Int { spans.count }

  /// How many spans are in use.
  public var spansInUseCount: Int { spans.aliveCount }

  /// A span in use; nil for one whose pages went back.
  public func span(_ id: SpanID) -> MSpan? { spans.isInUse(id) ? spans[id] : nil }

  /// Calls the body with each span in use, in the order in which they were made.
  public func forEachSpan(_ body: (SpanID, borrowing MSpan) -> Void) { spans.forEachInUse(body) }

  /// Where a span is now; nil for one whose pages went back.
  ///
  /// - Complexity: O(Ps).
  public func place(of id: SpanID) -> Place? {
    guard let span = span(id) else { return nil }
    let spanClass = span.spanClass
    if rules.isNotesEra {
      if span.isLarge { return .busy(pages: min(span.npages, FreeRuns.bigRunPages)) }
      for p in ps.indices where ps[p].mcache[spanClass] == id { return .mcache(p: p) }
      return span.hasFreeSlot ? .nonempty(spanClass: spanClass) : .empty(spanClass: spanClass)
    }
    for p in ps.indices where ps[p].mcache[spanClass] == id { return .mcache(p: p) }
    let queue: Queue =
      span.sweepgen == sweepgen
      ? (span.hasFreeSlot ? .partialSwept : .fullSwept)
      : (span.hasFreeSlot ? .partialUnswept : .fullUnswept)
    return .queue(queue, spanClass: spanClass)
  }

  /// The spans in a queue of an mcentral, the next to be taken first; dead ones left out.
  public func spans(in queue: Queue, spanClass: Int) -> [SpanID] {
    centrals[spanClass].set(queue, sweepgen: sweepgen).entries.filter { spans.isInUse($0) }
  }

  /// The entries in a queue of an mcentral, those of dead spans included.
  public func count(in queue: Queue, spanClass: Int) -> Int {
    centrals[spanClass].count(queue, sweepgen: sweepgen)
  }

  /// Notes' era: the spans in an mcentral's list of those with free slots, front to back.
  public func nonempty(spanClass: Int) -> [SpanID] {
    centrals[spanClass].nonempty.entries(in: spans)
  }

  /// Notes' era: the spans in an mcentral's list of those without, or cached, front to back.
  public func empty(spanClass: Int) -> [SpanID] { centrals[spanClass].empty.entries(in: spans) }

  /// Notes' era: large objects of a length in pages, 128 for all longer, front to back.
  public func busySpans(pages: Int) -> [SpanID] { busy[pages].entries(in: spans) }

  /// Notes' era: what is to be swept, the next first; nil for another's span.
  public var sweepStack: [SpanID?] {
    sweepSpans[1 - sweepgen / 2 % 2].entries.reversed().filter { $0 < 0 || needsSweeping($0) }
      .map { $0 < 0 ? nil : $0 }
  }

  /// Notes' era: the free runs of a length, 128 for all longer, as first page and length, front
  /// to back.
  public func freeRuns(pages: Int) -> [(firstPage: Int, npages: Int)] {
    freeRuns.list(pages).map { ($0.firstPage, $0.npages) }
  }

  /// The pages of the heap, from the arena's start.
  public var pageCount: Int { rules.isNotesEra ? freeRuns.pageCount : pages.pageCount }

  /// What a page is used for.
  public enum PageState: Equatable, Sendable {
    /// Free, and in memory or never scavenged.
    case free
    /// Free, and the operating system has it.
    case released
    /// Free, but kept for a P.
    case cached(p: Int)
    /// Part of a span.
    case span(SpanID)
    /// In use by others: stacks, work buffers, spans from before a trace.
    case other
  }

  /// What a page is used for.
  ///
  /// - Complexity: O(Ps); in the notes' era O(free runs) for a page inside of one.
  public func pageState(_ page: Int) -> PageState {
    if rules.isNotesEra { return pageStateOfNotesEra(page) }
    let span = Int(pageSpans[page])
    if span >= 0 { return .span(span) }
    if !pages.isInUse(page) { return pages.isScavenged(page) ? .released : .free }
    for (index, p) in ps.enumerated()
    where page & ~63 == p.pageCache.firstPage && p.pageCache.free >> UInt64(page & 63) & 1 == 1 {
      return .cached(p: index)
    }
    return .other
  }

  private func pageStateOfNotesEra(_ page: Int) -> PageState {
    switch freeRuns.owner(page) {
    case .span(let span): return .span(span)
    case .run(let index):
      return freeRuns.run(index).releasedPages > 0 ? .released : .free
    case .other:
      for length in 1...FreeRuns.bigRunPages {
        for run in freeRuns.list(length)
        where run.firstPage < page && page < run.firstPage + run.npages {
          return run.releasedPages > 0 ? .released : .free
        }
      }
      return .other
    }
  }

  /// How many pages of a range are in which state.
  public struct PageCounts: Sendable, Equatable {
    /// In spans, or in use by others.
    public var inUse = 0
    /// Kept for a P.
    public var cached = 0
    /// Free, and in memory or never scavenged.
    public var free = 0
    /// Free, and the operating system has them.
    public var released = 0

    /// No pages.
    public init() {}
  }

  /// Counts the pages of a range by state; for maps in which a cell stands for many pages.
  ///
  /// - Complexity: O(pages); the notes' era's free runs are looked through once more.
  public func pageCounts(in range: Range<Int>) -> PageCounts {
    var counts = PageCounts()
    let range = range.clamped(to: 0..<pageCount)
    if rules.isNotesEra {
      for length in 1...FreeRuns.bigRunPages {
        for run in freeRuns.list(length) {
          let part = (run.firstPage..<run.firstPage + run.npages).clamped(to: range)
          if run.releasedPages > 0 {
            counts.released += part.count
          } else {
            counts.free += part.count
          }
        }
      }
      counts.inUse = range.count - counts.free - counts.released
      return counts
    }
    for page in range {
      if pages.isInUse(page) {
        counts.inUse += 1
      } else if pages.isScavenged(page) {
        counts.released += 1
      } else {
        counts.free += 1
      }
    }
    for p in ps {
      for bit in 0..<PageCache.pages where p.pageCache.free >> UInt64(bit) & 1 == 1 {
        if range.contains(p.pageCache.firstPage + bit) { counts.cached += 1 }
      }
    }
    counts.inUse -= counts.cached
    return counts
  }

  /// The arenas of 64 MB that are reserved; in the notes' era there is one range instead.
  public var arenaCount: Int { arenaEndPage / Self.arenaPages }

  /// Words of a chunk of 512 pages: bit 1 for pages in use or in a page cache.
  public func inUseWords(chunk: Int) -> [UInt64] {
    (0..<8).map { pages.chunks[chunk].inUse[$0] }
  }

  /// The address of a span's first byte; nil where its pages are not known.
  public func address(of id: SpanID) -> Int? {
    guard let span = span(id), span.firstPage >= 0 else { return nil }
    return arenaStart + span.firstPage * SizeClasses.pageSizeBytes
  }
}
