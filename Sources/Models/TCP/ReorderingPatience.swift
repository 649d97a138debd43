/// How long an end waits for what may only be late: a quarter of the shortest round trip, and more quarters
/// where that was too short.
///
/// Source: RFC 8985, section 6.2, step 4; Linux `tcp_rack_update_reo_wnd`.
struct ReorderingPatience: Sendable, Equatable {
  /// How many quarters.
  private(set) var steps = 1
  /// How many recoveries more that holds.
  private(set) var recoveriesLeft = 0
  /// How many segments had arrived when it was lengthened last.
  private var lengthenedAt = 0
  private var isTooShort = false

  /// The peer got something twice, as it was given up too early.
  mutating func wasTooShort() { isTooShort = true }

  /// An acknowledgment of something came; the latest of it was sent when so many had arrived.
  ///
  /// The patience grows once in a round trip at most.
  mutating func update(sentAfter: Int, arrivedCount: Int) {
    if sentAfter < lengthenedAt { isTooShort = false }
    if isTooShort {
      isTooShort = false
      steps = min(255, steps + 1)
      lengthenedAt = arrivedCount
      recoveriesLeft = Self.limit
    } else if recoveriesLeft == 0 {
      steps = 1
    }
  }

  /// A recovery is over that was needed.
  mutating func recoveryEnded() { recoveriesLeft = max(0, recoveriesLeft - 1) }

  /// A recovery is over that was not needed.
  mutating func recoveryWasNeedless() { recoveriesLeft = min(Self.limit, recoveriesLeft + 1) }

  /// How long that is.
  func length(shortest minimum: Microseconds, smoothed srtt: Microseconds) -> Microseconds {
    min(minimum / 4 * steps, srtt)
  }

  /// Linux `TCP_RACK_RECOVERY_THRESH`.
  private static let limit = 16
}
