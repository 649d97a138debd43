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

  /// Whether a size has room for anything but the sentence that it has not.
  static func isShown(_ size: Size) -> Bool {
    size.columns >= minimum.columns && size.rows >= minimum.rows
  }

  /// Draws the frame and, through the closure, the stage inside it.
  func draw(stage drawStage: (Rect, inout Canvas) -> Void) -> Canvas {
    var canvas = Canvas(look.size, findsItems: look.findsItems)
    let size = look.size
    guard Self.isShown(size) else {
      Self.drawTooSmall(look, &canvas)
      return finish(canvas)
    }
    let isFull = Self.isFull(size)
    let narrationRows = self.narrationRows(isFull: isFull)
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
    let status = Self.statusText(look.status, language, isLong: look.size.columns >= 100)
    let lastStep = show.stepCount - 1
    let lastOperation = max(0, show.operationCount - 1)
    let shown = operation ?? max(0, before - 1)
    let marks = look.status.marks.map { $0[language] + "   " }.joined()
    let long = Bilingual(
      "step \(step)/\(lastStep)   operation \(shown)/\(lastOperation)   \(status)",
      "第 \(step)/\(lastStep) 步   操作 \(shown)/\(lastOperation)   \(status)")[language]
    let short = Bilingual(
      "step \(step)/\(lastStep)   \(status)",
      "第 \(step)/\(lastStep) 步   \(status)"
    )[language]
    let place = marks + (look.size.columns >= 100 ? long : short)
    let statusColumn = look.size.columns - GlyphWidth.of(place)
    let title = show.title[language]
    let room = statusColumn - 2
    var column = canvas.put(TextLayout.fit(" " + show.name, columns: room), 0, 0, .heading)
    column += 3
    let description =
      look.size.columns >= 150 ? "\(title)   \(caption[language])" : caption[language]
    canvas.put(TextLayout.fit(description, columns: room - column), column, 0, .dim)
    canvas.put(place, statusColumn, 0)
  }

  /// What ends the title line: the language, whether it plays, and how fast; the last two take the
  /// same room whether it plays or not.
  static func statusText(_ status: PlayStatus, _ language: Language, isLong: Bool) -> String {
    let playing = isLong ? Bilingual("▶ playing", "▶ 播放中") : Bilingual("▶", "▶")
    let paused = isLong ? Bilingual(" ‖ paused", "‖ 已暂停") : Bilingual("‖", "‖")
    let state = (status.isPlaying ? playing : paused)[language]
    return "\(language.rawValue)   \(state) \(speedText(status.speed)) "
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

  /// Rows that the event's fields take at the highest level of detail; in a low window the game of
  /// predicting takes their place.
  private var fieldsRows: Int {
    let isLow = look.prediction != nil && look.size.rows < 30
    return Self.isFull(look.size) && look.detail == .everything && !isLow ? 2 : 0
  }

  private func narrationRows(isFull: Bool) -> Int {
    let rows =
      look.prediction != nil
      ? PredictionPanel.rows(isFull: isFull) : isFull ? (look.size.columns >= 100 ? 4 : 5) : 3
    return rows + fieldsRows
  }

  func drawNarration(_ rect: Rect, framed: Bool, _ canvas: inout Canvas) {
    let language = look.language
    if let question = look.prediction?.question {
      return drawQuestion(question, rect, framed: framed, &canvas)
    }
    let narration = show.narration(ofStep: step, language)
    let note = look.prediction?.note
    let text =
      look.detail == .what && note == nil ? narration.firstSentence : narration.text
    let title =
      what(atStep: step) ?? show.chapter(ofStep: step).map {
        "\($0 + 1) \(show.chapters[$0].title[language])"
      }
      ?? show.title[language]
    guard framed else {
      canvas.put(TextLayout.fit(title, columns: rect.width - 2), rect.x + 1, rect.y, .heading)
      drawText(
        text, Rect(x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: 2), .text, &canvas)
      drawNote(note, Rect(x: rect.x + 1, y: rect.y + 3, width: rect.width - 2, height: 1), &canvas)
      return
    }
    canvas.box(rect, title: title)
    let columns = min(rect.width - 4, 116)
    var room = Rect(
      x: rect.x + 2, y: rect.y + 1, width: columns, height: rect.height - 2 - fieldsRows)
    if look.prediction != nil {
      room.height -= 1
      drawNote(note, Rect(x: room.x, y: room.bottom, width: rect.width - 4, height: 1), &canvas)
    }
    drawText(text, room, .text, &canvas)
    if look.prediction != nil { room.height += 1 }
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

  /// The operation; whoever predicts is not told what it waits for.
  private func what(atStep step: Int) -> String? {
    look.prediction == nil ? show.what(atStep: step) : show.whatUntold(atStep: step)
  }

  /// Asks what the step that follows will bring; the title says which operation that belongs to.
  private func drawQuestion(
    _ question: Question, _ rect: Rect, framed: Bool, _ canvas: inout Canvas
  ) {
    let what = what(atStep: step + 1)
    let asks = Bilingual("what will happen?", "接下来会怎样？")[look.language]
    if framed { canvas.box(rect, title: what.map { "\($0): \(asks)" } ?? asks) }
    let room =
      framed
      ? Rect(
        x: rect.x + 2, y: rect.y + 1, width: min(rect.width - 4, 116), height: rect.height - 2)
      : Rect(x: rect.x + 1, y: rect.y, width: rect.width - 2, height: rect.height)
    PredictionPanel.draw(question, in: room, look.language, on: &canvas)
  }

  private func drawNote(
    _ note: PredictionPanel.Note?, _ rect: Rect, _ canvas: inout Canvas
  ) {
    guard let note else { return }
    canvas.put(
      TextLayout.fit(note.text[look.language], columns: rect.width), rect.x, rect.y, note.style)
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
      Scrubber.mark(
        bookmark.letter, at: column(bookmark.step), row, Style(.new, [.bold, .reverse]), .underline,
        on: &canvas)
    }
    Scrubber.mark("●", at: here, row, Style(.current, .bold), on: &canvas)
  }

  // MARK: - Key hints

  func drawHints(row: Int, _ canvas: inout Canvas) {
    let hints = look.hints ?? Hint.atRest(show, look)
    Hint.draw(hints, row: row, language: look.language, on: &canvas)
  }
}
