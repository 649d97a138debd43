import Models

/// The mheap: a map of its pages, and the figures that add up to what `top` shows.
struct AllocatorMHeapPane {
  let rect: Rect
  let framed: Bool
  let style: AllocatorStyle

  private var inner: Rect { framed ? rect.inner : rect }
  private var state: GoAllocator { style.state }
  private var isNotesEra: Bool { state.rules.isNotesEra }

  func draw(_ canvas: inout Canvas) {
    if framed { canvas.box(rect, title: title) }
    canvas.clipped(to: inner) { canvas in
      if isNotesEra { drawRegions(&canvas) }
      drawPages(&canvas)
      drawFigures(&canvas)
    }
  }

  private var title: String {
    guard state.pageCount > 0 else { return "mheap" }
    let size = AllocatorStyle.bytes(pagesPerCell * GoAllocator.SizeClasses.pageSizeBytes)
    let arenas = isNotesEra || inner.width < 40 ? "" : "\(state.arenaCount) × 64 MB arena  "
    return Bilingual("mheap  \(arenas)a cell = \(size)", "mheap  \(arenas)一格 = \(size)")[
      style.look.language]
  }

  // MARK: - The map of pages

  private var figureRows: Int { inner.height >= 22 ? 8 : 6 }
  private var regionRows: Int { isNotesEra ? (inner.height >= 18 ? 4 : 3) : 0 }
  private var mapArea: Rect {
    Rect(
      x: inner.x + 1, y: inner.y + regionRows, width: inner.width - 2,
      height: max(1, inner.height - regionRows - figureRows - 1))
  }

  /// Cells a row: a multiple of eight, so that rows begin at round page numbers.
  private var perRow: Int { max(8, mapArea.width / 8 * 8) }

  /// One page a cell, or, for larger heaps, a power of two.
  private var pagesPerCell: Int {
    var pages = 1
    while pages * perRow * mapArea.height < state.pageCount { pages *= 2 }
    return pages
  }

  private func drawPages(_ canvas: inout Canvas) {
    let area = mapArea
    guard state.pageCount > 0 else {
      let text = Bilingual("no page yet: the first request makes it grow", "还没有页：第一次申请时增长")
      canvas.put(
        TextLayout.fit(text[style.look.language], columns: area.width), area.x, area.y, .dim)
      return
    }
    let step = pagesPerCell
    let cells = (state.pageCount + step - 1) / step
    for cell in 0..<min(cells, perRow * area.height) {
      let pages = cell * step..<min(state.pageCount, (cell + 1) * step)
      let (glyph, cellStyle) = look(pages)
      canvas.put(glyph, area.x + cell % perRow, area.y + cell / perRow, cellStyle)
    }
  }

  private func look(_ pages: Range<Int>) -> (Unicode.Scalar, Style) {
    let isFocus = style.focus.pages?.overlaps(pages) ?? false
    var glyph: Unicode.Scalar
    var cellStyle: Style
    if pages.count == 1 {
      switch state.pageState(pages.lowerBound) {
      case .free: (glyph, cellStyle) = ("░", .text)
      case .released: (glyph, cellStyle) = ("·", .dim)
      case .cached: (glyph, cellStyle) = ("▒", Style(.waiting))
      case .other: (glyph, cellStyle) = ("▚", .dim)
      case .span(let id):
        (glyph, cellStyle) = ("▓", .text)
        if id == style.focus.span { cellStyle = Style(.current, .bold) }
      }
    } else {
      let counts = state.pageCounts(in: pages)
      let largest = max(counts.inUse, counts.cached, counts.free, counts.released)
      if largest == counts.inUse {
        (glyph, cellStyle) = ("▓", .text)
      } else if largest == counts.cached {
        (glyph, cellStyle) = ("▒", Style(.waiting))
      } else {
        (glyph, cellStyle) = largest == counts.free ? ("░", .text) : ("·", .dim)
      }
      if counts.inUse > 0, largest != counts.inUse { glyph = "▄" }
      if let span = style.focus.span, let mspan = state.span(span), mspan.firstPage >= 0,
        pages.overlaps(mspan.firstPage..<mspan.firstPage + mspan.npages)
      {
        cellStyle = Style(.current, .bold)
      }
    }
    if isFocus { cellStyle = Style(.moved, .bold) }
    return (glyph, cellStyle)
  }

  /// Where a span's first page is drawn.
  func point(span id: GoAllocator.SpanID) -> Point {
    let area = mapArea
    let mspan = state.span(id) ?? style.moment.before.span(id) ?? style.moment.after.span(id)
    let cell = max(0, mspan?.firstPage ?? 0) / pagesPerCell
    return Point(
      x: area.x + cell % perRow, y: min(area.bottom - 1, area.y + cell / perRow))
  }

