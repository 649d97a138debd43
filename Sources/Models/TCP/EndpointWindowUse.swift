/// Telling the congestion window how far it is used.
extension Recovery {
  /// Whether the window grows by as much as is acknowledged.
  var isSlowStart: Bool { congestionWindow < threshold }

  /// Whether the window may grow.
  var mayGrow: Bool { use.mayGrow(window: congestionWindow, isSlowStart: isSlowStart) }

  /// Everything that may be sent has been; the window may have held something back.
  ///
  /// Source: Linux `tcp_cwnd_validate`.
  mutating func noteUse(
    isLimited: Bool, outstanding: Int, mayShrink: Bool, sndUna: SequenceNumber,
    sndNxt: SequenceNumber, rto: Microseconds, at now: Microseconds
  ) {
    let isUnused = use.note(
      isLimited: isLimited, outstanding: outstanding, window: congestionWindow,
      isSlowStart: isSlowStart, sndUna: sndUna, sndNxt: sndNxt, rto: rto, at: now)
    guard isUnused else { return }
    if !mayShrink {
      use.wait(at: now)
    } else if let window = use.shrunk(congestionWindow, at: now) {
      shrink(to: window)
    }
  }

  /// The user writes behind a pause.
  ///
  /// Source: Linux `tcp_cwnd_restart`.
  mutating func restartBehindPause(rto: Microseconds, at now: Microseconds) {
    if let window = use.restarted(congestionWindow, rto: rto, at: now) { shrink(to: window) }
  }
}

extension Endpoint {
  /// The user writes, and nothing waits or is under way.
  ///
  /// Source: Linux `tcp_slow_start_after_idle_check`.
  mutating func noteWriteBehindPause(at now: Microseconds) {
    guard rules.validatesWindow, rules.congestionControl != .bbr, outstanding.isEmpty,
      unsentCount == 0
    else {
      return
    }
    recovery.restartBehindPause(rto: rto, at: now)
  }

  /// Everything that may be sent has been.
  ///
  /// Source: Linux `tcp_write_xmit`, `tcp_cwnd_application_limited`.
  mutating func noteWindowUse(isLimited: Bool, at now: Microseconds) {
    guard rules.validatesWindow, rules.congestionControl != .bbr else { return }
    let isOpen =
      recovery.until == nil && recovery.duplicateAcks == 0
      && !outstanding.contains(where: \.isSacked)
    recovery.noteUse(
      isLimited: isLimited, outstanding: outstanding.count, mayShrink: isOpen && !isOrphan,
      sndUna: sndUna, sndNxt: sndNxt, rto: rto, at: now)
  }
}
