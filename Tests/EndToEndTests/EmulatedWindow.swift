internal import Glibc

/// A window of a real terminal emulator, tmux, which tells what a viewer would see.
///
/// Each window has a server of its own, so that tests neither meet each other nor the user's.
final class EmulatedWindow {
  private static let tmux = "/usr/bin/tmux"
  private let socket: String

  /// Whether tmux is installed.
  static var isAvailable: Bool { access(tmux, X_OK) == 0 }

  /// Starts a program in a new window.
  init(_ program: String, _ arguments: [String], columns: Int, rows: Int) throws {
    socket = "/tmp/visualizer-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
    let environment = ["LC_ALL=C.UTF-8", "SWIFT_BACKTRACE=enable=no", "TERM=tmux-256color"]
    try run(
      ["-u", "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)", "env"]
        + environment + [program] + arguments)
    try run(["set-option", "-g", "status", "off"])
    try resize(columns: columns, rows: rows)
  }

  deinit {
    _ = try? run(["kill-server"])
    unlink(socket)
  }

  func resize(columns: Int, rows: Int) throws {
    try run(["resize-window", "-x", "\(columns)", "-y", "\(rows)"])
  }

  /// Presses a key, by tmux's name for it.
  func press(_ key: String) throws { try run(["send-keys", key]) }

  /// The text of the screen, line by line; with colours and attributes as escape sequences if asked.
  func screen(styled: Bool = false) throws -> String {
    try run(["capture-pane", "-p"] + (styled ? ["-e"] : []))
  }

  /// Looks at the screen until it is as wanted, and returns it.
  @discardableResult
  func wait(for purpose: String, styled: Bool = false, until isRight: (String) -> Bool) throws
    -> String
  {
    let deadline = ContinuousClock.now + PseudoTerminal.patience
    while true {
      let screen = try screen(styled: styled)
      if isRight(screen) { return screen }
      guard ContinuousClock.now < deadline else {
        throw PseudoTerminal.Failure(
          description: "waited in vain for \(purpose); the screen:\n\(screen)")
      }
    }
  }

  /// Waits until the program has ended, and with it the window's server.
  func waitForEnd() throws {
    let deadline = ContinuousClock.now + PseudoTerminal.patience
    while (try? screen()) != nil {
      guard ContinuousClock.now < deadline else {
        throw PseudoTerminal.Failure(description: "the program has not ended")
      }
    }
  }

  @discardableResult
  private func run(_ arguments: [String]) throws -> String {
    let command = try PseudoTerminal(
      Self.tmux, ["-S", socket] + arguments,
      environment: ["TERM": "xterm", "LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"])
    let ending = try command.waitForEnd()
    guard ending == .exited(0) else {
      throw PseudoTerminal.Failure(description: "tmux \(arguments): \(ending) \(command.text)")
    }
    return command.text
  }
}
