/// Sending in pieces of several segments, and under BBR each in its turn.
extension Endpoint {
  /// How many segments go to the device at once for the first time: of the window half at most.
  ///
  /// Source: Linux `tcp_cwnd_test`.
  func newPieceCount(of mss: Int) -> Int {
    rules.sendsPieces && roundTrip.srtt > 0
      ? min(max(1, recovery.congestionWindow / 2), pieceCount(of: mss)) : .max
  }

  /// How many segments go to the device at once.
  ///
  /// Source: Linux `tcp_tso_autosize`, `tcp_update_pacing_rate`.
  func pieceCount(of mss: Int) -> Int {
    guard rules.sendsPieces, roundTrip.srtt > 0 else { return .max }
    // On a short path pieces are larger: it costs nobody a wait.
    let least = roundTrip.minimum / 512
    let more = least < 32 ? Pacing.largestPiece >> least : 0
    switch rules.congestionControl {
    case .bbr:
      return recovery.bbr.pieceCount(segmentSize: mss, more: more)
    case .reno, .cubic:
      return max(2, min(Pacing.largestPiece, (sendingRate >> 10) + more) / max(1, mss))
    }
  }

  /// How many bytes of a write are queued together: no more than half of the peer's largest window.
  ///
  /// Source: Linux `tcp_xmit_size_goal`, `tcp_bound_to_half_wnd`.
  func stretchGoal(segmentSize room: Int) -> Int {
    guard rules.sendsPieces else { return .max }
    let half = maxSndWnd > 536 ? maxSndWnd / 2 : maxSndWnd
    let least = 68 - (timestampsOn ? 32 : 20)
    let bytes = half > 0 ? min(Pacing.largestPiece, max(half, least)) : Pacing.largestPiece
    return max(room, bytes / room * room)
  }

  /// How fast a window goes out that follows losses, in bytes a second; 0: not known.
  ///
  /// Source: Linux `tcp_update_pacing_rate`.
  var sendingRate: Int {
    guard roundTrip.srtt > 0 else { return 0 }
    let window = max(recovery.congestionWindow, outstanding.count)
    let percent = recovery.congestionWindow < recovery.threshold / 2 ? 200 : 120
    return window * sendMss * percent * 10_000 / roundTrip.srtt
  }

  /// Whether a piece waits until there is room for a whole one, as an acknowledgment is about to make it.
  ///
  /// Source: Linux `tcp_tso_should_defer`.
  mutating func defersPiece(
    of head: Int, _ window: Int, mss: Int, at now: Microseconds
  ) -> Bool {
    guard rules.sendsPieces, head > mss, recovery.until == nil,
      now - pacing.lastAt <= 1000, let oldest = outstanding.first
    else { return false }
    let room = (recovery.congestionWindow - inFlight) * sendMss
    let limit = min(window, room)
    let share = min(sndWnd, recovery.congestionWindow * sendMss) / 3
    guard limit < min(pieceCount(of: mss), 64) * sendMss, limit < share else { return false }
    if !writeQueue.isInOneStretch, limit >= head { return false }
    let answeredIn = oldest.sentAt + roundTrip.srtt - now
    let soon = min(1000, roundTrip.srtt / 2)
    // What was sent at an arrival was sent later than noted, too.
    let slack = min(rules.timerSlack, Self.clockSlack)
    let isOpen = (-slack / 2..<slack).contains(answeredIn - soon)
    let isSoon = isOpen ? decideByTiming(answeredIn <= soon) : answeredIn <= soon
    return isSoon && (limit <= head || !finRequested || !writeQueue.isInOneStretch)
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

  /// How much earlier than now something may have been sent, as a wire notes late what a timer sends: later
  /// still where its host was held up.
  func sendingSlack(at now: Microseconds) -> Microseconds {
    guard recovery.timerRanOutAt == now else { return 0 }
    return max(rules.timerSlack, min(pacing.lateness(at: now), Self.stall * rules.timerSlack))
  }

  /// A host that was held up is not later than so many times what a wire takes: about 16 ms, four ticks.
  private static let stall = 16

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
