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

  @Test func allFixturesAreThere() { #expect(Self.names.count == 93) }

  @Test(arguments: names) func modelRecoversAsCaptured(name: String) throws {
    let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name)))
    let report = try TCPLadder(file: name, bytes: bytes).check()
    #expect(report.difference == nil)
    // Nothing else is put down to another congestion control.
    #expect(report.sentence.contains("BBR") == Self.ofBBR.contains(name))
  }

  /// Those whose kernel used BBR, and that show it.
  private static let ofBBR: Set<String> = [
    "reordering-timer.json", "timeout-of-four.json", "large-writes.json", "compressed-acks.json",
    "resent-in-pieces.json", "flight-of-fifteen.json", "flights-both-ways.json",
    "answer-too-soon.json", "cut-anew.json", "cut-into-less.json", "late-segment-taken-back.json",
    "loss-found-at-the-end.json", "paced-both-ways.json", "paced-recovery.json",
    "recoveries-taken-back.json", "reported-twice.json", "lost-again-by-time.json",
    "few-bytes-again.json", "original-answered-late.json",
    "probe-of-new-data.json", "ranges-forgotten.json", "rest-of-a-piece.json",
    "old-ack-in-time-wait.json", "socket-limits-anew.json", "larger-buffer.json",
    "larger-buffers-both-ways.json", "filled-buffer.json",
    "turn-tells-the-later.json", "given-up-unseen.json", "full-path.json",
    "held-up-host.json", "passed-over.json", "sent-earlier.json",
  ]

  /// With many connections a captured wire is late, but not idle; that is no difference.
  @Test func arrivalsMayBeLateWhileTheWireIsBusy() throws {
    let name = "forty-connections.json"
    let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name)))
    let ladder = try TCPLadder(file: name, bytes: bytes)
    var sentAt: [Int: Int] = [:]
    var late = 0
    for row in ladder.rows {
      switch row.kind {
      case .send(let send): if send.fate == .delivered { sentAt[send.segment] = row.at }
      case .receive(let arrival):
        guard let sent = sentAt[arrival.segment] else { continue }
        if row.at - sent - ladder.oneWayDelay > TCPLadder.Tolerance.arrival { late += 1 }
      case .app, .state: break
      }
    }
    #expect(late > 0)
    #expect(ladder.check().difference == nil)
  }

  /// Many captured connections are in the table from the first step on, in the order of the file.
  @Test func tableIsWholeFromTheBeginning() throws {
    let name = "forty-connections.json"
    let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name)))
    let ladder = try TCPLadder(file: name, bytes: bytes)
    let show = try #require(ladder.show(name: "forty"))
    for step in [0, show.stepCount - 1] {
      let frame = show.frame(step, progress: 1, Look(size: .large))
      let text = (0..<60).map { frame.text(row: $0) }
      #expect(text.contains { $0.contains("╭ 40 connections, ") })
      let ports = text.compactMap { row in
        ladder.connections.first { row.contains(" \($0.clientPort) ") }?.clientPort
      }
      #expect(ports == ladder.connections.map(\.clientPort))
    }
  }
}
