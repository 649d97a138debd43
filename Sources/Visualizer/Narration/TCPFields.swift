import Models

/// The fields of TCP's events in `steps --json`.
///
/// Numbers are relative to the ISN of whoever counts them; `rawSeq` and `rawAck` are as in the
/// header. `segment` counts from 0 in the order of sending, `connection` from 1 as scripts do.
/// Every event ends with the time and the states of both ends of its connection after it.
struct TCPFields {
  let event: TCPEvent
  let network: TCPNetwork

  typealias Fields = [(name: String, value: FieldValue)]

  init(_ event: TCPEvent, _ moment: Moment<TCPNetwork>) {
    self.event = event
    network = moment.after
  }

  var all: Fields { own + common }

  /// What every event has.
  private var common: Fields {
    let index = event.connection
    let connection = network.connections.indices.contains(index) ? network.connections[index] : nil
    func state(_ side: Side) -> FieldValue {
      connection.map { .text($0[side].state.rawValue) } ?? .none
    }
    return [
      ("connection", .integer(index + 1)), ("timeMicroseconds", .integer(network.now)),
      ("client", state(.client)), ("server", state(.server)),
    ]
  }

  private var own: Fields {
    switch event {
    case .connectionAdded(_, let clientPort, let serverPort):
      [("clientPort", .integer(clientPort)), ("serverPort", .integer(serverPort))]
    case .userCalled(let end, let call): [side(end)] + Self.call(call)
    case .callReturned(let end, let call, let result):
      [side(end)] + Self.call(call) + Self.result(result)
    case .issChosen(let end, let iss, let source):
      [side(end), ("iss", .integer(Int(iss.value))), ("source", .text(source.rawValue))]
    case .segmentSent(_, let index, _, let again): segment(index) + [("again", .flag(again))]
    case .segmentArrived(_, let index, _):
      segment(index) + [("copy", .integer(network.log[index].arrivals))]
    case .segmentLost(_, let index), .segmentHeld(_, let index): segment(index)
    case .segmentDuplicated(_, let index, let copies):
      segment(index) + [("copies", .integer(copies))]
    case .segmentDiscarded(let end, let reason):
      [side(end), ("reason", .text(reason.rawValue))]
    case .segmentKept(let end, let range):
      [
        side(end), ("seq", received(end, range.start)), ("length", .integer(range.count)),
      ]
    case .stateChanged(let end, let from, let to, let cause):
      [
        side(end), ("from", .text(from.rawValue)), ("to", .text(to.rawValue)),
        ("cause", .text(cause.text)),
      ]
    case .timerStarted(let end, let kind, let deadline),
      .timerRestarted(let end, let kind, let deadline):
      [side(end), ("timer", .text(kind.rawValue)), ("deadlineMicroseconds", .integer(deadline))]
    case .timerExpired(let end, let kind), .timerStopped(let end, let kind):
      [side(end), ("timer", .text(kind.rawValue))]
    default: more
    }
  }

  private var more: Fields {
    switch event {
    case .rtoBackedOff(let end, let from, let to):
      [side(end), ("fromMicroseconds", .integer(from)), ("toMicroseconds", .integer(to))]
    case .roundTripMeasured(let end, let sample, let srtt, let rto):
      [
        side(end), ("sampleMicroseconds", .integer(sample)), ("srttMicroseconds", .integer(srtt)),
        ("rtoMicroseconds", .integer(rto)),
      ]
    case .dataAcknowledged(let end, let upTo):
      [side(end), ("upTo", .integer(Int(upTo.relative(to: network[end].iss))))]
    case .dataDelivered(let end, let payload): [side(end)] + Self.payload(payload)
    case .streamEnded(let end), .challengeAckSent(let end), .timeWaitReused(let end): [side(end)]
    case .timeWaitRestarted(let end, let deadline):
      [side(end), ("deadlineMicroseconds", .integer(deadline))]
    case .connectionReset(let end, let reason): [side(end), ("reason", .text(reason.rawValue))]
    default: []
    }
  }

  // MARK: - Pieces

  private func side(_ end: End) -> (name: String, value: FieldValue) {
    ("side", .text(end.side.name))
  }

  private func received(_ end: End, _ number: SequenceNumber) -> FieldValue {
    network[end].irs.map { .integer(Int(number.relative(to: $0))) } ?? .none
  }

  private func segment(_ index: Int) -> Fields {
    let record = network.log[index]
    let segment = record.segment
    let hasAck = segment.flags.contains(.ack)
    return [
      ("segment", .integer(index)), ("from", .text(record.sender.side.name)),
      ("to", .text(record.sender.side.peer.name)), ("flags", .text(segment.flags.description)),
      ("seq", record.relativeSeq.map { .integer(Int($0)) } ?? .none),
      ("ack", record.relativeAck.map { .integer(Int($0)) } ?? .none),
      ("length", .integer(segment.payloadLength)), ("rawSeq", .integer(Int(segment.seq.value))),
      ("rawAck", hasAck ? .integer(Int(segment.ack.value)) : .none),
      ("window", .integer(segment.window)), ("incarnation", .integer(record.incarnation)),
    ]
  }

  private static func call(_ call: Call) -> Fields {
    switch call {
    case .send(let count), .receive(let count):
      [("call", .text(call.name)), ("bytes", .integer(count))]
    default: [("call", .text(call.name))]
    }
  }

  private static func result(_ result: CallResult) -> Fields {
    switch result {
    case .done: [("result", .text("done"))]
    case .sent(let count): [("result", .text("sent")), ("count", .integer(count))]
    case .data(let runs):
      [
        ("result", .text("data")), ("count", .integer(runs.reduce(0) { $0 + $1.count })),
        ("incarnations", .texts(runs.map { "\($0.origin.incarnation)" })),
      ]
    case .endOfFile: [("result", .text("end of file"))]
    case .wouldBlock: [("result", .text("would block"))]
    case .failed(let error): [("result", .text("failed")), ("error", .text(error.rawValue))]
    }
  }

  private static func payload(_ payload: Payload) -> Fields {
    [
      ("writer", .text(payload.origin.end.side.name)), ("offset", .integer(payload.offset)),
      ("length", .integer(payload.count)), ("incarnation", .integer(payload.origin.incarnation)),
    ]
  }
}

extension TCPEvent {
  /// The index of the connection that the event is about.
  var connection: Int {
    switch self {
    case .connectionAdded(let index, _, _): index
    default: end?.connection ?? 0
    }
  }

  /// The end at which the event happens; for a segment on its way, its sender; nil for none.
  var end: End? {
    switch self {
    case .connectionAdded: nil
    case .userCalled(let end, _), .callReturned(let end, _, _), .issChosen(let end, _, _),
      .segmentSent(let end, _, _, _), .segmentLost(let end, _), .segmentHeld(let end, _),
      .segmentDuplicated(let end, _, _), .segmentArrived(let end, _, _),
      .segmentDiscarded(let end, _), .segmentKept(let end, _), .stateChanged(let end, _, _, _),
      .timerStarted(let end, _, _), .timerRestarted(let end, _, _), .timerExpired(let end, _),
      .timerStopped(let end, _), .rtoBackedOff(let end, _, _),
      .roundTripMeasured(let end, _, _, _), .dataAcknowledged(let end, _),
      .dataDelivered(let end, _), .streamEnded(let end), .challengeAckSent(let end),
      .timeWaitRestarted(let end, _), .timeWaitReused(let end), .connectionReset(let end, _):
      end
    }
  }
}
