import Models
import Testing

/// Pages: placement, growth, giving back; the regions of the notes' era.
@Suite struct GoAllocatorPagesTests {
  /// Source: Go 1.19 mheap.go, grow: whole chunks of 4 MB, arenas of 64 MB.
  @Test func theHeapGrowsInSteps() {
    var model = Allocator(rules: .go1_19)
    let seen = events(.malloc(sizeBytes: 8192, noscan: true, count: 1), &model)
    #expect(seen.contains(.arenaReserved(index: 0)))
    #expect(seen.contains(.heapGrew(firstPage: 0, npages: 512)))
    #expect(model.figures.sysBytes == 4 << 20)
    #expect(model.figures.releasedBytes == 4 << 20 - 8192)
    // A run may begin in the free end of what is there: growth can be larger than needed.
    model.play(.malloc(sizeBytes: 4 << 20, noscan: true, count: 1))
    #expect(model.span(1)?.firstPage == 1)
    #expect(model.figures.sysBytes == 8 << 20)
    model.play(.malloc(sizeBytes: 60 << 20, noscan: true, count: 1))
    #expect(model.arenaCount == 2)
  }

  /// Source: Go 1.19 mheap.go, allocSpan: below 16 pages from the P's block of 64.
  @Test func smallRunsComeFromThePageCache() {
    var model = Allocator(rules: .go1_19)
    // The first request finds no page at all, and takes what it grew from the heap itself.
    model.play(.malloc(sizeBytes: 8192, noscan: true, count: 1))
    let seen = events(.malloc(sizeBytes: 8192, noscan: true, count: 1), &model)
    #expect(seen.contains(.pageCacheFilled(p: 0, firstPage: 0, npages: 63)))
    #expect(seen.contains(.pagesTaken(firstPage: 1, npages: 1, from: .pageCache(p: 0))))
    #expect(model.pageState(2) == .cached(p: 0))
    // 16 pages never do; they find the cached block in use.
    let large = events(.malloc(sizeBytes: 131_072, noscan: true, count: 1), &model)
    #expect(large.contains(.pagesTaken(firstPage: 64, npages: 16, from: .pageHeap)))
    let fifteen = events(.malloc(sizeBytes: 122_880, noscan: true, count: 1), &model)
    #expect(fifteen.contains(.pagesTaken(firstPage: 2, npages: 15, from: .pageCache(p: 0))))
    // The cache is refilled only when it is empty: what does not fit comes from the heap.
    model.play(.malloc(sizeBytes: 122_880, noscan: true, count: 4))
    #expect(model.ps[0].pageCache.free.nonzeroBitCount == 2)
    #expect(model.span(6)?.firstPage == 47)
    #expect(model.span(7)?.firstPage == 80)
  }

  /// Source: Go 1.22 mgc.go, gcMarkTermination: idle Ps lose their page cache; not in 1.19.
  @Test(arguments: [(Allocator.Rules.go1_19, false), (.go1_22, true)])
  func idlePsLoseTheirPageCache(rules: Allocator.Rules, isFlushed: Bool) {
    var model = Allocator(rules: rules, processors: 2)
    model.play(.malloc(sizeBytes: 8192, noscan: true, count: 2), .worker(1))
    model.play(.malloc(sizeBytes: 8192, noscan: true, count: 1), .gc)
    #expect(model.ps[0].pageCache.isEmpty == isFlushed)
    #expect(!model.ps[1].pageCache.isEmpty)
  }

  /// A heap dies: memory falls when it is scavenged, not before.
  @Test(arguments: [false, true])
  func topSeesTheScavengerOnly(usesMadvFree: Bool) {
    var model = Allocator(rules: .go1_27, gogc: 100, usesMadvFree: usesMadvFree)
    model.play(.malloc(sizeBytes: 1 << 20, noscan: true, count: 64))
    let all = model.figures
    #expect(all.residentBytes == 64 << 20)
    model.play(.drop(first: 4, last: 63, step: 1))
    #expect(model.figures.residentBytes == all.residentBytes)
    model.play(.gc, .gc)
    #expect(model.figures.inUseBytes == 4 << 20)
    #expect(model.figures.residentBytes == all.residentBytes)
    model.play(.scavenge(bytes: nil))
    let retained = model.figures.retainedBytes
    #expect(retained < 5 << 20)
    #expect(retained > 4 << 20)
    #expect(model.figures.residentBytes == (usesMadvFree ? 64 << 20 : retained))
    model.play(.freeOSMemory)
    #expect(model.figures.releasedBytes == model.figures.idleBytes)
    model.play(.memoryPressure)
    #expect(model.figures.residentBytes == 4 << 20)
    #expect(model.figures.sysBytes == all.sysBytes)
  }

