import Models

// What is said of a request on its way to a slot.

extension AllocatorNarration {
  func request(
    _ event: GoAllocator.Event, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    switch event {
    case .requested(let handle, let sizeBytes, let noscan, let p):
      return requested(handle, sizeBytes, noscan, p, language)
    case .zeroSizeReturned(let handle):
      let name = words.object(handle, language)
      return say(
        language, "malloc.go mallocgc",
        "\(name) gets the address of zerobase, as every object of 0 bytes does. No slot is used.",
        "\(name) 得到 zerobase 的地址，所有 0 字节的对象都一样，不占槽位。")
    case .sizeClassFound(let sizeClass, let spanClass, let elemSizeBytes, let headerBytes):
      return classFound(sizeClass, spanClass, elemSizeBytes, headerBytes, moment, language)
    case .tinyPacked, .tinyBlockOpened, .tinyBlockKept: return tiny(event, moment, language)
    case .mcacheAsked(let p, let spanClass, let span, let freeSlots):
      return mcacheAsked(p, spanClass, span, freeSlots, moment, language)
    case .mcentralAsked(let spanClass):
      return rules.isNotesEra
        ? listsAsked(spanClass, moment, language) : queuesAsked(spanClass, moment, language)
    case .slotReturned(let handle, let span, let slot, let headerBytes):
      return slotReturned(handle, span, slot, headerBytes, moment, language)
    case .largeAllocated(let handle, let span, let npages):
      return largeAllocated(handle, span, npages, moment, language)
    case .workerChanged(let worker):
      return say(
        language, "proc.go acquirep",
        "Requests now come from a goroutine on P\(worker). P\(worker) owns an mcache that no "
          + "other P touches, so asking it takes no lock.",
        "现在由 P\(worker) 上的 goroutine 发出申请。P\(worker) 有自己的 mcache，别的 P 不会碰它，"
          + "所以不用加锁。")
    default: return Narration("")
    }
  }

  private func requested(
    _ handle: Int, _ sizeBytes: Int, _ noscan: Bool, _ p: Int, _ language: Language
  ) -> Narration {
    let limit = rules.smallLimitBytes
    let way: Bilingual
    if sizeBytes == 0 {
      way = Bilingual("Nothing has to be stored.", "不需要存储任何内容。")
    } else if noscan, sizeBytes < GoAllocator.SizeClasses.tinyLimitBytes {
      way = Bilingual(
        "Below 16 bytes that makes it a tiny object.", "小于 16 字节，是微小对象。")
    } else if sizeBytes <= limit {
      way = Bilingual(
        "Small, as it is at most \(limit) bytes: it has a size class.",
        "不超过 \(limit) 字节，是小对象，按大小规格分配。")
    } else {
      way = Bilingual(
        "Above \(limit) bytes it is a large object and goes straight to mheap.",
        "超过 \(limit) 字节，是大对象，直接找 mheap。")
    }
    let bytes = sizeBytes == 1 ? "1 byte" : "\(sizeBytes) bytes"
    return say(
      language, "malloc.go mallocgc",
      "P\(p) asks for \(bytes) \(noscan ? "without" : "with") pointers: "
        + "\(words.object(handle, .en)). " + way.en,
      "P\(p) 申请 \(sizeBytes) 字节，\(noscan ? "不含" : "含")指针：\(words.object(handle, .zh))。"
        + way.zh)
  }

