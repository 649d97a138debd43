/// What an end does where the RFC leaves room, and which protections are on.
///
/// `rfc9293` follows the RFC's text with its recommended numbers. `linux` does what Linux 6.18 was
/// seen to do. Every difference is a member here; the code asks for members, never for a name.
public struct TCPRules: Sendable, Equatable {
  /// The rules' name as scenarios write it: `rfc9293` or `linux`.
  public var name: String

  /// What keeps segments of an old connection out of a new one; each can be switched off.
  public var guards: Guards = [.timeWait, .isnClock, .ackRange, .challengeAck]

  // MARK: Time

  /// How long TIME_WAIT lasts after its last restart: 2MSL.
  ///
  /// Source: RFC 9293, sections 3.4.2 and 3.6.1 (MSL 2 minutes); Linux `TCP_TIMEWAIT_LEN`.
  public var timeWait: Microseconds = 240_000_000
  /// How long an end without user stays in FIN_WAIT_2; nil: for ever.
  ///
  /// Source: Linux `tcp_fin_timeout`.
  public var finWait2Timeout: Microseconds?
  /// The RTO before any sample.
  ///
  /// Source: RFC 6298, section 2.1.
  public var initialRto: Microseconds = 1_000_000
  /// The least RTO, or for `linux` the least variance term.
  ///
  /// Source: RFC 6298, section 2.4.
  public var minRto: Microseconds = 1_000_000
  /// The greatest RTO.
  ///
  /// Source: RFC 6298, section 2.5; Linux `TCP_RTO_MAX`.
  public var maxRto: Microseconds = 60_000_000
  /// Whether the variance is tracked the way Linux does, with a floor of `minRto` for its term.
  ///
  /// Source: Linux `tcp_rtt_estimator`.
  public var linuxRoundTrip = false
  /// The RTO for the first data after a SYN was sent again and nothing could be measured.
  ///
  /// Source: RFC 6298, section 5.7; Linux `tcp_init_metrics`.
  public var rtoAfterLostSyn: Microseconds = 3_000_000
  /// One tick of the clock that drives the ISN, in nanoseconds.
  ///
  /// Source: RFC 9293, section 3.4.1 (about 4 us); Linux `secure_tcp_seq` (64 ns).
  public var isnTickNanoseconds = 4000
  /// How many SYN retransmissions keep the first RTO before it doubles.
  ///
  /// Source: Linux `tcp_syn_linear_timeouts`.
  public var linearSynTimeouts = 0
  /// How often a SYN is sent again before giving up; nil: `synPatience` decides.
  ///
  /// Source: Linux `tcp_syn_retries`.
  public var synRetries: Int?
  /// How often a SYN ACK is sent again.
  ///
  /// Source: Linux `tcp_synack_retries`.
  public var synAckRetries: Int?
  /// R2 for a SYN.
  ///
  /// Source: RFC 9293, section 3.8.3.
  public var synPatience: Microseconds = 180_000_000
  /// R2 for data and FIN.
  ///
  /// Source: RFC 9293, section 3.8.3; Linux `tcp_retries2`.
  public var dataPatience: Microseconds = 100_000_000
  /// R2 for an end without user; nil: as with one.
  ///
  /// Source: Linux `tcp_orphan_retries`.
  public var orphanPatience: Microseconds?

  // MARK: Acknowledging

  /// How an acknowledgment of data is delayed.
  public var ackDelay = AckDelay.everySecondSegment(200_000)
  /// The acknowledgment of a FIN may wait as well, where the peer's stream alone has ended.
  ///
  /// Source: RFC 9293, section 3.8.6.3; RFC 1122, section 4.2.3.2; Linux `tcp_fin`.
  public var delaysAckOfFin = false
  /// A congestion window that a program does not use does not grow, and shrinks after a while and behind a
  /// pause.
  ///
  /// Source: RFC 7661; Linux `tcp_cwnd_validate`, `tcp_slow_start_after_idle`.
  public var validatesWindow = false
  /// At most one acknowledgment of bad segments in this time; nil: no limit.
  ///
  /// Source: Linux `tcp_invalid_ratelimit`.
  public var badSegmentAckInterval: Microseconds?

  // MARK: Sending

