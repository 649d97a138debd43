/// A comparison drawn: both sides where there is room, else one of them and what the other says.
struct ComparisonScene {
  let show: ComparisonShow
  let step: Int
  let progress: Double
  let look: Look

  /// How the two sides share the room.
  enum Arrangement: Equatable {
    case beside
    case stacked
    /// One is in front, the other below it in words.
    case single
  }

  /// The fewest rows of a side, words included, that lies above the other.
  private static let sideRows = 18

  static func arrangement(of show: ComparisonShow, _ size: Size) -> Arrangement {
    if size.columns > 2 * show.readableColumns { return .beside }
    return size.rows - frameRows >= 2 * sideRows ? .stacked : .single
  }

  /// The rows of title, verdict, scrubber and keys.
  private static let frameRows = 4

  private var frame: FrameScene {
    let names = show.sideNames
    return FrameScene(
      show: show,
      caption: Bilingual(
        "compared: \(names.left) | \(names.right)", "对比：\(names.left) | \(names.right)"),
      step: step, look: look)
  }

  func draw() -> Canvas {
    var canvas = Canvas(look.size, findsItems: look.findsItems)
    let size = look.size
    guard FrameScene.isShown(size) else {
      FrameScene.drawTooSmall(look, &canvas)
      return frame.finish(canvas)
    }
    frame.drawTitle(&canvas)
    drawSides(
      in: Rect(x: 0, y: 1, width: size.columns, height: size.rows - Self.frameRows), &canvas)
    // Both sides call their panes the same: they scroll together, and none can be pointed at.
    canvas.forgetItems()
    drawVerdict(row: size.rows - 3, &canvas)
    frame.drawScrubber(row: size.rows - 2, &canvas)
    markDifferences(row: size.rows - 2, &canvas)
    frame.drawHints(row: size.rows - 1, &canvas)
    return frame.finish(canvas)
  }

  func drawSides(in rect: Rect, _ canvas: inout Canvas) {
    let sides = self.sides
    switch Self.arrangement(of: show, look.size) {
    case .beside:
      let width = (rect.width - 1) / 2
      // Of one width, so that both are drawn alike.
      let right = Rect(x: rect.x + width + 1, y: rect.y, width: width, height: rect.height)
      draw(sides.0, in: Rect(x: rect.x, y: rect.y, width: width, height: rect.height), &canvas)
      draw(sides.1, in: right, &canvas)
      canvas.fill(
        Rect(x: rect.x + width, y: rect.y, width: 1, height: rect.height), "│", .border)
    case .stacked:
      let height = rect.height / 2
      draw(sides.0, in: Rect(x: rect.x, y: rect.y, width: rect.width, height: height), &canvas)
      draw(
        sides.1,
        in: Rect(
          x: rect.x, y: rect.y + height, width: rect.width, height: rect.height - height), &canvas)
    case .single:
      let (front, other) = look.side == 0 ? sides : (sides.1, sides.0)
      let words = wordRows(rect.width) + 1
      draw(
        front, in: Rect(x: rect.x, y: rect.y, width: rect.width, height: rect.height - words),
        &canvas)
      drawWords(
        other, in: Rect(x: rect.x, y: rect.bottom - words, width: rect.width, height: words),
        &canvas)
    }
  }

  // MARK: - One side

  private struct Side {
    var show: any Show
    var name: String
    var step: Int
    /// Whether it does something at this step, rather than staying where it was.
    var moves: Bool
    /// The event's fields, and those of them that the other side does not have or has differently.
    var record: StepRecord
    var differing: [String]
    var eventDiffers: Bool
  }

  private var sides: (Side, Side) {
    let comparison = show.comparison
    let (steps, moves) = (comparison.steps(at: step), comparison.moves(at: step))
    let (one, other) = (
      comparison.left.record(ofStep: steps.left), comparison.right.record(ofStep: steps.right)
    )
    let bothMove = moves.left && moves.right
    let eventDiffers = one.event != other.event || !bothMove
    let differing = comparison.differing(one, other)
    func side(_ show: any Show, _ name: String, _ step: Int, _ moves: Bool, _ record: StepRecord)
      -> Side
    {
      Side(
        show: show, name: name, step: step, moves: moves, record: record, differing: differing,
        eventDiffers: eventDiffers)
    }
    return (
      side(comparison.left, show.sideNames.left, steps.left, moves.left, one),
      side(comparison.right, show.sideNames.right, steps.right, moves.right, other)
    )
  }

  /// Rows of a side's sentence and fields.
  private func wordRows(_ width: Int) -> Int { width >= 100 ? 3 : 4 }

  private func draw(_ side: Side, in rect: Rect, _ canvas: inout Canvas) {
    let words = wordRows(rect.width)
    drawHeading(side, row: rect.y, rect, isInFront: true, &canvas)
    let stage = Rect(
      x: rect.x, y: rect.y + 1, width: rect.width, height: rect.height - words - 2)
    var sideLook = look
    // A side is a window of its own to its scene.
    sideLook.size = Size(columns: rect.width, rows: rect.height + 4)
    canvas.clipped(to: stage) { canvas in
      side.show.drawStage(
        side.step, progress: side.moves ? progress : 1, in: stage, of: &canvas, look: sideLook)
    }
    canvas.fill(Rect(x: rect.x, y: stage.bottom, width: rect.width, height: 1), "─", .border)
    drawSentence(
      side, Rect(x: rect.x + 1, y: stage.bottom + 1, width: rect.width - 2, height: words), &canvas)
  }

