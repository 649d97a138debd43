/// What a key does in the player.
enum Command: Equatable {
  case act(Action)
  case digit(Int)
  case goTo
  case search, nextHit, previousHit
  case mark, jumpToMark
  case moreDetail
  case tryOut, switchBranch, saveScenario
  case exportFrame, record
  case switchView
  case nextPane, previousPane
  case zoom
  case open
  case predict
  case compare, nextDifference, previousDifference
  case switchLanguage
  case help
  case repaint
  case close
  case quit
}

/// The table of keys; the help overlay is printed from it too.
struct Keymap {
  /// What a viewer is about when pressing a key: the help is arranged by it.
  enum Section: CaseIterable {
    case watch, go, explore, stage, gallery, other

    var title: Bilingual {
      switch self {
      case .watch: Bilingual("Watch", "观看")
      case .go: Bilingual("Go to", "跳转")
      case .explore: Bilingual("Try", "动手试")
      case .stage: Bilingual("Look closer", "细看")
      case .gallery: Bilingual("Gallery", "场景库")
      case .other: Bilingual("Other", "其他")
      }
    }
  }

  typealias Entry = KeyEntry<Command>

  /// All keys of the player, in the order of the help.
  static let entries: [Entry] = watching + going + exploring + looking + others

  private static let watching: [Entry] = [
    Entry(
      .watch, [.character(" ")], "space", Bilingual("play or pause", "播放或暂停"), .act(.togglePlay)),
    Entry(
      .watch, [.right, .character("n")], "→ n", Bilingual("next step", "下一步"), .act(.nextStep)),
    Entry(
      .watch, [.left, .character("b")], "← b", Bilingual("step back", "上一步"),
      .act(.previousStep)),
    Entry(
      .watch, [.down], "↓", Bilingual("next operation", "下一个操作"), .act(.nextOperation)),
    Entry(
      .watch, [.up], "↑", Bilingual("operation back", "上一个操作"), .act(.previousOperation)),
    Entry(.watch, [.character(".")], ".", Bilingual("next frame", "下一帧"), .act(.nextFrame)),
    Entry(.watch, [.character(",")], ",", Bilingual("frame back", "上一帧"), .act(.previousFrame)),
    Entry(.watch, [.character("+")], "+", Bilingual("faster", "加速"), .act(.faster)),
    Entry(.watch, [.character("-")], "-", Bilingual("slower", "减速"), .act(.slower)),
    Entry(.watch, [.character("=")], "=", Bilingual("normal speed", "原速"), .act(.normalSpeed)),
    Entry(.watch, [.character("r")], "r", Bilingual("from the start", "从头开始"), .act(.restart)),
    Entry(
      .watch, [.character("o")], "o", Bilingual("play in a loop", "循环播放"), .act(.toggleLoop)),
    Entry(
      .watch, [.character("w")], "w", Bilingual("more or less said", "解说详略"), .moreDetail),
  ]

  private static let going: [Entry] = [
    Entry(.go, [.character("]")], "]", Bilingual("next chapter", "下一章"), .act(.nextChapter)),
    Entry(
      .go, [.character("[")], "[", Bilingual("chapter back", "上一章"), .act(.previousChapter)),
    Entry(
      .go, [.home, .character("g")], "g Home", Bilingual("first step", "第一步"), .act(.firstStep)),
    Entry(
      .go, [.end, .character("G")], "G End", Bilingual("last step", "最后一步"), .act(.lastStep)),
    Entry(
      .go, Key.digits, "0-9", Bilingual("tenths of the way", "跳到十分之几"), .digit(0)),
    Entry(
      .go, [.character(":")], ":", Bilingual("to step, %, time, name", "到某步、%、时间、章节"), .goTo),
    Entry(
      .go, [.character("/")], "/", Bilingual("search what is said", "搜索解说与名称"), .search),
    Entry(
      .go, [.control("n")], "Ctrl-N", Bilingual("next hit", "下一个结果"), .nextHit),
    Entry(
      .go, [.control("p")], "Ctrl-P", Bilingual("hit before", "上一个结果"), .previousHit),
    Entry(.go, [.character("m")], "m a-z", Bilingual("mark this step", "标记此步"), .mark),
    Entry(
      .go, [.character("'")], "' a-z", Bilingual("to a mark; '' back", "到标记；'' 返回"),
      .jumpToMark),
  ]

