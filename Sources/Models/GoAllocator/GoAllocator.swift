// Go's memory allocator.
//
// Glossary, in Go's words:
//
//   page         8192 bytes; not the operating system's page
//   span         a run of pages cut into slots of one size (mspan), or one large object
//   size class   one of 67 slot sizes; class 0 stands for large objects
//   span class   a size class, with or without pointers (noscan)
//   P            a processor: what a worker needs to run; owner of an mcache and a page cache
//   mcache       one span a span class, used by its P alone, without a lock
//   mcentral     the spans of one span class that no mcache holds, shared by all Ps
//   mheap        everything: pages, spans, mcentrals
//   tiny         objects below 16 bytes without pointers; they share a 16-byte slot
//   mark         finding what the program can still reach; here it is known from the script
//   sweep        freeing the slots of a span that were not marked; nothing is ever moved
//   sweepgen     the heap's counter, raised by 2 a cycle. A span at h-2 needs sweeping, at h-1 is
//                being swept, at h is ready, at h+1 was cached before this cycle, at h+3 is cached
//   scavenge     giving free pages back to the operating system
//   notes' era   Go up to 1.10, with one address range and free lists of page runs
//
// A request climbs three levels: the mcache of its P has a span with a free slot, or asks the
// mcentral for one, which asks the mheap for pages. Dropping a reference frees nothing: a cycle
// marks, then spans are swept, then dead spans' pages are free, then the scavenger returns them.
//
// What is left out, and why it does not change what one learns: goroutine stacks and the
// collector's own buffers, which take pages of the same heap (a trace supplies them); finalizers;
// write barriers and mark assists (marking takes no time here); clearing memory (`needzero`); random placement of the heap; the
// memory limit and the two-minute cycle.

/// Go's memory allocator as a value: perform operations, look at the state, copy it at any time.
///
/// Handles name objects: the first request gets 0, the next 1, and so on.
public struct GoAllocator: Model {
  /// The rules that it follows.
  public let rules: Rules
  /// The size classes of those rules.
  public let classes: SizeClasses
  /// The processors.
  public internal(set) var ps: [P]
  /// The P whose worker makes the requests.
  public internal(set) var worker = 0
  /// The heap's sweepgen, the number against which spans' are read.
  public internal(set) var sweepgen = 0
  /// How many cycles have begun.
  public internal(set) var cycles = 0
  /// Whether a mark phase is running: new objects are alive whatever happens to them.
  public internal(set) var isMarking = false
  /// Whether a sweeper has found nothing left to sweep since the last cycle.
  public internal(set) var isSweepDone = true
  /// What the pacing of cycles, sweeping and scavenging goes by.
  public internal(set) var pacer: Pacer
  /// Whether released pages stay in memory until the kernel needs them (MADV_FREE).
  public let usesMadvFree: Bool

  var spans = SpanTable()
  var objects = ObjectTable()
  var centrals: ChunkedArray<MCentral>

  // Modern rules.
  var pages = PageAlloc()
  /// Go's page-to-span map: -1 where there is none.
  var pageSpans = ChunkedArray<Int32>(chunkBits: 9)
  /// The end of the reserved arenas, in pages.
  var arenaEndPage = 0
  /// The next queue for a sweeper to look at: two a span class, full before partial.
  var sweepClassIndex = 0
  /// Where the page reclaimer goes on, in pages; nil when it has seen everything.
  var reclaimIndex: Int?
  /// The arenas, in pages, that the reclaimer of this cycle looks at.
  var reclaimEndPage = 0
  /// Pages that sweeping freed beyond what was asked for.
  var reclaimCredit = 0

  // The notes' era.
  var freeRuns = FreeRuns()
  /// Large objects by length in pages; the last list holds all longer ones.
  var busy: [SpanList] = []
  /// Spans to sweep and spans swept, swapped as sweepgen rises; -1 stands for another's span.
  var sweepSpans: InlineArray<2, SpanSet> = [SpanSet(), SpanSet()]

