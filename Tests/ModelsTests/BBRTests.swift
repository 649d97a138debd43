import Testing

@testable import Models

/// BBR's model of the path, its modes and its window, in segments.
struct BBRTests {
  private let story = TCPStoryTests()

  /// A path that acknowledges flights, and the BBR that they teach.
  private struct Path {
    var bbr = BBR()
    var window = 10
    var now: Microseconds = 100_000
    var arrivedCount = 1
    var lostCount = 0

    /// A connection with a round trip of 20 ms behind it.
    init(roundTrip: Microseconds = 20_000) {
      bbr.begin(
        window: window, segmentSize: 1448, smoothed: roundTrip, shortest: roundTrip,
        arrivedCount: arrivedCount, at: now)
    }

    /// Segments arrive at once, so long after the last, as so many that were sent in a time: by a rate.
    mutating func arrive(
      _ arrived: Int, of delivered: Int? = nil, in interval: Microseconds? = 20_000,
      sentAfter: Int? = nil, isAppLimited: Bool = false, lost: Int = 0, inFlight: Int = 0,
      inFlightBefore: Int? = nil, roundTrip: Microseconds? = 20_000,
      phase: Recovery.Phase = .open, after time: Microseconds = 20_000
    ) {
      now += time
      arrivedCount += arrived
      lostCount += lost
      let sample = DeliveryRate.Sample(
        priorDelivered: sentAfter ?? arrivedCount - arrived, delivered: delivered ?? arrived,
        interval: interval, isAppLimited: isAppLimited)
      let observation = BBR.Observation(
        now: now, arrivedAt: now, arrived: arrived, arrivedCount: arrivedCount, lost: lost,
        lostCount: lostCount, inFlightBefore: inFlightBefore ?? inFlight + arrived,
        inFlight: inFlight, sample: sample, roundTrip: roundTrip, smoothed: 20_000,
        segmentSize: 1448, phase: phase)
      window = bbr.take(observation, window: window)
    }

    /// A path that is full: three round trips in which the bandwidth does not grow.
    mutating func fill(_ count: Int = 20) {
      for _ in 0..<4 { arrive(count, inFlight: count) }
    }
  }

  // MARK: STARTUP

  /// The window grows by all that arrives: of the first ten segments, and then as long as less is under
  /// way than the path seems to want.
  @Test func windowGrowsToTheTarget() {
    var path = Path()
    path.arrive(4)
    #expect(path.window == 14)
    path.arrive(4)
    #expect(path.window == 18)
    // Four segments a round trip: 2.885 times that, and three pieces of two, even.
    path.arrive(4)
    #expect(path.window == 18, "the tenth has arrived")
    path.arrive(40)
    #expect(path.window == 58)
  }

  /// On a short path pieces are large, on a very long one they are single segments.
  @Test(arguments: [(1000, 84), (20_000, 10), (400_000, 6)])
  func piecesFollowTheFirstRoundTrip(roundTrip: Microseconds, target: Int) {
    var path = Path(roundTrip: roundTrip)
    path.arrive(1, in: roundTrip, roundTrip: roundTrip, after: roundTrip)
    #expect(path.bbr.full(gain: BBR.high, segmentSize: 1448) == target)
  }

  /// Without a round trip the first window is what the path holds, and a millisecond is guessed.
  @Test func nothingIsKnownWithoutARoundTrip() {
    var bbr = BBR()
    bbr.begin(
      window: 10, segmentSize: 1448, smoothed: 0, shortest: 0, arrivedCount: 0, at: 0)
    // Ten segments in a millisecond, 2.885 times, less a hundredth.
    #expect(bbr.pacingRate == 41_381_651)
    #expect(bbr.full(gain: BBR.even, segmentSize: 1448) == 10 + 3 * 27 + 1)
  }

  /// However fast a path is, the numbers hold it.
  @Test func fastestPathIsHeld() {
    var path = Path(roundTrip: 1)
    path.arrive(1_000_000_000, in: 1, roundTrip: 1, after: 1)
    #expect(path.bbr.full(gain: BBR.high, segmentSize: 65_495) > 2_000_000_000)
    #expect(path.bbr.pacingRate == 1 << 40)
    path.arrive(1_000_000_000, in: 1, roundTrip: 600_000_000, after: 20_000_000)
    #expect(path.window > 0)
  }

  // MARK: DRAIN and PROBE_BW

