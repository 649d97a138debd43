import Testing

@testable import Models

/// The stretches in which a host queues what is written.
struct WriteQueueTests {
  /// Queues a write to its end, without sending; returns how much went into each stretch.
  private func write(
    _ count: Int, _ queue: inout WriteQueue, goal: Int = 1000, written: Int = 0, sent: Int = 0
  ) -> [Int] {
    var (left, parts) = (count, [Int]())
    while left > 0 {
      let taken = queue.take(
        left, goal: goal, isFirst: left == count, from: written + count - left, sent: sent)
      left -= taken
      parts.append(taken)
    }
    queue.mark()
    return parts
  }

  /// Each stretch holds as much as may be queued together; a later write fills the last one up.
  @Test func stretchesFillUp() {
    var queue = WriteQueue()
    let first = write(2300, &queue)
    #expect(first == [1000, 1000, 300])
    let second = write(900, &queue, written: 2300)
    #expect(second == [700, 200])
    #expect(!queue.isInOneStretch)
  }

  /// What was sent of the last stretch makes room in it.
  @Test func sendingMakesRoom() {
    var queue = WriteQueue()
    _ = write(800, &queue)
    let parts = write(900, &queue, written: 800, sent: 500)
    #expect(parts == [700, 200])
  }

  /// While the call goes on, a full stretch goes in part if nothing waits before it, and everything once half
  /// of the window is full; between these it waits.
  @Test func fullStretchesArePushed() {
    var queue = WriteQueue()
    func fill(_ written: Int, window: Int) -> Endpoint.Push? {
      _ = queue.take(1000, goal: 1000, isFirst: written == 0, from: written, sent: 0)
      return queue.push(goal: 1000, sent: 0, largestWindow: window)
    }
    let pushes = stride(from: 0, to: 5000, by: 1000).map { fill($0, window: 4000) }
    #expect(pushes == [.piece, nil, .everything, nil, nil])
  }

  /// PSH stands where a call ended or everything went; a call that goes on with a stretch takes it away.
  @Test func marksStandAtEnds() {
    var queue = WriteQueue()
    _ = write(300, &queue)
    _ = write(300, &queue, written: 300)
    let marks = [queue.noteSent(upTo: 300), queue.noteSent(upTo: 600)]
    #expect(marks == [false, true])
    _ = write(1000, &queue, written: 600, sent: 600)
    _ = write(200, &queue, written: 1600, sent: 600)
    let isMarked = queue.noteSent(upTo: 1600)
    #expect(isMarked, "the stretch was full, the next call began another")
  }

  /// A piece takes from the next stretch what the first one lacks.
  @Test func headTakesFromTheNext() {
    var queue = WriteQueue()
    _ = write(2300, &queue)
    let heads = [(600, 0), (600, 700), (5000, 700), (5000, 1999)].map { wanted, sent in
      let head = queue.headCount(atLeast: wanted, sent: sent)
      queue.growHead(to: wanted, sent: sent)
      return head
    }
    #expect(heads == [1000, 600, 1300, 301], "no more than the next one has")
    #expect(queue.headCount(sent: 1999) == 301)
    #expect(queue.isInOneStretch)
    let isMarked = queue.noteSent(upTo: 2300)
    #expect(isMarked, "and what that was to tell")
  }

  /// A probe of the window tells of what it is of, and the next call's stretches are counted from there.
  @Test func probesAreMarked() {
    var queue = WriteQueue()
    _ = write(1000, &queue)
    _ = queue.take(1000, goal: 1000, isFirst: true, from: 1000, sent: 0)
    queue.markHead()
    let first = queue.push(goal: 1000, sent: 0, largestWindow: 1998)
    #expect(first == .everything)
    var probed = WriteQueue()
    _ = probed.take(1000, goal: 1000, isFirst: true, from: 0, sent: 0)
    probed.markHead()
    _ = probed.take(1000, goal: 1000, isFirst: true, from: 1000, sent: 0)
    let push = probed.push(goal: 1000, sent: 0, largestWindow: 2000)
    #expect(push == nil)
    let isMarked = probed.noteSent(upTo: 1000)
    #expect(isMarked)
  }

  // MARK: On the wire

  private static let size = 1448

  /// A write is queued in stretches of half the peer's window.
  ///
  /// When the first is full a piece of five goes, for which five more are queued; then half the window is full,
  /// and all of these go. What that leaves of a piece goes by itself, marked, before the rest of the write.
  @Test(arguments: [
    (64_000, 22, [4, 9, 14, 19, 24, 26, 31, 36, 39]),
    (61_000, 21, [4, 9, 14, 19, 24, 25, 30, 35, 39]),
  ])
  func longWriteGoesInStretches(window: Int, stretch: Int, marks: [Int]) {
    var sender = LoneSender(.linux)
    sender.end.recovery.congestionWindow = 60
    (sender.end.sndWnd, sender.end.maxSndWnd) = (90_000, window)
    #expect(sender.end.stretchGoal(segmentSize: Self.size) == stretch * Self.size)
    let sent = sender.write(40 * Self.size, at: 100_000)
    #expect(sent.allSatisfy { $0.payloadLength == Self.size })
    #expect(sent.indices.filter { sent[$0].flags.contains(.psh) } == marks)
  }
}
