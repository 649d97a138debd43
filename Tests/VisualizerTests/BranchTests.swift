import BundledScenarios
import Models
import Testing

@testable import Visualizer

/// A show that goes on differently, as a value: forks, and scenarios that are saved and read again.
@Suite struct BranchTests {
  /// Operations that can be done at any point of a scenario.
  private static func lines(_ show: any Show) -> [String] {
    switch show.scenario?.model.text {
    case "map": ["insert zz1", "lookup zz1", "delete zz1", "insert zz2..zz6"]
    case "allocator": ["malloc 48 x3 as mine", "drop mine[1]", "malloc 64 x70", "read-mem-stats"]
    default: ["wait 5ms", "drop next from client", "client send 10", "wait 300ms"]
    }
  }

  private func words(_ lines: [String]) -> [ScenarioFile.Word] {
    lines.map { ScenarioFile.Word(text: $0, line: 1, column: 1) }
  }

  private func branch(
    _ show: any Show, at step: Int, _ lines: [String], name: String = "branch-2"
  ) throws -> any Show {
    try #require(try show.fork(atStep: step)).branch(words(lines), name: name)
  }

  private func reopened(_ show: any Show) throws -> any Show {
    let scenario = try #require(show.scenario)
    let file = try ScenarioFile(file: "\(show.name).yaml", bytes: Array(scenario.text.utf8))
    return try ShowLibrary.open(file, name: show.name)
  }

  /// What a step is, without the words of objects: a group's later objects change how it is called.
  private func facts(_ show: any Show, _ step: Int) -> String {
    let record = show.record(ofStep: step)
    return "\(record.operation ?? -1) \(record.event) \(show.pace(ofStep: step))"
  }

