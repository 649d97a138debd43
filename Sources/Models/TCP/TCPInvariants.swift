/// What holds at any moment; tests ask after each event.
extension TCPNetwork {
  /// The invariants that do not hold, each as a sentence; empty for a sound network.
  ///
  /// - Complexity: O(ends and what they hold); meant for tests.
  public func brokenInvariants() -> [String] {
    var broken: [String] = []
    for connection in connections {
      for side in Side.allCases where !connection[side].isScripted {
        let endpoint = connection[side]
        let name = "\(endpoint.end.connection) \(side.name) \(endpoint.state.rawValue)"
        broken += endpoint.brokenSending().map { "\(name): \($0)" }
        broken += endpoint.brokenReceiving().map { "\(name): \($0)" }
        broken += endpoint.brokenTimers().map { "\(name): \($0)" }
        let peer = connection[side.peer]
        if !peer.isScripted {
          broken += endpoint.brokenTowards(peer).map { "\(name): \($0)" }
        }
      }
    }
    for (earlier, later) in zip(wire, wire.dropFirst()) where earlier.arrivesAt < later.arrivesAt {
      broken.append("the wire is not sorted")
    }
    return broken
  }
}

extension Endpoint {
  /// I3, I5: send numbers, what is outstanding, the FIN.
  fileprivate func brokenSending() -> [String] {
    guard state != .closed, state != .listen else {
      return outstanding.isEmpty ? [] : ["something is outstanding without a connection"]
    }
    var broken: [String] = []
    if sndUna.isAfter(sndNxt) { broken.append("I3: sndUna is behind sndNxt") }
    if sndNxt.isAfter(sndUna + maxSndWnd + 1), !outstanding.isEmpty, state.isSynchronized {
      broken.append("I3: \(sndNxt - sndUna) numbers are out, the window is \(maxSndWnd)")
    }
    var expected = sndUna
    for chunk in outstanding {
      if chunk.seq != expected { broken.append("I7: outstanding \(chunk.seq), not \(expected)") }
      expected = chunk.end
    }
    if expected != sndNxt { broken.append("I7: outstanding ends at \(expected), not \(sndNxt)") }
    if let finSeq, sndNxt != finSeq + 1 { broken.append("I5: something follows the FIN") }
    if sentCount > writtenCount { broken.append("I4: more bytes were sent than written") }
    if state.isSynchronized, writeQueue.count(sent: sentCount) != unsentCount {
      broken.append(
        "I4: \(writeQueue.count(sent: sentCount)) bytes are queued, \(unsentCount) wait")
    }
    if acknowledgedCount > sentCount { broken.append("I4: more was acknowledged than sent") }
    return broken
  }

  /// I4: what was delivered is the beginning of one stream; what is kept lies behind it.
  fileprivate func brokenReceiving() -> [String] {
    guard let irs else { return [] }
    var broken: [String] = []
    let count = delivered.reduce(0) { $0 + $1.count }
    if delivered.count > 1 || delivered.first.map({ $0.offset != 0 }) ?? false {
      broken.append("I4: delivered runs are not one beginning of a stream")
    }
    let received = rcvNxt - irs - 1 - count
    if received != 0, received != 1 { broken.append("I4: rcvNxt and delivered bytes disagree") }
    if unreadCount > count { broken.append("more is readable than was delivered") }
    var last = rcvNxt
    for range in kept {
      if range.range.end.isBefore(last), !range.hasFin {
        broken.append("kept ranges overlap what was delivered")
      }
      last = range.range.start
    }
    return broken
  }

  /// I7: a timer runs exactly while something is outstanding; TIME_WAIT has its own.
  fileprivate func brokenTimers() -> [String] {
    if state == .closed || state == .listen {
      return timers.isEmpty ? [] : ["a timer runs without a connection"]
    }
    var broken: [String] = []
    if (timers.retransmission != nil) != !outstanding.isEmpty {
      broken.append(
        "I7: the retransmission timer \(timers.retransmission == nil ? "rests" : "runs") with "
          + "\(outstanding.count) segments outstanding")
    }
    if (timers[.timeWait] != nil) != (state == .timeWait) {
      broken.append("I11: TIME_WAIT and its timer disagree")
    }
    if timers[.finWait2] != nil, state != .finWait2 {
      broken.append("the limit of FIN_WAIT_2 runs in another state")
    }
    return broken
  }

  /// I3, I4: the two ends' numbers, while they speak of the same lives.
  fileprivate func brokenTowards(_ peer: Endpoint) -> [String] {
    guard peer.irs == iss, irs == peer.iss, peer.incarnation > 0, incarnation > 0 else { return [] }
    var broken: [String] = []
    if peer.rcvNxt.isAfter(sndNxt) { broken.append("I3: the peer has received what was not sent") }
    if sndUna.isAfter(peer.rcvNxt) { broken.append("I3: unreceived bytes are acknowledged") }
    if let run = peer.delivered.first {
      if run.origin != stream { broken.append("I4: the peer has bytes of another stream") }
      if run.count > sentCount { broken.append("I4: the peer has more bytes than were sent") }
    }
    return broken
  }
}
