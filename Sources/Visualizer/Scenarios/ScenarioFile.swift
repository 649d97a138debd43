import Yams

/// A scenario file's envelope: the same for every model, its script still as lines of text.
struct ScenarioFile {
  let file: String
  var title: Bilingual
  /// What a viewer learns from it, in a sentence.
  var teaches: Bilingual?
  /// Which model, and where that was said.
  var model: Word
  var rules: Word?
  /// Whether the rules are others than the file's own, so that not all that it waits for need happen.
  private(set) var hasOtherRules = false
  var seed: UInt64
  /// What else the model is to start with, by name; each model knows its own.
  var parameters: [(name: Word, value: Word)]
  var script: [Entry]

  /// A word of the file with its place.
  struct Word {
    var text: String
    var line: Int
    var column: Int
  }

  /// One item of the script.
  enum Entry {
    case chapter(Bilingual)
    case say(Bilingual)
    /// An operation in the model's own language.
    case line(Word)
    /// Only the first operations of a line that stands for several, as a branch leaves it.
    case part(of: Word, first: Int)
  }

  /// The largest file that is read, in bytes.
  static let sizeLimit = 32 << 20
  /// The longest text of a title, chapter or sentence, in bytes.
  static let textLimit = 2000
}

extension ScenarioFile {
  /// Takes other rules than the file names.
  mutating func choose(rules name: String) {
    rules = Word(text: name, line: model.line, column: model.column)
    hasOtherRules = true
  }

  private static let keys = ["title", "teaches", "model", "rules", "seed", "parameters", "script"]

  /// Reads a scenario file.
  ///
  /// - Throws: `InputError` with line and column for anything that is not as the format says.
  init(file: String, bytes: [UInt8]) throws(InputError) {
    self.file = file
    guard bytes.count <= Self.sizeLimit else {
      throw InputError(file: file, "the file is larger than \(Self.sizeLimit >> 20) MB")
    }
    try Self.refuseAliases(file, bytes)
    let (root, members) = try Self.members(file, bytes)
    let heading = try ScenarioHeading(file, root, members)
    (title, teaches) = (heading.title, heading.teaches)
    (model, rules) = (heading.model, heading.rules)
    seed = 0
    if let node = members["seed"] {
      let word = try Self.word(file, node, "a number")
      guard let value = UInt64(word.text) else {
        throw Self.error(file, node, "seed: write a whole number from 0 to 2^64 - 1")
      }
      seed = value
    }
    parameters =
      try members["parameters"].map { (node) throws(InputError) in
        try Self.parameters(file, node)
      } ?? []
    guard let script = members["script"] else {
      throw Self.error(file, root, "script: is missing; write script: and a list of operations")
    }
    guard case .sequence(let items) = script else {
      throw Self.error(file, script, "script: write a list, one operation a line after '- '")
    }
    self.script = []
    self.script.reserveCapacity(items.count)
    for item in items { self.script.append(try Self.entry(file, item)) }
    if self.script.isEmpty { throw Self.error(file, script, "script: the list is empty") }
  }

  /// The members of the file by their keys, and the node that holds them.
  static func members(
    _ file: String, _ bytes: [UInt8]
  ) throws(InputError) -> (root: Node, members: [String: Node]) {
    let root = try compose(file, bytes)
    guard case .mapping(let mapping) = root else {
      throw error(file, root, "write a scenario: title:, model:, rules:, script:")
    }
    var members: [String: Node] = [:]
    for (key, value) in mapping {
      guard let name = key.scalar?.string, keys.contains(name) else {
        let name = key.scalar?.string ?? "?"
        throw error(file, key, "unknown key '\(name)'; \(Nearest.hint(name, among: keys).en)")
      }
      members[name] = value
    }
    return (root, members)
  }

  private static func parameters(
    _ file: String, _ node: Node
  ) throws(InputError) -> [(name: Word, value: Word)] {
    guard case .mapping(let mapping) = node else {
      throw error(file, node, "parameters: write { name: value, ... }")
    }
    var parameters: [(name: Word, value: Word)] = []
    for (key, value) in mapping {
      parameters.append(
        (try word(file, key, "a parameter's name"), try word(file, value, "a value")))
    }
    return parameters
  }

  /// Refuses parameters that a model does not know.
  func expectParameters(_ known: [String]) throws(ScriptError) {
    for (name, _) in parameters where !known.contains(name.text) {
      guard !known.isEmpty else {
        throw ScriptError(Bilingual("this model takes no parameters", "这个模型没有参数"), at: name)
      }
      let hint = Nearest.hint(name.text, among: known)
      throw ScriptError(
        Bilingual(
          "unknown parameter '\(name.text)'; \(hint.en)", "没有“\(name.text)”这个参数；\(hint.zh)"),
        at: name)
    }
  }

