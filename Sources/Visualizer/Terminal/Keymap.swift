/// What a key does in the player.
enum Command: Equatable {
  case act(Action)
  case digit(Int)
  case switchLanguage
  case switchView
  case open
  case help
  case goTo
  case repaint
  case close
  case quit
}

/// The table of keys; the help overlay is printed from it too.
struct Keymap {
  struct Entry {
    var keys: [Key]
    /// As the help writes them.
    var label: String
    var what: Bilingual
    var command: Command
  }

  /// All keys of the player, in the order of the help.
  static let entries: [Entry] = [
    Entry(
      keys: [.character(" ")], label: "space", what: Bilingual("play or pause", "播放或暂停"),
      command: .act(.togglePlay)),
    Entry(
      keys: [.right, .character("n")], label: "→ n", what: Bilingual("next step", "下一步"),
      command: .act(.nextStep)),
    Entry(
      keys: [.left, .character("b")], label: "← b", what: Bilingual("step back", "上一步"),
      command: .act(.previousStep)),
    Entry(
      keys: [.down], label: "↓", what: Bilingual("next operation", "下一个操作"),
      command: .act(.nextOperation)),
    Entry(
      keys: [.up], label: "↑", what: Bilingual("operation back", "上一个操作"),
      command: .act(.previousOperation)),
    Entry(
      keys: [.character(".")], label: ".", what: Bilingual("next frame", "下一帧"),
      command: .act(.nextFrame)),
    Entry(
      keys: [.character(",")], label: ",", what: Bilingual("frame back", "上一帧"),
      command: .act(.previousFrame)),
    Entry(
      keys: [.character("]")], label: "]", what: Bilingual("next chapter", "下一章"),
      command: .act(.nextChapter)),
    Entry(
      keys: [.character("[")], label: "[", what: Bilingual("chapter back", "上一章"),
      command: .act(.previousChapter)),
    Entry(
      keys: [.home, .character("g")], label: "g Home", what: Bilingual("first step", "第一步"),
      command: .act(.firstStep)),
    Entry(
      keys: [.end, .character("G")], label: "G End", what: Bilingual("last step", "最后一步"),
      command: .act(.lastStep)),
    Entry(
      keys: [.character(":")], label: ":",
      what: Bilingual("go to step, %, chapter", "跳到某步、%、章节"), command: .goTo),
    Entry(
      keys: [.character("+")], label: "+", what: Bilingual("faster", "加速"),
      command: .act(.faster)),
    Entry(
      keys: [.character("-")], label: "-", what: Bilingual("slower", "减速"),
      command: .act(.slower)),
    Entry(
      keys: [.character("=")], label: "=", what: Bilingual("normal speed", "原速"),
      command: .act(.normalSpeed)),
    Entry(
      keys: [.character("r")], label: "r", what: Bilingual("from the start", "从头开始"),
      command: .act(.restart)),
    Entry(
      keys: [.character("j")], label: "j", what: Bilingual("scroll down", "向下滚动"),
      command: .act(.scroll(1))),
    Entry(
      keys: [.character("k")], label: "k", what: Bilingual("scroll up", "向上滚动"),
      command: .act(.scroll(-1))),
    Entry(
      keys: [.pageDown, .control("d"), .control("f")], label: "PgDn",
      what: Bilingual("page down", "向下翻页"), command: .act(.scroll(10))),
    Entry(
      keys: [.pageUp, .control("u"), .control("b")], label: "PgUp",
      what: Bilingual("page up", "向上翻页"), command: .act(.scroll(-10))),
    Entry(
      keys: [.character("L")], label: "L", what: Bilingual("中文", "English"),
      command: .switchLanguage),
    Entry(
      keys: [.character("v")], label: "v",
      what: Bilingual("other view", "切换视图"), command: .switchView),
    Entry(
      keys: [.enter], label: "Enter", what: Bilingual("open from a list", "从列表中打开"),
      command: .open),
    Entry(
      keys: [.control("l")], label: "Ctrl-L", what: Bilingual("paint anew", "重画屏幕"),
      command: .repaint),
    Entry(
      keys: [.character("?"), .function(1)], label: "? F1",
      what: Bilingual("this help", "本帮助"), command: .help),
    Entry(
      keys: [.escape], label: "Esc", what: Bilingual("close", "关闭"), command: .close),
    Entry(
      keys: [.character("q")], label: "q", what: Bilingual("close, or quit", "关闭或退出"),
      command: .quit),
  ]

  /// What the help lists; the keys for views only where there are several.
  static func help(views: Int) -> [(label: String, what: Bilingual)] {
    var keys = entries.filter { entry in
      views > 1 || (entry.command != .switchView && entry.command != .open)
    }.map { ($0.label, $0.what) }
    keys.insert(("0-9", Bilingual("tenths of the way", "跳到十分之几")), at: min(12, keys.count))
    return keys
  }

  /// How far a key scrolls a list; nil for other keys.
  static func scrolling(_ key: Key) -> Int? {
    switch key {
    case .down: 1
    case .up: -1
    default: if case .act(.scroll(let rows))? = command(for: key) { rows } else { nil }
    }
  }

  private static let table: [Key: Command] = Dictionary(
    entries.flatMap { entry in entry.keys.map { ($0, entry.command) } },
    uniquingKeysWith: { first, _ in first })

  /// What a key does; nil for a key without meaning.
  static func command(for key: Key) -> Command? {
    if let command = table[key] { return command }
    if case .character(let scalar) = key, ("0"..."9").contains(scalar) {
      return .digit(Int(scalar.value) - 0x30)
    }
    return nil
  }
}
