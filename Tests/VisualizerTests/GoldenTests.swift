import Glibc
import Models
import Testing

@testable import Visualizer

/// A frame that is kept as a picture: chosen by what happens in it, not by its number.
struct GoldenFrame: CustomTestStringConvertible {
  var scenario: String
  var event: String
  /// Which of the steps with this event, from the start, or the last.
  var isLast = false
  var progress = 1.0
  var size = Size.middle
  var language = Language.en
  var charset = Charset.unicode

  var testDescription: String {
    let look = charset == .ascii ? "ascii" : language.rawValue
    return "\(scenario).\(event)\(isLast ? "-last" : "").\(size.columns)x\(size.rows).\(look)"
  }

  static let all: [GoldenFrame] = [
    GoldenFrame(scenario: "map-lookup", event: "keyFound", isLast: true, size: .small),
    GoldenFrame(scenario: "map-lookup", event: "keyFound", isLast: true),
    GoldenFrame(scenario: "map-lookup", event: "keyFound", isLast: true, language: .zh),
    GoldenFrame(
      scenario: "map-lookup", event: "tophashCompared", isLast: true, size: .small, charset: .ascii),
    GoldenFrame(scenario: "map-growth", event: "growthStarted"),
    GoldenFrame(scenario: "map-growth", event: "keyMoved", progress: 0.5, size: .small),
    GoldenFrame(scenario: "map-growth", event: "keyMoved", progress: 0.5),
    GoldenFrame(scenario: "map-growth", event: "keyMoved", progress: 0.5, language: .zh),
    GoldenFrame(scenario: "map-growth", event: "keyMoved", progress: 0.5, charset: .ascii),
    GoldenFrame(scenario: "map-growth", event: "growthFinished", size: .small, language: .zh),
    GoldenFrame(scenario: "map-growth-go", event: "bucketEvacuated"),
    GoldenFrame(scenario: "map-growth-go", event: "evacuationStarted", size: .small, language: .zh),
    GoldenFrame(scenario: "map-growth-go", event: "keyFound", charset: .ascii),
    GoldenFrame(scenario: "map-overflow", event: "overflowAllocated"),
    GoldenFrame(scenario: "map-overflow", event: "overflowFollowed", language: .zh),
    GoldenFrame(scenario: "map-overflow", event: "emptyRestSpread", size: .small),
    GoldenFrame(scenario: "map-same-size", event: "chapter"),
    GoldenFrame(scenario: "map-same-size", event: "growthStarted", language: .zh),
    GoldenFrame(scenario: "map-same-size", event: "keyMoved", progress: 0.5, size: .small),
    GoldenFrame(scenario: "map-same-size", event: "growthFinished", size: .small, charset: .ascii),
    GoldenFrame(scenario: "malloc-three-levels", event: "spanMoved", progress: 0.5),
    GoldenFrame(
      scenario: "malloc-three-levels", event: "spanMoved", size: .small, language: .zh),
    GoldenFrame(scenario: "malloc-layout-notes", event: "runSplit", progress: 0.5),
    GoldenFrame(scenario: "malloc-layout-notes", event: "runsMerged", isLast: true, size: .small),
    GoldenFrame(scenario: "malloc-sweep", event: "spanSwept", language: .zh),
    GoldenFrame(
      scenario: "malloc-two-workers", event: "pageCacheFilled", isLast: true, size: .small,
      charset: .ascii),
    GoldenFrame(scenario: "memory-top", event: "pagesScavenged", size: .small),
    GoldenFrame(scenario: "memory-top", event: "spanFreed", language: .zh),
  ]

  func draw() throws -> Canvas {
    let show = try Shows.open(scenario)
    let steps = (0..<show.stepCount).filter { show.record(ofStep: $0).event == event }
    let step = try #require(isLast ? steps.last : steps.first, "no \(event) in \(scenario)")
    return show.frame(
      step, progress: progress, Look(size: size, language: language, charset: charset))
  }
}

/// The pictures in Golden/; `UPDATE_GOLDEN=1` draws them anew.
@Suite struct GoldenTests {
  private static let isUpdating = getenv("UPDATE_GOLDEN").map { String(cString: $0) } == "1"

  @Test(arguments: GoldenFrame.all)
  func frameIsAsItWas(_ frame: GoldenFrame) throws {
    let text = try frame.draw().text
    let path = "\(TestFiles.golden)/\(frame.testDescription).txt"
    if Self.isUpdating {
      try TestFiles.write(path, Array(text.utf8))
      return
    }
    let bytes = try #require(
      TestFiles.read(path), "no picture yet; run the tests with UPDATE_GOLDEN=1")
    let golden = String(decoding: bytes, as: UTF8.self)
    if golden != text { Issue.record("\(difference(golden, text))") }
  }

  @Test func noPictureIsLeftOver() throws {
    let names = GoldenFrame.all.map { $0.testDescription + ".txt" }
    #expect(Set(names).count == names.count)
    if !Self.isUpdating { #expect(try TestFiles.names(in: TestFiles.golden) == names.sorted()) }
  }

  @Test func differencesPointAtTheFirstColumn() {
    #expect(
      difference("same\n中文 a\n", "same\n中文 b\n").description == """
        row 1
        was: 中文 a
        now: 中文 b
                  ^
        """)
  }

  /// The rows that differ, with a caret under the first column that does.
  private func difference(_ golden: String, _ now: String) -> Comment {
    let old = golden.split(separator: "\n", omittingEmptySubsequences: false)
    let new = now.split(separator: "\n", omittingEmptySubsequences: false)
    var report: [String] = []
    for row in 0..<max(old.count, new.count) {
      let (was, is_) = (row < old.count ? old[row] : "", row < new.count ? new[row] : "")
      if was == is_ { continue }
      let common = zip(was, is_).prefix { $0.0 == $0.1 }.map { String($0.0) }.joined()
      report += ["row \(row)", "was: \(was)", "now: \(is_)"]
      report.append(String(repeating: " ", count: 5 + GlyphWidth.of(common)) + "^")
    }
    return Comment(rawValue: report.joined(separator: "\n"))
  }
}
