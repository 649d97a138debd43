// Sweeping: slots that were not marked become free, and the span goes where it belongs.
//
// Source: Go 1.19 mgcsweep.go, sweepone and sweepLocked.sweep; mheap.go, nextSpanForSweep; Go 1.10
// mgcsweep.go, sweepone and mspan.sweep; mcentral.go, freeSpan.

extension GoAllocator {
  /// Sweeps a span's slots and leaves the span with the caller.
  mutating func sweepSlots(_ id: SpanID, _ observer: Observer?) {
    let died = observer == nil ? [] : spans[id].dyingSlots
    let freed = spans[id].sweepSlots()
    spans[id].sweepgen = sweepgen
    let span = spans[id]
    allocatedBytes -= freed * span.elemSizeBytes
    pacer.pagesSwept += span.npages
    report(
      observer,
      .spanSwept(
        span: id, spanClass: span.spanClass, died: died, allocCount: span.allocCount))
  }

  /// Sweeps a span and puts it where it belongs now.
  ///
  /// - Returns: whether it was dead and its pages went back.
  mutating func sweep(_ id: SpanID, from: Place, _ observer: Observer?) -> Bool {
    if rules.isNotesEra { return sweepOfNotesEra(id, observer) }
    sweepSlots(id, observer)
    if spans[id].allocCount == 0 {
      freeSpan(id, from: from, observer)
      return true
    }
    push(id, to: spans[id].hasFreeSlot ? .partialSwept : .fullSwept, from: from, observer)
    return false
  }

  /// Sweeps the next unswept span, as the background sweeper does.
  ///
  /// - Returns: the pages that went back to the heap; nil if there was nothing left to sweep.
  mutating func sweepOne(_ observer: Observer?) -> Int? {
    guard !isSweepDone else { return nil }
    if rules.isNotesEra { return sweepOneOfNotesEra(observer) }
    while let (span, queue) = nextSpanForSweep() {
      guard needsSweeping(span) else { continue }
      let npages = spans[span].npages
      let spanClass = spans[span].spanClass
      guard sweep(span, from: .queue(queue, spanClass: spanClass), observer) else { return 0 }
      // What is freed here need not be searched for when pages are asked for.
      reclaimCredit += npages
      return npages
    }
    finishSweeping(observer)
    return nil
  }

  private mutating func finishSweeping(_ observer: Observer?) {
    isSweepDone = true
    report(observer, .sweepFinished)
  }

  /// Pops the next span: by ascending span class, full before partial, first in first out.
  private mutating func nextSpanForSweep() -> (SpanID, Queue)? {
    while sweepClassIndex < classes.spanClassCount * 2 {
      let queue: Queue = sweepClassIndex % 2 == 0 ? .fullUnswept : .partialUnswept
      let spanClass = sweepClassIndex / 2
      if centrals[spanClass].count(queue, sweepgen: sweepgen) > 0,
        let span = centrals[spanClass].pop(queue, sweepgen: sweepgen)
      {
        return (span, queue)
      }
      sweepClassIndex += 1
    }
    return nil
  }

  /// The background sweeper takes up to a number of spans; others' count as well.
  mutating func sweep(upTo count: Int, _ observer: Observer?) {
    for _ in 0..<count where sweepOne(observer) == nil { break }
  }

  // MARK: - The notes' era

  /// Puts a span on the stack from which the next cycle sweeps.
  mutating func pushSwept(_ id: Int) { sweepSpans[sweepgen / 2 % 2].push(id) }

  /// Pops the youngest span that is to be swept; others' spans cost a turn and change nothing.
  private mutating func sweepOneOfNotesEra(_ observer: Observer?) -> Int? {
    while let id = sweepSpans[1 - sweepgen / 2 % 2].popLast() {
      if id < 0 {
        pushSwept(id)
        return 0
      }
      guard needsSweeping(id) else { continue }
      let npages = spans[id].npages
      return sweepOfNotesEra(id, observer) ? npages : 0
    }
    finishSweeping(observer)
    return nil
  }

  /// Sweeps a span where it stands.
  ///
  /// Only a full one with new holes moves, to the front of `nonempty`; a dead one goes back to
  /// the heap.
  private mutating func sweepOfNotesEra(_ id: SpanID, _ observer: Observer?) -> Bool {
    let spanClass = spans[id].spanClass
    let wasFull = !spans[id].hasFreeSlot
    sweepSlots(id, observer)
    let isDead = spans[id].allocCount == 0
    if spans[id].isLarge {
      if isDead { freeLarge(id, observer) } else { pushSwept(id) }
      return isDead
    }
    if isDead {
      if wasFull {
        centrals[spanClass].empty.remove(id, in: &spans)
        freeSpan(id, from: .empty(spanClass: spanClass), observer)
      } else {
        centrals[spanClass].nonempty.remove(id, in: &spans)
        freeSpan(id, from: .nonempty(spanClass: spanClass), observer)
      }
      return true
    }
    if wasFull, spans[id].hasFreeSlot {
      centrals[spanClass].empty.remove(id, in: &spans)
      centrals[spanClass].nonempty.insertFront(id, in: &spans)
      report(
        observer,
        .spanMoved(
          span: id, spanClass: spanClass, from: .empty(spanClass: spanClass),
          to: .nonempty(spanClass: spanClass)))
    }
    pushSwept(id)
    return false
  }

  private mutating func freeLarge(_ id: SpanID, _ observer: Observer?) {
    let list = min(spans[id].npages, FreeRuns.bigRunPages)
    busy[list].remove(id, in: &spans)
    freeSpan(id, from: .busy(pages: list), observer)
  }
}
