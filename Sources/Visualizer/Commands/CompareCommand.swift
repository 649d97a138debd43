import ArgumentParser

/// `visualizer compare`: two shows beside each other, at the first difference.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Watch two scenarios, traces or rules side by side, from their first difference on.",
    discussion: """
      Name two, or one with --rules NAME,NAME (one name compares the scenario's own rules with those).
      With --plain, or where there is no terminal, the first difference is printed.
      Exits as diff does: with 0 where nothing differs, with 1 where something does.

      Examples:
        visualizer compare map-growth --rules notes,go1.19
        visualizer compare map-growth map-growth-go
      """)

  @Argument(
    help:
      "A bundled scenario, a scenario file, a captured trace, a packet capture, a .pkt script, or -.",
    completion: .scenario)
  var left: String

  @Argument(help: "The same, to compare it with.", completion: .scenario)
  var right: String?

  @Option(help: ArgumentHelp("The rules to follow, one name for each side.", valueName: "a,b"))
  var rules: String?

  @Option(
    help: ArgumentHelp(
      "The step to start at, from 0, or last; otherwise the first difference.", valueName: "step"))
  var at: StepArgument?

  @Flag(name: .customLong("plain"), help: "Print the first difference.")
  var isPlain = false

  @OptionGroup var looks: LookOptions

  @OptionGroup var screen: ScreenOptions

  private var ruleNames: [String] {
    rules?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
  }

  mutating func validate() throws {
    guard right != nil || !ruleNames.isEmpty else {
      throw ValidationError("name two to compare, or one with --rules NAME,NAME.")
    }
    guard left != "-" || right != "-" else {
      throw ValidationError("standard input can be one side only.")
    }
    guard ruleNames.count <= 2, !ruleNames.contains("") else {
      throw ValidationError("--rules is one name, or two with a comma between them.")
    }
  }

  mutating func run() throws {
    let names = ruleNames
    let show = try ProgressBar.during {
      func side(_ name: String, _ rules: String?) throws -> any Show {
        try ShowLibrary.open(name, rules: rules) { StandardError.warn(name, $0) }
      }
      return ComparisonShow(
        try side(left, names.count == 2 ? names[0] : nil), try side(right ?? left, names.last))
    }
    let environment = TerminalEnvironment.current()
    guard !isPlain, environment.canPlaceCursor else {
      try printDifference(show)
      if !show.differences.isEmpty { throw ExitCode(1) }
      return
    }
    if left == "-" || right == "-" { _ = TerminalEnvironment.readKeysFromControllingTerminal() }
    let step = try at?.resolve(in: show) ?? show.differences.first ?? 0
    try play(show, step, environment)?.endProgram()
  }

  /// Holds the screen: when this returns or throws, the terminal is as it was.
  private func play(
    _ show: ComparisonShow, _ step: Int, _ environment: TerminalEnvironment
  ) throws(ScreenError) -> TerminationSignal? {
    let screen = try self.screen.open(looks, environment)
    var start = self.screen.start(show, environment)
    (start.step, start.isPaused) = (step, true)
    let player = PlayerActivity(
      show: show, start: start, look: looks.look(on: screen, environment), fixedSize: looks.size)
    return ActivityLoop.run(player, on: screen)
  }

  private func printDifference(_ show: ComparisonShow) throws {
    let look = looks.look(default: FrameScene.full)
    var output = ByteSink(descriptor: 1, name: "standard output")
    for line in ComparisonWords.report(show, look.language) {
      try output.write(look.charset.reduce(line) + "\n")
    }
    try output.flush()
  }
}

extension ComparisonWords {
  /// What differs first, as lines of text.
  static func report(_ show: ComparisonShow, _ language: Language) -> [String] {
    let comparison = show.comparison
    let names = show.sideNames
    guard let step = show.differences.first else {
      return [
        Bilingual(
          "\(names.left) and \(names.right): alike in all \(show.operationCount) operations",
          "\(names.left) 与 \(names.right)：全部 \(show.operationCount) 个操作都相同")[language]
      ]
    }
    let pair = comparison.pairs[comparison.pair(ofStep: step)]
    let number = show.operation(ofStep: step).index ?? 0
    let (steps, moves) = (comparison.steps(at: step), comparison.moves(at: step))
    func line(_ name: String, _ side: any Show, _ step: Int, _ moves: Bool) -> String {
      let width = max(GlyphWidth.of(names.left), GlyphWidth.of(names.right))
      let what =
        moves
        ? VisibleText.escape(side.record(ofStep: step).fieldsText)
        : Bilingual("nothing more", "到此为止")[language]
      let place = Bilingual("step \(step)", "第 \(step) 步")[language]
      return "  \(TextLayout.pad(name, columns: width))  \(place)  \(what)"
    }
    return [
      Bilingual(
        "operation \(number), \(VisibleText.escape(pair.text)): ",
        "操作 \(number)，\(VisibleText.escape(pair.text))：")[language]
        + difference(pair, names)[language],
      line(names.left, comparison.left, steps.left, moves.left),
      line(names.right, comparison.right, steps.right, moves.right),
    ] + stateLines(pair, show)
  }

  /// The fields of the states that result, where they differ.
  private static func stateLines(_ pair: Comparison.Pair, _ show: ComparisonShow) -> [String] {
    let one = show.comparison.left.state(afterStep: max(0, pair.left.upperBound - 1))
    let other = show.comparison.right.state(afterStep: max(0, pair.right.upperBound - 1))
    return Comparison.differing(one, other).map { name in
      let values = [one, other].map { side in side.first { $0.name == name }?.value.text ?? "-" }
      return "  \(name): \(values[0]) ≠ \(values[1])"
    }
  }
}
