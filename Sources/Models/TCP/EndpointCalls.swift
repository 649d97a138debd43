/// What the user asks for.
extension Endpoint {
  /// Performs a call and returns its result.
  ///
  /// Source: RFC 9293, sections 3.9.1 and 3.10.1 to 3.10.6.
  public mutating func call(
    _ call: Call, at now: Microseconds, _ journal: inout Journal
  ) -> CallResult {
    cause = .call(call.name)
    switch call {
    case .listen: return listen(&journal)
    case .connect(let automaticPort): return connect(automaticPort, at: now, &journal)
    case .accept:
      isAccepted = state.isSynchronized || hasEnded
      return isAccepted ? .done : .wouldBlock
    case .connectResult: return connectResult()
    case .send(let count): return write(count, at: now, &journal)
    case .receive(let limit): return read(limit, at: now, &journal)
    case .shutdownWrite: return shutdownWrite(at: now, &journal)
    case .shutdownRead: return .done
    case .close: return close(at: now, &journal)
    case .abort: return abort(at: now, &journal)
    case .destroyTimeWait:
      guard state == .timeWait else { return .failed(.invalid) }
      closeNow(&journal)
      return .done
    }
  }

  /// Whether there was a connection that has come to its end.
  private var hasEnded: Bool { state == .closed && incarnation > 0 }

  // MARK: Opening

  private mutating func listen(_ journal: inout Journal) -> CallResult {
    isListening = true
    if state == .closed, incarnation == 0 { enter(.listen, &journal) }
    return .done
  }

  /// Source: RFC 9293, section 3.10.1; Linux `tcp_twsk_unique`.
  private mutating func connect(
    _ automaticPort: Bool, at now: Microseconds, _ journal: inout Journal
  ) -> CallResult {
    var beyond: SequenceNumber?
    switch state {
    case .closed: break
    case .listen: isListening = false
    case .timeWait:
      guard rules.linuxTimeWait, timestampsOn, !automaticPort || mayReuseTimeWait(at: now) else {
        return .failed(.addressNotAvailable)
      }
      beyond = sndNxt + 65537
      report(.timeWaitReused(end), &journal)
    default: return .failed(.alreadyConnected)
    }
    let stopped = timers.running
    beginLife()
    chooseFirstWindow(withTimestamps: beyond != nil)
    enter(.synSent, &journal)
    reportStopped(stopped, &journal)
    chooseIss(at: now, beyond: beyond, &journal)
    sendSyn(at: now, &journal)
    return .done
  }

  private func mayReuseTimeWait(at now: Microseconds) -> Bool {
    rules.reusesTimeWait && now - tsRecentAt > rules.reuseDelay
  }

  private mutating func connectResult() -> CallResult {
    if let error = pendingError {
      pendingError = nil
      return .failed(error)
    }
    switch state {
    case .synSent, .synRcvd: return .wouldBlock
    case .closed, .listen: return .failed(.notConnected)
    default: return .done
    }
  }

  // MARK: Data

  /// Source: RFC 9293, section 3.10.2.
  private mutating func write(
    _ count: Int, at now: Microseconds, _ journal: inout Journal
  ) -> CallResult {
    if let error = pendingError {
      pendingError = nil
      return .failed(error)
    }
    guard !finRequested else { return .failed(.brokenPipe) }
    switch state {
    case .closed where incarnation > 0: return .failed(.brokenPipe)
    // Source: Linux `sk_stream_wait_connect`.
    case .closed, .listen: return .failed(rules.linuxArrival ? .brokenPipe : .notConnected)
    case .synSent, .synRcvd, .established, .closeWait:
      noteWrite()
      noteWriteBehindPause(at: now)
      let size = roomForData
      queueWrite(count, segmentSize: size, at: now, &journal)
      sendPending(at: now, segmentSize: size, &journal)
      return .sent(count)
    default: return .failed(.brokenPipe)
    }
  }

  /// Queues what is written; a kernel sends of it what may go while it takes the rest.
  ///
  /// What is written while the connection opens is queued when it is open. Left out are that a full send buffer
  /// sends what there is in the middle of a call, and that a host puts small writes together while its device
  /// is busy (`tcp_should_autocork`).
  ///
  /// Source: Linux `tcp_sendmsg_locked`.
  private mutating func queueWrite(
    _ count: Int, segmentSize: Int, at now: Microseconds, _ journal: inout Journal
  ) {
    guard mayTransmit else {
      writtenCount += count
      return
    }
    let goal = stretchGoal(segmentSize: segmentSize)
    var left = count
    while left > 0 {
      let taken = writeQueue.take(
        left, goal: goal, isFirst: left == count, from: writtenCount, sent: sentCount)
      writtenCount += taken
      left -= taken
      guard left > 0 else { break }
      if let push = writeQueue.push(goal: goal, sent: sentCount, largestWindow: maxSndWnd) {
        sendPending(at: now, pushing: push, segmentSize: segmentSize, &journal)
      }
    }
    if count > 0 { writeQueue.mark() }
  }

  /// The connection is open: what was written before is queued.
  ///
  /// Source: Linux `sk_stream_wait_connect`.
  mutating func queueEarlyWrites() {
    let goal = stretchGoal(segmentSize: roomForData)
    var place = sentCount
    while place < writtenCount {
      place += writeQueue.take(
        writtenCount - place, goal: goal, isFirst: false, from: place, sent: sentCount)
    }
    writeQueue.mark()
  }

