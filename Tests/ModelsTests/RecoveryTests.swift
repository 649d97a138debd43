import Testing

@testable import Models

/// The congestion window in a recovery, in segments.
struct RecoveryTests {
  private func told(
    _ arrived: Int, lost: Int = 0, advances: Bool = false, inFlight: Int
  ) -> Recovery.Acknowledgment {
    Recovery.Acknowledgment(
      arrived: arrived, acknowledged: arrived, lost: lost, advances: advances, flight: inFlight,
      inFlight: inFlight)
  }

  private let story = TCPStoryTests()

  /// Linux, sending small segments at once.
  private static let prompt: TCPRules = {
    var rules = TCPRules.linux
    rules.nagle = false
    return rules
  }()

  /// Some segment.
  private static let chunk = SentChunk(
    seq: SequenceNumber(0), control: [], payload: nil, sentAt: 0, firstSentAt: 0)

  private func reducing(window: Int = 10) -> Recovery {
    var recovery = Recovery()
    recovery.congestionWindow = window
    recovery.beginReducing(until: SequenceNumber(1000))
    return recovery
  }

  // MARK: RFC 6937

  /// Twenty in flight, the first lost: seven segments go for ten that arrive.
  @Test func reductionIsProportional() {
    var chunk = Self.chunk
    var recovery = reducing(window: 20)
    var inFlight = 18
    var sent = 0
    for arrived in 1...19 {
      recovery.adjust(told(1, lost: arrived == 1 ? 1 : 0, inFlight: inFlight), .reno, at: 0)
      while inFlight < recovery.congestionWindow {
        inFlight += 1
        recovery.noteSent(&chunk, isFirst: false, at: 0)
        sent += 1
      }
      inFlight -= 1
    }
    #expect(sent == 14)
    recovery.end(.reno)
    #expect(recovery.congestionWindow == 14)
    #expect(recovery.until == nil)
  }

  /// With less in flight than the window is to be, as many go as have arrived.
  @Test func whatHasArrivedIsMadeUpFor() {
    var chunk = Self.chunk
    var recovery = reducing()
    recovery.adjust(told(1, lost: 1, inFlight: 0), .reno, at: 0)
    #expect(recovery.congestionWindow == 1)
    recovery.noteSent(&chunk, isFirst: false, at: 0)
    recovery.adjust(told(2, lost: 2, advances: true, inFlight: 1), .reno, at: 0)
    #expect(recovery.congestionWindow == 3)
  }

  /// SND.UNA that advances without a new loss lets one more go.
  @Test func advanceLetsOneMoreGo() {
    var chunk = Self.chunk
    var recovery = reducing()
    recovery.adjust(told(1, lost: 1, inFlight: 0), .reno, at: 0)
    recovery.noteSent(&chunk, isFirst: false, at: 0)
    recovery.adjust(told(1, advances: true, inFlight: 1), .reno, at: 0)
    #expect(recovery.congestionWindow == 3)
  }

  /// At least the first lost segment goes, and no more than to the new window.
  @Test func oneGoesAtLeastAndSevenAtMost() {
    var least = reducing()
    least.adjust(told(1, lost: 1, inFlight: 9), .reno, at: 0)
    #expect(least.congestionWindow == 10)
    var most = reducing()
    most.adjust(told(9, lost: 1, inFlight: 4), .reno, at: 0)
    #expect(most.congestionWindow == 7)
  }

  /// The window that was aimed at is what is left in the end, however little was in flight.
  @Test func endLeavesSevenTenths() {
    var recovery = reducing()
    recovery.adjust(told(1, lost: 1, inFlight: 0), .reno, at: 0)
    #expect(recovery.congestionWindow == 1)
    recovery.end(.reno)
    #expect(recovery.congestionWindow == 7)
  }

  // MARK: Without SACK

  /// A duplicate stands for a segment that has arrived; when that is covered it has been counted.
  @Test func duplicatesAreCountedOnce() {
    var recovery = reducing()
    for _ in 0..<3 { recovery.noteDuplicate(hasSack: false) }
    #expect(recovery.arrivedCount == 3 && recovery.duplicateAcks == 3)
    for _ in 0..<2 { recovery.noteArrived(Self.chunk) }
    recovery.settleDuplicates(covered: 2, hasSack: false)
    #expect(recovery.arrivedCount == 4, "the first of two was lost, the second was a duplicate's")
    #expect(recovery.duplicateAcks == 2)
    recovery.end(.reno)
    recovery.settleDuplicates(covered: 1, hasSack: false)
    #expect(recovery.duplicateAcks == 0)
  }

  /// What an acknowledgment of a part shows to be missing goes, even if the window is full.
  @Test func missingGoesAtOnce() {
    var recovery = reducing()
    recovery.adjust(told(1, lost: 1, inFlight: 9), .reno, at: 0)
    recovery.makeRoomForMissing(inFlight: 12)
    #expect(recovery.congestionWindow == 13)
    recovery.end(.reno)
    recovery.makeRoomForMissing(inFlight: 12)
    #expect(recovery.congestionWindow == 7, "only in a recovery")
  }

