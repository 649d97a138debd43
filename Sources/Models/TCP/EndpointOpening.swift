/// What became of an endpoint's own SYN until it was answered.
struct SynLoss {
  /// Whether it went again since no answer came.
  let hasTimedOut: Bool
  /// How often it went again; 0 where no timeout was behind that, or it was needless, as the answer is to
  /// the first one.
  let count: Int

  /// Of an endpoint whose SYN a segment acknowledges.
  ///
  /// Source: Linux `tcp_try_undo_spurious_syn`.
  init(_ endpoint: Endpoint, answer: Segment) {
    hasTimedOut = endpoint.timeouts > 0
    guard hasTimedOut, let syn = endpoint.outstanding.first else {
      count = 0
      return
    }
    let isToFirst = endpoint.timestampsOn && answer.timestamp?.echo == endpoint.synStamp
    count = isToFirst ? 0 : syn.transmissions - 1
  }
}

/// Arrivals before a connection is open, and where there is none.
extension Endpoint {
  /// Source: RFC 9293, section 3.10.7.1.
  mutating func arriveInClosed(_ segment: Segment, _ journal: inout Journal) {
    report(.segmentDiscarded(end, .noConnection), &journal)
    sendReset(answering: segment, &journal)
  }

  /// Source: RFC 9293, section 3.10.7.2.
  mutating func arriveInListen(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    let flags = segment.flags
    if flags.contains(.rst) {
      report(.segmentDiscarded(end, .noConnection), &journal)
    } else if flags.contains(.ack) {
      report(.segmentDiscarded(end, .noConnection), &journal)
      sendReset(answering: segment, &journal)
    } else if flags.contains(.syn) {
      acceptSyn(segment, beyond: nil, at: now, &journal)
    } else {
      report(.segmentDiscarded(end, .meaningless), &journal)
    }
  }

  /// Begins a life in answer to a SYN.
  mutating func acceptSyn(
    _ segment: Segment, beyond: SequenceNumber?, at now: Microseconds, _ journal: inout Journal
  ) {
    let stopped = timers.running
    beginLife()
    isPassive = true
    takeSyn(segment, at: now)
    enter(.synRcvd, &journal)
    reportStopped(stopped, &journal)
    chooseIss(at: now, beyond: beyond, &journal)
    sendSynAck(at: now, &journal)
    keepEarlyData(segment, &journal)
  }

  /// Takes IRS, window and options from the peer's SYN.
  mutating func takeSyn(_ segment: Segment, at now: Microseconds) {
    irs = segment.seq
    rcvNxt = segment.seq + 1
    lastAckSent = rcvNxt
    sndWnd = segment.window
    maxSndWnd = max(maxSndWnd, sndWnd)
    sndWl1 = segment.seq
    sndWl2 = segment.ack
    sackOn = rules.offersSack && segment.sackPermitted
    windowShift = segment.windowShift == nil ? nil : rules.windowShift.map(Int.init)
    timestampsOn = rules.offersTimestamps && segment.timestamp != nil
    if let timestamp = segment.timestamp {
      tsRecent = timestamp.value
      tsRecentAt = now
    }
    sendMss = max(48, min(rules.mss, segment.mss ?? 536) - (timestampsOn ? 12 : 0))
    beginWindow()
  }

  /// Text or FIN that came with a SYN waits until the connection is open.
  private mutating func keepEarlyData(_ segment: Segment, _ journal: inout Journal) {
    guard !rules.linuxArrival, segment.payloadLength > 0 else { return }
    let range = SequenceRange(segment.seq + 1, segment.seq + 1 + segment.payloadLength)
    kept.append(KeptRange(range: range, payload: segment.payload, hasFin: false))
    report(.segmentKept(end, range), &journal)
  }

  /// Source: RFC 9293, section 3.10.7.3; Linux `tcp_rcv_synsent_state_process`.
  mutating func arriveInSynSent(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    let flags = segment.flags
    if flags.contains(.ack), segment.ack.isAtOrBefore(iss) || segment.ack.isAfter(sndNxt) {
      report(.segmentDiscarded(end, .ackOfUnsent), &journal)
      sendReset(answering: segment, &journal)
      if rules.linuxArrival, timeouts == 0 {
        start(.retransmission, for: RunningTimer.least, at: now, &journal)
      }
      return
    }
    if flags.contains(.rst) {
      guard flags.contains(.ack) else {
        report(.segmentDiscarded(end, .meaningless), &journal)
        return
      }
      breakConnection(.peer, error: .connectionRefused, &journal)
      return
    }
    guard flags.contains(.syn) else {
      report(.segmentDiscarded(end, .meaningless), &journal)
      return
    }
    takeSyn(segment, at: now)
    guard flags.contains(.ack) else {
      enter(.synRcvd, &journal)
      sendSynAck(at: now, &journal)
      keepEarlyData(segment, &journal)
      return
    }
    let lost = SynLoss(self, answer: segment)
    acknowledge(upTo: segment.ack, segment, at: now, &journal)
    becomeEstablished(segment, lost: lost, at: now, &journal)
    beginCongestionControl(at: now)
    finishOpening(segment, at: now, &journal)
  }

  /// Acknowledges the SYN ACK, with data if some waits, and takes what came with it.
  private mutating func finishOpening(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    acking.isScheduled = true
    if !rules.linuxArrival, segment.payloadLength > 0 || segment.flags.contains(.fin) {
      var rest = segment
      rest.flags.remove(.syn)
      rest.seq += 1
      takePayload(rest, at: now, &journal)
    }
    if !rules.linuxArrival, unsentCount > 0 { sendPending(at: now, &journal) }
    if acking.isScheduled { sendAck(at: now, &journal) }
    sendPending(at: now, &journal)
  }

  // MARK: Linux's request

  /// SYN_RCVD of a passive open, which Linux keeps as a small request beside the listener; true if
  /// the segment goes on as in any other state.
  ///
  /// Source: Linux `tcp_check_req`.
  mutating func arriveInRequest(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) -> Bool {
    let flags = segment.flags
    if flags.contains(.syn), !flags.contains(.ack), !flags.contains(.rst), segment.seq == irs {
      if let interval = rules.badSegmentAckInterval, let last = lastBadSegmentAck,
        now - last < interval
      {
        report(.segmentDiscarded(end, .duplicate), &journal)
        return false
      }
      lastBadSegmentAck = now
      report(.segmentDiscarded(end, .duplicate), &journal)
      resend(0, at: now, &journal)
      start(.retransmission, for: rto, at: now, &journal)
      return false
    }
    let isBadAck = flags.contains(.ack) && segment.ack != iss + 1
    if isBadAck {
      report(.segmentDiscarded(end, .ackOfUnsent), &journal)
      sendReset(answering: segment, &journal)
      return false
    }
    let isWanted =
      segment.seq == rcvNxt
      || (segment.end.isAfter(rcvNxt) && segment.seq.isBefore(rcvNxt + rcvWnd))
      || (segment.seq == rcvNxt + rcvWnd && segment.length == 0)
    guard isWanted else {
      report(.segmentDiscarded(end, .outsideWindow), &journal)
      if !flags.contains(.rst) { answerBadSegment(segment, at: now, &journal) }
      return false
    }
    if flags.contains(.rst) || flags.contains(.syn) {
      if !flags.contains(.rst) { sendReset(answering: segment, &journal) }
      report(.connectionReset(end, .peer), &journal)
      closeNow(&journal)
      return false
    }
    return true
  }
}
