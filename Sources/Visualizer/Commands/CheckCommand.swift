import ArgumentParser

/// `visualizer check`: whether scenarios are valid, and models agree with captured traces.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check scenarios for errors, and the models against captured traces.",
    discussion: "Prints a line a file. Exits with 1 where model and reality differ.")

  @Argument(
    help:
      "Scenario files, captured traces, packet captures, .pkt scripts, tables of make hints, or -.",
    completion: .file())
  var files: [String]

  @OptionGroup var script: RulesOptions

  mutating func validate() throws {
    if files.isEmpty { throw ValidationError("name at least one file to check.") }
  }

  mutating func run() throws {
    var output = ByteSink(descriptor: 1, name: "standard output")
    var worst: Int32 = 0
    let names = Dictionary(grouping: files, by: ShowLibrary.shortName).mapValues(\.count)
    for file in files {
      let name = ShowLibrary.shortName(file)
      do {
        // Of several with the same name each says its kind.
        let last = VisibleText.escape(String(file.split(separator: "/").last ?? "-"))
        let shown = names[name] == 1 ? name : last
        let (line, agrees) = try ProgressBar.during { try check(file, named: shown) }
        try output.write(TerminalEnvironment.current().charset.reduce(line) + "\n")
        if !agrees { worst = max(worst, 1) }
      } catch let error as InputError {
        try output.flush()
        StandardError.write(error.description + "\n")
        worst = max(worst, error.exitCode)
      }
    }
    try output.flush()
    if worst != 0 { throw ExitCode(worst) }
  }

  /// The line for one file, and whether model and reality agree.
  private func check(
    _ file: String, named name: String
  ) throws(InputError) -> (line: String, agrees: Bool) {
    switch try ShowLibrary.contents(file, rules: script.rules) {
    case .captured(let captured):
      StandardError.warn(file, captured.warning)
      let report = try captured.check()
      return ("\(name): \(report.sentence)", report.isMatch)
    case .scenario(let scenario):
      let show = try ShowLibrary.open(scenario, name: name)
      return (
        "\(name): valid, \(show.operationCount) operations, \(show.stepCount) steps, rules \(show.rules)",
        true
      )
    }
  }
}
