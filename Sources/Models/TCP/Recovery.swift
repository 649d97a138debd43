/// Loss recovery and the congestion window, in segments.
struct Recovery: Sendable, Equatable {
  /// The congestion window of a new connection.
  ///
  /// Source: RFC 6928, section 2; Linux `TCP_INIT_CWND`.
  static let initialWindow = 10

  /// The congestion window.
  var congestionWindow = Recovery.initialWindow
  /// Slow start ends here.
  var threshold = Int.max / 2
  /// Segments acknowledged towards the next growth in congestion avoidance.
  var credit = 0
  /// Recovery ends when this number is acknowledged; nil: no recovery.
  private(set) var until: SequenceNumber?
  /// Whether the recovery began with a timeout, so that slow start paces it.
  private(set) var isByTimeout = false
  /// The congestion window when the loss was found.
  var priorWindow = 0
  /// Segments that have arrived at the peer in this life.
  private(set) var arrivedCount = 0
  /// Of the segments that the acknowledgment at hand is about, the latest was sent when so many had
  /// arrived.
  private(set) var sentAfter = 0
  /// How far the window is used.
  var use = WindowUse()
  /// How fast segments arrive.
  var delivery = DeliveryRate()
  /// What BBR makes of that, if it is the congestion control.
  var bbr = BBR()
  /// How CUBIC lets the window grow, if it is.
  var cubic = Cubic()
  /// How many segments have counted as lost in this life.
  var lostCount = 0
  /// How long the latest segment took that has arrived with the acknowledgment at hand; nil: not known.
  ///
  /// Source: Linux `rs->rtt_us`.
  var latestRoundTrip: Microseconds?
  /// Whether the acknowledgment at hand is of one small segment alone, and so may have waited.
  ///
  /// Source: Linux `FLAG_ACK_MAYBE_DELAYED`.
  var mayBeDelayed = false
  /// SND.UNA before the acknowledgment at hand.
  ///
  /// Source: Linux `prior_snd_una`.
  private(set) var priorSndUna = SequenceNumber(0)
  /// Segments that have arrived since the loss was found, and those sent since.
  var arrivedSince = 0
  var sentSince = 0
  /// How many segments were sent in this life.
  private var sentCount = 0
  /// Duplicate acknowledgments in a row; in a recovery without SACK, those that stand for segments
  /// not yet covered.
  private(set) var duplicateAcks = 0
  /// What the last recovery waited for; without SACK, duplicates below it say nothing.
  ///
  /// Source: RFC 6582, section 3.2, step 2.
  private(set) var recovered: SequenceNumber?
  /// The probe of the tail that is under way.
  var probe: TailProbe?
  /// When a probe was due, or the wait for what may only be late was over; nil: never.
  var timerRanOutAt: Microseconds?
  /// Of what was acknowledged, the segment that was sent last.
  ///
  /// Source: RFC 8985, section 6.2.
  var newestDelivered: SentChunk?
  /// The latest round trip of such a segment, and how much more it may have been.
  var newestRoundTrip: Microseconds = 0
  var newestSlack: Microseconds = 0
  /// Whether that is of something that went again.
  var newestIsResent = false
  /// Whether something has arrived since losses were looked for by time.
  ///
  /// Source: Linux `rack.advanced`.
  var hasAdvanced = false

  /// How far the wire changes the order.
  var reordering = Reordering()
  /// How long is waited for what may only be late.
  var patience = ReorderingPatience()
  /// What tells whether the recovery is needed.
  var undo = Undo()
  /// Slow start's end when the loss was found.
  private var priorThreshold = 0
  /// Of what the acknowledgment at hand is about, something was outstanding when the loss was found and
  /// was sent once only.
  ///
  /// Source: Linux `FLAG_ORIG_SACK_ACKED`.
  private(set) var originalArrived = false
  /// Whether the acknowledgment at hand reports something new.
  ///
  /// Source: Linux `FLAG_DATA_SACKED`.
  var hasReport = false
  /// Whether the timeout may still turn out to have been needless.
  ///
  /// Source: RFC 5682, section 3.1; Linux `frto`.
  var doubtsTimeout = false
  /// Whether a recovery was under way when the acknowledgment at hand came.
  private(set) var wasRecovering = false
  /// What the acknowledgment at hand lets go again.
  var resends = Resends.lost

