import Models
import Synchronization
import Testing

@testable import Visualizer

/// How long work says how far it has come, and what a progress bar makes of it.
@Suite struct LongWorkTests {
  /// Collects what is reported.
  private final class Listener: Sendable {
    let heard = Mutex<[(LongWork.Phase, Double)]>([])

    func during<Result>(_ work: () throws -> Result) rethrows -> Result {
      try LongWork.$listener.withValue(
        LongWork.Listener { phase, share in self.heard.withLock { $0.append((phase, share)) } },
        operation: work)
    }

    /// The shares of one phase, in the order in which they came.
    func shares(_ phase: LongWork.Phase) -> [Double] {
      heard.withLock { $0.filter { $0.0 == phase }.map(\.1) }
    }
  }

  @Test func openingAndRecordingReportRisingShares() throws {
    let listener = Listener()
    let show = try listener.during { try ShowLibrary.open("map-growth") }
    let recorder = Recorder(
      show: show, look: Look(size: FrameScene.full), framesPerSecond: 4, speed: 1, steps: 0...40)
    listener.during { recorder.play { _ in } }
    for phase in [LongWork.Phase.performing, .recording] {
      let shares = listener.shares(phase)
      #expect(!shares.isEmpty && shares == shares.sorted(), "\(phase)")
      #expect(shares.allSatisfy { (0...1).contains($0) })
    }
    #expect(listener.shares(.recording).count == 41)
  }

  @Test func aLongTraceReportsReading() throws {
    let listener = Listener()
    let element = #"{"a":"0123456789012345678901234567890123456789"},"#
    let text = "[" + String(repeating: element, count: 20_000) + "{}]"
    try listener.during {
      var reader = JSONReader(file: "a", bytes: Array(text.utf8))
      _ = try reader.readValue()
    }
    let shares = listener.shares(.reading)
    #expect(shares.count == text.utf8.count >> 18 && shares == shares.sorted())
  }

  /// A long line of a recording is no long work of its own.
  @Test func aLongRecordingReportsReadingAndReplaying() throws {
    let listener = Listener()
    let event = #"[0.001, "o", "0123456789012345678901234567890123456789\r\n"]"# + "\n"
    let long = #"[0.001, "o", "\#(String(repeating: "x", count: 1 << 19))"]"# + "\n"
    let cast =
      #"{"version": 3, "term": {"cols": 20, "rows": 5}}"# + "\n" + long
      + String(repeating: event, count: 8000) + long
    let frames =
      "#visualizer-frames 1 cols=9 rows=1\n"
      + String(repeating: "=== frame 0 t=1.000\n|abc\n", count: 30_000)
    try listener.during { _ = try ReplayFile.read(Array(cast.utf8), file: "a.cast") }
    for phase in [LongWork.Phase.reading, .replaying] {
      let shares = listener.shares(phase)
      #expect(shares.count > 1 && shares == shares.sorted() && shares.last ?? 0 > 0.5, "\(phase)")
    }
    let before = listener.shares(.reading).count
    try listener.during { _ = try ReplayFile.read(Array(frames.utf8), file: "a.frames") }
    #expect(listener.shares(.reading).count == before + frames.utf8.count >> 18)
  }

  @Test func aLineSaysHowFarAndHowLong() {
    func line(
      _ share: Double, _ seconds: Double, columns: Int = 80, _ language: Language = .en,
      _ charset: Charset = .unicode
    ) -> String {
      ProgressText.line(
        .recording, share, seconds: seconds, columns: columns, language, charset)
    }
    #expect(line(0.5, 10) == "recording  ████████████░░░░░░░░░░░░  50%  10 s left")
    #expect(line(0.25, 60).hasSuffix("25%  3 min 0 s left"))
    #expect(line(0.02, 200).hasSuffix("2%  2 h 43 min left"))
    #expect(line(0.5, 10, .zh).hasSuffix("50%  剩余 10 秒"))
    #expect(line(0, 10).hasSuffix("░  0%"), "nothing can be said yet of what is left")
    #expect(line(0.5, 10, .en, .ascii).contains("############::::::::::::"))
    #expect(line(2, 1).contains("100%") && line(-1, 1).contains(" 0%"))
    for columns in [0, 1, 20, 40] {
      #expect(GlyphWidth.of(line(0.5, 10, columns: columns)) <= columns)
    }
  }
}
