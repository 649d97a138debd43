/// Text from files, made safe to show: what a terminal would act upon is spelled out instead.
enum VisibleText {
  /// Returns the text with control, bidirectional and invisible characters written as escapes.
  ///
  /// - Complexity: O(n); returns the text itself where nothing has to be escaped.
  static func escape(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }) { return text }
    var result = ""
    for scalar in text.unicodeScalars {
      if isHarmless(scalar) {
        result.unicodeScalars.append(scalar)
      } else if scalar.value < 0x100 {
        let hex = String(scalar.value, radix: 16)
        result += "\\x" + (hex.count < 2 ? "0" : "") + hex
      } else {
        result += "\\u{" + String(scalar.value, radix: 16) + "}"
      }
    }
    return result
  }

  /// Returns the text escaped, and of one with more than so many characters only the start, with the
  /// length of the whole behind it: what is drawn in every frame must not cost what a file may hold.
  ///
  /// - Complexity: O(`limit`).
  static func label(_ text: String, limit: Int = 200) -> String {
    let scalars = text.unicodeScalars
    guard text.utf8.count > limit,
      let end = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      end < scalars.endIndex
    else { return escape(text) }
    return escape(String(scalars[..<end])) + "…(\(text.utf8.count) B)"
  }

  /// Whether showing the character moves nothing, hides nothing and starts no escape sequence.
  static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7f..<0xa0: false  // C0, DEL, C1
    case 0xad: false  // soft hyphen
    case 0x61c, 0x180e, 0x200b...0x200f, 0x2028...0x202e, 0x2060...0x206f: false
    case 0xfe00...0xfe0f, 0xfeff, 0xfff9...0xfffb, 0xe0000...0xe0fff: false
    case 0xd800...0xf8ff where scalar.properties.generalCategory == .privateUse: false
    case 0xfdd0...0xfdef: false  // noncharacters, which XML forbids
    case let value where value & 0xfffe == 0xfffe: false
    default: true
    }
  }
}
