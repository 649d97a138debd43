/// What made an observer derive a state.
public enum WireReason: Sendable, Equatable {
  /// The end sent this packet, which it could do only in some states.
  case sent(packet: Int, SegmentFlags)
  /// The peer's packet reached the end.
  case arrived(packet: Int, SegmentFlags)
  /// The peer sent something new, so that no FIN of it can have arrived before.
  case peerStillSends(packet: Int)
}

/// What no endpoint that follows RFC 9293 would have sent.
public enum WireAnomaly: String, Sendable, CaseIterable {
  /// No state in which the end may be allows the segment.
  case impossibleInState
  /// A SYN from an end that has a synchronized connection.
  case synWhileConnected
  /// SYN, FIN and RST exclude each other.
  case contradictingFlags
  /// Only a first SYN and a reset go without ACK.
  case ackMissing
  /// Bytes behind the sender's own FIN.
  case dataBehindFin
  /// A FIN with another number than the first one.
  case finMoved
  /// A FIN before bytes that the same end had sent.
  case finBeforeData
  /// A SYN with another number than the first one of the same connection.
  case synMoved
  /// An acknowledgment of what the peer, as it turned out, had not sent.
  case ackOfUnsent
  /// Bytes to the right of every window that the peer had offered.
  case beyondWindow
}

/// What an observer of a wire concludes, packet by packet.
public enum WireEvent: Sendable, Equatable, ModelEvent {
  /// A packet was seen; the numbers are counted from both ISNs where these are known.
  case packetSeen(WireSegment, relativeSeq: UInt32?, relativeAck: UInt32?)
  /// Its numbers were seen before.
  case retransmissionSeen(Side, packet: Int)
  /// Its numbers were skipped earlier: it was overtaken, or sent again after it was lost.
  case outOfOrderSeen(Side, packet: Int)
  /// An empty or one-byte segment before everything acknowledged asks whether the peer is there.
  case keepAliveSeen(Side, packet: Int)
  /// Numbers were skipped that the capture does not hold so far.
  case gapSeen(Side, packet: Int, count: Int)
  /// What is known of an end's state changed.
  ///
  /// Presumed: nothing that follows shows whether the packet arrived.
  case stateDerived(
    Side, from: PossibleStates, to: PossibleStates, why: WireReason, isPresumed: Bool)
  /// A packet that no endpoint following RFC 9293 would have sent.
  case anomaly(WireAnomaly, Side, packet: Int, states: PossibleStates)

  /// The case's own name.
  public var name: String {
    switch self {
    case .packetSeen: "packetSeen"
    case .retransmissionSeen: "retransmissionSeen"
    case .outOfOrderSeen: "outOfOrderSeen"
    case .keepAliveSeen: "keepAliveSeen"
    case .gapSeen: "gapSeen"
    case .stateDerived: "stateDerived"
    case .anomaly: "anomaly"
    }
  }
}

/// A packet, and which packets are taken to have reached their ends after it and before the next.
public struct WireStep: Sendable, Equatable {
  /// A packet that reached its end.
  public struct Arrival: Sendable, Equatable {
    /// What arrived: the step's own packet, or one from before that was under way for longer.
    public var segment: WireSegment
    /// Whether something that the end sends later shows that it arrived.
    public var isConfirmed: Bool

    /// A packet that reached its end.
    public init(_ segment: WireSegment, isConfirmed: Bool) {
      self.segment = segment
      self.isConfirmed = isConfirmed
    }
  }

  /// What was seen.
  public var segment: WireSegment
  /// What arrives, in order; only what may change a state.
  public var arrivals: [Arrival] = []

  /// A packet that was seen.
  public init(_ segment: WireSegment, arrivals: [Arrival] = []) {
    self.segment = segment
    self.arrivals = arrivals
  }
}
