/// Writes a scenario file, so that it reads as the same scenario again.
///
/// Comments are not part of a scenario and so are not written.
extension ScenarioFile {
  /// The file's text in YAML.
  var text: String {
    var text = "title: \(Self.pair(title))\n"
    if let teaches { text += "teaches: \(Self.pair(teaches))\n" }
    text += "model: \(Self.scalar(model.text))\n"
    if let rules { text += "rules: \(Self.scalar(rules.text))\n" }
    text += "seed: \(seed)\n"
    if !parameters.isEmpty {
      text += "parameters:\n"
      for (name, value) in parameters {
        text += "  \(Self.scalar(name.text)): \(Self.scalar(value.text))\n"
      }
    }
    text += "script:\n"
    for entry in script { text += Self.item(entry) }
    return text
  }

  private static func item(_ entry: Entry) -> String {
    switch entry {
    case .chapter(let title): "  - chapter: \(pair(title))\n"
    case .say(let said) where said.en == said.zh: "  - say: \(scalar(said.en))\n"
    case .say(let said):
      "  - say:\n      en: \(scalar(said.en))\n      zh: \(scalar(said.zh))\n"
    case .line(let line): "  - \(scalar(line.text))\n"
    case .part(let line, let first): "  - first: \(first)\n    of: \(scalar(line.text))\n"
    }
  }

  /// A text in both languages; only one where they are the same.
  private static func pair(_ text: Bilingual) -> String {
    text.en == text.zh
      ? scalar(text.en) : "{ en: \(scalar(text.en)), zh: \(scalar(text.zh)) }"
  }

  /// A text as YAML reads it back: plain where nothing in it means anything to YAML, else in quotes.
  private static func scalar(_ text: String) -> String {
    isPlain(text) ? text : quoted(text)
  }

  private static func isPlain(_ text: String) -> Bool {
    let scalars = text.unicodeScalars
    guard let first = scalars.first, let last = scalars.last, last != " " else { return false }
    guard first.properties.isAlphabetic || first.properties.numericType != nil else { return false }
    return scalars.allSatisfy { scalar in
      scalar.isASCII ? harmlessSigns.contains(scalar) : isPrintable(scalar)
    }
  }

  private static let harmlessSigns: Set<Unicode.Scalar> = Set(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._=/+-;()".unicodeScalars)

  /// Whether YAML takes a character from beyond ASCII as it is, and it can be seen.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    VisibleText.isHarmless(scalar) && scalar.value & 0xfffe != 0xfffe
  }

  /// `&` and `*` are escaped too: with them the reader would suspect anchors.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case "&": result += "\\x26"
      case "*": result += "\\x2A"
      case " "..."~": result.unicodeScalars.append(scalar)
      case _ where !scalar.isASCII && isPrintable(scalar): result.unicodeScalars.append(scalar)
      default:
        let digits = String(scalar.value, radix: 16)
        result += "\\U" + String(repeating: "0", count: 8 - digits.utf8.count) + digits
      }
    }
    return result + "\""
  }
}
