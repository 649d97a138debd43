/// A segment's worth of sequence numbers that was sent and is not acknowledged.
public struct SentChunk: Sendable, Equatable {
  /// Its first number.
  public var seq: SequenceNumber
  /// SYN or FIN, where it carries one.
  public var control: SegmentFlags
  /// Its bytes.
  public var payload: Payload?
  /// Whether it ended what the user had written when it was sent first, and so carries PSH.
  public var isPushed = false
  /// When it was sent last.
  public var sentAt: Microseconds
  /// When it was sent first.
  public var firstSentAt: Microseconds
  /// How often it was sent.
  public var transmissions = 1
  /// Whether the peer reported that it has it, though not what comes before.
  public var isSacked = false
  /// Whether it counts as lost and is to be sent again.
  public var isLost = false
  /// Whether it was sent again since it counts as lost.
  public var isResent = false

  /// How many numbers it occupies.
  public var count: Int {
    (payload?.count ?? 0) + (control.contains(.syn) ? 1 : 0) + (control.contains(.fin) ? 1 : 0)
  }

  /// The number behind its last.
  public var end: SequenceNumber { seq + count }

  /// Its numbers.
  public var range: SequenceRange { SequenceRange(seq, end) }
}

/// What arrived out of order.
public struct KeptRange: Sendable, Equatable {
  /// Its bytes' numbers; a FIN follows them.
  public var range: SequenceRange
  /// Its bytes.
  public var payload: Payload?
  /// Whether a FIN follows the bytes.
  public var hasFin: Bool
  /// When it arrived.
  public var arrivedAt: Microseconds
}

/// Loss recovery and the congestion window, in segments.
struct Recovery: Sendable, Equatable {
  /// How much sooner than any answer so far that to a probe may come.
  static let probeSlack: Microseconds = 1000

  /// The congestion window.
  var congestionWindow = 10
  /// Slow start ends here.
  var threshold = Int.max / 2
  /// Segments acknowledged towards the next growth in congestion avoidance.
  var credit = 0
  /// Recovery ends when this number is acknowledged; nil: no recovery.
  var until: SequenceNumber?
  /// Whether the recovery began with a timeout, so that slow start paces it.
  var isByTimeout = false
  /// How many lost segments may go again now: about as many as have just arrived.
  var allowance = 1
  /// Duplicate acknowledgments in a row.
  var duplicateAcks = 0
  /// What was sent when the tail was probed; nil: no probe is under way.
  var probedUpTo: SequenceNumber?
  /// The latest transmission time among what was acknowledged.
  ///
  /// Source: RFC 8985, section 6.2.
  var newestDelivered: Microseconds?
  /// The end of that segment, to order equal times.
  var newestDeliveredEnd = SequenceNumber(0)
  /// The latest round trip of such a segment.
  var newestRoundTrip: Microseconds = 0

  /// The congestion window grows by what was acknowledged.
  mutating func grow(by acknowledged: Int) {
    if congestionWindow < threshold {
      congestionWindow += acknowledged
    } else {
      credit += acknowledged
      while credit >= congestionWindow {
        credit -= congestionWindow
        congestionWindow += 1
      }
    }
  }
}
