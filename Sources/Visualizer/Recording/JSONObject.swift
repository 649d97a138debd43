/// A JSON object written member by member, in that order: deterministic, and on one line.
struct JSONObject {
  private var text = "{"

  mutating func add(_ name: String, _ value: FieldValue) {
    if text.utf8.count > 1 { text += "," }
    text += "\(Self.quote(name)):"
    switch value {
    case .text(let value): text += Self.quote(value)
    case .integer(let value): text += "\(value)"
    case .flag(let value): text += value ? "true" : "false"
    case .integers(let values): text += "[" + values.map(String.init).joined(separator: ",") + "]"
    case .texts(let values): text += "[" + values.map(Self.quote).joined(separator: ",") + "]"
    case .none: text += "null"
    }
  }

  /// The object with a line's end.
  var line: String { text + "}\n" }

  /// A string in quotes; control characters become `\u00XX`.
  static func quote(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "\n": result += "\\n"
      case "\r": result += "\\r"
      case ..<" ", "\u{7f}":
        let hex = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - hex.utf8.count) + hex
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
