import Models

/// Where the model is known not to do what some systems under test do.
///
/// A difference is put down to one of these only where what the script did before it shows that; `docs/packetdrill.md`
/// gives the reasons.
enum PacketdrillDeviation: String, CaseIterable {
  case icmp = "ICMP messages reach no connection"
  case fastOpen = "no Fast Open, RFC 7413"
  case userTimeouts = "no keepalive and no timeouts of the user's choice"
  case earlyFin = "a FIN together with a SYN is left for the peer to repeat"
  case timeWaitWithoutAck =
    "in TIME_WAIT a segment without ACK is acknowledged where its numbers are wrong"
  case lossProbe = "lost segments go again by RFC 6298's timer only, or by three duplicates"
  case handshakeSample = "the round trip of the handshake counts for the first timeout of data"
  case secondEnd = "ending a stream twice does not end reading"
  case shrinking = "a receive buffer in use does not shrink, nor does its window"

  /// The same in Chinese.
  var zh: String {
    switch self {
    case .icmp: "ICMP 报文不会送到任何连接"
    case .fastOpen: "不支持 RFC 7413 的 Fast Open"
    case .userTimeouts: "没有 keepalive，也没有用户自定的超时"
    case .earlyFin: "与 SYN 同在一个报文段的 FIN 留待对端重传"
    case .timeWaitWithoutAck: "在 TIME_WAIT 中，序列号不对的报文段即使不带 ACK 也会得到确认"
    case .lossProbe: "丢失的报文段只靠 RFC 6298 的定时器或三个重复 ACK 重传"
    case .handshakeSample: "握手的往返时间计入数据的首次超时"
    case .secondEnd: "两次结束发送流并不会结束读取"
    case .shrinking: "使用中的接收缓冲区不会缩小，其窗口也不会"
    }
  }
}

extension PacketdrillRun {
  /// The deviation behind a difference at an event; nil where none is known.
  func deviation(at position: Int) -> PacketdrillDeviation? {
    let before = script.events[..<position]
    if before.contains(where: Self.isICMP) { return .icmp }
    if script.events[...position].contains(where: Self.opensFast) { return .fastOpen }
    if acknowledgesInTimeWait { return .timeWaitWithoutAck }
    switch script.events[position].kind {
    case .call(let call):
      if before.contains(where: Self.setsTimeout), wantsTimeout(call) || goesOnTooLong {
        return .userTimeouts
      }
      return isReadBehindSecondEnd(call) ? .secondEnd : nil
    case .expected(let packet):
      if isLossProbe(packet) { return .lossProbe }
      if shrinksBuffer(before), takesMore(than: packet) { return .shrinking }
      if before.contains(where: Self.setsTimeout), missesTimeout(packet) { return .userTimeouts }
      if before.contains(where: Self.isSynFin), packet.flags.contains(.ack) { return .earlyFin }
      return isFirstTimeoutTooSoon(packet) ? .handshakeSample : nil
    default: return before.contains(where: Self.setsTimeout) && goesOnTooLong ? .userTimeouts : nil
    }
  }

  private static func isICMP(_ event: PacketdrillScript.Event) -> Bool {
    if case .outside(let what) = event.kind { what.hasPrefix("icmp") } else { false }
  }

  private static func opensFast(_ event: PacketdrillScript.Event) -> Bool {
    switch event.kind {
    case .call(let call):
      call.arguments.contains { $0.text.contains("FASTOPEN") }
    case .injected(let packet), .expected(let packet):
      packet.options.contains { $0 == .other("FO") || $0 == .other("FOEXP") }
    default: false
    }
  }

  private static func setsTimeout(_ event: PacketdrillScript.Event) -> Bool {
    guard case .call(let call) = event.kind, call.name == "setsockopt" else { return false }
    let name = call.text(2)
    return name.hasPrefix("TCP_KEEP") || name == "SO_KEEPALIVE" || name == "TCP_USER_TIMEOUT"
  }

  private static func isSynFin(_ event: PacketdrillScript.Event) -> Bool {
    if case .injected(let packet) = event.kind {
      packet.flags.contains([.syn, .fin])
    } else {
      false
    }
  }

  /// Whether a call asks a connection that has come to its end for bytes, or gives it some.
  func isOfDeadSocket(_ call: PacketdrillScript.SocketCall) -> Bool {
    guard let socket = call.number(0).flatMap({ sockets[$0] }), let end = socket.end else {
      return false
    }
    return isOfFormerLife(socket) || network[end].state == .closed && network[end].incarnation > 0
  }

  /// Whether what nobody expects is an ACK in TIME_WAIT of a segment that had none.
  private var acknowledgesInTimeWait: Bool {
    guard let end = underTest, network[end].state == .timeWait, let first = unread.first,
      network.log[first].segment.isPureAck, case .arrival(let index) = network.log[first].cause
    else { return false }
    return network.log[index].segment.flags.isDisjoint(with: [.ack, .rst, .syn])
  }

  // MARK: Timeouts of the user's choice

  /// Whether a call is to tell that the connection has timed out.
  private func wantsTimeout(_ call: PacketdrillScript.SocketCall) -> Bool {
    call.error == "ETIMEDOUT" || (call.text(2) == "SO_ERROR" && call.text(3).contains("ETIMEDOUT"))
  }

  /// Whether what nobody expects is something that goes again.
  private var goesOnTooLong: Bool {
    unread.first.map { network.log[$0].isRetransmission } ?? false
  }

