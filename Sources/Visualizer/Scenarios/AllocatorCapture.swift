internal import Models

/// What a trace says that the allocator did for requests of one size in a row.
struct CapturedRequests {
  /// What one request got.
  struct Slot {
    var span: String
    var slot: Int
    /// Bytes from the start of the 16-byte slot; nil where the object has the slot to itself.
    var tinyOffset: Int?
  }

  /// A request that needed another span.
  struct Refill {
    var id: Int
    var span: String
    var returned: String?
    var source: String
    var npages: Int
    var nelems: Int
    var allocBefore: Int?
    var before: [Int]?
    var after: [Int]?
    var page: Int?
  }

  var firstId: Int
  var count: Int
  var sizeBytes: Int
  var noscan: Bool
  var spanClass: Int
  var sizeClass: Int
  var elemSizeBytes: Int
  var ptrOffset: Int?
  var isTiny: Bool
  /// Rows of span, first slot, count; or of span, slot, offset.
  private var rows: [(span: String, first: Int, third: Int)] = []
  private(set) var refills: [Refill] = []
  private var row = 0
  private var used = 0
  private var refill = 0

  /// Reads an operation `alloc`; sizes are judged by the model, later.
  init(_ captured: CapturedObject, notesEra: Bool) throws(InputError) {
    let limit = GoAllocator.requestLimit
    firstId = try captured.integer("firstId", in: 0...limit)
    count = try captured.integer("count", in: 1...limit)
    sizeBytes = try captured.integer("size", in: .min ... .max)
    noscan = try captured.bool("noscan")
    spanClass = try captured.integer("spanClass", in: 0...1000)
    sizeClass = try captured.integer("sizeClass", in: 0...1000)
    elemSizeBytes = try captured.integer("elemSize", in: 1 ... .max)
    ptrOffset = captured.has("ptrOff") ? try captured.integer("ptrOff", in: 0...4096) : nil
    isTiny = captured.has("tiny")
    try readRows(captured)
    for row in try captured.objects("refills") {
      refills.append(try Self.refill(row, notesEra: notesEra))
    }
  }

  private mutating func readRows(_ captured: CapturedObject) throws(InputError) {
    let key = isTiny ? "tiny" : "runs"
    var total = 0
    for row in try captured.array(key) {
      guard let values = row.array, values.count == 3 else {
        throw captured.error(key, "each row must be a span and two numbers")
      }
      let span = try CapturedObject.spanName(values[0], captured.reader)
      let first = try CapturedObject.integer(values[1], "a slot", in: 0...1 << 20, captured.reader)
      let third = try CapturedObject.integer(
        values[2], "a row's last number", in: (isTiny ? 0 : 1)...1 << 20, captured.reader)
      rows.append((span, first, third))
      total += isTiny ? 1 : third
    }
    if total != count {
      throw captured.error(key, "covers \(total) requests, but count is \(count)")
    }
  }

  private static func refill(
    _ row: CapturedObject, notesEra: Bool
  ) throws(InputError) -> Refill {
    let limit = 1 << 40
    let before = notesEra ? "listsBefore" : "setsBefore"
    let after = notesEra ? "listsAfter" : "setsAfter"
    let page = notesEra ? "page" : "pageOff"
    return Refill(
      id: try row.integer("id", in: 0...limit), span: try row.spanName("span"),
      returned: row.json["returned"] == nil ? nil : try row.spanName("returned"),
      source: try row.string("source"), npages: try row.integer("npages", in: 1...limit),
      nelems: try row.integer("nelems", in: 1...limit),
      allocBefore: row.has("allocBefore")
        ? try row.integer("allocBefore", in: 0...limit) : nil,
      before: row.has(before) ? try row.integers(before, count: 4, in: 0...limit) : nil,
      after: row.has(after) ? try row.integers(after, count: 4, in: 0...limit) : nil,
      page: row.has(page) ? try row.integer(page, in: 0...limit) : nil)
  }

  /// What the next request got.
  mutating func nextSlot() -> Slot {
    let current = rows[row]
    if isTiny {
      row += 1
      return Slot(span: current.span, slot: current.first, tinyOffset: current.third)
    }
    let slot = Slot(span: current.span, slot: current.first + used, tinyOffset: nil)
    used += 1
    if used == current.third {
      row += 1
      used = 0
    }
    return slot
  }

  /// The refill of a request, if it needed one.
  mutating func nextRefill(of id: Int) -> Refill? {
    guard refill < refills.count, refills[refill].id == id else { return nil }
    refill += 1
    return refills[refill - 1]
  }

  /// The first refill that no request asked for.
  var strayRefill: Refill? { refill < refills.count ? refills[refill] : nil }
}

/// What the model did for one request, put together from its events.
struct ObservedRequest {
  var sizeClass: Int?
  var spanClass = 0
  var elemSizeBytes = 0
  var headerBytes = 0
  /// The span that the mcache got, or the large object's.
  var span: GoAllocator.SpanID?
  var returned: GoAllocator.SpanID?
  var source = ""
  var allocBefore = 0
  /// Spans whose pages went back to the heap, with their class.
  var freed: [(span: GoAllocator.SpanID, spanClass: Int)] = []
  private var moved: GoAllocator.SpanID?

  /// Takes in an event and the state right after it.
  mutating func take(_ event: GoAllocator.Event, _ model: borrowing GoAllocator) {
    switch event {
    case .sizeClassFound(let sizeClass, let spanClass, let elemSize, let header):
      self.sizeClass = sizeClass
      self.spanClass = spanClass
      elemSizeBytes = elemSize
      headerBytes = header
    case .spanMoved(let span, let spanClass, let from, let to):
      if to == .mheap { freed.append((span, spanClass)) }
      note(span, from, to, allocCount: model.span(span)?.allocCount ?? 0)
    case .spanSwept(let span, _, _, _):
      // The notes' era moves a span first and sweeps it then.
      if span == moved, source == "nonempty" || source == "empty" { source += "Unswept" }
    case .largeAllocated(_, let span, _):
      self.span = span
      source = "heap"
    default: break
    }
  }

  private mutating func note(
    _ span: Int, _ from: GoAllocator.Place, _ to: GoAllocator.Place, allocCount: Int
  ) {
    switch (from, to) {
    case (.mcache, .mheap): break
    case (.mcache, _): if self.span == nil, source.isEmpty, returned == nil { returned = span }
    case (_, .mcache):
      self.span = span
      allocBefore = allocCount
    case (.queue(let queue, _), .mcentral): set(span, queue.rawValue)
    case (.nonempty, .empty): set(span, "nonempty")
    case (.empty, .empty): set(span, "empty")
    case (.mheap, _): set(span, "heap")
    default: break
    }
  }

  private mutating func set(_ span: Int, _ source: String) {
    guard self.span == nil else { return }
    moved = span
    self.source = source
  }
}
