extension GoAllocator {
  /// The spans of one span class that all Ps share.
  ///
  /// Modern rules keep four queues, two for each parity of sweepgen / 2: raising sweepgen by 2
  /// swaps swept and unswept, and nothing is copied. The notes' era keeps two lists instead.
  ///
  /// Source: Go 1.19 mcentral.go, partialSwept and its siblings; Go 1.10 mcentral.go.
  struct MCentral: Sendable {
    private var partial: InlineArray<2, SpanSet>
    private var full: InlineArray<2, SpanSet>
    /// Notes' era: spans with a free slot.
    var nonempty = SpanList()
    /// Notes' era: spans without a free slot, and the one that an mcache holds.
    var empty = SpanList()

    init() {
      partial = [SpanSet(), SpanSet()]
      full = [SpanSet(), SpanSet()]
    }

    private func index(_ which: Queue, _ sweepgen: Int) -> Int {
      let swept = sweepgen / 2 % 2
      return which.isSwept ? swept : 1 - swept
    }

    func set(_ which: Queue, sweepgen: Int) -> SpanSet {
      let index = index(which, sweepgen)
      return which.isPartial ? partial[index] : full[index]
    }

    func count(_ which: Queue, sweepgen: Int) -> Int {
      let index = index(which, sweepgen)
      return which.isPartial ? partial[index].count : full[index].count
    }

    mutating func push(_ span: SpanID, to which: Queue, sweepgen: Int) {
      let index = index(which, sweepgen)
      if which.isPartial { partial[index].push(span) } else { full[index].push(span) }
    }

    mutating func pop(_ which: Queue, sweepgen: Int) -> SpanID? {
      let index = index(which, sweepgen)
      return which.isPartial ? partial[index].popFirst() : full[index].popFirst()
    }

    /// What the queues hold, in bytes.
    var queueFootprint: Int {
      partial[0].footprint + partial[1].footprint + full[0].footprint + full[1].footprint
    }
  }

  /// One of the four queues of an mcentral.
  public enum Queue: String, CaseIterable, Sendable {
    /// Spans with free slots, ready for use.
    case partialSwept
    /// Spans that had free slots before the last mark phase, not swept since.
    case partialUnswept
    /// Spans without a free slot.
    case fullSwept
    /// Spans that were full before the last mark phase, not swept since.
    case fullUnswept

    var isSwept: Bool { self == .partialSwept || self == .fullSwept }
    var isPartial: Bool { self == .partialSwept || self == .partialUnswept }
  }
}
