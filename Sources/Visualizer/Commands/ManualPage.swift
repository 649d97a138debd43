import ArgumentParser
import Foundation

/// The manual page, made from what the commands say about themselves.
enum ManualPage {
  /// A command as the argument parser describes it.
  private struct Command: Decodable {
    var commandName: String
    var shouldDisplay: Bool?
    var abstract: String?
    var discussion: String?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  private struct Argument: Decodable {
    struct Name: Decodable {
      var kind: String
      var name: String
    }
    var kind: String
    var shouldDisplay: Bool
    var isOptional: Bool
    var isRepeating: Bool
    var names: [Name]?
    var valueName: String?
    var defaultValue: String?
    var abstract: String?
  }

  private struct Tool: Decodable { var command: Command }

  /// The page in the language of man(7).
  static func text() throws -> String {
    let dump = Data(Visualizer._dumpHelp().utf8)
    let root = try JSONDecoder().decode(Tool.self, from: dump).command
    var page = #".TH VISUALIZER 1 "" "\#(Visualizer.versionText)""# + "\n"
    page += ".SH NAME\nvisualizer \\- \(escape(sentence(root.abstract)))\n"
    page += ".SH SYNOPSIS\n.B visualizer\n.RI [ scenario ]\n.br\n"
    page += ".B visualizer\n.I command\n.RI [ options ]\n"
    page += ".SH DESCRIPTION\n" + paragraphs(root.discussion)
    page += ".SH COMMANDS\n"
    for command in root.subcommands ?? [] where command.shouldDisplay ?? true {
      if command.commandName != "help" { page += section(command) }
    }
    page += table("EXIT STATUS", ManualTables.exitCodes)
    page += table("ENVIRONMENT", ManualTables.variables)
    page += table("FILES", ManualTables.files)
    return page
  }

  private static func section(_ command: Command) -> String {
    let arguments = (command.arguments ?? []).filter { $0.shouldDisplay && !isEverywhere($0) }
    var text = ".SS visualizer \(escape(command.commandName))"
    for argument in arguments where argument.kind == "positional" {
      let name = (argument.valueName ?? "") + (argument.isRepeating ? "..." : "")
      text += " " + escape(argument.isOptional ? "[\(name)]" : name)
    }
    text += "\n\(escape(command.abstract ?? ""))\n"
    if let discussion = command.discussion { text += ".PP\n" + paragraphs(discussion) }
    for argument in arguments where inverted(argument, arguments) == nil {
      text += entry(argument, besides: arguments.filter { inverted($0, [argument]) != nil })
    }
    return text
  }

  /// The flag that a flag such as `--no-mouse` takes back, among others.
  private static func inverted(_ argument: Argument, _ others: [Argument]) -> Argument? {
    guard argument.kind == "flag" else { return nil }
    return others.first { other in
      (other.names ?? []).contains { name in
        (argument.names ?? []).contains { $0.name == "no-" + name.name }
      }
    }
  }

  private static func isEverywhere(_ argument: Argument) -> Bool {
    (argument.names ?? []).contains { ["help", "version"].contains($0.name) }
  }

  private static func entry(_ argument: Argument, besides opposites: [Argument]) -> String {
    let value = argument.valueName.map { #"\fI\#(escape($0))\fR"# } ?? ""
    var head = value
    if argument.kind != "positional" {
      let own = (argument.names ?? []).sorted { $0.name.count < $1.name.count }
      let names = (own + opposites.flatMap { $0.names ?? [] }).map {
        #"\fB\#(escape(($0.kind == "long" ? "--" : "-") + $0.name))\fR"#
      }
      head = names.joined(separator: ", ") + (argument.kind == "option" ? " " + value : "")
    }
    var text = ".TP\n\(head)\n\(escape(argument.abstract ?? ""))\n"
    if let value = argument.defaultValue, argument.kind == "option" {
      text += escape("Otherwise \(value).") + "\n"
    }
    return text
  }

  private static func table(_ title: String, _ rows: [(String, String)]) -> String {
    ".SH \(title)\n"
      + rows.map { ".TP\n\\fB\(escape($0.0))\\fR\n\(escape($0.1))\n" }.joined()
  }

  /// Running text; indented lines stay as they are.
  private static func paragraphs(_ text: String?) -> String {
    var page = ""
    var isVerbatim = false
    for line in (text ?? "").split(separator: "\n", omittingEmptySubsequences: false) {
      let isIndented = line.hasPrefix("  ")
      if isIndented != isVerbatim { page += isIndented ? ".nf\n" : ".fi\n" }
      isVerbatim = isIndented
      page += line.isEmpty ? ".PP\n" : escape(String(line)) + "\n"
    }
    return page + (isVerbatim ? ".fi\n" : "")
  }

  private static func sentence(_ text: String?) -> String {
    let text = text ?? ""
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// Text that man(7) takes for nothing else.
  private static func escape(_ text: String) -> String {
    let escaped = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
    return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
  }
}

/// What no command says about itself.
enum ManualTables {
  static let exitCodes = [
    ("0", "Done."),
    ("1", "check found a difference; so did compare, printed as text."),
    ("64", "The command line is wrong."),
    ("65", "The input is wrong."),
    ("66", "There is no such file."),
    ("69", "The terminal cannot do it."),
    ("74", "Something could not be read or written."),
    ("130, 143", "Interrupted, terminated."),
    ("141", "Whoever read the output went away."),
  ]

  static let variables = [
    ("LC_ALL, LC_MESSAGES, LC_CTYPE, LANG", "The language, and which characters can be shown."),
    ("NO_COLOR, FORCE_COLOR, CLICOLOR, CLICOLOR_FORCE", "Whether to draw in colour."),
    (
      Settings.Key.allCases.map(\.variable).joined(separator: ", "),
      "As the options of the same names, and VISUALIZER_DETAIL as the key w: what, why or everything. "
        + "They go before the file of settings, and options before both."
    ),
    ("XDG_CONFIG_HOME, XDG_STATE_HOME", "Where settings and bookmarks are kept."),
    ("TERM, COLUMNS, LINES", "The kind of terminal, and its size where the kernel knows none."),
  ]

  static let files = [
    (
      "~/.config/visualizer/config.yaml",
      "Settings of what fills the window; one to a line, such as theme: dark. Known are "
        + Settings.Key.allCases.map(\.rawValue).joined(separator: ", ")
        + ". Commands that write to a file or to standard output read none."
    ),
    ("~/.local/state/visualizer/bookmarks/", "The marks set with the key m, for each scenario."),
  ]
}
