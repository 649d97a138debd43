/// Sending in pieces of several segments, and under BBR each in its turn.
extension Endpoint {
  /// How many segments go to the device at once for the first time: of the window half at most.
  ///
  /// Source: Linux `tcp_cwnd_test`.
  var newPieceCount: Int {
    rules.sendsPieces && roundTrip.srtt > 0
      ? min(max(1, recovery.congestionWindow / 2), pieceCount) : .max
  }

  /// How many segments go to the device at once.
  ///
  /// Source: Linux `tcp_tso_autosize`, `tcp_update_pacing_rate`.
  var pieceCount: Int {
    guard rules.sendsPieces, roundTrip.srtt > 0 else { return .max }
    // On a short path pieces are larger: it costs nobody a wait.
    let more = roundTrip.minimum < 512 * 17 ? 65_536 >> (roundTrip.minimum / 512) : 0
    switch rules.congestionControl {
    case .bbr:
      return recovery.bbr.pieceCount(segmentSize: sendMss, more: more)
    case .reno:
      let window = max(recovery.congestionWindow, outstanding.count)
      let percent = recovery.congestionWindow < recovery.threshold / 2 ? 200 : 120
      let rate = window * sendMss * percent * 10_000 / roundTrip.srtt
      return max(2, min(65_536, (rate >> 10) + more) / max(1, sendMss))
    }
  }

  /// Whether a piece waits until there is room for a whole one, as an acknowledgment is about to make it.
  ///
  /// Left out is that a long write is queued in stretches of half the window: where one ends, a single
  /// segment of it does not wait.
  ///
  /// Source: Linux `tcp_tso_should_defer`.
  mutating func defersPiece(_ window: Int, at now: Microseconds) -> Bool {
    guard rules.sendsPieces, unsentCount > sendMss, recovery.until == nil,
      now - pacing.lastAt <= 1000, let oldest = outstanding.first
    else { return false }
    let room = (recovery.congestionWindow - inFlight) * sendMss
    let limit = min(window, room)
    let share = min(sndWnd, recovery.congestionWindow * sendMss) / 3
    guard limit < min(pieceCount, 64) * sendMss, limit < share else { return false }
    let answeredIn = oldest.sentAt + roundTrip.srtt - now
    let soon = min(1000, roundTrip.srtt / 2)
    let isSoon =
      abs(answeredIn - soon) < min(rules.timerSlack, Self.clockSlack)
      ? decideByTiming(answeredIn <= soon) : answeredIn <= soon
    return isSoon && (limit <= unsentCount || !finRequested)
  }

  /// How much later than an arrival a host may read its clock.
  private static let clockSlack: Microseconds = 200

  /// Whether a piece may go now; if not, a timer runs until it may.
  ///
  /// Source: Linux `tcp_pacing_check`.
  mutating func mayBeginPiece(at now: Microseconds, _ journal: inout Journal) -> Bool {
    let slack = rules.pacesLoosely ? max(2000, roundTrip.srtt) : 0
    guard let opensAt = pacing.opensAt, opensAt + slack > now else {
      stop(.pacing, &journal)
      return true
    }
    if timers[.pacing] == nil {
      start(.pacing, for: max(1, opensAt - now), at: now, &journal)
    }
    return false
  }

  /// Something goes out: a piece, more of one, or an acknowledgment, which takes no time.
  mutating func pace(_ count: Int, isJoined: Bool, at now: Microseconds) {
    if !isJoined { pacing.begin(at: now) }
    guard rules.congestionControl == .bbr else { return }
    pacing.note(count, rate: recovery.bbr.pacingRate)
  }

  /// The next piece may go: of what is lost first.
  ///
  /// Source: Linux `tcp_pace_kick`, `tcp_tsq_write`.
  mutating func nextPieceDue(at now: Microseconds, _ journal: inout Journal) {
    pacing.comeDue(at: now)
    recovery.timerRanOutAt = now
    pacing.passSending(resendLost(at: now, &journal), at: now)
    sendPending(at: now, &journal)
  }
}
