import Models
import Testing

/// The table of states, a row a test: an end in a state, one stimulus, what it sends, where it goes.
///
/// The end's ISS is 100, its peer's 300, as in the RFC's figures.
struct TCPTableTests {
  /// A row of the table.
  struct Row: CustomTestStringConvertible, Sendable {
    var rules = TCPRules.rfc9293
    var state: ConnectionState
    var stimulus: Stimulus
    var sends: [String]
    var next: ConnectionState

    init(
      _ state: ConnectionState, _ stimulus: Stimulus, _ sends: [String],
      _ next: ConnectionState, _ rules: TCPRules = .rfc9293
    ) {
      (self.state, self.stimulus, self.sends, self.next, self.rules) =
        (state, stimulus, sends, next, rules)
    }

    var testDescription: String { "\(rules.name) \(state.rawValue): \(stimulus)" }
  }

  enum Stimulus: Sendable {
    case call(Call)
    /// Flags, SEG.SEQ, SEG.ACK, bytes.
    case arrives(SegmentFlags, UInt32, UInt32, Int)
    case timer(TimerKind)
  }

  // MARK: Ends in every state

  static func end(in state: ConnectionState, _ rules: TCPRules) -> Endpoint {
    var endpoint = Endpoint(End(0, .client), rules: rules)
    var journal = Journal()
    func feed(_ flags: SegmentFlags, _ seq: UInt32, _ ack: UInt32) {
      endpoint.arrive(segment(flags, seq, ack, 0), at: 20_000, &journal)
    }
    func call(_ call: Call) { _ = endpoint.call(call, at: 10_000, &journal) }
    endpoint.nextIss = SequenceNumber(100)
    switch state {
    case .closed: break
    case .listen: call(.listen)
    case .synRcvd:
      call(.listen)
      feed(.syn, 300, 0)
    default:
      call(.connect(automaticPort: false))
      if state == .synSent { break }
      feed([.syn, .ack], 300, 101)
      if state == .established { break }
      if state == .closeWait || state == .lastAck {
        feed([.fin, .ack], 301, 101)
        if state == .lastAck { call(.close) }
        break
      }
      call(.shutdownWrite)
      if state == .finWait1 { break }
      if state == .closing {
        feed([.fin, .ack], 301, 101)
        break
      }
      feed(.ack, 301, 102)
      if state == .timeWait { feed([.fin, .ack], 301, 102) }
    }
    return endpoint
  }

  static func segment(
    _ flags: SegmentFlags, _ seq: UInt32, _ ack: UInt32, _ count: Int
  ) -> Segment {
    let payload =
      count > 0
      ? Payload(
        StreamOrigin(End(0, .server), incarnation: 1), offset: Int(seq &- 301), count: count) : nil
    return Segment(
      flags, seq: SequenceNumber(seq), ack: SequenceNumber(ack), payload: payload)
  }

  @Test(arguments: ConnectionState.allCases) func endsCanBeInEveryState(state: ConnectionState) {
    #expect(Self.end(in: state, .rfc9293).state == state)
    #expect(Self.end(in: state, .linux).state == state)
  }

  @Test(arguments: rows + resets + linuxRows) func rowHolds(row: Row) {
    var endpoint = Self.end(in: row.state, row.rules)
    endpoint.nextIss = SequenceNumber(100)
    var journal = Journal()
    switch row.stimulus {
    case .call(let call): _ = endpoint.call(call, at: 2_000_000, &journal)
    case .arrives(let flags, let seq, let ack, let count):
      endpoint.arrive(Self.segment(flags, seq, ack, count), at: 2_000_000, &journal)
    case .timer(let kind): endpoint.expire(kind, at: 2_000_000, &journal)
    }
    let sent = journal.sent.map(Self.words)
    #expect(sent == row.sends)
    #expect(endpoint.state == row.next)
  }

  static func words(_ outgoing: Journal.Outgoing) -> String {
    let segment = outgoing.segment
    var text = "\(segment.flags) \(segment.seq)"
    if segment.flags.contains(.ack) { text += " ack \(segment.ack)" }
    if segment.payloadLength > 0 { text += " len \(segment.payloadLength)" }
    return text + (outgoing.isRetransmission ? " again" : "")
  }

  // MARK: The rows