  /// A probe of the tail.
  struct TailProbe: Sendable, Equatable {
    /// What was sent when it went.
    ///
    /// Source: Linux `tlp_high_seq`.
    var end: SequenceNumber
    /// Whether it is something that was sent before.
    ///
    /// Source: Linux `tlp_retrans`.
    var isResent: Bool
  }

  /// What goes at an acknowledgment.
  enum Resends: Sendable {
    /// What is lost.
    case lost
    /// Something new in its place, to learn from the answer.
    case new
    /// Nothing: what seemed lost was late, and more of it may come.
    case nothing
  }

  /// What is being done about losses.
  enum Phase: Sendable {
    case open, recovery, timeout
  }

  /// What is being done at the time.
  var phase: Phase {
    until == nil ? .open : isByTimeout ? .timeout : .recovery
  }

  /// What an acknowledgment told.
  struct Acknowledgment {
    /// How many segments arrived that were not known to have.
    var arrived: Int
    /// How many the window may grow by: those that SND.UNA has passed without a report before; of Linux,
    /// all that arrived.
    var acknowledged = 0
    /// How many count as lost since.
    var lost = 0
    /// Whether SND.UNA advances.
    var advances: Bool
    /// Segments that were outstanding.
    var flight: Int
    /// Segments still on the wire, and before the acknowledgment.
    var inFlight = 0
    var inFlightBefore = 0
    /// Whether the window was used so that it may grow.
    var mayGrow = false
    /// What BBR is to know.
    var observation: BBR.Observation?
  }

  /// Whether a loss was found otherwise than by a timeout and is not repaired yet.
  var isReducing: Bool { until != nil && !isByTimeout }

  // MARK: Beginning and ending

  /// A loss was found by what arrived around it.
  ///
  /// Source: RFC 6937, section 3; Linux `tcp_init_cwnd_reduction`, `bbr_save_cwnd`.
  mutating func beginReducing(
    until end: SequenceNumber, _ control: TCPRules.CongestionControl = .reno
  ) {
    (until, isByTimeout) = (end, false)
    probe = nil
    priorThreshold = currentThreshold
    lowerThreshold(control)
    saveWindow(control)
    (arrivedSince, sentSince, credit) = (0, 0, 0)
  }

  /// The retransmission timer ran out, and everything counts as lost: the window starts anew at one
  /// segment.
  ///
  /// It may be the first since a loss was found, or another one of the same segment.
  ///
  /// Source: RFC 5681, section 3.1; Linux `tcp_enter_loss`.
  mutating func beginAnew(
    until end: SequenceNumber, outstanding: Int, segmentSize: Int, isFirst: Bool = true,
    again: Bool = false, at now: Microseconds,
    _ control: TCPRules.CongestionControl = .reno
  ) {
    doubtsTimeout = until == nil || again
    if isFirst {
      priorThreshold = currentThreshold
      lowerThreshold(control, outstanding: outstanding)
      saveWindow(control)
    }
    (congestionWindow, credit) = (1, 0)
    (until, isByTimeout) = (end, true)
    duplicateAcks = 0
    probe = nil
    switch control {
    case .reno: break
    case .cubic: cubic.begin(sndNxt: end, at: now)
    case .bbr:
      bbr.noteTimeout(
        arrivedCount: arrivedCount, lostCount: lostCount, segmentSize: segmentSize,
        arrivedAt: delivery.arrivedAt)
    }
  }

  /// The window is to be restored.
  ///
  /// Source: Linux `tcp_init_cwnd_reduction`, `bbr_ssthresh`.
  private mutating func saveWindow(_ control: TCPRules.CongestionControl) {
    priorWindow = congestionWindow
    if control == .bbr { bbr.save(window: congestionWindow) }
  }

  /// The first acknowledgment behind a timeout leaves open whether that was needed: what is sent from now
  /// on tells.
  mutating func doubt(until end: SequenceNumber) { until = end }

  /// Everything that was outstanding at the loss has arrived.
  ///
  /// Source: RFC 6937, section 3; Linux `tcp_end_cwnd_reduction`.
  mutating func end(_ control: TCPRules.CongestionControl) {
    if control != .bbr, isReducing { congestionWindow = threshold }
    (recovered, until) = (until, nil)
  }