  /// Three round trips without a quarter more bandwidth, and the path is full: the queue is emptied first.
  @Test func plateauEndsStartup() {
    var path = Path()
    path.arrive(20, inFlight: 60)
    for _ in 0..<2 {
      path.arrive(20, inFlight: 60)
      #expect(path.bbr.mode == .startup)
    }
    path.arrive(20, inFlight: 60)
    #expect(path.bbr.mode == .drain && path.bbr.hasFilledPath)
    #expect(path.bbr.pacingGain == 88 && path.bbr.windowGain == BBR.high)
    // 20 segments are what the path holds, and three pieces of two.
    path.arrive(1, in: nil, inFlight: 27, after: 1000)
    #expect(path.bbr.mode == .drain)
    path.arrive(1, in: nil, inFlight: 26, after: 1000)
    #expect(path.bbr.mode == .probeBandwidth)
    #expect(path.bbr.windowGain == 512)
  }

  /// A quarter more, or a program that does not fill the path, does not count.
  @Test func growthAndIdlenessAreNoPlateau() {
    var growing = Path()
    for count in [20, 25, 32, 40, 50, 63] { growing.arrive(count, inFlight: 60) }
    #expect(!growing.bbr.hasFilledPath)
    var idle = Path()
    for _ in 0..<10 { idle.arrive(20, isAppLimited: true, inFlight: 60) }
    #expect(!idle.bbr.hasFilledPath)
    // Several acknowledgments of one round trip are one.
    var bunch = Path()
    bunch.arrive(20, inFlight: 60)
    for _ in 0..<10 { bunch.arrive(1, of: 20, sentAfter: 1, inFlight: 60, after: 100) }
    #expect(!bunch.bbr.hasFilledPath)
  }

  /// A full path is not overfilled: the window is twice what it holds, and pieces, and what arrives in
  /// bunches.
  @Test func windowIsCutToTwiceThePath() {
    var path = Path()
    path.fill()
    path.arrive(20, inFlight: 20)
    #expect(path.bbr.mode == .probeBandwidth)
    path.window = 200
    path.arrive(20, inFlight: 20)
    #expect(path.window > 46 && path.window < 46 + 2 * 20)
  }

  /// The cycle: one round trip faster, one slower or until the queue is gone, six as fast as the path.
  @Test func cycleGoesAround() {
    var path = Path()
    path.fill()
    #expect(path.bbr.mode == .probeBandwidth && path.bbr.cycleIndex == 2)
    path.bbr.cycleIndex = 7
    path.arrive(1, in: nil, inFlight: 20, after: 20_000)
    #expect(path.bbr.cycleIndex == 7, "exactly a round trip is not more than one")
    path.arrive(1, in: nil, inFlight: 20, after: 1)
    #expect(path.bbr.cycleIndex == 0 && path.bbr.pacingGain == 320)
    // Faster, until a quarter more is under way; or something is lost.
    path.arrive(1, in: nil, inFlight: 20, after: 25_000)
    #expect(path.bbr.cycleIndex == 0)
    var lossy = path
    lossy.arrive(1, in: nil, lost: 1, inFlight: 20, after: 1000)
    #expect(lossy.bbr.cycleIndex == 1)
    // 25 segments, three pieces and two more are that; a piece is about to go.
    #expect(path.bbr.full(gain: 320, segmentSize: 1448) == 34)
    path.arrive(1, in: nil, inFlight: 30, inFlightBefore: 31, after: 1000)
    #expect(path.bbr.cycleIndex == 0)
    path.arrive(1, in: nil, inFlight: 31, inFlightBefore: 32, after: 1000)
    #expect(path.bbr.cycleIndex == 1 && path.bbr.pacingGain == 192)
    // Slower, until what was too much is gone.
    path.arrive(1, in: nil, inFlight: 40, after: 1000)
    #expect(path.bbr.cycleIndex == 1)
    path.arrive(1, in: nil, inFlight: 20, after: 1000)
    #expect(path.bbr.cycleIndex == 2 && path.bbr.pacingGain == 256)
  }

  /// A slower path is found out when the last fast round trip is ten ago.
  @Test func bandwidthIsForgotten() {
    var path = Path()
    path.fill(40)
    let fast = path.bbr.bandwidth
    for _ in 0..<10 { path.arrive(10, inFlight: 10) }
    #expect(path.bbr.bandwidth == fast)
    path.arrive(10, inFlight: 10)
    path.arrive(10, inFlight: 10)
    #expect(path.bbr.bandwidth == (10 << 24) / 20_000)
  }

