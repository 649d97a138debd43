internal import Models

/// Captured tables of the allocator: size classes, heap goals, resident memory over time.
enum AllocatorTables {
  /// Counts what agrees, and keeps the first thing that does not.
  private struct Tally {
    var count = 0
    var difference: String?

    mutating func compare<Value: Equatable>(_ what: String, _ captured: Value, _ model: Value) {
      guard difference == nil else { return }
      if captured == model {
        count += 1
      } else {
        difference = "\(what): captured \(captured), model \(model)"
      }
    }

    func outcome(_ what: String, _ version: String) -> CheckReport {
      if let difference { return .differs(difference) }
      return .matches(count: count, what: what, version: version)
    }
  }

  private static func readAll(_ reader: JSONReader) throws(InputError) -> CapturedObject {
    var reader = reader
    let value = try reader.readValue()
    try reader.finish()
    return try CapturedObject(value, "the file", reader)
  }

  // MARK: - Size classes

  /// Compares `sizes-*.json`: every request size, and what the spans of each class look like.
  static func checkSizes(_ reader: JSONReader) throws(InputError) -> CheckReport {
    let file = try readAll(reader)
    let header = try file.object("header")
    let version = try header.string("goVersion")
    let rules = try AllocatorTrace.rules(
      version, at: header.json["goVersion"]?.offset ?? 0, notesEra: false, reader)
    let classes = GoAllocator.SizeClasses(rules: rules)
    var tally = Tally()
    for row in try file.objects("classes") {
      let number = try row.integer("class", in: 1...classes.count - 1)
      try compareClass(row, number, classes, &tally)
      for (key, noscan) in [("nelemsScan", false), ("nelemsNoscan", true)] {
        let slots = try row.integer(key, in: 0...1 << 20)
        // No request reaches class 1 without pointers: the tiny allocator takes them.
        if slots == 0, number == 1, noscan { continue }
        tally.compare(
          "class \(number): \(key)", slots,
          classes.slotCount(spanClass: classes.spanClass(number, noscan: noscan)))
      }
    }
    try compareRuns(file, "noscanRuns", width: 4, step: 1, classes, &tally)
    try compareRuns(file, "scanRuns", width: 4, step: 8, classes, &tally)
    if file.has("memStatsBySize") {
      // MemStats tells of classes 0 to 60 alone.
      let sizes = try file.integers("memStatsBySize", in: 0...1 << 20)
      tally.compare("entries of MemStats.BySize", sizes.count, 61)
      for (number, size) in sizes.enumerated() where number < classes.count {
        tally.compare("MemStats.BySize \(number)", size, classes.slotSizeBytes(number))
      }
    }
    return tally.outcome("sizes and classes", version)
  }

  /// Compares the notes' era's `sizes-*.json`.
  static func checkSizesOfNotesEra(
    _ reader: JSONReader
  ) throws(InputError) -> CheckReport {
    let file = try readAll(reader)
    let version = try file.string("goVersion")
    let rules = try AllocatorTrace.rules(
      version, at: file.json["goVersion"]?.offset ?? 0, notesEra: true, reader)
    let classes = GoAllocator.SizeClasses(rules: rules)
    var tally = Tally()
    for row in try file.objects("classes") {
      let number = try row.integer("class", in: 1...classes.count - 1)
      try compareClass(row, number, classes, &tally)
      tally.compare(
        "class \(number): nelems", try row.integer("nelems", in: 0...1 << 20),
        classes.slotCount(spanClass: classes.spanClass(number, noscan: true)))
    }
    try compareRuns(file, "noscanRuns", width: 3, step: 1, classes, &tally)
    try compareRuns(file, "scanRuns", width: 3, step: 8, classes, &tally)
    return tally.outcome("sizes and classes", version)
  }

  private static func compareClass(
    _ row: CapturedObject, _ number: Int, _ classes: GoAllocator.SizeClasses,
    _ tally: inout Tally
  ) throws(InputError) {
    tally.compare(
      "class \(number): elemSize", try row.integer("elemSize", in: 1...1 << 30),
      classes.slotSizeBytes(number))
    tally.compare(
      "class \(number): npages", try row.integer("npages", in: 1...1 << 30),
      classes.pageCount(number))
  }

  /// Compares rows of first size, last size, class and, where they have one, the offset of the
  /// pointer behind the slot's start.
  private static func compareRuns(
    _ file: CapturedObject, _ key: String, width: Int, step: Int,
    _ classes: GoAllocator.SizeClasses, _ tally: inout Tally
  ) throws(InputError) {
    let noscan = key == "noscanRuns"
    var next = step
    for row in try file.rows(key, of: width, in: 0...1 << 20) {
      guard row[0] == next, row[1] >= row[0] else {
        throw file.error(key, "the rows must follow one another; size \(next) is expected")
      }
      for size in stride(from: row[0], through: row[1], by: step) {
        let tiny = noscan && size < GoAllocator.SizeClasses.tinyLimitBytes
        let placement = classes.placement(sizeBytes: size, noscan: noscan)
        let sizeClass =
          tiny ? classes.sizeClass(spanClass: classes.tinySpanClass) : placement.sizeClass
        let kind = noscan ? "without pointers" : "with pointers"
        tally.compare("\(size) bytes \(kind): class", row[2], sizeClass)
        if width == 4 {
          tally.compare(
            "\(size) bytes \(kind): offset behind the slot's start", row[3],
            placement.headerBytes)
        }
      }
      next = row[1] / step * step + step
    }
  }

