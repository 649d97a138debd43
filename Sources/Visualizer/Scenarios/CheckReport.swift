/// What came of comparing a captured file with a model.
enum CheckReport: Equatable {
  /// Everything is as captured: how many operations, rows or entries.
  case matches(count: Int, what: String, version: String)
  /// The first difference, as a sentence.
  case differs(String)
  /// Nothing speaks against a capture, as a sentence.
  case consistent(String)
  /// What a capture should not hold: a sentence, and a line for each.
  case findings([String])

  /// As `check` prints it behind the file's name, safe for a terminal.
  var sentence: String {
    switch self {
    case .matches(let count, let what, let version):
      Self.shown("\(count) of \(count) \(what) match \(version)")
    case .differs(let sentence), .consistent(let sentence): Self.shown(sentence)
    case .findings(let lines): lines.map(Self.shown).joined(separator: "\n")
    }
  }

  private static func shown(_ sentence: String) -> String {
    VisibleText.label(sentence, limit: ScenarioFile.textLimit)
  }

  /// The first difference; nil where all match.
  var difference: String? {
    switch self {
    case .differs(let sentence): sentence
    case .findings(let lines): lines.first
    case .matches, .consistent: nil
    }
  }

  var isMatch: Bool { difference == nil }
}
