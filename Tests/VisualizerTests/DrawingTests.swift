import Models
import Testing

@testable import Visualizer

@Suite struct VisibleTextTests {
  @Test(
    arguments: [
      ("plain text", "plain text"), ("中文 é ─▶", "中文 é ─▶"), ("", ""),
      ("a\u{1b}[2Jb", "a\\x1b[2Jb"), ("\u{7}\n\r\t\0", "\\x07\\x0a\\x0d\\x09\\x00"),
      ("\u{7f}\u{9b}31m", "\\x7f\\x9b31m"), ("a\u{202e}b\u{200b}", "a\\u{202e}b\\u{200b}"),
      ("\u{feff}\u{e0001}\u{ad}", "\\u{feff}\\u{e0001}\\xad"),
    ])
  func whatATerminalWouldActUponIsSpelledOut(_ text: String, _ wanted: String) {
    #expect(VisibleText.escape(text) == wanted)
    #expect(VisibleText.escape(wanted) == wanted)
  }
}

@Suite struct GlyphWidthTests {
  @Test(
    arguments: [
      ("a", 1), ("é", 1), ("中", 2), ("。", 2), ("（", 2), ("─", 1), ("▶", 1), ("…", 1), ("·", 1),
      ("●", 1), ("😀", 2), ("e\u{301}", 1), ("한", 2), ("ｱ", 1), ("Ａ", 2), ("map 扩容", 8), ("", 0),
    ])
  func columnsOfAText(_ text: String, _ width: Int) { #expect(GlyphWidth.of(text) == width) }
}

@Suite struct TextLayoutTests {
  @Test func fitCutsWithAMarkAndNeverHalvesAWideCharacter() {
    #expect(TextLayout.fit("buckets", columns: 7) == "buckets")
    #expect(TextLayout.fit("buckets", columns: 6) == "bucke…")
    #expect(TextLayout.fit("扩容中", columns: 5) == "扩容…")
    #expect(TextLayout.fit("扩容中", columns: 4) == "扩…")
    #expect(TextLayout.fit("abc", columns: 1) == "…")
    #expect(TextLayout.fit("abc", columns: 0) == "" && TextLayout.fit("abc", columns: -3) == "")
  }

  @Test func padsToColumnsNotToCharacters() {
    #expect(TextLayout.pad("中", columns: 4) == "中  ")
    #expect(TextLayout.padLeft("中", columns: 4) == "  中")
    #expect(TextLayout.pad("中文字", columns: 4) == "中… ")
  }

  @Test func wrapsLatinAtBlanksAndChineseBetweenCharacters() {
    #expect(TextLayout.wrap("one two three", columns: 7) == ["one two", "three"])
    #expect(TextLayout.wrap("one two three", columns: 8) == ["one two", "three"])
    #expect(TextLayout.wrap("一二三四五", columns: 4) == ["一二", "三四", "五"])
    #expect(TextLayout.wrap("一二。三", columns: 4) == ["一", "二。", "三"])
    #expect(TextLayout.wrap("abcdefgh", columns: 3) == ["abc", "def", "gh"])
    #expect(TextLayout.wrap("", columns: 5) == [] && TextLayout.wrap("a", columns: 0) == [])
  }

  /// No line is too wide, nothing is lost, and no word that fits a line is broken.
  @Test func wrappingLosesNothingAndBreaksNoWord() {
    var random = SplitMix64(seed: 8)
    let words = ["a", "bucket", "evacuation", "map", "扩容", "旧桶。", "（新）", "tophash,", "0b1001"]
    for _ in 0..<500 {
      let text = (0..<Int.random(in: 1...20, using: &random)).map { _ in
        words.randomElement(using: &random) ?? ""
      }.joined(separator: Bool.random(using: &random) ? " " : "")
      let columns = Int.random(in: 2...40, using: &random)
      let lines = TextLayout.wrap(text, columns: columns)
      #expect(lines.allSatisfy { GlyphWidth.of($0) <= columns })
      #expect(
        lines.joined().filter { $0 != " " } == text.filter { $0 != " " }, "\(text) at \(columns)")
      let isLatin = text.utf8.allSatisfy { $0 < 0x80 }
      if isLatin, text.split(separator: " ").allSatisfy({ $0.count <= columns }) {
        #expect(lines.joined(separator: " ") == text)
      }
    }
  }
}

@Suite struct CanvasTests {
  private func canvas(_ columns: Int = 10, _ rows: Int = 3) -> Canvas {
    Canvas(Size(columns: columns, rows: rows))
  }

  @Test func putReturnsTheColumnBehindTheTextClippedOrNot() {
    var canvas = canvas()
    #expect(canvas.put("map", 2, 1) == 5)
    #expect(canvas.put("扩容", 8, 0) == 12)
    #expect(canvas.put("x", 0, 99) == 1)
    #expect(canvas.text == "        扩\n  map\n\n")
  }

  @Test(arguments: [4, 5])
  func overwritingEitherHalfOfAWideCharacterBlanksTheOther(_ column: Int) {
    var canvas = canvas()
    canvas.put("中", 4, 0)
    canvas.put("x", column, 0)
    #expect(canvas.text(row: 0) == (column == 4 ? "    x" : "     x"))
    #expect(canvas[column == 4 ? 5 : 4, 0].scalar == 0x20)
    #expect((0..<10).allSatisfy { canvas[$0, 0].width == 1 })
  }

