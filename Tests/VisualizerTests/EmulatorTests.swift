import Models
import Testing

@testable import Visualizer

/// The terminal in memory, sequence by sequence; what is expected is what xterm shows.
@Suite struct EmulatorTests {
  private func screen(_ text: String, columns: Int = 10, rows: Int = 4) -> Emulator {
    var emulator = Emulator(Size(columns: columns, rows: rows))
    emulator.feed(Array(text.utf8)[...])
    return emulator
  }

  /// The rows of the screen, without blanks at their ends and without empty rows at the end.
  private func rows(_ emulator: Emulator) -> [String] {
    var rows = (0..<emulator.size.rows).map { emulator.picture.canvas.text(row: $0) }
    while rows.last == "" { rows.removeLast() }
    return rows
  }

  @Test(
    arguments: [
      // Writing and wrapping: the line is broken by the character that has no room, not by the last.
      ("0123456789", ["0123456789"]), ("0123456789a", ["0123456789", "a"]),
      ("0123456789\r\nb", ["0123456789", "b"]), ("\u{1b}[?7l0123456789ab", ["012345678b"]),
      ("a\nb\u{8}\u{8}c\td", ["a", "cb      d"]),
      ("1\r\n2\r\n3\r\n4\r\n5", ["2", "3", "4", "5"]),
      // Places.
      ("\u{1b}[2;3Hx\u{1b}[99;99Hy", ["", "  x", "", "         y"]),
      ("abc\u{1b}[2Dx\u{1b}[Cy\u{1b}[By\u{1b}[5G5\u{1b}[3d3", ["axcy", "    5", "     3"]),
      ("ab\u{1b}7\u{1b}[4;4H\u{1b}[31mz\u{1b}8c", ["abc", "", "", "   z"]),
      // Erasing.
      ("abcdef\u{1b}[3D\u{1b}[K", ["abc"]), ("abcdef\u{1b}[3D\u{1b}[1K", ["    ef"]),
      ("a\r\nb\r\nc\u{1b}[2;1H\u{1b}[J", ["a"]),
      ("a\r\nb\r\nc\u{1b}[2;1H\u{1b}[1J", ["", "", "c"]),
      ("abcdef\r\u{1b}[2X", ["  cdef"]),
      // Inserting and deleting.
      ("abcdef\r\u{1b}[2@", ["  abcdef"]), ("abcdef\r\u{1b}[2P", ["cdef"]),
      ("a\r\nb\r\nc\u{1b}[2;2H\u{1b}[Lx", ["a", "x", "b", "c"]),
      ("a\r\nb\r\nc\u{1b}[2;1H\u{1b}[M", ["a", "c"]),
      ("abc\r\u{1b}[4hxy\u{1b}[4lz", ["xyzbc"]),
      // Margins: only what is between them scrolls.
      ("a\r\nb\r\nc\r\nd\u{1b}[2;3r\u{1b}[3;1H\nx", ["a", "c", "x", "d"]),
      ("a\r\nb\r\nc\r\nd\u{1b}[2;3r\u{1b}[2;1H\u{1b}My", ["a", "y", "b", "d"]),
      ("a\r\nb\r\nc\u{1b}[S", ["b", "c"]), ("a\r\nb\r\nc\u{1b}[T", ["", "a", "b", "c"]),
      ("\u{1b}[2;3r\u{1b}[?6h\u{1b}[1;1Hx\u{1b}[9;1Hy", ["", "x", "y"]),
      ("a\u{1b}[3;2rb", ["ab"]),
      // The alternate screen leaves the main one as it was.
      ("main\u{1b}[?1049halternate\u{1b}[?1049l!", ["main!"]),
      ("main\u{1b}[?1049h", []),
      // Wide characters own two columns; half of one is none.
      ("中文", ["中文"]), ("中文\u{1b}[2Gx", [" x文"]), ("012345678中", ["012345678", "中"]),
      ("中文\u{1b}[3G\u{1b}[K", ["中"]), ("中文\r\u{1b}[P", [" 文"]), ("中文\u{1b}[3G\u{1b}[@", ["中 文"]),
      // Boxes, repeating, tabs, adjusting.
      ("\u{1b}(0lqk\u{1b}(B q", ["┌─┐ q"]), ("\u{e}q\u{1b})0q\u{f}q", ["q─q"]),
      ("a\u{1b}[3b", ["aaaa"]), ("\u{1b}[3g\ta", ["         a"]),
      ("\u{1b}[3g\u{1b}[4G\u{1b}H\r\tx", ["   x"]),
      ("\u{1b}#8\u{1b}[2;1H\u{1b}[J", ["EEEEEEEEEE"]), ("ab\u{1b}cd", ["d"]),
      // The eight-bit forms of the same.
      ("a\u{9b}2;2Hb\u{85}c", ["a", " b", "c"]),
    ] as [(String, [String])])
  func sequences(_ text: String, _ expected: [String]) {
    #expect(rows(screen(text)) == expected)
  }

