internal import Glibc
internal import Testing

/// A viewer's own settings and marks, in folders of the test's own.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct HomeTests {
  /// Runs a test with a new home, in which a file of settings lies.
  private func inHome(
    _ settings: String = "", _ body: (_ home: String, _ variables: [String: String]) throws -> Void
  ) throws {
    var template = Array("/tmp/visualizer-home-XXXXXX".utf8CString)
    #expect(mkdtemp(&template) != nil)
    let home = String(cBytes: template)
    defer { _ = try? shell("rm -rf '\(home)'") }
    _ = try shell(
      "mkdir -p '\(home)/c/visualizer'; printf '%s' '\(settings)' >'\(home)/c/visualizer/config.yaml'"
    )
    try body(
      home, ["XDG_CONFIG_HOME": "\(home)/c", "XDG_STATE_HOME": "\(home)/s", "HOME": home])
  }

  private func shell(_ script: String) throws -> PseudoTerminal.Ending {
    try PseudoTerminal("/bin/sh", ["-c", script], environment: Program.environment).waitForEnd()
  }

  private func open(
    _ variables: [String: String], _ options: [String] = []
  ) throws -> PseudoTerminal {
    let terminal = try Program.start(
      ["map-lookup", "--paused"] + options, columns: 120, rows: 36, with: variables)
    try terminal.wait(for: "map-lookup")
    try terminal.waitForSilence()
    return terminal
  }

  private func quit(_ terminal: PseudoTerminal) throws {
    terminal.send("q")
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test func optionsGoBeforeVariablesAndThoseBeforeTheFile() throws {
    try inHome("lang: zh\nspeed: 4\ntheme: dark\n") { _, variables in
      let plain = try open(variables)
      #expect(plain.text.contains("已暂停 4x") && plain.text.contains("38;5;243m"))
      try quit(plain)
      let stated = try open(
        variables.merging(["VISUALIZER_LANG": "en", "VISUALIZER_SPEED": "2"]) { $1 },
        ["--speed", "8", "--theme", "light"])
      #expect(stated.text.contains("paused 8x") && stated.text.contains("38;5;244m"))
      try quit(stated)
    }
  }

  @Test func whatIsWrittenDownKnowsNoSettings() throws {
    try inHome("lang: zh\ntheme: dark\n") { _, variables in
      let variables = variables.merging(["VISUALIZER_THEME": "mono"]) { $1 }
      for arguments in [["frame", "map-lookup", "--format", "ansi"], ["steps", "map-lookup"]] {
        let (own, usual) = (
          try CommandRun(arguments, with: variables), try CommandRun(arguments)
        )
        #expect(own.ending == .exited(0) && own.output == usual.output)
      }
    }
  }

  @Test func aMistakeIsSaidOnceAndTheRestHolds() throws {
    try inHome("theem: dark\nlang: zh\n") { home, variables in
      let terminal = try open(variables)
      let warning =
        "\(home)/c/visualizer/config.yaml:1:1: warning: unknown setting 'theem'; did you mean 'theme'?"
      #expect(terminal.count(warning) == 1)
      #expect(terminal.text.contains("已暂停"))
      try quit(terminal)
    }
  }

  @Test func aMarkOutlivesEvenSIGKILL() throws {
    try inHome { home, variables in
      let terminal = try open(variables, ["--at", "9"])
      terminal.send("ma")
      try terminal.wait(for: "is marked a")
      terminal.signal(SIGKILL)
      try terminal.waitForEnd()
      let again = try open(variables)
      again.send("'a")
      try again.waitForSilence()
      #expect(!again.text.contains("no step is marked"))
      again.send("'b")
      try again.wait(for: "no step is marked")
      try quit(again)
      #expect(
        try shell(
          "cd '\(home)/s/visualizer/bookmarks' && [ $(ls | wc -l) = 1 ] && grep -q '^a 9 ' *"
        ) == .exited(0), "one whole file, and nothing half-written beside it")
    }
  }

  @Test func nowhereToWriteIsNoError() throws {
    try inHome { _, variables in
      let terminal = try open(variables.merging(["XDG_STATE_HOME": "/proc/none"]) { $1 })
      terminal.send("ma")
      try terminal.wait(for: "is marked a")
      try quit(terminal)
      #expect(!terminal.text.contains("error"))
    }
  }
}
