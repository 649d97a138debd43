/// The help overlay: every key and what it does.
struct HelpScene {
  let keys: [(label: String, what: Bilingual)]
  /// How many keys have been scrolled out at the top.
  let first: Int
  let look: Look

  func draw(on canvas: inout Canvas) {
    let language = look.language
    let labelWidth = keys.map { GlyphWidth.of($0.label) }.max() ?? 0
    let textWidth = keys.map { GlyphWidth.of($0.what[language]) }.max() ?? 0
    let columnWidth = labelWidth + 2 + textWidth + 3
    let room = Size(columns: canvas.size.columns - 4, rows: canvas.size.rows - 4)
    guard room.columns >= columnWidth, room.rows >= 5 else { return }
    let columns = max(1, min(2, room.columns / columnWidth))
    let rows = min((keys.count + columns - 1) / columns, room.rows)
    let first = max(0, min(keys.count - rows * columns, first))
    let width = columnWidth * columns + 3
    let rect = Rect(
      x: (canvas.size.columns - width) / 2, y: max(1, (canvas.size.rows - rows - 2) / 2),
      width: width, height: rows + 2)
    canvas.fill(rect)
    canvas.box(rect, title: Bilingual("Keys", "按键")[language], style: Style(.current))
    for (index, key) in keys.dropFirst(first).prefix(rows * columns).enumerated() {
      let x = rect.x + 3 + index / rows * columnWidth
      let y = rect.y + 1 + index % rows
      canvas.put(key.label, x, y, Style(.text, .bold))
      canvas.put(key.what[language], x + labelWidth + 2, y)
    }
    let more = keys.count > rows * columns
    let close = Bilingual(
      more ? " j k for more, Esc closes " : " Esc closes ", more ? " j k 滚动，Esc 关闭 " : " Esc 关闭 ")[
        language]
    canvas.put(close, rect.right - GlyphWidth.of(close) - 2, rect.bottom - 1, .dim)
  }
}
