import ArgumentParser

/// The options of commands that fill the terminal's window; what is left out follows from the
/// viewer's settings.
struct ScreenOptions: ParsableArguments {
  @Flag(
    inversion: .prefixedNo,
    help: "Take clicks and the wheel; the terminal's own selection rests meanwhile.")
  var mouse: Bool?

  @Option(
    help: ArgumentHelp(
      "How much moves: full, reduced or none.",
      valueName: "motion"))
  var motion: Motion?

  /// Takes the terminal.
  func open(
    _ looks: LookOptions, _ environment: TerminalEnvironment
  ) throws(ScreenError) -> Screen {
    let settings = Settings.current
    return try Screen.open(
      colour: looks.color ?? settings.colour ?? .auto,
      theme: looks.theme ?? settings.theme ?? .auto, charset: looks.charset ?? settings.charset,
      takesMouse: mouse ?? settings.takesMouse ?? false, environment: environment)
  }

  /// How a show begins to play, by the viewer's settings and with the marks set before.
  func start(_ show: any Show, _ environment: TerminalEnvironment) -> PlayerActivity.Start {
    let file = BookmarkFile(show, XDGFolders(environment.variables))
    return PlayerActivity.Start(
      speed: Settings.current.speed ?? 1, motion: chosenMotion, bookmarks: file.load(for: show),
      keepBookmarks: { file.save($0, of: show) })
  }

  /// How much moves, by the option or the viewer's settings.
  var chosenMotion: Motion { motion ?? Settings.current.motion ?? .full }
}

extension Motion: ExpressibleByArgument {}

extension LookOptions {
  /// The look of what is drawn on a terminal.
  func look(on screen: borrowing Screen, _ environment: TerminalEnvironment) -> Look {
    let settings = Settings.current
    let isASCII = screen.charset == .ascii
    return Look(
      size: screen.size,
      language: isASCII ? .en : lang ?? settings.language ?? environment.language,
      charset: screen.charset, detail: settings.detail ?? .why)
  }
}
