import Models
import Testing

@testable import Visualizer

@Suite struct AllocatorScriptTests {
  private typealias Operation = GoAllocator.Operation

  /// A scenario's text with these lines as its script; the first of them is line 5.
  private func text(
    _ lines: [String], rules: String = "go1.19", parameters: String = "{}"
  ) -> String {
    "title: T\nmodel: allocator\nrules: \(rules)\nparameters: \(parameters)\nscript:\n"
      + lines.map { "  - \($0)\n" }.joined()
  }

  private func open(
    _ lines: [String], rules: GoAllocator.Rules = .go1_19, parameters: String = "{}"
  ) throws -> (operations: [[Operation]], script: AllocatorScript) {
    let file = try ScenarioFile(
      file: "s.yaml",
      bytes: Array(text(lines, rules: rules.rawValue, parameters: parameters).utf8))
    var script = try AllocatorScript(file, rules: rules)
    var operations: [[Operation]] = []
    for case .line(let line) in file.script { operations.append(try script.parse(line)) }
    return (operations, script)
  }

  /// What is said of a script that is not accepted.
  private func complaint(
    _ lines: [String], rules: GoAllocator.Rules = .go1_19, parameters: String = "{}"
  ) -> String {
    do {
      _ = try open(lines, rules: rules, parameters: parameters)
      return "accepted"
    } catch let error as ScriptError {
      return "\(InputError(file: "s.yaml", error))"
    } catch {
      return "\(error)"
    }
  }

  // MARK: - Requests

  @Test(arguments: [
    ("malloc 48", 48, true), ("malloc 32K", 32768, true), ("malloc 1M noscan", 1 << 20, true),
    ("malloc 48 pointers", 48, false), ("malloc 0", 0, true), ("malloc 1G", 1 << 30, true),
  ])
  func requests(line: String, bytes: Int, noscan: Bool) throws {
    let operations = try open([line]).operations
    #expect(operations == [[.malloc(sizeBytes: bytes, noscan: noscan, count: 1)]])
  }

  @Test func fewRequestsAreSingleAndManyAreBundled() throws {
    let few = try open(["malloc 48 x64 as cats"]).operations[0]
    #expect(few.count == 64)
    let many = try open(["malloc 48 x100000"]).operations[0]
    #expect(many.count <= 64)
    let total = many.reduce(0) {
      if case .malloc(_, _, let count) = $1 { $0 + count } else { $0 }
    }
    #expect(total == 100_000)
  }

  @Test func optionsComeInAnyOrder() throws {
    let (operations, script) = try open(["malloc 64 as cats x2 pointers", "malloc 64 as cats"])
    #expect(operations[0] == [Operation](repeating: one(64, noscan: false), count: 2))
    #expect(script.words.object(2) == "cats[2]")
  }

  private func one(_ bytes: Int, noscan: Bool) -> Operation {
    .malloc(sizeBytes: bytes, noscan: noscan, count: 1)
  }

  @Test(arguments: [
    ("malloc", "s.yaml:6:5: error: write how many bytes after 'malloc', such as malloc 48"),
    ("malloc -5", "s.yaml:6:12: error: a size is 0 or more; write malloc 48 or malloc 32K"),
    ("malloc big", "s.yaml:6:12: error: 'big' is no size; write malloc 48 or malloc 32K"),
    ("malloc 17G", "s.yaml:6:12: error: '17G' is more than the heap may hold, 16 GB"),
    (
      "malloc 99999999999999999999",
      "s.yaml:6:12: error: '99999999999999999999' is more than the heap may hold, 16 GB"
    ),
    ("malloc 16G x2", "s.yaml:6:12: error: the heap would be larger than 16 GB; ask for less"),
    ("malloc 48 x0", "s.yaml:6:15: error: write how many as x1 to x2000000, such as x8"),
    ("malloc 48 100", "s.yaml:6:15: error: '100' is not understood here; known: noscan"),
    ("malloc 48 noscam", "s.yaml:6:15: error: 'noscam' is not understood here; did you mean"),
    ("malloc 48 noscan pointers", "s.yaml:6:22: error: 'pointers' is too much here"),
    ("malloc 48 as", "s.yaml:6:15: error: a name belongs after 'as', such as: as cats"),
    ("malloc 48 as 9lives", "s.yaml:6:18: error: write a name of letters a to z"),
    ("malloc 48 as last", "s.yaml:6:18: error: 'last' has a meaning after drop"),
    ("maloc 48", "s.yaml:6:5: error: unknown operation 'maloc'; did you mean 'malloc'?"),
  ])
  func badRequests(line: String, message: String) {
    #expect(complaint([line]).hasPrefix(message), "\(complaint([line]))")
  }

