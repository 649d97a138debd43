import Models

/// The heap in figures, each with a bar: what is in use and what is idle lie end to end, so that one
/// sees how they make up the heap, and which part of it `top` counts.
struct AllocatorFiguresTable {
  let rect: Rect
  let style: AllocatorStyle

  /// A figure and the part of the heap, in bytes from its start, that its bar covers.
  private struct Row {
    var name: Bilingual
    var value: Int
    var old: Int
    var bars: [(bytes: Range<Int>, glyph: Unicode.Scalar, style: Style)]
  }

  private var rows: [Row] {
    typealias Kind = AllocatorPageMap.Kind
    let now = style.state.figures
    let old = style.moment.before.figures
    let all = now.sysBytes
    let firstReleased = all - now.releasedBytes
    let released = (firstReleased..<all, Kind.released.glyph, Kind.released.style)
    return [
      Row(
        name: Bilingual("reachable", "可达"), value: now.reachableBytes, old: old.reachableBytes,
        bars: [(0..<min(now.reachableBytes, all), "━", .text)]),
      Row(
        name: Bilingual("in use", "使用中"), value: now.inUseBytes, old: old.inUseBytes,
        bars: [(0..<now.inUseBytes, Kind.used.glyph, Kind.used.style)]),
      Row(
        name: Bilingual("idle", "空闲"), value: now.idleBytes, old: old.idleBytes,
        bars: [
          (now.inUseBytes..<max(now.inUseBytes, firstReleased), Kind.free.glyph, Kind.free.style),
          released,
        ]),
      Row(
        name: Bilingual(" released", " 已归还"), value: now.releasedBytes, old: old.releasedBytes,
        bars: [released]),
      Row(
        name: Bilingual("heap, all", "堆合计"), value: all, old: old.sysBytes,
        bars: [(0..<all, "─", .dim)]),
      Row(
        name: Bilingual("RSS in top", "top 的 RSS"), value: now.residentBytes,
        old: old.residentBytes, bars: [(0..<min(now.residentBytes, all), "█", Style(.current))]),
    ]
  }

  func draw(_ canvas: inout Canvas) {
    let rows = self.rows
    if rect.height >= rows.count {
      for (index, row) in rows.enumerated() { draw(row, rect.y + index, &canvas) }
    } else if rect.width >= 28 {
      drawPairs(rows, &canvas)
    } else {
      for (index, row) in [rows[1], rows[2], rows[5]].enumerated() {
        let end = canvas.put(row.name[style.look.language], rect.x + 1, rect.y + index, .dim)
        put(row, end, rect.y + index, columns: rect.right - 1 - end, &canvas)
      }
    }
  }

  /// Two figures a row, without bars.
  private func drawPairs(_ rows: [Row], _ canvas: inout Canvas) {
    let pairs: [((Bilingual, Row), (Bilingual, Row))] = [
      ((Bilingual("live", "可达"), rows[0]), (rows[1].name, rows[1])),
      ((rows[2].name, rows[2]), (Bilingual("heap", "堆"), rows[4])),
      ((Bilingual("released", "已归还"), rows[3]), (Bilingual("RSS", "RSS"), rows[5])),
    ]
    let figures = [(0, 1), (2, 4), (3, 5)]
    for (index, (left, right)) in pairs.enumerated() {
      let y = rect.y + index
      let half = rect.width / 2
      canvas.mark(
        AllocatorItem.figure(figures[index].0),
        Rect(x: rect.x + 1, y: y, width: half - 2, height: 1))
      canvas.mark(
        AllocatorItem.figure(figures[index].1),
        Rect(x: rect.x + half, y: y, width: rect.width - half - 1, height: 1))
      let end = canvas.put(left.0[style.look.language], rect.x + 1, y, .dim)
      put(left.1, end + 1, y, columns: 0, &canvas)
      let name = right.0[style.look.language]
      let value = text(right.1)
      let start = rect.right - GlyphWidth.of(name) - 1 - GlyphWidth.of(value)
      canvas.put(name, start, y, .dim)
      put(right.1, start + GlyphWidth.of(name) + 1, y, columns: 0, &canvas)
    }
  }

  /// A figure, marked where it has just changed.
  private func text(_ row: Row) -> String {
    AllocatorWords.size(row.value) + (row.value != row.old ? "*" : " ")
  }

  /// Writes a figure so that it ends at a number of columns, or where it has to.
  private func put(_ row: Row, _ x: Int, _ y: Int, columns: Int, _ canvas: inout Canvas) {
    let text = text(row)
    canvas.put(
      TextLayout.padLeft(text, columns: max(columns, GlyphWidth.of(text))), x, y,
      row.value != row.old ? Style(.new, .bold) : .text)
  }

  private func draw(_ row: Row, _ y: Int, _ canvas: inout Canvas) {
    canvas.mark(
      AllocatorItem.figure(y - rect.y),
      Rect(x: rect.x + 1, y: y, width: min(20, rect.width - 2), height: 1))
    canvas.put(row.name[style.look.language], rect.x + 1, y, .dim)
    put(row, rect.x + 11, y, columns: 10, &canvas)
    let left = rect.x + 22
    let width = rect.right - 1 - left
    guard width > 0 else { return }
    for bar in row.bars where !bar.bytes.isEmpty {
      let start = column(bar.bytes.lowerBound, width)
      let end = max(start + 1, column(bar.bytes.upperBound, width))
      for cell in start..<min(end, width) { canvas.put(bar.glyph, left + cell, y, bar.style) }
    }
  }

  /// The column at which a number of bytes ends; neither nothing nor all unless it is.
  private func column(_ bytes: Int, _ width: Int) -> Int {
    let all = style.state.figures.sysBytes
    if bytes <= 0 { return 0 }
    if bytes >= all { return width }
    return max(1, min(width - 1, (bytes * width + all / 2) / all))
  }
}
