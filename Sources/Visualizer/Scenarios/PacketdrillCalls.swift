import Models

/// Calls of a script: making them, and waiting for them to return.
extension PacketdrillRun {
  // MARK: Ends

  mutating func addConnection(_ side: Side) -> End {
    let number = network.connections.count
    let end = End(number, side)
    ask(.addConnection(clientPort: 50_000 + number, serverPort: 8080 + number))
    ask(.playByScript(end.peer))
    return end
  }

  private mutating func end(of socket: Int, as side: Side) -> End {
    if let end = sockets[socket]?.end { return end }
    let end = addConnection(side)
    sockets[socket, default: Socket()].end = end
    return end
  }

  // MARK: Making a call

  mutating func perform(
    _ call: PacketdrillScript.SocketCall, line: Int, returnsAt: Microseconds?
  ) -> Bilingual? {
    let outcome = make(call, mayWait: returnsAt != nil)
    if outcome == .waits, let returnsAt {
      countCall()
      waiting.append(WaitingCall(call: call, line: line, due: returnsAt))
      return nil
    }
    return judge(call, outcome)
  }

  /// Lets calls return that have waited for what is there by now.
  mutating func completeWaiting() -> Bilingual? {
    for position in waiting.indices.reversed() {
      let item = waiting[position]
      let outcome = retry(item.call)
      if outcome == .waits {
        if network.now > item.due + settings.tolerance {
          return Bilingual(
            "line \(item.line): \(item.call.name) still waits at \(Self.text(network.now))",
            "第 \(item.line) 行：\(item.call.name) 到 \(Self.text(network.now)) 仍在等待")
        }
        continue
      }
      waiting.remove(at: position)
      if network.now < item.due - settings.tolerance {
        let (now, due) = (Self.text(network.now), Self.text(item.due))
        return Bilingual(
          "line \(item.line): \(item.call.name) returned at \(now), not at \(due)",
          "第 \(item.line) 行：\(item.call.name) 在 \(now) 就返回了，而不是 \(due)")
      }
      if let difference = compareWaited(item.call, outcome) {
        return Bilingual(
          "line \(item.line): \(difference.en)", "第 \(item.line) 行：\(difference.zh)")
      }
    }
    return nil
  }

  private mutating func compareWaited(
    _ call: PacketdrillScript.SocketCall, _ outcome: Outcome
  ) -> Bilingual? {
    if case .value = outcome, call.name == "accept" { adopt(call) }
    return judge(call, outcome)
  }

  /// Asks again for what a call waits for, without changing anything where it still has to wait.
  private mutating func retry(_ call: PacketdrillScript.SocketCall) -> Outcome {
    guard let socket = call.number(0), let known = sockets[socket], let end = known.end else {
      return .waits
    }
    if isOfFormerLife(known), let outcome = makeOfFormerLife(call, socket) { return outcome }
    let endpoint = network[end]
    switch call.name {
    case "connect":
      guard endpoint.state != .synSent, endpoint.state != .synRcvd else { return .waits }
      return outcome(ask(.connectResult, at: end))
    case "accept":
      guard endpoint.state.isSynchronized,
        sockets[socket]?.acceptedLife != endpoint.incarnation
      else { return .waits }
      return .value(call.result ?? 0)
    case "read", "recv", "recvfrom", "readv", "recvmsg":
      let isReady =
        endpoint.unreadCount > 0 || endpoint.state.hasPeerFin || endpoint.state == .closed
      return isReady ? read(call, at: end) : .waits
    default: return .waits
    }
  }

  private mutating func make(
    _ call: PacketdrillScript.SocketCall, mayWait: Bool
  ) -> Outcome {
    let socket = call.number(0) ?? -1
    if call.name == "socket" { return open(call) }
    if PacketdrillReader.outsideCalls.contains(call.name) { return callOutside(call) }
    if foreignFiles.contains(socket) {
      return .skipped("\(call.name) of a file that is no TCP socket")
    }
    guard let known = sockets[socket], !known.isClosed else { return .error("EBADF") }
    if known.isListener, let end = known.end,
      let outcome = makeOfListener(call, socket, at: end)
    {
      return outcome
    }
    if isOfFormerLife(known), let outcome = makeOfFormerLife(call, socket) { return outcome }
    switch call.name {
    case "bind": return .value(0)
    case "listen": return listen(socket, at: end(of: socket, as: .server))
    case "accept": return .error("EINVAL")
    case "connect": return connect(call, socket, mayWait)
    case "read", "recv", "recvfrom", "readv", "recvmsg":
      return read(call, at: end(of: socket, as: .client))
    case "write", "send", "sendto", "writev", "sendmsg": return write(call, socket)
    case "shutdown": return shutdown(call, socket)
    case "close": return close(socket)
    case "fcntl": return control(call, socket)
    case "setsockopt": return setOption(call, socket)
    case "getsockopt": return getOption(call, socket)
    default: return .skipped(call.name)
    }
  }

