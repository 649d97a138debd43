internal import Glibc
internal import Testing

/// Text of strangers, in every kind of file that is read: nothing of it acts on a terminal, and what
/// is long costs no more than what is short.
@Suite(.timeLimit(.minutes(15)))
struct HostileTextTests {
  /// A text as it stands in JSON and YAML, and as bytes.
  private struct Attack {
    var quoted: [UInt8]
    var raw: [UInt8]
  }

  /// Sets the title, rings, colours, asks the terminal, turns the line around, hides; and bytes that
  /// are no UTF-8.
  private static let sequences = Attack(
    quoted: Array(
      #"\u001b]0;owned\u0007\u001b[31m\u001b[6n\u009b2J\u202e\u2066\u200b\u200d\ufeff\u007f"#.utf8),
    raw: Array("\u{1b}]0;owned\u{7}\u{1b}[31m\u{9b}2J\u{202e}\u{200b}\u{feff}\u{7f}".utf8)
      + [0xff, 0xc0, 0x80, 0xed, 0xa0, 0x80, 0xf5, 0x9b, 0x33])

  private static let long = Attack(
    quoted: [UInt8](repeating: 0x61, count: 1 << 20), raw: [UInt8](repeating: 0x61, count: 1 << 20))

  /// A file of a kind that holds text, with the attack in the places that take text.
  private static func file(_ name: String, _ attack: Attack) throws -> [UInt8] {
    let invalid = attack.raw.filter { $0 >= 0x80 }
    switch name {
    case "scenario.yaml":
      return """
        title: { en: "t ATTACK", zh: "题 ATTACK" }
        model: map
        script:
          - chapter: "c ATTACK"
          - say: "s ATTACK"
          - "insert kATTACK"
        """.with(attack.quoted)
    case "allocator.yaml":
      return "title: t\nmodel: allocator\nscript: [\"malloc 48 as catsATTACK\"]\n".with(
        attack.quoted)
    case "keys.json":
      return try trace(
        #"{"op":"set","k":"go ATTACK","v":1,"h":"ad5e30e045c54da0","B":0,"n":1}"#, attack.quoted)
    case "what.json":
      return try fixture(
        "map/classic-tiny.json", "\"what\":\"", "\"what\":\"ATTACK", attack.quoted + invalid)
    case "version.json":
      return try fixture(
        "map/classic-tiny.json", "\"go1.19.8\"", "\"go1.19.ATTACK\"", attack.quoted)
    case "ladder.json":
      return try fixture(
        "tcp/normal-client-close.json", "\"title\": \"", "\"title\": \"ATTACK",
        attack.quoted + invalid)
    case "trace.json":
      return try fixture(
        "allocator/trace-tiny-go1.27.json", "\"program\":\"", "\"program\":\"ATTACK", attack.quoted)
    case "script.pkt":
      return "// A test that ATTACK\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n".with(
        attack.raw)
    case "words.pkt":
      return "0 socketATTACK(..., SOCK_STREAM, IPPROTO_TCP) = 3\n".with(attack.raw)
    case "nonsense.json":
      return "{\"schema\": \"ATTACK\"}".with(attack.quoted)
    default: throw PseudoTerminal.Failure(description: "no file \(name)")
    }
  }

  /// A captured map with other operations than its own.
  private static func trace(_ operation: String, _ attack: [UInt8]) throws -> [UInt8] {
    let text = String(
      decoding: try fixture("map/classic-tiny.json", "{", "{", []), as: UTF8.self)
    let header = try #require(text.firstRange(of: "\"ops\":["))
    return (text[..<header.upperBound] + operation + "]}").with(attack)
  }

  private static func fixture(
    _ path: String, _ old: String, _ new: String, _ attack: [UInt8]
  ) throws -> [UInt8] {
    let tests = "\(#filePath)".split(separator: "/").dropLast(2).joined(separator: "/")
    let file = try #require(fopen("/\(tests)/VisualizerTests/Fixtures/\(path)", "r"), "\(path)")
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: 1 << 22)
    let count = fread(&bytes, 1, bytes.count, file)
    let text = String(decoding: bytes.prefix(count), as: UTF8.self)
    try #require(text.contains(old), "\(path)")
    return text.replacing(old, with: new).with(attack)
  }

  static let names = [
    "scenario.yaml", "allocator.yaml", "keys.json", "what.json", "version.json", "ladder.json",
    "trace.json", "script.pkt", "words.pkt", "nonsense.json",
  ]

  private static let commands = [
    "check", "frame --step last --lang zh --format svg", "steps", "steps --json",
    "play --plain --lang zh", "record --from last -o - --format frames",
    "record --from last -o - --format cast", "record --from last -o - --format html",
  ]

  /// Runs one command after the other on a file; its name comes behind the command's.
  private func run(
    _ name: String, _ bytes: [UInt8], _ commands: [String] = commands,
    _ body: (String, CommandRun) throws -> Void
  ) throws {
    for command in commands {
      var words = command.split(separator: " ").map(String.init)
      words.insert(name, at: 1)
      try body(command, CommandRun(words, bytes: [name: bytes]))
    }
  }

  // MARK: - What acts

  @Test(arguments: names)
  func nothingReachesTheTerminal(_ name: String) throws {
    let bytes = try Self.file(name, Self.sequences)
    try run(name, bytes) { command, run in
      #expect([.exited(0), .exited(1), .exited(65)].contains(run.ending), "\(command)")
      let acting = (run.output + run.error).unicodeScalars.filter { $0.acts }
      #expect(acting.isEmpty, "\(command): \(Set(acting.map { String($0.value, radix: 16) }))")
      if run.ending == .exited(65) {
        #expect(run.error.hasPrefix("\(name):"), "\(command)")
        #expect(run.error.split(separator: "\n").count == 1, "\(command): \(run.error)")
      }
    }
  }

  @Test(arguments: names.prefix(8))
  func nothingReachesTheTerminalFromThePlayer(_ name: String) throws {
    let bytes = try Self.file(name, Self.sequences)
    let path = "/tmp/visualizer-hostile-\(getpid())-\(name)"
    try CommandRun.write(bytes, to: path)
    defer { unlink(path) }
    let terminal = try Program.start(["play", path, "--paused"])
    try terminal.wait("the player or a refusal") {
      terminal.text.contains("help") || terminal.hasEnded ? true : nil
    }
    for keys in ["n", "w", "G", "/owned\r", "L", "\t\r"] where !terminal.hasEnded {
      terminal.send(keys)
      try terminal.waitForSilence(of: .milliseconds(20))
    }
    terminal.signal(SIGTERM)
    #expect(try [.exited(143), .exited(65)].contains(terminal.waitForEnd()))
    try terminal.expectRestored()
    for text in ["\u{1b}]", "\u{7}", "\u{1b}[6n", "\u{9b}", "\u{202e}", "\u{200b}", "\u{feff}"] {
      #expect(!terminal.text.contains(text), "\(terminal.visibleOutput)")
    }
  }

  @Test func aRecordingOfStrangersIsReadOver() throws {
    let frames = """
      #visualizer-frames 1 cols=120 rows=2 glyphs=unicode scenario=ATTACK seed=0
      === frame 0 step 0/0 t=0.000 chapter "1 ATTACK"
      |aATTACK
      |b

      """.with(Self.sequences.raw)
    let run = try CommandRun(
      ["replay", "a.frames", "--frame", "last"], bytes: ["a.frames": frames])
    #expect(run.ending == .exited(0), "\(run.error)")
    let acting = (run.output + run.error).unicodeScalars.filter(\.acts)
    #expect(acting.isEmpty, "\(Set(acting.map { String($0.value, radix: 16) }))")
  }

  // MARK: - What is long

  /// A megabyte in one place makes no output of megabytes, and so no frame that takes seconds.
  @Test(arguments: names)
  func aMegabyteIsCut(_ name: String) throws {
    let bytes = try Self.file(name, Self.long)
    let commands = ["check", "steps --json", "record --from last -o - --format cast"]
    try run(name, bytes, commands) { command, run in
      #expect([.exited(0), .exited(1), .exited(65)].contains(run.ending), "\(command)")
      #expect(run.error.utf8.count < 2_000, "\(command)")
      #expect(!run.output.contains(String(repeating: "a", count: 2_100)), "\(command)")
    }
  }

  /// Keys that differ only behind what is shown of them are still different keys.
  @Test func longKeysKeepTheirIdentity() throws {
    let start = String(repeating: "k", count: 5_000)
    let own = String(
      decoding: try Self.fixture("map/classic-tiny.json", "\"go\",", "\"\(start)1\",", []),
      as: UTF8.self)
    let text = own.replacing("\"rust\",", with: "\"\(start)2\",")
    try #require(text != own)
    let checked = try CommandRun(["check", "a.json"], files: ["a.json": text])
    #expect(checked.ending == .exited(0), "\(checked.output)\(checked.error)")
    let steps = try CommandRun(["steps", "a.json"], files: ["a.json": text])
    #expect(steps.output.contains("kkk…(5001 B)"))
  }
}

extension StringProtocol {
  /// The bytes with others in each place of the word ATTACK.
  fileprivate func with(_ attack: [UInt8]) -> [UInt8] {
    let word = Array("ATTACK".utf8)
    var result: [UInt8] = []
    let bytes = Array(utf8)
    var start = 0
    while let place = bytes.place(of: word, since: start) {
      result += bytes[start..<place] + attack
      start = place + word.count
    }
    return result + bytes[start...]
  }
}

extension Unicode.Scalar {
  /// Whether a terminal acts upon it, or nobody sees it.
  fileprivate var acts: Bool {
    if self == "\n" { return false }
    switch properties.generalCategory {
    case .control, .format, .privateUse, .lineSeparator, .paragraphSeparator: return true
    default: return false
    }
  }
}