  /// Bytes come first, then the stream's end, then an error.
  ///
  /// Source: RFC 9293, section 3.10.3; Linux `tcp_recvmsg_locked`.
  private mutating func read(
    _ limit: Int, at now: Microseconds, _ journal: inout Journal
  ) -> CallResult {
    guard !isOrphan || !rules.closeEndsReading else { return .failed(.notConnected) }
    if !readable.isEmpty {
      var taken: [Payload] = []
      var left = limit
      while left > 0, let first = readable.first {
        taken.append(first.prefix(left))
        left -= taken[taken.count - 1].count
        if first.count > taken[taken.count - 1].count {
          readable[0] = first.dropFirst(taken[taken.count - 1].count)
        } else {
          readable.removeFirst()
        }
      }
      let firstUnread = rcvNxt - (state.hasPeerFin ? 1 : 0) - unreadCount
      noteRead(from: firstUnread - (limit - left), upTo: firstUnread, at: now)
      memory?.free(upTo: firstUnread)
      windowMayOpen(at: now, &journal)
      return .data(taken)
    }
    if streamHasEnded {
      endOfFileRead = true
      return .endOfFile
    }
    if let error = pendingError {
      pendingError = nil
      return .failed(error)
    }
    if readingEnded { return .endOfFile }
    if state == .closed || state == .listen { return .failed(.notConnected) }
    return .wouldBlock
  }

  // MARK: Closing

  /// Source: RFC 9293, section 3.6.
  private mutating func shutdownWrite(
    at now: Microseconds, _ journal: inout Journal
  ) -> CallResult {
    switch state {
    case .closed, .listen: return .failed(.notConnected)
    case .synSent:
      finRequested = true
      // Source: Linux `inet_shutdown`, `tcp_disconnect`.
      if rules.linuxArrival { pendingError = .connectionReset }
      closeNow(&journal)
    case .synRcvd, .established, .closeWait: endStream(at: now, &journal)
    default: break
    }
    return .done
  }

  /// Source: RFC 9293, section 3.10.4; Linux `__tcp_close`.
  private mutating func close(at now: Microseconds, _ journal: inout Journal) -> CallResult {
    let hadUnread = !readable.isEmpty
    switch state {
    case .closed:
      isOrphan = true
      return .done
    case .listen:
      isListening = false
      enter(.closed, &journal)
    case .synSent:
      isOrphan = true
      closeNow(&journal)
    case .synRcvd, .established, .closeWait:
      if rules.resetsOnUnread, hadUnread { return abort(at: now, &journal) }
      isOrphan = true
      endStream(at: now, &journal)
    case .finWait1, .finWait2:
      if rules.resetsOnUnread, rules.closeEndsReading, hadUnread {
        return abort(at: now, &journal)
      }
      isOrphan = true
      if state == .finWait2 { startFinWait2(at: now, &journal) }
    case .closing, .lastAck, .timeWait:
      isOrphan = true
      guard rules.closeEndsReading else { return .failed(.closing) }
      if state != .timeWait, rules.resetsOnUnread, hadUnread {
        readable = []
        reset(at: now, &journal)
      }
    }
    return .done
  }

  /// Queues the FIN behind what waits to be sent.
  private mutating func endStream(at now: Microseconds, _ journal: inout Journal) {
    finRequested = true
    enter(state == .closeWait ? .lastAck : .finWait1, &journal)
    sendPending(at: now, &journal)
  }

  /// An orphan does not wait for the peer's FIN for ever, where the rules set a limit.
  ///
  /// Linux keeps a small entry from here on, which owes no acknowledgment and limits its answers anew. Left
  /// out is that it keeps the socket at first where the wait is longer than 60 s, with an RTO above 17 s.
  /// Source: Linux `tcp_time_wait`.
  mutating func startFinWait2(at now: Microseconds, _ journal: inout Journal) {
    guard isOrphan, let timeout = rules.finWait2Timeout else { return }
    start(.finWait2, for: max(timeout, rto * 7 / 2), at: now, &journal)
    guard rules.linuxTimeWait else { return }
    lastBadSegmentAck = nil
    stop(.delayedAck, &journal)
  }

  /// Breaks the connection, and tells the peer.
  private mutating func reset(at now: Microseconds, _ journal: inout Journal) {
    send(rules.abortCarriesAck ? [.rst, .ack] : .rst, seq: sndNxt, at: now, &journal)
    breakConnection(.user, error: nil, &journal)
  }

  /// Source: RFC 9293, section 3.10.5; Linux `tcp_disconnect`, `tcp_need_reset`.
  private mutating func abort(at now: Microseconds, _ journal: inout Journal) -> CallResult {
    isOrphan = true
    let hadUnread = !readable.isEmpty
    readable = []
    switch state {
    case .closed: return .done
    case .listen:
      isListening = false
      enter(.closed, &journal)
    // A request goes with its listener, quietly. Source: Linux `reqsk_timer_handler`, `tcp_v4_rcv`.
    case .synRcvd where isPassive && rules.linuxArrival: closeNow(&journal)
    case .synRcvd, .established, .finWait1, .finWait2, .closeWait: reset(at: now, &journal)
    case .synSent: breakConnection(.user, error: nil, &journal)
    case .closing, .lastAck:
      // Linux tells the peer if data or the FIN is still to be sent, or something is unread.
      let isWhole = finSeq != nil && !(rules.resetsOnUnread && hadUnread)
      if isWhole || !rules.linuxArrival { closeNow(&journal) } else { reset(at: now, &journal) }
    case .timeWait: closeNow(&journal)
    }
    return .done
  }
}
