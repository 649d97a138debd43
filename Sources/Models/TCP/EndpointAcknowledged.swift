/// What an arriving acknowledgment does.
extension Endpoint {
  /// Takes a segment's ACK and window; false if the segment is to be dropped.
  ///
  /// How often Linux answers an ACK out of range is limited whatever the segment holds.
  ///
  /// Source: RFC 9293, section 3.10.7.4, step 5; RFC 5961, section 5; Linux `tcp_ack`,
  /// `tcp_send_challenge_ack`.
  mutating func takeAck(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) -> Bool {
    let ack = segment.ack
    let isLimited = rules.linuxArrival ? true : nil
    if ack.isAfter(sndNxt) {
      report(.segmentDiscarded(end, .ackOfUnsent), &journal)
      answerBadSegment(segment, isLimited: isLimited, at: now, &journal)
      return false
    }
    if ack.isBefore(sndUna) {
      guard rules.guards.contains(.ackRange) else { return true }
      let acknowledged = rules.linuxArrival ? sndUna - iss : maxSndWnd
      if ack.isBefore(sndUna - min(maxSndWnd, acknowledged)) {
        report(.segmentDiscarded(end, .ackTooOld), &journal)
        answerBadSegment(segment, isLimited: isLimited, at: now, &journal)
        return false
      }
      if rules.linuxArrival { takeLateReport(segment, at: now, &journal) }
      return true
    }
    if rules.linuxArrival { rememberTimestamp(segment, at: now) }
    let isAdvance = ack != sndUna
    // To Linux a segment that may tell of a window is no duplicate, whatever it tells. Source: Linux
    // `FLAG_NOT_DUP`.
    let tellsWindow = rules.linuxArrival ? updatesWindow(segment) : segment.window != sndWnd
    let isDuplicate =
      !isAdvance && segment.length == 0 && !tellsWindow && !outstanding.isEmpty
    updateSendWindow(segment)
    let arrivedBefore = recovery.arrivedCount
    let flight = outstanding.count
    let inFlightBefore = rules.congestionControl == .bbr ? inFlight : 0
    recovery.beginAcknowledgment(sndUna: sndUna)
    let hadSyn = outstanding.first?.control.contains(.syn) ?? false
    let highest = outstanding.last { $0.isSacked }?.end
    if highest == nil, recovery.until == nil { recovery.undo.forgetStamp() }
    let duplicate = readDuplicate(segment)
    let reported = noteSack(segment.sack, beyond: ack, at: now)
    settleReportedOrder()
    var renewsTimeout = false
    var covered = 0
    if isAdvance {
      covered = acknowledge(
        upTo: ack, segment, reported: reported, before: highest, duplicate: duplicate, at: now,
        &journal)
      recovery.settleDuplicates(covered: recovery.arrivedCount - arrivedBefore, hasSack: sackOn)
      renewsTimeout = !outstanding.isEmpty
    } else {
      if isDuplicate { recovery.noteDuplicate(hasSack: sackOn) }
      if rules.linuxRoundTrip, let reported {
        takeSample(sentAt: reported, at: now, &journal)
        // What was sent before the oldest segment went again says that the path still works.
        // Source: Linux `tcp_clean_rtx_queue` (`FLAG_SET_XMIT_TIMER`).
        renewsTimeout = outstanding.first.map { reported.first < $0.sentAt } ?? false
      }
      judge(segment, advances: false, isPlain: isDuplicate && reported == nil, duplicate: duplicate)
    }
    let arrived = recovery.arrivedCount - arrivedBefore - (hadSyn && isAdvance ? 1 : 0)
    guard flight > (hadSyn ? 1 : 0) else { return true }
    var told = Recovery.Acknowledgment(
      arrived: arrived,
      acknowledged: rules.linuxArrival ? arrived : covered, advances: isAdvance, flight: flight)
    told.inFlightBefore = inFlightBefore
    if isAdvance || arrived > 0 || isDuplicate || recovery.until != nil {
      recover(told, renewsTimeout: renewsTimeout, at: now, &journal)
    } else {
      adjustWindow(told, at: now)
    }
    return true
  }

