import Testing

@testable import Models

/// CUBIC's curve, and how slow start ends before something is lost.
struct CubicTests {
  /// A flight of so many segments is acknowledged every 100 ms, each by itself; returns the window after
  /// each flight.
  private func grow(
    _ cubic: inout Cubic, from window: Int, flights: Int, at start: Microseconds = 0
  ) -> [Int] {
    var (window, credit, windows) = (window, 0, [Int]())
    for flight in 0..<flights {
      for _ in 0..<window {
        let pace = cubic.pace(
          window: window, acknowledged: 1, at: start + flight * 100_000)
        credit += 1
        if credit >= pace { (window, credit) = (window + 1, 0) }
      }
      windows.append(window)
    }
    return windows
  }

  private func path(
    _ now: Microseconds, una: UInt32 = 1, nxt: UInt32 = 100, window: Int = 20,
    isSlowStart: Bool = true, rate: Int = 1
  ) -> HyStart.Path {
    HyStart.Path(
      now: now, sndUna: SequenceNumber(una), sndNxt: SequenceNumber(nxt), window: window,
      isSlowStart: isSlowStart, rate: rate)
  }

  private var beginning: Cubic {
    var cubic = Cubic()
    cubic.begin(sndNxt: SequenceNumber(0), at: 0)
    return cubic
  }

  // MARK: Losses

  /// To 717 of 1024, and no less than two.
  @Test(arguments: [(10, 7), (100, 70), (1024, 717), (2, 2), (1, 2)])
  func lossTakesThreeTenths(window: Int, threshold: Int) {
    var cubic = beginning
    let found = cubic.noteLoss(window: window)
    #expect(found == threshold)
  }

  /// From 700 on, after a loss at 1000, the curve is back at 1000 when K is over, at the cube root of 300
  /// over 0.4, nine seconds; it is steep at first, flat there, and steep again beyond.
  @Test func curveLeadsBack() {
    var cubic = beginning
    _ = cubic.noteLoss(window: 1000)
    let windows = grow(&cubic, from: 700, flights: 140)
    #expect((990...1001).contains(windows[90]))
    let (early, middle, late) = (
      windows[20] - windows[10], windows[95] - windows[85], windows[138] - windows[128]
    )
    #expect(early > 5 * middle && late > 5 * middle)
    #expect(zip(windows, windows.dropFirst()).allSatisfy { $0 <= $1 })
  }

  /// A second loss below the first one's window leaves room for others: the curve's middle is lower.
  @Test func fastConvergence() {
    var (first, second) = (beginning, beginning)
    _ = first.noteLoss(window: 1000)
    _ = second.noteLoss(window: 1100)
    _ = second.noteLoss(window: 1000)
    let (free, yielding) = (
      grow(&first, from: 700, flights: 90).last ?? 0,
      grow(&second, from: 700, flights: 90).last ?? 0
    )
    #expect(yielding < free, "850 in place of 1000")
  }

  /// A small window grows as that of RFC 5681 would, by a segment in almost two round trips.
  @Test func smallWindowsGrowAsFriends() {
    var cubic = beginning
    _ = cubic.noteLoss(window: 10)
    let windows = grow(&cubic, from: 7, flights: 16)
    #expect(windows.last == 14)
  }

  /// Without a loss to come back to, by a twentieth in a round trip at least; and by half at most.
  @Test func growthIsBounded() {
    var cubic = beginning
    let slow = cubic.pace(window: 100, acknowledged: 1, at: 1_000_000)
    #expect(slow == 20)
    let fast = cubic.pace(window: 101, acknowledged: 1, at: 60_000_000)
    #expect(fast == 2)
    let late = cubic.pace(window: 102, acknowledged: 1, at: 100_000_000_000)
    #expect(late == 2, "a day later, too")
  }

  /// The pace of a window that stays is set once in seven ticks, that of one that grows once in a tick.
  @Test func paceIsSetNowAndThen() {
    var cubic = beginning
    _ = cubic.noteLoss(window: 10_000)
    let first = cubic.pace(window: 7000, acknowledged: 1, at: 0)
    let stays = cubic.pace(window: 7000, acknowledged: 1, at: 28_000)
    #expect(stays == first)
    let later = cubic.pace(window: 7000, acknowledged: 1, at: 32_000)
    #expect(later < first)
    let sameTick = cubic.pace(window: 7001, acknowledged: 1, at: 35_999)
    #expect(sameTick == later)
    let grown = cubic.pace(window: 7001, acknowledged: 1, at: 36_000)
    #expect(grown < later)
  }

  /// A pause does not count: behind it the window is where it was on the curve.
  @Test func pauseIsNotCounted() {
    var (steady, paused) = (beginning, beginning)
    _ = steady.noteLoss(window: 1000)
    _ = paused.noteLoss(window: 1000)
    _ = steady.pace(window: 700, acknowledged: 1, at: 0)
    _ = paused.pace(window: 700, acknowledged: 1, at: 0)
    paused.noteSending(lastAt: 0, at: 8_000_000)
    let pace = steady.pace(window: 701, acknowledged: 1, at: 400_000)
    let behind = paused.pace(window: 701, acknowledged: 1, at: 8_400_000)
    #expect(pace == behind)
  }

