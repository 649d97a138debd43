/// How time passes: arrivals, timers, and what the ends send onto the wire.
extension TCPNetwork {
  /// Lets everything happen that is due up to a time, and stops there.
  mutating func run(until time: Microseconds, _ observer: Observer?) {
    while let due = nextDue, due <= time { happen(observer) }
    now = max(now, time)
  }

  /// Lets the next thing happen.
  mutating func happen(_ observer: Observer?) {
    let timer = nextTimer
    if let arrival = wire.last, arrival.arrivesAt <= timer?.due ?? arrival.arrivesAt {
      wire.removeLast()
      now = max(now, arrival.arrivesAt)
      arrive(arrival.index, observer)
    } else if let timer {
      now = max(now, timer.due)
      expire(timer.kind, at: timer.end, observer)
    }
  }

  /// The timer that runs out next, and when.
  var nextTimer: (end: End, kind: TimerKind, due: Microseconds)? {
    guard let next = dueTimers.first else { return nil }
    let end = End(next.index / 2, next.index % 2 == 0 ? .client : .server)
    return (end, next.due.kind, next.due.at)
  }

  /// Notes which of an end's timers runs out first.
  mutating func noteTimers(of end: End) {
    var first = DueTimer()
    let endpoint = self[end]
    for (kind, timer) in endpoint.timers.running {
      // What cannot be seen on the wire nobody needs to be told of.
      let isSilent = timerLateness == .kernelWheel && endpoint.isProbeNeedless(kind)
      let late = isSilent ? RunningTimer.tick : timerLateness.limit(for: timer.duration)
      let at = timer.deadline + late
      if at < first.at { first = DueTimer(at: at, kind: kind) }
    }
    dueTimers.set(2 * end.connection + (end.side == .client ? 0 : 1), first)
  }

  mutating func expire(_ kind: TimerKind, at end: End, _ observer: Observer?) {
    drive(end, cause: .timer(kind), observer) { endpoint, now, journal in
      endpoint.expire(kind, at: now, &journal)
    }
  }

  private mutating func arrive(_ index: Int, _ observer: Observer?) {
    let time = now
    if log[index].arrivedAt == nil { log[index].arrivedAt = time }
    log[index].lastArrivedAt = time
    log[index].arrivals += 1
    let end = log[index].sender.peer
    let segment = log[index].segment
    report(.segmentArrived(end, index: index, segment), to: observer)
    drive(end, cause: .arrival(index), observer) { endpoint, now, journal in
      endpoint.arrive(segment, at: now, &journal)
    }
  }

  // MARK: Driving an end

  /// Lets an end handle a stimulus, then makes what it did come true step by step, so that whoever
  /// listens sees the network as it was right after each event.
  mutating func drive(
    _ end: End, cause: SendCause, _ observer: Observer?,
    _ stimulus: (inout Endpoint, Microseconds, inout Journal) -> Void
  ) {
    var journal = Journal(isListening: observer != nil)
    var endpoint = self[end]
    stimulus(&endpoint, now, &journal)
    for entry in journal.entries {
      switch entry {
      case .event(let event, let after):
        connections[end.connection][end.side] = after
        observer?(event, self)
      case .state(let from, let to, let reason, let after):
        stateLog.append(StateRecord(at: now, end: end, from: from, to: to, cause: reason))
        guard let after else { continue }
        connections[end.connection][end.side] = after
        report(.stateChanged(end, from: from, to: to, cause: reason), to: observer)
      case .sent(let outgoing, let after):
        if let after { connections[end.connection][end.side] = after }
        record(outgoing, from: end, cause, observer)
      }
    }
    connections[end.connection][end.side] = endpoint
    noteTimers(of: end)
  }

  // MARK: The wire

  /// Logs a segment and gives it to the wire.
  private mutating func record(
    _ outgoing: Journal.Outgoing, from end: End, _ cause: SendCause, _ observer: Observer?
  ) {
    let index = log.count
    let (segment, isRetransmission) = (outgoing.segment, outgoing.isRetransmission)
    if segment.flags.contains(.syn), !segment.flags.contains(.rst), !isRetransmission {
      connections[end.connection].setWireIss(segment.seq, end.side)
    }
    let connection = connections[end.connection]
    log.append(
      SegmentRecord(
        index: index, sender: end, sentAt: now, segment: segment,
        isRetransmission: isRetransmission, cause: cause,
        seqBase: connection.iss(of: end.side), ackBase: connection.iss(of: end.side.peer),
        incarnation: outgoing.incarnation, senderState: outgoing.state))
    report(
      .segmentSent(end, index: index, segment, isRetransmission: isRetransmission),
      to: observer)
    switch connections[end.connection].takeFate(end.side) {
    case .delivered:
      put(index, onWireUntil: now + (end.side == .client ? delay.client : delay.server))
    case .delivers(let delays):
      for delay in delays { put(index, onWireUntil: now + max(0, delay)) }
      noteCopies(index, end, delays.count, observer)
    case .arrives(let times):
      for time in times { put(index, onWireUntil: max(now, time)) }
      noteCopies(index, end, times.count, observer)
    case .lost:
      log[index].isLost = true
      report(.segmentLost(end, index: index), to: observer)
    case .held:
      log[index].isHeld = true
      report(.segmentHeld(end, index: index), to: observer)
    }
  }

  private mutating func noteCopies(
    _ index: Int, _ end: End, _ copies: Int, _ observer: Observer?
  ) {
    if copies == 0 { log[index].isLost = true }
    if copies > 1 {
      report(.segmentDuplicated(end, index: index, copies: copies), to: observer)
    }
  }

  mutating func inject(
    _ segment: Segment, from end: End, _ isRetransmission: Bool, _ observer: Observer?
  ) {
    let endpoint = self[end]
    let outgoing = Journal.Outgoing(
      segment: segment, isRetransmission: isRetransmission, state: endpoint.state,
      incarnation: endpoint.incarnation)
    record(outgoing, from: end, .script, observer)
  }

  /// Puts a copy on the wire; the wire stays sorted, the next to arrive last.
  mutating func put(_ index: Int, onWireUntil time: Microseconds) {
    rank += 1
    let item = InFlight(arrivesAt: time, departedAt: now, index: index, rank: rank)
    var low = 0
    var high = wire.count
    while low < high {
      let middle = (low + high) / 2
      if (wire[middle].arrivesAt, wire[middle].rank) > (item.arrivesAt, item.rank) {
        low = middle + 1
      } else {
        high = middle
      }
    }
    wire.insert(item, at: low)
  }
}
