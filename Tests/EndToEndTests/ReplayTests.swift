internal import Testing

/// The real program playing recordings, in a pseudo-terminal.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct ReplayTests {
  /// A recording that would change the title, ring, ask the terminal and leave its screen.
  private static let hostile =
    #"{"version": 2, "width": 30, "height": 5, "title": "\u001b]0;owned\u0007\u202e"}"# + "\n"
    + #"[0, "m", "\u001b[31mred\u001b]52;c;b3duZWQ=\u0007"]"# + "\n"
    + #"[0, "o", "first\u001b]0;owned\u0007\u001b[6n\u001b]52;c;b3duZWQ=\u0007\u0007\u001b[?1049l"]"#
    + "\n" + #"[9, "o", "\r\nsecond \u001b[31;44mcolour"]"# + "\n"

  @Test func aRecordingIsWatchedAndNothingOfItGetsThrough() throws {
    let script = "printf '%s' \"$1\" | \"$0\" replay - --paused; echo \"ended $?\""
    let terminal = try PseudoTerminal(
      "/bin/sh", ["-c", script, Program.path, Self.hostile], environment: Program.environment)
    try terminal.wait(for: "irst")  // the cursor stands on the first letter
    terminal.send("n")
    try terminal.wait(for: "second")
    terminal.send("b/colour\r")
    try terminal.waitForSilence()
    terminal.send("q")
    try terminal.wait(for: "ended 0")
    for text in ["\u{1b}]", "\u{7}", "\u{1b}[6n", "\u{202e}"] {
      #expect(!terminal.text.contains(text))
    }
    #expect(terminal.count("\u{1b}[?1049h") == 1 && terminal.count("\u{1b}[?1049l") == 1)
  }

  @Test func oneFrameIsPrinted() throws {
    let files = ["a.cast": Self.hostile]
    let last = try CommandRun(["replay", "a.cast", "--frame", "last"], files: files)
    #expect(last.ending == .exited(0) && last.output == "first\nsecond colour\n\n\n\n")
    let styled = try CommandRun(
      ["replay", "a.cast", "--frame", "1", "--format", "ansi"], files: files)
    #expect(styled.output.contains("second \u{1b}[0;38;5;1;48;5;4mcolour\u{1b}[0m"))
    let beyond = try CommandRun(["replay", "a.cast", "--frame", "2"], files: files)
    #expect(beyond.ending == .exited(64) && beyond.error.contains("the last frame is 1"))
  }

  @Test func whatCannotBeShownIsSaid() throws {
    let files = ["a.cast": Self.hostile, "b.cast": "{\"version\": 1}\n"]
    let piped = try CommandRun(["replay", "a.cast"], files: files)
    #expect(piped.ending == .exited(69) && piped.output.isEmpty)
    let old = try CommandRun(["replay", "b.cast"], files: files)
    #expect(old.ending == .exited(65) && old.error.hasPrefix("b.cast:1:13: error: "))
    let none = try CommandRun(["replay", "c.cast"])
    #expect(none.ending == .exited(66) && none.error == "c.cast: error: no such file\n")
  }
}
