// What an mcentral of the modern rules does: find a span with a free slot, take spans back.
//
// Source: Go 1.19 mcentral.go, cacheSpan, uncacheSpan and grow.

extension GoAllocator {
  /// At most this many spans and one more are looked at before the heap is asked.
  static let sweepBudget = 100

  /// Finds a span with a free slot: swept and partial first, then unswept ones, then a fresh one.
  mutating func cacheSpan(_ spanClass: Int, _ observer: Observer?) -> SpanID {
    if let span = pop(.partialSwept, spanClass, observer) { return span }
    if !isSweepDone {
      var budget = Self.sweepBudget
      while budget >= 0, let span = centrals[spanClass].pop(.partialUnswept, sweepgen: sweepgen) {
        budget -= 1
        guard needsSweeping(span) else { continue }
        report(
          observer,
          .spanMoved(
            span: span, spanClass: spanClass,
            from: .queue(.partialUnswept, spanClass: spanClass),
            to: .mcentral(spanClass: spanClass)))
        // It is used even if it turns out to be wholly empty.
        sweepSlots(span, observer)
        return span
      }
      while budget >= 0, let span = centrals[spanClass].pop(.fullUnswept, sweepgen: sweepgen) {
        budget -= 1
        guard needsSweeping(span) else { continue }
        report(
          observer,
          .spanMoved(
            span: span, spanClass: spanClass, from: .queue(.fullUnswept, spanClass: spanClass),
            to: .mcentral(spanClass: spanClass)))
        sweepSlots(span, observer)
        if spans[span].seekFreeSlot() { return span }
        push(span, to: .fullSwept, from: .mcentral(spanClass: spanClass), observer)
      }
    }
    let pages = classes.pageCount(classes.sizeClass(spanClass: spanClass))
    let span = allocSpan(pages, spanClass, isLarge: false, observer)
    report(
      observer,
      .spanMoved(
        span: span, spanClass: spanClass, from: .mheap, to: .mcentral(spanClass: spanClass)))
    return span
  }

  private mutating func pop(
    _ queue: Queue, _ spanClass: Int, _ observer: Observer?
  ) -> SpanID? {
    guard let span = centrals[spanClass].pop(queue, sweepgen: sweepgen) else { return nil }
    report(
      observer,
      .spanMoved(
        span: span, spanClass: spanClass, from: .queue(queue, spanClass: spanClass),
        to: .mcentral(spanClass: spanClass)))
    return span
  }

  /// Puts a span at the end of a queue of its class.
  mutating func push(_ span: SpanID, to queue: Queue, from: Place, _ observer: Observer?) {
    let spanClass = spans[span].spanClass
    centrals[spanClass].push(span, to: queue, sweepgen: sweepgen)
    report(
      observer,
      .spanMoved(
        span: span, spanClass: spanClass, from: from, to: .queue(queue, spanClass: spanClass)))
  }

  /// Takes a span back from an mcache: one cached before the last mark phase is swept at once.
  mutating func uncache(_ span: SpanID, p: Int, _ observer: Observer?) {
    precondition(spans[span].allocCount > 0, "span \(span) was cached but never used")
    if spans[span].sweepgen == sweepgen + 1 {
      spans[span].sweepgen = sweepgen - 1
      _ = sweep(span, from: .mcache(p: p), observer)
      return
    }
    spans[span].sweepgen = sweepgen
    push(
      span, to: spans[span].hasFreeSlot ? .partialSwept : .fullSwept, from: .mcache(p: p),
      observer)
  }

  /// Whether a span found in an unswept queue is still to be swept, and alive.
  func needsSweeping(_ span: SpanID) -> Bool {
    spans.isInUse(span) && spans[span].sweepgen == sweepgen - 2
  }
}
