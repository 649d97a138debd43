/// TIME_WAIT: how it begins, and what an arriving segment does in it, and in Linux's small FIN_WAIT_2.
extension Endpoint {
  /// Everything is done; the end lingers, unless the guard is off.
  ///
  /// Source: RFC 9293, section 3.6.1.
  mutating func enterTimeWait(at now: Microseconds, _ journal: inout Journal) {
    guard rules.guards.contains(.timeWait) else {
      closeNow(&journal)
      return
    }
    // The small socket that Linux keeps counts anew.
    if rules.linuxTimeWait, !isMinimalFinWait2 { lastBadSegmentAck = nil }
    let stopped = timers.running
    timers = Timers()
    let timer = RunningTimer(startedAt: now, deadline: now + rules.timeWait)
    timers[.timeWait] = timer
    if let window = rules.timeWaitWindow, rcvWnd > window { rcvEdge = rcvNxt + window }
    enter(.timeWait, &journal)
    reportStopped(stopped, &journal)
    report(.timerStarted(end, .timeWait, deadline: timer.deadline), &journal)
  }

  mutating func arriveInTimeWait(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    if rules.linuxTimeWait {
      arriveInLinuxTimeWait(segment, at: now, &journal)
    } else {
      arriveInRfcTimeWait(segment, at: now, &journal)
    }
  }

  // MARK: By the RFC

  /// Source: RFC 9293, sections 3.10.7.4 and 3.6.1 (MAY-2); RFC 6191; RFC 1337.
  private mutating func arriveInRfcTimeWait(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    let flags = segment.flags
    if flags.contains(.rst) {
      takeResetInTimeWait(segment, at: now, &journal)
      return
    }
    if flags.contains(.syn), !flags.contains(.ack) {
      if isListening, rules.reopensTimeWait, isNewerThanTimeWait(segment, at: now) {
        reopen(segment, beyond: max(sndNxt + 1, by: clockIss(at: now)), at: now, &journal)
      } else if isAcceptable(segment) {
        takeStraySyn(segment, at: now, &journal)
      } else {
        challenge(segment, at: now, &journal)
      }
      return
    }
    if !isAcceptable(segment) {
      report(.segmentDiscarded(end, .outsideWindow), &journal)
      sendAck(at: now, &journal)
      if flags.contains(.fin), segment.end.isAtOrBefore(rcvNxt) {
        restartTimeWait(at: now, &journal)
      }
      return
    }
    if flags.contains(.syn) {
      takeStraySyn(segment, at: now, &journal)
    } else if !flags.contains(.ack) {
      report(.segmentDiscarded(end, .withoutAck), &journal)
    } else if segment.ack.isAfter(sndNxt) {
      report(.segmentDiscarded(end, .ackOfUnsent), &journal)
      sendAck(at: now, &journal)
    } else if flags.contains(.fin) {
      sendAck(at: now, &journal)
      restartTimeWait(at: now, &journal)
    } else {
      report(
        .segmentDiscarded(end, segment.length > 0 ? .noDataExpected : .meaningless), &journal)
      // Text at the next number is ignored, since nothing follows the peer's FIN. What begins elsewhere
      // is told where its stream ended, as Linux tells all but a bare segment at the next number.
      // Source: RFC 9293, section 3.10.7.4, step 7; Linux `tcp_timewait_state_process`.
      if segment.seq != rcvNxt { sendAck(at: now, &journal) }
    }
  }

  private mutating func takeResetInTimeWait(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    if rules.ignoresResetInTimeWait {
      report(.segmentDiscarded(end, .resetIgnored), &journal)
    } else if !isAcceptable(segment) {
      report(.segmentDiscarded(end, .outsideWindow), &journal)
    } else if segment.seq == rcvNxt || !rules.guards.contains(.challengeAck) {
      report(.connectionReset(end, .peer), &journal)
      closeNow(&journal)
    } else {
      challenge(segment, at: now, &journal)
    }
  }

  /// Whether a SYN is surely not of the connection that TIME_WAIT remembers.
  private func isNewerThanTimeWait(_ segment: Segment, at now: Microseconds) -> Bool {
    if timestampsOn, let value = segment.timestamp?.value {
      let difference = Int32(bitPattern: value &- tsRecent)
      if difference > 0 { return true }
      if difference < 0, rules.guards.contains(.paws) { return false }
    }
    return segment.seq.isAfter(rcvNxt)
  }

  private func clockIss(at now: Microseconds) -> SequenceNumber {
    iss + now * 1000 / rules.isnTickNanoseconds
  }

  private func max(_ number: SequenceNumber, by other: SequenceNumber) -> SequenceNumber {
    other.isAfter(number) ? other : number
  }

  /// Gives TIME_WAIT up for a new SYN.
  private mutating func reopen(
    _ segment: Segment, beyond: SequenceNumber, at now: Microseconds, _ journal: inout Journal
  ) {
    report(.timeWaitReused(end), &journal)
    let held = ReopenedTimeWait(
      sndNxt: sndNxt, rcvNxt: rcvNxt, irs: irs, iss: iss, delivered: delivered,
      incarnation: incarnation, timer: timers[.timeWait],
      counts: (writtenCount, sentCount, acknowledgedCount), finSeq: finSeq, tsRecent: tsRecent,
      timestampsOn: timestampsOn)
    acceptSyn(segment, beyond: beyond, at: now, &journal)
    reopened = held
  }