  private static let exploring: [Entry] = [
    Entry(
      .explore, [.character("t")], "t", Bilingual("predict what happens", "先猜会怎样"), .predict),
    Entry(
      .explore, [.character("i")], "i", Bilingual("try operations here", "在此执行自己的操作"), .tryOut),
    Entry(.explore, [.character("B")], "B", Bilingual("next branch", "下一个分支"), .switchBranch),
    Entry(
      .explore, [.character("W")], "W", Bilingual("save as a scenario", "保存为场景文件"), .saveScenario),
    Entry(
      .explore, [.character("e")], "e", Bilingual("write this frame", "导出此帧"), .exportFrame),
    Entry(
      .explore, [.character("R")], "R", Bilingual("record from, to here", "开始录制；结束录制"),
      .record),
    Entry(
      .explore, [.character("c")], "c", Bilingual("compare with other rules", "与其他规则对比"),
      .compare),
    Entry(
      .explore, [.character("d")], "d", Bilingual("next difference", "下一处差异"), .nextDifference),
    Entry(
      .explore, [.character("D")], "D", Bilingual("difference before", "上一处差异"),
      .previousDifference),
  ]

  private static let looking: [Entry] = [
    Entry(
      .stage, [.character("j"), .wheelDown], "j", Bilingual("scroll down", "向下滚动"), .act(.scroll(1))
    ),
    Entry(
      .stage, [.character("k"), .wheelUp], "k", Bilingual("scroll up", "向上滚动"), .act(.scroll(-1))),
    Entry(
      .stage, [.pageDown, .control("d"), .control("f")], "PgDn",
      Bilingual("page down", "向下翻页"), .act(.scroll(10))),
    Entry(
      .stage, [.pageUp, .control("u"), .control("b")], "PgUp", Bilingual("page up", "向上翻页"),
      .act(.scroll(-10))),
    Entry(.stage, [.character("v")], "v", Bilingual("other view", "切换视图"), .switchView),
    Entry(.stage, [.tab], "Tab", Bilingual("next pane", "下一窗格"), .nextPane),
    Entry(
      .stage, [.backTab], "Shift-Tab", Bilingual("pane before", "上一窗格"), .previousPane),
    Entry(
      .stage, [.character("z")], "z", Bilingual("zoom the pane", "放大窗格"), .zoom),
    Entry(
      .stage, [.enter], "Enter", Bilingual("inspect, or open", "查看或打开"), .open),
  ]

  private static let others: [Entry] = [
    Entry(.other, [.character("L")], "L", Bilingual("in Chinese", "English"), .switchLanguage),
    Entry(.other, [.control("l")], "Ctrl-L", Bilingual("repaint", "重画屏幕"), .repaint),
    Entry(
      .other, [.character("?"), .function(1)], "? F1", Bilingual("this help", "本帮助"), .help),
    Entry(.other, [.escape], "Esc", Bilingual("close", "关闭"), .close),
    Entry(.other, [.character("q")], "q", Bilingual("close, or quit", "关闭或退出"), .quit),
  ]

  /// The keys that a recorded page knows: those that have a meaning there, too.
  static func ofPages(languages: Int) -> [(label: String, what: Bilingual)] {
    entries.filter { entry in
      switch entry.command {
      case .act(.scroll), .act(.toggleLoop): false
      case .act, .digit: true
      case .switchLanguage: languages > 1
      default: false
      }
    }.map { ($0.label, $0.what) }
  }

  /// How far a key scrolls a list; nil for other keys.
  static func scrolling(_ key: Key) -> Int? {
    switch key {
    case .down: 1
    case .up: -1
    default: if case .act(.scroll(let rows))? = command(for: key) { rows } else { nil }
    }
  }

  private static let table = Entry.table(entries)

  /// What a key does; nil for a key without meaning.
  static func command(for key: Key) -> Command? {
    key.digit.map(Command.digit) ?? table[key]
  }
}

extension Bilingual {
  /// What is said where the other language cannot be shown.
  static let chineseNeedsUnicode = Bilingual(
    "Chinese needs Unicode characters, and these are ASCII", "ASCII 无法显示中文")
}
