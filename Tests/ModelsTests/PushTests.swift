import Testing

@testable import Models

/// Where PSH stands, and what a reader's end makes of it.
struct PushTests {
  private let server = End(0, .server)

  private func pushes(_ segments: [Segment]) -> [Bool] { segments.map { $0.flags.contains(.psh) } }

  /// What is handed to the device as one piece of several segments ends with PSH, and so does what is
  /// written; a single segment of more does not.
  @Test func piecesEndWithPush() {
    var sender = LoneSender(.linux)
    // 20 ms a round trip: pieces of two.
    let sent = sender.write(5 * 1448 + 100, at: 100_000)
    #expect(sent.map(\.payloadLength) == [1448, 1448, 1448, 1448, 1448, 100])
    #expect(pushes(sent) == [false, true, false, true, false, true])
  }

  /// On a short path pieces are longer, and have one mark each as well.
  @Test func longPiecesHaveOnePush() {
    var sender = LoneSender(.linux, roundTrip: 1000)
    #expect(sender.end.newPieceCount(of: 1448) == 5)
    #expect(
      pushes(sender.write(6 * 1448 + 100, at: 100_000)).enumerated().filter(\.element).map(\.offset)
        == [4, 6])
  }

  /// The segments of a piece share their options; and a call's segments stay as small as its first, though the
  /// report that took the room is told with that.
  @Test func callsKeepTheirSegmentSize() {
    var sender = LoneSender(.linux)
    let twice = SequenceRange(sender.end.rcvNxt - 100, sender.end.rcvNxt)
    sender.end.noteArrivedTwice(twice)
    let sent = sender.write(4 * 1448, at: 100_000)
    #expect(sent.prefix(4).map(\.payloadLength) == [1436, 1436, 1436, 1436])
    #expect(sent.map { $0.sack == [twice] } == [true, true, false, false, false])
    let next = sender.write(1448, at: 101_000)
    #expect(next.map(\.payloadLength).first == 1448)
  }

  /// The window's edge ends a piece before it has two.
  @Test func edgeEndsAPiece() {
    var sender = LoneSender(.linux)
    sender.answer(0, window: 3 * 1448, at: 99_000)
    #expect(pushes(sender.write(5 * 1448, at: 100_000)) == [false, true, false])
  }

  /// Without pieces only the end of what is written is marked.
  @Test func writesEndWithPush() {
    var sender = LoneSender(.rfc9293)
    let sent = sender.write(4 * 1460 + 100, at: 100_000)
    #expect(pushes(sent) == [false, false, false, false, true])
  }

  /// What goes again goes alone, without the mark of its piece; that of the write stays.
  @Test func pieceIsForgotten() throws {
    var sender = LoneSender(.linux)
    sender.write(2 * 1448 + 100, at: 100_000)
    let again =
      sender.answer(
        1448, sack: [2896..<2996], at: 200_000) + sender.expire(.reordering, at: 210_000)
    let second = try #require(again.first { sender.starts([$0]) == [1448] })
    #expect(!second.flags.contains(.psh))
  }

  /// Reading everything answers at once where a write or a piece has ended, but not while something is
  /// out of order.
  @Test(arguments: [(true, false, 1), (false, false, 0), (true, true, 0)])
  func readingAnswersAPush(isPushed: Bool, isGapBehind: Bool, count: Int) {
    var sender = LoneSender(.linux)
    // Not quick, and it knows how large a full segment is.
    sender.end.acking.delay = Acknowledging.minimumDelay
    sender.end.acking.segmentSize = 1448
    sender.end.memory = nil
    var journal = Journal()
    let first = sender.end.rcvNxt
    func arrive(_ offset: Int, _ flags: SegmentFlags, at now: Microseconds) {
      var segment = Segment(
        flags, seq: first + offset, ack: sender.end.sndUna, window: sender.end.sndWnd,
        payload: Payload(StreamOrigin(server, incarnation: 1), offset: offset, count: 1448))
      segment.timestamp = TimestampOption(value: sender.end.tsRecent, echo: 0)
      sender.end.arrive(segment, at: now, &journal)
    }
    arrive(0, isPushed ? [.psh, .ack] : .ack, at: 100_000)
    if isGapBehind { arrive(2896, .ack, at: 101_000) }
    let before = journal.sent.count
    _ = sender.end.call(.receive(.max), at: 102_000, &journal)
    #expect(journal.sent.count - before == count)
  }
}
