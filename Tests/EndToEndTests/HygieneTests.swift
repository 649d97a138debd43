internal import Glibc
internal import Testing

/// Ends, stops, sizes: whatever happens to a program that fills the screen, the terminal is as it
/// was before, and the exit code is the documented one.
@Suite(.timeLimit(.minutes(15)))
struct HygieneTests {
  private static let programs = ProgramUnderTest.all

  // MARK: - Ends

  @Test(arguments: programs)
  func leaving(_ program: ProgramUnderTest) throws {
    let terminal = try program.open()
    #expect(try terminal.modes != ProgramUnderTest.untouchedModes.get())
    try program.leave(terminal)
    try terminal.expectRestored()
  }

  @Test(arguments: programs, [SIGINT, SIGTERM, SIGHUP, SIGQUIT])
  func endingBySignal(_ program: ProgramUnderTest, _ signal: Int32) throws {
    let terminal = try program.open()
    terminal.signal(signal)
    let (expected, name) =
      switch signal {
      case SIGINT: (program.endings.interrupted, "SIGINT")
      case SIGTERM: (program.endings.terminated, "SIGTERM")
      case SIGHUP: (program.endings.hungUp, "SIGHUP")
      default: (program.endings.quitBySignal, "SIGQUIT")
      }
    try program.expect(expected, of: terminal, after: name)
    try terminal.expectRestored()
  }

  @Test(arguments: programs, [("\u{3}", SIGINT), ("\u{1c}", SIGQUIT)] as [(String, Int32)])
  func endingByKey(_ program: ProgramUnderTest, _ key: (String, Int32)) throws {
    let terminal = try program.open()
    terminal.send(key.0)
    let endings = program.endings
    try program.expect(
      key.1 == SIGINT ? endings.interrupted : endings.quitBySignal, of: terminal,
      after: key.1 == SIGINT ? "Ctrl-C" : "Ctrl-\\")
    try terminal.expectRestored()
  }

  /// A crash is sent from outside, where a program cannot be asked for one; that of our own probe
  /// is real, see `RestoreTests`.
  @Test(arguments: programs, [SIGTRAP, SIGILL, SIGSEGV, SIGABRT])
  func crashing(_ program: ProgramUnderTest, _ signal: Int32) throws {
    let terminal = try program.open()
    terminal.signal(signal)
    try program.expect(.killed(signal: signal), of: terminal, after: "signal \(signal)")
    try terminal.expectRestored()
  }

