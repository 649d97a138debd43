/// Finding what was lost without waiting for the RTO, and sending it again.
extension Endpoint {
  /// Segments that may still be on the wire, by what is known here.
  var inFlight: Int {
    outstanding.reduce(0) { $0 + ($1.isSacked || ($1.isLost && !$1.isResent) ? 0 : 1) }
  }

  /// Marks losses and sends what is lost again, as far as the congestion window lets it.
  mutating func recover(at now: Microseconds, _ journal: inout Journal) {
    guard !outstanding.isEmpty else { return }
    if rules.timeBasedLossDetection, sackOn {
      detectLosses(at: now, &journal)
      return
    }
    if recovery.until == nil, recovery.duplicateAcks >= 3 {
      markLost(0)
    } else if recovery.until != nil, recovery.duplicateAcks == 0, !outstanding[0].isLost {
      outstanding[0].isLost = true
    }
    resendLost(at: now, &journal)
  }

  /// What was sent well before something that has arrived counts as lost.
  ///
  /// Source: RFC 8985, section 6.2, step 5; Linux `tcp_rack_detect_loss`.
  mutating func detectLosses(at now: Microseconds, _ journal: inout Journal) {
    guard !outstanding.isEmpty else { return }
    if timers.retransmission == nil { start(.retransmission, for: rto, at: now, &journal) }
    let sacked = outstanding.count { $0.isSacked }
    var wait: Microseconds = 0
    if let newest = recovery.newestDelivered, sacked > 0 || recovery.until != nil {
      let patience =
        recovery.until != nil || sacked >= 3
        ? 0 : min(roundTrip.minimum / 4, roundTrip.srtt)
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
    }
    resendLost(at: now, &journal)
    if wait > 0 { start(.reordering, for: wait + RunningTimer.leastMargin, at: now, &journal) }
  }

  /// What was waited for has not come: all of it counts as lost, and all of it goes again.
  ///
  /// Source: RFC 8985, section 6.3; Linux `tcp_rack_reo_timeout`.
  mutating func reorderingTimeout(at now: Microseconds, _ journal: inout Journal) {
    recovery.allowance = Int.max
    detectLosses(at: now, &journal)
  }

  /// A chunk is lost; the first loss of a flight lowers the congestion window to seven tenths.
  ///
  /// Source: RFC 9438, section 4.6 (in place of RFC 5681's half); Linux `cubictcp_recalc_ssthresh`.
  private mutating func markLost(_ index: Int) {
    outstanding[index].isLost = true
    outstanding[index].isResent = false
    guard recovery.until == nil else { return }
    recovery.until = sndNxt
    recovery.isByTimeout = false
    recovery.threshold = max(2, recovery.congestionWindow * 7 / 10)
    recovery.congestionWindow = recovery.threshold
  }

  /// Sends lost segments again: after a timeout by slow start, else as many as have arrived.
  ///
  /// Source: RFC 6937; Linux `tcp_cwnd_reduction`.
  private mutating func resendLost(at now: Microseconds, _ journal: inout Journal) {
    var didResend = false
    var allowance = recovery.isByTimeout ? Int.max : recovery.allowance
    recovery.allowance = 1
    var index = 0
    while index < outstanding.count {
      let chunk = outstanding[index]
      if chunk.isLost, !chunk.isResent, !chunk.isSacked {
        guard allowance > 0, inFlight < max(1, recovery.congestionWindow) else { break }
        resend(index, at: now, &journal)
        allowance -= 1
        didResend = true
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
  /// Source: RFC 8985, section 7.3; Linux `tcp_send_loss_probe`.
  mutating func probeTail(at now: Microseconds, _ journal: inout Journal) {
    guard !outstanding.isEmpty else { return }
    start(.retransmission, for: rto, at: now, &journal)
    if recovery.probedUpTo == nil {
      let before = sndNxt
      sendPending(at: now, isProbe: true, &journal)
      if sndNxt == before { resend(outstanding.count - 1, at: now, &journal) }
      recovery.probedUpTo = sndNxt
    }
  }
}
