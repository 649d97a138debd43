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

  /// With something new acknowledged any window is news, also from before what told the last one.
  @Test(arguments: [(TCPRules.linux, 9000), (.rfc9293, 40_000)])
  func anyWindowComesWithNews(rules: TCPRules, window: Int) {
    var sender = LoneSender(rules)
    sender.answer(0, window: 40_000, at: 100_000)
    sender.end.sndWl1 += 1
    sender.write(1000, at: 101_000)
    sender.answer(1000, window: 9000, at: 120_000)
    #expect(sender.end.sndWnd == window)
  }

  /// A third acknowledgment of the same brings the segment again, unless it may tell of a window.
  ///
  /// Linux counts one with a smaller window, which tells nothing, and not one with a window of 0.
  @Test(arguments: [(TCPRules.linux, 20_000, 1), (.linux, 0, 0), (.rfc9293, 20_000, 0)])
  func windowMakesNoDuplicate(rules: TCPRules, window: Int, count: Int) {
    var rules = rules
    rules.offersSack = false
    var sender = LoneSender(rules)
    sender.answer(0, window: 40_000, at: 99_000)
    sender.write(8000, at: 100_000)
    for time in [120_000, 121_000] { sender.answer(0, window: 40_000, at: time) }
    let sent = sender.answer(0, window: window, at: 122_000)
    #expect(sender.starts(sent).count { $0 == 0 } == count)
  }

  /// An acknowledgment that was overtaken is taken for what it is, silently, no longer than an RTO later by
  /// a clock of 1200 ticks a second, and only if it tells of no other window.
  @Test(arguments: [
    (200, 0, 0, false), (268, 0, 0, false), (269, 0, 0, true), (200, 0, 1, true), (200, 5, 0, true),
  ])
  func overtakenAckIsLate(age: UInt32, behind: Int, more: Int, isAnswered: Bool) {
    var sender = LoneSender(.linux)
    sender.end.rto = 224_000
    sender.end.sndWl1 = sender.end.rcvNxt - behind
    sender.end.tsRecent &+= 1000
    var ack = Segment(
      .ack, seq: sender.end.rcvNxt, ack: sender.end.sndUna, window: sender.end.sndWnd + more)
    ack.timestamp = TimestampOption(value: sender.end.tsRecent - age, echo: 0)
    var journal = Journal()
    sender.end.arrive(ack, at: 100_000, &journal)
    #expect(!journal.sent.isEmpty == isAnswered)
  }

  /// How often bare segments are answered is limited anew for the socket: what the request before it has
  /// answered does not count.
  @Test func socketBeginsItsOwnLimit() throws {
    var network = story.network(.linux)
    story.perform(
      [
        // The SYN ACK is late: a second SYN is answered, and then both answers arrive.
        .wireDelay(from: .server, 1_020_000), .call(server, .listen),
        .call(client, .connect(automaticPort: false)),
        .runUntilState(server, .established, limit: 5_000_000),
      ], on: &network)
    #expect(
      (0..<network.log.count).count { network.log[$0].segment.flags == .syn } > 1)
    var old = Segment(
      .ack, seq: network[client].sndNxt - 1, ack: network[client].rcvNxt, window: 65_160)
    old.timestamp = TimestampOption(value: network[server].tsRecent, echo: 0)
    for isAnswered in [true, false] {
      let start = network.log.count
      story.perform(
        [.inject(from: client, old, isRetransmission: false), .run(for: 11_000)], on: &network)
      let answers = (start..<network.log.count).count { network.log[$0].sender == server }
      #expect((answers == 1) == isAnswered)
    }
  }

  /// When the FIN of an orphan is acknowledged its socket is gone, and old data that comes along is not
  /// answered, as it is while a program has the socket.
  ///
  /// New data breaks its connection.
  @Test(arguments: [
    (Call.close, 0, ConnectionState.finWait2, []), (.close, 100, .closed, ["client RST"]),
    (.shutdownWrite, 0, .finWait2, ["client ACK"]),
  ])
  func orphanForgetsItsSocket(
    call: Call, ahead: Int, state: ConnectionState, answers: [String]
  ) throws {
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
    segment.seq += ahead
    segment.timestamp?.value += 1000
    let start = network.log.count
    story.perform(
      [.inject(from: server, segment, isRetransmission: true), .run(for: 15_000)], on: &network)
    #expect(network[client].state == state)
    #expect(network[client].isMinimalFinWait2 == (call == .close && ahead == 0))
    #expect(story.ladder(network, from: start + 1) == answers)
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
  ///
  /// So it does if something is unread.
  @Test(arguments: [
    (TCPRules.linux, 10, 0, []), (.linux, 9000, 0, ["server RST ACK"]),
    (.linux, 10, 10, ["server RST ACK"]), (.rfc9293, 10, 0, []), (.rfc9293, 9000, 0, []),
  ])
  func abortInLastAck(rules: TCPRules, written: Int, unread: Int, sent: [String]) {
    var small = rules
    small.receiveBuffer = 3000
    var network = story.network(small, server: rules)
    story.perform(
      [
        .call(server, .listen), .call(client, .connect(automaticPort: false)),
        .runUntilState(server, .established, limit: 1_000_000), .call(client, .send(unread)),
        .call(client, .shutdownWrite),
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
