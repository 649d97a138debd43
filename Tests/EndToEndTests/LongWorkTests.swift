internal import Glibc
internal import Testing

/// Work that takes long: what is seen of it, and what is left when it is cut off.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct LongWorkTests {
  /// A scenario that takes some seconds to record.
  private static let long =
    "title: t\nmodel: map\nscript:\n  - insert k1..k3000\n  - lookup k1..k3000\n"

  /// Runs a script in a folder of its own, in which the long scenario lies.
  private func run(_ script: String, with changes: [String: String] = [:]) throws -> CommandRun {
    try CommandRun(shell: script, files: ["long.yaml": Self.long], with: changes)
  }

  /// Runs a script on a terminal, in a folder of its own, in which the long scenario lies.
  ///
  /// Prints the names of the files that are there at the end.
  private func onTerminal(
    _ script: String, _ body: (PseudoTerminal) throws -> Void
  ) throws {
    var template = Array("/tmp/visualizer-long-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let folder = String(cBytes: template)
    defer {
      for name in ["long.yaml", "a.cast"] { unlink("\(folder)/\(name)") }
      rmdir(folder)
    }
    let terminal = try PseudoTerminal(
      "/bin/bash",
      [
        "-c",
        "cd '\(folder)' || exit; printf '%s' \"$1\" >long.yaml; { \(script)\n}; code=$?; echo \"files:\" *; exit $code",
        Program.path, Self.long,
      ], environment: Program.environment)
    try body(terminal)
  }

  /// The bar was there, and nothing of it is left.
  private func expectErased(_ terminal: PseudoTerminal) {
    let bar = Array(terminal.text.utf8).lastPlace(of: "%")
    #expect(bar >= 0 && Array(terminal.text.utf8).lastPlace(of: "\r\u{1b}[K") > bar)
  }

  @Test func aBarIsShownAndErased() throws {
    try onTerminal("\"$0\" record long.yaml -o a.cast --to 400") { terminal in
      try terminal.wait(for: "%")
      #expect(try terminal.waitForEnd() == .exited(0))
      #expect(terminal.text.contains("recording  ") && terminal.text.contains(" left"))
      expectErased(terminal)
      #expect(terminal.text.contains("files: a.cast long.yaml"))
    }
  }

  /// A recording of others that takes some seconds to open.
  private static let opening = """
    { echo '{"version": 2, "width": 80, "height": 24}'
      yes '[1, "o", "one line and another, \\u001b[31mred\\u001b[0m\\r\\n"]' | head -n 100000
    } >a.cast

    """

  @Test func openingARecordingShowsABar() throws {
    try onTerminal(Self.opening + "\"$0\" replay a.cast --frame last") { terminal in
      for word in ["reading  ", "replaying  "] { try terminal.wait(for: word) }
      #expect(try terminal.waitForEnd() == .exited(0))
      expectErased(terminal)
      #expect(terminal.text.contains("one line and another, red"))
    }
    let run = try run(Self.opening + "\"$0\" replay a.cast --frame last 2>../error >../output")
    #expect(run.ending == .exited(0) && run.error.isEmpty)
    #expect(run.output.contains("another, red"))
  }

  @Test(arguments: [("INT", Int32(130)), ("TERM", 143)])
  func openingARecordingCanBeInterrupted(_ name: String, _ code: Int32) throws {
    let script =
      Self.opening
      + "set -m; before=$(stty -g); \"$0\" replay a.cast & read -r; kill -\(name) $!; wait $!"
      + "; ended=$?; [ \"$(stty -g)\" = \"$before\" ] && echo same; (exit $ended)"
    try onTerminal(script) { terminal in
      try terminal.wait(for: "%")
      terminal.send("\r")
      #expect(try terminal.waitForEnd() == .exited(code))
      expectErased(terminal)
      #expect(terminal.text.contains("same") && !terminal.text.contains("\u{1b}[?1049h"))
    }
  }

  @Test(arguments: [("INT", Int32(130)), ("TERM", 143)])
  func aSignalErasesTheBarAndLeavesNoFile(_ name: String, _ code: Int32) throws {
    // A shell without job control starts what is in the background with SIGINT ignored.
    let script = "set -m; \"$0\" record long.yaml -o a.cast & read -r; kill -\(name) $!; wait $!"
    try onTerminal(script) { terminal in
      try terminal.wait(for: "%")
      terminal.send("\r")
      #expect(try terminal.waitForEnd() == .exited(code))
      expectErased(terminal)
      #expect(terminal.text.contains("files: long.yaml"))
    }
  }

  @Test func aPipeIsSilent() throws {
    let run = try run("\"$0\" record long.yaml -o a.cast --to 300 2>../error")
    #expect(run.ending == .exited(0) && run.error.isEmpty)
    #expect(run.files == ["a.cast", "long.yaml"])
  }

  /// Whatever the moment, what is to be overwritten is the old file or the whole new one, and nothing
  /// lies beside it.
  @Test func killedAtAnyMomentWhileOverwriting() throws {
    let run = try run(
      """
      "$0" record map-lookup --to 5 -o ../whole.frames
      for i in $(seq 24); do
        echo old >a.frames
        "$0" record map-lookup --to 5 -o a.frames --overwrite & process=$!
        read -t 0.$(printf %03d $((i * 137 % 400))) <> <(:)
        kill -9 $process 2>/dev/null; wait $process 2>/dev/null
        cmp -s a.frames ../whole.frames || [ "$(cat a.frames)" = old ] || exit 1
        [ "$(echo *)" = "a.frames long.yaml" ] || exit 2
      done
      """)
    #expect(run.ending == .exited(0))
  }

  /// A limit on the size of files stands for a full disk; who may mount one is told by another test.
  @Test func nothingIsLeftWhereNoMoreCanBeWritten() throws {
    let run = try run(
      "(ulimit -f 16; exec \"$0\" record map-lookup -o a.cast 2>../error)")
    #expect(run.ending == .exited(74))
    #expect(run.error == "a.cast: error: cannot be written: File too large\n")
    #expect(run.files == ["long.yaml"])
  }
}
