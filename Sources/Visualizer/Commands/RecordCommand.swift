import ArgumentParser
import Foundation

/// `visualizer record`: write a replay, off-screen and faster than real time.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record a replay to a file, off-screen.",
    discussion: """
      The format follows the file's extension: .frames and .txt are plain text, ASCII unless \
      --charset or --lang say otherwise; .cast is asciinema's; .svg is a picture that moves; .html is \
      a page with controls, in both languages unless --lang or --charset ascii chooses one.
      """)

  @OptionGroup var source: ShowArguments

  @Option(
    name: .shortAndLong, help: "The file to write; - for standard output.", completion: .file())
  var output: String

  @Option(
    help: "frames, cast, cast3 (asciicast version 3), svg or html, whatever the file is called.")
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

  enum RecordingFormat: String, CaseIterable, ExpressibleByArgument {
    case frames, cast, cast3, svg, html
  }

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
    case "svg": return .svg
    case "html", "htm": return .html
    default:
      throw ValidationError(
        "the format of '\(VisibleText.escape(output))' is not known; end it in .frames, .txt, .cast, .svg or .html, or add --format."
      )
    }
  }

  mutating func run() throws {
    let format = try chosenFormat()
    let show = try source.open()
    let (first, last) = (try from.resolve(in: show), try to.resolve(in: show))
    guard first <= last else { throw ValidationError("--from must not be behind --to.") }
    let recorder = Recorder(
      show: show, look: look(format),
      framesPerSecond: fps ?? (format == .frames ? 4 : 12), speed: speed, steps: first...last)
    do {
      try ProgressBar.during {
        try OutputFile.write(output, overwrite: overwrite) { try write(recorder, format, to: &$0) }
      }
    } catch let error as PictureTooLong {
      throw ValidationError(error.description)
    }
  }

  private func write(
    _ recorder: Recorder, _ format: RecordingFormat, to sink: inout ByteSink
  ) throws {
    let theme = looks.pictureTheme
    switch format {
    case .frames: try FramesText.write(recorder, to: &sink)
    case .cast: try Asciicast.write(recorder, theme, to: &sink)
    case .cast3: try Asciicast.write(recorder, theme, version: .v3, to: &sink)
    case .svg: try SVGPicture.movie(recorder, theme, to: &sink)
    case .html:
      let recorders = inLanguages(recorder)
      let keys = Keymap.ofPages(languages: recorders.count)
      try HTMLPage(recorders: recorders, theme: theme, keys: keys).write(to: &sink)
    }
  }

  /// Plain text is ASCII unless told otherwise; pictures and pages are for readers whose terminal,
  /// if they have one, is not this one.
  private func look(_ format: RecordingFormat) -> Look {
    var looks = looks
    switch format {
    case .frames where looks.lang != .zh: looks.charset = looks.charset ?? .ascii
    case .svg, .html: looks.charset = looks.charset ?? .unicode
    case .frames, .cast, .cast3: break
    }
    return looks.look(default: Size(columns: 120, rows: 36))
  }

  /// A page holds all languages, that of the look first, unless the command line chooses one.
  private func inLanguages(_ recorder: Recorder) -> [Recorder] {
    var recorder = recorder
    recorder.showsPlaying = false
    let first = recorder.look.language
    let isChosen = looks.lang != nil || recorder.look.charset == .ascii
    let others = isChosen ? [] : Language.allCases.filter { $0 != first }
    return ([first] + others).map {
      recorder.look.language = $0
      return recorder
    }
  }
}