  /// A timeout lowers slow start's end as any loss does, and forgets the curve.
  @Test func timeoutBeginsAnew() {
    var recovery = Recovery()
    recovery.congestionWindow = 20
    recovery.beginReducing(until: SequenceNumber(100), .cubic)
    #expect(recovery.threshold == 14)
    recovery.end(.cubic)
    #expect(recovery.congestionWindow == 14)
    recovery.beginAnew(
      until: SequenceNumber(900), outstanding: 3, segmentSize: 1448, at: 5000, .cubic)
    #expect(recovery.threshold == 9)
    var fresh = Cubic()
    fresh.begin(sndNxt: SequenceNumber(900), at: 5000)
    #expect(recovery.cubic == fresh)
  }

  /// A loss that a probe has mended lowers the window as well; what was saved up towards its growth is gone.
  @Test func mendedTailIsALoss() {
    var recovery = Recovery()
    recovery.congestionWindow = 20
    recovery.noteMendedByProbe(.cubic)
    #expect(recovery.congestionWindow == 14 && recovery.threshold == 14)
    var told = Recovery.Acknowledgment(arrived: 13, advances: true, flight: 14, inFlight: 1)
    (told.acknowledged, told.mayGrow) = (13, true)
    recovery.adjust(told, .cubic, at: 0)
    recovery.noteMendedByProbe(.cubic)
    told.acknowledged = 8
    recovery.adjust(told, .cubic, at: 400_000)
    #expect(recovery.congestionWindow == 9, "nothing of the thirteen")
  }

  // MARK: HyStart

  /// A round that takes five milliseconds longer than the shortest ends slow start, once nine round trips are
  /// known and the window has sixteen segments.
  @Test(arguments: [(15, 26_000, false), (16, 26_000, true), (16, 23_000, false)])
  func longerRoundsEndSlowStart(window: Int, roundTrip: Microseconds, ends: Bool) {
    var cubic = beginning
    var found = cubic.noteRoundTrip(20_000, path(20_000, una: 1, nxt: 100, window: window))
    #expect(!found)
    for count in 0..<9 {
      #expect(!found, "\(count)")
      // Far from each other, so that they are no train.
      found = cubic.noteRoundTrip(
        roundTrip, path(50_000 + count * 3000, una: 101, nxt: 300, window: window))
    }
    #expect(found == ends)
  }

  /// Acknowledgments in one train for half a round trip end it as well; the device's wait is allowed for.
  @Test(arguments: [
    (1, 10_500, false), (1, 10_501, true), (0, 10_001, true), (1 << 40, 10_001, true),
    (1_000_000_000, 10_130, false), (1_000_000_000, 10_131, true),
  ])
  func trainsEndSlowStart(rate: Int, length: Microseconds, ends: Bool) {
    var cubic = beginning
    _ = cubic.noteRoundTrip(20_000, path(20_000, una: 1, nxt: 100, rate: rate))
    var now = 20_000
    while now + 1500 < 20_000 + length {
      now += 1500
      let found = cubic.noteRoundTrip(20_000, path(now, una: 2, rate: rate))
      #expect(!found)
    }
    let found = cubic.noteRoundTrip(20_000, path(20_000 + length, una: 3, rate: rate))
    #expect(found == ends)
  }

  /// A gap of more than two milliseconds ends a train.
  @Test func gapEndsATrain() {
    var cubic = beginning
    _ = cubic.noteRoundTrip(20_000, path(20_000, una: 1, nxt: 100))
    for now in stride(from: 22_001, through: 32_001, by: 1000) {
      let found = cubic.noteRoundTrip(20_000, path(now, una: 2))
      #expect(!found)
    }
  }

  /// It is looked for in slow start only, and not in the second behind a loss.
  @Test func onlyInSlowStart() {
    func feed(_ cubic: Cubic, isSlowStart: Bool) -> Bool {
      var cubic = cubic
      _ = cubic.noteRoundTrip(20_000, path(20_000, una: 1, nxt: 100, isSlowStart: isSlowStart))
      return (0..<12).contains { count in
        cubic.noteRoundTrip(
          40_000, path(50_000 + count * 3000, una: 101, nxt: 300, isSlowStart: isSlowStart))
      }
    }
    var recovered = beginning
    #expect(feed(beginning, isSlowStart: true))
    #expect(!feed(beginning, isSlowStart: false))
    _ = recovered.noteLoss(window: 20)
    _ = recovered.pace(window: 14, acknowledged: 1, at: 10_000)
    #expect(!feed(recovered, isSlowStart: true))
  }
}
