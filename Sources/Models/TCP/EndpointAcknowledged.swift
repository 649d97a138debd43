/// What an arriving acknowledgment does.
extension Endpoint {
  /// Takes a segment's ACK and window; false if the segment is to be dropped.
  ///
  /// Source: RFC 9293, section 3.10.7.4, step 5; RFC 5961, section 5; Linux `tcp_ack`.
  mutating func takeAck(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) -> Bool {
    let ack = segment.ack
    if ack.isAfter(sndNxt) {
      report(.segmentDiscarded(end, .ackOfUnsent), &journal)
      answerBadSegment(segment, at: now, &journal)
      return false
    }
    if ack.isBefore(sndUna) {
      guard rules.guards.contains(.ackRange) else { return true }
      let acknowledged = rules.linuxArrival ? sndUna - iss : maxSndWnd
      if ack.isBefore(sndUna - min(maxSndWnd, acknowledged)) {
        report(.segmentDiscarded(end, .ackTooOld), &journal)
        answerBadSegment(segment, at: now, &journal)
        return false
      }
      return true
    }
    let isDuplicate =
      ack == sndUna && segment.length == 0 && segment.window == sndWnd && !outstanding.isEmpty
    updateSendWindow(segment)
    let arrivedBefore = recovery.arrivedCount
    recovery.sentAfter = 0
    noteSack(segment.sack, at: now)
    let isAdvance = ack != sndUna
    if isAdvance {
      acknowledge(upTo: ack, segment, at: now, &journal)
      recovery.settleDuplicates(covered: recovery.arrivedCount - arrivedBefore, hasSack: sackOn)
    } else if isDuplicate {
      recovery.noteDuplicate(hasSack: sackOn)
    }
    let arrived = recovery.arrivedCount - arrivedBefore
    if isAdvance || arrived > 0 || isDuplicate || recovery.until != nil {
      recover(arrived: arrived, advances: isAdvance, at: now, &journal)
    }
    return true
  }

  /// Source: RFC 9293, section 3.10.7.4, step 5, ESTABLISHED (SND.WL1 and SND.WL2).
  mutating func updateSendWindow(_ segment: Segment) {
    let ack = segment.ack
    guard
      sndWl1.isBefore(segment.seq) || (sndWl1 == segment.seq && sndWl2.isAtOrBefore(ack))
    else { return }
    sndWnd = segment.window
    maxSndWnd = max(maxSndWnd, sndWnd)
    sndWl1 = segment.seq
    sndWl2 = ack
  }

  /// Everything before the number has arrived at the peer.
  ///
  /// Source: RFC 6298, sections 3, 5.2 and 5.3; Linux `tcp_clean_rtx_queue`.
  mutating func acknowledge(
    upTo ack: SequenceNumber, _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    sndUna = ack
    let covered = Array(outstanding.prefix { $0.end.isAtOrBefore(ack) })
    let firstSentAt = covered.first?.sentAt
    let hadSyn = covered.first?.control.contains(.syn) ?? false
    let wasResent = covered.contains { $0.transmissions > 1 }
    for chunk in covered {
      acknowledgedCount += chunk.payload?.count ?? 0
      if !chunk.isSacked { noteDelivered(chunk, at: now) }
    }
    let count = covered.count
    outstanding.removeFirst(count)
    trimFirstChunk(upTo: ack)
    if outstanding.isEmpty { stopRetransmission(&journal) }
    report(.dataAcknowledged(end, upTo: ack), &journal)
    takeSample(
      sentAt: wasResent ? nil : firstSentAt, echo: segment.timestamp?.echo, at: now, &journal)
    timeouts = 0
    troubleSince = nil
    if let probed = recovery.probedUpTo, ack.isAtOrAfter(probed) { recovery.probedUpTo = nil }
    if let until = recovery.until, ack.isAtOrAfter(until) {
      recovery.end(rules.congestionControl)
    }
    let wasUsed = recovery.congestionWindow < 2 * (outstanding.count + count)
    if wasUsed, !hadSyn, rules.congestionControl == .reno, !recovery.isReducing {
      recovery.grow(by: covered.count { !$0.isSacked })
    }
    if !outstanding.isEmpty {
      start(.retransmission, for: rto, at: now, &journal)
      scheduleProbe(at: now, renewsTimeout: true, &journal)
    }
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

  /// Measures the round trip: by what was sent once, else by the echoed timestamp.
  ///
  /// Source: RFC 6298, section 3 (Karn); Linux `tcp_ack_update_rtt`.
  mutating func takeSample(
    sentAt: Microseconds?, echo: UInt32?, at now: Microseconds, _ journal: inout Journal
  ) {
    let sample: Microseconds
    if let sentAt {
      sample = now - sentAt
    } else if timestampsOn, let echo, echo != 0 {
      let milliseconds = Int(Int32(bitPattern: timestampClock(now) &- echo))
      guard milliseconds >= 0 else { return }
      sample = max(1, milliseconds) * 1000
    } else {
      return
    }
    roundTrip.measure(sample, rules: rules, sndUna: sndUna, sndNxt: sndNxt)
    rto = roundTrip.rto
    let (srtt, rto) = (roundTrip.srtt, rto)
    report(.roundTripMeasured(end, sample: sample, srtt: srtt, rto: rto), &journal)
  }

  /// The peer has this chunk; the latest such transmission tells what should have arrived too.
  ///
  /// An answer that comes sooner than any did is one to the first transmission. A probe sets out at a
  /// tick of a timer, so that its answer may seem a little early: by `Recovery.probeSlack`.
  ///
  /// Source: RFC 8985, section 6.2, step 2; Linux `tcp_rack_advance`.
  mutating func noteDelivered(_ chunk: SentChunk, at now: Microseconds) {
    recovery.noteArrived(chunk)
    let elapsed = now - chunk.sentAt
    let slack = chunk.end == recovery.probedUpTo ? Recovery.probeSlack : 0
    if chunk.transmissions > 1, elapsed + slack < roundTrip.minimum { return }
    recovery.newestRoundTrip = elapsed
    let newest = recovery.newestDelivered ?? -1
    if chunk.sentAt > newest
      || (chunk.sentAt == newest && chunk.end.isAfter(recovery.newestDeliveredEnd))
    {
      recovery.newestDelivered = chunk.sentAt
      recovery.newestDeliveredEnd = chunk.end
    }
  }

  /// Marks what the peer reports to have.
  private mutating func noteSack(_ ranges: [SequenceRange], at now: Microseconds) {
    guard sackOn, !ranges.isEmpty else { return }
    for index in outstanding.indices where !outstanding[index].isSacked {
      let range = outstanding[index].range
      guard ranges.contains(where: { $0.contains(range) }) else { continue }
      outstanding[index].isSacked = true
      noteDelivered(outstanding[index], at: now)
    }
  }
}
