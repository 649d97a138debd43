import Models

/// A span that changes hands.
struct SpanMove {
  var span: GoAllocator.SpanID
  var spanClass: Int
  var from: GoAllocator.Place
  var to: GoAllocator.Place
}

// What is said of spans on their way between mcache, mcentral and mheap.

extension AllocatorNarration {
  func spanMoved(_ move: SpanMove, _ moment: AllocatorMoment, _ language: Language) -> Narration {
    let look = SpanLook(move, moment)
    switch (move.from, move.to) {
    case (_, .mheap): return dead(move, look, language)
    case (.mheap, .mcentral), (.mheap, .empty): return fresh(move, look, language)
    case (.mheap, _): return large(move, language)
    case (_, .mcache(let p)): return cached(move, p, look, language)
    case (.mcache(let p), _): return uncached(move, p, look, language)
    case (.queue(let queue, _), .mcentral): return taken(move, queue, look, language)
    case (.mcentral, _):
      return say(
        language, "mcentral.go cacheSpan",
        "\(look.name): sweeping found no free slot, so it goes to fullSwept of mcentral "
          + "\(move.spanClass). The search goes on with the next span.",
        "\(look.name)：清扫后仍没有空闲槽位，放入 mcentral \(move.spanClass) 的 fullSwept，继续找下一个 span。")
    case (.queue(let queue, _), _): return requeued(move, queue, look, language)
    default: return listed(move, look, language)
    }
  }

  /// What a span looks like right after its move.
  private struct SpanLook {
    var name: String
    var slots = 0
    var free = 0
    var npages = 0
    var elemSizeBytes = 0

    init(_ move: SpanMove, _ moment: AllocatorMoment) {
      name = AllocatorWords.span(move.span)
      guard let span = moment.after.span(move.span) ?? moment.before.span(move.span) else { return }
      slots = span.nelems
      free = span.nelems - span.allocCount
      npages = span.npages
      elemSizeBytes = span.elemSizeBytes
    }

    /// How many of its slots are free.
    var freeEn: String {
      "\(free) of \(AllocatorNarration.count(slots, "slot")) \(free == 1 ? "is" : "are") free"
    }
    var freeZh: String { "\(slots) 个槽位中有 \(free) 个空闲" }
  }

  private func fresh(_ move: SpanMove, _ look: SpanLook, _ language: Language) -> Narration {
    let pages = Self.count(look.npages, "page")
    let slots = Self.count(look.slots, "slot")
    if rules.isNotesEra {
      return say(
        language, "mcentral.go grow",
        "mheap hands \(look.name) to mcentral \(move.spanClass): \(pages), cut into \(slots) of "
          + "\(look.elemSizeBytes) bytes. It goes to the back of empty, as an mcache will hold it.",
        "mheap 把 \(look.name) 交给 mcentral \(move.spanClass)：\(look.npages) 页切成 \(look.slots) 个 "
          + "\(look.elemSizeBytes) 字节的槽位。它马上要被 mcache 缓存，所以放到 empty 末尾。")
    }
    return say(
      language, "mcentral.go grow",
      "mheap hands \(look.name) to mcentral \(move.spanClass): \(pages), cut into \(slots) of "
        + "\(look.elemSizeBytes) bytes. It joins no queue, as an mcache waits for it.",
      "mheap 把 \(look.name) 交给 mcentral \(move.spanClass)：\(look.npages) 页切成 \(look.slots) 个 "
        + "\(look.elemSizeBytes) 字节的槽位。mcache 正等着它，所以不进队列。")
  }

