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
  struct Entry {
    var keys: [Key]
    var label: String
    var what: Bilingual
    var command: GalleryAction
    /// Whether the key is a letter of the filter once something is typed.
    var isLetter = false
  }

  static let entries: [Entry] = [
    Entry(keys: [.enter], label: "Enter", what: Bilingual("play", "播放"), command: .play),
    Entry(
      keys: [.down, .wheelDown], label: "↓", what: Bilingual("next", "下一个"), command: .move(1)),
    Entry(
      keys: [.up, .wheelUp], label: "↑", what: Bilingual("the one before", "上一个"),
      command: .move(-1)),
    Entry(
      keys: [.pageDown], label: "PgDn", what: Bilingual("page down", "向下翻页"), command: .page(1)),
    Entry(
      keys: [.pageUp], label: "PgUp", what: Bilingual("page up", "向上翻页"), command: .page(-1)),
    Entry(keys: [.home], label: "Home", what: Bilingual("the first", "第一个"), command: .first),
    Entry(keys: [.end], label: "End", what: Bilingual("the last", "最后一个"), command: .last),
    Entry(
      keys: [.tab], label: "Tab", what: Bilingual("next system", "下一类"), command: .nextSystem),
    Entry(
      keys: [.backTab], label: "Shift-Tab", what: Bilingual("system before", "上一类"),
      command: .previousSystem),
    Entry(
      keys: [.character("/")], label: "a-z /", what: Bilingual("filter the list", "筛选列表"),
      command: .filter, isLetter: true),
    Entry(
      keys: [.escape], label: "Esc", what: Bilingual("clear the filter", "清除筛选"),
      command: .clear),
    Entry(
      keys: [.character("L")], label: "L", what: Bilingual("中文", "English"),
      command: .switchLanguage, isLetter: true),
    Entry(
      keys: [.control("l")], label: "Ctrl-L", what: Bilingual("paint anew", "重画屏幕"),
      command: .repaint),
    Entry(
      keys: [.character("?"), .function(1)], label: "? F1", what: Bilingual("this help", "本帮助"),
      command: .help),
    Entry(
      keys: [.character("q")], label: "q", what: Bilingual("quit", "退出"), command: .quit,
      isLetter: true),
  ]

  /// What a key does; nil for a key that the filter takes.
  static func command(for key: Key, whileTyping: Bool) -> GalleryAction? {
    entries.first { $0.keys.contains(key) && !($0.isLetter && whileTyping) }?.command
  }

  static let help: [HelpOverlay.KeyLine] = entries.map {
    HelpOverlay.KeyLine(section: .gallery, label: $0.label, what: $0.what)
  }
}
