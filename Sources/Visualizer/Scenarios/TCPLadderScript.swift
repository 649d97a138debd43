import Models

/// Turning a captured ladder into a script for the model: the calls, the fate of each segment, and
/// the moments at which coarse timers ran out. What the ends did is not part of it.
extension TCPLadder {
  /// What a row asks of the model.
  struct Step {
    /// When, strictly after the step before.
    var at: Microseconds
    /// What to do before time passes up to the row.
    var before: [TCPOperation] = []
    /// What to do when the time has come.
    var operations: [TCPOperation] = []
    /// The timers that the capture says ran out.
    var expires: [(end: End, kind: TimerKind)] = []
    /// The timers that ran out while a call was made, if they were about to.
    var mayExpire: [Overdue] = []
    /// The timers that ran out just before the row, if they were about to.
    var mayExpireBefore: [Overdue] = []
    /// The timers that ran out just behind the row, if they were about to.
    var mayExpireAfter: [Overdue] = []
  }

  /// A timer that may have sent what a capture takes for the effect of something else.
  struct Overdue {
    var end: End
    var kind: TimerKind
    var send: Send
    /// When the segment was seen.
    var at: Microseconds
    /// How many segments of the end come of the same row, up to this one.
    var ordinal: Int
  }

  /// The rules that the captured system of a side followed.
  func rules(of side: Side) -> TCPRules {
    var rules = TCPRules.linux
    let settings = settings[side] ?? [:]
    func on(_ name: String, _ missing: Bool) -> Bool { settings[name].map { $0 != 0 } ?? missing }
    func within(_ name: String, _ range: ClosedRange<Int>) -> Int? {
      settings[name].flatMap { range.contains($0) ? $0 : nil }
    }
    rules.mss = family == 6 ? 1440 : 1460
    rules.networkHeader = family == 6 ? 40 : 20
    rules.congestionControl = congestionControl
    rules.timerSlack = TCPLadder.Tolerance.wire
    rules.pacesLoosely = true
    if !on("tcp_window_scaling", true) {
      rules.windowShift = nil
    } else if let shift = windowShift(of: side) {
      rules.windowShift = shift
    }
    rules.offersTimestamps = on("tcp_timestamps", true)
    rules.offersSack = on("tcp_sack", true)
    rules.ignoresResetInTimeWait = on("tcp_rfc1337", false)
    rules.reusesTimeWait = settings["tcp_tw_reuse"] == 1
    if let seconds = within("tcp_fin_timeout", 0...86_400) {
      rules.finWait2Timeout = seconds * 1_000_000
    }
    if let rto = within("tcp_rto_min_us", 1...10_000_000) { rules.minRto = rto }
    if let early = settings["tcp_early_retrans"] { rules.tailLossProbe = early == 3 || early == 4 }
    if let retries = within("tcp_syn_retries", 0...127) { rules.synRetries = retries }
    if let retries = within("tcp_synack_retries", 0...255) { rules.synAckRetries = retries }
    if let linear = within("tcp_syn_linear_timeouts", 0...127) { rules.linearSynTimeouts = linear }
    if let retries = within("tcp_retries2", 1...60) {
      rules.dataPatience = Self.patience(retries: retries)
    }
    if let retries = within("tcp_orphan_retries", 1...60) {
      rules.orphanPatience = Self.patience(retries: retries)
    }
    return rules
  }

  /// Whether the ladder says which SYNs offer window scaling.
  var saysScaling: Bool { Side.allCases.contains { windowShift(of: $0) != nil } }

  /// The window scale that a side's SYNs offer, if the ladder says that.
  private func windowShift(of side: Side) -> UInt8? {
    for case .send(let send) in rows.lazy.map(\.kind) where send.side == side {
      if let shift = send.windowShift { return shift }
    }
    return nil
  }

  /// How long so many retransmissions last.
  ///
  /// Source: Linux `tcp_model_timeout`.
  private static func patience(retries: Int) -> Microseconds {
    let doublings = min(retries, 9)
    return ((2 << doublings) - 1) * 200_000 + (retries - doublings) * 120_000_000
  }

  /// The network before anything happened.
  var initial: TCPNetwork {
    TCPNetwork(
      client: rules(of: .client), server: rules(of: .server), delay: oneWayDelay,
      timerLateness: .kernelWheel)
  }

  /// What sets the network up: connections, scripted ends, and the fate of every segment.
  var preparation: [TCPOperation] {
    var operations = connections.map {
      TCPOperation.addConnection(clientPort: $0.clientPort, serverPort: $0.serverPort)
    }
    var arrivals: [Int: [Microseconds]] = [:]
    let times = rowTimes
    for (index, row) in rows.enumerated() {
      if case .receive(let arrival) = row.kind {
        arrivals[arrival.segment, default: []].append(times[index])
      }
    }
    var scripted: Set<End> = []
    for row in rows {
      guard case .send(let send) = row.kind, let connection = row.connection else { continue }
      let end = End(connection, send.side)
      if send.cause == .script, scripted.insert(end).inserted {
        operations.append(.playByScript(end))
      }
      operations.append(.fate(end, Self.fate(of: send, arrivals: arrivals[send.segment] ?? [])))
    }
    return operations
  }

