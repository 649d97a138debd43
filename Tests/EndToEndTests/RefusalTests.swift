internal import Testing

/// Terminals that cannot show the player are refused with a sentence, before anything is drawn.
@Suite(.timeLimit(.minutes(15)))
struct RefusalTests {
  private func expectRefused(
    _ terminal: PseudoTerminal, saying words: String, location: SourceLocation = #_sourceLocation
  ) throws {
    let modes = terminal.modes
    #expect(try terminal.waitForEnd() == .exited(69), sourceLocation: location)
    #expect(terminal.modes == modes, sourceLocation: location)
    let text = terminal.text
    #expect(text.contains(words), "\(text)", sourceLocation: location)
    #expect(!text.contains("\u{1b}"), "\(text)", sourceLocation: location)
    #expect(text.split(whereSeparator: \.isNewline).count == 1, "\(text)", sourceLocation: location)
  }

  @Test func dumb() throws {
    try expectRefused(Program.start(with: ["TERM": "dumb"]), saying: "'dumb'")
  }

  @Test(arguments: [nil, ""])
  func typeNotSet(_ value: String?) throws {
    try expectRefused(Program.start(with: ["TERM": value]), saying: "TERM is not set")
  }

  @Test(arguments: ["no-such-terminal", "../../etc/passwd", "a%sb"])
  func unknown(_ type: String) throws {
    try expectRefused(Program.start(with: ["TERM": type]), saying: "'\(type)' is not known")
  }

  @Test func namesFromOutsideAreSpelledOut() throws {
    try expectRefused(Program.start(with: ["TERM": "a\u{1b}[31mb\u{7}"]), saying: "\\x1b[31mb\\x07")
  }

  @Test func withoutCursorAddressing() throws {
    let terminal = try Program.start(with: ["TERM": "unknown"])
    #expect(try terminal.waitForEnd() == .exited(69))
    #expect(terminal.text.contains("'unknown'"))
  }

  @Test func inputFromElsewhere() throws {
    try expectRefused(Program.start(input: .null), saying: "standard input is not a terminal")
  }

  @Test func outputToElsewhere() throws {
    try expectRefused(Program.start(output: .null), saying: "standard output is not a terminal")
  }

  @Test func inChinese() throws {
    try expectRefused(
      Program.start(with: ["TERM": "dumb", "LC_ALL": nil, "LANG": "zh_CN.UTF-8"]), saying: "终端")
  }

  @Test func withoutSize() throws {
    try expectRefused(Program.start(columns: 0, rows: 0), saying: "size")
  }

  @Test func withStatedSize() throws {
    let terminal = try Program.open(
      columns: 0, rows: 0, with: ["COLUMNS": "70", "LINES": "20"])
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  /// A scenario may come from standard input; the keys then come from the terminal all the same.
  @Test func keysWhereInputIsTaken() throws {
    let terminal = try Program.start(
      ["terminal-probe", "--keys-from-terminal"], input: .null)
    try terminal.wait(for: Program.readyText)
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
  }
}
