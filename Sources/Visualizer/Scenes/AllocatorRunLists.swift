import Models

/// One of the notes' era's lists in mheap; 128 stands for all longer runs.
enum AllocatorRunList: Equatable {
  /// Free runs of a length in pages.
  case free(Int)
  /// Large objects of a length in pages.
  case busy(Int)

  var name: String {
    switch self {
    case .free(let pages): AllocatorWords.freeList(pages)
    case .busy(let pages): AllocatorWords.place(.busy(pages: pages))
    }
  }
}

/// The notes' era's lists in mheap, each from front to back: free runs by their pages, and large
/// objects.
struct AllocatorRunLists {
  let rect: Rect
  let style: AllocatorStyle
  /// The first page of a run that is still on its way here.
  var arriving: Int?

  private static let longest = AllocatorWords.bigRunPages
  private static let nameColumns = 10

  private var lists: [AllocatorRunList] {
    let state = style.state
    let free = (1...Self.longest).map { AllocatorRunList.free($0) }
    let busy = (1...Self.longest).map { AllocatorRunList.busy($0) }
    return (free + busy).filter { list in
      if list == style.focus.list { return true }
      switch list {
      case .free(let pages): return !state.freeRuns(pages: pages).isEmpty
      case .busy(let pages): return !state.busySpans(pages: pages).isEmpty
      }
    }
  }

  /// How many rows all the lists would take.
  var rowCount: Int { style.state.rules.isNotesEra ? lists.count : 0 }

  /// The lists in sight: that of the step among them.
  private var visible: (lists: ArraySlice<AllocatorRunList>, hidden: Int) {
    let lists = self.lists
    let room = rect.height
    let first = scrolled.first
    return (lists[first..<min(lists.count, first + room)], max(0, lists.count - room))
  }

  private var scrolled: Scrolled {
    let lists = self.lists
    let wanted = style.focus.list.flatMap { lists.firstIndex(of: $0) } ?? 0
    return Scrolled(
      count: lists.count, room: rect.height, wanted: wanted - rect.height / 2,
      by: style.look.scroll(of: AllocatorLayout.mheapName))
  }

  func draw(_ canvas: inout Canvas) {
    let (lists, hidden) = visible
    canvas.mark(scrolling: scrolled.range, of: AllocatorLayout.mheapName)
    canvas.clipped(to: rect) { canvas in
      for (offset, list) in lists.enumerated() { draw(list, rect.y + offset, &canvas) }
      if lists.isEmpty {
        let text = Bilingual("free lists: empty", "空闲链表：空")[style.look.language]
        canvas.put(text, rect.x + 1, rect.y, .dim)
      }
      if hidden > 0 {
        let text = " +\(hidden)"
        canvas.put(text, rect.right - 1 - GlyphWidth.of(text), rect.bottom - 1, .dim)
      }
    }
  }

  private func draw(_ list: AllocatorRunList, _ y: Int, _ canvas: inout Canvas) {
    let isFocus = list == style.focus.list
    if isFocus { canvas.put("▸", rect.x, y, Style(.current, .bold)) }
    canvas.mark(
      AllocatorItem.list(list),
      Rect(x: rect.x + 1, y: y, width: list.name.utf8.count, height: 1))
    canvas.put(list.name, rect.x + 1, y, isFocus ? Style(.current, .bold) : .dim)
    let entries = entries(list)
    var column = rect.x + 1 + Self.nameColumns
    if entries.isEmpty { canvas.put("·", column, y, .dim) }
    for (index, entry) in entries.enumerated() {
      let rest = entries.count - index
      if column + entry.label.utf8.count + (rest > 1 ? 4 : 0) > rect.right, index > 0 {
        canvas.put("+\(rest)", column, y, .dim)
        break
      }
      canvas.mark(
        entry.item, Rect(x: column, y: y, width: entry.label.utf8.count, height: 1))
      column = canvas.put(entry.label, column, y, entry.style) + 1
    }
  }

  private typealias Entry = (label: String, style: Style, span: GoAllocator.SpanID?, item: Item)

  private func entries(_ list: AllocatorRunList) -> [Entry] {
    switch list {
    case .free(let pages):
      return style.state.freeRuns(pages: pages).filter { $0.firstPage != arriving }.map { run in
        let range = run.firstPage..<run.firstPage + run.npages
        let isFocus = style.focus.pages?.overlaps(range) ?? false
        return (
          Self.label(run.firstPage, run.npages), isFocus ? Style(.moved, .bold) : Style(.freed),
          nil,
          AllocatorItem.run(run.firstPage)
        )
      }
    case .busy(let pages):
      return style.state.busySpans(pages: pages).map { id in
        (
          "s\(id)", id == style.focus.span ? Style(.current, [.bold, .reverse]) : .text, id,
          AllocatorItem.span(id)
        )
      }
    }
  }

  /// A run by its first and last page.
  static func label(_ firstPage: Int, _ npages: Int) -> String {
    npages == 1 ? "\(firstPage)" : "\(firstPage)-\(firstPage + npages - 1)"
  }

  /// Where the front of a list is drawn, or a span in it; its end for a span that is not.
  func point(_ list: AllocatorRunList, span: GoAllocator.SpanID? = nil) -> Point {
    let row = visible.lists.firstIndex(of: list).map { $0 - visible.lists.startIndex }
    var column = rect.x + 1 + Self.nameColumns
    if let span {
      for entry in entries(list) {
        if entry.span == span { break }
        column += entry.label.utf8.count + 1
      }
    }
    return Point(x: min(column, rect.right - 4), y: rect.y + (row ?? rect.height - 1))
  }
}
