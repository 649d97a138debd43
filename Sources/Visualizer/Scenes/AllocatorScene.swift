import Models

/// Draws a moment of the allocator: the three levels side by side, the request and how far it has
/// climbed, and spans on their way from one level to another.
struct AllocatorScene {
  let moment: Moment<GoAllocator>
  let progress: Double
  let stage: Rect
  let look: Look

  /// What moves is drawn at its old place until it has arrived.
  private var shown: GoAllocator {
    guard progress < 1 else { return moment.after }
    switch moment.event {
    case .spanMoved, .pagesTaken: return moment.before
    default: return moment.after
    }
  }

  func draw(_ canvas: inout Canvas) {
    let state = shown
    let focus = AllocatorFocus(moment)
    let layout = AllocatorLayout(
      stage: stage, processors: state.ps.count, inPlay: focus.p,
      zoomed: look.zoomedPane)
    let style = AllocatorStyle(
      state: state, focus: focus, moment: moment, look: look, isSettled: progress == 1)
    let panes = layout.mcaches.map { p, rect in
      AllocatorMCachePane(p: p, rect: rect, framed: layout.framed, style: style)
    }
    for pane in panes where canvas.begin(AllocatorLayout.mcacheName(pane.p), pane.rect) {
      pane.draw(&canvas)
    }
    if canvas.begin(AllocatorLayout.requestName, layout.request) {
      AllocatorRequestPane(rect: layout.request, framed: layout.framed, style: style).draw(&canvas)
    }
    let mcentral = AllocatorMCentralPane(
      rect: layout.mcentral, framed: layout.framed, style: style)
    if canvas.begin(AllocatorLayout.mcentralName, layout.mcentral) { mcentral.draw(&canvas) }
    let mheap = AllocatorMHeapPane(
      rect: layout.mheap, framed: layout.framed, style: style, arriving: arrivingRun?.firstPage)
    if canvas.begin(AllocatorLayout.mheapName, layout.mheap) { mheap.draw(&canvas) }
    drawTraveller(panes, mcentral, mheap, &canvas)
  }

  // MARK: - What is on its way

  private func drawTraveller(
    _ mcaches: [AllocatorMCachePane], _ mcentral: AllocatorMCentralPane,
    _ mheap: AllocatorMHeapPane, _ canvas: inout Canvas
  ) {
    if case .spanMoved(let span, let spanClass, let from, let to) = moment.event {
      func point(_ place: GoAllocator.Place) -> Point {
        switch place {
        case .mheap: return mheap.point(span: span)
        case .busy(let pages): return mheap.point(list: .busy(pages), span: span)
        case .mcache(let p):
          return (mcaches.first { $0.p == p } ?? mcaches[0]).point(spanClass: spanClass)
        case .mcentral: return mcentral.point(inHands: spanClass)
        case .queue, .nonempty, .empty: return mcentral.point(place, span: span)
        }
      }
      let (start, end) = (point(from), point(to))
      drawTraveller("s\(span)", from: start, to: end, &canvas)
    } else if let run = arrivingRun {
      let start = run.from.map { mheap.point(list: $0) } ?? mheap.point(page: run.fromPage)
      drawTraveller(
        AllocatorRunLists.label(run.firstPage, run.npages), from: start,
        to: mheap.point(list: .free(min(run.npages, AllocatorWords.bigRunPages))), &canvas)
    } else if case .pagesTaken(let first, let npages, .freeList(let pages)) = moment.event {
      drawTraveller(
        AllocatorRunLists.label(first, npages), from: mheap.point(list: .free(pages)),
        to: mheap.point(page: first), &canvas)
    }
  }

  private func drawTraveller(
    _ label: String, from start: Point, to end: Point, _ canvas: inout Canvas
  ) {
    let turn = end.x < start.x ? (start.x + end.x) / 2 : (start.x + end.x + 1) / 2
    let traveller = Traveller(label: label, from: start, to: end, turn: turn, fraction: progress)
    Traveller.draw([traveller], within: stage, on: &canvas)
  }

