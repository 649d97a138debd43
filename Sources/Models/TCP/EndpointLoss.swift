/// Finding what was lost without waiting for the RTO, and sending it again.
extension Endpoint {
  /// Segments that may still be on the wire, by what is known here.
  ///
  /// Without selective acknowledgments each duplicate stands for one that has left it.
  var inFlight: Int {
    let count = outstanding.count { !$0.isSacked && (!$0.isLost || $0.isResent) }
    return sackOn ? count : max(0, count - recovery.duplicateAcks)
  }

  /// Marks losses and sends what is lost again, as far as the congestion window lets it.
  ///
  /// Source: Linux `tcp_fastretrans_alert`, then `tcp_cong_control`, then `tcp_xmit_recovery`.
  mutating func recover(
    arrived: Int, advances: Bool, at now: Microseconds, _ journal: inout Journal
  ) {
    let before = lostCount
    let wait = outstanding.isEmpty ? 0 : findLosses(advances: advances, at: now, &journal)
    var told = Recovery.Acknowledgment(
      arrived: arrived, lost: max(0, lostCount - before), advances: advances, inFlight: inFlight)
    if rules.congestionControl == .bbr {
      told.target = recovery.bandwidth.target(
        minimum: roundTrip.minimum, segmentSize: sendMss)
    }
    recovery.adjust(told, rules.congestionControl)
    if !sackOn, advances { recovery.makeRoomForMissing(inFlight: inFlight) }
    resendLost(at: now, &journal)
    awaitReordered(wait, at: now, &journal)
  }

  /// Marks what is lost, by time or by counting; returns how long the rest is to be waited for.
  private mutating func findLosses(
    advances: Bool, at now: Microseconds, _ journal: inout Journal
  ) -> Microseconds {
    if rules.timeBasedLossDetection, sackOn { return detectLosses(at: now, &journal) }
    if recovery.until == nil, recovery.duplicateAcks >= 3, duplicatesTell {
      markLost(0)
    } else if recovery.until != nil, advances, !outstanding[0].isLost {
      outstanding[0].isLost = true
    }
    return 0
  }

  /// Whether duplicates can be about a loss: without SACK not before more was acknowledged than the
  /// last recovery waited for.
  private var duplicatesTell: Bool {
    guard !sackOn, let recovered = recovery.recovered else { return true }
    return sndUna.isAfter(recovered)
  }

  private var lostCount: Int { outstanding.count { $0.isLost && !$0.isResent } }

  /// What was sent well before something that has arrived counts as lost; returns how long the rest
  /// of it is to be waited for.
  ///
  /// Source: RFC 8985, section 6.2, steps 4 and 5; Linux `tcp_rack_detect_loss`, `tcp_rack_reo_wnd`.
  private mutating func detectLosses(
    at now: Microseconds, _ journal: inout Journal
  ) -> Microseconds {
    if timers.retransmission == nil { start(.retransmission, for: rto, at: now, &journal) }
    let sacked = outstanding.count { $0.isSacked }
    guard let newest = recovery.newestDelivered, sacked > 0 || recovery.until != nil else {
      return 0
    }
    let isEager = !recovery.hasSeenReordering && (recovery.until != nil || sacked >= 3)
    let patience = isEager ? 0 : min(roundTrip.minimum / 4, roundTrip.srtt)
    var wait: Microseconds = 0
    for index in outstanding.indices {
      let chunk = outstanding[index]
      guard !chunk.isSacked, !chunk.isLost || chunk.isResent else { continue }
      guard
        chunk.sentAt < newest
          || (chunk.sentAt == newest && chunk.end.isBefore(recovery.newestDeliveredEnd))
      else { continue }
      let remaining = recovery.newestRoundTrip + patience - (now - chunk.sentAt)
      if remaining <= 0 { markLost(index) } else { wait = max(wait, remaining) }
    }
    return wait
  }

  private mutating func awaitReordered(
    _ wait: Microseconds, at now: Microseconds, _ journal: inout Journal
  ) {
    if wait > 0 { start(.reordering, for: wait + RunningTimer.leastMargin, at: now, &journal) }
  }

