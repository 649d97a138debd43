/// Why an end did nothing else with a segment.
public enum DiscardReason: String, Sendable {
  /// Nobody waits for it, and it asks for no answer.
  case noConnection
  /// Its numbers lie outside the receive window.
  case outsideWindow
  /// Everything in it had arrived before.
  case duplicate
  /// It acknowledges what was never sent.
  case ackOfUnsent
  /// It acknowledges something far too old.
  case ackTooOld
  /// It carries neither ACK nor SYN nor RST.
  case withoutAck
  /// A reset or SYN inside the window but not exact: answered by a challenge ACK.
  case challenged
  /// Its timestamp is older than the latest.
  case oldTimestamp
  /// It is a reset in TIME_WAIT, which the rules ignore.
  case resetIgnored
  /// It carries data behind the sender's FIN, or into an end that does not take any.
  case noDataExpected
  /// It has no meaning in this state.
  case meaningless
}

/// Why a connection was reset or given up.
public enum ResetReason: String, Sendable {
  /// A reset of the peer arrived.
  case peer
  /// The user aborted, or closed with bytes unread.
  case user
  /// Data arrived for an end whose user is gone.
  case dataForOrphan
  /// The peer does not answer any more.
  case timeout
}

/// Where an initial sequence number came from.
public enum IssSource: String, Sendable {
  /// The clock and the secret of the host.
  case clock
  /// The secret alone: the guard is off.
  case fixed
  /// The script gave it.
  case given
  /// Beyond the numbers of the connection that TIME_WAIT held.
  case beyondTimeWait
}

/// What happens at the two ends and on the wire.
public enum TCPEvent: Sendable, Equatable, ModelEvent {
  /// A connection's addresses and ports were set up; nothing has been sent.
  case connectionAdded(Int, clientPort: Int, serverPort: Int)
  /// A user made a call.
  case userCalled(End, Call)
  /// The call returned.
  case callReturned(End, Call, CallResult)
  /// An initial sequence number was chosen.
  case issChosen(End, SequenceNumber, IssSource)
  /// A segment left its end; the index finds it in the log.
  case segmentSent(End, index: Int, Segment, isRetransmission: Bool)
  /// The wire lost a segment.
  case segmentLost(End, index: Int)
  /// The wire holds a segment back; it may come much later.
  case segmentHeld(End, index: Int)
  /// The wire carries a segment more than once.
  case segmentDuplicated(End, index: Int, copies: Int)
  /// A segment reached the end named here.
  case segmentArrived(End, index: Int, Segment)
  /// A segment had no further effect, but for an answer where the reason asks for one.
  case segmentDiscarded(End, DiscardReason)
  /// Bytes arrived out of order and wait for those before them.
  case segmentKept(End, SequenceRange)
  /// An end entered another state.
  case stateChanged(End, from: ConnectionState, to: ConnectionState, cause: TransitionCause)
  /// A timer began to run.
  case timerStarted(End, TimerKind, deadline: Microseconds)
  /// A timer that ran was set anew.
  case timerRestarted(End, TimerKind, deadline: Microseconds)
  /// A timer ran out.
  case timerExpired(End, TimerKind)
  /// A timer is not needed any more.
  case timerStopped(End, TimerKind)
  /// The RTO was doubled.
  case rtoBackedOff(End, from: Microseconds, to: Microseconds)
  /// A round trip was measured.
  case roundTripMeasured(End, sample: Microseconds, srtt: Microseconds, rto: Microseconds)
  /// The peer acknowledged everything before the number.
  case dataAcknowledged(End, upTo: SequenceNumber)
  /// Bytes can be read by the user.
  case dataDelivered(End, Payload)
  /// The peer's stream ended: a FIN arrived in order.
  case streamEnded(End)
  /// A suspicious segment was answered by an ACK only.
  case challengeAckSent(End)
  /// 2MSL runs from the beginning again.
  case timeWaitRestarted(End, deadline: Microseconds)
  /// A new connection took the place of one in TIME_WAIT.
  case timeWaitReused(End)
  /// The connection broke.
  case connectionReset(End, ResetReason)

  /// The case's own name.
  public var name: String {
    switch self {
    case .connectionAdded: "connectionAdded"
    case .userCalled: "userCalled"
    case .callReturned: "callReturned"
    case .issChosen: "issChosen"
    case .segmentSent: "segmentSent"
    case .segmentLost: "segmentLost"
    case .segmentHeld: "segmentHeld"
    case .segmentDuplicated: "segmentDuplicated"
    case .segmentArrived: "segmentArrived"
    case .segmentDiscarded: "segmentDiscarded"
    case .segmentKept: "segmentKept"
    case .stateChanged: "stateChanged"
    case .timerStarted: "timerStarted"
    case .timerRestarted: "timerRestarted"
    case .timerExpired: "timerExpired"
    case .timerStopped: "timerStopped"
    case .rtoBackedOff: "rtoBackedOff"
    case .roundTripMeasured: "roundTripMeasured"
    case .dataAcknowledged: "dataAcknowledged"
    case .dataDelivered: "dataDelivered"
    case .streamEnded: "streamEnded"
    case .challengeAckSent: "challengeAckSent"
    case .timeWaitRestarted: "timeWaitRestarted"
    case .timeWaitReused: "timeWaitReused"
    case .connectionReset: "connectionReset"
    }
  }
}
