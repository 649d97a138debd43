import Models

/// All that a model's run knows of an item.
struct TCPInspector {
  let network: TCPNetwork
  let now: Microseconds
  let language: Language

  typealias Facts = [(String, String)]

  func word(_ en: String, _ zh: String) -> String { Bilingual(en, zh)[language] }
  func flag(_ value: Bool) -> String { value ? word("yes", "是") : word("no", "否") }
  func time(_ time: Microseconds) -> String {
    let text = ClockText.seconds(time / 1000)
    return word("\(text) s", "\(text) 秒")
  }

  func inspect(_ item: Item) -> Inspection? {
    switch item.kind {
    case "segment": return segment(item.path[0])
    case "end": return TCPItem.end(of: item).flatMap(end)
    case "timer":
      return TCPItem.end(of: item).flatMap { timer($0, TimerKind.allCases[item.path[2]]) }
    case "state": return state(TCPItem.state(of: item))
    case "connection": return connection(item.path[0])
    default: return nil
    }
  }

  // MARK: - Segments

  private func segment(_ index: Int) -> Inspection? {
    guard index >= 0, index < network.log.count else { return nil }
    let record = network.log[index]
    let segment = record.segment
    let isForward = record.sender.side == .client
    func both(_ relative: UInt32?, _ number: SequenceNumber) -> String {
      "\(relative.map { "\($0)" } ?? "?") (\(number))"
    }
    var facts: Facts = [
      ("flags", segment.flags.names),
      (
        word("from", "方向"),
        isForward ? word("client to server", "客户端到服务器") : word("server to client", "服务器到客户端")
      ),
      ("seq", both(record.relativeSeq, segment.seq)),
    ]
    if segment.flags.contains(.ack) {
      facts.append(("ack", both(record.relativeAck, segment.ack)))
      facts.append(
        (word("acknowledges", "确认了"), Acknowledged(index, in: network)?.text[language] ?? "?"))
    }
    facts.append((word("length", "长度"), TCPWords.bytes(segment.payloadLength, language)))
    facts.append((word("numbers", "序列号数"), "\(segment.length)"))
    if let payload = segment.payload {
      let last = payload.offset + payload.count
      facts.append((word("of the stream", "流中字节"), "\(payload.offset + 1)-\(last)"))
    }
    facts.append((word("window", "窗口"), "\(segment.window)"))
    facts += options(segment) + reported(record) + journey(record)
    return Inspection(word("segment \(index)", "报文段 \(index)"), facts)
  }

  private func options(_ segment: Segment) -> Facts {
    var facts: Facts = []
    if let mss = segment.mss { facts.append(("MSS", "\(mss)")) }
    if segment.sackPermitted { facts.append(("SACK", word("permitted", "允许"))) }
    if let shift = segment.windowShift { facts.append(("wscale", "\(shift)")) }
    if let stamp = segment.timestamp {
      facts.append(
        (word("timestamps", "时间戳"), "\(stamp.value), \(word("echo", "回显")) \(stamp.echo)"))
    }
    return facts
  }

  /// What a report says to have arrived out of order, first and last number of each range, counted as the
  /// acknowledged number is.
  private func reported(_ record: SegmentRecord) -> Facts {
    record.segment.sack.map { range in
      guard let ack = record.relativeAck else { return ("SACK", "\(range.start)-\(range.end - 1)") }
      let first = ack &+ (range.start.value &- record.segment.ack.value)
      return ("SACK", "\(first)-\(first &+ UInt32(truncatingIfNeeded: range.count) &- 1)")
    }
  }

  /// When and why it was sent, and what became of it.
  private func journey(_ record: SegmentRecord) -> Facts {
    var facts: Facts = [
      (word("sent", "发送"), time(record.sentAt)), (word("because of", "原因"), cause(record.cause)),
    ]
    if record.isRetransmission {
      let first = original(of: record).map { word("of segment \($0)", "报文段 \($0)") }
      facts.append((word("retransmission", "重传"), first ?? word("yes", "是")))
    }
    if record.isLost {
      facts.append((word("arrived", "到达"), word("never: lost", "没有：丢失")))
    } else if let at = record.arrivedAt {
      facts.append((word("arrived", "到达"), time(at)))
      if record.arrivals > 1 { facts.append((word("copies", "份数"), "\(record.arrivals)")) }
    } else {
      facts.append(
        (
          word("arrived", "到达"),
          record.isHeld
            ? word("not yet: held back", "尚未：被扣住") : word("not yet: on the wire", "尚未：在途")
        ))
    }
    facts.append((word("sender was", "发送端当时"), record.senderState.rawValue))
    return facts
  }

