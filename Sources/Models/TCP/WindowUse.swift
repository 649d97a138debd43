/// How far a program uses the congestion window: a window that is not used does not grow, and after a while
/// shrinks.
///
/// Source: RFC 2861; RFC 7661; Linux `tcp_cwnd_validate`, `tcp_is_cwnd_limited`.
struct WindowUse: Sendable, Equatable {
  /// Whether the window held something back.
  ///
  /// Source: Linux `is_cwnd_limited`.
  private var isLimited = false
  /// The most segments that were outstanding in a window that held nothing back.
  ///
  /// Source: Linux `max_packets_out`.
  private var most = 0
  /// When this number is acknowledged it is counted anew.
  ///
  /// Source: Linux `cwnd_usage_seq`.
  private var until = SequenceNumber(0)
  /// How much of the window was used, and since when it was not used in full.
  ///
  /// Source: Linux `snd_cwnd_used`, `snd_cwnd_stamp`.
  private var used = 0
  private var since: Microseconds = 0
  /// When something was sent last.
  ///
  /// Source: Linux `lsndtime`.
  private(set) var sentAt: Microseconds = 0

  /// The connection is open.
  mutating func begin(at now: Microseconds) { (since, sentAt) = (now, now) }

  /// Bytes are sent.
  mutating func noteSent(at now: Microseconds) { sentAt = now }

  /// Whether the window may grow: in slow start up to twice what was outstanding.
  func mayGrow(window: Int, isSlowStart: Bool) -> Bool {
    isLimited || (isSlowStart && window < 2 * most)
  }

  /// Everything that may be sent has been; true if the window was not used in full for an RTO.
  mutating func note(
    isLimited: Bool, outstanding: Int, window: Int, isSlowStart: Bool, sndUna: SequenceNumber,
    sndNxt: SequenceNumber, rto: Microseconds, at now: Microseconds
  ) -> Bool {
    if sndUna.isAtOrAfter(until) || isLimited || (!self.isLimited && outstanding > most) {
      (self.isLimited, most, until) = (isLimited, outstanding, sndNxt)
    }
    if mayGrow(window: window, isSlowStart: isSlowStart) {
      (used, since) = (0, now)
      return false
    }
    used = max(used, outstanding)
    return now - since >= rto
  }

  /// What a window shrinks to that was not used in full: to half of what was not; nil if it stays, as it began
  /// with no more.
  ///
  /// Source: Linux `tcp_cwnd_application_limited`.
  mutating func shrunk(_ window: Int, at now: Microseconds) -> Int? {
    let needed = max(used, Recovery.initialWindow)
    (used, since) = (0, now)
    return needed < window ? (window + needed) / 2 : nil
  }

  /// It does not count now that a window was not used, but does again later.
  mutating func wait(at now: Microseconds) { since = now }

  /// What is left of a window behind a pause: half of it for each RTO, and no less than it began with; nil
  /// where it was none.
  ///
  /// Source: RFC 5681, section 4.1; Linux `tcp_slow_start_after_idle_check`, `tcp_cwnd_restart`.
  mutating func restarted(_ window: Int, rto: Microseconds, at now: Microseconds) -> Int? {
    var left = now - sentAt
    guard left > rto else { return nil }
    let least = min(Recovery.initialWindow, window)
    var window = window
    left -= rto
    while left > 0, window > least {
      window /= 2
      left -= rto
    }
    (used, since) = (0, now)
    return max(window, least)
  }
}
