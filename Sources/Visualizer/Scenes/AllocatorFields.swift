import Models

/// The fields of the allocator's events in `steps --json`.
struct AllocatorFields {
  let words: AllocatorWords

  typealias Fields = [(name: String, value: FieldValue)]

  /// The event's own fields, in the order of its parameters.
  func fields(_ event: GoAllocator.Event) -> Fields {
    switch event {
    case .requested(let handle, let sizeBytes, let noscan, let p):
      return object(handle) + [
        ("bytes", .integer(sizeBytes)), ("noscan", .flag(noscan)), ("p", .integer(p)),
      ]
    case .zeroSizeReturned(let handle): return object(handle)
    case .sizeClassFound(let sizeClass, let spanClass, let elemSizeBytes, let headerBytes):
      return [
        ("sizeClass", .integer(sizeClass)), ("spanClass", .integer(spanClass)),
        ("elemsize", .integer(elemSizeBytes)), ("header", .integer(headerBytes)),
      ]
    case .tinyPacked(let handle, let span, let slot, let offsetBytes):
      return object(handle) + self.slot(span, slot) + [("offset", .integer(offsetBytes))]
    case .tinyBlockOpened(let p, let span, let slot), .tinyBlockKept(let p, let span, let slot):
      return [("p", .integer(p))] + self.slot(span, slot)
    case .mcacheAsked(let p, let spanClass, let span, let freeSlots):
      return [
        ("p", .integer(p)), ("spanClass", .integer(spanClass)),
        ("span", span.map { .text(AllocatorWords.span($0)) } ?? .none),
        ("freeSlots", .integer(freeSlots)),
      ]
    case .mcentralAsked(let spanClass): return [("spanClass", .integer(spanClass))]
    case .spanMoved(let span, let spanClass, let from, let to):
      return [
        ("span", .text(AllocatorWords.span(span))), ("spanClass", .integer(spanClass)),
        ("from", .text(AllocatorWords.place(from))), ("to", .text(AllocatorWords.place(to))),
      ]
    case .slotReturned(let handle, let span, let slot, let headerBytes):
      return object(handle) + self.slot(span, slot) + [("header", .integer(headerBytes))]
    case .largeAllocated(let handle, let span, let npages):
      return object(handle) + [
        ("span", .text(AllocatorWords.span(span))), ("npages", .integer(npages)),
      ]
    case .workerChanged(let worker): return [("worker", .integer(worker))]
    case .statsRead: return []
    default: return heapFields(event)
    }
  }

  private func heapFields(_ event: GoAllocator.Event) -> Fields {
    switch event {
    case .mheapAsked(let npages), .kernelReclaimed(let npages):
      return [("npages", .integer(npages))]
    case .pageCacheFilled(let p, let first, let npages),
      .pageCacheFlushed(let p, let first, let npages):
      return [("p", .integer(p))] + pages(first, npages)
    case .arenaReserved(let index): return [("arena", .integer(index))]
    case .heapGrew(let first, let npages), .runSplit(let first, let npages),
      .runsMerged(let first, let npages), .pagesScavenged(let first, let npages):
      return pages(first, npages)
    case .regionsMapped(let spansBytes, let bitmapBytes, let arenaUsedBytes):
      return [
        ("spansBytes", .integer(spansBytes)), ("bitmapBytes", .integer(bitmapBytes)),
        ("arenaUsedBytes", .integer(arenaUsedBytes)),
      ]
    case .pagesTaken(let first, let npages, let source):
      return pages(first, npages) + [("from", .text(AllocatorWords.source(source)))]
    case .spanFreed(let span, let first, let npages):
      return [("span", .text(AllocatorWords.span(span)))] + pages(first, npages)
    default: return cycleFields(event)
    }
  }

  private func cycleFields(_ event: GoAllocator.Event) -> Fields {
    switch event {
    case .dropped(let first, let last, let step):
      return [
        ("objects", .text(words.objects(first, last, step))), ("first", .integer(first)),
        ("last", .integer(last)), ("every", .integer(step)),
      ]
    case .cycleStarted(let number, let cause):
      return [("cycle", .integer(number)), ("because", .text(cause.rawValue))]
    case .marked(let slots, let bytes):
      return [("slots", .integer(slots)), ("bytes", .integer(bytes))]
    case .sweepgenRaised(let to): return [("from", .integer(to - 2)), ("to", .integer(to))]
    case .goalSet(let goalBytes, let triggerBytes):
      return [("goalBytes", limit(goalBytes)), ("triggerBytes", limit(triggerBytes))]
    case .mcacheFlushed(let p): return [("p", .integer(p))]
    case .spanSwept(let span, let spanClass, let died, let allocCount):
      return [
        ("span", .text(AllocatorWords.span(span))), ("spanClass", .integer(spanClass)),
        ("died", .integers(died)), ("allocCount", .integer(allocCount)),
      ]
    default: return []
    }
  }

  private func object(_ handle: Int) -> Fields {
    [("object", .text(words.object(handle))), ("handle", .integer(handle))]
  }

  private func slot(_ span: GoAllocator.SpanID, _ slot: Int) -> Fields {
    [("span", .text(AllocatorWords.span(span))), ("slot", .integer(slot))]
  }

  private func pages(_ first: Int, _ count: Int) -> Fields {
    [("firstPage", first < 0 ? .none : .integer(first)), ("npages", .integer(count))]
  }

  /// A goal; null with `GOGC=off`.
  private func limit(_ bytes: Int) -> FieldValue { bytes == .max ? .none : .integer(bytes) }
}
