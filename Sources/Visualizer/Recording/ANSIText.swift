/// A canvas as text with escape sequences for colours and attributes.
enum ANSIText {
  /// The whole canvas, a line a row, trailing plain blanks cut.
  static func page(_ canvas: Canvas, _ theme: Theme) -> String {
    var text = ""
    for row in 0..<canvas.size.rows {
      text += line(canvas, row: row, from: 0, to: canvas.plainEnd(row: row), theme)
      text += "\n"
    }
    return text
  }

  /// Cells of one row, with the style reset at its end.
  static func line(
    _ canvas: Canvas, row: Int, from: Int, to: Int, _ theme: Theme
  ) -> String {
    var text = ""
    var current = Theme.Look(colour: -1, attributes: [])
    for column in from..<max(from, to) {
      let cell = canvas[column, row]
      guard cell.width > 0, let scalar = Unicode.Scalar(cell.scalar) else { continue }
      let look = theme.look(cell)
      if look != current {
        text += sequence(look, theme.depth)
        current = look
      }
      text.unicodeScalars.append(scalar)
    }
    if current != Theme.Look(colour: -1, attributes: []) { text += "\u{1b}[0m" }
    return text
  }

  /// The escape sequence that selects a look, whatever was selected before.
  private static func sequence(_ look: Theme.Look, _ depth: Theme.Depth) -> String {
    var codes = ["0"]
    if look.attributes.contains(.bold) { codes.append("1") }
    if look.attributes.contains(.underline) { codes.append("4") }
    if look.attributes.contains(.reverse) { codes.append("7") }
    if look.colour >= 0 {
      codes.append(depth == .eight ? "\(30 + look.colour)" : "38;5;\(look.colour)")
    }
    if look.ground >= 0 {
      codes.append(depth == .eight ? "\(40 + look.ground)" : "48;5;\(look.ground)")
    }
    return "\u{1b}[" + codes.joined(separator: ";") + "m"
  }
}
