import Models

/// Where spans and pages come from, and where they go.
extension AllocatorQuestions {
  private typealias Place = GoAllocator.Place

  /// A place where a span may be, as a choice.
  private static func words(_ place: GoAllocator.Place) -> Bilingual {
    switch place {
    case .mheap: Bilingual(same: "mheap")
    case .queue(let queue, _): Bilingual(same: "mcentral \(queue.rawValue)")
    case .nonempty: Bilingual(same: "mcentral nonempty")
    case .empty: Bilingual(same: "mcentral empty")
    case .mcentral: Bilingual(same: "mcentral")
    case .mcache(let p): Bilingual(same: "P\(p) mcache")
    case .busy: Bilingual(same: "busy")
    }
  }

  /// Where an mcentral finds a span: what it does next says it.
  ///
  /// Unswept spans are looked at only while sweeping is unfinished.
  func ofSpan(_ spanClass: Int) -> Question? {
    guard let source = sourceAhead else { return nil }
    let size = before.classes.slotSizeBytes(before.classes.sizeClass(spanClass: spanClass))
    var places: [GoAllocator.Place] = []
    if rules.isNotesEra {
      places = [.nonempty(spanClass: spanClass)]
      if !before.isSweepDone { places.append(.empty(spanClass: spanClass)) }
    } else {
      places = [.queue(.partialSwept, spanClass: spanClass)]
      if !before.isSweepDone {
        places.append(.queue(.partialUnswept, spanClass: spanClass))
        places.append(.queue(.fullUnswept, spanClass: spanClass))
      }
    }
    return Question(
      Bilingual(
        "The mcache needs another span of \(size)-byte slots. Where does it come from?",
        "mcache 需要另一个 \(size) 字节槽位的 span。它从哪里来？"),
      inOrder: (places + [.mheap]).map(Self.words), right: Self.words(source))
  }

  /// Where the span that an mcentral is asked for comes from; nil if that is not seen yet, or if a
  /// span was looked at in vain.
  private var sourceAhead: GoAllocator.Place? {
    for event in moment.upcoming {
      switch event {
      case .mheapAsked: return .mheap
      case .spanMoved(let span, let spanClass, let from, .mcentral),
        .spanMoved(let span, let spanClass, let from, .empty):
        return reachesMCache(span, spanClass) ? from : nil
      case .spanSwept, .spanFreed, .sweepFinished, .spanMoved, .runsMerged: continue
      default: return nil
      }
    }
    return nil
  }

  private func reachesMCache(_ span: GoAllocator.SpanID, _ spanClass: Int) -> Bool {
    moment.upcoming.contains {
      if case .spanMoved(span, spanClass, _, .mcache) = $0 { true } else { false }
    }
  }

  /// Where few pages come from: what the heap does next says it.
  ///
  /// Source: Go 1.19 mheap.go, allocSpan.
  func ofPages(_ npages: Int) -> Question? {
    guard !rules.isNotesEra, before.isSweepDone, npages < GoAllocator.PageCache.requestLimit
    else { return nil }
    let p = before.worker
    let cached = Bilingual("the page cache of P\(p) has them", "P\(p) 的页缓存里有")
    let filled = Bilingual("P\(p)'s page cache is filled first", "先填充 P\(p) 的页缓存")
    let bitmap = Bilingual("the heap's bitmap is searched", "查堆的页位图")
    let grows = Bilingual("the heap grows", "堆要增长")
    let right: Bilingual
    switch moment.upcoming.first {
    case .pageCacheFilled: right = filled
    case .pagesTaken(_, _, .pageCache): right = cached
    case .arenaReserved where before.pageCount == 0: right = grows
    default: return nil
    }
    return Question(
      Bilingual(
        npages == 1
          ? "The mheap is asked for 1 page. Where does it come from?"
          : "The mheap is asked for \(npages) pages. Where do they come from?",
        "向 mheap 申请 \(npages) 页。从哪里来？"),
      inOrder: [cached, filled, bitmap, grows], right: right)
  }

  /// Whether the heap has room for many pages, which no page cache holds.
  var ofManyPages: Question? {
    guard case .mheapAsked(let npages)? = moment.recent.last, before.isSweepDone,
      npages >= GoAllocator.PageCache.requestLimit
    else { return nil }
    let found = Bilingual("the bitmap has such a run", "页位图里有这样一段")
    let grows = Bilingual("no run is long enough: the heap grows", "没有够长的：堆要增长")
    let right = if case .pagesTaken = moment.event { found } else { grows }
    return Question(
      Bilingual(
        "\(npages) free pages in a row are looked for. Are they there?",
        "要找连续 \(npages) 个空闲页。找得到吗？"),
      inOrder: [found, grows], right: right)
  }

