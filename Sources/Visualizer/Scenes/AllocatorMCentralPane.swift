import Models

/// The mcentrals of the classes in play: each with its queues of spans, the next to be taken first.
struct AllocatorMCentralPane {
  let rect: Rect
  let framed: Bool
  let style: AllocatorStyle

  private var inner: Rect { framed ? rect.inner : rect }

  /// One line of the pane.
  private enum Line {
    case title(spanClass: Int)
    case queue(GoAllocator.Queue, spanClass: Int)
    case list(nonempty: Bool, spanClass: Int)
    /// The span that was taken for an mcache and is in no queue.
    case hand(spanClass: Int)
    /// One span of the queue, list or hand above, where the pane has the whole stage.
    case span(GoAllocator.SpanID)
    case blank
  }

  func draw(_ canvas: inout Canvas) {
    if framed { canvas.box(rect, title: "mcentral") }
    let lines = self.lines
    let room = inner.height - detailRows
    canvas.clipped(to: inner) { canvas in
      canvas.mark(scrolling: scrolled.range, of: AllocatorLayout.mcentralName)
      for (offset, line) in lines.dropFirst(firstLine).prefix(room).enumerated() {
        draw(line, inner.y + offset, &canvas)
      }
      drawDetail(&canvas)
      if lines.isEmpty {
        let text = Bilingual("no span here", "这里没有 span")[style.look.language]
        canvas.put(text, inner.x + 1, inner.y, .dim)
      }
    }
    if lines.count - firstLine > room, framed {
      let text = Bilingual(" more below ", " 下面还有 ")[style.look.language]
      canvas.put(text, rect.right - GlyphWidth.of(text) - 2, rect.bottom - 1, .dim)
    }
  }

  /// The first line in sight: the class in play, unless the viewer has scrolled.
  private var firstLine: Int { scrolled.first }

  private var scrolled: Scrolled {
    Scrolled(
      count: lines.count, room: inner.height - detailRows,
      by: style.look.scroll(of: AllocatorLayout.mcentralName))
  }

  /// Zoomed each span has a line of its own with its slots.
  private var isZoomed: Bool { style.look.zoomedPane == AllocatorLayout.mcentralName }

  /// Rows kept for the span in focus, slot by slot.
  private var detailRows: Int {
    return inner.height >= 12 ? (inner.height >= 20 ? 7 : 5) : 0
  }

  /// The span that the step is about: where it lies, and every slot of it.
  private func drawDetail(_ canvas: inout Canvas) {
    guard detailRows > 0, let id = style.focus.span, let span = style.state.span(id) else { return }
    let top = inner.bottom - detailRows
    let language = style.look.language
    for column in inner.x..<inner.right { canvas.put("┄", column, top, .border) }
    let last = span.npages == 1 ? "" : "-\(span.firstPage + span.npages - 1)"
    let place =
      span.firstPage >= 0
      ? Bilingual(
        "\(inner.width < 30 && span.npages > 9 ? "p." : "page ")\(span.firstPage)\(last)",
        "页 \(span.firstPage)\(last)")
      : Bilingual("older span", "更早的 span")
    let column = canvas.put(" s\(id) ", inner.x + 1, top, Style(.current, .bold))
    canvas.put(
      TextLayout.fit("\(place[language]) ", columns: inner.right - column), column, top, .dim)
    let used = Bilingual(
      "\(span.allocCount) of \(span.nelems) used", "已用 \(span.allocCount)/\(span.nelems)")
    canvas.put(used[language], inner.x + 1, top + 1, .dim)
    let rows = detailRows - 3
    let columns = inner.width - 2
    style.put(
      slotsOf: id, in: Rect(x: inner.x + 1, y: top + 2, width: columns, height: rows),
      cells: min(span.nelems, columns * rows), on: &canvas)
    drawSlotLegend(&canvas)
  }

  private func drawSlotLegend(_ canvas: inout Canvas) {
    let parts: [(Unicode.Scalar, Bilingual)] = [
      ("▓", Bilingual("live", "存活")), ("▒", Bilingual("dead", "死亡")),
      ("░", Bilingual("free", "空闲")), ("×", Bilingual("died now", "刚死")),
    ]
    var column = inner.x + 1
    for (glyph, word) in parts {
      let text = "\(glyph)" + word[style.look.language]
      guard column + GlyphWidth.of(text) <= inner.right else { break }
      column = canvas.put(text, column, inner.bottom - 1, .dim) + 1
    }
  }

