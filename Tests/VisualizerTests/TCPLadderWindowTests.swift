import Foundation
import Models
import Testing

@testable import Visualizer

/// The windows that real kernels told: nobody need reproduce them, but the model does, to the bit.
///
/// They say how many bytes a kernel expects to fit into the memory that is left. What it acknowledges
/// at once, and what later, depends on them.
struct TCPLadderWindowTests {
  private static let folders = ["tcp", "tcp-loss"].map {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/" + $0)
  }

  /// The ladders that say how windows are scaled.
  static let files: [URL] = folders.flatMap { folder in
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return names.filter { $0.hasSuffix(".json") }.sorted().map { folder.appending(path: $0) }
      .filter { (try? String(contentsOf: $0, encoding: .utf8))?.contains("wscale") == true }
  }

  @Test func mostLaddersSayHowWindowsAreScaled() { #expect(Self.files.count >= 35) }

  @Test(arguments: files) func windowsAreTheCaptured(file: URL) throws {
    let bytes = Array(try Data(contentsOf: file))
    let check = try TCPLadder(file: file.lastPathComponent, bytes: bytes).compared()
    try #require(check.parting == nil)
    var sent: [End: [SegmentRecord]] = [:]
    for index in 0..<check.network.log.count {
      let record = check.network.log[index]
      sent[record.sender, default: []].append(record)
    }
    var shifts: [End: UInt8] = [:]
    var position: [End: Int] = [:]
    var compared = 0
    for row in check.ladder.rows {
      guard case .send(let send) = row.kind else { continue }
      let end = End(row.connection ?? 0, send.side)
      if let shift = send.windowShift { shifts[end] = shift }
      defer { position[end, default: 0] += 1 }
      if send.cause == .script || send.flags.contains(.rst) { continue }
      // Both ends must offer scaling; a SYN's window is never scaled.
      let isScaled = !send.flags.contains(.syn) && shifts[end.peer] != nil
      let window = try #require(sent[end])[position[end, default: 0]].segment.window
      let told = window >> (isScaled ? Int(shifts[end] ?? 0) : 0)
      #expect(told == send.window, "segment \(send.segment)")
      compared += 1
    }
    #expect(compared > 0)
  }
}
