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
    guard case .captured(let captured) = try ShowLibrary.contents(file),
      let capture = captured as? PacketCapture
    else { throw InputError(file: file, "this is no packet capture") }
    ShowLibrary.warn(capture, file: file)
    var output = ByteSink(descriptor: 1, name: "standard output")
    let table = ConnectionTable(
      capture: capture, language: lang ?? LookOptions.preferredLanguage)
    if !json { try output.write(table.header + "\n") }
    for index in capture.connections.indices {
      try output.write(json ? table.object(index) : table.line(index) + "\n")
    }
    try output.flush()
  }
}

/// The lines of the table of connections.
struct ConnectionTable {
  let capture: PacketCapture
  let language: Language
  private let addressWidths: (client: Int, server: Int)
  private let numberWidth: Int

  init(capture: PacketCapture, language: Language) {
    self.capture = capture
    self.language = language
    var widths = (client: 15, server: 15)
    for connection in capture.connections {
      widths.client = max(widths.client, connection.client.text.utf8.count)
      widths.server = max(widths.server, connection.server.text.utf8.count)
    }
    addressWidths = widths
    numberWidth = max(7, "\(capture.packetCount)".utf8.count)
  }

  /// What stands over the columns.
  var header: String {
    let names =
      language == .en
      ? [
        "#", "client", "server", "first", "last", "seconds", "segments", "to server", "to client",
        "client is", "server is", "it is",
      ]
      : [
        "#", "客户端", "服务器", "首包", "末包", "秒", "报文段", "至服务器", "至客户端", "客户端状态", "服务器状态",
        "结局",
      ]
    var line = TextLayout.padLeft(names[0], columns: numberWidth)
    line += "  " + TextLayout.pad(names[1], columns: addressWidths.client)
    line += "  " + TextLayout.pad(names[2], columns: addressWidths.server)
    for (name, width) in zip(names[3...8], [numberWidth, numberWidth, 12, 8, 10, 10]) {
      line += "  " + TextLayout.padLeft(name, columns: width)
    }
    line += "  " + TextLayout.pad(names[9], columns: 12)
    line += "  " + TextLayout.pad(names[10], columns: 12)
    return line + "  " + names[11]
  }

  /// A connection as a line; all of it but the last column is ASCII.
  func line(_ index: Int) -> String {
    let connection = capture.connections[index]
    var line = ""
    func right(_ text: String, _ width: Int) {
      for _ in 0..<max(0, width - text.utf8.count) { line += " " }
      line += text
    }
    func left(_ text: String, _ width: Int) {
      line += text
      for _ in 0..<max(0, width - text.utf8.count) { line += " " }
    }
    right("\(index + 1)", numberWidth)
    line += "  "
    left(connection.client.text, addressWidths.client)
    line += "  "
    left(connection.server.text, addressWidths.server)
    let numbers = [
      ("\(connection.firstPacket)", numberWidth), ("\(connection.lastPacket)", numberWidth),
      (CaptureWords.seconds(connection.lastTime - connection.firstTime), 12),
      ("\(connection.segments)", 8), ("\(connection.clientBytes)", 10),
      ("\(connection.serverBytes)", 10),
    ]
    for (text, width) in numbers {
      line += "  "
      right(text, width)
    }
    line += "  "
    left(connection.finalState(.client), 12)
    line += "  "
    left(connection.finalState(.server), 12)
    return line + "  " + connection.ending[language]
  }

  /// A connection as a JSON object.
  func object(_ index: Int) -> String {
    let connection = capture.connections[index]
    var object = JSONObject()
    func state(_ side: Side) -> FieldValue {
      connection.evidence.observer[side].states.known.map { .text($0.rawValue) } ?? .none
    }
    object.add("connection", .integer(index + 1))
    object.add("client", .text(connection.client.text))
    object.add("server", .text(connection.server.text))
    object.add("clientKnown", .flag(connection.isClientKnown))
    object.add("firstPacket", .integer(connection.firstPacket))
    object.add("lastPacket", .integer(connection.lastPacket))
    object.add(
      "start", .text(CaptureWords.seconds(connection.firstTime - capture.firstTime)))
    object.add("seconds", .text(CaptureWords.seconds(connection.lastTime - connection.firstTime)))
    object.add("segments", .integer(connection.segments))
    object.add("segmentsFromClient", .integer(connection.clientSegments))
    object.add("segmentsFromServer", .integer(connection.serverSegments))
    object.add("bytesFromClient", .integer(connection.clientBytes))
    object.add("bytesFromServer", .integer(connection.serverBytes))
    object.add("clientState", state(.client))
    object.add("clientPresumed", .flag(connection.evidence.observer.client.isPresumed))
    object.add("serverState", state(.server))
    object.add("serverPresumed", .flag(connection.evidence.observer.server.isPresumed))
    object.add("ended", .text(connection.ending.en))
    object.add("anomalies", .integer(connection.evidence.observer.anomalies))
    return object.line
  }
}