  @Test(arguments: programs)
  func losingTheTerminal(_ program: ProgramUnderTest) throws {
    let terminal = try program.open()
    terminal.hangUp()
    // Nobody can go on without a terminal, however it takes the signal.
    let ending = try terminal.waitForEnd(after: "the terminal hung up")
    if let expected = program.endings.hungUp { #expect(ending == expected) }
  }

  @Test(arguments: programs.filter { $0.mouse != nil }, [nil, SIGTERM, SIGABRT])
  func theMouseIsGivenBack(_ program: ProgramUnderTest, _ signal: Int32?) throws {
    let terminal = try program.open(program.mouse ?? [])
    #expect(terminal.text.contains("\u{1b}[?1000h"))
    if let signal {
      terminal.signal(signal)
      try terminal.waitForEnd()
    } else {
      try program.leave(terminal)
    }
    try terminal.expectRestored()
  }

  // MARK: - Stops

  /// Ctrl-Z or SIGTSTP, and going on by `fg`, in a shell with job control.
  @Test(arguments: programs, [true, false])
  func stoppingAndGoingOn(_ program: ProgramUnderTest, _ byKey: Bool) throws {
    let script = """
      set -m; before=$(stty -g); "$0" "$@"
      [ "$(stty -g)" = "$before" ] && echo same; echo stopped $?
      read line; fg %1; echo ended $?; [ "$(stty -g)" = "$before" ] && echo same again
      """
    let terminal = try PseudoTerminal(
      "/bin/bash", ["-c", script, program.path] + program.arguments,
      environment: program.environment)
    try terminal.wait(for: program.ready)
    if byKey {
      terminal.send("\u{1a}")
    } else {
      let child = try terminal.wait("a child") { terminal.children.first }
      kill(child, SIGTSTP)
    }
    let stopped = try terminal.wait(for: "stopped")
    #expect(terminal.text.contains("same"))
    #expect(terminal.count("\u{1b}[?1049h") == terminal.count("\u{1b}[?1049l"))
    terminal.send("\n")
    let on = try terminal.wait(for: program.ready, since: stopped)
    terminal.send(program.quit)
    let code = if case .exited(let code) = program.endings.quit { code } else { Int32(-1) }
    try terminal.wait(for: "ended \(code)", since: on)
    try terminal.wait(for: "same again", since: on)
    try terminal.waitForEnd()
    try terminal.expectRestored()
  }

  // MARK: - Sizes

  @Test(arguments: programs, [(1, 1), (2, 40), (80, 3), (60, 16), (500, 200)])
  func everySizeIsDrawn(_ program: ProgramUnderTest, _ size: (Int, Int)) throws {
    let terminal = try program.start(columns: size.0, rows: size.1)
    try terminal.wait("a screen") { terminal.text.contains("\u{1b}[?1049h") ? true : nil }
    try terminal.wait("a picture") { terminal.output.count > 60 || size.0 < 3 ? true : nil }
    terminal.resize(columns: 90, rows: 30)
    try terminal.wait(for: program.ready)
    terminal.resize(columns: size.0, rows: size.1)
    try program.leave(terminal)
    try terminal.expectRestored()
  }

  /// 100 sizes within a second, up to the largest, and then one that is drawn whole.
  @Test(arguments: programs)
  func aHundredSizesInASecond(_ program: ProgramUnderTest) throws {
    let terminal = try program.open()
    var random = SplitMix64(state: 6)
    let start = ContinuousClock.now
    for index in 1...100 {
      terminal.resize(
        columns: Int.random(in: 1...500, using: &random),
        rows: Int.random(in: 1...200, using: &random))
      try terminal.wait("the clock") {
        ContinuousClock.now - start >= .milliseconds(10 * index) ? true : nil
      }
    }
    terminal.resize(columns: 90, rows: 30)
    // What is drawn anew may come before the next line of this test.
    let place = terminal.output.count
    terminal.send("\u{c}")
    try terminal.wait(for: program.ready, since: place)
    try program.leave(terminal)
    try terminal.expectRestored()
  }

  // MARK: - Kinds of terminals

  @Test(arguments: programs, ["xterm-256color", "ansi", "vt100", "xterm", "screen"])
  func everyTypeIsServed(_ program: ProgramUnderTest, _ type: String) throws {
    let terminal = try program.start(with: ["TERM": type])
    // Where a type cannot show the text in one piece, the modes tell that the screen is taken.
    try terminal.wait("the screen") {
      let isTaken = try terminal.modes != ProgramUnderTest.untouchedModes.get()
      return isTaken && terminal.output.count > 500 ? true : nil
    }
    try program.leave(terminal)
    try terminal.expectRestored()
    let colours = terminal.colours
    switch type {
    case "vt100": #expect(colours == [])
    case "ansi", "xterm", "screen":
      #expect(colours.allSatisfy { (30...49).contains($0) && $0 != 38 && $0 != 48 }, "\(colours)")
    default: #expect(colours.contains(38) || !program.hasManyColours)
    }
  }

  @Test(arguments: programs, ["no-such-terminal", "", "unknown"])
  func whatIsNoTerminalIsRefused(_ program: ProgramUnderTest, _ type: String) throws {
    let terminal = try program.start(with: ["TERM": type])
    try expectRefusal(program.endings.refused, by: program, on: terminal)
  }

  /// Without a cursor to place it prints lines or a refusal, and not one escape sequence.
  @Test(arguments: programs)
  func aDumbTerminal(_ program: ProgramUnderTest) throws {
    let terminal = try program.start(with: ["TERM": "dumb"])
    try program.expect(program.onDumbTerminal, of: terminal, after: "starting on TERM=dumb")
    #expect(terminal.count("\u{1b}") == 0, "escape sequences are written")
    #expect(terminal.output.contains(0x0a), "not one line is written")
    try terminal.expectRestored()
  }

  @Test(arguments: programs, ["xterm-256color", "ansi", "xterm"])
  func noColourWhereNoneIsWanted(_ program: ProgramUnderTest, _ type: String) throws {
    let terminal = try program.open(with: ["NO_COLOR": "1", "TERM": type])
    try program.leave(terminal)
    #expect(terminal.colours == [], "colours in spite of NO_COLOR")
    try terminal.expectRestored()
  }

  @Test(arguments: programs.filter(\.readsLocale), ["C", "POSIX"])
  func onlyASCIIWhereTheLocaleHasNoMore(_ program: ProgramUnderTest, _ locale: String) throws {
    let terminal = try program.open(with: ["LC_ALL": locale])
    try terminal.waitForSilence(of: .milliseconds(30))
    terminal.send("?")
    try terminal.waitForSilence(of: .milliseconds(60))
    terminal.send("\u{1b}")
    try terminal.waitForSilence(of: .milliseconds(60))
    try program.leave(terminal)
    #expect(terminal.output.allSatisfy { $0 < 0x80 }, "more than ASCII is written")
    try terminal.expectRestored()
  }

  // MARK: - What is no terminal

  @Test(arguments: programs)
  func noKeysNoScreen(_ program: ProgramUnderTest) throws {
    let terminal = try program.start(input: .null)
    try expectRefusal(program.endings.withoutKeys, by: program, on: terminal)
  }

  /// Expects that the program ends without a screen, prints lines instead, or is one that goes on.
  private func expectRefusal(
    _ ending: PseudoTerminal.Ending?, by program: ProgramUnderTest, on terminal: PseudoTerminal
  ) throws {
    let cause = "starting without a screen"
    if ending != nil {
      let found = try terminal.waitForEnd(after: cause)
      #expect(
        found == ending || (program.printsInstead && found == .exited(0)), "it does not refuse")
      #expect(terminal.count("\u{1b}") == 0, "escape sequences: \(terminal.visibleOutput)")
    } else {
      try program.expect(nil, of: terminal, after: cause)
    }
    try terminal.expectRestored()
  }
}

extension PseudoTerminal {
  /// The colours that were asked for, by their numbers in `SGR` sequences.
  var colours: Set<Int> {
    var found: Set<Int> = []
    for part in text.components(after: "\u{1b}[") {
      let parameters = part.prefix { $0.isNumber || $0 == ";" }
      guard part.dropFirst(parameters.count).first == "m" else { continue }
      for number in parameters.split(separator: ";").compactMap({ Int($0) })
      where (30...49).contains(number) || (90...107).contains(number) {
        found.insert(number)
      }
    }
    return found
  }

  /// The processes that the program has started.
  var children: [pid_t] {
    guard let file = fopen("/proc/\(process)/task/\(process)/children", "r") else { return [] }
    defer { fclose(file) }
    var bytes = [CChar](repeating: 0, count: 256)
    guard fgets(&bytes, 256, file) != nil else { return [] }
    return String(cBytes: bytes).split(separator: " ").compactMap { pid_t($0) }
  }
}