  /// Compares the class table of Go's own source.
  static func checkClassTable(_ reader: JSONReader) throws(InputError) -> CheckReport {
    let file = try readAll(reader)
    let classes = GoAllocator.SizeClasses(rules: .go1_19)
    var tally = Tally()
    let rows = try file.objects("classes")
    tally.compare("classes", rows.count, classes.count - 1)
    for row in rows {
      let number = try row.integer("class", in: 1...classes.count - 1)
      let size = classes.slotSizeBytes(number)
      let span = classes.pageCount(number) * GoAllocator.SizeClasses.pageSizeBytes
      let slots = classes.slotCount(spanClass: classes.spanClass(number, noscan: true))
      let tail = span - slots * size
      let name = "class \(number)"
      for (key, mine) in [
        ("bytesPerObject", size), ("bytesPerSpan", span), ("objects", slots),
        ("tailWaste", tail),
        ("minAlign", min(size & -size, GoAllocator.SizeClasses.pageSizeBytes)),
      ] {
        tally.compare("\(name): \(key)", try row.integer(key, in: 0...1 << 30), mine)
      }
      guard let waste = row.json["maxWastePercent"]?.number else {
        throw row.error("maxWastePercent", "must be a number")
      }
      let worst = (size - classes.slotSizeBytes(number - 1) - 1) * slots + tail
      let percent = Double(worst) * 100 / Double(span)
      let isClose = abs(waste - percent) < 0.006
      tally.compare("\(name): maxWastePercent", waste, isClose ? waste : percent)
    }
    return tally.outcome("entries", "go1.19 and later")
  }

  // MARK: - Heap goals

  /// Compares heap goals.
  ///
  /// A goal may also be raised to 64 KB above what was live when the cycle started, which a row
  /// does not tell; up to 128 KB more than the formula's are taken for that.
  static func checkHeapGoals(_ reader: JSONReader) throws(InputError) -> CheckReport {
    let file = try readAll(reader)
    let version = try file.object("header").string("goVersion")
    var tally = Tally()
    for row in try file.rows("rows", of: 5, in: 0...1 << 40) {
      guard row[0] <= 1_000_000 else {
        throw file.error("rows", "GOGC \(row[0]) is far too large")
      }
      let goal = GoAllocator.Pacer.goal(
        markedBytes: row[1], rootBytes: row[2] + row[3], gogc: row[0])
      let isRaised = row[4] > goal && row[4] - goal <= 128 << 10
      tally.compare(
        "goal at GOGC=\(row[0]) with \(row[1]) bytes marked", row[4], isRaised ? row[4] : goal)
    }
    return tally.outcome("goals", version)
  }

  // MARK: - Resident memory

  /// Compares how a heap of 256 objects of 1 MiB dies, in shape: the runtime's own memory and the
  /// scavenger's pace are not the model's.
  static func checkResidentMemory(
    _ reader: JSONReader
  ) throws(InputError) -> CheckReport {
    let file = try readAll(reader)
    let header = try file.object("header")
    let version = try header.string("goVersion")
    let rules = try AllocatorTrace.rules(
      version, at: header.json["goVersion"]?.offset ?? 0, notesEra: false, reader)
    var model = GoAllocator(
      rules: rules, processors: 2, gogc: 100,
      usesMadvFree: header.json["GODEBUG"]?.string?.contains("madvdontneed=0") ?? false)
    let rows = try file.objects("rows")
    var tally = Tally()
    for (index, row) in rows.enumerated() {
      let label = try row.string("label")
      perform(label, on: &model)
      guard index > 0 else {
        tally.count += 1
        continue
      }
      // While the scavenger works its figures depend on the machine's time.
      let next = index + 1 < rows.count ? try rows[index + 1].string("label") : ""
      let isAtWork = label == "idle" && next == "idle" || label.contains("runtime.GC")
      try compareMoment(row, "row \(index) (\(label))", model, isAtWork: isAtWork, &tally)
    }
    return tally.outcome("moments", "\(version) in shape")
  }

  private static func perform(_ label: String, on model: inout GoAllocator) {
    if label.contains("allocated and touched") {
      model.perform(.malloc(sizeBytes: 1 << 20, noscan: true, count: 256), observer: nil)
    } else if label.contains("dropped"), model.referencedCount == 256 {
      // Every sixteenth stays.
      for first in 1..<16 {
        model.perform(.drop(first: first, last: 240 + first, step: 16), observer: nil)
      }
    } else if label.contains("runtime.GC") {
      model.perform(.gc, observer: nil)
    } else if label == "idle" {
      model.perform(.scavenge(bytes: nil), observer: nil)
    } else if label.contains("FreeOSMemory") {
      model.perform(.freeOSMemory, observer: nil)
    }
  }

  private static func compareMoment(
    _ row: CapturedObject, _ name: String, _ model: GoAllocator, isAtWork: Bool,
    _ tally: inout Tally
  ) throws(InputError) {
    // The runtime's stacks and own objects take some MiB of the heap, its tables some more.
    let heapToleranceKiB = 6 << 10
    let residentToleranceKiB = 24 << 10
    let figures = model.figures
    var problem: String?
    for (key, bytes, tolerance, isSure) in [
      ("heapInuse", figures.inUseBytes, heapToleranceKiB, true),
      ("heapIdle", figures.idleBytes, heapToleranceKiB, true),
      ("heapSys", figures.sysBytes, heapToleranceKiB, true),
      ("heapReleased", figures.releasedBytes, heapToleranceKiB, !isAtWork),
      ("rss", figures.residentBytes, residentToleranceKiB, !isAtWork),
    ] {
      let captured = try row.integer(key, in: 0...1 << 40)
      if isSure, abs(captured - bytes >> 10) > tolerance, problem == nil {
        problem = "\(key): captured \(captured) KiB, model \(bytes >> 10) KiB"
      }
    }
    if let problem, tally.difference == nil { tally.difference = "\(name): \(problem)" }
    tally.count += 1
  }
}
