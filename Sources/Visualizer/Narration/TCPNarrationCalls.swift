import Models

/// What users ask of their ends, and what they get.
extension TCPTelling {
  func called(_ end: End, _ call: Call) -> Narration {
    let endpoint = before[end]
    switch call {
    case .listen:
      let ports = before.connections[end.connection]
      let port = end.side == .client ? ports.clientPort : ports.serverPort
      return say(
        "RFC 9293 3.10.1",
        "\(The(end)) calls listen on port \(port): a passive open. It sends nothing and waits for "
          + "anybody's SYN.",
        "\(the(end))在端口 \(port) 上调用 listen：被动打开，什么也不发，只等别人的 SYN。")
    case .connect: return calledConnect(end)
    case .accept:
      return say(
        nil,
        "\(its(end).capitalizedFirst) program calls accept for a connection. TCP has opened it "
          + "already; accept only hands it over.",
        "\(its(end))程序调用 accept 取一条连接。连接早已由 TCP 建立，accept 只是把它交出来。")
    case .connectResult:
      return say(
        nil, "\(its(end).capitalizedFirst) program asks how its connect has ended.",
        "\(its(end))程序询问 connect 的结果。")
    case .send(let count): return calledSend(end, count)
    case .receive:
      let unread = endpoint.unreadCount
      if unread == 0, endpoint.state.hasPeerFin {
        return say(
          "RFC 9293 3.10.3",
          "\(its(end).capitalizedFirst) program reads: no byte is left, and the stream has ended.",
          "\(its(end))程序读取：数据已经读完，流也结束了。")
      }
      return say(
        "RFC 9293 3.10.3",
        unread > 0
          ? "\(its(end).capitalizedFirst) program reads: \(bytes(unread)) are waiting in order."
          : "\(its(end).capitalizedFirst) program reads, and no bytes are waiting.",
        unread > 0
          ? "\(its(end))程序读取数据：有 \(bytes(unread))按序等着。" : "\(its(end))程序读取数据，但没有等待的字节。")
    case .shutdownWrite:
      return say(
        "RFC 9293 3.6",
        "\(its(end).capitalizedFirst) program calls shutdown for writing: it sends no more, but "
          + "goes on reading. That is a half-close.",
        "\(its(end))程序调用 shutdown 关闭写方向：不再发送，但继续读取。这就是半关闭。")
    case .shutdownRead:
      return say(
        nil,
        "\(its(end).capitalizedFirst) program gives up reading. Nothing shows on the wire: TCP "
          + "has no signal for that.",
        "\(its(end))程序放弃读取。线路上看不到任何变化：TCP 没有这样的信号。")
    case .close: return calledClose(end)
    case .abort:
      return say(
        "RFC 9293 3.10.5",
        "\(its(end).capitalizedFirst) program aborts (SO_LINGER 0, then close): no FIN, no "
          + "waiting; what is queued is thrown away.",
        "\(its(end))程序中止连接（SO_LINGER 设为 0 再 close）：不发 FIN，不等待，排队的数据全部丢弃。")
    case .destroyTimeWait:
      return say(
        "Linux",
        "An administrator removes TIME_WAIT at \(the(end)) by hand. The program that closed could not.",
        "管理员手工删除\(its(end)) TIME_WAIT，关闭连接的程序自己做不到。")
    }
  }

  private func calledConnect(_ end: End) -> Narration {
    switch before[end].state {
    case .timeWait:
      return say(
        rules(end).linuxTimeWait ? "Linux" : "RFC 9293 3.10.1",
        "\(The(end)) calls connect with the ports of a connection that it still keeps in "
          + "TIME_WAIT.",
        "\(the(end))调用 connect，而这个四元组还处于 TIME_WAIT。")
    default:
      let again = before[end].incarnation > 0
      return say(
        "RFC 9293 3.10.1",
        again
          ? "\(The(end)) calls connect again, from the same port to the same port: a new "
            + "connection with the old one's 4-tuple."
          : "\(The(end)) calls connect: an active open. It is the end that sends the first "
            + "segment.",
        again
          ? "\(the(end))再次调用 connect，端口完全相同：新连接使用旧连接的四元组。"
          : "\(the(end))调用 connect：主动打开，由它发出第一个报文段。")
    }
  }

