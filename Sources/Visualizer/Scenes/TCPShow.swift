import Models

/// Makes a scenario or a captured ladder of TCP ready to be watched.
enum TCPShow {
  static let model = "tcp"

  /// A show of a scenario file.
  static func open(_ file: ScenarioFile, name: String) throws(ScriptError) -> any Show {
    let text = file.rules?.text ?? "rfc9293"
    let names = [TCPRules.rfc9293.name, TCPRules.linux.name]
    guard let rules = [TCPRules.rfc9293, TCPRules.linux].first(where: { $0.name == text }) else {
      throw ScriptError(
        .unknownRules(text, of: "TCP", among: names), at: file.rules)
    }
    var language = try TCPScript(file, rules: rules)
    let start = language
    let script = try file.script(in: &language)
    let origin = ScriptOrigin(file, script.ends, start: start) {
      TCPSubject(words: $0.words, rules: rules)
    }
    let scenario = Scenario(
      name: name, title: file.title, rules: text, seed: file.seed, initial: start.start,
      script: script.items)
    return Performance(scenario, origin.subject(language), origin: origin)
  }

  /// How a captured ladder goes on: the fates that were captured are not those of other segments.
  static func origin(
    captured count: Int, subject: @escaping (TCPWords) -> TCPSubject
  ) -> ScriptOrigin<TCPScript, TCPSubject> {
    ScriptOrigin(
      captured: count,
      resume: { (count, timeline) in
        var network = timeline.state(before: count)
        network.perform(.forgetFates, observer: nil)
        return (TCPScript(resuming: network, words: TCPWords()), [.forgetFates])
      }, subject: { subject($0.words) })
  }
}

extension TCPLadder: CapturedFile {
  /// The ladder as the model plays it: the very run that `check` compares.
  func show(name: String) -> (any Show)? {
    let title = VisibleText.label(title, limit: ScenarioFile.textLimit)
    var check = compared()
    let ladder = check.ladder
    if check.parting != nil {
      check = TCPLadderCheck(ladder: ladder)
      check.run(goingOn: true)
    }
    // Several connections are there from the beginning, so that their table is.
    let prepared = ladder.connections.count > 1 ? check.preparedCount : 0
    var initial = ladder.initial
    for operation in check.operations.prefix(prepared) {
      initial.perform(operation, observer: nil)
    }
    var script: [ScriptItem<TCPOperation>] = check.operations.dropFirst(prepared).map {
      .operation($0, brisk: false)
    }
    if let (place, difference) = check.parting {
      Parting(
        title: Bilingual("Capture and model part", "捕获与模型分歧"), difference: difference
      ).insert(into: &script, at: place - prepared)
    }
    let scenario = Scenario(
      name: name, title: Bilingual(title, title), rules: "linux", seed: 0, initial: initial,
      script: script)
    let rules = ladder.initial.clientRules
    let subject = { (words: TCPWords) in
      TCPSubject(words: words, rules: rules, capturedFrom: VisibleText.label(kernel))
    }
    return Performance(
      scenario, subject(TCPWords()),
      origin: TCPShow.origin(captured: script.count, subject: subject))
  }
}
