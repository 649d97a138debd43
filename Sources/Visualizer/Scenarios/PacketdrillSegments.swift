import Models

/// Segments of a script: putting them on the wire, and comparing them with the model's.
extension PacketdrillRun {
  // MARK: Numbers

  /// How far the model's numbers lie from the script's.
  func shift(of end: End) -> UInt32 {
    numbers[end].map { $0.model &- $0.script } ?? 0
  }

  /// The model's number as the script counts.
  func scriptNumber(_ number: SequenceNumber, of end: End) -> UInt32 {
    number.value &- shift(of: end)
  }

  // MARK: Injecting

  /// The end that segments go to; one that nobody has opened, where there is none.
  private mutating func receiver() -> End {
    if let underTest { return underTest }
    let end = addConnection(.server)
    underTest = end
    return end
  }

  mutating func inject(_ packet: PacketdrillScript.Packet) {
    let end = receiver()
    var segment = Segment(packet.flags, seq: SequenceNumber(packet.seq ?? 0))
    if packet.flags.contains(.ack) {
      segment.ack = SequenceNumber((packet.ack ?? 0) &+ shift(of: end))
    }
    let isSyn = packet.flags.contains(.syn)
    segment.window = (packet.window ?? 65535) << (isSyn ? 0 : settings.injectedShift)
    let count = packet.length ?? 0
    if count > 0 {
      let first = SequenceNumber(packet.seq ?? 0) + (isSyn ? 1 : 0)
      let irs = network[end].irs ?? first - 1
      segment.payload = Payload(
        StreamOrigin(end.peer, incarnation: max(1, network[end].incarnation)),
        offset: max(0, first - irs - 1), count: count)
    }
    take(packet.options, of: end, into: &segment)
    if isSyn, !packet.flags.contains(.ack), !packet.flags.contains(.rst) { giveNumber(to: end) }
    injected[segment] = packet.source
    ask(.inject(from: end.peer, segment, isRetransmission: false))
    ask(.run(for: Self.flight))
  }

  private func take(
    _ options: [PacketdrillScript.SegmentOption], of end: End, into segment: inout Segment
  ) {
    for option in options {
      switch option {
      case .mss(let size): segment.mss = size
      case .sackPermitted: segment.sackPermitted = true
      case .timestamps(let value, _):
        // The echo is of the script's clock, which the model's is not.
        segment.timestamp = TimestampOption(value: value, echo: 0)
      case .sack(let ranges):
        let shift = shift(of: end)
        segment.sack = ranges.map {
          SequenceRange(
            SequenceNumber($0.lowerBound &+ shift), SequenceNumber($0.upperBound &+ shift))
        }
      case .windowScale(let bits): segment.windowShift = UInt8(exactly: bits)
      case .open, .other: break
      }
    }
  }

  /// An end that is about to choose its number takes the one of the script.
  mutating func giveNumber(to end: End) {
    switch network[end].state {
    case .closed, .listen:
      if let number = nextExpectedSyn { ask(.nextIss(end, SequenceNumber(number))) }
    default: break
    }
  }

  // MARK: Comparing

  /// Compares what was sent with what was expected, and takes it away if it is the same.
  ///
  /// A segment larger than the maximum stands for as many as it takes: systems hand such to their
  /// network card, which cuts them up.
  mutating func compare(_ packet: PacketdrillScript.Packet, _ first: Int) -> Bilingual? {
    var record = network.log[first]
    var used = 1
    if let length = packet.length, length > record.segment.payloadLength,
      record.segment.payloadLength > 0
    {
      used = join(&record, upTo: length)
    }
    let segment = record.segment
    let end = record.sender
    // Where a system pushes within what the program wrote at once is its own affair.
    let endsWrite = segment.seq + segment.payloadLength == network[end].writtenEnd
    let pushesElsewhere =
      used > 1 && segment.flags.union(.psh) == packet.flags.union(.psh)
      && !(endsWrite && segment.flags.contains(.psh))
    let isSame =
      (segment.flags == packet.flags || pushesElsewhere)
      && packet.length.map { $0 == segment.payloadLength } ?? true
      && packet.seq.map { $0 == scriptSeq(record) } ?? true
      && (!packet.flags.contains(.ack) || packet.ack.map { $0 == segment.ack.value } ?? true)
    if !isSame, repeatsFin(packet, record) {
      omissions.add("a FIN repeated with an ACK")
      unread.removeFirst()
      return nil
    }
    guard isSame else {
      let (expected, sent) = (packet.text, text(network.log[first]))
      return Bilingual(
        "expected \(expected.en), the model sent \(sent.en)",
        "期望 \(expected.zh)，模型发送的是 \(sent.zh)")
    }
    if segment.flags != packet.flags { omissions.add("PSH within a write") }
    if packet.flags.contains(.syn) { numbers[end] = (segment.seq.value, packet.seq ?? 0) }
    unread.removeFirst(used)
    return nil
  }

