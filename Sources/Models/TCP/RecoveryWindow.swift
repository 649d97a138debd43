/// How the congestion window shrinks and grows.
extension Recovery {
  /// A loss says where slow start is to end: at seven tenths of the window.
  ///
  /// By the RFCs it is at half of what was outstanding where a timeout has found it. RFC 5681 starts from what is
  /// in flight in any case, which is less where the program sends little.
  ///
  /// Source: RFC 5681, section 3.1; RFC 9438, section 4.6; Linux `tcp_congestion_ops` (`ssthresh`).
  mutating func lowerThreshold(
    _ control: TCPRules.CongestionControl, outstanding: Int? = nil
  ) {
    switch control {
    case .reno: threshold = max(2, outstanding.map { $0 / 2 } ?? congestionWindow * 7 / 10)
    case .cubic: threshold = cubic.noteLoss(window: congestionWindow)
    // Source: Linux `bbr_ssthresh`.
    case .bbr: break
    }
    credit = 0
  }

  /// Sets the window by what an acknowledgment told.
  ///
  /// Of Linux reports alone let it grow, too, once the order was seen to change by more than three segments.
  ///
  /// Source: Linux `tcp_cong_control`, `tcp_may_raise_cwnd`, `tcp_is_cwnd_limited`.
  mutating func adjust(
    _ acknowledgment: Acknowledgment, _ control: TCPRules.CongestionControl,
    at now: Microseconds
  ) {
    switch control {
    case .reno, .cubic:
      guard acknowledgment.arrived > 0 else { return }
      if isReducing {
        reduce(acknowledgment)
      } else if acknowledgment.mayGrow, acknowledgment.advances || raisesByReports(control) {
        grow(by: acknowledgment.acknowledged, control, at: now)
      }
    case .bbr:
      guard let observation = acknowledgment.observation else { return }
      congestionWindow = bbr.take(observation, window: congestionWindow)
      if bbr.leavesPathEmpty {
        delivery.noteIdle(arrivedCount: arrivedCount, inFlight: observation.inFlight)
      }
    }
  }

  /// Whether a report is enough to let the window grow.
  ///
  /// Source: Linux `tcp_may_raise_cwnd`.
  private func raisesByReports(_ control: TCPRules.CongestionControl) -> Bool {
    control == .cubic && hasReport && reordering.isUnusual
  }

  /// Lets about as many segments go as have just arrived, and at least the first lost one.
  ///
  /// Source: RFC 6937, section 3; Linux `tcp_cwnd_reduction`.
  private mutating func reduce(_ acknowledgment: Acknowledgment) {
    let (arrived, inFlight) = (acknowledgment.arrived, acknowledgment.inFlight)
    arrivedSince += arrived
    let room = threshold - inFlight
    var count: Int
    if room < 0 {
      count = (threshold * arrivedSince + priorWindow - 1) / max(1, priorWindow) - sentSince
    } else {
      count = max(arrivedSince - sentSince, arrived)
      if acknowledgment.advances, acknowledgment.lost == 0 { count += 1 }
      count = min(room, count)
    }
    congestionWindow = inFlight + max(count, sentSince == 0 ? 1 : 0)
  }

  /// Where slow start ends if the window is to grow back: at about three quarters of it.
  ///
  /// Source: Linux `tcp_current_ssthresh`.
  var currentThreshold: Int {
    max(threshold, congestionWindow >> 1 + congestionWindow >> 2)
  }

  /// The window was not used, and is smaller from now on.
  mutating func shrink(to window: Int) {
    threshold = currentThreshold
    congestionWindow = min(congestionWindow, window)
  }

  /// What an acknowledgment of a part shows to be missing goes at once.
  ///
  /// Source: RFC 6582, section 3.2, step 3.
  mutating func makeRoomForMissing(inFlight: Int) {
    if isReducing { congestionWindow = max(congestionWindow, inFlight + 1) }
  }

  /// The congestion window grows by what was acknowledged: in slow start a segment for each, up to
  /// where that ends, then a segment for a window, or for as many as CUBIC says.
  ///
  /// Source: RFC 5681, section 3.1; RFC 3465; Linux `tcp_slow_start`, `tcp_cong_avoid_ai`.
  private mutating func grow(
    by acknowledged: Int, _ control: TCPRules.CongestionControl, at now: Microseconds
  ) {
    let slow = min(acknowledged, max(0, threshold - congestionWindow))
    congestionWindow += slow
    let left = acknowledged - slow
    guard left > 0 else { return }
    let pace =
      control == .cubic
      ? cubic.pace(window: congestionWindow, acknowledged: left, at: now) : congestionWindow
    // What was saved up at a slower pace counts once.
    if credit >= pace {
      credit = 0
      congestionWindow += 1
    }
    credit += left
    congestionWindow += credit / pace
    credit %= pace
  }
}
