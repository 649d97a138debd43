import Models

/// The pages of the heap in address order, a cell a page or a power of two, with a legend below.
struct AllocatorPageMap {
  let rect: Rect
  let style: AllocatorStyle
  /// One page a cell, or, for larger heaps, a power of two.
  let pagesPerCell: Int
  private let legend: [[Kind]]
  private let cells: Rect
  /// Cells a row: a multiple of eight, so that rows begin at round page numbers.
  private let perRow: Int

  private var state: GoAllocator { style.state }

  init(rect: Rect, style: AllocatorStyle) {
    self.rect = rect
    self.style = style
    let width = max(8, rect.width - 2)
    perRow = width / 8 * 8
    // The legend grows with the scale; two rows are kept for it, whether it needs them or not.
    var pages = 1
    while pages * perRow * max(1, rect.height - 2) < style.state.pageCount { pages *= 2 }
    pagesPerCell = pages
    legend = Self.legend(rect, style, isPartly: pages > 1)
    cells = Rect(
      x: rect.x + 1, y: rect.y, width: width, height: max(1, rect.height - legend.count))
  }

  /// What a cell says of its pages.
  enum Kind: CaseIterable {
    case used
    case partly
    case others
    case cached
    case free
    case released

    var glyph: Unicode.Scalar {
      switch self {
      case .used: "▓"
      case .partly: "▄"
      case .others: "▚"
      case .cached: "▒"
      case .free: "░"
      case .released: "·"
      }
    }

    var style: Style {
      switch self {
      case .used, .partly: .text
      case .others, .released: .dim
      case .cached: Style(.waiting)
      case .free: Style(.freed)
      }
    }

    /// What the legend calls it where there is little room.
    var shortWord: Bilingual {
      switch self {
      case .used: Bilingual("used", "使用中")
      case .partly: Bilingual("part", "部分")
      case .cached: Bilingual("cache", "页缓存")
      case .others, .free, .released: word
      }
    }

    var word: Bilingual {
      switch self {
      case .used: Bilingual("in use", "使用中")
      case .partly: Bilingual("in part", "部分使用")
      case .others: Bilingual("others", "其他")
      case .cached: Bilingual("page cache", "页缓存")
      case .free: Bilingual("free", "空闲")
      case .released: Bilingual("released", "已归还")
      }
    }
  }

  func draw(_ canvas: inout Canvas) {
    guard state.pageCount > 0 else {
      let text = Bilingual(
        "No page yet: the heap grows with the first request.", "还没有页：堆在第一次申请时增长。")
      let lines = TextLayout.wrap(text[style.look.language], columns: cells.width)
      for (index, line) in lines.enumerated() { canvas.put(line, cells.x, rect.y + index, .dim) }
      return
    }
    let step = pagesPerCell
    let count = (state.pageCount + step - 1) / step
    for cell in 0..<min(count, perRow * cells.height) {
      let pages = cell * step..<min(state.pageCount, (cell + 1) * step)
      let (glyph, cellStyle) = look(pages)
      let (x, y) = (cells.x + cell % perRow, cells.y + cell / perRow)
      canvas.mark(AllocatorItem.pages(pages), Rect(x: x, y: y, width: 1, height: 1))
      canvas.put(glyph, x, y, cellStyle)
    }
    drawLegend(&canvas)
  }

  // MARK: - Cells

  private func look(_ pages: Range<Int>) -> (Unicode.Scalar, Style) {
    var kind = kind(pages)
    if kind == .others, style.focus.takenPages?.overlaps(pages) ?? false { kind = .used }
    if isInFocus(pages) { return (kind.glyph, Style(.moved, .bold)) }
    if let id = style.focus.span, let span = state.span(id), span.firstPage >= 0,
      pages.overlaps(span.firstPage..<span.firstPage + span.npages)
    {
      return (kind.glyph, Style(.current, .bold))
    }
    return (kind.glyph, kind.style)
  }

  private func isInFocus(_ pages: Range<Int>) -> Bool {
    style.focus.pages?.overlaps(pages) ?? false
  }

  private func kind(_ pages: Range<Int>) -> Kind {
    if pages.count == 1 {
      switch state.pageState(pages.lowerBound) {
      case .free: return .free
      case .released: return .released
      case .cached: return .cached
      case .other: return .others
      case .span: return .used
      }
    }
    let counts = state.pageCounts(in: pages)
    let largest = max(counts.inUse, counts.cached, counts.free, counts.released)
    if largest == counts.inUse { return .used }
    if counts.inUse > 0 { return .partly }
    if largest == counts.cached { return .cached }
    return largest == counts.free ? .free : .released
  }

  /// Where a page is drawn.
  func point(page: Int) -> Point {
    let cell = page / pagesPerCell
    return Point(
      x: cells.x + cell % perRow, y: min(cells.bottom - 1, cells.y + cell / perRow))
  }

  // MARK: - Legend

  /// The kinds that can be met, in at most two rows.
  private static func legend(_ rect: Rect, _ style: AllocatorStyle, isPartly: Bool) -> [[Kind]] {
    let state = style.state
    let kinds = Kind.allCases.filter { kind in
      switch kind {
      case .partly: isPartly
      case .others: !isPartly && state.otherPages > 0
      case .cached: state.ps.contains { !$0.pageCache.isEmpty }
      case .released: !state.rules.isNotesEra || state.figures.releasedBytes > 0
      case .used, .free: true
      }
    }
    var rows: [[Kind]] = [[]]
    var used = 0
    for kind in kinds {
      let width = 4 + GlyphWidth.of(word(kind, rect, style))
      if used + width - 2 > rect.width - 2, used > 0, rows.count < 2 {
        rows.append([])
        used = 0
      }
      rows[rows.count - 1].append(kind)
      used += width
    }
    return rows
  }

  private static func word(_ kind: Kind, _ rect: Rect, _ style: AllocatorStyle) -> String {
    (rect.width < 34 ? kind.shortWord : kind.word)[style.look.language]
  }

  private func drawLegend(_ canvas: inout Canvas) {
    for (index, row) in legend.enumerated() {
      let y = rect.bottom - legend.count + index
      var column = rect.x + 1
      for kind in row {
        canvas.put(kind.glyph, column, y, kind.style)
        column = canvas.put(Self.word(kind, rect, style), column + 2, y, .dim) + 2
      }
    }
  }
}