  /// The class in play first, with all its queues; then the others that hold spans.
  private var lines: [Line] {
    var lines: [Line] = []
    var classes = classesWithSpans
    if let wanted = style.focus.spanClass {
      classes.removeAll { $0 == wanted }
      classes.insert(wanted, at: 0)
    }
    for spanClass in classes {
      let isFocus = spanClass == style.focus.spanClass
      if !lines.isEmpty, inner.height > 14 { lines.append(.blank) }
      lines.append(.title(spanClass: spanClass))
      if style.state.rules.isNotesEra {
        for nonempty in [true, false] {
          lines.append(.list(nonempty: nonempty, spanClass: spanClass))
          if isZoomed { lines += spans(nonempty: nonempty, spanClass).map { .span($0) } }
        }
      } else {
        for queue in GoAllocator.Queue.allCases
        where isFocus || style.state.count(in: queue, spanClass: spanClass) > 0 {
          lines.append(.queue(queue, spanClass: spanClass))
          if isZoomed {
            lines += style.state.spans(in: queue, spanClass: spanClass).map { .span($0) }
          }
        }
        if isFocus, isSmall(spanClass) {
          lines.append(.hand(spanClass: spanClass))
          if isZoomed { lines += inHand.map { .span($0) } }
        }
      }
    }
    return lines
  }

  /// Whether the span has not reached the mcentral's hands yet.
  private var isArriving: Bool {
    guard case .spanMoved(_, _, _, .mcentral) = style.moment.event else { return false }
    return !style.isSettled
  }

  /// What the mcentral has taken out and not handed on yet.
  private var inHand: [GoAllocator.SpanID] {
    style.focus.inHand.map { isArriving ? [] : [$0] } ?? []
  }

  private func spans(nonempty: Bool, _ spanClass: Int) -> [GoAllocator.SpanID] {
    nonempty ? style.state.nonempty(spanClass: spanClass) : style.state.empty(spanClass: spanClass)
  }

  private func isSmall(_ spanClass: Int) -> Bool {
    style.state.classes.sizeClass(spanClass: spanClass) > 0
  }

  private var classesWithSpans: [Int] {
    (0..<style.state.classes.spanClassCount).filter { spanClass in
      if style.state.rules.isNotesEra {
        return !style.state.nonempty(spanClass: spanClass).isEmpty
          || !style.state.empty(spanClass: spanClass).isEmpty
      }
      return GoAllocator.Queue.allCases.contains {
        style.state.count(in: $0, spanClass: spanClass) > 0
      }
    }
  }

  private func draw(_ line: Line, _ y: Int, _ canvas: inout Canvas) {
    let x = inner.x + 1
    switch line {
    case .blank: break
    case .title(let spanClass): drawTitle(spanClass, x, y, &canvas)
    case .queue(let queue, let spanClass):
      markLabel(AllocatorItem.queue(queue, spanClass: spanClass), y, &canvas)
      canvas.put(Self.name(queue, isWide: inner.width >= 30), x + 1, y, .dim)
      put(style.state.spans(in: queue, spanClass: spanClass), y, &canvas)
    case .hand:
      canvas.put(Bilingual("in hand", "已取得")[style.look.language], x + 1, y, .dim)
      put(inHand, y, &canvas)
    case .span(let id): drawSpan(id, y, &canvas)
    case .list(let nonempty, let spanClass):
      markLabel(AllocatorItem.list(nonempty: nonempty, spanClass: spanClass), y, &canvas)
      canvas.put(nonempty ? "nonempty" : "empty", x + 1, y, .dim)
      put(
        nonempty
          ? style.state.nonempty(spanClass: spanClass) : style.state.empty(spanClass: spanClass),
        y, &canvas)
    }
  }

  private func drawTitle(_ spanClass: Int, _ x: Int, _ y: Int, _ canvas: inout Canvas) {
    let isFocus = spanClass == style.focus.spanClass
    let sizeClass = style.state.classes.sizeClass(spanClass: spanClass)
    let size = style.state.classes.slotSizeBytes(sizeClass)
    let what =
      sizeClass == 0
      ? Bilingual("large objects", "大对象")
      : Bilingual("\(size) bytes", "\(size) 字节")
    markLabel(AllocatorItem.mcentral(spanClass: spanClass), y, &canvas)
    canvas.put(isFocus ? "▸" : " ", x - 1, y, Style(.current, .bold))
    let number = canvas.put("\(spanClass) ", x, y, .dim)
    let word = Bilingual("class", "规格")[style.look.language]
    let column = canvas.put(
      "\(word) \(style.className(spanClass))", number, y,
      isFocus ? Style(.current, .bold) : .heading)
    let text = " \(what[style.look.language])"
    if column + GlyphWidth.of(text) <= inner.right { canvas.put(text, column, y, .dim) }
  }