  private static func fate(of send: Send, arrivals: [Microseconds]) -> Fate {
    switch send.fate {
    case .dropped: .lost
    case .held, .delayed: arrivals.isEmpty ? .held : .arrives(at: arrivals)
    case .delivered: arrivals.isEmpty ? .delivered : .arrives(at: arrivals)
    }
  }

  /// The rows' times, each made later than the one before, so that every row has a moment of its own.
  var rowTimes: [Microseconds] {
    var last = 0
    return rows.map { row in
      last = max(last + 1, row.at)
      return last
    }
  }

  /// What the rows ask of the model, one step each.
  var steps: [Step] {
    var steps = rowTimes.map { Step(at: $0) }
    var lives: [End: Int] = [:]
    var positions: [Int: Int] = [:]
    var ordinals: [Int: [End: Int]] = [:]
    let clocks = TCPLadderClocks(self)
    var isSet: Set<End> = []
    for (position, row) in rows.enumerated() {
      positions[row.index] = position
      switch row.kind {
      case .app(let app): steps[position].operations = calls(app, row)
      case .state: steps[position].expires = expiries(row)
      case .receive: break
      case .send(let send):
        let end = End(row.connection ?? 0, send.side)
        let cause = send.cause.event.flatMap { positions[$0] } ?? position
        if send.flags.contains(.syn), !send.flags.contains(.rst), !send.isRetransmission,
          !isAnswerInSimultaneousOpen(send, row)
        {
          let life = lives[end, default: 0]
          lives[end] = life + 1
          let isns = connections[end.connection].isns[send.side] ?? []
          let iss = SequenceNumber(life < isns.count ? isns[life] : send.seq)
          steps[cause].before.append(.nextIss(end, iss))
        }
        ordinals[cause, default: [:]][end, default: 0] += 1
        let ordinal = ordinals[cause]?[end] ?? 1
        if ordinal == 1 { readClock(send, end, clocks, &isSet, &steps[cause]) }
        timersBehind(send, end, at: row.at, ordinal, of: rows[cause], &steps[cause])
        if send.cause == .script {
          steps[position].operations = [injection(send, end, life: lives[end, default: 0])]
        } else if case .timer(let name) = send.cause {
          steps[position].expires = [(end, kind(ofTimer: name, send))]
        }
      }
    }
    return steps
  }

  /// Tells the model what a host's clock showed when it sent something: that is no choice of TCP's, and
  /// decides what is old.
  private func readClock(
    _ send: Send, _ end: End, _ clocks: TCPLadderClocks, _ isSet: inout Set<End>,
    _ step: inout Step
  ) {
    guard send.cause != .script, let stamp = send.timestamp?.value else { return }
    if let lead = clocks.lead(of: end) {
      if isSet.insert(end).inserted {
        step.before.append(.clock(end, reads: step.at + lead, at: step.at))
      }
    } else {
      step.before.append(.clock(end, reads: Int(stamp) * 1000, at: step.at))
    }
    step.before.append(.stamp(end, stamp, at: step.at))
  }

  /// Notes the timers that may have run out just before, while or just after something happened that
  /// a segment seems to come of.
  ///
  /// A call that sends carries the acknowledgment along, and none repeats what was sent: if such a
  /// segment was seen, a timer ran out while the call was made. Reading may acknowledge; where it does
  /// not, the timer has done it. What is new may be a probe that Nagle's rule had held back.
  private func timersBehind(
    _ send: Send, _ end: End, at: Microseconds, _ ordinal: Int, of row: Row, _ step: inout Step
  ) {
    func overdue(_ kind: TimerKind) -> Overdue {
      Overdue(end: end, kind: kind, send: send, at: at, ordinal: ordinal)
    }
    switch (send.cause, row.kind) {
    case (.call, .app(let app)):
      let kind = send.isPureAck ? TimerKind.delayedAck : .retransmission
      let sends = ["connect", "send", "close", "shutdown_wr"].contains(app.call)
      if sends, !send.isPureAck, !send.isRetransmission {
        step.mayExpireBefore.append(overdue(kind))
        step.mayExpireAfter.append(overdue(kind))
      } else if app.call == "recv" {
        if send.isPureAck { step.mayExpireBefore.append(overdue(kind)) }
        step.mayExpireAfter.append(overdue(kind))
      } else if app.call != "connect" || !send.isPureAck {
        step.mayExpire.append(overdue(kind))
      }
    case (.arrival, .receive):
      if send.isPureAck {
        step.mayExpireBefore.append(overdue(.delayedAck))
        step.mayExpireAfter.append(overdue(.delayedAck))
      }
      if send.isRetransmission {
        step.mayExpireBefore.append(overdue(.retransmission))
        step.mayExpireAfter.append(overdue(.retransmission))
      }
      if !send.isPureAck {
        step.mayExpireBefore.append(overdue(.pacing))
        step.mayExpireAfter.append(overdue(.pacing))
        // What is new may be a probe as well.
        if !send.isRetransmission {
          step.mayExpireBefore.append(overdue(.lossProbe))
          step.mayExpireAfter.append(overdue(.lossProbe))
        }
      }
    default: break
    }
  }

