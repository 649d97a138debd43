import Models

/// How ends, segments, times and calls are written.
struct TCPWords {
  /// Segments that a script's `release held` set free, by their index in the log.
  var released: Set<Int> = []
  /// How the script wrote the segments that it forged.
  var forged: [Segment: String] = [:]

  /// An operation as a scenario writes it.
  func describe(_ operation: TCPOperation) -> String {
    switch operation {
    case .addConnection(let clientPort, let serverPort):
      "connection from \(clientPort) to \(serverPort)"
    case .call(let end, let call): "\(end.side.name) \(Self.call(call))" + on(end)
    case .run(let time): "wait \(Self.joined(time))"
    case .runUntil(let time): "wait until \(Self.time(time))"
    case .runUntilState(let end, let state, let limit):
      "wait until \(end.side.name) \(state.rawValue)" + within(limit) + on(end)
    case .runUntilQuiet(let limit): "wait until quiet" + within(limit)
    case .wireDelay(let side, let time): "wire delay \(Self.joined(time)) from \(side.name)"
    case .fate(let end, let fate): Self.fate(fate, end.side) + on(end)
    case .forgetFates: "wire delivers again"
    case .nextIss(let end, let number): "\(end.side.name) iss \(number)" + on(end)
    case .clock(let end, let value, _): "\(end.side.name) clock \(value / 1000)" + on(end)
    case .stamp(let end, let value, _): "\(end.side.name) stamp \(value)" + on(end)
    case .inject(let end, let segment, _):
      forged[segment] ?? "forge from \(end.side.name) \(Self.title(segment))" + on(end)
    case .deliverCopy(let index, let delay):
      (released.contains(index) ? "release held" : "deliver again \(index)")
        + (delay > 0 ? " after \(Self.joined(delay))" : "")
    case .playByScript(let end): "\(end.side.name) played by the script" + on(end)
    case .expire(let end, let kind): "\(end.side.name) timer \(kind.rawValue) expires" + on(end)
    case .decideTimingOtherwise(let end, let isOn):
      "\(end.side.name) timing falls \(isOn ? "the other way" : "as is likely")" + on(end)
    case .letPieceGo(let end): "\(end.side.name) may send its next piece" + on(end)
    case .hasten(let end, let kind):
      "\(end.side.name) timer \(kind.rawValue) a tick earlier" + on(end)
    case .stopListening(let end): "\(end.side.name) stops listening" + on(end)
    }
  }

  private static func call(_ call: Call) -> String {
    switch call {
    case .listen: "listen"
    case .connect(let automatic): automatic ? "connect with automatic port" : "connect"
    case .accept: "accept"
    case .connectResult: "connect result"
    case .send(let count): "send \(count)"
    case .receive(let limit): limit >= 65_536 ? "read" : "read \(limit)"
    case .shutdownWrite: "shutdown"
    case .shutdownRead: "shutdown reading"
    case .close: "close"
    case .abort: "abort"
    case .destroyTimeWait: "forget"
    }
  }

  private static func fate(_ fate: Fate, _ side: Side) -> String {
    let next = "next from \(side.name)"
    switch fate {
    case .delivered: return "deliver \(next)"
    case .lost: return "drop \(next)"
    case .held: return "hold \(next)"
    case .delivers(let delays) where delays.count == 2:
      return "duplicate \(next) after \(joined(delays[1] - delays[0]))"
    case .delivers(let delays):
      return "delay \(next) " + delays.map(joined).joined(separator: " and ")
    case .arrives(let times):
      return "\(next) arrives at " + times.map { time($0) }.joined(separator: " and ")
    }
  }

  private func on(_ end: End) -> String {
    end.connection > 0 ? " on connection \(end.connection + 1)" : ""
  }

  private func within(_ limit: Microseconds) -> String {
    limit == TCPScriptLimits.time ? "" : " within \(Self.joined(limit))"
  }

  // MARK: - Times

  /// A time as a reader wants it: `500 us`, `34.648 ms`, `1.2 s`, `240 s`.
  static func time(_ time: Microseconds) -> String {
    switch abs(time) {
    case ..<1000: "\(time) us"
    case ..<1_000_000: "\(decimal(time, 3)) ms"
    default: "\(decimal(time, 6)) s"
    }
  }

  /// A time shortened to what matters: three digits behind the point of a second at most.
  static func rounded(_ time: Microseconds) -> String {
    abs(time) < 1_000_000
      ? Self.time(abs(time) < 10_000 ? time : (time + 50) / 100 * 100)
      : Self.time((time + 500) / 1000 * 1000)
  }

  /// A time as scripts write it: `200ms`.
  static func joined(_ time: Microseconds) -> String { Self.time(time).replacing(" ", with: "") }

  /// A number of units, each so many powers of ten of the next smaller, without idle zeros.
  private static func decimal(_ value: Int, _ places: Int) -> String {
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let sign = value < 0 ? "-" : ""
    let (whole, rest) = abs(value).quotientAndRemainder(dividingBy: scale)
    guard rest > 0 else { return sign + "\(whole)" }
    var digits = "\(rest)"
    digits = String(repeating: "0", count: places - digits.utf8.count) + digits
    while digits.hasSuffix("0") { digits.removeLast() }
    return sign + "\(whole).\(digits)"
  }

  // MARK: - Ends and segments

  /// An end in a sentence: "the client", "客户端".
  static func end(_ side: Side, _ language: Language) -> String {
    switch language {
    case .en: "the \(side.name)"
    case .zh: side == .client ? "客户端" : "服务器"
    }
  }

  /// A segment's flags and bytes, as `steps --json` and the ladder call it: `FIN ACK`, `300 bytes`.
  static func title(_ segment: Segment, _ language: Language = .en) -> String {
    let bytes = bytes(segment.payloadLength, language)
    guard segment.payloadLength > 0 else { return segment.flags.description }
    let control = segment.flags.intersection([.syn, .fin, .rst])
    if control.isEmpty { return bytes }
    return "\(segment.flags) + \(bytes)"
  }

  /// "1 byte", "300 bytes", "300 字节".
  static func bytes(_ count: Int, _ language: Language) -> String {
    language == .zh ? "\(count) 字节" : count == 1 ? "1 byte" : "\(count) bytes"
  }
}