  /// Whether a segment's window is later news than the one known.
  ///
  /// Of two that acknowledge the same, from the same number, Linux takes the larger window for the later.
  ///
  /// Source: RFC 9293, section 3.10.7.4, step 5, ESTABLISHED (SND.WL1 and SND.WL2); Linux
  /// `tcp_may_update_window`.
  func updatesWindow(_ segment: Segment) -> Bool {
    if sndWl1.isBefore(segment.seq) { return true }
    guard rules.linuxArrival else {
      return sndWl1 == segment.seq && sndWl2.isAtOrBefore(segment.ack)
    }
    let isOther = segment.window > sndWnd || segment.window == 0
    return segment.ack.isAfter(sndUna) || (sndWl1 == segment.seq && isOther)
  }

  /// Takes over the peer's window, unless something later has told of it.
  mutating func updateSendWindow(_ segment: Segment) {
    guard updatesWindow(segment) else { return }
    sndWnd = segment.window
    maxSndWnd = max(maxSndWnd, sndWnd)
    sndWl1 = segment.seq
    sndWl2 = segment.ack
  }

  /// Everything before the number has arrived at the peer, which may report what it has beyond that;
  /// until then it had reported segments up to a number.
  ///
  /// Returns how many that covers which were not reported before.
  ///
  /// Source: RFC 6298, sections 3, 5.2 and 5.3; Linux `tcp_clean_rtx_queue`.
  @discardableResult
  mutating func acknowledge(
    upTo ack: SequenceNumber, _ segment: Segment, reported: SentTimes? = nil,
    before highest: SequenceNumber? = nil, duplicate: SequenceRange? = nil,
    at now: Microseconds, _ journal: inout Journal
  ) -> Int {
    sndUna = ack
    let covered = Array(outstanding.prefix { $0.end.isAtOrBefore(ack) })
    let wasResent = covered.contains { $0.transmissions > 1 }
    for chunk in covered {
      acknowledgedCount += chunk.payload?.count ?? 0
      if !chunk.isSacked {
        noteDelivered(chunk, answer: segment.timestamp, at: now)
        if chunk.transmissions == 1 { recovery.noteOrder(of: chunk, reported: highest) }
      }
    }
    if covered.count == 1, let only = covered.first, highest == nil {
      recovery.mayBeDelayed =
        only.count < sendMss && only.transmissions == 1 && !only.isSacked
        && only.control.isDisjoint(with: .syn)
    }
    outstanding.removeFirst(covered.count)
    trimFirstChunk(upTo: ack)
    settleOrder()
    if outstanding.isEmpty { stopRetransmission(&journal) }
    report(.dataAcknowledged(end, upTo: ack), &journal)
    var sentAt = wasResent ? nil : SentTimes(covered.lazy.filter { !$0.isSacked })
    if rules.linuxRoundTrip, let reported {
      sentAt = SentTimes(
        first: sentAt?.first ?? reported.first, last: reported.last, slack: reported.slack)
    }
    takeSample(sentAt: sentAt, echo: segment.timestamp?.echo, at: now, &journal)
    timeouts = 0
    troubleSince = nil
    judge(segment, advances: true, duplicate: duplicate)
    return covered.count { !$0.isSacked }
  }

  /// A number in the middle of a chunk was acknowledged.
  private mutating func trimFirstChunk(upTo ack: SequenceNumber) {
    guard let first = outstanding.first, first.seq.isBefore(ack) else { return }
    var count = ack - first.seq
    if first.control.contains(.syn) {
      outstanding[0].control.remove(.syn)
      count -= 1
    }
    if let payload = first.payload {
      acknowledgedCount += min(count, payload.count)
      let rest = payload.dropFirst(count)
      outstanding[0].payload = rest.count > 0 ? rest : nil
    }
    outstanding[0].seq = ack
  }

  /// When the first and the last were sent of segments that have just turned out to have arrived.
  struct SentTimes {
    var first: Microseconds
    var last: Microseconds
    /// How much earlier that was at most.
    var slack: Microseconds
  }