  private func markLabel(_ item: Item, _ y: Int, _ canvas: inout Canvas) {
    canvas.mark(item, Rect(x: inner.x + 1, y: y, width: labelWidth, height: 1))
  }

  /// Columns before a span on a line of its own, and before its slots.
  private static let (spanColumn, slotsColumn) = (4, 28)

  private func drawSpan(_ id: GoAllocator.SpanID, _ y: Int, _ canvas: inout Canvas) {
    guard let span = style.state.span(id) else { return }
    let x = inner.x + Self.spanColumn
    let end = style.put(span: id, x, y, on: &canvas)
    let pages = span.firstPage >= 0 ? AllocatorRunLists.label(span.firstPage, span.npages) : "?"
    let text = TextLayout.padLeft("\(span.allocCount)/\(span.nelems)", columns: 9)
    canvas.put(TextLayout.pad("  p.\(pages)", columns: 14), max(end, x + 3), y, .dim)
    canvas.put(text, inner.x + Self.slotsColumn - 10, y)
    let columns = inner.width - Self.slotsColumn - 1
    style.put(slotsOf: id, inner.x + Self.slotsColumn, y, columns: columns, on: &canvas)
  }

  private var labelWidth: Int { inner.width >= 30 ? 17 : 10 }

  private static func name(_ queue: GoAllocator.Queue, isWide: Bool) -> String {
    switch queue {
    case .partialSwept: isWide ? "partial swept" : "p swept"
    case .partialUnswept: isWide ? "partial unswept" : "p unswept"
    case .fullSwept: isWide ? "full swept" : "f swept"
    case .fullUnswept: isWide ? "full unswept" : "f unswept"
    }
  }

  private func put(_ spans: [GoAllocator.SpanID], _ y: Int, _ canvas: inout Canvas) {
    var column = inner.x + 2 + labelWidth
    if spans.isEmpty { canvas.put("·", column, y, .dim) }
    if isZoomed, !spans.isEmpty {
      canvas.put("\(spans.count)", column, y, .dim)
      return
    }
    for (index, span) in spans.enumerated() {
      let rest = spans.count - index
      let more = "+\(rest)"
      if column + "s\(span)".utf8.count + more.utf8.count + 1 > inner.right, rest > 1 {
        canvas.put(more, column, y, .dim)
        break
      }
      column = style.put(span: span, column, y, on: &canvas) + 1
    }
  }

  // MARK: - Where spans come and go

  /// Where a span is while it is in the mcentral's hands.
  func point(inHands spanClass: Int) -> Point {
    Point(
      x: inner.x + 2 + labelWidth,
      y: row { if case .hand(spanClass) = $0 { true } else { false } })
  }

  /// Where a span is in a queue or list, or where it will be once it has joined it.
  func point(_ place: GoAllocator.Place, span: GoAllocator.SpanID) -> Point {
    let state = style.state
    let entries: [GoAllocator.SpanID]
    let y: Int
    var joinsInFront = false
    switch place {
    case .queue(let queue, let spanClass):
      entries = state.spans(in: queue, spanClass: spanClass)
      y = row { if case .queue(queue, spanClass) = $0 { true } else { false } }
    case .nonempty(let spanClass):
      entries = state.nonempty(spanClass: spanClass)
      y = row { if case .list(true, spanClass) = $0 { true } else { false } }
      joinsInFront = true
    case .empty(let spanClass):
      entries = state.empty(spanClass: spanClass)
      y = row { if case .list(false, spanClass) = $0 { true } else { false } }
    default: return Point(x: inner.x, y: inner.y)
    }
    if isZoomed {
      let line = lines.firstIndex { if case .span(span) = $0 { true } else { false } }
      let own = line.map { inner.y + $0 - firstLine } ?? y + 1
      return Point(x: inner.x + Self.spanColumn, y: max(inner.y, min(inner.bottom - 1, own)))
    }
    let index = entries.firstIndex(of: span) ?? (joinsInFront ? 0 : entries.count)
    let column = entries.prefix(min(index, inner.width)).reduce(inner.x + 2 + labelWidth) {
      $0 + "s\($1)".utf8.count + 1
    }
    return Point(x: min(inner.right - 4, column), y: y)
  }

  private func row(_ matches: (Line) -> Bool) -> Int {
    let line = (lines.firstIndex(where: matches) ?? 0) - firstLine
    return inner.y + max(0, min(inner.height - detailRows - 1, line))
  }
}