  /// Source: Go 1.19 mgcscavenge.go: high addresses first.
  @Test func theScavengerWorksDownwards() {
    var model = Allocator(rules: .go1_19)
    model.play(.malloc(sizeBytes: 1 << 20, noscan: true, count: 8))
    model.play(.drop(first: 0, last: 7, step: 1), .gc)
    let seen = events(.scavenge(bytes: 1 << 20), &model)
    #expect(seen == [.pagesScavenged(firstPage: 896, npages: 128)])
    // What is released is used again like any other page.
    model.play(.malloc(sizeBytes: 8 << 20, noscan: true, count: 1))
    #expect(model.figures.releasedBytes == 0)
  }

  /// Source: Go 1.10 mheap.go, grow: at least 1 MB, in steps of 64 KB; malloc.go, mallocinit.
  @Test func theRegionsOfTheNotesEra() {
    var model = Allocator(rules: .go1_10)
    #expect(Allocator.Regions.arenaStart == 0xc4_2000_0000)
    model.play(.malloc(sizeBytes: 100, noscan: true, count: 1))
    #expect(model.regions.arenaUsedBytes == 1 << 20)
    #expect(model.regions.bitmapMappedBytes == 32768)
    #expect(model.regions.bitmapEdge == 0xc4_1fff_8000)
    #expect(model.regions.spansMappedBytes == 4096)
    // 130 pages, rounded to 136, merge with the 127 that are left.
    model.play(.malloc(sizeBytes: 130 * 8192, noscan: true, count: 1))
    #expect(model.regions.arenaUsedBytes == (128 + 136) * 8192)
    #expect(model.span(1)?.firstPage == 1)
    model.play(.drop(first: 0, last: 1, step: 1), .gc)
    #expect(model.regions.arenaUsedBytes == (128 + 136) * 8192)
    #expect(model.freeRuns(pages: 128).map(\.npages) == [264])
  }

  /// The low end is handed out, the front of the first list that has a run; neighbours merge.
  @Test func freeListsAreStacks() {
    var model = Allocator(rules: .go1_10)
    model.play(.malloc(sizeBytes: 40960, noscan: true, count: 6))
    for handle in [1, 3] {
      model.play(.drop(first: handle, last: handle, step: 1), .gc)
    }
    #expect(model.freeRuns(pages: 5).map(\.firstPage) == [15, 5])
    model.play(.malloc(sizeBytes: 5 * 8192, noscan: true, count: 1))
    #expect(model.span(6)?.firstPage == 15)
    model.play(.drop(first: 2, last: 2, step: 1), .gc)
    #expect(model.freeRuns(pages: 10).map(\.firstPage) == [5])
    #expect(model.freeRuns(pages: 5).isEmpty)
  }

  /// Source: Go 1.8 mheap.go, allocLarge: the smallest big run that is long enough.
  @Test(arguments: [Allocator.Rules.go1_8, .go1_10])
  func bigRunsAreTakenByBestFit(rules: Allocator.Rules) {
    var model = Allocator(rules: rules)
    for pages in [300, 5, 160, 5, 200, 5] {
      model.play(.malloc(sizeBytes: pages * 8192, noscan: true, count: 1))
    }
    model.play(.drop(first: 0, last: 4, step: 2), .gc)
    #expect(model.freeRuns(pages: 128).map(\.npages).sorted() == [160, 200, 300])
    model.play(.malloc(sizeBytes: 171 * 8192, noscan: true, count: 1))
    #expect(model.freeRuns(pages: 128).map(\.npages).sorted() == [160, 300])
    #expect(model.freeRuns(pages: 29).count == 1)
  }

