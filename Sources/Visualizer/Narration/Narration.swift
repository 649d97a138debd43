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
