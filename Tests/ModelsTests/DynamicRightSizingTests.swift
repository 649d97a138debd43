import Testing

@testable import Models

/// A reader of much gets a larger buffer.
struct DynamicRightSizingTests {
  private let story = TCPStoryTests()
  private var client: End { story.client }
  private var server: End { story.server }

  /// What is read in a round trip of 20 ms, from number 0 on.
  private func sizing(space: Int = 10_000) -> DynamicRightSizing {
    var sizing = DynamicRightSizing(space: space, first: SequenceNumber(0), at: 0)
    sizing.noteEcho(1, age: 20, isFull: true, isAllRead: true)
    return sizing
  }

  private func number(_ value: UInt32) -> SequenceNumber { SequenceNumber(value) }

  /// Twice what was read, and four times as much again as it was more than before.
  @Test func moreIsAllowedThanWasRead() {
    var sizing = sizing()
    #expect(sizing.noteRead(upTo: number(15_000), unread: 0, at: 20_000) == 60_000)
    #expect(sizing.space == 15_000)
    // The next round trip begins where this one ended.
    #expect(sizing.noteRead(upTo: number(30_000), unread: 0, at: 40_000) == nil)
    #expect(sizing.noteRead(upTo: number(45_001), unread: 0, at: 60_000) == 30_002 + 2 * 2)
  }

  @Test func whatIsLeftUnreadCountsAgainstIt() {
    var sizing = sizing()
    #expect(sizing.noteRead(upTo: number(15_000), unread: 5000, at: 20_000) == nil)
    #expect(sizing.space == 10_000)
    // It was measured all the same.
    #expect(sizing.noteRead(upTo: number(26_000), unread: 0, at: 40_000) == 22_000 + 4400)
  }

  /// Within a round trip nothing is concluded, and before the first is known neither.
  @Test func aRoundTripPassesFirst() {
    var sizing = sizing()
    #expect(sizing.noteRead(upTo: number(15_000), unread: 0, at: 19_999) == nil)
    #expect(sizing.noteRead(upTo: number(15_000), unread: 0, at: 20_000) != nil)
    var blind = DynamicRightSizing(space: 10_000, first: number(0), at: 0)
    #expect(blind.noteRead(upTo: number(15_000), unread: 0, at: 1_000_000) == nil)
  }

  /// An echo tells how long a round trip takes if a full segment brings it; a longer one counts by an
  /// eighth, and only where nothing waits to be read.
  @Test(arguments: [
    (10, true, true, 10_000), (28, true, true, 21_000), (28, true, false, 20_000),
    (10, false, true, 20_000), (0, true, true, 20_000), (-1, true, true, 20_000),
    (2_147_483, true, true, 20_000),
  ])
  func echoTellsTheRoundTrip(age: Int32, isFull: Bool, isAllRead: Bool, expected: Int) {
    var sizing = sizing()
    sizing.noteEcho(2, age: age, isFull: isFull, isAllRead: isAllRead)
    // The same echo tells nothing twice.
    sizing.noteEcho(2, age: 1, isFull: true, isAllRead: true)
    var early = sizing
    #expect(early.noteRead(upTo: number(15_000), unread: 0, at: expected - 1) == nil)
    #expect(sizing.noteRead(upTo: number(15_000), unread: 0, at: expected) != nil)
  }

  /// Without timestamps a window that fills is the only measure, and the shortest counts.
  @Test func aWindowFillsInARoundTrip() {
    var sizing = DynamicRightSizing(space: 10_000, first: number(0), at: 0)
    sizing.noteArrived(upTo: number(1000), told: 20_000, at: 5000)
    sizing.noteArrived(upTo: number(20_999), told: 20_000, at: 14_000)
    #expect(sizing.noteRead(upTo: number(20_999), unread: 0, at: 90_000) == nil)
    sizing.noteArrived(upTo: number(21_000), told: 20_000, at: 15_000)
    sizing.noteArrived(upTo: number(41_000), told: 20_000, at: 45_000)
    var early = sizing
    #expect(early.noteRead(upTo: number(20_000), unread: 0, at: 9999) == nil)
    #expect(sizing.noteRead(upTo: number(20_000), unread: 0, at: 10_000) != nil)
  }

  /// A buffer that learns that it holds less does not count on more.
  @Test func noMoreThanTheBufferHolds() {
    var sizing = sizing(space: 30_000)
    sizing.limit(to: 20_000)
    #expect(sizing.space == 20_000)
    sizing.limit(to: 25_000)
    #expect(sizing.space == 20_000)
  }

  /// Memory grows until it allows a window, and never shrinks; a kernel has a limit.
  @Test func memoryGrows() {
    var memory = ReceiveMemory(firstWindow: 65_160, reserve: 1448, headers: 52)
    let clamp = memory.clamp
    memory.enlarge(toAllow: 60_000)
    #expect(memory.clamp == clamp)
    memory.enlarge(toAllow: 100_000)
    #expect(memory.clamp == 100_000)
    memory.enlarge(toAllow: 90_000)
    #expect(memory.clamp == 100_000)
    memory.enlarge(toAllow: 1 << 40)
    #expect(memory.clamp == 33_554_432 / 2)
  }

  /// Only what lay in one piece counts, however much is read at once: the rest is still unread then.
  @Test func onePieceAtATime() throws {
    var memory = ReceiveMemory(firstWindow: 65_160, reserve: 1448, headers: 52)
    for end: UInt32 in [3000, 1500, 4500] { memory.take(1448, upTo: number(end)) }
    #expect(memory.firstEnd(behind: number(0)) == number(1500))
    #expect(memory.firstEnd(behind: number(1500)) == number(3000))
    #expect(memory.firstEnd(behind: number(4500)) == nil)
  }

  /// What arrives far ahead makes room for itself, where a program has the connection.
  @Test(arguments: [(true, false, true), (false, false, false), (true, true, false)])
  func gapsMakeRoom(isAccepted: Bool, isClosed: Bool, grows: Bool) throws {
    var rules = TCPRules.linux
    rules.windowShift = 10
    var network = story.open(rules)
    if isAccepted { story.perform([.call(server, .accept)], on: &network) }
    // An orphan in FIN_WAIT_1 still takes what comes, and its own FIN is lost.
    if isClosed { story.perform([.fate(server, .lost), .call(server, .close)], on: &network) }
    let clamp = try #require(network[server].memory).clamp
    var far = Segment(
      .ack, seq: network[server].rcvNxt + 60_000, ack: network[server].sndUna, window: 65_160,
      payload: Payload(network[client].stream, offset: 60_000, count: 100))
    far.timestamp = TimestampOption(value: network[server].tsRecent, echo: 0)
    story.perform(
      [.inject(from: client, far, isRetransmission: false), .run(for: 11_000)], on: &network)
    #expect((try #require(network[server].memory).clamp > clamp) == grows)
  }

  /// A program that reads all the time, of a sender that spreads what it sends, gets a larger window.
  ///
  /// Of a flight that arrives at once only its first segment would count.
  @Test(arguments: [true, false]) func windowFollowsTheReader(hasTimestamps: Bool) {
    var rules = TCPStoryTests.bbr
    rules.offersTimestamps = hasTimestamps
    rules.windowShift = 10
    var network = story.open(rules)
    story.perform([.call(server, .accept), .call(client, .send(400_000))], on: &network)
    let first = network[server].toldWindow
    for _ in 0..<1000 {
      story.perform([.run(for: 500), .call(server, .receive(.max))], on: &network)
    }
    #expect(network[server].delivered.reduce(0) { $0 + $1.count } == 400_000)
    #expect(network[server].toldWindow > 2 * first)
  }
}
