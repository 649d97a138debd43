import Models

/// What comes of the calls of a script, and comparing it with what the script says.
extension PacketdrillRun {
  /// What came of a call.
  enum Outcome: Equatable {
    case value(Int)
    case error(String)
    /// It would wait.
    case waits
    /// What a socket says of itself is not what was expected.
    case differs(expected: String, got: String)
    /// Not compared, and under which name it is listed.
    case skipped(String)
  }

  /// The difference between what came of a call and what the script says; nil if there is none.
  mutating func judge(
    _ call: PacketdrillScript.SocketCall, _ outcome: Outcome
  ) -> Bilingual? {
    if case .skipped(let name) = outcome {
      omissions.add(name)
      return nil
    }
    countCall()
    guard let expected = call.result else { return nil }
    let wanted =
      expected < 0 ? call.error ?? "an error" : "\(expected)"
    let got: String
    var gotChinese: String?
    switch outcome {
    case .differs(let expected, let got):
      let what = "\(call.name) \(call.text(2))"
      return Bilingual(
        "\(what): expected \(expected), the model has \(got)", "\(what)：期望 \(expected)，模型中是 \(got)")
    case .value(-1) where call.name == "accept": (got, gotChinese) = ("a socket", "返回一个 socket")
    case .value(let value): got = "\(value)"
    case .error(let name): got = name
    case .waits where isNonBlocking(call): got = "EAGAIN"
    case .waits: (got, gotChinese) = ("nothing and waits", "没有返回，仍在等待")
    case .skipped: return nil
    }
    if wanted == got || (wanted == "an error" && Int(got) == nil) { return nil }
    // Scripts need not say that a socket does not wait, and systems differ in whether an accepted one
    // takes that from its listener.
    if outcome == .waits, wanted == "EAGAIN" || wanted == "EWOULDBLOCK" { return nil }
    if isOfDeadSocket(call), Self.isFailure(wanted, call), Self.isFailure(got, call) {
      omissions.add("which error a dead socket reports")
      return nil
    }
    if isOfListener(call), !settings.rules.linuxArrival, wanted.hasPrefix("E"), got.hasPrefix("E") {
      omissions.add("which error a listener reports")
      return nil
    }
    let wantedChinese = wanted == "an error" ? "错误" : " \(wanted)"
    return Bilingual(
      "\(call.name): expected \(wanted), the model returned \(got)",
      "\(call.name)：期望返回\(wantedChinese)，模型\(gotChinese ?? "返回 \(got)")")
  }

  private func isNonBlocking(_ call: PacketdrillScript.SocketCall) -> Bool {
    let socket = call.number(0).flatMap { sockets[$0] }
    return socket?.isNonBlocking == true || flags(of: call).contains("MSG_DONTWAIT")
  }

  /// The flags of a call that reads or writes.
  func flags(of call: PacketdrillScript.SocketCall) -> String {
    call.text(call.name.hasSuffix("msg") ? 2 : 3)
  }

  /// Whether a call came to nothing: by an error, or for reading by the end of the stream.
  ///
  /// The RFC has one error for calls to a connection that is no more, "connection does not exist", and
  /// systems have several, of which the first may be told once.
  ///
  /// Source: RFC 9293, sections 3.9.1 and 3.10.
  private static func isFailure(
    _ result: String, _ call: PacketdrillScript.SocketCall
  ) -> Bool {
    let isReading = call.name.hasPrefix("read") || call.name.hasPrefix("recv")
    let isWriting = call.name.hasPrefix("write") || call.name.hasPrefix("send")
    return result.hasPrefix("E") && (isReading || isWriting) || (result == "0" && isReading)
  }

  func outcome(_ result: CallResult) -> Outcome {
    switch result {
    case .done: .value(0)
    case .sent(let count): .value(count)
    case .data(let runs): .value(runs.reduce(0) { $0 + $1.count })
    case .endOfFile: .value(0)
    case .wouldBlock: .waits
    case .failed(let error): .error(Self.name(of: error))
    }
  }

  static func name(of error: CallError) -> String {
    switch error {
    case .connectionRefused: "ECONNREFUSED"
    case .connectionReset: "ECONNRESET"
    case .brokenPipe: "EPIPE"
    case .timedOut: "ETIMEDOUT"
    case .addressNotAvailable: "EADDRNOTAVAIL"
    case .notConnected: "ENOTCONN"
    case .alreadyConnected: "EISCONN"
    case .closing: "ESHUTDOWN"
    case .invalid: "EINVAL"
    }
  }

  /// An error's numbers on Linux and on FreeBSD.
  static func number(of name: String) -> [Int] {
    switch name {
    case "0": [0]
    case "ECONNREFUSED": [111, 61]
    case "ECONNRESET": [104, 54]
    case "EPIPE": [32]
    case "ETIMEDOUT": [110, 60]
    default: []
    }
  }
}