  /// Source: RFC 9293, sections 3.3.2 and 3.10.
  static let rows: [Row] = [
    Row(.closed, .call(.listen), [], .listen),
    Row(.closed, .call(.connect(automaticPort: false)), ["SYN 100"], .synSent),
    Row(.closed, .arrives(.rst, 300, 0, 0), [], .closed),
    Row(.closed, .arrives(.syn, 300, 0, 0), ["RST ACK 0 ack 301"], .closed),
    Row(.closed, .arrives(.fin, 300, 0, 5), ["RST ACK 0 ack 306"], .closed),
    Row(.closed, .arrives(.ack, 300, 777, 0), ["RST 777"], .closed),
    Row(.listen, .arrives(.rst, 300, 0, 0), [], .listen),
    Row(.listen, .arrives(.ack, 300, 777, 0), ["RST 777"], .listen),
    Row(.listen, .arrives([.syn, .ack], 300, 777, 0), ["RST 777"], .listen),
    Row(.listen, .arrives(.syn, 300, 0, 0), ["SYN ACK 100 ack 301"], .synRcvd),
    Row(.listen, .arrives(.fin, 300, 0, 0), [], .listen),
    Row(.listen, .call(.connect(automaticPort: false)), ["SYN 100"], .synSent),
    Row(.listen, .call(.close), [], .closed),
    Row(.synSent, .arrives(.ack, 300, 100, 0), ["RST 100"], .synSent),
    Row(.synSent, .arrives(.ack, 300, 102, 0), ["RST 102"], .synSent),
    Row(.synSent, .arrives([.rst, .ack], 300, 102, 0), [], .synSent),
    Row(.synSent, .arrives([.rst, .ack], 0, 101, 0), [], .closed),
    Row(.synSent, .arrives(.rst, 300, 0, 0), [], .synSent),
    Row(.synSent, .arrives(.ack, 300, 101, 0), [], .synSent),
    Row(.synSent, .arrives([.syn, .ack], 300, 101, 0), ["ACK 101 ack 301"], .established),
    Row(.synSent, .arrives(.syn, 300, 0, 0), ["SYN ACK 100 ack 301"], .synRcvd),
    Row(.synSent, .call(.close), [], .closed),
    Row(.synSent, .timer(.retransmission), ["SYN 100 again"], .synSent),
    Row(.synRcvd, .arrives(.ack, 301, 101, 0), [], .established),
    Row(.synRcvd, .arrives(.ack, 301, 100, 0), ["RST 100"], .synRcvd),
    Row(.synRcvd, .arrives(.ack, 301, 102, 0), ["RST 102"], .synRcvd),
    Row(.synRcvd, .arrives(.rst, 301, 0, 0), [], .listen),
    Row(.synRcvd, .arrives(.syn, 300, 0, 0), ["ACK 101 ack 301"], .synRcvd),
    Row(.synRcvd, .arrives(.syn, 350, 0, 0), [], .listen),
    Row(.synRcvd, .arrives([.fin, .ack], 301, 101, 0), ["ACK 101 ack 302"], .closeWait),
    Row(.synRcvd, .call(.close), ["FIN ACK 101 ack 301"], .finWait1),
    Row(.synRcvd, .timer(.retransmission), ["SYN ACK 100 ack 301 again"], .synRcvd),
    Row(.established, .arrives(.ack, 301, 101, 5), [], .established),
    Row(.established, .arrives([.fin, .ack], 301, 101, 0), ["ACK 101 ack 302"], .closeWait),
    Row(.established, .arrives([.fin, .ack], 301, 101, 4), ["ACK 101 ack 306"], .closeWait),
    Row(.established, .arrives([.fin, .ack], 306, 101, 0), ["ACK 101 ack 301"], .established),
    Row(.established, .call(.send(5)), ["ACK 101 ack 301 len 5"], .established),
    Row(.established, .call(.close), ["FIN ACK 101 ack 301"], .finWait1),
    Row(.established, .call(.shutdownWrite), ["FIN ACK 101 ack 301"], .finWait1),
    Row(.established, .arrives([], 301, 0, 5), [], .established),
    Row(.established, .arrives(.ack, 301, 102, 0), ["ACK 101 ack 301"], .established),
    Row(.established, .arrives(.ack, 250, 101, 20), ["ACK 101 ack 301"], .established),
    Row(.finWait1, .arrives(.ack, 301, 102, 0), [], .finWait2),
    Row(.finWait1, .arrives([.fin, .ack], 301, 101, 0), ["ACK 102 ack 302"], .closing),
    Row(.finWait1, .arrives([.fin, .ack], 301, 102, 0), ["ACK 102 ack 302"], .timeWait),
    Row(.finWait1, .arrives(.ack, 301, 101, 5), [], .finWait1),
    Row(.finWait1, .timer(.retransmission), ["FIN ACK 101 ack 301 again"], .finWait1),
    Row(.finWait1, .call(.close), [], .finWait1),
    Row(.finWait2, .arrives(.ack, 301, 102, 5), [], .finWait2),
    Row(.finWait2, .arrives([.fin, .ack], 301, 102, 0), ["ACK 102 ack 302"], .timeWait),
    Row(.finWait2, .call(.close), [], .finWait2),
    Row(.closeWait, .call(.send(5)), ["ACK 101 ack 302 len 5"], .closeWait),
    Row(.closeWait, .call(.close), ["FIN ACK 101 ack 302"], .lastAck),
    Row(.closeWait, .arrives([.fin, .ack], 301, 101, 0), ["ACK 101 ack 302"], .closeWait),
    Row(.closing, .arrives(.ack, 302, 102, 0), [], .timeWait),
    Row(.closing, .arrives([.fin, .ack], 301, 101, 0), ["ACK 102 ack 302"], .closing),
    Row(.closing, .timer(.retransmission), ["FIN ACK 101 ack 302 again"], .closing),
    Row(.closing, .call(.close), [], .closing),
    Row(.lastAck, .arrives(.ack, 302, 102, 0), [], .closed),
    Row(.lastAck, .arrives([.fin, .ack], 301, 102, 0), ["ACK 102 ack 302"], .lastAck),
    Row(.lastAck, .timer(.retransmission), ["FIN ACK 101 ack 302 again"], .lastAck),
    Row(.timeWait, .arrives([.fin, .ack], 301, 102, 0), ["ACK 102 ack 302"], .timeWait),
    Row(.timeWait, .arrives(.ack, 302, 102, 0), [], .timeWait),
    Row(.timeWait, .timer(.timeWait), [], .closed),
    Row(.timeWait, .call(.close), [], .timeWait),
    Row(.established, .call(.abort), ["RST 101"], .closed),
    Row(.finWait1, .call(.abort), ["RST 102"], .closed),
    Row(.finWait2, .call(.abort), ["RST 102"], .closed),
    Row(.closeWait, .call(.abort), ["RST 101"], .closed),
    Row(.synRcvd, .call(.abort), ["RST 101"], .closed),
    Row(.closing, .call(.abort), [], .closed),
    Row(.lastAck, .call(.abort), [], .closed),
    Row(.timeWait, .call(.abort), [], .closed),
    Row(.synSent, .call(.abort), [], .closed),
  ]

