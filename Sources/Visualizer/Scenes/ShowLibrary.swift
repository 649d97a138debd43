import BundledScenarios
import Models

/// Finds what a viewer asks for by name, file or `-`, and makes it ready to be watched.
enum ShowLibrary {
  /// What a file holds, told from its first bytes.
  enum Contents {
    case scenario(ScenarioFile)
    case captured(any CapturedFile)
  }

  /// Whether a word names something that could be opened.
  static func isKnown(_ argument: String) -> Bool {
    argument == "-" || BundledScenarios.all.contains { $0.name == argument }
      || InputFile.exists(argument)
  }

  /// Opens a bundled scenario, a scenario file, a captured trace, or standard input.
  ///
  /// A bundled name goes before a file of that name; write `./name` for the file.
  ///
  /// `connection` chooses one of a packet capture's connections, from 1; if nil it is the first, or,
  /// where there are several and the caller wants it, the table of all of them. `scriptRules` go
  /// before those that a packetdrill script names; `rules` take the place of a scenario file's own.
  /// `warn` hears what of a file could not be read.
  static func open(
    _ argument: String, connection: Int? = nil, scriptRules: PacketdrillRules.Name? = nil,
    rules: String? = nil, tableFirst: Bool = false, warn: (String?) -> Void = { _ in }
  ) throws(InputError) -> any Show {
    var contents = try contents(argument, rules: scriptRules)
    if let rules { contents = try Self.contents(contents, argument, under: rules) }
    if case .captured(let captured) = contents { warn(captured.warning) }
    if tableFirst, connection == nil, case .captured(let captured) = contents,
      let capture = captured as? PacketCapture
    {
      return try watchable(capture.firstShow(name: shortName(argument)), argument)
    }
    return try watchable(opened(contents, argument, connection), argument)
  }

  /// Refuses a show without steps, which has no frame, and one that nobody could watch to the end.
  private static func watchable(_ show: any Show) throws(ScriptError) -> any Show {
    if show.isTooLong { throw ScriptError(.tooManySteps) }
    guard show.stepCount > 0 else {
      throw ScriptError(
        Bilingual(
          "nothing happens in this file: there is no step to show",
          "这个文件什么也没有做：没有可看的步骤"))
    }
    return show
  }

  private static func watchable(_ show: any Show, _ argument: String) throws(InputError) -> any Show
  {
    do { return try watchable(show) } catch { throw InputError(file: argument, error) }
  }

  private static func opened(
    _ contents: Contents, _ argument: String, _ connection: Int?
  ) throws(InputError) -> any Show {
    let name = shortName(argument)
    if case .captured(let captured) = contents, let capture = captured as? PacketCapture {
      return try capture.show(name: name, connection: connection ?? 1)
    }
    guard connection == nil else {
      throw InputError(file: argument, "--connection is for packet captures; this is none")
    }
    switch contents {
    case .scenario(let file): return try open(file, name: name)
    case .captured(let captured):
      if let show = try captured.show(name: name) { return show }
      throw InputError(
        file: argument, "this file can be checked, but there is nothing in it to watch")
    }
  }

  /// Reads a file and tells from its beginning what it holds.
  static func contents(
    _ argument: String, rules: PacketdrillRules.Name? = nil
  ) throws(InputError) -> Contents {
    let contents = try read(argument, rules)
    if rules != nil {
      guard case .captured(let captured) = contents, captured is PacketdrillFile else {
        throw InputError(
          file: argument, "--rules is for packetdrill scripts, .pkt; this is none")
      }
    }
    return contents
  }

