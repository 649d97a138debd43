import Models

/// All that the allocator knows of an item at a moment.
struct AllocatorInspector {
  let moment: Moment<GoAllocator>
  let words: AllocatorWords
  let language: Language

  var state: GoAllocator { moment.after }
  typealias Facts = [(String, String)]

  func word(_ en: String, _ zh: String) -> String { Bilingual(en, zh)[language] }
  func flag(_ value: Bool) -> String { value ? word("yes", "是") : word("no", "否") }

  func inspect(_ item: Item) -> Inspection? {
    let path = item.path
    switch item.kind {
    case "span": return span(path[0])
    case "slot": return slot(path[0], path[1])
    case "slots": return slots(path[0], path[1]..<path[1] + path[2])
    case "pages": return pages(path[0]..<path[0] + path[1])
    case "mcache": return cached(path[0], path[1])
    case "tiny": return tiny(path[0])
    case "mcentral": return mcentral(path[0])
    case "queue": return queue(GoAllocator.Queue.allCases[path[1]], path[0])
    case "list": return list(nonempty: path[1] == 0, path[0])
    case "runs": return runs(path[0] == 0 ? .free(path[1]) : .busy(path[1]))
    case "run": return run(path[0])
    case "region": return region(path[0])
    case "figure": return figure(path[0])
    case "request": return AllocatorItem.request(moment, language)
    default: return nil
    }
  }

  // MARK: - Spans

  private func span(_ id: GoAllocator.SpanID) -> Inspection? {
    guard id < state.spanCount else { return nil }
    guard let span = state.span(id) else {
      return Inspection(
        "s\(id)", [(word("state", "状态"), word("freed: its pages went back", "已释放：页已归还堆"))])
    }
    var facts: Facts = [(word("is in", "位于"), place(of: id, span))]
    if span.firstPage >= 0 {
      facts.append((word("pages", "页"), range(span.firstPage, span.npages)))
      if let address = state.address(of: id) { facts.append((word("address", "地址"), hex(address))) }
    } else {
      facts.append(("npages", "\(span.npages)"))
    }
    facts += classFacts(span.spanClass)
    facts += [
      ("elemsize", "\(span.elemSizeBytes)"), ("nelems", "\(span.nelems)"),
      ("allocCount", "\(span.allocCount)"), ("freeindex", "\(span.freeindex)"),
      ("sweepgen", sweepgen(span)),
      (word("marked", "已标记"), "\((0..<span.nelems).count { span.isMarked($0) })"),
      (word("reachable", "可达"), "\((0..<span.nelems).count { span.isReachable($0) })"),
    ]
    let tail =
      span.npages * GoAllocator.SizeClasses.pageSizeBytes - span.nelems * span.elemSizeBytes
    facts.append((word("tail, unused", "尾部未用"), word("\(tail) bytes", "\(tail) 字节")))
    if span.isForeign { facts.append((word("made", "创建"), word("before the trace", "在 trace 之前"))) }
    return Inspection("s\(id)", facts)
  }

  private func classFacts(_ spanClass: Int) -> Facts {
    let classes = state.classes
    let sizeClass = classes.sizeClass(spanClass: spanClass)
    let isLarge = sizeClass == 0
    let size = isLarge ? word("large", "大对象") : "\(classes.slotSizeBytes(sizeClass)) B"
    var facts: Facts = [("size class", "\(sizeClass): \(size)")]
    if state.rules.hasNoscanSpanClasses {
      facts.insert(("spanclass", "\(spanClass)"), at: 0)
      facts.append(("noscan", flag(classes.isNoscan(spanClass: spanClass))))
    }
    return facts
  }

  /// A span's sweepgen, and what it says against the heap's.
  ///
  /// Source: Go 1.19 mheap.go, the comment at `mspan.sweepgen`.
  private func sweepgen(_ span: GoAllocator.MSpan) -> String {
    let heap = state.sweepgen
    let meaning: String
    switch span.sweepgen - heap {
    case -2: meaning = word("needs sweeping", "待清扫")
    case -1: meaning = word("being swept", "正在清扫")
    case 0: meaning = word("swept", "已清扫")
    case 1: meaning = word("cached before, needs sweeping", "此前缓存，待清扫")
    case 3: meaning = word("swept, then cached", "清扫后被缓存")
    default: meaning = "?"
    }
    return "\(span.sweepgen), \(word("heap's", "堆的为")) \(heap): \(meaning)"
  }

