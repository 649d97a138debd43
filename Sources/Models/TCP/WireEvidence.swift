/// Finds out from what the ends send which packets had reached them before.
///
/// Whatever an end sends carries its RCV.NXT, so that it shows whether a SYN or FIN of the peer had
/// arrived; and an end which repeats its own SYN or FIN had not seen an acknowledgment of it. A
/// packet that waits for such evidence is under way; at the end of the capture those left are
/// presumed to arrive, unless something spoke against it.
///
/// Keeps no more than the few packets under way, so that it can watch any number of connections.
public struct WireEvidence: Sendable {
  /// What is concluded so far, packets under way left out.
  public private(set) var observer = WireObserver()
  private var toClient: [Pending] = []
  private var toServer: [Pending] = []

  /// A packet which is under way, or lost.
  private struct Pending: Sendable {
    var segment: WireSegment
    /// The latest packet which the receiver sent without having got this one.
    var contradiction: Int?
  }

  /// A packet that arrived; the last packet, if any, which its receiver sent without having got it;
  /// whether the arrival is sure.
  public typealias Sink = (_ segment: WireSegment, _ after: Int?, _ isConfirmed: Bool) -> Void

  private static let limit = 16

  /// Evidence of a connection of which nothing was seen.
  public init() {}

  /// Takes the next packet; tells of those that must have arrived before it was sent.
  ///
  /// The observer is told of what the packet itself shows, as by `WireObserver.perform`.
  public mutating func see(
    _ segment: WireSegment, arrived: Sink? = nil, observer listener: WireObserver.Observer? = nil
  ) {
    let side = segment.sender
    if side == .client ? !toClient.isEmpty : !toServer.isEmpty { settle(segment, arrived) }
    let before = observer[side].next
    observer.see(segment, listener)
    guard matters(segment, observer[side.peer], sent: before) else { return }
    if side == .client {
      Self.add(segment, &toServer)
    } else {
      Self.add(segment, &toClient)
    }
  }

  /// Ends the capture: what is still under way is presumed to arrive.
  public mutating func finish(arrived: Sink? = nil) {
    let left = toClient + toServer
    (toClient, toServer) = ([], [])
    for pending in left {
      let isReset = pending.segment.flags.contains(.rst)
      guard pending.contradiction == nil || isReset else { continue }
      let end = observer[pending.segment.sender.peer]
      if isReset, pending.contradiction != nil, !Self.isExact(pending.segment, end, sent: nil) {
        continue
      }
      take(pending, isConfirmed: false, arrived)
    }
  }

  private mutating func take(_ pending: Pending, isConfirmed: Bool, _ arrived: Sink?) {
    observer.deliver(pending.segment, isConfirmed: isConfirmed, nil)
    arrived?(pending.segment, pending.contradiction, isConfirmed)
  }

  // MARK: - Which packets matter

  /// Whether an arrival of the segment may change the state of the end that it is sent to.
  private func matters(_ segment: WireSegment, _ end: WireEnd, sent: SequenceNumber?) -> Bool {
    if segment.flags.contains(.rst) { return Self.isExact(segment, end, sent: sent) }
    if !segment.flags.isDisjoint(with: [.syn, .fin]) {
      return segment.flags.isDisjoint(with: .rst)
    }
    guard segment.flags.contains(.ack), end.states != .established else { return false }
    return end.statesAfterArrival(segment) != end.states || end.covers(fin: segment)
  }

  /// Whether a reset has the number which the end expects next, as far as that can be known.
  ///
  /// Others are answered by a challenge ACK only.
  ///
  /// Source: RFC 9293, section 3.10.7.4, first and second check; RFC 5961, section 3.2.
  private static func isExact(
    _ segment: WireSegment, _ end: WireEnd, sent: SequenceNumber?
  ) -> Bool {
    if end.states == .synSent { return segment.flags.contains(.ack) && segment.ack == end.next }
    guard let expected = end.acknowledged else { return true }
    return segment.seq == expected || segment.seq == sent
  }

  private static func add(_ segment: WireSegment, _ queue: inout [Pending]) {
    queue.removeAll { old in
      let both = old.segment.flags.intersection(segment.flags)
      if both.contains(.rst) { return true }
      if !both.isDisjoint(with: [.syn, .fin]), old.segment.finNumber == segment.finNumber {
        // In a simultaneous open the SYN and the SYN with ACK that follows both arrive.
        return old.segment.flags.contains(.ack) == segment.flags.contains(.ack)
      }
      return old.contradiction != nil && old.segment.isPlain
        && segment.ack.isAtOrAfter(old.segment.ack)
    }
    if queue.count >= limit { queue.removeFirst() }
    queue.append(Pending(segment: segment))
  }

  // MARK: - What a packet shows

  private enum Verdict { case arrived, underWay, lost }

  /// Decides for each packet under way to an end what the end's next packet says of it.
  private mutating func settle(_ next: WireSegment, _ arrived: Sink?) {
    var left: [Pending] = []
    for var pending in next.sender == .client ? toClient : toServer {
      switch verdict(pending.segment, next) {
      case .arrived: take(pending, isConfirmed: true, arrived)
      case .underWay:
        pending.contradiction = next.packet
        left.append(pending)
      case .lost: break
      }
    }
    if next.sender == .client { toClient = left } else { toServer = left }
  }

  private func verdict(_ segment: WireSegment, _ next: WireSegment) -> Verdict {
    let end = observer[next.sender]
    if segment.flags.contains(.rst) {
      if next.flags.contains(.rst) { return .arrived }
      return next.flags.contains(.syn) && end.iss != next.seq ? .arrived : .underWay
    }
    if !segment.flags.isDisjoint(with: [.syn, .fin]) {
      if next.flags.contains(.ack) {
        if next.flags.contains(.syn), segment.flags.contains([.syn, .ack]) { return .underWay }
        return next.ack.isAtOrAfter(segment.end) ? .arrived : .underWay
      }
      guard next.flags.contains(.rst) else { return .underWay }
      return segment.flags.contains(.ack) && next.seq == segment.ack
        && segment.flags.contains(.syn) ? .arrived : .lost
    }
    let isRepeated = next.length > 0 && next.end.isAtOrBefore(segment.ack)
    return isRepeated && !next.flags.contains(.rst) ? .underWay : .arrived
  }
}
