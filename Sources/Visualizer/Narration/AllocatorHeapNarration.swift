import Models

// What is said of the page heap, of its growth, and of memory that goes back.

extension AllocatorNarration {
  func heap(
    _ event: GoAllocator.Event, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    switch event {
    case .mheapAsked(let npages): return mheapAsked(npages, moment, language)
    case .pageCacheFilled, .pageCacheFlushed: return pageCache(event, language)
    case .arenaReserved, .heapGrew, .regionsMapped: return growth(event, moment, language)
    case .pagesTaken(let first, let npages, let source):
      return pagesTaken(first, npages, source, language)
    case .runSplit, .runsMerged: return runs(event, language)
    case .spanFreed(let span, let first, let npages):
      let pages = AllocatorWords.pages(first, npages, language)
      return say(
        language, "mheap.go freeSpanLocked",
        "\(Self.span(span))'s \(first < 0 ? "pages" : pages) can become any span again. RSS stays: "
          + "free pages are idle, but still in memory.",
        "\(Self.span(span)) 的\(first < 0 ? "页" : pages)可以再切成任何 span。RSS 不变：空闲页（idle）仍在内存里。")
    case .pagesScavenged(let first, let npages):
      return scavenged(first, npages, moment, language)
    case .kernelReclaimed(let npages):
      if npages == 0 {
        return say(
          language, "mem_linux.go sysUnused",
          "The kernel is short of memory, but was offered nothing: no page was given up with "
            + "MADV_FREE and is still in memory.",
          "内核缺内存，但没有可拿的页：没有用 MADV_FREE 交出而仍在内存中的页。")
      }
      let rss = resident(moment)
      return say(
        language, "mem_linux.go sysUnused",
        "The kernel is short of memory and takes \(Self.count(npages, "page")) that were offered "
          + "with MADV_FREE. Only now does RSS fall, \(rss.en).",
        "内核缺内存，取走用 MADV_FREE 交出的 \(npages) 页。RSS 到现在才下降，\(rss.zh)。")
    case .statsRead:
      let figures = moment.after.figures
      let (inUse, idle) = (figures.inUseBytes, figures.idleBytes)
      return say(
        language, "mstats.go ReadMemStats",
        "ReadMemStats, after flushing every mcache: HeapInuse \(AllocatorWords.size(inUse)), HeapIdle "
          + "\(AllocatorWords.size(idle)), of it \(AllocatorWords.size(figures.releasedBytes)) "
          + "released. top shows \(AllocatorWords.size(figures.residentBytes)).",
        "ReadMemStats 先清空各 mcache 再统计：HeapInuse \(AllocatorWords.size(inUse))，HeapIdle "
          + "\(AllocatorWords.size(idle))，其中已归还 \(AllocatorWords.size(figures.releasedBytes))。"
          + "top 显示 \(AllocatorWords.size(figures.residentBytes))。")
    default: return Narration("")
    }
  }

  private func resident(_ moment: AllocatorMoment) -> Bilingual {
    let before = AllocatorWords.size(moment.before.figures.residentBytes)
    let after = AllocatorWords.size(moment.after.figures.residentBytes)
    return Bilingual("from \(before) to \(after)", "由 \(before) 变为 \(after)")
  }

  // MARK: - Asking for pages

