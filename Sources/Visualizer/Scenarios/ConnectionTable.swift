import Models

/// The lines of the table of a capture's connections.
///
/// They are put together byte by byte: a capture may have a million of them.
struct ConnectionTable {
  let capture: PacketCapture
  let language: Language
  /// The columns that the longest endpoint of each side takes.
  private(set) var addressWidths = (client: 15, server: 15)
  private let numberWidth: Int

  init(capture: PacketCapture, language: Language) {
    self.capture = capture
    self.language = language
    numberWidth = max(7, "\(capture.packetCount)".utf8.count)
    var line = TableLine()
    func width(_ endpoint: CaptureEndpoint) -> Int {
      line.removeAll()
      line.add(endpoint)
      return line.bytes.count
    }
    for connection in capture.connections {
      addressWidths.client = max(addressWidths.client, width(connection.client))
      addressWidths.server = max(addressWidths.server, width(connection.server))
    }
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
        "#", "客户端", "服务器", "首包", "末包", "秒", "报文段", "至服务器", "至客户端", "客户端状态",
        "服务器状态", "结局",
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

  /// A connection as a line.
  func line(_ index: Int, _ line: inout TableLine) {
    let connection = capture.connections[index]
    func right(_ number: Int, _ width: Int) {
      let start = line.bytes.count
      line.add(number)
      line.padLeft(from: start, width)
      line.add("  ")
    }
    func left(_ width: Int, _ add: () -> Void) {
      let start = line.bytes.count
      add()
      line.pad(from: start, width)
      line.add("  ")
    }
    right(index + 1, numberWidth)
    left(addressWidths.client) { line.add(connection.client) }
    left(addressWidths.server) { line.add(connection.server) }
    right(connection.firstPacket, numberWidth)
    right(connection.lastPacket, numberWidth)
    let start = line.bytes.count
    line.add(nanoseconds: connection.lastTime - connection.firstTime)
    line.padLeft(from: start, 12)
    line.add("  ")
    right(connection.segments, 8)
    right(connection.clientBytes, 10)
    right(connection.serverBytes, 10)
    left(12) { line.add(connection.finalState(.client)) }
    left(12) { line.add(connection.finalState(.server)) }
    line.add(connection.ending[language])
    line.add("\n")
  }

  /// A connection as a JSON object; no value needs escapes.
  func object(_ index: Int, _ line: inout TableLine) {
    let connection = capture.connections[index]
    func text(_ name: String, _ add: () -> Void) {
      line.add(name)
      line.add(":\"")
      add()
      line.add("\",")
    }
    func number(_ name: String, _ value: Int) {
      line.add(name)
      line.add(":")
      line.add(value)
      line.add(",")
    }
    func flag(_ name: String, _ value: Bool) {
      line.add(name)
      line.add(value ? ":true," : ":false,")
    }
    func end(_ state: String, _ presumed: String, _ end: WireEnd) {
      if let known = end.states.known {
        text(state) { line.add(known.rawValue) }
      } else {
        line.add(state)
        line.add(":null,")
      }
      flag(presumed, end.isPresumed)
    }
    let observer = connection.evidence.observer
    line.add("{")
    number("\"connection\"", index + 1)
    text("\"client\"") { line.add(connection.client) }
    text("\"server\"") { line.add(connection.server) }
    flag("\"clientKnown\"", connection.isClientKnown)
    number("\"firstPacket\"", connection.firstPacket)
    number("\"lastPacket\"", connection.lastPacket)
    text("\"start\"") { line.add(nanoseconds: connection.firstTime - capture.firstTime) }
    text("\"seconds\"") { line.add(nanoseconds: connection.lastTime - connection.firstTime) }
    number("\"segments\"", connection.segments)
    number("\"segmentsFromClient\"", connection.clientSegments)
    number("\"segmentsFromServer\"", connection.serverSegments)
    number("\"bytesFromClient\"", connection.clientBytes)
    number("\"bytesFromServer\"", connection.serverBytes)
    end("\"clientState\"", "\"clientPresumed\"", observer.client)
    end("\"serverState\"", "\"serverPresumed\"", observer.server)
    text("\"ended\"") { line.add(connection.ending.en) }
    line.add("\"anomalies\":")
    line.add(observer.anomalies)
    line.add("}\n")
  }
}

/// A line of text in the making.
struct TableLine {
  private(set) var bytes: [UInt8] = []

  mutating func removeAll() { bytes.removeAll(keepingCapacity: true) }

  mutating func add(_ text: String) { bytes.append(contentsOf: text.utf8) }

  mutating func add(_ number: Int) {
    var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
    var rest = number.magnitude
    withUnsafeMutableBytes(of: &digits) { buffer in
      var start = buffer.count
      repeat {
        start -= 1
        buffer[start] = UInt8(0x30 + rest % 10)
        rest /= 10
      } while rest > 0
      if number < 0 {
        start -= 1
        buffer[start] = UInt8(ascii: "-")
      }
      bytes.append(contentsOf: buffer[start...])
    }
  }

  /// A span of time in seconds with six digits.
  mutating func add(nanoseconds: Int) {
    if nanoseconds < 0 { bytes.append(UInt8(ascii: "-")) }
    let microseconds = abs(nanoseconds) / 1000
    add(microseconds / 1_000_000)
    bytes.append(UInt8(ascii: "."))
    let start = bytes.count
    add(microseconds % 1_000_000)
    padLeft(from: start, 6, with: 0x30)
  }

  mutating func add(_ endpoint: CaptureEndpoint) {
    guard !endpoint.isIPv6 else { return add(endpoint.text) }
    for shift in [24, 16, 8, 0] as [UInt64] {
      add(Int(endpoint.low >> shift & 0xff))
      bytes.append(shift > 0 ? UInt8(ascii: ".") : UInt8(ascii: ":"))
    }
    add(Int(endpoint.port))
  }

  /// Fills up with blanks what was added since, to a width.
  mutating func pad(from start: Int, _ width: Int) {
    while bytes.count - start < width { bytes.append(0x20) }
  }

  /// Moves what was added since to the right of a width.
  mutating func padLeft(from start: Int, _ width: Int, with filler: UInt8 = 0x20) {
    let missing = width - (bytes.count - start)
    guard missing > 0 else { return }
    bytes.insert(contentsOf: repeatElement(filler, count: missing), at: start)
  }
}
