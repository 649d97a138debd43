import BundledScenarios
import Models
import Testing

@testable import Visualizer

/// Scenario files written and read again.
@Suite struct ScenarioFileTextTests {
  private func read(_ text: String) throws(InputError) -> ScenarioFile {
    try ScenarioFile(file: "t.yaml", bytes: Array(text.utf8))
  }

  /// All of a file but where its words stand.
  private func contents(_ file: ScenarioFile) -> [String] {
    let head = [
      "\(file.title)", "\(String(describing: file.teaches))", file.model.text,
      file.rules?.text ?? "none", "\(file.seed)",
      "\(file.parameters.map { [$0.name.text, $0.value.text] })",
    ]
    return head
      + file.script.map { entry in
        switch entry {
        case .chapter(let title): "chapter \(title)"
        case .say(let text): "say \(text)"
        case .line(let line): "line \(line.text)"
        case .part(let line, let first): "first \(first) of \(line.text)"
        }
      }
  }

  @Test(arguments: Shows.bundled)
  func bundledScenariosReadTheSame(_ name: String) throws {
    let bundled = try #require(BundledScenarios.all.first { $0.name == name })
    let file = try ScenarioFile(file: "t.yaml", bytes: bundled.yaml)
    #expect(contents(try read(file.text)) == contents(file))
    // What is plain stays plain: a branch is a file for people.
    let lines = file.text.split(separator: "\n").filter { $0.hasPrefix("  - insert") }
    #expect(lines.allSatisfy { !$0.contains("\"") })
  }

  /// Whatever a text holds, YAML gives it back.
  @Test func everyTextSurvives() throws {
    let signs = [
      "a", "Z", "0", " ", " ", ":", ": ", " #", "#", "-", "- ", "\"", "'", "\\", "&a", " *b", "{",
      "}",
      "[", "]", ",", "!", "|", ">", "%", "@", "`", "~", "?", "=", "<<", "null", "yes", "1e3", "…",
      "扩容", "：", "\u{e9}", "\u{1f600}", "\u{85}", "\u{2028}", "\u{202e}", "\t", "\u{1b}",
      "\u{fffe}",
    ]
    var random = SplitMix64(seed: 11)
    for _ in 0..<400 {
      func text() -> String {
        (0..<Int.random(in: 1...6, using: &random))
          .map { _ in signs.randomElement(using: &random) ?? "a" }.joined()
      }
      var file = try read("title: t\nmodel: map\nscript: [clear]\n")
      // Texts that people read are made visible when they are read, lines are as they are.
      file.title = Bilingual(VisibleText.escape(text()), VisibleText.escape(text()))
      file.script = [
        .line(.init(text: text(), line: 1, column: 1)),
        .say(Bilingual(VisibleText.escape(text()), VisibleText.escape(text()))),
        .part(of: .init(text: text(), line: 1, column: 1), first: 3), .chapter(file.title),
      ]
      #expect(contents(try read(file.text)) == contents(file), "\(file.text)")
    }
  }

  /// The first operations of a line are those with which the whole line begins.
  @Test(arguments: [
    ("map", "insert k8..k12 = 7"), ("map", "insert k08..k12 hash 0b…_010"),
    ("map", "delete k1..k9"),
    ("allocator", "malloc 48 x1000 as c"), ("allocator", "malloc 48 x5"),
    ("allocator", "drop every 2 of cats"), ("tcp", "open"), ("tcp", "drop next 5 from client"),
    ("tcp", "wire delay 3ms"),
  ])
  func aPartOfALineIsItsBeginning(_ model: String, _ line: String) throws {
    func operations(_ item: String) throws -> [String] {
      let first = model == "allocator" ? ["malloc 16 x9 as cats", "malloc 3 as cats"] : []
      let show = try Shows.read(
        "title: t\nmodel: \(model)\nscript:\n"
          + (first + [item, "- "]).dropLast().map { "  - \($0)\n" }.joined())
      switch show {
      case let show as Performance<MapSubject>: return show.timeline.script.map { "\($0)" }
      case let show as Performance<AllocatorSubject>: return show.timeline.script.map { "\($0)" }
      case let show as Performance<TCPSubject>: return show.timeline.script.map { "\($0)" }
      default: return []
      }
    }
    let whole = try operations(line)
    let before = model == "allocator" ? 10 : 0
    for count in 1...whole.count - before {
      let part = try operations("{ first: \(count), of: \"\(line)\" }")
      #expect(part == Array(whole.prefix(before + count)), "\(count)")
    }
    let error = #expect(throws: InputError.self) {
      _ = try operations("{ first: \(whole.count + 1), of: \"\(line)\" }")
    }
    #expect(error?.message.contains("this line has \(whole.count - before) operations") == true)
  }

  @Test func whatIsWrongWithAPartIsSaid() {
    for (item, message) in [
      ("{ first: 0, of: clear }", "first: write how many"),
      ("{ first: many, of: clear }", "first: write how many"),
      ("{ first: 2 }", "unknown item 'first'"), ("{ of: clear, say: x }", "write one of"),
      ("{ first: 1, of: [clear] }", "an operation belongs here"),
    ] {
      let error = #expect(throws: InputError.self) {
        _ = try self.read("title: t\nmodel: map\nscript:\n  - \(item)\n")
      }
      #expect(error?.message.contains(message) == true && error?.line == 4, "\(item)")
    }
  }
}
