/// CUBIC: behind a loss the window grows back along a cubic curve, fast at first, slower near the size at
/// which the loss was found, and fast again beyond it; and never slower than RFC 5681's would.
///
/// Windows are in segments. Time is counted in the kernel's ticks, and on the curve in 1024ths of a second.
///
/// Source: RFC 9438; Linux `net/ipv4/tcp_cubic.c`.
struct Cubic: Sendable, Equatable {
  /// So many acknowledged segments let the window grow by one.
  ///
  /// Source: Linux `cnt`.
  private var pace = 0
  /// The window at the last loss, or less where it was smaller than at the one before; 0: there was none.
  ///
  /// Source: RFC 9438, section 4.7; Linux `last_max_cwnd`.
  private var lastMaximum = 0
  /// When the curve began, in ticks; nil: it begins with the next growth.
  ///
  /// Source: Linux `epoch_start`.
  private var epochStart: Int?
  /// Whether the curve has begun.
  var hasEpoch: Bool { epochStart != nil }
  /// The window at the curve's middle, and when it is to be there.
  ///
  /// Source: Linux `bic_origin_point`, `bic_K`.
  private var origin = 0
  private var middle = 0
  /// The window when the pace was set last, and when that was.
  ///
  /// Source: Linux `last_cwnd`, `last_time`.
  private var lastWindow = 0
  private var lastTick = 0
  /// Segments acknowledged towards the next growth of RFC 5681's window, and that window.
  ///
  /// Source: Linux `ack_cnt`, `tcp_cwnd`.
  private var acknowledgedCount = 0
  private var friendlyWindow = 0
  /// The shortest round trip; nil: not known.
  ///
  /// Source: Linux `delay_min`.
  private var shortest: Microseconds?
  /// Ends slow start before something is lost.
  private var hyStart = HyStart()

  /// The connection is open, or begins anew behind a timeout.
  ///
  /// Source: Linux `cubictcp_init`, `cubictcp_state`.
  mutating func begin(sndNxt: SequenceNumber, at now: Microseconds) {
    self = Cubic()
    hyStart.beginRound(until: sndNxt, at: now)
  }

  /// A loss was found; returns where slow start ends from now on, seven tenths of the window.
  ///
  /// A window that does not get back to where it was leaves room for others.
  ///
  /// Source: RFC 9438, sections 4.6 and 4.7; Linux `cubictcp_recalc_ssthresh`.
  mutating func noteLoss(window: Int) -> Int {
    epochStart = nil
    lastMaximum =
      window < lastMaximum ? window * (Self.scale + Self.beta) / (2 * Self.scale) : window
    return max(2, window * Self.beta / Self.scale)
  }

  /// Something is sent behind a pause, which the curve does not count.
  ///
  /// Source: RFC 9438, section 5.8; Linux `cubictcp_cwnd_event`.
  mutating func noteSending(lastAt: Microseconds, at now: Microseconds) {
    guard let start = epochStart else { return }
    epochStart = min(Self.tick(now), start + max(0, Self.tick(now) - Self.tick(lastAt)))
  }

  /// The latest segment that has arrived took so long; true if slow start is to end here.
  ///
  /// Source: Linux `cubictcp_acked`.
  mutating func noteRoundTrip(_ roundTrip: Microseconds, _ path: HyStart.Path) -> Bool {
    // Right behind a recovery queues are still full.
    if let start = epochStart, Self.tick(path.now) - start < Self.ticksPerSecond { return false }
    let roundTrip = max(1, roundTrip)
    let least = min(shortest ?? roundTrip, roundTrip)
    shortest = least
    return path.isSlowStart && hyStart.findsEnd(roundTrip, shortest: least, path)
  }

  /// Of so many segments acknowledged, how many let the window grow by one.
  ///
  /// Source: RFC 9438, sections 4.2 to 4.5; Linux `bictcp_update`.
  mutating func pace(window: Int, acknowledged: Int, at now: Microseconds) -> Int {
    let window = max(1, window)
    let tick = Self.tick(now)
    acknowledgedCount += acknowledged
    if lastWindow == window, tick - lastTick <= Self.ticksPerSecond / 32 { return pace }
    if epochStart == nil || tick != lastTick {
      (lastWindow, lastTick) = (window, tick)
      let start = epochStart ?? tick
      if epochStart == nil { beginEpoch(window: window, acknowledged: acknowledged, at: tick) }
      setPace(window: window, ticks: tick - start)
    }
    befriend(window: window)
    // No faster than by half a window in a round trip.
    pace = max(2, pace)
    return pace
  }

  /// The curve begins: its middle is where the window was at the loss.
  private mutating func beginEpoch(window: Int, acknowledged: Int, at tick: Int) {
    epochStart = tick
    acknowledgedCount = acknowledged
    friendlyWindow = window
    origin = max(window, lastMaximum)
    middle = Self.cubeRoot(of: Self.cubeFactor * max(0, lastMaximum - window))
  }

  /// Sets the pace so that the window is on the curve a round trip from now.
  private mutating func setPace(window: Int, ticks: Int) {
    let ahead = ((shortest ?? 0) + RunningTimer.tick - 1) / RunningTimer.tick
    let time = (ticks + ahead) << Self.timeBits / Self.ticksPerSecond
    // Beyond four minutes from the middle the window has long been as large as it may be.
    let distance = min(abs(time - middle), 1 << 18)
    let height = (Self.curve * distance * distance * distance) >> Self.curveBits
    let target = time < middle ? origin - height : origin + height
    pace = target > window ? window / (target - window) : 100 * window
    if lastMaximum == 0 { pace = min(pace, 20) }
  }

  /// Grows as fast as RFC 5681's window would, that shrinks to seven tenths as this one does.
  ///
  /// Source: RFC 9438, section 4.3.
  private mutating func befriend(window: Int) {
    let needed = max(1, (window * Self.friendliness) >> 3)
    let steps = max(0, (acknowledgedCount - 1) / needed)
    acknowledgedCount -= steps * needed
    friendlyWindow += steps
    if friendlyWindow > window { pace = min(pace, window / (friendlyWindow - window)) }
  }

  // MARK: Numbers

  private static let scale = 1024
  /// Seven tenths, in 1024ths.
  private static let beta = 717
  /// Eight times the segments for which RFC 5681's window grows by one, over that window.
  private static let friendliness = 8 * (scale + beta) / 3 / (scale - beta)
  private static let timeBits = 10
  private static let curveBits = 10 + 3 * timeBits
  /// 0.4 segments a second cubed, in 1024ths.
  private static let curve = 410
  private static let cubeFactor = (1 << curveBits) / curve
  private static let ticksPerSecond = 1_000_000 / RunningTimer.tick

  private static func tick(_ time: Microseconds) -> Int { time / RunningTimer.tick }

  /// The whole part of a cube root, where a kernel's is up to a fifth of a percent off.
  private static func cubeRoot(of value: Int) -> Int {
    var (root, bit) = (0, 1 << 20)
    while bit > 0 {
      let next = root | bit
      if next * next <= value / next { root = next }
      bit >>= 1
    }
    return root
  }
}