  private func expectSame(_ a: any Show, _ b: any Show, frames: Int) {
    #expect(a.stepCount == b.stepCount && a.operationCount == b.operationCount)
    #expect(a.duration == b.duration)
    for step in 0..<min(a.stepCount, b.stepCount) {
      let records = (a.record(ofStep: step), b.record(ofStep: step))
      #expect(records.0.fieldsText == records.1.fieldsText && records.0.what == records.1.what)
      #expect(a.pace(ofStep: step) == b.pace(ofStep: step))
    }
    for step in Shows.sample(a, frames) {
      let look =
        step % 8 == 0 ? Look(size: .middle, language: .zh) : Look(size: .small, charset: .ascii)
      #expect(
        a.frame(step, progress: 0.6, look) == b.frame(step, progress: 0.6, look), "step \(step)")
    }
  }

  @Test(arguments: Shows.bundled)
  func aSavedBranchIsTheBranch(_ name: String) throws {
    let show = try Shows.open(name)
    let last = show.stepCount - 1
    for (index, step) in [last / 9, last / 3, last * 3 / 4, last].enumerated() {
      let branch = try branch(show, at: step, Self.lines(show), name: "\(name)-2")
      let kept = show.nextItem(afterStep: step) ?? show.stepCount
      #expect(branch.stepCount > kept)
      for step in 0..<kept { #expect(facts(branch, step) == facts(show, step), "step \(step)") }
      expectSame(branch, try reopened(branch), frames: index == 1 ? 24 : 4)
    }
  }

  /// Wherever it leaves a line that stands for many operations, the same ones come out: the same
  /// keys, hashes and values, at the same pace.
  @Test(arguments: [
    ("map-growth", 26), ("malloc-sweep", 8), ("tcp-close", 5), ("map-same-size", 9),
  ])
  func aLineIsLeftInItsMiddle(_ name: String, _ length: Int) throws {
    let show = try Shows.open(name)
    let steps = (0..<show.stepCount).filter { show.itemStart(ofStep: $0) == $0 }
    var cuts = 0
    for step in steps.prefix(40) {
      let branch = try branch(show, at: step, Self.lines(show))
      guard case .part? = branch.scenario?.script.dropLast(4).last else { continue }
      cuts += 1
      expectSame(branch, try reopened(branch), frames: 3)
    }
    #expect(cuts >= length - 2)
  }

  /// A branch may be left as its original was, in the middle of what was tried too.
  @Test func aBranchHasBranches() throws {
    let show = try Shows.open("map-growth")
    let first = try branch(show, at: 60, ["insert zz1..zz9", "lookup zz3"])
    let start = try #require(show.nextItem(afterStep: 60))
    let middle = try #require(first.nextItem(afterStep: first.nextItem(afterStep: start) ?? 0))
    let second = try branch(first, at: middle, ["delete zz1"], name: "branch-3")
    #expect(second.record(ofStep: second.stepCount - 1).what == "delete zz1")
    #expect(second.scenario?.text.contains("- first: 3\n    of: insert zz1..zz9") == true)
    expectSame(second, try reopened(second), frames: 20)
    let third = try branch(second, at: 10, ["insert zz1"])
    expectSame(third, try reopened(third), frames: 5)
  }

  /// At the last step all that was asked for is kept, also what no step came of.
  @Test func goingOnAtTheEndKeepsTheTimeThatPassed() throws {
    let show = try Shows.read(
      "title: t\nmodel: tcp\nscript: [open, wait until quiet, wait 7ms]\n", name: "t.yaml")
    let branch = try branch(show, at: show.stepCount - 1, ["client send 10"])
    let network = try #require(branch as? Performance<TCPSubject>).timeline
      .moment(branch.stepCount - 1).after
    let before = try #require(show as? Performance<TCPSubject>).timeline
      .moment(show.stepCount - 1).after
    #expect(network.now == before.now + 7000)
  }

  @Test func theOriginalKeepsItsFuture() throws {
    for name in ["map-growth", "malloc-sweep", "tcp-lost-last-ack"] {
      let show = try Shows.open(name)
      func future() -> [String] {
        (0..<show.stepCount).map { show.frame($0, progress: 1, Look(size: .small)).text }
      }
      let before = future()
      for step in Shows.sample(show, 6) { _ = try branch(show, at: step, Self.lines(show)) }
      #expect(future() == before)
    }
  }

  @Test func errorsNameTheWord() throws {
    let cases = [
      ("map-growth", "insrt k1", 1, "did you mean 'insert'?"),
      ("map-growth", "insert k1..k9999999", 8, "too many operations"),
      ("map-growth", "insert k1..k20000", 1, "too much at a time"),
      ("malloc-tiny", "malloc 48 y3", 11, "not understood"),
      ("malloc-tiny", "drop nothing", 6, "nothing called 'nothing'"),
      ("tcp-open", "client wave", 8, "unknown call 'wave'"),
      ("tcp-open", "wait until server FIN_WAIT_1 within 1s", 1, "is not in FIN_WAIT_1"),
    ]
    for (name, line, column, message) in cases {
      let show = try Shows.open(name)
      let error = #expect(throws: ScriptError.self) {
        _ = try self.branch(show, at: show.stepCount - 1, [line])
      }
      #expect(error?.column == column && error?.message.en.contains(message) == true, "\(line)")
    }
  }

  // MARK: - What was captured

  @Test func mapTracesGoOn() throws {
    let show = try ShowLibrary.open(TestFiles.traces + "/classic-grow.json")
    let last = show.stepCount - 1
    let key = try #require(show.what(atStep: last / 2)?.split(separator: " ").last.map(String.init))
    let branch = try branch(show, at: last / 2, ["lookup \(key)", "insert brand-new", "range"])
    let kept = try #require(show.nextItem(afterStep: last / 2))
    for step in 0..<kept { #expect(facts(branch, step) == facts(show, step)) }
    // The captured hash still leads to the key.
    let found = (kept..<branch.stepCount).map { branch.record(ofStep: $0) }
    #expect(found.contains { $0.event == "keyFound" && $0.what == "lookup \(key)" })
    #expect(found.contains { $0.fieldsText.contains("brand-new") })
    #expect(branch.scenario == nil)
    let further = try self.branch(branch, at: branch.stepCount - 1, ["delete brand-new"])
    #expect(further.record(ofStep: further.stepCount - 1).what == "delete brand-new")
    let earlier = try self.branch(branch, at: 3, ["clear"])
    #expect(earlier.record(ofStep: earlier.stepCount - 1).what == "clear")
  }

  @Test(arguments: ["trace-half-free-go1.19", "trace-two-p-go1.27", "trace-tiny-go1.19"])
  func allocatorTracesGoOn(_ name: String) throws {
    let show = try ShowLibrary.open(TestFiles.folder + "/Fixtures/allocator/\(name).json")
    for step in Shows.sample(show, 4) {
      let branch = try branch(
        show, at: step, ["malloc 48 x3 as mine", "drop mine", "malloc 40000", "drop last"])
      let kept = show.nextItem(afterStep: step) ?? show.stepCount
      #expect(branch.stepCount > kept)
      for step in 0..<kept { #expect(facts(branch, step) == facts(show, step)) }
      #expect(branch.record(ofStep: branch.stepCount - 1).what?.hasPrefix("drop") == true)
    }
  }

  /// What is sent in a branch meets a wire that delivers, not the fates of the captured segments.
  @Test func laddersAndScriptsGoOn() throws {
    let folders = ["tcp", "pkt"].map { TestFiles.folder + "/Fixtures/" + $0 }
    var count = 0
    for folder in folders {
      for name in try TestFiles.names(in: folder).prefix(12) {
        guard let show = try? ShowLibrary.open("\(folder)/\(name)"), show.canFork else { continue }
        count += 1
        let fork = try #require(try show.fork(atStep: show.stepCount / 2))
        let number = try #require(fork.candidates(after: ["connection"]).last)
        let branch = try fork.branch(
          words(["connection \(number) from 50001 to 50002", "server listen", "open"]), name: name)
        let events = (0..<branch.stepCount).map { branch.record(ofStep: $0).event }
        #expect(events.last == "callReturned", "\(name)")
      }
    }
    #expect(count > 5)
  }

  @Test func aPacketCaptureHasNoModel() throws {
    let show = try #require(
      try PacketCaptureTests.capture("normal-client-close.pcap").show(name: "a"))
    #expect(!show.canFork)
    #expect(try show.fork(atStep: 0) == nil)
    #expect(!show.frame(0, progress: 1, Look(size: .middle)).text.contains("i try"))
  }
}
