import ArgumentParser

/// A hidden command with which the tests try the terminal out: roles, keys, and ways to end.
struct TerminalProbeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "terminal-probe", abstract: "Try the terminal out.", shouldDisplay: false)

  @Flag(help: "Keep a label moving.")
  var moving = false

  @Flag(help: "Read keys from the controlling terminal.")
  var keysFromTerminal = false

  mutating func run() throws {
    if keysFromTerminal { _ = TerminalEnvironment.readKeysFromControllingTerminal() }
    if let signal = try probe(TerminalEnvironment.current()) { signal.endProgram() }
  }

  private func probe(_ environment: TerminalEnvironment) throws(ScreenError) -> TerminationSignal? {
    var screen = try Screen.open(environment: environment)
    var isMoving = moving
    var label = "ready"
    var place = 0
    while true {
      var canvas = Canvas(screen.size)
      canvas.box(canvas.bounds, title: "demo \(screen.size.columns)x\(screen.size.rows)")
      for (index, role) in Role.allCases.enumerated() {
        canvas.put("\(role) 看 ─▶", 2, 2 + index, Style(role))
      }
      canvas.put(label, 2, 1, Style(.current, .reverse))
      canvas.put("<>", 40 + place % 20, 1, Style(.moved))
      if !screen.hasKeysWaiting { screen.show(canvas) }
      let deadline = isMoving ? ContinuousClock.now + .milliseconds(33) : nil
      switch screen.nextEvent(until: deadline) {
      case .key(.character("q")), .inputClosed: return nil
      case .key(.character("!")): fatalError("trapped deliberately")
      case .key(.character("x")): Self.exit(withError: ExitCode(3))
      case .key(.character("e")): StandardError.write("held back\n")
      case .key(.character("m")): isMoving.toggle()
      case .key(.control("l")): screen.repaintAll()
      case .key(let key): label = "key \(key)"
      case .resumed: label = "resumed"
      case .terminated(let signal): return signal
      case .deadline: place += 1
      case .resized, .drawable: break
      }
    }
  }
}