  @Test(arguments: [
    "\u{1b}]0;a title\u{7}", "\u{1b}]52;c;aGVsbG8=\u{1b}\\", "\u{1b}P1$r0m\u{1b}\\", "\u{1b}[6n",
    "\u{1b}[c", "\u{1b}[>c", "\u{1b}[5i", "\u{1b}_Ga=T;AAAA\u{1b}\\", "\u{1b}^pm\u{1b}\\", "\u{7}",
    "\u{1b}[?2026h", "\u{1b}[>4;1m", "\u{1b}[ q", "\u{1b}[22;0;0t", "\u{1b}[?1000;1006h",
    "\u{1b}]8;;http://a.example/\u{1b}\\", "\u{9d}0;title\u{9c}", "\u{1b}%G", "\u{0}\u{5}",
    "\u{1b}[12\u{18}", "\u{200b}\u{200e}\u{202e}\u{2066}\u{feff}", "\u{301}", "\u{1b}]0;中”\u{7}",
    "\u{1b}[8;500;500t", "\u{1b}[?3h", "\u{1b}[1;2;3;4;5;6;7;8;9;10;11;12;13;14;15;16;17;18;19y",
  ])
  func whatIsNotForTheScreenLeavesItAsItIs(_ text: String) {
    let plain = screen("ab\u{1b}[3;3H").picture
    let other = screen("ab" + text + "\u{1b}[3;3H").picture
    #expect(other == plain)
  }

  @Test func stylesAreKept() {
    func cell(_ select: String) -> Cell { screen("\u{1b}[\(select)mx").rows[0][0] }
    #expect(cell("1;4;7").attributes == [.bold, .underline, .reverse])
    #expect(cell("1;4;7;22;24;27").attributes == [])
    #expect(cell("31").foreground == PaletteColour(1) && cell("31").ground == .own)
    #expect(cell("97;100").foreground == PaletteColour(15))
    #expect(cell("97;100").ground == PaletteColour(8))
    #expect(cell("38;5;208;48;5;17").foreground == PaletteColour(208))
    #expect(cell("38;5;208;48;5;17").ground == PaletteColour(17))
    #expect(cell("38;2;255;0;0").foreground == PaletteColour(196))
    #expect(cell("38:2::255:0:0").foreground == PaletteColour(196))
    #expect(cell("38:2:255:0:0;1").attributes == .bold)
    #expect(cell("48;2;8;8;8").ground == PaletteColour(232))
    #expect(cell("58;5;1;4").foreground == .own && cell("58;5;1;4").attributes == .underline)
    #expect(cell("4:0").attributes == [] && cell("4:3").attributes == .underline)
    #expect(cell("2").role == .dim && cell("8").scalar == 0x20)
    #expect(cell("38;5;999").foreground == .own)
    #expect(MemoryLayout<Cell>.stride == 8)
    // Erased cells take the ground along.
    #expect(screen("\u{1b}[44m\u{1b}[2J").rows[3][9].ground == PaletteColour(4))
  }

