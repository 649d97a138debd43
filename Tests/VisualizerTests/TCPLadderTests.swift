import Foundation
import Models
import Testing

@testable import Visualizer

/// Captured ladders, replayed through the model.
struct TCPLadderTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/tcp")

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return files.filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }()

  static func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: folder.appending(path: name + ".json")))
  }

  static func ladder(_ name: String) throws -> TCPLadder {
    try TCPLadder(file: name + ".json", bytes: try bytes(name))
  }

  @Test func allFixturesAreThere() {
    #expect(Self.names.count == 27)
  }

  @Test(arguments: names) func modelReproducesCapture(name: String) throws {
    let ladder = try Self.ladder(name)
    #expect(ladder.check().difference == nil)
    #expect(!ladder.rows.isEmpty)
  }
}
