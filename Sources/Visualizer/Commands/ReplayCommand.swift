import ArgumentParser

/// `visualizer replay`: watch a recording in the terminal.
struct ReplayCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay", abstract: "Watch a recording: pause, step back, seek, search.",
    discussion: """
      Reads .frames and .cast files (asciicast 2 and 3), of this program and of others. What is in \
      them is drawn anew: no byte of a recording reaches the terminal by itself. Press ? for the keys.

      Examples:
        visualizer replay growth.cast
        visualizer replay session.cast --idle-limit 2 --speed 2
        visualizer replay session.cast --frame last    print the last picture
      """)

  @Argument(
    help: "A .frames or .cast file, or - for standard input.",
    completion: .file(extensions: ["frames", "cast", "txt"]))
  var file: String

  @Option(help: ArgumentHelp("The frame to start at, from 0, or last.", valueName: "frame"))
  var at: StepArgument?

  @Option(help: "How many times faster than recorded, 0.1 to 64; 1 unless told.")
  var speed: Double?

  @Option(
    name: [.customShort("i"), .long],
    help: ArgumentHelp("Shorten pauses to so many seconds.", valueName: "seconds"))
  var idleLimit: Double?

  @Flag(help: "Start paused.")
  var paused = false

  @Flag(help: "Begin again at the end.")
  var loop = false

  @Option(
    help: ArgumentHelp("Print one frame to standard output instead.", valueName: "N|last"))
  var frame: StepArgument?

  @Option(help: "What --frame prints: text, ansi with colours, or svg.")
  var format: FrameCommand.FrameFormat = .text

  @OptionGroup var looks: LookOptions

  @OptionGroup var screen: ScreenOptions

  mutating func validate() throws {
    guard Settings.speeds.contains(speed ?? 1) else {
      throw ValidationError("--speed is 0.1 to 64.")
    }
    if let idleLimit, !(0.01...86_400).contains(idleLimit) {
      throw ValidationError("--idle-limit is 0.01 to 86400 seconds.")
    }
  }

  mutating func run() throws {
    let replay = try ProgressBar.during { try ReplayFile.open(file, idleLimit: idleLimit) }
    let first = try at.map { try index($0, in: replay) } ?? 0
    StandardError.warn(file, replay.warning)
    if let frame { return try print(replay.picture(index(frame, in: replay))) }
    if file == "-" { _ = TerminalEnvironment.readKeysFromControllingTerminal() }
    let signal = try play(replay, first, TerminalEnvironment.current())
    signal?.endProgram()
  }

  private func index(_ argument: StepArgument, in replay: Replay) throws -> Int {
    let last = replay.count - 1
    guard case .index(let index) = argument else { return last }
    guard index <= last else {
      throw ValidationError("frame \(index) does not exist; the last frame is \(last).")
    }
    return index
  }

  private func print(_ picture: Picture) throws {
    var plain = picture
    plain.cursor = nil
    var canvas = plain.canvas
    if let size = looks.size { canvas = canvas.resized(to: size) }
    if looks.look(default: canvas.size).charset == .ascii { canvas.reduceToASCII() }
    var output = ByteSink(descriptor: 1, name: "standard output")
    switch format {
    case .text: try output.write(canvas.text)
    case .ansi: try output.write(ANSIText.page(canvas, looks.pictureTheme))
    case .svg:
      let name = Markup.visible(ShowLibrary.shortName(file), .unicode)
      try SVGPicture.still(canvas, looks.pictureTheme, title: name, description: "", to: &output)
    }
    try output.flush()
  }

  /// Holds the screen: when this returns or throws, the terminal is as it was.
  private func play(
    _ replay: Replay, _ first: Int, _ environment: TerminalEnvironment
  ) throws(ScreenError) -> TerminationSignal? {
    let screen = try self.screen.open(looks, environment)
    let player = ReplayPlayer(
      replay, look: looks.look(on: screen, environment), fixedSize: looks.size, start: first,
      speed: speed ?? Settings.current.speed ?? 1, isPlaying: !paused && at == nil, loops: loop,
      motion: self.screen.chosenMotion)
    return ActivityLoop.run(player, on: screen)
  }
}
