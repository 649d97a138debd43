import Yams

/// What a scenario file says of itself, apart from its script.
struct ScenarioHeading {
  var title: Bilingual
  /// What a viewer learns from it, in a sentence.
  var teaches: Bilingual?
  var model: ScenarioFile.Word
  var rules: ScenarioFile.Word?
}

extension ScenarioHeading {
  /// Reads the heading of a scenario whose `script:` comes last, without reading the script, which
  /// is the long part: so a list of many scenarios is there at once.
  ///
  /// - Throws: `InputError` with line and column for anything that is not as the format says.
  init(file: String, bytes: [UInt8]) throws(InputError) {
    let script = bytes.firstRange(of: Array("\nscript:".utf8))
    let (root, members) = try ScenarioFile.members(
      file, Array(bytes[..<(script?.lowerBound ?? bytes.count)]))
    try self.init(file, root, members)
  }

  init(_ file: String, _ root: Node, _ members: [String: Node]) throws(InputError) {
    guard let title = members["title"] else {
      throw ScenarioFile.error(
        file, root, "title: is missing; write title: { en: ..., zh: ... }")
    }
    self.title = try ScenarioFile.text(file, title)
    teaches = try members["teaches"].map { (node) throws(InputError) in
      try ScenarioFile.text(file, node)
    }
    guard let model = members["model"] else {
      throw ScenarioFile.error(file, root, "model: is missing; write model: map")
    }
    self.model = try ScenarioFile.word(file, model, "a model's name")
    rules = try members["rules"].map { (node) throws(InputError) in
      try ScenarioFile.word(file, node, "the rules' name")
    }
  }
}