  /// The recovery was not needed: everything is as it was before.
  ///
  /// Source: Linux `tcp_undo_cwnd_reduction`, `tcp_reno_undo_cwnd`.
  mutating func takeBack(_ control: TCPRules.CongestionControl) {
    switch control {
    case .reno, .cubic:
      congestionWindow = max(congestionWindow, priorWindow)
      threshold = max(threshold, priorThreshold)
    case .bbr:
      bbr.takeBack(
        arrivedCount: arrivedCount, lostCount: lostCount, arrivedAt: delivery.arrivedAt)
    }
    (recovered, until) = (until ?? recovered, nil)
    hasAdvanced = true
    undo.end()
  }

  /// A probe has mended a loss: the window shrinks as if it had been found otherwise.
  ///
  /// Source: RFC 8985, section 7.4.2; Linux `tcp_process_tlp_ack`.
  mutating func noteMendedByProbe(_ control: TCPRules.CongestionControl) {
    guard until == nil else { return }
    guard control != .bbr else {
      bbr.save(window: congestionWindow)
      return
    }
    lowerThreshold(control)
    congestionWindow = threshold
  }

  /// The latest segment that has arrived took so long: slow start may end.
  ///
  /// Source: Linux `tcp_clean_rtx_queue` (`pkts_acked`).
  mutating func noteRoundTrip(
    _ roundTrip: Microseconds, rate: Int, sndUna: SequenceNumber, sndNxt: SequenceNumber,
    at now: Microseconds
  ) {
    let path = HyStart.Path(
      now: now, sndUna: sndUna, sndNxt: sndNxt, window: congestionWindow,
      isSlowStart: isSlowStart, rate: rate)
    if cubic.noteRoundTrip(roundTrip, path) { threshold = congestionWindow }
  }

  /// Something is sent by a program that had left the path empty.
  ///
  /// Source: Linux `bbr_cwnd_event`.
  mutating func restart(segmentSize: Int, at now: Microseconds) {
    bbr.restart(
      segmentSize: segmentSize, window: &congestionWindow, arrivedAt: delivery.arrivedAt, at: now)
  }

  /// A segment is sent; `isFirst` if nothing else is under way.
  mutating func noteSent(_ chunk: inout SentChunk, isFirst: Bool, at now: Microseconds) {
    sentSince += 1
    sentCount += 1
    chunk.order = sentCount
    chunk.arrivedBefore = arrivedCount
    chunk.mark = delivery.noteSent(isFirst: isFirst, at: now)
  }

  // MARK: At an acknowledgment

  /// An acknowledgment has come.
  mutating func beginAcknowledgment(sndUna: SequenceNumber) {
    priorSndUna = sndUna
    sentAfter = 0
    originalArrived = false
    hasReport = false
    wasRecovering = until != nil
    resends = .lost
    delivery.begin()
    latestRoundTrip = nil
    mayBeDelayed = false
  }

  /// A segment has arrived.
  mutating func noteArrived(_ chunk: SentChunk) {
    arrivedCount += 1
    sentAfter = max(sentAfter, chunk.arrivedBefore)
    if chunk.transmissions == 1, let until, chunk.end.isAtOrBefore(until) { originalArrived = true }
    delivery.noteArrived(chunk)
  }

  /// Segments have arrived that were there already.
  mutating func noteArrivedTwice(_ count: Int) { arrivedCount += count }

  /// A segment that was sent once has arrived; up to a number others were reported before.
  mutating func noteOrder(of chunk: SentChunk, reported highest: SequenceNumber?) {
    if let highest, chunk.seq.isBefore(highest) { reordering.noteLate(chunk.seq) }
  }

  /// An acknowledgment told nothing new.
  ///
  /// Without SACK it still says that something has arrived, though not what; after a timeout it may be
  /// of a needless retransmission.
  ///
  /// Source: RFC 6582, section 3.2; Linux `tcp_add_reno_sack`, `tcp_process_loss`.
  mutating func noteDuplicate(hasSack: Bool) {
    guard !hasSack else {
      duplicateAcks += 1
      return
    }
    guard until == nil || isReducing else { return }
    duplicateAcks += 1
    arrivedCount += 1
  }

  /// So many segments were covered: those that duplicates stood for have been counted already.
  ///
  /// Source: Linux `tcp_remove_reno_sacks`.
  mutating func settleDuplicates(covered: Int, hasSack: Bool) {
    let counted = hasSack ? 0 : min(duplicateAcks, max(0, covered - 1))
    arrivedCount -= counted
    duplicateAcks = hasSack || !isReducing ? 0 : duplicateAcks - counted
  }
}