  /// Small segments wait while earlier ones are unacknowledged.
  ///
  /// Source: RFC 9293, section 3.7.4.
  public var nagle = true
  /// The congestion window at the start, in segments.
  ///
  /// Source: RFC 6928.
  public var initialWindow = Recovery.initialWindow
  /// How often a SYN, or SYN ACK, must have gone again for the congestion window to begin at one segment.
  ///
  /// Source: RFC 5681, section 3.1; Linux `tcp_init_transfer` (more than once).
  public var lostSynsForSmallWindow = 1
  /// How the congestion window shrinks and grows.
  public var congestionControl = CongestionControl.reno
  /// A FIN without data waits for room in the congestion window as any segment does.
  ///
  /// RFC 5681 counts bytes, of which such a FIN has none.
  /// Source: Linux `tcp_cwnd_test`.
  public var finNeedsWindow = false
  /// Small segments that are sent again are joined.
  ///
  /// Source: Linux `tcp_retrans_collapse`.
  public var joinsWhenResending = false
  /// The tail of a flight is probed before the RTO.
  ///
  /// Source: RFC 8985, section 7; Linux TLP.
  public var tailLossProbe = false
  /// Losses are found by time and selective acknowledgments, not by counting duplicates.
  ///
  /// Source: RFC 8985, section 6; Linux RACK.
  public var timeBasedLossDetection = false
  /// A recovery that turns out not to have been needed is taken back.
  ///
  /// Source: RFC 5682; RFC 3708; Linux `tcp_undo_cwnd_reduction`, `tcp_process_loss`.
  public var takesBackRecoveries = false
  /// Tells the peer what arrived twice, and reads what it tells.
  ///
  /// Source: RFC 2883; Linux `tcp_dsack`.
  public var reportsDuplicates = false
  /// How much sooner than any answer so far the answer may come to what a probe or the wait for what is
  /// late sent again.
  ///
  /// It is for ladders from a wire, which notes such a segment a little later than the host has sent it.
  public var timerSlack: Microseconds = 0
  /// BBR's pacing may hold a piece back for a round trip longer than the known rate asks for, unless the
  /// piece is let go.
  ///
  /// It is for ladders of real systems, whose rate follows chance as well (Linux `bbr_cycle_rand`).
  public var pacesLoosely = false
  /// Hands several segments to the device in one piece: it waits for room for a whole one, and what goes
  /// again is cut into segments anew.
  ///
  /// Source: Linux `tcp_tso_autosize`, `tcp_tso_should_defer`, `__tcp_retransmit_skb`.
  public var sendsPieces = false
  /// Offers selective acknowledgments.
  ///
  /// Source: RFC 2018; Linux `tcp_sack`.
  public var offersSack = false
  /// Offers timestamps, on which the guard `paws` builds.
  ///
  /// Source: RFC 7323.
  public var offersTimestamps = false
  /// The size of the header below TCP's, in bytes: 20 of IPv4, 40 of IPv6.
  public var networkHeader = 20
  /// The maximum segment size offered, in bytes.
  public var mss = 1460
  /// The receive buffer, in bytes; nil: as large as Linux has it, which counts the memory of segments
  /// and not their bytes.
  ///
  /// Source: Linux `tcp_win_from_space`.
  public var receiveBuffer: Int? = 65535
  /// The memory of the receive buffer, where that is what counts.
  public var receiveMemory = ReceiveMemory.Size()
  /// Offers window scaling, with so many bits that the header leaves out; nil: does not offer it.
  ///
  /// Source: RFC 7323, section 2.3; Linux `tcp_select_initial_window`.
  public var windowShift: UInt8?

  // MARK: Closing

  /// `close` gives up reading as well: later data is answered by a reset.
  ///
  /// Source: RFC 9293, section 3.6.1 (MAY-1); Linux `tcp_rcv_state_process`.
  public var closeEndsReading = false
  /// `close` with unread bytes sends a reset in place of the FIN.
  ///
  /// Source: RFC 9293, section 3.6.1 (SHLD-3); RFC 2525, section 2.17.
  public var resetsOnUnread = true
  /// Resets that this end's user causes carry ACK.
  ///
  /// Source: Linux `tcp_send_active_reset`.
  public var abortCarriesAck = false
  /// A reset in CLOSING and LAST_ACK is told to the user, who may not have closed but only ended
  /// the own stream.
  ///
  /// The RFC knows no such user, and enters CLOSED quietly.
  ///
  /// Source: RFC 9293, section 3.10.7.4, step 2; Linux `tcp_reset`.
  public var tellsResetWhileClosing = false
  /// A reset in TIME_WAIT is ignored.
  ///
  /// Source: RFC 1337, section 3 (F1); Linux `tcp_rfc1337`.
  public var ignoresResetInTimeWait = false
  /// Any segment with ACK but a reset restarts 2MSL, and other habits of Linux's TIME_WAIT.
  ///
  /// Source: Linux `tcp_timewait_state_process`.
  public var linuxTimeWait = false
  /// A new SYN may take the place of a connection in TIME_WAIT.
  ///
  /// Source: RFC 9293, section 3.6.1 (MAY-2).
  public var reopensTimeWait = true
  /// The receive window in TIME_WAIT, where it is smaller than before: the one in the header, of a
  /// system that otherwise takes as much as its buffer holds; nil: as before.
  public var timeWaitWindow: Int?
  /// A connection that TIME_WAIT gave up for a new SYN returns to it if the SYN was an old one.
  ///
  /// Source: RFC 9293, section 3.6.1 (MAY-2).
  public var reopeningFallsBack = true
  /// May `connect` with a port of the system's choice reuse a connection in TIME_WAIT?
  /// Source: Linux `tcp_tw_reuse`.
  public var reusesTimeWait = false
  /// How long such a TIME_WAIT must have lasted.
  ///
  /// Source: Linux `tcp_tw_reuse_delay`.
  public var reuseDelay: Microseconds = 1_000_000

