/// How fast segments arrive at the peer at most, and how many BBR would have under way for that.
///
/// Left out is that BBR forgets what it measured ten round trips ago, and what it does when it has
/// found the path to be full.
///
/// Source: Linux `tcp_rate_skb_sent`, `tcp_rate_skb_delivered`, `tcp_rate_gen`, `bbr_update_bw`.
struct BandwidthEstimate: Sendable, Equatable {
  /// What was known when a segment was sent.
  struct Mark: Sendable, Equatable {
    /// When the flight began to which the segment belongs.
    var flightBeganAt: Microseconds = 0
    /// When something arrived last.
    var arrivedAt: Microseconds = 0
  }

  /// The highest rate so far, in segments a microsecond, times 2^24.
  private(set) var rate = 0
  private var mark = Mark()
  /// Of what the acknowledgment at hand is about, the segment that was sent last.
  private var latest: SentChunk?

  /// A segment is sent; `isFirst` if nothing else is under way.
  mutating func noteSent(isFirst: Bool, at now: Microseconds) -> Mark {
    if isFirst { mark = Mark(flightBeganAt: now, arrivedAt: now) }
    return mark
  }

  /// An acknowledgment has come; it is about nothing yet.
  mutating func begin() { latest = nil }

  /// A segment has arrived.
  mutating func noteArrived(_ chunk: SentChunk) {
    if let latest {
      let isLater = chunk.sentAt == latest.sentAt && chunk.end.isAfter(latest.end)
      guard chunk.sentAt > latest.sentAt || isLater else { return }
    }
    latest = chunk
    mark.flightBeganAt = chunk.sentAt
  }

  /// The acknowledgment has been read: that many segments have arrived so far.
  ///
  /// What takes less than the shortest round trip tells nothing: acknowledgments came in a bunch.
  mutating func measure(arrivedCount: Int, minimum: Microseconds, at now: Microseconds) {
    guard let latest else { return }
    mark.arrivedAt = now
    let sending = latest.sentAt - latest.mark.flightBeganAt
    let interval = max(sending, now - latest.mark.arrivedAt)
    guard interval >= max(1, minimum) else { return }
    rate = max(rate, ((arrivedCount - latest.arrivedBefore) << 24) / interval)
  }

  /// How many segments of a size are to be under way while BBR still looks for the limit: more than
  /// twice what the path holds, and room for three pieces of several segments.
  ///
  /// Source: Linux `bbr_bdp`, `bbr_quantization_budget`, `bbr_tso_segs_goal` (with `bbr_high_gain`).
  func target(minimum: Microseconds, segmentSize: Int) -> Int {
    // Scaled twice, the products of a fast path do not fit into 64 bits.
    func gained(_ amount: Int) -> Int128 { (Int128(rate) * Int128(amount) * Self.gain) >> 8 }
    let held = Int(min(1 << 40, (gained(minimum) + (1 << 24) - 1) >> 24))
    let bytesAtOnce = Int(min(65_216, (gained(segmentSize) * 1_000_000) >> 34))
    let piece = min(127, max(2, bytesAtOnce / max(1, segmentSize)))
    return (held + 3 * piece + 1) & ~1
  }

  /// BBR's gain while it looks for the limit, 2.885, times 256.
  private static let gain: Int128 = 739
}
