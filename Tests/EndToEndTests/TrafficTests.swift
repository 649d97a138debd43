internal import BundledScenarios
internal import Testing

/// What goes over the line while one watches: nothing at rest, and little while things move.
@Suite(.timeLimit(.minutes(15)))
struct TrafficTests {
  /// Every scenario, in one language or the other.
  private static let scenarios = BundledScenarios.all.enumerated().map { index, scenario in
    (scenario.name, index.isMultiple(of: 2) ? "en" : "zh")
  }

  /// Bytes a repaint, of every frame of a stretch of steps, painted one after the other as curses
  /// does it on a terminal of 120x36.
  private func bytesAFrame(_ scenario: String, _ language: String, count: Int) throws -> Int {
    let arguments =
      ["benchmark", "paint", scenario, "--lang", language, "--fps", "30"]
      + ["--count", "\(count)"]
    let terminal = try Program.start(arguments, columns: 120, rows: 36)
    #expect(try terminal.waitForEnd() == .exited(0))
    let report = try #require(terminal.text.firstMatch(of: /repaints (\d+)/), "\(terminal.text)")
    let repaints = try #require(Int(report.1))
    #expect(repaints >= count)
    return terminal.output.count / repaints
  }

  @Test(arguments: scenarios)
  func playingCostsLessThanAKilobyteAFrame(_ scenario: String, _ language: String) throws {
    let bytes = try bytesAFrame(scenario, language, count: 20)
    #expect(bytes < 1_000)
  }

  @Test(arguments: ["map-growth", "malloc-tiny", "tcp-close"], ["en", "zh"])
  func pausedCostsNothing(_ scenario: String, _ language: String) throws {
    let terminal = try Program.start(
      ["play", scenario, "--at", "20", "--lang", language], columns: 120, rows: 36)
    try terminal.wait(for: language == "en" ? "help" : "帮助")
    let place = try terminal.waitForSilence()
    #expect(try terminal.waitForSilence(of: .milliseconds(400)) == place)
  }
}