  /// Whether the script's system repeats its FIN where the model sends a bare ACK.
  ///
  /// As long as a FIN is not acknowledged, any ACK may carry it once more; BSD does so in CLOSING.
  private func repeatsFin(_ packet: PacketdrillScript.Packet, _ record: SegmentRecord) -> Bool {
    guard packet.flags == [.fin, .ack], packet.length == 0, record.segment.isPureAck,
      let fin = network[record.sender].finSeq, !network[record.sender].isFinAcknowledged
    else { return false }
    return packet.seq == scriptNumber(fin, of: record.sender)
      && record.segment.seq == fin + 1 && packet.ack == record.segment.ack.value
  }

  /// Joins segments in a row as long as they fit.
  private func join(_ record: inout SegmentRecord, upTo length: Int) -> Int {
    var used = 1
    var count = record.segment.payloadLength
    while count < length, used < unread.count {
      let next = network.log[unread[used]].segment
      guard next.seq == record.segment.seq + count, next.payloadLength > 0,
        count + next.payloadLength <= length, next.ack == record.segment.ack
      else { break }
      count += next.payloadLength
      record.segment.flags.formUnion(next.flags)
      used += 1
    }
    record.segment.payload?.count = count
    return used
  }

  /// The first number as the script counts; a reset in answer to a segment without ACK has 0.
  private func scriptSeq(_ record: SegmentRecord) -> UInt32 {
    let segment = record.segment
    if segment.flags == [.rst, .ack], segment.seq.value == 0, record.senderState != .synRcvd,
      !record.senderState.isSynchronized
    {
      return 0
    }
    return scriptNumber(segment.seq, of: record.sender)
  }

  /// A segment of the model in the script's numbers.
  func text(_ record: SegmentRecord) -> Bilingual {
    let segment = record.segment
    return PacketdrillScript.Packet(
      flags: segment.flags, seq: scriptSeq(record), length: segment.payloadLength,
      hasAck: segment.flags.contains(.ack), ack: segment.ack.value
    ).text
  }
}

extension PacketdrillScript.Packet {
  var isPureAck: Bool { flags == .ack && length == 0 }

  /// As `FIN ACK seq 1 ack 1`, with the number of bytes where there are any.
  var text: Bilingual {
    let names = flags.isEmpty ? Bilingual("no flags", "无标志位") : Bilingual(same: flags.names)
    let seq = " seq " + (seq.map { "\($0)" } ?? "...")
    let ack = flags.contains(.ack) ? " ack " + (ack.map { "\($0)" } ?? "...") : ""
    let count = length ?? 0
    return Bilingual(
      names.en + seq + (count > 0 ? " (\(count) bytes)" : "") + ack,
      names.zh + seq + ack + (count > 0 ? "（\(count) 字节）" : ""))
  }
}

/// What a script holds that was read and not compared.
struct PacketdrillOmissions {
  var shellLines = 0
  private var windows = false
  private var options = false
  private var congestionFlags = false
  /// Everything else by its name, in the order of appearance.
  private var others: [String] = []

  mutating func add(_ what: String) {
    if !others.contains(what) { others.append(what) }
  }

  mutating func noteSkipped(of packet: PacketdrillScript.Packet) {
    if packet.window != nil { windows = true }
    if !packet.options.isEmpty { options = true }
    if packet.hasECN { congestionFlags = true }
  }

  /// In words; nil where everything was compared.
  var text: String? {
    var parts: [String] = []
    if windows { parts.append("window sizes") }
    if options { parts.append("options") }
    if congestionFlags { parts.append("IP and ECN fields") }
    if shellLines > 0 {
      parts.append(shellLines == 1 ? "1 shell line" : "\(shellLines) shell lines")
    }
    parts += others
    return parts.isEmpty ? nil : parts.joined(separator: ", ")
  }
}
