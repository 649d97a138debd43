import Models

// What is said of dropping, marking and sweeping.

extension AllocatorNarration {
  func cycle(
    _ event: GoAllocator.Event, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    switch event {
    case .dropped(let first, let last, let step): return dropped(first, last, step, language)
    case .cycleStarted(let number, let cause): return started(number, cause, moment, language)
    case .marked(let slots, let bytes):
      let size = AllocatorWords.size(bytes)
      if slots == 0 {
        let all = AllocatorWords.size(moment.after.figures.allocatedBytes)
        return say(
          language, "mgc.go gcMarkTermination",
          "Marking is over: nothing can be reached. All \(all) are garbage, which still fills its "
            + "slots.",
          "标记结束：没有可达的对象。\(all) 全是垃圾，但还占着槽位。")
      }
      let garbage = moment.after.figures.allocatedBytes - bytes
      let rest = Bilingual(
        garbage == 0
          ? "There is no garbage."
          : "The other \(AllocatorWords.size(garbage)) are garbage, which still fills its slots.",
        garbage == 0 ? "没有垃圾。" : "其余 \(AllocatorWords.size(garbage)) 是垃圾，但还占着槽位。")
      return say(
        language, "mgc.go gcMarkTermination",
        "Marking is over: \(Self.count(slots, "slot")), \(size) in all, can be reached. " + rest.en,
        "标记结束：可达的有 \(slots) 个槽位，共 \(size)。" + rest.zh)
    case .sweepgenRaised(let to):
      if rules.isNotesEra {
        return say(
          language, "mgc.go gcSweep",
          "sweepgen goes from \(to - 2) to \(to). With this one addition every span counts as "
            + "unswept; lists stay as they are.",
          "sweepgen 由 \(to - 2) 变为 \(to)。一次加法就让所有 span 都成为未清扫，链表不动。")
      }
      return say(
        language, "mgc.go gcSweep",
        "sweepgen goes from \(to - 2) to \(to): the swept queues of every mcentral become its "
          + "unswept ones. Nothing is copied.",
        "sweepgen 由 \(to - 2) 变为 \(to)：每个 mcentral 的已清扫队列变成未清扫队列，什么也不用复制。")
    case .goalSet(let goalBytes, let triggerBytes):
      return goalSet(goalBytes, triggerBytes, moment, language)
    case .mcacheFlushed(let p):
      return say(
        language, "mcache.go prepareForSweep", notes: "mcache.go releaseAll",
        "P\(p)'s mcache is empty: no span is cached, no tiny block open. Its next request of each "
          + "class must ask the mcentral.",
        "P\(p) 的 mcache 已清空：没有缓存的 span，也不再保留微小对象块。每种 class 的下一次申请都要找 mcentral。")
    case .spanSwept(let span, let spanClass, let died, let allocCount):
      return swept(span, spanClass, died, allocCount, moment, language)
    case .sweepFinished:
      let figures = moment.after.figures
      let (inUse, rss) = (figures.inUseBytes, figures.residentBytes)
      return say(
        language, "mgcsweep.go sweepone",
        "Nothing is left to sweep: free slots wait in the mcentrals. \(AllocatorWords.size(inUse)) "
          + "of spans are in use, RSS is \(AllocatorWords.size(rss)).",
        "没有要清扫的了：空闲槽位在 mcentral 里等待使用。在用的 span 共 \(AllocatorWords.size(inUse))，"
          + "RSS 为 \(AllocatorWords.size(rss))。")
    default: return Narration("")
    }
  }

  private func dropped(
    _ first: Int, _ last: Int, _ step: Int, _ language: Language
  ) -> Narration {
    let count = (last - first) / step + 1
    let what = Bilingual(
      count == 1
        ? words.object(first, .en) : "\(count) objects (\(words.objects(first, last, step)))",
      count == 1
        ? " \(words.object(first, .zh))" : " \(count) 个对象（\(words.objects(first, last, step))）")
    return say(
      language, "mgc.go",
      "The program forgets \(what.en). Nothing is freed: "
        + (count == 1 ? "the slot stays" : "their slots stay")
        + " used until a GC has marked and the span is swept.",
      "程序不再引用\(what.zh)。什么也没有释放：GC 标记、span 清扫之后，槽位才会空出来。")
  }