  /// The list, queue or cache that really holds a span.
  private func place(of id: GoAllocator.SpanID, _ span: GoAllocator.MSpan) -> String {
    let spanClass = span.spanClass
    if let p = state.ps.indices.first(where: { state.ps[$0].mcache[spanClass] == id }) {
      let listed = state.rules.isNotesEra ? ", empty \(spanClass)" : ""
      return "P\(p) mcache" + listed
    }
    if state.rules.isNotesEra {
      if state.nonempty(spanClass: spanClass).contains(id) { return "nonempty \(spanClass)" }
      if state.empty(spanClass: spanClass).contains(id) { return "empty \(spanClass)" }
      if span.isLarge, let place = state.place(of: id) { return AllocatorWords.place(place) }
    }
    for queue in GoAllocator.Queue.allCases
    where state.spans(in: queue, spanClass: spanClass).contains(id) {
      return "mcentral \(spanClass), \(queue.rawValue)"
    }
    return word("no queue: on its way", "不在队列中：途中")
  }

  // MARK: - Slots

  private func slot(_ id: GoAllocator.SpanID, _ slot: Int) -> Inspection? {
    guard let span = state.span(id), slot < span.nelems else { return nil }
    let isUsed = span.isUsed(slot)
    var facts: Facts = [
      (word("bytes", "字节"), "\(span.elemSizeBytes)"),
      (word("allocated", "已分配"), flag(isUsed)),
      (word("marked", "已标记"), flag(span.isMarked(slot))),
      (word("reachable", "可达"), flag(span.isReachable(slot))),
    ]
    if let start = state.address(of: id) {
      facts.insert((word("address", "地址"), hex(start + slot * span.elemSizeBytes)), at: 0)
    }
    if isUsed { facts.append((word("object", "对象"), objects(id, slot, span))) }
    if slot == span.freeindex { facts.append(("freeindex", word("points here", "指向此槽"))) }
    for (p, owner) in state.ps.enumerated()
    where owner.mcache.tiny?.span == id && owner.mcache.tiny?.slot == slot {
      facts.append((word("tiny block", "微小对象块"), "P\(p), \(owner.mcache.tinyOffset)/16"))
    }
    return Inspection("s\(id)[\(slot)]", facts)
  }

  /// How many of the latest requests are looked through for what a slot holds.
  private static let lookback = 200_000

  /// What the program calls the objects in a slot.
  private func objects(_ id: GoAllocator.SpanID, _ slot: Int, _ span: GoAllocator.MSpan) -> String {
    if span.isForeign { return word("from before the trace", "trace 之前的对象") }
    guard span.isReachable(slot) else { return word("dropped: garbage", "已丢弃：垃圾") }
    var names: [String] = []
    for handle in (max(0, state.handleCount - Self.lookback)..<state.handleCount).reversed() {
      guard let location = state.location(of: handle), location.span == id, location.slot == slot
      else { continue }
      names.append(words.object(handle, language))
      if !location.isTiny || names.count == 4 { break }
    }
    return names.isEmpty ? "?" : names.reversed().joined(separator: ", ")
  }

  private func slots(_ id: GoAllocator.SpanID, _ slots: Range<Int>) -> Inspection? {
    guard let span = state.span(id), slots.upperBound <= span.nelems else { return nil }
    let used = slots.filter { span.isUsed($0) }
    var facts: Facts = [
      (word("slots", "槽数"), "\(slots.count)"),
      (word("bytes each", "每槽字节"), "\(span.elemSizeBytes)"),
      (word("allocated", "已分配"), "\(used.count)"),
      (word("marked", "已标记"), "\(slots.count { span.isMarked($0) })"),
      (word("reachable", "可达"), "\(used.count { span.isReachable($0) })"),
    ]
    if slots.contains(span.freeindex) { facts.append(("freeindex", "\(span.freeindex)")) }
    return Inspection("s\(id)[\(slots.lowerBound)-\(slots.upperBound - 1)]", facts)
  }