  private func drawWords(_ side: Side, in rect: Rect, _ canvas: inout Canvas) {
    drawHeading(side, row: rect.y, rect, isInFront: false, &canvas)
    drawSentence(
      side, Rect(x: rect.x + 1, y: rect.y + 1, width: rect.width - 2, height: rect.height - 1),
      &canvas)
  }

  private func drawHeading(
    _ side: Side, row: Int, _ rect: Rect, isInFront: Bool, _ canvas: inout Canvas
  ) {
    canvas.fill(Rect(x: rect.x, y: row, width: rect.width, height: 1), "─", .border)
    let place = Bilingual(
      "step \(side.step)/\(side.show.stepCount - 1)", "第 \(side.step)/\(side.show.stepCount - 1) 步")
    let rest =
      side.moves ? place : Bilingual("\(place.en), waits", "\(place.zh)，等待另一边")
    let end = canvas.put(" \(side.name) ", rect.x + 2, row, isInFront ? .heading : .text)
    canvas.put(" \(rest[look.language]) ", end + 1, row, .dim)
  }

  private func drawSentence(_ side: Side, _ rect: Rect, _ canvas: inout Canvas) {
    let narration = side.show.narration(ofStep: side.step, look.language)
    let text = look.detail == .what ? narration.firstSentence : narration.text
    let sentence = Rect(x: rect.x, y: rect.y, width: rect.width, height: rect.height - 1)
    frame.drawText(text, sentence, side.moves ? .text : .dim, &canvas)
    drawFields(
      side, Rect(x: rect.x, y: rect.bottom - 1, width: rect.width, height: 1), &canvas)
  }

  /// The event and its fields; what the other side has not, is marked, and comes before the rest.
  private func drawFields(_ side: Side, _ rect: Rect, _ canvas: inout Canvas) {
    guard side.record.event != "chapter", side.record.event != "say" else { return }
    func isMarked(_ name: String) -> Bool {
      !side.eventDiffers && side.differing.contains(name)
    }
    let fields =
      side.record.fields.filter { isMarked($0.name) }
      + side.record.fields.filter { !isMarked($0.name) }
    var words = [(text: side.record.event, isMarked: side.eventDiffers)]
    words += fields.map { ("\($0.name)=\($0.value.text)", isMarked($0.name)) }
    var column = rect.x
    for word in words {
      let text = (word.isMarked ? "≠" : "") + VisibleText.escape(word.text)
      let room = rect.right - column
      guard room > 2 else { return }
      let style = word.isMarked ? Style(.current, .bold) : .dim
      column = canvas.put(TextLayout.fit(text, columns: room), column, rect.y, style) + 2
    }
  }

  // MARK: - Differences

  /// The line that says whether the present operation differs, and in what.
  private func drawVerdict(row: Int, _ canvas: inout Canvas) {
    let comparison = show.comparison
    let pair = comparison.pairs[comparison.pair(ofStep: step)]
    let width = look.size.columns
    canvas.fill(Rect(x: 0, y: row, width: width, height: 1), "─", .border)
    let count = show.differences.count
    let total =
      count == 0
      ? Bilingual("no difference", "没有差异")
      : Bilingual(
        count == 1 ? "1 operation differs" : "\(count) operations differ", "\(count) 个操作有差异")
    let tally = " \(total[look.language]) "
    canvas.put(tally, width - GlyphWidth.of(tally) - 2, row, .dim)
    let room = width - GlyphWidth.of(tally) - 7
    let what = pair.isOperation ? VisibleText.escape(pair.text) + ": " : ""
    let text = " \(what)\(ComparisonWords.difference(pair, show.sideNames)[look.language]) "
    canvas.put(
      TextLayout.fit(text, columns: room), 2, row,
      pair.difference == nil ? .dim : Style(.current, .bold))
  }

  /// Marks the operations that differ on the line of chapters.
  private func markDifferences(row: Int, _ canvas: inout Canvas) {
    let scrubber = Scrubber(columns: look.size.columns, stepCount: show.stepCount)
    let here = scrubber.column(ofStep: step)
    var last = here
    for difference in show.differences {
      let column = scrubber.column(ofStep: difference)
      // Ascending: several in one column come one after the other.
      guard column != here, column != last else { continue }
      last = column
      Scrubber.mark("≠", at: column, row, Style(.moved, .bold), .underline, on: &canvas)
    }
  }
}

/// The sentences of a comparison.
enum ComparisonWords {
  /// What two sides differ in at one operation.
  static func difference(
    _ pair: Comparison.Pair, _ names: (left: String, right: String)
  ) -> Bilingual {
    switch pair.difference {
    case nil:
      return pair.isOperation
        ? Bilingual("both sides do the same", "两边相同") : Bilingual("a remark", "说明")
    case .oneSided:
      let name = pair.left.isEmpty ? names.right : names.left
      return Bilingual("≠ only \(name) does this", "≠ 只有 \(name) 做这个操作")
    case .event(let offset):
      return Bilingual(
        "≠ the sides part at its event \(offset + 1)", "≠ 从第 \(offset + 1) 个事件起两边不同")
    case .state(let fields):
      let list = fields.joined(separator: ", ")
      return Bilingual(
        "≠ same events, other state: \(list)", "≠ 事件相同，状态不同：\(list)")
    }
  }
}