  private func started(
    _ number: Int, _ cause: GoAllocator.CycleCause, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    switch cause {
    case .trigger:
      let live = AllocatorWords.size(moment.after.pacer.heapLiveBytes)
      let trigger = AllocatorWords.size(moment.after.pacer.triggerBytes)
      return say(
        language, "mgc.go gcStart",
        "heapLive is \(live) and has reached the trigger of \(trigger): GC cycle \(number) starts by "
          + "itself and marks what can be reached.",
        "heapLive 为 \(live)，达到触发点 \(trigger)：第 \(number) 次 GC 自动开始，标记可达对象。")
    case .freeOSMemory:
      return say(
        language, "mheap.go runtime_debug_freeOSMemory",
        "debug.FreeOSMemory starts with a full GC, cycle \(number). Then it will give every free "
          + "page back at once.",
        "debug.FreeOSMemory 先做一次完整的 GC（第 \(number) 次），然后一次归还所有空闲页。")
    case .requested:
      if case .gcStart = moment.operation {
        return say(
          language, "mgc.go gcStart",
          "GC cycle \(number) begins to mark what can be reached. Objects allocated while it marks "
            + "are black: they survive it.",
          "第 \(number) 次 GC 开始标记可达对象。标记期间分配的对象直接是黑色，这一轮不会被回收。")
      }
      return say(
        language, "mgc.go GC",
        "runtime.GC starts cycle \(number): it marks what the program can still reach. Nothing is "
          + "freed or moved by marking.",
        "runtime.GC 开始第 \(number) 次 GC：标记程序仍可达的对象。标记不释放也不移动任何对象。")
    }
  }

  private func goalSet(
    _ goalBytes: Int, _ triggerBytes: Int, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    guard goalBytes != .max, let gogc = moment.after.pacer.gogc else {
      return say(
        language, "mgcpacer.go", notes: "mgc.go gcSetTriggerRatio",
        "GOGC is off, so there is no heap goal: the next cycle starts only when the program asks "
          + "for it.",
        "GOGC 关闭，没有堆目标：只有程序要求时才开始下一次 GC。")
    }
    let goal = AllocatorWords.size(goalBytes)
    let trigger = AllocatorWords.size(triggerBytes)
    let marked = AllocatorWords.size(moment.after.pacer.markedBytes)
    let isLeast = goalBytes == GoAllocator.Pacer.minimumHeapBytes * gogc / 100
    return say(
      language, "mgcpacer.go heapGoal, trigger", notes: "mgc.go gcSetTriggerRatio",
      isLeast
        ? "The next goal is \(goal), the least at GOGC=\(gogc), as only \(marked) were marked. A cycle "
          + "will start at \(trigger)."
        : "The next goal is \(goal): the \(marked) marked and \(gogc) % on top. A cycle will start at "
          + "\(trigger), before the goal.",
      isLeast
        ? "只标记了 \(marked)，所以下一个堆目标取 GOGC=\(gogc) 时的最小值 \(goal)，触发点是 \(trigger)。"
        : "下一个堆目标是 \(goal)：标记的 \(marked) 再加 \(gogc)%。触发点是 \(trigger)，略早于目标。")
  }

  private func swept(
    _ id: GoAllocator.SpanID, _ spanClass: Int, _ died: [Int], _ allocCount: Int,
    _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    let name = Self.span(id)
    let slots = moment.after.span(id)?.nelems ?? allocCount + died.count
    if moment.after.span(id)?.isLarge == true {
      return say(
        language, "mgcsweep.go sweep",
        "\(name) is swept: its large object was "
          + (died.isEmpty ? "marked and stays." : "not marked, so it dies."),
        "清扫 \(name)：它的大对象" + (died.isEmpty ? "被标记过，保留。" : "没有被标记，死亡。"))
    }
    if died.isEmpty {
      return say(
        language, "mgcsweep.go sweep",
        slots == 1
          ? "\(name) is swept: its one object is alive and stays."
          : "\(name) is swept: nothing in it died, \(allocCount) of \(slots) slots "
            + (allocCount == 1 ? "stays" : "stay") + " used. Its mark bits become its alloc bits.",
        slots == 1
          ? "清扫 \(name)：唯一的对象存活，保留。"
          : "清扫 \(name)：没有死亡的对象，\(slots) 个槽位中仍用着 \(allocCount) 个。标记位成为新的分配位。")
    }
    if allocCount == 0 {
      return say(
        language, "mgcsweep.go sweep",
        "\(name) is swept: "
          + (died.count == 1 ? "its 1 object dies" : "all its \(died.count) objects die")
          + ". No mark bit is set, so no slot is used any more.",
        "清扫 \(name)：里面的 \(died.count) 个对象全部死亡。没有一个标记位，槽位全空。")
    }
    let numbers = died.count <= 6 ? died.map { "\($0)" } : []
    let listed = numbers.dropLast().joined(separator: ", ")
    let en =
      died.count == 1
      ? "slot \(died[0]) dies"
      : died.count <= 6
        ? "slots \(listed) and \(numbers[died.count - 1]) die" : "\(died.count) of its objects die"
    let zh =
      died.count <= 6
      ? "\(numbers.joined(separator: "、")) 号槽位的对象死亡" : "\(died.count) 个对象死亡"
    return say(
      language, "mgcsweep.go sweep",
      "\(name) is swept: \(en), \(allocCount) of \(slots) "
        + (allocCount == 1 ? "stays" : "stay") + ". The mark bits become the alloc bits, "
        + "and freeindex is 0 again.",
      "清扫 \(name)：\(zh)，\(slots) 个槽位中保留 \(allocCount) 个。标记位成为新的分配位，freeindex 回到 0。")
  }
}
