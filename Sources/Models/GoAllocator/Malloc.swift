// A request's way: tiny, small or large; mcache, mcentral, mheap.
//
// Source: Go 1.19 malloc.go, mallocgc and nextFree; mcache.go, refill and allocLarge. The notes'
// era differs only in what it does with lists.

extension GoAllocator {
  mutating func malloc(_ sizeBytes: Int, noscan: Bool, _ observer: Observer?) {
    let handle = objects.count
    report(
      observer, .requested(handle: handle, sizeBytes: sizeBytes, noscan: noscan, p: worker))
    if sizeBytes == 0 {
      objects.append(ObjectTable.Entry.zeroSize)
      report(observer, .zeroSizeReturned(handle: handle))
      return
    }
    mallocCount += 1
    if noscan, sizeBytes < SizeClasses.tinyLimitBytes {
      mallocTiny(sizeBytes, handle, observer)
      return
    }
    let (sizeClass, header) = classes.placement(sizeBytes: sizeBytes, noscan: noscan)
    if sizeClass == 0 {
      mallocLarge(sizeBytes, noscan: noscan, handle, observer)
      return
    }
    let spanClass = classes.spanClass(sizeClass, noscan: noscan)
    report(
      observer,
      .sizeClassFound(
        sizeClass: sizeClass, spanClass: spanClass,
        elemSizeBytes: classes.slotSizeBytes(sizeClass), headerBytes: header))
    let (span, slot, refilled) = nextFree(spanClass, observer)
    place(span, slot, tinyOffset: 0, isTiny: false)
    report(
      observer, .slotReturned(handle: handle, span: span, slot: slot, headerBytes: header))
    if refilled { testTrigger(observer) }
  }

  /// Packs a small object without pointers into the open 16-byte block, or a new one.
  private mutating func mallocTiny(_ sizeBytes: Int, _ handle: Int, _ observer: Observer?) {
    let offset = Self.align(ps[worker].mcache.tinyOffset, for: sizeBytes)
    if let block = ps[worker].mcache.tiny, offset + sizeBytes <= SizeClasses.tinyLimitBytes {
      ps[worker].mcache.tinyOffset = offset + sizeBytes
      ps[worker].mcache.tinyAllocs += 1
      place(block.span, block.slot, tinyOffset: offset, isTiny: true)
      report(
        observer,
        .tinyPacked(
          handle: handle, span: block.span, slot: block.slot, offsetBytes: offset))
      return
    }
    let spanClass = classes.tinySpanClass
    let sizeClass = classes.sizeClass(spanClass: spanClass)
    report(
      observer,
      .sizeClassFound(
        sizeClass: sizeClass, spanClass: spanClass,
        elemSizeBytes: classes.slotSizeBytes(sizeClass), headerBytes: 0))
    let (span, slot, refilled) = nextFree(spanClass, observer)
    place(span, slot, tinyOffset: 0, isTiny: true)
    // Of the two blocks the one with more room left stays open.
    if let block = ps[worker].mcache.tiny, sizeBytes >= ps[worker].mcache.tinyOffset {
      report(observer, .tinyBlockKept(p: worker, span: block.span, slot: block.slot))
    } else {
      ps[worker].mcache.tiny = TinyBlock(span: span, slot: slot)
      ps[worker].mcache.tinyOffset = sizeBytes
      report(observer, .tinyBlockOpened(p: worker, span: span, slot: slot))
    }
    report(observer, .slotReturned(handle: handle, span: span, slot: slot, headerBytes: 0))
    if refilled { testTrigger(observer) }
  }

  private static func align(_ offset: Int, for sizeBytes: Int) -> Int {
    let alignment = sizeBytes & 7 == 0 ? 8 : sizeBytes & 3 == 0 ? 4 : sizeBytes & 1 == 0 ? 2 : 1
    return (offset + alignment - 1) & ~(alignment - 1)
  }

