import ArgumentParser
import Models

/// A hidden command which measures what cannot be measured from outside; see Benchmarks/.
///
/// Prints lines of a name and a number to standard error.
struct BenchmarkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "benchmark", abstract: "Measure seeking or painting.", shouldDisplay: false)

  @Argument var what: What
  @Argument var scenario: String
  @Option(help: "Frames a second to paint.") var fps = 12
  @Option(help: "The first step to paint.") var from = 0
  @Option(help: "How many steps to paint.") var count: Int?
  @OptionGroup var looks: LookOptions

  enum What: String, CaseIterable, ExpressibleByArgument { case seek, paint }

  mutating func run() throws {
    switch what {
    case .seek: try seek()
    case .paint: StandardError.write(try paint(ShowLibrary.open(scenario)))
    }
  }

  /// Goes to steps here and there, drawing the frame of each.
  private func seek() throws {
    let clock = ContinuousClock()
    let show = try ShowLibrary.open(scenario)
    let look = looks.look(default: Size(columns: 120, rows: 36))
    var random = SplitMix64(seed: 1)
    let seeks = (0..<200).map { _ in
      let step = Int.random(in: 0..<show.stepCount, using: &random)
      let time = clock.measure { _ = show.frame(step, progress: 1, look) } / .seconds(1)
      return (time: time, step: step)
    }.sorted { $0.time < $1.time }
    let worst = seeks[seeks.count - 1]
    StandardError.write(
      """
      steps \(show.stepCount)
      seek_median \(seeks[seeks.count / 2].time)
      seek_worst \(worst.time)
      seek_worst_step \(worst.step)

      """)
  }

  /// Paints every frame of a recording on the terminal, as fast as that takes them.
  private func paint(_ show: any Show) throws(ScreenError) -> String {
    var screen = try Screen.open(colour: looks.color ?? .auto, charset: looks.charset)
    var look = looks.look(default: screen.size)
    look.size = screen.size
    let first = min(from, show.stepCount - 1)
    let last = min(show.stepCount - 1, first + max(1, count ?? show.stepCount) - 1)
    let recorder = Recorder(
      show: show, look: look, framesPerSecond: fps, speed: 1, steps: first...last)
    let clock = ContinuousClock()
    let start = clock.now
    var frames = 0
    var repaints = 0
    var shown: Canvas?
    recorder.play { frame in
      repeat { screen.show(frame.canvas) } while screen.owesFrame
      frames += 1
      if frame.canvas != shown { repaints += 1 }
      shown = frame.canvas
    }
    return "frames \(frames)\nrepaints \(repaints)\nseconds \((clock.now - start) / .seconds(1))\n"
  }
}
