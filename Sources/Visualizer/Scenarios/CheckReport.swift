/// What came of comparing a captured file with a model.
enum CheckReport: Equatable {
  /// Everything is as captured: how many operations, rows or entries.
  case matches(count: Int, what: String, version: String)
  /// The first difference, as a sentence.
  case differs(String)

  /// As `check` prints it behind the file's name, safe for a terminal.
  var sentence: String {
    switch self {
    case .matches(let count, let what, let version):
      VisibleText.escape("\(count) of \(count) \(what) match \(version)")
    case .differs(let sentence): VisibleText.escape(sentence)
    }
  }

  /// The first difference; nil where all match.
  var difference: String? { if case .differs(let sentence) = self { sentence } else { nil } }

  var isMatch: Bool { if case .matches = self { true } else { false } }
}
