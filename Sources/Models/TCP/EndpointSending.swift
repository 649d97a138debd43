/// Sending: SYN, data, FIN, and everything of it again.
extension Endpoint {
  // MARK: For the first time

  /// Sends the SYN of an active open.
  mutating func sendSyn(at now: Microseconds, _ journal: inout Journal) {
    queue(.syn, payload: nil, at: now)
    synStamp = stamp(now)
    rto = rules.initialRto
    start(.retransmission, for: rto, at: now, &journal)
    send(.syn, seq: iss, at: now, &journal)
  }

  /// Sends the SYN ACK; after an own SYN it takes the same number.
  mutating func sendSynAck(at now: Microseconds, _ journal: inout Journal) {
    if outstanding.isEmpty {
      queue(.syn, payload: nil, at: now)
      synStamp = stamp(now)
      rto = rules.initialRto
      start(.retransmission, for: rto, at: now, &journal)
    } else {
      outstanding[0].sentAt = now
    }
    send([.syn, .ack], seq: iss, at: now, &journal)
  }

  private mutating func queue(
    _ control: SegmentFlags, payload: Payload?, at now: Microseconds
  ) {
    if payload != nil {
      noteSending(at: now)
      recovery.use.noteSent(at: now)
    }
    var chunk = SentChunk(
      seq: sndNxt, control: control, payload: payload, sentAt: now, firstSentAt: now)
    chunk.slack = sendingSlack(at: now)
    recovery.noteSent(&chunk, isFirst: outstanding.isEmpty, at: now)
    outstanding.append(chunk)
    sndNxt += chunk.count
    sentCount += payload?.count ?? 0
  }

  /// Whether the state lets data and FIN out.
  var mayTransmit: Bool {
    switch state {
    case .established, .closeWait, .finWait1, .lastAck, .closing: true
    default: false
    }
  }

  /// What is to go of what waits.
  enum Push {
    /// What windows and Nagle's rule let go.
    case pending
    /// What windows let go, and it alone where that is a piece.
    case everything, piece
    /// A piece, of which neither congestion window nor Nagle's rule hold the first segment back.
    case probe
  }

  /// Sends what waits, as far as windows and Nagle's rule let it, and the FIN behind it.
  ///
  /// Source: RFC 9293, section 3.7.4 (Nagle), 3.8.6.2 (sender's window); Linux `tcp_write_xmit`.
  mutating func sendPending(
    at now: Microseconds, pushing push: Push = .pending, segmentSize: Int? = nil,
    _ journal: inout Journal
  ) {
    guard mayTransmit, unsentCount > 0 || finRequested && finSeq == nil else { return }
    // What is told in between makes no more room.
    let mss = segmentSize ?? roomForData
    var sentAnything = false
    var isLimited = false
    var pieceLeft = 0
    var (head, wanted) = (0, 0)
    while finSeq == nil, unsentCount > 0 || finRequested {
      let window = max(0, sndUna + sndWnd - sndNxt)
      let isJoined = pieceLeft > 0
      if !isJoined {
        pieceLeft = newPieceCount(of: mss)
        wanted = wantedCount(pieceLeft, of: mss, push)
        head = writeQueue.headCount(atLeast: wanted, sent: sentCount)
      }
      let next = Unsent(
        head: head, count: unsentCount, window: window, inFlight: inFlight)
      guard let count = sendable(next, mss: mss, isJoined: isJoined, push) else { break }
      if !isJoined {
        guard mayBeginPiece(at: now, &journal) else { break }
        writeQueue.growHead(to: wanted, sent: sentCount)
        if push != .probe, push != .piece, defersPiece(of: head, window, mss: mss, at: now) {
          let room = (recovery.congestionWindow - inFlight) * sendMss
          isLimited = room < window && room <= unsentCount
          break
        }
      }
      pieceLeft -= 1
      head -= count
      let isMore = pieceLeft > 0 && head > 0
      let goesOn = isMore && sendable(next.behind(count), mss: mss, isJoined: true, push) != nil
      if !goesOn { pieceLeft = 0 }
      // The device is told where a piece of several segments ends. Source: Linux `__tcp_transmit_skb`.
      let isPushed = rules.sendsPieces && isJoined && !goesOn
      transmitNew(
        count, of: mss, fin: count == unsentCount && finRequested, isJoined: isJoined,
        isPushed: isPushed, at: now, &journal)
      sentAnything = true
      if push == .probe || push == .piece, !goesOn { break }
    }
    isLimited = isLimited || inFlight >= recovery.congestionWindow
    if sentAnything || isLimited { noteWindowUse(isLimited: isLimited, at: now) }
    if sentAnything, push != .probe { scheduleProbe(at: now, &journal) }
    if unsentCount > 0, outstanding.isEmpty, timers[.persist] == nil {
      start(.persist, for: rto, at: now, &journal)
    }
  }

