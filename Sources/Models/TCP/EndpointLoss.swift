/// Finding what was lost without waiting for the RTO, and sending it again.
extension Endpoint {
  /// Segments that may still be on the wire, by what is known here.
  ///
  /// Without selective acknowledgments each duplicate stands for one that has left it.
  var inFlight: Int {
    let count = outstanding.reduce(0) { count, chunk in
      count + (chunk.isSacked || chunk.isLost ? 0 : 1) + (chunk.isResent ? 1 : 0)
    }
    return sackOn ? count : max(0, count - recovery.duplicateAcks)
  }

  /// Marks losses and sends what is lost again, as far as the congestion window lets it.
  ///
  /// The RTO is renewed where no wait for what may only be late takes its place.
  ///
  /// Source: Linux `tcp_fastretrans_alert`, `tcp_set_xmit_timer`, `tcp_cong_control`, then
  /// `tcp_xmit_recovery`.
  mutating func recover(
    _ told: Recovery.Acknowledgment, renewsTimeout: Bool, at now: Microseconds,
    _ journal: inout Journal
  ) {
    var told = told
    let before = recovery.lostCount
    let isHeldBack = outstanding.isEmpty || recovery.resends == .nothing
    let wait = isHeldBack ? 0 : findLosses(advances: told.advances, at: now, &journal)
    if renewsTimeout, wait == 0 {
      renewTimeout(at: now, &journal)
      scheduleProbe(at: now, renewsTimeout: true, &journal)
    }
    told.lost = recovery.lostCount - before
    adjustWindow(told, at: now)
    if !sackOn, told.advances { recovery.makeRoomForMissing(inFlight: inFlight) }
    if recovery.resends == .new { sendToLearn(at: now, &journal) }
    if recovery.resends == .lost {
      pacing.passSending(resendLost(at: now, &journal), at: now)
    }
    awaitReordered(wait, at: now, &journal)
  }

  /// Sets the congestion window by what an acknowledgment told.
  ///
  /// Source: Linux `tcp_cong_control`.
  mutating func adjustWindow(_ told: Recovery.Acknowledgment, at now: Microseconds) {
    var told = told
    told.inFlight = inFlight
    told.mayGrow =
      rules.validatesWindow
      ? recovery.mayGrow : recovery.congestionWindow < 2 * told.flight
    if rules.congestionControl == .bbr { told.observation = observe(told, at: now) }
    recovery.adjust(told, rules.congestionControl, at: now)
  }

  /// A report that was overtaken says what has arrived all the same.
  ///
  /// Source: Linux `tcp_ack`, `old_ack`.
  mutating func takeLateReport(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    guard sackOn, !segment.sack.isEmpty else { return }
    recovery.beginAcknowledgment(sndUna: sndUna)
    let duplicate = readDuplicate(segment)
    _ = noteSack(segment.sack, beyond: sndUna, at: now)
    settleReportedOrder()
    judge(segment, advances: false, isLate: true, duplicate: duplicate)
    guard !outstanding.isEmpty else { return }
    let wait = findLosses(advances: false, at: now, &journal)
    pacing.passSending(resendLost(at: now, &journal), at: now)
    awaitReordered(wait, at: now, &journal)
  }

  /// Marks what is lost, by time or by counting; returns how long the rest is to be waited for.
  ///
  /// Where something is, a recovery begins: also if the last one is over with this acknowledgment and
  /// left a loss behind.
  ///
  /// Source: Linux `tcp_fastretrans_alert`, `tcp_identify_packet_loss` (`FLAG_LOST_RETRANS`),
  /// `tcp_time_to_recover`.
  private mutating func findLosses(
    advances: Bool, at now: Microseconds, _ journal: inout Journal
  ) -> Microseconds {
    var wait: Microseconds = 0
    let resentBefore = resentInFlight
    if rules.timeBasedLossDetection, sackOn {
      if recovery.hasAdvanced {
        recovery.hasAdvanced = false
        wait = detectLosses(at: now, &journal)
      }
    } else if oldestIsLost(advances: advances) {
      giveUp(0)
    }
    // What a timeout sent again and was lost again ends slow start.
    let mayBegin = recovery.until == nil || recovery.isByTimeout && resentInFlight < resentBefore
    if mayBegin, outstanding.contains(where: \.isLost) { beginRecovery() }
    return wait
  }

  /// Whether duplicates, or in a recovery an acknowledgment of a part, tell that the oldest segment is
  /// lost.
  ///
  /// Without SACK duplicates say nothing before more was acknowledged than the last recovery waited for.
  ///
  /// Source: RFC 5681, section 3.2; RFC 6582, section 3.2; Linux `tcp_newreno_mark_lost`.
  private func oldestIsLost(advances: Bool) -> Bool {
    guard recovery.until == nil else { return advances }
    guard recovery.duplicateAcks >= 3 else { return false }
    guard !sackOn, let recovered = recovery.recovered else { return true }
    return sndUna.isAfter(recovered)
  }