  /// What a program sends that does not fill the path says only that it is as fast as that.
  @Test func idlenessSaysLittle() {
    var path = Path()
    path.arrive(20)
    path.arrive(5, isAppLimited: true)
    #expect(path.bbr.bandwidth == (20 << 24) / 20_000)
    for _ in 0..<12 { path.arrive(5, isAppLimited: true) }
    #expect(path.bbr.bandwidth == (20 << 24) / 20_000, "nothing else was measured")
    path.arrive(30, isAppLimited: true)
    #expect(path.bbr.bandwidth == (30 << 24) / 20_000)
  }

  /// Behind a pause it is sent as fast as the path, not faster.
  @Test func restartIsEven() {
    var path = Path()
    path.fill()
    path.bbr.cycleIndex = 0
    path.arrive(1, in: nil, inFlight: 20, after: 1)
    let fast = path.bbr.pacingRate
    var window = path.window
    path.bbr.restart(segmentSize: 1448, window: &window, arrivedAt: path.now, at: path.now)
    #expect(path.bbr.pacingRate * 320 / 256 - fast <= 2 && path.bbr.pacingRate < fast)
    #expect(window == path.window)
  }

  // MARK: PROBE_RTT

  /// After ten seconds without a shorter round trip four segments are under way, for 200 ms and a round
  /// trip; then the window is as before.
  @Test func roundTripIsProbed() {
    var path = Path()
    path.fill()
    path.arrive(20, inFlight: 20)
    let before = path.window
    path.arrive(1, in: nil, inFlight: 20, roundTrip: 25_000, after: 10_000_000)
    #expect(path.bbr.mode == .probeRoundTrip && path.window == 4)
    #expect(path.bbr.shortest == 25_000, "the old one is too old")
    path.arrive(4, in: nil, inFlight: 4, roundTrip: 25_000, after: 1000)
    path.arrive(1, in: nil, inFlight: 3, roundTrip: 25_000, after: 201_000)
    #expect(path.bbr.mode == .probeRoundTrip, "no round trip has passed")
    path.arrive(1, inFlight: 3, roundTrip: 25_000, after: 1000)
    #expect(path.bbr.mode == .probeBandwidth)
    #expect(path.window >= min(before, 46))
  }

  /// While PROBE_RTT leaves the path empty, rates tell little, up to the acknowledgment that ends it.
  @Test func probeTellsLittle() {
    var path = Path()
    path.fill()
    path.arrive(1, in: nil, inFlight: 20, roundTrip: 25_000, after: 10_000_000)
    #expect(path.bbr.leavesPathEmpty)
    path.arrive(4, in: nil, inFlight: 4, roundTrip: 25_000, after: 1000)
    path.arrive(1, inFlight: 3, roundTrip: 25_000, after: 202_000)
    #expect(path.bbr.mode == .probeBandwidth && path.bbr.leavesPathEmpty)
    path.arrive(1, inFlight: 3, roundTrip: 25_000, after: 1000)
    #expect(!path.bbr.leavesPathEmpty)
  }

  /// Who starts again from nothing has probed the round trip by its pause.
  @Test func restartNeedsNoProbe() {
    var path = Path()
    path.fill()
    var window = path.window
    path.bbr.restart(segmentSize: 1448, window: &window, arrivedAt: path.now, at: path.now)
    path.arrive(1, in: nil, inFlight: 3, after: 10_000_001)
    #expect(path.bbr.mode == .probeBandwidth && !path.bbr.isRestarting)
  }

  /// A shorter round trip counts at once, and begins the ten seconds anew.
  @Test func shorterRoundTripCounts() {
    var path = Path()
    path.arrive(5, roundTrip: 15_000, after: 6_000_000)
    #expect(path.bbr.shortest == 15_000)
    path.arrive(5, roundTrip: 30_000, after: 6_000_000)
    #expect(path.bbr.shortest == 15_000 && path.bbr.mode == .startup)
    // One that may have waited does not replace what is too old; the probe begins all the same.
    path.now += 6_000_000
    let observation = BBR.Observation(
      now: path.now, arrivedAt: path.now, arrived: 1, arrivedCount: path.arrivedCount + 1,
      roundTrip: 50_000, mayBeDelayed: true, segmentSize: 1448)
    _ = path.bbr.take(observation, window: path.window)
    #expect(path.bbr.shortest == 15_000 && path.bbr.mode == .probeRoundTrip)
  }

