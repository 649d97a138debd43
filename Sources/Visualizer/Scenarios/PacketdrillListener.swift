import Models

/// Calls of a script on a socket that listens.
///
/// The model has one end for a listener and the connection that it opened. To a program they are two
/// sockets: nothing that is asked of the listener reaches a connection, accepted or not, but that those
/// which nobody has accepted end with it.
extension PacketdrillRun {
  /// The socket begins to listen.
  mutating func listen(_ socket: Int, at end: End) -> Outcome {
    sockets[socket, default: Socket()].isListener = true
    underTest = end
    return outcome(ask(.listen, at: end))
  }

  /// Makes a call on a listener; nil for one that is no other there than on any socket.
  ///
  /// RFC 9293, section 3.10, knows no listener beside its connections; which errors there are, systems decide.
  ///
  /// Source: Linux `inet_listen`, `inet_stream_connect`, `sk_stream_wait_connect`, `tcp_recvmsg_locked`.
  mutating func makeOfListener(
    _ call: PacketdrillScript.SocketCall, _ socket: Int, at end: End
  ) -> Outcome? {
    let listens = network[end].isListening
    switch call.name {
    case "listen": return listen(socket, at: end)
    case "accept": return listens ? accept(call, socket, at: end) : .error("EINVAL")
    case "connect" where listens: return .error("EISCONN")
    case "read", "recv", "recvfrom", "readv", "recvmsg": return .error("ENOTCONN")
    case "write", "send", "sendto", "writev", "sendmsg":
      return .error(settings.rules.linuxArrival ? "EPIPE" : "ENOTCONN")
    case "shutdown": return shutdownListener(call, socket, at: end)
    case "getsockopt" where call.text(2) == "SO_ERROR": return compareError(call, .done)
    case "getsockopt" where call.text(2) == "TCP_INFO":
      return call.arguments[3].member("tcpi_state").map {
        compareState($0, listens ? .listen : .closed)
      }
    default: return nil
    }
  }

  /// Whether a call is made on a socket that listens or has listened.
  func isOfListener(_ call: PacketdrillScript.SocketCall) -> Bool {
    call.number(0).flatMap { sockets[$0] }?.isListener == true
  }

  // MARK: Accepting

  private mutating func accept(
    _ call: PacketdrillScript.SocketCall, _ socket: Int, at end: End
  ) -> Outcome {
    if sockets[socket]?.acceptedLife == network[end].incarnation, network[end].incarnation > 0 {
      return .waits
    }
    let result = outcome(ask(.accept, at: end))
    guard result == .value(0) else { return result }
    adopt(call)
    return .value(call.result ?? 0)
  }

  /// The socket that `accept` returned stands for the listener's connection.
  mutating func adopt(_ call: PacketdrillScript.SocketCall) {
    guard let socket = call.number(0), let number = call.result, number >= 0,
      let end = sockets[socket]?.end
    else { return }
    sockets[socket]?.acceptedLife = network[end].incarnation
    sockets[number] = Socket(end: end, life: network[end].incarnation)
  }

  // MARK: Former connections

  /// Whether the end of a socket that was accepted has another connection by now, which is not the socket's.
  func isOfFormerLife(_ socket: Socket) -> Bool {
    guard let life = socket.life, let end = socket.end else { return false }
    return life != network[end].incarnation
  }

  /// Makes a call on a socket whose connection has ended; nil for one that is no other there.
  mutating func makeOfFormerLife(
    _ call: PacketdrillScript.SocketCall, _ socket: Int
  ) -> Outcome? {
    switch call.name {
    case "read", "recv", "recvfrom", "readv", "recvmsg": return .value(0)
    case "write", "send", "sendto", "writev", "sendmsg": return .error("EPIPE")
    case "shutdown": return .error("ENOTCONN")
    case "close":
      sockets[socket]?.isClosed = true
      return .value(0)
    case "getsockopt" where call.text(2) == "TCP_INFO":
      return call.arguments[3].member("tcpi_state").map { compareState($0, .closed) }
    case "getsockopt" where call.text(2) == "SO_ERROR":
      return .skipped("SO_ERROR of a former connection")
    default: return nil
    }
  }

  // MARK: Ending

  /// A listener has no stream that could end; to give up reading is to stop listening.
  ///
  /// Source: Linux `inet_shutdown`; POSIX, `shutdown`, has `ENOTCONN` for it.
  private mutating func shutdownListener(
    _ call: PacketdrillScript.SocketCall, _ socket: Int, at end: End
  ) -> Outcome {
    guard let (reading, _) = Self.directions(of: call) else { return .error("EINVAL") }
    guard network[end].isListening else { return .error("ENOTCONN") }
    if reading { stopListening(socket, at: end) }
    guard !settings.rules.linuxArrival, let result = call.result else { return .value(0) }
    omissions.add("what ending the stream of a listener returns")
    return result < 0 ? .error(call.error ?? "an error") : .value(0)
  }

  /// The listener ends, and with it a connection that nobody has accepted.
  ///
  /// Source: Linux `inet_csk_listen_stop`.
  mutating func stopListening(_ socket: Int, at end: End) {
    if network[end].state == .listen {
      _ = ask(.close, at: end)
      return
    }
    let hadListened = network[end].isListening
    ask(.stopListening(end))
    if hadListened, sockets[socket]?.acceptedLife != network[end].incarnation {
      _ = ask(.abort, at: end)
    }
  }
}
