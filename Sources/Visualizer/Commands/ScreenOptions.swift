import ArgumentParser

/// The options of commands that fill the terminal's window.
struct ScreenOptions: ParsableArguments {
  @Flag(help: "Take clicks and the wheel; the terminal's own selection rests meanwhile.")
  var mouse = false

  @Option(
    help: ArgumentHelp(
      "How much moves: full, reduced or none. Otherwise VISUALIZER_MOTION, or full.",
      valueName: "motion"))
  var motion: Motion?

  /// Takes the terminal.
  func open(
    _ looks: LookOptions, _ environment: TerminalEnvironment
  ) throws(ScreenError) -> Screen {
    try Screen.open(
      colour: looks.color ?? .auto, theme: looks.theme ?? .auto, charset: looks.charset,
      takesMouse: mouse, environment: environment)
  }

  func motion(_ environment: TerminalEnvironment) -> Motion {
    motion ?? environment.variables["VISUALIZER_MOTION"].flatMap { Motion(rawValue: $0) } ?? .full
  }
}

extension Motion: ExpressibleByArgument {}

extension LookOptions {
  /// The look of what is drawn on a terminal.
  func look(on screen: borrowing Screen, _ environment: TerminalEnvironment) -> Look {
    let isASCII = screen.charset == .ascii
    return Look(
      size: screen.size, language: isASCII ? .en : lang ?? environment.language,
      charset: screen.charset)
  }
}