  // MARK: Losses

  /// As many go as arrive, until something is acknowledged that went after the loss; then at least
  /// four; in the end as before.
  @Test func conservationLastsARoundTrip() {
    var path = Path()
    path.arrivedCount = 20
    path.bbr.nextRoundAt = 0
    path.bbr.save(window: 10)
    path.arrive(1, in: nil, lost: 1, inFlight: 0, phase: .recovery)
    #expect(path.window == 1)
    path.arrive(1, in: nil, inFlight: 2, phase: .recovery)
    #expect(path.window == 3)
    path.arrive(1, of: 2, sentAfter: 20, inFlight: 5, phase: .recovery)
    #expect(path.window == 6, "what went before the loss ends nothing")
    path.arrive(1, of: 3, sentAfter: 21, lost: 4, inFlight: 1, phase: .recovery)
    #expect(path.window == 4)
    path.arrive(1, in: nil, inFlight: 0, phase: .open)
    #expect(path.window == 11, "the window before, and what has arrived")
  }

  /// What was lost since is deducted from the window.
  @Test func lossesAreDeducted() {
    var path = Path()
    path.arrivedCount = 100
    path.window = 20
    path.arrive(2, in: nil, lost: 5, inFlight: 9)
    #expect(path.window == 15)
  }

  /// Of recoveries that follow each other the largest window is restored.
  @Test func largestWindowIsRestored() {
    var path = Path()
    path.bbr.save(window: 30)
    path.arrive(1, in: nil, lost: 1, inFlight: 3, phase: .recovery)
    path.bbr.save(window: 12)
    #expect(path.bbr.priorWindow == 30)
    path.arrive(1, in: nil, inFlight: 3, phase: .open)
    path.bbr.save(window: 12)
    #expect(path.bbr.priorWindow == 12)
  }

  /// Behind a timeout, and a recovery that was not needed, a full path is to be found out anew.
  @Test(arguments: [false, true]) func plateauIsForgotten(byTimeout: Bool) {
    var path = Path()
    for _ in 0..<3 { path.arrive(20, inFlight: 60) }
    if byTimeout {
      path.bbr.noteTimeout(
        arrivedCount: path.arrivedCount, lostCount: 1, segmentSize: 1448, arrivedAt: path.now)
    } else {
      path.bbr.takeBack(arrivedCount: path.arrivedCount, lostCount: 0, arrivedAt: path.now)
    }
    path.arrive(20, inFlight: 60)
    #expect(!path.bbr.hasFilledPath)
    path.arrive(20, inFlight: 60)
    // A timeout forgets the bandwidth, not how often it has not grown.
    #expect(path.bbr.hasFilledPath == false)
    path.arrive(20, inFlight: 60)
    path.arrive(20, inFlight: 60)
    #expect(path.bbr.hasFilledPath)
  }

  // MARK: In a connection

  /// Both ends know the handshake's round trip when they begin to pace.
  @Test func handshakeTellsTheRate() {
    let network = story.open(TCPStoryTests.bbr)
    for end in [story.client, story.server] {
      // Ten segments in 20 ms, 2.885 times, less a hundredth.
      #expect(abs(network[end].recovery.bbr.pacingRate - 2_069_000) < 21_000)
    }
  }

  /// However late a connection opens, its handshake is no reason to probe the round trip.
  @Test func lateOpeningIsAnOpening() {
    var network = story.network(TCPStoryTests.bbr)
    story.perform(
      [
        .call(story.server, .listen), .run(for: 30_000_000),
        .call(story.client, .connect(automaticPort: false)),
        .runUntilState(story.server, .established, limit: 1_000_000),
      ], on: &network)
    for end in [story.client, story.server] {
      #expect(network[end].recovery.bbr.mode == .startup)
      #expect(network[end].recovery.congestionWindow == 10)
    }
  }

  /// An acknowledgment that cannot wait for its turn is stamped as if it had.
  @Test func stampIsThatOfTheTurn() throws {
    var sender = LoneSender(TCPStoryTests.bbr)
    sender.write(20 * 1448, at: 100_000)
    let opensAt = try #require(sender.end.pacing.opensAt)
    var journal = Journal()
    sender.end.sendAck(at: 100_000, &journal)
    #expect(journal.sent.last?.segment.timestamp?.value == sender.end.timestampClock(opensAt - 1))
    #expect(sender.end.timestampClock(opensAt - 1) != sender.end.timestampClock(100_000))
    // What is known of it from elsewhere comes first.
    sender.end.setStamp(to: 7, at: 100_001)
    sender.end.sendAck(at: 100_001, &journal)
    #expect(journal.sent.last?.segment.timestamp?.value == 7)
  }

