/// HyStart: slow start ends where the path seems full, before something is lost.
///
/// It does where a round's acknowledgments come close behind each other for half of the shortest round trip,
/// or where a round takes an eighth longer.
///
/// Source: "Taming the elephants: New TCP slow start" (Ha and Rhee); Linux `hystart_update`.
struct HyStart: Sendable, Equatable {
  /// What is known when an acknowledgment comes.
  struct Path {
    var now: Microseconds
    var sndUna: SequenceNumber
    var sndNxt: SequenceNumber
    var window: Int
    var isSlowStart: Bool
    /// How fast is sent, in bytes a second; 0: not known.
    var rate: Int
  }

  /// Whether the end of slow start was found.
  ///
  /// Source: Linux `found`.
  private var hasFound = false
  /// When the round began, up to which number it goes, and the last acknowledgment close behind another.
  ///
  /// Source: Linux `round_start`, `end_seq`, `last_ack`.
  private var roundStart: Microseconds = 0
  private var roundEnd = SequenceNumber(0)
  private var lastAck: Microseconds = 0
  /// The round's shortest round trip, and of how many.
  ///
  /// Source: Linux `curr_rtt`, `sample_cnt`.
  private var shortestOfRound: Microseconds?
  private var sampleCount = 0

  /// A round begins that is over when a number is acknowledged.
  ///
  /// Source: Linux `bictcp_hystart_reset`.
  mutating func beginRound(until sndNxt: SequenceNumber, at now: Microseconds) {
    (roundStart, lastAck, roundEnd) = (now, now, sndNxt)
    (shortestOfRound, sampleCount) = (nil, 0)
  }

  /// An acknowledgment came with a round trip; true if slow start is to end.
  mutating func findsEnd(
    _ roundTrip: Microseconds, shortest: Microseconds, _ path: Path
  ) -> Bool {
    guard !hasFound else { return false }
    if path.sndUna.isAfter(roundEnd) { beginRound(until: path.sndNxt, at: path.now) }
    guard path.window >= Self.leastWindow else { return false }
    if path.now - lastAck <= Self.closeness {
      lastAck = path.now
      let length = (shortest + Self.delay(rate: path.rate)) / 2
      if path.now - roundStart > length { hasFound = true }
    }
    let least = min(shortestOfRound ?? roundTrip, roundTrip)
    shortestOfRound = least
    if sampleCount < Self.leastSamples {
      sampleCount += 1
    } else if least > shortest + min(max(shortest >> 3, 4000), 16_000) {
      hasFound = true
    }
    return hasFound
  }

  /// How long an acknowledgment may have waited for the device to put segments together.
  ///
  /// Left out is that a kernel takes the rate from the acknowledgment before, which matters above 260 MB/s only.
  ///
  /// Source: Linux `hystart_ack_delay`.
  private static func delay(rate: Int) -> Microseconds {
    rate > 0 ? min(1000, Pacing.largestPiece * 4 * 1_000_000 / rate) : 0
  }

  /// Linux `hystart_low_window`.
  private static let leastWindow = 16
  /// Linux `hystart_ack_delta_us`.
  private static let closeness: Microseconds = 2000
  /// Linux `HYSTART_MIN_SAMPLES`.
  private static let leastSamples = 8
}
