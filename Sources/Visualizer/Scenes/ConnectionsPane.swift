import Models

/// The table of all connections of a run or capture: endpoints, states, how each ended.
struct ConnectionsPane {
  /// What the table says of a connection.
  struct Line {
    var client: String
    var server: String
    var states: (client: String, server: String)
    var ending: Bilingual
    /// What only wide tables have room for, in the order of `extraHeads`.
    var extra: [String]
  }

  let count: Int
  /// The row with the cursor.
  let selection: Int
  /// Columns that the longest endpoint takes.
  let endpointColumns: Int
  let extraHeads: [Bilingual]
  let rect: Rect
  let look: Look
  let line: (Int) -> Line

  private static let stateColumns = 12
  private static let endingColumns = 22
  /// What is left for it where endpoints are long.
  private static let leastEnding = 15

  static let paneName = "connections"

  func draw(_ canvas: inout Canvas) {
    canvas.mark(pane: Self.paneName, rect)
    let language = look.language
    canvas.box(
      rect,
      title: Bilingual(
        count == 1 ? "1 connection, Enter opens it" : "\(count) connections, Enter opens one",
        "\(count) 个连接，Enter 打开")[language])
    let inner = rect.inner
    let room = inner.height - 1
    guard room > 0, count > 0 else { return }
    let first = max(0, min(count - room, selection - room / 2))
    // Scrolling moves the cursor.
    let scroll = look.scroll(of: Self.paneName)
    canvas.mark(
      scrolling: scroll - selection...scroll + count - 1 - selection, of: Self.paneName)
    let heads = Line(
      client: CaptureWords.name(.client)[language], server: CaptureWords.name(.server)[language],
      states: (
        Bilingual("client is", "客户端状态")[language], Bilingual("server is", "服务器状态")[language]
      ), ending: Bilingual("it is", "结局"), extra: extraHeads.map { $0[language] })
    canvas.clipped(to: inner) { canvas in
      draw(heads, number: "#", inner.y, .dim, &canvas)
      for row in 0..<min(room, count - first) {
        let index = first + row
        let isSelected = index == selection
        canvas.mark(
          TCPItem.connection(index),
          Rect(x: inner.x + 1, y: inner.y + 1 + row, width: inner.width - 2, height: 1))
        draw(
          line(index), number: "\(index + 1)", inner.y + 1 + row,
          isSelected ? Style(.current, [.bold, .reverse]) : .text, &canvas)
      }
    }
    drawExtent(above: first, below: count - first - room, &canvas)
  }

  private func drawExtent(above: Int, below: Int, _ canvas: inout Canvas) {
    for (number, glyph, row) in [(above, "▲", rect.y), (below, "▼", rect.bottom - 1)]
    where number > 0 {
      let text = Bilingual(" \(glyph) \(number) more ", " \(glyph) 还有 \(number) 行 ")[look.language]
      canvas.put(text, rect.right - GlyphWidth.of(text) - 2, row, .dim)
    }
  }

  private func draw(
    _ line: Line, number: String, _ y: Int, _ style: Style, _ canvas: inout Canvas
  ) {
    let inner = rect.inner
    let numberColumns = "\(count)".utf8.count
    let gap = String(repeating: " ", count: inner.width >= 100 ? 2 : 1)
    let fixed = numberColumns + gap.utf8.count * 5 + 2 * Self.stateColumns
    let wide = inner.width - 2 - fixed - 2 * endpointColumns - Self.endingColumns
    let extras = max(0, min(line.extra.count, wide / 12))
    // Where it is narrow, endpoints lose their beginnings, as their ends tell them apart.
    let endpoint = min(endpointColumns, max(12, (inner.width - 2 - fixed - Self.leastEnding) / 2))
    var text = TextLayout.padLeft(number, columns: numberColumns) + gap
    text += TextLayout.pad(Self.tail(line.client, endpoint), columns: endpoint) + gap
    text += TextLayout.pad(Self.tail(line.server, endpoint), columns: endpoint) + gap
    text += TextLayout.pad(line.states.client, columns: Self.stateColumns) + gap
    text += TextLayout.pad(line.states.server, columns: Self.stateColumns) + gap
    let ending = line.ending[look.language]
    text += extras > 0 ? TextLayout.pad(ending, columns: Self.endingColumns) : ending
    for extra in line.extra.prefix(extras) { text += TextLayout.padLeft(extra, columns: 12) }
    canvas.put(TextLayout.pad(text, columns: inner.width - 2), inner.x + 1, y, style)
  }

  /// The last columns of an endpoint, which is ASCII.
  private static func tail(_ text: String, _ columns: Int) -> String {
    text.utf8.count <= columns ? text : "…" + text.suffix(columns - 1)
  }
}