  /// How many bytes the next piece takes if there are as many: of so many segments, as far as the congestion
  /// window has room.
  ///
  /// Source: Linux `tcp_write_xmit` (`cwnd_quota`).
  private func wantedCount(_ pieceCount: Int, of mss: Int, _ push: Push) -> Int {
    let room = max(push == .probe ? 1 : 0, recovery.congestionWindow - inFlight)
    return min(room, pieceCount, Pacing.largestPiece) * mss
  }

  /// What waits to be sent, and what it may go into.
  private struct Unsent {
    /// How many bytes wait that the piece at hand may be of, and how many in all.
    var head: Int
    var count: Int
    /// How many the peer's window takes.
    var window: Int
    /// How many segments are under way.
    var inFlight: Int

    /// What is left when a segment of so many bytes has gone.
    func behind(_ sent: Int) -> Unsent {
      Unsent(
        head: head - sent, count: count - sent, window: window - sent, inFlight: inFlight + 1)
    }
  }

  /// How many bytes the next segment brings, 0 for a bare FIN; nil: it has to wait.
  private func sendable(
    _ unsent: Unsent, mss: Int, isJoined: Bool, _ push: Push
  ) -> Int? {
    let count = min(unsent.head, mss, unsent.window)
    let isLast = count == unsent.count
    if unsent.count > 0 || rules.finNeedsWindow {
      guard push == .probe && !isJoined || unsent.inFlight < recovery.congestionWindow else {
        return nil
      }
    }
    guard unsent.count > 0 else { return 0 }
    guard count > 0 else { return nil }
    let isFull = count == mss || (isLast && finRequested) || 2 * count >= maxSndWnd
    // What a piece has begun goes on up to the edge of the window. Source: Linux
    // `tcp_mss_split_point`.
    let isEnd = isLast || (rules.sendsPieces && isJoined)
    let isHeld = push == .pending && nagleHolds
    let isWhole = count == unsent.head && !isLast
    return isFull || isWhole || push == .probe || (isEnd && !isHeld) ? count : nil
  }

  /// The most bytes that a segment carries: a report of what arrived out of order takes room.
  ///
  /// Source: RFC 6691, section 2; RFC 2018, section 3; Linux `tcp_current_mss`.
  var roomForData: Int {
    let count = sackOn ? sackRanges().count : 0
    return count == 0 ? sendMss : max(48, sendMss - Segment.reportBytes(of: count))
  }

  /// Nagle's rule, with Minshall's addition: only an earlier small segment holds the next back.
  private var nagleHolds: Bool {
    guard rules.nagle, !outstanding.isEmpty else { return false }
    return smallSegmentEnd.map { $0.isAfter(sndUna) } ?? false
  }

