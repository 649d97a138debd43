/// Sending piece by piece, as BBR's pacing lets it.
extension Endpoint {
  /// How many segments go to the device at once.
  var pieceCount: Int {
    guard rules.congestionControl == .bbr else { return .max }
    return recovery.bandwidth.pieceCount(segmentSize: sendMss)
  }

  /// Whether a piece may go now; if not, a timer runs until it may.
  ///
  /// Source: Linux `tcp_pacing_check`.
  mutating func mayBeginPiece(at now: Microseconds, _ journal: inout Journal) -> Bool {
    guard let opensAt = pacing.opensAt, opensAt + rules.pacingSlack > now else {
      stop(.pacing, &journal)
      return true
    }
    if timers[.pacing] == nil {
      start(.pacing, for: opensAt + rules.pacingSlack - now, at: now, &journal)
    }
    return false
  }

  /// Something goes out: a piece, more of one, or an acknowledgment, which takes no time.
  mutating func pace(_ count: Int, isJoined: Bool, at now: Microseconds) {
    if !isJoined { pacing.begin(at: now) }
    pacing.note(count, rate: recovery.bandwidth.pacing(segmentSize: sendMss))
  }

  /// The next piece may go: of what is lost first.
  ///
  /// Source: Linux `tcp_pace_kick`, `tcp_tsq_write`.
  mutating func nextPieceDue(at now: Microseconds, _ journal: inout Journal) {
    pacing.open()
    resendLost(at: now, &journal)
    sendPending(at: now, &journal)
  }
}
