/// What a key does in the gallery, where letters are for the filter.
enum GalleryAction: Equatable {
  /// So many rows down, or up.
  case move(Int)
  case page(Int)
  case first, last
  /// The first scenario of the next system, or of the one before.
  case nextSystem, previousSystem
  case play
  case filter
  case clear
  case switchLanguage
  case repaint
  case help
  case quit
}

/// The table of the gallery's keys; its help is printed from it.
enum GalleryKeys {
  typealias Entry = KeyEntry<GalleryAction>

  static let entries: [Entry] = [
    Entry(.gallery, [.enter], "Enter", Bilingual("play", "播放"), .play),
    Entry(
      .gallery, [.down, .wheelDown], "↓", Bilingual("next", "下一个"), .move(1)),
    Entry(
      .gallery, [.up, .wheelUp], "↑", Bilingual("the one before", "上一个"),
      .move(-1)),
    Entry(
      .gallery, [.pageDown], "PgDn", Bilingual("page down", "向下翻页"), .page(1)),
    Entry(
      .gallery, [.pageUp], "PgUp", Bilingual("page up", "向上翻页"), .page(-1)),
    Entry(.gallery, [.home], "Home", Bilingual("the first", "第一个"), .first),
    Entry(.gallery, [.end], "End", Bilingual("the last", "最后一个"), .last),
    Entry(
      .gallery, [.tab], "Tab", Bilingual("next system", "下一类"), .nextSystem),
    Entry(
      .gallery, [.backTab], "Shift-Tab", Bilingual("system before", "上一类"),
      .previousSystem),
    Entry(
      .gallery, [.character("/")], "a-z /", Bilingual("filter the list", "筛选列表"),
      .filter),
    Entry(
      .gallery, [.escape], "Esc", Bilingual("clear the filter", "清除筛选"),
      .clear),
    Entry(
      .gallery, [.character("L")], "L", Bilingual("in Chinese", "English"),
      .switchLanguage),
    Entry(
      .gallery, [.control("l")], "Ctrl-L", Bilingual("repaint", "重画屏幕"),
      .repaint),
    Entry(
      .gallery, [.character("?"), .function(1)], "? F1", Bilingual("this help", "本帮助"),
      .help),
    Entry(
      .gallery, [.character("q")], "q", Bilingual("quit", "退出"), .quit),
  ]

  private static let table = Entry.table(entries)

  /// What a key does; nil for a key that the filter takes: every letter and sign once something is
  /// typed, but for `?`.
  static func command(for key: Key, whileTyping: Bool) -> GalleryAction? {
    if whileTyping, case .character(let scalar) = key, scalar != "?" { return nil }
    return table[key]
  }

  static let help = entries.map(\.helpLine)
}
