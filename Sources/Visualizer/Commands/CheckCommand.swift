import ArgumentParser

/// `visualizer check`: is a scenario valid, does the model agree with a captured trace?
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check scenarios for errors, and the models against captured traces.",
    discussion: "Prints a line a file. Exits with 1 where model and reality differ.")

  @Argument(help: "Scenario files, captured traces, tables of make hints, or -.")
  var files: [String]

  mutating func validate() throws {
    if files.isEmpty { throw ValidationError("name at least one file to check.") }
  }

  mutating func run() throws {
    var output = ByteSink(descriptor: 1, name: "standard output")
    var worst: Int32 = 0
    for file in files {
      do {
        let (line, agrees) = try Self.check(file)
        try output.write(line + "\n")
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
  private static func check(_ file: String) throws(InputError) -> (line: String, agrees: Bool) {
    let name = ShowLibrary.shortName(file)
    func line(_ count: Int, _ what: String, _ go: String, _ difference: String?) -> (String, Bool) {
      if let difference { return ("\(name): \(difference)", false) }
      return ("\(name): \(count) of \(count) \(what) match \(VisibleText.escape(go))", true)
    }
    switch try ShowLibrary.contents(file) {
    case .mapTrace(let trace):
      let report = trace.check()
      return line(report.operations, "operations", trace.go, report.difference)
    case .mapHints(let hints): return line(hints.rows.count, "rows", hints.go, hints.check())
    case .scenario(let scenario):
      let show = try ShowLibrary.open(scenario, name: name)
      return (
        "\(name): valid, \(show.operationCount) operations, \(show.stepCount) steps, rules \(show.rules)",
        true
      )
    }
  }
}
