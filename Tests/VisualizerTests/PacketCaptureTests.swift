import Foundation
import Models
import Testing

@testable import Visualizer

/// Packet captures of real connections: the states derived from the wire are those that the kernels
/// were in.
struct PacketCaptureTests {
  static func capture(_ name: String) throws -> PacketCapture {
    try PacketCapture(file: name, bytes: try CaptureBytes.file(name))
  }

  /// The known states of both ends, all lives one behind the other.
  static func paths(_ capture: PacketCapture) -> [Side: [ConnectionState]] {
    var paths: [Side: [ConnectionState]] = [.client: [], .server: []]
    for index in capture.connections.indices {
      for (side, path) in capture.ladder(index).paths { paths[side, default: []] += path }
    }
    return paths
  }

  /// What the JSON beside a capture says, without the states that no packet shows: what comes before
  /// the first packet, and the end of TIME_WAIT.
  static func expected(_ name: String, _ side: Side) throws -> [ConnectionState] {
    struct File: Decodable { var paths: [String: [String: [String]]] }
    let data = try Data(contentsOf: TCPLadderTests.folder.appending(path: name + ".json"))
    let names = try JSONDecoder().decode(File.self, from: data).paths["0"]?[side.name] ?? []
    var path = names.compactMap(ConnectionState.init(rawValue:))
    path = Array(path.drop { $0 == .closed || $0 == .listen })
    if path.suffix(2) == [.timeWait, .closed] { path.removeLast() }
    return path
  }

  /// Scripts play one end of these, and have no states of their own.
  static let scripted = [
    "challenge-ack": Side.server, "no-tw-stale-accepted": .client,
    "no-tw-stale-rejected": .server, "tw-probes": .client,
  ]

  @Test(arguments: TCPLadderTests.names) func pathsAreTheKernels(name: String) throws {
    let paths = Self.paths(try Self.capture(name + ".pcap"))
    for side in Side.allCases where Self.scripted[name] ?? side == side {
      // Of an end where no one listens the wire shows that it is closed.
      var expected = try Self.expected(name, side)
      if name == "closed-port", side == .server { expected = [.closed] }
      // Here its reset gives away that TIME_WAIT was taken from it.
      if name == "no-tw-lost-ack", side == .client { expected.append(.closed) }
      #expect(paths[side] == expected, "\(side)")
    }
  }

  @Test func pcapngIsTheSame() throws {
    let (a, b) = (
      try Self.capture("normal-client-close.pcap"), try Self.capture("normal-client-close.pcapng")
    )
    #expect(Self.paths(a) == Self.paths(b))
    #expect(a.ladder(0).rows.map(\.segment.seq) == b.ladder(0).rows.map(\.segment.seq))
    #expect(b.ladder(0).steps.count == 11)
  }

  @Test(arguments: TCPLadderTests.names) func kernelsSendNothingImpossible(name: String) throws {
    let capture = try Self.capture(name + ".pcap")
    #expect(capture.check().isMatch || Self.scripted[name] != nil, "\(capture.check().sentence)")
    #expect(capture.warning == nil)
  }

  @Test(arguments: TCPLadderTests.names) func tableAgreesWithLadders(name: String) throws {
    let capture = try Self.capture(name + ".pcap")
    for (index, connection) in capture.connections.enumerated() {
      let ladder = capture.ladder(index)
      let last = try #require(ladder.rows.last)
      #expect(ladder.rows.count == connection.segments)
      #expect(last.client == connection.evidence.observer.client.states)
      #expect(last.server == connection.evidence.observer.server.states)
      #expect(ladder.anomalies.count == connection.evidence.observer.anomalies)
    }
  }

  @Test(arguments: [0, 1, 12, 101, 108, 113, 228, 276]) func links(link: Int) throws {
    let packets = try CaptureBytes(fixture: "normal-client-close.pcap")
    let wanted = Self.paths(try Self.capture("normal-client-close.pcap"))
    let capture = try PacketCapture(file: "x", bytes: packets.pcap(link: link))
    #expect(Self.paths(capture) == wanted)
  }

  @Test(arguments: [0, 1, 12, 101, 108, 113, 229, 276]) func linksWithIPv6(link: Int) throws {
    let packets = try CaptureBytes(fixture: "ipv6-client-close.pcap")
    let wanted = Self.paths(try Self.capture("ipv6-client-close.pcap"))
    let capture = try PacketCapture(file: "x", bytes: packets.pcap(link: link))
    #expect(Self.paths(capture) == wanted)
  }

  @Test func tagsOfVirtualNetworks() throws {
    let packets = try CaptureBytes(fixture: "normal-client-close.pcap")
    let header =
      [UInt8](repeating: 0, count: 12) + [0x88, 0xa8, 0, 1, 0x81, 0, 0, 2, 0x08, 0x00]
    let capture = try PacketCapture(file: "x", bytes: packets.pcap(header: header))
    #expect(capture.segmentCount == 11)
  }

  @Test(arguments: [true, false], [true, false])
  func ordersAndPrecisions(bigEndian: Bool, nanoseconds: Bool) throws {
    let packets = try CaptureBytes(fixture: "normal-client-close.pcap")
    let bytes = packets.pcap(nanoseconds: nanoseconds, bigEndian: bigEndian)
    #expect(CaptureSource.isCapture(bytes))
    let capture = try PacketCapture(file: "x", bytes: bytes)
    #expect(capture.firstTime == packets.packets[0].time)
    #expect(capture.segmentCount == 11)
  }

  @Test func cutFramesKeepTheirLengths() throws {
    let packets = try CaptureBytes(fixture: "normal-client-close.pcap")
    let whole = try Self.capture("normal-client-close.pcap")
    let capture = try PacketCapture(file: "x", bytes: packets.pcap(snap: 54))
    #expect(capture.connections[0].clientBytes == whole.connections[0].clientBytes)
    #expect(Self.paths(capture) == Self.paths(whole))
    #expect(throws: InputError.self) {
      try PacketCapture(file: "x", bytes: packets.pcap(snap: 40))
    }
  }

  @Test func packetsOutOfOrderInTime() throws {
    var packets = try CaptureBytes(fixture: "normal-client-close.pcap")
    packets.packets.reverse()
    let capture = try PacketCapture(file: "x", bytes: packets.pcap())
    #expect(Self.paths(capture) == Self.paths(try Self.capture("normal-client-close.pcap")))
    #expect(capture.connections.count == 1)
    #expect(capture.check().isMatch)
  }
}
