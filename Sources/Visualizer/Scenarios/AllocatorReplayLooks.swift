internal import Models

// A trace's looks at the allocator: queues, spans, pages, regions.

extension AllocatorReplay {
  /// Compares what an operation's look tells of, or takes over what surrounds the program.
  mutating func look(_ captured: CapturedObject, after operation: String) throws(InputError) {
    if captured.has("sweepDone") {
      compare("sweeping done", try captured.bool("sweepDone"), model.isSweepDone)
    }
    if captured.has("classes") {
      for row in try captured.objects("classes") { try compareClass(row) }
      freed = [:]
    }
    if notesEra {
      if captured.has("sweepStack") {
        try compareSweepStack(captured, reload: operation == "gclazy")
      }
      let moves = ["gc", "gclazy", "readmemstats"].contains(operation)
      if captured.has("heap") {
        try lookAtHeap(try captured.object("heap"), reload: moves)
      } else if moves {
        knowsPages = false
      }
      if operation == "layout" { try compareLayout(try captured.object("layout")) }
      return
    }
    let moves = ["gc", "gclazy"].contains(operation)
    if captured.has("pages") {
      try lookAtPages(try captured.object("pages"), reload: moves)
    } else if moves {
      knowsPages = false
    } else if operation == "pages" {
      throw captured.error("op", "'pages' is missing")
    }
  }

  // MARK: - Classes

  private mutating func compareClass(_ row: CapturedObject) throws(InputError) {
    let spanClass = try row.integer("spanClass", in: 0...model.classes.spanClassCount - 1)
    let isLarge = model.classes.sizeClass(spanClass: spanClass) == 0
    if row.json["cached"] != nil {
      compare(
        "span class \(spanClass): cached", try row.spanName("cached"),
        name(model.ps[model.worker].mcache[spanClass]))
    }
    if notesEra {
      if row.has("nonempty") {
        compare(
          "span class \(spanClass): nonempty", try row.spanNames("nonempty"),
          model.nonempty(spanClass: spanClass).map { name($0) })
        compare(
          "span class \(spanClass): empty", try row.spanNames("empty"),
          model.empty(spanClass: spanClass).map { name($0) })
      }
    } else {
      try compareQueues(row, spanClass, isLarge: isLarge)
    }
    try compareSpans(of: spanClass, row)
    let back = try row.integers("freed", in: 0...1 << 40).sorted()
    compare(
      "span class \(spanClass): spans given back", back, (freed[spanClass] ?? []).sorted())
  }

  private mutating func compareQueues(
    _ row: CapturedObject, _ spanClass: Int, isLarge: Bool
  ) throws(InputError) {
    var captured: [[String]] = []
    for queue in GoAllocator.Queue.inTraces {
      captured.append(try row.spanNames(queue.rawValue))
    }
    // A span from before the trace whose objects never die stays full; one that is not has lost
    // an object of which the trace says nothing.
    if captured[0].contains("x") || captured[1].contains("x") { tainted.insert(spanClass) }
    let hidesOthers = isLarge || tainted.contains(spanClass)
    for (queue, names) in zip(GoAllocator.Queue.inTraces, captured) {
      let mine = model.spans(in: queue, spanClass: spanClass).map { name($0) }
      compare(
        "span class \(spanClass): \(queue.rawValue)",
        hidesOthers ? names.filter { $0 != "x" } : names,
        hidesOthers ? mine.filter { $0 != "x" } : mine)
    }
  }

  private mutating func compareSpans(
    of spanClass: Int, _ row: CapturedObject
  ) throws(InputError) {
    var numbers: [Int] = []
    for captured in try row.objects("spans") {
      let number = try captured.integer("span", in: 0...1 << 40)
      numbers.append(number)
      guard let id = span(named: String(number)), let mine = model.span(id) else {
        differ("span \(number)", "in use", "not in use")
        return
      }
      let name = "span \(number)"
      compare(
        "\(name): allocCount", try captured.integer("allocCount", in: 0...1 << 20),
        mine.allocCount)
      compare(
        "\(name): freeIndex", try captured.integer("freeIndex", in: 0...1 << 20), mine.freeindex)
      compare(
        "\(name): sweepRel", try captured.integer("sweepRel", in: -8...8),
        mine.sweepgen - model.sweepgen)
      if notesEra {
        let inCache = captured.has("inCache") ? try captured.bool("inCache") : false
        compare("\(name): inCache", inCache, mine.inCache)
      }
      let words = captured.has("allocBits") ? try captured.words("allocBits") : nil
      compare(
        "\(name): allocBits", hex(words ?? full(mine.nelems)), hex(mine.usedWords))
    }
    var mine: [Int] = []
    model.forEachSpan { id, span in
      if span.spanClass == spanClass, let number = Int(name(id)) { mine.append(number) }
    }
    compare("span class \(spanClass): spans in use", numbers.sorted(), mine.sorted())
  }

