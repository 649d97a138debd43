/// What an arriving segment does, in the order of the RFC's steps.
extension Endpoint {
  /// Takes an arriving segment.
  ///
  /// Source: RFC 9293, section 3.10.7.
  public mutating func arrive(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    guard !isScripted else { return }
    cause = .arrival(segment.flags)
    timingDecided = false
    if rules.dropsSynFin, !state.isSynchronized, segment.flags.contains([.syn, .fin]) {
      report(.segmentDiscarded(end, .meaningless), &journal)
      return
    }
    switch state {
    case .closed:
      if isListening, !segment.flags.contains(.rst) {
        arriveInListen(segment, at: now, &journal)
      } else {
        arriveInClosed(segment, &journal)
      }
    case .listen: arriveInListen(segment, at: now, &journal)
    case .synSent: arriveInSynSent(segment, at: now, &journal)
    case .timeWait: arriveInTimeWait(segment, at: now, &journal)
    case .finWait2 where isMinimalFinWait2:
      arriveInMinimalFinWait2(segment, at: now, &journal)
    case .synRcvd where isPassive && rules.linuxArrival:
      if arriveInRequest(segment, at: now, &journal) {
        arriveSynchronized(segment, at: now, &journal)
      }
    default: arriveSynchronized(segment, at: now, &journal)
    }
  }

  /// Steps 1 to 8 for SYN_RCVD and everything behind it but TIME_WAIT.
  private mutating func arriveSynchronized(
    _ arrived: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    var segment = arrived
    let crossesOpen = isCrossingSynAck(segment)
    if crossesOpen {
      segment.flags.remove(.syn)
      segment.seq += 1
    }
    guard passesTimestamp(segment, at: now, &journal) else { return }
    guard passesSequence(segment, at: now, &journal) else { return }
    if segment.flags.contains(.rst) {
      takeReset(segment, at: now, &journal)
      return
    }
    if segment.flags.contains(.syn) {
      takeStraySyn(segment, at: now, &journal)
      return
    }
    guard segment.flags.contains(.ack) else {
      report(.segmentDiscarded(end, .withoutAck), &journal)
      return
    }
    // Linux remembers it once the ACK has turned out to be valid.
    if !rules.linuxArrival { rememberTimestamp(segment, at: now) }
    let isPredicted = isPredictedAck(segment)
    let wasEstablished = state == .established
    let hadFinUnderWay = state == .finWait1
    guard takeAckByState(segment, at: now, &journal) else { return }
    guard state != .closed, state != .timeWait else { return }
    if hadFinUnderWay, state == .finWait2, forgetsSocket(behind: segment) {
      startFinWait2(at: now, &journal)
      return
    }
    if wasEstablished { noteEcho(of: segment, at: now) }
    takePayload(segment, at: now, &journal)
    guard state != .closed, state != .timeWait else { return }
    if state == .finWait2, timers[.finWait2] == nil { startFinWait2(at: now, &journal) }
    sendPending(at: now, &journal)
    if crossesOpen, rules.linuxArrival {
      sendAck(at: now, &journal)
    } else if !isPredicted {
      acknowledgeArrived(at: now, &journal)
    }
  }

  /// Whether an orphan whose FIN a segment acknowledges becomes a small entry that waits for the peer's
  /// FIN: whatever else the segment brings is forgotten, but for that FIN, and for new data.
  ///
  /// Source: Linux `tcp_rcv_state_process` (`TCP_FIN_WAIT1`).
  private func forgetsSocket(behind segment: Segment) -> Bool {
    rules.linuxTimeWait && isOrphan && segment.end.isAtOrBefore(rcvNxt)
  }

  /// Whether a segment is the one that header prediction expects of a peer that only acknowledges: it
  /// does not make Linux think about acknowledgments of its own.
  ///
  /// Source: Linux `tcp_rcv_established`, the fast path.
  private func isPredictedAck(_ segment: Segment) -> Bool {
    rules.linuxArrival && state == .established && segment.flags == .ack && segment.length == 0
      && segment.window == sndWnd && segment.seq == rcvNxt && segment.sack.isEmpty
      && kept.isEmpty && rcvWnd > 0
  }

