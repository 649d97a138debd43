/// What tells that a recovery was not needed, as what seemed lost was only late.
///
/// Either the peer reports to have got twice all that was sent again, or it answers to what was sent
/// before.
///
/// Source: RFC 3522; RFC 3708; Linux `tcp_init_undo`, `tcp_may_undo`.
struct Undo: Sendable, Equatable {
  /// SND.UNA when the loss was found; nil: there is nothing to take back.
  ///
  /// Source: Linux `undo_marker`.
  private(set) var marker: SequenceNumber?
  /// How many segments went again that the peer has not reported to have got twice; nil: none has gone
  /// again.
  ///
  /// Source: Linux `undo_retrans`.
  private(set) var openCount: Int?
  /// What the clock of timestamps read when something went again first; nil: nothing has.
  ///
  /// Source: Linux `retrans_stamp`.
  private(set) var stamp: UInt32?
  /// How many segments went again in this life, and how many the peer has got twice.
  private var resentCount = 0
  private var duplicateCount = 0

  /// A loss is found; so many segments are under way that went again before, and a probe may be.
  mutating func begin(at sndUna: SequenceNumber, resent: Int, probe: Recovery.TailProbe?) {
    marker = sndUna
    let count = resent + (probe?.isResent == true ? 1 : 0)
    openCount = count > 0 ? count : nil
  }

  /// There is nothing to take back any more.
  mutating func end() { marker = nil }

  /// Nothing is under way that went again.
  mutating func forgetStamp() { stamp = nil }

  /// A segment goes again as the clock of timestamps reads a value; a probe belongs to no recovery.
  mutating func noteResent(at clock: UInt32, isProbe: Bool) {
    resentCount += 1
    guard !isProbe else { return }
    openCount = (openCount ?? 0) + 1
    if stamp == nil { stamp = clock }
  }

  /// The peer has got something twice, so many segments; false if that cannot be.
  mutating func noteDuplicate(
    _ range: SequenceRange, count: Int, below sndUna: SequenceNumber
  ) -> Bool {
    duplicateCount += count
    guard duplicateCount <= resentCount else { return false }
    if range.end.isAtOrBefore(sndUna) { take(count, upTo: range.end) }
    return true
  }

  /// So many segments that went again were not needed, the last of which ends there.
  mutating func take(_ count: Int, upTo end: SequenceNumber) {
    guard let marker, let openCount, openCount > 0, end.isAfter(marker) else { return }
    self.openCount = max(0, openCount - count)
  }

  /// Whether a recovery was not needed, by what the peer reports or by the timestamp that it echoes.
  ///
  /// Source: Linux `tcp_may_undo`.
  func mayTakeBack(_ answer: TimestampOption?) -> Bool { isNeedless || isAnsweredBefore(answer) }

  /// Whether the peer has got twice all that went again.
  var isNeedless: Bool { marker != nil && openCount == 0 }

  /// Whether the peer answers to what was sent before anything went again: by the timestamp that it
  /// echoes, without which nobody can tell.
  ///
  /// Source: Linux `tcp_packet_delayed`.
  func isAnsweredBefore(_ answer: TimestampOption?) -> Bool {
    guard marker != nil else { return false }
    guard let stamp else { return true }
    return answer?.echoes(before: stamp) ?? false
  }
}
