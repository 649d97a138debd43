// The scavenger: free pages go back to the operating system.
//
// Only now the program's resident memory falls; the address space stays.
//
// Source: Go 1.19 mgcscavenge.go; mheap.go, scavengeAll and grow; Go 1.10 mheap.go, scavenge.

extension GoAllocator {
  /// Chunks with this many pages in use are passed over by the background scavenger.
  private static let denseChunkPages = 496

  /// Releases free pages; nil: until the goal is reached.
  ///
  /// Modern rules go from high addresses to low, the notes' era from list to list.
  mutating func scavenge(_ bytes: Int?, _ observer: Observer?) {
    let pageSize = SizeClasses.pageSizeBytes
    if let bytes {
      release(limit: (bytes + pageSize - 1) / pageSize, force: false, observer)
    } else if rules.isNotesEra {
      // No goal then: whatever was free for five minutes goes; all of it counts as such.
      release(limit: .max, force: true, observer)
    } else if let goal = pacer.retainGoalBytes, figures.retainedBytes > goal {
      let excess = figures.retainedBytes - goal
      release(limit: (excess + pageSize - 1) / pageSize, force: false, observer)
    }
  }

  /// A full cycle, then every free page at once; those in page caches stay hidden.
  mutating func freeOSMemory(_ observer: Observer?) {
    collect(.freeOSMemory, observer)
    release(limit: .max, force: true, observer)
  }

  /// What grew the heap past the goal is taken back elsewhere, once the request has its pages.
  ///
  /// Source: Go 1.19 mheap.go, allocSpan, behind `HaveSpan`.
  mutating func scavengeAfterGrowth(
    _ npages: Int, retainedBytes: Int, _ observer: Observer?
  ) {
    guard let goal = pacer.retainGoalBytes else { return }
    let grown = npages * SizeClasses.pageSizeBytes
    let excess = retainedBytes + grown - goal
    if excess > 0 {
      release(
        limit: min(grown, excess) / SizeClasses.pageSizeBytes, force: false, observer)
    }
  }

  private mutating func release(limit: Int, force: Bool, _ observer: Observer?) {
    var left = limit
    if rules.isNotesEra {
      for run in freeRuns.release(limit: left) {
        report(observer, .pagesScavenged(firstPage: run.firstPage, npages: run.npages))
      }
      return
    }
    for chunk in stride(from: pages.chunks.count - 1, through: 0, by: -1) where left > 0 {
      let isDense = pages.usedPages(chunk: chunk) >= Self.denseChunkPages
      if !force, rules.scavengerSkipsDenseChunks, isDense { continue }
      for run in pages.scavenge(chunk: chunk, limit: left, keepResident: usesMadvFree) {
        left -= run.npages
        report(observer, .pagesScavenged(firstPage: run.firstPage, npages: run.npages))
      }
    }
  }

  /// The kernel takes what MADV_FREE offered it.
  mutating func reclaimByKernel(_ observer: Observer?) {
    guard !rules.isNotesEra else { return }
    let npages = pages.reclaimResident()
    report(observer, .kernelReclaimed(npages: npages))
  }
}
