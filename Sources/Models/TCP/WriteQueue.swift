/// What was written and not sent: a host queues it in stretches, and sends of them while the program's call
/// still goes on.
///
/// Places are counted in bytes of the stream.
///
/// Source: Linux `tcp_sendmsg_locked`, `sk_write_queue`.
struct WriteQueue: Sendable, Equatable {
  /// A part of the queue, which begins where the one before ends.
  private struct Stretch: Sendable, Equatable {
    var end: Int
    /// Whether its last segment tells PSH.
    var isPushed = false
  }

  /// Those of which something waits, in order, behind some that were sent.
  private var stretches: [Stretch] = []
  private var sentStretches = 0
  /// Where PSH was last to be told.
  ///
  /// Source: Linux `pushed_seq`.
  private var lastMark = 0

  // MARK: Writing

  /// Queues of so many bytes what fits into a stretch, and returns how many that are; some bytes were sent.
  ///
  /// The first bytes of a call take from the stretch that they go on with that it is to be told.
  mutating func take(_ count: Int, goal: Int, isFirst: Bool, from written: Int, sent: Int) -> Int {
    let room = waitingCount > 0 ? goal - tailCount(sent: sent) : 0
    guard room > 0 else {
      let taken = min(goal, count)
      stretches.append(Stretch(end: written + taken))
      return taken
    }
    let taken = min(room, count)
    stretches[stretches.count - 1].end += taken
    if isFirst { stretches[stretches.count - 1].isPushed = false }
    return taken
  }

  /// What goes now though the call has more to write: everything when half of the largest window is full, a piece
  /// of a full stretch where nothing else waits; else nil.
  ///
  /// Source: Linux `forced_push`, `tcp_push_one`.
  mutating func push(goal: Int, sent: Int, largestWindow: Int) -> Endpoint.Push? {
    guard waitingCount > 0, let last = stretches.last, tailCount(sent: sent) >= goal else {
      return nil
    }
    if last.end - lastMark > largestWindow / 2 {
      mark()
      return .everything
    }
    return waitingCount == 1 ? .piece : nil
  }

  /// The peer is told of what was written so far.
  ///
  /// Source: Linux `tcp_mark_push`.
  mutating func mark() {
    guard waitingCount > 0, let last = stretches.last else { return }
    stretches[stretches.count - 1].isPushed = true
    lastMark = last.end
  }

  /// The peer is told of the first stretch, as its window is probed with that.
  ///
  /// Source: Linux `tcp_write_wakeup`.
  mutating func markHead() {
    guard waitingCount > 0 else { return }
    stretches[sentStretches].isPushed = true
    lastMark = max(lastMark, stretches[sentStretches].end)
  }

  /// How many stretches wait.
  private var waitingCount: Int { stretches.count - sentStretches }

  /// How many bytes of the last stretch wait.
  private func tailCount(sent: Int) -> Int {
    guard let last = stretches.last else { return 0 }
    return last.end - (waitingCount > 1 ? stretches[stretches.count - 2].end : sent)
  }

  /// How many bytes wait.
  func count(sent: Int) -> Int { waitingCount > 0 ? (stretches.last?.end ?? sent) - sent : 0 }

  // MARK: Sending

  /// Whether nothing waits behind the first stretch.
  var isInOneStretch: Bool { waitingCount <= 1 }

  /// How many bytes of the first stretch wait, were it to take from the next one what it lacks of so many.
  ///
  /// Source: Linux `tcp_grow_skb`.
  func headCount(atLeast wanted: Int = 0, sent: Int) -> Int {
    guard waitingCount > 0 else { return 0 }
    let count = stretches[sentStretches].end - sent
    guard count < wanted, waitingCount > 1 else { return count }
    return min(wanted, stretches[sentStretches + 1].end - sent)
  }

  /// Lets the first stretch take that from the next one.
  mutating func growHead(to wanted: Int, sent: Int) {
    let end = sent + headCount(atLeast: wanted, sent: sent)
    guard waitingCount > 1, end > stretches[sentStretches].end else { return }
    guard end == stretches[sentStretches + 1].end else {
      stretches[sentStretches].end = end
      return
    }
    if stretches[sentStretches].isPushed { stretches[sentStretches + 1].isPushed = true }
    sentStretches += 1
  }

  /// So many bytes were sent; true if with the last of them PSH is to be told.
  mutating func noteSent(upTo sent: Int) -> Bool {
    var isPushed = false
    while waitingCount > 0, stretches[sentStretches].end <= sent {
      isPushed = stretches[sentStretches].isPushed && stretches[sentStretches].end == sent
      sentStretches += 1
    }
    if sentStretches > 64, 2 * sentStretches > stretches.count {
      stretches.removeFirst(sentStretches)
      sentStretches = 0
    }
    return isPushed
  }
}
