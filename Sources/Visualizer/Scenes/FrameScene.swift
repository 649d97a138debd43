/// The frame around every scene: title line, stage, narration, scrubber, key hints.
///
/// From 80x24 on it is drawn in full, from 60x16 on without borders; below that one line says which
/// size is needed.
struct FrameScene {
  let show: any Show
  let caption: Bilingual
  let step: Int
  let look: Look

  /// The smallest window in which anything is drawn.
  static let minimum = Size(columns: 60, rows: 16)
  /// The smallest window with borders and all panes.
  static let full = Size(columns: 80, rows: 24)

  /// Whether a size has room for borders.
  static func isFull(_ size: Size) -> Bool {
    size.columns >= full.columns && size.rows >= full.rows
  }

  /// Draws the frame and, through the closure, the stage inside it.
  func draw(stage drawStage: (Rect, inout Canvas) -> Void) -> Canvas {
    var canvas = Canvas(look.size)
    let size = look.size
    guard size.columns >= Self.minimum.columns, size.rows >= Self.minimum.rows else {
      Self.drawTooSmall(look, &canvas)
      return finish(canvas)
    }
    let isFull = Self.isFull(size)
    let fieldsRows = isFull && look.detail == .everything ? Self.fieldsRows : 0
    let narrationRows = (isFull ? (size.columns >= 100 ? 4 : 5) : 3) + fieldsRows
    let logColumns = isFull && size.columns >= Self.columnsWithLog ? Self.logColumns : 0
    let stage = Rect(
      x: 0, y: 1, width: size.columns - logColumns, height: size.rows - narrationRows - 3)
    let narration = Rect(x: 0, y: stage.bottom, width: size.columns, height: narrationRows)
    drawTitle(&canvas)
    canvas.clipped(to: stage) { drawStage(stage, &$0) }
    if logColumns > 0 {
      drawLog(
        Rect(x: stage.right, y: stage.y, width: logColumns, height: stage.height), &canvas)
    }
    drawNarration(narration, framed: isFull, &canvas)
    drawScrubber(row: size.rows - 2, &canvas)
    drawHints(row: size.rows - 1, &canvas)
    return finish(canvas)
  }

  func finish(_ canvas: Canvas) -> Canvas {
    guard look.charset == .ascii else { return canvas }
    var canvas = canvas
    canvas.reduceToASCII()
    return canvas
  }

  /// Says which size is needed.
  static func drawTooSmall(_ look: Look, _ canvas: inout Canvas) {
    let size = look.size
    let text = Bilingual(
      "needs \(minimum.columns)x\(minimum.rows), this is \(size.columns)x\(size.rows)",
      "至少需要 \(minimum.columns)x\(minimum.rows)，现在是 \(size.columns)x\(size.rows)"
    )[look.language]
    let fitted = TextLayout.fit(text, columns: size.columns)
    canvas.put(
      fitted, max(0, (size.columns - GlyphWidth.of(fitted)) / 2), max(0, (size.rows - 1) / 2))
  }

  // MARK: - Title

  func drawTitle(_ canvas: inout Canvas) {
    let language = look.language
    let (operation, before) = show.operation(ofStep: step)
    let speed = Self.speedText(look.status.speed)
    let lastStep = show.stepCount - 1
    let lastOperation = max(0, show.operationCount - 1)
    let shown = operation ?? max(0, before - 1)
    let marks = look.status.marks.map { $0[language] + "   " }.joined()
    let state =
      look.status.isPlaying
      ? Bilingual("▶ playing", "▶ 播放中") : Bilingual("‖ paused", "‖ 已暂停")
    let sign = look.status.isPlaying ? "▶" : "‖"
    let long =
      marks
      + Bilingual(
        "step \(step)/\(lastStep)   operation \(shown)/\(lastOperation)   \(state.en) \(speed)   en ",
        "第 \(step)/\(lastStep) 步   操作 \(shown)/\(lastOperation)   \(state.zh) \(speed)   zh ")[
        language]
    let short =
      marks
      + Bilingual(
        "step \(step)/\(lastStep)   \(sign) \(speed)   en ",
        "第 \(step)/\(lastStep) 步   \(sign) \(speed)   zh ")[language]
    let status = look.size.columns >= 100 ? long : short
    let statusColumn = look.size.columns - GlyphWidth.of(status)
    let title = show.title[language]
    let room = statusColumn - 2
    var column = canvas.put(TextLayout.fit(" " + show.name, columns: room), 0, 0, .heading)
    column += 3
    let description =
      look.size.columns >= 150 ? "\(title)   \(caption[language])" : caption[language]
    canvas.put(TextLayout.fit(description, columns: room - column), column, 0, .dim)
    canvas.put(status, statusColumn, 0)
  }

  /// A speed as the screen writes it.
  static func speedText(_ speed: Double) -> String {
    if speed < 1 { return "1/\(Int((1 / speed).rounded()))x" }
    return speed == speed.rounded() ? "\(Int(speed))x" : "\((speed * 10).rounded() / 10)x"
  }

  // MARK: - What came before

  /// From this width on the steps so far are listed beside the stage.
  private static let columnsWithLog = 160
  private static let logColumns = 46

