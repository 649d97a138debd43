/// One end of a connection: the RFC's transmission control block, and what outlives it.
///
/// An end is driven from outside: a user's `call`, an arriving segment (`arrive`), a timer that
/// ran out (`expire`). Each takes the virtual time and a `Journal` into which the end writes what
/// it sends and reports. It never reads a clock and knows nothing of its peer but what arrives.
///
/// Words, as in RFC 9293, section 3.3.1:
/// - `sndUna`, `sndNxt`, `sndWnd`, `iss`: oldest unacknowledged number, next to send, the peer's
///   window, initial number;
/// - `rcvNxt`, `rcvWnd`, `irs`: next expected number, own window, the peer's initial number;
/// - *listener*: the passive open of the port, which stays when a connection ends;
/// - *orphan*: an end whose user has closed and cannot be reached any more.
///
/// Left out: urgent data, options but MSS, SACK, timestamps and window scaling (windows are plain
/// numbers of bytes all the same, which scaling rounds), keepalive, ECN, and security compartments. None
/// of them changes through which states a connection opens and closes; keepalive alone could break one.
///
/// Source: RFC 9293, sections 3.3 to 3.10.
public struct Endpoint: Sendable {
  /// Which end of which connection this is.
  public let end: End
  /// What it does where the RFC leaves room.
  public let rules: TCPRules

  // MARK: What outlives a connection

  /// Whether a script plays this end, so that nothing here reacts to what arrives.
  public internal(set) var isScripted = false
  /// Whether a listener stands on the port.
  public internal(set) var isListening = false
  /// How many lives this end has begun; 0 before the first.
  public internal(set) var incarnation = 0
  /// The initial number that the next life is to take; nil: the clock decides.
  public var nextIss: SequenceNumber?
  /// The secret that the host mixes into its initial numbers.
  let secret: UInt32
  /// How far the clock of its timestamps is ahead, in microseconds.
  private var clockLead = 0
  /// What a segment tells of that clock at a moment, if that is known from elsewhere.
  private var givenStamp: (value: UInt32, at: Microseconds)?

  // MARK: The control block

  /// Where the end is in its life.
  public internal(set) var state = ConnectionState.closed
  /// Opened by a listener rather than by `connect`.
  public internal(set) var isPassive = false
  /// Whether the user has closed for good.
  public internal(set) var isOrphan = false
  /// Whether reading was given up.
  public internal(set) var readingEnded = false
  /// ISS.
  public internal(set) var iss = SequenceNumber(0)
  /// SND.UNA.
  public internal(set) var sndUna = SequenceNumber(0)
  /// SND.NXT.
  public internal(set) var sndNxt = SequenceNumber(0)
  /// SND.WND in bytes.
  public internal(set) var sndWnd = 0
  /// SND.WL1.
  public internal(set) var sndWl1 = SequenceNumber(0)
  /// SND.WL2.
  public internal(set) var sndWl2 = SequenceNumber(0)
  /// MAX.SND.WND of RFC 5961, in bytes.
  public internal(set) var maxSndWnd = 0
  /// IRS; nil before the peer's SYN.
  public internal(set) var irs: SequenceNumber?
  /// RCV.NXT.
  public internal(set) var rcvNxt = SequenceNumber(0)
  /// RCV.NXT as it was last told to the peer.
  public internal(set) var lastAckSent = SequenceNumber(0)
  /// The right edge of the receive window that the peer was told; it never moves back.
  var rcvEdge = SequenceNumber(0)

  /// What is sent and not acknowledged, oldest first.
  public internal(set) var outstanding: [SentChunk] = []
  /// Bytes written by the user in this life.
  public internal(set) var writtenCount = 0
  /// How they are queued.
  var writeQueue = WriteQueue()
  /// Bytes of them that were sent at least once.
  public internal(set) var sentCount = 0
  /// Bytes of them that the peer acknowledged.
  public internal(set) var acknowledgedCount = 0
  /// Whether the user has ended the stream.
  public internal(set) var finRequested = false
  /// The number of the own FIN; nil until it is sent.
  public internal(set) var finSeq: SequenceNumber?
  /// The end of the last segment smaller than the maximum.
  var smallSegmentEnd: SequenceNumber?

