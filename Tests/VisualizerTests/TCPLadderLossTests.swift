import Foundation
import Models
import Testing

@testable import Visualizer

/// Captured losses: what is sent again, when, and because of what.
struct TCPLadderLossTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/tcp-loss")

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return files.filter { $0.hasSuffix(".json") }.sorted()
  }()

  @Test func allFixturesAreThere() { #expect(Self.names.count >= 15) }

  @Test(arguments: names) func modelRecoversAsCaptured(name: String) throws {
    let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name)))
    let report = try TCPLadder(file: name, bytes: bytes).check()
    #expect(report.difference == nil)
  }
}
