import Models

/// Makes a scenario or trace of Go's allocator ready to be watched.
enum AllocatorShow {
  static let model = "allocator"

  /// A show of a scenario file.
  static func open(_ file: ScenarioFile, name: String) throws(ScriptError) -> any Show {
    let text = file.rules?.text ?? "go1.19"
    guard let rules = GoAllocator.Rules(named: text) else {
      let names = GoAllocator.Rules.allCases.map(\.rawValue) + ["notes"]
      throw ScriptError(
        .unknownRules(text, of: "the allocator", among: names), at: file.rules)
    }
    var language = try AllocatorScript(file, rules: rules)
    let start = language
    let script = try file.script(in: &language)
    let origin = ScriptOrigin(file, script.ends, start: start) {
      AllocatorSubject(words: $0.words, rules: rules)
    }
    let scenario = Scenario(
      name: name, title: file.title, rules: text, seed: file.seed, initial: start.start,
      script: script.items)
    let show = Performance(scenario, origin.subject(language), origin: origin)
    guard show.stepCount > 0 else {
      throw ScriptError(
        Bilingual(
          "nothing happens in this script; let it allocate, such as malloc 48",
          "这个脚本什么也没有做；请让它申请内存，如 malloc 48"))
    }
    return show
  }
}

extension AllocatorTrace: CapturedFile {
  func show(name: String) throws(InputError) -> (any Show)? {
    guard isTraceOfOperations else { return nil }
    let trace = try AllocatorTraceScript.read(file: file, bytes: bytes)
    let scenario = Scenario(
      name: name, title: Bilingual(name, name), rules: VisibleText.label(trace.version), seed: 0,
      initial: trace.start,
      script: trace.steps.map {
        .operation($0.operation, brisk: trace.steps.count > 50 || Self.isRepetitive($0.operation))
      })
    let origin = ScriptOrigin(
      captured: scenario.script.count,
      resume: { (count, timeline) in
        (AllocatorScript(resuming: timeline.state(before: count)), [])
      },
      subject: { (language: AllocatorScript) in
        AllocatorSubject(
          words: language.words, rules: trace.start.rules,
          capturedFrom: VisibleText.label(trace.version))
      })
    let show = Performance(
      scenario, origin.subject(AllocatorScript(resuming: trace.start)), origin: origin)
    guard show.stepCount > 0 else { throw InputError(file: file, "nothing happens in this trace") }
    return show
  }

  /// Whether an operation of a trace goes on and on: many requests, or a cycle over many spans.
  private static func isRepetitive(_ operation: GoAllocator.Operation) -> Bool {
    switch operation {
    case .malloc(_, _, let count): count > 3
    case .gc, .gcLazy, .sweep, .finishSweep, .readMemStats: true
    default: false
    }
  }
}
