internal import Glibc

/// The program under test, and the few things about it that the terminal's tests have to know.
enum Program {
  /// The built executable, beside the test bundle.
  static let path: String = {
    var buffer = [CChar](repeating: 0, count: 4_096)
    readlink("/proc/self/exe", &buffer, buffer.count - 1)
    let runner = String(cBytes: buffer)
    // The tests run inside of the bundle itself, or in a runner that is given the bundle's path.
    for candidate in [runner] + CommandLine.arguments where candidate.contains(".build/") {
      var folder = candidate.split(separator: "/", omittingEmptySubsequences: false)
      while folder.count > 1 {
        folder.removeLast()
        let path = (folder + ["visualizer"]).joined(separator: "/")
        if access(path, X_OK) == 0 { return path }
      }
    }
    fatalError("no visualizer beside \(runner)")
  }()

  /// Whether the program by itself fills the screen with the scenarios to choose from.
  static let opensGallery: Bool = {
    guard let terminal = try? start([]) else { return false }
    let opened = try? terminal.wait("a screen or the end") {
      if terminal.text.contains("\u{1b}[?1049h") { return true }
      return terminal.hasEnded ? false : nil
    }
    return opened == true
  }()

  /// Arguments that open the full screen on something that holds still.
  static let still = ["terminal-probe"]
  /// Arguments that open the full screen on something that moves.
  static let moving = ["terminal-probe", "--moving"]
  /// A text that is on the screen when the program is ready, whatever the size and charset.
  static let readyText = "demo"
  static let quitKey = "q"

  /// A terminal that knows everything, in a UTF-8 locale.
  ///
  /// The runtime's own backtraces take seconds, and ask questions.
  static let environment = [
    "TERM": "xterm-256color", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin",
    "SWIFT_BACKTRACE": "enable=no",
  ]

  /// Starts the program and waits until it is ready.
  static func open(
    _ arguments: [String] = still, columns: Int = 80, rows: Int = 24,
    with changes: [String: String?] = [:]
  ) throws -> PseudoTerminal {
    let terminal = try start(arguments, columns: columns, rows: rows, with: changes)
    try terminal.wait(for: readyText)
    try terminal.waitForSilence(of: .milliseconds(arguments == moving ? 0 : 60))
    return terminal
  }

  /// Starts the program.
  static func start(
    _ arguments: [String] = still, columns: Int = 80, rows: Int = 24,
    with changes: [String: String?] = [:], input: PseudoTerminal.Stream = .terminal,
    output: PseudoTerminal.Stream = .terminal
  ) throws -> PseudoTerminal {
    var environment = environment
    for (name, value) in changes { environment[name] = value }
    return try PseudoTerminal(
      path, arguments, columns: columns, rows: rows, environment: environment, input: input,
      output: output)
  }
}