  private mutating func mallocLarge(
    _ sizeBytes: Int, noscan: Bool, _ handle: Int, _ observer: Observer?
  ) {
    let npages = (sizeBytes + SizeClasses.pageSizeBytes - 1) / SizeClasses.pageSizeBytes
    let bytes = npages * SizeClasses.pageSizeBytes
    let spanClass = classes.spanClass(0, noscan: noscan)
    report(
      observer,
      .sizeClassFound(sizeClass: 0, spanClass: spanClass, elemSizeBytes: bytes, headerBytes: 0))
    payForSweeping(bytes: bytes, callerPages: npages, observer)
    let span = allocSpan(npages, spanClass, isLarge: true, observer)
    spans[span].takeWhole()
    pacer.heapLiveBytes += bytes
    if rules.isNotesEra {
      let list = min(npages, FreeRuns.bigRunPages)
      busy[list].insertBack(span, in: &spans)
      report(
        observer,
        .spanMoved(span: span, spanClass: spanClass, from: .mheap, to: .busy(pages: list)))
    } else {
      centrals[spanClass].push(span, to: .fullSwept, sweepgen: sweepgen)
      report(
        observer,
        .spanMoved(
          span: span, spanClass: spanClass, from: .mheap,
          to: .queue(.fullSwept, spanClass: spanClass)))
    }
    place(span, 0, tinyOffset: 0, isTiny: false)
    report(observer, .largeAllocated(handle: handle, span: span, npages: npages))
    testTrigger(observer)
  }

  /// Notes where the next handle's object lies.
  @inline(__always)
  private mutating func place(_ span: SpanID, _ slot: Int, tinyOffset: Int, isTiny: Bool) {
    objects.append(
      ObjectTable.Entry(span: span, slot: slot, tinyOffset: tinyOffset, isTiny: isTiny).word)
    if spans[span].refer(to: slot) { reachableBytes += spans[span].elemSizeBytes }
    if isMarking { spans[span].gcmarkBits.insert(slot) }
    if !isTiny || tinyOffset == 0 { allocatedBytes += spans[span].elemSizeBytes }
  }

  /// Takes the lowest free slot of the mcache's span, getting another span if it has none.
  @inline(__always)
  private mutating func nextFree(
    _ spanClass: Int, _ observer: Observer?
  ) -> (span: SpanID, slot: Int, refilled: Bool) {
    let cached = ps[worker].mcache[spanClass]
    report(
      observer,
      .mcacheAsked(
        p: worker, spanClass: spanClass, span: cached,
        freeSlots: cached.map { spans[$0].nelems - spans[$0].allocCount } ?? 0))
    if let cached, let slot = spans[cached].takeSlot() { return (cached, slot, false) }
    let span = refill(spanClass, observer)
    guard let slot = spans[span].takeSlot() else {
      preconditionFailure("span \(span) came from the mcentral without a free slot")
    }
    return (span, slot, true)
  }

  /// Puts a span with free slots in the place of the mcache's full one.
  private mutating func refill(_ spanClass: Int, _ observer: Observer?) -> SpanID {
    let p = worker
    if let full = ps[p].mcache[spanClass] {
      ps[p].mcache[spanClass] = nil
      if rules.isNotesEra {
        spans[full].inCache = false
        report(
          observer,
          .spanMoved(
            span: full, spanClass: spanClass, from: .mcache(p: p),
            to: .empty(spanClass: spanClass)))
      } else {
        uncache(full, p: p, observer)
      }
    }
    report(observer, .mcentralAsked(spanClass: spanClass))
    let size = classes.sizeClass(spanClass: spanClass)
    payForSweeping(
      bytes: classes.pageCount(size) * SizeClasses.pageSizeBytes, callerPages: 0, observer)
    let span: SpanID
    if rules.isNotesEra {
      span = cacheSpanOfNotesEra(spanClass, observer)
      spans[span].inCache = true
    } else {
      span = cacheSpan(spanClass, observer)
      spans[span].sweepgen = sweepgen + 3
    }
    let taken = spans[span]
    pacer.heapLiveBytes +=
      taken.npages * SizeClasses.pageSizeBytes - taken.allocCount * taken.elemSizeBytes
    ps[p].mcache[spanClass] = span
    report(
      observer,
      .spanMoved(
        span: span, spanClass: spanClass,
        from: rules.isNotesEra ? .empty(spanClass: spanClass) : .mcentral(spanClass: spanClass),
        to: .mcache(p: p)))
    return span
  }

  /// The program forgets objects: what nothing else can reach will not be marked any more.
  ///
  /// To forget what is forgotten changes nothing.
  mutating func drop(_ first: Int, _ last: Int, _ step: Int, _ observer: Observer?) {
    for handle in stride(from: first, through: last, by: step) {
      let entry = ObjectTable.Entry(word: objects[handle])
      guard entry.word != ObjectTable.Entry.dropped else { continue }
      objects.drop(handle)
      guard entry.word != ObjectTable.Entry.zeroSize else { continue }
      if spans[entry.span].unrefer(entry.slot) {
        reachableBytes -= spans[entry.span].elemSizeBytes
      }
    }
    report(observer, .dropped(first: first, last: last, step: step))
  }
}
