import Models

/// Comparing one segment, one arrival, one residence.
extension TCPLadderCheck {
  /// Sorts what the model has sent since the last look by its sender.
  mutating func readLog() {
    while logPosition < network.log.count {
      sent[network.log[logPosition].sender, default: []].append(logPosition)
      logPosition += 1
    }
  }

  // MARK: Segments

  mutating func compareSend(_ send: TCPLadder.Send, _ row: TCPLadder.Row) -> Bilingual? {
    let end = End(row.connection ?? 0, send.side)
    let position = compared[end, default: 0]
    compared[end] = position + 1
    let name = words(send, row)
    guard let log = sent[end], position < log.count else {
      return Bilingual(
        "\(name.en): captured, but the model sends nothing", "\(name.zh)：捕获中有，但模型没有发送")
    }
    let record = network.log[log[position]]
    segmentOfLog[record.index] = send.segment
    noteContents(send, record)
    let model = record.segment
    let ignored = SegmentFlags.psh
    if send.flags.subtracting(ignored) != model.flags.subtracting(ignored) {
      return Self.difference(
        name, Bilingual("flags", "标志位"), captured: Bilingual(same: "\(send.flags)"),
        model: Bilingual(same: "\(model.flags)"))
    }
    func differ(
      _ what: String, zh: String? = nil, _ captured: UInt32?, _ model: UInt32?
    ) -> Bilingual? {
      func words(_ number: UInt32?) -> Bilingual {
        number.map { Bilingual(same: "\($0)") } ?? Bilingual("none", "中没有")
      }
      return captured == model
        ? nil
        : Self.difference(
          name, Bilingual(what, zh ?? what), captured: words(captured), model: words(model))
    }
    return differ("seq", send.relativeSeq, record.relativeSeq)
      ?? differ("ack", send.relativeAck, record.relativeAck)
      ?? differ("len", zh: "长度", UInt32(send.length), UInt32(model.payloadLength))
      ?? compareRetransmission(send, record, name) ?? compareCause(send, record, name)
      ?? compareOptions(send, model, name) ?? compareReuse(send, record, name, end)
      ?? compareRepeatedStates(send, row, name) ?? compareFate(send, row, name)
  }

  private func compareRetransmission(
    _ send: TCPLadder.Send, _ record: SegmentRecord, _ name: Bilingual
  ) -> Bilingual? {
    guard send.isRetransmission != record.isRetransmission else { return nil }
    func words(_ isOne: Bool) -> Bilingual { Bilingual("\(isOne)", isOne ? "中是" : "中不是") }
    return Self.difference(
      name, Bilingual("retransmission", "是否重传"), captured: words(send.isRetransmission),
      model: words(record.isRetransmission))
  }

  private func compareCause(
    _ send: TCPLadder.Send, _ record: SegmentRecord, _ name: Bilingual
  ) -> Bilingual? {
    let call = Bilingual("a call", "调用")
    let timer = Bilingual("a timer", "定时器")
    let script = Bilingual("the scripted peer", "脚本扮演的对端")
    func segment(_ number: Int) -> Bilingual {
      Bilingual("segment \(number)", "报文段 \(number)")
    }
    let model =
      switch record.cause {
      case .call: call
      case .arrival(let index):
        segmentOfLog[index].map(segment)
          ?? Bilingual("a segment that was not captured", "未被捕获的报文段")
      case .timer: timer
      case .script: script
      }
    let captured =
      switch send.cause {
      case .call: call
      case .arrival(let number, _): segment(number)
      case .timer: timer
      case .script: script
      }
    let what = Bilingual("sent because of", "发送原因")
    if captured != model, !isSameCause(send, record) {
      return Self.difference(name, what, captured: captured, model: model)
    }
    guard case .timer(let captured) = send.cause, case .timer(let kind) = record.cause else {
      return nil
    }
    let isAckTimer = kind == .delayedAck
    let isProbe = captured == "probe" && kind != .persist
    let isOther = isAckTimer ? captured == "retransmit" : captured == "delayed-ack"
    if isOther || isProbe {
      return Self.difference(
        name, what,
        captured: Bilingual(
          "\(captured) timer",
          Self.timer(captured == "delayed-ack" ? .delayedAck : .retransmission).zh),
        model: Self.timer(kind))
    }
    return nil
  }

  /// Whether the capture and the model name different things only because those happened within a
  /// moment: a timer while a call was made, arrivals in a burst, an acknowledgment at the tick behind
  /// an arrival, or a probe at the tick before one.
  private func isSameCause(_ send: TCPLadder.Send, _ record: SegmentRecord) -> Bool {
    guard let seen = sends[send.segment]?.at else { return false }
    if isPaced(send, record, seen) { return true }
    if case .call(let event) = send.cause, case .timer = record.cause {
      let called = event.flatMap { timeOf[$0] } ?? record.sentAt
      return (0...TCPLadder.Tolerance.stall).contains(seen - called)
    }
    guard let captured = arrival(behind: send) else { return false }
    switch record.cause {
    case .arrival(let index):
      guard let model = network.log[index].lastArrivedAt else { return false }
      return abs(captured - model) <= TCPLadder.Tolerance.burst
    case .timer(.pacing):
      let stall = TCPLadder.Tolerance.stall
      return (0...stall).contains(seen - captured)
        && (-1...stall).contains(record.sentAt - captured)
    case .timer(.delayedAck):
      let tick = TCPLadder.Tolerance.tick
      return (-tick...2 * tick).contains(record.sentAt - captured)
    case .timer(let kind):
      let tick = TCPLadder.Tolerance.tick
      return seen >= captured && abs(record.sentAt - captured) <= tick
        && (send.isRetransmission || kind == .lossProbe)
    default: return false
    }
  }

