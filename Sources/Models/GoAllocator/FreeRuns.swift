extension GoAllocator {
  /// The page heap of the notes' era: free runs of pages in one list a length, merged with their
  /// neighbours when freed.
  ///
  /// Runs of 128 pages and more share one list. Go 1.9 and 1.10 keep those in a treap of random
  /// shape whose search may miss the best fit; here the best fit is taken, the lower address
  /// first among equals, as Go 1.8 does.
  ///
  /// Source: Go 1.10 mheap.go, allocSpanLocked, freeSpanLocked and grow; mgclarge.go.
  struct FreeRuns: Sendable {
    /// Runs of this many pages and more are big: 1 MB.
    static let bigRunPages = 128

    struct Run: Sendable {
      var firstPage: Int
      var npages: Int
      /// Pages of it that the operating system has back.
      var releasedPages = 0
      var next: Int32 = -1
      var previous: Int32 = -1
    }

    /// What a page belongs to.
    enum Owner: Equatable {
      case span(SpanID)
      /// A free run; only its first and last page say so.
      case run(Int)
      /// The environment's: stacks, work buffers, spans from before a trace.
      case other
    }

    private var records = ChunkedArray<Run>(chunkBits: 6)
    private var spare: [Int32] = []
    /// The front of each list, by length; the last is that of the big runs.
    private var fronts = [Int32](repeating: -1, count: bigRunPages + 1)
    /// Go's `spans` table: span number, -1 for others' pages, below that a free run.
    private var owners = ChunkedArray<Int32>(chunkBits: 9)
    private var resident = ChunkedArray<UInt64>(chunkBits: 6)

    private(set) var freePages = 0
    private(set) var releasedPages = 0
    private(set) var residentPages = 0

    /// The pages up to arena_used.
    var pageCount: Int { owners.count }

    func owner(_ page: Int) -> Owner {
      let value = Int(owners[page])
      return value >= 0 ? .span(value) : value == -1 ? .other : .run(-value - 2)
    }

    func run(_ index: Int) -> Run { records[index] }

    /// The runs of a list from front to back; 128 for the big ones.
    func list(_ length: Int) -> [Run] { links(length).map { records[$0] } }

    private func links(_ length: Int) -> [Int] {
      var links: [Int] = []
      var link = fronts[length]
      while link >= 0 {
        links.append(Int(link))
        link = records[Int(link)].next
      }
      return links
    }

    func isResident(_ page: Int) -> Bool { resident[page >> 6] >> UInt64(page & 63) & 1 == 1 }

    // MARK: - Growing, taking, freeing

    /// Adds pages at the end, owned by nobody yet.
    mutating func extend(_ npages: Int) {
      owners.append(repeating: -1, count: npages)
      while resident.count * 64 < owners.count { resident.append(0) }
    }

    /// Finds the run that a request takes: the front of the first list that has one, else the
    /// smallest big run.
    func find(_ npages: Int) -> Int? {
      if npages < Self.bigRunPages {
        for length in npages..<Self.bigRunPages where fronts[length] >= 0 {
          return Int(fronts[length])
        }
      }
      var best: Int?
      var link = fronts[Self.bigRunPages]
      while link >= 0 {
        let run = records[Int(link)]
        if run.npages >= npages {
          if let other = best.map({ records[$0] }) {
            if (run.npages, run.firstPage) < (other.npages, other.firstPage) { best = Int(link) }
          } else {
            best = Int(link)
          }
        }
        link = run.next
      }
      return best
    }

    /// Takes the low end of a run; the rest becomes a free run at the front of its list.
    ///
    /// - Returns: the first page, and the length of what remained.
    mutating func take(run index: Int, _ npages: Int) -> (firstPage: Int, restPages: Int) {
      let run = records[index]
      unlink(index)
      freePages -= run.npages
      releasedPages -= run.releasedPages
      setBorders(run, -1)
      spare.append(Int32(truncatingIfNeeded: index))
      let rest = run.npages - npages
      if rest > 0 { insert(firstPage: run.firstPage + npages, npages: rest, released: 0) }
      return (run.firstPage, rest)
    }

    /// Frees pages, merging with the free runs before and behind.
    ///
    /// - Returns: the run that came of it, and how many neighbours it merged with.
    @discardableResult
    mutating func free(_ firstPage: Int, _ npages: Int)
      -> (firstPage: Int, npages: Int, merged: Int)
    {
      var start = firstPage
      var length = npages
      var released = 0
      var merged = 0
      setOwner(firstPage, npages, -1)
      if start > 0, case .run(let before) = owner(start - 1) {
        let run = detach(before)
        start = run.firstPage
        length += run.npages
        released += run.releasedPages
        merged += 1
      }
      let end = start + length
      if end < pageCount, case .run(let after) = owner(end) {
        let run = detach(after)
        length += run.npages
        released += run.releasedPages
        merged += 1
      }
      insert(firstPage: start, npages: length, released: released)
      return (start, length, merged)
    }

    private mutating func detach(_ index: Int) -> Run {
      let run = records[index]
      unlink(index)
      freePages -= run.npages
      releasedPages -= run.releasedPages
      setBorders(run, -1)
      spare.append(Int32(truncatingIfNeeded: index))
      return run
    }

    private mutating func insert(firstPage: Int, npages: Int, released: Int) {
      let index: Int
      let run = Run(firstPage: firstPage, npages: npages, releasedPages: released)
      if let old = spare.popLast() {
        index = Int(old)
        records[index] = run
      } else {
        index = records.count
        records.append(run)
      }
      let list = min(npages, Self.bigRunPages)
      let link = Int32(truncatingIfNeeded: index)
      let front = fronts[list]
      records[index].next = front
      if front >= 0 { records[Int(front)].previous = link }
      fronts[list] = link
      setBorders(run, -link - 2)
      freePages += npages
      releasedPages += released
    }

    private mutating func unlink(_ index: Int) {
      let run = records[index]
      if run.previous >= 0 {
        records[Int(run.previous)].next = run.next
      } else {
        fronts[min(run.npages, Self.bigRunPages)] = run.next
      }
      if run.next >= 0 { records[Int(run.next)].previous = run.previous }
    }

    private mutating func setBorders(_ run: Run, _ value: Int32) {
      owners[run.firstPage] = value
      owners[run.firstPage + run.npages - 1] = value
    }

    private mutating func setOwner(_ firstPage: Int, _ npages: Int, _ value: Int32) {
      for page in firstPage..<firstPage + npages { owners[page] = value }
    }

    /// Notes which span has pages, and that they are in memory now.
    mutating func assign(_ firstPage: Int, _ npages: Int, to span: SpanID) {
      setOwner(firstPage, npages, Int32(truncatingIfNeeded: span))
      touch(firstPage, npages)
    }

    private mutating func touch(_ firstPage: Int, _ npages: Int) {
      for page in firstPage..<firstPage + npages where !isResident(page) {
        resident[page >> 6] |= 1 << UInt64(page & 63)
        residentPages += 1
      }
    }

    // MARK: - Giving memory back

    /// Releases whole free runs, list by list, the big ones by length, up to a number of pages.
    ///
    /// Source: Go 1.10 mheap.go, scavenge and scavengelist; mgclarge.go, scavengetreap.
    mutating func release(limit: Int) -> [(firstPage: Int, npages: Int)] {
      var released: [(firstPage: Int, npages: Int)] = []
      var left = limit
      for length in 1...Self.bigRunPages {
        var links = links(length)
        if length == Self.bigRunPages {
          links.sort {
            let (a, b) = (records[$0], records[$1])
            return (a.npages, a.firstPage) < (b.npages, b.firstPage)
          }
        }
        for index in links where left > 0 {
          let run = records[index]
          guard run.releasedPages < run.npages else { continue }
          releasedPages += run.npages - run.releasedPages
          left -= run.npages - run.releasedPages
          records[index].releasedPages = run.npages
          for page in run.firstPage..<run.firstPage + run.npages where isResident(page) {
            resident[page >> 6] &= ~(1 << UInt64(page & 63))
            residentPages -= 1
          }
          released.append((run.firstPage, run.npages))
        }
      }
      return released
    }

    // MARK: - Reloading

    /// Replaces everything by what was captured: first everybody's pages, then the free runs in
    /// the order in which they are to be put in front.
    mutating func reload(
      pageCount: Int, spans: [(firstPage: Int, npages: Int, span: SpanID?)],
      freeRuns: [(firstPage: Int, npages: Int)]
    ) {
      self = FreeRuns()
      extend(pageCount)
      for area in spans {
        if let span = area.span { setOwner(area.firstPage, area.npages, Int32(span)) }
        touch(area.firstPage, area.npages)
      }
      for run in freeRuns { insert(firstPage: run.firstPage, npages: run.npages, released: 0) }
    }

    var footprint: Int {
      records.footprint + spare.count * 4 + fronts.count * 4 + owners.footprint
        + resident.footprint
    }
  }
}