  // MARK: A timeout

  @Test func timeoutBeginsWithOne() {
    var recovery = Recovery()
    recovery.congestionWindow = 10
    recovery.beginAnew(until: SequenceNumber(1000), outstanding: 8, segmentSize: 1448, at: 0)
    #expect(recovery.congestionWindow == 1)
    #expect(!recovery.isReducing)
    var told = told(4, advances: true, inFlight: 0)
    told.mayGrow = true
    recovery.adjust(told, .reno, at: 0)
    #expect(recovery.congestionWindow == 4, "slow start ends at half of what was outstanding")
    told.acknowledged = 3
    recovery.adjust(told, .reno, at: 0)
    #expect(recovery.congestionWindow == 5, "then a segment for a window")
  }

  // MARK: Sizes and samples

  /// A segment that goes again makes room for the report of what has come out of order meanwhile.
  @Test(arguments: [TCPRules.rfc9293, .linux]) func resendingMakesRoomForReports(rules: TCPRules) {
    var rules = rules
    rules.offersSack = true
    rules.mss = 1000
    var network = story.open(rules)
    story.perform(
      [
        .fate(story.client, .lost), .call(story.client, .send(1000)),
        .fate(story.server, .lost), .call(story.server, .send(1000)),
        .call(story.server, .send(1000)), .run(for: 3_000_000),
      ], on: &network)
    let again = (0..<network.log.count).map { network.log[$0] }
      .filter { $0.sender == story.client && $0.isRetransmission && $0.segment.payloadLength > 0 }
    #expect(again.contains { !$0.segment.sack.isEmpty })
    for record in again where !record.segment.sack.isEmpty {
      let options = 4 + 8 * record.segment.sack.count + (record.segment.timestamp == nil ? 0 : 12)
      #expect(record.segment.payloadLength + options <= 1000)
    }
    #expect(network[story.server].delivered.first?.count == 1000)
  }

  /// What is reported to have come out of order tells the round trip too: for Linux.
  @Test(arguments: [(TCPRules.rfc9293, false), (.linux, true)])
  func reportsTellTheRoundTrip(rules: TCPRules, tells: Bool) {
    var rules = rules
    rules.offersSack = true
    rules.nagle = false
    var network = story.open(rules)
    let events = story.perform(
      [
        .wireDelay(from: .client, 5000), .fate(story.client, .lost),
        .call(story.client, .send(100)), .call(story.client, .send(100)), .run(for: 16_000),
      ], on: &network)
    let samples = events.compactMap { event -> Microseconds? in
      if case .roundTripMeasured(story.client, let sample, _, _) = event { sample } else { nil }
    }
    #expect(samples == (tells ? [15_000] : []))
    #expect(network[story.client].roundTrip.minimum == (tells ? 15_000 : 20_000))
  }

  /// An acknowledgment that covers one segment and reports a later one shows a loss, no new order.
  @Test func lossIsNoReordering() {
    var network = story.open(Self.prompt)
    let four = (0..<4).map { _ in TCPOperation.call(story.client, .send(100)) }
    story.perform(
      [.fate(story.server, .lost), four[0], .fate(story.client, .lost), four[1], four[2], four[3]]
        + [.run(for: 60_000)], on: &network)
    #expect(!network[story.client].recovery.reordering.isSeen)
    #expect(network[story.server].delivered.first?.count == 400)
    // A segment that was only late is one of a new order.
    story.perform(
      [
        .fate(story.client, .delivers(after: [14_000])), four[0], four[1], .run(for: 60_000),
      ], on: &network)
    #expect(network[story.client].recovery.reordering.isSeen)
  }

  /// A segment that is reported behind one that went after it shows a new order as well.
  @Test func lateReportsShowReordering() {
    var network = story.open(Self.prompt)
    let three = (0..<3).map { _ in TCPOperation.call(story.client, .send(100)) }
    story.perform(
      [
        .fate(story.client, .lost), three[0], .fate(story.client, .delivers(after: [14_000])),
        three[1], three[2], .run(for: 22_000),
      ], on: &network)
    #expect(!network[story.client].recovery.reordering.isSeen)
    story.perform([.run(for: 3000)], on: &network)
    #expect(network[story.client].recovery.reordering.isSeen)
  }

