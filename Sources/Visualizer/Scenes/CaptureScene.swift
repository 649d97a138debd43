import Models

/// Draws a connection of a capture as a ladder: a row a packet, the states of both ends beside it.
struct CaptureScene {
  let moment: Moment<WireObserver>
  let progress: Double
  let stage: Rect
  let ladder: CaptureLadder
  let words: CaptureWords
  let look: Look

  /// Where the columns lie.
  private struct Columns {
    var packet: Int
    var time: Int
    var client: Int
    var wire: Int
    var wireWidth: Int
    var server: Int
  }

  private static let stateWidth = 14

  private var isFramed: Bool { FrameScene.isFull(look.size) }

  private var columns: Columns {
    let left = stage.x + (isFramed ? 2 : 0)
    let right = stage.right - (isFramed ? 2 : 0)
    let packetWidth = max(2, "\(ladder.rows.last?.segment.packet ?? 0)".utf8.count)
    let timeWidth = ladder.rows.last.map { words.time($0.segment).utf8.count } ?? 8
    let time = left + packetWidth + 2
    let client = time + max(4, timeWidth) + 2
    let wire = client + Self.stateWidth
    let server = right - Self.stateWidth + 1
    return Columns(
      packet: left, time: time, client: client, wire: wire, wireWidth: server - wire - 1,
      server: server)
  }

  func draw(_ canvas: inout Canvas) {
    let language = look.language
    if isFramed {
      canvas.box(stage, title: Bilingual("packets on the wire", "线路上的包")[language])
    }
    let columns = columns
    var row = stage.y + (isFramed ? 1 : 0)
    let end = stage.bottom - (isFramed ? 1 : 0)
    canvas.put("#", columns.packet, row, .dim)
    canvas.put(Bilingual("time", "时间")[language], columns.time, row, .dim)
    canvas.put(CaptureWords.name(.client)[language], columns.client, row, .heading)
    canvas.put(CaptureWords.name(.server)[language], columns.server, row, .heading)
    let address = TextLayout.fit(words.client, columns: columns.wireWidth / 2 - 1)
    canvas.put(address, columns.wire, row, .dim)
    let other = TextLayout.fit(words.server, columns: columns.wireWidth / 2 - 1)
    canvas.put(other, columns.server - 2 - GlyphWidth.of(other), row, .dim)
    row += 1
    let legendRow = end - 1
    let room = legendRow - row
    guard room > 0 else { return }
    let shown = moment.after.packets
    let last = max(0, min(shown, shown - look.scroll))
    let first = max(0, min(last - room, shown - 1))
    for index in first..<max(first, min(shown, first + room)) {
      draw(index, isCurrent: index == shown - 1, row + index - first, columns, &canvas)
    }
    drawLegend(legendRow, columns, hidden: first, &canvas)
  }

  private func draw(
    _ index: Int, isCurrent: Bool, _ y: Int, _ columns: Columns, _ canvas: inout Canvas
  ) {
    let row = ladder.rows[index]
    let segment = row.segment
    let numberStyle = isCurrent ? Style(.current, .bold) : .dim
    canvas.put("\(segment.packet)", columns.packet, y, numberStyle)
    canvas.put(words.time(segment), columns.time, y, .dim)
    for side in Side.allCases {
      let end = moment.after[side]
      let states = isCurrent ? end.states : row.states(side)
      let isPresumed = isCurrent ? end.isPresumed : row.isPresumed(side)
      let before = index > 0 ? ladder.rows[index - 1] : nil
      let isSame =
        before.map { $0.states(side) == states && $0.isPresumed(side) == isPresumed } ?? false
      let isChanging: Bool
      if case .stateDerived(side, _, _, _, _) = moment.event {
        isChanging = isCurrent
      } else {
        isChanging = false
      }
      let text = states.description + (isPresumed && states.known != nil ? "?" : "")
      let style: Style =
        isChanging
        ? Style(.moved, .bold) : states.known == nil ? Style(.waiting) : isSame ? .dim : .text
      canvas.put(
        isSame && !isCurrent ? "┆" : text, side == .client ? columns.client : columns.server, y,
        style)
    }
    drawArrow(row, isCurrent: isCurrent, y, columns, &canvas)
  }

  private func drawArrow(
    _ row: CaptureLadder.Row, isCurrent: Bool, _ y: Int, _ columns: Columns,
    _ canvas: inout Canvas
  ) {
    let segment = row.segment
    let isForward = segment.sender == .client
    let width = columns.wireWidth
    let isWrong = row.notes.contains { if case .anomaly = $0 { true } else { false } }
    let style: Style =
      isWrong
      ? Style(.error) : row.isRetransmission ? Style(.waiting) : isCurrent ? Style(.moved) : .dim
    let isMoving: Bool
    if case .packetSeen = moment.event {
      isMoving = isCurrent && progress < 1
    } else {
      isMoving = false
    }
    let reach = isMoving ? Int(Double(width) * max(0, progress)) : width
    let part = Rect(
      x: isForward ? columns.wire : columns.wire + width - reach, y: y, width: reach, height: 1)
    var label = CaptureWords.label(segment, seq: row.relativeSeq, ack: row.relativeAck)
    if let note = note(row) { label += "  " + note }
    canvas.clipped(to: part) { canvas in
      for x in columns.wire..<columns.wire + width { canvas.put("─", x, y, style) }
      canvas.put(isForward ? "├" : "◀", columns.wire, y, style)
      canvas.put(isForward ? "▶" : "┤", columns.wire + width - 1, y, style)
      let fitted = TextLayout.fit(label, columns: width - 8)
      let start = columns.wire + max(3, (width - GlyphWidth.of(fitted)) / 2)
      canvas.put(
        " \(fitted) ", start - 1, y,
        isWrong ? Style(.error, .bold) : isCurrent ? Style(.text, .bold) : .text)
    }
  }

  /// The most important thing to say of a packet beside its numbers.
  private func note(_ row: CaptureLadder.Row) -> String? {
    let language = look.language
    for event in row.notes {
      switch event {
      case .anomaly: return Bilingual("✗ not RFC 9293", "✗ 不合 RFC 9293")[language]
      case .retransmissionSeen: return Bilingual("again", "重传")[language]
      case .outOfOrderSeen: return Bilingual("out of order", "乱序")[language]
      case .keepAliveSeen: return Bilingual("keep-alive", "保活")[language]
      case .gapSeen(_, _, let count):
        return Bilingual("\(count) before it not captured", "之前缺 \(count)")[language]
      case .packetSeen, .stateDerived: continue
      }
    }
    return row.segment.isLateInFile ? Bilingual("late in the file", "文件中位置靠后")[language] : nil
  }

  private func drawLegend(
    _ y: Int, _ columns: Columns, hidden: Int, _ canvas: inout Canvas
  ) {
    var text = Bilingual(
      "?: the wire does not tell   CLOSED?: presumed, nothing later confirms it",
      "?：线路上看不出   CLOSED?：推测，之后没有证实")[look.language]
    if hidden > 0 {
      text = Bilingual("\(hidden) packets above   ", "上面还有 \(hidden) 个包   ")[look.language] + text
    }
    canvas.put(
      TextLayout.fit(text, columns: stage.right - columns.packet - 1), columns.packet, y, .dim)
  }
}
