import Models
import Testing

@testable import Visualizer

/// Captures as other programs write them, and as nobody should: read as far as that goes, or refused
/// in one line.
struct PacketCaptureRobustnessTests {
  private typealias Packet = CaptureBytes.Packet

  private static func read(_ bytes: [UInt8]) throws -> PacketCapture {
    try PacketCapture(file: "x", bytes: bytes)
  }

  /// A conversation as blocks, nine packets a millisecond apart.
  private static func blocks(
    bigEndian: Bool = false, resolution: UInt8? = nil, ticks: Int = 1000
  ) -> CaptureBlocks {
    var blocks = CaptureBlocks()
    blocks.section(bigEndian: bigEndian)
    blocks.interface(resolution: resolution)
    for (index, packet) in CaptureBytes.conversation().enumerated() {
      blocks.packet(packet.datagram, at: index * ticks)
      if index == 4 { blocks.oddBlocks() }
    }
    return blocks
  }

  // MARK: - What is unusual but right

  @Test(arguments: [false, true]) func blocksOfBothOrders(bigEndian: Bool) throws {
    let capture = try Self.read(Self.blocks(bigEndian: bigEndian).bytes)
    #expect(capture.segmentCount == 9)
    #expect(capture.warning == nil)
    #expect(capture.connections[0].lastTime - capture.connections[0].firstTime == 8_000_000)
    #expect(capture.check().isMatch)
  }

  /// A resolution is a power of ten, or of two if its highest bit is set.
  @Test(arguments: [(UInt8(3), 1), (6, 1000), (9, 1_000_000), (0x8a, 1)])
  func resolutions(resolution: UInt8, ticks: Int) throws {
    let bytes = Self.blocks(resolution: resolution, ticks: ticks).bytes
    let capture = try Self.read(bytes)
    let nanoseconds = capture.connections[0].lastTime - capture.connections[0].firstTime
    #expect(nanoseconds == (resolution == 0x8a ? 8 * 1_000_000_000 / 1024 : 8_000_000))
  }

  @Test func sectionsOneBehindTheOther() throws {
    let header = CaptureBytes.header(link: 1, isIPv6: false)
    var blocks = CaptureBlocks()
    for port in [40000, 40001] {
      blocks.section()
      blocks.interface(link: 1)
      for packet in CaptureBytes.conversation(port: port, from: port * 10_000) {
        blocks.packet(header + packet.datagram, at: packet.time / 1000)
      }
    }
    let capture = try Self.read(blocks.bytes)
    #expect(capture.warning == nil)
    try #require(capture.connections.map(\.segments) == [9, 9])
    #expect(capture.ladder(1).rows.map(\.segment.packet) == Array(10...18))
  }

  /// libpcap reads sections of one byte order only; what comes before is read all the same.
  @Test func sectionsOfAnotherOrder() throws {
    var blocks = Self.blocks()
    blocks.section(bigEndian: true)
    let capture = try Self.read(blocks.bytes)
    #expect(capture.segmentCount == 9)
    #expect(capture.warning?.hasPrefix("read up to packet 9 only: ") == true)
  }

  @Test func packetsWithoutTimes() throws {
    var blocks = CaptureBlocks()
    blocks.section()
    blocks.interface()
    for packet in CaptureBytes.conversation() { blocks.simplePacket(packet.datagram) }
    let capture = try Self.read(blocks.bytes)
    #expect(capture.segmentCount == 9)
    #expect(capture.check().isMatch)
  }

  @Test func tagInACookedHeader() throws {
    let packets = CaptureBytes(CaptureBytes.conversation())
    let zeros = [UInt8](repeating: 0, count: 18)
    let header = [0x81, 0x00] + zeros + [0, 7, 0x08, 0x00]
    #expect(try Self.read(packets.pcap(link: 276, header: header)).segmentCount == 9)
  }

  @Test func firstFragmentsAreReadAndOthersNamed() throws {
    var packets = CaptureBytes.conversation()
    packets[3].datagram[6] = 0x20
    var rest = packets[3]
    (rest.datagram[6], rest.datagram[7]) = (0, 5)
    packets.insert(rest, at: 4)
    let capture = try Self.read(CaptureBytes(packets).pcap(link: 101))
    #expect(capture.segmentCount == 9)
    #expect(capture.warning == "1 IP fragment left out; only the first of each datagram is read")
  }