  /// A SYN ACK after an own SYN takes no new number.
  private func isAnswerInSimultaneousOpen(_ send: Send, _ row: Row) -> Bool {
    send.flags.contains(.ack) && row.before?[send.side] == .synSent
  }

  private func kind(ofTimer name: String, _ send: Send) -> TimerKind {
    switch name {
    case "delayed-ack": return .delayedAck
    case "retransmit": return .retransmission
    case "probe": return .persist
    default: return send.isPureAck ? .delayedAck : .retransmission
    }
  }

  private func expiries(_ row: Row) -> [(end: End, kind: TimerKind)] {
    guard let before = row.before, let after = row.after, let connection = row.connection else {
      return []
    }
    return Side.allCases.filter { before[$0] != after[$0] }.map { side in
      let kind: TimerKind =
        switch before[side] {
        case .timeWait: .timeWait
        case .finWait2: .finWait2
        default: .retransmission
        }
      return (End(connection, side), kind)
    }
  }

  /// The calls of a row.
  ///
  /// A listen without connection is made for the first connection to each port.
  private func calls(_ app: App, _ row: Row) -> [TCPOperation] {
    if let connection = row.connection {
      return [.call(End(connection, app.side), call(app, row, connections[connection]))]
    }
    var ports: Set<Int> = []
    var operations: [TCPOperation] = []
    for (index, connection) in connections.enumerated() {
      let port = app.side == .client ? connection.clientPort : connection.serverPort
      if app.call == "listen", ports.insert(port).inserted {
        operations.append(.call(End(index, app.side), .listen))
      }
    }
    return operations
  }

  private func call(_ app: App, _ row: Row, _ connection: Connection) -> Call {
    switch app.call {
    case "listen": return .listen
    case "connect":
      let isAutomatic = automaticPorts?.contains(connection.clientPort) ?? false
      return .connect(automaticPort: app.side == .client && isAutomatic)
    case "accept": return .accept
    case "connect_result": return .connectResult
    case "send": return .send(app.takenCount)
    case "recv": return .receive(65536)
    case "shutdown_wr": return .shutdownWrite
    case "shutdown_rd": return .shutdownRead
    case "destroy_time_wait": return .destroyTimeWait
    default: return isAbort(app, row) ? .abort : .close
    }
  }

  /// Whether a close was an abort: ladders do not say that SO_LINGER was set to 0.
  ///
  /// A close that ends a connection at once can come from nothing else, or from unread bytes.
  private func isAbort(_ app: App, _ row: Row) -> Bool {
    guard let before = row.before?[app.side], row.after?[app.side] == .closed else { return false }
    switch before {
    case .established, .closeWait, .finWait1, .finWait2, .synRcvd, .closing, .lastAck: return true
    default: return false
    }
  }

  /// A scripted peer's segment, with whose bytes it carries.
  private func injection(_ send: Send, _ end: End, life: Int) -> TCPOperation {
    var segment = Segment(
      send.flags, seq: SequenceNumber(send.seq), ack: SequenceNumber(send.ack ?? 0),
      window: send.window)
    segment.mss = send.mss
    segment.sackPermitted = send.sackPermitted
    segment.windowShift = send.windowShift
    segment.timestamp = send.timestamp
    if send.length > 0 {
      let offset = Int(Int32(bitPattern: (send.relativeSeq ?? 1) &- 1))
      segment.payload = Payload(
        StreamOrigin(end, incarnation: life), offset: offset, count: send.length)
    }
    return .inject(from: end, segment, isRetransmission: send.isRetransmission)
  }
}

extension TCPLadder.Send {
  /// Whether it carries an acknowledgment and nothing else.
  var isPureAck: Bool { length == 0 && flags.isDisjoint(with: [.syn, .fin, .rst]) }
}

extension TCPLadder.Send.Cause {
  /// The event that made the end send, where it is known.
  var event: Int? {
    switch self {
    case .call(let event): event
    case .arrival(_, let event): event
    case .timer, .script: nil
    }
  }
}
