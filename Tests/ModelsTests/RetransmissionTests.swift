import Testing

@testable import Models

/// What goes again and when, against a peer whose answers are given one by one.
struct RetransmissionTests {
  private static let size = 1448

  /// Linux without probes of the tail, so that the RTO runs.
  private static let unprobed: TCPRules = {
    var rules = TCPRules.linux
    rules.tailLossProbe = false
    return rules
  }()

  private func range(_ first: Int, _ end: Int) -> Range<Int> { first * Self.size..<end * Self.size }

  // MARK: Recoveries

  /// What is lost of what was sent in a recovery outlives it: the next one begins with the
  /// acknowledgment that ends the first.
  @Test func lossOutlivesItsRecovery() {
    var sender = LoneSender(.linux)
    sender.write(12 * Self.size, at: 100_000)
    #expect(sender.answer(0, sack: [range(1, 4)], at: 120_000).count == 1)
    for last in 5...10 { sender.answer(0, sack: [range(1, last)], at: 120_000 + last * 200) }
    #expect(sender.end.unsentCount == 0)
    sender.answer(0, sack: [range(1, 10), range(11, 12)], at: 144_000)
    #expect(sender.outstanding(\.isLost) == [0, 10 * Self.size])
    let first = sender.end.recovery.until
    sender.answer(10 * Self.size, sack: [range(11, 12)], at: 146_000)
    #expect(sender.outstanding { $0.isLost && $0.isResent } == [10 * Self.size])
    #expect(sender.end.recovery.isReducing)
    #expect(sender.end.recovery.until != first && sender.end.recovery.until == sender.end.sndNxt)
    sender.answer(12 * Self.size, at: 166_000)
    #expect(sender.end.recovery.until == nil)
  }

  /// A recovery that follows another is judged by what went again in it: an answer to what was sent
  /// before that shows that it was not needed.
  @Test(arguments: [(144_000, 7), (147_000, 5)])
  func recoveryIsJudgedByItsOwn(sentAt: Microseconds, window: Int) {
    var sender = LoneSender(.linux)
    sender.write(14 * Self.size, at: 100_000)
    sender.answer(0, sack: [range(1, 4)], at: 120_000)
    for last in 5...10 { sender.answer(0, sack: [range(1, last)], at: 120_000 + last * 200) }
    #expect(sender.end.unsentCount == 0)
    // It counts as lost, but there was no room to send it again.
    sender.end.outstanding[10].isLost = true
    let again = sender.answer(10 * Self.size, at: 146_000)
    #expect(sender.starts(again) == [10 * Self.size])
    sender.answer(14 * Self.size, echoOf: sentAt, at: 166_000)
    #expect(sender.end.recovery.until == nil)
    #expect(sender.end.recovery.congestionWindow == window)
  }

  // MARK: Pieces

  /// What is left of a piece of which only a part goes again is a piece of its own from then on.
  @Test func restOfAPieceGoesAlone() {
    var sender = LoneSender(Self.unprobed)
    sender.write(4 * Self.size, at: 100_000)
    sender.end.outstanding[1].isJoined = true
    sender.expire(.retransmission, at: 340_000)
    #expect(sender.end.outstanding.map(\.isJoined).prefix(2) == [false, false])
    sender.answer(Self.size, at: 360_000)
    sender.answer(2 * Self.size, at: 380_000)
    #expect(sender.end.outstanding.first?.isJoined == false)
  }

  /// Behind a timeout the segments of a flight go again; one of them gets lost again.
  private func lostTwice(seesReordering: Bool) -> LoneSender {
    var sender = LoneSender(Self.unprobed)
    sender.write(4 * Self.size, at: 100_000)
    if seesReordering { sender.seeReordering() }
    sender.expire(.retransmission, at: 340_000)
    let again = sender.answer(Self.size, at: 360_000)
    #expect(sender.starts(again) == [Self.size, 2 * Self.size])
    #expect(sender.end.recovery.isByTimeout)
    return sender
  }

  /// What went again behind a timeout and is lost again ends slow start.
  @Test func secondLossBehindATimeoutReduces() {
    var sender = lostTwice(seesReordering: false)
    let again = sender.answer(Self.size, sack: [range(2, 3)], at: 381_000)
    #expect(sender.starts(again).first == Self.size)
    #expect(sender.end.recovery.isReducing)
  }

