import Models

/// An end as the inspector shows it.
struct LadderEnd {
  /// A timer, and what is left of it.
  struct Timer {
    var kind: TimerKind
    var name: String
    var left: Microseconds
    var duration: Microseconds
  }

  var state: Ladder.State
  /// The variables by the RFC's names, the most important first; `?` is not known.
  var variables: [(name: String, value: String)]
  /// The timers that run; nil where they cannot be known.
  var timers: [Timer]?
}

/// The segment in focus taken apart, and both ends' variables and timers.
struct LadderInspector {
  let ladder: Ladder
  let acknowledged: Acknowledged?
  let client: LadderEnd
  let server: LadderEnd
  let look: Look

  /// Below each other in a column beside the ladder.
  func drawColumn(_ rect: Rect, _ canvas: inout Canvas) {
    let segmentHeight = min(10, rect.height / 3)
    let endHeight = min(12, (rect.height - segmentHeight) / 2)
    drawSegment(Rect(x: rect.x, y: rect.y, width: rect.width, height: segmentHeight), &canvas)
    var end = Rect(
      x: rect.x, y: rect.y + segmentHeight, width: rect.width, height: endHeight)
    drawEnd(.client, end, &canvas)
    end.y = end.bottom
    end.height = rect.height > segmentHeight + 24 ? endHeight : rect.bottom - end.y
    drawEnd(.server, end, &canvas)
  }

  /// Beside each other below the ladder.
  func drawStrip(_ rect: Rect, _ canvas: inout Canvas) {
    let width = (rect.width - Self.narrowSegment) / 2
    var part = Rect(x: rect.x, y: rect.y, width: Self.narrowSegment, height: rect.height)
    drawSegment(part, &canvas)
    part = Rect(x: part.right, y: rect.y, width: width, height: rect.height)
    drawEnd(.client, part, &canvas)
    drawEnd(
      .server,
      Rect(x: part.right, y: rect.y, width: rect.right - part.right, height: rect.height), &canvas)
  }

  /// Columns of the segment's box in the strip.
  private static let narrowSegment = 24

  // MARK: - The segment

  /// The segment in focus; all its facts, where there are some to be shown.
  func drawSegment(
    _ rect: Rect, all facts: [Inspection.Fact] = [], _ canvas: inout Canvas
  ) {
    let language = look.language
    canvas.mark(pane: LadderView.segmentName, rect)
    guard let arrow = ladder.arrows.last(where: { $0.segment.number == ladder.focus }) else {
      canvas.box(rect, title: Bilingual("segment", "报文段")[language])
      return
    }
    let segment = arrow.segment
    let isForward = segment.sender == .client
    let word =
      ladder.numberColumns > 0
      ? Bilingual("packet \(segment.number)", "第 \(segment.number) 个包")
      : Bilingual("segment \(segment.number)", "报文段 \(segment.number)")
    let ends =
      rect.width >= 34
      ? Bilingual(
        isForward ? "  client → server" : "  client ← server",
        isForward ? "  客户端 → 服务器" : "  客户端 ← 服务器")
      : Bilingual(isForward ? " → server" : " → client", isForward ? " → 服务器" : " → 客户端")
    canvas.box(rect, title: word[language] + ends[language])
    let inner = rect.inner
    canvas.mark(
      TCPItem.segment(segment.number),
      Rect(x: inner.x + 1, y: inner.y, width: inner.width - 2, height: 1))
    if !facts.isEmpty { return FactsList(facts: facts, rect: inner).draw(&canvas) }
    if inner.height < 5 { return drawShortly(segment, inner, &canvas) }
    for (index, line) in lines(arrow).prefix(inner.height).enumerated() {
      canvas.put(line.name[language], inner.x + 1, inner.y + index, .dim)
      let column = inner.x + 9
      canvas.put(
        TextLayout.fit(line.value[language], columns: inner.right - column), column,
        inner.y + index, index == 0 ? Style(.current, .bold) : .text)
    }
  }

  /// Three lines, where there is no room for more.
  private func drawShortly(_ segment: LadderSegment, _ inner: Rect, _ canvas: inout Canvas) {
    let bytes =
      segment.payloadLength > 0
      ? "  " + TCPWords.bytes(segment.payloadLength, look.language) : ""
    let lines = [
      segment.flags.names + bytes,
      "seq " + Self.both(segment.relativeSeq, segment.seq),
      segment.flags.contains(.ack) ? "ack " + Self.both(segment.relativeAck, segment.ack) : "",
    ]
    for (index, line) in lines.prefix(inner.height).enumerated() {
      canvas.put(
        TextLayout.fit(line, columns: inner.width - 1), inner.x + 1, inner.y + index,
        index == 0 ? Style(.current, .bold) : .text)
    }
  }

  /// A number counted from the ISN, and as it stands in the segment.
  private static func both(_ relative: UInt32?, _ number: SequenceNumber) -> String {
    "\(relative.map { "\($0)" } ?? "?") (\(number))"
  }

  private func lines(_ arrow: Ladder.Arrow) -> [(name: Bilingual, value: Bilingual)] {
    let segment = arrow.segment
    func same(_ text: String) -> Bilingual { Bilingual(text, text) }
    var lines = [(same("flags"), same(segment.flags.names))]
    lines.append((same("seq"), same(Self.both(segment.relativeSeq, segment.seq))))
    if segment.flags.contains(.ack) {
      lines.append((same("ack"), same(Self.both(segment.relativeAck, segment.ack))))
      lines.append((Bilingual("acks", "确认"), acknowledged?.text ?? same("?")))
    }
    let (bytes, numbers) = (segment.payloadLength, segment.length)
    lines.append(
      (
        Bilingual("length", "长度"),
        Bilingual(
          "\(bytes) \(bytes == 1 ? "byte" : "bytes"), \(numbers) \(numbers == 1 ? "number" : "numbers")",
          "\(bytes) 字节，占 \(numbers) 个序列号")
      ))
    lines.append((Bilingual("window", "窗口"), same("\(segment.window)")))
    let fate = fate(arrow)
    let sent = ladder.clock(segment.sentAt)
    lines.append(
      (
        ladder.numberColumns > 0 ? Bilingual("seen", "时间") : Bilingual("sent", "发送"),
        Bilingual("\(sent) s\(fate.en)", "\(sent) 秒\(fate.zh)")
      ))
    return lines
  }

