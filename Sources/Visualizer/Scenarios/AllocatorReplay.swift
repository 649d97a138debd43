internal import Models

/// Plays a captured trace through the model and finds the first difference.
///
/// From the trace the model gets the requests, the drops, the points of collection, and what
/// surrounded the program: full spans from before it began, the pages that others had at the last
/// look, the places of others' spans on the sweep stack.
struct AllocatorReplay {
  let reader: JSONReader
  let notesEra: Bool
  var model: GoAllocator
  var version = ""
  /// The span classes that looks tell of.
  var tracked: [Int] = []
  /// A span's name in the trace, by the model's number.
  private var names: [GoAllocator.SpanID: String] = [:]
  /// The model's number of a span, by its name in the trace.
  private var spansByName: [String: GoAllocator.SpanID] = [:]
  /// What the spans were like that the program used, by their number in the trace.
  var recorded: [(spanClass: Int, npages: Int, nelems: Int, elemSize: Int, page: Int)] = []
  /// Numbers of spans that were given back since the last look, by span class.
  var freed: [Int: [Int]] = [:]
  /// The first handle of each stretch of ids, where a trace leaves some out.
  var stretches: [(firstId: Int, firstHandle: Int)] = []
  var nextId = 0
  /// Whether the model's pages are those of the trace.
  var knowsPages = false
  /// The page from which a trace counts.
  var basePage = 0
  /// Classes in which a span from before the trace changed: its place and the lengths of queues
  /// can no longer be foretold.
  var tainted: Set<Int> = []

  private var operationIndex = 0
  private(set) var difference: String?
  var doing = ""

  // MARK: - The file

  /// Reads and plays a whole file.
  static func run(_ reader: JSONReader) throws(InputError) -> CheckReport {
    let replay = try read(
      reader,
      operation: { (replay, captured) throws(InputError) in try replay.play(captured) },
      spans: { (replay, value) throws(InputError) in try replay.compareSpans(value) })
    if let difference = replay.difference { return .differs(difference) }
    return .matches(count: replay.operationIndex, what: "operations", version: replay.version)
  }

  /// Reads a whole file, handing over each operation, and the table of spans at the end.
  static func read(
    _ reader: JSONReader,
    operation: (inout AllocatorReplay, CapturedObject) throws(InputError) -> Void,
    spans: (inout AllocatorReplay, JSON) throws(InputError) -> Void
  ) throws(InputError) -> AllocatorReplay {
    var reader = reader
    var members = Header(reader: reader)
    var replay: AllocatorReplay?
    try reader.forEachMember { (key, reader) throws(InputError) in
      switch key {
      case "ops":
        var started = try members.start()
        try reader.forEachElement { (reader) throws(InputError) in
          let value = try reader.readValue()
          try operation(&started, try CapturedObject(value, "an operation", reader))
        }
        replay = started
      case "spans":
        let value = try reader.readValue()
        guard var started = replay else {
          throw reader.error(at: value.offset, "'spans' must stand behind 'ops'")
        }
        try spans(&started, value)
        replay = started
      default: members.values[key] = try reader.readValue()
      }
    }
    try reader.finish()
    guard let replay else { throw reader.error(at: 0, "'ops' is missing; it must be an array") }
    return replay
  }

  /// The members in front of `ops`.
  private struct Header {
    let reader: JSONReader
    var values: [String: JSON] = [:]

    func start() throws(InputError) -> AllocatorReplay {
      guard let headerValue = values["header"] else {
        throw reader.error(at: 0, "'header' is missing; it must stand before 'ops'")
      }
      let header = try CapturedObject(headerValue, "header", reader)
      let notesEra = values["format"]?.string == "go-alloc-notes-trace/1"
      let version = try header.string("goVersion")
      let rules = try AllocatorTrace.rules(
        version, at: header.json["goVersion"]?.offset ?? 0, notesEra: notesEra, reader)
      let limit = GoAllocator.processorLimit
      let processors =
        header.has("GOMAXPROCS") ? try header.integer("GOMAXPROCS", in: 1...limit) : 1
      // `"off (...)"`, `"1000000 (...)"` or a plain number.
      let gogc =
        header.json["GOGC"]?.integer
        ?? Int((header.json["GOGC"]?.string ?? "off").prefix { $0.isNumber })
      if let gogc, !(0...1_000_000_000).contains(gogc) {
        throw header.error("GOGC", "must be \"off\" or a percentage up to 1000000000")
      }
      var replay = AllocatorReplay(
        reader: reader, notesEra: notesEra,
        model: GoAllocator(rules: rules, processors: processors, gogc: gogc))
      replay.version = version
      for (key, value) in [("tracked", values["tracked"]), ("initial", values["initial"])] {
        guard let value else {
          throw reader.error(at: 0, "'\(key)' is missing; it must stand before 'ops'")
        }
        guard let rows = value.array else {
          throw reader.error(at: value.offset, "\(key) must be an array, [...]")
        }
        for row in rows {
          let row = try CapturedObject(row, "each of \(key)", reader)
          if key == "tracked" { try replay.track(row) } else { try replay.adopt(row) }
        }
      }
      for row in values["initialLarge"]?.array ?? [] {
        try replay.adoptLarge(try CapturedObject(row, "each of initialLarge", reader))
      }
      return replay
    }
  }

