internal import Glibc
internal import Testing

/// The commands: exit codes, messages, files.
@Suite(.timeLimit(.minutes(15)))
struct CommandLineTests {
  private static let scenario = "title: t\nmodel: map\nscript:\n  - insert k1..k5\n  - lookup k3\n"

  /// Expects an error: its code, and one harmless line.
  private func expectFailure(
    _ run: CommandRun, _ code: Int32, saying words: String,
    location: SourceLocation = #_sourceLocation
  ) {
    #expect(run.ending == .exited(code), "\(run.error)", sourceLocation: location)
    #expect(run.error.contains(words), "\(run.error)", sourceLocation: location)
    #expect(!run.error.contains("\u{1b}"), sourceLocation: location)
    #expect(run.error.count { $0 == "\n" } == 1, "\(run.error)", sourceLocation: location)
    #expect(run.output.isEmpty, "\(run.output)", sourceLocation: location)
  }

  // MARK: - What goes well

  @Test func withoutArgumentsItLists() throws {
    let run = try CommandRun([])
    #expect(run.ending == .exited(0) && run.error.isEmpty)
    for name in ["map-lookup", "map-growth", "map-growth-go", "map-overflow", "map-same-size"] {
      #expect(run.output.contains(name))
    }
    let list = try CommandRun(["list", "--json"])
    #expect(list.output.split(separator: "\n").allSatisfy { $0.hasPrefix("{\"name\":\"") })
    #expect(try CommandRun(["list", "--lang", "zh"]).output.contains("扩容"))
  }

  /// Files of the same name are told by their kinds.
  @Test func filesOfOneNameAreToldApart() throws {
    let names = ["a.yaml", "a.yml", "b.yaml"]
    let files = Dictionary(uniqueKeysWithValues: names.map { ($0, Self.scenario) })
    let lines = try CommandRun(["check"] + names, files: files).output.split(separator: "\n")
    #expect(lines.map { $0.prefix { $0 != ":" } } == ["a.yaml", "a.yml", "b"])
  }

  @Test func aFrameIsTextOrColoured() throws {
    let text = try CommandRun(["frame", "map-lookup", "--step", "last", "--size", "100x30"])
    #expect(text.ending == .exited(0) && text.error.isEmpty)
    #expect(text.output.split(separator: "\n", omittingEmptySubsequences: false).count == 31)
    for words in ["00110", "10010111", "151", "bucket 6", "slot 2"] {
      #expect(text.output.contains(words))
    }
    #expect(!text.output.contains("\u{1b}"))
    let ansi = try CommandRun(["frame", "map-lookup", "--format", "ansi"])
    #expect(ansi.output.contains("\u{1b}[0;"))
  }