  /// What was waited for has not come: it counts as lost.
  ///
  /// Source: RFC 8985, section 6.3; Linux `tcp_rack_reo_timeout`.
  mutating func reorderingTimeout(at now: Microseconds, _ journal: inout Journal) {
    guard !outstanding.isEmpty else { return }
    recovery.timerRanOutAt = now
    let wasReducing = recovery.isReducing
    let wait = detectLosses(at: now, &journal)
    if !wasReducing, rules.congestionControl == .reno {
      let told = Recovery.Acknowledgment(
        arrived: 1, lost: lostCount, advances: false, inFlight: inFlight)
      recovery.adjust(told, .reno)
    }
    resendLost(at: now, &journal)
    awaitReordered(wait, at: now, &journal)
  }

  /// A chunk is lost; with the first of a flight the congestion window begins to shrink.
  private mutating func markLost(_ index: Int) {
    outstanding[index].isLost = true
    outstanding[index].isResent = false
    if recovery.until == nil { recovery.beginReducing(until: sndNxt) }
  }

  /// Sends lost segments again, as many as the congestion window lets out.
  ///
  /// Source: Linux `tcp_xmit_retransmit_queue`.
  mutating func resendLost(at now: Microseconds, _ journal: inout Journal) {
    var didResend = false
    var pieceLeft = 0
    var index = 0
    while index < outstanding.count, inFlight < recovery.congestionWindow {
      let chunk = outstanding[index]
      if chunk.isLost, !chunk.isResent, !chunk.isSacked {
        let isJoined = chunk.isJoined && pieceLeft > 0
        if !isJoined {
          guard mayBeginPiece(at: now, &journal) else { break }
          pieceLeft = pieceCount
        }
        resend(index, isJoined: isJoined, at: now, &journal)
        pieceLeft -= 1
        didResend = true
      } else {
        pieceLeft = 0
      }
      index += 1
    }
    if didResend { start(.retransmission, for: rto, at: now, &journal) }
  }

  // MARK: The tail of a flight

  /// Puts a probe in place of the RTO where the rules have it and nothing seems lost.
  ///
  /// It never waits longer than the RTO would, which runs from the oldest segment, or from now where
  /// an acknowledgment has just set it anew.
  ///
  /// Source: RFC 8985, section 7.2; Linux `tcp_schedule_loss_probe`.
  mutating func scheduleProbe(
    at now: Microseconds, renewsTimeout: Bool = false, _ journal: inout Journal
  ) {
    guard rules.tailLossProbe, sackOn, recovery.until == nil, !outstanding.isEmpty,
      state != .synSent, state != .synRcvd, !outstanding.contains(where: \.isSacked)
    else { return }
    var wait = rules.initialRto
    if roundTrip.srtt > 0 {
      let margin = outstanding.count == 1 ? rules.minRto : RunningTimer.leastMargin
      wait = 2 * roundTrip.srtt + margin
    }
    let timeout = renewsTimeout ? rto : outstanding[0].sentAt + rto - now
    start(.lossProbe, for: timeout > 0 ? min(wait, timeout) : wait, at: now, &journal)
  }

  /// Sends something new if it may, else the last segment again; the RTO then runs from now.
  ///
  /// While a probe is under way there is no other: the RTO runs from where it would have.
  ///
  /// Source: RFC 8985, section 7.3; Linux `tcp_send_loss_probe`, `tcp_rearm_rto`.
  mutating func probeTail(at now: Microseconds, _ journal: inout Journal) {
    guard !outstanding.isEmpty else { return }
    guard recovery.probedUpTo == nil else {
      let left = max(RunningTimer.tick, outstanding[0].sentAt + rto - now)
      start(.retransmission, for: left, at: now, &journal)
      return
    }
    start(.retransmission, for: rto, at: now, &journal)
    recovery.timerRanOutAt = now
    let before = sndNxt
    sendPending(at: now, isProbe: true, &journal)
    if sndNxt == before { resend(outstanding.count - 1, at: now, &journal) }
    outstanding[outstanding.count - 1].isJoined = false
    recovery.probedUpTo = sndNxt
  }
}
