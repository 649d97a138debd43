/// When and how arriving data is acknowledged.
///
/// Linux acknowledges a connection's first segments at once (*quick*), until the user answers
/// promptly and the connection looks *interactive*; then acknowledgments wait for the answer.
struct Acknowledging: Sendable, Equatable {
  /// Something arrived that must be acknowledged some time.
  var isScheduled = false
  /// It must be acknowledged now.
  var isUrgent = false
  /// A small segment arrived since the last acknowledgment; and another one.
  var isPushed = false
  var isPushedTwice = false
  /// How many acknowledgments are still to go at once.
  var quickCount = 0
  /// The user answers promptly: acknowledgments ride on the answers.
  var isInteractive = false
  /// The last decision to wait was within a tick of going the other way.
  var isBarelyInteractive = false
  /// The delay of the moment.
  var delay: Microseconds = 0
  /// When data arrived last.
  var lastDataAt: Microseconds = 0
  /// The size of a full segment, as far as known.
  var segmentSize = 536
  /// The size of the last segment, where it was smaller and may yet be a full one.
  ///
  /// Source: Linux `last_seg_size`.
  var lastSize = 0
  /// Data segments since the last acknowledgment.
  var segmentCount = 0
  /// How many acknowledgments of the same number went at once, of what came out of order.
  var duplicateCount = 0
  /// The number that those acknowledged.
  var duplicateNumber = SequenceNumber(0)
  /// How many such arrivals the next acknowledgment stands for.
  var compressedCount = 0

  /// Linux `TCP_DELACK_MIN`.
  static let minimumDelay: Microseconds = 40_000
  /// Linux `TCP_DELACK_MAX`.
  static let maximumDelay: Microseconds = 200_000
  /// Linux `TCP_MAX_QUICKACKS`.
  static let quickLimit = 16

  /// The next acknowledgments go at once.
  ///
  /// Source: Linux `tcp_incr_quickack`.
  mutating func addQuick(window: Int) {
    let count = min(Self.quickLimit, max(2, window / (2 * segmentSize)))
    quickCount = max(quickCount, count)
  }

  /// Something is wrong on the way; be quick.
  ///
  /// Source: Linux `tcp_enter_quickack_mode`.
  mutating func enterQuick(window: Int) {
    addQuick(window: window)
    isInteractive = false
    isBarelyInteractive = false
    delay = Self.minimumDelay
  }
}

extension Endpoint {
  /// Whether acknowledgments wait though by the kernel's ticks something may have ended that.
  public var mayAcknowledgeAtOnce: Bool {
    acking.isBarelyInteractive && acking.isInteractive && acking.quickCount > 0
  }

  /// Whether the user seems to answer promptly, so that acknowledgments wait for the answers.
  public var isInteractive: Bool { acking.isInteractive }

  /// Data arrived in order.
  ///
  /// Source: Linux `tcp_event_data_recv`, `tcp_measure_rcv_mss`.
  mutating func noteDataArrived(
    _ count: Int, _ flags: SegmentFlags, reportBytes: Int, at now: Microseconds
  ) {
    acking.isScheduled = true
    acking.segmentCount += 1
    measureSegment(count, flags, reportBytes: reportBytes)
    let (next, told) = (rcvNxt, toldWindow)
    sizing?.noteArrived(upTo: next, told: told, at: now)
    let gap = now - acking.lastDataAt
    if acking.delay == 0 {
      acking.addQuick(window: rcvWnd)
      acking.delay = Acknowledging.minimumDelay
    } else if gap <= Acknowledging.minimumDelay / 2 {
      acking.delay = acking.delay / 2 + Acknowledging.minimumDelay / 2
    } else if isShort(gap + RunningTimer.tick / 2, acking.delay) {
      acking.delay = min(acking.delay / 2 + min(gap, acking.delay - RunningTimer.tick), rto)
    } else if isShort(rto + RunningTimer.tick / 2, gap) {
      acking.addQuick(window: rcvWnd)
    }
    acking.lastDataAt = now
    if count >= 128 { growWindow(after: count) }
  }

  /// Whether a time is no longer than a limit; within half a tick of it that is open, as whole ticks are
  /// counted.
  private mutating func isShort(_ time: Microseconds, _ limit: Microseconds) -> Bool {
    let isLikely = time <= limit
    return abs(limit - time) < RunningTimer.tick / 2 ? decideByTiming(isLikely) : isLikely
  }

  /// An acknowledgment left.
  ///
  /// Source: Linux `tcp_event_ack_sent`, `tcp_event_data_sent`.
  mutating func noteAckSent(
    dataLength: Int, at now: Microseconds, _ journal: inout Journal
  ) {
    lastAckSent = rcvNxt
    if acking.quickCount > 0, acking.isScheduled {
      acking.quickCount -= 1
      if acking.quickCount == 0 { acking.delay = Acknowledging.minimumDelay }
    }
    acking.isScheduled = false
    acking.isUrgent = false
    acking.compressedCount = 0
    acking.isPushed = false
    acking.isPushedTwice = false
    acking.segmentCount = 0
    stop(.delayedAck, &journal)
    let answeredAfter = now - acking.lastDataAt
    if dataLength > 0, answeredAfter < acking.delay {
      acking.isBarelyInteractive =
        acking.delay - answeredAfter <= RunningTimer.tick
        && (!acking.isInteractive || acking.isBarelyInteractive)
      acking.isInteractive = true
    }
  }

