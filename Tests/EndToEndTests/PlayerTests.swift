internal import Glibc
internal import Testing

/// The real player, seen through a real terminal emulator.
@Suite(.serialized, .enabled(if: EmulatedWindow.isAvailable), .timeLimit(.minutes(15)))
struct PlayerWindowTests {
  private static let scenario = "map-growth"

  private func open(
    _ arguments: [String], columns: Int = 120, rows: Int = 36
  ) throws -> EmulatedWindow {
    try EmulatedWindow(
      Program.path, ["play", Self.scenario] + arguments, columns: columns, rows: rows)
  }

  /// A frame as the command prints it: what the player has to show when it is at rest.
  private func frame(
    _ step: Int, columns: Int = 120, rows: Int = 36, _ options: [String] = []
  ) throws -> String {
    let size = ["--size", "\(columns)x\(rows)", "--charset", "unicode"]
    let run = try CommandRun(
      ["frame", Self.scenario, "--step", "\(step)"] + size + options)
    #expect(run.ending == .exited(0))
    return Self.plain(run.output)
  }

  /// A screen without what terminals do to the ends of lines.
  private static func plain(_ text: String) -> String {
    var lines = text.split(whereSeparator: \.isNewline).map { line in
      String(line.reversed().drop { $0 == " " }.reversed())
    }
    while lines.last?.isEmpty == true { lines.removeLast() }
    return lines.filter { !$0.isEmpty }.joined(separator: "\n")
  }

  private func expect(
    _ window: EmulatedWindow, shows frame: String, _ purpose: String
  ) throws {
    try window.wait(for: purpose) { Self.plain($0) == frame }
  }

  private func lastStep() throws -> Int {
    let run = try CommandRun(["steps", Self.scenario, "--json"])
    return run.output.split(separator: "\n").count - 1
  }

  @Test func startingAtAStepShowsThatFrame() throws {
    let window = try open(["--at", "61"])
    try expect(window, shows: frame(61), "step 61")
  }

  @Test func tenStepsForwardAndTenBackGiveTheIdenticalScreen() throws {
    let window = try open(["--at", "60"])
    try expect(window, shows: frame(60), "step 60")
    let before = try window.screen(styled: true)
    for _ in 0..<10 { try window.press("Right") }
    // Stepping there is the same as starting there.
    try expect(window, shows: frame(70), "step 70")
    for _ in 0..<10 { try window.press("Left") }
    try window.wait(for: "the identical screen", styled: true) { $0 == before }
  }

  @Test func helpShowsAndCloses() throws {
    let window = try open(["--at", "5"])
    let frame = try frame(5)
    try expect(window, shows: frame, "step 5")
    for (opening, closing) in [("?", "?"), ("?", "Escape"), ("F1", "q")] {
      try window.press(opening)
      try window.wait(for: "the help") { $0.contains("╭ Keys ") && $0.contains("next step") }
      try window.press(closing)
      try expect(window, shows: frame, "the frame without the help")
    }
  }

  @Test func spacePlaysAndPauses() throws {
    let window = try open(["--at", "5", "--speed", "8"])
    try window.wait(for: "a pause") { $0.contains("‖ paused 8x") }
    try window.press("Space")
    try window.wait(for: "playing on") { $0.contains("▶ playing 8x") && $0.contains("step 7/") }
    try window.press("Space")
    try window.wait(for: "a pause") { $0.contains("‖ paused 8x") }
  }

  @Test func playingComesToRestAtTheEnd() throws {
    let last = try lastStep()
    let window = try open(["--at", "\(last - 12)", "--speed", "64"])
    try window.wait(for: "the frame") { $0.contains("‖ paused 64x") }
    try window.press("Space")
    try window.wait(for: "the end") {
      $0.contains("step \(last)/\(last)") && $0.contains("‖ paused 64x")
    }
  }

