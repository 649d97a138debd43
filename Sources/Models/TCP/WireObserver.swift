/// Somebody who sees the packets of one connection pass and concludes in which states both ends are.
///
/// It runs the rules of RFC 9293 over every state in which an end may be: a packet which an end
/// sends leaves only the states that allow it, a packet which arrives changes those that react to
/// it. Where more than one state is left, the state is not known.
///
/// A wire does not show arrivals. Which packets arrived, and when, is part of the operations;
/// `WireEvidence` finds it out from what the receivers send later.
public struct WireObserver: Model {
  /// A packet with what arrives after it.
  public typealias Operation = WireStep
  /// What is concluded.
  public typealias Event = WireEvent

  /// What is known of the client's end.
  public private(set) var client = WireEnd()
  /// What is known of the server's end.
  public private(set) var server = WireEnd()
  /// How many packets were seen.
  public private(set) var packets = 0
  /// How many anomalies were found.
  public private(set) var anomalies = 0

  /// An observer who has seen nothing.
  public init() {}

  /// The size of the value; it keeps no packets.
  public var footprint: Int { MemoryLayout<WireObserver>.size }

  /// What is known of an end.
  public subscript(_ side: Side) -> WireEnd { side == .client ? client : server }

  /// Sees a packet, then takes note of the arrivals.
  public mutating func perform(_ step: WireStep, observer: Observer?) {
    see(step.segment, observer)
    for arrival in step.arrivals {
      deliver(arrival.segment, isConfirmed: arrival.isConfirmed, observer)
    }
  }

  private mutating func change(_ side: Side, _ body: (inout WireEnd) -> Void) {
    if side == .client { body(&client) } else { body(&server) }
  }

  private mutating func derive(
    _ side: Side, _ states: PossibleStates, _ why: WireReason, isPresumed: Bool = false,
    _ observer: Observer?
  ) {
    let from = self[side].states
    let wasPresumed = self[side].isPresumed
    change(side) {
      $0.states = states
      $0.isPresumed = isPresumed
    }
    if from != states || wasPresumed && !isPresumed {
      observer?(
        .stateDerived(side, from: from, to: states, why: why, isPresumed: isPresumed), self)
    }
  }

  private mutating func report(
    _ anomaly: WireAnomaly, _ side: Side, packet: Int, _ observer: Observer?
  ) {
    anomalies += 1
    observer?(.anomaly(anomaly, side, packet: packet, states: self[side].states), self)
  }

  // MARK: - A packet is seen

  /// Takes note of a packet that an end sent.
  mutating func see(_ segment: WireSegment, _ observer: Observer?) {
    packets += 1
    let side = segment.sender
    if segment.flags.contains([.syn, .ack]), self[side.peer].iss == nil {
      change(side.peer) { $0.iss = segment.ack - 1 }
    }
    if segment.flags.contains(.syn), self[side].iss == nil {
      change(side) { $0.iss = segment.seq }
    }
    let (end, peer) = (self[side], self[side.peer])
    if let observer {
      let relativeAck = peer.iss.map { segment.ack.relative(to: $0) }
      observer(
        .packetSeen(
          segment, relativeSeq: end.iss.map { segment.seq.relative(to: $0) },
          relativeAck: segment.flags.contains(.ack) ? relativeAck : nil), self)
    }
    guard !reportBadFlags(segment, observer) else { return }
    noteOrder(segment, end, peer, observer)
    reportBadNumbers(segment, end, peer, observer)
    if end.showsOpenStream(segment) {
      // The end has not closed before, so no FIN of it has arrived.
      let left = self[side.peer].states.subtracting(.withPeerFin)
      if !left.isEmpty, left != self[side.peer].states {
        derive(side.peer, left, .peerStillSends(packet: segment.packet), observer)
      }
    }
    deriveSender(segment, observer)
    remember(segment)
  }

  /// Reports flags that no segment has; whether there are any.
  private mutating func reportBadFlags(_ segment: WireSegment, _ observer: Observer?) -> Bool {
    let flags = segment.flags
    let exclusive = flags.intersection([.syn, .fin, .rst])
    if exclusive.rawValue.nonzeroBitCount > 1 {
      report(.contradictingFlags, segment.sender, packet: segment.packet, observer)
      return true
    }
    if flags.isDisjoint(with: [.ack, .syn, .rst]) {
      report(.ackMissing, segment.sender, packet: segment.packet, observer)
      return true
    }
    return false
  }

