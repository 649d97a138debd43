import ArgumentParser
import Foundation

/// `visualizer frame`: one frame on standard output.
struct FrameCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "frame", abstract: "Print one frame to standard output.")

  @OptionGroup var source: ShowArguments

  @Option(help: ArgumentHelp("The step, from 0, or last.", valueName: "N|last"))
  var step = StepArgument.index(0)

  @Option(help: "How far the step's motion has come, 0 to 1.")
  var progress = 1.0

  @Option(help: "text, ansi with colours, or svg.")
  var format: FrameFormat = .text

  @OptionGroup var looks: LookOptions

  enum FrameFormat: String, CaseIterable, ExpressibleByArgument { case text, ansi, svg }

  mutating func validate() throws {
    guard (0...1).contains(progress) else {
      throw ValidationError("--progress is a number from 0 to 1.")
    }
  }

  mutating func run() throws {
    let show = try source.open()
    let step = try step.resolve(in: show)
    var looks = looks
    if format == .svg { looks.charset = looks.charset ?? .unicode }
    let look = looks.look(default: Size(columns: 120, rows: 36))
    let canvas = show.frame(step, progress: progress, look)
    var output = ByteSink(descriptor: 1, name: "standard output")
    switch format {
    case .text: try output.write(canvas.text)
    case .ansi:
      try output.write(ANSIText.page(canvas, looks.pictureTheme))
    case .svg:
      let title = Markup.visible(show.title[look.language], look.charset)
      let told = Markup.visible(show.narration(ofStep: step, look.language).text, look.charset)
      try SVGPicture.still(
        canvas, looks.pictureTheme, title: title, description: told, to: &output)
    }
    try output.flush()
  }
}
