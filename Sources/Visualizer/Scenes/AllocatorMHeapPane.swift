import Models

/// The mheap: who has its pages, and the figures that add up to what `top` shows; in the notes' era
/// its three regions and its lists of runs as well.
struct AllocatorMHeapPane {
  let rect: Rect
  let framed: Bool
  let style: AllocatorStyle
  /// The first page of a free run that has not reached its list yet, and is not drawn there.
  var arriving: Int?

  private var inner: Rect { framed ? rect.inner : rect }
  private var state: GoAllocator { style.state }
  private var isNotesEra: Bool { state.rules.isNotesEra }

  func draw(_ canvas: inout Canvas) {
    let parts = self.parts
    if framed { canvas.box(rect, title: title(pagesPerCell: map(parts).pagesPerCell)) }
    canvas.clipped(to: inner) { canvas in
      if isNotesEra {
        AllocatorRegionsPicture(rect: parts.regions, style: style).draw(&canvas)
        lists(parts).draw(&canvas)
      }
      map(parts).draw(&canvas)
      AllocatorFiguresTable(rect: parts.figures, style: style).draw(&canvas)
    }
  }

  private func title(pagesPerCell: Int) -> String {
    guard state.pageCount > 0 else { return "mheap" }
    let size = AllocatorWords.size(pagesPerCell * GoAllocator.SizeClasses.pageSizeBytes)
    let arenas = isNotesEra || inner.width < 40 ? "" : "\(state.arenaCount) × 64 MB arena  "
    return Bilingual("mheap  \(arenas)a cell = \(size)", "mheap  \(arenas)一格 = \(size)")[
      style.look.language]
  }

  // MARK: - The parts, one below the other

  private struct Parts {
    var regions: Rect
    var lists: Rect
    var map: Rect
    var figures: Rect
  }

  private var parts: Parts {
    let isRoomy = inner.height >= 20
    let gap = isRoomy ? 1 : 0
    let figureRows = inner.height < 12 || isNotesEra && !isRoomy ? 3 : 6
    var top = inner.y
    func take(_ rows: Int) -> Rect {
      defer { top += rows }
      return Rect(x: inner.x, y: top, width: inner.width, height: rows)
    }
    let regions = take(!isNotesEra || inner.height < 12 ? 0 : isRoomy ? 4 : 3)
    if isNotesEra { top += gap }
    let room = inner.bottom - figureRows - top
    let wanted = AllocatorRunLists(rect: inner, style: style).rowCount
    let lists = take(isNotesEra ? max(1, min(max(3, wanted), room / 2)) : 0)
    if isNotesEra { top += gap }
    let map = take(max(1, inner.bottom - figureRows - top))
    return Parts(regions: regions, lists: lists, map: map, figures: take(figureRows))
  }

  private func map(_ parts: Parts) -> AllocatorPageMap {
    AllocatorPageMap(rect: parts.map, style: style)
  }

  private func lists(_ parts: Parts) -> AllocatorRunLists {
    AllocatorRunLists(rect: parts.lists, style: style, arriving: arriving)
  }

  // MARK: - Where spans and runs come and go

  /// Where a span's first page is drawn.
  func point(span id: GoAllocator.SpanID) -> Point {
    let span = state.span(id) ?? style.moment.before.span(id) ?? style.moment.after.span(id)
    return point(page: span?.firstPage ?? 0)
  }

  /// Where a page is drawn.
  func point(page: Int) -> Point { map(parts).point(page: max(0, page)) }

  /// Notes' era: where the front of a list is drawn, or the place of a span in it.
  func point(list: AllocatorRunList, span: GoAllocator.SpanID? = nil) -> Point {
    lists(parts).point(list, span: span)
  }
}
