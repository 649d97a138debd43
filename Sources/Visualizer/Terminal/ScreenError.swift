/// Why the terminal cannot show the player.
enum ScreenError: Error, Equatable {
  case inputIsNoTerminal
  case outputIsNoTerminal
  /// `TERM` is not set.
  case typeNotSet
  /// The terminal cannot place its cursor.
  case typeTooSimple(String)
  /// No description of this type is installed.
  case typeUnknown(String)
  case sizeUnknown
  /// Neither the locale nor its fallback can write other than ASCII characters, which were asked for.
  case noUnicode
  /// The kernel refused something that it always grants, with its error number.
  case system(Int32)

  /// Code with which the program ends: the service is unavailable, EX_UNAVAILABLE of sysexits.h.
  static let exitCode: Int32 = 69

  /// One sentence that says what is missing and what to do instead.
  func message(_ language: Language) -> String {
    switch language {
    case .en: english
    case .zh: chinese
    }
  }

  private var english: String {
    switch self {
    case .inputIsNoTerminal:
      "standard input is not a terminal, so no key can be read: use `visualizer steps` or `frame`"
    case .outputIsNoTerminal:
      "standard output is not a terminal: use `visualizer steps`, `frame` or `record` instead"
    case .typeNotSet:
      "TERM is not set, so the kind of terminal is unknown: try TERM=xterm-256color"
    case .typeTooSimple(let type):
      "a terminal of type '\(Self.shown(type))' cannot place its cursor: use `visualizer play --plain`"
    case .typeUnknown(let type):
      "the terminal type '\(Self.shown(type))' is not known here: try TERM=xterm-256color"
    case .sizeUnknown:
      "the size of the terminal is unknown: set it with `stty columns 80 rows 24`"
    case .noUnicode:
      "this system has no UTF-8 locale: use --charset ascii"
    case .system(let number):
      "the terminal could not be set up (error \(number) of the system)"
    }
  }

  private var chinese: String {
    switch self {
    case .inputIsNoTerminal: "标准输入不是终端，读不到按键：请改用 `visualizer steps` 或 `frame`"
    case .outputIsNoTerminal:
      "标准输出不是终端：输出到文件或管道请用 `visualizer steps`、`frame` 或 `record`"
    case .typeNotSet: "没有设置 TERM，不知道终端的类型：请试试 TERM=xterm-256color"
    case .typeTooSimple(let type):
      "类型为“\(Self.shown(type))”的终端无法移动光标：请用 `visualizer play --plain`"
    case .typeUnknown(let type):
      "不认识终端类型“\(Self.shown(type))”：请试试 TERM=xterm-256color"
    case .sizeUnknown: "终端的大小未知：请用 `stty columns 80 rows 24` 设置"
    case .noUnicode: "系统没有 UTF-8 语言环境：请用 --charset ascii"
    case .system(let number): "无法设置终端（系统错误 \(number)）"
    }
  }

  /// The name as it may be printed: it comes from outside, and may be long.
  private static func shown(_ type: String) -> String {
    VisibleText.escape(String(type.prefix(40)))
  }
}