  /// A SYN ACK that crossed our own in a simultaneous open.
  ///
  /// Source: RFC 9293, section 3.5, figure 7; Linux `tcp_validate_incoming`.
  private func isCrossingSynAck(_ segment: Segment) -> Bool {
    state == .synRcvd && !isPassive && segment.flags.contains([.syn, .ack])
      && !segment.flags.contains(.rst) && segment.seq == irs && segment.ack == sndNxt
  }

  // MARK: Step 1: sequence numbers

  /// Whether a segment occupies numbers that the window wants.
  ///
  /// To Linux a FIN may lie beyond it, and a segment may reach beyond it where nothing is unread.
  ///
  /// Source: RFC 9293, section 3.4, table 6; Linux `tcp_sequence`.
  func isAcceptable(_ segment: Segment) -> Bool {
    let window = rcvWnd
    if rules.linuxArrival {
      let last = segment.seq + segment.length
      if last.isBefore(lastAckSent) { return false }
      let edge = rcvNxt + window
      let dataEnd = last - (segment.flags.contains(.fin) ? 1 : 0)
      return !(dataEnd.isAfter(edge) && (segment.seq.isAfter(edge) || !readable.isEmpty))
    }
    if segment.length == 0 {
      return window == 0 ? segment.seq == rcvNxt : isInWindow(segment.seq)
    }
    guard window > 0 else { return false }
    return isInWindow(segment.seq) || isInWindow(segment.end - 1)
  }

  private func isInWindow(_ number: SequenceNumber) -> Bool {
    number.isAtOrAfter(rcvNxt) && number.isBefore(rcvNxt + rcvWnd)
  }

  private mutating func passesSequence(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) -> Bool {
    if isAcceptable(segment) { return true }
    let flags = segment.flags
    if flags.contains(.rst) {
      if resetsOneEarly(segment) { return true }
      report(.segmentDiscarded(end, .outsideWindow), &journal)
      return false
    }
    if flags.contains(.syn), rules.guards.contains(.challengeAck), state.isSynchronized {
      takeStraySyn(segment, at: now, &journal)
      return false
    }
    report(.segmentDiscarded(end, .outsideWindow), &journal)
    if !rules.linuxArrival, segment.length > 0, rcvWnd == 0, segment.seq == rcvNxt,
      flags.contains(.ack), state.isSynchronized
    {
      _ = takeAck(segment, at: now, &journal)
    }
    answerOldSegment(segment, at: now, &journal)
    return false
  }

  /// Answers what cannot be taken; something old shows that an acknowledgment was lost.
  ///
  /// Source: Linux `tcp_send_dupack`.
  private mutating func answerOldSegment(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    if rules.ackDelay == .adaptive, segment.length > 0, segment.seq.isBefore(rcvNxt) {
      acking.enterQuick(window: rcvWnd)
      let end = segment.end.isAfter(rcvNxt) ? rcvNxt : segment.end
      noteArrivedTwice(SequenceRange(segment.seq, end))
    }
    answerBadSegment(segment, at: now, &journal)
  }

  /// A reset that took the number of our FIN's predecessor still counts.
  ///
  /// Source: Linux `tcp_reset_check`.
  private func resetsOneEarly(_ segment: Segment) -> Bool {
    rules.linuxArrival && segment.seq == rcvNxt - 1
      && (state == .closeWait || state == .lastAck || state == .closing)
  }

  /// A reset right behind what arrived out of order counts too: what is missing was lost.
  ///
  /// Source: Linux `tcp_validate_incoming` (the right-most SACK block).
  private func resetsBehindGap(_ segment: Segment) -> Bool {
    guard rules.linuxArrival, sackOn, var last = selective.ranges.first?.end else { return false }
    for range in selective.ranges where range.end.isAfter(last) { last = range.end }
    return segment.seq == last
  }

