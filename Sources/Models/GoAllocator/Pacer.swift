extension GoAllocator {
  /// When the next cycle starts, how fast sweeping goes, how much the scavenger leaves.
  ///
  /// Source: Go 1.19 mgcpacer.go, heapGoal and trigger; mgcsweep.go, gcPaceSweeper; mgcscavenge.go,
  /// gcPaceScavenger.
  public struct Pacer: Sendable {
    /// The least goal at GOGC=100.
    public static let minimumHeapBytes = 4 << 20

    /// Growth in percent; nil for `GOGC=off`.
    public let gogc: Int?
    private let isNotesEra: Bool
    /// Bytes of stacks and globals that count towards the goal.
    public var rootBytes = 0
    /// What the last cycle marked.
    public private(set) var markedBytes = 0
    /// The bytes that count as live: marked ones, and whole spans taken since.
    public internal(set) var heapLiveBytes = 0
    /// Where the next cycle should be finished; `Int.max` with `GOGC=off`.
    public private(set) var goalBytes: Int
    /// Where the next cycle starts; `Int.max` with `GOGC=off`.
    public private(set) var triggerBytes: Int
    /// What the scavenger leaves: 10 % above what the goal needs; nil while it has nothing to do.
    public private(set) var retainGoalBytes: Int?

    /// Pages swept since the last mark phase.
    var pagesSwept = 0
    /// What each byte that is allocated owes, in pages to sweep.
    var sweepPagesPerByte: Double = 0
    private var sweepLiveBasisBytes = 0
    private var pagesSweptBasis = 0

    init(gogc: Int?, isNotesEra: Bool) {
      self.gogc = gogc
      self.isNotesEra = isNotesEra
      goalBytes = Self.goal(markedBytes: 0, rootBytes: 0, gogc: gogc)
      triggerBytes = .max
      triggerBytes = trigger
    }

    /// The heap goal: what was marked and GOGC percent of it and the roots on top, at least 4 MB
    /// times GOGC / 100.
    ///
    /// A further rule of Go, that a goal lies at least 64 KB above what was live when the last
    /// cycle started, is left out.
    public static func goal(markedBytes: Int, rootBytes: Int, gogc: Int?) -> Int {
      guard let gogc else { return .max }
      return max(
        markedBytes + (markedBytes + rootBytes) * gogc / 100, minimumHeapBytes * gogc / 100)
    }

    /// 95 % of the way from what was marked to the goal: the latest point at which Go starts.
    ///
    /// Of the way to a large goal newer versions leave only the last 4 MB.
    ///
    /// Source: Go 1.19 mgcpacer.go, trigger; Go 1.10 mgc.go, gcSetTriggerRatio.
    private var trigger: Int {
      if goalBytes == .max { return .max }
      let latest = markedBytes + (goalBytes - markedBytes) / 64 * 61
      return isNotesEra ? latest : max(latest, goalBytes - Self.minimumHeapBytes)
    }

    var isTriggered: Bool { heapLiveBytes >= triggerBytes }

    /// Sets goal and trigger after marking.
    mutating func markingEnded(markedBytes: Int, inUseBytes: Int, retainedBytes: Int) {
      let lastGoal = goalBytes
      self.markedBytes = markedBytes
      heapLiveBytes = markedBytes
      goalBytes = Self.goal(markedBytes: markedBytes, rootBytes: rootBytes, gogc: gogc)
      triggerBytes = trigger
      guard gogc != nil else { return }
      let needed = Int(Double(inUseBytes) * (Double(goalBytes) / Double(lastGoal)))
      let goal = (needed + needed / 10 + 4095) & ~4095
      retainGoalBytes = retainedBytes > goal ? goal : nil
    }

    /// Spreads the pages to sweep over the bytes that may be allocated until the next cycle.
    ///
    /// With `GOGC=off` the notes' era puts all of it on the first span that is asked for.
    mutating func paceSweeping(pagesInUse: Int) {
      sweepPagesPerByte = 0
      sweepLiveBasisBytes = heapLiveBytes
      pagesSweptBasis = pagesSwept
      let left = pagesInUse - pagesSwept
      if left <= 0 || gogc == nil && !isNotesEra { return }
      let pageSize = SizeClasses.pageSizeBytes
      let distance =
        triggerBytes == .max
        ? pageSize : max(triggerBytes - heapLiveBytes - 1 << 20, pageSize)
      sweepPagesPerByte = Double(left) / Double(distance)
    }

    /// How many pages are still owed before a span of so many bytes may be had.
    func sweepDebtPages(spanBytes: Int, callerPages: Int) -> Int {
      let live = spanBytes + max(heapLiveBytes - sweepLiveBasisBytes, 0)
      let target = Int(sweepPagesPerByte * Double(live)) - callerPages
      return target - (pagesSwept - pagesSweptBasis)
    }
  }
}
