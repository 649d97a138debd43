/// The gallery drawn: the list, what the chosen scenario teaches, and its preview.
struct GalleryPicture {
  private let gallery: GalleryActivity
  private let size: Size
  private let arrangement: Arrangement

  /// Where the preview goes.
  private enum Arrangement {
    /// Beside the list.
    case beside
    /// Below the list.
    case below
    /// Nowhere: the window is too small for it.
    case none
  }

  init(_ gallery: GalleryActivity, size: Size) {
    self.gallery = gallery
    self.size = size
    if size.columns >= 110, size.rows >= 26 {
      arrangement = .beside
    } else {
      arrangement = size.rows >= 22 ? .below : .none
    }
  }

  var showsPreview: Bool { arrangement != .none }

  private var language: Language { gallery.look.language }

  // MARK: - Layout

  /// The list, its border included where it has one.
  private var list: Rect {
    switch arrangement {
    case .beside:
      let width = size.columns >= 170 ? 82 : size.columns >= 132 ? 40 : 36
      return Rect(x: 0, y: 1, width: width, height: size.rows - 2)
    case .below:
      let height = max(7, (size.rows - 2) * 36 / 100)
      return Rect(x: 0, y: 1, width: size.columns, height: height)
    case .none: return Rect(x: 0, y: 1, width: size.columns, height: size.rows - 6)
    }
  }

  /// Rows of the list.
  var listRows: Int { arrangement == .beside ? list.height - 2 : list.height }

  func draw() -> Canvas {
    var canvas = Canvas(size)
    guard size.columns >= FrameScene.minimum.columns, size.rows >= FrameScene.minimum.rows else {
      var look = gallery.look
      look.size = size
      FrameScene.drawTooSmall(look, &canvas)
      return canvas
    }
    drawTitle(&canvas)
    let details: Rect
    if arrangement == .beside {
      canvas.box(list, title: Bilingual("Scenarios", "场景")[language])
      drawList(list.inner, &canvas)
      details = Rect(x: list.right, y: 1, width: size.columns - list.width, height: list.height)
      canvas.box(details, title: gallery.chosen.map { gallery.entries[$0].title[language] } ?? "")
      drawDetails(
        Rect(
          x: details.x + 2, y: details.y + 1, width: details.width - 4, height: details.height - 2),
        separator: details, &canvas)
    } else {
      drawList(list, &canvas)
      details = Rect(
        x: 0, y: list.bottom, width: size.columns, height: size.rows - 1 - list.bottom)
      drawHeadline(details, &canvas)
      drawDetails(
        Rect(x: 1, y: details.y + 1, width: details.width - 2, height: details.height - 1),
        separator: nil, &canvas)
    }
    drawBottomLine(&canvas)
    return canvas
  }

  // MARK: - Top and bottom

  private func drawTitle(_ canvas: inout Canvas) {
    let (all, left) = (gallery.entries.count, gallery.listed.count)
    let count =
      left == all
      ? Bilingual("\(all) scenarios", "\(all) 个场景")
      : Bilingual("\(left) of \(all) scenarios", "\(all) 个场景中的 \(left) 个")
    let status = "\(count[language])   \(language.rawValue) "
    let statusColumn = size.columns - GlyphWidth.of(status)
    let column = canvas.put(" visualizer", 0, 0, .heading) + 3
    let what = Bilingual(
      "Go's map, Go's allocator and TCP from the inside",
      "看清 Go map、Go 内存分配器与 TCP 的内部")
    canvas.put(TextLayout.fit(what[language], columns: statusColumn - 2 - column), column, 0, .dim)
    canvas.put(status, statusColumn, 0)
  }

  private func drawBottomLine(_ canvas: inout Canvas) {
    let row = size.rows - 1
    if let notice = gallery.notice {
      canvas.put(TextLayout.fit(" " + notice[language], columns: size.columns), 0, row, .heading)
    } else if gallery.isTyping {
      gallery.filter.draw(row: row, language: language, on: &canvas)
    } else {
      var hints = [
        Hint("↑↓", Bilingual("choose", "选择")), Hint("Enter", Bilingual("play", "播放")),
        Hint("a-z", Bilingual("filter", "筛选")), Hint("Tab", Bilingual("next system", "下一类")),
      ]
      if gallery.look.charset == .unicode { hints.append(Hint("L", Bilingual("中文", "English"))) }
      hints.append(Hint("q", Bilingual("quit", "退出")))
      Hint.draw(hints, row: row, language: language, on: &canvas)
    }
  }

  // MARK: - List

  private enum Line {
    case heading(Catalogue.System)
    case blank
    /// A scenario, by its place among those listed.
    case entry(Int)
  }

  /// What the list is made of; a short one leaves out the headings.
  private var lines: [Line] {
    let entries = gallery.listed.indices.map(Line.entry)
    guard arrangement == .beside else { return entries }
    var lines: [Line] = []
    for system in Catalogue.System.allCases {
      let places = gallery.listed.indices.filter {
        gallery.entries[gallery.listed[$0]].system == system
      }
      guard !places.isEmpty else { continue }
      if !lines.isEmpty { lines.append(.blank) }
      lines.append(.heading(system))
      lines += places.map(Line.entry)
    }
    return lines
  }

  private func drawList(_ rect: Rect, _ canvas: inout Canvas) {
    let lines = self.lines
    guard !lines.isEmpty else {
      canvas.put(Bilingual("no scenario says that", "没有符合的场景")[language], rect.x + 2, rect.y, .dim)
      return
    }
    let here =
      lines.firstIndex { if case .entry(gallery.cursor) = $0 { true } else { false } } ?? 0
    // The chosen one is kept in the middle, where the list does not fit.
    let first = max(0, min(lines.count - rect.height, here - rect.height / 2))
    for (offset, line) in lines.dropFirst(first).prefix(rect.height).enumerated() {
      let row = rect.y + offset
      switch line {
      case .heading(let system): canvas.put(system.title[language], rect.x + 1, row, .heading)
      case .blank: break
      case .entry(let place):
        drawEntry(place, Rect(x: rect.x, y: row, width: rect.width, height: 1), &canvas)
      }
    }
    drawMore(rect, above: first, below: lines.count - first - rect.height, &canvas)
  }

