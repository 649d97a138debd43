import Models

extension TCPLadder {
  /// How much a ladder may hold.
  enum Limits {
    /// The largest number of connections of one run.
    static let connections = 10_000
    /// The largest number of events of one ladder.
    static let rows = 1_000_000
    /// The most bytes that one call may send.
    static let bytes = 1 << 24
    /// The longest time that a run may cover: 30 days.
    static let time: Microseconds = 30 * 86_400 * 1_000_000
  }
}

/// Reading one event of a ladder.
extension TCPLadder.Row {
  init(_ fields: TraceFields) throws(InputError) {
    let name = try fields.string("kind")
    index = try fields.integer("i", or: 0)
    at = try fields.seconds("t")
    switch name {
    case "app": kind = .app(try TCPLadder.App(fields))
    case "send": kind = .send(try TCPLadder.Send(fields))
    case "recv":
      kind = .receive(
        TCPLadder.Receive(
          segment: try fields.integer("seg"), side: try fields.side("side"),
          flags: fields["flags"] == nil ? nil : try fields.flags("flags"),
          seq: try fields.optionalSequence("seq"), length: fields["len"]?.integer))
    case "state": kind = .state
    default: throw fields.error("kind", "no kind '\(name)'; write app, send, recv or state")
    }
    before = try Self.states(fields, "before")
    after = try Self.states(fields, "after")
    guard let detail = fields["detail"] else { return }
    for side in Side.allCases {
      guard let value = detail[side.name], value["timer"]?.string == "timewait" else { continue }
      let fields = TraceFields(reader: fields.reader, value: value)
      timeWaitLeft[side] =
        fields["expires_ms"] == nil ? 0 : try fields.milliseconds("expires_ms")
    }
  }

  private static func states(
    _ fields: TraceFields, _ name: String
  ) throws(InputError) -> TCPLadder.States? {
    guard let value = fields[name], !value.isNull else { return nil }
    let fields = TraceFields(reader: fields.reader, value: value)
    return TCPLadder.States(
      client: try fields.state("client"), server: try fields.state("server"))
  }
}

extension TCPLadder.App {
  init(_ fields: TraceFields) throws(InputError) {
    side = try fields.side("side")
    call = try fields.string("call")
    guard Self.calls.contains(call) else {
      throw fields.error(
        "call", "no call '\(call)'; write \(Self.calls.joined(separator: ", "))")
    }
    if let args = fields["args"], !args.isNull {
      let args = TraceFields(reader: fields.reader, value: args)
      if args["bytes"]?.isNull == false {
        byteCount = try args.integer("bytes", in: 0...TCPLadder.Limits.bytes)
      }
    }
    if call == "send", byteCount == nil {
      throw fields.error("args", "write {\"bytes\": N}")
    }
    result = fields["result"]?.value
    error = fields["error"]?.string
  }

  private static let calls = [
    "listen", "connect", "accept", "send", "recv", "shutdown_wr", "shutdown_rd", "close",
    "destroy_time_wait", "connect_result",
  ]

}

extension TCPLadder.Send {
  init(_ fields: TraceFields) throws(InputError) {
    let options = fields["opts"]
    if let options, options["tsval"]?.isNull == false {
      let fields = TraceFields(reader: fields.reader, value: options)
      timestamp = TimestampOption(
        value: try fields.sequence("tsval"),
        echo: fields["tsecr"] == nil ? 0 : try fields.sequence("tsecr"))
    }
    flags = try fields.flags("flags")
    let fate = try fields.string("fate")
    guard let known = Fate(rawValue: fate) else {
      throw fields.error(
        "fate", "no fate '\(fate)'; write delivered, dropped, held or delayed")
    }
    self.fate = known
    segment = try fields.integer("seg")
    side = try fields.side("side")
    seq = try fields.sequence("seq")
    ack = try fields.optionalSequence("ack")
    relativeSeq = try fields.optionalSequence("rel_seq")
    relativeAck = try fields.optionalSequence("rel_ack")
    length = try fields.integer("len", or: 0, in: 0...1 << 20)
    data = Self.bytes(fields["data"])
    window = try fields.integer("win", or: 65535, in: 0...1 << 30)
    mss = options?["mss"]?.integer.flatMap { (1...65535).contains($0) ? $0 : nil }
    sackPermitted = options?["sackOK"]?.bool ?? false
    windowShift = options?["wscale"]?.integer.flatMap { (0...14).contains($0) ? UInt8($0) : nil }
    isRetransmission = fields["retransmission"]?.bool ?? false
    cause = try Self.cause(fields)
  }

