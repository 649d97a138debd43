import Models

@testable import Visualizer

/// A pcapng file put together block by block, for tests.
///
/// Source: draft-ietf-opsawg-pcapng, sections 3 and 4.
struct CaptureBlocks {
  private(set) var bytes: [UInt8] = []
  var bigEndian = false

  private func number(_ value: Int, _ size: Int) -> [UInt8] {
    let little = (0..<size).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    return bigEndian ? little.reversed() : little
  }

  /// A block of a type with a body, which is filled up to a multiple of four.
  mutating func block(_ type: Int, _ body: [UInt8]) {
    let padded = body + [UInt8](repeating: 0, count: (4 - body.count % 4) % 4)
    let length = number(padded.count + 12, 4)
    bytes += number(type, 4) + length + padded + length
  }

  /// A section begins; its length is left open.
  mutating func section(bigEndian: Bool = false) {
    self.bigEndian = bigEndian
    block(0x0a0d_0d0a, number(0x1a2b_3c4d, 4) + number(1, 2) + number(0, 2) + number(-1, 8))
  }

  /// An interface with its resolution of time, if it says one.
  mutating func interface(link: Int = 101, snap: Int = 65535, resolution: UInt8? = nil) {
    var options = number(2, 2) + number(3, 2) + Array("eth".utf8) + [0]
    if let resolution { options += number(9, 2) + number(1, 2) + [resolution, 0, 0, 0] }
    options += number(0, 4)
    block(1, number(link, 2) + number(0, 2) + number(snap, 4) + options)
  }

  /// A packet at a time in the interface's units, with a comment.
  mutating func packet(_ datagram: [UInt8], at time: Int, interface: Int = 0) {
    let padding = [UInt8](repeating: 0, count: (4 - datagram.count % 4) % 4)
    let comment = number(1, 2) + number(4, 2) + Array("seen".utf8) + number(0, 4)
    block(
      6,
      number(interface, 4) + number(time >> 32, 4) + number(time & 0xffff_ffff, 4)
        + number(datagram.count, 4) + number(datagram.count, 4) + datagram + padding + comment)
  }

  /// A packet without a time.
  mutating func simplePacket(_ datagram: [UInt8]) { block(3, number(datagram.count, 4) + datagram) }

  /// Blocks that say nothing of packets: names, statistics, and one that nobody knows.
  mutating func oddBlocks() {
    block(4, number(0, 4))
    block(5, number(0, 4) + number(0, 8) + number(0, 4))
    block(0x0bad, [1, 2, 3, 4, 5])
  }
}
