import Models

/// The language in which a scenario asks something of two ends and the wire between them.
struct TCPScript: ScriptLanguage {
  private(set) var words = TCPWords()
  /// The network before the first line.
  let start: TCPNetwork

  init(_ file: ScenarioFile, rules: TCPRules) throws(InputError) {
    start = TCPNetwork(client: rules, server: rules, seed: file.seed)
  }

  mutating func parse(_ line: ScenarioFile.Word) throws(InputError) -> [TCPOperation] { [] }
}
