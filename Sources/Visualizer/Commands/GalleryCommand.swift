import ArgumentParser

/// `visualizer gallery`, and `visualizer` alone: choose from the bundled scenarios.
struct GalleryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "gallery", abstract: "Choose from the bundled scenarios, with a moving preview.",
    discussion: "Where no full screen can be had, the scenarios are listed as text.")

  @OptionGroup var looks: LookOptions

  @OptionGroup var screen: ScreenOptions

  mutating func run() throws {
    let environment = TerminalEnvironment.current()
    guard environment.refusal == nil else {
      return try ListCommand.printList(choosing: true, looks.lang)
    }
    try choose(Catalogue.entries(), environment)?.endProgram()
  }

  /// Holds the screen: when this returns or throws, the terminal is as it was.
  private func choose(
    _ entries: [Catalogue.Entry], _ environment: TerminalEnvironment
  ) throws(ScreenError) -> TerminationSignal? {
    let screen = try self.screen.open(looks, environment)
    let gallery = GalleryActivity(
      entries: entries, look: looks.look(on: screen, environment), fixedSize: looks.size,
      motion: self.screen.chosenMotion, start: { self.screen.start($0, environment) })
    return ActivityLoop.run(gallery, on: screen)
  }
}
