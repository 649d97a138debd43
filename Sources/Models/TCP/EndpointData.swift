/// Steps 7 and 8: the bytes of an arriving segment, and its FIN.
extension Endpoint {
  /// Takes bytes and FIN in order, keeps them out of order, drops them where none belong.
  ///
  /// A FIN behind the peer's FIN changes nothing, but step 8 has it acknowledged like any other.
  ///
  /// Source: RFC 9293, section 3.10.7.4, steps 7 and 8; Linux `tcp_data_queue`.
  mutating func takePayload(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    guard segment.length > 0 else { return }
    let dataEnd = segment.seq + segment.payloadLength
    // A FIN behind a gap tells of data too. Source: Linux `tcp_rcv_state_process`, step 7.
    let isNewData =
      (segment.payloadLength > 0 || rules.linuxArrival) && dataEnd.isAfter(rcvNxt)
    switch state {
    case .established, .finWait1, .finWait2: break
    default:
      guard segment.end.isAfter(rcvNxt) || !rules.linuxArrival else {
        takeDuplicate(segment, &journal)
        return
      }
      report(.segmentDiscarded(end, .noDataExpected), &journal)
      if segment.flags.contains(.fin), !rules.linuxArrival {
        acking.isScheduled = true
        acking.isUrgent = true
      }
      return
    }
    if refusesData, isNewData, state != .established {
      sendReset(answering: segment, &journal)
      breakConnection(.dataForOrphan, error: nil, &journal)
      return
    }
    // What was to be told of something that came twice is forgotten if more comes before that. Source: Linux
    // `tcp_data_queue`.
    duplicate = nil
    guard segment.end.isAfter(rcvNxt) else {
      takeDuplicate(segment, &journal)
      return
    }
    guard segment.seq.isAtOrBefore(rcvNxt) else {
      keep(segment, at: now, &journal)
      return
    }
    noteArrivedTwice(SequenceRange(segment.seq, rcvNxt))
    // Source: Linux `tcp_try_rmem_schedule`, `ICSK_ACK_NOMEM`.
    if !makeRoom() { acking.isUrgent = true }
    // What was kept beyond a FIN is thrown away: nothing comes twice then, and no gap is filled.
    // Source: Linux `tcp_fin`.
    if !segment.flags.contains(.fin) { noteOverlaps(SequenceRange(rcvNxt, segment.end)) }
    deliver(
      segment.payload, from: segment.seq, segment.flags, reportBytes: segment.reportBytes, at: now,
      &journal)
    let hadGap = !kept.isEmpty
    takeKept(at: now, &journal)
    if hadGap, kept.isEmpty { acking.isUrgent = true }
  }

  private mutating func takeDuplicate(_ segment: Segment, _ journal: inout Journal) {
    report(.segmentDiscarded(end, .duplicate), &journal)
    noteArrivedTwice(SequenceRange(segment.seq, segment.end))
    acking.enterQuick(window: rcvWnd)
    acking.isScheduled = true
    acking.isUrgent = true
  }

  /// Hands bytes from RCV.NXT on to the user, as many as the window takes, then the FIN.
  private mutating func deliver(
    _ payload: Payload?, from seq: SequenceNumber, _ flags: SegmentFlags, isKept: Bool = false,
    reportBytes: Int = 0, at now: Microseconds, _ journal: inout Journal
  ) {
    var isWhole = true
    if let payload {
      let fresh = payload.dropFirst(rcvNxt - seq)
      let taken = rules.linuxArrival ? fresh : fresh.prefix(rcvWnd)
      isWhole = taken.count == fresh.count
      if taken.count > 0 {
        rcvNxt += taken.count
        delivered.appendJoining(taken)
        readable.appendJoining(taken)
        if isKept, rules.ackDelay == .adaptive {
          memory?.settle(taken.count, upTo: rcvNxt)
        } else {
          memory?.take(taken.count, upTo: rcvNxt)
          noteDataArrived(taken.count, flags, reportBytes: reportBytes, at: now)
        }
        report(.dataDelivered(end, taken), &journal)
      }
    }
    if flags.contains(.fin), isWhole { takeFin(at: now, &journal) }
  }