  @Test func onePlaceAfterTheOtherIsGoneTo() throws {
    let last = try lastStep()
    let window = try open(["--paused"])
    try expect(window, shows: frame(0), "the first step")
    func go(_ keys: [String], to step: Int) throws {
      for key in keys { try window.press(key) }
      try expect(window, shows: frame(step), "step \(step) by \(keys)")
    }
    try go([":", "5", "0", "%", "Enter"], to: Int((Double(last) / 2).rounded()))
    try go([":", "1", "7", "Enter"], to: 17)
    try go(["4", "2", "g"], to: 42)
    try go(["End"], to: last)
    try go(["g"], to: 0)
    try go(["5"], to: last * 5 / 10)
    try go([":", "last", "Enter"], to: last)
    try window.press(":")
    try window.press("nowhere")
    try window.press("Enter")
    try window.wait(for: "a word that there is no such place") { $0.contains("no such place") }
    try go(["Escape"], to: last)
  }

  @Test func framesAndChaptersForwardAndBack() throws {
    let window = try open(["--at", "62"])
    let frame = try frame(62)
    try expect(window, shows: frame, "step 62")
    for _ in 0..<7 { try window.press(".") }
    for _ in 0..<7 { try window.press(",") }
    try expect(window, shows: frame, "step 62 again")
    let here = try #require(frame.firstMatch(of: /Chapter (\d) of/).flatMap { Int($0.1) })
    try window.press("]")
    try window.wait(for: "the next chapter") { $0.contains("Chapter \(here + 1) of") }
    try window.press("[")
    try window.wait(for: "the chapter before") { $0.contains("Chapter \(here) of") }
  }

  @Test func theLanguageSwitchesThereAndBack() throws {
    let window = try open(["--at", "61"])
    try expect(window, shows: frame(61), "English")
    try window.press("L")
    try expect(window, shows: frame(61, ["--lang", "zh"]), "Chinese")
    try window.press("L")
    try expect(window, shows: frame(61), "English again")
  }

  @Test func afterRandomSizesTheScreenIsLikeAFreshOne() throws {
    let window = try open(["--at", "66"], columns: 80, rows: 24)
    try expect(window, shows: frame(66, columns: 80, rows: 24), "80x24")
    var random = SplitMix64(state: 77)
    for _ in 0..<50 {
      try window.resize(
        columns: Int.random(in: 1...250, using: &random),
        rows: Int.random(in: 1...80, using: &random))
    }
    try window.resize(columns: 97, rows: 31)
    let fresh = try open(["--at", "66"], columns: 97, rows: 31)
    try expect(fresh, shows: frame(66, columns: 97, rows: 31), "a fresh window")
    let wanted = try fresh.screen(styled: true)
    try window.wait(for: "the screen of a fresh window", styled: true) { $0 == wanted }
  }

  @Test(arguments: [(60, 16), (80, 24), (250, 80)])
  func everySizeShowsItsFrame(_ columns: Int, _ rows: Int) throws {
    let window = try open(["--at", "66"], columns: columns, rows: rows)
    try expect(window, shows: frame(66, columns: columns, rows: rows), "\(columns)x\(rows)")
  }

  @Test func aWindowThatIsTooSmallSaysWhichSizeIsNeeded() throws {
    let window = try open(["--at", "66"], columns: 40, rows: 8)
    try window.wait(for: "the size") { $0.contains("60x16") && $0.contains("40x8") }
    try window.resize(columns: 90, rows: 30)
    try expect(window, shows: frame(66, columns: 90, rows: 30), "the frame")
  }
}

