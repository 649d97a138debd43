internal import Glibc
internal import Testing

/// Installing under a prefix, and what is installed: the program, completions, the manual page.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct InstallTests {
  /// The project's folder.
  private static let root =
    "/" + "\(#filePath)".split(separator: "/").dropLast(3).joined(separator: "/")

  /// Runs a script in an empty folder, with `install` and the built program.
  private func run(
    _ script: String, files: [String: String] = [:], with changes: [String: String] = [:]
  ) throws -> CommandRun {
    try CommandRun(
      shell: """
        install() { '\(Self.root)/install' --binary "$0" --prefix "$PWD/pre" "$@"; }
        remove() { '\(Self.root)/install' --remove --prefix "$PWD/pre" "$@"; }
        here=$PWD
        trap 'rm -rf "${here:?}/pre" "${here:?}/dest"' EXIT
        { \(script)
        } >../output 2>../error
        """, files: files, with: changes)
  }

  @Test func whatIsInstalledRunsAndGoesAgain() throws {
    let run = try run(
      """
      install >/dev/null && mkdir -p pre/share/man/man1 && touch pre/share/man/man1/other.1 || exit
      cd / && "$here/pre/bin/visualizer" check "$here"/pre/share/visualizer/scenarios/*.yaml || exit
      cd "$here" && grep -q '"$schema"' pre/share/visualizer/scenarios/schema.json || exit
      install >/dev/null && remove >../removed || exit
      grep -c ^removed ../removed
      find pre -type f
      """)
    #expect(run.ending == .exited(0), "\(run.error)")
    let lines = run.output.split(separator: "\n")
    #expect(lines.count { $0.contains(": valid, ") } >= 20)
    #expect(lines.last == "pre/share/man/man1/other.1", "nothing else is left, nothing else went")
    #expect(run.error.contains("is not on the PATH"))
  }

  @Test func aPackageIsMadeElsewhere() throws {
    let run = try run(
      "DESTDIR=dest '\(Self.root)/install' --binary \"$0\" --prefix /usr && find dest -name 'vis*1'"
    )
    #expect(run.ending == .exited(0), "\(run.error)")
    #expect(run.output.hasSuffix("\ndest/usr/share/man/man1/visualizer.1\n"))
  }

  @Test func nothingIsInstalledByHalves() throws {
    let inTheWay = try run(
      "mkdir -p pre/bin && echo mine >pre/bin/visualizer; install; code=$?; find pre -type f; exit $code"
    )
    #expect(inTheWay.ending == .exited(73))
    #expect(inTheWay.output == "pre/bin/visualizer\n")
    #expect(inTheWay.error.hasSuffix("was not installed by this; move it away first\n"))
    let broken = try run("install --binary /bin/false; code=$?; ls; exit $code")
    #expect(broken.ending == .exited(70) && broken.output.isEmpty)
    let missing = try run("install --binary ./none; code=$?; ls; exit $code")
    #expect(missing.ending == .exited(66) && missing.output.isEmpty)
    let nothing = try run("remove")
    #expect(nothing.ending == .exited(66))
    for arguments in ["--prefix", "--colour", "--prefix ''"] {
      #expect(try run("install \(arguments)").ending == .exited(64))
    }
  }

  /// The record of what was installed is a file like any other: what was written into it by others
  /// must not lead out of the prefix.
  @Test func removingStaysBelowThePrefix() throws {
    let run = try run(
      """
      install >/dev/null && touch outside && printf '../outside\\n%s\\n' "$PWD/outside" \
        >>pre/share/visualizer/installed && remove >/dev/null && ls outside
      """)
    #expect(run.ending == .exited(0) && run.output == "outside\n")
  }

  // MARK: - What is installed

  @Test(arguments: ["bash", "zsh", "fish"])
  func completionsCanBeParsed(_ shell: String) throws {
    let run = try CommandRun(
      shell: """
        "$0" completions \(shell) >../output && grep -q map-same-size ../output || exit 1
        command -v \(shell) >/dev/null || exit 0
        \(shell) -n ../output 2>../error
        """)
    #expect(run.ending == .exited(0) && run.error.isEmpty, "\(run.error)")
  }

  /// What bash offers for the last of some words.
  private func offers(_ words: String) throws -> [String] {
    let run = try CommandRun(
      shell: """
        mkdir bin && ln -s "$0" bin/visualizer && PATH=$PWD/bin:$PATH && touch mine.yaml
        eval "$(visualizer completions bash)"
        COMP_WORDS=(\(words)) COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE="\(words)"
        COMP_POINT=${#COMP_LINE} COMPREPLY=()
        _visualizer_or_scenario visualizer "${COMP_WORDS[@]: -1}" "${COMP_WORDS[@]: -2:1}"
        printf '%s\\n' "${COMPREPLY[@]}" >../output
        rm -r bin mine.yaml
        """)
    return run.output.split(separator: "\n").map(String.init)
  }

  @Test func bashCompletesScenariosFilesAndOptions() throws {
    #expect(try offers("visualizer map-l") == ["map-lookup"])
    #expect(try offers("visualizer play map-g") == ["map-growth", "map-growth-go"])
    #expect(try offers("visualizer frame mi") == ["mine.yaml"])
    #expect(try offers("visualizer frame map-lookup --theme d") == ["dark", "deuteranopia"])
    #expect(try offers("visualizer rec") == ["record"])
    #expect(try offers("visualizer play nothing-like-it").isEmpty)
  }

  @Test func theManualPageCanBeRead() throws {
    let run = try CommandRun(
      shell: """
        "$0" man >../page || exit 1
        command -v man >/dev/null || { cat ../page >../output; exit 0; }
        MANWIDTH=100 man --warnings -l ../page 2>../error | col -b >../output
        """, with: ["MAN_KEEP_FORMATTING": ""])
    #expect(run.ending == .exited(0) && run.error.isEmpty, "\(run.error)")
    for words in ["visualizer record", "high-contrast", "EXIT STATUS", "VISUALIZER_THEME"] {
      #expect(run.output.replacing("\\-", with: "-").contains(words), "\(words)")
    }
  }

  @Test func theVersionIsOneLine() throws {
    let version = try CommandRun(["--version"]).output
    #expect(version.hasPrefix("visualizer ") && version.count { $0 == "\n" } == 1)
    #expect(try CommandRun(["man"]).output.contains("\"\(version.dropLast())\""))
  }
}