  private init(reader: JSONReader, notesEra: Bool, model: GoAllocator) {
    self.reader = reader
    self.notesEra = notesEra
    self.model = model
  }

  // MARK: - What stood there before

  private mutating func track(_ row: CapturedObject) throws(InputError) {
    let spanClass = try row.integer("spanClass", in: 0...model.classes.spanClassCount - 1)
    let sizeClass = try row.integer("sizeClass", in: 0...model.classes.count - 1)
    if model.classes.sizeClass(spanClass: spanClass) != sizeClass {
      throw row.error("sizeClass", "span class \(spanClass) does not belong to it")
    }
    tracked.append(spanClass)
  }

  private mutating func adopt(_ row: CapturedObject) throws(InputError) {
    let spanClass = try row.integer("spanClass", in: 0...model.classes.spanClassCount - 1)
    if notesEra {
      let cached = try row.spanName("cached")
      let empty = try row.spanNames("empty")
      if cached != "none", !empty.contains(cached) {
        throw row.error("cached", "the cached span must stand in 'empty' as well")
      }
      for name in empty {
        guard spansByName[name] == nil, name.hasPrefix("x") else {
          throw row.error("empty", "each span from before has a name of its own, \"x1\" and so on")
        }
        adopt(name, spanClass, at: name == cached ? .mcache(p: 0) : .empty)
      }
      return
    }
    let worker = try row.integer("worker", in: 0...1000)
    guard worker < model.ps.count else {
      throw row.error(
        "worker", "worker \(worker) has no P; the header's GOMAXPROCS is \(model.ps.count)")
    }
    let fullSwept = try row.integer("fullSwept", in: 0...100_000)
    // Workers look one after the other at the same queue; the last look counts.
    while model.count(in: .fullSwept, spanClass: spanClass) < fullSwept {
      adopt("x", spanClass, at: .fullSwept)
    }
    if try row.bool("cachedFull") {
      if model.ps[worker].mcache[spanClass] != nil {
        throw row.error("cachedFull", "a worker caches one span of a class")
      }
      adopt("x", spanClass, at: .mcache(p: worker))
    }
  }

  private mutating func adoptLarge(_ row: CapturedObject) throws(InputError) {
    let name = try row.spanName("span")
    let npages = try row.integer("npages", in: 1...1 << 20)
    guard notesEra, spansByName[name] == nil, name.hasPrefix("x") else {
      throw row.error("span", "each span from before has a name of its own, \"x1\" and so on")
    }
    // Whether it holds pointers is not said and does not matter.
    let id = model.adoptFullSpan(spanClass: 0, npages: npages, at: .busy)
    names[id] = name
    spansByName[name] = id
  }

  private mutating func adopt(
    _ name: String, _ spanClass: Int, at place: GoAllocator.AdoptedPlace
  ) {
    let id = model.adoptFullSpan(spanClass: spanClass, at: place)
    names[id] = name
    spansByName[name] = id
  }

  // MARK: - Names

  func name(_ id: GoAllocator.SpanID?) -> String { id.map { names[$0] ?? "?" } ?? "none" }

  func span(named name: String) -> GoAllocator.SpanID? { spansByName[name] }

  /// Spans are numbered in the order in which the program first uses them.
  mutating func number(_ id: GoAllocator.SpanID) {
    guard names[id] == nil, let span = model.span(id) else { return }
    names[id] = String(recorded.count)
    spansByName[String(recorded.count)] = id
    recorded.append(
      (
        span.spanClass, span.npages, span.nelems, span.elemSizeBytes,
        knowsPages ? span.firstPage - basePage : -1
      ))
  }

  /// Notes a difference; the first one counts.
  mutating func differ(_ what: String, _ captured: some Any, _ model: some Any, _ id: Int? = nil) {
    guard difference == nil else { return }
    let request = id.map { ", id \($0)" } ?? ""
    difference =
      "operation \(operationIndex) (\(doing)\(request)): \(what): captured \(captured), "
      + "model \(model)"
  }

  /// What is compared from now on is the table at the end, not an operation.
  mutating func enterSpans() { doing = "spans at the end" }

