/// How much more arrives at once than the bandwidth explains: as many may be under way in addition.
///
/// Source: Linux `bbr_update_ack_aggregation`.
struct BBRAggregation: Sendable, Equatable {
  /// The most of the last five to ten round trips, of two halves in turn.
  private var most = [0, 0]
  private var half = 0
  private var rounds = 0
  /// Since when is counted, and how many segments have arrived since.
  private var since: Microseconds = 0
  private var arrived = 0

  /// Nothing has arrived yet.
  mutating func begin(at now: Microseconds) { (since, arrived) = (now, 0) }

  /// Segments have arrived.
  mutating func take(
    _ observation: BBR.Observation, bandwidth: Int, roundStarts: Bool, window: Int
  ) {
    if roundStarts {
      rounds += 1
      if rounds >= 5 {
        rounds = 0
        half = 1 - half
        most[half] = 0
      }
    }
    var expected = Self.amount(bandwidth, observation.now - since)
    if arrived <= expected || arrived + observation.arrived >= 1 << 20 {
      begin(at: observation.now)
      expected = 0
    }
    arrived = min(0xFFFFF, arrived + observation.arrived)
    most[half] = max(most[half], min(window, arrived - expected))
  }

  /// How many more segments the window has room for: as many as arrive in a tenth of a second at most.
  ///
  /// Source: Linux `bbr_ack_aggregation_cwnd`.
  func window(bandwidth: Int) -> Int {
    min(max(most[0], most[1]), Self.amount(bandwidth, 100_000))
  }

  private static func amount(_ bandwidth: Int, _ time: Microseconds) -> Int {
    Int(min(1 << 40, (Int128(bandwidth) * Int128(max(0, time))) >> 24))
  }
}
