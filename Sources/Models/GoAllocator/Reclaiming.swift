// Before the heap gives out pages while sweeping is unfinished, as many are swept free.
//
// Source: Go 1.19 mheap.go, reclaim and reclaimChunk; Go 1.10 mheap.go, reclaim and reclaimList.

extension GoAllocator {
  /// Pages that the reclaimer claims at a time.
  private static let pagesPerReclaimerChunk = 512

  /// Sweeps dead spans in address order until pages enough were freed; what is freed beyond that
  /// is kept as credit.
  mutating func reclaim(_ npages: Int, _ observer: Observer?) {
    var missing = npages
    while missing > 0, let index = reclaimIndex {
      if reclaimCredit > 0 {
        let taken = min(reclaimCredit, missing)
        reclaimCredit -= taken
        missing -= taken
        continue
      }
      guard index < reclaimEndPage else {
        reclaimIndex = nil
        return
      }
      reclaimIndex = index + Self.pagesPerReclaimerChunk
      let found = reclaimChunk(index, observer)
      if found > missing { reclaimCredit += found - missing }
      missing -= min(found, missing)
    }
  }

  /// Sweeps the spans that start in a chunk and have no marked object.
  private mutating func reclaimChunk(_ first: Int, _ observer: Observer?) -> Int {
    var freed = 0
    var page = first
    while page < min(first + Self.pagesPerReclaimerChunk, pageSpans.count) {
      let id = Int(pageSpans[page])
      guard id >= 0, spans[id].firstPage == page else {
        page += 1
        continue
      }
      let npages = spans[id].npages
      page += npages
      guard needsSweeping(id), spans[id].gcmarkBits.isEmpty else { continue }
      let queue: Queue = spans[id].hasFreeSlot ? .partialUnswept : .fullUnswept
      let place = Place.queue(queue, spanClass: spans[id].spanClass)
      if sweep(id, from: place, observer) { freed += npages }
    }
    return freed
  }

  // MARK: - The notes' era

  /// Sweeps large objects of that length or more until one is freed, else shorter ones, else any
  /// span, until pages enough came back.
  mutating func reclaimOfNotesEra(_ npages: Int, _ observer: Observer?) {
    let big = FreeRuns.bigRunPages
    for list in min(npages, big)...big where reclaimList(list, npages, observer) > 0 { return }
    var reclaimed = 0
    for list in 0..<min(npages, big) {
      reclaimed += reclaimList(list, npages - reclaimed, observer)
      if reclaimed >= npages { return }
    }
    while reclaimed < npages, let freed = sweepOne(observer) { reclaimed += freed }
  }

  /// Sweeps a list of large objects from its front; a swept one at the front ends it.
  private mutating func reclaimList(_ list: Int, _ npages: Int, _ observer: Observer?) -> Int {
    var freed = 0
    while freed < npages {
      let span = Int(busy[list].first)
      guard span >= 0, needsSweeping(span) else { break }
      busy[list].remove(span, in: &spans)
      busy[list].insertBack(span, in: &spans)
      let length = spans[span].npages
      if sweep(span, from: .busy(pages: list), observer) { freed += length }
    }
    return freed
  }
}
