import Foundation
import Models
import Testing

@testable import Visualizer

/// The captured files of Go's allocator, beside this file.
enum AllocatorFixtures {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/allocator")

  static func bytes(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }

  static func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  /// Every file that is to be matched; one of the notes' era is an example of what is not.
  static let names: [String] = {
    var names: [String] = []
    for (prefix, path) in [("", folder), ("notes/", folder.appending(path: "notes"))] {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: path.path())) ?? []
      for file in files.sorted() where file.hasSuffix(".json") && !file.hasPrefix("example-") {
        names.append(prefix + file)
      }
    }
    return names
  }()

  static func check(_ text: String) throws(InputError) -> CheckReport {
    try AllocatorTrace(file: "trace.json", bytes: [UInt8](text.utf8)).check()
  }
}

@Suite struct AllocatorTraceTests {
  @Test func everyFixtureIsThere() {
    #expect(AllocatorFixtures.names.count == 66)
  }

  @Test(arguments: AllocatorFixtures.names)
  func theModelAgreesWithReality(name: String) throws {
    let bytes = try AllocatorFixtures.bytes(name)
    let outcome = try AllocatorTrace(file: name, bytes: bytes).check()
    #expect(outcome.isMatch, "\(name): \(outcome.sentence)")
  }

  /// A trace can also be watched: its requests alone lead to where the comparison ends.
  @Test(arguments: AllocatorFixtures.names.filter { $0.contains("trace-") })
  func tracesAreScripts(name: String) throws {
    let script = try AllocatorTraceScript.read(
      file: name, bytes: try AllocatorFixtures.bytes(name))
    #expect(!script.steps.isEmpty)
    var model = script.start
    #expect(model.handleCount == 0)
    for step in script.steps {
      #expect(model.refusal(of: step.operation) == nil)
      model.perform(step.operation, observer: nil)
    }
    #expect(model.brokenInvariants().isEmpty)
    #expect(model.handleCount > 0)
  }

  /// The way through the three levels, as a trace of the notes' era has it.
  @Test func aScriptNamesItsSteps() throws {
    let name = "trace-half-free-go1.27.json"
    let script = try AllocatorTraceScript.read(
      file: name, bytes: try AllocatorFixtures.bytes(name))
    #expect(script.version == "go1.27.3")
    #expect(
      script.steps.map(\.text) == [
        "malloc 1024", "drop 0...30 by 2", "drop 32...39 by 1", "gc", "malloc 1024", "gc",
        "malloc 1000",
      ])
    #expect(script.steps[0].operation == .malloc(sizeBytes: 1024, noscan: true, count: 60))
  }
}