  /// Answers by an ACK, unless that was done a moment ago for a segment just as bare.
  ///
  /// Source: RFC 9293, section 3.10.7.4, step 1; RFC 5961, section 7; Linux `tcp_oow_rate_limited`.
  mutating func answerBadSegment(
    _ segment: Segment, isLimited: Bool? = nil, at now: Microseconds, _ journal: inout Journal
  ) {
    let isBare = segment.flags.contains(.syn) || segment.length == 0
    if isLimited ?? isBare, let interval = rules.badSegmentAckInterval {
      if let last = lastBadSegmentAck, now - last < interval { return }
      lastBadSegmentAck = now
    }
    sendAck(at: now, &journal)
  }

  /// Segments older than the latest are not of this connection.
  ///
  /// Linux lets one tick pass, and bare acknowledgments that were overtaken: a duplicate is taken, one
  /// with an old number dropped without a word. An old SYN it treats as any SYN.
  ///
  /// Source: RFC 7323, section 5.3; Linux `tcp_paws_check`, `tcp_disordered_ack_check`.
  private mutating func passesTimestamp(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) -> Bool {
    guard rules.guards.contains(.paws), timestampsOn, !segment.flags.contains(.rst),
      let value = segment.timestamp?.value
    else { return true }
    let age = Int(Int32(bitPattern: tsRecent &- value))
    guard age > (rules.linuxArrival ? 1 : 0) else { return true }
    if isOvertakenAck(segment, age: age) { return true }
    if rules.linuxArrival, segment.flags.contains(.syn) {
      takeStraySyn(segment, at: now, &journal)
      return false
    }
    report(.segmentDiscarded(end, .oldTimestamp), &journal)
    let isSilent =
      rules.linuxArrival && segment.length == 0 && segment.flags.contains(.ack)
      && segment.seq.isBefore(rcvNxt)
    if !isSilent { answerOldSegment(segment, at: now, &journal) }
    return false
  }

  /// Whether a segment is a duplicate acknowledgment that another overtook no longer than an RTO ago, by
  /// a clock of 1200 ticks a second at most.
  ///
  /// Source: Linux `tcp_disordered_ack_check`, `tcp_tsval_replay`.
  private func isOvertakenAck(_ segment: Segment, age: Int) -> Bool {
    rules.linuxArrival && segment.isPureAck && segment.seq == rcvNxt && segment.ack == sndUna
      && !updatesWindow(segment) && age <= rto * 12 / 10_000
  }

  /// Source: RFC 7323, section 4.3; Linux `tcp_replace_ts_recent`.
  func shouldRemember(_ segment: Segment) -> Bool {
    segment.seq.isAtOrBefore(lastAckSent)
  }

  mutating func rememberTimestamp(_ segment: Segment, at now: Microseconds) {
    guard timestampsOn, let timestamp = segment.timestamp, shouldRemember(segment),
      Int32(bitPattern: timestamp.value &- tsRecent) >= 0
    else { return }
    tsRecent = timestamp.value
    tsRecentAt = now
  }

  // MARK: Steps 2 and 4: RST and SYN

  /// Source: RFC 9293, section 3.10.7.4, step 2; RFC 5961, section 3.
  private mutating func takeReset(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    let isExact =
      segment.seq == rcvNxt || resetsOneEarly(segment) || resetsBehindGap(segment)
    if !isExact, rules.guards.contains(.challengeAck) {
      challenge(segment, at: now, &journal)
      return
    }
    if state == .synRcvd, isPassive {
      if reopened != nil, rules.reopeningFallsBack {
        returnToTimeWait(at: now, &journal)
      } else {
        report(.connectionReset(end, .peer), &journal)
        closeNow(&journal, listening: isListening && !rules.linuxArrival)
      }
      return
    }
    let error: CallError? =
      switch state {
      case .synRcvd: .connectionRefused
      case .closeWait: rules.linuxArrival ? .brokenPipe : .connectionReset
      case .closing, .lastAck, .timeWait: rules.tellsResetWhileClosing ? .connectionReset : nil
      default: .connectionReset
      }
    breakConnection(.peer, error: error, &journal)
  }

