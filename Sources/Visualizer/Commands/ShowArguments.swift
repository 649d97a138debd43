import ArgumentParser

/// What is to be watched, printed or recorded: the same for all commands that need one show.
struct ShowArguments: ParsableArguments {
  @Argument(
    help:
      "A bundled scenario, a scenario file, a captured trace, a packet capture, a .pkt script, or -.",
    completion: .scenario)
  var scenario: String

  @Option(
    help: ArgumentHelp(
      "The connection of a packet capture, from 1. Otherwise play shows the table of several.",
      valueName: "N"))
  var connection: Int?

  @OptionGroup var script: RulesOptions

  /// Checks what can be checked without the capture.
  func validate() throws {
    if let connection, connection < 1 {
      throw ValidationError("--connection counts from 1.")
    }
  }

  /// Opens the show; a large one shows on a terminal how far it is.
  func open(tableFirst: Bool = false) throws -> any Show {
    try ProgressBar.during {
      try ShowLibrary.open(
        scenario, connection: connection, scriptRules: script.rules, tableFirst: tableFirst
      ) { StandardError.warn(scenario, $0) }
    }
  }
}