  // MARK: - The notes' era's three regions

  private func drawRegions(_ canvas: inout Canvas) {
    let regions = state.regions
    let language = style.look.language
    typealias Regions = GoAllocator.Regions
    let rows: [(String, Int, Int, Bool)] = [
      ("spans", regions.spansMappedBytes, Regions.spansReservedBytes, false),
      ("bitmap", regions.bitmapMappedBytes, Regions.bitmapReservedBytes, true),
      ("arena", regions.arenaUsedBytes, Regions.arenaReservedBytes, false),
    ]
    for (index, (name, used, reserved, growsDown)) in rows.enumerated() {
      let y = inner.y + index
      var column = canvas.put(TextLayout.pad(name, columns: 7), inner.x + 1, y, .heading)
      let width = max(4, min(16, inner.width - 30))
      let filled = used == 0 ? 0 : max(1, min(width, Self.scale(used, width)))
      for cell in 0..<width {
        let isUsed = growsDown ? cell >= width - filled : cell < filled
        canvas.put(isUsed ? "▓" : "·", column + cell, y, isUsed ? .text : .dim)
      }
      column = canvas.put(growsDown ? "◀" : "▶", column + width, y, .dim) + 1
      let text =
        inner.width >= 34
        ? Bilingual(
          "\(AllocatorStyle.bytes(used)) of \(AllocatorStyle.bytes(reserved))",
          "\(AllocatorStyle.bytes(used)) / \(AllocatorStyle.bytes(reserved))")[language]
        : AllocatorStyle.bytes(used)
      canvas.put(text, column, y)
    }
  }

  /// A bar on a logarithmic scale: each cell doubles, from 4 KB on.
  private static func scale(_ bytes: Int, _ width: Int) -> Int {
    var cells = 0
    var step = 4096
    while step <= bytes, cells < width {
      cells += 1
      step *= 2
    }
    return cells
  }

  // MARK: - Figures

  private func drawFigures(_ canvas: inout Canvas) {
    let figures = state.figures
    let before = style.moment.before.figures
    let top = inner.bottom - figureRows
    drawLegend(top - 1, &canvas)
    let rows: [(Bilingual, Int, Int, Unicode.Scalar)] = [
      (Bilingual("reachable", "可达"), figures.reachableBytes, before.reachableBytes, "▓"),
      (Bilingual("in use", "使用中"), figures.inUseBytes, before.inUseBytes, "▓"),
      (Bilingual("idle", "空闲"), figures.idleBytes, before.idleBytes, "░"),
      (Bilingual(" released", " 已归还"), figures.releasedBytes, before.releasedBytes, "·"),
      (Bilingual("heap, all", "堆合计"), figures.sysBytes, before.sysBytes, "─"),
      (Bilingual("RSS in top", "top 的 RSS"), figures.residentBytes, before.residentBytes, "█"),
    ]
    for (index, (name, value, old, glyph)) in rows.prefix(figureRows).enumerated() {
      let y = top + index
      let changed = value != old
      canvas.put(name[style.look.language], inner.x + 1, y, .dim)
      let text = AllocatorStyle.bytes(value) + (changed ? "*" : " ")
      let style = changed ? Style(.new, .bold) : Style.text
      canvas.put(TextLayout.padLeft(text, columns: 10), inner.x + 11, y, style)
      let width = inner.width - 23
      guard width > 0, figures.sysBytes > 0 else { continue }
      let filled = (value * width + figures.sysBytes - 1) / figures.sysBytes
      for cell in 0..<min(width, filled) {
        canvas.put(glyph, inner.x + 22 + cell, y, index == 5 ? Style(.current) : .dim)
      }
    }
  }

  private func drawLegend(_ y: Int, _ canvas: inout Canvas) {
    let partly = pagesPerCell > 1 ? Bilingual(" ▄ partly", " ▄部分") : Bilingual("", "")
    let cached = isNotesEra ? Bilingual("", "") : Bilingual(" ▒ cached", " ▒页缓存")
    let isNarrow = inner.width < 40
    let text =
      isNarrow
      ? Bilingual(
        "▓used\(partly.en.isEmpty ? "" : " ▄part") ░free ·released", "▓使用\(partly.zh) ░空闲 ·已归还")
      : Bilingual(
        "▓ used\(partly.en)\(cached.en) ░ free · released",
        "▓使用\(partly.zh)\(cached.zh) ░空闲 ·已归还")
    canvas.put(
      TextLayout.fit(text[style.look.language], columns: inner.width - 2), inner.x + 1, y, .dim)
  }
}
