// What must hold after every operation. Each check names what it found broken.

extension GoAllocator {
  /// Checks every invariant and names those that are broken; empty when all hold.
  ///
  /// - Complexity: O(pages + objects + slots); for tests and debugging.
  public func brokenInvariants() -> [String] {
    var broken: [String] = []
    if rules.isNotesEra {
      checkLists(&broken)
      checkSweepStack(&broken)
      checkFreeRuns(&broken)
    } else {
      checkQueues(&broken)
      checkPages(&broken)
    }
    checkSlots(&broken)
    checkObjects(&broken)
    checkFigures(&broken)
    return broken
  }

  // MARK: - Where spans are

  /// Every span in use is in exactly one place, and its sweepgen says so.
  private func checkQueues(_ broken: inout [String]) {
    var places = [Int](repeating: 0, count: spans.count)
    for (p, owner) in ps.enumerated() {
      for spanClass in owner.mcache.cachedSpanClasses {
        guard let id = owner.mcache[spanClass], spans.isInUse(id) else {
          broken.append("P\(p) caches a dead span for class \(spanClass)")
          continue
        }
        places[id] += 1
        if spans[id].sweepgen != sweepgen + 3 { broken.append("s\(id) is cached, but stale") }
        if spans[id].spanClass != spanClass { broken.append("s\(id) is cached as \(spanClass)") }
        if spans[id].isLarge { broken.append("s\(id) is large, but cached") }
      }
    }
    for spanClass in 0..<classes.spanClassCount {
      for queue in Queue.allCases {
        let entries = spans(in: queue, spanClass: spanClass)
        if isSweepDone, !queue.isSwept, !entries.isEmpty {
          broken.append("sweeping is done, but s\(entries[0]) is in \(queue.rawValue)")
        }
        for id in entries {
          places[id] += 1
          checkEntry(id, queue, spanClass, &broken)
        }
      }
    }
    spans.forEachInUse { id, _ in
      if places[id] != 1 { broken.append("s\(id) is in \(places[id]) places") }
    }
  }

  private func checkEntry(
    _ id: SpanID, _ queue: Queue, _ spanClass: Int, _ broken: inout [String]
  ) {
    let span = spans[id]
    let name = "s\(id) in \(queue.rawValue)"
    if span.spanClass != spanClass { broken.append("\(name) is of class \(span.spanClass)") }
    if span.isLarge, queue.isPartial { broken.append("\(name) is large") }
    if span.sweepgen != (queue.isSwept ? sweepgen : sweepgen - 2) {
      broken.append("\(name) has sweepgen \(span.sweepgen), the heap \(sweepgen)")
    }
    if queue == .partialSwept, span.allocCount == 0 || !span.hasFreeSlot {
      broken.append("\(name) has \(span.allocCount) of \(span.nelems) slots used")
    }
    if queue == .fullSwept, span.hasFreeSlot {
      broken.append("\(name) has \(span.allocCount) of \(span.nelems) slots used")
    }
  }

  /// Notes' era: every small span is in one list, the cached one in `empty`; every large one is
  /// in the list of its length.
  private func checkLists(_ broken: inout [String]) {
    var places = [Int](repeating: 0, count: spans.count)
    var cached = Set<SpanID>()
    for p in ps {
      for spanClass in p.mcache.cachedSpanClasses {
        guard let id = p.mcache[spanClass] else { continue }
        if !cached.insert(id).inserted { broken.append("two mcaches hold s\(id)") }
      }
    }
    for spanClass in 0..<classes.spanClassCount {
      for id in nonempty(spanClass: spanClass) {
        places[id] += 1
        let span = spans[id]
        if span.allocCount == 0 || !span.hasFreeSlot || cached.contains(id) {
          broken.append("s\(id) is in nonempty with \(span.allocCount) slots used")
        }
        if span.spanClass != spanClass { broken.append("s\(id) is in list \(spanClass)") }
      }
      for id in empty(spanClass: spanClass) {
        places[id] += 1
        if spans[id].hasFreeSlot, !cached.contains(id) {
          broken.append("s\(id) is in empty with free slots, and not cached")
        }
        if spans[id].spanClass != spanClass { broken.append("s\(id) is in list \(spanClass)") }
      }
    }
    for pages in busy.indices {
      for id in busySpans(pages: pages) {
        places[id] += 1
        if !spans[id].isLarge || min(spans[id].npages, FreeRuns.bigRunPages) != pages {
          broken.append("s\(id) is in the list of large objects of \(pages) pages")
        }
      }
    }
    spans.forEachInUse { id, span in
      if places[id] != 1 { broken.append("s\(id) is in \(places[id]) lists") }
      if span.inCache != cached.contains(id) { broken.append("s\(id): inCache is wrong") }
    }
  }