  private func classFound(
    _ sizeClass: Int, _ spanClass: Int, _ elemSizeBytes: Int, _ headerBytes: Int,
    _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    let (sizeBytes, noscan) = Self.request(moment)
    let pageBytes = GoAllocator.SizeClasses.pageSizeBytes
    if sizeClass == 0 {
      let npages = elemSizeBytes / pageBytes
      return say(
        language, "malloc.go mallocgc, mcache.go allocLarge", notes: "malloc.go largeAlloc",
        "Size class 0, for large objects: \(sizeBytes) bytes need \(Self.count(npages, "page")) "
          + "of 8 KB, a span of their own.",
        "大小规格 0，即大对象：\(sizeBytes) 字节需要 \(npages) 个 8 KB 的页，独占一个 span。")
    }
    let kind = noscan ? 1 : 0
    let number = Bilingual(
      rules.hasNoscanSpanClasses
        ? " \(noscan ? "Without" : "With") pointers the span class is \(sizeClass) × 2 + \(kind) "
          + "= \(spanClass)."
        : " Objects with and without pointers share it.",
      rules.hasNoscanSpanClasses
        ? "\(noscan ? "不含" : "含")指针，span class 是 \(sizeClass) × 2 + \(kind) = \(spanClass)。"
        : "含指针和不含指针的对象共用它。")
    if noscan, sizeBytes < GoAllocator.SizeClasses.tinyLimitBytes {
      let isOpen = moment.before.ps[moment.before.worker].mcache.tiny != nil
      return say(
        language, "malloc.go mallocgc",
        (isOpen ? "The open tiny block has no room for it" : "No tiny block is open")
          + ": a new one is needed, 16 bytes, size class \(sizeClass)." + number.en,
        (isOpen ? "当前微小对象块放不下" : "手里没有微小对象块")
          + "，需要新的 16 字节块，即大小规格 \(sizeClass)。" + number.zh)
    }
    if headerBytes > 0 {
      return say(
        language, "malloc.go mallocgc",
        "\(sizeBytes) bytes and a malloc header of \(headerBytes): size class \(sizeClass), "
          + "slots of \(elemSizeBytes) bytes." + number.en,
        "\(sizeBytes) 字节加 \(headerBytes) 字节的 malloc header：大小规格 \(sizeClass)，"
          + "每个槽位 \(elemSizeBytes) 字节。" + number.zh)
    }
    let fit = Bilingual(
      sizeBytes == elemSizeBytes
        ? "\(sizeBytes) bytes fit size class \(sizeClass) exactly."
        : "\(sizeBytes) bytes round up to size class \(sizeClass), slots of \(elemSizeBytes) bytes.",
      sizeBytes == elemSizeBytes
        ? "\(sizeBytes) 字节正好是大小规格 \(sizeClass)。"
        : "\(sizeBytes) 字节向上取整到大小规格 \(sizeClass)，每个槽位 \(elemSizeBytes) 字节。")
    return say(language, "malloc.go mallocgc", fit.en + number.en, fit.zh + number.zh)
  }

  // MARK: - Tiny objects

  private func tiny(
    _ event: GoAllocator.Event, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    let worker = moment.after.worker
    let offset = moment.after.ps[worker].mcache.tinyOffset
    switch event {
    case .tinyPacked(let handle, let span, let slot, let offsetBytes):
      let name = words.object(handle, language)
      let used = moment.before.ps[worker].mcache.tinyOffset
      let aligned = Bilingual(
        offsetBytes == used ? "" : ", aligned from \(used)",
        offsetBytes == used ? "" : "（由 \(used) 对齐而来）")
      return say(
        language, "malloc.go mallocgc",
        "\(name) goes into the open tiny block, slot \(slot) of \(Self.span(span)), at offset "
          + "\(offsetBytes)\(aligned.en). \(offset) of its 16 bytes are used now.",
        "\(name) 放进当前微小对象块，即 \(Self.span(span)) 的 \(slot) 号槽位，偏移 "
          + "\(offsetBytes)\(aligned.zh)。16 字节已用 \(offset)。")
    case .tinyBlockOpened(let p, let span, let slot):
      let replaces = moment.before.ps[p].mcache.tiny != nil
      return say(
        language, "malloc.go mallocgc",
        "Slot \(slot) of \(Self.span(span)) becomes P\(p)'s open tiny block, \(16 - offset) bytes "
          + "free: "
          + (replaces ? "more than the old block has." : "the next tiny objects share it."),
        "\(Self.span(span)) 的 \(slot) 号槽位成为 P\(p) 的当前微小对象块，还剩 \(16 - offset) 字节，"
          + (replaces ? "比旧块剩得多。" : "供后面的微小对象共用。"))
    case .tinyBlockKept(let p, let span, let slot):
      return say(
        language, "malloc.go mallocgc",
        "P\(p)'s open tiny block stays slot \(slot) of \(Self.span(span)): its \(16 - offset) free "
          + "bytes are no fewer than the new block's.",
        "P\(p) 的当前微小对象块仍是 \(Self.span(span)) 的 \(slot) 号槽位：它剩 \(16 - offset) 字节，不比新块少。")
    default: return Narration("")
    }
  }

