import Models

/// The ladder: both ends with their states, and the segments between them, time running down.
struct TCPLadderPane {
  let network: TCPNetwork
  let connection: Int
  /// The time that is shown, in microseconds; between two steps it runs.
  let now: Microseconds
  /// The segment that the step is about.
  let focus: Int?
  let rect: Rect
  let framed: Bool
  let look: Look

  private var inner: Rect { framed ? rect.inner : rect }
  private static let timeColumns = 8
  private static let stateColumns = 12

  private var leftLane: Int { inner.x + Self.timeColumns + Self.stateColumns + 2 }
  private var rightLane: Int { inner.right - Self.stateColumns - 3 }
  private var span: Int { rightLane - leftLane - 1 }

  func draw(_ canvas: inout Canvas) {
    let ports = network.connections[connection]
    if framed {
      let title = Bilingual(
        "port \(ports.clientPort) to port \(ports.serverPort)",
        "端口 \(ports.clientPort) 到端口 \(ports.serverPort)")
      let many = network.connections.count > 1 ? "\(connection + 1)  " : ""
      canvas.box(rect, title: many + title[look.language])
    }
    drawHeads(&canvas)
    let ladder = TCPLadderRows(network, connection: connection, segments: inner.height * 2)
    let height = inner.height - 1
    // One row more than there are, for what is still under way.
    let count = ladder.rows.count + 1
    let first = max(0, min(max(0, count - 1), count - height + look.scroll))
    let area = Rect(x: inner.x, y: inner.y + 1, width: inner.width, height: height)
    canvas.clipped(to: area) { canvas in
      drawRows(ladder, first, area, &canvas)
      for arrow in ladder.arrows { draw(arrow, ladder, first, area, &canvas) }
    }
    if first > 0, framed {
      let text = Bilingual(" ▲ \(first) more ", " ▲ 还有 \(first) 行 ")[look.language]
      canvas.put(text, rect.right - GlyphWidth.of(text) - 2, rect.y, .dim)
    }
  }

  /// Who is who, and the present states, above the lanes.
  private func drawHeads(_ canvas: inout Canvas) {
    let ends = network.connections[connection]
    let client = Bilingual("client", "客户端")[look.language]
    let server = Bilingual("server", "服务端")[look.language]
    canvas.put("time", inner.x + 1, inner.y, .dim)
    canvas.put(client, inner.x + Self.timeColumns, inner.y, .heading)
    canvas.put(
      ends.client.state.rawValue, leftLane + 1, inner.y, Style(.current, .bold))
    let state = ends.server.state.rawValue
    canvas.put(state, rightLane - state.utf8.count, inner.y, Style(.current, .bold))
    canvas.put(server, rightLane + 2, inner.y, .heading)
  }

  // MARK: - Rows

  private func drawRows(
    _ ladder: TCPLadderRows, _ first: Int, _ area: Rect, _ canvas: inout Canvas
  ) {
    for y in area.y..<area.bottom {
      canvas.put("│", leftLane, y, .border)
      canvas.put("│", rightLane, y, .border)
    }
    for (offset, row) in ladder.rows.dropFirst(first).prefix(area.height).enumerated() {
      let y = area.y + offset
      if let wait = row.wait {
        drawWait(wait, y, &canvas)
        continue
      }
      canvas.put(Self.clock(row.time), area.x, y, .dim)
      if let state = row.client {
        canvas.put(
          TextLayout.padLeft(state.rawValue, columns: Self.stateColumns),
          leftLane - Self.stateColumns - 1, y)
      }
      if let state = row.server { canvas.put(state.rawValue, rightLane + 2, y) }
    }
  }

  private func drawWait(_ wait: Microseconds, _ y: Int, _ canvas: inout Canvas) {
    let text = " \(Self.duration(wait)) \(Bilingual("pass", "过去")[look.language]) "
    for x in leftLane + 1..<rightLane { canvas.put("┄", x, y, .border) }
    canvas.put(text, leftLane + (span - GlyphWidth.of(text)) / 2, y, .dim)
  }

  /// A time in seconds with three decimals, right-aligned.
  static func clock(_ time: Microseconds) -> String {
    TextLayout.padLeft(FramesText.seconds(time / 1000), columns: timeColumns - 1)
  }

  /// A duration in a unit that suits it.
  static func duration(_ time: Microseconds) -> String {
    if time < 1000 { return "\(time) us" }
    if time < 1_000_000 { return "\(decimals(time, 1000)) ms" }
    if time < 120_000_000 { return "\(decimals(time, 1_000_000)) s" }
    return "\(decimals(time, 60_000_000)) min"
  }

