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

  /// The client's bytes of a range arrive in one segment; what the server answers.
  private func answers(
    to bytes: Range<Int>, _ flags: SegmentFlags = .ack, on network: inout TCPNetwork
  ) -> [Segment] {
    let client = network[story.client]
    var segment = Segment(
      flags, seq: client.iss + 1 + bytes.lowerBound, ack: client.rcvNxt, window: 64)
    segment.payload = Payload(client.stream, offset: bytes.lowerBound, count: bytes.count)
    let start = network.log.count
    story.perform(
      [.inject(from: story.client, segment, isRetransmission: false), .run(for: 10_500)],
      on: &network)
    return answers(network, from: start)
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
    #expect(answers(to: 0..<150, on: &network).first?.sack == [range(101, 151)])
  }

  /// Three ranges have room beside timestamps, four without; the latest stands first.
  @Test(arguments: [(true, 3), (false, 4)]) func reportsHaveRoom(hasTimestamps: Bool, count: Int) {
    var rules = Self.prompt
    rules.offersTimestamps = hasTimestamps
    var network = story.open(rules)
    let base = network[story.client].iss
    let start = network.log.count
    let fates = (0..<10).map { TCPOperation.fate(story.client, $0 % 2 == 0 ? .lost : .delivered) }
    story.perform(fates + write(10) + [.run(for: 12_000)], on: &network)
    #expect(network[story.server].kept.count == 5)
    let latest = answers(network, from: start).last?.sack ?? []
    #expect(latest.count == count)
    #expect(latest.first == SequenceRange(base + 901, base + 1001))
  }

  /// What overlaps several kept segments is reported as one.
  @Test func repeatOfSeveralIsOneReport() {
    var network = story.open(Self.prompt)
    let base = network[story.client].iss
    story.perform(
      [.fate(story.client, .lost)] + write(3) + [.run(for: 11_000)], on: &network)
    #expect(network[story.server].kept.count == 2)
    let reported = answers(to: 100..<300, on: &network).first?.sack.first
    #expect(reported == SequenceRange(base + 101, base + 301))
  }

  /// A FIN throws away what is kept behind it, so that nothing of it comes twice.
  @Test(arguments: [false, true]) func finThrowsAwayWhatIsKept(isFin: Bool) {
    var network = story.open(Self.prompt)
    let base = network[story.client].iss
    story.perform(
      [.fate(story.client, .lost)] + write(2) + [.run(for: 11_000)], on: &network)
    let told = answers(to: 0..<200, isFin ? [.fin, .ack] : .ack, on: &network).map(\.sack)
    #expect(told == (isFin ? [] : [[SequenceRange(base + 101, base + 201)]]))
    #expect(network[story.server].kept.isEmpty && network[story.server].duplicate == nil)
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
    func echo(_ value: UInt32) -> TimestampOption { TimestampOption(value: 1, echo: value) }
    var undo = Undo()
    #expect(!undo.isAnsweredBefore(echo(1)), "no loss was found")
    undo.begin(at: SequenceNumber(0), resent: 0, probe: nil)
    #expect(undo.isAnsweredBefore(nil), "nothing has gone again")
    undo.noteResent(at: 1000, isProbe: false)
    undo.noteResent(at: 2000, isProbe: false)
    #expect(undo.isAnsweredBefore(echo(999)))
    #expect(!undo.isAnsweredBefore(echo(1000)) && !undo.isAnsweredBefore(echo(1500)))
    #expect(!undo.isAnsweredBefore(nil) && !undo.isAnsweredBefore(echo(0)))
    undo.forgetStamp()
    undo.noteResent(at: 3000, isProbe: true)
    #expect(undo.isAnsweredBefore(echo(9999)), "a probe belongs to no recovery")
  }

  /// A report of what is outstanding, and was reported before, shows that the order has changed; it is
  /// one less that may have been needed.
  @Test func outstandingComesTwice() {
    var sender = LoneSender(.linux)
    sender.write(6 * 1448, at: 100_000)
    #expect(sender.answer(0, sack: [range(3, 6)], at: 120_000).count == 3)
    sender.answer(0, sack: [range(1, 2), range(3, 6)], at: 141_000)
    let count = sender.end.recovery.undo.openCount ?? 0
    #expect(!sender.end.recovery.reordering.isSeen)
    sender.answer(0, sack: [range(1, 2), range(1, 2), range(3, 6)], at: 142_000)
    #expect(count > 1 && sender.end.recovery.undo.openCount == count - 1)
    #expect(sender.end.recovery.reordering.isSeen)
  }

  /// Where the acknowledgment that reports it has filled a gap of two segments before it, what came twice is
  /// passed over, as all of that is one piece by then.
  @Test(arguments: [(1, false), (2, true)]) func joinedReportsArePassedOver(
    gap: Int, isPassed: Bool
  ) {
    var sender = LoneSender(.linux)
    sender.write(9 * 1448, at: 100_000)
    // The first is lost, the rest of a gap is late; the seventh goes again before it comes.
    sender.answer(0, sack: [range(1 + gap, 6), range(7, 9)], at: 120_000)
    sender.end.outstanding[6].transmissions = 2
    sender.answer(0, sack: [range(1 + gap, 9)], at: 121_000)
    #expect(!sender.end.recovery.reordering.isSeen)
    sender.end.outstanding[1].transmissions = 2
    if gap > 1 { sender.end.outstanding[2].transmissions = 2 }
    sender.answer(0, sack: [range(6, 7), range(1, 9)], at: 125_000)
    #expect(sender.end.recovery.reordering.isSeen == !isPassed)
  }

  /// A report that was overtaken says what has arrived, but patience grows with the next one in order.
  @Test func overtakenReportIsRead() {
    var sender = LoneSender(.linux)
    sender.write(1448, at: 50_000)
    sender.answer(1448, at: 70_000)
    sender.seeReordering()
    sender.write(4 * 1448, at: 100_000)
    sender.answer(1448, sack: [range(2, 5)], at: 120_000)
    #expect(sender.expire(.reordering, at: 127_000).count == 1)
    sender.answer(5 * 1448, at: 147_000)
    sender.write(2 * 1448, at: 150_000)
    sender.answer(2 * 1448, sack: [range(1, 2), range(6, 7)], at: 170_000)
    #expect(sender.outstanding(\.isSacked) == [6 * 1448])
    #expect(sender.end.recovery.patience.steps == 1)
    sender.answer(7 * 1448, at: 171_000)
    #expect(sender.end.recovery.patience.steps == 2)
  }

  private func range(_ first: Int, _ end: Int) -> Range<Int> { first * 1448..<end * 1448 }

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
    #expect(recovery.reordering.isSeen == false, "the whole was acknowledged at once")
  }

  /// Where nothing is under way any more that went again, the next recovery is judged by what goes
  /// again in it.
  @Test func stampEndsWithWhatWentAgain() {
    var sender = LoneSender(.linux)
    sender.write(1448, at: 100_000)
    sender.write(3 * 1448, at: 110_000)
    #expect(sender.answer(0, sack: [range(3, 4)], at: 131_000).count == 1)
    #expect(sender.end.recovery.undo.stamp != nil)
    sender.answer(1448, sack: [range(3, 4)], echoOf: 100_000, at: 132_000)
    #expect(sender.end.recovery.until == nil, "the answer to what was sent first")
    #expect(sender.end.recovery.undo.stamp == nil)
    // The same with an acknowledgment behind a recovery that was needed.
    var other = LoneSender(.linux)
    other.write(4 * 1448, at: 100_000)
    other.answer(0, sack: [range(1, 4)], at: 120_000)
    other.answer(4 * 1448, at: 140_000)
    #expect(other.end.recovery.until == nil && other.end.recovery.undo.stamp != nil)
    other.write(1448, at: 150_000)
    other.answer(5 * 1448, at: 170_000)
    #expect(other.end.recovery.undo.stamp == nil)
  }

  // MARK: Without timestamps

  /// Linux without timestamps and probes of the tail.
  private static let bare: TCPRules = {
    var rules = TCPRules.linux
    rules.offersTimestamps = false
    rules.tailLossProbe = false
    return rules
  }()

  /// A timeout was needless if something arrives that went once only.
  @Test(arguments: [1, 2]) func originalTakesTimeoutBack(arrived: Int) {
    var sender = LoneSender(Self.bare)
    let size = sender.end.sendMss
    sender.write(3 * size, at: 100_000)
    #expect(sender.expire(.retransmission, at: 340_000).count == 1)
    sender.answer(arrived * size, at: 345_000)
    #expect((sender.end.recovery.until == nil) == (arrived == 2))
    #expect((sender.end.recovery.congestionWindow >= 10) == (arrived == 2))
  }

  /// Something new goes to learn whether a timeout was needed; a report of it says yes, and what arrives
  /// later changes nothing.
  @Test func reportOfNewDataConfirmsTimeout() {
    var sender = LoneSender(Self.bare)
    let size = sender.end.sendMss
    sender.write(3 * size, at: 100_000)
    sender.expire(.retransmission, at: 340_000)
    sender.write(2 * size, at: 341_000)
    #expect(sender.starts(sender.answer(size, at: 360_000)) == [3 * size, 4 * size])
    #expect(sender.end.recovery.doubtsTimeout)
    let again = sender.answer(size, sack: [3 * size..<4 * size], at: 380_000)
    #expect(sender.starts(again).first == size)
    #expect(!sender.end.recovery.doubtsTimeout)
    sender.answer(size, sack: [2 * size..<4 * size], at: 381_000)
    #expect(sender.end.recovery.until != nil)
  }

  /// Under BBR the window is restored in both cases, at the next acknowledgment.
  @Test func bbrRestoresItsWindow() {
    var recovery = Recovery()
    func arrive() {
      var told = Recovery.Acknowledgment(arrived: 1, advances: true, flight: 4, inFlight: 3)
      told.observation = BBR.Observation(
        now: 0, arrivedAt: 0, arrived: 1, arrivedCount: 1, inFlight: 3, segmentSize: 1448,
        phase: recovery.phase)
      recovery.adjust(told, .bbr, at: 0)
    }
    recovery.beginReducing(until: SequenceNumber(10), .bbr)
    arrive()
    #expect(recovery.congestionWindow == 4)
    recovery.takeBack(.bbr)
    #expect(recovery.congestionWindow == 4)
    // A recovery that begins with the same acknowledgment is the old one for BBR.
    recovery.beginReducing(until: SequenceNumber(20), .bbr)
    arrive()
    #expect(recovery.congestionWindow == 4, "it is not set anew")
    recovery.end(.bbr)
    arrive()
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

  /// A plain duplicate says that both arrived, the probe and what it repeats: nothing was lost.
  @Test(arguments: [true, false]) func duplicateEndsAProbe(isPlain: Bool) {
    var sender = LoneSender(.linux)
    sender.write(1448, at: 100_000)
    #expect(sender.expire(.lossProbe, at: 150_000).count == 1)
    sender.write(1448, at: 155_000)
    sender.answer(1448, at: 170_000)
    #expect(sender.end.recovery.probe != nil)
    if isPlain { sender.answer(1448, at: 171_000) }
    #expect((sender.end.recovery.probe == nil) == isPlain)
    let window = sender.end.recovery.congestionWindow
    sender.answer(2 * 1448, at: 180_000)
    #expect((sender.end.recovery.congestionWindow < window) != isPlain)
  }

  /// Nobody needs to be told of a probe while another one is under way: its timer gives way to the RTO at
  /// the next tick, however late the host's timers may be.
  @Test func needlessProbeGivesWayAtOnce() {
    var network = TCPNetwork(
      client: Self.prompt, server: Self.prompt, seed: 3, timerLateness: .kernelWheel)
    network.perform(.addConnection(clientPort: 40000, serverPort: 80), observer: nil)
    let fates: [TCPOperation] = [.fate(story.client, .delivered), .fate(story.client, .lost)]
    story.perform(
      [
        .call(story.server, .listen), .call(story.client, .connect(automaticPort: false)),
        .runUntilState(story.server, .established, limit: 1_000_000),
      ] + fates + write(2) + [.run(for: 400_000), .fate(story.client, .lost)] + write(1),
      on: &network)
    let client = network[story.client]
    guard let timer = client.timers[.lossProbe] else {
      Issue.record("no probe is due")
      return
    }
    #expect(client.recovery.probe != nil)
    story.perform([.run(for: timer.duration + RunningTimer.tick)], on: &network)
    #expect(network[story.client].timers[.lossProbe] == nil)
    #expect(network[story.client].timers[.retransmission] != nil)
  }

  // MARK: Patience

  /// A report makes patient only where the order is known to change, and where no probe is told of.
  @Test(arguments: [(false, false, 1), (true, false, 2), (true, true, 1)])
  func reportsMakePatient(isReordered: Bool, isProbe: Bool, steps: Int) {
    var rules = TCPRules.linux
    rules.tailLossProbe = isProbe
    var sender = LoneSender(rules)
    sender.write(1448, at: 50_000)
    sender.answer(1448, at: 70_000)
    if isReordered { sender.seeReordering() }
    sender.write(1448, at: 100_000)
    #expect(sender.expire(isProbe ? .lossProbe : .retransmission, at: 350_000).count == 1)
    sender.answer(2 * 1448, sack: [range(1, 2)], at: 370_000)
    #expect(sender.end.recovery.patience.steps == steps)
  }

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
