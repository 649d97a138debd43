import Children
import Foundation
import Models

/// Measures the program against baselines of the same run, so that the ratios mean the same on every
/// machine.
///
/// The models are a library and are measured here. The rest of the program is no library, and should
/// not become one for this: the release binary is run instead, as a viewer would run it, and where a
/// single seek or frame is too short for that, by its hidden subcommand `benchmark`.
@main
struct Benchmarks {
  static func main() throws {
    let arguments = CommandLine.arguments
    if arguments.count == 3, arguments[1] == "paint" { return paint(arguments[2]) }
    guard arguments.count == 2 else { fail("usage: Benchmarks PATH-OF-VISUALIZER") }
    let folder = NSTemporaryDirectory() + "visualizer-benchmarks-\(getpid())"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let benchmarks = Benchmarks(program: arguments[1], folder: folder)
    Row.heading.print()
    benchmarks.inserts()
    try benchmarks.bigScenario()
    benchmarks.answering()
    benchmarks.painting()
    benchmarks.recording()
  }

  let program: String
  let folder: String

  // MARK: - The bare model

  private func inserts() {
    let count = 200_000
    let bare = Self.bareRun(inserts: count)
    let dictionary = Self.median(of: 7) {
      var dictionary: [Int32: Int] = [:]
      for key in 0..<count { dictionary[Int32(key)] = key }
      precondition(dictionary.count == count)
    }
    Row(
      what: "\(count) inserts into the bare map model",
      baseline: "\(Self.time(dictionary)), Dictionary<Int32, Int>", measured: Self.time(bare),
      ratio: Self.ratio(bare, dictionary)
    ).print()
  }

  /// Seconds of one run of the model without an observer, the hashes given.
  private static func bareRun(inserts: Int) -> Double {
    median(of: 7) {
      var map = Hmap(type: MapType(rules: .go1_19))
      for key in 0..<inserts {
        let hash = SplitMix64.mix(UInt64(key))
        map.perform(
          .assign(HashedKey(MapKey(spelling: key), .fixed(hash)), elem: key), observer: nil)
      }
      precondition(map.count == inserts)
    }
  }

  // MARK: - A long scenario

  private func bigScenario() throws {
    let inserts = 280_000  // make a million steps
    let bare = Self.bareRun(inserts: inserts)
    let file = "\(folder)/big.yaml"
    try """
    title: Many inserts
    model: map
    rules: go1.19
    script:
      - insert k1..k\(inserts)

    """.write(toFile: file, atomically: true, encoding: .utf8)
    let opened = (0..<3).map { _ in run(["frame", file, "--step", "last"]) }
      .sorted { $0.seconds < $1.seconds }[1]
    let figures = Self.figures(run(["benchmark", "seek", file]))
    let baseline = "\(Self.time(bare)), one bare run"
    func row(_ what: String, _ seconds: Double, target: String, _ isMet: Bool) {
      Row(
        what: what, baseline: baseline, measured: Self.time(seconds),
        ratio: Self.ratio(seconds, bare), target: Row.target(target, isMet)
      ).print()
    }
    let steps = Int(figures["steps"] ?? 0)
    row(
      "cold start to the last of \(steps) steps", opened.seconds, target: "2 s", opened.seconds <= 2
    )
    let (median, worst) = (figures["seek_median"] ?? 0, figures["seek_worst"] ?? 0)
    row("a seek among them, median", median, target: "50 ms", median <= 0.05)
    row("a seek among them, the worst of 200", worst, target: "50 ms", worst <= 0.05)
    let megabytes = opened.peak_kilobytes / 1024
    Row(
      what: "memory of that start", measured: "\(megabytes) MB",
      target: Row.target("300 MB", megabytes <= 300)
    ).print()
  }

  // MARK: - Answering

  /// The player's first frame and its answers to keys, against a shell that prints and a terminal that
  /// echoes.
  private func answering() {
    let script = "printf ready; exec cat"
    let echo = Self.response("/bin/sh", ["-c", script], ready: "ready", key: "n")
    for scenario in ["map-growth", "malloc-three-levels", "tcp-close"] {
      let player = Self.response(
        program, ["play", scenario, "--at", "20"], ready: "help", key: "n")
      func row(_ what: String, _ seconds: Double, _ baseline: Double, _ name: String) {
        Row(
          what: what, baseline: "\(Self.time(baseline)), \(name)", measured: Self.time(seconds),
          ratio: Self.ratio(seconds, baseline), target: Row.target("50 ms", seconds <= 0.05)
        ).print()
      }
      row(
        "\(scenario): start to first frame", player.first_frame, echo.first_frame, "a shell prints")
      row("\(scenario): a key, median", player.median_key, echo.median_key, "an echo")
      row("\(scenario): a key, the worst of 21", player.worst_key, echo.worst_key, "an echo")
    }
  }

  // MARK: - Painting

  /// Every frame of a recording at 200x60: model, scene and curses, against curses alone.
  private func painting() {
    let looks = ["--size", "200x60", "--charset", "ascii"]
    let recording = "\(folder)/frames.frames"
    _ = run(["record", "map-growth", "-o", recording, "--fps", "12"] + looks)
    var plain: [Double] = []
    var ours: [Double] = []
    for _ in 0..<3 {
      plain.append(framesASecond(Self.child(Self.ownPath, ["paint", recording], inTerminal: true)))
      ours.append(
        framesASecond(run(["benchmark", "paint", "map-growth"] + looks, inTerminal: true)))
    }
    let (slow, fast) = (plain.sorted()[1], ours.sorted()[1])
    Row(
      what: "frames a second at 200x60, painted",
      baseline: "\(Int(slow)), ncurses cell by cell", measured: "\(Int(fast))",
      ratio: Self.ratio(fast, slow)
    ).print()
  }

  private func framesASecond(_ report: child_report) -> Double {
    let figures = Self.figures(report)
    return (figures["frames"] ?? 0) / (figures["seconds"] ?? 1)
  }

  /// The baseline, run as a child on a terminal of its own.
  private static func paint(_ recording: String) {
    var count: Int32 = 0
    let seconds = paint_frames(recording, &count)
    if seconds < 0 { fail("\(recording) could not be painted") }
    FileHandle.standardError.write(Data("frames \(count)\nseconds \(seconds)\n".utf8))
  }

  // MARK: - Recording

  private func recording() {
    guard let playingTime = playingTime(of: "map-growth") else { Self.fail("no playing time") }
    for (format, target) in [("frames", 1000.0), ("cast", nil)] {
      let path = "\(folder)/growth.\(format)"
      let seconds = (0..<5).map { _ in
        run(["record", "map-growth", "-o", path, "--overwrite"]).seconds
      }.sorted()[2]
      let ratio = playingTime / seconds
      Row(
        what: "recording map-growth to .\(format)",
        baseline: "\(Int(playingTime)) s of playing time", measured: Self.time(seconds),
        ratio: "\(Int(ratio))x as fast",
        target: target.map { Row.target("\(Int($0))x", ratio >= $0) } ?? ""
      ).print()
    }
  }

  /// The time of the last frame of a plain recording, in seconds.
  private func playingTime(of scenario: String) -> Double? {
    let path = "\(folder)/playing-time.frames"
    _ = run(["record", scenario, "-o", path])
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
    let last = text.split(separator: "\n").last { $0.hasPrefix("=== ") }
    return last?.split(separator: " ").first { $0.hasPrefix("t=") }.flatMap {
      Double($0.dropFirst(2))
    }
  }
}