  // MARK: Details of arrival

  /// Segments with both SYN and FIN are dropped unread by an end that has no connection yet.
  ///
  /// Where there is one, the RFC says what a stray SYN does, whatever else is set.
  ///
  /// Source: FreeBSD `net.inet.tcp.drop_synfin`.
  public var dropsSynFin = false
  /// Linux's handling of SYN_RCVD as a request, of resets one number early, of acceptability.
  ///
  /// Source: Linux `tcp_check_req`, `tcp_validate_incoming`, `tcp_sequence`.
  public var linuxArrival = false

  /// The protections, by the names that scenarios use.
  public struct Guards: OptionSet, Sendable, Equatable {
    /// See `OptionSet`.
    public var rawValue: Int

    /// See `OptionSet`.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// TIME_WAIT is kept.
    ///
    /// Off: the end forgets the connection at once.
    public static let timeWait = Guards(rawValue: 1)
    /// The ISN grows with the clock.
    ///
    /// Off: a connection gets the same ISN every time.
    /// Source: RFC 9293, section 3.4.1.
    public static let isnClock = Guards(rawValue: 2)
    /// Segments with an ACK out of range are dropped.
    ///
    /// Source: RFC 5961, section 5.
    public static let ackRange = Guards(rawValue: 4)
    /// Inexact resets and SYNs are answered by an ACK only.
    ///
    /// Source: RFC 5961, sections 3 and 4.
    public static let challengeAck = Guards(rawValue: 8)
    /// Segments with an old timestamp are dropped.
    ///
    /// Source: RFC 7323, section 5.
    public static let paws = Guards(rawValue: 16)
    /// Every new connection takes another port.
    ///
    /// Source: RFC 6056.
    public static let randomPorts = Guards(rawValue: 32)

    /// All guards with their names.
    public static let named: [(name: String, value: Guards)] = [
      ("time-wait", .timeWait), ("isn-clock", .isnClock), ("ack-range", .ackRange),
      ("challenge-ack", .challengeAck), ("paws", .paws), ("random-ports", .randomPorts),
    ]
  }

  /// How the congestion window shrinks at a loss and grows again, in segments.
  ///
  /// They differ in how many segments go again at once.
  public enum CongestionControl: Sendable, Equatable {
    /// By the RFCs: to seven tenths, paced by what arrives, and back as RFC 5681 says.
    ///
    /// Source: RFC 5681, RFC 6937, RFC 9438, section 4.6; Linux `tcp_cwnd_reduction`.
    case reno
    /// CUBIC.
    ///
    /// Source: RFC 9438; Linux `tcp_cubic.c`, `tcp_cwnd_reduction`.
    case cubic
    /// BBR, version 1.
    ///
    /// Source: Linux `tcp_bbr.c`.
    case bbr
  }

  /// How long an acknowledgment of data waits for company.
  public enum AckDelay: Sendable, Equatable {
    /// Never.
    case none
    /// So long, but not past the second segment. Source: RFC 9293, section 3.8.6.3.
    case everySecondSegment(Microseconds)
    /// Linux: at once at a connection's start and after trouble, else 40 ms and more.
    /// Source: Linux `__tcp_ack_snd_check`, `tcp_send_delayed_ack`.
    case adaptive
  }

  /// The RFC's rules with its recommended numbers.
  public static let rfc9293 = TCPRules(name: "rfc9293")

  /// What Linux 6.18 does with its default settings.
  public static let linux: TCPRules = {
    var rules = TCPRules(name: "linux")
    rules.guards.insert(.paws)
    rules.timeWait = 60_000_000
    rules.finWait2Timeout = 60_000_000
    rules.minRto = 200_000
    rules.maxRto = 120_000_000
    rules.congestionControl = .cubic
    rules.linuxRoundTrip = true
    rules.isnTickNanoseconds = 64
    rules.linearSynTimeouts = 4
    rules.synRetries = 6
    rules.synAckRetries = 5
    rules.dataPatience = 924_600_000
    rules.orphanPatience = 102_200_000
    rules.ackDelay = .adaptive
    rules.delaysAckOfFin = true
    rules.validatesWindow = true
    rules.badSegmentAckInterval = 500_000
    rules.finNeedsWindow = true
    rules.lostSynsForSmallWindow = 2
    rules.joinsWhenResending = true
    rules.tailLossProbe = true
    rules.timeBasedLossDetection = true
    rules.takesBackRecoveries = true
    rules.reportsDuplicates = true
    rules.sendsPieces = true
    rules.offersSack = true
    rules.offersTimestamps = true
    rules.receiveBuffer = nil
    rules.windowShift = 10
    rules.closeEndsReading = true
    rules.abortCarriesAck = true
    rules.tellsResetWhileClosing = true
    rules.linuxTimeWait = true
    rules.reopeningFallsBack = false
    rules.linuxArrival = true
    return rules
  }()
}