  /// When what a segment is said to answer arrived first; nil where it answers nothing of the peer's.
  private func arrival(behind send: TCPLadder.Send) -> Microseconds? {
    guard case .arrival(let segment, _) = send.cause,
      sends[segment]?.send.side == send.side.peer
    else { return nil }
    return firstArrival[segment]
  }

  /// Whether a segment only waited for its turn since the model sent it: a kernel spreads a window over
  /// a round trip at most, BBR what goes again too, and the turn may come with an arrival.
  ///
  /// Source: Linux `tcp_pacing_check`.
  private func isPaced(
    _ send: TCPLadder.Send, _ record: SegmentRecord, _ seen: Microseconds
  ) -> Bool {
    let tick = TCPLadder.Tolerance.tick
    let wait = seen - record.sentAt
    guard send.length > 0, wait >= -tick,
      wait <= max(tick, network[record.sender].roundTrip.srtt)
    else { return false }
    let isBBR = ladder.congestionControl == .bbr
    switch send.cause {
    case .timer(let name):
      return send.isRetransmission ? isBBR && name == "retransmit" : name.isEmpty
    case .arrival:
      guard isBBR, let arrival = arrival(behind: send) else { return false }
      return record.sentAt < arrival && arrival <= seen && seen - arrival <= 2 * tick
    case .call, .script: return false
    }
  }

  private func compareOptions(
    _ send: TCPLadder.Send, _ model: Segment, _ name: Bilingual
  ) -> Bilingual? {
    guard send.flags.contains(.syn), send.cause != .script else { return nil }
    var options = [
      (Bilingual("MSS option", "MSS 选项"), send.mss != nil, model.mss != nil),
      (Bilingual("SACK option", "SACK 选项"), send.sackPermitted, model.sackPermitted),
    ]
    if ladder.saysScaling {
      options.append(
        (
          Bilingual("window scale option", "窗口扩大选项"), send.windowShift != nil,
          model.windowShift != nil
        ))
    }
    func words(_ isThere: Bool) -> Bilingual {
      isThere ? Bilingual("there", "中有") : Bilingual("missing", "中没有")
    }
    for (what, captured, model) in options where captured != model {
      return Self.difference(name, what, captured: words(captured), model: words(model))
    }
    return nil
  }

  /// The ISN of a life that took TIME_WAIT's place lies a known distance from the one before.
  private func compareReuse(
    _ send: TCPLadder.Send, _ record: SegmentRecord, _ name: Bilingual, _ end: End
  ) -> Bilingual? {
    guard send.flags.contains(.syn), !send.isRetransmission, send.cause != .script,
      let isns = ladder.connections[end.connection].isns[send.side], record.incarnation >= 2,
      record.incarnation <= isns.count
    else { return nil }
    let captured = isns[record.incarnation - 1] &- isns[record.incarnation - 2]
    let previous = sent[end]?.last { network.log[$0].incarnation == record.incarnation - 1 }
    guard let base = previous.flatMap({ network.log[$0].seqBase }) else { return nil }
    let model = record.segment.seq.relative(to: base)
    return captured == model
      ? nil
      : Self.difference(
        name, Bilingual("distance from the earlier ISN", "与上一个 ISN 的差"),
        captured: Bilingual(same: "\(captured)"), model: Bilingual(same: "\(model)"))
  }

  /// A send repeats the states of the event that caused it.
  private func compareRepeatedStates(
    _ send: TCPLadder.Send, _ row: TCPLadder.Row, _ name: Bilingual
  ) -> Bilingual? {
    guard let event = send.cause.event, let cause = statesAt[event] else { return nil }
    for (isBefore, captured, model) in [
      (true, row.before, cause.before), (false, row.after, cause.after),
    ] {
      guard let captured else { continue }
      for side in Side.allCases where captured[side] != model[side] {
        return Self.difference(
          name, state(side, isBefore: isBefore),
          captured: Bilingual(same: captured[side].rawValue),
          model: Bilingual(same: model[side].rawValue))
      }
    }
    return nil
  }

  /// What the ladder says of a segment's fate must agree with its arrivals.
  private func compareFate(
    _ send: TCPLadder.Send, _ row: TCPLadder.Row, _ name: Bilingual
  ) -> Bilingual? {
    guard send.fate == .delivered, let last = ladder.rows.last?.at else { return nil }
    let due = row.at + ladder.oneWayDelay + TCPLadder.Tolerance.arrival
    if last > due, !received.contains(send.segment) {
      return Bilingual(
        "\(name.en): fate: captured delivered, but no event says that it arrived",
        "\(name.zh)：捕获称它已送达，但没有事件表明它到达过")
    }
    return nil
  }

