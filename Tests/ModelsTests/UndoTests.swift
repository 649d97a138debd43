import Testing

@testable import Models

/// What arrives twice is told, and recoveries that were not needed are taken back.
struct UndoTests {
  private let story = TCPStoryTests()

  /// Linux, sending small segments at once.
  private static let prompt: TCPRules = {
    var rules = TCPRules.linux
    rules.nagle = false
    return rules
  }()

  private func write(_ count: Int, of size: Int = 100) -> [TCPOperation] {
    (0..<count).map { _ in .call(story.client, .send(size)) }
  }

  /// The segments of the server from a place in the log on.
  private func answers(_ network: TCPNetwork, from start: Int) -> [Segment] {
    (start..<network.log.count).map { network.log[$0] }.filter { $0.sender == story.server }
      .map(\.segment)
  }

  private func resent(_ network: TCPNetwork) -> Int {
    (0..<network.log.count).count {
      network.log[$0].sender == story.client && network.log[$0].isRetransmission
    }
  }

  // MARK: Reports

  /// The first acknowledgment behind a segment that comes twice reports it, the next one does not.
  @Test(arguments: [(TCPRules.linux, true), (.rfc9293, false)])
  func repeatedSegmentIsReported(rules: TCPRules, isReported: Bool) {
    var rules = rules
    rules.offersSack = true
    var network = story.open(rules)
    let start = network.log.count
    story.perform(write(1) + [.run(for: 100_000)], on: &network)
    let range = SequenceRange(network[story.client].iss + 1, network[story.client].iss + 101)
    let middle = network.log.count
    story.perform([.deliverCopy(index: start, after: 1000), .run(for: 5000)], on: &network)
    #expect(answers(network, from: middle).map(\.sack) == [isReported ? [range] : []])
    let end = network.log.count
    story.perform(write(1) + [.run(for: 300_000)], on: &network)
    #expect(answers(network, from: end).map(\.sack) == [[]])
  }

  /// What comes twice out of order stands in front of what is kept; what overlaps is reported as far as
  /// it does.
  @Test func repeatsOutOfOrderAreReported() {
    var network = story.open(Self.prompt)
    let base = network[story.client].iss
    func range(_ start: Int, _ end: Int) -> SequenceRange {
      SequenceRange(base + start, base + end)
    }
    let start = network.log.count
    story.perform(
      [.fate(story.client, .lost)] + write(2) + [.run(for: 11_000)], on: &network)
    let middle = network.log.count
    story.perform([.deliverCopy(index: start + 1, after: 100), .run(for: 200)], on: &network)
    #expect(answers(network, from: middle).map(\.sack) == [[range(101, 201), range(101, 201)]])
    // The first segment and half of what is kept.
    var segment = Segment(.ack, seq: base + 1, ack: network[story.client].rcvNxt, window: 64)
    segment.payload = Payload(network[story.client].stream, offset: 0, count: 150)
    let end = network.log.count
    story.perform(
      [.inject(from: story.client, segment, isRetransmission: false), .run(for: 10_500)],
      on: &network)
    #expect(answers(network, from: end).first?.sack == [range(101, 151)])
  }

  /// More than was sent again cannot have come twice, nor more than the window held.
  @Test func impossibleReportsSayNothing() {
    var undo = Undo()
    let range = SequenceRange(SequenceNumber(0), SequenceNumber(100))
    let isTold1 = undo.noteDuplicate(range, count: 1, below: SequenceNumber(100))
    #expect(!isTold1)
    undo.noteResent(at: 1, isProbe: false)
    let isTold2 = undo.noteDuplicate(range, count: 1, below: SequenceNumber(100))
    #expect(!isTold2, "the second of one")
    undo.noteResent(at: 1, isProbe: false)
    undo.noteResent(at: 1, isProbe: true)
    let isTold3 = undo.noteDuplicate(range, count: 1, below: SequenceNumber(100))
    #expect(isTold3)
  }

  // MARK: Telling

