// What a trace supplies: spans from before it began, pages that others use, the places of others'
// spans on the sweep stack. Nothing here is an answer; all of it is what a real program's other
// goroutines and the runtime itself had done.

extension GoAllocator {
  /// Where a span from before a trace stands.
  public enum AdoptedPlace: Sendable, Equatable {
    /// In a P's mcache, full; in the notes' era at the end of the list `empty` as well.
    case mcache(p: Int)
    /// Modern rules: at the end of the queue of full swept spans.
    case fullSwept
    /// Notes' era: at the end of the list `empty`.
    case empty
    /// Notes' era: at the end of the list of large objects of its length.
    case busy
  }

  /// Adds a full span from before a trace, of which the objects never die.
  ///
  /// Its pages are not known: they count as others'.
  ///
  /// - Parameters:
  ///   - spanClass: its class.
  ///   - npages: its pages, for a large object; nil for that of the class.
  ///   - place: where it stands.
  /// - Returns: its number.
  @discardableResult
  public mutating func adoptFullSpan(
    spanClass: Int, npages: Int? = nil, at place: AdoptedPlace
  ) -> SpanID {
    let sizeClass = classes.sizeClass(spanClass: spanClass)
    let length = npages ?? max(classes.pageCount(sizeClass), 1)
    var span = MSpan(
      firstPage: -1, npages: length, spanClass: spanClass,
      elemSizeBytes: sizeClass == 0
        ? length * SizeClasses.pageSizeBytes : classes.slotSizeBytes(sizeClass),
      nelems: classes.slotCount(spanClass: spanClass), sweepgen: sweepgen,
      isLarge: sizeClass == 0, isTiny: false, isForeign: true)
    span.fill()
    let id = spans.append(span)
    switch place {
    case .mcache(let p):
      ps[p].mcache[spanClass] = id
      if rules.isNotesEra {
        spans[id].inCache = true
        centrals[spanClass].empty.insertBack(id, in: &spans)
      } else {
        spans[id].sweepgen = sweepgen + 3
      }
    case .fullSwept: centrals[spanClass].push(id, to: .fullSwept, sweepgen: sweepgen)
    case .empty: centrals[spanClass].empty.insertBack(id, in: &spans)
    case .busy: busy[min(length, FreeRuns.bigRunPages)].insertBack(id, in: &spans)
    }
    if rules.isNotesEra { pushSwept(id) }
    return id
  }

  /// Why captured pages cannot be those of this heap.
  public enum ImageProblem: Error, Equatable, Sendable {
    /// A page of a span is free, or lies outside.
    case pageNotInUse(page: Int, span: SpanID)
    /// A page that a P keeps is free, or belongs to a span.
    case cacheConflict(page: Int)
  }

  /// Replaces the page bitmap and the current P's page cache by captured ones.
  ///
  /// - Parameters:
  ///   - chunks: 8 words each: pages in use, pages scavenged.
  ///   - pageCache: first page of the block, free pages, scavenged pages.
  /// - Throws: why they cannot be this heap's; nothing is changed then.
  public mutating func reloadPages(
    chunks: [(inUse: [UInt64], scavenged: [UInt64])],
    pageCache: (firstPage: Int, free: UInt64, scavenged: UInt64)
  ) throws(ImageProblem) {
    var fresh = PageAlloc()
    fresh.reload(chunks)
    var map = ChunkedArray<Int32>(chunkBits: 9)
    map.append(repeating: -1, count: fresh.pageCount)
    var problem: ImageProblem?
    spans.forEachInUse { id, span in
      guard span.firstPage >= 0, problem == nil else { return }
      for page in span.firstPage..<span.firstPage + span.npages {
        guard page < fresh.pageCount, fresh.isInUse(page) else {
          problem = .pageNotInUse(page: page, span: id)
          return
        }
        map[page] = Int32(truncatingIfNeeded: id)
      }
    }
    for bit in 0..<64 where pageCache.free >> UInt64(bit) & 1 == 1 && problem == nil {
      let page = pageCache.firstPage + bit
      if page >= fresh.pageCount || !fresh.isInUse(page) || map[page] >= 0 {
        problem = .cacheConflict(page: page)
      }
    }
    if let problem { throw problem }
    spans.forEachInUse { _, span in
      if span.firstPage >= 0 { fresh.touch(span.firstPage, span.npages) }
    }
    pages = fresh
    pageSpans = map
    for p in ps.indices { ps[p].pageCache = PageCache() }
    ps[worker].pageCache.firstPage = pageCache.firstPage
    ps[worker].pageCache.free = pageCache.free
    ps[worker].pageCache.scavenged = pageCache.scavenged & pageCache.free
    arenaEndPage = (pageCount + Self.arenaPages - 1) / Self.arenaPages * Self.arenaPages
    otherPages = pages.usedPages - pageCache.free.nonzeroBitCount - spanPages
  }

  /// Notes' era: replaces the page heap by a captured one.
  ///
  /// The areas must cover the pages without gap or overlap, and spans must lie where they are.
  ///
  /// - Parameters:
  ///   - pageCount: the pages up to arena_used.
  ///   - areas: who has which pages; nil for others.
  ///   - freeLists: the free runs, list by list, each from front to back.
  public mutating func reloadFreeRuns(
    pageCount: Int, areas: [(firstPage: Int, npages: Int, span: SpanID?)],
    freeLists: [[(firstPage: Int, npages: Int)]]
  ) {
    otherPages = 0
    for area in areas where area.span == nil { otherPages += area.npages }
    freeRuns.reload(
      pageCount: pageCount, spans: areas, freeRuns: freeLists.flatMap { $0.reversed() })
  }

  /// Notes' era: replaces the stack of spans to sweep by a captured one, the next first.
  ///
  /// Spans from before the trace that it does not name count as swept.
  public mutating func reloadSweepStack(_ stack: [SpanID?]) {
    let unswept = 1 - sweepgen / 2 % 2
    sweepSpans[unswept] = SpanSet()
    for id in stack.reversed() { sweepSpans[unswept].push(id ?? -1) }
    let named = Set(stack.compactMap { $0 })
    for id in 0..<spans.count where spans.isInUse(id) && spans[id].isForeign {
      guard needsSweeping(id), !named.contains(id) else { continue }
      sweepSlots(id, nil)
      pushSwept(id)
    }
  }
}
