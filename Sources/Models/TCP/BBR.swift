/// BBR: a model of the path, its bandwidth and its round trip, and what to have under way by that.
///
/// In STARTUP it sends ever faster until the bandwidth grows no more, in DRAIN it lets the queue empty
/// that this has made, in PROBE_BW it goes around a cycle of sending faster, slower and as fast as the
/// path, and in PROBE_RTT it has little under way for a moment.
///
/// Rates are in segments a microsecond, times 2^24; gains are times 256.
///
/// Source: Linux `net/ipv4/tcp_bbr.c`, version 1.
struct BBR: Sendable, Equatable {
  /// What it does at the time.
  enum Mode: Sendable {
    case startup, drain, probeBandwidth, probeRoundTrip
  }

  /// What an acknowledgment tells.
  struct Observation {
    var now: Microseconds
    /// When something arrived last.
    var arrivedAt: Microseconds
    /// How many segments arrived that were not known to have, and how many ever.
    var arrived: Int
    var arrivedCount: Int
    /// How many count as lost since, and how many ever.
    var lost = 0
    var lostCount = 0
    /// How many were under way before, and are.
    var inFlightBefore = 0
    var inFlight = 0
    /// What is known of the rate.
    var sample: DeliveryRate.Sample?
    /// How long the latest of the segments took that arrived; nil: not known.
    var roundTrip: Microseconds?
    /// Whether the acknowledgment may have waited.
    var mayBeDelayed = false
    /// For how long nothing will be sent, as what was sent last takes its time.
    var sendsIn: Microseconds = 0
    /// SRTT; 0 before the first sample.
    var smoothed: Microseconds = 0
    /// The size of a full segment.
    var segmentSize: Int
    /// What loss recovery does.
    var phase = Recovery.Phase.open
  }

  var mode = Mode.startup
  /// The gain of pacing, and of the window.
  var pacingGain = BBR.high
  var windowGain = BBR.high
  /// How fast is sent, in bytes a second; 0: as fast as can be.
  ///
  /// Source: Linux `sk_pacing_rate`.
  private(set) var pacingRate = 0
  /// Whether that follows from a round trip, and not from a guess.
  private var hasSeenRoundTrip = false

  // MARK: The path

  /// The bandwidth's maximum of ten round trips.
  private(set) var maximum = WindowedMaximum(rounds: 10)
  /// The shortest round trip of ten seconds, and since when it counts; nil: not known.
  var shortest: Microseconds?
  var shortestSince: Microseconds = 0
  /// How many round trips have passed, how many segments will have arrived when the next begins, and
  /// whether one began with the acknowledgment at hand.
  private(set) var roundCount = 0
  var nextRoundAt = 0
  private(set) var roundStarts = false
  /// The bandwidth when it last grew by a quarter, and in how many round trips it has not since.
  private var fullBandwidth = 0
  private var plateau = 0
  /// Whether the path was full once.
  private(set) var hasFilledPath = false
  /// What a policer lets through, if there seems to be one.
  var policer = BBRPolicer()
  /// How much more arrives at once than the bandwidth explains.
  var aggregation = BBRAggregation()

  // MARK: Cycle and probes

  /// Where in the cycle of PROBE_BW it is, and since when.
  var cycleIndex = 0
  var cycleSince: Microseconds = 0
  /// When PROBE_RTT is over, once little is under way; and whether a round trip of that has passed.
  var probeEndsAt: Microseconds?
  var probeRoundIsOver = false
  /// Whether what an acknowledgment tells of the bandwidth is too little, as PROBE_RTT leaves the path empty.
  private(set) var leavesPathEmpty = false
  /// Whether it starts again from nothing under way.
  var isRestarting = false

  // MARK: Recovery

  /// What it knew of loss recovery when it set its window last.
  ///
  /// Source: Linux `prev_ca_state`.
  private var known = Recovery.Phase.open
  /// Whether as much goes as arrives: in the first round trip of a recovery.
  private var conservesPackets = false
  /// The window before a recovery or PROBE_RTT.
  private(set) var priorWindow = 0

  /// The connection is open.
  ///
  /// Source: Linux `bbr_init`.
  mutating func begin(
    window: Int, segmentSize: Int, smoothed: Microseconds, shortest: Microseconds,
    arrivedCount: Int, at now: Microseconds
  ) {
    nextRoundAt = arrivedCount
    self.shortest = shortest > 0 ? shortest : nil
    shortestSince = now
    aggregation.begin(at: now)
    policer.reset(arrivedCount: arrivedCount, lostCount: 0, at: now)
    beginPacing(window: window, segmentSize: segmentSize, smoothed: smoothed)
  }