  private func cause(_ cause: SendCause) -> String {
    switch cause {
    case .call: word("a call", "调用")
    case .arrival(let index): word("segment \(index) arriving", "报文段 \(index) 到达")
    case .timer(let kind): word("timer \(LadderEnd.name(kind))", "定时器 \(LadderEnd.name(kind))")
    case .script: word("the script", "脚本")
    }
  }

  /// How many segments before a retransmission are looked through for the first one.
  private static let lookback = 2000

  /// The first segment of the same life that carried a retransmission's first number.
  private func original(of record: SegmentRecord) -> Int? {
    guard record.index > 0 else { return nil }
    for index in max(0, record.index - Self.lookback)..<record.index {
      let earlier = network.log[index]
      let numbers = SequenceRange(earlier.segment.seq, earlier.segment.end)
      if earlier.sender == record.sender, earlier.incarnation == record.incarnation,
        earlier.segment.length > 0, numbers.start.isAtOrBefore(record.segment.seq),
        numbers.end.isAfter(record.segment.seq)
      {
        return index
      }
    }
    return nil
  }

  // MARK: - Ends

  private func end(_ end: End) -> Inspection? {
    guard network.exists(end) else { return nil }
    let tcb = network[end]
    let base = network.connections[end.connection].iss(of: end.side) ?? tcb.iss
    let hasLived = tcb.incarnation > 0
    func sent(_ number: SequenceNumber) -> String {
      hasLived ? "\(number.relative(to: base)) (\(number))" : "-"
    }
    func received(_ number: SequenceNumber) -> String {
      tcb.irs.map { "\(number.relative(to: $0)) (\(number))" } ?? "-"
    }
    var facts: Facts = [
      (word("state", "状态"), tcb.state.rawValue), ("sndUna", sent(tcb.sndUna)),
      ("sndNxt", sent(tcb.sndNxt)), ("sndWnd", "\(tcb.sndWnd)"), ("rcvNxt", received(tcb.rcvNxt)),
      ("rcvWnd", "\(tcb.rcvWnd)"), ("iss", hasLived ? "\(tcb.iss)" : "-"),
      ("irs", tcb.irs.map { "\($0)" } ?? "-"), ("rto", Ladder.duration(tcb.rto)),
      ("srtt", tcb.roundTrip.srtt == 0 ? "-" : Ladder.duration(tcb.roundTrip.srtt)),
    ]
    if hasLived { facts += congestion(tcb.congestion) }
    facts += timers(end)
    facts += [
      (
        word("unacknowledged", "未确认"),
        TCPWords.bytes(max(0, tcb.sentCount - tcb.acknowledgedCount), language)
      ),
      (word("written", "已写入"), TCPWords.bytes(tcb.writtenCount, language)),
      (
        word("delivered", "已按序到达"),
        TCPWords.bytes(tcb.delivered.reduce(0) { $0 + $1.count }, language)
      ),
      (
        word("out of order", "乱序保留"),
        TCPWords.bytes(tcb.kept.reduce(0) { $0 + $1.range.count }, language)
      ),
      (word("timeouts", "超时次数"), "\(tcb.timeouts)"), ("MSS", "\(tcb.sendMss)"),
      ("SACK", flag(tcb.sackOn)), (word("timestamps", "时间戳"), flag(tcb.timestampsOn)),
      (word("opened", "打开方式"), tcb.isPassive ? word("passively", "被动") : word("actively", "主动")),
      (word("user closed", "用户已关闭"), flag(tcb.isOrphan)),
      (word("life", "第几次连接"), "\(tcb.incarnation)"),
    ]
    if let error = tcb.pendingError { facts.append((word("next error", "待报错误"), error.rawValue)) }
    let connection = network.connections[end.connection]
    let port = end.side == .client ? connection.clientPort : connection.serverPort
    return Inspection("\(CaptureWords.name(end.side)[language]) :\(port)", facts)
  }

  /// What the end thinks of the path.
  private func congestion(_ congestion: Congestion) -> Facts {
    let (window, inFlight) = (congestion.window, congestion.inFlight)
    var facts: Facts = [
      (
        "cwnd",
        word("\(window) segments, \(inFlight) in flight", "\(window) 段，在途 \(inFlight) 段")
      )
    ]
    if congestion.control != .bbr {
      facts.append(("ssthresh", congestion.threshold.map { "\($0)" } ?? word("none yet", "尚无")))
    }
    facts.append((word("congestion", "拥塞控制"), phase(congestion)))
    return facts
  }