  /// What arrived out of order, by number.
  public internal(set) var kept: [KeptRange] = []
  /// What of that is told.
  var selective = SelectiveAcks()
  /// What arrived twice and is not told yet.
  var duplicate: SequenceRange?
  /// Bytes in order that the user has not read.
  public internal(set) var readable: [Payload] = []
  /// Every byte that arrived in order in this life, in runs.
  public internal(set) var delivered: [Payload] = []
  /// Whether the user has been told of the stream's end.
  var endOfFileRead = false
  /// What the next call of the user fails with.
  public internal(set) var pendingError: CallError?

  /// The timers that run.
  public internal(set) var timers = Timers()
  /// The round trip's estimate.
  public internal(set) var roundTrip: RoundTrip
  /// The present RTO, with backoff.
  public internal(set) var rto: Microseconds
  /// How often the RTO ran out since something new was acknowledged.
  public internal(set) var timeouts = 0
  /// When the segment that has timed out was first sent.
  var troubleSince: Microseconds?
  /// Loss recovery and congestion window.
  var recovery = Recovery()
  /// When the next piece may go, under BBR.
  var pacing = Pacing()
  /// When and how data is acknowledged.
  var acking = Acknowledging()
  /// Whether times that nobody outside knows exactly decided what happened last, and whether they are to
  /// decide the other way.
  public internal(set) var timingDecided = false
  var decidesTimingOtherwise = false
  /// The window that the own SYN tells.
  var firstWindow = 0
  /// The memory of the receive buffer, where the rules count it.
  var memory: ReceiveMemory?
  /// By what that memory grows, once the connection is open.
  var sizing: DynamicRightSizing?
  /// Whether the user was given the connection that the listener opened.
  var isAccepted = false
  /// The largest segment that the peer takes, options deducted.
  public internal(set) var sendMss = 536
  /// Whether both offered SACK.
  public internal(set) var sackOn = false
  /// How many bits of this end's windows the header leaves out, if both offered scaling; nil if not.
  var windowShift: Int?
  /// Whether both offered timestamps.
  public internal(set) var timestampsOn = false
  /// What the clock of timestamps read when the own SYN was sent first.
  var synStamp: UInt32 = 0
  /// TS.Recent of RFC 7323.
  var tsRecent: UInt32 = 0
  /// When TS.Recent was taken over.
  var tsRecentAt: Microseconds = 0
  /// What TIME_WAIT held when a new SYN took its place.
  var reopened: ReopenedTimeWait?
  /// When SYN or RST were answered by a bare ACK last.
  var lastBadSegmentAck: Microseconds?
  /// What the current stimulus is, for `stateChanged`.
  var cause = TransitionCause.call("none")

  /// An end without a connection; the secret is any number, the same for the same run.
  public init(_ end: End, rules: TCPRules, secret: UInt32 = 0) {
    self.end = end
    self.rules = rules
    self.secret = secret
    roundTrip = RoundTrip(rules: rules)
    rto = rules.initialRto
  }

  /// What TIME_WAIT held before it was given up for a new SYN.
  struct ReopenedTimeWait: Sendable {
    var sndNxt: SequenceNumber
    var rcvNxt: SequenceNumber
    var irs: SequenceNumber?
    var iss: SequenceNumber
    var delivered: [Payload]
    var incarnation: Int
    var timer: RunningTimer?
    var counts: (written: Int, sent: Int, acknowledged: Int)
    var finSeq: SequenceNumber?
    var tsRecent: UInt32
    var timestampsOn: Bool
  }

  // MARK: What can be asked

  /// RCV.WND in bytes: what is left of the window that the peer was told.
  public var rcvWnd: Int { max(0, rcvEdge - rcvNxt) }

  /// How many bytes the user could read.
  public var unreadCount: Int { readable.reduce(0) { $0 + $1.count } }

  /// How many bytes wait to be sent for the first time.
  public var unsentCount: Int { writtenCount - sentCount }

