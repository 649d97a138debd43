import Models

/// Makes a scenario or a captured ladder of TCP ready to be watched.
enum TCPShow {
  static let model = "tcp"

  /// A show of a scenario file.
  static func open(_ file: ScenarioFile, name: String) throws(InputError) -> any Show {
    let text = file.rules?.text ?? "rfc9293"
    let names = [TCPRules.rfc9293.name, TCPRules.linux.name]
    guard let rules = [TCPRules.rfc9293, TCPRules.linux].first(where: { $0.name == text }) else {
      throw InputError(
        file: file.file, line: file.rules?.line, column: file.rules?.column,
        "unknown rules '\(text)' for TCP; \(Nearest.hint(text, among: names))")
    }
    var language = try TCPScript(file, rules: rules)
    let initial = language.start
    let script = try file.script(in: &language)
    let scenario = Scenario(
      name: name, title: file.title, rules: text, seed: file.seed, initial: initial,
      script: script)
    return Performance(scenario, TCPSubject(words: language.words, rules: rules))
  }
}

extension TCPLadder: CapturedFile {
  func show(name: String) -> (any Show)? {
    let title = VisibleText.escape(title)
    let script: [ScriptItem<TCPOperation>] = operations.map {
      .operation($0, brisk: false)
    }
    let scenario = Scenario(
      name: name, title: Bilingual(title, title), rules: "linux", seed: 0, initial: initial,
      script: script)
    return Performance(
      scenario,
      TCPSubject(
        words: TCPWords(), rules: initial.clientRules,
        capturedFrom: VisibleText.escape(kernel)))
  }
}