  /// The same where reordering is waited for: the timer finds the loss.
  @Test func secondLossIsFoundByTheTimer() {
    var sender = lostTwice(seesReordering: true)
    sender.answer(Self.size, sack: [range(2, 3)], at: 381_000)
    #expect(sender.end.timers[.reordering] != nil)
    #expect(sender.end.recovery.isByTimeout)
    let again = sender.expire(.reordering, at: 388_000)
    #expect(sender.starts(again).first == Self.size)
    #expect(sender.end.recovery.isReducing)
  }

  /// The window does not grow by the acknowledgment that begins a recovery.
  @Test func lossStopsGrowthAtOnce() {
    var sender = LoneSender(.linux)
    sender.write(10 * Self.size, at: 100_000)
    sender.answer(3 * Self.size, sack: [range(4, 7)], at: 120_000)
    #expect(sender.end.recovery.isReducing)
    sender.answer(10 * Self.size, at: 140_000)
    #expect(sender.end.recovery.congestionWindow == 7, "seven tenths of ten, not of thirteen")
  }

  /// What counts as lost a second time goes again; not so what was never taken for lost before.
  @Test func givenUpOnceOrTwice() {
    var sender = LoneSender(.linux)
    sender.write(Self.size, at: 100_000)
    sender.end.outstanding[0].isResent = true
    sender.end.giveUp(0)
    #expect(sender.end.outstanding[0].isLost && sender.end.outstanding[0].isResent)
    sender.end.giveUp(0)
    #expect(sender.end.outstanding[0].isLost && !sender.end.outstanding[0].isResent)
  }

  // MARK: Timers

  /// A timeout leaves alone what was sent less than a round trip ago.
  @Test func youngSegmentSurvivesATimeout() {
    var sender = LoneSender(Self.unprobed)
    sender.write(Self.size, at: 50_000)
    sender.answer(Self.size, at: 70_000)
    sender.write(Self.size, at: 100_000)
    sender.write(Self.size, at: 310_000)
    sender.write(Self.size, at: 335_000)
    sender.expire(.retransmission, at: 340_000)
    #expect(sender.outstanding(\.isLost) == [Self.size, 2 * Self.size])
  }

  /// Under BBR the first of two losses goes at once, the second in its turn; only the oldest segment
  /// sets the RTO anew.
  @Test func onlyTheOldestRenewsTheTimeout() {
    var sender = LoneSender(TCPStoryTests.bbr)
    sender.write(10 * Self.size, at: 100_000)
    let first = sender.answer(0, sack: [range(1, 3), range(4, 10)], at: 120_000)
    #expect(sender.starts(first) == [0])
    let timer = sender.end.timers[.retransmission]
    #expect(timer?.startedAt == 120_000)
    let second = sender.expire(.pacing, at: 125_000)
    #expect(sender.starts(second) == [3 * Self.size])
    #expect(sender.end.timers[.retransmission] == timer)
  }

  /// The oldest segment that waits for its turn does not end the wait for what may only be late.
  @Test func resendingLeavesTheReorderingTimer() {
    var sender = LoneSender(TCPStoryTests.bbr)
    sender.write(10 * Self.size, at: 100_000)
    sender.answer(10 * Self.size, at: 120_000)
    sender.seeReordering()
    sender.write(Self.size, at: 200_000)
    sender.write(2 * Self.size, at: 210_000)
    sender.write(2 * Self.size, at: 229_900)
    #expect(sender.answer(10 * Self.size, sack: [range(12, 13)], at: 230_400).isEmpty)
    #expect(sender.outstanding(\.isLost) == [10 * Self.size])
    let timer = sender.end.timers[.reordering]
    #expect(timer != nil)
    let again = sender.expire(.pacing, at: 232_000)
    #expect(sender.starts(again).first == 10 * Self.size)
    #expect(sender.end.timers[.reordering] == timer)
  }