  /// Arrows where the list goes on.
  private func drawMore(_ rect: Rect, above: Int, below: Int, _ canvas: inout Canvas) {
    if above > 0 { canvas.put("↑", rect.right - 1, rect.y, .dim) }
    if below > 0 { canvas.put("↓", rect.right - 1, rect.bottom - 1, .dim) }
  }

  private static let nameColumns = 26
  private static let timeColumns = 5

  private func drawEntry(_ place: Int, _ rect: Rect, _ canvas: inout Canvas) {
    let index = gallery.listed[place]
    let entry = gallery.entries[index]
    let isChosen = place == gallery.cursor
    let isNarrow = rect.width < Self.nameColumns + Self.timeColumns + 6
    let left = rect.x + (isNarrow ? 0 : 1)
    canvas.put(isChosen ? "▸" : " ", left, rect.y, Style(.current, .bold))
    let nameColumn = left + 2
    canvas.put(entry.name, nameColumn, rect.y, isChosen ? Style(.current, .bold) : .text)
    let timeColumn = rect.right - Self.timeColumns - (isNarrow ? 1 : 2)
    if let show = gallery.show(index) {
      let text = TextLayout.padLeft(Self.minutes(show)[language], columns: Self.timeColumns)
      canvas.put(text, timeColumn, rect.y, .dim)
    }
    let titleColumn = nameColumn + Self.nameColumns
    let room = timeColumn - titleColumn - 1
    guard room >= 16 else { return }
    canvas.put(
      TextLayout.fit(entry.title[language], columns: room), titleColumn, rect.y,
      isChosen ? .text : .dim)
  }

  /// How long a show plays, in minutes, as one says it.
  private static func minutes(_ show: any Show) -> Bilingual {
    let minutes = max(1, (show.duration + 30_000) / 60_000)
    return Bilingual("\(minutes) min", "\(minutes) 分")
  }

  // MARK: - The chosen one

  /// The line between the list and what is below it, with the title.
  private func drawHeadline(_ rect: Rect, _ canvas: inout Canvas) {
    canvas.fill(Rect(x: 0, y: rect.y, width: rect.width, height: 1), "─", .border)
    guard let chosen = gallery.chosen else { return }
    let title = TextLayout.fit(gallery.entries[chosen].title[language], columns: rect.width - 6)
    canvas.put(" \(title) ", 1, rect.y, .heading)
  }

  private func drawDetails(_ rect: Rect, separator: Rect?, _ canvas: inout Canvas) {
    guard let chosen = gallery.chosen else { return }
    let entry = gallery.entries[chosen]
    let lines = TextLayout.wrap(entry.teaches[language], columns: min(rect.width, 100))
    let textRows = arrangement == .none ? 3 : 2
    for (offset, line) in lines.prefix(textRows).enumerated() {
      canvas.put(line, rect.x, rect.y + offset)
    }
    guard arrangement != .none else { return }
    let row = rect.y + textRows
    canvas.put(TextLayout.fit(facts(chosen), columns: rect.width), rect.x, row, .dim)
    if let separator {
      canvas.fill(
        Rect(x: separator.x + 1, y: row + 1, width: separator.width - 2, height: 1), "─", .border)
      canvas.put("├", separator.x, row + 1, .border)
      canvas.put("┤", separator.right - 1, row + 1, .border)
    }
    let top = row + (separator == nil ? 1 : 2)
    drawPreview(
      Rect(x: rect.x, y: top, width: rect.width, height: rect.bottom - top), &canvas)
  }

  /// What can be counted: known once the show has been opened.
  private func facts(_ index: Int) -> String {
    let entry = gallery.entries[index]
    var facts = [
      Bilingual(
        "\(entry.system.title.en), rules \(entry.rules)",
        "\(entry.system.title.zh)，规则 \(entry.rules)")
    ]
    if let show = gallery.show(index) {
      facts += [
        Bilingual("\(show.chapters.count) chapters", "\(show.chapters.count) 章"),
        Bilingual("\(show.operationCount) operations", "\(show.operationCount) 个操作"),
        Bilingual("\(show.stepCount) steps", "\(show.stepCount) 步"), Self.minutes(show),
      ]
    }
    return facts.map { $0[language] }.joined(separator: " · ")
  }

  /// The rows of words below a preview that has room for them.
  private static let wordRows = 3

  private func drawPreview(_ rect: Rect, _ canvas: inout Canvas) {
    guard let preview = gallery.preview, rect.height >= 6 else { return }
    let hasWords = rect.height >= 16
    let stage = Rect(
      x: rect.x, y: rect.y, width: rect.width,
      height: rect.height - (hasWords ? Self.wordRows : 0))
    var look = gallery.look
    // To the scene the preview is a window of its own, with the frame's other rows around it.
    look.size = Size(columns: rect.width, rows: stage.height + 7)
    canvas.clipped(to: stage) { canvas in
      preview.show.drawStage(
        preview.step, progress: preview.progress, in: stage, of: &canvas, look: look)
    }
    guard hasWords else { return }
    let words = Rect(x: rect.x - 1, y: stage.bottom, width: rect.width + 2, height: Self.wordRows)
    FrameScene(
      show: preview.show, caption: Bilingual("", ""), step: preview.step, look: look
    ).drawNarration(words, framed: false, &canvas)
  }
}