  /// Tells repetitions, late segments and gaps apart.
  private mutating func noteOrder(
    _ segment: WireSegment, _ end: WireEnd, _ peer: WireEnd, _ observer: Observer?
  ) {
    guard let next = end.next, !segment.flags.contains(.rst) else { return }
    let side = segment.sender
    if segment.seq.isAfter(next) {
      let gap = SequenceRange(next, segment.seq)
      change(side) { $0.hole = SequenceRange($0.hole?.start ?? next, segment.seq) }
      observer?(.gapSeen(side, packet: segment.packet, count: gap.count), self)
      return
    }
    guard segment.seq.isBefore(next) else { return }
    if segment.isPlain, segment.payloadLength <= 1, segment.seq + 1 == next,
      peer.acknowledged == next
    {
      observer?(.keepAliveSeen(side, packet: segment.packet), self)
    } else if segment.length == 0 || end.iss.map(segment.seq.isBefore) ?? false {
      // An acknowledgment that was overtaken occupies no numbers, and what lies before the ISN was
      // never sent.
    } else if let hole = end.hole, segment.seq.isAtOrAfter(hole.start),
      segment.end.isAtOrBefore(hole.end)
    {
      let left = SequenceRange(
        segment.seq == hole.start ? segment.end : hole.start,
        segment.end == hole.end && segment.seq != hole.start ? segment.seq : hole.end)
      change(side) { $0.hole = left.count > 0 ? left : nil }
      observer?(.outOfOrderSeen(side, packet: segment.packet), self)
    } else {
      observer?(.retransmissionSeen(side, packet: segment.packet), self)
    }
  }

  /// How far apart, in nanoseconds, packets may be written down in the wrong order.
  private static let shuffledWithin = 3_000_000

  private mutating func reportBadNumbers(
    _ segment: WireSegment, _ end: WireEnd, _ peer: WireEnd, _ observer: Observer?
  ) {
    let side = segment.sender
    let packet = segment.packet
    if let fin = end.fin {
      if segment.flags.contains(.fin), segment.finNumber != fin {
        report(.finMoved, side, packet: packet, observer)
      } else if segment.payloadLength > 0, segment.finNumber.isAfter(fin),
        !segment.flags.contains(.rst)
      {
        report(.dataBehindFin, side, packet: packet, observer)
      }
    } else if segment.flags.contains(.fin), let next = end.next, segment.finNumber.isBefore(next) {
      report(.finBeforeData, side, packet: packet, observer)
    }
    if let peerFin = peer.fin, segment.flags.contains(.ack), !segment.flags.contains(.rst),
      segment.ack.isAfter(peerFin + 1)
    {
      // Nothing follows a FIN.
      report(.ackOfUnsent, side, packet: packet, observer)
    }
    if let unseen = peer.unseenAck, !segment.flags.contains(.rst) {
      // The peer acknowledged more than was seen. If what follows lies before that, it was not sent;
      // unless a capture at several places wrote the two down in the wrong order.
      let isShuffled = segment.length > 0 && segment.time - unseen.time < Self.shuffledWithin
      if end.next == segment.seq, segment.seq.isBefore(unseen.number), !isShuffled {
        report(.ackOfUnsent, side.peer, packet: unseen.packet, observer)
        change(side.peer) {
          if $0.acknowledged == unseen.number { $0.acknowledged = unseen.former }
        }
      }
      change(side.peer) { $0.unseenAck = nil }
    }
    if let edge = peer.edge, segment.payloadLength > 1, end.isNew(segment),
      segment.finNumber.isAfter(edge + 1)
    {
      report(.beyondWindow, side, packet: packet, observer)
    }
  }

  private mutating func deriveSender(_ segment: WireSegment, _ observer: Observer?) {
    let side = segment.sender
    let end = self[side]
    if segment.isPlain, end.states == .established, !end.isPresumed { return }
    var states = end.statesAfterSending(segment)
    if let peerFin = self[side.peer].fin, segment.flags.contains(.ack),
      !segment.flags.contains(.rst)
    {
      // What it acknowledges tells whether the peer's FIN has arrived.
      let hasPeerFin = segment.ack.isAfter(peerFin)
      let left =
        hasPeerFin
        ? states.intersection(.withPeerFin.union(.closed)) : states.subtracting(.withPeerFin)
      if !left.isEmpty { states = left }
    }
    if segment.length == 0, end.showsOpenStream(segment) {
      let left = states.intersection([.established, .closeWait, .synRcvd])
      if !left.isEmpty { states = left }
    }
    if states.isEmpty {
      if !answersUnseen(segment, end) { reportImpossible(segment, end, observer) }
      if segment.flags.contains(.syn) { return }
      var fresh = end
      fresh.states = .all
      states = fresh.statesAfterSending(segment)
      if states.isEmpty { return }
    }
    derive(side, states, .sent(packet: segment.packet, segment.flags), observer)
  }