  // MARK: - mcache and mcentral

  private func mcacheAsked(
    _ p: Int, _ spanClass: Int, _ span: GoAllocator.SpanID?, _ freeSlots: Int,
    _ moment: AllocatorMoment,
    _ language: Language
  ) -> Narration {
    let name = Bilingual(className(spanClass, .en), className(spanClass, .zh))
    guard let span else {
      return say(
        language, "mcache.go refill",
        "P\(p)'s mcache has nothing for \(name.en) but the dummy "
          + "emptymspan, which has no slot. It must be refilled.",
        "P\(p) 的 mcache 里没有 \(name.zh) 的 span，只有没有槽位的占位 emptymspan，需要补充。")
    }
    let slots = moment.after.span(span)?.nelems ?? 0
    if freeSlots == 0 {
      return say(
        language, "mcache.go refill",
        "P\(p)'s mcache: all \(Self.count(slots, "slot")) of \(Self.span(span)), its one span of "
          + "\(name.en), are used. It must be refilled.",
        "P\(p) 的 mcache：\(name.zh) 唯一的 span \(Self.span(span)) 的 \(slots) 个槽位全部用完，需要补充。")
    }
    return say(
      language, "malloc.go nextFreeFast",
      "P\(p)'s mcache: \(Self.span(span)) of \(name.en) has \(freeSlots) of "
        + "\(Self.count(slots, "slot")) free. Only P\(p) uses it, so no lock is taken.",
      "P\(p) 的 mcache：\(name.zh) 的 \(Self.span(span)) 还有 \(freeSlots)/\(slots) 个空闲槽位。"
        + "只有 P\(p) 用它，不用加锁。")
  }

  private func queuesAsked(
    _ spanClass: Int, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    let state = moment.before
    let ready = state.spans(in: GoAllocator.Queue.partialSwept, spanClass: spanClass).count
    let unswept =
      state.isSweepDone
      ? 0
      : state.count(in: .partialUnswept, spanClass: spanClass)
        + state.count(in: .fullUnswept, spanClass: spanClass)
    if ready > 0 {
      return say(
        language, "mcentral.go cacheSpan",
        "mcentral \(spanClass), shared by all Ps, has \(Self.count(ready, "span")) with free slots "
          + "in partialSwept. It takes the one in front: first in, first out.",
        "所有 P 共用的 mcentral \(spanClass) 在 partialSwept 里有 \(ready) 个未满的 span。"
          + "取队首那个：先进先出。")
    }
    if unswept > 0 {
      return say(
        language, "mcentral.go cacheSpan",
        "mcentral \(spanClass) has nothing in partialSwept, but \(Self.count(unswept, "span")) "
          + "unswept. It sweeps at most 101 until one has a free slot, else asks mheap.",
        "mcentral \(spanClass) 的 partialSwept 是空的，但有 \(unswept) 个 span 未清扫，"
          + "于是逐个清扫，最多 101 个，都没有空闲槽位就找 mheap。")
    }
    return say(
      language, "mcentral.go cacheSpan",
      "mcentral \(spanClass), shared by all Ps, has no span with a free slot: partialSwept is "
        + "empty, nothing is unswept. It asks mheap.",
      "所有 P 共用的 mcentral \(spanClass) 没有空闲槽位：partialSwept 为空，也没有未清扫的 span，"
        + "只能找 mheap。")
  }

  private func listsAsked(
    _ spanClass: Int, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    let state = moment.before
    let ready = state.nonempty(spanClass: spanClass).count
    if ready > 0 {
      return say(
        language, "mcentral.go cacheSpan",
        "mcentral \(spanClass) is locked and asked. Its list nonempty has "
          + "\(Self.count(ready, "span")) with free slots; the one in front is taken.",
        "加锁访问 mcentral \(spanClass)：nonempty 链表里有 \(ready) 个带空闲槽位的 span，取最前面的。")
    }
    if let front = state.empty(spanClass: spanClass).first,
      let span = state.span(front), span.sweepgen == state.sweepgen - 2
    {
      return say(
        language, "mcentral.go cacheSpan",
        "mcentral \(spanClass): nonempty has nothing. \(Self.span(front)), in front of empty, is "
          + "unswept: sweeping may find a free slot in it.",
        "mcentral \(spanClass)：nonempty 为空。empty 最前面的 \(Self.span(front)) 还没清扫，"
          + "清扫它也许能得到空闲槽位。")
    }
    return say(
      language, "mcentral.go cacheSpan",
      "mcentral \(spanClass) is locked and asked: nonempty has nothing, nothing in front of empty "
        + "is left to sweep. It asks mheap.",
      "加锁访问 mcentral \(spanClass)：nonempty 为空，empty 最前面也没有可清扫的，只能找 mheap。")
  }