  private func large(_ move: SpanMove, _ language: Language) -> Narration {
    let name = Self.span(move.span)
    if case .busy(let pages) = move.to {
      let list = pages < 128 ? "busy[\(pages)]" : "busylarge"
      let length = Bilingual(
        pages < 128 ? Self.count(pages, "page") : "128 pages and more",
        pages < 128 ? " \(pages) 页" : " 128 页及以上")
      return say(
        language, "mheap.go alloc_m",
        "\(name) joins mheap's list \(list), for large objects of \(length.en). Sweeping will "
          + "look for it there.",
        "\(name) 加入 mheap 的 \(list) 链表，那里是\(length.zh)的大对象，清扫时从那里找到它。")
    }
    return say(
      language, "mcache.go allocLarge",
      "\(name) goes to fullSwept of mcentral \(move.spanClass), only so that sweeping finds it. "
        + "A large span never enters an mcache.",
      "\(name) 放入 mcentral \(move.spanClass) 的 fullSwept，只是为了让清扫找得到它。大对象的 span 从不进入 mcache。")
  }

  private func cached(
    _ move: SpanMove, _ p: Int, _ look: SpanLook, _ language: Language
  ) -> Narration {
    if rules.isNotesEra {
      return say(
        language, "mcache.go refill",
        "P\(p)'s mcache takes \(look.name) as its span of \(className(move.spanClass, .en)): "
          + "\(look.freeEn). It stays listed in empty meanwhile.",
        "P\(p) 的 mcache 把 \(look.name) 作为 \(className(move.spanClass, .zh)) 的 span："
          + "\(look.freeZh)。这期间它仍挂在 empty 上。")
    }
    return say(
      language, "mcache.go refill",
      "mcentral \(move.spanClass) hands \(look.name) to P\(p)'s mcache: \(look.freeEn). From now on "
        + "only P\(p) allocates in it, without a lock.",
      "mcentral \(move.spanClass) 把 \(look.name) 交给 P\(p) 的 mcache：\(look.freeZh)。从此只有 P\(p) "
        + "在里面分配，不用加锁。")
  }

  private func uncached(
    _ move: SpanMove, _ p: Int, _ look: SpanLook, _ language: Language
  ) -> Narration {
    switch move.to {
    case .empty:
      return say(
        language, "mcache.go refill", notes: "mcentral.go uncacheSpan",
        "P\(p)'s mcache lets go of \(look.name), which is full. It stays where it was listed, in "
          + "empty of mcentral \(move.spanClass): empty of free slots.",
        "P\(p) 的 mcache 放下已满的 \(look.name)。它留在 mcentral \(move.spanClass) 的 empty 里："
          + "empty 指没有空闲槽位。")
    case .nonempty:
      return say(
        language, "mcentral.go uncacheSpan",
        "\(look.name) leaves P\(p)'s mcache for the front of nonempty in mcentral "
          + "\(move.spanClass): \(look.freeEn), for any P.",
        "\(look.name) 离开 P\(p) 的 mcache，放到 mcentral \(move.spanClass) 的 nonempty 最前面："
          + "\(look.freeZh)，任何 P 都能用。")
    default:
      if look.free == 0 {
        return say(
          language, "mcentral.go uncacheSpan",
          "P\(p)'s mcache gives \(look.name), which is full, to fullSwept of mcentral "
            + "\(move.spanClass). No one looks for room there before the next GC.",
          "P\(p) 的 mcache 把已满的 \(look.name) 交给 mcentral \(move.spanClass) 的 fullSwept。"
            + "下次 GC 之前没有人去那里找空闲槽位。")
      }
      return say(
        language, "mcentral.go uncacheSpan",
        "\(look.name) leaves P\(p)'s mcache for partialSwept of mcentral \(move.spanClass): "
          + "\(look.freeEn), for whichever P asks first.",
        "\(look.name) 离开 P\(p) 的 mcache，进入 mcentral \(move.spanClass) 的 partialSwept："
          + "\(look.freeZh)，哪个 P 先来就给哪个。")
    }
  }

