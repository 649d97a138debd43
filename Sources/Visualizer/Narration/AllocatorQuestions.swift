import Models

/// What a viewer is asked of the allocator: how large is the slot, who has it, where does the span
/// come from, what is left of it.
struct AllocatorQuestions {
  let rules: GoAllocator.Rules
  let moment: Moment<GoAllocator>

  var before: GoAllocator { moment.before }

  /// The question that the moment's event answers, or those right behind it; nil for an event
  /// without a decision.
  var question: Question? {
    switch moment.event {
    case .sizeClassFound(let sizeClass, let spanClass, let bytes, _):
      return ofTiny(isPacked: false) ?? ofSize(sizeClass, spanClass, bytes)
    case .tinyPacked: return ofTiny(isPacked: true)
    case .mcacheAsked(_, _, let span, let freeSlots): return ofMCache(span, freeSlots)
    case .mcentralAsked(let spanClass): return ofSpan(spanClass)
    case .mheapAsked(let npages): return ofPages(npages)
    case .arenaReserved, .heapGrew, .pagesTaken(_, _, .pageHeap): return ofManyPages
    case .spanFreed, .pagesScavenged, .kernelReclaimed: return ofResident
    case .tinyBlockKept: return ofTinyBlock(isKept: true)
    case .tinyBlockOpened(let p, _, _) where before.ps[p].mcache.tiny != nil:
      return ofTinyBlock(isKept: false)
    case .slotReturned(_, let span, let slot, _): return ofSlot(span, slot)
    case .spanMoved(let span, _, .mcache, let to): return ofPlace(span, to)
    case .spanSwept(let span, _, _, let allocCount): return ofSweep(span, allocCount)
    case .pagesTaken(_, let npages, .freeList(let list)): return ofRun(npages, list)
    case .regionsMapped:
      if case .mheapAsked(let npages)? = moment.recent.last { return ofRun(npages, nil) }
      return nil
    default: return nil
    }
  }

  // MARK: - The request

  /// The request that is being served: its size, and whether it is the first of its operation.
  private var request: (sizeBytes: Int, noscan: Bool, isFirst: Bool)? {
    for event in moment.recent.reversed() {
      if case .requested(_, let sizeBytes, let noscan, _) = event {
        return (sizeBytes, noscan, isFirst: moment.recent.first == event)
      }
    }
    return nil
  }

  private static func bytes(_ count: Int) -> Bilingual {
    Bilingual(count == 1 ? "1 byte" : "\(count) bytes", "\(count) 字节")
  }

  private func kind(_ noscan: Bool) -> Bilingual {
    noscan ? Bilingual("without pointers", "不含指针") : Bilingual("with pointers", "含指针")
  }

  /// How large the slot is, when a size is asked for that this P holds no span of.
  private func ofSize(_ sizeClass: Int, _ spanClass: Int, _ slotBytes: Int) -> Question? {
    guard let request, before.ps[before.worker].mcache[spanClass] == nil else { return nil }
    let text = Bilingual(
      "\(Self.bytes(request.sizeBytes).en) \(kind(request.noscan).en) are asked for. How large is "
        + "what they get?",
      "申请 \(Self.bytes(request.sizeBytes).zh)，\(kind(request.noscan).zh)。得到的有多大？")
    if sizeClass == 0 {
      let npages = slotBytes / GoAllocator.SizeClasses.pageSizeBytes
      guard request.isFirst, !hasLargeSpan(npages) else { return nil }
      func pages(_ count: Int) -> Bilingual {
        Bilingual("\(count) pages, its own span", "\(count) 页，独占一个 span")
      }
      return Question(
        text, right: pages(npages), wrong: [pages(npages + 1), pages(npages + 2)],
        step: moment.step)
    }
    func slot(_ bytes: Int) -> Bilingual { Bilingual("a slot of \(bytes)", "\(bytes) 字节的槽位") }
    // The class below fits where a tiny object or a header takes more than was asked for.
    let others = [sizeClass - 1, sizeClass + 1, sizeClass + 2].filter {
      (1..<before.classes.count).contains($0)
        && before.classes.slotSizeBytes($0) >= request.sizeBytes
    }
    return Question(
      text, right: slot(slotBytes), wrong: others.map { slot(before.classes.slotSizeBytes($0)) },
      step: moment.step)
  }