  /// The first round trip, or a guess of a millisecond, tells how fast the first window is sent.
  ///
  /// Source: Linux `bbr_init_pacing_rate_from_rtt`.
  private mutating func beginPacing(window: Int, segmentSize: Int, smoothed: Microseconds) {
    hasSeenRoundTrip = smoothed > 0
    let bandwidth = (window << 24) / (smoothed > 0 ? smoothed : 1000)
    pacingRate = Self.bytesASecond(bandwidth, segmentSize: segmentSize, gain: Self.high)
  }

  /// An acknowledgment has been read; returns the new window.
  ///
  /// Source: Linux `bbr_main`.
  mutating func take(_ observation: Observation, window: Int) -> Int {
    var window = window
    updateBandwidth(observation)
    if let sample = observation.sample, sample.interval != nil, observation.arrived > 0 {
      aggregation.take(observation, bandwidth: bandwidth, roundStarts: roundStarts, window: window)
    }
    updateCycle(observation)
    checkFull(observation)
    checkDrained(observation)
    leavesPathEmpty = updateShortest(observation, window: &window)
    updateGains()
    setPacing(observation, window: window)
    return nextWindow(observation, window)
  }

  /// The bandwidth to send by.
  ///
  /// Source: Linux `bbr_bw`.
  var bandwidth: Int { policer.rate ?? maximum.value }

  /// Source: Linux `bbr_update_bw`.
  private mutating func updateBandwidth(_ observation: Observation) {
    roundStarts = false
    guard let sample = observation.sample, let interval = sample.interval else { return }
    if sample.priorDelivered >= nextRoundAt {
      nextRoundAt = observation.arrivedCount
      roundCount += 1
      roundStarts = true
      conservesPackets = false
    }
    notePolicing(observation, isAppLimited: sample.isAppLimited)
    let rate = (sample.delivered << 24) / max(1, interval)
    if !sample.isAppLimited || rate >= maximum.value { maximum.take(rate, in: roundCount) }
  }

  /// Where a policer shows, it is sent as fast as that lets through, from now on.
  ///
  /// Source: Linux `bbr_lt_bw_sampling`, `bbr_lt_bw_interval_done`.
  private mutating func notePolicing(_ observation: Observation, isAppLimited: Bool) {
    let hadNone = policer.rate == nil
    let begins = policer.take(
      observation, isAppLimited: isAppLimited, roundStarts: roundStarts,
      isCycling: mode == .probeBandwidth)
    if begins { beginCycle(at: observation.arrivedAt) }
    if hadNone, policer.rate != nil { pacingGain = Self.even }
  }

  /// The path is full when in three round trips the bandwidth has not grown by a quarter.
  ///
  /// Source: Linux `bbr_check_full_bw_reached`.
  private mutating func checkFull(_ observation: Observation) {
    guard !hasFilledPath, roundStarts, observation.sample?.isAppLimited == false else { return }
    if maximum.value >= fullBandwidth * 5 / 4 {
      (fullBandwidth, plateau) = (maximum.value, 0)
      return
    }
    plateau += 1
    hasFilledPath = plateau >= 3
  }

  // MARK: What follows

  /// Source: Linux `bbr_set_pacing_rate`.
  private mutating func setPacing(_ observation: Observation, window: Int) {
    let size = observation.segmentSize
    if !hasSeenRoundTrip, observation.smoothed > 0 {
      beginPacing(window: window, segmentSize: size, smoothed: observation.smoothed)
    }
    let rate = Self.bytesASecond(bandwidth, segmentSize: size, gain: pacingGain)
    if hasFilledPath || rate > pacingRate { pacingRate = rate }
  }

  /// How many segments are to be under way.
  ///
  /// Source: Linux `bbr_set_cwnd`.
  private mutating func nextWindow(_ observation: Observation, _ window: Int) -> Int {
    var window = window
    let arrived = observation.arrived
    if arrived > 0, !recovers(observation, &window) {
      var target = held(bandwidth, gain: windowGain)
      if hasFilledPath { target += aggregation.window(bandwidth: bandwidth) }
      target = inPieces(target, segmentSize: observation.segmentSize)
      if hasFilledPath {
        window = min(window + arrived, target)
      } else if window < target || observation.arrivedCount < Recovery.initialWindow {
        window += arrived
      }
      window = max(window, Self.least)
    }
    return mode == .probeRoundTrip ? min(window, Self.least) : window
  }

  /// In a recovery's first round trip as many go as arrive; true if so.
  ///
  /// Source: Linux `bbr_set_cwnd_to_recover_or_restore`.
  private mutating func recovers(_ observation: Observation, _ window: inout Int) -> Bool {
    let conserved = observation.inFlight + observation.arrived
    if observation.lost > 0 { window = max(1, window - observation.lost) }
    if observation.phase == .recovery, known != .recovery {
      conservesPackets = true
      nextRoundAt = observation.arrivedCount
      window = conserved
    } else if observation.phase == .open, known != .open {
      window = max(window, priorWindow)
      conservesPackets = false
    }
    known = observation.phase
    if conservesPackets { window = max(window, conserved) }
    return conservesPackets
  }