  private func fate(_ arrow: Ladder.Arrow) -> Bilingual {
    let segment = arrow.segment
    // Of an arrival a capture does not tell.
    if ladder.numberColumns > 0 {
      return segment.isRetransmission ? Bilingual(", again", "，重传") : Bilingual("", "")
    }
    if segment.isLost { return Bilingual(", lost", "，丢失") }
    if let at = segment.arrivedAt {
      return Bilingual(", arrived \(ladder.clock(at))", "，到达 \(ladder.clock(at))")
    }
    return segment.isHeld
      ? Bilingual(", held back", "，被扣住") : Bilingual(", on the wire", "，在途")
  }

  // MARK: - An end

  /// An end; all its facts above its timers, where there are some to be shown.
  func drawEnd(
    _ side: Side, _ rect: Rect, all facts: [Inspection.Fact] = [], _ canvas: inout Canvas
  ) {
    canvas.mark(pane: side.name, rect)
    let end = side == .client ? client : server
    let name = CaptureWords.name(side)[look.language]
    canvas.box(rect, title: "\(name)  \(end.state.text(look.language))")
    let inner = rect.inner
    canvas.mark(
      TCPItem.end(End(ladder.connection, side)),
      Rect(x: inner.x + 1, y: inner.y, width: inner.width - 2, height: 1))
    if !facts.isEmpty { return drawAll(facts, end, side, inner, &canvas) }
    let columnWidth = inner.width / 2
    // An ISN needs room for ten digits.
    let variables = columnWidth > 17 ? end.variables : end.variables.filter { $0.name != "iss" }
    let timers = end.timers ?? []
    let needed = end.timers == nil ? (inner.height > 4 ? 1 : 0) : min(timers.count, 2)
    // A number that is not counted from its ISN may be too long for two columns.
    let isLong = variables.contains { $0.value.utf8.count > columnWidth - 8 }
    let columns = isLong ? 1 : 2
    var shown = isLong ? variables.filter { $0.name != "iss" } : variables
    let most = (shown.count + columns - 1) / columns
    let variableRows = max(1, min(most, inner.height - needed))
    // A persist timer waits for the peer's window: beside it that is the last to be left out.
    if timers.contains(where: { $0.kind == .persist }),
      let window = shown.firstIndex(where: { $0.name == "sndWnd" }),
      window >= variableRows * columns
    {
      shown.swapAt(window, variableRows * columns - 1)
    }
    for (index, variable) in shown.prefix(variableRows * columns).enumerated() {
      let column = index % columns
      let (x, y) = (inner.x + 1 + column * columnWidth, inner.y + index / columns)
      canvas.put(variable.name, x, y, .dim)
      let room = (column == columns - 1 ? inner.right : inner.x + columnWidth) - x - 7
      canvas.put(TextLayout.fit(variable.value, columns: room), x + 7, y)
    }
    let row = inner.y + variableRows + (inner.height > variableRows + max(1, timers.count) ? 1 : 0)
    if end.timers == nil, row < inner.bottom {
      let text = Bilingual("timers ? not on the wire", "定时器 ? 线路上看不出")[look.language]
      canvas.put(TextLayout.fit(text, columns: inner.width - 2), inner.x + 1, row, .dim)
    }
    for (index, timer) in timers.prefix(max(0, inner.bottom - row)).enumerated() {
      drawTimer(timer, side, inner.x + 1, row + index, inner.width - 2, &canvas)
    }
  }

  private func drawAll(
    _ facts: [Inspection.Fact], _ end: LadderEnd, _ side: Side, _ inner: Rect,
    _ canvas: inout Canvas
  ) {
    let timers = end.timers ?? []
    var rect = inner
    rect.height -= timers.isEmpty ? 0 : timers.count + 1
    FactsList(facts: facts, rect: rect).draw(&canvas)
    for (index, timer) in timers.enumerated() {
      drawTimer(timer, side, inner.x + 1, rect.bottom + 1 + index, inner.width - 2, &canvas)
    }
  }

  /// A timer as a bar that runs down.
  private func drawTimer(
    _ timer: LadderEnd.Timer, _ side: Side, _ x: Int, _ y: Int, _ width: Int, _ canvas: inout Canvas
  ) {
    canvas.mark(
      TCPItem.timer(End(ladder.connection, side), timer.kind),
      Rect(x: x, y: y, width: 8, height: 1))
    let text = TextLayout.padLeft(Ladder.duration(timer.left), columns: 8)
    let cells = max(0, width - 9 - 9)
    let filled =
      timer.duration <= 0 ? 0 : (timer.left * cells + timer.duration - 1) / timer.duration
    canvas.put(TextLayout.pad(timer.name, columns: 9), x, y, Style(.waiting))
    for cell in 0..<cells {
      canvas.put(cell < filled ? "▓" : "░", x + 9 + cell, y, cell < filled ? Style(.waiting) : .dim)
    }
    canvas.put(text, x + 9 + cells + (cells > 0 ? 1 : 0), y)
  }
}
