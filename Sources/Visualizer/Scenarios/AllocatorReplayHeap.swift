internal import Models

// The notes' era's page heap and regions in a trace, and the order of sweeping.

extension AllocatorReplay {
  private struct Area {
    var firstPage: Int
    var npages: Int
    /// The number of a span of the program, `free`, or others'.
    var owner: String
  }

  /// Compares a look at the page heap, or takes it over where the runtime itself moves pages.
  mutating func lookAtHeap(_ captured: CapturedObject, reload: Bool) throws(InputError) {
    let limit = GoAllocator.heapLimitBytes / GoAllocator.SizeClasses.pageSizeBytes
    let pageCount = try captured.integer("arenaUsedPages", in: 0...limit)
    let areas = try readMap(captured, pageCount)
    let lists = try readFreeLists(captured)
    let lengths = (
      spans: try captured.integer("spansMapped", in: 0 ... .max),
      bitmap: try captured.integer("bitmapMapped", in: 0 ... .max)
    )
    try checkFreeRuns(captured, areas, lists)
    // Without an earlier look the model cannot know where the program's spans were put.
    guard knowsPages || recorded.isEmpty else { return }
    try compareBusy(captured)
    compareSpans(areas, pageCount, reload: reload)
    if reload || !knowsPages {
      guard difference == nil else { return }
      model.reloadFreeRuns(
        pageCount: pageCount,
        areas: areas.filter { $0.owner != "free" }.map {
          ($0.firstPage, $0.npages, Int($0.owner) == nil ? nil : span(named: $0.owner))
        },
        freeLists: lists)
      knowsPages = true
      return
    }
    compare("arenaUsedPages", pageCount, model.pageCount)
    compare("spansMapped", lengths.spans, model.regions.spansMappedBytes)
    compare("bitmapMapped", lengths.bitmap, model.regions.bitmapMappedBytes)
    for length in 1...128 {
      var theirs = lists.indices.contains(length) ? lists[length].map { $0 } : []
      var mine = model.freeRuns(pages: length)
      if length == 128 {
        theirs.sort { $0.firstPage < $1.firstPage }
        mine.sort { $0.firstPage < $1.firstPage }
      }
      let what = length == 128 ? "free runs of 128 pages and more" : "free runs of \(length) pages"
      compare(what, theirs.map { [$0.0, $0.1] }, mine.map { [$0.0, $0.1] })
    }
  }

  private func readMap(
    _ captured: CapturedObject, _ pageCount: Int
  ) throws(InputError) -> [Area] {
    var areas: [Area] = []
    var next = 0
    for row in try captured.array("map") {
      guard let values = row.array, values.count == 3 else {
        throw reader.error(at: row.offset, "each row of map is first page, pages, owner")
      }
      let first = try CapturedObject.integer(values[0], "a page", in: 0...pageCount, reader)
      let npages = try CapturedObject.integer(values[1], "pages", in: 1...pageCount, reader)
      guard first == next, first + npages <= pageCount else {
        throw reader.error(at: row.offset, "the map must go on at page \(next)")
      }
      let owner: String
      switch values[2].string {
      case "free", "manual": owner = values[2].string ?? ""
      default: owner = try CapturedObject.spanName(values[2], reader)
      }
      if owner == "free", areas.last?.owner == "free" {
        throw reader.error(at: row.offset, "two free runs cannot be neighbours")
      }
      areas.append(Area(firstPage: first, npages: npages, owner: owner))
      next = first + npages
    }
    if next != pageCount {
      throw captured.error("map", "ends at page \(next), not at \(pageCount)")
    }
    return areas
  }

  /// Free runs by length, front to back; those of 128 pages and more at 128.
  private func readFreeLists(
    _ captured: CapturedObject
  ) throws(InputError) -> [[(firstPage: Int, npages: Int)]] {
    var lists = [[(firstPage: Int, npages: Int)]](repeating: [], count: 129)
    for row in try captured.array("free") {
      guard let values = row.array, values.count == 2, let pages = values[1].array else {
        throw reader.error(at: row.offset, "each row of free is a length and first pages")
      }
      let length = try CapturedObject.integer(values[0], "a length", in: 1...127, reader)
      for page in pages {
        let first = try CapturedObject.integer(page, "a page", in: 0...1 << 30, reader)
        lists[length].append((first, length))
      }
    }
    for row in try captured.array("large") {
      guard let values = row.array, values.count >= 2 else {
        throw reader.error(at: row.offset, "each row of large begins with page and pages")
      }
      let first = try CapturedObject.integer(values[0], "a page", in: 0...1 << 30, reader)
      let npages = try CapturedObject.integer(values[1], "pages", in: 128...1 << 30, reader)
      lists[128].append((first, npages))
    }
    return lists
  }