  /// The steps up to the present one, the latest at the bottom.
  private func drawLog(_ rect: Rect, _ canvas: inout Canvas) {
    canvas.box(rect, title: Bilingual("so far", "此前各步")[look.language])
    let numberWidth = "\(show.stepCount - 1)".utf8.count
    let textColumns = rect.width - 5 - numberWidth
    var row = rect.bottom - 2
    var earlier = step
    while earlier >= 0, row > rect.y {
      let text = show.narration(ofStep: earlier, look.language).text
      let lines = TextLayout.wrap(VisibleText.escape(text), columns: textColumns)
      let shown = earlier == step ? lines : Array(lines.prefix(2))
      let top = row - max(1, shown.count) + 1
      if top <= rect.y { break }
      let style = earlier == step ? Style.text : .dim
      canvas.put(
        TextLayout.padLeft("\(earlier)", columns: numberWidth), rect.x + 2, top,
        earlier == step ? Style(.current, .bold) : .dim)
      for (index, line) in shown.enumerated() {
        let isCut = index == shown.count - 1 && shown.count < lines.count
        canvas.put(
          isCut ? TextLayout.fit(line + " …", columns: textColumns) : line,
          rect.x + 3 + numberWidth, top + index, style)
      }
      row = top - 1
      earlier -= 1
    }
  }

  // MARK: - Narration

  /// Rows that the event's fields take at the highest level of detail.
  private static let fieldsRows = 2

  func drawNarration(_ rect: Rect, framed: Bool, _ canvas: inout Canvas) {
    let language = look.language
    let narration = show.narration(ofStep: step, language)
    let text = look.detail == .what ? narration.firstSentence : narration.text
    let title =
      show.what(atStep: step) ?? show.chapter(ofStep: step).map {
        "\($0 + 1) \(show.chapters[$0].title[language])"
      }
      ?? show.title[language]
    guard framed else {
      canvas.put(TextLayout.fit(title, columns: rect.width - 2), rect.x + 1, rect.y, .heading)
      drawText(
        text, Rect(x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: 2), .text, &canvas)
      return
    }
    canvas.box(rect, title: title)
    let columns = min(rect.width - 4, 116)
    let fieldsRows = look.detail == .everything ? Self.fieldsRows : 0
    let room = Rect(
      x: rect.x + 2, y: rect.y + 1, width: columns, height: rect.height - 2 - fieldsRows)
    drawText(text, room, .text, &canvas)
    if fieldsRows > 0 {
      let fields = Rect(
        x: room.x, y: room.bottom, width: rect.width - 4, height: fieldsRows)
      drawText(show.record(ofStep: step).fieldsText, fields, .dim, &canvas)
    }
    if look.detail != .what, let source = narration.source,
      GlyphWidth.of(source) + 30 < rect.width
    {
      canvas.put(
        " \(source) ", rect.right - GlyphWidth.of(source) - 4, rect.bottom - 1, .dim)
    }
  }

  /// Draws a text in as many lines as there are, the last one cut where that is not enough.
  func drawText(_ text: String, _ rect: Rect, _ style: Style, _ canvas: inout Canvas) {
    var lines = TextLayout.wrap(VisibleText.escape(text), columns: rect.width)
    if lines.count > rect.height {
      let last = TextLayout.fit(
        lines[(rect.height - 1)...].joined(separator: " "), columns: rect.width)
      lines = Array(lines.prefix(rect.height - 1)) + [last]
    }
    for (index, line) in lines.enumerated() { canvas.put(line, rect.x, rect.y + index, style) }
  }

  // MARK: - Scrubber

  func drawScrubber(row: Int, _ canvas: inout Canvas) {
    let width = look.size.columns - 2
    let scrubber = Scrubber(columns: look.size.columns, stepCount: show.stepCount)
    func column(_ step: Int) -> Int { scrubber.column(ofStep: step) }
    let here = column(step)
    for x in 1...width { canvas.put(x <= here ? "━" : "─", x, row, .dim) }
    let chapters = show.chapters
    for (index, chapter) in chapters.enumerated() {
      let start = column(chapter.step)
      let end = index + 1 < chapters.count ? column(chapters[index + 1].step) : width + 1
      let isCurrent = show.chapter(ofStep: step) == index
      if index > 0 { canvas.put("┬", start, row, .dim) }
      let label = TextLayout.fit(
        "\(index + 1) \(chapter.title[look.language])", columns: end - start - 4)
      if end - start >= 6, GlyphWidth.of(label) >= 1 {
        canvas.put(" \(label) ", start + 1, row, isCurrent ? .heading : .dim)
      }
    }
    for bookmark in look.bookmarks {
      canvas.put(bookmark.letter, column(bookmark.step), row, Style(.new, [.bold, .reverse]))
    }
    // A letter of a chapter's name stays readable under the cursor.
    let under = canvas[here, row]
    if under.scalar == 0x2501 || under.scalar == 0x2500 || under.scalar == 0x20 || under.width != 1
    {
      canvas.put("●", here, row, Style(.current, .bold))
    } else {
      canvas.restyle(Rect(x: here, y: row, width: 1, height: 1)) {
        $0 = Style(.current, [.bold, .reverse])
      }
    }
  }

  // MARK: - Key hints

  func drawHints(row: Int, _ canvas: inout Canvas) {
    let hints = look.hints ?? Hint.atRest(show, look)
    Hint.draw(hints, row: row, language: look.language, on: &canvas)
  }
}

/// The line of chapters: which column of the window stands for which step.
struct Scrubber {
  /// Of the whole window; the outermost two stay free.
  let columns: Int
  let stepCount: Int

  func column(ofStep step: Int) -> Int {
    1 + step * (columns - 3) / max(1, stepCount - 1)
  }

  /// The first step that stands at a column, or the nearest one before it.
  func step(atColumn column: Int) -> Int {
    let offset = max(0, min(columns - 3, column - 1))
    let lastStep = max(1, stepCount - 1)
    return min(stepCount - 1, (offset * lastStep + columns - 4) / max(1, columns - 3))
  }
}
