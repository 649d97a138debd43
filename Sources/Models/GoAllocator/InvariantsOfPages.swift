// The invariants of the page heaps: each page is exactly one thing.

extension GoAllocator {
  /// Modern rules: each page is free, or kept for one P, or part of one span, or others'.
  func checkPages(_ broken: inout [String]) {
    var owner = [Int](repeating: -1, count: pages.pageCount)
    spans.forEachInUse { id, span in
      guard span.firstPage >= 0 else { return }
      for page in span.firstPage..<span.firstPage + span.npages {
        if owner[page] >= 0 { broken.append("page \(page) is in two spans") }
        owner[page] = id
      }
    }
    var cached = 0
    for (p, value) in ps.enumerated() {
      let cache = value.pageCache
      cached += cache.free.nonzeroBitCount
      if cache.scavenged & ~cache.free != 0 { broken.append("P\(p): pages it does not have") }
      for bit in 0..<64 where cache.free >> UInt64(bit) & 1 == 1 {
        let page = cache.firstPage + bit
        if owner[page] != -1 { broken.append("page \(page) of P\(p)'s cache is not its own") }
        if !pages.isInUse(page) { broken.append("page \(page) of P\(p)'s cache is free") }
        owner[page] = -2 - p
      }
    }
    var used = 0
    var scavenged = 0
    var resident = 0
    for page in owner.indices {
      let isInUse = pages.isInUse(page)
      used += isInUse ? 1 : 0
      scavenged += pages.isScavenged(page) ? 1 : 0
      resident += pages.isResident(page) ? 1 : 0
      if Int(pageSpans[page]) != max(owner[page], -1) {
        broken.append("page \(page) is mapped to s\(pageSpans[page]), not s\(owner[page])")
      }
      if owner[page] >= 0, !isInUse { broken.append("page \(page) is free and in a span") }
      if isInUse, pages.isScavenged(page) { broken.append("page \(page) is used and released") }
      if !usesMadvFree, pages.isScavenged(page), pages.isResident(page) {
        broken.append("page \(page) is released and resident")
      }
      if !isInUse, page < pages.searchPage {
        broken.append("page \(page) is free, below where a search starts")
      }
    }
    if (used, scavenged, resident)
      != (pages.usedPages, pages.scavengedPages, pages.residentPages)
    {
      broken.append("pages are counted wrongly")
    }
    if used != cached + spanPages + otherPages { broken.append("pages in use have no owner") }
    checkLowestFit(&broken)
  }

  /// The search finds the lowest run, whatever the summaries say.
  private func checkLowestFit(_ broken: inout [String]) {
    for index in 0..<pages.summaries.count
    where pages.summaries[index] != PageAlloc.summary(of: pages.chunks[index].inUse) {
      broken.append("the summary of chunk \(index) is wrong")
    }
    for length in [1, 2, 7, 16, 65, 513] {
      var run = 0
      var lowest: Int?
      for page in 0..<pages.pageCount {
        run = pages.isInUse(page) ? 0 : run + 1
        if run == length {
          lowest = page - length + 1
          break
        }
      }
      let found = pages.find(length)
      if found != lowest {
        broken.append(
          "\(length) pages: found \(found ?? -1), the lowest is \(lowest ?? -1)")
      }
    }
  }

  /// Notes' era: each page is in a span, in a free run, or others'; runs never touch.
  func checkFreeRuns(_ broken: inout [String]) {
    var owner = [Int](repeating: -1, count: freeRuns.pageCount)
    spans.forEachInUse { id, span in
      guard span.firstPage >= 0 else { return }
      for page in span.firstPage..<span.firstPage + span.npages {
        if owner[page] >= 0 { broken.append("page \(page) is in two spans") }
        owner[page] = id
        if freeRuns.owner(page) != .span(id) { broken.append("page \(page) is not mapped") }
      }
    }
    var free = 0
    var released = 0
    for length in 1...FreeRuns.bigRunPages {
      for run in freeRuns.list(length) {
        free += run.npages
        released += run.releasedPages
        if min(run.npages, FreeRuns.bigRunPages) != length {
          broken.append("a run of \(run.npages) pages is in list \(length)")
        }
        for page in run.firstPage..<run.firstPage + run.npages {
          if owner[page] != -1 { broken.append("page \(page) is free and something else") }
          owner[page] = -2
        }
        let end = run.firstPage + run.npages
        for neighbour in [run.firstPage - 1, end] where owner.indices.contains(neighbour) {
          if case .run = freeRuns.owner(neighbour) {
            broken.append("the run at \(run.firstPage) was not merged")
          }
        }
        for border in [run.firstPage, end - 1] {
          guard case .run(let index) = freeRuns.owner(border),
            freeRuns.run(index).firstPage == run.firstPage
          else {
            broken.append("the border \(border) of a free run is not mapped")
            continue
          }
        }
      }
    }
    if (free, released) != (freeRuns.freePages, freeRuns.releasedPages) {
      broken.append("free pages are counted wrongly")
    }
    if freeRuns.pageCount != free + spanPages + otherPages {
      broken.append("pages in use have no owner")
    }
    if regions.bitmapMappedBytes != (freeRuns.pageCount * 256 + 8191) / 8192 * 8192
      || regions.spansMappedBytes != (freeRuns.pageCount * 8 + 4095) / 4096 * 4096
    {
      broken.append("the mapped regions do not fit the arena")
    }
  }
}