  /// Sends what was never sent before; the RTO starts unless a timer runs.
  ///
  /// Source: RFC 6298, section 5.1; Linux `tcp_event_new_data_sent`.
  private mutating func transmitNew(
    _ count: Int, of mss: Int, fin: Bool, isJoined: Bool = false, isPushed: Bool = false,
    at now: Microseconds, _ journal: inout Journal
  ) {
    let payload = count > 0 ? Payload(stream, offset: sentCount, count: count) : nil
    let seq = sndNxt
    queue(fin ? .fin : [], payload: payload, at: now)
    outstanding[outstanding.count - 1].isJoined = isJoined
    if fin { finSeq = seq + count }
    if count > 0, count < mss { smallSegmentEnd = seq + count }
    stop(.persist, &journal)
    if timers.retransmission == nil { start(.retransmission, for: rto, at: now, &journal) }
    var flags: SegmentFlags = fin ? [.fin, .ack] : .ack
    let isWritten = count > 0 && writeQueue.noteSent(upTo: sentCount)
    if isWritten { outstanding[outstanding.count - 1].isPushed = true }
    if isWritten || isPushed { flags.insert(.psh) }
    send(flags, seq: seq, payload: payload, isJoined: isJoined, at: now, &journal)
  }

  // MARK: Again

  /// Joins to a chunk those behind it that fit into the same segment, a FIN included.
  ///
  /// Source: Linux `tcp_retrans_try_collapse`.
  private mutating func collapse(into index: Int) {
    guard rules.joinsWhenResending, !outstanding[index].control.contains(.syn),
      isSingle(index)
    else { return }
    while index + 1 < outstanding.count, !outstanding[index + 1].isSacked, isSingle(index + 1) {
      let next = outstanding[index + 1]
      let count = outstanding[index].payload?.count ?? 0
      guard count + (next.payload?.count ?? 0) <= roomForData else { return }
      if let payload = next.payload {
        if count > 0 {
          outstanding[index].payload?.count += payload.count
        } else {
          outstanding[index].payload = payload
        }
      }
      outstanding[index].control.formUnion(next.control)
      outstanding[index].isPushed = outstanding[index].isPushed || next.isPushed
      outstanding.remove(at: index + 1)
    }
  }

  /// Whether a chunk is a piece of its own.
  private func isSingle(_ index: Int) -> Bool {
    !outstanding[index].isJoined
      && (index + 1 == outstanding.count || !outstanding[index + 1].isJoined)
  }

  /// Sends one chunk again.
  mutating func resend(
    _ index: Int, isProbe: Bool = false, isJoined: Bool = false, isPushed: Bool = false,
    at now: Microseconds, _ journal: inout Journal
  ) {
    collapse(into: index)
    split(index)
    if outstanding[index].payload != nil {
      noteSending(at: now)
      recovery.use.noteSent(at: now)
    }
    outstanding[index].sentAt = now
    outstanding[index].transmissions += 1
    recovery.noteSent(&outstanding[index], isFirst: false, at: now)
    outstanding[index].isTimed = true
    outstanding[index].slack = sendingSlack(at: now)
    if outstanding[index].isLost { outstanding[index].isResent = true }
    let chunk = outstanding[index]
    var flags = chunk.control
    if irs != nil { flags.insert(.ack) }
    if chunk.payload != nil, chunk.isPushed || isPushed { flags.insert(.psh) }
    send(
      flags, seq: chunk.seq, payload: chunk.payload, isRetransmission: true, isJoined: isJoined,
      at: now, &journal)
    outstanding[index].resentStamp = stamp(now)
    recovery.undo.noteResent(at: stamp(now), isProbe: isProbe)
  }

  /// Cuts a chunk that no longer fits, as the header has grown by a report of what arrived out of
  /// order.
  ///
  /// Source: RFC 6691, section 2; Linux `tcp_fragment`.
  mutating func split(_ index: Int) {
    let room = roomForData
    guard let payload = outstanding[index].payload, payload.count > room else { return }
    var rest = outstanding[index]
    outstanding[index].payload = payload.prefix(room)
    outstanding[index].control.remove(.fin)
    outstanding[index].isPushed = false
    rest.seq = outstanding[index].end
    rest.control.remove(.syn)
    rest.payload = payload.dropFirst(room)
    outstanding.insert(rest, at: index + 1)
  }

