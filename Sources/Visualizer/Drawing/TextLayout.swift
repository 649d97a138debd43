/// Text measured and broken by columns, in Latin and Chinese alike.
enum TextLayout {
  /// Cuts a text to a number of columns, marking the cut with `…`.
  static func fit(_ text: String, columns: Int) -> String {
    guard columns > 0 else { return "" }
    if GlyphWidth.of(text) <= columns { return text }
    var result = String.UnicodeScalarView()
    var used = 0
    for scalar in text.unicodeScalars {
      let width = GlyphWidth.of(scalar)
      if used + width > columns - 1 { break }
      result.append(scalar)
      used += width
    }
    return String(result) + "…"
  }

  /// Pads a text with blanks on the right to a number of columns, cutting it where it is longer.
  static func pad(_ text: String, columns: Int) -> String {
    let fitted = fit(text, columns: columns)
    return fitted + String(repeating: " ", count: max(0, columns - GlyphWidth.of(fitted)))
  }

  /// Pads a text with blanks on the left to a number of columns.
  static func padLeft(_ text: String, columns: Int) -> String {
    let fitted = fit(text, columns: columns)
    return String(repeating: " ", count: max(0, columns - GlyphWidth.of(fitted))) + fitted
  }

  /// Breaks a text into lines of at most so many columns.
  ///
  /// Latin text breaks at blanks, Chinese between any two characters except before closing and
  /// after opening punctuation. A word longer than a line is cut hard.
  static func wrap(_ text: String, columns: Int) -> [String] {
    guard columns > 0 else { return [] }
    var lines: [String] = []
    var line = String.UnicodeScalarView()
    var lineWidth = 0
    for piece in pieces(of: text) {
      let isBlank = piece.scalars.first == " "
      if lineWidth + piece.width > columns, lineWidth > 0 {
        if isBlank { continue }
        while line.last == " " { line.removeLast() }
        lines.append(String(line))
        line = String.UnicodeScalarView()
        lineWidth = 0
      }
      if isBlank, lineWidth == 0 { continue }
      for scalar in piece.scalars {
        let width = GlyphWidth.of(scalar)
        if lineWidth + width > columns {
          lines.append(String(line))
          line = String.UnicodeScalarView()
          lineWidth = 0
        }
        line.append(scalar)
        lineWidth += width
      }
    }
    while line.last == " " { line.removeLast() }
    if !line.isEmpty { lines.append(String(line)) }
    return lines
  }

  private struct Piece {
    var scalars: [Unicode.Scalar] = []
    var width = 0
  }

  /// The text in pieces that are not to be broken: words, blanks, single wide characters with the
  /// punctuation that belongs to them.
  private static func pieces(of text: String) -> [Piece] {
    var pieces: [Piece] = []
    var previous: Unicode.Scalar?
    for scalar in text.unicodeScalars {
      let width = GlyphWidth.of(scalar)
      let sticks: Bool
      if let previous {
        let bothNarrow = width < 2 && GlyphWidth.of(previous) < 2
        let sameKind = (scalar == " ") == (previous == " ")
        sticks =
          (bothNarrow && sameKind) || closing.contains(scalar) || opening.contains(previous)
      } else {
        sticks = false
      }
      if sticks, !pieces.isEmpty {
        pieces[pieces.count - 1].scalars.append(scalar)
        pieces[pieces.count - 1].width += width
      } else {
        pieces.append(Piece(scalars: [scalar], width: width))
      }
      previous = scalar
    }
    return pieces
  }

  private static let closing = Set("，。；：？！、）」』》”’…".unicodeScalars)
  private static let opening = Set("（「『《“‘".unicodeScalars)
}
