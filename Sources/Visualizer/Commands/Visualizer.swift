internal import Glibc

/// A label that moves, to try the terminal out until there is a player.
@main
enum Visualizer {
  static func main() {
    if CommandLine.arguments.contains("-") {
      _ = TerminalEnvironment.readKeysFromControllingTerminal()
    }
    let environment = TerminalEnvironment.current()
    do {
      if let signal = try demonstrate(environment) { signal.endProgram() }
    } catch {
      complain("visualizer: \(error.message(environment.language))")
      exit(ScreenError.exitCode)
    }
  }

  private static func complain(_ message: String) {
    let line = message + "\n"
    _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  }

  private static func demonstrate(
    _ environment: TerminalEnvironment
  ) throws(ScreenError) -> TerminationSignal? {
    var screen = try Screen.open(environment: environment)
    var isMoving = CommandLine.arguments.contains("--moving")
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
      case .key(.character("x")): exit(3)
      case .key(.character("e")): complain("held back")
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
