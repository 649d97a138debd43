import ArgumentParser

/// `visualizer man`: the manual page, for `man`.
struct ManCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "man", abstract: "Print the manual page.",
    discussion: """
      Examples:
        visualizer man | man -l -
      """)

  mutating func run() throws {
    var output = ByteSink(descriptor: 1, name: "standard output")
    try output.write(ManualPage.text())
    try output.flush()
  }
}