  // MARK: - mcache

  private func cached(_ p: Int, _ spanClass: Int) -> Inspection? {
    guard state.ps.indices.contains(p) else { return nil }
    var facts = classFacts(spanClass)
    if let id = state.ps[p].mcache[spanClass], let span = state.span(id) {
      facts += [
        ("span", "s\(id)"),
        (word("free slots", "空闲槽"), "\(span.nelems - span.allocCount)/\(span.nelems)"),
        ("freeindex", "\(span.freeindex)"),
      ]
    } else {
      facts.append(("span", "emptymspan"))
    }
    return Inspection("P\(p) mcache.alloc[\(spanClass)]", facts)
  }

  private func tiny(_ p: Int) -> Inspection? {
    guard state.ps.indices.contains(p), let tiny = state.ps[p].mcache.tiny else { return nil }
    let cache = state.ps[p].mcache
    var facts: Facts = [
      (word("slot", "槽"), "s\(tiny.span)[\(tiny.slot)]"),
      ("tinyoffset", word("\(cache.tinyOffset) of 16 bytes", "\(cache.tinyOffset)/16 字节")),
      ("tinyAllocs", "\(cache.tinyAllocs)"),
    ]
    if let span = state.span(tiny.span) {
      facts.append((word("objects", "对象"), objects(tiny.span, tiny.slot, span)))
    }
    return Inspection(word("P\(p) tiny block", "P\(p) 的微小对象块"), facts)
  }

  // MARK: - mcentral

  private func mcentral(_ spanClass: Int) -> Inspection? {
    let classes = state.classes
    guard spanClass < classes.spanClassCount else { return nil }
    var facts = classFacts(spanClass)
    let sizeClass = classes.sizeClass(spanClass: spanClass)
    if sizeClass > 0 {
      facts += [
        (word("pages a span", "每个 span 的页数"), "\(classes.pageCount(sizeClass))"),
        (word("slots a span", "每个 span 的槽数"), "\(classes.slotCount(spanClass: spanClass))"),
      ]
    }
    if state.rules.isNotesEra {
      facts += [
        ("nonempty", "\(state.nonempty(spanClass: spanClass).count)"),
        ("empty", "\(state.empty(spanClass: spanClass).count)"),
      ]
    } else {
      for queue in GoAllocator.Queue.allCases {
        facts.append((queue.rawValue, "\(state.count(in: queue, spanClass: spanClass))"))
      }
    }
    return Inspection("mcentral[\(spanClass)]", facts)
  }

  private func queue(_ queue: GoAllocator.Queue, _ spanClass: Int) -> Inspection? {
    guard spanClass < state.classes.spanClassCount else { return nil }
    let spans = state.spans(in: queue, spanClass: spanClass)
    let entries = state.count(in: queue, spanClass: spanClass)
    var facts: Facts = [
      (word("spans", "span 数"), "\(spans.count)"),
      (word("next to pop", "下一个取出"), spans.first.map { "s\($0)" } ?? "-"),
      (word("latest pushed", "最近放入"), spans.last.map { "s\($0)" } ?? "-"),
      (word("sweepgen, heap's", "堆的 sweepgen"), "\(state.sweepgen)"),
    ]
    if entries > spans.count {
      facts.append((word("dead entries", "失效项"), "\(entries - spans.count)"))
    }
    return Inspection("mcentral[\(spanClass)] \(queue.rawValue)", facts)
  }

  private func list(nonempty: Bool, _ spanClass: Int) -> Inspection? {
    guard spanClass < state.classes.spanClassCount else { return nil }
    let spans = nonempty ? state.nonempty(spanClass: spanClass) : state.empty(spanClass: spanClass)
    return Inspection(
      "mcentral[\(spanClass)] " + (nonempty ? "nonempty" : "empty"),
      [
        (word("spans", "span 数"), "\(spans.count)"),
        (word("front", "表头"), spans.first.map { "s\($0)" } ?? "-"),
        (word("back", "表尾"), spans.last.map { "s\($0)" } ?? "-"),
        (word("cached", "被缓存"), "\(spans.count { state.span($0)?.inCache ?? false })"),
      ])
  }
}
