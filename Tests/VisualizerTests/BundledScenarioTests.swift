import Models
import Testing

@testable import Visualizer

/// What every bundled scenario owes its viewers.
@Suite struct BundledScenarioTests {
  /// Two lines of the narration in a window of 80 columns.
  private static let longestSentence = 156

  @Test(arguments: Shows.bundled)
  func aScenarioHasChaptersAndTitlesInBothLanguages(_ name: String) throws {
    let show = try Shows.open(name)
    #expect((4...8).contains(show.chapters.count))
    #expect(show.chapters.first?.step == 0)
    for text in [show.title] + show.chapters.map(\.title) {
      #expect(!text.en.isEmpty && text.en.utf8.allSatisfy { $0 < 0x80 })
      #expect(!text.zh.isEmpty)
    }
    // A chapter may be called by a technical word, which stays as it is; not the whole scenario.
    #expect(show.title.zh.unicodeScalars.contains { GlyphWidth.of($0) == 2 })
    #expect(show.chapters.contains { $0.title.zh != $0.title.en })
  }

  @Test(arguments: Shows.bundled)
  func everyStepHasASentenceInBothLanguages(_ name: String) throws {
    let show = try Shows.open(name)
    for step in 0..<show.stepCount {
      let en = show.narration(ofStep: step, .en).text
      let zh = show.narration(ofStep: step, .zh).text
      #expect(!en.isEmpty && en.count <= Self.longestSentence, "step \(step), \(en.count): \(en)")
      let isWritable = en.unicodeScalars.allSatisfy {
        $0.isASCII || Charset.asciiStandIn($0.value) != 0x3f
      }
      #expect(isWritable, "step \(step): \(en)")
      #expect(!zh.isEmpty && GlyphWidth.of(zh) <= Self.longestSentence, "step \(step): \(zh)")
      #expect(zh.unicodeScalars.contains { GlyphWidth.of($0) == 2 }, "step \(step): \(zh)")
      #expect((en + zh).unicodeScalars.allSatisfy(VisibleText.isHarmless))
      for sentence in [en, zh] {
        #expect(!sentence.contains("  ") && !sentence.hasPrefix(" ") && !sentence.hasSuffix(" "))
        #expect(".。!?！？：:)）".contains(sentence.suffix(1)), "step \(step): \(sentence)")
      }
    }
  }

  /// The text of the narration's box, the lowest box of a frame.
  private func narrationBox(_ canvas: Canvas) throws -> String {
    let rows = (0..<canvas.size.rows).map { canvas.text(row: $0) }
    let top = try #require(rows.lastIndex { $0.hasPrefix("╭") })
    let bottom = try #require(rows.lastIndex { $0.hasPrefix("╰") })
    let lines = rows[top + 1..<bottom].flatMap { $0.dropFirst().dropLast().split(separator: " ") }
    return lines.joined(separator: " ")
  }