  /// Compares one value and notes the difference, if there is one.
  @discardableResult
  mutating func compare<Value: Equatable>(
    _ what: String, _ captured: Value, _ model: Value, _ id: Int? = nil
  ) -> Bool {
    if captured == model { return true }
    differ(what, captured, model, id)
    return false
  }

  // MARK: - Operations

  private static let operations = [
    "alloc", "drop", "gc", "gclazy", "sweep", "finishsweep", "readmemstats", "worker", "label",
    "pages", "layout",
  ]

  /// Performs a captured operation and compares what came of it.
  private mutating func play(_ captured: CapturedObject) throws(InputError) {
    // After a difference the rest is only read, so that a broken file is still found.
    if difference != nil { return }
    let name = try captured.string("op")
    doing = name
    switch name {
    case "alloc": try playRequests(captured)
    case "drop": for drop in try drops(captured) { perform(drop) }
    case "sweep": try playSweep(captured)
    default: if let operation = try operation(named: name, captured) { perform(operation) }
    }
    if difference == nil { try look(captured, after: name) }
    if difference == nil { operationIndex += 1 }
  }

  /// What an operation without requests and drops asks of the model; nil for a mere look.
  mutating func operation(
    named name: String, _ captured: CapturedObject
  ) throws(InputError) -> GoAllocator.Operation? {
    switch name {
    case "gc": return .gc
    case "gclazy": return .gcLazy
    case "finishsweep": return .finishSweep
    case "readmemstats": return .readMemStats
    case "sweep":
      let count = try captured.integer("count", in: 0...1 << 30)
      doing = GoAllocator.Operation.sweep(spans: count).text
      return .sweep(spans: count)
    case "worker":
      let worker = try captured.integer("worker", in: 0...1000)
      doing = GoAllocator.Operation.worker(worker).text
      guard model.refusal(of: .worker(worker)) == nil else {
        throw captured.error(
          "worker", "worker \(worker) has no P; the header's GOMAXPROCS is \(model.ps.count)")
      }
      return .worker(worker)
    case "label", "pages", "layout": return nil
    default:
      let names = Self.operations.joined(separator: ", ")
      throw captured.error("op", "unknown operation '\(name)'; write one of \(names)")
    }
  }

  private mutating func perform(_ operation: GoAllocator.Operation) {
    var observed = ObservedRequest()
    model.perform(operation) { event, model in observed.take(event, model) }
    note(observed.freed)
  }

  mutating func note(_ spans: [(span: GoAllocator.SpanID, spanClass: Int)]) {
    for (span, spanClass) in spans {
      if let number = names[span].flatMap({ Int($0) }) {
        freed[spanClass, default: []].append(number)
      }
    }
  }

  private mutating func playSweep(_ captured: CapturedObject) throws(InputError) {
    guard let operation = try operation(named: "sweep", captured) else { return }
    let count = try captured.integer("count", in: 0...1 << 30)
    let unswept = model.sweepStack.count
    perform(operation)
    if captured.has("swept"), notesEra {
      compare("spans swept", try captured.integer("swept", in: 0...1 << 30), min(count, unswept))
    }
  }

  /// How many ids of a drop may never have been allocated.
  private static let strayDrops = 16

  /// The drops that an operation asks for: one, but where a trace leaves out ids.
  mutating func drops(_ captured: CapturedObject) throws(InputError) -> [GoAllocator.Operation] {
    let limit = 1 << 40
    let first = try captured.integer("first", in: 0...limit)
    let last = try captured.integer("last", in: 0...limit)
    let step = try captured.integer("step", in: 1...limit)
    doing = GoAllocator.Operation.drop(first: first, last: last, step: step).text
    guard first <= last else { throw captured.error("first", "must not be above 'last'") }
    guard first < nextId else {
      throw captured.error("first", "id \(first) was never allocated; ids below \(nextId) were")
    }
    // Programs that were captured may name a few ids past their last one, which is harmless.
    let end = first + (min(last, nextId - 1) - first) / step * step
    guard (last - end) / step <= Self.strayDrops else {
      throw captured.error("last", "id \(last) was never allocated; ids below \(nextId) were")
    }
    if stretches.count == 1, stretches[0].firstId == 0 {
      return [.drop(first: first, last: end, step: step)]
    }
    var drops: [GoAllocator.Operation] = []
    for id in stride(from: first, through: end, by: step) {
      guard let handle = handle(of: id) else {
        throw captured.error("first", "id \(id) was never allocated")
      }
      drops.append(.drop(first: handle, last: handle, step: 1))
    }
    return drops
  }

  func handle(of id: Int) -> Int? {
    guard let stretch = stretches.last(where: { $0.firstId <= id }) else { return nil }
    let handle = stretch.firstHandle + id - stretch.firstId
    let end =
      stretches.first { $0.firstId > id }?.firstHandle ?? model.handleCount
    return handle < end ? handle : nil
  }
}