  /// Measures the round trip: by what was sent once, else by the echoed timestamp.
  ///
  /// Source: RFC 6298, section 3 (Karn); Linux `tcp_ack_update_rtt`, which counts what was reported
  /// as what was acknowledged.
  mutating func takeSample(
    sentAt: SentTimes?, echo: UInt32? = nil, at now: Microseconds, _ journal: inout Journal
  ) {
    let sample: Microseconds
    if let sentAt {
      sample = now - sentAt.first
    } else if timestampsOn, let echo, echo != 0 {
      let milliseconds = Int(Int32(bitPattern: timestampClock(now) &- echo))
      guard milliseconds >= 0 else { return }
      sample = max(1, milliseconds) * 1000
    } else {
      return
    }
    let least = sentAt.map { now - $0.last } ?? sample
    roundTrip.measure(
      sample, least: least, slack: sentAt?.slack ?? 0, rules: rules,
      sndUna: sndUna, sndNxt: sndNxt)
    recovery.latestRoundTrip = least
    if rules.congestionControl == .cubic {
      recovery.noteRoundTrip(least, rate: sendingRate, sndUna: sndUna, sndNxt: sndNxt, at: now)
    }
    rto = roundTrip.rto
    let (srtt, rto) = (roundTrip.srtt, rto)
    report(.roundTripMeasured(end, sample: sample, srtt: srtt, rto: rto), &journal)
  }

  /// The peer has this chunk; the latest such transmission tells what should have arrived too.
  ///
  /// An answer that comes sooner than any did is one to the first transmission, and so is one that
  /// echoes an earlier timestamp.
  ///
  /// Source: RFC 8985, section 6.2, step 2; Linux `tcp_rack_advance`, `tcp_skb_spurious_retrans`.
  mutating func noteDelivered(
    _ chunk: SentChunk, answer: TimestampOption? = nil, at now: Microseconds
  ) {
    recovery.noteArrived(chunk)
    if chunk.transmissions > 1, timestampsOn, answer?.echoes(before: chunk.resentStamp) == true {
      return
    }
    let elapsed = now - chunk.sentAt
    if chunk.transmissions > 1, elapsed < roundTrip.minimum + roundTrip.minimumSlack {
      guard elapsed + chunk.slack >= roundTrip.minimum, decideByTiming(true) else { return }
    }
    recovery.newestRoundTrip = elapsed
    recovery.newestSlack = chunk.slack
    recovery.newestIsResent = chunk.transmissions > 1
    recovery.hasAdvanced = true
    if recovery.newestDelivered.map({ chunk.wasSent(behind: $0) }) ?? true {
      recovery.newestDelivered = chunk
    }
  }

  /// Marks what the peer reports to have beyond what it acknowledges; returns when that was sent, as far
  /// as it was sent once.
  ///
  /// A range that begins at or before what is acknowledged tells of nothing beyond it.
  ///
  /// Source: RFC 2018, section 4; RFC 2883, section 4; Linux `tcp_is_sackblock_valid`.
  mutating func noteSack(
    _ ranges: [SequenceRange], beyond ack: SequenceNumber, at now: Microseconds
  ) -> SentTimes? {
    let ranges = ranges.filter { $0.start.isAfter(ack) }
    guard sackOn, !ranges.isEmpty else { return nil }
    var once: [SentChunk] = []
    let highest = outstanding.last { $0.isSacked }?.end
    for index in outstanding.indices where !outstanding[index].isSacked {
      let range = outstanding[index].range
      guard ranges.contains(where: { $0.contains(range) }) else { continue }
      outstanding[index].isSacked = true
      recovery.hasReport = true
      noteDelivered(outstanding[index], at: now)
      // Of what is not given up, what went again is thought to be under way still.
      if outstanding[index].isLost {
        (outstanding[index].isLost, outstanding[index].isResent) = (false, false)
      }
      if outstanding[index].transmissions == 1 {
        once.append(outstanding[index])
        recovery.noteOrder(of: outstanding[index], reported: highest)
      }
    }
    return SentTimes(once)
  }
}

extension Endpoint.SentTimes {
  /// Of chunks in order; nil where there are none.
  fileprivate init?(_ chunks: some Sequence<SentChunk>) {
    var times: Self?
    for chunk in chunks {
      times = Self(
        first: times?.first ?? chunk.sentAt, last: chunk.sentAt, slack: chunk.slack)
    }
    guard let times else { return nil }
    self = times
  }
}
