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
  /// Its place in the order of sending, when it was sent last; parts of one segment share it.
  var order = 0
  /// How often it was sent.
  public var transmissions = 1
  /// What the clock of timestamps read when it went again last.
  var resentStamp: UInt32 = 0
  /// How many segments had arrived at the peer when it was sent last.
  var arrivedBefore = 0
  /// What was known of the path then.
  var mark = DeliveryRate.Mark()
  /// Whether it went to the device together with the one before.
  var isJoined = false
  /// Whether the peer reported that it has it, though not what comes before.
  public var isSacked = false
  /// Whether it counts as lost and is to be sent again.
  public var isLost = false
  /// Whether time still tells whether it is lost: not from when it has until it goes again, even if that
  /// is taken back.
  ///
  /// Source: Linux `tcp_tsorted_anchor`.
  var isTimed = true
  /// How much earlier it may have been sent, as a timer made it go and not something that arrived.
  var slack: Microseconds = 0
  /// Whether it was sent again since it counts as lost.
  public var isResent = false

  /// Whether the same is known of it as of another.
  func isLike(_ other: SentChunk) -> Bool {
    isSacked == other.isSacked && isLost == other.isLost && isResent == other.isResent
  }

  /// Whether it was sent behind another one: of parts of a segment the later ones were.
  ///
  /// Times do not tell where several are sent at the same moment. A host orders what goes again at a moment by
  /// its numbers, which comes to the same, as it goes in that order.
  ///
  /// Source: Linux `tcp_skb_sent_after`.
  func wasSent(behind other: SentChunk) -> Bool {
    order == other.order ? end.isAfter(other.end) : order > other.order
  }

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
}
