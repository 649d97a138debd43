import Models

/// Makes a map's scenario or trace ready to be watched.
enum MapShow {
  static let model = "map"
  /// The rules by their names in scenario files.
  static let rules: [(name: String, rules: MapType.Rules)] = [
    ("notes", .notes), ("go1.19", .go1_19), ("go1.20", .go1_19), ("go1.21", .go1_21),
    ("go1.22", .go1_23), ("go1.23", .go1_23),
  ]

  /// A show of a scenario file.
  static func open(_ file: ScenarioFile, name: String) throws(ScriptError) -> any Show {
    try file.expectParameters([])
    let text = file.rules?.text ?? "go1.19"
    guard let chosen = rules.first(where: { $0.name == text }) else {
      throw ScriptError(
        .unknownRules(text, of: "a map", among: rules.map(\.name)), at: file.rules)
    }
    var language = MapScript(seed: file.seed)
    let start = language
    let script = try file.script(in: &language)
    let type = MapType(rules: chosen.rules)
    let origin = ScriptOrigin(file, script.ends, start: start) {
      MapSubject(keys: $0.keys, rules: type.rules)
    }
    let scenario = Scenario(
      name: name, title: file.title, rules: text, seed: file.seed,
      initial: Hmap(type: type, seed: file.seed), script: script.items)
    return Performance(scenario, origin.subject(language), origin: origin)
  }
}

extension MapTrace: CapturedFile {
  func show(name: String) -> (any Show)? {
    let what = VisibleText.label(what, limit: ScenarioFile.textLimit)
    let script: [ScriptItem<MapOperation>] = operations.map {
      .operation($0.operation, brisk: operations.count > 50)
    }
    let scenario = Scenario(
      name: name, title: Bilingual(what, what), rules: VisibleText.label(go), seed: 0,
      initial: initial, script: script)
    let subject = { (keys: KeyTable) in
      MapSubject(keys: keys, rules: type.rules, capturedFrom: VisibleText.label(go))
    }
    let origin = ScriptOrigin(
      captured: operations.count,
      resume: { (count, _) in
        (MapScript(resuming: operations.prefix(count).map(\.operation), keys: keys), [])
      }, subject: { (language: MapScript) in subject(language.keys) })
    return Performance(scenario, subject(keys), origin: origin)
  }
}

extension MapHints: CapturedFile {
  func show(name: String) -> (any Show)? { nil }
}