  /// Of a small window half goes at once for the first time, but what is lost goes as it went.
  @Test func piecesAreHalfAWindow() {
    var sender = LoneSender(TCPStoryTests.bbr)
    sender.end.recovery.congestionWindow = 3
    #expect(sender.end.newPieceCount(of: 1448) == 1 && sender.end.pieceCount(of: 1448) == 2)
    sender.end.recovery.congestionWindow = 10
    #expect(sender.end.newPieceCount(of: 1448) == 2)
  }

  /// A path without delay is no trap.
  @Test func pathWithoutDelayIsHeld() {
    var network = story.open(TCPStoryTests.bbr)
    story.perform(
      [
        .wireDelay(from: .client, 0), .wireDelay(from: .server, 0),
        .call(story.client, .send(1_000_000)), .run(for: 10_000),
      ], on: &network)
    for _ in 0..<40 {
      story.perform([.call(story.server, .receive(1_000_000)), .run(for: 50_000)], on: &network)
    }
    #expect(network[story.server].delivered.first?.count == 1_000_000)
  }

  /// What goes again has been preceded by all that has arrived by then.
  @Test func resendingCountsWhatHasArrived() {
    var rules = TCPStoryTests.bbr
    rules.nagle = false
    var network = story.open(rules)
    story.perform(
      [
        .fate(story.client, .lost), .call(story.client, .send(100)),
        .call(story.client, .send(100)), .call(story.client, .send(100)), .run(for: 40_000),
      ], on: &network)
    let endpoint = network[story.client]
    let first = endpoint.outstanding.first
    #expect(first?.transmissions == 2)
    #expect(first?.arrivedBefore == endpoint.recovery.arrivedCount)
    #expect(endpoint.recovery.arrivedCount >= 2)
  }

  /// A long transfer goes from STARTUP to PROBE_BW, as there is no queue to drain, and everything arrives.
  @Test func longTransferProbesTheBandwidth() {
    // The peer's window is what the path holds.
    var narrow = TCPStoryTests.bbr
    narrow.receiveBuffer = 60_000
    var network = story.open(TCPStoryTests.bbr, server: narrow)
    story.perform([.call(story.client, .send(1_000_000))], on: &network)
    var modes: [BBR.Mode] = []
    for _ in 0..<500 {
      story.perform([.run(for: 1000), .call(story.server, .receive(.max))], on: &network)
      let mode = network[story.client].recovery.bbr.mode
      if modes.last != mode { modes.append(mode) }
    }
    #expect(network[story.server].delivered.reduce(0) { $0 + $1.count } == 1_000_000)
    #expect(modes == [.startup, .probeBandwidth])
  }

  /// It starts again with what is sent while nothing is under way, until that is acknowledged.
  @Test func writingBehindAPauseRestarts() {
    var sender = LoneSender(TCPStoryTests.bbr)
    #expect(!sender.end.recovery.bbr.isRestarting)
    sender.write(100, at: 100_000)
    #expect(sender.end.recovery.bbr.isRestarting)
    sender.answer(100, at: 120_000)
    #expect(!sender.end.recovery.bbr.isRestarting)
    sender.write(3 * 1448, at: 130_000)
    sender.answer(100 + 1448, at: 150_000)
    sender.write(100, at: 151_000)
    #expect(!sender.end.recovery.bbr.isRestarting, "something is under way")
  }

  /// A server does not know whether the path was full before data is acknowledged, and a program that
  /// writes little leaves it empty.
  @Test func littleLeavesThePathEmpty() {
    var network = story.open(TCPStoryTests.bbr)
    #expect(!network[story.client].recovery.delivery.isAppLimited)
    #expect(network[story.server].recovery.delivery.isAppLimited)
    story.perform(
      [.call(story.client, .send(100)), .call(story.server, .send(50_000))], on: &network)
    #expect(network[story.client].recovery.delivery.isAppLimited)
    story.perform([.run(for: 60_000)], on: &network)
    #expect(!network[story.client].recovery.delivery.isAppLimited)
    #expect(!network[story.server].recovery.delivery.isAppLimited)
  }
}
