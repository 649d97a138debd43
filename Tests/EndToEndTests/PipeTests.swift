internal import Glibc
internal import Testing

/// Readers that go away, disks that are full, locales without Unicode: the commands that fill no
/// screen.
@Suite(.timeLimit(.minutes(15)))
struct PipeTests {
  private static let writers = [
    "steps map-growth", "steps map-growth --json", "play map-growth --plain", "play map-growth",
    "record map-lookup -o - --format frames", "record map-lookup -o - --format cast",
    "record map-lookup -o - --format svg --to 2", "record map-lookup -o - --format html --to 2",
    "frame map-growth", "list",
  ]

  // MARK: - Readers that go away

  /// Reading a line is enough: whoever writes on ends by SIGPIPE, without a word.
  @Test(arguments: writers)
  func aReaderThatHasEnoughIsNoError(_ command: String) throws {
    let run = try CommandRun(
      shell: "\"$0\" \(command) 2>../error | head -c 10 >../output; exit ${PIPESTATUS[0]}")
    // What was short enough was written before the reader went.
    #expect([.exited(0), .exited(141)].contains(run.ending), "\(run.ending)")
    #expect(run.error.isEmpty, "\(run.error)")
    #expect(run.output.utf8.count == 10)
  }

  /// The reader has gone before a byte is written.
  @Test(arguments: writers)
  func withoutAReaderItEndsBySignal(_ command: String) throws {
    let run = try CommandRun(
      shell: "exec 5> >(exec <&-); wait $!; \"$0\" \(command) 2>../error >&5; exit $?")
    #expect(run.ending == .exited(141))
    #expect(run.error.isEmpty, "\(run.error)")
  }

  /// A closed standard output is an output that cannot be written.
  @Test(arguments: writers)
  func withoutStandardOutput(_ command: String) throws {
    let run = try CommandRun(shell: "\"$0\" \(command) 2>../error >&-; exit $?")
    #expect(run.ending == .exited(74))
    #expect(run.error.split(separator: "\n").count == 1, "\(run.error)")
    #expect(run.error.contains("standard output: error: cannot be written"))
  }

  // MARK: - Full disks

  /// A folder in memory with room for so many kilobytes, in a name space that ends with the script.
  private static func onSmallDisk(_ kilobytes: Int, _ script: String) -> String {
    """
    mkdir ../disk; unshare -rm bash -c 'mount -t tmpfs -o size=\(kilobytes)k tmpfs ../disk && cd ../disk && {
      \(script)
    }' "$0"; code=$?; rmdir ../disk; exit $code
    """
  }

  private static let hasSmallDisks: Bool =
    (try? CommandRun(shell: onSmallDisk(64, "true")))?.ending == .exited(0)

  @Test(
    .enabled(if: hasSmallDisks, "no tmpfs may be mounted here: the full disk is not tried"),
    arguments: ["frames", "cast", "svg", "html"])
  func aRecordingOnAFullDiskLeavesNothing(_ format: String) throws {
    let run = try CommandRun(
      shell: Self.onSmallDisk(
        64,
        """
        head -c 40000 /dev/zero > filler
        "$0" record map-lookup --to 12 -o x.\(format) 2>../error; code=$?
        ls -A > ../output; exit $code
        """))
    #expect(run.ending == .exited(74))
    #expect(run.error.hasPrefix("x.\(format): error: cannot be written: No space left"))
    #expect(run.error.split(separator: "\n").count == 1, "\(run.error)")
    #expect(run.output == "filler\n")
  }

  @Test(
    .enabled(if: hasSmallDisks, "no tmpfs may be mounted here: the full disk is not tried"))
  func aFullDiskKeepsTheRecordingBefore() throws {
    let run = try CommandRun(
      shell: Self.onSmallDisk(
        64,
        """
        "$0" frame map-lookup > x.frames; cp x.frames /dev/shm/before-$$; head -c 40000 /dev/zero > filler
        "$0" record map-lookup -o x.frames --overwrite 2>../error; code=$?
        cmp x.frames /dev/shm/before-$$ && ls -A > ../output; rm /dev/shm/before-$$; exit $code
        """))
    #expect(run.ending == .exited(74))
    #expect(run.output == "filler\nx.frames\n")
  }

