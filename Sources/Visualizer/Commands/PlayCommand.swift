import ArgumentParser

/// `visualizer play`: watch a scenario in the terminal.
struct PlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play", abstract: "Watch a scenario in the terminal.",
    discussion: "Press ? for the keys. With --at it starts paused, at that step.")

  @OptionGroup var source: ShowArguments

  @Option(help: ArgumentHelp("The step to start at, from 0, or last.", valueName: "step"))
  var at: StepArgument?

  @Option(help: "How many times faster than normal, 0.1 to 64; 1 unless told.")
  var speed: Double?

  @Flag(help: "Start paused.")
  var paused = false

  @Flag(help: "Print one line a step, as is done where the output is no terminal or TERM is dumb.")
  var plain = false

  @OptionGroup var looks: LookOptions

  @OptionGroup var screen: ScreenOptions

  mutating func validate() throws {
    guard Settings.speeds.contains(speed ?? 1) else {
      throw ValidationError("--speed is 0.1 to 64.")
    }
  }

  mutating func run() throws {
    let show = try source.open(tableFirst: at == nil)
    let step = try at?.resolve(in: show) ?? 0
    let environment = TerminalEnvironment.current()
    if plain || !environment.canPlaceCursor {
      return try PlainText.write(show, from: step, looks.look(default: FrameScene.full))
    }
    if source.scenario == "-" { _ = TerminalEnvironment.readKeysFromControllingTerminal() }
    let signal = try play(show, step, .current())
    signal?.endProgram()
  }

  /// Holds the screen: when this returns or throws, the terminal is as it was.
  private func play(
    _ show: any Show, _ step: Int, _ environment: TerminalEnvironment
  ) throws(ScreenError) -> TerminationSignal? {
    let screen = try self.screen.open(looks, environment)
    var start = self.screen.start(show, environment)
    (start.step, start.isPaused) = (step, paused || at != nil)
    if let speed { start.speed = speed }
    let player = PlayerActivity(
      show: show, start: start, look: looks.look(on: screen, environment),
      fixedSize: looks.size)
    return ActivityLoop.run(player, on: screen)
  }
}