  @Test(arguments: 1...5) func bytesMayBeSplitAnywhere(_ seed: UInt64) {
    let bytes = Array(
      "a中\u{1b}[31;1mb→\u{1b}]0;t中\u{7}\u{1b}[2;3H文\u{1b}(0q\u{1b}(B😀\u{1b}[?25lz".utf8)
    var whole = Emulator(Size(columns: 20, rows: 4))
    whole.feed(bytes[...])
    var parts = Emulator(Size(columns: 20, rows: 4))
    var random = SplitMix64(seed: seed)
    var start = 0
    while start < bytes.count {
      let end = min(bytes.count, start + Int.random(in: 1...3, using: &random))
      parts.feed(bytes[start..<end])
      start = end
    }
    #expect(parts.picture == whole.picture)
    #expect(rows(whole)[1] == "  文─😀z")
  }

  @Test func whatIsNoUTF8BecomesAReplacement() {
    var emulator = Emulator(Size(columns: 10, rows: 1))
    emulator.feed([0x61, 0xff, 0xc3, 0x62, 0xed, 0xa0, 0x80, 0xe4, 0xb8])
    #expect(rows(emulator) == ["a\u{fffd}\u{fffd}b\u{fffd}"])
  }

  @Test func anotherSizeKeepsTheCursorsLine() {
    var emulator = screen("1\r\n2\r\n3\r\n4中")
    emulator.resize(to: Size(columns: 2, rows: 2))
    #expect(rows(emulator) == ["3", "4"])
    emulator.resize(to: Size(columns: 6, rows: 3))
    emulator.feed(Array("xyz".utf8)[...])
    #expect(rows(emulator) == ["3", "4xyz"])
  }

  /// Whatever number a sequence is given, it costs no more than the screen is large.
  @Test func giganticNumbersAreTamed() {
    var emulator = Emulator(Emulator.largest)
    for final in "@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu" {
      emulator.feed(Array("x\u{1b}[999999999999999999999\(final)".utf8)[...])
      emulator.feed(Array("\u{1b}[;99999999999999\(final)".utf8)[...])
    }
    #expect(emulator.rows.count == 500 && emulator.rows.allSatisfy { $0.count == 1000 })
  }

  /// Random sequences never leave the screen in a state that cannot be drawn.
  @Test(arguments: 1...4) func randomSequencesKeepTheScreenWhole(_ seed: UInt64) {
    var random = SplitMix64(seed: seed)
    var emulator = Emulator(Size(columns: 7, rows: 3))
    let words = [
      "\u{1b}", "[", "?", ";", "1", "4", "9", "中", "x", "\n", "\r", "\t", "\u{1b}[?1049h",
    ]
    let finals = "@ABCDEFGHIJKLMPSTXZ`abdefghlmrsu78cHM]\\".map(String.init)
    for turn in 0..<1_500 {
      var text = ""
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        text += words.randomElement(using: &random) ?? ""
      }
      text += "\u{1b}[\(Int.random(in: 0...9, using: &random))"
      emulator.feed(Array((text + (finals.randomElement(using: &random) ?? "")).utf8)[...])
      if turn % 50 == 0 {
        let size = Size(
          columns: Int.random(in: 1...9, using: &random),
          rows: Int.random(in: 1...5, using: &random))
        emulator.resize(to: size)
      }
      let isWhole = emulator.rows.allSatisfy { row in
        row.count == emulator.size.columns
          && row.indices.allSatisfy { column in
            switch row[column].width {
            case 2: column + 1 < row.count && row[column + 1].width == 0
            case 0: column > 0 && row[column - 1].width == 2
            default: Unicode.Scalar(row[column].scalar).map(VisibleText.isHarmless) ?? false
            }
          }
      }
      #expect(isWhole && emulator.rows.count == emulator.size.rows)
      guard isWhole else { return }
      #expect((0..<emulator.size.columns).contains(emulator.column))
      #expect((0..<emulator.size.rows).contains(emulator.row))
      _ = emulator.picture.canvas
    }
  }
}