  /// The RTO ran out: the earliest segment goes again, and the next RTO is twice as long.
  ///
  /// Source: RFC 6298, sections 5.4 to 5.7; Linux `tcp_retransmit_timer`, `reqsk_timer_handler`.
  mutating func retransmissionTimeout(at now: Microseconds, _ journal: inout Journal) {
    guard !outstanding.isEmpty else { return }
    timeouts += 1
    if troubleSince == nil { troubleSince = outstanding[0].sentAt }
    if patienceIsOver(at: now) {
      if state == .synRcvd, isPassive {
        closeNow(&journal, listening: isListening && !rules.linuxArrival)
      } else {
        breakConnection(.timeout, error: .timedOut, &journal)
      }
      return
    }
    if state != .synSent, state != .synRcvd { enterLossRecovery(at: now) }
    let isLinear = state == .synSent && timeouts <= rules.linearSynTimeouts
    let previous = rto
    if !isLinear { rto = min(rules.maxRto, rto * 2) }
    start(.retransmission, for: rto, at: now, &journal)
    if rto != previous {
      let doubled = rto
      report(.rtoBackedOff(end, from: previous, to: doubled), &journal)
    }
    cutAnew(0)
    resend(0, at: now, &journal)
    // One segment of a piece went alone.
    if outstanding.count > 1 { outstanding[1].isJoined = false }
  }

  private func patienceIsOver(at now: Microseconds) -> Bool {
    let waited = now - (troubleSince ?? now)
    switch state {
    case .synSent:
      if let retries = rules.synRetries { return timeouts > retries + rules.linearSynTimeouts }
      return waited >= rules.synPatience
    case .synRcvd:
      if let retries = rules.synAckRetries { return timeouts > retries }
      return waited >= rules.synPatience
    default:
      let patience = isOrphan ? rules.orphanPatience ?? rules.dataPatience : rules.dataPatience
      return waited >= patience
    }
  }

  /// Everything outstanding counts as lost; the congestion window starts anew at one segment.
  ///
  /// Source: RFC 5681, section 3.1; Linux `tcp_enter_loss`, `tcp_timeout_mark_lost`.
  private mutating func enterLossRecovery(at now: Microseconds) {
    let isFirst = recovery.until == nil || recovery.isByTimeout && timeouts == 1
    let isTimed = rules.timeBasedLossDetection && sackOn
    for index in outstanding.indices where !outstanding[index].isSacked {
      // What was sent less than a round trip ago may still arrive.
      let age = now - outstanding[index].sentAt
      if isTimed, index > 0, age < recovery.newestRoundTrip { continue }
      giveUp(index)
    }
    if recovery.until == nil, outstanding.count(where: \.isSacked) >= Reordering.usual {
      recovery.reordering.lower()
    }
    if isFirst {
      recovery.undo.begin(at: sndUna, resent: resentInFlight, probe: recovery.probe)
    }
    recovery.beginAnew(
      until: sndNxt, outstanding: outstanding.count, segmentSize: sendMss, isFirst: isFirst,
      again: timeouts > 1, at: now,
      rules.congestionControl)
    recovery.congestionWindow = inFlight + 1
  }

  // MARK: A window of 0

  /// Asks whether the peer's window is still closed.
  ///
  /// Source: RFC 9293, section 3.8.6.1; Linux `tcp_write_wakeup` (what little fits, or a number already
  /// acknowledged).
  mutating func probeWindow(at now: Microseconds, _ journal: inout Journal) {
    guard unsentCount > 0 || (finRequested && finSeq == nil) else { return }
    let room = sndUna + sndWnd - sndNxt
    if rules.linuxArrival, unsentCount > 0, outstanding.isEmpty, room > 0 {
      writeQueue.markHead()
      let head = writeQueue.headCount(sent: sentCount)
      transmitNew(
        min(head, room, roomForData), of: roomForData, fin: false, isPushed: true, at: now, &journal
      )
      return
    }
    if rules.linuxArrival {
      send(.ack, seq: sndUna - 1, at: now, &journal)
    } else if unsentCount > 0, outstanding.isEmpty {
      transmitNew(1, of: roomForData, fin: false, at: now, &journal)
      return
    }
    rto = min(rules.maxRto, rto * 2)
    start(.persist, for: rto, at: now, &journal)
  }
}
