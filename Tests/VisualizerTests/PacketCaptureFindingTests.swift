import Models
import Testing

@testable import Visualizer

/// What is said of captures that begin or end in the middle, are damaged, or hold what no endpoint
/// would have sent.
struct PacketCaptureFindingTests {
  private typealias Packet = CaptureBytes.Packet

  private func capture(_ packets: [CaptureBytes.Packet]) throws -> PacketCapture {
    try PacketCapture(file: "x.pcap", bytes: CaptureBytes(packets).pcap())
  }

  @Test func manyConnections() throws {
    var packets: [Packet] = []
    for index in 0..<300 {
      packets += CaptureBytes.conversation(
        port: 1000 + index % 100, from: index * 9000, iss: UInt32(index) * 1_000_003)
    }
    let capture = try capture(packets)
    #expect(capture.connections.count == 300)
    #expect(capture.connections.allSatisfy { $0.segments == 9 && $0.ending.en == "closed" })
    #expect(capture.connections.allSatisfy { $0.finalState(.client) == "TIME_WAIT" })
    #expect(capture.connections.allSatisfy { $0.finalState(.server) == "CLOSED?" })
    #expect(capture.ladder(299).rows.map(\.segment.packet) == Array(2692...2700))
    #expect(capture.check().isMatch)
  }

  @Test func startInTheMiddle() throws {
    let packets = Array(CaptureBytes.conversation().dropFirst(3))
    let ladder = try capture(packets).ladder(0)
    #expect(ladder.rows[0].client.known == nil)
    #expect(ladder.rows[0].relativeSeq == nil)
    #expect(ladder.paths[.client]?.suffix(3) == [.finWait1, .finWait2, .timeWait])
    #expect(ladder.paths[.server]?.suffix(3) == [.closeWait, .lastAck, .closed])
    #expect(try capture(packets).check().isMatch)
  }

  @Test func everyPartOfAConnectionIsConsistent() throws {
    let packets = CaptureBytes.conversation()
    for first in 0..<packets.count {
      for last in first..<packets.count {
        let report = try capture(Array(packets[first...last])).check()
        #expect(report.isMatch, "\(first)...\(last): \(report.sentence)")
      }
    }
  }

  /// A packet that was not captured, and a tap at one direction only, are no fault of the ends.
  @Test func missingPacketsAreConsistent() throws {
    let packets = CaptureBytes.conversation()
    for missing in packets.indices {
      var left = packets
      left.remove(at: missing)
      let report = try capture(left).check()
      #expect(report.isMatch, "without \(missing + 1): \(report.sentence)")
    }
    for isClient in [true, false] {
      let source = packets[0].datagram[12..<16]
      let left = packets.filter { ($0.datagram[12..<16] == source) == isClient }
      #expect(left.count > 2 && left.count < packets.count)
      let report = try capture(left).check()
      #expect(report.isMatch, "client's \(isClient): \(report.sentence)")
    }
  }

  /// What was acknowledged without having been sent does not count.
  @Test func acknowledgmentOfUnsentIsForgotten() throws {
    let data = CaptureBytes.datagram
    var packets = Array(CaptureBytes.conversation().prefix(5))
    for datagram in [
      data(true, 40000, .ack, 111, 9999, 0, 65535), data(false, 40000, .ack, 4121, 111, 30, 65535),
    ] {
      packets.append(Packet(time: (packets.count + 10) * 10_000_000, datagram: datagram))
    }
    let ladder = try capture(packets).ladder(0)
    // It is a finding of the packet that acknowledged, though the next one shows it.
    func isFinding(_ note: WireEvent) -> Bool {
      if case .anomaly(.ackOfUnsent, _, _, _) = note { true } else { false }
    }
    #expect(ladder.rows.map { $0.notes.contains(where: isFinding) }.suffix(2) == [true, false])
    var observer = WireObserver()
    for step in ladder.steps { observer.perform(step, observer: nil) }
    #expect(observer[.client].acknowledged == SequenceNumber(4101))
  }

