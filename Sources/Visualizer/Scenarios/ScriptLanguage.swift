/// The language in which a scenario asks something of one model.
protocol ScriptLanguage {
  associatedtype Operation

  /// The operations of one line.
  ///
  /// - Throws: `InputError` at the word that is not understood, with what to write instead.
  mutating func parse(_ line: ScenarioFile.Word) throws(InputError) -> [Operation]
}

extension ScenarioFile {
  /// The script with its lines read in a model's language.
  ///
  /// A line that stands for many operations is played briskly.
  func script<Language: ScriptLanguage>(
    in language: inout Language
  ) throws(InputError) -> [ScriptItem<Language.Operation>] {
    var items: [ScriptItem<Language.Operation>] = []
    items.reserveCapacity(script.count)
    for entry in script {
      switch entry {
      case .chapter(let title): items.append(.chapter(title))
      case .say(let text): items.append(.say(text))
      case .line(let line):
        let operations = try language.parse(line)
        for operation in operations {
          items.append(.operation(operation, brisk: operations.count > 3))
        }
      }
    }
    return items
  }
}
