import ArgumentParser
import Foundation

/// `visualizer record`: write a replay, off-screen and faster than real time.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record a replay to a file, off-screen.",
    discussion: """
      The format follows the file's extension: .frames and .txt are plain text, ASCII unless \
      --charset or --lang say otherwise; .cast is asciinema's.
      """)

  @Argument(
    help: "A bundled scenario, a scenario file, a captured trace, a packet capture, or -.",
    completion: .scenario)
  var scenario: String

  @OptionGroup var capture: CaptureOptions
  @OptionGroup var script: RulesOptions

  @Option(
    name: .shortAndLong, help: "The file to write; - for standard output.", completion: .file())
  var output: String

  @Option(help: "frames or cast, whatever the file is called.")
  var format: RecordingFormat?

  @Option(help: "Frames a second, 1 to 60; 12 unless told, 4 for plain text.")
  var fps: Int?

  @Option(help: "How many times faster than normal, 0.1 to 100.")
  var speed = 1.0

  @Option(help: "The first step, from 0, or last.")
  var from = StepArgument.index(0)

  @Option(help: "The last step to record.")
  var to = StepArgument.last

  @Flag(help: "Replace the file if it exists.")
  var overwrite = false

  @OptionGroup var looks: LookOptions

  enum RecordingFormat: String, CaseIterable, ExpressibleByArgument { case frames, cast }

  mutating func validate() throws {
    guard (1...60).contains(fps ?? 1) else { throw ValidationError("--fps is 1 to 60.") }
    guard (0.1...100).contains(speed) else { throw ValidationError("--speed is 0.1 to 100.") }
    _ = try chosenFormat()
  }

  private func chosenFormat() throws -> RecordingFormat {
    if let format { return format }
    switch output.split(separator: ".").last.map({ $0.lowercased() }) {
    case "frames", "txt": return .frames
    case "cast": return .cast
    default:
      throw ValidationError(
        "the format of '\(VisibleText.escape(output))' is not known; end it in .frames, .txt or .cast, or add --format."
      )
    }
  }

  mutating func run() throws {
    let format = try chosenFormat()
    let show = try ProgressBar.during {
      try ShowLibrary.open(scenario, connection: capture.connection, rules: script.rules)
    }
    let (first, last) = (try from.resolve(in: show), try to.resolve(in: show))
    guard first <= last else { throw ValidationError("--from must not be behind --to.") }
    var looks = looks
    if format == .frames, looks.charset == nil, looks.lang != .zh { looks.charset = .ascii }
    let recorder = Recorder(
      show: show, look: looks.look(default: Size(columns: 120, rows: 36)),
      framesPerSecond: fps ?? (format == .frames ? 4 : 12), speed: speed, steps: first...last)
    let theme = looks.pictureTheme
    try ProgressBar.during {
      try OutputFile.write(output, overwrite: overwrite) { sink in
        switch format {
        case .frames: try FramesText.write(recorder, to: &sink)
        case .cast: try Asciicast.write(recorder, theme, to: &sink)
        }
      }
    }
  }
}
