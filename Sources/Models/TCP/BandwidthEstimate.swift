/// BBR's estimate of the path's delivery rate, and the window that it wants in STARTUP.
///
/// Left out is what comes after STARTUP (DRAIN, PROBE_BW), that rates are forgotten after ten round
/// trips, PROBE_RTT after ten seconds without a shorter round trip, and the search for policers.
///
/// Source: Linux `tcp_rate_skb_sent`, `tcp_rate_skb_delivered`, `tcp_rate_gen`, `bbr_update_bw`.
struct BandwidthEstimate: Sendable, Equatable {
  /// What was known when a segment was sent.
  struct Mark: Sendable, Equatable {
    /// When the flight began to which the segment belongs.
    ///
    /// Source: Linux `first_tx_mstamp`.
    var flightBeganAt: Microseconds = 0
    /// When something arrived last.
    ///
    /// Source: Linux `delivered_mstamp`.
    var arrivedAt: Microseconds = 0
  }

  /// The highest rate so far, in segments a microsecond, times 2^24.
  private(set) var rate = 0
  /// The rate at which BBR paces, without its gain; it never falls in STARTUP.
  private var pacedRate = 0
  private var mark = Mark()
  /// Of what the acknowledgment at hand is about, the segment that was sent last.
  private var latest: SentChunk?

  /// The first round trip is known: so fast the initial window is paced.
  ///
  /// Source: Linux `bbr_init_pacing_rate_from_rtt`.
  mutating func noteRoundTrip(_ srtt: Microseconds) {
    if pacedRate == 0 { pacedRate = (Recovery.initialWindow << 24) / max(1, srtt) }
  }

  /// A segment is sent; `isFirst` if nothing else is under way.
  mutating func noteSent(isFirst: Bool, at now: Microseconds) -> Mark {
    if isFirst { mark = Mark(flightBeganAt: now, arrivedAt: now) }
    return mark
  }

  /// An acknowledgment has come; it is about nothing yet.
  mutating func begin() { latest = nil }

  /// A segment has arrived; BBR begins behind the handshake.
  mutating func noteArrived(_ chunk: SentChunk) {
    guard !chunk.control.contains(.syn) else { return }
    if let latest {
      let isLater = chunk.sentAt == latest.sentAt && chunk.end.isAfter(latest.end)
      guard chunk.sentAt > latest.sentAt || isLater else { return }
    }
    latest = chunk
    mark.flightBeganAt = chunk.sentAt
  }

  /// The acknowledgment has been read: some segments have arrived with it, and so many so far.
  ///
  /// What takes less than the shortest round trip tells nothing: acknowledgments came in a bunch.
  mutating func measure(
    arrived: Int, arrivedCount: Int, minimum: Microseconds, at now: Microseconds
  ) {
    if arrived > 0 { mark.arrivedAt = now }
    guard let latest, minimum > 0 else { return }
    let sending = latest.sentAt - latest.mark.flightBeganAt
    let interval = max(sending, now - latest.mark.arrivedAt)
    guard interval >= minimum else { return }
    rate = max(rate, ((arrivedCount - latest.arrivedBefore) << 24) / interval)
    pacedRate = max(pacedRate, rate)
  }

  /// How many segments of a size are to be under way in STARTUP: almost three times what the path
  /// holds, and three pieces as they are handed to the device.
  ///
  /// Source: Linux `bbr_bdp`, `bbr_quantization_budget`, `bbr_tso_segs_goal`, `bbr_min_tso_segs`.
  func target(minimum: Microseconds, segmentSize: Int) -> Int {
    var held = Recovery.initialWindow
    if minimum > 0 {
      held = Int(min(1 << 40, (gained(rate, minimum) + (1 << 24) - 1) >> 24))
    }
    return (held + 3 * min(127, pieceCount(segmentSize: segmentSize)) + 1) & ~1
  }

  /// How fast segments of a size are sent, in bytes a second; 0: not known.
  ///
  /// Source: Linux `bbr_bw_to_pacing_rate`.
  func pacing(segmentSize: Int) -> Int {
    Int(min(1 << 40, (gained(pacedRate, segmentSize) * Self.unreserved) >> 24))
  }

  /// How many segments of a size are handed to the device at once.
  ///
  /// On a short path they may be more by some bytes.
  ///
  /// Source: Linux `bbr_tso_segs_goal`, `tcp_tso_autosize`, `bbr_min_tso_segs`.
  func pieceCount(segmentSize: Int, more bytes: Int = 0) -> Int {
    let rate = pacing(segmentSize: segmentSize)
    let count = min(65_215, (rate >> 10) + bytes) / max(1, segmentSize)
    return max(rate < 150_000 ? 1 : 2, count)
  }

  /// A rate times an amount times the gain.
  ///
  /// Scaled twice, the products of a fast path do not fit into 64 bits.
  private func gained(_ rate: Int, _ amount: Int) -> Int128 {
    (Int128(rate) * Int128(amount) * Self.gain) >> 8
  }

  /// BBR's gain in STARTUP, 2.885, times 256.
  private static let gain: Int128 = 739
  /// Of a million, what is left by the hundredth that pacing keeps back.
  private static let unreserved: Int128 = 990_000
}
