import Testing

@testable import Models

/// What a tick of the kernel's clock may decide either way: the likelier way, unless the other is asked
/// for.
struct TickTests {
  private let story = TCPStoryTests()
  private var client: End { story.client }
  private var server: End { story.server }

  /// How long the next acknowledgment waits depends on whether a gap is shorter than the wait so far,
  /// where 37 ms are nine ticks or ten.
  @Test(arguments: [
    (30_000, false, 50_000, 50_000), (37_000, true, 56_000, 40_000), (39_000, true, 40_000, 56_000),
    (41_000, false, 40_000, 40_000),
  ])
  func gapIsCountedInTicks(gap: Int, isOpen: Bool, likely: Int, other: Int) {
    for (otherwise, delay) in [(false, likely), (true, other)] {
      var network = story.open(.linux)
      story.perform(
        [
          .call(client, .send(10)), .run(for: gap), .call(client, .send(10)), .run(for: 9000),
          .decideTimingOtherwise(server, otherwise), .run(for: 2000),
        ], on: &network)
      #expect(network[server].delivered.reduce(0) { $0 + $1.count } == 20)
      #expect(network[server].timingDecided == isOpen)
      #expect(network[server].acking.delay == delay)
    }
  }

  /// An acknowledgment that waits goes at once where its time is almost over.
  @Test(arguments: [
    (12_100, false, false), (11_900, true, false), (8100, true, true), (7900, false, true),
  ])
  func waitIsAlmostOver(left: Int, isOpen: Bool, goes: Bool) {
    var rules = TCPRules.linux
    rules.nagle = false
    for otherwise in [false, true] {
      var network = story.open(rules)
      story.perform(
        [
          .call(client, .send(9000)), .run(for: 12_000), .call(server, .receive(9000)),
          .call(server, .send(10)), .run(for: 100_000), .call(client, .send(10)), .run(for: 12_000),
        ], on: &network)
      guard let deadline = network[server].timers[.delayedAck]?.deadline else {
        Issue.record("the acknowledgment does not wait")
        return
      }
      let start = network.log.count
      story.perform(
        [
          .runUntil(deadline - left - 10_000), .call(client, .send(10)), .run(for: 9000),
          .decideTimingOtherwise(server, otherwise), .run(for: 1000),
        ], on: &network)
      let answers = (start..<network.log.count).count { network.log[$0].sender == server }
      #expect(network[server].timingDecided == isOpen)
      #expect((answers > 0) == (isOpen && otherwise ? !goes : goes))
    }
  }

  /// Whether a piece waits for room depends on whether the next acknowledgment comes within a millisecond:
  /// within a fifth of that it is open, where a clock is not exactly known.
  @Test(arguments: [
    (900, true, true), (1100, true, false), (700, false, true), (1300, false, false),
  ])
  func pieceWaitsForAnAnswer(answeredIn: Int, isOpen: Bool, waits: Bool) {
    var rules = TCPRules.linux
    rules.timerSlack = 1000
    for otherwise in [false, true] {
      var sender = LoneSender(rules)
      sender.write(40 * 1448, at: 100_000)
      // Room for a single segment.
      sender.end.recovery.congestionWindow = sender.end.inFlight + 1
      let now = 100_000 + sender.end.roundTrip.srtt - answeredIn
      sender.end.pacing.begin(at: now)
      sender.end.timingDecided = false
      sender.end.decidesTimingOtherwise = otherwise
      let isDeferred = sender.end.defersPiece(of: 2896, 60_000, mss: 1448, at: now)
      #expect(sender.end.timingDecided == isOpen)
      #expect(isDeferred == (isOpen && otherwise ? !waits : waits))
    }
  }
}
