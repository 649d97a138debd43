/// The states of a connection's end.
///
/// Source: RFC 9293, section 3.3.2.
public enum ConnectionState: String, Sendable, CaseIterable {
  /// No connection.
  case closed = "CLOSED"
  /// Waits for anybody's SYN.
  case listen = "LISTEN"
  /// Has sent a SYN and waits for the other's.
  case synSent = "SYN_SENT"
  /// Has received and sent a SYN and waits for its acknowledgment; the RFC says SYN-RECEIVED.
  case synRcvd = "SYN_RCVD"
  /// Data flows both ways.
  case established = "ESTABLISHED"
  /// Has sent a FIN that is not acknowledged; no FIN has arrived.
  case finWait1 = "FIN_WAIT_1"
  /// Its FIN is acknowledged; waits for the other's.
  case finWait2 = "FIN_WAIT_2"
  /// Has received a FIN; its own user has not closed.
  case closeWait = "CLOSE_WAIT"
  /// Both have sent a FIN before seeing the other's; its own is not acknowledged.
  case closing = "CLOSING"
  /// Closed after the other; waits for the acknowledgment of its FIN.
  case lastAck = "LAST_ACK"
  /// Everything is done; lingers so that old segments die and a lost last ACK can be repeated.
  case timeWait = "TIME_WAIT"

  /// Whether both initial sequence numbers are known and acknowledged here.
  public var isSynchronized: Bool {
    switch self {
    case .closed, .listen, .synSent, .synRcvd: false
    default: true
    }
  }

  /// Whether a FIN of the peer has arrived in order.
  public var hasPeerFin: Bool {
    switch self {
    case .closeWait, .closing, .lastAck, .timeWait: true
    default: false
    }
  }
}

/// What made an end change its state.
public enum TransitionCause: Sendable, Equatable {
  /// A call of the user.
  case call(String)
  /// A segment that arrived.
  case arrival(SegmentFlags)
  /// A timer that ran out.
  case timer(TimerKind)

  /// The kind of cause in one word, with its detail.
  public var text: String {
    switch self {
    case .call(let name): "call \(name)"
    case .arrival(let flags): "arrival of \(flags)"
    case .timer(let kind): "timer \(kind.rawValue)"
    }
  }
}

/// The timers of an end.
public enum TimerKind: String, Sendable, CaseIterable {
  /// RTO: what was sent is not acknowledged.
  case retransmission
  /// The probe that resends the tail of a flight before the RTO does.
  case lossProbe
  /// Waits a little for a segment that seems lost but may only be late.
  case reordering
  /// An acknowledgment waits for company.
  case delayedAck
  /// 2MSL.
  case timeWait
  /// How long an end without user stays in FIN_WAIT_2.
  case finWait2
  /// Probes a window of 0.
  case persist
  /// The next piece may go.
  case pacing
}

/// A timer that runs.
public struct RunningTimer: Sendable, Equatable {
  /// When it was started last.
  public var startedAt: Microseconds
  /// When it runs out.
  public var deadline: Microseconds

  /// One tick of Linux's timers, at HZ 250.
  static let tick: Microseconds = 4000

  /// A time in whole ticks, no shorter.
  ///
  /// Source: Linux `usecs_to_jiffies`.
  static func ticks(_ time: Microseconds) -> Microseconds { (time + tick - 1) / tick * tick }

  /// The shortest wait that Linux sets.
  ///
  /// Source: Linux `TCP_TIMEOUT_MIN`, two ticks.
  static let least = 2 * tick
  /// What Linux adds to the waits for a loss probe and for reordering.
  ///
  /// Source: Linux `TCP_TIMEOUT_MIN_US`; before 6.6, `TCP_TIMEOUT_MIN`.
  static let leastMargin: Microseconds = 2000

  /// How long it was set to run.
  public var duration: Microseconds { deadline - startedAt }
}

/// Virtual time, or a span of it, in whole microseconds; a run starts at 0.
public typealias Microseconds = Int
