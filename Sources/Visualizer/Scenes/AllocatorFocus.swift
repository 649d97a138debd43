import Models

/// What an event of the allocator points at, and how far the request has climbed.
struct AllocatorFocus {
  /// The span class in play.
  var spanClass: Int?
  var span: GoAllocator.SpanID?
  var slot: Int?
  /// Pages that the event is about.
  var pages: Range<Int>?
  /// Notes' era: the list in mheap that the event is about.
  var list: AllocatorRunList?
  /// The P whose worker asks, or whose cache is meant.
  var p: Int
  /// Slots that died in this step.
  var died: [Int] = []
  var path = RequestPath()
  /// Pages that were taken and of which the span is yet to be made.
  var takenPages: Range<Int>?
  /// The span that the mcentral has taken and put into no queue: an mcache waits for it.
  var inHand: GoAllocator.SpanID?

  /// The way of one request through the levels, as far as it has come.
  struct RequestPath {
    enum Level: Equatable {
      case notAsked
      case asked
      /// The level had what was wanted.
      case gave
      /// It had not, so that the next level is asked.
      case hadNothing
    }

    var isRequest = false
    var mcache = Level.notAsked
    var mcentral = Level.notAsked
    var mheap = Level.notAsked
    var isLarge = false
    var isDone = false
  }

  init(_ moment: Moment<GoAllocator>) {
    p = moment.after.worker
    if case .malloc(let size, let noscan, _) = moment.operation {
      let placement = moment.before.classes.placement(sizeBytes: size, noscan: noscan)
      if placement.sizeClass > 0 {
        spanClass = moment.before.classes.spanClass(placement.sizeClass, noscan: noscan)
      }
    }
    if let event = moment.event {
      point(at: event)
      if moment.after.rules.isNotesEra { list = Self.list(event, moment.after) }
      let current = moment.recent + [event]
      let start = current.lastIndex { $0.name == "requested" } ?? current.startIndex
      for event in current[start...] {
        climb(event)
        hold(event)
      }
    }
    if let span, spanClass == nil || moment.event?.name == "spanMoved" {
      spanClass = moment.after.span(span)?.spanClass ?? moment.before.span(span)?.spanClass
    }
    // Class 0 stands for large objects, which no mcache holds.
    if let wanted = spanClass, moment.after.classes.sizeClass(spanClass: wanted) == 0,
      moment.operation.map({ if case .malloc = $0 { true } else { false } }) ?? false
    {
      spanClass = nil
    }
  }

  private mutating func point(at event: GoAllocator.Event) {
    switch event {
    case .sizeClassFound(_, let spanClass, _, _), .mcentralAsked(let spanClass):
      self.spanClass = spanClass
    case .mcacheAsked(let p, let spanClass, let span, _):
      (self.p, self.spanClass, self.span) = (p, spanClass, span)
    case .tinyPacked(_, let span, let slot, _), .tinyBlockOpened(_, let span, let slot),
      .tinyBlockKept(_, let span, let slot), .slotReturned(_, let span, let slot, _):
      (self.span, self.slot) = (span, slot)
    case .pageCacheFilled(let p, let first, let npages),
      .pageCacheFlushed(let p, let first, let npages):
      self.p = p
      pages = first..<first + npages
    case .heapGrew(let first, let npages), .pagesTaken(let first, let npages, _),
      .runSplit(let first, let npages), .runsMerged(let first, let npages),
      .pagesScavenged(let first, let npages):
      pages = first..<first + npages
    case .spanMoved(let span, let spanClass, let from, let to):
      (self.span, self.spanClass) = (span, spanClass)
      for case .mcache(let p) in [from, to] { self.p = p }
    case .largeAllocated(_, let span, _): self.span = span
    case .mcacheFlushed(let p): self.p = p
    case .spanSwept(let span, let spanClass, let died, _):
      (self.span, self.spanClass, self.died) = (span, spanClass, died)
    case .spanFreed(let span, let first, let npages):
      self.span = span
      if first >= 0 { pages = first..<first + npages }
    default: break
    }
  }

  /// The list in mheap that an event of the notes' era asks, takes from or adds to.
  private static func list(
    _ event: GoAllocator.Event, _ after: GoAllocator
  ) -> AllocatorRunList? {
    func free(_ npages: Int) -> AllocatorRunList {
      .free(min(npages, AllocatorWords.bigRunPages))
    }
    switch event {
    case .mheapAsked(let npages): return free(npages)
    case .pagesTaken(_, _, .freeList(let pages)): return .free(pages)
    case .runSplit(_, let npages), .runsMerged(_, let npages): return free(npages)
    case .heapGrew(let first, _), .spanFreed(_, let first, _):
      // They may have merged with their neighbours already.
      let length = (1...AllocatorWords.bigRunPages).first { length in
        after.freeRuns(pages: length).contains {
          ($0.firstPage..<$0.firstPage + $0.npages).contains(first)
        }
      }
      return length.map { .free($0) }
    case .spanMoved(_, _, .busy(let pages), _), .spanMoved(_, _, _, .busy(let pages)):
      return .busy(pages)
    default: return nil
    }
  }

  private mutating func hold(_ event: GoAllocator.Event) {
    if case .pagesTaken(let first, let npages, _) = event { takenPages = first..<first + npages }
    guard case .spanMoved(let span, _, let from, let to) = event else { return }
    if from == .mheap { takenPages = nil }
    if case .mcentral = to {
      inHand = span
    } else if case .mcentral = from {
      inHand = nil
    }
  }

  private mutating func climb(_ event: GoAllocator.Event) {
    switch event {
    case .requested: path.isRequest = true
    case .sizeClassFound(let sizeClass, _, _, _): path.isLarge = sizeClass == 0
    case .mcacheAsked(_, _, _, let freeSlots):
      path.mcache = freeSlots > 0 ? .gave : .hadNothing
    case .mcentralAsked: (path.mcache, path.mcentral) = (.hadNothing, .asked)
    case .mheapAsked:
      if !path.isLarge { path.mcentral = .hadNothing }
      path.mheap = .asked
    case .pagesTaken: path.mheap = .gave
    case .spanMoved(_, _, _, .mcache): if path.mcentral == .asked { path.mcentral = .gave }
    case .slotReturned, .tinyPacked, .largeAllocated, .zeroSizeReturned: path.isDone = true
    default: break
    }
  }
}