  /// Acknowledges what was scheduled, now or later.
  ///
  /// Source: RFC 9293, section 3.8.6.3; Linux `__tcp_ack_snd_check`.
  mutating func acknowledgeArrived(at now: Microseconds, _ journal: inout Journal) {
    guard acking.isScheduled else { return }
    var isDue = acking.isUrgent
    switch rules.ackDelay {
    case .none: isDue = true
    case .everySecondSegment(let delay):
      if acking.segmentCount >= 2 || !kept.isEmpty { isDue = true }
      if !isDue, timers[.delayedAck] == nil {
        start(.delayedAck, for: delay, at: now, &journal)
      }
    case .adaptive:
      // A window that would shrink is not told of yet: reading will open it.
      if (rcvNxt - lastAckSent > acking.segmentSize
        && (memory == nil || possibleWindow() >= toldWindow))
        || (acking.quickCount > 0 && !acking.isInteractive)
      {
        isDue = true
      }
      if !isDue, !kept.isEmpty {
        isDue = !compressesDuplicate(at: now, &journal)
      } else if !isDue {
        delayAck(at: now, &journal)
      }
    }
    if isDue { sendAck(at: now, &journal) }
  }

  /// After three acknowledgments of a number the next ones are joined to one; false for those three,
  /// and where enough are joined.
  ///
  /// Source: Linux `__tcp_ack_snd_check`, `tcp_comp_sack_delay_ns`, `tcp_comp_sack_nr`.
  private mutating func compressesDuplicate(
    at now: Microseconds, _ journal: inout Journal
  ) -> Bool {
    guard sackOn, acking.compressedCount < 44 else { return false }
    if acking.duplicateNumber != rcvNxt {
      (acking.duplicateNumber, acking.duplicateCount) = (rcvNxt, 0)
    }
    if acking.duplicateCount < 3 {
      acking.duplicateCount += 1
      return false
    }
    acking.compressedCount += 1
    if acking.compressedCount == 1 {
      let delay = max(1, min(1000, roundTrip.srtt / 20))
      let deadline = timers[.delayedAck]?.deadline
      if deadline.map({ $0 > now + delay }) ?? true {
        start(.delayedAck, for: delay, at: now, &journal)
      }
    }
    return true
  }

  /// Source: Linux `tcp_send_delayed_ack`.
  private mutating func delayAck(at now: Microseconds, _ journal: inout Journal) {
    var delay = acking.delay
    if delay > Acknowledging.minimumDelay {
      var limit = acking.isInteractive || acking.isPushed ? Acknowledging.maximumDelay : 500_000
      if roundTrip.srtt > 0 {
        limit = min(limit, max(roundTrip.srtt, Acknowledging.minimumDelay))
      }
      delay = min(delay, limit)
    }
    // Before the first data there is no delay yet, but for the timer's next tick.
    delay = max(RunningTimer.tick, min(delay, Acknowledging.maximumDelay))
    if let running = timers[.delayedAck] {
      if isShort(running.deadline - now, delay / 4) {
        // The timer may have run out a tick before, which makes an end less patient.
        if running.deadline <= now + RunningTimer.tick, acking.isInteractive {
          acking.isBarelyInteractive = true
        }
        sendAck(at: now, &journal)
        return
      }
      if running.deadline <= now + delay { return }
    }
    start(.delayedAck, for: delay, at: now, &journal)
  }

  /// The acknowledgment has waited long enough.
  ///
  /// Source: Linux `tcp_delack_timer_handler`.
  mutating func delayedAckDue(at now: Microseconds, _ journal: inout Journal) {
    guard acking.isScheduled else { return }
    // What was joined was not too late.
    if acking.compressedCount == 0 {
      if acking.isInteractive {
        acking.isInteractive = false
        acking.delay = Acknowledging.minimumDelay
      } else {
        acking.delay = min(acking.delay * 2, rto)
      }
    }
    sendAck(at: now, &journal)
  }

  /// The user has read: the window may have opened, or an acknowledgment may have become due.
  ///
  /// Source: RFC 9293, section 3.8.6.2.2; Linux `__tcp_cleanup_rbuf`.
  mutating func windowMayOpen(at now: Microseconds, _ journal: inout Journal) {
    guard state == .established || state == .finWait1 || state == .finWait2 || state == .closeWait
    else { return }
    if rules.ackDelay == .adaptive, acking.isScheduled {
      let isDrained =
        readable.isEmpty && kept.isEmpty
        && (acking.isPushedTwice || (acking.isPushed && !acking.isInteractive))
      if isDrained || rcvNxt - lastAckSent > acking.segmentSize {
        sendAck(at: now, &journal)
        return
      }
    }
    guard !state.hasPeerFin else { return }
    let told = rcvWnd
    let limit = memory?.clamp ?? firstWindow
    guard 2 * told <= limit else { return }
    let possible = possibleWindow()
    if possible >= 2 * told, possible > told { sendAck(at: now, &journal) }
  }

  /// What arrived twice, then what arrived out of order: as many ranges as the options have room for.
  ///
  /// Source: RFC 2018, section 3; RFC 2883, section 4.
  func sackRanges() -> [SequenceRange] {
    let limit = timestampsOn ? 3 : 4
    return Array(((duplicate.map { [$0] } ?? []) + selective.ranges).prefix(limit))
  }
}