  private func calledSend(_ end: End, _ count: Int) -> Narration {
    let endpoint = before[end]
    let start = (
      "\(its(end).capitalizedFirst) program writes \(bytes(count)).",
      "\(its(end))程序写入 \(bytes(count))。"
    )
    switch endpoint.state {
    case .closeWait:
      return say(
        "RFC 9293 3.6",
        start.0 + " It may: only the other direction has ended.",
        start.1 + "这没有问题：结束的只是另一个方向。")
    case .synSent, .synRcvd:
      return say(
        "RFC 9293 3.10.2", start.0 + " They wait until the connection is open.",
        start.1 + "连接建立之前，这些字节先排队。")
    case .established:
      return say(
        "RFC 9293 3.10.2",
        start.0
          + (endpoint.writtenCount == 0
            ? " TCP numbers each byte; it keeps no borders between writes."
            : " They follow those before in the same stream."),
        start.1
          + (endpoint.writtenCount == 0 ? "TCP 给每个字节编号，不保留每次写入的边界。" : "它们接在同一数据流的后面。"))
    default: return say("RFC 9293 3.10.2", start.0, start.1)
    }
  }

  private func calledClose(_ end: End) -> Narration {
    let endpoint = before[end]
    let start = (
      "\(its(end).capitalizedFirst) program calls close", "\(its(end))程序调用 close"
    )
    let open = endpoint.state == .established || endpoint.state == .closeWait
    if open, endpoint.unreadCount > 0, rules(end).resetsOnUnread {
      return say(
        "RFC 2525 2.17",
        "\(start.0) with \(bytes(endpoint.unreadCount)) unread. A FIN would claim that all was "
          + "well, so a reset goes out.",
        "\(start.1)，还有 \(bytes(endpoint.unreadCount))没有读。发 FIN 等于谎称一切正常，所以发 RST。")
    }
    switch endpoint.state {
    case .established where before[end.peer].state == .finWait1:
      return say(
        "RFC 9293 3.10.4",
        "\(start.0). It cannot know that \(the(end.peer)) has just closed too: that FIN is still "
          + "on the wire.",
        "\(start.1)。它无从知道\(the(end.peer))刚刚也关闭了：那个 FIN 还在路上。")
    case .established:
      return say(
        "RFC 9293 3.10.4",
        "\(start.0): it has nothing more to send. It closes before a FIN of the other end has come, so "
          + "TIME_WAIT normally falls to it.",
        "\(start.1)：没有数据要发了。它在收到对方的 FIN 之前就关闭（主动关闭），所以 TIME_WAIT 通常落在它这里。")
    case .closeWait:
      return say(
        "RFC 9293 3.10.4",
        "\(start.0) too. Only now can its FIN go out: TCP never decides this for the program.",
        "\(start.1)。直到这时才能发它的 FIN：TCP 从不替程序做这个决定。")
    case .listen:
      return say(
        "RFC 9293 3.10.4", "\(start.0): nobody listens any more.", "\(start.1)：不再监听。")
    case .synSent:
      return say(
        "RFC 9293 3.10.4", "\(start.0) before an answer came: the attempt is simply forgotten.",
        "\(start.1)，此时还没有收到应答：这次尝试直接作废。")
    case .synRcvd:
      return say(
        "RFC 9293 3.10.4",
        "\(start.0) before the handshake is over: its FIN goes out all the same, behind the SYN.",
        "\(start.1)，此时握手还没有完成：FIN 照样发出，排在 SYN 之后。")
    case .closed:
      return say(
        "RFC 9293 3.10.4", "\(start.0): there is no connection left to end.",
        "\(start.1)：已经没有连接可关。")
    default:
      return say(
        "RFC 9293 3.10.4",
        "\(start.0). Its FIN is out already, and there is never a second one.",
        "\(start.1)。它的 FIN 早已发出，FIN 不会有第二个。")
    }
  }

  // MARK: - Results

  func returned(_ end: End, _ call: Call, _ result: CallResult) -> Narration {
    var name = call.name
    if case .receive = call { name = "read" }
    switch result {
    case .done: return returned(end, call)
    case .sent(let count):
      let unsent = after[end].unsentCount
      let isFirst = after[end].writtenCount == count
      return say(
        "RFC 9293 3.10.2",
        unsent > 0
          ? "send returns \(count), though \(bytes(unsent)) have not even left: TCP sends them "
            + "when it may."
          : "send returns \(count): TCP has taken the bytes over."
            + (isFirst ? " It does not say that they have arrived." : ""),
        unsent > 0
          ? "send 返回 \(count)，但还有 \(bytes(unsent))没有发出：TCP 会在允许时再发。"
          : "send 返回 \(count)：字节交给了 TCP" + (isFirst ? "，并不表示对方已经收到。" : "。"))
    case .data(let runs): return returnedData(end, runs)
    case .endOfFile:
      return say(
        "RFC 9293 3.10.3",
        "read returns 0, the end of the stream: everything that the other end sent has been read.",
        "read 返回 0，即流的末尾（EOF）：对方发送的全部数据都已读完。")
    case .wouldBlock:
      return say(
        nil, "\(name) has nothing to return yet; a program would wait here.",
        "\(name) 暂时没有结果，真实程序会在这里等待。")
    case .failed(let error): return failed(name, error)
    }
  }