  /// RST and SYN in every synchronized state, at the window's edges.
  ///
  /// Source: RFC 9293, section 3.10.7.4, steps 2 and 4; RFC 5961, sections 3 and 4.
  static let resets: [Row] = [
    ConnectionState.established, .finWait1, .finWait2, .closeWait, .closing, .lastAck, .timeWait,
  ].flatMap { state -> [Row] in
    let end = Self.end(in: state, .rfc9293)
    let next = end.rcvNxt.value
    let challenge = "ACK \(end.sndNxt) ack \(next)"
    let edge = next + UInt32(end.rcvWnd)
    return [
      Row(state, .arrives(.rst, next, 0, 0), [], .closed),
      Row(state, .arrives(.rst, next - 1, 0, 0), [], state),
      Row(state, .arrives(.rst, next + 1, 0, 0), [challenge], state),
      Row(state, .arrives(.rst, edge - 1, 0, 0), [challenge], state),
      Row(state, .arrives(.rst, edge, 0, 0), [], state),
      Row(state, .arrives(.syn, 300, 0, 0), [challenge], state),
      Row(state, .arrives(.syn, next + 7, 0, 0), [challenge], state),
      Row(state, .arrives(.syn, edge + 9, 0, 0), [challenge], state),
      Row(state, .arrives(.ack, next - 1, end.sndNxt.value, 0), [challenge], state),
    ]
  }

  /// Where Linux goes another way.
  static let linuxRows: [Row] = [
    Row(.established, .call(.abort), ["RST ACK 101 ack 301"], .closed, .linux),
    Row(.synRcvd, .arrives(.syn, 300, 0, 0), ["SYN ACK 100 ack 301 again"], .synRcvd, .linux),
    Row(.synRcvd, .arrives(.rst, 301, 0, 0), [], .closed, .linux),
    Row(.established, .arrives(.ack, 301, 101, 5), ["ACK 101 ack 306"], .established, .linux),
    Row(.established, .arrives([.fin, .ack], 301, 101, 0), [], .closeWait, .linux),
    Row(.closeWait, .timer(.delayedAck), ["ACK 101 ack 302"], .closeWait, .linux),
    Row(.lastAck, .arrives(.rst, 301, 0, 0), [], .closed, .linux),
    Row(.timeWait, .arrives(.rst, 303, 0, 0), [], .timeWait, .linux),
    Row(.timeWait, .arrives(.syn, 250, 0, 0), ["ACK 102 ack 302"], .timeWait, .linux),
    Row(.timeWait, .arrives(.ack, 302, 102, 0), [], .timeWait, .linux),
    Row(.timeWait, .arrives(.ack, 302, 102, 4), ["ACK 102 ack 302"], .timeWait, .linux),
    Row(.timeWait, .arrives(.ack, 290, 102, 4), ["ACK 102 ack 302"], .timeWait, .linux),
    Row(.timeWait, .call(.close), [], .timeWait, .linux),
  ]
}
