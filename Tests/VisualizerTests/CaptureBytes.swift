import Foundation
import Models

@testable import Visualizer

/// Captures taken apart and put together again in memory, for tests.
struct CaptureBytes {
  /// A packet: its time in nanoseconds, and its IP datagram.
  struct Packet {
    var time: Int
    var datagram: [UInt8]
  }

  var packets: [Packet]

  /// The packets of a fixture, which are Ethernet with microseconds in little-endian order.
  init(fixture name: String) throws {
    let bytes = try Self.file(name)
    packets = []
    var offset = 24
    func long(_ at: Int) -> Int {
      (0..<4).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) }
    }
    while offset + 16 <= bytes.count {
      let time = long(offset) * 1_000_000_000 + long(offset + 4) * 1000
      let length = long(offset + 8)
      packets.append(Packet(time: time, datagram: Array(bytes[offset + 30..<offset + 16 + length])))
      offset += 16 + length
    }
  }

  init(_ packets: [Packet]) { self.packets = packets }

  static func file(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: TCPLadderTests.folder.appending(path: name)))
  }

  /// A datagram's link-layer header.
  static func header(link: Int, isIPv6: Bool) -> [UInt8] {
    let type: [UInt8] = isIPv6 ? [0x86, 0xdd] : [0x08, 0x00]
    let zeros = [UInt8](repeating: 0, count: 20)
    switch link {
    case 1: return zeros.prefix(12) + type
    case 113: return zeros.prefix(14) + type
    case 276: return type + zeros.prefix(18)
    case 0: return [isIPv6 ? 10 : 2, 0, 0, 0]
    case 108: return [0, 0, 0, isIPv6 ? 10 : 2]
    default: return []
    }
  }

  /// The capture as a pcap file.
  func pcap(
    link: Int = 1, nanoseconds: Bool = false, bigEndian: Bool = false, snap: Int = 65535,
    header: [UInt8]? = nil
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    func put(_ value: Int, _ size: Int) {
      let shifts = (0..<size).map { $0 * 8 }
      for shift in bigEndian ? shifts.reversed() : shifts {
        bytes.append(UInt8(truncatingIfNeeded: value >> shift))
      }
    }
    put(nanoseconds ? 0xa1b2_3c4d : 0xa1b2_c3d4, 4)
    put(2, 2)
    put(4, 2)
    put(0, 8)
    put(snap, 4)
    put(link, 4)
    for packet in packets {
      let isIPv6 = packet.datagram[0] >> 4 == 6
      let frame = (header ?? Self.header(link: link, isIPv6: isIPv6)) + packet.datagram
      put(packet.time / 1_000_000_000, 4)
      put(packet.time % 1_000_000_000 / (nanoseconds ? 1 : 1000), 4)
      put(min(snap, frame.count), 4)
      put(frame.count, 4)
      bytes += frame.prefix(snap)
    }
    return bytes
  }

  /// A TCP datagram between 10.0.0.1 and 10.0.0.2.
  static func datagram(
    fromClient: Bool, port: Int = 40000, _ flags: SegmentFlags, seq: UInt32, ack: UInt32 = 0,
    length: Int = 0, window: Int = 65535
  ) -> [UInt8] {
    let ports = fromClient ? (port, 80) : (80, port)
    let total = 40 + length
    var bytes: [UInt8] = [
      0x45, 0, UInt8(total >> 8), UInt8(total & 0xff), 0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0,
      fromClient ? 1 : 2, 10, 0, 0, fromClient ? 2 : 1,
    ]
    for value in [ports.0, ports.1] { bytes += [UInt8(value >> 8), UInt8(value & 0xff)] }
    for value in [seq, ack] {
      bytes += [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
    bytes += [0x50, flags.rawValue, UInt8(window >> 8), UInt8(window & 0xff), 0, 0, 0, 0]
    return bytes + [UInt8](repeating: 0x61, count: length)
  }

  /// A connection from SYN to the last ACK, a packet a microsecond.
  static func conversation(port: Int = 40000, from start: Int = 0, iss: UInt32 = 100) -> [Packet] {
    let b: UInt32 = iss &+ 4000
    let datagrams = [
      datagram(fromClient: true, port: port, .syn, seq: iss),
      datagram(fromClient: false, port: port, [.syn, .ack], seq: b, ack: iss &+ 1),
      datagram(fromClient: true, port: port, .ack, seq: iss &+ 1, ack: b &+ 1),
      datagram(fromClient: true, port: port, .ack, seq: iss &+ 1, ack: b &+ 1, length: 10),
      datagram(fromClient: false, port: port, .ack, seq: b &+ 1, ack: iss &+ 11, length: 20),
      datagram(fromClient: true, port: port, [.fin, .ack], seq: iss &+ 11, ack: b &+ 21),
      datagram(fromClient: false, port: port, .ack, seq: b &+ 21, ack: iss &+ 12),
      datagram(fromClient: false, port: port, [.fin, .ack], seq: b &+ 21, ack: iss &+ 12),
      datagram(fromClient: true, port: port, .ack, seq: iss &+ 12, ack: b &+ 22),
    ]
    return datagrams.enumerated().map {
      Packet(time: start + $0.offset * 1000, datagram: $0.element)
    }
  }
}