  /// What was sent well before something that has arrived counts as lost; returns how long the rest
  /// of it is to be waited for.
  ///
  /// Source: RFC 8985, section 6.2, steps 4 and 5; Linux `tcp_rack_detect_loss`, `tcp_rack_reo_wnd`.
  private mutating func detectLosses(
    at now: Microseconds, _ journal: inout Journal
  ) -> Microseconds {
    if timers.retransmission == nil { start(.retransmission, for: rto, at: now, &journal) }
    let sacked = outstanding.count { $0.isSacked }
    guard let newest = recovery.newestDelivered,
      sacked > 0 || recovery.until != nil || recovery.wasRecovering
    else { return 0 }
    let isEager =
      !recovery.reordering.isSeen && (recovery.until != nil || sacked >= Reordering.usual)
    let patience =
      isEager
      ? 0 : recovery.patience.length(shortest: roundTrip.minimum, smoothed: roundTrip.srtt)
    let timed = outstanding.indices.filter { index in
      let chunk = outstanding[index]
      return !chunk.isSacked && (!chunk.isLost || chunk.isResent) && chunk.isTimed
        && newest.wasSent(behind: chunk)
    }
    let due = recovery.newestRoundTrip + patience - now
    let slack = recovery.newestSlack
    // The newest may have been sent earlier than noted, or else what is not due by so little.
    func isOpen(_ remaining: Microseconds) -> Bool { remaining <= 0 && remaining + slack > 0 }
    let mayBeEarlier = timed.contains { isOpen(due + outstanding[$0].sentAt) }
    var wait: Microseconds = 0
    for index in timed {
      let chunk = outstanding[index]
      var remaining = due + chunk.sentAt
      // What was new went a little later than what went again at the same moment.
      if remaining == 0, recovery.newestIsResent, chunk.transmissions == 1 { remaining = 1 }
      if isOpen(remaining) {
        if !decideByTiming(true) { remaining += slack }
      } else if !mayBeEarlier, remaining > 0, remaining <= chunk.slack, decideByTiming(false) {
        remaining = 0
      }
      if remaining <= 0 {
        giveUp(index)
        outstanding[index].isTimed = false
      } else {
        wait = max(wait, remaining)
      }
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
    resumeTimeout(at: now, &journal)
    let (inFlightBefore, lostBefore) = (inFlight, recovery.lostCount)
    _ = detectLosses(at: now, &journal)
    guard inFlight != inFlightBefore else { return }
    if !recovery.isReducing {
      beginRecovery()
      if rules.congestionControl != .bbr {
        let told = Recovery.Acknowledgment(
          arrived: 1, lost: recovery.lostCount - lostBefore, advances: false,
          flight: outstanding.count,
          inFlight: inFlight)
        recovery.adjust(told, rules.congestionControl, at: now)
      }
    }
    resendLost(at: now, &journal)
  }

  /// A chunk counts as lost, or once more so: then it has been lost again.
  ///
  /// Source: Linux `tcp_mark_skb_lost`.
  mutating func giveUp(_ index: Int) {
    if !outstanding[index].isLost || outstanding[index].isResent { recovery.lostCount += 1 }
    if outstanding[index].isLost { outstanding[index].isResent = false }
    outstanding[index].isLost = true
  }

  /// Something is lost: the congestion window begins to shrink.
  ///
  /// Source: Linux `tcp_enter_recovery`.
  private mutating func beginRecovery() {
    if resentInFlight == 0, outstanding.first?.transmissions == 1 { recovery.undo.forgetStamp() }
    recovery.resends = .lost
    recovery.undo.begin(at: sndUna, resent: resentInFlight, probe: recovery.probe)
    recovery.beginReducing(until: sndNxt, rules.congestionControl)
  }

  /// Sends lost segments again, as many as the congestion window lets out; returns how many.
  ///
  /// Source: Linux `tcp_xmit_retransmit_queue`.
  @discardableResult
  mutating func resendLost(at now: Microseconds, _ journal: inout Journal) -> Int {
    var count = 0
    var renewsTimeout = false
    var pieceLeft = 0
    var index = 0
    while index < outstanding.count, inFlight < recovery.congestionWindow {
      let chunk = outstanding[index]
      if isToGoAgain(chunk) {
        let isJoined = chunk.isJoined && pieceLeft > 0
        if !isJoined {
          guard mayBeginPiece(at: now, &journal) else { break }
          pieceLeft = pieceCount(of: roomForData)
          outstanding[index].isJoined = false
          cutAnew(index)
        }
        let goesOn =
          pieceLeft > 1 && inFlight + 1 < recovery.congestionWindow
          && index + 1 < outstanding.count && outstanding[index + 1].isJoined
          && isToGoAgain(outstanding[index + 1])
        resend(index, isJoined: isJoined, isPushed: isJoined && !goesOn, at: now, &journal)
        pieceLeft -= 1
        let endsPiece = pieceLeft == 0 || inFlight >= recovery.congestionWindow
        if endsPiece, index + 1 < outstanding.count { outstanding[index + 1].isJoined = false }
        count += 1
        // Of Linux, only the oldest segment sets the RTO anew.
        if index == 0 || !rules.linuxArrival { renewsTimeout = true }
      } else {
        pieceLeft = 0
      }
      index += 1
    }
    if renewsTimeout, timers[.reordering] == nil {
      start(.retransmission, for: rto, at: now, &journal)
    }
    return count
  }

  private func isToGoAgain(_ chunk: SentChunk) -> Bool {
    chunk.isLost && !chunk.isResent && !chunk.isSacked
  }

  /// A piece that goes again is cut into segments as large as they may be now.
  ///
  /// Source: Linux `__tcp_retransmit_skb`, `tcp_set_skb_tso_segs`.
  mutating func cutAnew(_ index: Int) {
    guard rules.sendsPieces else { return }
    let room = roomForData
    let first = outstanding[index]
    var last = index
    while last + 1 < outstanding.count, outstanding[last + 1].isJoined,
      outstanding[last + 1].isLike(first), outstanding[last].payload != nil
    {
      last += 1
    }
    if outstanding[index..<last].contains(where: { $0.payload?.count != room }) {
      for next in outstanding[(index + 1)...last] {
        outstanding[index].payload?.count += next.payload?.count ?? 0
        outstanding[index].control.formUnion(next.control)
        outstanding[index].isPushed = next.isPushed
      }
      outstanding.removeSubrange((index + 1)...last)
    }
    var cut = index
    while let count = outstanding[cut].payload?.count, count > room {
      split(cut)
      cut += 1
      outstanding[cut].isJoined = true
    }
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

  /// The RTO runs from where it would have, had no other timer taken its place.
  ///
  /// Source: Linux `tcp_rearm_rto`, `tcp_rto_delta_us`.
  private mutating func resumeTimeout(at now: Microseconds, _ journal: inout Journal) {
    let left = max(RunningTimer.tick, outstanding[0].sentAt + rto - now)
    start(.retransmission, for: left, at: now, &journal)
  }

  /// The RTO begins anew with an acknowledgment; where a probe or the wait for what may only be late had taken
  /// its place, it runs from the oldest segment.
  ///
  /// Source: RFC 6298, section 5.3; Linux `tcp_set_xmit_timer`, `tcp_rearm_rto`.
  private mutating func renewTimeout(at now: Microseconds, _ journal: inout Journal) {
    // A wait that was over by now has given the RTO its place back, seen or not.
    let timer = timers[.lossProbe] ?? timers[.reordering]
    if let timer, timer.deadline > now, !outstanding.isEmpty {
      resumeTimeout(at: now, &journal)
    } else {
      start(.retransmission, for: rto, at: now, &journal)
    }
  }

  /// Whether the wait for what may only be late may be over by some time though nothing went again, as what
  /// is lost has to wait for its turn.
  ///
  /// Source: Linux `tcp_rack_reo_timeout`, `tcp_pacing_check`.
  public func mayHaveGivenUpUnseen(by time: Microseconds) -> Bool {
    guard let timer = timers[.reordering], let opensAt = pacing.opensAt else { return false }
    let earliest = timer.deadline - RunningTimer.tick
    return earliest <= time && earliest < opensAt
  }

  /// Whether a timer is that of a probe while another one is under way.
  func isProbeNeedless(_ kind: TimerKind) -> Bool { kind == .lossProbe && recovery.probe != nil }

  /// Sends something new if it may, else the last segment again; the RTO then runs from now.
  ///
  /// While a probe is under way there is no other.
  ///
  /// Source: RFC 8985, section 7.3; Linux `tcp_send_loss_probe`.
  mutating func probeTail(at now: Microseconds, _ journal: inout Journal) {
    guard !outstanding.isEmpty else { return }
    guard !isProbeNeedless(.lossProbe) else {
      resumeTimeout(at: now, &journal)
      return
    }
    start(.retransmission, for: rto, at: now, &journal)
    recovery.timerRanOutAt = now
    let before = sndNxt
    let head = min(writeQueue.headCount(sent: sentCount), roomForData)
    let hasRoom = sndNxt + head - sndUna <= sndWnd
    if hasRoom { sendPending(at: now, pushing: .probe, &journal) }
    let isResent = sndNxt == before
    if isResent, unsentCount > 0, hasRoom {
      resumeTimeout(at: now, &journal)
      return
    }
    if isResent {
      let start = outstanding.lastIndex { !$0.isJoined } ?? 0
      cutAnew(start)
      outstanding[outstanding.count - 1].isJoined = false
      resend(outstanding.count - 1, isProbe: true, at: now, &journal)
    }
    recovery.probe = Recovery.TailProbe(end: sndNxt, isResent: isResent)
  }
}
