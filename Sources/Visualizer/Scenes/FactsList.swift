/// All facts of something, one below the other; in two columns where they are many and there is room.
struct FactsList {
  let facts: [Inspection.Fact]
  let rect: Rect

  /// Columns from which on there are two.
  private static let wide = 48

  func draw(_ canvas: inout Canvas) {
    guard rect.height > 0, !facts.isEmpty else { return }
    let columns = facts.count > rect.height && rect.width >= Self.wide ? 2 : 1
    let width = rect.width / columns
    let rows = min(rect.height, (facts.count + columns - 1) / columns)
    canvas.clipped(to: rect) { canvas in
      for column in 0..<columns {
        let part = facts.dropFirst(column * rows).prefix(rows)
        let names = part.map { GlyphWidth.of($0.name) }.max() ?? 0
        let x = rect.x + 1 + column * width
        for (row, fact) in part.enumerated() {
          canvas.put(fact.name, x, rect.y + row, .dim)
          let room = width - names - 4
          canvas.put(TextLayout.fit(fact.value, columns: room), x + names + 2, rect.y + row)
        }
      }
    }
  }
}
