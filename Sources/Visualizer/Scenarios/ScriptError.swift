/// What is wrong with what a scenario asks of a model, where, and what to write instead.
///
/// Whoever types operations in the player meets it too, so it is in both languages: a script's
/// language cannot throw anything else.
struct ScriptError: Error, Equatable {
  /// 1-based; nil where the error concerns the scenario as a whole.
  var line: Int?
  /// 1-based, in bytes.
  var column: Int?
  var message: Bilingual

  /// An error at a byte of a word, or of the scenario as a whole.
  init(_ message: Bilingual, at word: ScenarioFile.Word? = nil, offset: Int = 0) {
    line = word?.line
    column = word.map { $0.column + offset }
    self.message = message
  }
}

extension InputError {
  /// What is wrong with a file because of what its scenario asks.
  init(file: String, _ error: ScriptError) {
    self.init(file: file, line: error.line, column: error.column, error.message.en)
  }
}