  /// The number behind what the user has written.
  public var writtenEnd: SequenceNumber { iss + 1 + writtenCount }

  /// The end's own stream in its present life.
  public var stream: StreamOrigin { StreamOrigin(end, incarnation: incarnation) }

  /// Whether the own FIN was sent and acknowledged.
  public var isFinAcknowledged: Bool { finSeq.map { sndUna.isAfter($0) } ?? false }

  /// Whether the connection was given up by its user in a way that refuses data.
  var refusesData: Bool { rules.closeEndsReading && isOrphan }

  /// Whether an orphan in FIN_WAIT_2 is kept as Linux does, with no more than its numbers.
  var isMinimalFinWait2: Bool {
    rules.linuxTimeWait && state == .finWait2 && isOrphan && timers[.finWait2] != nil
  }

  /// The clock of the timestamps option, in milliseconds.
  func timestampClock(_ now: Microseconds) -> UInt32 {
    let ticks = (now &+ clockLead &+ 1000).quotientAndRemainder(dividingBy: 1000)
    return UInt32(truncatingIfNeeded: ticks.remainder < 0 ? ticks.quotient - 1 : ticks.quotient)
      &+ secret
  }

  /// The clock of the timestamps option reads a value in microseconds at a time; of it whole milliseconds
  /// are told.
  mutating func setClock(to value: Microseconds, at time: Microseconds) {
    clockLead = value &- time &- 1000 &- Int(secret) * 1000
  }

  /// What is sent at a time tells this of the clock.
  mutating func setStamp(to value: UInt32, at time: Microseconds) { givenStamp = (value, time) }

  /// What a segment tells of the clock: when its turn was to come, where pacing is ahead of time.
  ///
  /// Source: Linux `__tcp_transmit_skb` (`tcp_wstamp_ns`), `tcp_established_options`.
  func stamp(_ now: Microseconds) -> UInt32 {
    if let givenStamp, givenStamp.at == now { return givenStamp.value }
    return timestampClock(max(now, pacing.beganAt))
  }

  // MARK: Reporting and sending

  /// Notes an event; it is constructed only if somebody listens.
  @inline(__always)
  func report(_ event: @autoclosure () -> TCPEvent, _ journal: inout Journal) {
    if journal.isListening { journal.append(.event(event(), after: self)) }
  }

  /// Enters a state.
  mutating func enter(_ next: ConnectionState, _ journal: inout Journal) {
    guard next != state else { return }
    let previous = state
    state = next
    journal.append(.state(previous, next, cause, after: journal.isListening ? self : nil))
  }

  /// Hands a segment to the wire, with window and options filled in, and settles what an ACK settles.
  mutating func send(
    _ flags: SegmentFlags, seq: SequenceNumber, payload: Payload? = nil,
    isRetransmission: Bool = false, isJoined: Bool = false, at now: Microseconds,
    _ journal: inout Journal
  ) {
    // The segments of a piece share their options.
    let reported = isJoined ? journal.lastSent?.segment.sack : nil
    var segment = Segment(flags, seq: seq, payload: payload)
    pace(segment.payloadLength, isJoined: isJoined, at: now)
    let isReset = flags.contains(.rst)
    if flags.contains(.ack) {
      segment.ack = rcvNxt
      if !flags.contains(.syn) { openWindow() }
      if !isReset { noteAckSent(dataLength: segment.payloadLength, at: now, &journal) }
    }
    segment.window = isReset && !flags.contains(.ack) ? 0 : rcvWnd
    if flags.contains(.syn) {
      segment.window = rules.receiveBuffer ?? min(65_535, firstWindow)
      segment.mss = rules.mss
      let scales = !flags.contains(.ack) || windowShift != nil
      segment.windowShift = scales ? rules.windowShift : nil
      segment.sackPermitted = flags.contains(.ack) ? sackOn : rules.offersSack
    } else if sackOn, flags.contains(.ack) {
      segment.sack = reported ?? sackRanges()
      duplicate = nil
    }
    let offers = flags == .syn ? rules.offersTimestamps : timestampsOn
    if offers, !isReset {
      segment.timestamp = TimestampOption(
        value: stamp(now), echo: flags.contains(.ack) ? tsRecent : 0)
    }
    append(segment, isRetransmission: isRetransmission, &journal)
  }