  /// A SYN flood on the ports of a connection that lives.
  @Test func manySynsInOneConnection() throws {
    var packets = Array(CaptureBytes.conversation().prefix(5))
    for index in 0..<50_000 {
      packets.append(
        Packet(
          time: 10_000 + index,
          datagram: CaptureBytes.datagram(
            fromClient: true, port: 40000, .syn, seq: 70_000 + UInt32(index) * 7)))
    }
    let capture = try Self.read(CaptureBytes(packets).pcap(link: 101))
    #expect(capture.segmentCount == 50_005)
    #expect(!capture.check().isMatch)
  }

  // MARK: - What is broken

  @Test func otherKindsOfFilesAreRefused() {
    var random = SplitMix64(seed: 3)
    for count in [0, 1, 3, 4, 23, 24, 1000] {
      var bytes = (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
      for magic in [[], [0xd4, 0xc3, 0xb2, 0xa1], [0x0a, 0x0d, 0x0d, 0x0a]] as [[UInt8]] {
        bytes.replaceSubrange(0..<min(count, magic.count), with: magic.prefix(count))
        let error = #expect(throws: InputError.self) { try Self.read(bytes) }
        #expect(error?.exitCode == 65)
        #expect(error?.description.split(separator: "\n").count == 1)
      }
    }
  }

  @Test func absurdLengthsEndTheReading() throws {
    let good = CaptureBytes(CaptureBytes.conversation()).pcap(link: 101)
    for length in [[0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0x10, 0]] as [[UInt8]]
    {
      // The second record's captured length.
      var bytes = good
      bytes.replaceSubrange(24 + 16 + 40 + 8..<24 + 16 + 40 + 12, with: length)
      let capture = try Self.read(bytes)
      #expect(capture.segmentCount == 1)
      #expect(capture.warning?.hasPrefix("read up to packet 1 only: ") == true)
    }
  }

  // MARK: - Anything at all

  /// Every way of reading that a viewer could ask for.
  private static func readAll(_ bytes: [UInt8], drawing: Bool) {
    guard let capture = try? read(bytes) else { return }
    _ = capture.check().sentence
    #expect(capture.connections.count <= capture.segmentCount)
    for index in capture.connections.indices {
      #expect(capture.ladder(index).rows.count <= capture.segmentCount)
    }
    guard drawing, let first = try? capture.firstShow(name: "x") else { return }
    let look = Look(size: Size(columns: 80, rows: 24))
    #expect(first.frame(first.stepCount - 1, progress: 1, look).size == look.size)
    if let opened = first.opened(0) {
      #expect(opened.frame(opened.stepCount - 1, progress: 0.5, look).size == look.size)
    }
  }

  private static func originals() -> [[UInt8]] {
    let second = CaptureBytes.conversation(port: 40001, from: 9000).prefix(3)
    let packets = CaptureBytes(CaptureBytes.conversation() + second)
    var all = [0, 1, 101, 108, 113, 276].map { packets.pcap(link: $0) }
    all.append(packets.pcap(nanoseconds: true, bigEndian: true))
    all.append(packets.pcap(link: 101, snap: 48))
    all.append(blocks().bytes)
    all.append(blocks(bigEndian: true, resolution: 9).bytes)
    return all
  }

  /// Bytes changed at will, and at places where they hurt: lengths, edges of 32 bits, cuts, repeats.
  private static func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
    func below(_ limit: Int) -> Int { Int(random.next() % UInt64(max(1, limit))) }
    switch below(6) {
    case 0: bytes.removeLast(below(bytes.count - 4))
    case 1:
      let place = below(bytes.count - 4)
      let edges: [[UInt8]] = [
        [0xff, 0xff, 0xff, 0xff], [0, 0, 0, 0], [0xff, 0xff, 0xff, 0x7f], [0, 0, 0, 0x80],
        [1, 0, 0, 0], [0, 0, 0, 1],
      ]
      bytes.replaceSubrange(place..<place + 4, with: edges[below(edges.count)])
    case 2:
      let start = below(bytes.count)
      let end = min(bytes.count, start + 1 + below(64))
      bytes.removeSubrange(start..<end)
    case 3:
      let start = below(bytes.count)
      let piece = Array(bytes[start..<min(bytes.count, start + below(120))])
      bytes.insert(contentsOf: piece, at: below(bytes.count))
    case 4: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
    default: bytes[below(bytes.count)] = UInt8(truncatingIfNeeded: random.next())
    }
  }

  @Test func mutatedCapturesNeverTrap() {
    let originals = Self.originals()
    var random = SplitMix64(seed: 2026)
    for round in 0..<1000 {
      var bytes = originals[round % originals.count]
      for _ in 0...Int(random.next() % 4) where bytes.count > 8 { Self.mutate(&bytes, &random) }
      Self.readAll(bytes, drawing: round % 100 == 0)
    }
  }
}
