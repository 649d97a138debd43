/// How far the wire changes the order, by what was reported behind what came later.
///
/// Source: RFC 8985, section 6.2, step 3; Linux `tcp_check_sack_reordering`.
struct Reordering: Sendable, Equatable {
  /// Whether it does at all.
  ///
  /// Source: Linux `reord_seen`.
  private(set) var isSeen = false
  /// By how many segments at most.
  ///
  /// Source: Linux `reordering`.
  private(set) var degree = Reordering.usual
  /// The lowest number of what was late, of what is being read.
  private var lowest: SequenceNumber?

  /// Whether something of what is being read was late.
  var hasLate: Bool { lowest != nil }

  /// Whether it is by more than a host expects.
  var isUnusual: Bool { degree > Self.usual }

  /// What begins at a number was late.
  mutating func noteLate(_ seq: SequenceNumber) {
    lowest = lowest.map { seq.isBefore($0) ? seq : $0 } ?? seq
  }

  /// That has been read; others are reported up to a number.
  mutating func settle(reported highest: SequenceNumber, segmentSize: Int) {
    guard let seq = lowest else { return }
    lowest = nil
    guard seq.isBefore(highest) else { return }
    isSeen = true
    let distance = highest - seq
    guard segmentSize > 0 else { return }
    if distance > degree * segmentSize {
      degree = min(Self.most, (distance + segmentSize - 1) / segmentSize)
    }
  }

  /// What is being read says nothing.
  mutating func forget() { lowest = nil }

  /// The RTO ran out though much had been reported: it was thought to be larger than it is.
  ///
  /// Source: Linux `tcp_enter_loss`.
  mutating func lower() { degree = min(degree, Self.usual) }

  /// Linux `tcp_reordering`.
  static let usual = 3
  /// Linux `tcp_max_reordering`.
  private static let most = 300
}