  // MARK: - What is returned

  private func slotReturned(
    _ handle: Int, _ id: GoAllocator.SpanID, _ slot: Int, _ headerBytes: Int,
    _ moment: AllocatorMoment,
    _ language: Language
  ) -> Narration {
    guard let span = moment.after.span(id) else { return Narration("") }
    let name = words.object(handle, language)
    let left = span.nelems - span.allocCount
    let address = moment.after.address(of: id).map {
      " 0x" + String($0 + slot * span.elemSizeBytes + headerBytes, radix: 16)
    }
    let at = Bilingual(address.map { "," + $0 } ?? "", address.map { "，地址" + $0 } ?? "")
    if headerBytes > 0 {
      return say(
        language, "malloc.go mallocgc",
        "\(name) gets slot \(slot) of \(Self.span(id))\(at.en): \(headerBytes) bytes behind its "
          + "start, where a header with the type lies. \(Self.left(left)).",
        "\(name) 得到 \(Self.span(id)) 的 \(slot) 号槽位\(at.zh)，即槽位起点后 \(headerBytes) 字节，"
          + "前面是记录类型的 header。还剩 \(left) 个空闲槽位。")
    }
    // A tiny block's slot was taken before its own step.
    let freeindex = moment.before.span(id)?.freeindex ?? 0
    let skipped = slot - freeindex
    let lowest = Bilingual(
      "the lowest free one" + (skipped > 0 ? ", past \(Self.count(skipped, "used slot"))" : ""),
      "编号最小的空闲槽位" + (skipped > 0 ? "，跳过 \(skipped) 个在用的" : ""))
    let moved = Bilingual(
      skipped < 0 ? "" : "freeindex goes from \(freeindex) to \(slot + 1). ",
      skipped < 0 ? "" : "freeindex 由 \(freeindex) 变为 \(slot + 1)，")
    return say(
      language, "mbitmap.go nextFreeIndex",
      "\(name) gets slot \(slot) of \(Self.span(id))\(at.en): \(lowest.en). \(moved.en)"
        + "\(Self.left(left)).",
      "\(name) 得到 \(Self.span(id)) 的 \(slot) 号槽位\(at.zh)：\(lowest.zh)。\(moved.zh)"
        + (left == 0 ? "span 已满。" : "还剩 \(left) 个空闲槽位。"))
  }

  private static func left(_ slots: Int) -> String {
    slots == 0 ? "The span is full now" : slots == 1 ? "1 slot is left" : "\(slots) slots are left"
  }

  private func largeAllocated(
    _ handle: Int, _ id: GoAllocator.SpanID, _ npages: Int, _ moment: AllocatorMoment,
    _ language: Language
  ) -> Narration {
    let name = words.object(handle, language)
    let unused = npages * GoAllocator.SizeClasses.pageSizeBytes - Self.request(moment).sizeBytes
    let address = moment.after.address(of: id).map { "0x" + String($0, radix: 16) }
    return say(
      language, "mcache.go allocLarge", notes: "malloc.go largeAlloc",
      "\(name) gets \(Self.span(id)) for itself" + (address.map { ", address \($0)" } ?? "")
        + ". "
        + (unused == 0
          ? "Its \(npages) pages fit exactly."
          : "At the end of its \(Self.count(npages, "page")), \(Self.count(unused, "byte")) stay unused."),
      "\(name) 独占 \(Self.span(id))" + (address.map { "，地址 \($0)" } ?? "")
        + (unused == 0
          ? "。\(npages) 页正好用完。"
          : "。\(npages) 页的末尾有 \(unused) 字节用不上。"))
  }

  static func span(_ id: GoAllocator.SpanID) -> String { AllocatorWords.span(id) }
}
