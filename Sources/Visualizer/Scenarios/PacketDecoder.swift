import CPcap
import Models

/// An address with a port.
struct CaptureEndpoint: Hashable, Comparable {
  var high: UInt64 = 0
  /// An IPv4 address lies in the lower half of this one.
  var low: UInt64 = 0
  var port: UInt16 = 0
  var isIPv6 = false

  static func < (a: CaptureEndpoint, b: CaptureEndpoint) -> Bool {
    (a.high, a.low, a.port) < (b.high, b.low, b.port)
  }
}

/// A TCP segment as it lies in a frame.
struct DecodedSegment {
  var source = CaptureEndpoint()
  var destination = CaptureEndpoint()
  var flags = SegmentFlags()
  var seq = SequenceNumber(0)
  var ack = SequenceNumber(0)
  var window: UInt16 = 0
  var payloadLength = 0
  var windowScale = WireSegment.WindowScale.unknown
}

/// Takes frames apart, down to the TCP header.
///
/// Lengths are those that the headers claim, as frames may be padded or cut; claims beyond the frame
/// are found out.
///
/// Sources: the link-layer header types of tcpdump.org, RFC 791, RFC 8200, RFC 9293 section 3.1.
struct PacketDecoder {
  /// What a frame holds.
  enum Result {
    case segment(DecodedSegment)
    /// No TCP.
    case other
    /// A piece of a fragmented datagram with TCP, but not the first, which has the header.
    case fragment
    /// TCP, but cut before the fields that are needed.
    case cut
    /// TCP with lengths that cannot be.
    case malformed(Fault)
  }

  /// A length that cannot be.
  enum Fault: Equatable {
    case ipHeader(Int)
    case ipLength(Int, available: Int)
    case tcpHeader(Int)
    case tcpHeaderBeyond(Int, available: Int)
    case noRoomForTCP(Int)

    var text: String {
      switch self {
      case .ipHeader(let length): "the IP header claims \(length) bytes"
      case .ipLength(let length, let available):
        "the IP packet claims \(length) bytes, the frame has \(available)"
      case .tcpHeader(let length): "the TCP header claims \(length) bytes, fewer than 20"
      case .tcpHeaderBeyond(let length, let available):
        "the TCP header claims \(length) bytes, the IP packet has \(available)"
      case .noRoomForTCP(let length): "the IP packet has \(length) bytes for a TCP header of 20"
      }
    }
  }

  let link: Int32

  /// The kinds of link that can be read.
  static func knows(_ link: Int32) -> Bool {
    switch link {
    case 0, 1, 12, 14, 101, 108, 113, 228, 229, 276: true
    default: false
    }
  }

  /// The name of a kind of link.
  static func name(_ link: Int32) -> String {
    pcap_datalink_val_to_name(link).map { "\(link) (\(String(cString: $0)))" } ?? "\(link)"
  }

  /// Takes one frame apart, of which `bytes` were captured and `length` were on the wire.
  func decode(_ bytes: UnsafeRawBufferPointer, length: Int) -> Result {
    let frame = Frame(bytes)
    guard let (start, version) = network(frame), start <= frame.count else { return .other }
    let available = max(length, frame.count) - start
    guard let first = frame.byte(start), version ?? (first >> 4) == first >> 4 else {
      return .other
    }
    switch first >> 4 {
    case 4: return ipv4(frame, start, available)
    case 6: return ipv6(frame, start, available)
    default: return .other
    }
  }

  // MARK: - Links

  /// Where the IP header starts, and which version it must have; nil for other protocols.
  private func network(_ frame: Frame) -> (start: Int, version: UInt8?)? {
    switch link {
    case 1: return etherType(frame, at: 12)
    case 113: return etherType(frame, at: 14)
    case 276:
      guard let type = frame.word(0) else { return nil }
      if Self.tags.contains(type) { return etherType(frame, at: 22) }
      return Self.version(ofType: type).map { (20, $0) }
    case 0, 108:
      // The family in the byte order of the host that captured; both orders are tried.
      guard let family = frame.long(0) else { return nil }
      switch family > 0xffff ? family.byteSwapped : family {
      case 2: return (4, 4)
      case 10, 24, 28, 30: return (4, 6)
      default: return nil
      }
    case 12, 14, 101: return (0, nil)
    case 228: return (0, 4)
    case 229: return (0, 6)
    default: return nil
    }
  }

  /// Reads the type at an offset, past up to eight VLAN tags.
  private func etherType(_ frame: Frame, at offset: Int) -> (start: Int, version: UInt8?)? {
    var offset = offset
    for _ in 0...8 {
      guard let type = frame.word(offset) else { return nil }
      if let version = Self.version(ofType: type) { return (offset + 2, version) }
      guard Self.tags.contains(type) else { return nil }
      offset += 4
    }
    return nil
  }

  /// The types of VLAN tags.
  private static let tags: [UInt16] = [0x8100, 0x88a8, 0x9100, 0x9200]

  private static func version(ofType type: UInt16) -> UInt8? {
    type == 0x0800 ? 4 : type == 0x86dd ? 6 : nil
  }

  // MARK: - IP

