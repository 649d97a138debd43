import Testing

@testable import Models

/// BBR's pacing, and pieces that wait for room.
struct PacingTests {
  private let story = TCPStoryTests()

  /// A piece of bytes at a time, at a million bytes a second.
  private func send(_ count: Int, _ pacing: inout Pacing, at now: Microseconds) {
    pacing.begin(at: now)
    pacing.note(count, rate: 1_000_000)
  }

  /// Nine segments go at once; the tenth makes the next piece wait for as long as it takes.
  @Test func tenthSegmentTakesTime() {
    var pacing = Pacing()
    for _ in 0..<9 { send(1000, &pacing, at: 5000) }
    #expect(pacing.opensAt == nil)
    send(1000, &pacing, at: 5000)
    #expect(pacing.opensAt == 6000)
    // A bare acknowledgment takes no time and changes nothing.
    send(0, &pacing, at: 5500)
    #expect(pacing.opensAt == 6000)
    pacing.begin(at: 6000)
    #expect(pacing.opensAt == nil, "the time is over")
  }

  /// Of a piece's time is forgiven what has passed since something was sent, but no more than half.
  @Test func pauseIsForgivenInPart() {
    var pacing = Pacing()
    for _ in 0..<9 { send(1000, &pacing, at: 0) }
    send(2000, &pacing, at: 300)
    #expect(pacing.opensAt == 2000)
    send(2000, &pacing, at: 50_000)
    #expect(pacing.opensAt == 51_000)
    // An acknowledgment on the way counts as something sent.
    send(0, &pacing, at: 79_900)
    send(2000, &pacing, at: 80_000)
    #expect(pacing.opensAt == 81_900)
  }

  /// Two segments of a piece take the time of both, counted from its beginning.
  @Test func pieceTakesTheTimeOfItsSegments() {
    var pacing = Pacing()
    for _ in 0..<9 { send(1000, &pacing, at: 0) }
    pacing.begin(at: 0)
    pacing.note(1000, rate: 1_000_000)
    pacing.note(1000, rate: 1_000_000)
    #expect(pacing.opensAt == 2000)
    pacing.open(at: 500)
    #expect(pacing.opensAt == nil)
    send(1000, &pacing, at: 500)
    #expect(pacing.opensAt == 1500, "a piece let go early is counted from when it goes")
  }

  /// A turn that is noticed late is a moment all the same: what waits for room then goes on waiting.
  @Test func lateTurnIsAMoment() {
    var pacing = Pacing()
    for _ in 0..<10 { send(1000, &pacing, at: 0) }
    pacing.comeDue(at: 40_000)
    #expect(pacing.opensAt == nil && pacing.lastAt == 40_000)
    pacing.open(at: 30_000)
    #expect(pacing.lastAt == 30_000)
  }

  /// A turn that is noticed late may have been taken when it came, and so may those behind it, until something
  /// else makes a piece go.
  @Test func lateTurnsAddUp() {
    var pacing = Pacing()
    for _ in 0..<10 { send(1000, &pacing, at: 0) }
    pacing.comeDue(at: 5000)
    #expect(pacing.lateness(at: 5000) == 4000)
    #expect(pacing.lateness(at: 5001) == 0, "what goes then goes for another reason")
    send(1000, &pacing, at: 5000)
    pacing.comeDue(at: 5100)
    #expect(pacing.lateness(at: 5100) == 3100, "due at 2000")
    send(1000, &pacing, at: 5100)
    send(1000, &pacing, at: 9000)
    pacing.comeDue(at: 9600)
    #expect(pacing.lateness(at: 9600) == 100, "what an acknowledgment lets go is on time")
  }

  /// Without a rate nothing is paced.
  @Test func unknownRateDoesNotPace() {
    var pacing = Pacing()
    for _ in 0..<20 {
      pacing.begin(at: 0)
      pacing.note(1000, rate: 0)
    }
    #expect(pacing.opensAt == nil)
  }

  /// Twenty segments: ten at once, the rest in pieces of two, each in its turn; all arrives.
  @Test func windowIsSpreadOut() {
    var network = story.open(TCPStoryTests.bbr)
    story.perform([.call(story.client, .send(1448 * 20)), .run(for: 200_000)], on: &network)
    let sent = (0..<network.log.count).map { network.log[$0] }
      .filter { $0.sender == story.client && $0.segment.payloadLength > 0 }
    #expect(sent.count == 20)
    let paced = sent.filter { $0.cause == .timer(.pacing) }
    #expect(paced.count >= 2)
    let rate = 10 * 1448 * 2885 / 20 * 99 / 100
    let gaps = zip(sent, sent.dropFirst()).map { $1.sentAt - $0.sentAt }.filter { $0 > 0 }
    #expect(gaps.allSatisfy { $0 * 1000 >= 1448 * 1_000_000 / rate }, "\(gaps)")
    #expect(network[story.server].delivered.reduce(0) { $0 + $1.count } == 1448 * 20)
    #expect(network[story.client].timers.isEmpty)
  }