  /// Whether a segment is what a system sends that keeps a connection alive, that has given it up, or
  /// that has not yet where the model has.
  ///
  /// Source: RFC 9293, section 3.8.4; RFC 1122, section 4.2.3.6.
  private func missesTimeout(_ packet: PacketdrillScript.Packet) -> Bool {
    guard let end = underTest else { return false }
    let endpoint = network[end]
    if packet.flags.contains(.rst) { return endpoint.state.isSynchronized }
    guard sentNothing else { return false }
    if endpoint.state == .closed { return endpoint.pendingError == .timedOut }
    return packet.flags == .ack && (packet.length ?? 0) <= 1
      && packet.seq == scriptNumber(endpoint.sndNxt - 1, of: end)
  }

  // MARK: Receive buffers

  /// Whether windows may shrink by what a script sets: by `tcp_shrink_window`, or by `SO_RCVBUF` behind a SYN.
  private func shrinksBuffer(_ before: ArraySlice<PacketdrillScript.Event>) -> Bool {
    var isOpen = false
    for event in before {
      switch event.kind {
      case .injected(let packet), .expected(let packet):
        isOpen = isOpen || packet.flags.contains(.syn)
      case .call(let call):
        if isOpen, call.name == "setsockopt", call.text(2) == "SO_RCVBUF" { return true }
      case .shell(let command): if command.contains("tcp_shrink_window=1") { return true }
      case .outside: break
      }
    }
    return false
  }

  /// Whether the model has taken the whole of a segment that the script's system has dropped.
  private func takesMore(than packet: PacketdrillScript.Packet) -> Bool {
    let last = script.events[..<index].last {
      if case .injected = $0.kind { true } else { false }
    }
    guard case .injected(let arrived)? = last?.kind, let count = arrived.length, count > 0,
      let first = unread.first, packet.flags.contains(.ack), let ack = packet.ack
    else { return false }
    return arrived.seq == ack && network.log[first].segment.ack == SequenceNumber(ack) + count
  }

  // MARK: What goes again

  /// Whether a segment that is expected, and does not come, is sent by a timer that the model lacks.
  private func isLossProbe(_ packet: PacketdrillScript.Packet) -> Bool {
    !settings.rules.timeBasedLossDetection && sentNothing
      && (isRepetition(packet) || probesWithNewData(packet))
  }

  /// Whether the first segment behind the handshake went again sooner than after the timeout that a
  /// connection begins with, which some systems keep until data or a FIN were acknowledged.
  ///
  /// Source: RFC 6298, sections 2.1 and 2.2.
  private func isFirstTimeoutTooSoon(_ packet: PacketdrillScript.Packet) -> Bool {
    guard let end = underTest, !sentNothing, !settings.rules.linuxRoundTrip, isRepetition(packet),
      let last = (0..<network.log.count).last(where: { network.log[$0].sender == end })
    else { return false }
    let endpoint = network[end]
    let record = network.log[last]
    guard record.isRetransmission, endpoint.sndUna == endpoint.iss + 1,
      let first = (0..<last).first(where: {
        network.log[$0].sender == end && network.log[$0].segment.seq == record.segment.seq
          && network.log[$0].segment.length > 0
      })
    else { return false }
    let wanted = scriptTime - network.log[first].sentAt
    return abs(wanted - PacketdrillFirstTimeout.former) <= settings.tolerance
  }

  /// Whether a call is to find the end of a stream that has not ended, in a program that has ended its own
  /// twice.
  private func isReadBehindSecondEnd(_ call: PacketdrillScript.SocketCall) -> Bool {
    guard let socket = call.number(0).flatMap({ sockets[$0] }), let end = socket.end else {
      return false
    }
    let isReading = call.name.hasPrefix("read") || call.name.hasPrefix("recv")
    return isReading && call.result == 0 && socket.hasEndedTwice
      && !network[end].state.hasPeerFin
  }

  /// Whether a segment that is expected holds data or a FIN that the model has sent and nobody
  /// acknowledged.
  private func isRepetition(_ packet: PacketdrillScript.Packet) -> Bool {
    guard let end = underTest, let seq = packet.seq,
      (packet.length ?? 0) > 0
        || packet.flags.contains(.fin)
    else { return false }
    let isAgain = script.events[..<index].contains { event in
      guard case .expected(let earlier) = event.kind, let first = earlier.seq,
        !earlier.flags.contains(.rst)
      else { return false }
      let count = (earlier.length ?? 0) + (earlier.flags.contains(.fin) ? 1 : 0)
      return SequenceNumber(first).isAtOrBefore(SequenceNumber(seq))
        && SequenceNumber(seq).isBefore(SequenceNumber(first) + count)
    }
    guard isAgain else { return false }
    let number = SequenceNumber(seq &+ shift(of: end))
    return number.isAtOrAfter(network[end].sndUna) && number.isBefore(network[end].sndNxt)
  }

  /// Whether a segment that is expected holds what comes next of data that fills segments but waits for
  /// an acknowledgment.
  ///
  /// Source: RFC 8985, section 7.3: a probe is new data, if there is any.
  private func probesWithNewData(_ packet: PacketdrillScript.Packet) -> Bool {
    guard let end = underTest, let seq = packet.seq, (packet.length ?? 0) > 0 else { return false }
    let endpoint = network[end]
    let number = SequenceNumber(seq &+ shift(of: end))
    return number == endpoint.sndNxt && endpoint.sndUna.isBefore(endpoint.sndNxt)
      && endpoint.unsentCount >= endpoint.sendMss
  }
}
