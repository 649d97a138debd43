import Models

/// All that the packets of a capture tell of an item; `?` where they do not.
struct CaptureInspector {
  let subject: CaptureSubject
  let moment: Moment<WireObserver>
  let language: Language

  private typealias Facts = [(String, String)]

  private func word(_ en: String, _ zh: String) -> String { Bilingual(en, zh)[language] }

  func inspect(_ item: Item) -> Inspection? {
    switch item.kind {
    case "segment": return packet(item.path[0])
    case "end": return TCPItem.end(of: item).map { end($0.side) }
    case "state": return state(TCPItem.state(of: item))
    default: return nil
    }
  }

  /// The row of a packet among those seen by now.
  private func packet(_ number: Int) -> Inspection? {
    let seen = subject.ladder.rows.prefix(moment.after.packets)
    guard let index = seen.lastIndex(where: { $0.segment.packet == number }) else { return nil }
    let row = seen[index]
    let segment = row.segment
    func both(_ relative: UInt32?, _ number: SequenceNumber) -> String {
      "\(relative.map { "\($0)" } ?? "?") (\(number))"
    }
    let isForward = segment.sender == .client
    var facts: Facts = [
      ("flags", segment.flags.description),
      (
        word("from", "方向"),
        isForward ? word("client to server", "客户端到服务器") : word("server to client", "服务器到客户端")
      ),
      ("seq", both(row.relativeSeq, segment.seq)),
    ]
    if segment.flags.contains(.ack) {
      facts.append(("ack", both(row.relativeAck, segment.ack)))
      facts.append(
        (
          word("acknowledges", "确认了"),
          Acknowledged(row: index, of: subject.ladder)?.text[language] ?? "?"
        ))
    }
    facts += [
      (word("length", "长度"), TCPWords.bytes(Int(segment.payloadLength), language)),
      (word("numbers", "序列号数"), "\(segment.length)"),
      (word("window field", "窗口字段"), "\(segment.window)"),
    ]
    if segment.flags.contains(.syn) {
      facts.append((word("window scale", "窗口扩大"), scale(segment.windowScale)))
    }
    let seconds = subject.words.time(segment)
    facts += [
      (word("seen", "抓到"), word("\(seconds) s", "\(seconds) 秒")),
      (word("sent, arrived", "发送与到达"), "?"),
      (
        word("retransmission", "重传"), row.isRetransmission ? retransmission(index) : word("no", "否")
      ),
    ]
    for side in Side.allCases {
      let text = row.states(side).description + (row.isPresumed(side) ? "?" : "")
      facts.append((word("\(side.name) then", "\(CaptureWords.name(side).zh)此时"), text))
    }
    for case .anomaly(let kind, _, _, let states) in row.notes {
      facts.append(
        (word("not RFC 9293", "不合 RFC 9293"), CaptureWords.anomaly(kind, states)[language]))
    }
    return Inspection(word("packet \(number)", "第 \(number) 个包"), facts)
  }

  /// Of which packet another one is the retransmission, as far as the numbers tell.
  private func retransmission(_ index: Int) -> String {
    let rows = subject.ladder.rows
    let segment = rows[index].segment
    let first = rows[max(0, index - Acknowledged.lookback)..<index].first {
      $0.segment.sender == segment.sender && $0.segment.length > 0
        && $0.segment.seq.isAtOrBefore(segment.seq) && $0.segment.end.isAfter(segment.seq)
    }
    guard let first else { return word("yes, of ?", "是，原包 ?") }
    return word("of packet \(first.segment.packet)", "第 \(first.segment.packet) 个包")
  }

  private func scale(_ scale: WireSegment.WindowScale) -> String {
    switch scale {
    case .unknown: "?"
    case .absent: word("no such option", "无此选项")
    case .shift(let bits): word("\(bits) bits", "\(bits) 位")
    }
  }

  private func end(_ side: Side) -> Inspection {
    let known = LadderEnd(moment.known(progress: 1), side)
    var facts: Facts = [(word("state", "状态"), known.state.text(language))]
    let possible = known.state.possible
    if possible.known == nil {
      facts.append((word("may be in", "可能为"), CaptureWords.states(possible, language)))
    }
    facts += known.variables.map { ($0.name, $0.value) }
    let unknown: [Bilingual] = [
      Bilingual("timers", "定时器"), Bilingual("rto, srtt", "rto、srtt"),
      Bilingual("unread bytes", "未读字节"),
    ]
    facts += unknown.map { ($0[language], word("? not on the wire", "? 线路上看不出")) }
    return Inspection("\(CaptureWords.name(side)[language])  \(subject.words.address(side))", facts)
  }

  private func state(_ state: ConnectionState) -> Inspection {
    var ends: [(Side, String)] = []
    for side in Side.allCases {
      let known = Ladder.State(moment.after[side])
      guard known.possible.contains(PossibleStates(state)) else { continue }
      ends.append((side, known.possible.known == nil || known.isPresumed ? "?" : ""))
    }
    return StateFacts(state: state).inspection(ends, language)
  }
}

extension Moment<WireObserver> {
  /// What the packets told, that of this step among them once its arrow has been drawn.
  func known(progress: Double) -> WireObserver {
    if case .packetSeen = event, progress < 1 { return after }
    return operation.map { after.having(seen: $0.segment) } ?? after
  }
}
