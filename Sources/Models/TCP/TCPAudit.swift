/// Watches a run event by event and notes what must not happen over time.
///
/// Feed it every event with the state right after, from the run's beginning.
public struct TCPAudit: Sendable {
  /// What was found, each as a sentence with the time.
  public private(set) var broken: [String] = []
  /// The least delay of the wire, for I19.
  public var leastDelay: Microseconds = 0

  private var ends: [End: Seen] = [:]
  private var issOf: [StreamOrigin: SequenceNumber] = [:]
  private var finOf: [StreamOrigin: SequenceNumber] = [:]
  private var arrival: (index: Int, mayAnswer: Bool)?

  /// What was seen of one end.
  private struct Seen: Sendable {
    var incarnation = 0
    var iss = SequenceNumber(0)
    var sndUna = SequenceNumber(0)
    var rcvNxt: SequenceNumber?
    var rto: Microseconds = 0
    var timeWaitStart: Microseconds?
    var restarts = 0
    var finArrivals = 0
    var states: [ConnectionState] = []
    var wasReset = false
  }

  /// An audit that has seen nothing.
  public init() {}

  /// The states that an end has passed, in order.
  public func states(of end: End) -> [ConnectionState] { ends[end]?.states ?? [] }

  /// Whether an end's connection broke.
  public func wasReset(_ end: End) -> Bool { ends[end]?.wasReset ?? false }

  /// How often 2MSL was restarted at an end, and how many FINs arrived in TIME_WAIT.
  public func restarts(of end: End) -> (restarts: Int, finArrivals: Int) {
    (ends[end]?.restarts ?? 0, ends[end]?.finArrivals ?? 0)
  }

  /// Takes an event with the state right after it.
  public mutating func note(_ event: TCPEvent, _ network: borrowing TCPNetwork) {
    let now = network.now
    switch event {
    case .issChosen(let end, let iss, _):
      issOf[network[end].stream] = iss
    case .stateChanged(let end, let from, let to, let cause):
      noteState(end, from, to, cause, network[end], now)
    case .segmentSent(let end, let index, let segment, _):
      noteSent(end, network.log[index], segment, network.log, now)
    case .segmentArrived(let end, let index, let segment):
      // An ACK that was owed before may go out now: that is no answer.
      arrival = (index, network[end].timers[.delayedAck] != nil)
      let record = network.log[index]
      if record.cause != .script, now < record.sentAt + leastDelay {
        fail("I19: segment \(index) arrived too early", now)
      }
      if network[end].state == .timeWait, segment.flags.contains(.fin) {
        ends[end, default: Seen()].finArrivals += 1
      }
    case .segmentDiscarded: arrival?.mayAnswer = true
    case .timeWaitRestarted(let end, _): ends[end, default: Seen()].restarts += 1
    case .connectionReset(let end, _): ends[end, default: Seen()].wasReset = true
    case .timerStarted(let end, .timeWait, _), .timerRestarted(let end, .timeWait, _):
      ends[end, default: Seen()].timeWaitStart = now
    case .dataDelivered(let end, let payload):
      if let iss = issOf[payload.origin], iss != network[end].irs {
        fail("I20: bytes of another life were delivered at \(end)", now)
      }
    case .dataAcknowledged(let end, _), .roundTripMeasured(let end, _, _, _):
      ends[end, default: Seen()].rto = 0
    case .userCalled: arrival = nil
    default: break
    }
    for connection in network.connections {
      noteNumbers(connection.client, now)
      noteNumbers(connection.server, now)
    }
  }

  private mutating func fail(_ what: String, _ now: Microseconds) {
    broken.append("\(now) us: \(what)")
  }

  // MARK: States

  /// I1, I11, I16.
  private mutating func noteState(
    _ end: End, _ from: ConnectionState, _ to: ConnectionState, _ cause: TransitionCause,
    _ endpoint: Endpoint, _ now: Microseconds
  ) {
    var seen = ends[end] ?? Seen()
    seen.states.append(to)
    seen.rto = 0
    if !Self.isInTable(from, to, cause) {
      fail("I1: \(from.rawValue) to \(to.rawValue) by \(cause.text)", now)
    }
    if from == .timeWait, to == .closed, cause == .timer(.timeWait) {
      let stayed = now - (seen.timeWaitStart ?? 0)
      if stayed != endpoint.rules.timeWait { fail("I11: TIME_WAIT lasted \(stayed) us", now) }
    }
    ends[end] = seen
  }