  private func returned(_ end: End, _ call: Call) -> Narration {
    switch call {
    case .listen:
      return say(nil, "listen returns: the port is open.", "listen 返回：端口已打开。")
    case .connect:
      return say(
        nil, "connect is under way: its SYN is out, the answer takes a round trip.",
        "connect 已经开始：SYN 已发出，应答要等一个往返。")
    case .accept:
      return say(
        nil, "accept returns a connection that is ready for use.", "accept 返回一条可用的连接。")
    case .connectResult:
      return say(nil, "connect has succeeded.", "connect 成功。")
    case .close:
      let isOver = after[end].state == .closed || after[end].state == .listen
      return say(
        nil,
        isOver
          ? "close returns."
          : "close returns at once. The program may even exit: TCP goes on by itself.",
        isOver ? "close 返回。" : "close 立即返回，程序甚至可以退出：剩下的由 TCP 自己完成。")
    case .shutdownWrite:
      return say(
        nil, "shutdown returns; the program keeps the connection for reading.",
        "shutdown 返回，程序保留连接继续读取。")
    case .abort:
      return say(
        nil, "The abort is done: nothing is left of the connection at this end.",
        "中止完成：这一端不再有任何连接状态。")
    default: return say(nil, "\(call.name) returns.", "\(call.name) 返回。")
    }
  }

  private func returnedData(_ end: End, _ runs: [Payload]) -> Narration {
    let count = runs.reduce(0) { $0 + $1.count }
    let life = before[end.peer].incarnation
    let old = runs.reduce(0) { $0 + ($1.origin.incarnation < life ? $1.count : 0) }
    if old > 0 {
      return say(
        nil,
        "read returns \(bytes(count)), and \(old == count ? "all" : "\(old)") of them are the OLD "
          + "connection's. No error is shown: the stream is corrupt.",
        "read 返回 \(bytes(count))，\(old == count ? "全部" : "其中 \(old) 字节")属于旧连接。没有任何报错，数据流已经损坏。")
    }
    return say(
      "RFC 9293 3.10.3", "read returns \(bytes(count)), in the order in which they were written.",
      "read 返回 \(bytes(count))，顺序与写入时一致。")
  }

  private func failed(_ name: String, _ error: CallError) -> Narration {
    let en = "\(name) fails: \(error.rawValue)."
    let zh = "\(name) 失败：\(error.rawValue)。"
    switch error {
    case .connectionRefused:
      return say(
        nil, en + " The answer to the SYN was a reset.", zh + "对 SYN 的应答是一个 RST。")
    case .connectionReset:
      return say(
        nil, en + " A reset has torn the connection down.", zh + "连接已被 RST 拆除。")
    case .brokenPipe:
      return say(
        nil, en + " Nothing can be sent on this connection any more.", zh + "这条连接已经不能再发送数据。")
    case .timedOut:
      return say(
        nil, en + " The peer has not answered for too long.", zh + "对方太久没有应答。")
    case .addressNotAvailable:
      return say(
        nil, en + " TIME_WAIT still holds these ports.", zh + "这组端口还被 TIME_WAIT 占着。")
    case .closing:
      return say(
        "RFC 9293 3.10.4", en + " Its FIN has been asked for before.", zh + "此前已经要求发送 FIN。")
    default: return say(nil, en, zh)
    }
  }

  // MARK: - The first number

  func chose(_ end: End, _ iss: SequenceNumber, _ source: IssSource) -> Narration {
    let start = (
      "\(The(end)) takes \(iss) as its initial sequence number (ISN)",
      "\(the(end))选定初始序列号（ISN）\(iss)"
    )
    switch source {
    case .clock:
      return say(
        "RFC 9293 3.4.1",
        "\(start.0): a clock plus a secret, so that numbers of an old connection do not fit. "
          + "Shown as 0.",
        "\(start.1)：时钟加上一个秘密值，旧连接的序列号因此对不上。以下显示为 0。")
    case .fixed:
      return say(
        "RFC 9293 3.4.1",
        "\(start.0). The guard isn-clock is off: every life of the connection starts with the "
          + "same number.",
        "\(start.1)。保护 isn-clock 已关闭：同一四元组每次都从同一个序列号开始。")
    case .given:
      return say(
        "RFC 9293 3.4.1",
        "\(start.0). It is given, not taken from a clock; from here on it counts as 0.",
        "\(start.1)，由外部给定，不取自时钟。以下都相对它计数，显示为 0。")
    case .beyondTimeWait:
      return say(
        rules(end).linuxTimeWait ? "Linux" : "RFC 9293 3.6.1",
        "\(start.0), beyond every number that the connection in TIME_WAIT has used.",
        "\(start.1)，大于 TIME_WAIT 中那条连接用过的所有序列号。")
    }
  }
}

extension String {
  /// The text with its first letter in capitals.
  var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
