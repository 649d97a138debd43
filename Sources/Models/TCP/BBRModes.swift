/// From mode to mode: what makes BBR drain, probe and go around its cycle.
extension BBR {
  /// Linux `bbr_drain_gain`.
  private static let drain = 88
  /// Linux `bbr_pacing_gain`, times 256: first faster, then slower, then as fast as the path.
  private static let cycle = [320, 192, 256, 256, 256, 256, 256, 256]
  /// How long the shortest round trip counts, Linux `bbr_min_rtt_win_sec`.
  private static let shortestLasts: Microseconds = 10_000_000
  /// How long PROBE_RTT takes, Linux `bbr_probe_rtt_mode_ms`.
  private static let probeLasts: Microseconds = 200_000

  /// Source: Linux `bbr_update_gains`.
  mutating func updateGains() {
    switch mode {
    case .startup: (pacingGain, windowGain) = (Self.high, Self.high)
    case .drain: (pacingGain, windowGain) = (Self.drain, Self.high)
    case .probeBandwidth:
      pacingGain = policer.rate != nil ? Self.even : Self.cycle[cycleIndex]
      windowGain = 2 * Self.even
    case .probeRoundTrip: (pacingGain, windowGain) = (Self.even, Self.even)
    }
  }

  /// Where the cycle begins, of 0 and 2 to 7: Linux leaves that to chance.
  private static let start = 2

  /// PROBE_BW begins, somewhere in its cycle.
  ///
  /// Source: Linux `bbr_reset_probe_bw_mode`.
  mutating func beginCycle(at now: Microseconds) {
    mode = .probeBandwidth
    (cycleIndex, cycleSince) = (Self.start, now)
  }

  /// Goes on in the cycle if it is time.
  ///
  /// Source: Linux `bbr_update_cycle_phase`, `bbr_is_next_cycle_phase`.
  mutating func updateCycle(_ observation: Observation) {
    guard mode == .probeBandwidth else { return }
    let arrivedAt = observation.arrivedAt
    let isLong = arrivedAt - cycleSince > shortest ?? .max
    let isOver: Bool
    if pacingGain == Self.even {
      isOver = isLong
    } else {
      let count = underWay(observation.inFlightBefore, observation)
      let size = observation.segmentSize
      if pacingGain > Self.even {
        isOver =
          isLong && (observation.lost > 0 || count >= full(gain: pacingGain, segmentSize: size))
      } else {
        isOver = isLong || count <= full(gain: Self.even, segmentSize: size)
      }
    }
    if isOver { (cycleIndex, cycleSince) = ((cycleIndex + 1) % Self.cycle.count, arrivedAt) }
  }

  /// The queue that STARTUP has made is to empty, or is empty.
  ///
  /// Source: Linux `bbr_check_drain`.
  mutating func checkDrained(_ observation: Observation) {
    if mode == .startup, hasFilledPath { mode = .drain }
    let size = observation.segmentSize
    if mode == .drain,
      underWay(observation.inFlight, observation) <= full(gain: Self.even, segmentSize: size)
    {
      beginCycle(at: observation.arrivedAt)
    }
  }

  /// How many segments will be in the network when the next one is sent.
  ///
  /// Source: Linux `bbr_packets_in_net_at_edt`.
  private func underWay(_ count: Int, _ observation: Observation) -> Int {
    let delivered = Int((Int128(bandwidth) * Int128(observation.sendsIn)) >> 24)
    let more = pacingGain > Self.even ? pieceGoal(segmentSize: observation.segmentSize) : 0
    return max(0, count + more - delivered)
  }

  /// Takes over a shorter round trip; where none has been seen for long, PROBE_RTT looks for one, and true is
  /// returned.
  ///
  /// Source: Linux `bbr_update_min_rtt`.
  mutating func updateShortest(_ observation: Observation, window: inout Int) -> Bool {
    let now = observation.now
    let isOld = now > shortestSince + Self.shortestLasts
    if let roundTrip = observation.roundTrip,
      roundTrip < shortest ?? .max || (isOld && !observation.mayBeDelayed)
    {
      (shortest, shortestSince) = (roundTrip, now)
    }
    if isOld, !isRestarting, mode != .probeRoundTrip {
      mode = .probeRoundTrip
      save(window: window)
      probeEndsAt = nil
    }
    let isProbing = mode == .probeRoundTrip
    if isProbing {
      if let probeEndsAt {
        if roundStarts { probeRoundIsOver = true }
        if probeRoundIsOver, now > probeEndsAt {
          endProbe(arrivedAt: observation.arrivedAt, at: now, window: &window)
        }
      } else if observation.inFlight <= Self.least {
        probeEndsAt = now + Self.probeLasts
        probeRoundIsOver = false
        nextRoundAt = observation.arrivedCount
      }
    }
    if let sample = observation.sample, sample.delivered > 0 { isRestarting = false }
    return isProbing
  }

  /// PROBE_RTT is over, once its time is.
  ///
  /// Source: Linux `bbr_check_probe_rtt_done`, `bbr_reset_mode`.
  mutating func endProbe(arrivedAt: Microseconds, at now: Microseconds, window: inout Int) {
    guard let probeEndsAt, now > probeEndsAt else { return }
    shortestSince = now
    window = max(window, priorWindow)
    if hasFilledPath { beginCycle(at: arrivedAt) } else { mode = .startup }
  }
}