  private func ipv4(_ frame: Frame, _ start: Int, _ available: Int) -> Result {
    guard frame.byte(start + 9) == 6 else { return frame.count > start + 9 ? .other : .cut }
    guard let source = frame.long(start + 12), let destination = frame.long(start + 16),
      let claimed = frame.word(start + 2), let fragment = frame.word(start + 6)
    else { return .cut }
    guard fragment & 0x1fff == 0 else { return .fragment }
    let header = Int((frame.byte(start) ?? 0) & 0xf) * 4
    guard header >= 20 else { return .malformed(.ipHeader(header)) }
    // A length of 0 is left by a sender whose network card cuts the data into segments.
    let total = claimed == 0 ? available : Int(claimed)
    guard total >= header else { return .malformed(.ipLength(total, available: available)) }
    guard total <= available else { return .malformed(.ipLength(total, available: available)) }
    var segment = DecodedSegment()
    segment.source.low = UInt64(source)
    segment.destination.low = UInt64(destination)
    return tcp(frame, start + header, total - header, &segment)
  }

  private func ipv6(_ frame: Frame, _ start: Int, _ available: Int) -> Result {
    guard let claimed = frame.word(start + 4), var next = frame.byte(start + 6) else { return .cut }
    let end = claimed == 0 ? start + available : start + 40 + Int(claimed)
    var offset = start + 40
    // Extension headers; a datagram has few, a lying one may claim any number.
    for _ in 0..<16 where next != 6 {
      guard let following = frame.byte(offset), let size = frame.byte(offset + 1) else {
        return .other
      }
      switch next {
      case 0, 43, 60, 135, 139, 140: offset += (Int(size) + 1) * 8
      case 44:
        guard let fragment = frame.word(offset + 2) else { return .other }
        guard fragment & 0xfff8 == 0 else { return following == 6 ? .fragment : .other }
        offset += 8
      case 51: offset += (Int(size) + 2) * 4
      default: return .other
      }
      next = following
    }
    guard next == 6 else { return .other }
    guard end - start <= available else {
      return .malformed(.ipLength(end - start, available: available))
    }
    guard offset <= end else { return .malformed(.ipHeader(offset - start)) }
    guard let a = frame.quad(start + 8), let b = frame.quad(start + 16),
      let c = frame.quad(start + 24), let d = frame.quad(start + 32)
    else { return .cut }
    var segment = DecodedSegment()
    (segment.source.high, segment.source.low, segment.source.isIPv6) = (a, b, true)
    (segment.destination.high, segment.destination.low) = (c, d)
    segment.destination.isIPv6 = true
    return tcp(frame, offset, end - offset, &segment)
  }

  // MARK: - TCP

  private func tcp(
    _ frame: Frame, _ start: Int, _ length: Int, _ segment: inout DecodedSegment
  ) -> Result {
    guard length >= 20 else { return .malformed(.noRoomForTCP(length)) }
    guard let ports = frame.long(start), let seq = frame.long(start + 4),
      let ack = frame.long(start + 8), let bits = frame.word(start + 12)
    else { return .cut }
    let header = Int(bits >> 12) * 4
    guard header >= 20 else { return .malformed(.tcpHeader(header)) }
    guard header <= length else {
      return .malformed(.tcpHeaderBeyond(header, available: length))
    }
    segment.source.port = UInt16(ports >> 16)
    segment.destination.port = UInt16(ports & 0xffff)
    segment.seq = SequenceNumber(seq)
    segment.ack = SequenceNumber(ack)
    segment.flags = SegmentFlags(rawValue: UInt8(bits & 0x3f))
    segment.window = frame.word(start + 14) ?? 0
    segment.payloadLength = length - header
    if segment.flags.contains(.syn) {
      segment.windowScale = Self.windowScale(frame, start + 20, start + header)
    }
    return .segment(segment)
  }

  /// The window scale option among the options of a SYN.
  private static func windowScale(
    _ frame: Frame, _ start: Int, _ end: Int
  ) -> WireSegment.WindowScale {
    guard end <= frame.count else { return .unknown }
    var offset = start
    while offset < end, let kind = frame.byte(offset), kind != 0 {
      if kind == 1 {
        offset += 1
        continue
      }
      guard let size = frame.byte(offset + 1), size >= 2 else { return .unknown }
      if kind == 3, size == 3 { return frame.byte(offset + 2).map { .shift($0) } ?? .unknown }
      offset += Int(size)
    }
    return .absent
  }
}

/// The captured bytes of a frame, read in network order.
private struct Frame {
  let bytes: UnsafeRawBufferPointer
  let count: Int

  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    count = bytes.count
  }

  @inline(__always) private func load<T: FixedWidthInteger>(_ offset: Int, _: T.Type) -> T? {
    guard offset >= 0, offset <= count - MemoryLayout<T>.size else { return nil }
    return T(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: T.self))
  }

  func byte(_ offset: Int) -> UInt8? { load(offset, UInt8.self) }
  func word(_ offset: Int) -> UInt16? { load(offset, UInt16.self) }
  func long(_ offset: Int) -> UInt32? { load(offset, UInt32.self) }
  func quad(_ offset: Int) -> UInt64? { load(offset, UInt64.self) }
}
