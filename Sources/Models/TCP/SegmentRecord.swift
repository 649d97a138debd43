/// What made an end send a segment.
public enum SendCause: Sendable, Equatable {
  /// A call of its user.
  case call
  /// A segment that arrived, by its index in the log.
  case arrival(Int)
  /// A timer that ran out.
  case timer(TimerKind)
  /// The script put it on the wire; no end sent it.
  case script
}

/// What the wire does with a segment.
public enum Fate: Sendable, Equatable {
  /// It arrives after the wire's delay.
  case delivered
  /// It arrives once for each of these delays.
  case delivers(after: [Microseconds])
  /// It arrives at these times, whenever it was sent; at once if they have passed.
  case arrives(at: [Microseconds])
  /// It never arrives.
  case lost
  /// It is held back; only `deliverCopy` makes it arrive.
  case held
}

/// A segment in the log: what was sent, when, why, and what became of it.
public struct SegmentRecord: Sendable, Equatable {
  /// Its index in the log, in the order of sending.
  public var index: Int
  /// Who sent it; for a scripted segment, who is said to have sent it.
  public var sender: End
  /// When it was sent.
  public var sentAt: Microseconds
  /// What was sent.
  public var segment: Segment
  /// Whether its numbers were sent before.
  public var isRetransmission: Bool
  /// Why it was sent.
  public var cause: SendCause
  /// What the wire was told to do with it.
  public var isLost = false
  /// Whether it is held back.
  public var isHeld = false
  /// When its first copy arrived; nil: not yet, or never.
  public var arrivedAt: Microseconds?
  /// When its latest copy arrived.
  public var lastArrivedAt: Microseconds?
  /// How many copies have arrived.
  public var arrivals = 0
  /// The first number of the sender's life at that time, its ISN; nil where it has none.
  public var seqBase: SequenceNumber?
  /// The receiver's ISN at that time; nil where it has none.
  public var ackBase: SequenceNumber?
  /// The sender's life, from 1; 0 where it has none.
  public var incarnation: Int
  /// The sender's state right after sending.
  public var senderState: ConnectionState

  /// SEG.SEQ counted from the sender's ISN.
  public var relativeSeq: UInt32? { seqBase.map { segment.seq.relative(to: $0) } }

  /// SEG.ACK counted from the receiver's ISN; nil without ACK.
  public var relativeAck: UInt32? {
    segment.flags.contains(.ack) ? ackBase.map { segment.ack.relative(to: $0) } : nil
  }
}

/// A change of state in the log.
public struct StateRecord: Sendable, Equatable {
  /// When.
  public var at: Microseconds
  /// Who.
  public var end: End
  /// From where.
  public var from: ConnectionState
  /// To where.
  public var to: ConnectionState
  /// Why.
  public var cause: TransitionCause
}
