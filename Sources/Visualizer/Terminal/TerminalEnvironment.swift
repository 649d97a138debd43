internal import CNcurses
internal import Glibc

/// Whether to draw in colour, as `--color` says.
enum ColourChoice: String, CaseIterable {
  case auto
  case always
  case never
}

/// What surrounds the program and decides how it looks: variables, terminals, the characters that
/// can be shown.
///
/// A value, so that every decision is a function which a test can call without any terminal.
struct TerminalEnvironment {
  var variables: [String: String]
  var inputIsTerminal: Bool
  var outputIsTerminal: Bool
  /// Name of the locale's character set, for instance `UTF-8` or `ANSI_X3.4-1968`.
  var codeset: String

  /// The environment of this process.
  ///
  /// Sets the C library's character type locale, without which curses would take wide characters
  /// apart. Only that category: numbers are written the same everywhere.
  static func current() -> TerminalEnvironment {
    let variables = processVariables()
    if setlocale(LC_CTYPE, "") == nil, namesUTF8(variables) {
      // A locale that is not installed here, often brought along by ssh: its language may be
      // missing, its characters are not.
      _ = setlocale(LC_CTYPE, "C.UTF-8")
    }
    return TerminalEnvironment(
      variables: variables,
      inputIsTerminal: isatty(STDIN_FILENO) == 1,
      outputIsTerminal: isatty(STDOUT_FILENO) == 1,
      codeset: nl_langinfo(nl_item(CODESET)).map { String(cString: $0) } ?? "")
  }

  /// The language of narration and messages: the first of `LC_ALL`, `LC_MESSAGES` and `LANG` that is
  /// set decides; English unless it names Chinese.
  var language: Language {
    value("LC_ALL", "LC_MESSAGES", "LANG").hasPrefix("zh") ? .zh : .en
  }

  /// Line drawing characters and Chinese where the locale can write them, else ASCII.
  var charset: Charset { Self.isUTF8(codeset) ? .unicode : .ascii }

  /// Whether standard output should be coloured.
  ///
  /// The order: `--color`, then `NO_COLOR`, then `FORCE_COLOR` and `CLICOLOR_FORCE`, then
  /// `CLICOLOR=0`, then whether output is a terminal that is not `dumb`.
  func wantsColour(_ choice: ColourChoice) -> Bool {
    switch choice {
    case .always: return true
    case .never: return false
    case .auto: break
    }
    if !value("NO_COLOR").isEmpty { return false }
    for name in ["FORCE_COLOR", "CLICOLOR_FORCE"] where !["", "0"].contains(value(name)) {
      return true
    }
    if value("CLICOLOR") == "0" { return false }
    return outputIsTerminal && value("TERM") != "dumb"
  }

  /// The theme's depth for a terminal with a number of colours.
  func depth(_ choice: ColourChoice, terminalColours: Int) -> Theme.Depth {
    guard wantsColour(choice) else { return .none }
    return switch terminalColours {
    case 256...: .many
    case 8...: .eight
    default: .none
    }
  }

  /// Whether output goes to a terminal that may have a cursor to be placed.
  var canPlaceCursor: Bool { outputIsTerminal && value("TERM") != "dumb" }

  /// Why no full screen can be opened, as far as it can be told without opening it.
  var refusal: ScreenError? {
    if !inputIsTerminal { return .inputIsNoTerminal }
    if !outputIsTerminal { return .outputIsNoTerminal }
    switch value("TERM") {
    case "": return .typeNotSet
    case "dumb": return .typeTooSimple("dumb")
    default: return nil
    }
  }

  /// The size that `COLUMNS` and `LINES` state, for terminals of which the kernel knows none.
  var statedSize: Size? {
    guard let columns = Int(value("COLUMNS")), let rows = Int(value("LINES")), columns > 0, rows > 0
    else { return nil }
    return Size(columns: columns, rows: rows)
  }

  /// Makes the terminal standard input, for a program that has read a scenario from there.
  ///
  /// Returns false where the process has no terminal.
  static func readKeysFromControllingTerminal() -> Bool {
    let terminal = Glibc.open("/dev/tty", O_RDWR | O_CLOEXEC)
    guard terminal >= 0 else { return false }
    defer { close(terminal) }
    return dup2(terminal, STDIN_FILENO) == STDIN_FILENO
  }

  /// The value of the first variable that is set and not empty; "" for none.
  private func value(_ names: String...) -> String {
    for name in names {
      if let value = variables[name], !value.isEmpty { return value }
    }
    return ""
  }

  private static func namesUTF8(_ variables: [String: String]) -> Bool {
    let names = ["LC_ALL", "LC_CTYPE", "LANG"].compactMap { variables[$0] }
    guard let name = names.first(where: { !$0.isEmpty }) else { return false }
    return isUTF8(name.split(separator: ".", maxSplits: 1).last.map(String.init) ?? "")
  }

  private static func isUTF8(_ codeset: String) -> Bool {
    let name = codeset.prefix { $0 != "@" }.uppercased()
    return name == "UTF-8" || name == "UTF8"
  }

  private static func processVariables() -> [String: String] {
    var variables: [String: String] = [:]
    guard var entry = process_environment() else { return variables }
    while let text = entry.pointee {
      let parts = String(cString: text).split(
        separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      entry += 1
    }
    return variables
  }
}