  private static func read(
    _ argument: String, _ rules: PacketdrillRules.Name?
  ) throws(InputError) -> Contents {
    if let bundled = BundledScenarios.all.first(where: { $0.name == argument }) {
      return .scenario(try ScenarioFile(file: "\(argument).yaml", bytes: bundled.yaml))
    }
    let bytes: [UInt8]
    do {
      switch try InputFile.contents(argument) {
      case .bytes(let read): bytes = read
      case .capture(let source): return .captured(try PacketCapture(source))
      }
    } catch let error where error.kind == .missing && !argument.contains("/") {
      var error = error
      if let near = Nearest.word(argument, among: BundledScenarios.all.map(\.name)) {
        error.message += "; did you mean '\(near)'?"
      }
      throw error
    }
    if PacketdrillFile.isScript(argument, bytes) {
      return .captured(try PacketdrillFile(file: argument, bytes: bytes, rules: rules))
    }
    if let captured = try CapturedFormat.read(file: argument, bytes: bytes) {
      return .captured(captured)
    }
    if captureExtensions.contains(where: { argument.hasSuffix($0) }) {
      throw InputError(
        file: argument,
        bytes.isEmpty
          ? "the file is empty"
          : "no packet capture: it does not begin with a magic number of pcap or pcapng")
    }
    return .scenario(try ScenarioFile(file: argument, bytes: bytes))
  }

  private static let captureExtensions = [".pcap", ".pcapng", ".cap"]

  /// A scenario file with other rules than it names.
  private static func contents(
    _ contents: Contents, _ argument: String, under rules: String
  ) throws(InputError) -> Contents {
    guard case .scenario(var file) = contents else {
      throw InputError(
        file: argument, "other rules are for scenario files; a trace has those of its system")
    }
    let (model, known) = (file.model.text, rulesOfModel(file))
    guard known.contains(rules) else {
      let unknown = Bilingual.unknownRules(rules, of: model, among: known)
      throw InputError(file: argument, unknown.en)
    }
    file.choose(rules: rules)
    return .scenario(file)
  }

  private static func rulesOfModel(_ file: ScenarioFile) -> [String] {
    models.first { $0.name == file.model.text }?.rules ?? []
  }

  /// The models by their names in scenario files, and the rules that each knows.
  private static let models: [(name: String, rules: [String])] = [
    (MapShow.model, MapShow.rules.map(\.name)),
    (AllocatorShow.model, ["notes"] + GoAllocator.Rules.allCases.map(\.rawValue)),
    (TCPShow.model, [TCPRules.rfc9293.name, TCPRules.linux.name]),
  ]

  /// A show of a scenario file of whatever model.
  static func open(_ file: ScenarioFile, name: String) throws(InputError) -> any Show {
    do { return try performance(of: file, name) } catch { throw InputError(file: file.file, error) }
  }

  private static func performance(of file: ScenarioFile, _ name: String) throws(ScriptError)
    -> any Show
  {
    let show: any Show
    switch file.model.text {
    case MapShow.model: show = try MapShow.open(file, name: name)
    case AllocatorShow.model: show = try AllocatorShow.open(file, name: name)
    case TCPShow.model: show = try TCPShow.open(file, name: name)
    default:
      let hint = Nearest.hint(file.model.text, among: models.map(\.name))
      throw ScriptError(
        Bilingual(
          "unknown model '\(file.model.text)'; \(hint.en)", "没有“\(file.model.text)”这个模型；\(hint.zh)"),
        at: file.model)
    }
    show.rulebook = Rulebook(names: rulesOfModel(file).filter { $0 != show.rules }) {
      (rules) throws(ScriptError) in
      var changed = file
      changed.choose(rules: rules)
      return try watchable(performance(of: changed, name))
    }
    return show
  }

  /// A file's name without folder and extension, safe to show.
  static func shortName(_ argument: String) -> String {
    if argument == "-" { return "stdin" }
    let last = argument.split(separator: "/").last.map(String.init) ?? argument
    let known = [".json", ".yaml", ".yml", ".pkt"] + captureExtensions
    let stem = known.first { last.hasSuffix($0) }.map { String(last.dropLast($0.utf8.count)) }
    return VisibleText.escape(stem ?? last)
  }
}

extension Bilingual {
  static func unknownRules(
    _ rules: String, of model: String, among known: [String]
  ) -> Bilingual {
    let hint = Nearest.hint(rules, among: known)
    return Bilingual(
      "unknown rules '\(rules)' for \(model); \(hint.en)",
      "没有“\(rules)”这套规则；\(hint.zh)")
  }

  static let tooManySteps = Bilingual(
    "more than \(TimelineLimits.steps) steps come of this; ask for less",
    "超过 \(TimelineLimits.steps) 步；请减少一些操作")
}
