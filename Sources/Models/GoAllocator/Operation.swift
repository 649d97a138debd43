extension GoAllocator {
  /// One thing that a scenario or a trace asks of the allocator.
  public enum Operation: Sendable, Equatable {
    /// Requests of one size in a row; each gets the next handle, counted from 0.
    case malloc(sizeBytes: Int, noscan: Bool, count: Int)
    /// The program forgets the objects `first`, `first + step`, ... up to `last`; nothing else.
    case drop(first: Int, last: Int, step: Int)
    /// A full `runtime.GC()`: returns with sweeping finished.
    case gc
    /// A cycle up to the end of marking: nobody has swept but the flushing of the mcaches.
    case gcLazy
    /// Marking begins; objects allocated from now on survive the cycle.
    case gcStart
    /// Marking ends: the second half of `gcLazy`.
    case gcMarkTermination
    /// The background sweeper takes up to a number of spans.
    case sweep(spans: Int)
    /// The background sweeper takes all that is left.
    case finishSweep
    /// Requests come from the worker of another P from now on.
    case worker(Int)
    /// The scavenger releases up to a number of bytes; nil: down to its goal.
    case scavenge(bytes: Int?)
    /// `debug.FreeOSMemory()`: a full cycle, then every free page is released.
    case freeOSMemory
    /// The kernel runs short of memory and takes what MADV_FREE had offered it.
    case memoryPressure
    /// `runtime.ReadMemStats()`, which empties the mcaches.
    case readMemStats
  }

  /// Why an operation cannot be performed.
  public enum Refusal: Error, Equatable, Sendable {
    /// A negative size.
    case negativeSize(Int)
    /// More bytes than the model's heap may hold.
    case tooLarge(bytes: Int, limit: Int)
    /// A count or a step below 1, or too large.
    case badCount(Int)
    /// A handle that no request got.
    case neverAllocated(Int)
    /// A worker for whom there is no P.
    case noSuchP(worker: Int, processors: Int)
    /// The end of a mark phase that did not begin, or a second beginning.
    case wrongPhase
  }

  /// The most bytes that the heap may grow to.
  public static let heapLimitBytes = 16 << 30
  /// The most requests in one run.
  public static let requestLimit = 1 << 24
  /// The most Ps.
  public static let processorLimit = 64

  /// Says why an operation cannot be performed now; nil where it can.
  public func refusal(of operation: Operation) -> Refusal? {
    switch operation {
    case .malloc(let size, _, let count): return refusalOfMalloc(size, count)
    case .drop(let first, let last, let step):
      if step < 1 { return .badCount(step) }
      if first < 0 || first >= objects.count { return .neverAllocated(first) }
      if last < first { return .badCount(last - first) }
      // What is not a whole number of steps away need not be there.
      let end = first + (last - first) / step * step
      return end >= objects.count ? .neverAllocated(end) : nil
    case .worker(let worker):
      return ps.indices.contains(worker)
        ? nil : .noSuchP(worker: worker, processors: ps.count)
    case .sweep(let spans): return spans < 0 ? .badCount(spans) : nil
    case .scavenge(let bytes): return (bytes ?? 0) < 0 ? .negativeSize(bytes ?? 0) : nil
    case .gcMarkTermination: return isMarking ? nil : .wrongPhase
    case .gc, .gcLazy, .gcStart, .freeOSMemory: return isMarking ? .wrongPhase : nil
    case .finishSweep, .memoryPressure, .readMemStats: return nil
    }
  }

  private func refusalOfMalloc(_ size: Int, _ count: Int) -> Refusal? {
    if size < 0 { return .negativeSize(size) }
    if count < 1 || count > Self.requestLimit - objects.count { return .badCount(count) }
    let limit = Self.heapLimitBytes
    if size > limit { return .tooLarge(bytes: size, limit: limit) }
    // Fragmentation can come on top; the address space has room to spare for it.
    let (bytes, overflow) = max(size, 1).multipliedReportingOverflow(by: count)
    let (total, overflow2) = bytes.addingReportingOverflow(figures.inUseBytes)
    if overflow || overflow2 || total > limit {
      return .tooLarge(bytes: overflow ? .max : bytes, limit: limit)
    }
    return nil
  }
}