  @Test func objectsAreLimited() {
    #expect(
      complaint(["malloc 8 x2000000", "malloc 8"])
        == "s.yaml:7:5: error: too many objects; a script asks for at most 2000000")
  }

  // MARK: - Drops

  @Test(arguments: [
    ("drop cats", [Operation.drop(first: 1, last: 6, step: 1)]),
    ("drop every 2 of cats", [.drop(first: 1, last: 5, step: 2)]),
    ("drop every 4 of cats", [.drop(first: 1, last: 5, step: 4)]),
    ("drop cats[2]", [.drop(first: 3, last: 3, step: 1)]),
    ("drop cats[2..4]", [.drop(first: 3, last: 5, step: 1)]),
    ("drop every 2 of cats[1..5]", [.drop(first: 2, last: 6, step: 2)]),
    ("drop dog", [.drop(first: 0, last: 0, step: 1)]),
    ("drop last", [.drop(first: 6, last: 6, step: 1)]),
    ("drop last 3", [.drop(first: 4, last: 6, step: 1)]),
    ("drop 0..6", [.drop(first: 0, last: 6, step: 1)]),
    ("drop 5", [.drop(first: 5, last: 5, step: 1)]),
  ])
  func drops(line: String, expected: [GoAllocator.Operation]) throws {
    let operations = try open(["malloc 8 as dog", "malloc 8 x6 as cats", line]).operations
    #expect(operations[2] == expected)
  }

  /// A group's name stands for those that are left; other objects may lie between them.
  @Test func theRestOfAGroupIsDropped() throws {
    let (operations, script) = try open([
      "malloc 8 x2 as a", "malloc 8 x2 as b", "malloc 8 x2 as a", "drop a[1]", "drop a",
      "drop last",
    ])
    #expect(
      operations[4] == [
        .drop(first: 0, last: 4, step: 4), .drop(first: 5, last: 5, step: 1),
      ])
    #expect(operations[5] == [.drop(first: 3, last: 3, step: 1)])
    #expect(script.words.describe(operations[4][0]) == "drop every 2 of a")
  }

  @Test(arguments: [
    ("drop", "s.yaml:8:5: error: write what to drop: drop cats"),
    ("drop fish", "s.yaml:8:10: error: nothing called 'fish' was allocated; known: dog, cats"),
    ("drop cat", "s.yaml:8:10: error: nothing called 'cat' was allocated; did you mean 'cats'?"),
    ("drop 7", "s.yaml:8:10: error: number 7 was never allocated; they are counted from 0 to 6"),
    ("drop 3..9", "s.yaml:8:10: error: number 7 was never allocated"),
    ("drop -1", "s.yaml:8:10: error: number -1 was never allocated"),
    ("drop 4..2", "s.yaml:8:10: error: write one number, or two with the smaller first"),
    ("drop cats[6]", "s.yaml:8:10: error: number 6 was never allocated; they are counted"),
    ("drop cats[", "s.yaml:8:10: error: write cats[3] or cats[3..5]"),
    ("drop every two of cats", "s.yaml:8:16: error: write every 2 of cats, with 2 or more"),
    ("drop every 2", "s.yaml:8:16: error: write every 2 of cats"),
    ("drop cats dog", "s.yaml:8:15: error: 'dog' is too much here"),
    ("drop last 9", "s.yaml:8:15: error: only 7 are left"),
  ])
  func badDrops(line: String, message: String) {
    let told = complaint(["malloc 8 as dog", "malloc 8 x6 as cats", line])
    #expect(told.hasPrefix(message), "\(told)")
  }

  @Test func whatWasDroppedCannotBeDroppedAgain() {
    let start = ["malloc 8 x4 as cats", "drop every 2 of cats"]
    #expect(
      complaint(start + ["drop cats[1..2]"])
        == "s.yaml:8:10: error: cats[2] was already dropped")
    #expect(complaint(start + ["drop 0"]) == "s.yaml:8:10: error: cats[0] was already dropped")
    #expect(
      complaint(start + ["drop cats", "drop cats"])
        == "s.yaml:9:10: error: all of cats were already dropped")
    #expect(
      complaint(start + ["drop cats", "drop last"])
        == "s.yaml:9:10: error: there is no object to drop")
    #expect(
      complaint(["drop x"])
        == "s.yaml:6:10: error: nothing called 'x' was allocated; write malloc ... as x before")
  }

  // MARK: - The rest

  @Test func theOtherOperations() throws {
    let lines = [
      "gc", "gc lazy", "mark start", "mark end", "sweep 3", "sweep all", "worker 1", "scavenge",
      "scavenge 4M", "free-os-memory", "memory-pressure", "read-mem-stats",
    ]
    let (operations, script) = try open(lines, parameters: "{ processors: 2 }")
    #expect(
      operations.flatMap { $0 } == [
        .gc, .gcLazy, .gcStart, .gcMarkTermination, .sweep(spans: 3), .finishSweep, .worker(1),
        .scavenge(bytes: nil), .scavenge(bytes: 4 << 20), .freeOSMemory, .memoryPressure,
        .readMemStats,
      ])
    #expect(operations.flatMap { $0 }.map(script.words.describe) == lines)
  }

  @Test(arguments: [
    ("gc now", "s.yaml:6:8: error: 'now' is not understood here; write gc or gc lazy"),
    ("mark", "s.yaml:6:5: error: write mark start or mark end"),
    ("mark end", "s.yaml:6:5: error: nothing is being marked; write mark start before mark end"),
    ("sweep", "s.yaml:6:5: error: write a whole number, as in sweep 3 or sweep all"),
    ("sweep -1", "s.yaml:6:11: error: write a whole number, as in sweep 3 or sweep all"),
    ("worker 1", "s.yaml:6:12: error: worker 1 has no P: there is P0 alone; write a lower"),
    ("worker -1", "s.yaml:6:12: error: write a whole number, as in worker 0"),
    ("scavenge -4M", "s.yaml:6:14: error: a size is 0 or more; write scavenge 4M"),
    ("free-os-memory now", "s.yaml:6:20: error: 'now' is too much here"),
  ])
  func badOperations(line: String, message: String) {
    #expect(complaint([line]).hasPrefix(message), "\(complaint([line]))")
  }

  @Test func markingEndsBeforeAnotherCycle() {
    #expect(
      complaint(["mark start", "gc"])
        == "s.yaml:7:5: error: marking is under way; write mark end before this")
    #expect(
      complaint(["worker 2"], parameters: "{ processors: 2 }")
        .hasPrefix("s.yaml:6:12: error: worker 2 has no P: there are P0 to P1;"))
    #expect(
      complaint(["memory-pressure"], rules: .go1_10)
        .hasPrefix("s.yaml:6:5: error: memory-pressure concerns MADV_FREE"))
  }

  /// A scavenger without anything to do shows no step, and a show needs one.
  @Test func somethingHasToHappen() throws {
    let file = try ScenarioFile(file: "s.yaml", bytes: Array(text(["scavenge"]).utf8))
    #expect(
      throws: InputError(
        file: "s.yaml", "nothing happens in this script; let it allocate, such as malloc 48")
    ) {
      try ShowLibrary.open(file, name: "s")
    }
  }

  // MARK: - Parameters

  @Test func parametersAreTheAllocators() throws {
    let start = try open(
      ["gc"], parameters: "{ processors: 4, gogc: 50, madvfree: true }"
    ).script.start
    #expect(start.ps.count == 4)
    #expect(start.pacer.gogc == 50)
    #expect(start.usesMadvFree)
    #expect(try open(["gc"], parameters: "{ gogc: off }").script.start.pacer.gogc == nil)
  }

  @Test(arguments: [
    ("{ processors: 0 }", "s.yaml:4:27: error: processors: write a number from 1 to 64"),
    ("{ processors: 65 }", "s.yaml:4:27: error: processors: write a number from 1 to 64"),
    ("{ gogc: on }", "s.yaml:4:21: error: gogc: write off, or a percentage from 1 to 10000"),
    ("{ madvfree: 1 }", "s.yaml:4:25: error: madvfree: write true or false"),
    ("{ procesors: 2 }", "s.yaml:4:15: error: unknown parameter 'procesors'; did you mean"),
  ])
  func badParameters(parameters: String, message: String) {
    let told = complaint(["gc"], parameters: parameters)
    #expect(told.hasPrefix(message), "\(told)")
  }

  @Test func theNotesEraHasNoMadvFree() {
    #expect(
      complaint(["gc"], rules: .go1_10, parameters: "{ madvfree: true }")
        .hasPrefix("s.yaml:4:25: error: madvfree: MADV_FREE came with Go 1.12"))
  }

  // MARK: - Names and sizes

  @Test func sizesAreWrittenShort() {
    #expect(
      [0, 48, 1024, 32768, 40000, 1 << 20, 3 << 19].map(AllocatorWords.shortSize) == [
        "0", "48", "1024", "32K", "40000", "1M", "1536K",
      ])
    #expect(
      [0, 960, 1024, 1536, 4 << 20, 11_700_000].map(AllocatorWords.size) == [
        "0 B", "960 B", "1 KB", "1.5 KB", "4 MB", "11.2 MB",
      ])
  }

  @Test func objectsHaveNames() {
    var words = AllocatorWords()
    words.name(2...2, "dog")
    words.name(3...5, "cats")
    words.name(8...9, "cats")
    #expect(
      (0...9).map(words.object) == [
        "0", "1", "dog", "cats[0]", "cats[1]", "cats[2]", "6", "7", "cats[3]", "cats[4]",
      ])
    #expect(words.object(7, .en) == "object 7")
    #expect(words.object(7, .zh) == "对象 7")
    #expect(words.objects(3, 5, 1) == "cats[0..2]")
    #expect(words.objects(0, 7, 1) == "0..7")
    #expect(words.objects(0, 6, 3) == "every 3 of 0..6")
  }

  /// A long script is read at once, whether in one line or in many; tests are not optimized.
  @Test func longScriptsAreReadQuickly() throws {
    let lines =
      ["malloc 48 x100000 as a", "drop every 3 of a"]
      + (0..<2000).flatMap { ["malloc 16 as b\($0)", "drop b\($0)"] }
    let file = try ScenarioFile(file: "s.yaml", bytes: Array(text(lines).utf8))
    var script = try AllocatorScript(file, rules: .go1_19)
    let time = try ContinuousClock().measure {
      for case .line(let line) in file.script { _ = try script.parse(line) }
    }
    #expect(time < .seconds(20))
    #expect(script.words.object(102_000 - 1) == "b1999")
  }
}
