/// The keys of a replay: as in the player, with frames for steps.
enum ReplayKeymap {
  /// What a key does.
  enum Command: Equatable {
    case togglePlay
    case nextFrame, previousFrame
    /// A step where the recording has steps, else a frame.
    case forward, back
    case nextStop, previousStop
    case nextMarker, previousMarker
    case first, last
    case digit(Int)
    case goTo, find
    case nextHit, previousHit
    case faster, slower, normalSpeed
    case restart, loop
    case scroll(columns: Int, rows: Int)
    case zoom
    case switchLanguage
    case repaint
    case help, close, quit
  }

  typealias Entry = KeyEntry<Command>

  /// All keys, in the order of the help.
  static let entries: [Entry] = [
    Entry(
      .watch, [.character(" ")], "space", Bilingual("play or pause", "播放或暂停"),
      .togglePlay),
    Entry(
      .watch, [.right, .character("n")], "→ n", Bilingual("next change", "下一次变化"),
      .forward),
    Entry(
      .watch, [.left, .character("b")], "← b", Bilingual("change back", "上一次变化"),
      .back),
    Entry(
      .watch, [.down], "↓", Bilingual("next pause", "下一处停顿"), .nextStop),
    Entry(
      .watch, [.up], "↑", Bilingual("pause back", "上一处停顿"), .previousStop),
    Entry(
      .watch, [.character(".")], ".", Bilingual("next frame", "下一帧"),
      .nextFrame),
    Entry(
      .watch, [.character(",")], ",", Bilingual("frame back", "上一帧"),
      .previousFrame),
    Entry(
      .watch, [.character("]")], "]", Bilingual("next marker", "下一个标记"),
      .nextMarker),
    Entry(
      .watch, [.character("[")], "[", Bilingual("marker back", "上一个标记"),
      .previousMarker),
    Entry(
      .watch, [.home, .character("g")], "g Home", Bilingual("first frame", "第一帧"),
      .first),
    Entry(
      .watch, [.end, .character("G")], "G End", Bilingual("last frame", "最后一帧"),
      .last),
    Entry(
      .watch, [.character(":")], ":", Bilingual("go to frame, %, time", "跳到帧、%、时间"),
      .goTo),
    Entry(
      .watch, Key.digits, "0-9", Bilingual("tenths of the way", "跳到十分之几"), .digit(0)),
    Entry(
      .watch, [.character("/")], "/", Bilingual("find a text", "查找文字"),
      .find),
    Entry(
      .watch, [.control("n")], "Ctrl-N", Bilingual("next place found", "下一处匹配"),
      .nextHit),
    Entry(
      .watch, [.control("p")], "Ctrl-P", Bilingual("place found before", "上一处匹配"),
      .previousHit),
    Entry(
      .watch, [.character("+")], "+", Bilingual("faster", "加速"), .faster),
    Entry(
      .watch, [.character("-")], "-", Bilingual("slower", "减速"), .slower),
    Entry(
      .watch, [.character("=")], "=", Bilingual("normal speed", "原速"),
      .normalSpeed),
    Entry(
      .watch, [.character("r")], "r", Bilingual("from the start", "从头开始"),
      .restart),
    Entry(
      .watch, [.character("o")], "o", Bilingual("over and over", "循环播放"),
      .loop),
    Entry(
      .watch, [.character("h")], "h", Bilingual("scroll left", "向左滚动"),
      .scroll(columns: -8, rows: 0)),
    Entry(
      .watch, [.character("j")], "j", Bilingual("scroll down", "向下滚动"),
      .scroll(columns: 0, rows: 1)),
    Entry(
      .watch, [.character("k")], "k", Bilingual("scroll up", "向上滚动"),
      .scroll(columns: 0, rows: -1)),
    Entry(
      .watch, [.character("l")], "l", Bilingual("scroll right", "向右滚动"),
      .scroll(columns: 8, rows: 0)),
    Entry(
      .watch, [.pageDown, .control("d"), .control("f")], "PgDn",
      Bilingual("page down", "向下翻页"), .scroll(columns: 0, rows: 10)),
    Entry(
      .watch, [.pageUp, .control("u"), .control("b")], "PgUp",
      Bilingual("page up", "向上翻页"), .scroll(columns: 0, rows: -10)),
    Entry(
      .watch, [.character("z")], "z", Bilingual("recording alone", "只看录像"),
      .zoom),
    Entry(
      .watch, [.character("L")], "L", Bilingual("in Chinese", "English"),
      .switchLanguage),
    Entry(
      .watch, [.control("l")], "Ctrl-L", Bilingual("repaint", "重画屏幕"),
      .repaint),
    Entry(
      .watch, [.character("?"), .function(1)], "? F1", Bilingual("this help", "本帮助"),
      .help),
    Entry(.watch, [.escape], "Esc", Bilingual("close", "关闭"), .close),
    Entry(
      .watch, [.character("q")], "q", Bilingual("close, or quit", "关闭或退出"),
      .quit),
  ]

  /// What the help lists.
  static var help: [HelpOverlay.KeyLine] { entries.map(\.helpLine) }

  private static let table = Entry.table(entries)

  /// What a key does; nil for a key without meaning.
  static func command(for key: Key) -> Command? {
    key.digit.map(Command.digit) ?? table[key]
  }
}
