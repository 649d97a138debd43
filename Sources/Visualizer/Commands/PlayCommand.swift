import ArgumentParser

/// `visualizer play`: watch a scenario in the terminal.
struct PlayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "play", abstract: "Watch a scenario in the terminal.")

  @Argument(help: "A bundled scenario, a scenario file, a captured trace, or -.")
  var scenario: String

  mutating func run() throws { _ = try ShowLibrary.open(scenario) }
}
