// What an mcentral of the notes' era does: two lists, with moves in place.
//
// Source: Go 1.10 mcentral.go, cacheSpan, uncacheSpan and freeSpan.

extension GoAllocator {
  /// Finds a span with a free slot; it stands at the back of `empty` then.
  ///
  /// A swept span at the front of `empty` ends the search: behind it, it is assumed, all are
  /// swept. As the background sweeper leaves full spans in place, that hides unswept ones.
  mutating func cacheSpanOfNotesEra(_ spanClass: Int, _ observer: Observer?) -> SpanID {
    let front = Int(centrals[spanClass].nonempty.first)
    if front >= 0 {
      centrals[spanClass].nonempty.remove(front, in: &spans)
      centrals[spanClass].empty.insertBack(front, in: &spans)
      report(
        observer,
        .spanMoved(
          span: front, spanClass: spanClass, from: .nonempty(spanClass: spanClass),
          to: .empty(spanClass: spanClass)))
      // It is used even if it turns out to be wholly empty.
      if needsSweeping(front) { sweepForCaller(front, observer) }
      return front
    }
    while true {
      let span = Int(centrals[spanClass].empty.first)
      guard span >= 0, needsSweeping(span) else { break }
      centrals[spanClass].empty.remove(span, in: &spans)
      centrals[spanClass].empty.insertBack(span, in: &spans)
      report(
        observer,
        .spanMoved(
          span: span, spanClass: spanClass, from: .empty(spanClass: spanClass),
          to: .empty(spanClass: spanClass)))
      sweepForCaller(span, observer)
      if spans[span].seekFreeSlot() { return span }
    }
    let pages = classes.pageCount(classes.sizeClass(spanClass: spanClass))
    let span = allocSpan(pages, spanClass, isLarge: false, observer)
    centrals[spanClass].empty.insertBack(span, in: &spans)
    report(
      observer,
      .spanMoved(
        span: span, spanClass: spanClass, from: .mheap, to: .empty(spanClass: spanClass)))
    return span
  }

  /// Takes a span back from an mcache: with a free slot it goes to the front of `nonempty`.
  mutating func uncacheOfNotesEra(_ span: SpanID, p: Int, _ observer: Observer?) {
    let spanClass = spans[span].spanClass
    spans[span].inCache = false
    guard spans[span].hasFreeSlot else {
      report(
        observer,
        .spanMoved(
          span: span, spanClass: spanClass, from: .mcache(p: p),
          to: .empty(spanClass: spanClass)))
      return
    }
    centrals[spanClass].empty.remove(span, in: &spans)
    centrals[spanClass].nonempty.insertFront(span, in: &spans)
    report(
      observer,
      .spanMoved(
        span: span, spanClass: spanClass, from: .mcache(p: p),
        to: .nonempty(spanClass: spanClass)))
  }

  /// Sweeps a span that stays where the caller put it.
  private mutating func sweepForCaller(_ span: SpanID, _ observer: Observer?) {
    sweepSlots(span, observer)
    pushSwept(span)
  }
}