  /// What lies before the ISN was never sent, and so is not sent again.
  @Test func nothingBeforeTheISNIsRepeated() throws {
    var packets = Array(CaptureBytes.conversation().prefix(5))
    let datagram = CaptureBytes.datagram
    packets.append(
      Packet(time: 200_000_000, datagram: datagram(true, 40000, .ack, 50, 4121, 5, 65535)))
    let notes = try #require(try capture(packets).ladder(0).rows.last).notes
    #expect(
      !notes.contains { if case .retransmissionSeen = $0 { true } else { false } }, "\(notes)")
  }

  @Test func endWithoutAnswerIsPresumed() throws {
    let ladder = try capture(Array(CaptureBytes.conversation().prefix(6))).ladder(0)
    #expect(ladder.rows.last?.client.known == .finWait1)
    #expect(ladder.rows.last?.server.known == .closeWait)
    #expect(ladder.rows.last?.isServerPresumed == true)
    #expect(ladder.rows.last?.isClientPresumed == false)
  }

  /// The kinds found when packets are put behind a conversation of so many packets.
  private func anomalies(
    after count: Int, _ more: [[UInt8]]
  ) throws -> [CaptureLadder.Anomaly] {
    var packets = Array(CaptureBytes.conversation().prefix(count))
    for datagram in more {
      packets.append(Packet(time: (packets.count + 10) * 10_000_000, datagram: datagram))
    }
    let capture = try capture(packets)
    #expect(!capture.check().isMatch)
    return capture.ladder(0).anomalies
  }

  @Test func anomaliesAreNamed() throws {
    let data = CaptureBytes.datagram
    #expect(
      try anomalies(after: 6, [data(true, 40000, .ack, 112, 4121, 5, 65535)]).map(\.kind)
        == [.dataBehindFin])
    #expect(
      try anomalies(after: 6, [data(true, 40000, [.fin, .ack], 115, 4121, 0, 65535)]).map(\.kind)
        == [.finMoved])
    #expect(
      try anomalies(after: 5, [data(true, 40000, [.syn, .fin], 111, 0, 0, 65535)]).first?.kind
        == .contradictingFlags)
    #expect(
      try anomalies(after: 5, [data(true, 40000, [], 111, 0, 5, 65535)]).first?.kind
        == .ackMissing)
    #expect(
      try anomalies(after: 5, [data(true, 40000, .syn, 9000, 0, 0, 65535)]).first?.kind
        == .synWhileConnected)
    #expect(
      try anomalies(after: 5, [data(true, 40000, [.fin, .ack], 105, 4121, 0, 65535)]).map(\.kind)
        == [.finBeforeData])
    #expect(
      try anomalies(after: 8, [data(true, 40000, .ack, 112, 4123, 0, 65535)]).map(\.kind)
        == [.ackOfUnsent])
    let unsent = try anomalies(
      after: 5,
      [
        data(true, 40000, .ack, 111, 9999, 0, 65535),
        data(false, 40000, .ack, 4121, 111, 30, 65535),
      ])
    #expect(unsent.first?.kind == .ackOfUnsent)
    #expect(unsent.first?.packet == 6)
    #expect(unsent.first?.side == .client)
    #expect(
      try anomalies(after: 1, [data(true, 40000, .ack, 301, 5000, 5, 65535)]).first?.kind
        == .impossibleInState)
  }

  @Test func everyTruncationIsReadOrRefused() throws {
    for name in ["normal-client-close.pcap", "normal-client-close.pcapng"] {
      let bytes = try CaptureBytes.file(name)
      for count in 4..<bytes.count {
        do throws(InputError) {
          let capture = try PacketCapture(file: name, bytes: Array(bytes.prefix(count)))
          #expect(capture.segmentCount > 0)
          _ = capture.check()
        } catch {
          #expect(error.exitCode == 65, "\(count): \(error)")
          #expect(!error.message.isEmpty)
        }
      }
    }
  }

  @Test func lyingLengthsAreFound() throws {
    var packets = CaptureBytes.conversation()
    packets[3].datagram[2] = 0xff
    packets[4].datagram[32] = 0x20
    let capture = try capture(packets)
    #expect(capture.malformed.map(\.packet) == [4, 5])
    #expect(capture.warning?.contains("packet 4") == true)
    #expect(!capture.check().isMatch)
  }

  @Test func refusals() throws {
    func message(_ bytes: [UInt8]) -> String? {
      do throws(InputError) { _ = try PacketCapture(file: "x", bytes: bytes) } catch {
        return error.message
      }
      return nil
    }
    #expect(message([]) != nil)
    #expect(message(CaptureBytes([]).pcap()) == "this capture holds no packets")
    #expect(message(CaptureBytes([]).pcap(link: 147))?.contains("link type") == true)
    #expect(message(try CaptureBytes.file("challenge-ack.client.pcap")) != nil)
  }

  @Test func showOfAConnection() throws {
    let packets =
      CaptureBytes.conversation() + CaptureBytes.conversation(port: 40001, from: 90000)
    let capture = try capture(packets)
    let show = try capture.show(name: "two", connection: 2)
    #expect(show.title.en.contains("2/2"))
    let look = Look(size: Size(columns: 100, rows: 30))
    #expect(show.frame(show.stepCount - 1, progress: 1, look).text.contains("CLOSED?"))
    #expect(throws: InputError.self) { try capture.show(name: "two", connection: 3) }
    #expect(throws: InputError.self) { try capture.show(name: "two", connection: 0) }
  }
}
