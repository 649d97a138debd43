/// The language in which a scenario asks something of one model.
protocol ScriptLanguage {
  associatedtype Operation

  /// The operations of one line, or only so many of them, the first ones.
  ///
  /// - Throws: `ScriptError` at the word that is not understood, with what to write instead.
  mutating func parse(
    _ line: ScenarioFile.Word, first limit: Int
  ) throws(ScriptError) -> ParsedLine<Operation>

  /// The words that may follow some words of a line, as far as they can be listed: those of the
  /// language, and the names that are known behind the lines read so far.
  func candidates(after words: [String]) -> [String]
}

/// What a line of a script asks for.
struct ParsedLine<Operation> {
  var operations: [Operation]
  /// How many operations the whole line stands for, those that were left out among them.
  var count: Int

  init(_ operations: [Operation], count: Int) {
    (self.operations, self.count) = (operations, count)
  }

  /// The first few operations of a line.
  init(_ operations: [Operation], first limit: Int) {
    self.operations = operations.count > limit ? Array(operations.prefix(limit)) : operations
    count = operations.count
  }
}

extension ScriptLanguage {
  /// All operations of a line.
  mutating func parse(_ line: ScenarioFile.Word) throws(ScriptError) -> [Operation] {
    try parse(line, first: .max).operations
  }

  /// Reads one entry of a script and appends what it asks for.
  ///
  /// A line that stands for many operations is played briskly.
  mutating func read(
    _ entry: ScenarioFile.Entry, into items: inout [ScriptItem<Operation>]
  ) throws(ScriptError) {
    let parsed: ParsedLine<Operation>
    switch entry {
    case .chapter(let title):
      items.append(.chapter(title))
      return
    case .say(let text):
      items.append(.say(text))
      return
    case .line(let line): parsed = try parse(line, first: .max)
    case .part(let line, let first):
      parsed = try parse(line, first: first)
      guard first <= parsed.count else {
        throw ScriptError(
          Bilingual(
            "first: \(first) is too many; this line has \(parsed.count) operations",
            "first: \(first) 太多；这一行只有 \(parsed.count) 个操作"), at: line)
      }
    }
    for operation in parsed.operations {
      items.append(.operation(operation, brisk: parsed.count > 3))
    }
  }
}

/// A scenario's script, read in a model's language.
struct Script<Operation> {
  var items: [ScriptItem<Operation>] = []
  /// How many items there are behind each of the file's entries.
  var ends: [Int] = []
}

extension ScenarioFile {
  /// The script with its lines read in a model's language.
  func script<Language: ScriptLanguage>(
    in language: inout Language
  ) throws(ScriptError) -> Script<Language.Operation> {
    var result = Script<Language.Operation>()
    result.items.reserveCapacity(script.count)
    result.ends.reserveCapacity(script.count)
    for entry in script {
      try language.read(entry, into: &result.items)
      result.ends.append(result.items.count)
    }
    return result
  }
}