  /// How many segments the path holds at a rate, times a gain.
  ///
  /// Source: Linux `bbr_bdp`.
  private func held(_ rate: Int, gain: Int) -> Int {
    guard let shortest else { return Recovery.initialWindow }
    let amount = (Int128(rate) * Int128(shortest) * Int128(gain)) >> 8
    return Int(min(1 << 40, (amount + (1 << 24) - 1) >> 24))
  }

  /// A window with room for three pieces, even.
  ///
  /// Source: Linux `bbr_quantization_budget`.
  private func inPieces(_ window: Int, segmentSize: Int) -> Int {
    let window = (window + 3 * pieceGoal(segmentSize: segmentSize) + 1) & ~1
    return mode == .probeBandwidth && cycleIndex == 0 ? window + 2 : window
  }

  /// How many segments are under way where the path is full, times a gain.
  ///
  /// Source: Linux `bbr_inflight`.
  func full(gain: Int, segmentSize: Int) -> Int {
    inPieces(held(maximum.value, gain: gain), segmentSize: segmentSize)
  }

  /// Source: Linux `bbr_tso_segs_goal`.
  func pieceGoal(segmentSize: Int) -> Int { min(127, pieceCount(segmentSize: segmentSize)) }

  /// How many segments of a size are handed to the device at once.
  ///
  /// On a short path they may be more by some bytes.
  ///
  /// Source: Linux `bbr_tso_segs_goal`, `tcp_tso_autosize`, `bbr_min_tso_segs`.
  func pieceCount(segmentSize: Int, more bytes: Int = 0) -> Int {
    let count = min(Pacing.largestPiece, (pacingRate >> 10) + bytes) / max(1, segmentSize)
    return max(pacingRate < 150_000 ? 1 : 2, count)
  }

  /// How fast is sent by a rate and a gain, less the hundredth that pacing keeps back.
  ///
  /// Source: Linux `bbr_bw_to_pacing_rate`.
  private static func bytesASecond(_ rate: Int, segmentSize: Int, gain: Int) -> Int {
    let bytes = (Int128(rate) * Int128(segmentSize) * Int128(gain)) >> 8
    return Int(min(1 << 40, (bytes * 990_000) >> 24))
  }

  // MARK: Losses

  /// A recovery begins, or PROBE_RTT: the window is to be restored, the largest of those that follow each
  /// other.
  ///
  /// Source: Linux `bbr_save_cwnd`.
  mutating func save(window: Int) {
    let isGood = known == .open && mode != .probeRoundTrip
    priorWindow = isGood ? window : max(priorWindow, window)
  }

  /// The retransmission timer ran out.
  ///
  /// Source: Linux `bbr_set_state`.
  mutating func noteTimeout(
    arrivedCount: Int, lostCount: Int, segmentSize: Int, arrivedAt: Microseconds
  ) {
    known = .timeout
    fullBandwidth = 0
    roundStarts = true
    let observation = Observation(
      now: arrivedAt, arrivedAt: arrivedAt, arrived: 0, arrivedCount: arrivedCount, lost: 1,
      lostCount: lostCount, segmentSize: segmentSize)
    notePolicing(observation, isAppLimited: false)
  }

  /// A recovery was not needed: whether the path is full is to be found out anew.
  ///
  /// Source: Linux `bbr_undo_cwnd`.
  mutating func takeBack(arrivedCount: Int, lostCount: Int, arrivedAt: Microseconds) {
    (fullBandwidth, plateau) = (0, 0)
    policer.reset(arrivedCount: arrivedCount, lostCount: lostCount, at: arrivedAt)
  }

  /// Something is sent while nothing is under way, by a program that had left the path empty.
  ///
  /// Source: Linux `bbr_cwnd_event`.
  mutating func restart(
    segmentSize: Int, window: inout Int, arrivedAt: Microseconds, at now: Microseconds
  ) {
    isRestarting = true
    aggregation.begin(at: now)
    switch mode {
    case .probeBandwidth:
      pacingRate = Self.bytesASecond(bandwidth, segmentSize: segmentSize, gain: Self.even)
    case .probeRoundTrip: endProbe(arrivedAt: arrivedAt, at: now, window: &window)
    default: break
    }
  }

  /// 1, times 256.
  static let even = 256
  /// Linux `bbr_high_gain`: 2 / ln 2.
  static let high = 739
  /// Linux `bbr_cwnd_min_target`.
  static let least = 4
}
