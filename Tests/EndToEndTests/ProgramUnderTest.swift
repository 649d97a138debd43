internal import Glibc
internal import Testing

/// A program that fills the screen, and what may be expected of it: all that the hygiene tests know.
///
/// These are our own; with `HYGIENE_PROGRAM` set it is somebody else's, see the README beside.
struct ProgramUnderTest: Sendable, CustomTestStringConvertible {
  var name: String
  var path = Program.path
  /// The arguments with which it fills the screen.
  var arguments: [String]
  /// A text that stands on the screen when it is ready for keys.
  var ready: String
  /// What is typed to leave it.
  var quit = "q"
  /// The arguments to be added for it to take the mouse; nil where it cannot or always does.
  var mouse: [String]?
  /// How it ends, by what ends it.
  var endings = Endings()
  /// How it ends on a dumb terminal: refusing, or printing lines.
  var onDumbTerminal: PseudoTerminal.Ending? = .exited(69)
  /// Whether it may as well print lines and succeed where no screen can be had.
  var printsInstead = false
  /// Whether it writes nothing but ASCII where the locale has no more.
  var readsLocale = true
  /// Whether it draws in 256 colours where there are so many.
  var hasManyColours = true
  var environment: [String: String] = Program.environment

  /// Nil stands for going on.
  struct Endings: Sendable {
    var quit = PseudoTerminal.Ending.exited(0)
    var interrupted: PseudoTerminal.Ending? = .exited(130)
    var terminated: PseudoTerminal.Ending? = .exited(143)
    var hungUp: PseudoTerminal.Ending? = .killed(signal: SIGHUP)
    var quitBySignal: PseudoTerminal.Ending? = .killed(signal: SIGQUIT)
    /// Where the terminal's type is not known.
    var refused: PseudoTerminal.Ending? = .exited(69)
    /// Where standard input is no terminal.
    var withoutKeys: PseudoTerminal.Ending? = .exited(69)
  }

  var testDescription: String { name }

  /// The programs to be tested.
  ///
  /// Another activity of ours is tested by a line here.
  static let all: [ProgramUnderTest] = {
    if let foreign { return [foreign] }
    let gallery = ProgramUnderTest(
      name: "gallery", arguments: [], ready: "play", onDumbTerminal: .exited(0),
      printsInstead: true)
    return (Program.opensGallery ? [gallery] : []) + [
      ProgramUnderTest(
        name: "play", arguments: ["play", "map-lookup", "--paused"], ready: "help",
        mouse: ["--mouse"], onDumbTerminal: .exited(0)),
      ProgramUnderTest(
        name: "play, moving", arguments: ["play", "tcp-open", "--speed", "4"], ready: "help",
        mouse: ["--mouse"], onDumbTerminal: .exited(0)),
      ProgramUnderTest(
        name: "replay", arguments: ["replay", recording, "--loop"], ready: "help",
        mouse: ["--mouse"]),
    ]
  }()

  /// A small recording with colours and Chinese, which moves.
  private static let recording: String = {
    let path = "/tmp/visualizer-hygiene-\(getpid()).cast"
    var text = #"{"version": 2, "width": 40, "height": 8, "title": "看"}"# + "\n"
    for index in 0..<40 {
      text +=
        #"[\#(index / 10).\#(index % 10), "o", "\u001b[3\#(index % 8)mred \#(index) 看 ─\r\n"]"#
      text += "\n"
    }
    if let file = fopen(path, "w") {
      fputs(text, file)
      fclose(file)
    }
    atexit { unlink("/tmp/visualizer-hygiene-\(getpid()).cast") }
    return path
  }()
}

// MARK: Programs of others

extension ProgramUnderTest {
  /// The program that the environment names.
  private static var foreign: ProgramUnderTest? {
    func variable(_ name: String) -> String? {
      getenv("HYGIENE_\(name)").map { String(cString: $0) }
    }
    guard let path = variable("PROGRAM") else { return nil }
    let words = { (text: String) in text.split(separator: " ").map(String.init) }
    var program = ProgramUnderTest(
      name: path, path: path, arguments: words(variable("ARGUMENTS") ?? ""),
      ready: variable("READY") ?? "")
    program.quit = variable("QUIT") ?? "q"
    program.mouse = variable("MOUSE").map(words)
    program.readsLocale = variable("LOCALE") != "no"
    program.hasManyColours = false
    for name in words(variable("KEEP") ?? "HOME PATH") {
      if let value = getenv(name) { program.environment[name] = String(cString: value) }
    }
    for word in words(variable("ENDINGS") ?? "") { program.expect(word) }
    return program
  }

