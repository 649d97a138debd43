import Models

/// How objects, spans, operations, places and sizes of the allocator are written.
struct AllocatorWords {
  /// Objects that were asked for in a row and carry one name.
  private struct Stretch {
    var first: Int
    var last: Int
    var group: Int
    /// The index of the first one within its group.
    var index: Int
  }

  /// Objects of one name.
  private struct Group {
    var name: String
    var count = 0
    var stretches: [Int] = []
  }

  private var stretches: [Stretch] = []
  private var groups: [Group] = []
  private var groupNumbers: [String: Int] = [:]

  // MARK: - Objects

  /// Gives handles a name; the group of that name grows if it exists.
  mutating func name(_ handles: ClosedRange<Int>, _ name: String) {
    let group = groupNumbers[name] ?? groups.count
    if group == groups.count {
      groupNumbers[name] = group
      groups.append(Group(name: name))
    }
    if let last = stretches.indices.last, stretches[last].group == group,
      stretches[last].last + 1 == handles.lowerBound
    {
      stretches[last].last = handles.upperBound
    } else {
      groups[group].stretches.append(stretches.count)
      stretches.append(
        Stretch(
          first: handles.lowerBound, last: handles.upperBound, group: group,
          index: groups[group].count))
    }
    groups[group].count += handles.count
  }

  /// The names that were given, in order.
  var names: [String] { groups.map(\.name) }

  /// The handles of a group, in the order in which they were asked for; nil for an unknown name.
  func handles(of name: String) -> [ClosedRange<Int>]? {
    guard let group = groupNumbers[name] else { return nil }
    return groups[group].stretches.map { stretches[$0].first...stretches[$0].last }
  }

  /// An object as a scenario names it: `cats[3]`, `cat` where there is one, or its number.
  func object(_ handle: Int) -> String {
    guard let stretch = stretch(of: handle) else { return "\(handle)" }
    let group = groups[stretch.group]
    return group.count == 1
      ? group.name : "\(group.name)[\(stretch.index + handle - stretch.first)]"
  }

  /// An object in a sentence.
  func object(_ handle: Int, _ language: Language) -> String {
    let name = object(handle)
    guard stretch(of: handle) == nil else { return name }
    return language == .en ? "object \(name)" : "对象 \(name)"
  }

  private func stretch(of handle: Int) -> Stretch? {
    var low = 0
    var high = stretches.count
    while low < high {
      let middle = (low + high) / 2
      if stretches[middle].last < handle { low = middle + 1 } else { high = middle }
    }
    guard low < stretches.count, stretches[low].first <= handle else { return nil }
    return stretches[low]
  }

  /// Objects from one to another as a scenario names them: `cats`, `every 2 of cats`, `3..9`.
  func objects(_ first: Int, _ last: Int, _ step: Int) -> String {
    if last - first < step { return object(first) }
    let last = first + (last - first) / step * step
    guard let (group, low, high, step) = numbers(first, last, step) else {
      return "\(Self.every(step))\(first)..\(last)"
    }
    if low == 0, high + step >= group.count { return Self.every(step) + group.name }
    return "\(Self.every(step))\(group.name)[\(low)..\(high)]"
  }

  private static func every(_ step: Int) -> String { step == 1 ? "" : "every \(step) of " }

  /// Objects by their numbers within one group; nil if they are of several, or of none.
  private func numbers(
    _ first: Int, _ last: Int, _ step: Int
  ) -> (group: Group, low: Int, high: Int, step: Int)? {
    guard let stretch = stretch(of: first) else { return nil }
    let group = groups[stretch.group]
    let low = stretch.index + first - stretch.first
    if last <= stretch.last { return (group, low, low + last - first, step) }
    // Other objects lie between them: their numbers have a smaller step, if they have one at all.
    guard last - first < step << 10 else { return nil }
    var numbers: [Int] = []
    for handle in Swift.stride(from: first, through: last, by: step) {
      guard let other = self.stretch(of: handle), other.group == stretch.group else { return nil }
      numbers.append(other.index + handle - other.first)
    }
    let smaller = numbers[1] - numbers[0]
    let isEven = numbers.indices.dropFirst().allSatisfy {
      numbers[$0] - numbers[$0 - 1] == smaller
    }
    return isEven ? (group, low, numbers[numbers.count - 1], smaller) : nil
  }

