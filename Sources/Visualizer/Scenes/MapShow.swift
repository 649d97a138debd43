import Models

/// Makes a map's scenario or trace ready to be watched.
enum MapShow {
  static let model = "map"
  /// The rules by their names in scenario files.
  static let rules: [(name: String, rules: MapType.Rules)] = [
    ("notes", .notes), ("go1.19", .go1_19), ("go1.20", .go1_19), ("go1.21", .go1_23),
    ("go1.22", .go1_23), ("go1.23", .go1_23),
  ]

  /// A show of a scenario file.
  static func open(_ file: ScenarioFile, name: String) throws(InputError) -> any Show {
    let names = rules.map(\.name)
    let word = file.rules
    let text = word?.text ?? "go1.19"
    guard let chosen = rules.first(where: { $0.name == text }) else {
      throw InputError(
        file: file.file, line: word?.line, column: word?.column,
        "unknown rules '\(text)' for a map; \(Nearest.hint(text, among: names))")
    }
    var language = MapScript(file: file.file, seed: file.seed)
    var script: [ScriptItem<MapOperation>] = []
    for entry in file.script {
      switch entry {
      case .chapter(let title): script.append(.chapter(title))
      case .say(let text): script.append(.say(text))
      case .line(let line):
        let operations = try language.parse(line)
        for operation in operations {
          script.append(.operation(operation, brisk: operations.count > 3))
        }
      }
    }
    let type = MapType(rules: chosen.rules)
    let scenario = Scenario(
      name: name, title: file.title, rules: text, seed: file.seed,
      initial: Hmap(type: type, seed: file.seed), script: script)
    return Performance(scenario, MapSubject(keys: language.keys, rules: type.rules))
  }

  /// A show of a captured trace.
  static func open(_ trace: MapTrace, name: String) -> any Show {
    let what = VisibleText.escape(trace.what)
    let script: [ScriptItem<MapOperation>] = trace.operations.map {
      .operation($0.operation, brisk: trace.operations.count > 50)
    }
    let scenario = Scenario(
      name: name, title: Bilingual(what, what), rules: trace.go, seed: 0, initial: trace.initial,
      script: script)
    return Performance(
      scenario,
      MapSubject(keys: trace.keys, rules: trace.type.rules, capturedFrom: VisibleText.escape(trace.go)))
  }
}
