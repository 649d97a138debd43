import Testing

@testable import Models

/// What Linux takes of a segment that the RFC would cut, drop, or take something else of.
///
/// A real kernel, 6.18.44, did all of this when it was sent the same.
struct LinuxArrivalTests {
  private static let stamped: TCPRules = {
    var rules = TCPRules.rfc9293
    (rules.offersTimestamps, rules.offersSack) = (true, true)
    return rules
  }()

  /// The peer's segment arrives: bytes from a number behind what is expected next.
  @discardableResult
  private func arrive(
    _ count: Int, at offset: Int = 0, ack: Int = 0, fin: Bool = false, age: Int = 1,
    in sender: inout LoneSender, time: Microseconds = 100_000
  ) -> [Segment] {
    let end = sender.end
    var segment = Segment(
      fin ? [.fin, .ack] : .ack, seq: end.rcvNxt + offset, ack: end.sndNxt + ack,
      window: end.sndWnd)
    if count > 0 {
      let first = end.delivered.reduce(0) { $0 + $1.count } + offset
      segment.payload = Payload(
        StreamOrigin(end.end.peer, incarnation: 1), offset: first, count: count)
    }
    segment.timestamp = TimestampOption(
      value: end.tsRecent &+ UInt32(age), echo: end.timestampClock(time))
    var journal = Journal()
    sender.end.arrive(segment, at: time, &journal)
    return journal.sent.map(\.segment)
  }

  /// A time is remembered of a segment that is in order, by Linux only if its ACK is of something that was
  /// sent and is not older than the last one.
  @Test(arguments: [(TCPRules.linux, false), (stamped, true)])
  func timeOfABadAck(rules: TCPRules, isRemembered: Bool) {
    for ack in [9999, -50] {
      var sender = LoneSender(rules)
      sender.write(100, at: 90_000)
      sender.answer(100, at: 95_000)
      let before = sender.end.tsRecent
      arrive(ack > 0 ? 100 : 0, ack: ack, age: 5000, in: &sender)
      #expect((sender.end.tsRecent == before &+ 5000) == isRemembered)
      let known = sender.end.tsRecent
      arrive(100, age: 10, in: &sender)
      #expect(sender.end.tsRecent == known &+ 10)
      #expect(sender.end.unreadCount == 100)
    }
  }

  /// How often Linux answers an ACK of what was not sent is limited, whatever comes with it.
  @Test(arguments: [(TCPRules.linux, 0, 1), (.linux, 600_000, 2), (.rfc9293, 0, 2)])
  func answersToABadAck(rules: TCPRules, pause: Microseconds, count: Int) {
    var sender = LoneSender(rules)
    let first = arrive(10, ack: 9999, in: &sender)
    let second = arrive(10, ack: 9999, in: &sender, time: 100_010 + pause)
    #expect((first + second).map(\.flags) == Array(repeating: .ack, count: count))
  }

  /// What lies beyond a gap is kept whole by Linux, also where it reaches beyond the window.
  @Test(arguments: [(TCPRules.linux, 60_000), (stamped, 0)])
  func beyondAGap(rules: TCPRules, more: Int) {
    var sender = LoneSender(rules)
    let window = sender.end.rcvWnd
    let sent = arrive(60_000 + window - 41_000, at: 41_000, in: &sender)
    let edge = sender.end.rcvNxt + window + more
    #expect(sender.end.kept.map(\.range.end) == [edge])
    #expect(sent.map { $0.sack.map(\.end) } == [[edge]])
    arrive(41_000, in: &sender)
    #expect(sender.end.rcvNxt == edge)
  }

  /// With something unread, what reaches beyond the window is dropped; so is what begins at its end.
  @Test func notBeyondTheWindow() {
    var sender = LoneSender(.linux)
    let atTheEnd = arrive(1000, at: sender.end.rcvWnd, in: &sender)
    #expect(atTheEnd.map(\.sack) == [[]] && sender.end.kept.isEmpty)
    arrive(1000, in: &sender)
    let overrun = arrive(sender.end.rcvWnd, at: 10, in: &sender)
    #expect(overrun.map(\.sack) == [[]] && sender.end.kept.isEmpty)
    arrive(sender.end.rcvWnd - 10, at: 10, in: &sender)
    #expect(sender.end.kept.count == 1)
  }

  /// A FIN has no need of a window that is used up, data have; nor is an ACK taken of data dropped.
  @Test func finBeyondTheWindow() {
    var rules = TCPRules.linux
    rules.receiveMemory = ReceiveMemory.Size(asked: 20_000)
    var sender = LoneSender(rules)
    arrive(60_000, in: &sender)
    #expect(sender.end.rcvWnd == 0)
    sender.write(100, at: 101_000)
    let dropped = arrive(1, ack: 0, in: &sender, time: 102_000)
    #expect(dropped.map(\.flags) == [.ack] && sender.end.outstanding.count == 1)
    arrive(0, fin: true, in: &sender, time: 103_000)
    #expect(sender.end.state == .closeWait && sender.end.outstanding.isEmpty)
  }
}
