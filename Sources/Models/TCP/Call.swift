/// What a user asks of an end.
///
/// Source: RFC 9293, section 3.9.1; the names are those of sockets.
public enum Call: Sendable, Equatable {
  /// Waits for connections on the port.
  case listen
  /// Opens actively; `automaticPort` says that the system chose the port.
  case connect(automaticPort: Bool)
  /// Takes an established connection from the listener.
  case accept
  /// Asks how `connect` ended.
  case connectResult
  /// Writes so many bytes.
  case send(Int)
  /// Reads at most so many bytes.
  case receive(Int)
  /// Ends the own stream; reading goes on.
  case shutdownWrite
  /// Gives up reading; nothing shows on the wire.
  case shutdownRead
  /// Closes.
  case close
  /// Closes with SO_LINGER set to 0 seconds: the RFC's ABORT.
  case abort
  /// Removes TIME_WAIT by hand, as an administrator can.
  case destroyTimeWait

  /// The call's name as in a program.
  public var name: String {
    switch self {
    case .listen: "listen"
    case .connect: "connect"
    case .accept: "accept"
    case .connectResult: "connect result"
    case .send: "send"
    case .receive: "recv"
    case .shutdownWrite: "shutdown(WR)"
    case .shutdownRead: "shutdown(RD)"
    case .close: "close"
    case .abort: "abort"
    case .destroyTimeWait: "destroy TIME_WAIT"
    }
  }
}

/// What a call came back with.
public enum CallResult: Sendable, Equatable {
  /// It succeeded and has nothing to tell.
  case done
  /// So many bytes were taken over.
  case sent(Int)
  /// Bytes were read.
  case data([Payload])
  /// The peer's stream has ended.
  case endOfFile
  /// Nothing is there yet; a real call would wait.
  case wouldBlock
  /// It failed.
  case failed(CallError)
}

/// Why a call failed; the texts are the system's.
public enum CallError: String, Sendable {
  /// ECONNREFUSED
  case connectionRefused = "Connection refused"
  /// ECONNRESET
  case connectionReset = "Connection reset by peer"
  /// EPIPE
  case brokenPipe = "Broken pipe"
  /// ETIMEDOUT
  case timedOut = "Connection timed out"
  /// EADDRNOTAVAIL
  case addressNotAvailable = "Cannot assign requested address"
  /// ENOTCONN
  case notConnected = "Transport endpoint is not connected"
  /// EISCONN
  case alreadyConnected = "Transport endpoint is already connected"
  /// The RFC's "connection closing".
  case closing = "Connection closing"
  /// EINVAL
  case invalid = "Invalid argument"
}