  /// A recovery was needless if all that went again came twice; what went again before it counts, too,
  /// and so does a probe.
  @Test func needlessIfAllCameTwice() {
    let range = SequenceRange(SequenceNumber(10), SequenceNumber(20))
    func undo(resent: Int, probe: Recovery.TailProbe?) -> Undo {
      var undo = Undo()
      for _ in 0..<5 { undo.noteResent(at: 1, isProbe: true) }
      undo.begin(at: SequenceNumber(10), resent: resent, probe: probe)
      return undo
    }
    var plain = undo(resent: 0, probe: nil)
    #expect(!plain.isNeedless, "nothing has gone again yet")
    plain.noteResent(at: 1, isProbe: false)
    let isTold4 = plain.noteDuplicate(range, count: 1, below: SequenceNumber(20))
    #expect(isTold4)
    #expect(plain.isNeedless)
    plain.end()
    #expect(!plain.isNeedless)
    let sent = Recovery.TailProbe(end: SequenceNumber(20), isResent: true)
    var probed = undo(resent: 0, probe: sent)
    let isTold5 = probed.noteDuplicate(range, count: 1, below: SequenceNumber(20))
    #expect(isTold5)
    #expect(probed.isNeedless)
    var new = undo(resent: 0, probe: Recovery.TailProbe(end: SequenceNumber(20), isResent: false))
    let isTold6 = new.noteDuplicate(range, count: 1, below: SequenceNumber(20))
    #expect(isTold6)
    #expect(!new.isNeedless)
    var two = undo(resent: 2, probe: nil)
    let isTold7 = two.noteDuplicate(range, count: 1, below: SequenceNumber(20))
    #expect(isTold7)
    #expect(!two.isNeedless)
    // What lies below where the loss was found, or beyond what is acknowledged, says nothing.
    var low = undo(resent: 1, probe: nil)
    let old = SequenceRange(SequenceNumber(0), SequenceNumber(10))
    let isTold8 = low.noteDuplicate(old, count: 1, below: SequenceNumber(20))
    #expect(isTold8)
    let isTold9 = low.noteDuplicate(range, count: 1, below: SequenceNumber(19))
    #expect(isTold9)
    #expect(!low.isNeedless)
  }

  /// An answer to what was sent before anything went again tells the same, by its timestamp.
  @Test func answersTellByTimestamp() {
    var undo = Undo()
    #expect(!undo.isAnsweredBefore(1), "no loss was found")
    undo.begin(at: SequenceNumber(0), resent: 0, probe: nil)
    #expect(undo.isAnsweredBefore(nil), "nothing has gone again")
    undo.noteResent(at: 1000, isProbe: false)
    undo.noteResent(at: 2000, isProbe: false)
    #expect(undo.isAnsweredBefore(999))
    #expect(!undo.isAnsweredBefore(1000) && !undo.isAnsweredBefore(1500))
    #expect(!undo.isAnsweredBefore(nil) && !undo.isAnsweredBefore(0))
    undo.forgetStamp()
    undo.noteResent(at: 3000, isProbe: true)
    #expect(undo.isAnsweredBefore(9999), "a probe belongs to no recovery")
  }

  // MARK: Taking back

  /// A segment that was only late was given up: when it comes, the window is what it was.
  @Test(arguments: [true, false]) func lateSegmentTakesRecoveryBack(isLate: Bool) {
    var network = story.open(Self.prompt)
    story.perform(write(1) + [.run(for: 50_000)], on: &network)
    let window = network[story.client].recovery.congestionWindow
    let fate: Fate = isLate ? .delivers(after: [28_000]) : .lost
    story.perform(
      [.fate(story.client, fate)] + write(5) + [.run(for: 21_000)], on: &network)
    #expect(network[story.client].recovery.isReducing)
    #expect(resent(network) == 1)
    story.perform([.run(for: 30_000)], on: &network)
    let recovery = network[story.client].recovery
    #expect(recovery.until == nil)
    #expect(recovery.congestionWindow == (isLate ? window : window * 7 / 10))
    #expect(recovery.hasSeenReordering == false, "the whole was acknowledged at once")
  }

