import Models
import Testing

@testable import Visualizer

/// Every mistake in a scenario file is named with its place and what to write instead.
@Suite struct ScenarioErrorTests {
  private func error(_ yaml: String) -> String { error(Array(yaml.utf8)) }

  private func error(_ bytes: [UInt8]) -> String {
    do {
      let file = try ScenarioFile(file: "s.yaml", bytes: bytes)
      _ = try ShowLibrary.open(file, name: "s")
      return "valid"
    } catch {
      return error.description
    }
  }

  /// The error of a script's only line, which stands in line 5 from column 5 on.
  private func error(line: String) -> String {
    error("title: t\nmodel: map\nrules: notes\nscript:\n  - \(line)\n")
  }

  @Test func aSoundScenarioHasNoError() {
    #expect(error(line: "insert k1") == "valid")
    #expect(
      error(
        "title: { en: a, zh: b }\nmodel: map\nseed: 18446744073709551615\nscript:\n  - clear\n")
        == "valid")
  }

  @Test(
    arguments: [
      (
        "title: t\nmodel: mapp\nscript: [clear]\n",
        "2:8: error: unknown model 'mapp'; did you mean 'map'?"
      ),
      (
        "title: t\nmodel: map\nrules: note\nscript: [clear]\n",
        "3:8: error: unknown rules 'note' for a map; did you mean 'notes'?"
      ),
      (
        "titel: t\nmodel: map\nscript: [clear]\n",
        "1:1: error: unknown key 'titel'; did you mean 'title'?"
      ),
      (
        "model: map\nscript: [clear]\n",
        "1:1: error: title: is missing; write title: { en: ..., zh: ... }"
      ),
      ("title: t\nscript: [clear]\n", "1:1: error: model: is missing; write model: map"),
      (
        "title: t\nmodel: map\n",
        "1:1: error: script: is missing; write script: and a list of operations"
      ),
      (
        "title: t\nmodel: map\nscript: clear\n",
        "3:9: error: script: write a list, one operation a line after '- '"
      ),
      ("title: t\nmodel: map\nscript: []\n", "3:9: error: script: the list is empty"),
      (
        "title: t\nmodel: map\nseed: -1\nscript: [clear]\n",
        "3:7: error: seed: write a whole number from 0 to 2^64 - 1"
      ),
      (
        "title: [a]\nmodel: map\nscript: [clear]\n",
        "1:8: error: write a text or { en: ..., zh: ... }"
      ),
      (
        "title: { en: a }\nmodel: map\nscript: [clear]\n",
        "1:8: error: both languages are needed: { en: ..., zh: ... }"
      ),
      (
        "title: { en: a, de: b }\nmodel: map\nscript: [clear]\n",
        "1:17: error: write the text as { en: ..., zh: ... }"
      ),
      (
        "title: { en: [a], zh: b }\nmodel: map\nscript: [clear]\n",
        "1:14: error: a text belongs here"
      ),
      ("title: t\nmodel: [map]\nscript: [clear]\n", "2:8: error: a model's name belongs here"),
      ("- a\n- b\n", "1:1: error: write a scenario: title:, model:, rules:, script:"),
      ("just words", "1:1: error: write a scenario: title:, model:, rules:, script:"),
    ])
  func envelope(_ yaml: String, _ wanted: String) { #expect(error(yaml) == "s.yaml:\(wanted)") }

  @Test func whereNothingIsNearTheKnownModelsAreListed() {
    let text = error("title: t\nmodel: spreadsheet\nscript: [clear]\n")
    #expect(text.hasPrefix("s.yaml:2:8: error: unknown model 'spreadsheet'; known: map"), "\(text)")
  }

  @Test(
    arguments: [
      ("inser k1", "5:5: error: unknown operation 'inser'; did you mean 'insert'?"),
      (
        "frobnicate k1",
        "5:5: error: unknown operation 'frobnicate'; "
          + "known: make, insert, lookup, delete, clear, range"
      ),
      ("insert k1..k99999999999", "5:12: error: too many operations; a script has at most 2000000"),
      (
        "insert k9..k1",
        "5:12: error: write a range of keys as k2..k27: the same letters, then the smaller number first"
      ),
      (
        "insert a1..b2",
        "5:12: error: write a range of keys as k2..k27: the same letters, then the smaller number first"
      ),
      ("make hint -1", "5:15: error: write make hint N with N from 0 to 10000000"),
      ("make hint 10000001", "5:15: error: write make hint N with N from 0 to 10000000"),
      ("make hint", "5:10: error: write make hint N with N from 0 to 10000000"),
      ("make hint 3 4", "5:17: error: '4' is too much here"),
      ("clear all", "5:11: error: 'all' is too much here"),
      ("insert", "5:5: error: write a key, such as k1, or a range of keys, such as k1..k9"),
      ("insert k1 =", "5:15: error: something is missing after '='"),
      ("insert k1 = x", "5:17: error: write a whole number after '='"),
      ("insert k1 to 5", "5:15: error: 'to' is not understood here; write hash ... or = N"),
      ("lookup k1 = 5", "5:15: error: '=' is not understood here; write hash ..."),
      (
        "insert k1 hash 5",
        "5:20: error: write a hash of 64 bits as 0x... or 0b..., or with its middle left out as 0b1001_…_0110"
      ),
      ("[insert, k1]", "5:5: error: write an operation, chapter: or say:, not a list"),
      ("[[[x]]]", "5:5: error: write an operation, chapter: or say:, not a list"),
      ("chaptr: x", "5:5: error: unknown item 'chaptr'; did you mean 'chapter'?"),
      (
        "{ say: a, chapter: b }",
        "5:5: error: write one of chapter: or say: an item, or first: N with of: LINE"
      ),
      ("say: [a]", "5:10: error: write a text or { en: ..., zh: ... }"),
      ("''", "5:5: error: write an operation"),
    ])
  func script(_ line: String, _ wanted: String) {
    #expect(error(line: line) == "s.yaml:\(wanted)")
  }

  @Test func aLineInTheMiddleOfALongScriptIsFound() {
    let lines = (0..<500).map { "  - insert k\($0)\n" }
    let yaml = "title: t\nmodel: map\nscript:\n" + lines.joined() + "  - lookupp k1\n"
    #expect(
      error(yaml) == "s.yaml:504:5: error: unknown operation 'lookupp'; did you mean 'lookup'?")
  }

  @Test func aKeyHasOneHash() {
    let yaml = """
      title: t
      model: map
      script:
        - insert k1 hash 0x1
        - lookup k1 hash 0x2
      """
    #expect(error(yaml) == "s.yaml:5:12: error: the key 'k1' was given another hash above")
  }

  @Test func textFromAFileReachesNoTerminalAsItIs() throws {
    let show = try Shows.map([#""insert \"\e[31mred\a\"""#])
    let what = try #require(show.record(ofStep: 0).what)
    #expect(what.contains("\\x1b[31mred\\x07"), "\(what)")
    for step in 0..<show.stepCount {
      let canvas = show.frame(step, progress: 1, Look(size: .middle))
      #expect(canvas.text.unicodeScalars.allSatisfy { $0 == "\n" || VisibleText.isHarmless($0) })
      for language in Language.allCases {
        let text = show.narration(ofStep: step, language).text
        #expect(text.unicodeScalars.allSatisfy(VisibleText.isHarmless), "\(text)")
      }
    }
    #expect(error(line: #""\e[2Jinsert""#).contains("unknown operation '\\x1b[2Jinsert'"))
    let longKey = String(repeating: "k", count: 201)
    #expect(
      error(line: "insert \(longKey)") == "s.yaml:5:12: error: the key is longer than 200 bytes")
  }

  @Test func aTextHasALimit() {
    let text = String(repeating: "x", count: 2001)
    #expect(error(line: "say: \(text)") == "s.yaml:5:10: error: the text is longer than 2000 bytes")
  }

  @Test func brokenYAMLIsNamedWithItsPlace() {
    for (yaml, place) in [
      ("title: {\n", "2:"), ("title: t\n\tmodel: map\n", "2:"), ("a: b: c\n", "1:"),
      ("title: \"open\n", "2:"), ("title: t\nmodel: map\n- x\n", "3:"), ("%%%\n", "1:"),
      ("\u{0}\u{1}", "1"), ("title: t\ntitle: u\n", ""),
    ] {
      let text = error(yaml)
      #expect(text.hasPrefix("s.yaml:\(place)"), "\(text)")
      #expect(!text.contains("\n") && text.contains(": error: "), "\(text)")
    }
    let notText = error([0xff, 0xfe, 0x00, 0x61])
    #expect(notText.hasPrefix("s.yaml:") && notText.contains(": error: "), "\(notText)")
  }

  @Test(arguments: ["", "\n\n", "# nothing but a remark\n", "---\n"])
  func anEmptyFileIsNoScenario(_ yaml: String) {
    let text = error(yaml)
    #expect(text.hasPrefix("s.yaml:") && text.contains("error: "), "\(text)")
    #expect(text != "valid")
  }

  /// Nine lines of aliases stand for a billion words.
  @Test func anAliasBombIsRefusedAtOnce() {
    var yaml = "title: t\nmodel: map\na: &a [x,x,x,x,x,x,x,x,x,x]\n"
    for (name, previous) in zip("bcdefghij", "abcdefghi") {
      let aliases = Array(repeating: "*\(previous)", count: 10).joined(separator: ",")
      yaml += "\(name): &\(name) [\(aliases)]\n"
    }
    yaml += "script: *j\n"
    let start = ContinuousClock.now
    #expect(
      error(yaml)
        == "s.yaml:4:8: error: anchors and aliases (&name, *name) are not read; write the lines out"
    )
    #expect(ContinuousClock.now - start < .seconds(1))
  }

  @Test func deeplyNestedListsDoNoHarm() {
    for depth in [100, 5000] {
      let text = error(
        "title: t\nmodel: map\nscript: " + String(repeating: "[", count: depth)
          + String(repeating: "]", count: depth) + "\n")
      #expect(text.hasPrefix("s.yaml:"), "\(text.prefix(200))")
    }
  }

  @Test func whatIsNoFileSaysSo() {
    func error(_ path: String) -> (String, InputError.Kind?) {
      do {
        _ = try ShowLibrary.open(path)
        return ("valid", nil)
      } catch {
        return (error.description, error.kind)
      }
    }
    #expect(error("/") == ("/: error: this is a directory; name a file", .contents))
    #expect(
      error("map-grwth")
        == (
          "map-grwth: error: no such file, and no bundled scenario of that name; "
            + "did you mean 'map-growth'?", .missing
        ))
    #expect(error("no/such\u{1b}").0.hasPrefix("no/such\\x1b: error: no such file"))
  }

  @Test func randomScenariosNeverTrap() {
    var random = SplitMix64(seed: 4)
    let pieces = [
      "title:", "model:", "map", "script:", "- ", "\n", "  ", "insert", "k1..k9", "hash", "0b1…0",
      "[", "]", "{", "}", "\"", "'", ":", "&a ", "*a ", "|", ">", "chapter:", "=", "5", "…", "\t",
      "#",
    ]
    for _ in 0..<1500 {
      let text = (0..<Int.random(in: 1...25, using: &random)).map { _ in
        pieces.randomElement(using: &random) ?? ""
      }.joined()
      #expect(!error(text).isEmpty)
      #expect(!error("title: t\nmodel: map\nscript:\n  - " + text).contains("\n"))
    }
  }
}