  private static func cause(_ fields: TraceFields) throws(InputError) -> Cause {
    guard let value = fields["cause"] else { throw fields.error("cause", "the member is missing") }
    if let text = value.string {
      guard text.hasPrefix("timer") else {
        throw fields.error("cause", "no cause '\(text)'; write a timer's, or an object")
      }
      return .timer(String(text.dropFirst("timer".count).drop { $0 == ":" }))
    }
    if value["raw_peer"] != nil { return .script }
    let event = value["event"]?.integer
    if let segment = value["recv"]?.integer { return .arrival(segment: segment, event: event) }
    if value["app"] != nil { return .call(event: event) }
    throw fields.error("cause", "write {\"app\": CALL}, {\"recv\": SEGMENT} or {\"raw_peer\": WHY}")
  }

  /// Text, or `hex:` and the bytes in hexadecimal.
  private static func bytes(_ value: JSON?) -> [UInt8] {
    guard let text = value?.string else { return [] }
    guard text.hasPrefix("hex:") else { return Array(text.utf8) }
    let digits = Array(text.dropFirst(4))
    return stride(from: 0, to: digits.count - 1, by: 2).compactMap {
      UInt8(String(digits[$0...$0 + 1]), radix: 16)
    }
  }
}

/// Kinds of members that ladders have.
extension TraceFields {
  func array(_ name: String) throws(InputError) -> [JSON] {
    guard let value = self[name] else { throw error(name, "the member is missing") }
    guard let elements = value.array else { throw error(name, "an array belongs here") }
    return elements
  }

  func side(_ name: String) throws(InputError) -> Side {
    let text = try string(name)
    guard let side = Side.allCases.first(where: { $0.name == text }) else {
      throw error(name, "no side '\(text)'; write client or server")
    }
    return side
  }

  /// Flags of congestion notification, in which the model has no part.
  private static let otherFlags: Set<String> = ["ECE", "CWR", "NS", "AE"]

  /// A list of the names of flags.
  func flags(_ name: String) throws(InputError) -> SegmentFlags {
    var flags: SegmentFlags = []
    for flag in try array(name) {
      guard let text = flag.string else {
        throw reader.error(at: flag.offset, "\(name): write the names of flags")
      }
      guard let known = SegmentFlags(name: text) else {
        guard Self.otherFlags.contains(text) else {
          throw reader.error(
            at: flag.offset, "no flag '\(text)'; write SYN, FIN, RST, PSH, ACK or URG")
        }
        continue
      }
      flags.formUnion(known)
    }
    return flags
  }

  func state(_ name: String) throws(InputError) -> ConnectionState {
    guard let value = self[name] else { throw error(name, "the member is missing") }
    return try reader.connectionState(value, name)
  }

  /// A time in seconds.
  func seconds(_ name: String) throws(InputError) -> Microseconds {
    try microseconds(name, perUnit: 1_000_000, "seconds")
  }

  func milliseconds(_ name: String) throws(InputError) -> Microseconds {
    try microseconds(name, perUnit: 1000, "milliseconds")
  }

  private func microseconds(
    _ name: String, perUnit: Double, _ unit: String
  ) throws(InputError) -> Microseconds {
    guard let value = self[name] else { throw error(name, "the member is missing") }
    guard let number = value.number else { throw error(name, "a number of \(unit) belongs here") }
    let time = (number * perUnit).rounded()
    guard time >= 0, time <= Double(TCPLadder.Limits.time) else {
      throw error(name, "\(number) \(unit) is out of range; write 0 to 30 days")
    }
    return Microseconds(time)
  }

  func sequence(_ name: String) throws(InputError) -> UInt32 {
    UInt32(try integer(name, in: 0...Int(UInt32.max)))
  }

  func optionalSequence(_ name: String) throws(InputError) -> UInt32? {
    guard let value = self[name], !value.isNull else { return nil }
    return try sequence(name)
  }
}

extension JSONReader {
  func connectionState(_ value: JSON, _ name: String) throws(InputError) -> ConnectionState {
    guard let text = value.string else {
      throw error(at: value.offset, "\(name): a string belongs here")
    }
    guard let state = ConnectionState(rawValue: text) else {
      let names = ConnectionState.allCases.map(\.rawValue).joined(separator: ", ")
      throw error(at: value.offset, "\(name): no state '\(text)'; write one of \(names)")
    }
    return state
  }
}
