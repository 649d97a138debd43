import Models

/// What of TCP a viewer can point at, in a run as in a capture.
enum TCPItem {
  /// A segment by its number on the ladder: its index in the log, or the packet's in the capture.
  static func segment(_ number: Int) -> Item { Item("segment", number) }

  static func end(_ end: End) -> Item { Item("end", end.connection, Int(end.side.rawValue)) }

  static func timer(_ end: End, _ kind: TimerKind) -> Item {
    Item(
      "timer", end.connection, Int(end.side.rawValue),
      TimerKind.allCases.firstIndex(of: kind) ?? 0)
  }

  /// A state of the diagram; CLOSED stands there twice.
  static func state(_ state: ConnectionState, isEnd: Bool) -> Item {
    Item("state", ConnectionState.allCases.firstIndex(of: state) ?? 0, isEnd ? 1 : 0)
  }

  static func connection(_ index: Int) -> Item { Item("connection", index) }

  /// The end that an item names after its connection.
  static func end(of item: Item) -> End? {
    guard item.path.count >= 2, let side = Side(rawValue: UInt8(clamping: item.path[1])) else {
      return nil
    }
    return End(item.path[0], side)
  }

  /// The state that an item names.
  static func state(of item: Item) -> ConnectionState { ConnectionState.allCases[item.path[0]] }
}

/// What the RFC says of a state: what it means, and where it leads.
///
/// Source: RFC 9293, sections 3.3.2 and 3.10, figure 5.
struct StateFacts {
  let state: ConnectionState

  var meaning: Bilingual {
    switch state {
    case .closed: Bilingual("no connection", "没有连接")
    case .listen: Bilingual("waits for a SYN", "等待 SYN")
    case .synSent: Bilingual("SYN sent, awaits a SYN", "已发 SYN，等待对方 SYN")
    case .synRcvd: Bilingual("SYN both ways, awaits its ACK", "双向 SYN，等待确认")
    case .established: Bilingual("data both ways", "双向传输数据")
    case .finWait1: Bilingual("FIN sent, not acknowledged", "已发 FIN，未获确认")
    case .finWait2: Bilingual("FIN acknowledged, awaits a FIN", "FIN 已获确认，等待对方 FIN")
    case .closeWait: Bilingual("FIN received, user to close", "已收 FIN，等待本端关闭")
    case .closing: Bilingual("FIN both ways, awaits its ACK", "双向 FIN，等待确认")
    case .lastAck: Bilingual("closed second, awaits its ACK", "后关闭的一端，等待确认")
    case .timeWait: Bilingual("lets old segments die: 2MSL", "等旧报文段消失：2MSL")
    }
  }

  /// All that is to be said, the ends that are there among it.
  func inspection(_ ends: [(side: Side, text: String)], _ language: Language) -> Inspection {
    let names = ends.map { "\(CaptureWords.name($0.side)[language])\($0.text)" }
    let nobody = Bilingual("nobody", "无")[language]
    let present = names.isEmpty ? nobody : names.joined(separator: ", ")
    return Inspection(
      state.rawValue,
      [
        (Bilingual("means", "含义")[language], meaning[language]),
        (Bilingual("here", "当前")[language], present),
      ] + StateDiagram.transitions(from: state).map { ("→ \($0.state.rawValue)", $0.upon) })
  }
}
