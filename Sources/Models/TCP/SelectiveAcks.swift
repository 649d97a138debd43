/// The ranges that have come out of order, as they are told: the one that grew last stands first.
///
/// Only four are remembered. One that is forgotten is not told again before something of it arrives.
///
/// Source: RFC 2018, section 4; Linux `tcp_sack_new_ofo_skb`, `tcp_sack_remove`.
struct SelectiveAcks: Sendable, Equatable {
  /// The ranges, joined where they touch.
  private(set) var ranges: [SequenceRange] = []

  /// Linux `TCP_NUM_SACKS`.
  private static let limit = 4

  /// A range has come out of order.
  mutating func add(_ range: SequenceRange) {
    var first = range
    if let index = ranges.firstIndex(where: { $0.touches(range) }) {
      first = first.joined(with: ranges.remove(at: index))
      var next = 0
      while next < ranges.count {
        if ranges[next].touches(first) {
          first = first.joined(with: ranges.remove(at: next))
        } else {
          next += 1
        }
      }
    } else if ranges.count == Self.limit {
      ranges.removeLast()
    }
    ranges.insert(first, at: 0)
  }

  /// Everything up to a number is in order now.
  mutating func remove(upTo rcvNxt: SequenceNumber) {
    ranges.removeAll { $0.start.isAtOrBefore(rcvNxt) }
  }
}

extension SequenceRange {
  /// Whether two ranges overlap, or one follows the other.
  func touches(_ other: SequenceRange) -> Bool {
    start.isAtOrBefore(other.end) && other.start.isAtOrBefore(end)
  }

  /// The range from the beginning of both to the end of both.
  func joined(with other: SequenceRange) -> SequenceRange {
    SequenceRange(
      other.start.isBefore(start) ? other.start : start, other.end.isAfter(end) ? other.end : end)
  }
}

extension Segment {
  /// How many bytes of the header its report takes.
  var reportBytes: Int { Self.reportBytes(of: sack.count) }

  /// How many bytes of a header a report takes of so many ranges that arrived out of order.
  ///
  /// Source: RFC 2018, section 3; Linux `TCPOLEN_SACK_BASE_ALIGNED`.
  static func reportBytes(of ranges: Int) -> Int { ranges == 0 ? 0 : 4 + 8 * ranges }
}