  /// Under BBR the window is restored in both cases, at the next acknowledgment.
  @Test func bbrRestoresItsWindow() {
    var recovery = Recovery()
    recovery.beginReducing(until: SequenceNumber(10), .bbr)
    let arrival = Recovery.Acknowledgment(arrived: 1, lost: 0, advances: true, inFlight: 3)
    recovery.adjust(arrival, .bbr)
    #expect(recovery.congestionWindow == 4)
    recovery.takeBack(.bbr)
    #expect(recovery.congestionWindow == 4)
    // A recovery that begins with the same acknowledgment is the old one for BBR.
    recovery.beginReducing(until: SequenceNumber(20), .bbr)
    recovery.adjust(arrival, .bbr)
    #expect(recovery.congestionWindow == 5, "it grows by what arrives, and is not set anew")
    recovery.end(.bbr)
    recovery.adjust(arrival, .bbr)
    #expect(recovery.congestionWindow == 11)
  }

  /// All acknowledgments are late, and the timer runs out: the first of them shows that nothing was lost.
  ///
  /// The window is what it was, and nothing more goes again.
  @Test(arguments: [true, false]) func lateAnswersTakeTimeoutBack(takesBack: Bool) {
    var rules = Self.prompt
    rules.takesBackRecoveries = takesBack
    var network = story.open(rules)
    let late = TCPOperation.fate(story.server, .delivers(after: [400_000]))
    story.perform(
      Array(repeating: late, count: 8) + write(4, of: 1448) + [.run(for: 380_000)], on: &network)
    #expect(network[story.client].timeouts == 1)
    #expect(resent(network) == 2, "the probe and the first segment")
    story.perform([.run(for: 35_000)], on: &network)
    #expect(network[story.client].recovery.congestionWindow >= (takesBack ? 10 : 1))
    story.perform([.run(for: 400_000)], on: &network)
    #expect(resent(network) == (takesBack ? 2 : 5))
    #expect(network[story.client].outstanding.isEmpty)
    let arrived = network[story.server].delivered.reduce(0) { $0 + $1.count }
    #expect(arrived == 4 * 1448)
  }

  // MARK: Probes

  /// A probe is over when a report says that it came twice, or a higher number that it was needed; then
  /// the window shrinks.
  @Test(arguments: [true, false]) func probesEnd(isLost: Bool) {
    var network = story.open(Self.prompt)
    let fates: [TCPOperation] =
      isLost
      ? [.fate(story.client, .delivered), .fate(story.client, .lost)]
      : [.fate(story.server, .lost), .fate(story.server, .lost)]
    story.perform(fates + write(2) + [.run(for: 300_000)], on: &network)
    #expect(resent(network) == 1)
    #expect(network[story.client].outstanding.isEmpty)
    // The same number may be the answer to either, but a report tells.
    #expect((network[story.client].recovery.probe != nil) == isLost)
    let window = network[story.client].recovery.congestionWindow
    story.perform(write(1) + [.run(for: 100_000)], on: &network)
    #expect(network[story.client].recovery.probe == nil)
    #expect(
      network[story.client].recovery.congestionWindow == (isLost ? window * 7 / 10 : window))
  }

  // MARK: Patience

  /// Patience grows once in a round trip, and lasts sixteen recoveries.
  @Test func patienceGrowsAndFades() {
    var patience = ReorderingPatience()
    #expect(patience.length(shortest: 20_000, smoothed: 30_000) == 5000)
    patience.wasTooShort()
    patience.update(sentAfter: 1, arrivedCount: 10)
    #expect(patience.length(shortest: 20_000, smoothed: 30_000) == 10_000)
    patience.wasTooShort()
    patience.update(sentAfter: 9, arrivedCount: 12)
    #expect(patience.steps == 2, "what was sent before the last time says nothing more")
    patience.wasTooShort()
    patience.update(sentAfter: 10, arrivedCount: 20)
    #expect(patience.steps == 3)
    #expect(patience.length(shortest: 20_000, smoothed: 12_000) == 12_000, "a round trip at most")
    for _ in 0..<15 { patience.recoveryEnded() }
    patience.update(sentAfter: 30, arrivedCount: 40)
    #expect(patience.steps == 3)
    patience.recoveryWasNeedless()
    patience.recoveryEnded()
    patience.update(sentAfter: 30, arrivedCount: 40)
    #expect(patience.steps == 3)
    patience.recoveryEnded()
    patience.update(sentAfter: 30, arrivedCount: 40)
    #expect(patience.steps == 1)
    for _ in 0..<300 {
      patience.wasTooShort()
      patience.update(sentAfter: 1000, arrivedCount: 1000)
    }
    #expect(patience.steps == 255)
  }
}