  /// A SYN where none belongs.
  ///
  /// Without RFC 5961 it is an error inside the window; outside of it, it is acknowledged like
  /// anything there, also where a FIN behind it reaches into the window. The reset has the number
  /// that the peer expects next, or a peer that still has the connection would not take it.
  ///
  /// Source: RFC 9293, section 3.10.7.4, step 4; RFC 5961, section 4; RFC 793, page 71.
  mutating func takeStraySyn(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    if state == .synRcvd, isPassive {
      closeNow(&journal, listening: isListening)
      return
    }
    guard rules.guards.contains(.challengeAck) else {
      guard isInWindow(segment.seq) else {
        report(.segmentDiscarded(end, .outsideWindow), &journal)
        answerBadSegment(segment, at: now, &journal)
        return
      }
      send(rules.abortCarriesAck ? [.rst, .ack] : .rst, seq: sndNxt, at: now, &journal)
      breakConnection(.peer, error: .connectionReset, &journal)
      return
    }
    challenge(segment, at: now, &journal)
  }

  mutating func challenge(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    report(.segmentDiscarded(end, .challenged), &journal)
    if let interval = rules.badSegmentAckInterval {
      if let last = lastBadSegmentAck, now - last < interval { return }
      lastBadSegmentAck = now
    }
    sendAck(at: now, &journal)
    report(.challengeAckSent(end), &journal)
  }

  // MARK: Step 5: ACK

  /// Takes the ACK and what it means for the state; false if the segment ends here.
  private mutating func takeAckByState(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) -> Bool {
    let opens = state == .synRcvd
    if opens {
      guard segment.ack.isAfter(sndUna), segment.ack.isAtOrBefore(sndNxt) else {
        report(.segmentDiscarded(end, .ackOfUnsent), &journal)
        sendReset(answering: segment, &journal)
        return false
      }
      reopened = nil
      // The socket knows nothing of what its request has answered.
      if isPassive, rules.linuxArrival { lastBadSegmentAck = nil }
      becomeEstablished(segment, lost: SynLoss(self, answer: segment), at: now, &journal)
      // What came with the SYN waited for this.
      if !kept.isEmpty { takeKept(at: now, &journal) }
    }
    guard takeAck(segment, at: now, &journal) else { return false }
    // By now the handshake has told the round trip.
    if opens { beginCongestionControl(at: now) }
    switch state {
    case .finWait1 where isFinAcknowledged: enter(.finWait2, &journal)
    case .closing where isFinAcknowledged: enterTimeWait(at: now, &journal)
    case .lastAck where isFinAcknowledged: closeNow(&journal)
    default: break
    }
    return true
  }

  /// The handshake is complete at this end.
  ///
  /// Source: RFC 9293, section 3.10.7.4, step 5; RFC 6298, section 5.7; Linux `tcp_init_metrics`,
  /// `tcp_init_transfer`.
  mutating func becomeEstablished(
    _ segment: Segment, lost: SynLoss, at now: Microseconds, _ journal: inout Journal
  ) {
    sndWnd = segment.window
    maxSndWnd = max(maxSndWnd, sndWnd)
    sndWl1 = segment.seq
    sndWl2 = segment.ack
    acking.lastDataAt = now
    beginSizing(at: now)
    if lost.hasTimedOut, roundTrip.srtt == 0 { rto = rules.rtoAfterLostSyn }
    if lost.count >= rules.lostSynsForSmallWindow { recovery.congestionWindow = 1 }
    enter(.established, &journal)
    queueEarlyWrites()
  }
}
