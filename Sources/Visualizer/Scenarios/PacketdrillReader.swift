import Models

/// Reads a script in packetdrill's notation.
///
/// Blocks of Python, shell lines, ICMP, UDP and calls outside the model are read as well, and kept as
/// what is not compared. What cannot be read is an error that names its line and column.
struct PacketdrillReader {
  var cursor: PacketdrillCursor
  private var script: PacketdrillScript
  /// The last event's time; nil where the script leaves it open.
  private var latest: Microseconds? = 0

  /// Reads a script; `defined` are the words for which `#ifdef` is true.
  static func read(
    file: String, bytes: [UInt8], defined: Set<String> = ["STANDARD"]
  ) throws(InputError) -> PacketdrillScript {
    let text = try PacketdrillText(file: file, bytes: bytes, defined: defined)
    var reader = PacketdrillReader(text)
    try reader.read()
    return reader.script
  }

  private init(_ text: PacketdrillText) {
    cursor = PacketdrillCursor(text)
    script = PacketdrillScript(file: text.file)
    script.title = text.title
  }

  /// Whether bytes look like a script: the first line that is no comment sets an option or a time.
  static func looksLikeScript(_ bytes: [UInt8]) -> Bool {
    let prefix = Array(bytes.prefix(16_384))
    guard let text = try? PacketdrillText(file: "", bytes: prefix, defined: []) else {
      return false
    }
    var cursor = PacketdrillCursor(text)
    cursor.skipBlanks()
    if cursor.isAt("--"), cursor.ahead(2).map({ (0x61...0x7a).contains($0) }) == true {
      return true
    }
    if cursor.isAt("`") || cursor.isAt("%{") { return true }
    guard cursor.current != UInt8(ascii: "-") else { return false }
    let isRelative = cursor.take("+")
    guard (try? cursor.seconds()) != nil else { return isRelative && cursor.take("*") }
    if cursor.isAt("~") || cursor.isAt("...") { return true }
    cursor.skipBlanks()
    guard let byte = cursor.current else { return false }
    if [UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "`")].contains(byte) { return true }
    return !cursor.word().isEmpty && cursor.isAt("(")
  }

  // MARK: The script

  private mutating func read() throws(InputError) {
    while true {
      cursor.skipBlanks()
      guard cursor.current != nil else { break }
      if cursor.isAt("--") {
        try readOption()
      } else if cursor.isAt("`") || cursor.isAt("%{") {
        // Before any time: preparations.
        let line = cursor.line
        let kind = try readQuoted()
        append(.at(0, upTo: nil, isRelative: true), line, kind)
      } else {
        try readEvent()
      }
    }
    guard script.events.contains(where: { if case .shell = $0.kind { false } else { true } })
    else { throw cursor.error("the script has no events") }
  }

  private mutating func append(
    _ time: PacketdrillScript.Time, _ line: Int, _ kind: PacketdrillScript.Kind,
    returnsAt: Microseconds? = nil
  ) {
    script.events.append(
      PacketdrillScript.Event(line: line, time: time, returnsAt: returnsAt, kind: kind))
  }

  private mutating func readOption() throws(InputError) {
    let (line, start) = (cursor.line, cursor.at)
    cursor.step(2)
    let name = cursor.word()
    guard !name.isEmpty else { throw cursor.unexpected("an option's name behind --") }
    var value = ""
    if cursor.current == UInt8(ascii: "=") {
      cursor.step()
      let start = cursor.at
      while let byte = cursor.current, byte > 0x20 { cursor.step() }
      value = String(decoding: cursor.text.bytes[start..<cursor.at], as: UTF8.self)
    }
    if name == "rules", PacketdrillRules.Name(rawValue: value) == nil {
      let known = PacketdrillRules.Name.allCases.map(\.rawValue)
      throw cursor.error(
        "unknown rules '\(value)'; \(Nearest.hint(value, among: known).en)", at: start)
    }
    script.options.append(PacketdrillScript.Option(name: name, value: value, line: line))
  }

  // MARK: An event

  private mutating func readEvent() throws(InputError) {
    let line = cursor.line
    var returnsAt: Microseconds?
    let time: PacketdrillScript.Time
    if cursor.take("*") {
      time = .any
      latest = nil
    } else {
      let isRelative = cursor.take("+")
      if isRelative, cursor.take("*") {
        time = .any
        latest = nil
      } else {
        let start = cursor.at
        let first = try cursor.seconds()
        if !isRelative, let latest, first < latest {
          throw cursor.error(
            "the event before is at \(PacketdrillRun.text(latest)); write a later time, or + and a delay",
            at: start)
        }
        latest = isRelative ? latest.map { $0 + first } : first
        var last: Microseconds?
        if cursor.take("~") {
          _ = cursor.take("+")
          let end = try cursor.seconds()
          guard end >= first else { throw cursor.error("the range of times ends before it begins") }
          last = end
        } else if cursor.ellipsis() {
          _ = cursor.take("+")
          let end = try cursor.seconds()
          guard end >= first else { throw cursor.error("the call returns before it is made") }
          returnsAt = end
        }
        time = .at(first, upTo: last, isRelative: isRelative)
      }
    }
    cursor.skipBlanks()
    switch cursor.current {
    case UInt8(ascii: "<")?, UInt8(ascii: ">")?:
      let isInjected = cursor.current == UInt8(ascii: "<")
      let start = cursor.at
      cursor.step()
      var kind = try readPacket(isInjected: isInjected)
      if case .injected(var packet) = kind {
        let words = String(decoding: cursor.text.bytes[start..<cursor.at], as: UTF8.self)
          .split(whereSeparator: \.isWhitespace)
        packet.source = "line \(line)  " + words.joined(separator: " ")
        kind = .injected(packet)
      }
      append(time, line, kind)
    case UInt8(ascii: "`")?: append(time, line, try readQuoted())
    case UInt8(ascii: "%")?: append(time, line, try readQuoted())
    default:
      let call = try readCall()
      append(time, line, call, returnsAt: returnsAt)
    }
  }

  /// A shell command or a block of Python; both end, or the text would not have been accepted.
  private mutating func readQuoted() throws(InputError) -> PacketdrillScript.Kind {
    let isShell = cursor.isAt("`")
    guard isShell || cursor.isAt("%{") else { throw cursor.unexpected("a call or a segment") }
    cursor.step(isShell ? 1 : 2)
    let start = cursor.at
    while cursor.current != nil, !(isShell ? cursor.isAt("`") : cursor.isAt("}%")) { cursor.step() }
    let body = String(decoding: cursor.text.bytes[start..<cursor.at], as: UTF8.self)
    cursor.step(isShell ? 1 : 2)
    return isShell ? .shell(body) : .outside("Python")
  }
}