  @Test func stepsAreLinesOfJSON() throws {
    let run = try CommandRun(["steps", "map-growth", "--json"])
    #expect(run.ending == .exited(0) && run.error.isEmpty)
    for (step, line) in run.output.split(separator: "\n").enumerated() {
      #expect(line.hasPrefix("{\"step\":\(step),\"operation\":") && line.hasSuffix("\"}"))
      #expect(line.contains("\"en\":\"") && line.contains("\"zh\":\""))
    }
    let text = try CommandRun(["steps", "map-growth"])
    #expect(
      text.output.split(separator: "\n").count == run.output.split(separator: "\n").count)
  }

  @Test func aScenarioIsReadFromStandardInput() throws {
    let run = try CommandRun(["steps", "-"], input: Self.scenario)
    #expect(run.ending == .exited(0) && run.output.contains("insert k1:"))
  }

  @Test func aValidScenarioIsChecked() throws {
    let run = try CommandRun(["check", "a.yaml"], files: ["a.yaml": Self.scenario])
    #expect(run.ending == .exited(0) && run.error.isEmpty)
    #expect(run.output.hasPrefix("a: valid, 6 operations, "))
  }

  @Test func aRecordingIsTheSameBytesTwice() throws {
    let script = """
      "$0" record map-lookup -o a.cast && "$0" record map-lookup -o b.cast && cmp a.cast b.cast &&
      for f in svg html cast3; do
        "$0" record map-lookup --to 6 -o a.$f --format $f && "$0" record map-lookup --to 6 -o b.$f --format $f &&
        cmp a.$f b.$f && rm a.$f b.$f || exit
      done
      "$0" record map-lookup -o a.frames && ! LC_ALL=C grep -q '[^ -~]' a.frames
      """
    let run = try CommandRun(shell: script)
    #expect(run.ending == .exited(0))
    #expect(run.files == ["a.cast", "a.frames", "b.cast"])
  }

  // MARK: - Exit codes

  @Test(
    arguments: [
      (["frame", "map-growth", "--size", "0x5"], "size"),
      (["frame", "map-growth", "--step", "99999"], "step 99999 does not exist"),
      (["frame", "map-growth", "--progress", "2"], "--progress is a number from 0 to 1"),
      (["frame", "map-growth", "--charset", "ascii", "--lang", "zh"], "--charset ascii"),
      (["play", "map-growth", "--speed", "0"], "--speed is 0.1 to 64"),
      (["record", "map-growth", "-o", "x.gif"], "the format of 'x.gif' is not known"),
      (["record", "map-growth", "-o", "x.cast", "--fps", "0"], "--fps is 1 to 60"),
      (["record", "map-growth"], "-o"), (["check"], "files"), (["frame"], "scenario"),
      (["lst"], "did you mean 'list'?"),
      (["frame", "map-growth", "--no-such-option"], "no-such-option"),
    ])
  func mistakesOnTheCommandLineEndWith64(_ arguments: [String], _ words: String) throws {
    let run = try CommandRun(arguments)
    #expect(run.ending == .exited(64))
    #expect(run.error.contains(words), "\(run.error)")
    #expect(run.output.isEmpty && run.files.isEmpty)
  }

  @Test(
    arguments: [
      ("", "a.yaml:1: error: the file is empty"),
      ("title: t\nmodel: mapp\nscript: [clear]\n", "a.yaml:2:8: error: unknown model 'mapp'"),
      (
        "title: t\nmodel: map\nscript: [inzert k1]\n",
        "a.yaml:3:10: error: unknown operation 'inzert'; did you mean 'insert'?"
      ),
      ("title: t\nmodel: map\nscript: [insert k1..k99999999999]\n", "a.yaml:3:17: error: too many"),
      ("title: t\nmodel: map\nscript: [make hint -1]\n", "a.yaml:3:20: error: write make hint N"),
      ("title: [\n", "a.yaml:"), ("{\"schema\":\"go-map-trace/1\",\"ki", "a.yaml:1:"),
      (
        "title: t\nmodel: map\nx: &a [1]\nscript: [*a]\n",
        "a.yaml:4:10: error: anchors and aliases"
      ),
    ])
  func badInputEndsWith65(_ text: String, _ words: String) throws {
    for command in ["check", "steps", "play"] {
      let run = try CommandRun([command, "a.yaml"], files: ["a.yaml": text])
      expectFailure(run, 65, saying: words)
    }
  }

  /// What is broken is called by what its name says it is.
  @Test func brokenJSONIsNotCalledYAML() throws {
    let run = try CommandRun(["check", "a.json"], files: ["a.json": "{\"a\": "])
    expectFailure(run, 65, saying: "error: not JSON: ")
  }

  @Test func keysWithEscapesAreShownEscaped() throws {
    let text = "title: t\nmodel: map\nscript:\n  - \"insert \\e[31mred\"\n  - \"insrt \\a\"\n"
    let run = try CommandRun(["steps", "a.yaml"], files: ["a.yaml": text])
    expectFailure(run, 65, saying: "a.yaml:5:5: error: unknown operation 'insrt'")
    let shown = try CommandRun(
      ["steps", "a.yaml"], files: ["a.yaml": text.replacing("insrt \\a", with: "insert \\a")])
    #expect(shown.ending == .exited(0))
    #expect(shown.output.contains("insert \\x1b[31mred") && !shown.output.contains("\u{1b}"))
  }

  @Test func aDirectoryIsNoScenario() throws {
    expectFailure(try CommandRun(["steps", "/"]), 65, saying: "/: error: this is a directory")
  }

  @Test func whatIsNotThereEndsWith66() throws {
    expectFailure(
      try CommandRun(["steps", "map-grwth"]), 66, saying: "did you mean 'map-growth'?")
    expectFailure(
      try CommandRun(["play", "no/such\u{1b}[2J"]), 66, saying: "no/such\\x1b[2J: error:")
    expectFailure(try CommandRun(["check", "none.json"]), 66, saying: "none.json: error: no such")
  }

  @Test func aWorseCodeWinsWhenSeveralFilesAreChecked() throws {
    let run = try CommandRun(
      ["check", "none.yaml", "map-growth", "a.yaml"], files: ["a.yaml": "title: ["])
    #expect(run.ending == .exited(66))
    #expect(run.output.contains("map-growth: valid"))
    #expect(run.error.split(separator: "\n").count == 2)
  }

  @Test func playingIntoAPipePrintsALineAStep() throws {
    let played = try CommandRun(["play", "map-growth"])
    #expect(played.ending == .exited(0) && played.error.isEmpty)
    #expect(played.output == (try CommandRun(["steps", "map-growth"])).output)
    let rest = try CommandRun(["play", "map-growth", "--plain", "--at", "last", "--lang", "zh"])
    #expect(rest.output.split(separator: "\n").count == 1 && rest.output.hasPrefix("第 "))
    let simple = try CommandRun(["play", "malloc-tiny", "--charset", "ascii"])
    #expect(simple.output.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test func aPlaceThatCannotBeWrittenEndsWith74() throws {
    let run = try CommandRun(["record", "map-lookup", "-o", "none/x.cast"])
    expectFailure(run, 74, saying: "none/x.cast: error: cannot be created")
    let full = try CommandRun(
      shell: "\"$0\" frame map-lookup >/dev/full 2>../error; exit $?")
    expectFailure(full, 74, saying: "standard output: error: cannot be written")
  }

  @Test func anExistingRecordingIsKept() throws {
    let arguments = ["record", "map-lookup", "-o", "x.cast"]
    let run = try CommandRun(arguments, files: ["x.cast": "precious"])
    expectFailure(run, 74, saying: "x.cast: error: the file exists")
    #expect(run.files == ["x.cast"])
    let script = "\"$0\" \"$@\" 2>../error; cat x.cast >../output"
    #expect(
      try CommandRun(shell: script, arguments, files: ["x.cast": "precious"]).output == "precious")
    let over = try CommandRun(
      shell: "\"$0\" \"$@\" --overwrite; head -c 14 x.cast >../output", arguments,
      files: ["x.cast": "precious"])
    #expect(over.output == "{\"version\": 2,")
  }

  /// Ended in the middle, nothing stands under the name.
  @Test func anInterruptedRecordingLeavesNothingUnderItsName() throws {
    let script = """
      "$0" record big.yaml -o x.cast & child=$!
      # What is written has no name yet, or one of its own.
      until ls -l /proc/$child/fd | grep -Eq 'deleted|part-'; do kill -0 $child || exit 1; done
      kill -TERM $child; wait $child; [ $? = 143 ]
      """
    let big = "title: t\nmodel: map\nscript:\n  - insert k1..k20000\n"
    let run = try CommandRun(shell: script, files: ["big.yaml": big])
    #expect(run.ending == .exited(0) && run.files == ["big.yaml"])
  }

  @Test func aClosedPipeIsQuiet() throws {
    let run = try CommandRun(
      shell: """
        for command in "steps map-growth --json" "record map-growth -o - --format frames"; do
          "$0" $command 2>>../error | head -n 1 >>../output
        done
        """)
    #expect(run.error.isEmpty, "\(run.error)")
    #expect(run.output.split(separator: "\n").count == 2)
  }

  // MARK: - check

  private static let trace: String = {
    let parts = "\(#filePath)".split(separator: "/").dropLast(2).map(String.init)
    return "/" + parts.joined(separator: "/") + "/VisualizerTests/Fixtures/map/classic-tiny.json"
  }()

  @Test func aTraceThatTheModelAgreesWithEndsWith0() throws {
    let run = try CommandRun(["check", Self.trace])
    #expect(run.ending == .exited(0) && run.error.isEmpty)
    #expect(
      run.output.wholeMatch(of: /classic-tiny: (\d+) of \1 operations match go1.19.8\n/) != nil)
  }

  @Test func aTraceThatTheModelDisagreesWithEndsWith1() throws {
    let script = """
      sed 's/"t":"ad/"t":"ae/' '\(Self.trace)' > lie.json; "$0" check lie.json >../output 2>../error
      """
    let run = try CommandRun(shell: script)
    #expect(run.ending == .exited(1) && run.error.isEmpty)
    #expect(
      run.output
        == "lie: operation 0 (insert go): bucket 0 slot 0 tophash: captured 174, model 173\n")
  }

  @Test func aTraceIsWatchedLikeAScenario() throws {
    for command in [["steps"], ["frame", "--step", "last"]] {
      let run = try CommandRun([command[0], Self.trace] + command.dropFirst())
      #expect(run.ending == .exited(0) && run.error.isEmpty && !run.output.isEmpty)
    }
    let cut = try CommandRun(
      shell: "head -c 900 '\(Self.trace)' >a.json; \"$0\" check a.json >../output 2>../error")
    expectFailure(cut, 65, saying: "a.json:")
  }
}
