import Models

/// Draws a ladder: both ends with their states, and the segments between them, time running down.
struct LadderPane {
  let ladder: Ladder
  let rect: Rect
  let framed: Bool
  let look: Look

  private var inner: Rect { framed ? rect.inner : rect }
  private static let stateColumns = 12

  private var timeColumn: Int { inner.x + ladder.numberColumns }
  private var leftLane: Int { timeColumn + ladder.timeColumns + Self.stateColumns + 2 }
  private var rightLane: Int { inner.right - Self.stateColumns - 3 }
  private var span: Int { rightLane - leftLane - 1 }

  func draw(_ canvas: inout Canvas) {
    if framed { canvas.box(rect, title: ladder.title[look.language]) }
    drawHeads(&canvas)
    let legendRows = ladder.legend == nil || inner.height < 8 ? 0 : 1
    let height = inner.height - 1 - legendRows
    guard height > 0, span > 8 else { return }
    // In a run one row more than there are, for what is still under way.
    let count = ladder.rows.count + (ladder.numberColumns > 0 ? 0 : 1)
    let scrolled = Scrolled(
      count: count, room: height, wanted: count, by: look.scroll(of: LadderView.ladderName))
    canvas.mark(scrolling: scrolled.range, of: LadderView.ladderName)
    let first = scrolled.first
    let area = Rect(x: inner.x, y: inner.y + 1, width: inner.width, height: height)
    canvas.clipped(to: area) { canvas in
      drawRows(first, area, &canvas)
      LadderArrows(
        ladder: ladder, left: leftLane, right: rightLane, area: area, first: first,
        language: look.language
      ).draw(&canvas)
    }
    if legendRows > 0, let legend = ladder.legend?[look.language] {
      canvas.put(
        TextLayout.fit(legend, columns: inner.width - 2), inner.x + 1, inner.bottom - 1, .dim)
    }
    if framed { drawExtent(first, below: ladder.rows.count - first - height, &canvas) }
  }

  /// How much there is above and below what is shown, on the border.
  private func drawExtent(_ first: Int, below: Int, _ canvas: inout Canvas) {
    let above = ladder.rowsAbove.map { $0 + first }
    if above ?? 1 > 0 {
      let words =
        above.map { Bilingual("\($0) more", "还有 \($0) 行") } ?? Bilingual("earlier ones", "还有更早的")
      let text = " ▲ \(words[look.language]) "
      canvas.put(text, rect.right - GlyphWidth.of(text) - 2, rect.y, .dim)
    }
    if below > 0 {
      let text = Bilingual(" ▼ \(below) more ", " ▼ 还有 \(below) 行 ")[look.language]
      canvas.put(text, rect.right - GlyphWidth.of(text) - 2, rect.bottom - 1, .dim)
    }
  }

  /// Who is who, and the present states, above the lanes.
  private func drawHeads(_ canvas: inout Canvas) {
    let names = (
      CaptureWords.name(.client)[look.language], CaptureWords.name(.server)[look.language]
    )
    let time = Bilingual("time", "时间")[look.language]
    if ladder.numberColumns > 0 {
      canvas.put(
        TextLayout.padLeft("#", columns: ladder.numberColumns - 1), inner.x, inner.y, .dim)
    }
    canvas.put(
      TextLayout.padLeft(time, columns: ladder.timeColumns - 1), timeColumn, inner.y, .dim)
    canvas.put(
      TextLayout.padLeft(names.0, columns: Self.stateColumns), leftLane - Self.stateColumns - 1,
      inner.y, .heading)
    // In a narrow window both are shortened rather than run together.
    let between = rightLane - leftLane - 1
    let states = (ladder.client.text(look.language), ladder.server.text(look.language))
    let fits = GlyphWidth.of(states.0) + GlyphWidth.of(states.1) < between
    let room = fits ? between : (between - 1) / 2
    canvas.put(
      TextLayout.fit(states.0, columns: room), leftLane + 1, inner.y,
      Style(.current, .bold))
    let state = TextLayout.fit(states.1, columns: room)
    canvas.put(state, rightLane - GlyphWidth.of(state), inner.y, Style(.current, .bold))
    canvas.put(names.1, rightLane + 2, inner.y, .heading)
  }

  // MARK: - Rows

  private func drawRows(_ first: Int, _ area: Rect, _ canvas: inout Canvas) {
    for y in area.y..<area.bottom {
      canvas.put("│", leftLane, y, .border)
      canvas.put("│", rightLane, y, .border)
    }
    for (offset, row) in ladder.rows.dropFirst(first).prefix(area.height).enumerated() {
      let y = area.y + offset
      if let wait = row.wait {
        drawWait(wait, y, &canvas)
        continue
      }
      canvas.put(
        TextLayout.padLeft(ladder.clock(row.time), columns: ladder.timeColumns - 1), timeColumn, y,
        .dim)
      if ladder.numberColumns > 0, let number = row.sent {
        canvas.put(
          TextLayout.padLeft("\(number)", columns: ladder.numberColumns - 1), area.x, y,
          number == ladder.focus ? Style(.current, .bold) : .dim)
      }
      if let number = row.sent {
        canvas.mark(
          TCPItem.segment(number),
          Rect(x: leftLane + 1, y: y, width: max(1, span), height: 1))
      }
      if let state = row.client {
        canvas.put(
          TextLayout.padLeft(state.text(look.language), columns: Self.stateColumns),
          leftLane - Self.stateColumns - 1, y, Self.style(state))
      }
      if let state = row.server {
        canvas.put(state.text(look.language), rightLane + 2, y, Self.style(state))
      }
    }
  }

  private static func style(_ state: Ladder.State) -> Style {
    if state.isEntered { return Style(.moved, .bold) }
    return state.possible.known == nil || state.isPresumed ? Style(.waiting) : .text
  }

  private func drawWait(_ wait: Microseconds, _ y: Int, _ canvas: inout Canvas) {
    let text = " \(Ladder.duration(wait)) \(Bilingual("pass", "过去")[look.language]) "
    for x in leftLane + 1..<rightLane { canvas.put("┄", x, y, .border) }
    canvas.put(text, leftLane + (span - GlyphWidth.of(text)) / 2, y, .dim)
  }
}
