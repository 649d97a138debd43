import Models

/// How ends, packets and states of a capture are written.
struct CaptureWords {
  let client: String
  let server: String
  /// When the connection's first packet was seen, in nanoseconds since 1970.
  let start: Int

  func address(_ side: Side) -> String { side == .client ? client : server }

  static func name(_ side: Side) -> Bilingual {
    side == .client ? Bilingual("client", "客户端") : Bilingual("server", "服务器")
  }

  /// The time since the connection's first packet, in seconds to the microsecond.
  func time(_ segment: WireSegment) -> String { Self.seconds(segment.time - start) }

  /// Nanoseconds as seconds with six digits.
  static func seconds(_ nanoseconds: Int) -> String {
    let microseconds = abs(nanoseconds) / 1000
    let rest = "\(microseconds % 1_000_000)"
    let digits = String(repeating: "0", count: 6 - rest.utf8.count) + rest
    return "\(nanoseconds < 0 ? "-" : "")\(microseconds / 1_000_000).\(digits)"
  }

  /// A segment in a few words: flags, numbers from the ISNs where known, bytes.
  static func label(_ segment: WireSegment, seq: UInt32?, ack: UInt32?) -> String {
    var parts = ["\(segment.flags)"]
    parts.append("seq \(seq.map { "\($0)" } ?? "\(segment.seq)")")
    if segment.flags.contains(.ack) {
      parts.append("ack \(ack.map { "\($0)" } ?? "\(segment.ack)")")
    }
    if segment.payloadLength > 0 { parts.append("len \(segment.payloadLength)") }
    return parts.joined(separator: " ")
  }

  /// States in a sentence: the one known, or those that are possible.
  static func states(_ states: PossibleStates, _ language: Language) -> String {
    if let known = states.known { return known.rawValue }
    if states == .all { return Bilingual("not known", "未知")[language] }
    let names = states.list.map(\.rawValue)
    return names.joined(separator: Bilingual(" or ", " 或 ")[language])
  }

  /// What is wrong with a packet, after "the client".
  static func anomaly(_ kind: WireAnomaly, _ states: PossibleStates) -> Bilingual {
    let (en, zh) = (Self.states(states, .en), Self.states(states, .zh))
    return switch kind {
    case .impossibleInState:
      Bilingual("sends what its state, \(en), does not allow", "发出了其状态（\(zh)）不允许的报文段")
    case .synWhileConnected:
      Bilingual("sends a SYN while in \(en)", "处于 \(zh) 时发出 SYN")
    case .contradictingFlags:
      Bilingual("sets flags that exclude each other", "设置了互相矛盾的标志位")
    case .ackMissing:
      Bilingual("sends a segment without ACK, SYN or RST", "发出的报文段没有 ACK、SYN 或 RST")
    case .dataBehindFin: Bilingual("sends data behind its own FIN", "在自己的 FIN 之后又发数据")
    case .finMoved: Bilingual("sends a second FIN with another number", "发出序列号不同的第二个 FIN")
    case .finBeforeData:
      Bilingual("sends a FIN before bytes that it had sent", "发出的 FIN 位于自己已发数据之前")
    case .synMoved: Bilingual("sends a second SYN with another number", "发出序列号不同的第二个 SYN")
    case .ackOfUnsent:
      Bilingual("acknowledges what the peer had not sent", "确认了对方尚未发送的数据")
    case .beyondWindow:
      Bilingual("sends beyond every window that the peer had offered", "发送的数据超出了对方给出的所有窗口")
    }
  }
}
