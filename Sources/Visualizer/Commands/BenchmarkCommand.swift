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
  @OptionGroup var looks: LookOptions

  enum What: String, CaseIterable, ExpressibleByArgument { case seek, paint }

  mutating func run() throws {
    switch what {
    case .seek: try seek()
    case .paint: StandardError.write(try paint())
    }
  }

  /// Goes to steps here and there, drawing the frame of each.
  private func seek() throws {
    let clock = ContinuousClock()
    let show = try ShowLibrary.open(scenario)
    let look = looks.look(default: Size(columns: 120, rows: 36))
    var random = SplitMix64(seed: 1)
    let times = (0..<200).map { _ in
      let step = Int.random(in: 0..<show.stepCount, using: &random)
      return clock.measure { _ = show.frame(step, progress: 1, look) } / .seconds(1)
    }.sorted()
    StandardError.write(
      "steps \(show.stepCount)\nseek_median \(times[times.count / 2])\nseek_worst \(times[times.count - 1])\n"
    )
  }

  /// Paints every frame of a recording on the terminal, as fast as that takes them.
  private func paint() throws(ScreenError) -> String {
    let show: any Show
    do { show = try ShowLibrary.open(scenario) } catch { return error.description + "\n" }
    var screen = try Screen.open(colour: looks.color ?? .auto, charset: looks.charset)
    var look = looks.look(default: screen.size)
    look.size = screen.size
    let recorder = Recorder(
      show: show, look: look, framesPerSecond: 12, speed: 1, steps: 0...(show.stepCount - 1))
    let clock = ContinuousClock()
    let start = clock.now
    var frames = 0
    recorder.play { frame in
      repeat { screen.show(frame.canvas) } while screen.owesFrame
      frames += 1
    }
    return "frames \(frames)\nseconds \((clock.now - start) / .seconds(1))\n"
  }
}
