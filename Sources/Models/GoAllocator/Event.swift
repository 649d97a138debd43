extension GoAllocator {
  /// Where a span is, or comes from.
  public enum Place: Equatable, Sendable {
    /// In no one's hands: its pages belong to the page heap.
    case mheap
    /// With an mcentral, on its way: in none of its queues.
    case mcentral(spanClass: Int)
    /// In a queue of an mcentral.
    case queue(Queue, spanClass: Int)
    /// With the mcache of a P; in the notes' era it is in `empty` as well.
    case mcache(p: Int)
    /// Notes' era: in an mcentral's list of spans with free slots.
    case nonempty(spanClass: Int)
    /// Notes' era: in an mcentral's list of spans without, or cached.
    case empty(spanClass: Int)
    /// Notes' era: in the heap's list of large objects of a length in pages, 128 for all longer.
    case busy(pages: Int)
  }

  /// Where pages were taken from.
  public enum PageSource: Equatable, Sendable {
    /// The page cache of a P.
    case pageCache(p: Int)
    /// The page bitmap under the heap's lock.
    case pageHeap
    /// Notes' era: a list of free runs; 128 stands for the big ones.
    case freeList(pages: Int)
  }

  /// Why a cycle started.
  public enum CycleCause: String, Equatable, Sendable {
    /// `runtime.GC()` or the like.
    case requested
    /// The heap reached its trigger.
    case trigger
    /// `debug.FreeOSMemory()`.
    case freeOSMemory
  }

  /// What happens inside while an operation is performed.
  ///
  /// A request that goes all the way reports, in this order: requested, sizeClassFound,
  /// mcacheAsked, (the full span leaves: spanMoved), mcentralAsked, mheapAsked, pagesTaken,
  /// spanMoved to mcentral, spanMoved to the mcache, slotReturned.
  public enum Event: ModelEvent, Equatable {
    /// A request for bytes came in.
    case requested(handle: Int, sizeBytes: Int, noscan: Bool, p: Int)
    /// A request for 0 bytes got the address that all of them share.
    case zeroSizeReturned(handle: Int)
    /// The request's class was found; class 0 is for large objects.
    case sizeClassFound(sizeClass: Int, spanClass: Int, elemSizeBytes: Int, headerBytes: Int)
    /// The open tiny block had room: the object shares its slot.
    case tinyPacked(handle: Int, span: SpanID, slot: Int, offsetBytes: Int)
    /// A new tiny block took the place of the open one, if there was one.
    case tinyBlockOpened(p: Int, span: SpanID, slot: Int)
    /// The older tiny block stays open, for it has more room left.
    case tinyBlockKept(p: Int, span: SpanID, slot: Int)
    /// The mcache was asked for a slot; nil stands for no span of that class.
    case mcacheAsked(p: Int, spanClass: Int, span: SpanID?, freeSlots: Int)
    /// The mcentral was asked for a span with a free slot.
    case mcentralAsked(spanClass: Int)
    /// The mheap was asked for pages.
    case mheapAsked(npages: Int)
    /// A P's empty page cache got the free pages of a 64-page block.
    case pageCacheFilled(p: Int, firstPage: Int, npages: Int)
    /// A P's page cache went back to the heap.
    case pageCacheFlushed(p: Int, firstPage: Int, npages: Int)
    /// A 64 MB arena was reserved.
    case arenaReserved(index: Int)
    /// The heap grew.
    case heapGrew(firstPage: Int, npages: Int)
    /// Notes' era: bitmap and spans table were mapped for the grown arena.
    case regionsMapped(spansBytes: Int, bitmapBytes: Int, arenaUsedBytes: Int)
    /// Pages were taken out of the heap.
    case pagesTaken(firstPage: Int, npages: Int, from: PageSource)
    /// Notes' era: the rest of a run went to the front of its list.
    case runSplit(firstPage: Int, npages: Int)
    /// Notes' era: a freed run merged with its free neighbours.
    case runsMerged(firstPage: Int, npages: Int)
    /// A span changed hands.
    case spanMoved(span: SpanID, spanClass: Int, from: Place, to: Place)
    /// An object got its slot; a header lies in front of it.
    case slotReturned(handle: Int, span: SpanID, slot: Int, headerBytes: Int)
    /// A large object got a span of its own.
    case largeAllocated(handle: Int, span: SpanID, npages: Int)
    /// The program forgot objects.
    case dropped(first: Int, last: Int, step: Int)
    /// A collection cycle began.
    case cycleStarted(number: Int, cause: CycleCause)
    /// Marking found what is alive.
    case marked(slots: Int, bytes: Int)
    /// The heap's sweepgen was raised: what was swept counts as unswept now.
    case sweepgenRaised(to: Int)
    /// The goal and the trigger of the next cycle were set.
    case goalSet(goalBytes: Int, triggerBytes: Int)
    /// A P's mcache was emptied.
    case mcacheFlushed(p: Int)
    /// A span was swept: these slots died.
    case spanSwept(span: SpanID, spanClass: Int, died: [Int], allocCount: Int)
    /// A dead span's pages went back to the heap, still in memory.
    case spanFreed(span: SpanID, firstPage: Int, npages: Int)
    /// Nothing is left to sweep.
    case sweepFinished
    /// Free pages were given back to the operating system.
    case pagesScavenged(firstPage: Int, npages: Int)
    /// The kernel took pages that had been offered to it.
    case kernelReclaimed(npages: Int)
    /// Requests come from another worker.
    case workerChanged(worker: Int)
    /// Statistics were read.
    case statsRead

    /// The case's name.
    public var name: String {
      switch self {
      case .requested: "requested"
      case .zeroSizeReturned: "zeroSizeReturned"
      case .sizeClassFound: "sizeClassFound"
      case .tinyPacked: "tinyPacked"
      case .tinyBlockOpened: "tinyBlockOpened"
      case .tinyBlockKept: "tinyBlockKept"
      case .mcacheAsked: "mcacheAsked"
      case .mcentralAsked: "mcentralAsked"
      case .mheapAsked: "mheapAsked"
      case .pageCacheFilled: "pageCacheFilled"
      case .pageCacheFlushed: "pageCacheFlushed"
      case .arenaReserved: "arenaReserved"
      case .heapGrew: "heapGrew"
      case .regionsMapped: "regionsMapped"
      case .pagesTaken: "pagesTaken"
      case .runSplit: "runSplit"
      case .runsMerged: "runsMerged"
      case .spanMoved: "spanMoved"
      case .slotReturned: "slotReturned"
      case .largeAllocated: "largeAllocated"
      case .dropped: "dropped"
      case .cycleStarted: "cycleStarted"
      case .marked: "marked"
      case .sweepgenRaised: "sweepgenRaised"
      case .goalSet: "goalSet"
      case .mcacheFlushed: "mcacheFlushed"
      case .spanSwept: "spanSwept"
      case .spanFreed: "spanFreed"
      case .sweepFinished: "sweepFinished"
      case .pagesScavenged: "pagesScavenged"
      case .kernelReclaimed: "kernelReclaimed"
      case .workerChanged: "workerChanged"
      case .statsRead: "statsRead"
      }
    }
  }
}