  /// Keeps what lies beyond a gap, as far as the window reaches.
  ///
  /// Linux keeps a segment that begins in the window as it is.
  ///
  /// Source: RFC 9293, section 3.10.7.4, step 7 (reassembly); Linux `tcp_data_queue`,
  /// `tcp_data_queue_ofo`.
  private mutating func keep(
    _ segment: Segment, at now: Microseconds, _ journal: inout Journal
  ) {
    acking.isScheduled = true
    if rules.ackDelay != .adaptive { acking.isUrgent = true }
    let room = max(0, rcvEdge - segment.seq)
    if rules.linuxArrival, room == 0 {
      report(.segmentDiscarded(end, .outsideWindow), &journal)
      acking.enterQuick(window: rcvWnd)
      return
    }
    _ = makeRoom()
    let payload = rules.linuxArrival ? segment.payload : segment.payload?.prefix(room)
    let count = payload?.count ?? 0
    let hasFin = segment.flags.contains(.fin) && count == segment.payloadLength
    let range = SequenceRange(segment.seq, segment.seq + count)
    let isKnown = kept.contains { $0.range.contains(range) && ($0.hasFin || !hasFin) }
    let whole = SequenceRange(range.start, range.end + (hasFin ? 1 : 0))
    noteOverlaps(whole)
    selective.add(whole)
    if rules.ackDelay == .adaptive {
      measureSegment(count, segment.flags, reportBytes: segment.reportBytes)
    }
    if isKnown {
      report(.segmentDiscarded(end, .duplicate), &journal)
      enlargeForKept()
      return
    }
    let index = kept.firstIndex { segment.seq.isBefore($0.range.start) } ?? kept.count
    if rules.ackDelay == .adaptive { noteKept(range) }
    kept.insert(KeptRange(range: range, payload: payload, hasFin: hasFin), at: index)
    enlargeForKept()
    report(.segmentKept(end, range), &journal)
  }

  /// What was kept already of a range arrives a second time.
  ///
  /// Source: Linux `tcp_data_queue_ofo`, `tcp_ofo_queue`.
  private mutating func noteOverlaps(_ range: SequenceRange) {
    for known in kept {
      let known = SequenceRange(known.range.start, known.range.end + (known.hasFin ? 1 : 0))
      let start = known.start.isAfter(range.start) ? known.start : range.start
      let end = known.end.isBefore(range.end) ? known.end : range.end
      if start.isBefore(end) { noteArrivedTwice(SequenceRange(start, end), extends: true) }
    }
  }

  /// Takes from what was kept whatever is in order by now.
  mutating func takeKept(at now: Microseconds, _ journal: inout Journal) {
    while let first = kept.first, first.range.start.isAtOrBefore(rcvNxt) {
      kept.removeFirst()
      if first.range.end.isAfter(rcvNxt) || (first.hasFin && first.range.end == rcvNxt) {
        deliver(
          first.payload, from: first.range.start, first.hasFin ? .fin : [], isKept: true, at: now,
          &journal)
      }
    }
    if kept.isEmpty { discardKept() } else { selective.remove(upTo: rcvNxt) }
  }

  /// Nothing is out of order any more.
  mutating func discardKept() {
    kept = []
    selective = SelectiveAcks()
  }

  /// The peer's stream has ended.
  ///
  /// Source: RFC 9293, section 3.10.7.4, step 8; Linux `tcp_fin`.
  private mutating func takeFin(at now: Microseconds, _ journal: inout Journal) {
    rcvNxt += 1
    acking.isScheduled = true
    discardKept()
    report(.streamEnded(end), &journal)
    switch state {
    case .established:
      enter(.closeWait, &journal)
      acking.isInteractive = true
      if !rules.delaysAckOfFin { acking.isUrgent = true }
    case .finWait1:
      sendAck(at: now, &journal)
      enter(.closing, &journal)
    case .finWait2:
      sendAck(at: now, &journal)
      enterTimeWait(at: now, &journal)
    default: break
    }
  }

  /// Whether the peer's FIN has arrived in order in this life.
  var streamHasEnded: Bool {
    guard let irs else { return false }
    let bytes = delivered.reduce(0) { $0 + $1.count }
    return rcvNxt == irs + 1 + bytes + 1
  }
}
