import Foundation
import Models
import Testing

@testable import Visualizer

/// A captured flight that is longer than the screen, and what it shows of the congestion window.
@Suite struct LongFlightTests {
  private func show(_ name: String) throws -> any Show {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/tcp-loss")
    let bytes = Array(try Data(contentsOf: folder.appending(path: name + ".json")))
    let captured = try #require(try CapturedFormat.read(file: "\(name).json", bytes: bytes))
    return try #require(try captured.show(name: name))
  }

  private func arrival(_ segment: Int, in show: any Show) throws -> Int {
    let found = (0..<show.stepCount).first { step in
      let record = show.record(ofStep: step)
      return record.event == "segmentArrived"
        && record.fields.contains { $0.name == "segment" && $0.value == .integer(segment) }
    }
    return try #require(found)
  }

  /// What a step is about was sent a flight ago, and is on the screen all the same.
  @Test(arguments: [Size(columns: 80, rows: 24), Size(columns: 120, rows: 36)])
  func whatArrivesIsShown(size: Size) throws {
    let show = try show("stretches-cubic")
    let step = try arrival(134, in: show)
    let look = Look(size: size, language: .en, charset: .unicode)
    let lines = show.frame(step, progress: 1, look).text.split(separator: "\n").map(String.init)
    #expect(lines.contains { $0.contains("◀") && $0.contains("seq 65161") }, "its row")
    #expect(lines.contains { $0.contains("segment 134") }, "its pane")
  }

  /// An end's details say how large its congestion window is and what it follows.
  @Test func detailsSayTheCongestionWindow() throws {
    let show = try show("stretches-cubic")
    let end = TCPItem.end(End(0, .client))
    let step = try arrival(134, in: show)
    let inspection = try #require(show.inspect(end, atStep: step, .en))
    func value(_ name: String) -> String? { inspection.facts.first { $0.name == name }?.value }
    #expect(value("cwnd") == "29 segments, 2 in flight")
    #expect(value("ssthresh") == "28")
    #expect(value("congestion") == "CUBIC, avoidance")
  }

  /// Where the congestion window held a segment back, that is what the text says.
  @Test func textSaysWhatHeldASegmentBack() throws {
    let show = try show("curve-cubic")
    let words = (0..<show.stepCount).map { show.narration(ofStep: $0, .en).text }
    #expect(words.contains { $0.contains("wait for room in the congestion window of") })
  }
}