  /// A call that the model has no part in; what it opens is no socket of TCP.
  private mutating func callOutside(_ call: PacketdrillScript.SocketCall) -> Outcome {
    if ["epoll_create", "epoll_create1", "open", "kqueue"].contains(call.name),
      let number = call.result, number >= 0
    {
      foreignFiles.insert(number)
    }
    if call.name == "pipe" || call.name == "socketpair" {
      let numbers = call.text(call.arguments.count - 1).split { !$0.isNumber }.compactMap {
        Int($0)
      }
      foreignFiles.formUnion(numbers)
    }
    return .skipped(call.name)
  }

  // MARK: Opening

  private mutating func open(_ call: PacketdrillScript.SocketCall) -> Outcome {
    guard let number = call.result, number >= 0 else { return .skipped("socket") }
    if call.text(1).contains("SOCK_DGRAM") || call.text(2).contains("SCTP") {
      foreignFiles.insert(number)
      return .skipped("sockets other than TCP's")
    }
    foreignFiles.remove(number)
    sockets[number] = Socket(isNonBlocking: call.text(1).contains("SOCK_NONBLOCK"))
    return .value(number)
  }

  private mutating func connect(
    _ call: PacketdrillScript.SocketCall, _ socket: Int, _ mayWait: Bool
  ) -> Outcome {
    if call.text(1).contains("AF_UNSPEC") { return .skipped("connect to AF_UNSPEC") }
    let end = end(of: socket, as: .client)
    underTest = end
    let before = network[end].state
    giveNumber(to: end)
    let result = ask(.connect(automaticPort: true), at: end)
    if case .failed(.alreadyConnected) = result {
      return .error(before == .synSent || before == .synRcvd ? "EALREADY" : "EISCONN")
    }
    guard result == .done else { return outcome(result) }
    return mayWait ? .waits : .error("EINPROGRESS")
  }

  // MARK: Data

  /// How many bytes a call is about: its third argument, or for vectors what it returned.
  private func count(_ call: PacketdrillScript.SocketCall) -> Int {
    let isVector =
      call.name == "readv" || call.name == "writev" || call.name.hasSuffix("msg")
    if !isVector, let count = call.number(2) { return min(max(0, count), 1 << 30) }
    return call.result.map { $0 < 0 ? 1 : $0 } ?? 1
  }

  private mutating func read(_ call: PacketdrillScript.SocketCall, at end: End) -> Outcome {
    let flags = flags(of: call)
    if flags.contains("MSG_"), flags != "MSG_DONTWAIT" { return .skipped("read with \(flags)") }
    // Source: POSIX, `read`; a socket without an error has nothing to say to that.
    if count(call) == 0, network[end].state.isSynchronized { return .value(0) }
    guard let socket = call.number(0), sockets[socket]?.readingIsShut == true else {
      return outcome(ask(.receive(count(call)), at: end))
    }
    // The RFC knows no such end of reading: some systems go on to deliver, others throw away.
    let isThrownAway = call.result == 0
    let count = isThrownAway ? 1 << 30 : count(call)
    let result = outcome(ask(.receive(count), at: end))
    if case .error = result { return result }
    omissions.add("what is read after SHUT_RD")
    return .value(call.result ?? 0)
  }

  /// Writes; where the script's system took less than it was given, the model is given that.
  private mutating func write(
    _ call: PacketdrillScript.SocketCall, _ socket: Int
  ) -> Outcome {
    if flags(of: call).contains("MSG_FASTOPEN") { return .skipped("MSG_FASTOPEN") }
    if call.error == "EAGAIN" || call.error == "EWOULDBLOCK" {
      return .skipped("writing into a full buffer")
    }
    let count = count(call)
    let taken = call.result.map { $0 > 0 ? min($0, count) : count } ?? count
    return outcome(ask(.send(taken), at: end(of: socket, as: .client)))
  }

  // MARK: Closing

