import Models

/// What is known of the mheap's pages, runs, regions and figures.
extension AllocatorInspector {
  func hex(_ address: Int) -> String { "0x" + String(address, radix: 16) }

  /// A run of pages by its first and last, and how many they are.
  func range(_ first: Int, _ count: Int) -> String {
    count == 1 ? "\(first)" : "\(first)-\(first + count - 1) (\(count))"
  }

  // MARK: - Pages

  func pages(_ pages: Range<Int>) -> Inspection? {
    guard pages.lowerBound >= 0, pages.lowerBound < state.pageCount else { return nil }
    let pages = pages.clamped(to: 0..<state.pageCount)
    let address = state.arenaStart + pages.lowerBound * GoAllocator.SizeClasses.pageSizeBytes
    var facts: Facts = [(word("address", "地址"), hex(address))]
    if !state.rules.isNotesEra {
      facts.append(("arena", "\(pages.lowerBound / GoAllocator.arenaPages)"))
    }
    if pages.count == 1 {
      facts += use(of: pages.lowerBound)
    } else {
      let counts = state.pageCounts(in: pages)
      facts += [
        (word("in use", "使用中"), "\(counts.inUse)"), (word("page cache", "页缓存"), "\(counts.cached)"),
        (word("free", "空闲"), "\(counts.free)"), (word("released", "已归还"), "\(counts.released)"),
      ]
    }
    let title = range(pages.lowerBound, pages.count)
    return Inspection(
      pages.count == 1 ? word("page \(title)", "页 \(title)") : word("pages \(title)", "页 \(title)"),
      facts)
  }

  private func use(of page: Int) -> Facts {
    let name = word("state", "状态")
    switch state.pageState(page) {
    case .free: return [(name, word("free", "空闲"))]
    case .released: return [(name, word("free, released to the system", "空闲，已归还系统"))]
    case .cached(let p): return [(name, word("free, in P\(p)'s page cache", "空闲，在 P\(p) 的页缓存中"))]
    case .other: return [(name, word("in use by others", "由其他部分使用"))]
    case .span(let id):
      guard let span = state.span(id) else { return [(name, word("in use", "使用中"))] }
      return [
        (name, word("in use", "使用中")), ("span", "s\(id)"),
        (word("page of it", "其中第几页"), "\(page - span.firstPage + 1)/\(span.npages)"),
        (word("used slots", "已用槽"), "\(span.allocCount)/\(span.nelems)"),
      ]
    }
  }

  // MARK: - The notes' era

  func runs(_ list: AllocatorRunList) -> Inspection? {
    guard state.rules.isNotesEra else { return nil }
    switch list {
    case .free(let pages):
      let runs = state.freeRuns(pages: pages)
      return Inspection(
        list.name,
        [
          (word("runs", "段数"), "\(runs.count)"),
          (word("pages", "页数"), "\(runs.reduce(0) { $0 + $1.npages })"),
          (word("front", "表头"), runs.first.map { range($0.firstPage, $0.npages) } ?? "-"),
        ])
    case .busy(let pages):
      let spans = state.busySpans(pages: pages)
      return Inspection(
        list.name,
        [
          (word("spans", "span 数"), "\(spans.count)"),
          (word("front", "表头"), spans.first.map { "s\($0)" } ?? "-"),
        ])
    }
  }

  func run(_ firstPage: Int) -> Inspection? {
    guard state.rules.isNotesEra else { return nil }
    for pages in 1...AllocatorWords.bigRunPages {
      guard let run = state.freeRuns(pages: pages).first(where: { $0.firstPage == firstPage })
      else { continue }
      let page = GoAllocator.SizeClasses.pageSizeBytes
      let counts = state.pageCounts(in: firstPage..<firstPage + run.npages)
      return Inspection(
        word("free run", "空闲段"),
        [
          (word("pages", "页"), range(firstPage, run.npages)),
          (word("address", "地址"), hex(state.arenaStart + firstPage * page)),
          (word("size", "大小"), AllocatorWords.size(run.npages * page)),
          (word("list", "链表"), AllocatorWords.freeList(pages)),
          (word("released", "已归还"), flag(counts.released > 0)),
        ])
    }
    return nil
  }

  func region(_ index: Int) -> Inspection? {
    guard state.rules.isNotesEra else { return nil }
    typealias Regions = GoAllocator.Regions
    let regions = state.regions
    let mapped = word("mapped", "已映射")
    switch index {
    case 0:
      return Inspection(
        "spans",
        [
          (mapped, AllocatorWords.size(regions.spansMappedBytes)),
          (word("holds", "内容"), word("a *mspan a page", "每页一个 *mspan")),
        ])
    case 1:
      return Inspection(
        "bitmap",
        [
          (word("reserved", "已预留"), AllocatorWords.size(Regions.bitmapReservedBytes)),
          (mapped, AllocatorWords.size(regions.bitmapMappedBytes)),
          (word("edge", "边界"), hex(regions.bitmapEdge)),
          (word("holds", "内容"), word("2 bits a word of arena", "arena 每个字 2 位")),
        ])
    default:
      return Inspection(
        "arena",
        [
          (word("reserved", "已预留"), AllocatorWords.size(Regions.arenaReservedBytes)),
          (word("starts at", "起始"), hex(state.arenaStart)),
          ("arena_used", hex(regions.arenaUsed)),
          (word("used", "已用"), AllocatorWords.size(regions.arenaUsedBytes)),
          (word("pages", "页数"), "\(state.pageCount)"),
        ])
    }
  }

  // MARK: - Figures

  /// A figure to the byte, its change in this step, and what it counts.
  func figure(_ index: Int) -> Inspection? {
    let (now, old) = (state.figures, moment.before.figures)
    let rows: [(String, Int, Int, String)] = [
      (
        word("reachable", "可达"), now.reachableBytes, old.reachableBytes,
        word("what the program can reach", "程序可达的对象")
      ),
      (
        word("in use", "使用中"), now.inUseBytes, old.inUseBytes,
        word("HeapInuse: pages of spans", "HeapInuse：span 占用的页")
      ),
      (
        word("idle", "空闲"), now.idleBytes, old.idleBytes,
        word("HeapIdle: pages of no span", "HeapIdle：不属于 span 的页")
      ),
      (
        word("released", "已归还"), now.releasedBytes, old.releasedBytes,
        word("HeapReleased: part of idle", "HeapReleased：空闲的一部分")
      ),
      (
        word("heap, all", "堆合计"), now.sysBytes, old.sysBytes,
        word("HeapSys: in use and idle", "HeapSys：使用中与空闲")
      ),
      ("RSS", now.residentBytes, old.residentBytes, word("what top counts of it", "top 统计的部分")),
    ]
    guard rows.indices.contains(index) else { return nil }
    let (name, value, before, what) = rows[index]
    let page = GoAllocator.SizeClasses.pageSizeBytes
    return Inspection(
      name,
      [
        (word("bytes", "字节"), "\(value)"), (word("pages", "页数"), "\(value / page)"),
        (
          word("this step", "此步变化"),
          value == before ? "0" : value > before ? "+\(value - before)" : "\(value - before)"
        ),
        (word("counts", "统计"), what),
      ])
  }
}