  /// Whether a segment only shows that the handshake was not captured whole: a client goes on as if
  /// its SYN had been answered, or a server whose client was never seen.
  private func answersUnseen(_ segment: WireSegment, _ end: WireEnd) -> Bool {
    let peer = self[segment.sender.peer]
    guard segment.seq == end.next, segment.flags.contains(.ack), !segment.flags.contains(.syn)
    else { return false }
    return end.states == .synSent && peer.iss == nil || end.states == .synRcvd && peer.next == nil
  }

  private mutating func reportImpossible(
    _ segment: WireSegment, _ end: WireEnd, _ observer: Observer?
  ) {
    let side = segment.sender
    if segment.flags.contains(.fin), end.fin != nil, segment.finNumber != end.fin { return }
    if let fin = end.fin, segment.payloadLength > 0, segment.finNumber.isAfter(fin) { return }
    if segment.flags.contains(.syn) {
      let isMoved = !end.isActive || segment.flags.contains(.ack)
      let kind: WireAnomaly =
        end.states.known?.isSynchronized == true && !segment.flags.contains(.ack)
        ? .synWhileConnected : isMoved && end.iss != segment.seq ? .synMoved : .impossibleInState
      return report(kind, side, packet: segment.packet, observer)
    }
    report(.impossibleInState, side, packet: segment.packet, observer)
  }

  /// What is known once a packet's own numbers are taken note of, which happens after all that is
  /// concluded from it.
  public func having(seen segment: WireSegment) -> WireObserver {
    var observer = self
    observer.remember(segment)
    return observer
  }

  /// Keeps the numbers of a segment for those that follow.
  private mutating func remember(_ segment: WireSegment) {
    let side = segment.sender
    let flags = segment.flags
    let peer = self[side.peer]
    change(side) { end in
      if flags.contains(.syn) {
        if !flags.contains(.ack) { end.isActive = true }
        end.windowScale = segment.windowScale
      }
      if flags.contains(.rst) {
        end.hasReset = true
      } else {
        if flags.contains(.fin), end.fin == nil { end.fin = segment.finNumber }
        if end.next.map({ segment.end.isAfter($0) }) ?? true {
          end.next = segment.end
          end.endsInData = segment.length > 0 && !flags.contains(.fin)
        }
      }
      guard flags.contains(.ack), !flags.contains(.rst) else { return }
      if end.acknowledged.map({ segment.ack.isAfter($0) }) ?? true {
        let former = end.acknowledged
        end.acknowledged = segment.ack
        if let seen = peer.next, segment.ack.isAfter(seen) {
          end.unseenAck = WireEnd.UnseenAck(
            number: segment.ack, packet: segment.packet, time: segment.time, former: former)
        }
      }
      let shift: UInt8?
      switch (end.windowScale, peer.windowScale) {
      case (.shift(let own), .shift): shift = flags.contains(.syn) ? 0 : min(own, 14)
      case (.absent, .shift), (.shift, .absent), (.absent, .absent): shift = 0
      default: shift = nil
      }
      // The window of a SYN is never scaled.
      end.window =
        flags.contains(.syn) ? Int(segment.window) : shift.map { Int(segment.window) << Int($0) }
      if let window = end.window, shift != nil {
        let edge = segment.ack + window
        if end.edge.map({ edge.isAfter($0) }) ?? true { end.edge = edge }
      }
    }
  }

  // MARK: - A packet arrives

  /// Takes note that a packet reached the end that it was sent to.
  mutating func deliver(_ segment: WireSegment, isConfirmed: Bool, _ observer: Observer?) {
    let side = segment.sender.peer
    let end = self[side]
    let states = end.statesAfterArrival(segment)
    guard states != end.states else { return }
    derive(
      side, states, .arrived(packet: segment.packet, segment.flags), isPresumed: !isConfirmed,
      observer)
  }
}
