/// A segment as it was seen on a wire: what a capture tells of it, and nothing else.
public struct WireSegment: Hashable, Sendable {
  /// The packet's number in the capture, from 1.
  public var packet: Int
  /// When it was seen, in nanoseconds since 1970.
  public var time: Int
  /// SEG.SEQ.
  public var seq: SequenceNumber
  /// SEG.ACK; counts only with the ACK flag.
  public var ack: SequenceNumber
  /// The number of bytes carried, by the lengths in the headers.
  public var payloadLength: Int32
  /// The window field, not scaled.
  public var window: UInt16
  /// The control bits.
  public var flags: SegmentFlags
  /// Which end sent it.
  public var sender: Side
  /// The window scale option of a SYN.
  public var windowScale: WindowScale
  /// Whether a packet with a later time stands before it in the capture.
  public var isLateInFile = false

  /// What a SYN says of window scaling.
  ///
  /// Source: RFC 7323, section 2.
  public enum WindowScale: Hashable, Sendable {
    /// The options were cut off, or it is no SYN.
    case unknown
    /// There is no such option.
    case absent
    /// Windows of later segments are to be shifted by so many bits, if both SYNs have the option.
    case shift(UInt8)
  }

  /// A segment that was seen.
  public init(
    packet: Int, time: Int = 0, sender: Side, _ flags: SegmentFlags, seq: SequenceNumber,
    ack: SequenceNumber = SequenceNumber(0), payloadLength: Int = 0, window: UInt16 = 65535,
    windowScale: WindowScale = .unknown
  ) {
    self.packet = packet
    self.time = time
    self.sender = sender
    self.flags = flags
    self.seq = seq
    self.ack = ack
    self.payloadLength = Int32(truncatingIfNeeded: payloadLength)
    self.window = window
    self.windowScale = windowScale
  }

  /// SEG.LEN: the sequence numbers that the segment occupies.
  public var length: Int {
    Int(payloadLength) + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
  }

  /// The number behind the last that the segment occupies.
  public var end: SequenceNumber { seq + length }

  /// The number of the FIN, were there one: that behind the payload.
  var finNumber: SequenceNumber { seq + (Int(payloadLength) + (flags.contains(.syn) ? 1 : 0)) }

  /// Whether it neither opens, closes nor resets anything.
  var isPlain: Bool { flags.isDisjoint(with: [.syn, .fin, .rst]) }
}

/// The states in which an end may be, as far as a wire tells.
public struct PossibleStates: OptionSet, Hashable, Sendable {
  /// One bit a state, in the order of `ConnectionState.allCases`.
  public var rawValue: UInt16

  /// States by their bits.
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// One state.
  public init(_ state: ConnectionState) { rawValue = 1 << state.bit }

  /// Nothing is known.
  public static let all = PossibleStates(rawValue: 1 << 11 - 1)
  /// The states in which a FIN of the peer has arrived, as long as the connection lives.
  static let withPeerFin: PossibleStates = [.closeWait, .closing, .lastAck, .timeWait]

  static var closed: PossibleStates { PossibleStates(.closed) }
  static var listen: PossibleStates { PossibleStates(.listen) }
  static var synSent: PossibleStates { PossibleStates(.synSent) }
  static var synRcvd: PossibleStates { PossibleStates(.synRcvd) }
  static var established: PossibleStates { PossibleStates(.established) }
  static var finWait1: PossibleStates { PossibleStates(.finWait1) }
  static var finWait2: PossibleStates { PossibleStates(.finWait2) }
  static var closeWait: PossibleStates { PossibleStates(.closeWait) }
  static var closing: PossibleStates { PossibleStates(.closing) }
  static var lastAck: PossibleStates { PossibleStates(.lastAck) }
  static var timeWait: PossibleStates { PossibleStates(.timeWait) }

  /// The state, where only one is possible; nil: it cannot be known from what was seen.
  public var known: ConnectionState? {
    rawValue.nonzeroBitCount == 1 ? Self.states[rawValue.trailingZeroBitCount] : nil
  }

  /// The possible states in the order of `ConnectionState.allCases`.
  public var list: [ConnectionState] { Self.states.filter { contains(PossibleStates($0)) } }

  /// The states into which each of these is turned.
  @inline(__always) func map(_ change: (ConnectionState) -> PossibleStates) -> PossibleStates {
    var result = PossibleStates()
    var rest = rawValue
    while rest != 0 {
      result.formUnion(change(Self.states[rest.trailingZeroBitCount]))
      rest &= rest - 1
    }
    return result
  }

  private static let states = ConnectionState.allCases
}

extension PossibleStates: CustomStringConvertible {
  /// The state's name, or `?`.
  public var description: String { known?.rawValue ?? "?" }
}

extension ConnectionState {
  /// The state's place in `allCases`.
  fileprivate var bit: UInt16 {
    switch self {
    case .closed: 0
    case .listen: 1
    case .synSent: 2
    case .synRcvd: 3
    case .established: 4
    case .finWait1: 5
    case .finWait2: 6
    case .closeWait: 7
    case .closing: 8
    case .lastAck: 9
    case .timeWait: 10
    }
  }
}