  /// Sends `<SEQ=SND.NXT><ACK=RCV.NXT>`.
  mutating func sendAck(at now: Microseconds, _ journal: inout Journal) {
    send(.ack, seq: sndNxt, at: now, &journal)
  }

  /// Hands a finished segment to the wire.
  mutating func append(
    _ segment: Segment, isRetransmission: Bool = false, _ journal: inout Journal
  ) {
    journal.append(
      .sent(
        Journal.Outgoing(
          segment: segment, isRetransmission: isRetransmission, state: state,
          incarnation: incarnation),
        after: journal.isListening ? self : nil))
  }

  /// Answers a segment for which there is no connection, or one not worth keeping.
  ///
  /// A segment with ACK is answered from that number, without ACK; another one is acknowledged.
  /// Source: RFC 9293, section 3.10.7.1.
  mutating func sendReset(answering segment: Segment, _ journal: inout Journal) {
    guard !segment.flags.contains(.rst) else { return }
    var reset = Segment(.rst, seq: segment.ack, window: 0)
    if !segment.flags.contains(.ack) {
      reset = Segment(
        [.rst, .ack], seq: SequenceNumber(0), ack: segment.seq + segment.length, window: 0)
    }
    append(reset, &journal)
  }

  // MARK: Timing

  /// What may be either way: the likelier, unless it is to be the other.
  ///
  /// Kernels count time in ticks, and when one begins cannot be seen; a wire notes a segment a little later
  /// than the host has sent it.
  mutating func decideByTiming(_ likelier: Bool) -> Bool {
    timingDecided = true
    return likelier != decidesTimingOtherwise
  }

  // MARK: Beginning and ending

  /// Forgets everything of the last life, and begins one.
  mutating func beginLife() {
    var fresh = Endpoint(end, rules: rules, secret: secret)
    fresh.isListening = isListening
    fresh.incarnation = incarnation + 1
    fresh.nextIss = nextIss
    fresh.clockLead = clockLead
    fresh.givenStamp = givenStamp
    fresh.state = state
    fresh.cause = cause
    self = fresh
    recovery.congestionWindow = rules.initialWindow
  }

  /// Chooses ISS: what the script says, or by the clock and the secret.
  ///
  /// Source: RFC 9293, section 3.4.1; Linux `secure_tcp_seq`.
  mutating func chooseIss(
    at now: Microseconds, beyond used: SequenceNumber? = nil, _ journal: inout Journal
  ) {
    var source = IssSource.given
    if let used {
      (iss, source) = (used, .beyondTimeWait)
    } else if let given = nextIss {
      iss = given
    } else {
      let secret = UInt32(truncatingIfNeeded: SplitMix64.mix(UInt64(self.secret) + 1))
      let ticks = now * 1000 / rules.isnTickNanoseconds
      let clockOn = rules.guards.contains(.isnClock)
      iss = SequenceNumber(secret &+ (clockOn ? UInt32(truncatingIfNeeded: ticks) : 0))
      source = clockOn ? .clock : .fixed
    }
    nextIss = nil
    (sndUna, sndNxt) = (iss, iss)
    let chosen = iss
    report(.issChosen(end, chosen, source), &journal)
  }

  /// Ends the connection without a word on the wire.
  mutating func closeNow(_ journal: inout Journal, listening: Bool = false) {
    let stopped = timers.running
    timers = Timers()
    outstanding = []
    discardKept()
    reopened = nil
    enter(listening ? .listen : .closed, &journal)
    reportStopped(stopped, &journal)
  }

  /// The connection broke: the user will be told, what was to be sent is dropped.
  mutating func breakConnection(
    _ reason: ResetReason, error: CallError?, _ journal: inout Journal
  ) {
    if pendingError == nil { pendingError = error }
    readingEnded = true
    writtenCount = sentCount
    writeQueue = WriteQueue()
    closeNow(&journal)
    report(.connectionReset(end, reason), &journal)
  }
}
