import Models

/// Makes a ladder from a captured connection: a row a packet.
struct CaptureLadderRows {
  let captured: CaptureLadder
  let moment: Moment<WireObserver>
  let progress: Double
  /// When the connection's first packet was seen, in nanoseconds since 1970.
  let start: Int
  /// The highest packet number of the connection.
  let highestPacket: Int

  /// The ladder as far as it has been seen, from at most so many of the latest packets.
  func ladder(title: Bilingual, packets limit: Int) -> Ladder {
    var ladder = Ladder()
    ladder.title = title
    ladder.isFine = true
    if let last = captured.rows.last?.segment {
      ladder.timeColumns = max(9, CaptureWords.seconds(last.time - start).utf8.count + 1)
    }
    ladder.numberColumns = "\(highestPacket)".utf8.count + 1
    (ladder.client, ladder.server) = (state(.client), state(.server))
    ladder.legend = Bilingual(
      "? the wire does not tell   CLOSED? presumed: nothing later confirms it",
      "? 线路上看不出   CLOSED? 推测：之后没有任何包证实")
    let seen = min(moment.after.packets, captured.rows.count)
    let first = max(0, seen - limit)
    ladder.rowsAbove = first
    for index in first..<seen { add(index, isLatest: index == seen - 1, to: &ladder) }
    ladder.focus = seen > 0 ? captured.rows[seen - 1].segment.packet : nil
    return ladder
  }

  /// What is known of an end now.
  private func state(_ side: Side) -> Ladder.State { Ladder.State(moment.after[side]) }

  private func add(_ index: Int, isLatest: Bool, to ladder: inout Ladder) {
    let row = captured.rows[index]
    var segment = LadderSegment(row, start: start)
    segment.isWrong = row.notes.contains { if case .anomaly = $0 { true } else { false } }
    segment.note = Self.note(row)
    if index > 0 {
      let wait = (row.segment.time - captured.rows[index - 1].segment.time) / 1000
      if wait >= Ladder.longWait {
        ladder.rows.append(Ladder.Row(time: segment.sentAt, wait: wait))
      }
    }
    var shown = Ladder.Row(time: segment.sentAt, sent: segment.number)
    shown.client = entered(.client, index, isLatest)
    shown.server = entered(.server, index, isLatest)
    ladder.rows.append(shown)
    var arrow = Ladder.Arrow(segment: segment, sentRow: ladder.rows.count - 1)
    if isLatest, case .packetSeen = moment.event, progress < 1 {
      (arrow.reached, arrow.isUnderWay) = (max(0, progress), true)
    } else {
      (arrow.reached, arrow.arrivalRow) = (1, arrow.sentRow)
    }
    ladder.arrows.append(arrow)
  }

  /// An end's state in a row, where it is another than in the row before.
  private func entered(_ side: Side, _ index: Int, _ isLatest: Bool) -> Ladder.State? {
    func atRow(_ index: Int) -> Ladder.State {
      var state = Ladder.State(.closed)
      state.possible = captured.rows[index].states(side)
      state.isPresumed = captured.rows[index].isPresumed(side)
      return state
    }
    var state = isLatest ? self.state(side) : atRow(index)
    if index > 0, atRow(index - 1) == state { return nil }
    if isLatest, case .stateDerived(side, _, _, _, _) = moment.event { state.isEntered = true }
    return state
  }

  /// The most important thing to say of a packet beside its numbers.
  private static func note(_ row: CaptureLadder.Row) -> Bilingual? {
    for event in row.notes {
      switch event {
      case .anomaly: return Bilingual("✗ not RFC 9293", "✗ 不合 RFC 9293")
      case .retransmissionSeen: return Bilingual("again", "重传")
      case .outOfOrderSeen: return Bilingual("out of order", "乱序")
      case .keepAliveSeen: return Bilingual("keep-alive", "保活")
      case .gapSeen(_, _, let count): return Bilingual("after \(count) unseen", "前缺 \(count)")
      case .packetSeen, .stateDerived: continue
      }
    }
    return row.segment.isLateInFile ? Bilingual("late in file", "文件中靠后") : nil
  }
}
