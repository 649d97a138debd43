import Testing

@testable import Models

/// Which ranges are told of what came out of order.
struct SelectiveAcksTests {
  private func range(_ start: UInt32, _ end: UInt32) -> SequenceRange {
    SequenceRange(SequenceNumber(start), SequenceNumber(end))
  }

  private func told(_ ranges: (UInt32, UInt32)...) -> SelectiveAcks {
    var acks = SelectiveAcks()
    for (start, end) in ranges { acks.add(range(start, end)) }
    return acks
  }

  /// The latest stands first; what extends a range brings it to the front, and joins what it reaches.
  @Test func latestStandsFirst() {
    #expect(told((10, 20), (30, 40)).ranges == [range(30, 40), range(10, 20)])
    #expect(told((10, 20), (30, 40), (20, 25)).ranges == [range(10, 25), range(30, 40)])
    #expect(told((10, 20), (30, 40), (50, 60), (20, 30)).ranges == [range(10, 40), range(50, 60)])
    #expect(told((10, 20), (12, 15)).ranges == [range(10, 20)])
  }

  /// A fifth range makes the oldest forgotten; it is not told again when there is room.
  @Test func fifthIsOneTooMany() {
    var acks = told((10, 20), (30, 40), (50, 60), (70, 80), (90, 100))
    #expect(acks.ranges == [range(90, 100), range(70, 80), range(50, 60), range(30, 40)])
    acks.remove(upTo: SequenceNumber(60))
    #expect(acks.ranges == [range(90, 100), range(70, 80)])
  }

  /// Numbers run through 0.
  @Test func numbersWrap() {
    var acks = told((UInt32.max - 9, 5), (20, 30))
    acks.remove(upTo: SequenceNumber(UInt32.max))
    #expect(acks.ranges == [range(20, 30)])
  }
}
