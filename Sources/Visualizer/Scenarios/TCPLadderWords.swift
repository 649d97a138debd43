import Models

/// How the comparison says what differs and where.
extension TCPLadderCheck {
  /// What capture and model have of one thing, which is not the same.
  static func difference(
    _ name: Bilingual, _ what: Bilingual? = nil, captured: Bilingual, model: Bilingual
  ) -> Bilingual {
    // A blank stands between Chinese and Latin words; what is a predicate already needs no other.
    func be(_ value: Bilingual) -> String {
      if let first = value.zh.first, "中未尚".contains(first) { return value.zh }
      return "为" + (value.zh.first?.isASCII == true ? " " : "") + value.zh
    }
    return Bilingual(
      name.en + (what.map { ": \($0.en)" } ?? "")
        + ": captured \(captured.en), model \(model.en)",
      name.zh + (what.map { "，\($0.zh)" } ?? "") + "：捕获\(be(captured))，模型\(be(model))")
  }

  /// A row in brackets behind its number.
  func words(_ row: TCPLadder.Row) -> Bilingual {
    let what =
      switch row.kind {
      case .app(let app):
        Bilingual("\(app.side.name) \(app.call)", "\(zh(app.side)) \(app.call)")
      case .send(let send):
        Bilingual("\(send.side.name) sends \(send.flags)", "\(zh(send.side))发送 \(send.flags)")
      case .receive(let arrival):
        Bilingual(
          "\(arrival.side.name) receives segment \(arrival.segment)",
          "\(zh(arrival.side))收到报文段 \(arrival.segment)")
      case .state: Bilingual("a timer ends", "定时器到期")
      }
    let prefix = prefix(row)
    return Bilingual(
      "event \(row.index) (\(prefix.en)\(what.en))", "事件 \(row.index)（\(prefix.zh)\(what.zh)）")
  }

  /// A segment that was captured, with its flags in brackets.
  func words(_ send: TCPLadder.Send, _ row: TCPLadder.Row) -> Bilingual {
    let prefix = prefix(row)
    return Bilingual(
      "segment \(send.segment) (\(prefix.en)\(send.side.name) \(send.flags))",
      "报文段 \(send.segment)（\(prefix.zh)\(zh(send.side)) \(send.flags)）")
  }

  /// Which connection a row is about, as the file numbers them, where there are several; and as the player
  /// does, where that differs.
  private func prefix(_ row: TCPLadder.Row) -> Bilingual {
    guard ladder.connections.count > 1, let index = row.connection else {
      return Bilingual(same: "")
    }
    let id = ladder.connections[index].id
    let shown = index + 1
    guard shown != id else { return Bilingual("connection \(id), ", "连接 \(id)，") }
    return Bilingual(
      "connection \(id), shown as [\(shown)], ", "连接 \(id)，显示为 [\(shown)]，")
  }

  func zh(_ side: Side) -> String { TCPWords.end(side, .zh) }

  /// An end's state before or after a row.
  func state(_ side: Side, isBefore: Bool) -> Bilingual {
    Bilingual(
      "\(side.name) \(isBefore ? "before" : "after")",
      "\(zh(side))在此\(isBefore ? "之前" : "之后")的状态")
  }

  /// A timer by its kind.
  static func timer(_ kind: TimerKind) -> Bilingual {
    let zh =
      switch kind {
      case .retransmission: "重传定时器"
      case .lossProbe: "尾部探测定时器"
      case .reordering: "乱序等待定时器"
      case .delayedAck: "延迟确认定时器"
      case .timeWait: "TIME_WAIT 定时器"
      case .finWait2: "FIN_WAIT_2 定时器"
      case .persist: "零窗口探测定时器"
      case .pacing: "发送节拍定时器"
      }
    return Bilingual("\(kind.rawValue) timer", zh)
  }

  func seconds(_ time: Microseconds) -> String {
    let millionths = String(time % 1_000_000)
    return "\(time / 1_000_000).\(String(repeating: "0", count: 6 - millionths.utf8.count))"
      + "\(millionths) s"
  }
}
