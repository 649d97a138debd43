@testable import Models

/// An end whose segments go nowhere: the test answers them in its peer's place.
///
/// Numbers are bytes of what it writes, from 0 on.
struct LoneSender {
  var end: Endpoint
  private let base: SequenceNumber

  /// The client of a new connection, with a round trip of 20 ms behind it.
  init(_ rules: TCPRules, roundTrip: Microseconds = 20_000) {
    let story = TCPStoryTests()
    var network = story.network(rules)
    story.perform(
      [
        .wireDelay(from: .client, roundTrip / 2), .wireDelay(from: .server, roundTrip / 2),
        .call(story.server, .listen), .call(story.client, .connect(automaticPort: false)),
        .runUntilState(story.server, .established, limit: 10_000_000),
      ], on: &network)
    end = network[story.client]
    base = end.iss + 1
  }

  /// Writes so many bytes; returns what is sent.
  @discardableResult
  mutating func write(_ count: Int, at now: Microseconds) -> [Segment] {
    var journal = Journal()
    _ = end.call(.send(count), at: now, &journal)
    return journal.sent.map(\.segment)
  }

  /// The peer has everything before a number, and some ranges behind it; returns what is sent.
  ///
  /// It echoes what the clock of timestamps read at a time.
  @discardableResult
  mutating func answer(
    _ ack: Int, sack: [Range<Int>] = [], echoOf sentAt: Microseconds? = nil, window: Int? = nil,
    at now: Microseconds
  ) -> [Segment] {
    var segment = Segment(.ack, seq: end.rcvNxt, ack: base + ack, window: window ?? end.sndWnd)
    segment.sack = sack.map { SequenceRange(base + $0.lowerBound, base + $0.upperBound) }
    if end.timestampsOn {
      segment.timestamp = TimestampOption(
        value: end.tsRecent + 1, echo: end.timestampClock(sentAt ?? now))
    }
    var journal = Journal()
    end.arrive(segment, at: now, &journal)
    return journal.sent.map(\.segment)
  }

  /// A timer runs out; returns what is sent.
  @discardableResult
  mutating func expire(_ kind: TimerKind, at now: Microseconds) -> [Segment] {
    var journal = Journal()
    end.expire(kind, at: now, &journal)
    return journal.sent.map(\.segment)
  }

  /// It has seen the order change, by one segment.
  mutating func seeReordering() {
    end.recovery.reordering.noteLate(base)
    end.recovery.reordering.settle(reported: base + 1448, segmentSize: 1448)
  }

  /// Where segments begin.
  func starts(_ segments: [Segment]) -> [Int] { segments.map { $0.seq - base } }

  /// Where those begin of what is outstanding of which something is the case.
  func outstanding(_ isTrue: (SentChunk) -> Bool) -> [Int] {
    end.outstanding.filter(isTrue).map { $0.seq - base }
  }
}
