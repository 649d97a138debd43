/// What a policer seems to let through: the same rate twice in a row between losses of a fifth and more.
///
/// Source: Linux `bbr_lt_bw_sampling`.
struct BBRPolicer: Sendable, Equatable {
  /// The rate that BBR keeps to, in segments a microsecond, times 2^24; nil: there seems to be none.
  var rate: Int? { isUsed ? found : nil }

  private var isUsed = false
  /// The rate of the last interval; 0: none.
  private var found = 0
  private var isSampling = false
  /// What had arrived and was lost when the interval began, and when; how many round trips since.
  private var arrivedBefore = 0
  private var lostBefore = 0
  private var since: Microseconds = 0
  private var rounds = 0

  /// Forgets everything.
  ///
  /// Source: Linux `bbr_reset_lt_bw_sampling`.
  mutating func reset(arrivedCount: Int, lostCount: Int, at now: Microseconds) {
    (isUsed, found, isSampling) = (false, 0, false)
    beginInterval(arrivedCount: arrivedCount, lostCount: lostCount, at: now)
  }

  private mutating func beginInterval(arrivedCount: Int, lostCount: Int, at now: Microseconds) {
    (arrivedBefore, lostBefore, since, rounds) = (arrivedCount, lostCount, now, 0)
  }

  /// Takes what an acknowledgment tells; true if the cycle is to begin anew.
  ///
  /// Source: Linux `bbr_lt_bw_sampling`.
  mutating func take(
    _ observation: BBR.Observation, isAppLimited: Bool, roundStarts: Bool, isCycling: Bool
  ) -> Bool {
    let (arrived, lost) = (observation.arrivedCount, observation.lostCount)
    let now = observation.arrivedAt
    if isUsed {
      guard isCycling, roundStarts else { return false }
      rounds += 1
      guard rounds >= Self.longestUse else { return false }
      reset(arrivedCount: arrived, lostCount: lost, at: now)
      return true
    }
    if !isSampling {
      guard observation.lost > 0 else { return false }
      beginInterval(arrivedCount: arrived, lostCount: lost, at: now)
      isSampling = true
    }
    if isAppLimited {
      reset(arrivedCount: arrived, lostCount: lost, at: now)
      return false
    }
    if roundStarts { rounds += 1 }
    guard rounds >= Self.leastRounds else { return false }
    if rounds > 4 * Self.leastRounds {
      reset(arrivedCount: arrived, lostCount: lost, at: now)
      return false
    }
    let delivered = arrived - arrivedBefore
    let isHeavy = delivered > 0 && (lost - lostBefore) << 8 >= Self.heavyLoss * delivered
    guard observation.lost > 0, isHeavy else { return false }
    let milliseconds = now / 1000 - since / 1000
    guard milliseconds >= 1 else { return false }
    endInterval(
      (delivered << 24) / (milliseconds * 1000), segmentSize: observation.segmentSize)
    if !isUsed { beginInterval(arrivedCount: arrived, lostCount: lost, at: now) }
    return false
  }

  /// Source: Linux `bbr_lt_bw_interval_done`.
  private mutating func endInterval(_ measured: Int, segmentSize: Int) {
    if found > 0 {
      let difference = abs(measured - found)
      let bytes = (Int128(difference) * Int128(segmentSize) * 990_000) >> 24
      if difference << 8 <= 32 * found || bytes <= 500 {
        found = (measured + found) / 2
        (isUsed, rounds) = (true, 0)
        return
      }
    }
    found = measured
  }

  /// Linux `bbr_lt_intvl_min_rtts`.
  private static let leastRounds = 4
  /// Linux `bbr_lt_bw_max_rtts`.
  private static let longestUse = 48
  /// Linux `bbr_lt_loss_thresh`: a fifth, times 256.
  private static let heavyLoss = 50
}
