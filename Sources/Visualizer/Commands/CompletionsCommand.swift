import ArgumentParser
import BundledScenarios
import Foundation

/// `visualizer completions`: what a shell needs to complete a command line.
struct CompletionsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "completions", abstract: "Print a shell's completions: of bash, zsh or fish.",
    discussion: """
      Examples:
        visualizer completions bash > ~/.local/share/bash-completion/completions/visualizer
        visualizer completions fish > ~/.config/fish/completions/visualizer.fish
      """)

  @Argument(help: "bash, zsh or fish.")
  var shell: Shell

  enum Shell: String, CaseIterable, ExpressibleByArgument { case bash, zsh, fish }

  mutating func run() throws {
    var output = ByteSink(descriptor: 1, name: "standard output")
    try output.write(Self.script(shell))
    try output.flush()
  }

  /// The script, in which a scenario's name does for `play` and that name.
  static func script(_ shell: Shell) -> String {
    let names = BundledScenarios.all.map(\.name).joined(separator: " ")
    switch shell {
    case .bash:
      return Visualizer.completionScript(for: .bash) + """


        _visualizer_or_scenario() {
            _visualizer "${@}"
            [[ "${COMP_CWORD}" -eq 1 && "${2}" != -* ]] || return 0
            COMPREPLY+=($(compgen -W '\(names)' -- "${2}"))
        }
        complete -o filenames -F _visualizer_or_scenario visualizer

        """
    case .zsh:
      let function = "\n_visualizer() {\n"
      return Visualizer.completionScript(for: .zsh).replacing(
        function,
        with: function + """
              if (( CURRENT == 2 )) && [[ "${words[2]}" != -* ]]; then
                  compadd -- \(names)
              fi

          """, maxReplacements: 1) + "\n"
    case .fish:
      return Visualizer.completionScript(for: .fish) + """

        complete -c visualizer -n 'test (count (commandline -opc)) -eq 1' -f -a '\(names)'

        """
    }
  }
}

extension CompletionKind {
  /// Bundled scenarios, and files.
  static var scenario: CompletionKind {
    .custom { _, _, prefix in
      BundledScenarios.all.map(\.name).filter { $0.hasPrefix(prefix) } + files(prefix)
    }
  }

  private static let fileLimit = 1000

  /// The files whose paths begin so; folders end in a slash, hidden ones only if asked for.
  static func files(_ prefix: String) -> [String] {
    let slash = prefix.lastIndex(of: "/")
    let folder = slash.map { String(prefix[...$0]) } ?? ""
    let start = slash.map { prefix[prefix.index(after: $0)...] } ?? prefix[...]
    let names = try? FileManager.default.contentsOfDirectory(atPath: folder.isEmpty ? "." : folder)
    let fitting = (names ?? []).filter {
      $0.hasPrefix(start) && ($0.first != "." || start.first == ".")
        && VisibleText.escape($0) == $0
    }
    return fitting.sorted().prefix(fileLimit).map { name in
      var isFolder: ObjCBool = false
      let path = folder + name
      _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      return isFolder.boolValue ? path + "/" : path
    }
  }
}
