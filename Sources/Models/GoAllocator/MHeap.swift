// The mheap: spans out of pages, and back.
//
// Source: Go 1.19 mheap.go, alloc, allocSpan, grow and freeSpanLocked; Go 1.10 mheap.go, alloc_m,
// allocSpanLocked, grow and freeSpanLocked; Go 1.10 malloc.go, sysAlloc.

extension GoAllocator {
  /// Pages of a 64 MB arena.
  public static let arenaPages = 8192

  /// Makes a span out of fresh pages, sweeping first while sweeping is unfinished.
  mutating func allocSpan(
    _ npages: Int, _ spanClass: Int, isLarge: Bool, _ observer: Observer?
  ) -> SpanID {
    report(observer, .mheapAsked(npages: npages))
    if !isSweepDone {
      if rules.isNotesEra { reclaimOfNotesEra(npages, observer) } else { reclaim(npages, observer) }
    }
    let first =
      rules.isNotesEra ? takeRun(npages, observer) : takePages(npages, observer)
    let sizeClass = classes.sizeClass(spanClass: spanClass)
    let id = spans.append(
      MSpan(
        firstPage: first, npages: npages, spanClass: spanClass,
        elemSizeBytes: isLarge
          ? npages * SizeClasses.pageSizeBytes : classes.slotSizeBytes(sizeClass),
        nelems: classes.slotCount(spanClass: spanClass), sweepgen: sweepgen, isLarge: isLarge,
        isTiny: !isLarge && spanClass == classes.tinySpanClass))
    spanPages += npages
    if rules.isNotesEra {
      freeRuns.assign(first, npages, to: id)
      pushSwept(id)
    } else {
      pages.touch(first, npages)
      setPageSpans(first, npages, Int32(truncatingIfNeeded: id))
    }
    return id
  }

  private mutating func setPageSpans(_ first: Int, _ npages: Int, _ value: Int32) {
    for page in first..<first + npages { pageSpans[page] = value }
  }

  // MARK: - Modern rules

  /// Takes pages from the P's page cache, else the lowest that fit from the heap.
  private mutating func takePages(_ npages: Int, _ observer: Observer?) -> Int {
    let p = worker
    if npages < PageCache.requestLimit {
      if ps[p].pageCache.isEmpty {
        let cache = pages.allocToCache()
        if !cache.isEmpty {
          ps[p].pageCache = cache
          report(
            observer,
            .pageCacheFilled(
              p: p, firstPage: cache.firstPage, npages: cache.free.nonzeroBitCount))
        }
      }
      if let taken = ps[p].pageCache.take(npages) {
        report(
          observer,
          .pagesTaken(firstPage: taken.firstPage, npages: npages, from: .pageCache(p: p)))
        return taken.firstPage
      }
    }
    var taken = pages.alloc(npages)
    var grownPages = 0
    // What was retained before this request got its pages decides what is scavenged for it.
    var retainedBytes = 0
    if taken == nil {
      grownPages = grow(npages, observer)
      retainedBytes = figures.retainedBytes
      taken = pages.alloc(npages)
    }
    guard let taken else { preconditionFailure("no run of \(npages) pages after growing") }
    report(
      observer, .pagesTaken(firstPage: taken.firstPage, npages: npages, from: .pageHeap))
    if grownPages > 0 { scavengeAfterGrowth(grownPages, retainedBytes: retainedBytes, observer) }
    return taken.firstPage
  }

  /// Grows the heap by whole chunks of 4 MB, reserving arenas of 64 MB as needed; returns the pages.
  private mutating func grow(_ npages: Int, _ observer: Observer?) -> Int {
    let chunks = (npages + PageAlloc.chunkPages - 1) / PageAlloc.chunkPages
    let ask = chunks * PageAlloc.chunkPages
    let first = pages.pageCount
    if first + ask > arenaEndPage {
      let arenas = (ask + Self.arenaPages - 1) / Self.arenaPages
      for _ in 0..<arenas {
        arenaEndPage += Self.arenaPages
        report(observer, .arenaReserved(index: arenaEndPage / Self.arenaPages - 1))
      }
    }
    pages.grow(chunkCount: chunks)
    pageSpans.append(repeating: -1, count: ask)
    report(observer, .heapGrew(firstPage: first, npages: ask))
    return ask
  }

  // MARK: - The notes' era

  /// Takes a run from the free lists, growing the arena if none is long enough.
  private mutating func takeRun(_ npages: Int, _ observer: Observer?) -> Int {
    if freeRuns.find(npages) == nil { growArena(npages, observer) }
    guard let run = freeRuns.find(npages) else {
      preconditionFailure("no run of \(npages) pages after growing")
    }
    let list = min(freeRuns.run(run).npages, FreeRuns.bigRunPages)
    let (first, rest) = freeRuns.take(run: run, npages)
    report(
      observer,
      .pagesTaken(firstPage: first, npages: npages, from: .freeList(pages: list)))
    if rest > 0 {
      report(observer, .runSplit(firstPage: first + npages, npages: rest))
    }
    return first
  }

  private mutating func growArena(_ npages: Int, _ observer: Observer?) {
    let ask = max((npages + 7) & ~7, FreeRuns.bigRunPages)
    let first = freeRuns.pageCount
    freeRuns.extend(ask)
    report(
      observer,
      .regionsMapped(
        spansBytes: regions.spansMappedBytes, bitmapBytes: regions.bitmapMappedBytes,
        arenaUsedBytes: regions.arenaUsedBytes))
    let run = freeRuns.free(first, ask)
    report(observer, .heapGrew(firstPage: first, npages: ask))
    if run.merged > 0 {
      report(observer, .runsMerged(firstPage: run.firstPage, npages: run.npages))
    }
  }

  // MARK: - Both

  /// Gives a dead span's pages back to the heap; they stay in memory.
  mutating func freeSpan(_ id: SpanID, from: Place, _ observer: Observer?) {
    let span = spans[id]
    spans.remove(id)
    var mergedRun: (firstPage: Int, npages: Int)?
    if span.firstPage >= 0 {
      spanPages -= span.npages
      if rules.isNotesEra {
        let run = freeRuns.free(span.firstPage, span.npages)
        if run.merged > 0 { mergedRun = (run.firstPage, run.npages) }
      } else {
        pages.free(span.firstPage, span.npages)
        setPageSpans(span.firstPage, span.npages, -1)
      }
    }
    report(
      observer, .spanMoved(span: id, spanClass: span.spanClass, from: from, to: .mheap))
    report(observer, .spanFreed(span: id, firstPage: span.firstPage, npages: span.npages))
    if let run = mergedRun {
      report(observer, .runsMerged(firstPage: run.firstPage, npages: run.npages))
    }
  }
}
