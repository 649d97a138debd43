/// One connection of a capture as a ladder: a row a packet, with what is known of both ends.
public struct CaptureLadder: Sendable {
  /// A packet with everything that was concluded from it.
  public struct Row: Sendable {
    /// The packet.
    public var segment: WireSegment
    /// SEG.SEQ counted from the sender's ISN; nil where that is not known.
    public var relativeSeq: UInt32?
    /// SEG.ACK counted from the receiver's ISN; nil without ACK or where that is not known.
    public var relativeAck: UInt32?
    /// The client's states after the packet.
    public var client = PossibleStates.all
    /// Whether the client's states hang on packets of which nothing shows that they arrived.
    public var isClientPresumed = false
    /// The server's states after the packet.
    public var server = PossibleStates.all
    /// Whether the server's states hang on packets of which nothing shows that they arrived.
    public var isServerPresumed = false
    /// What there is to say of it beside states.
    public var notes: [WireEvent] = []

    /// Whether its numbers were seen before.
    public var isRetransmission: Bool {
      notes.contains { if case .retransmissionSeen = $0 { true } else { false } }
    }

    /// The states of an end after the packet.
    public func states(_ side: Side) -> PossibleStates { side == .client ? client : server }

    /// Whether the state of an end is presumed only.
    public func isPresumed(_ side: Side) -> Bool {
      side == .client ? isClientPresumed : isServerPresumed
    }
  }

  /// Something in the capture that no endpoint following RFC 9293 would have sent.
  public struct Anomaly: Sendable, Equatable {
    /// A finding.
    public init(kind: WireAnomaly, side: Side, packet: Int, states: PossibleStates) {
      self.kind = kind
      self.side = side
      self.packet = packet
      self.states = states
    }

    /// What is wrong.
    public var kind: WireAnomaly
    /// Who sent it.
    public var side: Side
    /// Its packet.
    public var packet: Int
    /// The states in which its sender could have been.
    public var states: PossibleStates
  }

  /// The packets with what arrives after each: an observer's operations.
  public private(set) var steps: [WireStep] = []
  /// A row a packet.
  public private(set) var rows: [Row] = []
  /// Everything that no endpoint would have sent.
  public private(set) var anomalies: [Anomaly] = []
  /// The states that each end is known to have gone through, repeats left out.
  public private(set) var paths: [Side: [ConnectionState]] = [.client: [], .server: []]

  /// Runs an observer over the packets of one connection, in the order of their times.
  ///
  /// - Complexity: O(n).
  public init(_ segments: [WireSegment]) {
    var evidence = WireEvidence()
    var indices: [Int: Int] = [:]
    indices.reserveCapacity(segments.count)
    for (index, segment) in segments.enumerated() {
      steps.append(WireStep(segment))
      indices[segment.packet] = index
    }
    // Packet numbers only name packets; what comes before what is their order here.
    var order: [(at: Int, from: Int, WireStep.Arrival)] = []
    let collect: WireEvidence.Sink = { segment, after, isConfirmed in
      let from = indices[segment.packet] ?? 0
      let at = max(from, after.flatMap { indices[$0] } ?? 0)
      order.append((at, from, WireStep.Arrival(segment, isConfirmed: isConfirmed)))
    }
    for segment in segments { evidence.see(segment, arrived: collect) }
    evidence.finish(arrived: collect)
    for (at, _, arrival) in order.sorted(by: { ($0.at, $0.from) < ($1.at, $1.from) }) {
      steps[at].arrivals.append(arrival)
    }
    run()
  }

  /// How many packets back a finding is put to its packet.
  private static let lookback = 1000

  private mutating func run() {
    var observer = WireObserver()
    var rows: [Row] = []
    var anomalies: [Anomaly] = []
    var paths = paths
    rows.reserveCapacity(steps.count)
    for step in steps {
      var row = Row(segment: step.segment)
      observer.perform(step) { event, now in
        switch event {
        case .packetSeen(_, let seq, let ack): (row.relativeSeq, row.relativeAck) = (seq, ack)
        case .stateDerived(let side, _, let to, _, _):
          if let state = to.known, paths[side]?.last != state { paths[side]?.append(state) }
        case .anomaly(let kind, let side, let packet, let states):
          anomalies.append(Anomaly(kind: kind, side: side, packet: packet, states: states))
          // What is wrong with a packet may show only later.
          if let earlier = rows.suffix(Self.lookback).lastIndex(where: {
            $0.segment.packet == packet
          }) {
            rows[earlier].notes.append(event)
          } else {
            row.notes.append(event)
          }
        default: row.notes.append(event)
        }
      }
      (row.client, row.isClientPresumed) = (observer.client.states, observer.client.isPresumed)
      (row.server, row.isServerPresumed) = (observer.server.states, observer.server.isPresumed)
      rows.append(row)
    }
    (self.rows, self.anomalies, self.paths) = (rows, anomalies, paths)
  }
}