  private func taken(
    _ move: SpanMove, _ queue: GoAllocator.Queue, _ look: SpanLook, _ language: Language
  ) -> Narration {
    switch queue {
    case .partialUnswept:
      return say(
        language, "mcentral.go cacheSpan",
        "mcentral \(move.spanClass) takes \(look.name) from partialUnswept. It has room, but must be "
          + "swept before a slot is handed out.",
        "mcentral \(move.spanClass) 从 partialUnswept 取出 \(look.name)。它有空闲槽位，但分配之前必须先清扫。")
    case .fullUnswept:
      return say(
        language, "mcentral.go cacheSpan",
        "mcentral \(move.spanClass) takes \(look.name) from fullUnswept. It was full before the GC; "
          + "sweeping may free some of its slots.",
        "mcentral \(move.spanClass) 从 fullUnswept 取出 \(look.name)。GC 之前它是满的，清扫也许能腾出槽位。")
    default:
      return say(
        language, "mcentral.go cacheSpan",
        "mcentral \(move.spanClass) takes \(look.name) from the front of partialSwept: "
          + "\(look.freeEn). Its live objects stay where they are.",
        "mcentral \(move.spanClass) 从 partialSwept 队首取出 \(look.name)：\(look.freeZh)。存活的对象原地不动。")
    }
  }

  private func requeued(
    _ move: SpanMove, _ queue: GoAllocator.Queue, _ look: SpanLook, _ language: Language
  ) -> Narration {
    if look.free > 0 {
      return say(
        language, "mgcsweep.go sweep",
        "\(look.name) goes from \(queue.rawValue) to partialSwept of mcentral \(move.spanClass): "
          + "\(look.freeEn), and the next refill may take it.",
        "\(look.name) 从 \(queue.rawValue) 进入 mcentral \(move.spanClass) 的 partialSwept："
          + "\(look.freeZh)，下次补充时可以取用。")
    }
    return say(
      language, "mgcsweep.go sweep",
      "\(look.name) goes from \(queue.rawValue) to fullSwept of mcentral \(move.spanClass): "
        + (look.slots == 1 ? "its one object is alive." : "all its \(look.slots) slots are alive."),
      "\(look.name) 从 \(queue.rawValue) 进入 mcentral \(move.spanClass) 的 fullSwept："
        + (look.slots == 1 ? "唯一的对象还存活。" : "\(look.slots) 个槽位全部存活。"))
  }

  /// The notes' era's moves between its two lists.
  private func listed(_ move: SpanMove, _ look: SpanLook, _ language: Language) -> Narration {
    switch (move.from, move.to) {
    case (.nonempty, _):
      return say(
        language, "mcentral.go cacheSpan",
        "mcentral \(move.spanClass) moves \(look.name) from the front of nonempty to the back of "
          + "empty: an mcache is about to hold it.",
        "mcentral \(move.spanClass) 把 \(look.name) 从 nonempty 最前面移到 empty 末尾：它马上要被 mcache 缓存。")
    case (.empty, .empty):
      return say(
        language, "mcentral.go cacheSpan",
        "\(look.name), in front of empty and unswept, moves to its back to be swept. Perhaps that "
          + "frees a slot.",
        "empty 最前面的 \(look.name) 还没清扫，移到末尾去清扫，也许能腾出槽位。")
    default:
      return say(
        language, "mcentral.go freeSpan",
        "\(look.name) moves from empty to the front of nonempty in mcentral \(move.spanClass): "
          + "\(look.freeEn) again.",
        "\(look.name) 从 empty 移到 mcentral \(move.spanClass) 的 nonempty 最前面：\(look.freeZh)。")
    }
  }

  private func dead(_ move: SpanMove, _ look: SpanLook, _ language: Language) -> Narration {
    let from: Bilingual
    switch move.from {
    case .mcache(let p): from = Bilingual("P\(p)'s mcache", " P\(p) 的 mcache")
    case .queue(let queue, let spanClass):
      from = Bilingual("\(queue.rawValue) \(spanClass)", " \(queue.rawValue) \(spanClass)")
    default:
      let name = AllocatorWords.place(move.from)
      from = Bilingual(name, " \(name)")
    }
    return say(
      language, "mgcsweep.go sweep, mheap.go freeSpan",
      "Nothing in \(look.name) is alive, so the whole span leaves \(from.en) and goes back to mheap.",
      "\(look.name) 里没有存活对象，整个 span 离开\(from.zh)，回到 mheap。")
  }
}
