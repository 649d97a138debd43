import Models

/// Reading segments.
extension PacketdrillReader {
  /// Protocols that the model has no part in.
  private static let outsideProtocols: Set<String> = [
    "icmp", "icmpv6", "udp", "udplite", "ipv4", "ipv6", "gre", "mpls", "sctp",
  ]

  /// What follows `<` or `>`.
  mutating func readPacket(isInjected: Bool) throws(InputError) -> PacketdrillScript.Kind {
    var hasECN = false
    cursor.skipBlanks()
    while let byte = cursor.current, byte == UInt8(ascii: "[") || byte == UInt8(ascii: "(") {
      _ = try cursor.bracketed("the IP header's part")
      hasECN = true
      cursor.skipBlanks()
    }
    let word = cursor.peekWord()
    if Self.outsideProtocols.contains(word) || word == "DATA" || word == "INIT" {
      skipOutsidePacket()
      return .outside(word.lowercased())
    }
    cursor.skipBlanks()
    let start = cursor.at
    var packet = PacketdrillScript.Packet(flags: try readFlags(&hasECN))
    packet.hasECN = hasECN
    let saysAE = cursor.text.bytes[start..<cursor.at].contains(UInt8(ascii: "A"))
    try readNumbers(&packet, isInjected: isInjected)
    if cursor.peekWord() == "ack" {
      _ = cursor.word()
      packet.hasAck = true
      // Scripts do send a number without the flag.
      if saysAE, !packet.flags.contains(.ack) {
        throw cursor.error("ACK is written '.'; A stands for a flag of accurate ECN", at: start)
      }
      if !cursor.ellipsis() { packet.ack = try cursor.number32("the number behind ack") }
    }
    if cursor.peekWord() == "win" {
      _ = cursor.word()
      if !cursor.ellipsis() { packet.window = try cursor.number("the window", in: 0...0x3fff_ffff) }
    }
    if cursor.peekWord() == "urg" {
      _ = cursor.word()
      _ = try cursor.number("the urgent pointer", in: 0...0xffff)
    }
    cursor.skipBlanks()
    if cursor.current == UInt8(ascii: "<") { packet.options = try readOptions() }
    skipRemarks()
    return isInjected ? .injected(packet) : .expected(packet)
  }

  /// A packet of another protocol ends where its line does.
  private mutating func skipOutsidePacket() {
    while let byte = cursor.current, byte != 0x0a { cursor.step() }
  }

  /// What other dialects write behind a segment, such as its encapsulation.
  private mutating func skipRemarks() {
    var copy = cursor
    guard copy.take("/") else { return }
    skipOutsidePacket()
  }

  private mutating func readFlags(_ hasECN: inout Bool) throws(InputError) -> SegmentFlags {
    cursor.skipBlanks()
    let start = cursor.at
    var flags: SegmentFlags = []
    if cursor.current == UInt8(ascii: "-") {
      cursor.step()
      return flags
    }
    while let byte = cursor.current, byte > 0x20 {
      switch byte {
      case UInt8(ascii: "S"): flags.insert(.syn)
      case UInt8(ascii: "F"): flags.insert(.fin)
      case UInt8(ascii: "R"): flags.insert(.rst)
      case UInt8(ascii: "P"): flags.insert(.psh)
      case UInt8(ascii: "U"): flags.insert(.urg)
      case UInt8(ascii: "."):
        if cursor.isAt("...") { throw cursor.unexpected("flags such as S, F., P. or R") }
        flags.insert(.ack)
      case UInt8(ascii: "E"), UInt8(ascii: "W"), UInt8(ascii: "A"), UInt8(ascii: "C"),
        UInt8(ascii: "N"):
        hasECN = true
      case 0x30...0x39 where cursor.at > start: hasECN = true
      default: throw cursor.unexpected("flags: S F R P . U E W, or -")
      }
      cursor.step()
    }
    guard cursor.at > start else { throw cursor.unexpected("flags such as S, F., P. or R") }
    return flags
  }

  /// `seq:end(length)`, of which the first two may be `...`.
  private mutating func readNumbers(
    _ packet: inout PacketdrillScript.Packet, isInjected: Bool
  ) throws(InputError) {
    cursor.skipBlanks()
    let start = cursor.at
    var end: UInt32?
    if cursor.ellipsis() {
      guard !isInjected else {
        throw cursor.error("an injected segment's number cannot be left open", at: start)
      }
    } else {
      packet.seq = try cursor.number32("the first sequence number")
      try cursor.expect(":", "behind the first sequence number")
      if !cursor.ellipsis() { end = try cursor.number32("the number behind the last byte") }
    }
    try cursor.expect("(", "before the number of bytes")
    if !cursor.ellipsis() {
      packet.length = try cursor.number("the number of bytes", in: 0...65535)
    }
    try cursor.expect(")", "behind the number of bytes")
    guard let seq = packet.seq, let end, let length = packet.length else { return }
    let right = seq &+ UInt32(length)
    guard end == right else {
      throw cursor.error(
        "\(seq) and \(length) bytes end at \(right), not at \(end)", at: start)
    }
  }

  // MARK: Options

  private mutating func readOptions() throws(InputError) -> [PacketdrillScript.SegmentOption] {
    let start = cursor.at
    let text = try cursor.bracketed("the list of options")
    var options: [PacketdrillScript.SegmentOption] = []
    for part in text.split(separator: ",") {
      if part.trimmed == "..." {
        options.append(.open)
        continue
      }
      let words = part.split(whereSeparator: \.isWhitespace)
      guard let name = words.first else { continue }
      guard let option = Self.option(String(name), words.dropFirst().map(String.init)) else {
        throw cursor.error(
          "the option '\(part.trimmed)' lacks a number or has a wrong one", at: start)
      }
      options.append(option)
    }
    return options
  }

  private static func option(_ name: String, _ words: [String]) -> PacketdrillScript.SegmentOption?
  {
    let isOpen = words.contains { $0.contains("...") }
    switch name {
    case "mss":
      if isOpen { return .other(name) }
      guard let size = words.first.flatMap({ Int($0) }), (0...65535).contains(size) else {
        return nil
      }
      return .mss(size)
    case "wscale":
      if isOpen { return .other(name) }
      guard let shift = words.first.flatMap({ Int($0) }), (0...255).contains(shift) else {
        return nil
      }
      return .windowScale(min(14, shift))
    case "sackOK": return .sackPermitted
    case "TS":
      if isOpen { return .timestamps(value: 0, echo: 0) }
      guard words.count == 4, words[0] == "val", words[2] == "ecr",
        let value = UInt32(words[1]), let echo = UInt32(words[3])
      else { return nil }
      return .timestamps(value: value, echo: echo)
    case "sack":
      var ranges: [ClosedRange<UInt32>] = []
      for word in words {
        let ends = word.split(separator: ":").compactMap { UInt32($0) }
        guard ends.count == 2, ends[0] < ends[1] else {
          if isOpen { continue }
          return ends.count == 2 ? .other(name) : nil
        }
        ranges.append(ends[0]...ends[1])
      }
      return .sack(ranges)
    default: return .other(name)
    }
  }
}
