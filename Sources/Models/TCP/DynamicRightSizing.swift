/// How much the user reads in a round trip, by which the receive buffer grows.
///
/// Source: Linux `tcp_rcv_space_adjust`, `tcp_rcv_rtt_update` (6.18).
struct DynamicRightSizing: Sendable, Equatable {
  /// The most bytes that were read in a round trip, less what was left unread then.
  ///
  /// Source: Linux `rcvq_space.space`.
  private(set) var space: Int
  /// From where and since when the present round trip counts.
  ///
  /// Source: Linux `rcvq_space.seq`, `rcvq_space.time`.
  private var first: SequenceNumber
  private var since: Microseconds
  /// Eight round trips as this end sees them, who may never send anything; 0 before the first.
  ///
  /// Source: Linux `rcv_rtt_est.rtt_us`.
  private var scaledRoundTrip = 0
  /// Which number ends the window that is being filled, and since when; nil before the first.
  ///
  /// Source: Linux `rcv_rtt_est.seq`, `rcv_rtt_est.time`.
  private var window: Window?
  /// The echo that was measured last.
  ///
  /// Source: Linux `rcv_rtt_last_tsecr`.
  private var lastEcho: UInt32 = 0

  private struct Window: Sendable, Equatable {
    var end: SequenceNumber
    var since: Microseconds
  }

  /// Begins with the connection, at the first number to be read, with the initial window of a peer.
  ///
  /// Source: Linux `tcp_init_buffer_space`.
  init(space: Int, first: SequenceNumber, at now: Microseconds) {
    (self.space, self.first, since) = (space, first, now)
  }

  /// A segment echoes a stamp of so many milliseconds ago: if it is a full one, it was sent in answer.
  ///
  /// Source: Linux `tcp_rcv_rtt_measure_ts`.
  mutating func noteEcho(_ echo: UInt32, age: Int32, isFull: Bool, isAllRead: Bool) {
    guard echo != lastEcho else { return }
    lastEcho = echo
    guard isFull, (1..<2_147_483).contains(age) else { return }
    let sample = Int(age) * 1000
    if isFirstOrShorter(sample) {
      scaledRoundTrip = sample << 3
    } else if isAllRead {
      scaledRoundTrip += sample - scaledRoundTrip >> 3
    }
  }

  /// Bytes are in order up to a number, and a window was told last: a whole window takes a round trip at
  /// least.
  ///
  /// Source: Linux `tcp_rcv_rtt_measure`.
  mutating func noteArrived(upTo next: SequenceNumber, told: Int, at now: Microseconds) {
    if let window {
      if next.isBefore(window.end) { return }
      let sample = max(1, now - window.since)
      if isFirstOrShorter(sample) { scaledRoundTrip = sample << 3 }
    }
    window = Window(end: next + told, since: now)
  }

  private func isFirstOrShorter(_ sample: Microseconds) -> Bool {
    scaledRoundTrip == 0 || sample << 3 < scaledRoundTrip
  }

  /// The user has read up to a number, and so many bytes are left; returns the window that such a reader
  /// needs, if it is more than before.
  ///
  /// Source: Linux `tcp_rcv_space_adjust`, `tcp_rcvbuf_grow`.
  mutating func noteRead(
    upTo next: SequenceNumber, unread: Int, at now: Microseconds
  ) -> Int? {
    guard scaledRoundTrip > 0, now - since >= scaledRoundTrip >> 3 else { return nil }
    defer { (first, since) = (next, now) }
    let copied = next - first - unread
    guard copied > space else { return nil }
    let former = space
    space = copied
    return 2 * copied + 2 * (2 * copied * (copied - former) / max(1, former))
  }

  /// The buffer allows no more than so many bytes.
  ///
  /// Source: Linux `tcp_measure_rcv_mss`.
  mutating func limit(to clamp: Int) { space = min(space, clamp) }
}
