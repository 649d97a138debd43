internal import Glibc
internal import Testing

/// Whichever way the program ends, the terminal is as it was before.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct RestoreTests {
  /// What the program wrote and left behind, compared with the modes before it began.
  private func expectRestored(
    _ terminal: PseudoTerminal, modes: TerminalModes, screens: Int = 1,
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(terminal.modes == modes, sourceLocation: location)
    #expect(terminal.count("\u{1b}[?1049h") == screens, sourceLocation: location)
    #expect(terminal.count("\u{1b}[?1049l") == screens, sourceLocation: location)
    let written = terminal.output
    let shown = written.lastPlace(of: "\u{1b}[?25h")
    let hidden = written.lastPlace(of: "\u{1b}[?25l")
    #expect(shown > hidden, "the cursor stays hidden", sourceLocation: location)
    #expect(
      written.lastPlace(of: "\u{1b}[?1l") > written.lastPlace(of: "\u{1b}[?1h"),
      "the cursor keys stay in application mode", sourceLocation: location)
  }

  private func start() throws -> (PseudoTerminal, TerminalModes) {
    let before = try PseudoTerminal(
      "/bin/true", environment: [:]
    ).modes
    let terminal = try Program.open()
    #expect(terminal.modes != before)
    return (terminal, before)
  }

  @Test func quitting() throws {
    let (terminal, modes) = try start()
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
    expectRestored(terminal, modes: modes)
  }

  @Test(arguments: zip([SIGINT, SIGTERM], [Int32(130), Int32(143)]))
  func endingBySignal(_ number: Int32, _ code: Int32) throws {
    let (terminal, modes) = try start()
    terminal.signal(number)
    #expect(try terminal.waitForEnd() == .exited(code))
    expectRestored(terminal, modes: modes)
  }

  @Test func controlC() throws {
    let (terminal, modes) = try start()
    terminal.send("\u{3}")
    #expect(try terminal.waitForEnd() == .exited(130))
    expectRestored(terminal, modes: modes)
  }

  @Test func controlCWhileThingsMove() throws {
    let terminal = try Program.open(Program.moving)
    terminal.send("\u{3}")
    #expect(try terminal.waitForEnd() == .exited(130))
    #expect(terminal.count("\u{1b}[?1049l") == 1)
  }

  @Test(arguments: [SIGHUP, SIGQUIT, SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGTRAP])
  func dyingBySignal(_ number: Int32) throws {
    let (terminal, modes) = try start()
    terminal.signal(number)
    #expect(try terminal.waitForEnd() == .killed(signal: number))
    expectRestored(terminal, modes: modes)
  }

  @Test func controlBackslash() throws {
    let (terminal, modes) = try start()
    terminal.send("\u{1c}")
    #expect(try terminal.waitForEnd() == .killed(signal: SIGQUIT))
    expectRestored(terminal, modes: modes)
  }

  @Test func trapping() throws {
    let (terminal, modes) = try start()
    terminal.send("!")
    let ending = try terminal.waitForEnd()
    #expect([.killed(signal: SIGILL), .killed(signal: SIGTRAP)].contains(ending))
    expectRestored(terminal, modes: modes)
    let left = terminal.output.lastPlace(of: "\u{1b}[?1049l")
    let message = terminal.output.lastPlace(of: "trapped deliberately")
    #expect(message > left, "the message went down with the screen")
  }

  @Test func leavingByExit() throws {
    let (terminal, modes) = try start()
    terminal.send("e")
    let silent = try terminal.waitForSilence()
    #expect(!terminal.text.contains("held back"))
    terminal.send("x")
    #expect(try terminal.waitForEnd() == .exited(3))
    #expect(terminal.text(since: silent).contains("held back"))
    expectRestored(terminal, modes: modes)
  }

  @Test func hangingUp() throws {
    let (terminal, _) = try start()
    terminal.hangUp()
    #expect(try terminal.waitForEnd() == .killed(signal: SIGHUP))
  }

  /// A hang-up of which no signal tells must not leave a process spinning on a dead terminal.
  @Test func hangingUpUnheard() throws {
    let terminal = try PseudoTerminal(
      "/bin/sh", ["-c", "trap '' HUP; exec \"$0\" terminal-probe", Program.path],
      environment: Program.environment)
    try terminal.wait(for: Program.readyText)
    terminal.signal(SIGHUP)
    let place = try terminal.waitForSilence()
    terminal.send("z")
    try terminal.wait("an answer") { terminal.output.count > place ? true : nil }
    terminal.hangUp()
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test func stoppingWithoutShell() throws {
    let (terminal, modes) = try start()
    let place = terminal.output.count
    // Nobody could continue it, so it goes on by itself.
    terminal.send("\u{1a}")
    try terminal.wait(for: Program.readyText, since: place)
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
    expectRestored(terminal, modes: modes, screens: 2)
  }

  /// Ctrl-Z, `bg`, `fg` under a shell with job control.
  @Test(arguments: ["\u{1a}", "TSTP", "STOP"])
  func suspending(_ how: String) throws {
    let script = """
      set -m; before=$(stty -g); "$0" terminal-probe
      [ "$(stty -g)" = "$before" ] && echo same modes
      echo stopped $?; read line; bg %1; read line; fg %1; echo ended $?
      [ "$(stty -g)" = "$before" ] && echo same modes again
      """
    let terminal = try PseudoTerminal(
      "/bin/bash", ["-c", script, Program.path], environment: Program.environment)
    try terminal.wait(for: Program.readyText)
    try terminal.waitForSilence()
    if how.count == 1 {
      terminal.send(how)
    } else {
      kill(try child(of: terminal), how == "STOP" ? SIGSTOP : SIGTSTP)
    }
    var place = try terminal.wait(for: "stopped")
    if how != "STOP" {
      #expect(terminal.text.contains("same modes"))
      #expect(terminal.count("\u{1b}[?1049l") == 1)
    }
    terminal.send("\n")
    try terminal.waitForSilence()
    terminal.resize(columns: 70, rows: 20)
    terminal.send("\n")
    place = try terminal.wait(for: Program.readyText, since: place)
    try terminal.waitForSilence()
    // The new size: something stands in the last row of the smaller window.
    #expect(terminal.text(since: place).contains("\u{1b}[20;") || terminal.text.contains("70x20"))
    terminal.send(Program.quitKey)
    try terminal.wait(for: "ended 0", since: place)
    try terminal.waitForEnd()
    if how != "STOP" { #expect(terminal.text(since: place).contains("same modes again")) }
    #expect(terminal.count("\u{1b}[?1049h") == terminal.count("\u{1b}[?1049l"))
  }

  /// A suspended program that is ended does not touch the terminal, which is the shell's by then.
  @Test func endingWhileSuspended() throws {
    let terminal = try PseudoTerminal(
      "/bin/bash", ["-c", "set -m; \"$0\" terminal-probe; echo stopped; read line", Program.path],
      environment: Program.environment)
    try terminal.wait(for: Program.readyText)
    let child = try child(of: terminal)
    terminal.send("\u{1a}")
    try terminal.wait(for: "stopped")
    let modes = terminal.modes
    // As `kill %1` does it.
    kill(child, SIGTERM)
    kill(child, SIGCONT)
    try terminal.wait("the end of the child") { kill(child, 0) != 0 ? true : nil }
    #expect(terminal.modes == modes)
    #expect(terminal.count("\u{1b}[?1049h") == 1)
    #expect(terminal.count("\u{1b}[?1049l") == 1)
  }

  /// The one process that a shell has started.
  private func child(of terminal: PseudoTerminal) throws -> pid_t {
    let path = "/proc/\(terminal.process)/task/\(terminal.process)/children"
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes = [CChar](repeating: 0, count: 256)
    #expect(fgets(&bytes, 256, file) != nil)
    return try #require(pid_t(String(cBytes: bytes).split(separator: " ").first ?? ""))
  }
}
