/// The two ends of a connection.
public enum Side: UInt8, Sendable, CaseIterable {
  /// The end at the client's host; in most runs it opens actively.
  case client
  /// The end at the server's host.
  case server

  /// The other end.
  public var peer: Side { self == .client ? .server : .client }
  /// `client` or `server`.
  public var name: String { self == .client ? "client" : "server" }
}

/// One end of one connection.
public struct End: Hashable, Sendable {
  /// The connection's index in the run.
  public var connection: Int
  /// Which of its two ends.
  public var side: Side

  /// An end of a connection.
  public init(_ connection: Int, _ side: Side) {
    self.connection = connection
    self.side = side
  }

  /// The other end of the same connection.
  public var peer: End { End(connection, side.peer) }
}

/// The control bits of a segment that the model knows.
public struct SegmentFlags: OptionSet, Hashable, Sendable, CustomStringConvertible {
  /// The bits as in the header.
  public var rawValue: UInt8

  /// Bits as in the header.
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// No more data from the sender; occupies one sequence number.
  public static let fin = SegmentFlags(rawValue: 1)
  /// Synchronize sequence numbers; occupies one sequence number.
  public static let syn = SegmentFlags(rawValue: 2)
  /// Reset the connection.
  public static let rst = SegmentFlags(rawValue: 4)
  /// Push; set on segments that end a write, which Linux looks at when it learns their size.
  public static let psh = SegmentFlags(rawValue: 8)
  /// The acknowledgment field counts.
  public static let ack = SegmentFlags(rawValue: 16)
  /// The urgent pointer counts; of no effect in the model.
  public static let urg = SegmentFlags(rawValue: 32)

  private static let all: [(SegmentFlags, String)] = [
    (.syn, "SYN"), (.fin, "FIN"), (.rst, "RST"), (.psh, "PSH"), (.ack, "ACK"), (.urg, "URG"),
  ]

  /// A flag by its name in capitals; nil for an unknown one.
  public init?(name: String) {
    guard let found = Self.all.first(where: { $0.1 == name }) else { return nil }
    self = found.0
  }

  /// The names, PSH left out, such as `FIN ACK`; `none` where nothing is set.
  public var description: String { subtracting(.psh).names }

  /// All names, such as `PSH ACK`; `none` where nothing is set.
  public var names: String {
    let set = Self.all.filter { contains($0.0) }.map(\.1)
    return set.isEmpty ? "none" : set.joined(separator: " ")
  }
}

/// Whose stream bytes belong to: one end during one life of the connection.
public struct StreamOrigin: Hashable, Sendable {
  /// The end which wrote the bytes.
  public var end: End
  /// 1 for the connection's first life, 2 when the same addresses and ports were used again.
  public var incarnation: Int

  /// The stream of an end during one of its lives.
  public init(_ end: End, incarnation: Int) {
    self.end = end
    self.incarnation = incarnation
  }
}

/// A run of bytes of one stream.
///
/// The model keeps no contents: who wrote the bytes, and where in that stream they stand, says more
/// than the bytes would. It shows at once when bytes of an old connection reach a new one.
public struct Payload: Hashable, Sendable {
  /// Whose bytes.
  public var origin: StreamOrigin
  /// The index of the first byte in its stream, from 0.
  public var offset: Int
  /// The number of bytes.
  public var count: Int

  /// A run of bytes.
  public init(_ origin: StreamOrigin, offset: Int, count: Int) {
    self.origin = origin
    self.offset = offset
    self.count = count
  }

  /// The run without its first bytes.
  public func dropFirst(_ number: Int) -> Payload {
    Payload(origin, offset: offset + number, count: max(0, count - number))
  }

  /// At most the first so many bytes of the run.
  public func prefix(_ number: Int) -> Payload {
    Payload(origin, offset: offset, count: min(count, max(0, number)))
  }
}

extension [Payload] {
  /// Adds a run behind the others, joining it to the last where it continues that one.
  mutating func appendJoining(_ payload: Payload) {
    if let last, last.origin == payload.origin, last.offset + last.count == payload.offset {
      self[count - 1].count += payload.count
    } else if payload.count > 0 {
      append(payload)
    }
  }
}

/// The timestamps option, both values in milliseconds of the hosts' clocks.
///
/// Source: RFC 7323, section 3.
public struct TimestampOption: Hashable, Sendable {
  /// The sender's clock.
  public var value: UInt32
  /// The clock value of the peer that is echoed; 0 where there is none.
  public var echo: UInt32

  /// A timestamps option.
  public init(value: UInt32, echo: UInt32) {
    self.value = value
    self.echo = echo
  }

  /// Whether it answers to something that was sent before a clock read a value.
  ///
  /// Source: Linux `tcp_tsopt_ecr_before`.
  func echoes(before clock: UInt32) -> Bool {
    echo != 0 && Int32(bitPattern: echo &- clock) < 0
  }
}

/// A TCP segment, as far as the model needs it.
///
/// Source: RFC 9293, section 3.1.
public struct Segment: Hashable, Sendable {
  /// SEG.CTL.
  public var flags: SegmentFlags
  /// SEG.SEQ: the number of the SYN, else of the first byte.
  public var seq: SequenceNumber
  /// SEG.ACK: counts only with the ACK flag, and is 0 without.
  public var ack: SequenceNumber
  /// SEG.WND in bytes, after any scaling.
  public var window: Int
  /// The bytes carried; nil for none.
  public var payload: Payload?
  /// The maximum segment size option, in bytes.
  public var mss: Int?
  /// Whether the SYN offers selective acknowledgments.
  public var sackPermitted = false
  /// The window scale option: how many bits the header leaves out of the sender's windows.
  public var windowShift: UInt8?
  /// The timestamps option.
  public var timestamp: TimestampOption?
  /// Ranges that arrived out of order, the latest first.
  public var sack: [SequenceRange] = []

  /// A segment without options.
  public init(
    _ flags: SegmentFlags, seq: SequenceNumber, ack: SequenceNumber = SequenceNumber(0),
    window: Int = 65535, payload: Payload? = nil
  ) {
    self.flags = flags
    self.seq = seq
    self.ack = ack
    self.window = window
    self.payload = payload
  }

  /// The number of bytes carried.
  public var payloadLength: Int { payload?.count ?? 0 }

  /// SEG.LEN: the sequence numbers that the segment occupies.
  public var length: Int {
    payloadLength + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
  }

  /// The number behind the last that the segment occupies.
  public var end: SequenceNumber { seq + length }

  /// The number of the first byte; the SYN stands before it.
  public var payloadSeq: SequenceNumber { flags.contains(.syn) ? seq + 1 : seq }

  /// Whether it is an ACK and nothing else.
  public var isPureAck: Bool {
    length == 0 && flags.contains(.ack) && !flags.contains(.rst)
  }
}
