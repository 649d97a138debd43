import Models

/// A packetdrill script as something to check and to watch.
struct PacketdrillFile: CapturedFile {
  let script: PacketdrillScript
  let rules: PacketdrillRules.Name

  /// Reads a script; rules that are given go before those that it names.
  init(
    file: String, bytes: [UInt8], rules: PacketdrillRules.Name? = nil
  ) throws(InputError) {
    self.rules = rules ?? PacketdrillRules.name(in: bytes)
    script = try PacketdrillReader.read(
      file: file, bytes: bytes, defined: PacketdrillRules.defined(by: self.rules))
  }

  /// Whether a file holds a script, by its name or, where that says nothing, by what it holds.
  static func isScript(_ file: String, _ bytes: [UInt8]) -> Bool {
    file.hasSuffix(".pkt") || (file == "-" && PacketdrillReader.looksLikeScript(bytes))
  }

  func check() -> CheckReport {
    var run = PacketdrillRun(script, rules: rules)
    if let difference = run.run() { return .differs(difference.en) }
    let note = run.omissions.text.map { " (not compared: \($0))" } ?? ""
    return .matches(count: run.comparedCount, what: "events", version: rules.rawValue + note)
  }

  /// The script as far as the model follows it, as a ladder: the very run that `check` compares.
  func show(name: String) -> (any Show)? {
    var run = PacketdrillRun(script, rules: rules)
    let difference = run.run()
    let title = VisibleText.label(
      script.title.isEmpty ? name : script.title, limit: ScenarioFile.textLimit)
    var items: [ScriptItem<TCPOperation>] = run.operations.map {
      .operation($0, brisk: false)
    }
    if let difference {
      Parting(
        title: Bilingual("Script and model part", "脚本与模型分歧"), difference: difference
      ).insert(into: &items, at: items.count)
    }
    let scenario = Scenario(
      name: name, title: Bilingual(title, title), rules: rules.rawValue, seed: 0,
      initial: TCPNetwork(
        client: run.settings.rules, server: run.settings.rules, delay: PacketdrillRun.flight),
      script: items)
    let rules = run.settings.rules
    let subject = { (words: TCPWords) in TCPSubject(words: words, rules: rules) }
    let words = TCPWords(forged: run.injected.mapValues { VisibleText.label($0, limit: 200) })
    return Performance(
      scenario, subject(words),
      origin: TCPShow.origin(captured: items.count, subject: subject))
  }
}