  private func full(_ slots: Int) -> [UInt64] {
    (0..<(slots + 63) / 64).map { index in
      let left = slots - index * 64
      return left >= 64 ? ~0 : (1 << UInt64(left)) - 1
    }
  }

  private func hex(_ words: [UInt64]) -> [String] { words.map { String($0, radix: 16) } }

  /// Compares the table of all spans at a trace's end.
  mutating func compareSpans(_ value: JSON) throws(InputError) {
    guard let rows = value.array else {
      throw reader.error(at: value.offset, "spans must be an array, [...]")
    }
    if difference != nil { return }
    enterSpans()
    compare("spans used", rows.count, recorded.count)
    for row in rows {
      let row = try CapturedObject(row, "each of spans", reader)
      let number = try row.integer("span", in: 0...1 << 40)
      guard number < recorded.count else {
        differ("span \(number)", "used", "never used")
        return
      }
      let mine = recorded[number]
      let limit = 1 << 40
      compare("span \(number): class", try row.integer("spanClass", in: 0...limit), mine.spanClass)
      compare("span \(number): pages", try row.integer("npages", in: 0...limit), mine.npages)
      compare("span \(number): slots", try row.integer("nelems", in: 0...limit), mine.nelems)
      compare(
        "span \(number): slot size", try row.integer("elemSize", in: 0...limit), mine.elemSize)
      let page = notesEra ? "page" : "pageOff"
      if mine.page >= 0, row.has(page) {
        compare("span \(number): page", try row.integer(page, in: 0...limit), mine.page)
      }
    }
  }

  // MARK: - Pages, modern rules

  private mutating func lookAtPages(
    _ captured: CapturedObject, reload: Bool
  ) throws(InputError) {
    let limit = GoAllocator.heapLimitBytes / GoAllocator.SizeClasses.pageSizeBytes
    var chunks: [(inUse: [UInt64], scavenged: [UInt64])] = []
    for chunk in try captured.objects("chunks") {
      chunks.append(
        (try chunk.words("inUse", count: 8), try chunk.words("scavenged", count: 8)))
    }
    if chunks.isEmpty || chunks.count * 512 > limit {
      throw captured.error("chunks", "must be 1 to \(limit / 512) chunks of 512 pages")
    }
    let cache = try captured.object("pageCache")
    let pageCache = (
      firstPage: try cache.integer("basePage", in: 0...limit), free: try cache.word("free"),
      scavenged: try cache.word("scav")
    )
    if pageCache.firstPage % 64 != 0 {
      throw cache.error("basePage", "must be a multiple of 64")
    }
    basePage = try captured.integer("minBasePage", in: 0...limit)
    // Without an earlier look the model cannot know where the program's spans were put.
    guard knowsPages || recorded.isEmpty else { return }
    if reload || !knowsPages {
      knowsPages = true
      do throws(GoAllocator.ImageProblem) {
        try model.reloadPages(chunks: chunks, pageCache: pageCache)
      } catch {
        switch error {
        case .pageNotInUse(let page, let span):
          differ("page \(page)", "free", "in use by span \(name(span))")
        case .cacheConflict(let page):
          differ("page \(page)", "in the page cache", "elsewhere")
        }
      }
      return
    }
    compare("chunks of the heap", chunks.count, model.pageCount / 512)
    for (index, chunk) in chunks.enumerated() where index < model.pageCount / 512 {
      compare(
        "pages in use of chunk \(index)", hex(chunk.inUse), hex(model.inUseWords(chunk: index)))
    }
    let mine = model.ps[model.worker].pageCache
    compare("free pages of the page cache", hex([pageCache.free]), hex([mine.free]))
    if pageCache.free != 0 {
      compare("first page of the page cache", pageCache.firstPage, mine.firstPage)
    }
  }
}