  // Counters.
  var spanPages = 0
  /// Pages used by others than the model's spans, as a trace supplied them.
  public internal(set) var otherPages = 0
  var mallocCount = 0
  var allocatedBytes = 0
  var reachableBytes = 0

  /// Creates an allocator whose heap is empty.
  ///
  /// - Parameters:
  ///   - rules: whose rules it follows.
  ///   - processors: how many Ps there are, 1 to 64.
  ///   - gogc: the growth in percent after which a cycle starts; nil for `GOGC=off`.
  ///   - usesMadvFree: whether released pages stay in memory until the kernel needs them.
  public init(
    rules: Rules, processors: Int = 1, gogc: Int? = nil, usesMadvFree: Bool = false
  ) {
    precondition((1...Self.processorLimit).contains(processors), "processors: \(processors)")
    self.rules = rules
    self.usesMadvFree = usesMadvFree
    let classes = SizeClasses(rules: rules)
    self.classes = classes
    let p = P(mcache: MCache(spanClassCount: classes.spanClassCount, flushGen: 0))
    ps = [P](repeating: p, count: processors)
    pacer = Pacer(gogc: gogc, isNotesEra: rules.isNotesEra)
    centrals = ChunkedArray(chunkBits: 3)
    centrals.append(repeating: MCentral(), count: classes.spanClassCount)
    if rules.isNotesEra {
      busy = [SpanList](repeating: SpanList(), count: FreeRuns.bigRunPages + 1)
    }
  }

  /// Performs one operation; `refusal(of:)` must have nothing against it.
  public mutating func perform(_ operation: Operation, observer: Observer?) {
    switch operation {
    case .malloc(let sizeBytes, let noscan, let count):
      for _ in 0..<count { malloc(sizeBytes, noscan: noscan, observer) }
    case .drop(let first, let last, let step): drop(first, last, step, observer)
    case .gc: collect(.requested, observer)
    case .gcLazy:
      gcStart(.requested, stopsWorld: true, observer)
      gcMarkTermination(observer)
    case .gcStart: gcStart(.requested, stopsWorld: false, observer)
    case .gcMarkTermination: gcMarkTermination(observer)
    case .sweep(let spans): sweep(upTo: spans, observer)
    case .finishSweep: while sweepOne(observer) != nil {}
    case .worker(let worker):
      self.worker = worker
      report(observer, .workerChanged(worker: worker))
    case .scavenge(let bytes): scavenge(bytes, observer)
    case .freeOSMemory: freeOSMemory(observer)
    case .memoryPressure: reclaimByKernel(observer)
    case .readMemStats:
      for p in ps.indices { flushMCache(p, observer) }
      report(observer, .statsRead)
    }
  }

  /// Tells the observer of an event; without one the event is not even made.
  @inline(__always)
  func report(_ observer: Observer?, _ event: @autoclosure () -> Event) {
    if let observer { observer(event(), self) }
  }

  /// An upper bound, in bytes, of what keeping a copy may cost.
  public var footprint: Int {
    var bytes = spans.footprint + objects.footprint + pages.footprint + pageSpans.footprint
    bytes += freeRuns.footprint + centrals.footprint + busy.count * 24
    for p in ps { bytes += p.mcache.footprint + 32 }
    for spanClass in 0..<centrals.count { bytes += centrals[spanClass].queueFootprint }
    bytes += sweepSpans[0].footprint + sweepSpans[1].footprint
    return bytes + 4096
  }

  /// The footprint without the chunks of spans and objects that an earlier state shares, which are
  /// most of it: objects are written when they are made and when they are dropped.
  public func footprint(besides earlier: borrowing GoAllocator) -> Int {
    footprint - spans.bytesShared(with: earlier.spans) - objects.bytesShared(with: earlier.objects)
  }
}