  /// Source: Go 1.19 mheap.go, reclaim: dead spans are swept before the heap gives out pages.
  @Test func theHeapIsSweptBeforeItGivesPages() {
    var model = Allocator(rules: .go1_19)
    model.play(.malloc(sizeBytes: 65536, noscan: true, count: 4))
    model.play(.drop(first: 1, last: 2, step: 1), .gcLazy)
    let seen = events(.malloc(sizeBytes: 131_072, noscan: true, count: 1), &model)
    let freed = seen.filter { $0.name == "spanFreed" }
    #expect(freed.count == 2)
    #expect(model.span(4)?.firstPage == 8)
    #expect(model.span(0)?.sweepgen == model.sweepgen - 2)
  }

  /// Bad operations are refused in words, and the model stays as it is.
  @Test func refusals() {
    var model = Allocator(rules: .go1_27, processors: 2)
    #expect(
      model.refusal(of: .malloc(sizeBytes: -1, noscan: true, count: 1)) == .negativeSize(-1))
    #expect(
      model.refusal(of: .malloc(sizeBytes: .max, noscan: true, count: 1))
        == .tooLarge(bytes: .max, limit: Allocator.heapLimitBytes))
    #expect(model.refusal(of: .malloc(sizeBytes: 1 << 30, noscan: true, count: 1 << 20)) != nil)
    #expect(model.refusal(of: .malloc(sizeBytes: 8, noscan: true, count: 0)) == .badCount(0))
    #expect(model.refusal(of: .malloc(sizeBytes: 8, noscan: true, count: .max)) != nil)
    #expect(model.refusal(of: .drop(first: 0, last: 0, step: 1)) == .neverAllocated(0))
    #expect(model.refusal(of: .worker(2)) == .noSuchP(worker: 2, processors: 2))
    #expect(model.refusal(of: .worker(-1)) != nil)
    model.play(.malloc(sizeBytes: 8, noscan: true, count: 4))
    #expect(model.refusal(of: .drop(first: 0, last: 4, step: 3)) == nil)
    #expect(model.refusal(of: .drop(first: 0, last: 4, step: 2)) == .neverAllocated(4))
    #expect(model.refusal(of: .drop(first: 0, last: 3, step: 0)) == .badCount(0))
  }

  /// A copy's cost has a bound that grows with what is alive, not with what has been.
  @Test func theFootprintStaysBounded() {
    var model = Allocator(rules: .go1_19)
    for round in 0..<40 {
      let first = model.handleCount
      model.perform(.malloc(sizeBytes: 1024, noscan: true, count: 2048), observer: nil)
      model.perform(.drop(first: first, last: first + 2047, step: 1), observer: nil)
      model.perform(.gc, observer: nil)
      #expect(model.footprint < 1 << 20, "round \(round)")
    }
    #expect(model.spanCount > 10_000)
    #expect(model.spansInUseCount == 0)
  }

  /// What is only read is shared with a copy, what is written costs its chunk.
  @Test func aCopySharesWhatIsNotWritten() {
    var model = Allocator(rules: .go1_19)
    model.perform(.malloc(sizeBytes: 64, noscan: true, count: 100_000), observer: nil)
    let copy = model
    let shared = model.footprint - model.footprint(besides: copy)
    #expect(shared > model.footprint / 2)
    model.perform(.malloc(sizeBytes: 64, noscan: true, count: 1), observer: nil)
    let afterOne = model.footprint - model.footprint(besides: copy)
    #expect(afterOne < shared && afterOne > shared * 9 / 10)
    model.perform(.drop(first: 0, last: 99_999, step: 2), observer: nil)
    #expect(model.footprint - model.footprint(besides: copy) == 0)
  }

  /// The notes' era gives back whole runs, list by list from the shortest on, the big ones last.
  ///
  /// Source: Go 1.10 mheap.go, scavenge and scavengelist.
  @Test func theOldScavengerGoesFromListToList() {
    var model = Allocator(rules: .go1_10)
    for pages in [20, 1, 5, 1, 200, 1] {
      model.play(.malloc(sizeBytes: pages * 8192, noscan: true, count: 1))
    }
    for handle in [0, 2, 4] { model.play(.drop(first: handle, last: handle, step: 1)) }
    model.play(.gc)
    let lengths = events(.scavenge(bytes: nil), &model).map { event in
      if case .pagesScavenged(_, let npages) = event { npages } else { 0 }
    }
    #expect(lengths == lengths.sorted())
    #expect(lengths.starts(with: [5, 20]))
    #expect(model.figures.releasedBytes == model.figures.idleBytes)
  }
}