  /// Whether the table of states has such a step.
  ///
  /// Source: RFC 9293, section 3.3.2, figure 5, and section 3.10.
  public static func isInTable(
    _ from: ConnectionState, _ to: ConnectionState, _ cause: TransitionCause
  ) -> Bool {
    let byCall: Bool
    var byArrival = false
    var byTimer = false
    switch cause {
    case .call: byCall = true
    case .arrival: (byCall, byArrival) = (false, true)
    case .timer: (byCall, byTimer) = (false, true)
    }
    switch (from, to) {
    case (.closed, .listen), (.closed, .synSent), (.listen, .synSent), (.listen, .closed),
      (.synRcvd, .finWait1), (.established, .finWait1), (.closeWait, .lastAck),
      (.timeWait, .synSent):
      return byCall
    case (.closed, .synRcvd), (.listen, .synRcvd), (.synSent, .established), (.synSent, .synRcvd),
      (.synRcvd, .established), (.synRcvd, .timeWait), (.established, .closeWait),
      (.finWait1, .finWait2), (.finWait1, .closing), (.finWait2, .timeWait),
      (.closing, .timeWait), (.timeWait, .synRcvd):
      return byArrival
    case (.synRcvd, .listen): return byArrival || byTimer
    case (.synSent, .closed), (.synRcvd, .closed), (.established, .closed), (.finWait1, .closed),
      (.finWait2, .closed), (.closing, .closed), (.closeWait, .closed), (.lastAck, .closed),
      (.timeWait, .closed):
      return byCall || byArrival || byTimer
    default: return false
    }
  }

  // MARK: Segments

  /// I5, I6, I13, I14, I15.
  private mutating func noteSent(
    _ end: End, _ record: SegmentRecord, _ segment: Segment, _ log: ChunkedArray<SegmentRecord>,
    _ now: Microseconds
  ) {
    guard record.cause != .script else { return }
    let flags = segment.flags
    if record.senderState == .closed || record.senderState == .listen, !flags.contains(.rst) {
      fail("I13: \(flags) sent in \(record.senderState.rawValue)", now)
    }
    let stream = StreamOrigin(end, incarnation: record.incarnation)
    if let payload = segment.payload, let iss = issOf[stream] {
      if payload.origin != stream || segment.payloadSeq != iss + 1 + payload.offset {
        fail("I6: byte \(payload.offset) sent as \(segment.payloadSeq)", now)
      }
    }
    if let fin = finOf[stream], segment.payloadLength > 0,
      (segment.payloadSeq + segment.payloadLength).isAfter(fin)
    {
      fail("I5: bytes behind the FIN", now)
    }
    if flags.contains(.fin) {
      let seq = segment.end - 1
      if let fin = finOf[stream], fin != seq { fail("I5: the FIN moved to \(seq)", now) }
      finOf[stream] = seq
    }
    guard case .arrival(let index) = record.cause else { return }
    let cause = log[index].segment
    if flags.contains(.rst), cause.flags.contains(.rst) { fail("I14: RST answers RST", now) }
    if segment.isPureAck, cause.isPureAck, let arrival, arrival.index == index,
      !arrival.mayAnswer
    {
      fail("I15: a pure ACK answers a pure ACK", now)
    }
  }

  /// I2, I8.
  private mutating func noteNumbers(_ endpoint: Endpoint, _ now: Microseconds) {
    guard endpoint.incarnation > 0, endpoint.irs != nil else { return }
    var seen = ends[endpoint.end] ?? Seen()
    if seen.incarnation == endpoint.incarnation, seen.iss == endpoint.iss, let rcvNxt = seen.rcvNxt
    {
      if endpoint.rcvNxt.isBefore(rcvNxt) { fail("I2: rcvNxt went back", now) }
      if endpoint.sndUna.isBefore(seen.sndUna) { fail("I2: sndUna went back", now) }
      if endpoint.rto < seen.rto, endpoint.state != .closed { fail("I8: the RTO shrank", now) }
    }
    seen.incarnation = endpoint.incarnation
    seen.iss = endpoint.iss
    seen.sndUna = endpoint.sndUna
    seen.rcvNxt = endpoint.rcvNxt
    seen.rto = max(seen.rto, endpoint.rto)
    if endpoint.outstanding.isEmpty { seen.rto = 0 }
    ends[endpoint.end] = seen
  }
}