  // MARK: - Operations

  /// An operation as a scenario writes it.
  func describe(_ operation: GoAllocator.Operation) -> String {
    switch operation {
    case .malloc(let sizeBytes, let noscan, let count):
      "malloc \(Self.shortSize(sizeBytes))" + (count == 1 ? "" : " x\(count)")
        + (noscan ? "" : " pointers")
    case .drop(let first, let last, let step): "drop \(objects(first, last, step))"
    case .gc: "gc"
    case .gcLazy: "gc lazy"
    case .gcStart: "mark start"
    case .gcMarkTermination: "mark end"
    case .sweep(let spans): "sweep \(spans)"
    case .finishSweep: "sweep all"
    case .worker(let worker): "worker \(worker)"
    case .scavenge(let bytes): "scavenge" + (bytes.map { " \(Self.shortSize($0))" } ?? "")
    case .freeOSMemory: "free-os-memory"
    case .memoryPressure: "memory-pressure"
    case .readMemStats: "read-mem-stats"
    }
  }

  // MARK: - Sizes

  /// A size as a scenario writes it: `48`, `32K`, `1M`.
  static func shortSize(_ bytes: Int) -> String {
    if bytes > 0, bytes % (1 << 20) == 0 { return "\(bytes >> 20)M" }
    if bytes >= 16 << 10, bytes % 1024 == 0 { return "\(bytes >> 10)K" }
    return "\(bytes)"
  }

  /// A size in a figure: `960 B`, `4 KB`, `3.8 MB`; whole where it is, else one decimal place.
  static func size(_ bytes: Int) -> String {
    func cut(_ unit: Int, _ name: String) -> String {
      let tenths = (bytes % unit * 10 + unit / 2) / unit
      let (whole, tenth) = tenths == 10 ? (bytes / unit + 1, 0) : (bytes / unit, tenths)
      return tenth == 0 ? "\(whole) \(name)" : "\(whole).\(tenth) \(name)"
    }
    if bytes < 1024 { return "\(bytes) B" }
    if bytes < 1 << 20 { return cut(1 << 10, "KB") }
    if bytes < 1 << 30 { return cut(1 << 20, "MB") }
    return cut(1 << 30, "GB")
  }

  // MARK: - Spans, pages and places

  /// A span's name.
  static func span(_ id: GoAllocator.SpanID) -> String { "s\(id)" }

  /// Pages in a sentence: `page 3`, `pages 3 to 7`.
  static func pages(_ first: Int, _ count: Int, _ language: Language) -> String {
    switch language {
    case .en: count == 1 ? "page \(first)" : "pages \(first) to \(first + count - 1)"
    case .zh: count == 1 ? "第 \(first) 页" : "第 \(first) 至 \(first + count - 1) 页"
    }
  }

  /// A place in `steps --json`: `mheap`, `mcentral 10`, `partialSwept 10`, `P0 mcache`.
  static func place(_ place: GoAllocator.Place) -> String {
    switch place {
    case .mheap: "mheap"
    case .mcentral(let spanClass): "mcentral \(spanClass)"
    case .queue(let queue, let spanClass): "\(queue.rawValue) \(spanClass)"
    case .mcache(let p): "P\(p) mcache"
    case .nonempty(let spanClass): "nonempty \(spanClass)"
    case .empty(let spanClass): "empty \(spanClass)"
    case .busy(let pages): pages < bigRunPages ? "busy[\(pages)]" : "busylarge"
    }
  }

  /// Where pages come from in `steps --json`: `P0 pageCache`, `mheap`, `free[4]`.
  static func source(_ source: GoAllocator.PageSource) -> String {
    switch source {
    case .pageCache(let p): "P\(p) pageCache"
    case .pageHeap: "mheap"
    case .freeList(let pages): freeList(pages)
    }
  }

  /// Notes' era: the name of the list in which free runs of a length are.
  static func freeList(_ pages: Int) -> String {
    pages < bigRunPages ? "free[\(pages)]" : "freelarge"
  }

  /// Notes' era: free runs of this many pages and more are in one list, as are busy ones.
  static let bigRunPages = 128
}
