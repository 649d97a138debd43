import Models

extension LadderEnd {
  /// An end of a connection in the model at the time that is shown.
  init(_ network: TCPNetwork, _ end: End, now: Microseconds) {
    let endpoint = network[end]
    let base = network.connections[end.connection].iss(of: end.side) ?? endpoint.iss
    func send(_ number: SequenceNumber) -> String {
      endpoint.incarnation == 0 ? "-" : "\(number.relative(to: base))"
    }
    state = Ladder.State(endpoint)
    variables = [
      ("sndUna", send(endpoint.sndUna)),
      ("rcvNxt", endpoint.irs.map { "\(endpoint.rcvNxt.relative(to: $0))" } ?? "-"),
      ("sndNxt", send(endpoint.sndNxt)),
      ("rcvWnd", endpoint.irs == nil ? "-" : "\(endpoint.rcvWnd)"),
      ("sndWnd", endpoint.irs == nil ? "-" : "\(endpoint.sndWnd)"),
      ("iss", endpoint.incarnation == 0 ? "-" : "\(endpoint.iss)"),
    ]
    timers = endpoint.timers.running.map {
      Timer(
        kind: $0.kind, name: Self.name($0.kind), left: max(0, $0.timer.deadline - now),
        duration: $0.timer.duration)
    }
  }

  /// An end of a captured connection: what the packets told of it.
  init(_ observer: WireObserver, _ side: Side) {
    let (end, peer) = (observer[side], observer[side.peer])
    /// Counted from the ISN; where that is not known, as it stands in the packets.
    func number(_ value: SequenceNumber?, from base: SequenceNumber?) -> String {
      guard let value else { return "?" }
      return base.map { "\(value.relative(to: $0))" } ?? "\(value)"
    }
    state = Ladder.State(end)
    variables = [
      ("sndUna", number(peer.acknowledged, from: end.iss)),
      ("rcvNxt", number(end.acknowledged, from: peer.iss)),
      ("sndNxt", number(end.next, from: end.iss)),
      ("rcvWnd", end.window.map { "\($0)" } ?? "?"),
      ("sndWnd", peer.window.map { "\($0)" } ?? "?"), ("iss", end.iss.map { "\($0)" } ?? "?"),
    ]
    timers = nil
  }

  static func name(_ kind: TimerKind) -> String {
    switch kind {
    case .retransmission: "RTO"
    case .lossProbe: "TLP"
    case .reordering: "RACK"
    case .delayedAck: "del. ACK"
    case .timeWait: "2MSL"
    case .finWait2: "FINWAIT2"
    case .persist: "persist"
    case .pacing: "pacing"
    }
  }
}
