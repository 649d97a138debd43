/// The estimate of the round trip, and the RTO that follows from it.
///
/// SRTT and RTTVAR as in RFC 6298. Linux keeps the smoothed values scaled, lowers the weight of
/// falling samples and holds the variance term above a floor for a round trip at a time.
public struct RoundTrip: Sendable, Equatable {
  /// SRTT; 0 before the first sample.
  public private(set) var srtt: Microseconds = 0
  /// RTTVAR; for Linux the whole variance term, 4 RTTVAR.
  public private(set) var rttvar: Microseconds = 0
  /// The RTO without backoff.
  public private(set) var rto: Microseconds
  /// The least sample; 0 before the first.
  public private(set) var minimum: Microseconds = 0
  /// How much more it may have been, as nobody outside knows when exactly a timer has sent a segment.
  private(set) var minimumSlack: Microseconds = 0

  /// Linux `srtt_us`: 8 SRTT.
  private var scaledSrtt = 0
  /// Linux `mdev_us`: 4 times the mean deviation.
  private var deviation = 0
  private var maxDeviation = 0
  /// The number up to which the present maximum counts.
  private var roundEnd = SequenceNumber(0)

  init(rules: TCPRules) { rto = rules.initialRto }

  /// Takes a sample, and the least one that came with it, which may have been more by some slack; the
  /// numbers tell when a round trip is over.
  ///
  /// Source: RFC 6298, sections 2.2 and 2.3; Linux `tcp_rtt_estimator`, `tcp_set_rto`.
  public mutating func measure(
    _ sample: Microseconds, least: Microseconds? = nil, slack: Microseconds = 0, rules: TCPRules,
    sndUna: SequenceNumber, sndNxt: SequenceNumber
  ) {
    let isFirst = srtt == 0
    takeLeast(least ?? sample, slack: slack, isFirst: isFirst)
    if rules.linuxRoundTrip {
      measureAsLinux(max(1, sample), floor: rules.minRto, sndUna: sndUna, sndNxt: sndNxt)
      rto = min(rules.maxRto, RunningTimer.ticks(srtt + rttvar))
      return
    }
    if isFirst {
      srtt = max(1, sample)
      rttvar = sample / 2
    } else {
      rttvar = (3 * rttvar + abs(srtt - sample)) / 4
      srtt = max(1, (7 * srtt + sample) / 8)
    }
    let granularity = 1000
    rto = min(rules.maxRto, max(rules.minRto, srtt + max(granularity, 4 * rttvar)))
  }

  private mutating func takeLeast(
    _ least: Microseconds, slack: Microseconds, isFirst: Bool
  ) {
    let most = isFirst ? least + slack : min(minimum + minimumSlack, least + slack)
    minimum = isFirst ? least : min(minimum, least)
    minimumSlack = most - minimum
  }

  private mutating func measureAsLinux(
    _ sample: Microseconds, floor: Microseconds, sndUna: SequenceNumber, sndNxt: SequenceNumber
  ) {
    if scaledSrtt == 0 {
      scaledSrtt = sample << 3
      deviation = sample << 1
      rttvar = max(deviation, floor)
      maxDeviation = rttvar
      roundEnd = sndNxt
    } else {
      var error = sample - (scaledSrtt >> 3)
      scaledSrtt = max(1, scaledSrtt + error)
      if error < 0 {
        error = -error - (deviation >> 2)
        if error > 0 { error >>= 3 }
      } else {
        error -= deviation >> 2
      }
      deviation += error
      if deviation > maxDeviation {
        maxDeviation = deviation
        rttvar = max(rttvar, maxDeviation)
      }
      if sndUna.isAfter(roundEnd) {
        if maxDeviation < rttvar { rttvar -= (rttvar - maxDeviation) >> 2 }
        roundEnd = sndNxt
        maxDeviation = floor
      }
    }
    srtt = max(1, scaledSrtt >> 3)
  }
}
