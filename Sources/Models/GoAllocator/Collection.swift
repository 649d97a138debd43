// The cycle: finish sweeping, mark, flush the mcaches, raise sweepgen, sweep.
//
// Marking takes no time here: what the program can reach is known from its drops. Objects
// allocated between `gcStart` and `gcMarkTermination` survive, as do those that were reachable
// when it started.
//
// Source: Go 1.19 mgc.go, gcStart, gcMarkTermination and gcSweep; mcache.go, prepareForSweep and
// releaseAll; Go 1.10 mgc.go, gcMark.

extension GoAllocator {
  /// `runtime.GC()`: a whole cycle, and everything swept at its end.
  mutating func collect(_ cause: CycleCause, _ observer: Observer?) {
    gcStart(cause, stopsWorld: false, observer)
    gcMarkTermination(observer)
    while sweepOne(observer) != nil {}
  }

  /// A cycle begins: leftover sweeping is finished, what can be reached is marked.
  ///
  /// With the world stopped, the notes' era does not mark open tiny blocks.
  mutating func gcStart(_ cause: CycleCause, stopsWorld: Bool, _ observer: Observer?) {
    while sweepOne(observer) != nil {}
    cycles += 1
    isMarking = true
    report(observer, .cycleStarted(number: cycles, cause: cause))
    spans.updateEachInUse { _, span in span.mark() }
    guard rules.marksOpenTinyBlocks, !(rules.isNotesEra && stopsWorld) else { return }
    for p in ps {
      guard let block = p.mcache.tiny else { continue }
      spans[block.span].gcmarkBits.insert(block.slot)
    }
  }

  /// Marking ends: the mcaches are flushed, and what was swept counts as unswept.
  mutating func gcMarkTermination(_ observer: Observer?) {
    isMarking = false
    var slots = 0
    var bytes = 0
    var npages = 0
    spans.forEachInUse { _, span in
      let marked = span.gcmarkBits.setCount
      slots += marked
      bytes += marked * span.elemSizeBytes
      npages += span.npages
    }
    report(observer, .marked(slots: slots, bytes: bytes))
    pacer.markingEnded(
      markedBytes: bytes, inUseBytes: figures.inUseBytes, retainedBytes: figures.retainedBytes)
    report(
      observer,
      .goalSet(goalBytes: pacer.goalBytes, triggerBytes: pacer.triggerBytes))
    if rules.isNotesEra {
      // The heap in use was set to what is marked just now: nothing is to be subtracted from that.
      let heapLiveBytes = pacer.heapLiveBytes
      for p in ps.indices { flushMCache(p, observer) }
      pacer.heapLiveBytes = heapLiveBytes
      raiseSweepgen(observer)
      pacer.paceSweeping(pagesInUse: npages)
    } else {
      raiseSweepgen(observer)
      // Before the flush, so that the pages which that sweeps count as credit.
      pacer.paceSweeping(pagesInUse: npages)
      for p in ps.indices {
        flushMCache(p, observer)
        if p != worker, rules.flushesIdlePageCaches { flushPageCache(p, observer) }
      }
    }
  }

  private mutating func raiseSweepgen(_ observer: Observer?) {
    sweepgen += 2
    isSweepDone = false
    sweepClassIndex = 0
    pacer.pagesSwept = 0
    reclaimIndex = 0
    reclaimCredit = 0
    reclaimEndPage = arenaEndPage
    report(observer, .sweepgenRaised(to: sweepgen))
  }

  /// Empties a P's mcache in ascending order of span classes, and forgets its open tiny block.
  mutating func flushMCache(_ p: Int, _ observer: Observer?) {
    for spanClass in ps[p].mcache.cachedSpanClasses {
      guard let span = ps[p].mcache[spanClass] else { continue }
      ps[p].mcache[spanClass] = nil
      let isStale = spans[span].sweepgen == sweepgen + 1
      if !isStale {
        // All its slots were counted when it was cached.
        let unused = spans[span].nelems - spans[span].allocCount
        pacer.heapLiveBytes -= min(unused * spans[span].elemSizeBytes, pacer.heapLiveBytes)
      }
      if rules.isNotesEra {
        uncacheOfNotesEra(span, p: p, observer)
      } else {
        uncache(span, p: p, observer)
      }
    }
    ps[p].mcache.tiny = nil
    ps[p].mcache.tinyOffset = 0
    ps[p].mcache.flushGen = sweepgen
    report(observer, .mcacheFlushed(p: p))
  }

  private mutating func flushPageCache(_ p: Int, _ observer: Observer?) {
    let cache = ps[p].pageCache
    guard !cache.isEmpty else { return }
    pages.flush(cache)
    ps[p].pageCache = PageCache()
    report(
      observer,
      .pageCacheFlushed(
        p: p, firstPage: cache.firstPage, npages: cache.free.nonzeroBitCount))
  }

  /// Starts a cycle if the heap has reached its trigger; its sweeping is left for later.
  mutating func testTrigger(_ observer: Observer?) {
    guard !isMarking, pacer.isTriggered else { return }
    gcStart(.trigger, stopsWorld: false, observer)
    gcMarkTermination(observer)
  }

  /// Sweeps spans until what this request owes is paid.
  ///
  /// Source: Go 1.19 mgcsweep.go, deductSweepCredit.
  mutating func payForSweeping(bytes: Int, callerPages: Int, _ observer: Observer?) {
    guard pacer.sweepPagesPerByte > 0 else { return }
    while pacer.sweepDebtPages(spanBytes: bytes, callerPages: callerPages) > 0 {
      if sweepOne(observer) == nil {
        pacer.sweepPagesPerByte = 0
        return
      }
    }
  }
}
