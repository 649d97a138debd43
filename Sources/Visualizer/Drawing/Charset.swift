/// Which characters a frame may hold.
enum Charset: String, CaseIterable {
  case unicode
  case ascii

  /// A text with nothing but the charset's characters.
  func reduce(_ text: String) -> String {
    guard self == .ascii else { return text }
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      result.append(
        scalar.isASCII ? scalar : Unicode.Scalar(Self.asciiStandIn(scalar.value)) ?? "?")
    }
    return String(result)
  }

  /// The ASCII character drawn in place of another, one column for one column.
  static func asciiStandIn(_ scalar: UInt32) -> UInt32 {
    switch Unicode.Scalar(scalar) {
    case "─", "╌", "┄", "—", "–": 0x2d  // -
    case "━": 0x3d  // =
    case "│", "┃", "╎", "┊", "┆": 0x7c  // |
    case "╭", "╮", "╰", "╯", "┬", "┴", "├", "┤", "┼", "└", "┘", "┌", "┐", "╞", "╡", "╪": 0x2b  // +
    case "▶", "→", "▸", "›", "»": 0x3e  // >
    case "◀", "←", "◂", "‹", "«": 0x3c  // <
    case "▲", "↑", "▴": 0x5e  // ^
    case "▼", "↓", "▾": 0x76  // v
    case "·", "┈": 0x2e  // .
    case "…": 0x7e  // ~
    case "●", "◆", "✓": 0x2a  // *
    case "○", "◇": 0x6f  // o
    case "█", "▓": 0x23  // #
    case "▒", "▆", "▇": 0x25  // %
    case "░", "▂", "▃", "▁": 0x3a  // :
    case "▄", "▅": 0x2b  // +
    case "▚": 0x26  // &
    case "╳", "×", "✗": 0x78  // x
    case "‖": 0x7c  // |
    case "≤": 0x3c
    case "≥": 0x3e
    case "≠": 0x21
    case "’", "‘": 0x27
    case "“", "”": 0x22
    default: 0x3f  // ?
    }
  }
}
