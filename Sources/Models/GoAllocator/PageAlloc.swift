extension GoAllocator {
  /// The page heap of the modern rules: one bit a page, and the lowest address that fits.
  ///
  /// Pages are counted from the start of the first arena. Go finds the lowest fit through five
  /// levels of summaries; here only the lowest level, one summary per 4 MB chunk, is kept: the
  /// others save time on huge address spaces and change no answer.
  ///
  /// Source: Go 1.19 mpagealloc.go; mpallocbits.go; mpagecache.go, allocToCache.
  struct PageAlloc: Sendable {
    /// Pages of a chunk, the step in which the heap grows.
    static let chunkPages = 512

    struct Chunk: Sendable {
      /// 1: in use, or in some page cache.
      var inUse = InlineArray<8, UInt64>(repeating: 0)
      /// 1: free, and the operating system has it back.
      var scavenged = InlineArray<8, UInt64>(repeating: ~0)
      /// 1: in memory, as the kernel sees it.
      var resident = InlineArray<8, UInt64>(repeating: 0)
    }

    /// The free pages at a chunk's start, its longest free run, the free pages at its end.
    struct Summary: Sendable, Equatable {
      var start: UInt16
      var longest: UInt16
      var end: UInt16
      static let empty = Summary(start: 512, longest: 512, end: 512)
    }

    private(set) var chunks = ChunkedArray<Chunk>(chunkBits: 4)
    private(set) var summaries = ChunkedArray<Summary>(chunkBits: 7)
    /// No page below is free.
    private(set) var searchPage = 0
    /// Pages whose bit says in use.
    private(set) var usedPages = 0
    /// Pages that are free and released, those in page caches not counted.
    private(set) var scavengedPages = 0
    /// Pages in memory.
    private(set) var residentPages = 0

    var pageCount: Int { chunks.count * Self.chunkPages }

    func isInUse(_ page: Int) -> Bool { bit(chunks[page >> 9].inUse, page) }
    func isScavenged(_ page: Int) -> Bool { bit(chunks[page >> 9].scavenged, page) }
    func isResident(_ page: Int) -> Bool { bit(chunks[page >> 9].resident, page) }

    private func bit(_ words: InlineArray<8, UInt64>, _ page: Int) -> Bool {
      words[page >> 6 & 7] >> UInt64(page & 63) & 1 == 1
    }

    // MARK: - Growing

    /// Adds chunks at the end; their pages are free, and released until first used.
    mutating func grow(chunkCount: Int) {
      let first = pageCount
      chunks.append(repeating: Chunk(), count: chunkCount)
      summaries.append(repeating: .empty, count: chunkCount)
      scavengedPages += chunkCount * Self.chunkPages
      if searchPage > first { searchPage = first }
    }

    // MARK: - Finding

    /// The first page of the lowest free run of a length.
    func find(_ npages: Int) -> Int? {
      var run = 0
      var runStart = 0
      for index in searchPage >> 9..<max(chunks.count, searchPage >> 9) {
        let summary = summaries[index]
        if run + Int(summary.start) >= npages { return run == 0 ? index << 9 : runStart }
        if Int(summary.longest) >= npages {
          return findInChunk(index, npages).map { index << 9 + $0 }
        }
        if summary.start == 512 {
          if run == 0 { runStart = index << 9 }
          run += 512
        } else {
          run = Int(summary.end)
          runStart = (index + 1) << 9 - run
        }
      }
      return nil
    }

    private func findInChunk(_ index: Int, _ npages: Int) -> Int? {
      var found: Int?
      Self.forEachFreeRun(chunks[index].inUse) { start, length in
        if length >= npages {
          found = start
          return false
        }
        return true
      }
      return found
    }

    /// Calls the body with each free run of a chunk, ascending, until it returns false.
    private static func forEachFreeRun(
      _ inUse: InlineArray<8, UInt64>, _ body: (_ start: Int, _ length: Int) -> Bool
    ) {
      var runStart = -1
      for index in 0..<8 {
        let word = inUse[index]
        if word == 0 {
          if runStart < 0 { runStart = index * 64 }
          continue
        }
        var position = 0
        while position < 64 {
          let rest = (runStart < 0 ? ~word : word) >> UInt64(position)
          let zeros = rest == 0 ? 64 - position : rest.trailingZeroBitCount
          position += zeros
          guard position < 64 else { break }
          if runStart < 0 {
            runStart = index * 64 + position
          } else {
            if !body(runStart, index * 64 + position - runStart) { return }
            runStart = -1
          }
        }
      }
      if runStart >= 0 { _ = body(runStart, 512 - runStart) }
    }

    static func summary(of inUse: InlineArray<8, UInt64>) -> Summary {
      var summary = Summary(start: 0, longest: 0, end: 0)
      forEachFreeRun(inUse) { start, length in
        if start == 0 { summary.start = UInt16(length) }
        if length > Int(summary.longest) { summary.longest = UInt16(length) }
        if start + length == 512 { summary.end = UInt16(length) }
        return true
      }
      return summary
    }

    // MARK: - Taking and freeing

    /// Lets the body change each word that a page range touches: chunk, word index, mask.
    private mutating func updateWords(
      _ firstPage: Int, _ npages: Int, _ body: (inout Chunk, Int, UInt64) -> Void
    ) {
      var page = firstPage
      let end = firstPage + npages
      while page < end {
        let offset = page & 63
        let length = min(64 - offset, end - page)
        let ones: UInt64 = length == 64 ? ~0 : (1 << UInt64(length)) - 1
        let mask = ones << UInt64(offset)
        body(&chunks[page >> 9], page >> 6 & 7, mask)
        page += length
      }
    }

    private mutating func updateSummaries(_ firstPage: Int, _ npages: Int) {
      for index in firstPage >> 9...(firstPage + npages - 1) >> 9 {
        summaries[index] = Self.summary(of: chunks[index].inUse)
      }
    }

    /// Takes the lowest run of a length out of the heap; also says how many pages were released.
    mutating func alloc(_ npages: Int) -> (firstPage: Int, released: Int)? {
      guard let page = find(npages) else { return nil }
      var released = 0
      updateWords(page, npages) { chunk, word, mask in
        chunk.inUse[word] |= mask
        released += (chunk.scavenged[word] & mask).nonzeroBitCount
        chunk.scavenged[word] &= ~mask
      }
      usedPages += npages
      scavengedPages -= released
      updateSummaries(page, npages)
      if page <= searchPage { searchPage = page + npages }
      return (page, released)
    }

    /// Takes all free pages of the 64-page block that holds the lowest free page.
    mutating func allocToCache() -> PageCache {
      guard let page = find(1) else { return PageCache() }
      let chunk = page >> 9
      let word = page >> 6 & 7
      var cache = PageCache()
      cache.firstPage = page & ~63
      cache.free = ~chunks[chunk].inUse[word]
      cache.scavenged = chunks[chunk].scavenged[word] & cache.free
      chunks[chunk].inUse[word] = ~0
      chunks[chunk].scavenged[word] = 0
      usedPages += cache.free.nonzeroBitCount
      scavengedPages -= cache.scavenged.nonzeroBitCount
      updateSummaries(cache.firstPage, 64)
      searchPage = cache.firstPage + 63
      return cache
    }

    /// Gives a page cache's pages back.
    mutating func flush(_ cache: PageCache) {
      guard !cache.isEmpty else { return }
      let chunk = cache.firstPage >> 9
      let word = cache.firstPage >> 6 & 7
      chunks[chunk].inUse[word] &= ~cache.free
      chunks[chunk].scavenged[word] |= cache.scavenged
      usedPages -= cache.free.nonzeroBitCount
      scavengedPages += cache.scavenged.nonzeroBitCount
      updateSummaries(cache.firstPage, 64)
      if cache.firstPage < searchPage { searchPage = cache.firstPage }
    }

    /// Frees pages; they stay in memory.
    mutating func free(_ firstPage: Int, _ npages: Int) {
      updateWords(firstPage, npages) { chunk, word, mask in chunk.inUse[word] &= ~mask }
      usedPages -= npages
      updateSummaries(firstPage, npages)
      if firstPage < searchPage { searchPage = firstPage }
    }

    /// Notes that the program writes to pages, so that they are in memory.
    mutating func touch(_ firstPage: Int, _ npages: Int) {
      var touched = 0
      updateWords(firstPage, npages) { chunk, word, mask in
        touched += (mask & ~chunk.resident[word]).nonzeroBitCount
        chunk.resident[word] |= mask
      }
      residentPages += touched
    }

    // MARK: - Scavenging

    /// Releases the highest free pages of a chunk that are still backed, up to a number of pages.
    ///
    /// With `keepResident` the kernel is only told that it may take them, as by MADV_FREE.
    ///
    /// - Returns: the runs released, as first page and length, the highest first.
    mutating func scavenge(chunk: Int, limit: Int, keepResident: Bool)
      -> [(firstPage: Int, npages: Int)]
    {
      var runs: [(firstPage: Int, npages: Int)] = []
      var left = limit
      for word in stride(from: 7, through: 0, by: -1) {
        var candidates = ~chunks[chunk].inUse[word] & ~chunks[chunk].scavenged[word]
        while candidates != 0, left > 0 {
          let bit = 63 - candidates.leadingZeroBitCount
          let mask: UInt64 = 1 << UInt64(bit)
          candidates &= ~mask
          left -= 1
          chunks[chunk].scavenged[word] |= mask
          scavengedPages += 1
          if !keepResident, chunks[chunk].resident[word] & mask != 0 {
            chunks[chunk].resident[word] &= ~mask
            residentPages -= 1
          }
          let page = chunk << 9 + word << 6 + bit
          if let last = runs.last, last.firstPage == page + 1 {
            runs[runs.count - 1] = (page, last.npages + 1)
          } else {
            runs.append((page, 1))
          }
        }
      }
      return runs
    }

    /// How many pages of a chunk are in use.
    func usedPages(chunk: Int) -> Int {
      var count = 0
      for word in 0..<8 { count += chunks[chunk].inUse[word].nonzeroBitCount }
      return count
    }

    /// The kernel takes every released page that it had left in memory; says how many.
    mutating func reclaimResident() -> Int {
      var reclaimed = 0
      for chunk in 0..<chunks.count {
        for word in 0..<8 {
          let taken = chunks[chunk].resident[word] & chunks[chunk].scavenged[word]
          guard taken != 0 else { continue }
          chunks[chunk].resident[word] &= ~taken
          reclaimed += taken.nonzeroBitCount
        }
      }
      residentPages -= reclaimed
      return reclaimed
    }

    // MARK: - Reloading

    /// Replaces everything by what was captured.
    mutating func reload(_ images: [(inUse: [UInt64], scavenged: [UInt64])]) {
      self = PageAlloc()
      grow(chunkCount: images.count)
      for (index, image) in images.enumerated() {
        for word in 0..<8 {
          chunks[index].inUse[word] = image.inUse[word]
          // A page in use may still carry the mark in a captured image; here it never does.
          chunks[index].scavenged[word] = image.scavenged[word] & ~image.inUse[word]
          chunks[index].resident[word] = ~chunks[index].scavenged[word]
          usedPages += image.inUse[word].nonzeroBitCount
          scavengedPages -= 64 - chunks[index].scavenged[word].nonzeroBitCount
          residentPages += chunks[index].resident[word].nonzeroBitCount
        }
        summaries[index] = Self.summary(of: chunks[index].inUse)
      }
    }

    var footprint: Int { chunks.footprint + summaries.footprint }
  }
}