  private static func entry(_ file: String, _ node: Node) throws(InputError) -> Entry {
    switch node {
    case .scalar: return .line(try word(file, node, "an operation"))
    case .mapping(let mapping):
      if let first = mapping["first"], let line = mapping["of"], mapping.count == 2 {
        let count = try word(file, first, "a number")
        guard let number = Int(count.text), number > 0 else {
          throw error(file, first, "first: write how many operations of the line, 1 or more")
        }
        return .part(of: try word(file, line, "an operation"), first: number)
      }
      guard mapping.count == 1, let (key, value) = mapping.first else {
        throw error(file, node, "write one of chapter: or say: an item, or first: N with of: LINE")
      }
      switch key.scalar?.string {
      case "chapter": return .chapter(try text(file, value))
      case "say": return .say(try text(file, value))
      default:
        let name = key.scalar?.string ?? "?"
        throw error(
          file, key,
          "unknown item '\(name)'; \(Nearest.hint(name, among: ["chapter", "say"]).en)")
      }
    default: throw error(file, node, "write an operation, chapter: or say:, not a list")
    }
  }

  /// A text in both languages: `{ en: ..., zh: ... }`, or one text for both.
  static func text(_ file: String, _ node: Node) throws(InputError) -> Bilingual {
    func checked(_ node: Node) throws(InputError) -> String {
      guard let text = node.scalar?.string else { throw error(file, node, "a text belongs here") }
      guard text.utf8.count <= textLimit else {
        throw error(file, node, "the text is longer than \(textLimit) bytes")
      }
      let shown = VisibleText.escape(text.replacing("\n", with: " "))
      guard shown.utf8.count <= textLimit else {
        throw error(
          file, node,
          "the text is longer than \(textLimit) bytes with its invisible signs written out")
      }
      return shown
    }
    switch node {
    case .scalar:
      let text = try checked(node)
      return Bilingual(text, text)
    case .mapping(let mapping):
      for (key, _) in mapping where !["en", "zh"].contains(key.scalar?.string) {
        throw error(file, key, "write the text as { en: ..., zh: ... }")
      }
      guard let en = mapping["en"], let zh = mapping["zh"] else {
        throw error(file, node, "both languages are needed: { en: ..., zh: ... }")
      }
      return Bilingual(try checked(en), try checked(zh))
    default: throw error(file, node, "write a text or { en: ..., zh: ... }")
    }
  }

  static func word(
    _ file: String, _ node: Node, _ what: String
  ) throws(InputError) -> Word {
    guard let scalar = node.scalar else { throw error(file, node, "\(what) belongs here") }
    return Word(
      text: scalar.string, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1)
  }

  static func error(_ file: String, _ node: Node, _ message: String) -> InputError {
    InputError(file: file, line: node.mark?.line ?? 1, column: node.mark?.column ?? 1, message)
  }

  // MARK: - YAML

  private static func compose(_ file: String, _ bytes: [UInt8]) throws(InputError) -> Node {
    let text = String(decoding: bytes, as: UTF8.self)
    do {
      if let node = try Yams.compose(yaml: text) { return node }
    } catch let error as YamlError {
      throw yamlError(file, error)
    } catch {
      throw InputError(file: file, "the file is not \(language(file))")
    }
    throw InputError(file: file, line: 1, "the file is empty; write title:, model:, script:")
  }

  /// What the file is meant to be written in; JSON is read as the YAML that it is.
  private static func language(_ file: String) -> String {
    file.hasSuffix(".json") ? "JSON" : "YAML"
  }

  private static func yamlError(_ file: String, _ error: YamlError) -> InputError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      return InputError(
        file: file, line: mark.line, column: mark.column, "not \(language(file)): \(problem)")
    case .reader(let problem, _, _, _):
      return InputError(file: file, line: 1, "not \(language(file)): \(problem)")
    case .duplicatedKeysInMapping(let duplicates, let context):
      return InputError(
        file: file, line: context.mark.line, column: context.mark.column,
        "the key '\(duplicates.first ?? "")' is written twice")
    default: return InputError(file: file, line: 1, "the file is not \(language(file))")
    }
  }

  /// Refuses anchors with aliases: a few lines of them can stand for gigabytes.
  private static func refuseAliases(_ file: String, _ bytes: [UInt8]) throws(InputError) {
    func mark(_ sign: UInt8) -> Int? {
      for index in bytes.indices where bytes[index] == sign && index + 1 < bytes.count {
        let next = bytes[index + 1]
        let startsName =
          next >= UInt8(ascii: "a") && next <= UInt8(ascii: "z")
          || next >= UInt8(ascii: "A") && next <= UInt8(ascii: "Z")
          || next >= UInt8(ascii: "0") && next <= UInt8(ascii: "9") || next == UInt8(ascii: "_")
        let before = index == 0 ? UInt8(ascii: " ") : bytes[index - 1]
        if startsName, [0x20, 0x09, 0x0a, 0x0d, 0x2c, 0x5b, 0x7b, 0x3a, 0x3f].contains(before) {
          return index
        }
      }
      return nil
    }
    guard mark(UInt8(ascii: "&")) != nil, let alias = mark(UInt8(ascii: "*")) else { return }
    throw InputError(
      file: file, at: alias, in: bytes,
      "anchors and aliases (&name, *name) are not read; write the lines out")
  }
}
