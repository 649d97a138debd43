import ArgumentParser
import Models

/// `visualizer connections`: the table of a capture's connections.
struct ConnectionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "connections", abstract: "Print the table of connections in a packet capture.",
    discussion: """
      A line a connection: its ends, packets, segments and bytes from each end, the states in which \
      the ends are left, and how it ended. A state with ? behind is presumed, ? alone is not known.
      """)

  @Argument(help: "A packet capture, or -.")
  var file: String

  @Flag(help: "One JSON object a line.")
  var json = false

  @Option(help: "The language: en or zh. Otherwise the locale's.")
  var lang: Language?

  mutating func run() throws {
    guard
      case .captured(let captured) = try ProgressBar.during({ try ShowLibrary.contents(file) }),
      let capture = captured as? PacketCapture
    else { throw InputError(file: file, "this is no packet capture") }
    StandardError.warn(file, capture.warning)
    var output = ByteSink(descriptor: 1, name: "standard output")
    let table = ConnectionTable(capture: capture, language: LookOptions.writing(lang).language)
    var line = TableLine()
    if !json { try output.write(table.header + "\n") }
    for connection in capture.connections.indices {
      line.removeAll()
      if json { table.object(connection, &line) } else { table.line(connection, &line) }
      try output.write(line.bytes)
    }
    try output.flush()
  }
}