@Suite struct MapScriptTests {
  private func operations(_ lines: [String], seed: UInt64 = 1) throws -> [MapOperation] {
    var script = MapScript(seed: seed)
    return try lines.flatMap { line throws(ScriptError) in
      try script.parse(ScenarioFile.Word(text: line, line: 1, column: 1))
    }
  }

  private func hashes(_ lines: [String]) throws -> [KeyHash] {
    try operations(lines).compactMap {
      if case .assign(let key, _, _) = $0 { key.hash } else { nil }
    }
  }

  @Test func aRangeOfKeysIsOneOperationAKey() throws {
    var script = MapScript(seed: 1)
    let words = { MapWords(keys: $0) }
    let parsed = try script.parse(
      ScenarioFile.Word(text: "insert k08..k11", line: 1, column: 1))
    #expect(
      parsed.map(words(script.keys).describe) == [
        "insert k08", "insert k09", "insert k10", "insert k11",
      ])
    let bare = try script.parse(ScenarioFile.Word(text: "delete k8..k11", line: 1, column: 1))
    #expect(
      bare.map(words(script.keys).describe) == [
        "delete k8", "delete k9", "delete k10", "delete k11",
      ])
  }

  @Test func elementsCountTheInsertsUnlessTheyAreGiven() throws {
    let elems = try operations(["insert a1..a3", "insert b = -7", "insert c"]).map {
      if case .assign(_, let elem, _) = $0 { elem } else { 0 }
    }
    #expect(elems == [1, 2, 3, -7, 5])
  }

  @Test func makeTakesAHintOrNone() throws {
    #expect(
      try operations(["make", "make hint 20", "make 7"])
        == [.make(hint: 0), .make(hint: 20), .make(hint: 7)])
  }

  @Test func aHashStaysWithItsKey() throws {
    let hashes = try hashes(["insert k hash 0x5", "insert k", "insert j"])
    #expect(hashes[0] == .fixed(5) && hashes[1] == .fixed(5))
    #expect(hashes[2] != .fixed(5))
  }

  @Test func aPatternLeavesItsMiddleToTheSeed() throws {
    let pattern = try #require(HashPattern("0b10010111_…_00110"))
    for other in [0, UInt64.max, 0x1234_5678_9abc_def0] {
      let hash = pattern.fill(other)
      #expect(hash >> 56 == 0b1001_0111 && hash & 31 == 0b00110)
      #expect(hash & 0x00ff_ffff_ffff_ffe0 == other & 0x00ff_ffff_ffff_ffe0)
    }
    #expect(HashPattern("0b10010111...00110")?.fill(0) == pattern.fill(0))
  }

  @Test func patternsOfEitherEndAndOfAllBits() {
    #expect(HashPattern("0b…_0100")?.fill(.max) == ~0b1011)
    #expect(HashPattern("0b0100…")?.fill(0) == 0x4000_0000_0000_0000)
    #expect(HashPattern("0b101")?.fill(.max) == 5)
    #expect(HashPattern("0xffff_ffff_ffff_ffff")?.fill(0) == .max)
    #expect(HashPattern("0x97")?.fill(.max) == 0x97)
    let whole = "0b" + String(repeating: "01", count: 32)
    #expect(HashPattern(whole)?.fill(.max) == 0x5555_5555_5555_5555)
    let halves = "0b" + String(repeating: "1", count: 32) + "…" + String(repeating: "0", count: 32)
    #expect(HashPattern(halves)?.fill(0x1234) == 0xffff_ffff_0000_0000)
    #expect(HashPattern("0b…" + String(repeating: "1", count: 64))?.fill(0) == .max)
    #expect(HashPattern("0b" + String(repeating: "1", count: 64) + "…")?.fill(0) == .max)
  }

  @Test(
    arguments: [
      "", "0", "5", "0x", "0b", "0b…", "0b1…0…1", "0b12", "0xg", "0x11112222333344445", "b101",
      "0b1 0",
      "0b" + String(repeating: "1", count: 65), "0b1…" + String(repeating: "0", count: 64), "-0x1",
      "0x-1",
      "0x+1", "0b+1",
    ])
  func whatIsNoPatternIsRefused(_ text: String) { #expect(HashPattern(text) == nil) }
}