  /// Whether what `top` shows changes: of many events in a row, the first.
  var ofResident: Question? {
    let about: Bilingual
    switch moment.event {
    case .spanFreed(let span, _, let npages):
      let name = AllocatorWords.span(span)
      about = Bilingual(
        "The \(npages) pages of \(name) are free again.", "\(name) 的 \(npages) 页空出来了。")
    case .pagesScavenged(_, let npages):
      about = Bilingual(
        "\(npages) free pages are offered to the system.", "\(npages) 个空闲页交给操作系统。")
    case .kernelReclaimed:
      about = Bilingual("The kernel runs short of memory.", "内核缺内存。")
    default: return nil
    }
    guard !moment.recent.contains(where: { $0.name == moment.event?.name }) else { return nil }
    let (old, new) = (before.figures.residentBytes, moment.after.figures.residentBytes)
    let stays = Bilingual("it stays as it is", "不变")
    let falls = Bilingual("it falls", "下降")
    return Question(
      Bilingual("\(about.en) What does RSS do?", "\(about.zh)RSS 会怎样？"),
      inOrder: [stays, falls], right: new < old ? falls : stays)
  }

  /// Notes' era: which list of free runs the pages come from; nil stands for a heap that grows.
  func ofRun(_ npages: Int, _ list: Int?) -> Question? {
    guard case .mheapAsked? = moment.recent.last else { return nil }
    let grows = Bilingual("none: the arena grows", "没有合适的：arena 增长")
    let lists = [npages, npages + 1, 128, list].compactMap(\.self).map { min($0, 128) }
    func run(_ list: Int) -> Bilingual {
      let name = AllocatorWords.freeList(list)
      return Bilingual("a run of \(name)", "\(name) 里的一段")
    }
    let count = npages == 1 ? "1 page is" : "\(npages) pages are"
    return Question(
      Bilingual(
        "\(count) wanted. Which list of free runs has them?", "需要 \(npages) 页。从哪个空闲段链表取？"),
      inOrder: Set(lists).sorted().prefix(3).map(run) + [grows],
      right: list.map(run) ?? grows)
  }

  /// Where a span goes that leaves an mcache.
  func ofPlace(_ id: GoAllocator.SpanID, _ to: GoAllocator.Place) -> Question? {
    guard let span = before.span(id) ?? moment.after.span(id) else { return nil }
    let spanClass = span.spanClass
    let places: [GoAllocator.Place]
    if rules.isNotesEra {
      places = [.nonempty(spanClass: spanClass), .empty(spanClass: spanClass)]
    } else {
      places = [
        .queue(.partialSwept, spanClass: spanClass), .queue(.fullSwept, spanClass: spanClass),
        .mheap,
      ]
    }
    // Of many that leave together, the first and some others.
    guard !moment.recent.contains(where: { $0.name == "spanMoved" }) || moment.step % 4 == 0
    else { return nil }
    let name = AllocatorWords.span(id)
    return Question(
      Bilingual("\(name) leaves the mcache. Where does it go?", "\(name) 离开 mcache。它到哪里去？"),
      inOrder: places.map(Self.words), right: Self.words(to))
  }

  // MARK: - Sweeping

  /// What is left of a span when it has been swept: of many in a row, the first and some others.
  func ofSweep(_ id: GoAllocator.SpanID, _ allocCount: Int) -> Question? {
    guard let span = before.span(id), !span.isLarge, span.allocCount > 0,
      !moment.recent.contains(where: { $0.name == "spanSwept" }) || moment.step % 5 == 0
    else { return nil }
    let none = Bilingual("no slot: its pages go back", "一个不剩：页归还给堆")
    let some = Bilingual("some slots are used", "部分槽位在用")
    let all = Bilingual("every slot is used", "全部槽位在用")
    let couldBeFull = span.allocCount == span.nelems
    let right = allocCount == 0 ? none : allocCount == span.nelems ? all : some
    let name = AllocatorWords.span(id)
    return Question(
      Bilingual(
        "\(name) is swept next: \(span.allocCount) of \(span.nelems) slots count as used. What is "
          + "left?",
        "接下来清扫 \(name)：\(span.nelems) 个槽位中 \(span.allocCount) 个算在用。清扫后剩多少？"),
      inOrder: couldBeFull ? [none, some, all] : [none, some], right: right)
  }
}