  private func phase(_ congestion: Congestion) -> String {
    let control =
      switch congestion.control {
      case .reno: "RFC 5681"
      case .cubic: "CUBIC"
      case .bbr: "BBR"
      }
    let phase =
      switch congestion.phase {
      case .slowStart: word("slow start", "慢启动")
      case .avoidance: word("avoidance", "拥塞避免")
      case .recovery: word("recovery", "恢复")
      case .timeout: word("anew behind a timeout", "超时后重新开始")
      case .startup: "STARTUP"
      case .drain: "DRAIN"
      case .probeBandwidth: "PROBE_BW"
      case .probeRoundTrip: "PROBE_RTT"
      }
    return word("\(control), \(phase)", "\(control)，\(phase)")
  }

  private func timers(_ end: End) -> Facts {
    let running = network[end].timers.running
    if running.isEmpty { return [(word("timers", "定时器"), word("none runs", "无"))] }
    return running.map { kind, timer in
      (LadderEnd.name(kind), left(timer))
    }
  }

  private func left(_ timer: RunningTimer) -> String {
    let left = Ladder.duration(max(0, timer.deadline - now))
    let all = Ladder.duration(timer.duration)
    return word("\(left) left of \(all)", "剩 \(left)，共 \(all)")
  }

  private func timer(_ end: End, _ kind: TimerKind) -> Inspection? {
    guard network.exists(end), let timer = network[end].timers[kind] else { return nil }
    return Inspection(
      "\(CaptureWords.name(end.side)[language]) \(LadderEnd.name(kind))",
      [
        (word("waits for", "等待"), Self.purpose(kind)[language]), (word("left", "剩余"), left(timer)),
        (word("started", "启动"), time(timer.startedAt)),
        (word("runs out", "到期"), time(timer.deadline)),
        (word("timeouts so far", "已超时次数"), "\(network[end].timeouts)"),
      ])
  }

  private static func purpose(_ kind: TimerKind) -> Bilingual {
    switch kind {
    case .retransmission: Bilingual("an acknowledgment, else resends", "确认，否则重传")
    case .lossProbe: Bilingual("an ACK of the tail, else probes", "尾部的确认，否则探测")
    case .reordering: Bilingual("a segment that may be late", "可能迟到的报文段")
    case .delayedAck: Bilingual("data to send the ACK with", "可捎带确认的数据")
    case .timeWait: Bilingual("old segments to die", "旧报文段消失")
    case .finWait2: Bilingual("the peer's FIN", "对方的 FIN")
    case .persist: Bilingual("a window, else probes", "窗口打开，否则探测")
    case .pacing: Bilingual("its turn to send more", "轮到下一批发送")
    }
  }

  // MARK: - States and connections

  private func state(_ state: ConnectionState) -> Inspection? {
    var ends: [(Side, String)] = []
    if network.connections.count == 1 {
      for side in Side.allCases where network[End(0, side)].state == state {
        ends.append((side, ""))
      }
    } else {
      for side in Side.allCases {
        let count = network.connections.count { $0[side].state == state }
        if count > 0 { ends.append((side, " ×\(count)")) }
      }
    }
    return StateFacts(state: state).inspection(ends, language)
  }

  private func connection(_ index: Int) -> Inspection? {
    guard network.connections.indices.contains(index) else { return nil }
    let connection = network.connections[index]
    let line = TCPConnectionEndings(network).line(index)
    var facts: Facts = []
    for side in Side.allCases {
      let port = side == .client ? connection.clientPort : connection.serverPort
      facts.append(
        (
          CaptureWords.name(side)[language],
          word("port \(port)", "端口 \(port)")
            + ", \(connection[side].state.rawValue)"
        ))
    }
    facts.append((word("it is", "结局"), line.ending[language]))
    for (head, value) in zip(TCPConnectionEndings.heads, line.extra) {
      facts.append((head[language], value))
    }
    facts.append(
      (
        word("lives", "连接次数"),
        "\(max(connection.client.incarnation, connection.server.incarnation))"
      ))
    return Inspection(word("connection \(index + 1)", "连接 \(index + 1)"), facts)
  }
}

extension Acknowledged {
  /// What a segment of a run acknowledged, from those of its connection before it.
  init?(_ index: Int, in network: TCPNetwork) {
    let record = network.log[index]
    let before = (max(0, index - 2000)..<index).reversed().lazy
      .map { network.log[$0] }
      .filter { $0.sender.connection == record.sender.connection }
      .prefix(Self.lookback).map(LadderSegment.init)
    self.init(LadderSegment(record), before: before)
  }

  /// What a packet of a capture acknowledged, from those before it.
  init?(row index: Int, of captured: CaptureLadder) {
    let before = captured.rows[max(0, index - Self.lookback)..<index]
    self.init(
      LadderSegment(captured.rows[index], start: 0),
      before: before.reversed().map { LadderSegment($0, start: 0) })
  }
}
