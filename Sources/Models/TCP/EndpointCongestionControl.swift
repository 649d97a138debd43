/// What the congestion control is told of the connection.
extension Endpoint {
  /// The connection is open; until the first acknowledgment of data a server knows of no full path.
  ///
  /// Source: Linux `tcp_init_congestion_control`, `tcp_init_sock`, `tcp_rate_gen` (`app_limited`).
  mutating func beginCongestionControl(at now: Microseconds) {
    recovery.use.begin(at: now)
    switch rules.congestionControl {
    case .reno: break
    case .cubic: recovery.cubic.begin(sndNxt: sndNxt, at: now)
    case .bbr:
      if isPassive { recovery.delivery.noteEmpty() }
      recovery.bbr.begin(
        window: recovery.congestionWindow, segmentSize: sendMss, smoothed: roundTrip.srtt,
        shortest: roundTrip.minimum, arrivedCount: recovery.arrivedCount, at: now)
    }
  }

  /// The user writes: if nothing waits and more could go, the path is not full.
  ///
  /// Source: Linux `tcp_rate_check_app_limited`.
  mutating func noteWrite() {
    guard rules.congestionControl == .bbr, unsentCount < sendMss else { return }
    let inFlight = inFlight
    guard inFlight < recovery.congestionWindow,
      outstanding.count(where: \.isLost) <= resentInFlight
    else { return }
    recovery.delivery.noteIdle(arrivedCount: recovery.arrivedCount, inFlight: inFlight)
  }

  /// Bytes are about to be sent.
  ///
  /// Source: Linux `tcp_event_data_sent` (`CA_EVENT_TX_START`).
  mutating func noteSending(at now: Microseconds) {
    switch rules.congestionControl {
    case .reno: break
    case .cubic:
      guard recovery.cubic.hasEpoch, inFlight == 0 else { return }
      recovery.cubic.noteSending(lastAt: recovery.use.sentAt, at: now)
    case .bbr:
      guard recovery.delivery.isAppLimited, inFlight == 0 else { return }
      recovery.restart(segmentSize: sendMss, at: now)
    }
  }

  /// What an acknowledgment tells BBR.
  ///
  /// Source: Linux `tcp_rate_gen`, `tcp_cong_control`.
  mutating func observe(
    _ told: Recovery.Acknowledgment, at now: Microseconds
  ) -> BBR.Observation {
    let sample = recovery.delivery.measure(
      arrived: told.arrived, arrivedCount: recovery.arrivedCount, minimum: roundTrip.minimum,
      at: now)
    return BBR.Observation(
      now: now, arrivedAt: recovery.delivery.arrivedAt, arrived: told.arrived,
      arrivedCount: recovery.arrivedCount, lost: told.lost, lostCount: recovery.lostCount,
      inFlightBefore: told.inFlightBefore, inFlight: told.inFlight, sample: sample,
      roundTrip: recovery.latestRoundTrip,
      mayBeDelayed: recovery.mayBeDelayed
        && sample.map { $0.priorDelivered + 1 == recovery.arrivedCount } ?? false,
      sendsIn: max(0, pacing.lastAt - now), smoothed: roundTrip.srtt, segmentSize: sendMss,
      phase: recovery.phase)
  }
}
