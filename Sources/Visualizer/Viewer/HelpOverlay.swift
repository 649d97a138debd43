/// The help: every key and what it does, over whatever is shown; `/` searches it.
struct HelpOverlay {
  /// The section that is about what the viewer is doing comes first.
  let context: Keymap.Section
  let entries: [KeyLine]
  /// How many lines have been scrolled out at the top, and how many can be.
  private var first = 0
  private var lastFirst = Int.max
  /// What the keys are searched for; nil where they are not.
  private var search: Prompt?
  private var filter = ""

  /// The least columns that are left at each side, unless all are taken.
  private static let margin = 6

  /// A key and what it does.
  struct KeyLine {
    var section: Keymap.Section
    /// As the help writes the key.
    var label: String
    var what: Bilingual
  }

  /// The help of the player, unless other keys are given.
  init(context: Keymap.Section, lines: [KeyLine]? = nil) {
    self.context = context
    entries = lines ?? Keymap.entries.map(\.helpLine)
  }

  /// Takes a key; false where the help is to be closed.
  mutating func handle(_ key: Key) -> Bool {
    if var prompt = search {
      let reaction = prompt.handle(key)
      filter = reaction == .cancelled ? "" : prompt.text
      first = 0
      search = reaction == .entered || reaction == .cancelled ? nil : prompt
      return true
    }
    if let rows = Keymap.scrolling(key) {
      first = max(0, min(lastFirst, first + rows))
      return true
    }
    switch Keymap.command(for: key) {
    case .search:
      search = Prompt(.search, hint: Bilingual("search the keys", "搜索按键"))
      return true
    case .help, .quit: return false
    case .close:
      guard !filter.isEmpty else { return false }
      filter = ""
      return true
    default: return true
    }
  }

  // MARK: - Drawing

  private enum Line {
    case heading(Bilingual)
    case key(label: String, what: Bilingual)
  }

  private var lines: [Line] {
    let sections = [context] + Keymap.Section.allCases.filter { $0 != context }
    let wanted = filter.lowercased()
    return sections.flatMap { section -> [Line] in
      let keys = entries.filter { entry in
        entry.section == section
          && (wanted.isEmpty || entry.label.lowercased().contains(wanted)
            || Hint.name(entry.label, .zh).contains(wanted)
            || entry.what.en.lowercased().contains(wanted)
            || entry.what.zh.lowercased().contains(wanted))
      }
      guard !keys.isEmpty else { return [] }
      return [.heading(section.title)] + keys.map { .key(label: $0.label, what: $0.what) }
    }
  }

  mutating func draw(language: Language, on canvas: inout Canvas) {
    let labelWidth = entries.map { GlyphWidth.of($0.label) }.max() ?? 0
    let textWidth = entries.map { GlyphWidth.of($0.what[language]) }.max() ?? 0
    let columnWidth = labelWidth + 2 + textWidth + 3
    let room = Size(columns: canvas.size.columns - 4, rows: canvas.size.rows - 4)
    guard room.columns >= columnWidth, room.rows >= 5 else { return }
    let lines = self.lines
    let columns = max(1, min(canvas.size.columns >= 150 ? 3 : 2, room.columns / columnWidth))
    let rows = min(max(6, (entries.count + 5 + columns - 1) / columns), room.rows)
    lastFirst = max(0, lines.count - rows * columns)
    first = min(first, lastFirst)
    let wanted = columnWidth * columns + 3
    // What is left of the frame at both sides is to be a part of it, and not a torn edge.
    let width = canvas.size.columns - wanted < 2 * Self.margin ? canvas.size.columns : wanted
    let rect = Rect(
      x: (canvas.size.columns - width) / 2, y: max(1, (canvas.size.rows - rows - 2) / 2),
      width: width, height: rows + 2)
    canvas.fill(rect)
    canvas.box(rect, title: Bilingual("Keys", "按键")[language], style: Style(.current))
    for (index, line) in lines.dropFirst(first).prefix(rows * columns).enumerated() {
      let x = rect.x + 3 + index / rows * columnWidth
      let y = rect.y + 1 + index % rows
      switch line {
      case .heading(let title): canvas.put(title[language], x, y, .heading)
      case .key(let label, let what):
        canvas.put(Hint.name(label, language), x + 1, y, Style(.current))
        canvas.put(what[language], x + labelWidth + 3, y)
      }
    }
    if lines.isEmpty {
      canvas.put(
        Bilingual("no key does that", "没有这样的按键")[language], rect.x + 3, rect.y + 1, .dim)
    }
    drawEdge(rect, hidesSome: lines.count > rows * columns, language, &canvas)
  }

  private func drawEdge(
    _ rect: Rect, hidesSome: Bool, _ language: Language, _ canvas: inout Canvas
  ) {
    if let search {
      search.draw(row: canvas.size.rows - 1, language: language, on: &canvas)
    }
    let more = Bilingual(hidesSome ? "j k more   " : "", hidesSome ? "j k 滚动   " : "")[language]
    let rest = Bilingual("/ search   Esc close", "/ 搜索   Esc 关闭")[language]
    let edge = " \(more)\(rest) "
    canvas.put(edge, rect.right - GlyphWidth.of(edge) - 2, rect.bottom - 1, .dim)
    if !filter.isEmpty {
      let room = rect.width - GlyphWidth.of(edge) - 8
      canvas.put(
        " /\(TextLayout.fit(filter, columns: room)) ", rect.x + 2, rect.bottom - 1,
        Style(.current, .bold))
    }
  }
}