  /// A probe that has something new to send, but not its turn, sends nothing; the RTO runs on.
  @Test func probeWaitsForItsTurn() {
    var sender = LoneSender(TCPStoryTests.bbr)
    sender.write(9 * Self.size, at: 100_000)
    sender.answer(9 * Self.size, at: 120_000)
    sender.write(4 * Self.size, at: 130_000)
    #expect(sender.end.unsentCount > 0)
    #expect(sender.end.timers[.lossProbe] != nil)
    #expect(sender.expire(.lossProbe, at: 130_500).isEmpty)
    #expect(sender.end.recovery.probe == nil)
    #expect(sender.end.timers[.retransmission]?.deadline == 130_000 + sender.end.rto)
  }

  /// A probe that what is new has no room for repeats the last segment.
  @Test func probeKeepsToTheWindow() {
    var sender = LoneSender(.linux)
    sender.write(Self.size, at: 50_000)
    sender.answer(Self.size, window: Self.size + 500, at: 70_000)
    sender.write(Self.size, at: 100_000)
    #expect(sender.write(3 * Self.size, at: 101_000).isEmpty)
    let probe = sender.expire(.lossProbe, at: 150_000)
    #expect(sender.starts(probe) == [Self.size])
  }

  /// What went again before a timeout and is taken for lost by it cannot come twice any more.
  @Test func timeoutCountsWhatIsStillUnderWay() {
    var sender = LoneSender(Self.unprobed)
    sender.write(4 * Self.size, at: 100_000)
    sender.expire(.retransmission, at: 340_000)
    sender.answer(Self.size, at: 360_000)
    #expect(sender.outstanding(\.isResent) == [Self.size, 2 * Self.size])
    sender.expire(.retransmission, at: 800_000)
    #expect(sender.end.recovery.undo.openCount == 1, "the one that this timeout sends")
  }

  // MARK: Samples

  /// What an answer acknowledges is no news in what it reports: the sample is that of the segment that it
  /// acknowledges, and what was sent long before is lost.
  @Test func acknowledgedIsNotReported() {
    var sender = LoneSender(Self.unprobed)
    sender.write(4 * Self.size, at: 100_000)
    sender.expire(.retransmission, at: 332_000)
    sender.answer(Self.size, sack: [range(0, 1), range(2, 3)], at: 352_000)
    #expect(sender.outstanding(\.isSacked) == [2 * Self.size])
    #expect(sender.end.recovery.newestRoundTrip == 20_000)
    #expect(sender.outstanding(\.isLost) == [Self.size, 3 * Self.size])
  }

  /// How long a segment of a timer was under way is known as far as the wire's slack; within that it is
  /// open whether another one is lost.
  @Test(arguments: [true, false]) func slackLeavesLossOpen(otherwise: Bool) {
    var rules = TCPRules.linux
    (rules.congestionControl, rules.timerSlack) = (.bbr, 1000)
    var sender = LoneSender(rules)
    sender.write(10 * Self.size, at: 50_000)
    sender.answer(10 * Self.size, at: 70_000)
    sender.seeReordering()
    sender.write(4 * Self.size, at: 100_000)
    sender.expire(.pacing, at: 105_500)
    sender.end.decidesTimingOtherwise = otherwise
    sender.answer(10 * Self.size, sack: [range(12, 13)], at: 130_000)
    #expect(sender.end.timingDecided)
    #expect(sender.outstanding(\.isLost).isEmpty == otherwise)
  }

  /// An answer to what was sent first, by the timestamp that it echoes, says nothing of when what went
  /// again has arrived.
  @Test(arguments: [(100_000, 0), (120_000, 25_000)])
  func earlierEchoDoesNotAdvance(sentAt: Microseconds, sample: Microseconds) {
    var sender = LoneSender(.linux)
    sender.write(10 * Self.size, at: 100_000)
    sender.answer(0, sack: [range(1, 4)], at: 120_000)
    #expect(sender.outstanding(\.isResent) == [0])
    let before = sender.end.recovery.newestDelivered
    sender.answer(4 * Self.size, echoOf: sentAt, at: 145_000)
    #expect(sender.end.recovery.newestRoundTrip == (sample == 0 ? 20_000 : sample))
    #expect((sender.end.recovery.newestDelivered == before) == (sample == 0))
  }