  /// While a piece waits for its turn, an arrival is answered by an acknowledgment alone.
  @Test func arrivalDoesNotHastenAPiece() {
    var network = story.open(TCPStoryTests.bbr)
    story.perform(
      [
        .call(story.client, .send(1448 * 8)), .run(for: 60_000),
        .call(story.client, .send(1448 * 6)),
      ], on: &network)
    #expect(network[story.client].timers[.pacing] != nil)
    let before = network.log.count
    let unsent = network[story.client].unsentCount
    story.perform([.call(story.client, .send(1448))], on: &network)
    #expect(network.log.count == before)
    #expect(network[story.client].unsentCount == unsent + 1448)
    story.perform([.letPieceGo(story.client), .call(story.client, .send(1))], on: &network)
    #expect(network.log.count > before, "it may go now")
  }

  /// Without BBR nothing is paced.
  @Test func onlyBBRPaces() {
    var network = story.open(.linux)
    story.perform([.call(story.client, .send(1448 * 20)), .run(for: 15_000)], on: &network)
    #expect(network[story.client].timers[.pacing] == nil)
    #expect(network[story.client].outstanding.count == 10)
  }

  /// A piece that does not fit waits for the acknowledgment that is overdue; where none is, a single
  /// segment goes.
  @Test(arguments: [(true, 9), (false, 10)]) func pieceWaitsForRoom(isLate: Bool, sent: Int) {
    var network = story.open(.linux)
    let lost = TCPOperation.fate(story.client, .lost)
    story.perform([lost, .call(story.client, .send(1000))], on: &network)
    // The oldest segment's acknowledgment is due only behind a round trip.
    story.perform([.run(for: isLate ? 30_000 : 5000)], on: &network)
    story.perform([.call(story.client, .send(1448 * 14))], on: &network)
    #expect(network[story.client].outstanding.count == sent)
  }

  /// A piece holds half the congestion window at most, and goes without delay if there is room for a
  /// third of it.
  @Test func thirdOfAWindowIsRoomEnough() {
    var sender = LoneSender(.linux, roundTrip: 1000)
    sender.write(1000, at: 100_000)
    sender.write(20 * 1448, at: 100_900)
    let joined = sender.end.outstanding.map(\.isJoined)
    #expect(
      joined == [false, false, true, true, true, true, false, true, true, true],
      "a piece of five, and four for which there is room")
  }

  /// In a recovery no piece waits for room.
  @Test func recoveryDoesNotWaitForRoom() {
    var sender = LoneSender(.linux)
    sender.write(20 * 1448, at: 100_000)
    sender.answer(0, sack: [1448..<4 * 1448], at: 120_000)
    #expect(sender.end.recovery.isReducing)
    for end in [5, 6] {
      #expect(sender.answer(0, sack: [1448..<end * 1448], at: 145_000 + end * 100).count == 1)
    }
  }

  /// What a piece has begun goes on up to the edge of the window; nothing begins that does not fit.
  @Test(arguments: [(1948, [1448, 500]), (2896 + 500, [1448, 1448]), (500, [])])
  func pieceEndsAtTheWindowsEdge(window: Int, lengths: [Int]) {
    var sender = LoneSender(.linux)
    sender.write(1448, at: 50_000)
    sender.answer(1448, window: window, at: 70_000)
    #expect(sender.write(10 * 1448, at: 100_000).map(\.payloadLength) == lengths)
  }

  /// A piece of a few bytes is over when what is lost has gone, a whole one is not; the next one counts
  /// from its end all the same.
  @Test func fewBytesTakeNoTime() {
    var pacing = Pacing()
    for _ in 0..<10 { send(1000, &pacing, at: 0) }
    send(20, &pacing, at: 50_000)
    #expect(pacing.opensAt == 50_010)
    pacing.passSending(0, at: 50_000)
    #expect(pacing.opensAt == 50_010, "nothing was sent")
    pacing.passSending(1, at: 50_000)
    #expect(pacing.opensAt == nil)
    send(1000, &pacing, at: 50_000)
    #expect(pacing.opensAt == 51_010)
    pacing.passSending(1, at: 50_000)
    #expect(pacing.opensAt == 51_010)
  }

  /// What is new follows a few bytes that go again at once.
  @Test func newDataFollowsAFewBytes() {
    var sender = LoneSender(TCPStoryTests.bbr)
    sender.write(10 * 1448, at: 100_000)
    sender.answer(10 * 1448, at: 120_000)
    sender.write(20, at: 200_000)
    sender.write(8 * 1448, at: 201_000)
    sender.expire(.pacing, at: 203_000)
    let first = 10 * 1448
    let again = sender.answer(first, sack: [first + 20..<first + 20 + 3 * 1448], at: 222_000)
    #expect(again.map(\.payloadLength) == [20, 1448, 1448])
    #expect(sender.starts(again).first == first)
  }
}