  /// Notes' era: what is unswept is exactly what is on the sweep stack.
  private func checkSweepStack(_ broken: inout [String]) {
    let stack = sweepStack.compactMap { $0 }
    let onStack = Set(stack)
    if onStack.count != stack.count { broken.append("a span is on the sweep stack twice") }
    spans.forEachInUse { id, span in
      let isUnswept = span.sweepgen == sweepgen - 2
      if !isUnswept, span.sweepgen != sweepgen {
        broken.append("s\(id) has sweepgen \(span.sweepgen), the heap \(sweepgen)")
      }
      if isUnswept, isSweepDone { broken.append("sweeping is done, but not of s\(id)") }
      if isUnswept != onStack.contains(id) { broken.append("s\(id): the sweep stack is wrong") }
    }
  }

  // MARK: - Slots and objects

  /// Counts and bits of every span agree, and its slots fit into its pages.
  private func checkSlots(_ broken: inout [String]) {
    var allocated = 0
    spans.forEachInUse { id, span in
      let used = (0..<span.nelems).count { span.isUsed($0) }
      if span.allocCount != used {
        broken.append("s\(id): \(used) slots are used, allocCount is \(span.allocCount)")
      }
      if span.freeindex > span.nelems { broken.append("s\(id): freeindex \(span.freeindex)") }
      if span.nelems * span.elemSizeBytes > span.npages * SizeClasses.pageSizeBytes {
        broken.append("s\(id): its slots do not fit")
      }
      if span.nelems != classes.slotCount(spanClass: span.spanClass) {
        broken.append("s\(id): it has \(span.nelems) slots")
      }
      if !span.isForeign { allocated += span.allocCount * span.elemSizeBytes }
    }
    if allocated != allocatedBytes {
      broken.append("allocated: \(allocatedBytes) bytes, in slots \(allocated)")
    }
  }

  /// Every object lies in a used slot of a span in use; only tiny ones share.
  private func checkObjects(_ broken: inout [String]) {
    var reachable = 0
    var seen = [Int: Bool]()
    objects.forEach { handle, object in
      guard spans.isInUse(object.span), object.slot < spans[object.span].nelems else {
        broken.append("object \(handle) is reachable, but its span is gone")
        return
      }
      let span = spans[object.span]
      if !span.isUsed(object.slot) {
        broken.append("object \(handle) is reachable, but its slot is free")
      }
      if !span.isReachable(object.slot) {
        broken.append("object \(handle) is referenced, but would not be marked")
      }
      let key = object.span << 16 | object.slot
      if let isTiny = seen[key] {
        if !isTiny || !object.isTiny { broken.append("object \(handle) shares a slot") }
      } else {
        seen[key] = object.isTiny
        reachable += span.elemSizeBytes
      }
    }
    if reachable != reachableBytes {
      broken.append("reachable: \(reachableBytes) bytes, in slots \(reachable)")
    }
  }

  // MARK: - Figures

  /// The figures add up; memory in use is resident.
  private func checkFigures(_ broken: inout [String]) {
    let figures = figures
    if figures.sysBytes != figures.inUseBytes + figures.idleBytes {
      broken.append("in use and idle are not all: \(figures)")
    }
    if figures.idleBytes < 0 || figures.releasedBytes < 0
      || figures.releasedBytes > figures.idleBytes
    {
      broken.append("released is no part of idle: \(figures)")
    }
    if figures.reachableBytes > figures.allocatedBytes
      || figures.allocatedBytes > figures.inUseBytes
    {
      broken.append("more is reachable than allocated, or allocated than in use: \(figures)")
    }
    let least = spanPages * SizeClasses.pageSizeBytes
    if figures.residentBytes < least || figures.residentBytes > figures.sysBytes {
      broken.append("resident: \(figures.residentBytes), spans alone \(least)")
    }
  }
}