  /// The timeout begins anew with a report of what was sent before the oldest segment went again.
  @Test func oldReportsRenewTheTimeout() {
    var network = story.open(Self.prompt)
    let five = (0..<5).map { _ in TCPOperation.call(story.client, .send(100)) }
    story.perform(
      [.fate(story.client, .lost), five[0], five[1], five[2], five[3]]
        + [.fate(story.client, .delivers(after: [15_000])), five[4], .run(for: 22_000)],
      on: &network)
    let oldest = network[story.client].outstanding[0]
    #expect(oldest.transmissions == 2)
    #expect(network[story.client].timers.retransmission?.startedAt == oldest.sentAt)
    story.perform([.run(for: 4000)], on: &network)
    #expect(network[story.client].outstanding[0] == oldest)
    #expect(network[story.client].timers.retransmission?.startedAt == network.now)
  }

  /// A report of what was sent behind the oldest segment is no reason to wait for that longer.
  @Test func newReportsDoNotRenewTheTimeout() {
    var rules = TCPRules.linux
    rules.nagle = false
    (rules.timeBasedLossDetection, rules.tailLossProbe) = (false, false)
    var network = story.open(rules)
    let sentAt = network.now
    story.perform(
      [
        .fate(story.client, .lost), .call(story.client, .send(100)),
        .call(story.client, .send(100)), .run(for: 25_000),
      ], on: &network)
    #expect(network[story.client].outstanding.map(\.isSacked) == [false, true])
    #expect(network[story.client].timers.retransmission?.startedAt == sentAt)
  }

  /// What was reported before tells the round trip no more when it is covered.
  @Test func reportedSegmentsTellNothingAgain() {
    var rules = TCPRules.rfc9293
    rules.offersSack = true
    rules.nagle = false
    var network = story.open(rules)
    story.perform(
      [
        .wireDelay(from: .client, 5000), .wireDelay(from: .server, 5000),
        .fate(story.client, .delivers(after: [9000])), .call(story.client, .send(100)),
        .run(for: 3000), .call(story.client, .send(100)), .run(for: 16_000),
      ], on: &network)
    #expect(network[story.client].outstanding.isEmpty)
    #expect(network[story.client].roundTrip.minimum == 14_000)
  }

  /// Of what is acknowledged at once the first tells the round trip, and the last the least one.
  @Test func lastOfSeveralTellsTheLeast() {
    var network = story.open(Self.prompt)
    let events = story.perform(
      [
        .wireDelay(from: .client, 5000), .fate(story.server, .lost),
        .call(story.client, .send(100)), .run(for: 3000), .call(story.client, .send(100)),
        .run(for: 16_000),
      ], on: &network)
    let samples = events.compactMap { event -> Microseconds? in
      if case .roundTripMeasured(story.client, let sample, _, _) = event { sample } else { nil }
    }
    #expect(samples == [18_000])
    #expect(network[story.client].roundTrip.minimum == 15_000)
  }

  /// What is joined when it goes again still fits beside the report of what came out of order, and
  /// is pushed where the last of it was.
  @Test(arguments: [(485, false), (476, true)]) func joinedSegmentsFit(rest: Int, fits: Bool) {
    var rules = TCPRules.linux
    rules.nagle = false
    rules.mss = 1000
    rules.tailLossProbe = false
    var network = story.open(rules)
    // The client keeps what follows a lost segment of the server's.
    story.perform(
      [
        .call(story.server, .send(100)), .run(for: 100_000), .fate(story.server, .lost),
        .call(story.server, .send(100)), .call(story.server, .send(100)),
      ], on: &network)
    story.perform(
      Array(repeating: .fate(story.server, .lost), count: 20) + [.run(for: 15_000)], on: &network)
    story.perform(
      [
        .fate(story.client, .lost), .call(story.client, .send(500)), .fate(story.client, .lost),
        .call(story.client, .send(rest)), .run(for: 300_000),
      ], on: &network)
    let again = (0..<network.log.count).map { network.log[$0] }
      .filter { $0.sender == story.client && $0.isRetransmission }
    #expect(again.first?.segment.sack.count == 1)
    #expect(again.first?.segment.payloadLength == (fits ? 500 + rest : 500))
    #expect(again.first?.segment.flags.contains(.psh) == true)
  }

  /// What was cut because of a report is joined again without it, and pushed where its end was.
  @Test func cutSegmentsAreJoinedAgain() {
    var rules = TCPRules.linux
    rules.nagle = false
    rules.mss = 1000
    rules.tailLossProbe = false
    var network = story.open(rules)
    story.perform(
      [
        .call(story.server, .send(100)), .run(for: 100_000), .fate(story.server, .lost),
        .call(story.server, .send(100)), .call(story.server, .send(100)), .run(for: 15_000),
        .fate(story.client, .lost), .fate(story.client, .lost),
        .call(story.client, .send(985)), .run(for: 500_000),
      ], on: &network)
    let sent = (0..<network.log.count).map { network.log[$0] }
      .filter { $0.sender == story.client && $0.segment.payloadLength > 0 }
    #expect(sent.map(\.segment.payloadLength) == [976, 9, 985])
    #expect(sent.last?.segment.flags.contains(.psh) == true)
  }
}
