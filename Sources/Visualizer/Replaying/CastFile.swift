/// A recording of asciinema, version 2 or 3, taken apart: what was written to a terminal, and when.
///
/// Source: the asciicast v2 and v3 formats. Lines are JSON: a header, then `[time, code, data]`. Events
/// of codes other than output, resize and marker are read over.
struct CastFile {
  /// Output up to a byte, or a change of size.
  struct Event {
    /// Milliseconds since the start.
    var time: Int
    /// Where its output ends; it starts where that of the event before ends.
    var end: Int
    /// The size that the terminal has from here on; nil where it stays.
    var size: Size?
  }

  let file: String
  private(set) var title = ""
  private(set) var size = Size(columns: 80, rows: 24)
  private(set) var output: [UInt8] = []
  private(set) var events: [Event] = []
  private(set) var markers: [Replay.Marker] = []
  private(set) var duration = 0
  private(set) var warning: String?
  /// Cells of all the sizes that the recording takes on; beyond the limit it keeps its size, as
  /// resizing over and over would take forever.
  private var resizedCells = 0
  private static let resizedCellsLimit = 1 << 28
  private var version = 2
  /// Pauses are shortened to so many seconds.
  private var idleLimit: Double?
  /// Seconds as the file counts them, up to the latest event, and with pauses shortened.
  private var recorded = 0.0
  private var shown = 0.0

  /// Longer than anybody watches, in seconds.
  private static let longest = 1e8

  /// Reads a file.
  ///
  /// - Throws: `InputError` with the place of what is wrong. A last line that breaks off is no error
  ///   but a warning: so does a recording look whose program was killed.
  init(file: String, bytes: [UInt8], idleLimit: Double?) throws(InputError) {
    self.file = file
    output.reserveCapacity(bytes.count)
    var number = 0
    var start = 0
    var meter = LongWork.Meter(.reading, of: bytes.count)
    while start < bytes.count {
      meter.note(start)
      let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      let line = bytes[start..<(newline ?? bytes.count)]
      start = (newline ?? bytes.count) + 1
      number += 1
      let written = output.count
      do {
        if number == 1 { try readHeader(line) } else { try readEvent(line) }
      } catch var error {
        guard newline == nil, number > 1 else {
          error.line = number
          throw error
        }
        output.removeSubrange(written...)
        warning = "the recording breaks off in line \(number); what is before it is shown"
      }
      if number == 1, let idleLimit { self.idleLimit = idleLimit }
    }
    duration = Self.milliseconds(shown)
  }

  // MARK: - Header

  /// More than any header needs, in bytes.
  private static let longestHeader = 1 << 16

  private mutating func readHeader(_ line: ArraySlice<UInt8>) throws(InputError) {
    guard line.count <= Self.longestHeader else {
      throw InputError(
        file: file, line: 1, "the header is longer than \(Self.longestHeader) bytes; shorten it")
    }
    var reader = JSONReader(file: file, bytes: Array(line), isPart: true)
    let header = try reader.readValue()
    try reader.finish()
    let version = header["version"]
    switch version?.integer {
    case 2: size = try readSize(header, "width", "height", &reader)
    case 3:
      guard let term = header["term"] else {
        throw reader.error(
          at: 0, "the header of version 3 has no \"term\"; write {\"cols\": 80, \"rows\": 24}")
      }
      size = try readSize(term, "cols", "rows", &reader)
    case 1:
      throw reader.error(
        at: version?.offset ?? 0,
        "asciicast of version 1 is not read; make it version 2 with `asciinema convert`")
    default:
      throw reader.error(
        at: version?.offset ?? 0, "the header's \"version\" is to be 2 or 3, as of an asciicast")
    }
    self.version = version?.integer ?? 2
    title = header["title"]?.string ?? header["command"]?.string ?? ""
    if let limit = header["idle_time_limit"]?.number, limit > 0 { idleLimit = limit }
  }

  private func readSize(
    _ object: JSON, _ columnsName: String, _ rowsName: String, _ reader: inout JSONReader
  ) throws(InputError) -> Size {
    let largest = Emulator.largest
    var numbers: [Int] = []
    for (name, limit) in [(columnsName, largest.columns), (rowsName, largest.rows)] {
      guard let number = object[name]?.integer, (1...limit).contains(number) else {
        throw reader.error(
          at: object[name]?.offset ?? object.offset,
          "the header's \"\(name)\" is to be a whole number from 1 to \(limit)")
      }
      numbers.append(number)
    }
    return Size(columns: numbers[0], rows: numbers[1])
  }

  // MARK: - Events

  private mutating func readEvent(_ line: ArraySlice<UInt8>) throws(InputError) {
    guard let first = line.first(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d }),
      first != UInt8(ascii: "#")
    else { return }
    var reader = JSONReader(file: file, bytes: Array(line), isPart: true)
    var code: String?
    var text: [UInt8] = []
    var place = 0
    var parts: [UInt8] = output
    output = []
    defer { output = parts }
    var time = 0.0
    let start = parts.count
    try reader.forEachElement { (reader) throws(InputError) in
      switch place {
      case 0: time = try Self.number(&reader)
      case 1: code = try reader.readScalar().string
      case 2 where code == "o": try reader.readBytes(into: &parts)
      case 2 where code == "m" || code == "r": try reader.readBytes(into: &text)
      default: try reader.skipValue()
      }
      place += 1
    }
    try reader.finish()
    guard let code, place >= 3 || !["o", "m", "r"].contains(code) else {
      throw reader.error(at: 0, "an event is to be [time, \"code\", \"data\"]")
    }
    guard events.count + markers.count < Replay.eventLimit else {
      throw reader.error(
        at: 0, "the recording has more than \(Replay.eventLimit) events; cut it into parts")
    }
    pass(time)
    let now = Self.milliseconds(shown)
    switch code {
    case "o" where parts.count > start: events.append(Event(time: now, end: parts.count))
    case "r":
      guard let size = Self.size(text) else { break }
      guard resizedCells < Self.resizedCellsLimit else {
        warning = "the recording changes its size too often; it keeps the size that it has by then"
        break
      }
      resizedCells += size.columns * size.rows
      events.append(Event(time: now, end: parts.count, size: size))
    case "m":
      markers.append(
        Replay.Marker(label: String(decoding: text.prefix(400), as: UTF8.self), time: now))
    default: break
    }
  }

  private static func number(_ reader: inout JSONReader) throws(InputError) -> Double {
    let value = try reader.readScalar()
    guard let number = value.number else {
      throw reader.error(at: value.offset, "an event's time is to be a number, in seconds")
    }
    return number
  }

  /// Counts the time of an event; one that goes backwards stands still.
  private mutating func pass(_ time: Double) {
    let gap = max(0, version == 3 ? time : time - recorded)
    recorded = min(Self.longest, recorded + gap)
    shown = min(Self.longest, shown + min(gap, idleLimit ?? gap))
  }

  private static func milliseconds(_ seconds: Double) -> Int { Int((seconds * 1000).rounded()) }

  /// Reads `80x24`; nil for sizes that no terminal of ours can have, which change nothing then.
  private static func size(_ text: [UInt8]) -> Size? {
    let parts = String(decoding: text.prefix(16), as: UTF8.self).split(separator: "x")
    guard parts.count == 2, let columns = Int(parts[0]), let rows = Int(parts[1]),
      (1...Emulator.largest.columns).contains(columns), (1...Emulator.largest.rows).contains(rows)
    else { return nil }
    return Size(columns: columns, rows: rows)
  }
}
