import Testing

@testable import Models

/// How far a wire changes the order.
struct ReorderingTests {
  private func reordering(late: [UInt32], reported: UInt32) -> Reordering {
    var reordering = Reordering()
    for seq in late { reordering.noteLate(SequenceNumber(seq)) }
    reordering.settle(reported: SequenceNumber(reported), segmentSize: 100)
    return reordering
  }

  /// By what was reported behind the lowest of what came late, in segments, if that is more than three.
  @Test(arguments: [
    ([UInt32](), 1000, false, 3), ([100], 400, true, 3), ([100], 401, true, 4),
    ([500, 100, 300], 1000, true, 9), ([400], 400, false, 3), ([100], 100_000, true, 300),
  ])
  func lowestTells(late: [UInt32], reported: UInt32, isSeen: Bool, degree: Int) {
    let reordering = reordering(late: late, reported: reported)
    #expect(reordering.isSeen == isSeen && reordering.degree == degree)
    #expect(reordering.isUnusual == (degree > 3))
  }

  /// The farthest counts until a timeout says that it was less.
  @Test func farthestCounts() {
    var reordering = reordering(late: [100], reported: 1100)
    reordering.noteLate(SequenceNumber(2000))
    reordering.settle(reported: SequenceNumber(2500), segmentSize: 100)
    #expect(reordering.degree == 10)
    reordering.settle(reported: SequenceNumber(9000), segmentSize: 100)
    #expect(reordering.degree == 10, "nothing of what was read then was late")
    reordering.lower()
    #expect(reordering.degree == 3 && reordering.isSeen)
  }

  /// A timeout where much was reported, and no recovery was under way, lowers it; else it stays.
  @Test(arguments: [(3, 3), (2, 9)]) func timeoutsLowerIt(reported: Int, degree: Int) {
    let size = 1448
    var rules = TCPRules.linux
    (rules.timeBasedLossDetection, rules.tailLossProbe) = (false, false)
    var sender = LoneSender(rules)
    sender.end.recovery.reordering.noteLate(SequenceNumber(0))
    sender.end.recovery.reordering.settle(
      reported: SequenceNumber(UInt32(9 * size)), segmentSize: size)
    sender.write(5 * size, at: 100_000)
    sender.answer(0, sack: [size..<(1 + reported) * size], at: 120_000)
    #expect(sender.end.recovery.until == nil)
    sender.expire(.retransmission, at: 400_000)
    #expect(sender.end.recovery.reordering.degree == degree)
  }

  /// Behind a timeout that cannot be taken back reports say nothing of the order.
  @Test(arguments: [true, false]) func finalTimeoutsTellNothing(mayBeTakenBack: Bool) {
    let size = 1448
    var rules = TCPRules.linux
    (rules.timeBasedLossDetection, rules.tailLossProbe) = (false, false)
    var sender = LoneSender(rules)
    sender.write(5 * size, at: 100_000)
    sender.answer(0, sack: [3 * size..<4 * size], at: 120_000)
    sender.expire(.retransmission, at: 400_000)
    if !mayBeTakenBack { sender.end.recovery.undo.end() }
    sender.answer(0, sack: [size..<2 * size, 3 * size..<4 * size], at: 420_000)
    #expect(sender.end.recovery.reordering.isSeen == mayBeTakenBack)
  }

  /// Reports alone let a window grow where the order has changed by more than three segments, but not by
  /// RFC 5681.
  @Test(arguments: [
    (3, TCPRules.CongestionControl.cubic, 10), (4, .cubic, 13), (4, .reno, 10),
  ])
  func reportsLetTheWindowGrow(
    degree: UInt32, control: TCPRules.CongestionControl, window: Int
  ) {
    var recovery = Recovery()
    recovery.reordering = reordering(late: [100], reported: 100 + 100 * degree)
    recovery.hasReport = true
    var told = Recovery.Acknowledgment(arrived: 3, advances: false, flight: 10, inFlight: 7)
    (told.acknowledged, told.mayGrow) = (3, true)
    recovery.adjust(told, control, at: 0)
    #expect(recovery.congestionWindow == window)
  }
}
