/// A JSON object written member by member, in that order: deterministic, and on one line.
struct JSONObject {
  private let charset: Charset
  private var text = "{"

  /// An object; with the ASCII charset all other characters are written as `\uXXXX`.
  init(_ charset: Charset = .unicode) { self.charset = charset }

  mutating func add(_ name: String, _ value: FieldValue) {
    if text.utf8.count > 1 { text += "," }
    text += "\(quote(name)):"
    switch value {
    case .text(let value): text += quote(value)
    case .integer(let value): text += "\(value)"
    case .flag(let value): text += value ? "true" : "false"
    case .integers(let values): text += "[" + values.map(String.init).joined(separator: ",") + "]"
    case .texts(let values): text += "[" + values.map(quote).joined(separator: ",") + "]"
    case .none: text += "null"
    }
  }

  /// The object with a line's end.
  var line: String { text + "}\n" }

  private func quote(_ text: String) -> String { Self.quote(text, charset) }

  /// A string in quotes; what a terminal would act upon, and what cannot be seen, becomes `\uXXXX`.
  static func quote(_ text: String, _ charset: Charset = .unicode) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case _ where VisibleText.isHarmless(scalar) && (charset == .unicode || scalar.isASCII):
        result.unicodeScalars.append(scalar)
      default:
        for unit in UTF16.encode(scalar) ?? UTF16.EncodedScalar() {
          let hex = String(unit, radix: 16)
          result += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
        }
      }
    }
    return result + "\""
  }
}
