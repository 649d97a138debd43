import Testing

@testable import Models

/// What it took to open decides how the sending begins, and what comes late of it is answered.
struct OpeningTests {
  private let story = TCPStoryTests()
  private static let size = 1448

  /// An end writes a lot as soon as both are ESTABLISHED; returns how many segments go at once.
  private func firstFlight(of sender: End, in network: inout TCPNetwork) -> Int {
    story.perform([.runUntilState(sender, .established, limit: 20_000_000)], on: &network)
    story.perform([.run(for: 5_000_000)], on: &network)
    let start = network.log.count
    story.perform([.call(sender, .send(14 * Self.size))], on: &network)
    return network.log.count - start
  }

  /// Where SYNs were lost the first flight is one segment: by the RFC after one, at Linux after two.
  @Test(arguments: [
    (TCPRules.rfc9293, 0, 10), (.rfc9293, 1, 1), (.linux, 0, 10), (.linux, 1, 10), (.linux, 2, 1),
  ])
  func lostSynsMakeTheFirstFlightSmall(rules: TCPRules, lost: Int, count: Int) {
    let client = story.client
    var network = story.network(rules)
    story.perform(
      Array(repeating: .fate(client, .lost), count: lost) + [
        .call(story.server, .listen), .call(client, .connect(automaticPort: false)),
      ], on: &network)
    #expect(firstFlight(of: client, in: &network) == count)
  }

  /// So it is with SYN ACKs.
  ///
  /// The client's second SYN is lost here too, so that the server's own timer makes it go again.
  @Test(arguments: [
    (TCPRules.rfc9293, 0, 10), (.rfc9293, 1, 1), (.linux, 0, 10), (.linux, 1, 10), (.linux, 2, 1),
  ])
  func lostSynAcksDoTheSame(rules: TCPRules, lost: Int, count: Int) {
    let (client, server) = (story.client, story.server)
    var network = story.network(rules)
    if lost > 0 {
      story.perform([.fate(client, .delivered), .fate(client, .lost)], on: &network)
      story.perform(Array(repeating: .fate(server, .lost), count: lost), on: &network)
    }
    story.perform(
      [.call(server, .listen), .call(client, .connect(automaticPort: false))], on: &network)
    #expect(firstFlight(of: server, in: &network) == count)
  }

  /// Linux counts only where its server's own timer ran out: here the client's SYNs come first.
  @Test func answersToSynsAreNoLoss() {
    let (client, server) = (story.client, story.server)
    var network = story.network(.linux)
    story.perform(
      [
        .fate(server, .lost), .fate(server, .lost), .call(server, .listen),
        .call(client, .connect(automaticPort: false)),
      ], on: &network)
    #expect(firstFlight(of: server, in: &network) == 10)
    let synAcks = (0..<network.log.count).map { network.log[$0] }
      .filter { $0.sender == server && $0.segment.flags == [.syn, .ack] }
    #expect(synAcks.count == 3)
  }

  /// Nothing was lost if the answer is to the first SYN: it was only a long way.
  @Test func longWayIsNoLoss() {
    let (client, server) = (story.client, story.server)
    var network = story.network(.linux)
    story.perform(
      [
        .wireDelay(from: .client, 1_300_000), .wireDelay(from: .server, 1_300_000),
        .call(server, .listen), .call(client, .connect(automaticPort: false)),
      ], on: &network)
    #expect(firstFlight(of: client, in: &network) == 10)
    let syns = (0..<network.log.count).map { network.log[$0] }
      .filter { $0.sender == client && $0.segment.flags == .syn }
    #expect(syns.count == 3)
  }

  /// A SYN ACK that comes again with an old timestamp is a stray SYN, not a segment whose acknowledgment
  /// was lost: what comes next is acknowledged no sooner for it, and no later.
  @Test func lateSynAckIsAStraySyn() {
    var sender = LoneSender(.linux)
    var late = Segment(
      [.syn, .ack], seq: sender.end.rcvNxt - 1, ack: sender.end.sndUna, window: 65160)
    late.timestamp = TimestampOption(value: sender.end.tsRecent - 10, echo: 0)
    var journal = Journal(isListening: true)
    sender.end.arrive(late, at: 100_000, &journal)
    #expect(journal.sent.map(\.segment.flags) == [.ack])
    #expect(journal.events.contains(.segmentDiscarded(sender.end.end, .challenged)))
    #expect(sender.end.acking.quickCount == 0 && sender.end.acking.delay == 0)
  }
}
