import BundledScenarios

/// Finds what a viewer asks for by name, file or `-`, and makes it ready to be watched.
enum ShowLibrary {
  /// What a file holds, told from its first bytes.
  enum Contents {
    case scenario(ScenarioFile)
    case mapTrace(MapTrace)
    case mapHints(MapHints)
  }

  /// Whether a word names something that could be opened.
  static func isKnown(_ argument: String) -> Bool {
    argument == "-" || BundledScenarios.all.contains { $0.name == argument }
      || InputFile.exists(argument)
  }

  /// Opens a bundled scenario, a scenario file, a captured trace, or standard input.
  ///
  /// A bundled name goes before a file of that name; write `./name` for the file.
  static func open(_ argument: String) throws(InputError) -> any Show {
    let name = shortName(argument)
    switch try contents(argument) {
    case .scenario(let file): return try open(file, name: name)
    case .mapTrace(let trace): return MapShow.open(trace, name: name)
    case .mapHints:
      throw InputError(
        file: argument, "a table of make hints can be checked, but there is nothing to watch")
    }
  }

  /// Reads a file and tells from its beginning what it holds.
  static func contents(_ argument: String) throws(InputError) -> Contents {
    if let bundled = BundledScenarios.all.first(where: { $0.name == argument }) {
      return .scenario(try ScenarioFile(file: "\(argument).yaml", bytes: bundled.yaml))
    }
    let bytes: [UInt8]
    do {
      bytes = try InputFile.read(argument)
    } catch let error where error.kind == .missing && !argument.contains("/") {
      var error = error
      if let near = Nearest.word(argument, among: BundledScenarios.all.map(\.name)) {
        error.message += "; did you mean '\(near)'?"
      }
      throw error
    }
    return try contents(file: argument, bytes: bytes)
  }

  /// Reads a text that is already in memory.
  static func contents(file: String, bytes: [UInt8]) throws(InputError) -> Contents {
    let first = bytes.first { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }
    guard first == UInt8(ascii: "{"), let schema = schema(file, bytes) else {
      return .scenario(try ScenarioFile(file: file, bytes: bytes))
    }
    var reader = JSONReader(file: file, bytes: bytes)
    switch schema.string {
    case MapTrace.schema: return .mapTrace(try MapTrace(reader: &reader, name: shortName(file)))
    case MapHints.schema: return .mapHints(try MapHints(reader: &reader))
    default:
      let known = [MapTrace.schema, MapHints.schema]
      throw reader.error(
        at: schema.offset,
        "unknown schema '\(schema.string ?? "")'; \(Nearest.hint(schema.string ?? "", among: known))")
    }
  }

  /// A show of a scenario file of whatever model.
  static func open(_ file: ScenarioFile, name: String) throws(InputError) -> any Show {
    switch file.model.text {
    case MapShow.model: return try MapShow.open(file, name: name)
    default:
      throw InputError(
        file: file.file, line: file.model.line, column: file.model.column,
        "unknown model '\(file.model.text)'; \(Nearest.hint(file.model.text, among: [MapShow.model]))"
      )
    }
  }

  /// The value of a JSON object's `schema`, if that is one of its first members.
  private static func schema(_ file: String, _ bytes: [UInt8]) -> JSON? {
    let prefix = Array(bytes.prefix(4096))
    guard let start = prefix.firstRange(of: Array("\"schema\"".utf8)) else { return nil }
    var rest = Array(prefix[start.upperBound...])
    guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { return nil }
    rest.removeFirst(colon + 1)
    var reader = JSONReader(file: file, bytes: rest)
    guard var value = try? reader.readValue(), value.string != nil else { return nil }
    value.offset += start.upperBound + colon + 1
    return value
  }

  /// A file's name without folder and extension, safe to show.
  static func shortName(_ argument: String) -> String {
    if argument == "-" { return "stdin" }
    let last = argument.split(separator: "/").last.map(String.init) ?? argument
    let known = [".json", ".yaml", ".yml"]
    let stem = known.first { last.hasSuffix($0) }.map { String(last.dropLast($0.utf8.count)) }
    return VisibleText.escape(stem ?? last)
  }
}
