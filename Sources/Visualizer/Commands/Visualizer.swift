import ArgumentParser
import Foundation

/// The program: its subcommands, and which exit code an error gets.
@main
struct Visualizer: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "visualizer",
    abstract: "Watch Go's map, Go's allocator and TCP from the inside, step by step.",
    discussion: """
      Without arguments it opens the gallery of the bundled scenarios. SCENARIO is one of their names, a scenario \
      file, a captured trace, a packet capture, a packetdrill script, or - for standard input.

      Examples:
        visualizer                            choose from the gallery
        visualizer map-growth                 watch a map grow
        visualizer frame map-lookup --step last
        visualizer record map-growth -o growth.cast
        visualizer compare map-growth --rules notes,go1.19
        visualizer check trace.json           does the model agree with reality?
      """,
    version: versionText,
    subcommands: [
      PlayCommand.self, GalleryCommand.self, CompareCommand.self, ListCommand.self,
      FrameCommand.self, StepsCommand.self, RecordCommand.self, ReplayCommand.self,
      CheckCommand.self, ConnectionsCommand.self, CompletionsCommand.self, ManCommand.self,
      TerminalProbeCommand.self, BenchmarkCommand.self,
    ])

  /// The program's name and version, as `--version` and the manual page say them.
  static let versionText = "visualizer 0.1"

  /// Runs the command; every error becomes one line on standard error and a documented code.
  static func main() {
    var arguments = Array(CommandLine.arguments.dropFirst())
    if let first = arguments.first, !first.hasPrefix("-") || first == "-", isScenario(first) {
      arguments.insert("play", at: 0)
    } else if arguments.first.map(isLook) ?? true {
      arguments.insert(arguments.contains(where: ShowLibrary.isKnown) ? "play" : "gallery", at: 0)
    }
    if let first = arguments.first, let hint = misspelling(first) {
      fail("visualizer: error: no subcommand '\(VisibleText.escape(first))'; \(hint)", EX_USAGE)
    }
    var command: (any ParsableCommand)?
    do {
      command = try parseAsRoot(arguments)
      try command?.run()
    } catch let error as InputError {
      fail(error.description, error.exitCode)
    } catch let error as OutputError {
      fail("\(VisibleText.escape(error.description))", EX_IOERR)
    } catch let error as ScreenError {
      fail(
        "visualizer: \(error.message(TerminalEnvironment.current().language))", ScreenError.exitCode
      )
    } catch let error as ValidationError where command != nil {
      fail("visualizer: error: " + VisibleText.escape(error.message), EX_USAGE)
    } catch {
      end(with: error)
    }
  }

  private static let subcommandNames =
    configuration.subcommands.map { $0._commandName } + ["help"]

  /// Whether a first argument means what to play rather than a subcommand.
  private static func isScenario(_ word: String) -> Bool {
    if subcommandNames.contains(word) { return false }
    return Nearest.word(word, among: subcommandNames) == nil || ShowLibrary.isKnown(word)
  }

  /// What a first argument was meant to be, where it is nearly a subcommand.
  private static func misspelling(_ word: String) -> String? {
    guard !word.hasPrefix("-"), !subcommandNames.contains(word) else { return nil }
    let shown = configuration.subcommands.filter { $0.configuration.shouldDisplay }
    return Nearest.hint(word, among: shown.map { $0._commandName } + ["help"]).en
  }

  /// Whether a first argument says how the gallery is to look.
  private static func isLook(_ word: String) -> Bool {
    ["--size", "--lang", "--charset", "--color", "--theme", "--motion", "--mouse", "--no-mouse"]
      .contains { word.hasPrefix($0) }
  }

  /// Prints the help that was asked for, or what is wrong with the command line, and ends; what the
  /// caller typed is repeated escaped.
  private static func end(with error: any Error) -> Never {
    let code = exitCode(for: error)
    let lines = fullMessage(for: error).split(separator: "\n", omittingEmptySubsequences: false)
    let message = lines.map { VisibleText.escape(String($0)) }.joined(separator: "\n")
    if !message.isEmpty {
      if code.isSuccess {
        print(message)
      } else {
        StandardError.write(message + "\n")
      }
    }
    Foundation.exit(code.rawValue)
  }

  private static func fail(_ message: String, _ code: Int32) -> Never {
    StandardError.write(message + "\n")
    Foundation.exit(code)
  }
}

extension InputError {
  /// See the table of exit codes in the README.
  var exitCode: Int32 {
    switch kind {
    case .contents: EX_DATAERR
    case .missing: EX_NOINPUT
    case .unreadable: EX_IOERR
    }
  }
}
