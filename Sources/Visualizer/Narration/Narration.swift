/// What is said of a step.
struct Narration: Equatable {
  /// At most two sentences: what happens, then why.
  var text: String
  /// Where the rule comes from in the original, such as `runtime/map.go evacuate`.
  var source: String?

  init(_ text: String, source: String? = nil) {
    self.text = text
    self.source = source
  }

  /// What happens, without why.
  var firstSentence: String {
    let ends = [". ", "。", "? ", "？", "! ", "！"].compactMap { text.firstRange(of: $0) }
    guard let end = ends.min(by: { $0.lowerBound < $1.lowerBound }) else { return text }
    let last = text[end].hasSuffix(" ") ? text.index(before: end.upperBound) : end.upperBound
    return String(text[..<last])
  }
}

/// A value of one of an event's fields in `steps --json`.
enum FieldValue: Equatable {
  case text(String)
  case integer(Int)
  case flag(Bool)
  case texts([String])
  case integers([Int])
  case none

  init(_ text: String) { self = .text(text) }
  init(_ integer: Int) { self = .integer(integer) }
  init(_ flag: Bool) { self = .flag(flag) }
}

extension FieldValue {
  /// The value as a line of text shows it.
  var text: String {
    switch self {
    case .text(let value): value
    case .integer(let value): "\(value)"
    case .flag(let value): value ? "true" : "false"
    case .texts(let values): values.joined(separator: ",")
    case .integers(let values): values.map(String.init).joined(separator: ",")
    case .none: "-"
    }
  }
}
