import Models

/// The segment in focus taken apart, and both ends' variables and timers.
struct TCPInspector {
  let network: TCPNetwork
  let connection: Int
  let now: Microseconds
  let focus: Int?
  let look: Look

  /// Below each other in a column beside the ladder.
  func drawColumn(_ rect: Rect, _ canvas: inout Canvas) {
    let segmentHeight = min(9, rect.height / 3)
    let half = (rect.height - segmentHeight) / 2
    drawSegment(
      Rect(x: rect.x, y: rect.y, width: rect.width, height: segmentHeight), &canvas)
    drawEnd(
      .client,
      Rect(x: rect.x, y: rect.y + segmentHeight, width: rect.width, height: half), &canvas)
    drawEnd(
      .server,
      Rect(
        x: rect.x, y: rect.y + segmentHeight + half, width: rect.width,
        height: rect.height - segmentHeight - half), &canvas)
  }

  /// Both ends side by side below the ladder.
  func drawStrip(_ rect: Rect, _ canvas: inout Canvas) {
    let half = rect.width / 2
    drawEnd(.client, Rect(x: rect.x, y: rect.y, width: half, height: rect.height), &canvas)
    drawEnd(
      .server,
      Rect(x: rect.x + half, y: rect.y, width: rect.width - half, height: rect.height), &canvas)
  }

  // MARK: - The segment

  private func drawSegment(_ rect: Rect, _ canvas: inout Canvas) {
    let language = look.language
    let inner = rect.inner
    guard let focus, focus < network.log.count else {
      canvas.box(rect, title: Bilingual("segment", "报文段")[language])
      return
    }
    let record = network.log[focus]
    let segment = record.segment
    let arrow = record.sender.side == .client ? "→" : "←"
    canvas.box(
      rect,
      title: Bilingual(
        "segment \(focus)  client \(arrow) server", "报文段 \(focus)  客户端 \(arrow) 服务端")[language])
    var lines: [(String, String)] = [("flags", segment.flags.description)]
    let relative = record.relativeSeq.map { "\($0)  " } ?? ""
    lines.append(("seq", "\(relative)(\(segment.seq))"))
    if segment.flags.contains(.ack) {
      let relativeAck = record.relativeAck.map { "\($0)  " } ?? ""
      lines.append(("ack", "\(relativeAck)(\(segment.ack))"))
    }
    lines.append(
      (
        "length",
        Bilingual(
          "\(segment.payloadLength) bytes, takes \(segment.length) numbers",
          "\(segment.payloadLength) 字节，占 \(segment.length) 个序列号")[language]
      ))
    lines.append(("window", "\(segment.window)"))
    lines.append(("sent", TCPLadderPane.clock(record.sentAt).trimmed + " s" + fate(record)))
    for (index, line) in lines.prefix(inner.height).enumerated() {
      canvas.put(line.0, inner.x + 1, inner.y + index, .dim)
      canvas.put(
        TextLayout.fit(line.1, columns: inner.width - 9), inner.x + 8, inner.y + index,
        index == 0 ? Style(.current, .bold) : .text)
    }
  }

  private func fate(_ record: SegmentRecord) -> String {
    if record.isLost { return Bilingual(", lost", "，丢失")[look.language] }
    if let at = record.arrivedAt {
      let time = TCPLadderPane.clock(at).trimmed
      return Bilingual(", arrived \(time)", "，到达 \(time)")[look.language]
    }
    if record.isHeld { return Bilingual(", held back", "，被扣住")[look.language] }
    return Bilingual(", on the wire", "，在途")[look.language]
  }

  // MARK: - An end

  private func drawEnd(_ side: Side, _ rect: Rect, _ canvas: inout Canvas) {
    let endpoint = network[End(connection, side)]
    let name = side == .client ? Bilingual("client", "客户端") : Bilingual("server", "服务端")
    canvas.box(rect, title: "\(name[look.language])  \(endpoint.state.rawValue)")
    let inner = rect.inner
    let sndBase = network.connections[connection].iss(of: side) ?? endpoint.iss
    func send(_ number: SequenceNumber) -> String {
      endpoint.incarnation == 0 ? "-" : "\(number.relative(to: sndBase))"
    }
    func receive(_ number: SequenceNumber) -> String {
      endpoint.irs.map { "\(number.relative(to: $0))" } ?? "-"
    }
    let variables: [(String, String)] = [
      ("sndUna", send(endpoint.sndUna)), ("rcvNxt", receive(endpoint.rcvNxt)),
      ("sndNxt", send(endpoint.sndNxt)), ("rcvWnd", "\(endpoint.rcvWnd)"),
      ("sndWnd", "\(endpoint.sndWnd)"), ("iss", "\(endpoint.iss)"),
    ]
    let columnWidth = max(14, inner.width / 2)
    let timers = endpoint.timers.running
    let variableRows = max(1, min(3, inner.height - min(timers.count, 2)))
    for (index, variable) in variables.prefix(variableRows * 2).enumerated() {
      let x = inner.x + 1 + index % 2 * columnWidth
      let y = inner.y + index / 2
      canvas.put(variable.0, x, y, .dim)
      canvas.put(variable.1, x + 7, y)
    }
    for (index, running) in timers.prefix(inner.height - variableRows).enumerated() {
      drawTimer(
        running.kind, running.timer, inner.x + 1, inner.y + variableRows + index,
        inner.width - 2, &canvas)
    }
  }

  /// A timer as a bar that runs down.
  private func drawTimer(
    _ kind: TimerKind, _ timer: RunningTimer, _ x: Int, _ y: Int, _ width: Int,
    _ canvas: inout Canvas
  ) {
    let left = max(0, timer.deadline - now)
    let text = TextLayout.padLeft(TCPLadderPane.duration(left), columns: 8)
    let label = TextLayout.pad(Self.name(kind), columns: 9)
    let cells = width - 9 - 9
    let filled =
      timer.duration == 0 ? 0 : (left * cells + timer.duration - 1) / max(1, timer.duration)
    canvas.put(label, x, y, Style(.waiting))
    for cell in 0..<max(0, cells) {
      canvas.put(cell < filled ? "▓" : "░", x + 9 + cell, y, cell < filled ? Style(.waiting) : .dim)
    }
    canvas.put(text, x + 9 + max(0, cells), y)
  }

  private static func name(_ kind: TimerKind) -> String {
    switch kind {
    case .retransmission: "RTO"
    case .lossProbe: "TLP"
    case .reordering: "RACK"
    case .delayedAck: "del. ACK"
    case .timeWait: "2MSL"
    case .finWait2: "FIN_WAIT2"
    case .persist: "persist"
    }
  }
}

extension String {
  /// Without blanks in front.
  fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