  /// The SYN that ended TIME_WAIT was an old one after all.
  mutating func returnToTimeWait(at now: Microseconds, _ journal: inout Journal) {
    guard let held = reopened else { return }
    let stopped = timers.running
    timers = Timers()
    outstanding = []
    discardKept()
    reopened = nil
    (sndNxt, sndUna, rcvNxt, lastAckSent) = (held.sndNxt, held.sndNxt, held.rcvNxt, held.rcvNxt)
    (irs, iss, finSeq) = (held.irs, held.iss, held.finSeq)
    rcvEdge = rcvNxt + firstWindow
    delivered = held.delivered
    incarnation = held.incarnation
    (writtenCount, sentCount, acknowledgedCount) = held.counts
    (tsRecent, timestampsOn) = (held.tsRecent, held.timestampsOn)
    (finRequested, isOrphan) = (true, true)
    timers[.timeWait] = held.timer
    enter(.timeWait, &journal)
    reportStopped(stopped, &journal)
    if let timer = held.timer {
      report(.timerStarted(end, .timeWait, deadline: timer.deadline), &journal)
    }
  }

  /// 2MSL runs from the beginning again.
  private mutating func restartTimeWait(at now: Microseconds, _ journal: inout Journal) {
    start(.timeWait, for: rules.timeWait, at: now, &journal)
    report(.timeWaitRestarted(end, deadline: now + rules.timeWait), &journal)
  }

  // MARK: By Linux

  /// Source: Linux `tcp_timewait_state_process`.
  private mutating func arriveInLinuxTimeWait(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    let flags = segment.flags
    let isOld = isOldTimestamp(segment)
    if !isOld, segment.seq == rcvNxt, segment.length == 0 || flags.contains(.rst) {
      if flags.contains(.rst) {
        takeResetInTimeWait(segment, at: now, &journal)
      } else {
        rememberTimestamp(segment, at: now)
        restartTimeWait(at: now, &journal)
      }
      return
    }
    if flags.contains(.rst) {
      report(.segmentDiscarded(end, .outsideWindow), &journal)
      return
    }
    if flags.contains(.syn), !flags.contains(.ack), !isOld, isListening,
      segment.seq.isAfter(rcvNxt) || hasNewerTimestamp(segment)
    {
      reopen(segment, beyond: sndNxt + 65537, at: now, &journal)
      return
    }
    report(.segmentDiscarded(end, isOld ? .oldTimestamp : .outsideWindow), &journal)
    if isOld || flags.contains(.ack) { restartTimeWait(at: now, &journal) }
    answerBadSegment(segment, at: now, &journal)
  }

  private func isOldTimestamp(_ segment: Segment) -> Bool {
    guard rules.guards.contains(.paws), timestampsOn, !segment.flags.contains(.rst),
      let value = segment.timestamp?.value
    else { return false }
    return Int32(bitPattern: value &- tsRecent) < 0
  }

  private func hasNewerTimestamp(_ segment: Segment) -> Bool {
    guard timestampsOn, let value = segment.timestamp?.value else { return false }
    return Int32(bitPattern: value &- tsRecent) > 0
  }

  /// An orphan in FIN_WAIT_2, of which Linux keeps no more than of a TIME_WAIT.
  ///
  /// Source: Linux `tcp_timewait_state_process`, substate FIN_WAIT2.
  mutating func arriveInMinimalFinWait2(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    let flags = segment.flags
    let edge = rcvNxt + rcvWnd
    let isWanted =
      segment.seq == rcvNxt || (segment.end.isAfter(rcvNxt) && segment.seq.isBefore(edge))
      || (segment.seq == edge && segment.length == 0)
    guard isWanted, !isOldTimestamp(segment) else {
      report(.segmentDiscarded(end, .outsideWindow), &journal)
      if !flags.contains(.rst) { answerBadSegment(segment, at: now, &journal) }
      return
    }
    if flags.contains(.rst) {
      report(.connectionReset(end, .peer), &journal)
      closeNow(&journal)
      return
    }
    let isNewSyn = flags.contains(.syn) && segment.seq.isAtOrAfter(rcvNxt)
    if !isNewSyn,
      !flags.contains(.ack) || segment.end.isAtOrBefore(rcvNxt) || segment.length == 0
    {
      report(.segmentDiscarded(end, .duplicate), &journal)
      return
    }
    guard !isNewSyn, flags.contains(.fin), segment.end == rcvNxt + 1 else {
      sendReset(answering: segment, &journal)
      breakConnection(.dataForOrphan, error: nil, &journal)
      return
    }
    rememberTimestamp(segment, at: now)
    // The window is kept as it is.
    (rcvNxt, rcvEdge) = (rcvNxt + 1, rcvEdge + 1)
    report(.streamEnded(end), &journal)
    sendAck(at: now, &journal)
    enterTimeWait(at: now, &journal)
  }
}