  /// The lists must hold exactly the free areas of the map.
  private func checkFreeRuns(
    _ captured: CapturedObject, _ areas: [Area], _ lists: [[(firstPage: Int, npages: Int)]]
  ) throws(InputError) {
    let inMap = areas.filter { $0.owner == "free" }.map { [$0.firstPage, $0.npages] }
    let inLists = lists.flatMap { $0.map { [$0.firstPage, $0.npages] } }.sorted { $0[0] < $1[0] }
    if inMap != inLists {
      throw captured.error("free", "the lists and the map do not name the same free runs")
    }
  }

  private mutating func compareSpans(_ areas: [Area], _ pageCount: Int, reload: Bool) {
    var numbers: [Int] = []
    for area in areas {
      guard let number = Int(area.owner) else { continue }
      numbers.append(number)
      guard let id = span(named: area.owner), let span = model.span(id) else {
        differ("span \(number)", "at page \(area.firstPage)", "not in use")
        return
      }
      compare(
        "span \(number): page and pages", [area.firstPage, area.npages],
        [span.firstPage, span.npages])
    }
    var mine: [Int] = []
    model.forEachSpan { id, span in
      if span.firstPage >= 0, let number = Int(name(id)) { mine.append(number) }
    }
    compare("spans in the map", numbers.sorted(), mine.sorted())
  }

  /// The lists of large objects; others' are left out, for they may come and go.
  private mutating func compareBusy(_ captured: CapturedObject) throws(InputError) {
    var theirs = [[String]](repeating: [], count: 129)
    for row in try captured.array("busy") {
      guard let values = row.array, values.count == 2, let spans = values[1].array else {
        throw reader.error(at: row.offset, "each row of busy is a length and spans")
      }
      let length = try CapturedObject.integer(values[0], "a length", in: 1...128, reader)
      for span in spans { theirs[length].append(try CapturedObject.spanName(span, reader)) }
    }
    for length in 1...128 {
      compare(
        "large objects of \(length) pages", theirs[length].filter { $0 != "x" },
        model.busySpans(pages: length).map { name($0) })
    }
  }

  // MARK: - The order of sweeping

  /// Compares the order of the program's spans; after a mark phase takes over where others'
  /// stand.
  mutating func compareSweepStack(
    _ captured: CapturedObject, reload: Bool
  ) throws(InputError) {
    let names = try captured.spanNames("sweepStack")
    compare(
      "sweep order", names.filter { Int($0) != nil },
      model.sweepStack.compactMap { $0 }.map { name($0) }.filter { Int($0) != nil })
    guard reload, difference == nil else { return }
    var stack: [GoAllocator.SpanID?] = []
    for name in names {
      guard name != "x" else {
        stack.append(nil)
        continue
      }
      guard let id = span(named: name), model.span(id) != nil, !stack.contains(id) else {
        throw captured.error("sweepStack", "'\(name)' is no span in use, or named twice")
      }
      stack.append(id)
    }
    model.reloadSweepStack(stack)
  }

  // MARK: - Regions

  /// Sizes and distances must be the model's; the whole range may lie elsewhere.
  mutating func compareLayout(_ captured: CapturedObject) throws(InputError) {
    typealias Regions = GoAllocator.Regions
    let regions = model.regions
    for (key, mine) in [
      ("spansReserved", Regions.spansReservedBytes), ("spansMapped", regions.spansMappedBytes),
      ("bitmapReserved", Regions.bitmapReservedBytes),
      ("bitmapMapped", regions.bitmapMappedBytes), ("arenaUsedBytes", regions.arenaUsedBytes),
    ] {
      compare(key, try captured.integer(key, in: 0 ... .max), mine)
    }
    let shift = try captured.address("spansStart") - Regions.spansStart
    for (key, mine) in [
      ("bitmapStart", Regions.bitmapStart), ("bitmapTop", Regions.arenaStart),
      ("bitmapEdge", regions.bitmapEdge), ("arenaStart", Regions.arenaStart),
      ("arenaUsed", regions.arenaUsed), ("arenaEnd", Regions.arenaEnd),
    ] {
      let theirs = try captured.address(key)
      compare(key, "0x" + String(theirs, radix: 16), "0x" + String(mine &+ shift, radix: 16))
    }
  }
}
