internal import Models

// A trace's requests: what class, which span, which slot.

extension AllocatorReplay {
  mutating func playRequests(_ captured: CapturedObject) throws(InputError) {
    _ = try malloc(captured)
    var requests = try CapturedRequests(captured, notesEra: notesEra)
    for id in requests.firstId..<nextId {
      playRequest(id, &requests)
      if difference != nil { return }
    }
    if let stray = requests.strayRefill {
      differ("span taken", "from \(stray.source)", "none", stray.id)
    }
  }

  /// The requests that an operation asks for, if the model can perform them.
  mutating func malloc(
    _ captured: CapturedObject
  ) throws(InputError) -> GoAllocator.Operation {
    let limit = GoAllocator.requestLimit
    let sizeBytes = try captured.integer("size", in: .min ... .max)
    doing = "malloc \(sizeBytes)"
    let firstId = try captured.integer("firstId", in: 0...limit)
    guard firstId >= nextId else {
      throw captured.error("firstId", "id \(firstId) was given before; \(nextId) is next")
    }
    let operation = GoAllocator.Operation.malloc(
      sizeBytes: sizeBytes, noscan: try captured.bool("noscan"),
      count: try captured.integer("count", in: 1...limit))
    switch model.refusal(of: operation) {
    case nil: break
    case .negativeSize(let bytes):
      throw captured.error("size", "\(bytes) bytes; a size is 0 or more")
    case .tooLarge(let bytes, let limit):
      throw captured.error(
        "size", "\(bytes) bytes in all are more than the heap's limit of \(limit)")
    default: throw captured.error("count", "too many requests; \(limit) at most")
    }
    if firstId > nextId || stretches.isEmpty { stretches.append((firstId, model.handleCount)) }
    nextId = firstId + (try captured.integer("count", in: 1...limit))
    return operation
  }

  private mutating func playRequest(_ id: Int, _ requests: inout CapturedRequests) {
    let refill = requests.nextRefill(of: id)
    let before = refill == nil ? [] : lengths(requests.spanClass)
    let one = GoAllocator.Operation.malloc(
      sizeBytes: requests.sizeBytes, noscan: requests.noscan, count: 1)
    let handle = model.handleCount
    var observed = ObservedRequest()
    model.perform(one) { event, model in observed.take(event, model) }
    note(observed.freed)
    guard let place = model.location(of: handle) else {
      differ("slot", "a slot", "none", id)
      return
    }
    number(place.span)
    compareClass(id, requests, observed)
    compareRefill(id, requests, refill, observed, before)
    let slot = requests.nextSlot()
    guard compare("span", slot.span, name(place.span), id),
      compare("slot", slot.slot, place.slot, id)
    else { return }
    if requests.isTiny != place.isTiny {
      differ(
        "kind", requests.isTiny ? "tiny" : "not tiny", place.isTiny ? "tiny" : "not tiny", id)
    } else if let offset = slot.tinyOffset {
      compare("offset in the tiny block", offset, place.tinyOffsetBytes, id)
    }
  }

  private mutating func compareClass(
    _ id: Int, _ requests: CapturedRequests, _ observed: ObservedRequest
  ) {
    let classes = model.classes
    let tinyClass = classes.sizeClass(spanClass: classes.tinySpanClass)
    compare("size class", requests.sizeClass, observed.sizeClass ?? tinyClass, id)
    compare(
      "span class", requests.spanClass,
      observed.sizeClass == nil ? classes.tinySpanClass : observed.spanClass, id)
    compare(
      "slot size", requests.elemSizeBytes,
      observed.sizeClass == nil ? classes.slotSizeBytes(tinyClass) : observed.elemSizeBytes, id)
    if let offset = requests.ptrOffset {
      compare("offset behind the slot's start", offset, observed.headerBytes, id)
    }
  }

  private mutating func compareRefill(
    _ id: Int, _ requests: CapturedRequests, _ captured: CapturedRequests.Refill?,
    _ observed: ObservedRequest, _ before: [Int]
  ) {
    guard let captured, let id1 = observed.span, let span = model.span(id1) else {
      if captured != nil || observed.span != nil {
        differ(
          "span taken", captured.map { "from \($0.source)" } ?? "none",
          observed.span == nil ? "none" : "from \(observed.source)", id)
      }
      return
    }
    compare("source", captured.source, observed.source, id)
    compare("span taken", captured.span, name(observed.span), id)
    if let returned = captured.returned {
      compare("span returned", returned, name(observed.returned), id)
    }
    compare("pages of the span", captured.npages, span.npages, id)
    compare("slots of the span", captured.nelems, span.nelems, id)
    if let used = captured.allocBefore {
      compare("used slots of the span taken", used, observed.allocBefore, id)
    }
    let lengths = captured.before == nil ? [] : lengths(requests.spanClass)
    let isTainted = tainted.contains(requests.spanClass)
    if let list = captured.before, !isTainted {
      compare("lengths of \(queueNames) before", list, before, id)
    }
    if let list = captured.after, !isTainted {
      compare("lengths of \(queueNames) after", list, lengths, id)
    }
    if knowsPages, let page = captured.page {
      compare("page", page, span.firstPage - basePage, id)
    }
  }

  private var queueNames: String {
    notesEra
      ? "nonempty, empty and the unswept in each"
      : "partialSwept, partialUnswept, fullSwept, fullUnswept"
  }

  /// Lengths of a class's queues, as a trace gives them.
  private func lengths(_ spanClass: Int) -> [Int] {
    guard spanClass < model.classes.spanClassCount else { return [] }
    if !notesEra {
      return GoAllocator.Queue.inTraces.map { model.count(in: $0, spanClass: spanClass) }
    }
    let nonempty = model.nonempty(spanClass: spanClass)
    let empty = model.empty(spanClass: spanClass)
    let isUnswept = { (id: GoAllocator.SpanID) in
      model.span(id)?.sweepgen == model.sweepgen - 2
    }
    return [
      nonempty.count, empty.count, nonempty.count(where: isUnswept), empty.count(where: isUnswept),
    ]
  }
}

extension GoAllocator.Queue {
  /// The queues in the order in which traces list their lengths.
  static let inTraces: [GoAllocator.Queue] = [
    .partialSwept, .partialUnswept, .fullSwept, .fullUnswept,
  ]
}