  /// The shortest round trip may be more where a timer had sent the segment, until another one limits it.
  @Test func shortestRoundTripHasASlack() {
    var roundTrip = RoundTrip(rules: .linux)
    func measure(_ sample: Microseconds, slack: Microseconds) {
      roundTrip.measure(
        sample, slack: slack, rules: .linux, sndUna: SequenceNumber(0), sndNxt: SequenceNumber(0))
    }
    measure(20_000, slack: 1000)
    #expect(roundTrip.minimum == 20_000 && roundTrip.minimumSlack == 1000)
    measure(20_400, slack: 0)
    #expect(roundTrip.minimum == 20_000 && roundTrip.minimumSlack == 400)
    measure(19_800, slack: 1000)
    #expect(roundTrip.minimum == 19_800 && roundTrip.minimumSlack == 600)
    measure(19_000, slack: 0)
    #expect(roundTrip.minimum == 19_000 && roundTrip.minimumSlack == 0)
  }

  /// Of what was sent at the same moment what goes last was sent later, whatever its number: it is not lost
  /// when what went before it has arrived.
  @Test func orderOfSendingTellsTheLater() {
    var rules = TCPRules.linux
    rules.tailLossProbe = false
    var sender = LoneSender(rules)
    sender.write(4 * Self.size, at: 100_000)
    sender.expire(.retransmission, at: 400_000)
    let first = sender.end.outstanding[0]
    var later = sender.end.outstanding[1]
    (later.sentAt, later.order) = (first.sentAt, first.order - 1)
    #expect(first.wasSent(behind: later) && !later.wasSent(behind: first))
    // Parts of a segment are told apart by their numbers.
    later.order = first.order
    #expect(later.wasSent(behind: first) && !first.wasSent(behind: later))
    #expect(Set(sender.end.outstanding.map(\.order)).count == 4)
    #expect(sender.end.outstanding.allSatisfy { $0.order <= first.order })
  }

  /// A report about nothing that is outstanding does not open the window.
  @Test func reportWhileIdleChangesNothing() {
    var sender = LoneSender(TCPStoryTests.bbr)
    sender.write(Self.size, at: 100_000)
    #expect(sender.expire(.lossProbe, at: 150_000).count == 1)
    sender.answer(Self.size, at: 170_000)
    let window = sender.end.recovery.congestionWindow
    sender.answer(Self.size, sack: [range(0, 1)], at: 175_000)
    #expect(sender.end.recovery.congestionWindow == window)
    #expect(sender.end.recovery.probe == nil, "it says that the probe was not needed all the same")
  }

  /// Where the wait for what may only be late had taken its place, the RTO runs from the oldest segment, not from
  /// the acknowledgment; not if that wait was over.
  @Test(arguments: [(121_000, true), (140_000, false)])
  func replacedTimeoutRunsFromTheOldest(now: Microseconds, isReplaced: Bool) throws {
    var sender = LoneSender(.linux)
    sender.seeReordering()
    sender.write(4 * Self.size, at: 100_000)
    sender.answer(0, sack: [2 * Self.size..<3 * Self.size], at: 120_000)
    #expect(sender.end.timers[.reordering] != nil)
    // The first went again just now: its answer is to what was sent before, and tells nothing of the rest.
    sender.end.outstanding[0].transmissions = 2
    sender.end.outstanding[0].sentAt = now - 1000
    sender.answer(Self.size, sack: [2 * Self.size..<3 * Self.size], at: now)
    let timer = try #require(sender.end.timers[.retransmission])
    #expect(timer.deadline == (isReplaced ? 100_000 : now) + sender.end.rto)
  }

  /// What was new went a little later than what went again at the same moment: if that has just arrived, the other
  /// is not lost yet.
  @Test(arguments: [(2, [Int]()), (1, [1448])])
  func newSegmentsWentBehindRepeated(transmissions: Int, again: [Int]) {
    var sender = LoneSender(.linux)
    sender.write(6 * Self.size, at: 100_000)
    sender.end.outstanding[0].transmissions = transmissions
    let sent = sender.answer(
      Self.size, sack: [2 * Self.size..<6 * Self.size], at: 125_000)
    #expect(sender.starts(sent) == again)
    #expect((sender.end.timers[.reordering] != nil) == again.isEmpty)
  }
}
