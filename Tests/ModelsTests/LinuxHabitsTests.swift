import Testing

@testable import Models

/// Where Linux does something else than the RFC says, or says it more exactly.
struct LinuxHabitsTests {
  private let story = TCPStoryTests()
  private var client: End { story.client }
  private var server: End { story.server }

  /// Of two segments that acknowledge the same the one with the larger window counts as the later.
  @Test(arguments: [(TCPRules.linux, 40_000), (.rfc9293, 20_000)])
  func largerWindowStays(rules: TCPRules, window: Int) {
    var sender = LoneSender(rules)
    sender.answer(0, window: 40_000, at: 100_000)
    #expect(sender.end.sndWnd == 40_000)
    sender.answer(0, window: 20_000, at: 101_000)
    #expect(sender.end.sndWnd == window)
    // A window that closes counts always.
    sender.answer(0, window: 0, at: 102_000)
    #expect(sender.end.sndWnd == 0)
    sender.answer(0, window: 30_000, at: 103_000)
    #expect(sender.end.sndWnd == 30_000)
  }

  /// With something new acknowledged a smaller window is news too.
  @Test func smallerWindowComesWithNews() {
    var sender = LoneSender(.linux)
    sender.write(1000, at: 100_000)
    sender.answer(1000, window: 9000, at: 120_000)
    #expect(sender.end.sndWnd == 9000)
  }

  /// When the FIN of an orphan is acknowledged its socket is gone, and old data that comes along is not
  /// answered, as it is while a program has the socket.
  @Test(arguments: [(Call.close, 0), (.shutdownWrite, 1)])
  func orphanForgetsItsSocket(call: Call, answers: Int) throws {
    var network = story.open(.linux)
    story.perform(
      [
        .call(server, .send(100)), .run(for: 100_000), .call(client, .receive(100)),
        // The FIN arrives, but its acknowledgment does not.
        .fate(server, .lost), .call(client, call), .run(for: 100_000),
      ], on: &network)
    #expect(network[client].state == .finWait1)
    let old = try #require(
      (0..<network.log.count).last { network.log[$0].segment.payloadLength == 100 })
    var segment = network.log[old].segment
    segment.ack = network[client].sndNxt
    segment.timestamp?.value += 1000
    let start = network.log.count
    story.perform(
      [.inject(from: server, segment, isRetransmission: true), .run(for: 15_000)], on: &network)
    #expect(network[client].state == .finWait2)
    #expect(network[client].isMinimalFinWait2 == (call == .close))
    #expect((start..<network.log.count).count { network.log[$0].sender == client } == answers)
  }

  /// An acknowledgment that waits is not sent any more once the socket is gone.
  @Test func smallEntryOwesNothing() {
    var network = story.open(.linux)
    story.perform(
      [
        .call(server, .send(10)), .run(for: 11_000), .call(client, .receive(10)),
        .call(client, .send(10)), .run(for: 100_000), .call(client, .shutdownWrite),
        .run(for: 100_000), .call(server, .send(10)),
        .run(for: 11_000), .call(client, .receive(10)),
      ], on: &network)
    #expect(network[client].state == .finWait2 && network[client].timers[.delayedAck] != nil)
    story.perform([.call(client, .close)], on: &network)
    #expect(network[client].timers[.delayedAck] == nil)
  }

  /// An abort in LAST_ACK tells nobody, but that Linux tells the peer if the FIN could not be sent yet.
  @Test(arguments: [
    (TCPRules.linux, 10, []), (.linux, 9000, ["server RST ACK"]), (.rfc9293, 10, []),
    (.rfc9293, 9000, []),
  ])
  func abortInLastAck(rules: TCPRules, written: Int, sent: [String]) {
    var small = rules
    small.receiveBuffer = 3000
    var network = story.network(small, server: rules)
    story.perform(
      [
        .call(server, .listen), .call(client, .connect(automaticPort: false)),
        .runUntilState(server, .established, limit: 1_000_000), .call(client, .shutdownWrite),
        .run(for: 600_000), .call(server, .send(written)), .run(for: 100_000),
        .call(server, .shutdownWrite),
      ], on: &network)
    #expect(network[server].state == .lastAck)
    #expect((network[server].finSeq == nil) == (written > 3000))
    let start = network.log.count
    story.perform([.call(server, .abort)], on: &network)
    #expect(network[server].state == .closed)
    #expect(story.ladder(network, from: start) == sent)
  }
}