/// The real player: what it writes, and how it leaves the terminal.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct PlayerTests {
  private func open(
    _ arguments: [String] = ["--paused"], columns: Int = 80, rows: Int = 24
  ) throws -> PseudoTerminal {
    let terminal = try Program.start(
      ["play", "map-growth"] + arguments, columns: columns, rows: rows)
    try terminal.wait(for: "help")
    return terminal
  }

  private func expectRestored(_ terminal: PseudoTerminal, _ modes: TerminalModes) throws {
    #expect(terminal.modes == modes)
    #expect(terminal.count("\u{1b}[?1049h") == 1 && terminal.count("\u{1b}[?1049l") == 1)
    let left = try #require(terminal.text.components(after: "\u{1b}[?1049l").last)
    #expect(!left.contains("\u{1b}[?25l"), "the cursor is hidden again")
    let cursor = terminal.text.components(after: "\u{1b}[?25l").last ?? ""
    #expect(cursor.contains("\u{1b}[?25h"), "the cursor stays hidden")
  }

  private func untouchedModes() throws -> TerminalModes {
    try PseudoTerminal("/bin/true", environment: [:]).modes
  }

  @Test func qLeaves() throws {
    let terminal = try open()
    terminal.send("q")
    #expect(try terminal.waitForEnd() == .exited(0))
    try expectRestored(terminal, untouchedModes())
  }

  @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)], [["--paused"], []])
  func endingBySignal(_ signal: (Int32, Int32), _ arguments: [String]) throws {
    let terminal = try open(arguments)
    terminal.signal(signal.0)
    #expect(try terminal.waitForEnd() == .exited(signal.1))
    try expectRestored(terminal, untouchedModes())
  }

  @Test(arguments: [SIGHUP, SIGILL, SIGSEGV, SIGABRT])
  func dyingBySignal(_ number: Int32) throws {
    let terminal = try open([])
    terminal.signal(number)
    #expect(try terminal.waitForEnd() == .killed(signal: number))
    try expectRestored(terminal, untouchedModes())
  }

  @Test func nothingIsWrittenWhilePaused() throws {
    let terminal = try open(["--at", "20"])
    let place = try terminal.waitForSilence()
    let switches = try terminal.contextSwitches()
    #expect(try terminal.waitForSilence(of: .milliseconds(400)) == place)
    #expect(try terminal.contextSwitches() == switches)
  }

  @Test func keysAreReadInOneRush() throws {
    let terminal = try open()
    terminal.send(String(repeating: "n", count: 500) + String(repeating: "b", count: 500) + "q")
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test func randomKeysDoNoHarm() throws {
    let terminal = try open()
    var random = SplitMix64(state: 5)
    let keys = [
      " ", "n", "b", "\u{1b}[A", "\u{1b}[B", ".", ",", "[", "]", "g", "G", ":", "5", "0", "%", "\r",
      "\u{1b}", "+", "-", "=", "r", "j", "k", "L", "?", "\u{c}", "\u{7f}", "é", "中",
    ]
    for _ in 0..<400 { terminal.send(keys.randomElement(using: &random) ?? "n") }
    try terminal.waitForSilence(of: .milliseconds(20))
    terminal.signal(SIGTERM)
    #expect(try terminal.waitForEnd() == .exited(143))
    try expectRestored(terminal, untouchedModes())
  }

  @Test func theSmallestWindowIsSurvived() throws {
    let terminal = try Program.start(["play", "map-growth"], columns: 1, rows: 1)
    try terminal.waitForSilence(of: .milliseconds(60))
    terminal.resize(columns: 100, rows: 30)
    try terminal.wait(for: "help")
    terminal.send("q")
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test func onlyASCIIWhereAsked() throws {
    let terminal = try open(["--charset", "ascii", "--speed", "8"])
    terminal.send("]]]?")
    try terminal.wait(for: "Keys")
    terminal.send("?Lq")
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.output.allSatisfy { $0 < 0x80 })
  }

  /// A scenario from standard input; the keys come from the terminal.
  @Test func aScenarioFromAPipe() throws {
    let script = """
      printf 'title: piped\\nmodel: map\\nscript: [insert k1]\\n' | "$0" play -; echo "ended $?"
      """
    let terminal = try PseudoTerminal(
      "/bin/sh", ["-c", script, Program.path], environment: Program.environment)
    try terminal.wait(for: "help")
    terminal.send("q")
    try terminal.wait(for: "ended 0")
    #expect(terminal.text.contains("stdin"))
  }

  @Test func anErrorComesBeforeTheScreen() throws {
    let terminal = try Program.start(["play", "no-such-scenario"])
    #expect(try terminal.waitForEnd() == .exited(66))
    #expect(!terminal.text.contains("\u{1b}"))
  }
}
