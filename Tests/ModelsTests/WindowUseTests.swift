import Testing

@testable import Models

/// A congestion window that a program does not use does not grow, and shrinks after a while.
struct WindowUseTests {
  /// An end that has sent so much, of which everything may be outstanding.
  private func use(
    _ outstanding: Int, isLimited: Bool = false, window: Int = 10, isSlowStart: Bool = true
  ) -> WindowUse {
    var use = WindowUse()
    use.begin(at: 0)
    _ = note(
      &use, outstanding, isLimited: isLimited, window: window, isSlowStart: isSlowStart, at: 0)
    return use
  }

  private func note(
    _ use: inout WindowUse, _ outstanding: Int, isLimited: Bool = false, window: Int = 10,
    isSlowStart: Bool = true, una: UInt32 = 0, at now: Microseconds
  ) -> Bool {
    use.note(
      isLimited: isLimited, outstanding: outstanding, window: window, isSlowStart: isSlowStart,
      sndUna: SequenceNumber(una), sndNxt: SequenceNumber(1000), rto: 200_000, at: now)
  }

  /// In slow start up to twice what was outstanding at most; later only where the window held it back.
  @Test(arguments: [
    (5, false, true, false), (6, false, true, true), (9, false, false, false),
    (1, true, true, true), (1, true, false, true),
  ])
  func usedWindowGrows(outstanding: Int, isLimited: Bool, isSlowStart: Bool, grows: Bool) {
    let use = use(outstanding, isLimited: isLimited, isSlowStart: isSlowStart)
    #expect(use.mayGrow(window: 10, isSlowStart: isSlowStart) == grows)
  }

  /// The most that was outstanding counts until all of it is acknowledged, and being held back as well.
  @Test func useIsRemembered() {
    var use = use(8)
    _ = note(&use, 2, una: 500, at: 1000)
    #expect(use.mayGrow(window: 15, isSlowStart: true))
    _ = note(&use, 2, una: 1000, at: 2000)
    #expect(!use.mayGrow(window: 15, isSlowStart: true))
    _ = note(&use, 2, isLimited: true, una: 500, at: 3000)
    _ = note(&use, 1, una: 500, at: 3000)
    #expect(use.mayGrow(window: 15, isSlowStart: false))
  }

  /// What was not used for an RTO is given back by half, down to the first window.
  @Test func unusedWindowShrinks() {
    var use = use(12, window: 40, isSlowStart: false)
    var isUnused = note(&use, 4, window: 40, isSlowStart: false, una: 500, at: 199_999)
    #expect(!isUnused)
    isUnused = note(&use, 4, window: 40, isSlowStart: false, una: 500, at: 200_000)
    #expect(isUnused)
    var window = use.shrunk(40, at: 200_000)
    #expect(window == 26, "half of what twelve leave")
    isUnused = note(&use, 4, window: 26, isSlowStart: false, una: 500, at: 300_000)
    #expect(!isUnused)
    window = use.shrunk(26, at: 400_000)
    #expect(window == 18, "ten are never given back")
  }

  /// What a recovery leaves unused counts later.
  @Test func unusedWindowWaits() {
    var use = use(12, window: 40, isSlowStart: false)
    use.wait(at: 200_000)
    let window = use.shrunk(40, at: 400_000)
    #expect(window == 26)
    let least = use.shrunk(10, at: 900_000)
    #expect(least == nil)
  }

  /// Behind a pause half of the window is left for each RTO, and ten segments at least.
  @Test(arguments: [(200_000, nil), (200_001, 40), (400_001, 20), (600_001, 10), (9_000_000, 10)])
  func pauseHalvesTheWindow(pause: Microseconds, left: Int?) {
    var use = WindowUse()
    use.noteSent(at: 0)
    let window = use.restarted(80, rto: 200_000, at: pause)
    #expect(window == left)
    let small = use.restarted(4, rto: 200_000, at: 9_000_000)
    #expect(small == 4)
  }

  /// A pause costs a sender of Linux its window, not one of RFC 9293 here; what slow start may reach stays.
  @Test(arguments: [(TCPRules.linux, 15), (.rfc9293, 60)])
  func senderRestarts(rules: TCPRules, window: Int) {
    var sender = LoneSender(rules)
    sender.write(100, at: 100_000)
    sender.answer(100, at: 120_000)
    sender.end.recovery.congestionWindow = 60
    // It is counted from what was sent last, not from when the connection opened; but half of what was not
    // used is given back.
    var prompt = sender
    prompt.write(100, at: 95_000 + sender.end.rto)
    #expect(prompt.end.recovery.congestionWindow == (rules.validatesWindow ? 35 : 60))
    sender.write(100, at: 105_000 + 2 * sender.end.rto)
    #expect(sender.end.recovery.congestionWindow == window)
  }
}