  /// Whether such a large object has been seen already; not looked for where there are many spans.
  private func hasLargeSpan(_ npages: Int) -> Bool {
    guard before.spansInUseCount < 1024 else { return true }
    var isThere = false
    before.forEachSpan { _, span in
      if span.isLarge, span.npages == npages { isThere = true }
    }
    return isThere
  }

  /// Whether a tiny object shares the open block.
  private func ofTiny(isPacked: Bool) -> Question? {
    guard let request, request.noscan, request.sizeBytes > 0,
      request.sizeBytes < GoAllocator.SizeClasses.tinyLimitBytes,
      before.ps[before.worker].mcache.tiny != nil
    else { return nil }
    let used = before.ps[before.worker].mcache.tinyOffset
    let shares = Bilingual("it shares the open block", "放进当前块")
    let opens = Bilingual("it needs a new block", "需要新的块")
    return Question(
      Bilingual(
        "\(Self.bytes(request.sizeBytes).en), and \(used) of the open tiny block's 16 are used. "
          + "Where does it go?",
        "申请 \(Self.bytes(request.sizeBytes).zh)，当前微小对象块的 16 字节已用 \(used)。它放在哪里？"),
      inOrder: [shares, opens], right: isPacked ? shares : opens)
  }

  /// Which of two tiny blocks stays open.
  private func ofTinyBlock(isKept: Bool) -> Question? {
    guard let request else { return nil }
    let used = before.ps[before.worker].mcache.tinyOffset
    let old = Bilingual(
      "the old one, with \(16 - used) bytes left", "旧的，还剩 \(16 - used) 字节")
    let new = Bilingual(
      "the new one, with \(16 - request.sizeBytes) bytes left", "新的，还剩 \(16 - request.sizeBytes) 字节"
    )
    return Question(
      Bilingual("Which tiny block stays open?", "哪个成为当前微小对象块？"), inOrder: [old, new],
      right: isKept ? old : new)
  }

  /// Whether the mcache's span has a slot: when it is nearly full, and at some other times.
  private func ofMCache(_ span: GoAllocator.SpanID?, _ freeSlots: Int) -> Question? {
    guard let span, let request,
      freeSlots <= 1 || request.isFirst && (moment.operationIndex ?? 0) % 4 == 0
    else { return nil }
    let name = AllocatorWords.span(span)
    let has = Bilingual("\(name) has a free slot", "\(name) 有空闲槽位")
    let full = Bilingual("\(name) is full: on to mcentral", "\(name) 已满：找 mcentral")
    return Question(
      Bilingual(
        "P\(before.worker)'s mcache is asked for a slot. What does it find?",
        "向 P\(before.worker) 的 mcache 要一个槽位。结果怎样？"),
      inOrder: [has, full], right: freeSlots > 0 ? has : full)
  }

  /// Which slot an object gets, where the span has holes between used ones.
  private func ofSlot(_ id: GoAllocator.SpanID, _ slot: Int) -> Question? {
    guard let span = before.span(id), !span.isUsed(slot), span.nelems <= 1024,
      let lastUsed = (0..<span.nelems).last(where: span.isUsed), slot < lastUsed,
      let request, request.isFirst || moment.recent.contains(where: { $0.name == "mcentralAsked" })
    else { return nil }
    let free = (slot + 1..<span.nelems).filter { !span.isUsed($0) }
    let behind = free.first { $0 > lastUsed }
    let others = [free.first, behind, free.last].compactMap(\.self)
    func name(_ slot: Int) -> Bilingual { Bilingual("slot \(slot)", "\(slot) 号槽位") }
    return Question(
      Bilingual(
        "\(AllocatorWords.span(id)) has free slots between used ones. Which is handed out?",
        "\(AllocatorWords.span(id)) 的空闲槽位夹在在用的之间。分配哪一个？"),
      right: name(slot), wrong: others.map(name), step: moment.step)
  }
}
