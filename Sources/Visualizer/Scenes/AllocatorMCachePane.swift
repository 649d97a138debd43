import Models

/// The mcache of one P: a span a span class, each with its slots.
struct AllocatorMCachePane {
  let p: Int
  let rect: Rect
  let framed: Bool
  let style: AllocatorStyle

  private var inner: Rect { framed ? rect.inner : rect }
  private var cache: GoAllocator.MCache { style.state.ps[p].mcache }
  private var isInPlay: Bool { p == style.focus.p }

  func draw(_ canvas: inout Canvas) {
    if framed {
      let mark = p == style.state.worker && style.state.ps.count > 1 ? "▸ " : ""
      canvas.box(rect, title: "\(mark)P\(p) mcache")
    }
    canvas.clipped(to: inner) { drawRows(&$0) }
  }

  /// The classes to show, that in play among them.
  private var rows: [Int] {
    var classes = cache.cachedSpanClasses
    if isInPlay, let wanted = style.focus.spanClass, !classes.contains(wanted) {
      classes.append(wanted)
      classes.sort()
    }
    return classes
  }

  private var scrolled: Scrolled {
    let room = inner.height - headerRows - footerRows
    let rows = self.rows
    let index = style.focus.spanClass.flatMap { rows.firstIndex(of: $0) }
    return Scrolled(
      count: rows.count, room: room, wanted: index.map { $0 - room / 2 } ?? 0,
      by: style.look.scroll(of: AllocatorLayout.mcacheName(p)))
  }

  private var headerRows: Int { inner.height >= 4 ? 1 : 0 }
  private var footerRows: Int { cache.tiny == nil ? 0 : 1 }
  private var isWide: Bool { inner.width >= 34 }
  private var spanColumn: Int { isWide ? 17 : 11 }
  private var slotsColumn: Int { spanColumn + (isWide ? 6 : 5) }

  private func drawRows(_ canvas: inout Canvas) {
    let x = inner.x + 1
    if headerRows > 0 {
      canvas.put(
        isWide ? "spc class bytes span  slots" : "spc class span slots", x, inner.y, .dim)
    }
    let rows = self.rows
    let room = inner.height - headerRows - footerRows
    canvas.mark(scrolling: scrolled.range, of: AllocatorLayout.mcacheName(p))
    let first = scrolled.first
    let visible = rows[min(first, rows.count)..<min(rows.count, first + max(0, room))]
    for (offset, spanClass) in visible.enumerated() {
      drawRow(spanClass, inner.y + headerRows + offset, &canvas)
    }
    if rows.isEmpty {
      let text = Bilingual("no span cached", "没有缓存 span")[style.look.language]
      canvas.put(text, x, inner.y + headerRows, .dim)
    }
    if let tiny = cache.tiny {
      canvas.mark(
        AllocatorItem.tiny(p), Rect(x: x, y: inner.bottom - 1, width: 4, height: 1))
      canvas.put("tiny", x, inner.bottom - 1, .dim)
      canvas.put(
        "s\(tiny.span)[\(tiny.slot)] \(cache.tinyOffset)/16", x + 5, inner.bottom - 1)
    }
    let hidden = rows.count - visible.count
    if hidden > 0, framed {
      let text = Bilingual(" +\(hidden) more ", " 还有 \(hidden) 行 ")[style.look.language]
      canvas.unclipped {
        $0.put(text, rect.right - GlyphWidth.of(text) - 2, rect.bottom - 1, .dim)
      }
    }
  }

  private func drawRow(_ spanClass: Int, _ y: Int, _ canvas: inout Canvas) {
    let isFocus = isInPlay && spanClass == style.focus.spanClass
    let x = inner.x
    canvas.mark(
      AllocatorItem.cached(p, spanClass: spanClass), Rect(x: x + 1, y: y, width: 9, height: 1))
    canvas.put(isFocus ? "▸" : " ", x, y, Style(.current, .bold))
    canvas.put(TextLayout.padLeft("\(spanClass)", columns: 3), x + 1, y, .dim)
    canvas.put(
      TextLayout.padLeft(style.className(spanClass), columns: 6), x + 4, y,
      isFocus ? Style(.current, .bold) : .text)
    let size = style.state.classes.slotSizeBytes(
      style.state.classes.sizeClass(spanClass: spanClass))
    if isWide { canvas.put(TextLayout.padLeft("\(size)", columns: 6), x + 10, y, .dim) }
    guard let id = cache[spanClass], let span = style.state.span(id) else {
      canvas.put(Bilingual("no span", "无")[style.look.language], x + spanColumn, y, .dim)
      return
    }
    _ = style.put(span: id, x + spanColumn, y, on: &canvas)
    let left = x + slotsColumn
    let note =
      span.hasFreeSlot
      ? "\(span.nelems - span.allocCount)" : Bilingual("full", "满")[style.look.language]
    let columns = inner.right - left - 6
    style.put(slotsOf: id, left, y, columns: columns, on: &canvas)
    canvas.put(
      TextLayout.padLeft(note, columns: 5), inner.right - 6, y,
      span.hasFreeSlot ? .dim : Style(.full, .bold))
  }

  /// Where a class's span stands.
  func point(spanClass: Int) -> Point {
    let row = rows.firstIndex(of: spanClass) ?? 0
    let y = inner.y + headerRows + row - scrolled.first
    return Point(x: inner.x + spanColumn, y: max(inner.y, min(inner.bottom - 1, y)))
  }
}
