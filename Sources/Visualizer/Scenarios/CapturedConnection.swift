import Foundation
import Models

/// The two ends of a connection in an order of their own, so that both directions find it.
struct ConnectionKey: Hashable {
  private let aHigh: UInt64
  private let aLow: UInt64
  private let bHigh: UInt64
  private let bLow: UInt64
  private let ports: UInt64

  /// The key of a segment's connection, and whether its source is the first of both ends.
  @inline(__always)
  static func of(_ segment: DecodedSegment) -> (key: ConnectionKey, isForward: Bool) {
    let (source, destination) = (segment.source, segment.destination)
    if source < destination { return (ConnectionKey(source, destination), true) }
    return (ConnectionKey(destination, source), source == destination)
  }

  private init(_ a: CaptureEndpoint, _ b: CaptureEndpoint) {
    (aHigh, aLow, bHigh, bLow) = (a.high, a.low, b.high, b.low)
    ports = UInt64(a.port) << 16 | UInt64(b.port) | (a.isIPv6 ? 1 << 32 : 0)
  }

  /// The end that comes first in this order.
  var first: CaptureEndpoint {
    CaptureEndpoint(
      high: aHigh, low: aLow, port: UInt16(truncatingIfNeeded: ports >> 16),
      isIPv6: ports >> 32 != 0)
  }

  /// The other end.
  var second: CaptureEndpoint {
    CaptureEndpoint(
      high: bHigh, low: bLow, port: UInt16(truncatingIfNeeded: ports), isIPv6: ports >> 32 != 0)
  }
}

/// One life of a connection in a capture: what the table says of it, and where its packets lie.
struct CapturedConnection {
  let key: ConnectionKey
  /// Whether the client is the key's first end.
  var isClientFirst: Bool
  /// Whether a SYN told which end is the client; otherwise it is the end with the higher port.
  var isClientKnown: Bool
  var firstPacket: Int
  var lastPacket: Int
  /// Where the first packet lies in the file.
  let offset: Int
  let firstTime: Int
  var lastTime: Int
  var clientSegments = 0
  var serverSegments = 0
  var clientBytes = 0
  var serverBytes = 0
  /// What is concluded of both ends; with nothing under way any more once the table is done.
  var evidence = WireEvidence()
  /// The next life of the same addresses and ports.
  var next: Int32 = -1
  /// Whether it has to be looked at again as a whole: packets in the wrong order, or a SYN in it that
  /// turned out to be another connection's.
  var needsSecondLook = false
  /// Whether its packets have to be put in the order of their times.
  var isShuffled = false
  /// A SYN that may begin another life, if it is answered.
  var pendingSyn: PendingSyn?

  /// A SYN with a number of its own, and the connection as it was before.
  final class PendingSyn {
    let segment: WireSegment
    let offset: Int
    let isForward: Bool
    let before: CapturedConnection
    /// Whether the peer sent something after it that does not acknowledge it.
    var isRejected = false

    init(_ segment: WireSegment, offset: Int, isForward: Bool, before: CapturedConnection) {
      self.segment = segment
      self.offset = offset
      self.isForward = isForward
      self.before = before
    }
  }
}

extension CapturedConnection {
  var client: CaptureEndpoint { isClientFirst ? key.first : key.second }
  var server: CaptureEndpoint { isClientFirst ? key.second : key.first }
  var segments: Int { clientSegments + serverSegments }

  /// Which end sends a segment that comes, or does not come, from the key's first end.
  func sender(isForward: Bool) -> Side { isForward == isClientFirst ? .client : .server }

  /// Counts a segment.
  @inline(__always) mutating func count(_ segment: WireSegment) {
    lastPacket = max(lastPacket, segment.packet)
    lastTime = max(lastTime, segment.time)
    let bytes = Int(segment.payloadLength)
    if segment.sender == .client {
      clientSegments += 1
      clientBytes += bytes
    } else {
      serverSegments += 1
      serverBytes += bytes
    }
  }

  /// Whether nothing but one end was heard of.
  var isOneSided: Bool { clientSegments == 0 || serverSegments == 0 }

  /// Whether nothing of this life need follow, so that a SYN without answer is another one's.
  var isOver: Bool {
    let (client, server) = (evidence.observer.client, evidence.observer.server)
    return client.hasReset || server.hasReset || client.fin != nil && server.fin != nil
  }

  /// How it ended, as far as the capture shows.
  var ending: Bilingual {
    let (client, server) = (evidence.observer.client, evidence.observer.server)
    if server.hasReset, client.isActive, server.acknowledged == nil, server.next == nil {
      return Bilingual("refused", "被拒绝")
    }
    if client.hasReset, server.hasReset { return Bilingual("reset by both", "双方都复位") }
    if client.hasReset { return Bilingual("reset by client", "客户端复位") }
    if server.hasReset { return Bilingual("reset by server", "服务器复位") }
    switch (client.fin, server.fin) {
    case (let a?, let b?):
      let isDone =
        server.acknowledged?.isAfter(a) == true && client.acknowledged?.isAfter(b) == true
      return isDone ? Bilingual("closed", "已关闭") : Bilingual("closing", "正在关闭")
    case (_?, nil): return Bilingual("half closed by client", "客户端已半关闭")
    case (nil, _?): return Bilingual("half closed by server", "服务器已半关闭")
    case (nil, nil):
      if client.isActive, serverSegments == 0 { return Bilingual("no answer", "无应答") }
      return Bilingual("open", "未关闭")
    }
  }

  /// What is known of an end's state at the end of the capture: a name, a name with `?` where it is
  /// presumed only, or `?`.
  func finalState(_ side: Side) -> String {
    let end = evidence.observer[side]
    return end.states.description + (end.isPresumed && end.states.known != nil ? "?" : "")
  }
}

extension CaptureEndpoint {
  /// The address as people write it; IPv6 as in RFC 5952.
  var address: String {
    guard isIPv6 else {
      let bits = UInt32(truncatingIfNeeded: low)
      return "\(bits >> 24).\(bits >> 16 & 0xff).\(bits >> 8 & 0xff).\(bits & 0xff)"
    }
    var bytes = (high.bigEndian, low.bigEndian)
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count))
    return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The address with its port.
  var text: String { isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