  /// Takes over what one word of `HYGIENE_ENDINGS` says.
  private mutating func expect(_ word: String) {
    let parts = word.split(separator: "=").map(String.init)
    let ending = parts.count == 2 ? Self.ending(parts[1]) : nil
    guard parts.count == 2, ending != nil || parts[1] == "stays" else {
      fatalError("HYGIENE_ENDINGS: write what=CODE, what=killed:SIGNAL or what=stays, not \(word)")
    }
    switch parts[0] {
    case "quit": endings.quit = ending ?? endings.quit
    case "int": endings.interrupted = ending
    case "term": endings.terminated = ending
    case "hup": endings.hungUp = ending
    case "sigquit": endings.quitBySignal = ending
    case "refused": endings.refused = ending
    case "nokeys": endings.withoutKeys = ending
    case "dumb": onDumbTerminal = ending
    default: fatalError("HYGIENE_ENDINGS: quit, int, term, hup, sigquit, refused, nokeys or dumb")
    }
  }

  private static func ending(_ text: String) -> PseudoTerminal.Ending? {
    if let signal = text.split(separator: ":").last, text.hasPrefix("killed:") {
      return Int32(signal).map { .killed(signal: $0) }
    }
    return Int32(text).map { .exited($0) }
  }
}

// MARK: Running it

extension ProgramUnderTest {
  /// Starts it on a terminal.
  func start(
    _ more: [String] = [], columns: Int = 80, rows: Int = 24, with changes: [String: String?] = [:],
    input: PseudoTerminal.Stream = .terminal, output: PseudoTerminal.Stream = .terminal
  ) throws -> PseudoTerminal {
    var environment = environment
    for (name, value) in changes { environment[name] = value }
    return try PseudoTerminal(
      path, arguments + more, columns: columns, rows: rows, environment: environment,
      input: input, output: output)
  }

  /// Starts it and waits until it is ready.
  func open(
    _ more: [String] = [], columns: Int = 80, rows: Int = 24, with changes: [String: String?] = [:]
  ) throws -> PseudoTerminal {
    let terminal = try start(more, columns: columns, rows: rows, with: changes)
    try terminal.wait(for: ready)
    return terminal
  }

  /// Types what leaves it, and waits until it has ended.
  func leave(_ terminal: PseudoTerminal, location: SourceLocation = #_sourceLocation) throws {
    terminal.send(quit)
    try expect(endings.quit, of: terminal, after: "\(quit.debugDescription)", location: location)
  }

  /// Expects that the program ends as it should, or goes on and can still be left.
  func expect(
    _ ending: PseudoTerminal.Ending?, of terminal: PseudoTerminal, after cause: String,
    location: SourceLocation = #_sourceLocation
  ) throws {
    guard let ending else {
      try terminal.waitForSilence()
      #expect(!terminal.hasEnded, "it is to go on after \(cause)", sourceLocation: location)
      if !terminal.hasEnded { try leave(terminal, location: location) }
      return
    }
    let found = try terminal.waitForEnd(after: cause)
    #expect(found == ending, "it ended otherwise after \(cause)", sourceLocation: location)
  }

  /// The modes of a terminal that nobody has touched.
  static let untouchedModes = Result { try PseudoTerminal("/bin/true", environment: [:]).modes }
}

extension PseudoTerminal {
  /// Expects the terminal as it was before: its modes, its screen, its cursor, its mouse.
  func expectRestored(location: SourceLocation = #_sourceLocation) throws {
    #expect(
      try modes == ProgramUnderTest.untouchedModes.get(), "the terminal's modes stay changed",
      sourceLocation: location)
    #expect(
      count("\u{1b}[?1049h") == count("\u{1b}[?1049l"),
      "the alternate screen is entered and left unequally often", sourceLocation: location
    )
    // What is switched on is switched off behind it: the cursor's hiding, its keys, the mouse,
    // bracketed paste, held-back frames.
    let pairs = [
      ("[?25l", "[?25h"), ("[?1h", "[?1l"), ("[?1000h", "[?1000l"), ("[?1002h", "[?1002l"),
      ("[?1003h", "[?1003l"), ("[?1006h", "[?1006l"), ("[?2004h", "[?2004l"),
      ("[?2026h", "[?2026l"), ("[?1049h", "[?1049l"),
    ]
    for (on, off) in pairs where count("\u{1b}\(on)") > 0 {
      #expect(isOff(on, off), "\(on) stays in force", sourceLocation: location)
    }
  }

  /// Whether what a sequence switches on was switched off later, alone or along with others.
  private func isOff(_ on: String, _ off: String) -> Bool {
    let lastOn = output.lastPlace(of: "\u{1b}\(on)")
    if output.lastPlace(of: "\u{1b}\(off)") > lastOn { return true }
    let number = off.dropFirst(2).dropLast()
    return text(since: max(0, lastOn)).components(after: "\u{1b}[?").contains { rest in
      let parameters = rest.prefix { $0.isNumber || $0 == ";" }
      return rest.dropFirst(parameters.count).first == "l" && off.hasSuffix("l")
        && parameters.split(separator: ";").contains(number)
    }
  }
}
