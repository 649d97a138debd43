/// What the narration's box says while the viewer predicts: a question with its choices, or, below
/// the narration, how the last answer was.
struct PredictionPanel: Equatable {
  var question: Question?
  var note: Note?

  /// A line below the narration.
  struct Note: Equatable {
    var text: Bilingual
    var style: Style
  }

  /// Rows of the box while the viewer predicts, edges included: the same at every step, so that the
  /// stage stays where it is.
  static func rows(isFull: Bool) -> Int { isFull ? 6 : 5 }

  /// Draws the question and, below it, the choices behind the digits that choose them.
  static func draw(
    _ question: Question, in rect: Rect, _ language: Language, on canvas: inout Canvas
  ) {
    let text = TextLayout.wrap(VisibleText.escape(question.text[language]), columns: rect.width)
    for (index, line) in text.enumerated() {
      canvas.put(line, rect.x, rect.y + index, Style(.text, .bold))
    }
    let choices = question.choices.map { VisibleText.escape($0[language]) }
    let room = max(1, rect.height - text.count)
    let columns = self.columns(choices, in: rect.width, rows: room)
    let rows = (choices.count + columns - 1) / columns
    let width = columns == choices.count ? nil : rect.width / columns
    var x = rect.x
    for (index, choice) in choices.enumerated() {
      let y = rect.y + text.count + index % rows
      if let width { x = rect.x + index / rows * width }
      let end = canvas.put("\(index + 1) ", x, y, Style(.current, .bold))
      x = canvas.put(TextLayout.fit(choice, columns: rect.right - end), end, y) + gap
    }
  }

  private static let gap = 4

  /// Beside each other where all fit into a row, else in as many columns as they fit into.
  private static func columns(_ choices: [String], in width: Int, rows: Int) -> Int {
    let widths = choices.map { GlyphWidth.of($0) + 2 }
    if widths.reduce(0, +) + gap * (choices.count - 1) <= width { return choices.count }
    let fitting = (1..<choices.count).filter { columns in
      (widths.max() ?? 0) + 2 <= width / columns
        && (choices.count + columns - 1) / columns <= rows
    }
    return fitting.first ?? (choices.count + rows - 1) / rows
  }
}