  // MARK: Arrivals

  func compareArrival(_ arrival: TCPLadder.Receive, _ row: TCPLadder.Row) -> Bilingual? {
    let name = words(row)
    let segment = arrival.segment
    guard let (sentAt, send) = sends[segment] else {
      return Bilingual(
        "\(name.en): captured, but no event says that it was sent",
        "\(name.zh)：捕获中有，但没有事件表明它曾发出")
    }
    func differ(_ what: Bilingual, _ captured: String, _ model: String) -> Bilingual {
      Self.difference(
        name, what, captured: Bilingual(same: captured), model: Bilingual(same: model))
    }
    let ignored = SegmentFlags.psh
    if let flags = arrival.flags, flags.subtracting(ignored) != send.flags.subtracting(ignored) {
      return differ(Bilingual("flags", "标志位"), "\(flags)", "\(send.flags)")
    }
    if let seq = arrival.seq, seq != send.seq {
      return differ(Bilingual(same: "seq"), "\(seq)", "\(send.seq)")
    }
    if let length = arrival.length, length != send.length {
      return differ(Bilingual("len", "长度"), "\(length)", "\(send.length)")
    }
    if send.side == arrival.side {
      return Bilingual(
        "\(name.en): captured at the end that sent it", "\(name.zh)：捕获于发送它的一端")
    }
    switch send.fate {
    case .dropped:
      return Bilingual(
        "\(name.en): fate: captured dropped, but it arrived",
        "\(name.zh)：捕获称它已丢弃，但它到达了")
    case .held, .delayed: return nil
    case .delivered:
      let elapsed = row.at - sentAt
      let isRepeat = row.at > (firstArrival[segment] ?? row.at)
      if isRepeat { return nil }
      let due = sentAt + ladder.oneWayDelay
      return row.at >= due - 1000 && longestPause(from: due, to: row) <= TCPLadder.Tolerance.arrival
        ? nil
        : Bilingual(
          "\(name.en): captured \(elapsed / 1000) ms after sending, the wire's delay is "
            + "\(ladder.oneWayDelay / 1000) ms",
          "\(name.zh)：捕获于发送后 \(elapsed / 1000) ms，而线路的延迟是 "
            + "\(ladder.oneWayDelay / 1000) ms")
    }
  }

  /// The longest time in which no segment set out or arrived between a moment and a later row; the
  /// whole of it where that is very long.
  ///
  /// The wire of a capture does one thing after the other: with many connections it may be late, but
  /// not idle.
  private func longestPause(from due: Microseconds, to row: TCPLadder.Row) -> Microseconds {
    guard row.at - due <= TCPLadder.Tolerance.busy else { return row.at - due }
    var later = row.at
    var longest: Microseconds = 0
    var index = position - 1
    while later > due, index >= 0 {
      defer { index -= 1 }
      switch ladder.rows[index].kind {
      case .app, .state: if ladder.rows[index].at > due { continue }
      case .send, .receive: break
      }
      let at = max(due, ladder.rows[index].at)
      longest = max(longest, later - at)
      later = at
    }
    return max(longest, later - due)
  }

  // MARK: Residences

  func compareMeasured() -> Bilingual? {
    for item in ladder.measured {
      let end = End(item.connection, item.side)
      let (state, enter) = (item.state.rawValue, seconds(item.enter))
      let name = Bilingual(
        "\(item.side.name) in \(state) from \(enter)",
        "\(zh(item.side))从 \(enter) 起停留在 \(state)")
      let hits = item.hits.compactMap { hit -> Bilingual? in
        guard let row = ladder.rows.first(where: { abs($0.at - hit.at) <= 2 }),
          let shown = row.timeWaitLeft[item.side]
        else { return nil }
        return TCPLadder.Tolerance.timeWaitValue.contains(shown - hit.left)
          ? nil
          : Self.difference(
            name,
            Bilingual(
              "timer after the arrival at \(seconds(hit.at))", "\(seconds(hit.at)) 的报文段到达后的定时器"),
            captured: Bilingual(same: "\(hit.left / 1000) ms"),
            model: Bilingual(same: "\(shown / 1000) ms"))
      }
      if let difference = hits.first { return difference }
      guard let leave = item.leave, item.leftBy == "timer" else { continue }
      let restarted = item.hits.filter { $0.left > network.rules(of: item.side).timeWait - 8000 }
      let begin = item.state == .timeWait ? restarted.last?.at ?? item.enter : item.enter
      let stayed = leave - begin
      let rules = network.rules(of: end.side)
      let (least, most) =
        item.state == .timeWait
        ? (rules.timeWait, rules.timeWait + 4_000_000)
        : (rules.finWait2Timeout ?? 0, (rules.finWait2Timeout ?? 0) * 108 / 100 + 100_000)
      if stayed < least - 10_000 || stayed > most {
        return Self.difference(
          name, captured: Bilingual(same: seconds(stayed)), model: Bilingual(same: seconds(least)))
      }
    }
    return nil
  }
}
