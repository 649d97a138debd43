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

  struct Entry {
    var keys: [Key]
    /// As the help writes them.
    var label: String
    var what: Bilingual
    var command: Command
  }

  /// All keys, in the order of the help.
  static let entries: [Entry] = [
    Entry(
      keys: [.character(" ")], label: "space", what: Bilingual("play or pause", "播放或暂停"),
      command: .togglePlay),
    Entry(
      keys: [.right, .character("n")], label: "→ n", what: Bilingual("next change", "下一次变化"),
      command: .forward),
    Entry(
      keys: [.left, .character("b")], label: "← b", what: Bilingual("change back", "上一次变化"),
      command: .back),
    Entry(
      keys: [.down], label: "↓", what: Bilingual("next pause", "下一处停顿"), command: .nextStop),
    Entry(
      keys: [.up], label: "↑", what: Bilingual("pause back", "上一处停顿"), command: .previousStop),
    Entry(
      keys: [.character(".")], label: ".", what: Bilingual("next frame", "下一帧"),
      command: .nextFrame),
    Entry(
      keys: [.character(",")], label: ",", what: Bilingual("frame back", "上一帧"),
      command: .previousFrame),
    Entry(
      keys: [.character("]")], label: "]", what: Bilingual("next marker", "下一个标记"),
      command: .nextMarker),
    Entry(
      keys: [.character("[")], label: "[", what: Bilingual("marker back", "上一个标记"),
      command: .previousMarker),
    Entry(
      keys: [.home, .character("g")], label: "g Home", what: Bilingual("first frame", "第一帧"),
      command: .first),
    Entry(
      keys: [.end, .character("G")], label: "G End", what: Bilingual("last frame", "最后一帧"),
      command: .last),
    Entry(
      keys: [.character(":")], label: ":", what: Bilingual("go to frame, %, time", "跳到帧、%、时间"),
      command: .goTo),
    Entry(
      keys: [.character("/")], label: "/", what: Bilingual("find a text", "查找文字"),
      command: .find),
    Entry(
      keys: [.control("n")], label: "Ctrl-N", what: Bilingual("next place found", "下一处匹配"),
      command: .nextHit),
    Entry(
      keys: [.control("p")], label: "Ctrl-P", what: Bilingual("place found before", "上一处匹配"),
      command: .previousHit),
    Entry(
      keys: [.character("+")], label: "+", what: Bilingual("faster", "加速"), command: .faster),
    Entry(
      keys: [.character("-")], label: "-", what: Bilingual("slower", "减速"), command: .slower),
    Entry(
      keys: [.character("=")], label: "=", what: Bilingual("normal speed", "原速"),
      command: .normalSpeed),
    Entry(
      keys: [.character("r")], label: "r", what: Bilingual("from the start", "从头开始"),
      command: .restart),
    Entry(
      keys: [.character("o")], label: "o", what: Bilingual("over and over", "循环播放"),
      command: .loop),
    Entry(
      keys: [.character("h")], label: "h", what: Bilingual("scroll left", "向左滚动"),
      command: .scroll(columns: -8, rows: 0)),
    Entry(
      keys: [.character("j")], label: "j", what: Bilingual("scroll down", "向下滚动"),
      command: .scroll(columns: 0, rows: 1)),
    Entry(
      keys: [.character("k")], label: "k", what: Bilingual("scroll up", "向上滚动"),
      command: .scroll(columns: 0, rows: -1)),
    Entry(
      keys: [.character("l")], label: "l", what: Bilingual("scroll right", "向右滚动"),
      command: .scroll(columns: 8, rows: 0)),
    Entry(
      keys: [.pageDown, .control("d"), .control("f")], label: "PgDn",
      what: Bilingual("page down", "向下翻页"), command: .scroll(columns: 0, rows: 10)),
    Entry(
      keys: [.pageUp, .control("u"), .control("b")], label: "PgUp",
      what: Bilingual("page up", "向上翻页"), command: .scroll(columns: 0, rows: -10)),
    Entry(
      keys: [.character("z")], label: "z", what: Bilingual("recording alone", "只看录像"),
      command: .zoom),
    Entry(
      keys: [.character("L")], label: "L", what: Bilingual("中文", "English"),
      command: .switchLanguage),
    Entry(
      keys: [.control("l")], label: "Ctrl-L", what: Bilingual("paint anew", "重画屏幕"),
      command: .repaint),
    Entry(
      keys: [.character("?"), .function(1)], label: "? F1", what: Bilingual("this help", "本帮助"),
      command: .help),
    Entry(keys: [.escape], label: "Esc", what: Bilingual("close", "关闭"), command: .close),
    Entry(
      keys: [.character("q")], label: "q", what: Bilingual("close, or quit", "关闭或退出"),
      command: .quit),
  ]

  /// What the help lists.
  static var help: [HelpOverlay.KeyLine] {
    var help = entries.map {
      HelpOverlay.KeyLine(section: .watch, label: $0.label, what: $0.what)
    }
    help.insert(
      HelpOverlay.KeyLine(
        section: .watch, label: "0-9", what: Bilingual("tenths of the way", "跳到十分之几")), at: 12)
    return help
  }

  private static let table: [Key: Command] = Dictionary(
    entries.flatMap { entry in entry.keys.map { ($0, entry.command) } },
    uniquingKeysWith: { first, _ in first })

  /// What a key does; nil for a key without meaning.
  static func command(for key: Key) -> Command? { table[key] }
}
