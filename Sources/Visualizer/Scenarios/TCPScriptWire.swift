import Models

// What a scenario asks of the wire.

extension TCPScript {
  func wire(_ line: inout TCPScriptLine) throws(ScriptError) -> [TCPOperation] {
    try line.expect("delay", "wire delay 20ms")
    let time = try line.time("wire delay 20ms")
    guard time >= TCPScriptLimits.delay else {
      throw line.tokens.error(
        2,
        Bilingual(
          "no wire is that fast; write wire delay 100us or more",
          "没有这么快的线路；请写 wire delay 100us 或更长"))
    }
    guard line.takes("from") else {
      try line.end()
      return Side.allCases.map { .wireDelay(from: $0, time) }
    }
    let side = try line.side("wire delay 20ms from client")
    try line.end()
    return [.wireDelay(from: side, time)]
  }

  /// `drop next from client`, `delay next 3 from server 300ms` and their like.
  func fates(
    _ line: inout TCPScriptLine, _ example: String
  ) throws(ScriptError) -> [TCPOperation] {
    let verb = line.tokens[0]
    try line.expect("next", example)
    let count =
      try line.optionalNumber(
        1...TCPScriptLimits.fates, Bilingual("how many of the next segments", "接下来的报文段个数")) ?? 1
    try line.expect("from", example)
    let side = try line.side(example)
    let usual = side == .client ? network.delay.client : network.delay.server
    let fate: Fate
    switch verb {
    case "drop": fate = .lost
    case "hold": fate = .held
    case "delay": fate = .delivers(after: [try line.time(example)])
    default:
      let gap = try line.time(after: "after", example) ?? 10_000
      fate = .delivers(after: [usual, usual + gap])
    }
    let end = End(try connection(named: &line), side)
    try line.end()
    return Array(repeating: .fate(end, fate), count: count)
  }

  /// The segment that was held first and not released yet goes on.
  mutating func release(
    _ line: inout TCPScriptLine
  ) throws(ScriptError) -> TCPOperation {
    try line.expect("held", "release held after 5s")
    let delay = try line.time(after: "after", "release held after 5s") ?? 0
    try line.end()
    let held = (0..<network.log.count).first { index in
      network.log[index].isHeld && !released.contains(index)
        && network.log[index].sender.connection == connection
    }
    guard let held else {
      throw line.tokens.error(
        0,
        Bilingual(
          "nothing is held; write hold next from client before this",
          "没有扣住的报文段；请先写 hold next from client"))
    }
    released.insert(held)
    words.released.insert(held)
    return .deliverCopy(index: held, after: delay)
  }

  func deliverAgain(_ line: inout TCPScriptLine) throws(ScriptError) -> TCPOperation {
    try line.expect("again", "deliver again 3")
    guard network.log.count > 0 else {
      throw line.error(
        Bilingual(
          "no segment has been sent so far; wait until there is one",
          "还没有发送过报文段；请先等到有报文段发出"))
    }
    let index = try deliverable(&line)
    let delay = try line.time(after: "after", "deliver again 3 after 5s") ?? 0
    try line.end()
    return .deliverCopy(index: index, after: delay)
  }

  /// `3`, or `first from client` of the connection that the lines are about.
  private func deliverable(_ line: inout TCPScriptLine) throws(ScriptError) -> Int {
    guard line.next == "first" || line.next == "last" else {
      return try line.number(
        0...network.log.count - 1,
        Bilingual(
          "first from client, last from client, or a segment's number",
          " first from client、last from client 或报文段的编号"))
    }
    let isFirst = line.takes("first") || !line.takes("last")
    try line.expect("from", "deliver again first from client")
    let end = End(connection, try line.side("deliver again first from client"))
    let sent = (0..<network.log.count).filter { network.log[$0].sender == end }
    guard let index = isFirst ? sent.first : sent.last else {
      throw line.tokens.error(
        0,
        Bilingual(
          "\(TCPWords.end(end.side, .en)) has sent nothing on this connection so far",
          "\(TCPWords.end(end.side, .zh))还没有在这条连接上发送过报文段"))
    }
    return index
  }

  /// A segment that somebody else puts on the wire in an end's name, numbers relative to its ISN.
  mutating func forge(_ line: inout TCPScriptLine) throws(ScriptError) -> TCPOperation {
    let example = "forge from server RST seq 1"
    try line.expect("from", example)
    let side = try line.side(example)
    let end = End(connection, side)
    var flags: SegmentFlags = []
    while let word = line.next, let flag = SegmentFlags(name: word) {
      flags.insert(flag)
      _ = line.takes(word)
    }
    guard !flags.isEmpty else {
      let en = line.next.map { "unknown flag '\($0)'; " } ?? ""
      let zh = line.next.map { "没有“\($0)”这个标志；" } ?? ""
      throw line.error(
        Bilingual(
          "\(en)write one or more of SYN, FIN, RST, PSH, ACK, such as \(example)",
          "\(zh)请写 SYN、FIN、RST、PSH、ACK 中的一个或几个，如 \(example)"))
    }
    func absolute(_ number: Int, _ side: Side) -> SequenceNumber {
      (network.connections[connection].iss(of: side) ?? SequenceNumber(0)) + number
    }
    try line.expect("seq", example)
    let range = 0...Int(UInt32.max)
    let relative = Bilingual("a relative number", "相对序列号")
    let seq = absolute(try line.number(range, relative), side)
    var segment = Segment(flags, seq: seq)
    if line.takes("ack") {
      segment.ack = absolute(try line.number(range, relative), side.peer)
      segment.flags.insert(.ack)
    } else if flags.contains(.ack) {
      throw line.error(
        Bilingual(
          "the flag ACK needs its number; write ack 1 behind the seq",
          "ACK 标志需要确认号；请在 seq 后面写 ack 1"))
    }
    if line.takes("length") {
      let count = try line.number(
        1...network.rules(of: side).mss, Bilingual("how many bytes it carries", "携带的字节数"))
      let incarnation = network[end].incarnation
      segment.payload = Payload(
        StreamOrigin(end, incarnation: incarnation),
        offset: Int(seq.relative(to: absolute(1, side))), count: count)
    }
    try line.end()
    let text = (0..<line.tokens.count).compactMap { line.tokens[$0] }.joined(separator: " ")
    words.forged[segment] = text
    return .inject(from: end, segment, isRetransmission: false)
  }
}