  @Test func aWideCharacterOverAnotherLeavesNoHalf() {
    var canvas = canvas()
    canvas.put("中中", 2, 0)
    canvas.put("文", 3, 0)
    #expect(canvas.text(row: 0) == "   文")
    #expect((0..<10).map { canvas[$0, 0].width } == [1, 1, 1, 2, 0, 1, 1, 1, 1, 1])
  }

  @Test func aWideCharacterAcrossAnEdgeIsNotDrawnInHalves() {
    var canvas = canvas()
    canvas.put("中", 9, 0)
    canvas.put("中", -1, 1)
    canvas.clipped(to: Rect(x: 2, y: 2, width: 3, height: 1)) { $0.put("中中中", 1, 2) }
    #expect(
      (0..<3).allSatisfy { row in (0..<10).allSatisfy { canvas[$0, row].width != 0 || row == 2 } })
    #expect(canvas.text == "\n\n   中\n")
  }

  @Test func clippedDrawingStaysInside() {
    var canvas = canvas()
    canvas.clipped(to: Rect(x: 3, y: 1, width: 2, height: 1)) { canvas in
      for row in -2...5 { canvas.put("abcdefghijklmnop", -3, row) }
      canvas.clipped(to: Rect(x: 0, y: 0, width: 4, height: 9)) { $0.fill($0.bounds, "#") }
    }
    #expect(canvas.text == "\n   #h\n\n")
    #expect(canvas.clip == canvas.bounds)
  }

  @Test func whatATerminalWouldActUponBecomesAQuestionMark() {
    var canvas = canvas()
    canvas.put("a\u{1b}\n\u{202e}b", 0, 0)
    canvas.put("e\u{301}x", 0, 1)
    #expect(canvas.text == "a???b\nex\n\n")
  }

  @Test func asciiHasNoWideCharacterAndTheSameColumns() {
    var canvas = canvas()
    canvas.box(canvas.bounds, title: "中x")
    canvas.put("▶中…é", 1, 1)
    canvas.reduceToASCII()
    #expect(canvas.text.utf8.allSatisfy { $0 < 0x80 })
    #expect(canvas.text(row: 1) == "|>??~?   |")
    #expect(canvas.text(row: 0) == "+ ??x ---+")
  }

  /// Any drawing leaves every wide left half with its right half, and none alone.
  @Test func randomDrawingKeepsHalvesTogether() {
    var random = SplitMix64(seed: 12)
    var canvas = canvas(24, 6)
    for _ in 0..<4000 {
      let x = Int.random(in: -4...26, using: &random)
      let y = Int.random(in: -2...7, using: &random)
      let area = Rect(
        x: x, y: y, width: Int.random(in: -1...9, using: &random),
        height: Int.random(in: -1...4, using: &random))
      switch Int.random(in: 0..<5, using: &random) {
      case 0: canvas.put("扩a容", x, y)
      case 1: canvas.put("xy", x, y)
      case 2: canvas.clipped(to: area) { $0.put("桶桶桶桶", x - 1, y) }
      case 3: canvas.fill(area, "·")
      default: canvas.box(area, title: "桶 title")
      }
    }
    for row in 0..<6 {
      for column in 0..<24 {
        if canvas[column, row].width == 2 {
          #expect(column < 23 && canvas[column + 1, row].width == 0)
        }
        if canvas[column, row].width == 0 {
          #expect(column > 0 && canvas[column - 1, row].width == 2)
        }
      }
    }
    for columns in 1...24 {
      let cut = canvas.resized(to: Size(columns: columns, rows: 6))
      #expect((0..<6).allSatisfy { cut[columns - 1, $0].width != 2 })
    }
  }
}

@Suite struct DestinationTests {
  @Test func everyWayToNameAPlaceIsUnderstood() throws {
    let show = try Shows.open("map-growth")
    let last = show.stepCount - 1
    #expect(Destination.step("0", in: show) == 0)
    #expect(Destination.step(" \(last) ", in: show) == last)
    #expect(Destination.step("\(last + 1)", in: show) == nil)
    #expect(Destination.step("-1", in: show) == nil)
    #expect(Destination.step("last", in: show) == last)
    #expect(Destination.step("0%", in: show) == 0 && Destination.step("100%", in: show) == last)
    #expect(Destination.step("50%", in: show) == Int((Double(last) / 2).rounded()))
    #expect(Destination.step("101%", in: show) == nil && Destination.step("%", in: show) == nil)
    #expect(Destination.step("1m2s", in: show) == show.step(atTime: 62_000))
    #expect(Destination.step("9999m", in: show) == last)
    #expect(Destination.step("99999999999999999999m", in: show) == nil)
    let chapter = show.chapters[1]
    #expect(Destination.step(chapter.title.en.uppercased(), in: show) == chapter.step)
    #expect(Destination.step(chapter.title.zh, in: show) == chapter.step)
    for nonsense in ["", "  ", "no such place", "5x", "1e9%", "\u{1b}"] {
      #expect(Destination.step(nonsense, in: show) == nil, "\(nonsense)")
    }
  }
}

@Suite struct KeymapTests {
  @Test func noKeyHasTwoMeanings() {
    let keys = Keymap.entries.flatMap(\.keys)
    #expect(Set(keys).count == keys.count)
    for digit in 0...9 {
      #expect(Keymap.command(for: .character(Unicode.Scalar(UInt8(0x30 + digit)))) == .digit(digit))
    }
    #expect(Keymap.command(for: .character("Z")) == nil)
  }
}
