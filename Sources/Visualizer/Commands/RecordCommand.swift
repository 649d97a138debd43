import ArgumentParser

/// `visualizer record`: write a replay, faster than real time.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record", abstract: "Record a replay to a file.")

  @Argument(help: "A bundled scenario, a scenario file, a captured trace, or -.")
  var scenario: String

  mutating func run() throws { _ = try ShowLibrary.open(scenario) }
}