  private func mheapAsked(_ npages: Int, _ moment: AllocatorMoment, _ language: Language)
    -> Narration
  {
    let pages = Self.count(npages, "page")
    if !moment.before.isSweepDone {
      return say(
        language, "mheap.go alloc, reclaim", notes: "mheap.go alloc_m, reclaim",
        "mheap is asked for \(pages). Sweeping is not finished, so it first tries to sweep as many "
          + "free: reuse before growth.",
        "向 mheap 申请 \(npages) 页。清扫还没完成，先设法清扫出同样多的页：先回收，再增长。")
    }
    if rules.isNotesEra {
      let list = npages < 128 ? "free[\(npages)]" : "freelarge"
      let search = Bilingual(
        npages < 128
          ? "It looks into \(list) first, then at longer free runs."
          : "It looks for the shortest run in freelarge that is long enough.",
        npages < 128 ? "先看 \(list)，再看更长的空闲段。" : "在 freelarge 里找够长的空闲段中最短的。")
      return say(
        language, "mheap.go allocSpan", notes: "mheap.go allocSpanLocked",
        "mheap is locked and asked for \(pages) of 8 KB. " + search.en,
        "加锁向 mheap 申请 \(npages) 个 8 KB 的页。" + search.zh)
    }
    let p = moment.before.worker
    if npages < GoAllocator.PageCache.requestLimit {
      let kept = moment.before.ps[p].pageCache.free.nonzeroBitCount
      if moment.before.pageCount == 0 {
        return say(
          language, "mheap.go allocSpan",
          "mheap is asked for \(pages) of 8 KB. Below 16 pages P\(p)'s page cache would have them, but "
            + "the heap has no page yet.",
          "向 mheap 申请 \(npages) 个 8 KB 的页。少于 16 页本该从 P\(p) 的页缓存取，但堆里还没有页。")
      }
      let state = Bilingual(
        kept == 0
          ? "which is empty and must be filled first."
          : "with \(Self.count(kept, "page")) left: no lock is taken.",
        kept == 0 ? "它是空的，要先填充。" : "里面还有 \(kept) 页，不用加锁。")
      return say(
        language, "mheap.go allocSpan",
        "mheap is asked for \(pages) of 8 KB. Below 16 pages they come from P\(p)'s page cache, "
          + state.en,
        "向 mheap 申请 \(npages) 个 8 KB 的页。少于 16 页，从 P\(p) 的页缓存取，" + state.zh)
    }
    return say(
      language, "mheap.go allocSpan",
      "mheap is asked for \(pages) of 8 KB. From 16 pages on the page cache is passed by; the heap "
        + "is locked and its bitmap searched.",
      "向 mheap 申请 \(npages) 个 8 KB 的页。16 页起不走页缓存，加锁后查页位图。")
  }

  private func pageCache(_ event: GoAllocator.Event, _ language: Language) -> Narration {
    switch event {
    case .pageCacheFilled(let p, let first, let npages):
      return say(
        language, "mpagecache.go allocToCache",
        "P\(p)'s page cache is empty. It takes all \(Self.count(npages, "free page")) of the 64-page "
          + "block at page \(first); then no lock is needed for a while.",
        "P\(p) 的页缓存为空，取走从第 \(first) 页开始的 64 页块里全部 \(npages) 个空闲页，之后一段时间不用加锁。")
    case .pageCacheFlushed(let p, let first, let npages):
      return say(
        language, "mpagecache.go flush",
        "P\(p) is idle during the GC: its page cache returns \(Self.count(npages, "page")) of the "
          + "block at page \(first), for other Ps to use.",
        "P\(p) 在 GC 时空闲：页缓存退回第 \(first) 页起那一块里的 \(npages) 页，别的 P 可以使用。")
    default: return Narration("")
    }
  }

  private func pagesTaken(
    _ first: Int, _ npages: Int, _ source: GoAllocator.PageSource, _ language: Language
  ) -> Narration {
    let pages = AllocatorWords.pages(first, npages, language)
    let Pages = pages.prefix(1).uppercased() + pages.dropFirst()
    let leave = npages == 1 ? "leaves" : "leave"
    let are = npages == 1 ? "is" : "are"
    let lowest = Bilingual(
      npages == 1 ? "the lowest free page" : "the lowest run of \(npages) free pages",
      npages == 1 ? "地址最低的空闲页" : "地址最低的、连续 \(npages) 页的空闲段")
    switch source {
    case .pageCache(let p):
      return say(
        language, "mpagecache.go alloc",
        "\(Pages) \(leave) P\(p)'s page cache: \(lowest.en) in it. Other Ps do not see cached pages, "
          + "so no lock is taken.",
        "\(pages)离开 P\(p) 的页缓存：取其中\(lowest.zh)。别的 P 看不到缓存的页，不用加锁。")
    case .pageHeap:
      return say(
        language, "mpagealloc.go alloc",
        "\(Pages) \(are) taken out of the heap's page bitmap, under the heap lock: \(lowest.en) there "
          + "is.",
        "加锁从堆的页位图取得\(pages)：\(lowest.zh)。")
    case .freeList(let length) where length == npages && length < 128:
      return say(
        language, "mheap.go allocSpanLocked",
        "\(Pages) \(are) taken: the run in front of free[\(length)] has exactly the length.",
        "取得\(pages)：free[\(length)] 最前面的空闲段长度正好。")
    case .freeList(let length):
      let list = AllocatorWords.freeList(length)
      return say(
        language, "mheap.go allocSpanLocked",
        "\(Pages) \(are) cut from the low end of a run in \(list)"
          + (length < 128
            ? ", the first list that has one long enough." : ": the shortest that is long enough."),
        "从 \(list) 里一段的低端切下\(pages)"
          + (length < 128 ? "：这是第一个有够长空闲段的链表。" : "：选够长的里面最短的。"))
    }
  }