  private static func decimals(_ value: Int, _ unit: Int) -> String {
    let tenths = (value * 10 + unit / 2) / unit
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  // MARK: - Arrows

  private func draw(
    _ arrow: TCPLadderRows.Arrow, _ ladder: TCPLadderRows, _ first: Int, _ area: Rect,
    _ canvas: inout Canvas
  ) {
    let record = arrow.record
    let fromClient = record.sender.side == .client
    let isFocus = record.index == focus
    let style = Style(
      isFocus ? .current : arrow.flight != nil ? .moved : .text, isFocus ? .bold : [])
    let startX = fromClient ? leftLane : rightLane
    let endX = fromClient ? rightLane : leftLane
    let lastRow =
      arrow.arrivalRow
      ?? (arrow.sentRow == ladder.rows.count - 1 ? arrow.sentRow : ladder.rows.count)
    let isStepped = lastRow != arrow.sentRow && !record.isLost && !record.isHeld
    let bend = isStepped ? bendColumn(record, fromClient) : nil
    let y = area.y + arrow.sentRow - first
    let endY = isStepped ? area.y + lastRow - first : y
    let path = Traveller(
      label: "", from: Point(x: startX, y: y), to: Point(x: endX, y: endY), turn: bend, fraction: 1
    ).path
    let reached = Int((Double(path.count - 1) * fraction(arrow)).rounded())
    drawShaft(path, reached, style, &canvas)
    canvas.put(fromClient ? "├" : "┤", startX, y, style)
    let head = path[max(0, reached)]
    if record.isLost {
      // Drawn with the label, behind which it lies.
    } else if record.isHeld, arrow.arrivalRow == nil {
      canvas.put("‖", head.x, head.y, Style(.waiting, .bold))
    } else if reached == path.count - 1 {
      canvas.put(fromClient ? "┤" : "├", endX, endY, style)
      canvas.put(fromClient ? "▶" : "◀", fromClient ? endX - 1 : endX + 1, endY, style)
    } else if reached > 0 {
      canvas.put(fromClient ? "▶" : "◀", head.x, head.y, style)
    }
    drawLabel(record, y: y, bend: bend, style, &canvas)
  }

  /// How far an arrow has come: as the time says while it is under way.
  private func fraction(_ arrow: TCPLadderRows.Arrow) -> Double {
    if arrow.record.isLost { return 0.1 }
    if arrow.record.isHeld && arrow.arrivalRow == nil { return 0.62 }
    guard let flight = arrow.flight, arrow.arrivalRow == nil else {
      return arrow.arrivalRow == nil ? 0 : 1
    }
    let whole = max(1, flight.arrives - flight.departed)
    return min(1, max(0, Double(now - flight.departed) / Double(whole)))
  }

  /// Where a stepped arrow goes down; the two directions and neighbours keep apart.
  private func bendColumn(_ record: SegmentRecord, _ fromClient: Bool) -> Int {
    let shift = record.index % 4 * 2
    return fromClient ? rightLane - 4 - shift : leftLane + 4 + shift
  }

  private func drawShaft(
    _ path: [Point], _ reached: Int, _ style: Style, _ canvas: inout Canvas
  ) {
    guard reached > 0 else { return }
    for index in 1..<max(1, reached) {
      let (before, here, next) = (path[index - 1], path[index], path[index + 1])
      let glyph: Unicode.Scalar
      if before.y == here.y, here.y == next.y {
        glyph = "─"
      } else if before.x == here.x, here.x == next.x {
        glyph = "│"
      } else if before.y == here.y {
        glyph = before.x < here.x ? "╮" : "╭"
      } else {
        glyph = next.x > here.x ? "╰" : "╯"
      }
      canvas.put(glyph, here.x, here.y, style)
    }
  }

  private func drawLabel(
    _ record: SegmentRecord, y: Int, bend: Int?, _ style: Style, _ canvas: inout Canvas
  ) {
    let fromClient = record.sender.side == .client
    let note = record.isRetransmission ? Bilingual("again", "重传")[look.language] : ""
    let lost = record.isLost ? Bilingual("╳ lost", "╳ 丢失")[look.language] : ""
    let room =
      (bend.map { fromClient ? $0 - leftLane : rightLane - $0 } ?? span) - 6 - GlyphWidth.of(lost)
    let text = TCPSegmentLabel(record).text(
      columns: room - (note.isEmpty ? 0 : GlyphWidth.of(note) + 2))
    let label = " " + text + (note.isEmpty ? " " : "  \(note) ")
    let width = GlyphWidth.of(label)
    let isNarrow = record.isLost || bend != nil || record.isHeld
    let x =
      isNarrow
      ? (fromClient ? leftLane + 3 : rightLane - 2 - width)
      : leftLane + 1 + (span - width) / 2
    var labelStyle = style
    if record.isRetransmission { labelStyle = Style(.waiting, .bold) }
    if record.segment.flags.contains(.rst) { labelStyle = Style(.error, .bold) }
    let end = canvas.put(label, x, y, labelStyle)
    guard record.isLost else { return }
    // A little further, and then no more.
    let dashes = "── "
    if fromClient {
      let column = canvas.put(dashes, end, y, style)
      canvas.put(lost + " ", column, y, Style(.error, .bold))
    } else {
      let column = x - GlyphWidth.of(lost) - 4
      canvas.put(" " + lost + " ──", column, y, Style(.error, .bold))
    }
  }
}

/// A segment in as many words as there is room for.
struct TCPSegmentLabel {
  let record: SegmentRecord

  init(_ record: SegmentRecord) { self.record = record }

  func text(columns: Int) -> String {
    let segment = record.segment
    let seq = record.relativeSeq.map { "seq \($0)" } ?? "seq \(segment.seq)"
    let ack = record.relativeAck.map { "ack \($0)" }
    var flags = segment.flags
    flags.remove(.psh)
    let length = segment.payloadLength
    var what = flags == .ack && length > 0 ? "" : flags.description
    if length > 0 { what += (what.isEmpty ? "" : " ") + "\(length) bytes" }
    let isBareAck = flags == .ack && length == 0
    let short = isBareAck ? [what, ack ?? ""] : [what, seq]
    let long = [what, seq, ack ?? ""]
    for parts in [long, short] {
      let text = parts.filter { !$0.isEmpty }.joined(separator: "  ")
      if text.utf8.count <= columns { return text }
    }
    return TextLayout.fit(what, columns: max(3, columns))
  }
}
