/// How fast segments arrive at the peer, as acknowledgments tell.
///
/// Source: Linux `tcp_rate_skb_sent`, `tcp_rate_skb_delivered`, `tcp_rate_gen`.
struct DeliveryRate: Sendable, Equatable {
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
    /// Whether the program had not written enough to fill the path.
    ///
    /// Source: Linux `is_app_limited`.
    var isAppLimited = false
  }

  /// What an acknowledgment tells of the path.
  ///
  /// Source: Linux `struct rate_sample`.
  struct Sample: Sendable, Equatable {
    /// How many segments had arrived when the latest of those was sent of which it tells.
    var priorDelivered: Int
    /// How many have arrived since, and in which time; nil: in less than the shortest round trip, as
    /// acknowledgments come in a bunch.
    var delivered: Int
    var interval: Microseconds?
    /// Whether the program left the path empty.
    var isAppLimited: Bool
  }

  private(set) var mark = Mark()
  /// When so many segments have arrived, the path has been full again; nil: it is.
  ///
  /// Source: Linux `app_limited`.
  private var limitedUntil: Int?
  /// Of what the acknowledgment at hand is about, the segment that was sent last.
  private var latest: SentChunk?

  /// When something arrived last.
  var arrivedAt: Microseconds { mark.arrivedAt }

  /// Whether the program leaves the path empty.
  var isAppLimited: Bool { limitedUntil != nil }

  /// The program has no more to send for now, though more could go: the path is not full until what is
  /// under way has arrived.
  ///
  /// Source: Linux `tcp_rate_check_app_limited`.
  mutating func noteIdle(arrivedCount: Int, inFlight: Int) {
    limitedUntil = max(1, arrivedCount + inFlight)
  }

  /// Until the first acknowledgment of data the path is not full.
  mutating func noteEmpty() { limitedUntil = 0 }

  /// A segment is sent; `isFirst` if nothing else is under way.
  mutating func noteSent(isFirst: Bool, at now: Microseconds) -> Mark {
    if isFirst { (mark.flightBeganAt, mark.arrivedAt) = (now, now) }
    mark.isAppLimited = isAppLimited
    return mark
  }

  /// An acknowledgment has come; it is about nothing yet.
  mutating func begin() { latest = nil }

  /// A segment has arrived; the handshake's tell nothing.
  mutating func noteArrived(_ chunk: SentChunk) {
    guard !chunk.control.contains(.syn) else { return }
    if let latest, !chunk.wasSent(behind: latest) { return }
    latest = chunk
    mark.flightBeganAt = chunk.sentAt
  }

  /// The acknowledgment has been read: some segments have arrived with it, and so many so far.
  mutating func measure(
    arrived: Int, arrivedCount: Int, minimum: Microseconds, at now: Microseconds
  ) -> Sample? {
    if let limitedUntil, arrivedCount > limitedUntil { self.limitedUntil = nil }
    if arrived > 0 { mark.arrivedAt = now }
    guard let latest else { return nil }
    let sending = latest.sentAt - latest.mark.flightBeganAt
    let interval = max(sending, now - latest.mark.arrivedAt)
    return Sample(
      priorDelivered: latest.arrivedBefore, delivered: arrivedCount - latest.arrivedBefore,
      interval: minimum > 0 && interval >= minimum ? interval : nil,
      isAppLimited: latest.mark.isAppLimited)
  }
}