  /// Notes' era: a free run on its way to the front of its list, from another list or from pages.
  private var arrivingRun: (firstPage: Int, npages: Int, from: AllocatorRunList?, fromPage: Int)? {
    guard progress < 1, moment.after.rules.isNotesEra else { return nil }
    switch moment.event {
    case .runSplit(let first, let npages):
      guard case .pagesTaken(_, _, .freeList(let pages)) = moment.recent.last else { return nil }
      return (first, npages, .free(pages), first)
    case .runsMerged(let first, let npages): return (first, npages, nil, first)
    case .heapGrew(let first, let npages), .spanFreed(_, let first, let npages):
      // What merges with its neighbours goes to its list in the next step.
      if first < 0 { return nil }
      if case .runsMerged = moment.upcoming.first { return nil }
      return (first, npages, nil, first)
    default: return nil
    }
  }
}

/// How spans, slots and sizes are drawn, whatever pane they are in.
struct AllocatorStyle {
  let state: GoAllocator
  let focus: AllocatorFocus
  let moment: Moment<GoAllocator>
  let look: Look
  /// Whether what the event moves has arrived.
  let isSettled: Bool

  /// A span's number in the style of what happens to it.
  func put(span: GoAllocator.SpanID, _ x: Int, _ y: Int, on canvas: inout Canvas) -> Int {
    let label = "s\(span)"
    canvas.mark(
      AllocatorItem.span(span), Rect(x: x, y: y, width: label.utf8.count, height: 1))
    var style = Style.text
    if let mspan = state.span(span), !mspan.hasFreeSlot { style = Style(.full) }
    if span == focus.span { style = Style(.current, [.bold, .reverse]) }
    return canvas.put(label, x, y, style)
  }

  /// Draws a span's slots into so many columns: a cell a slot, or a cell for several.
  ///
  /// `▓` is in use, `▄` is less than half in use, `▒` holds what the program forgot, `░` is free.
  func put(
    slotsOf id: GoAllocator.SpanID, _ x: Int, _ y: Int, columns: Int, on canvas: inout Canvas
  ) {
    guard let span = state.span(id) else { return }
    put(
      slotsOf: id, in: Rect(x: x, y: y, width: columns, height: 1),
      cells: min(columns, span.nelems), on: &canvas)
  }

  /// Draws a span's slots into so many cells of a rectangle, row by row.
  func put(
    slotsOf id: GoAllocator.SpanID, in rect: Rect, cells: Int, on canvas: inout Canvas
  ) {
    guard let span = state.span(id), cells > 0, rect.width > 0 else { return }
    for cell in 0..<cells {
      let slots = span.nelems * cell / cells..<span.nelems * (cell + 1) / cells
      let (x, y) = (rect.x + cell % rect.width, rect.y + cell / rect.width)
      canvas.mark(AllocatorItem.slots(id, slots), Rect(x: x, y: y, width: 1, height: 1))
      canvas.put(glyph(span, slots, id), x, y, slotStyle(span, slots, id))
    }
  }

  private func glyph(
    _ span: GoAllocator.MSpan, _ slots: Range<Int>, _ id: GoAllocator.SpanID
  ) -> Unicode.Scalar {
    if id == focus.span, focus.died.contains(where: slots.contains) { return "×" }
    let used = slots.count { span.isUsed($0) }
    if used == 0 { return "░" }
    let live = slots.count { span.isUsed($0) && span.isReachable($0) }
    if live * 2 < used { return "▒" }
    return used * 2 < slots.count ? "▄" : "▓"
  }

  private func slotStyle(
    _ span: GoAllocator.MSpan, _ slots: Range<Int>, _ id: GoAllocator.SpanID
  ) -> Style {
    guard id == focus.span else { return .text }
    if focus.died.contains(where: slots.contains) { return Style(.freed, .bold) }
    if let slot = focus.slot, slots.contains(slot) { return Style(.new, [.bold, .reverse]) }
    return .text
  }

  /// A class as its size class number and `ns` for pointer-free objects or `sc` for others.
  func className(_ spanClass: Int) -> String {
    let number = state.classes.sizeClass(spanClass: spanClass)
    guard state.rules.hasNoscanSpanClasses else { return "\(number)" }
    return "\(number) \(state.classes.isNoscan(spanClass: spanClass) ? "ns" : "sc")"
  }
}