  /// At every size the whole sentence is in its box, no word cut.
  @Test(arguments: Shows.bundled, [Size.small, .middle, .large])
  func theNarrationIsShownWhole(_ name: String, _ size: Size) throws {
    let show = try Shows.open(name)
    // Larger windows have more room; a sample will do.
    for step in Shows.sample(show, size == .small ? 16 : 6) {
      for language in Language.allCases {
        let canvas = show.frame(step, progress: 1, Look(size: size, language: language))
        let shown = try narrationBox(canvas)
        let said = show.narration(ofStep: step, language).text
        if language == .en {
          #expect(shown == said, "step \(step)")
        } else {
          #expect(
            shown.filter { $0 != " " } == said.filter { $0 != " " }, "step \(step)")
        }
      }
    }
  }

  /// The same inputs give the same picture, in another show too; no row is wider than the window.
  @Test(arguments: Shows.bundled)
  func framesAreTheSameOnASecondRun(_ name: String) throws {
    let (first, second) = (try Shows.open(name), try Shows.open(name))
    for step in Shows.sample(first, 5).reversed() {
      for (look, progress) in [
        (Look(size: .small), 0.3), (Look(size: .middle, language: .zh), 0.5),
        (Look(size: .large, charset: .ascii), 1),
      ] {
        let canvas = first.frame(step, progress: progress, look)
        #expect(canvas == second.frame(step, progress: progress, look), "step \(step)")
        #expect(canvas == first.frame(step, progress: progress, look), "step \(step)")
        for row in 0..<canvas.size.rows {
          #expect(GlyphWidth.of(canvas.text(row: row)) <= look.size.columns)
        }
      }
    }
  }

  @Test(arguments: Shows.bundled)
  func asciiFramesHoldOnlySevenBits(_ name: String) throws {
    let show = try Shows.open(name)
    for step in Shows.sample(show, 20) {
      let canvas = show.frame(
        step, progress: Double(step % 3) / 2, Look(size: .small, charset: .ascii))
      #expect(canvas.text.utf8.allSatisfy { $0 == 0x0a || (0x20..<0x7f).contains($0) })
    }
  }

  /// Nothing traps and nothing is drawn broken, whatever the window.
  @Test(
    arguments: [
      (1, 1), (2, 1), (59, 16), (60, 15), (60, 16), (79, 24), (80, 23), (99, 30), (250, 80),
    ])
  func everySizeIsDrawn(_ columns: Int, _ rows: Int) throws {
    let size = Size(columns: columns, rows: rows)
    for name in Shows.bundled {
      let show = try Shows.open(name)
      for step in Shows.sample(show, 3) {
        for language in Language.allCases {
          for progress in [0.5, 1] {
            let canvas = show.frame(step, progress: progress, Look(size: size, language: language))
            #expect(canvas.size == size)
            if columns == 59 || rows == 15 { #expect(canvas.text.contains("60x16")) }
            if columns >= 60, rows >= 16 { #expect(canvas.text.contains("\(step)/")) }
          }
        }
      }
    }
  }

  /// The frame's own lines are there: title, chapters, keys.
  @Test(arguments: [Size.small, .middle, .large])
  func theFrameSaysWhereOneIs(_ size: Size) throws {
    for name in Shows.bundled {
      let show = try Shows.open(name)
      let last = show.stepCount - 1
      let canvas = show.frame(last, progress: 1, Look(size: size))
      #expect(canvas.text(row: 0).hasPrefix(" \(name)"))
      #expect(canvas.text(row: 0).contains("step \(last)/\(last)"))
      #expect(canvas.text(row: size.rows - 2).contains("●"))
      #expect(canvas.text(row: size.rows - 1).hasSuffix("? help"))
    }
  }

  /// The notes' example to the bit.
  @Test func theLastStepOfMapLookupShowsTheNotesExample() throws {
    let show = try Shows.open("map-lookup")
    for size in [Size.small, .middle, .large] {
      let text = show.frame(show.stepCount - 1, progress: 1, Look(size: size)).text
      for wanted in ["00110", "10010111", "151", "bucket 6", "slot 2"] {
        #expect(text.contains(wanted), "\(wanted) at \(size.columns)x\(size.rows)")
      }
    }
  }

  /// Between the start and the end of a growth every operation moves exactly two keys, the one that
  /// starts it none, the one that finishes it one or two; outside of a growth none moves.
  @Test func mapGrowthMovesTwoKeysAnOperation() throws {
    let show = try Shows.open("map-growth")
    var moved: [Int: Int] = [:]
    var (start, end) = (-1, -1)
    for step in 0..<show.stepCount {
      let record = show.record(ofStep: step)
      guard let operation = record.operation else { continue }
      moved[operation, default: 0] += record.event == "keyMoved" ? 1 : 0
      if record.event == "growthStarted" { start = operation }
      if record.event == "growthFinished" { end = operation }
    }
    #expect(start > 0 && end > start)
    for (operation, count) in moved {
      switch operation {
      case start: #expect([0, 2].contains(count))
      case end: #expect([1, 2].contains(count))
      case start..<end: #expect(count == 2, "operation \(operation)")
      default: #expect(count == 0, "operation \(operation)")
      }
    }
  }
}
