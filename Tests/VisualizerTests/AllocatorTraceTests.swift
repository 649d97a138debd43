import Foundation
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

  static func check(_ text: String) throws(InputError) -> AllocatorTrace.Outcome {
    try AllocatorTrace.check(file: "trace.json", bytes: [UInt8](text.utf8))
  }
}

@Suite struct AllocatorTraceTests {
  @Test func everyFixtureIsThere() {
    #expect(AllocatorFixtures.names.count == 66)
  }

  @Test(arguments: AllocatorFixtures.names)
  func theModelAgreesWithReality(name: String) throws {
    let bytes = try AllocatorFixtures.bytes(name)
    let outcome = try AllocatorTrace.check(file: name, bytes: bytes)
    #expect(outcome.isMatch, "\(name): \(outcome.sentence)")
    print("\(name): \(outcome.sentence)")
  }
}