  private mutating func shutdown(
    _ call: PacketdrillScript.SocketCall, _ socket: Int
  ) -> Outcome {
    let end = end(of: socket, as: .client)
    guard let (reading, writing) = Self.directions(of: call) else { return .error("EINVAL") }
    if writing, !reading, network[end].finRequested {
      // Source: RFC 9293, section 3.10.4: an error, or ok as long as no second FIN is sent.
      sockets[socket]?.hasEndedTwice = true
      omissions.add("what ending a stream twice returns")
      return call.result.map { $0 < 0 ? .error(call.error ?? "an error") : .value($0) } ?? .value(0)
    }
    var result = Outcome.value(0)
    if reading {
      guard network[end].state != .closed else { return .error("ENOTCONN") }
      sockets[socket]?.readingIsShut = true
      _ = ask(.shutdownRead, at: end)
    }
    if writing { result = outcome(ask(.shutdownWrite, at: end)) }
    return result
  }

  /// Which directions `shutdown` is to end; nil for none that there is.
  static func directions(
    of call: PacketdrillScript.SocketCall
  ) -> (reading: Bool, writing: Bool)? {
    switch call.text(1) {
    case "SHUT_RD", "0": (true, false)
    case "SHUT_WR", "1": (false, true)
    case "SHUT_RDWR", "2": (true, true)
    default: nil
    }
  }

  private mutating func close(_ socket: Int) -> Outcome {
    guard var entry = sockets[socket] else { return .error("EBADF") }
    entry.isClosed = true
    sockets[socket] = entry
    guard let end = entry.end else { return .value(0) }
    if entry.isListener {
      stopListening(socket, at: end)
      return .value(0)
    }
    _ = ask(entry.lingersZero ? .abort : .close, at: end)
    return .value(0)
  }

  // MARK: Options

  private mutating func control(
    _ call: PacketdrillScript.SocketCall, _ socket: Int
  ) -> Outcome {
    guard call.text(1) == "F_SETFL" else { return .skipped("fcntl \(call.text(1))") }
    sockets[socket, default: Socket()].isNonBlocking = call.text(2).contains("O_NONBLOCK")
    return .value(0)
  }

  private mutating func setOption(
    _ call: PacketdrillScript.SocketCall, _ socket: Int
  ) -> Outcome {
    let name = call.text(2)
    switch name {
    case "SO_LINGER":
      let value = call.arguments[3]
      let isOn = value.member("onoff") ?? value.member("l_onoff")
      let time = value.member("linger") ?? value.member("l_linger")
      sockets[socket, default: Socket()].lingersZero = isOn != "0" && time == "0"
      return .value(0)
    case "SO_REUSEADDR", "SO_REUSEPORT", "TCP_NODELAY": return .value(0)
    case "SO_RCVBUF"
    where settings.buffer?.isOf(call) == true && network.log.count == 0:
      return .value(0)
    default: return .skipped("setsockopt \(name)")
    }
  }

  private mutating func getOption(
    _ call: PacketdrillScript.SocketCall, _ socket: Int
  ) -> Outcome {
    let name = call.text(2)
    guard let end = sockets[socket]?.end else { return .skipped("getsockopt \(name)") }
    switch name {
    case "SO_ERROR": return compareError(call, ask(.connectResult, at: end))
    case "TCP_INFO":
      guard let state = call.arguments[3].member("tcpi_state") else {
        return .skipped("getsockopt \(name)")
      }
      return compareState(state, network[end].state)
    default: return .skipped("getsockopt \(name)")
    }
  }

  /// Compares the error that a socket holds; the outcome is 0 if it is the one expected.
  func compareError(
    _ call: PacketdrillScript.SocketCall, _ result: CallResult
  ) -> Outcome {
    let wanted = call.arguments[3].text.filter { $0 != "[" && $0 != "]" }.trimmed
    guard wanted != "..." else { return .value(0) }
    var held = "0"
    if case .failed(let error) = result, error != .notConnected { held = Self.name(of: error) }
    let isSame = wanted == held || Int(wanted).map { Self.number(of: held).contains($0) } ?? false
    return isSame ? .value(0) : .differs(expected: String(wanted), got: held)
  }

  func compareState(_ wanted: String, _ state: ConnectionState) -> Outcome {
    let plain = wanted.uppercased().filter { $0.isLetter || $0.isNumber }
    var own = state.rawValue.filter { $0 != "_" }
    if own == "CLOSED" { own = "CLOSE" }
    let alternatives = [own, own + "D", own == "SYNRCVD" ? "SYNRECV" : own]
    let names = ["TCP", "TCPS", ""].flatMap { prefix in alternatives.map { prefix + $0 } }
    return names.contains(plain) || plain.isEmpty
      ? .value(0) : .differs(expected: wanted, got: state.rawValue)
  }
}