  // MARK: - Sudden ends

  /// Killed at any of 200 moments, a recording is whole or not there.
  ///
  /// The moments are spread by a seed over a whole run and a little longer, however long that takes at
  /// the time.
  @Test(arguments: 1...4)
  func aKilledRecordingIsWholeOrNotThere(_ seed: Int) throws {
    let run = try CommandRun(
      shell: """
        record() { exec "$0" record map-lookup --to 1 -o "$1"; }
        start=${EPOCHREALTIME/./}; (record whole.frames); length=$((${EPOCHREALTIME/./} - start))
        RANDOM=\(seed)
        for i in {1..50}; do
          (record x.frames) & child=$!
          delay=$((length * (RANDOM % 130) / 100))
          read -t $((delay / 1000000)).$(printf %06d $((delay % 1000000))) <> <(:)
          kill -9 $child; wait $child
          if [ -e x.frames ]; then
            cmp x.frames whole.frames || exit 1; echo whole; length=$((length * 19 / 20))
          else
            echo none; [ $delay -gt $((length * 9 / 10)) ] && length=$((length * 3 / 2))
          fi
          rm -f x.frames*
        done 2>/dev/null >../output
        """)
    #expect(run.ending == .exited(0))
    let endings = run.output.split(separator: "\n")
    #expect(endings.count == 50)
    #expect(endings.contains("whole") && endings.contains("none"), "\(Set(endings))")
    #expect(run.files == ["whole.frames"])
  }

  // MARK: - Locales

  @Test(
    arguments: [
      "list", "list --json", "play map-growth --plain", "play tcp-close --plain --lang zh",
      "frame map-growth --step 60", "frame malloc-tiny --step last --format ansi",
      "frame tcp-close --step last", "steps malloc-tiny", "steps map-growth --lang zh",
      "steps tcp-close --json", "record map-lookup -o - --format frames --to 9",
      "record map-lookup -o - --format cast --to 9", "check map-growth", "--help", "play --help",
      "record --help", "replay --help", "--version", "man", "completions bash", "gallery",
      "compare map-growth map-growth --plain --lang zh",
    ])
  func onlyASCIIWhereTheLocaleHasNoMore(_ command: String) throws {
    let run = try CommandRun(command.split(separator: " ").map(String.init), with: ["LC_ALL": "C"])
    #expect(run.ending == .exited(0) && run.error.isEmpty, "\(run.error)")
    #expect(!run.output.isEmpty)
    let others = run.output.unicodeScalars.filter { !$0.isASCII }
    #expect(others.isEmpty, "\(Set(others))")
  }

  @Test(arguments: [("en", "≠"), ("zh", "从第")])
  func aDifferenceIsASCIIToo(_ language: String, _ word: String) throws {
    let command = ["compare", "map-growth", "--rules", "notes,go1.19", "--plain"]
    let run = try CommandRun(command + ["--lang", language])
    #expect(run.ending == .exited(1) && run.output.contains(word))
    let reduced = try CommandRun(command + ["--lang", language], with: ["LC_ALL": "C"])
    #expect(reduced.ending == .exited(1) && reduced.output.utf8.allSatisfy { $0 < 0x80 })
  }

  @Test(
    arguments: [
      (["steps", "看"], 66), (["record", "map-lookup", "-o", "x.看"], 64),
      (["frame", "map-growth", "--step", "—"], 64), (["play", "a.yaml"], 65), (["看…"], 66),
    ] as [([String], Int32)])
  func errorsAreASCIIToo(_ arguments: [String], _ code: Int32) throws {
    let files = ["a.yaml": "title: t\nmodel: map\nscript: [insert k1 hash …, “看”]\n"]
    let run = try CommandRun(arguments, files: files, with: ["LC_ALL": "C"])
    #expect(run.ending == .exited(code))
    #expect(!run.error.isEmpty && run.error.utf8.allSatisfy { $0 < 0x80 }, "\(run.error)")
  }
}
