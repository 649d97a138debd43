/// Text as it may stand in SVG and HTML.
enum Markup {
  /// The most characters of a text from a file that a page repeats.
  static let limit = 2000

  /// A text with everything spelled out that markup would act upon, in elements and attributes.
  static func escape(_ text: String) -> String {
    var result = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result.append(contentsOf: "&amp;".unicodeScalars)
      case "<": result.append(contentsOf: "&lt;".unicodeScalars)
      case ">": result.append(contentsOf: "&gt;".unicodeScalars)
      case "\"": result.append(contentsOf: "&quot;".unicodeScalars)
      case "'": result.append(contentsOf: "&#39;".unicodeScalars)
      default: result.append(scalar)
      }
    }
    return String(result)
  }

  /// A JSON string that may stand inside of a script element: nothing in it can end the element.
  static func json(_ text: String) -> String {
    JSONObject.quote(text).replacing("<", with: "\\u003c")
  }

  /// A text from a file as a reader may see it: nothing invisible, of bounded length, in the
  /// charset's characters.
  static func visible(_ text: String, _ charset: Charset) -> String {
    let scalars = text.unicodeScalars
    guard let cut = scalars.index(scalars.startIndex, offsetBy: limit, limitedBy: scalars.endIndex),
      cut < scalars.endIndex
    else { return charset.reduce(VisibleText.escape(text)) }
    return charset.reduce(VisibleText.escape(String(scalars[..<cut])) + "…")
  }
}