  private func runs(_ event: GoAllocator.Event, _ language: Language) -> Narration {
    switch event {
    case .runSplit(let first, let npages):
      let list = AllocatorWords.freeList(npages)
      return say(
        language, "mheap.go allocSpanLocked",
        "What is left of the run, \(AllocatorWords.pages(first, npages, .en)), goes to the front of "
          + "\(list): \(Self.count(npages, "page")).",
        "这一段剩下的\(AllocatorWords.pages(first, npages, .zh))放到 \(list) 最前面，共 \(npages) 页。")
    case .runsMerged(let first, let npages):
      let list = AllocatorWords.freeList(npages)
      return say(
        language, "mheap.go freeSpanLocked",
        "They merge with free neighbours into one run, \(AllocatorWords.pages(first, npages, .en)), "
          + "at the front of \(list).",
        "它们与相邻的空闲页合并成一段：\(AllocatorWords.pages(first, npages, .zh))，放到 \(list) 最前面。")
    default: return Narration("")
    }
  }

  // MARK: - Growing and shrinking

  private func growth(
    _ event: GoAllocator.Event, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    switch event {
    case .arenaReserved(let index):
      return say(
        language, "malloc.go sysAlloc",
        "No free run is long enough: mheap reserves arena \(index), 64 MB of addresses. They are "
          + "mapped in steps of 4 MB, as needed.",
        "没有够长的空闲段：mheap 保留 arena \(index)，即 64 MB 地址空间，之后按需每次映射 4 MB。")
    case .heapGrew(let first, let npages):
      let size = AllocatorWords.size(npages * GoAllocator.SizeClasses.pageSizeBytes)
      if rules.isNotesEra {
        return say(
          language, "mheap.go grow",
          "The arena grows by \(size), 1 MB being the least: \(AllocatorWords.pages(first, npages, .en)) "
            + "are a free run now.",
          "arena 增长 \(size)（至少 1 MB）：\(AllocatorWords.pages(first, npages, .zh))成为一段空闲页。")
      }
      return say(
        language, "mheap.go grow",
        "The heap grows by \(size): \(AllocatorWords.pages(first, npages, .en)). They take no memory "
          + "until first used, and count as released till then.",
        "堆增长 \(size)：\(AllocatorWords.pages(first, npages, .zh))。第一次使用之前不占内存，算作已归还。")
    case .regionsMapped(let spansBytes, let bitmapBytes, let arenaUsedBytes):
      return say(
        language, "mheap.go setArenaUsed, mbitmap.go mapBits",
        "arena_used is to rise to \(AllocatorWords.size(arenaUsedBytes)). Before, the bitmap is mapped "
          + "down to \(AllocatorWords.size(bitmapBytes)) below the arena, and "
          + "\(AllocatorWords.size(spansBytes)) of spans.",
        "arena_used 要升到 \(AllocatorWords.size(arenaUsedBytes))。在此之前，bitmap 向下映射到 arena 之下 "
          + "\(AllocatorWords.size(bitmapBytes))，spans 映射 \(AllocatorWords.size(spansBytes))。")
    default: return Narration("")
    }
  }

  private func scavenged(
    _ first: Int, _ npages: Int, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    let pages = AllocatorWords.pages(first, npages, language)
    let rss = resident(moment)
    if moment.after.usesMadvFree {
      let size = AllocatorWords.size(moment.after.figures.residentBytes)
      return say(
        language, "mgcscavenge.go scavengeOne",
        "The OS is offered \(pages) with MADV_FREE. Go counts them as released, but RSS stays at "
          + "\(size) until the kernel needs memory.",
        "用 MADV_FREE 把\(pages)交给操作系统。Go 记为已归还，但内核缺内存之前 RSS 仍是 \(size)。")
    }
    let unchanged =
      moment.before.figures.residentBytes == moment.after.figures.residentBytes
    let effect = Bilingual(
      unchanged ? "They had never been used, so RSS stays." : "RSS falls \(rss.en).",
      unchanged ? "它们从未用过，RSS 不变。" : "RSS \(rss.zh)。")
    return say(
      language, "mgcscavenge.go scavengeOne", notes: "mheap.go scavengelist",
      "The scavenger gives \(pages) back to the OS with MADV_DONTNEED. " + effect.en,
      "scavenger 用 MADV_DONTNEED 把\(pages)归还操作系统。" + effect.zh)
  }
}
