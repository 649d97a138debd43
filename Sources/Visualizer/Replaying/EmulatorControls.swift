/// What control characters and sequences do.
///
/// Source: ECMA-48, section 8.3; the VT100 and VT220 manuals; "XTerm Control Sequences" for the
/// private modes.
extension Emulator {
  /// A control character of the lower half; those without effect on the screen are read over.
  mutating func control(_ value: UInt32) {
    switch value {
    case 0x08: move(toColumn: column - 1, row: row)
    case 0x09: tab(1)
    case 0x0a, 0x0b, 0x0c: lineFeed()
    case 0x0d: move(toColumn: 0, row: row)
    case 0x0e: charset = 1
    case 0x0f: charset = 0
    default: break
    }
  }

  private mutating func lineFeed() {
    index()
    if modes.contains(.returnsOnLineFeed) { move(toColumn: 0, row: row) }
  }

  /// ESC and a character, with what may stand in between.
  mutating func escape(_ final: UInt8, intermediate: UInt8) {
    let set = [UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "*"), UInt8(ascii: "+")]
      .firstIndex(of: intermediate)
    if let set {
      drawsLines[set] = final == UInt8(ascii: "0")
      return
    }
    switch (intermediate, Unicode.Scalar(final)) {
    case (UInt8(ascii: "#"), "8"): fillWithE()
    case (0, "7"): saveCursor()
    case (0, "8"): restoreCursor()
    case (0, "D"): index()
    case (0, "E"):
      move(toColumn: 0, row: row)
      index()
    case (0, "H"): setTab(true)
    case (0, "M"): reverseIndex()
    case (0, "c"): reset()
    case (0, "n"): charset = 2
    case (0, "o"): charset = 3
    default: break
    }
  }

  /// A control sequence: ESC [, parameters, and this character.
  mutating func sequence(_ final: UInt8) {
    let parameters = parser.parameters
    switch (parser.marker, parser.intermediate) {
    case (0, 0):
      if !moving(final, parameters), !editing(final, parameters) { setting(final, parameters) }
    case (UInt8(ascii: "?"), 0):
      switch Unicode.Scalar(final) {
      case "J": eraseScreen(parameters[0] ?? 0)
      case "K": eraseLine(parameters[0] ?? 0)
      case "h", "l":
        for index in 0..<parameters.count {
          setPrivateMode(parameters[index] ?? 0, final == UInt8(ascii: "h"))
        }
      default: break
      }
    case (0, UInt8(ascii: "!")): if final == UInt8(ascii: "p") { resetSoftly() }
    default: break
    }
  }

  private mutating func moving(_ final: UInt8, _ parameters: Parser.Parameters) -> Bool {
    let count = parameters.count(at: 0)
    switch Unicode.Scalar(final) {
    case "A": move(down: -count)
    case "B", "e": move(down: count)
    case "C", "a": move(toColumn: column + count, row: row)
    case "D": move(toColumn: column - count, row: row)
    case "E":
      move(down: count)
      move(toColumn: 0, row: row)
    case "F":
      move(down: -count)
      move(toColumn: 0, row: row)
    case "G", "`": move(toColumn: count - 1, row: row)
    case "H", "f": move(toRow: count - 1, column: parameters.count(at: 1) - 1)
    case "I": tab(count)
    case "Z": tabBack(count)
    case "d": move(toRow: count - 1, column: column)
    case "s": saveCursor()
    case "u": restoreCursor()
    default: return false
    }
    return true
  }

  private mutating func editing(_ final: UInt8, _ parameters: Parser.Parameters) -> Bool {
    let count = parameters.count(at: 0)
    switch Unicode.Scalar(final) {
    case "@": insertBlanks(count)
    case "J": eraseScreen(parameters[0] ?? 0)
    case "K": eraseLine(parameters[0] ?? 0)
    case "L": insertLines(count)
    case "M": deleteLines(count)
    case "P": deleteCharacters(count)
    case "S": scrollUp(count)
    case "T" where parameters.count == 1: scrollDown(count)
    case "X":
      erase(column..<column + count, ofRow: row)
      wrapsNext = false
    case "b": repeatLast(count)
    default: return false
    }
    return true
  }

  private mutating func setting(_ final: UInt8, _ parameters: Parser.Parameters) {
    switch Unicode.Scalar(final) {
    case "g":
      if parameters[0] ?? 0 == 0 { setTab(false) } else if parameters[0] == 3 { clearTabs() }
    case "h", "l":
      for index in 0..<parameters.count {
        switch parameters[index] {
        case 4: set(.inserts, final == UInt8(ascii: "h"))
        case 20: set(.returnsOnLineFeed, final == UInt8(ascii: "h"))
        default: break
        }
      }
    case "m": pen.select(parameters)
    case "r":
      let bottom = parameters[1] ?? 0
      setMargins(
        top: parameters.count(at: 0) - 1, bottom: bottom == 0 ? size.rows - 1 : bottom - 1)
    default: break
    }
  }

  private mutating func set(_ mode: Modes, _ isOn: Bool) {
    if isOn { modes.insert(mode) } else { modes.remove(mode) }
  }

  private mutating func setPrivateMode(_ mode: Int, _ isOn: Bool) {
    switch mode {
    case 5: set(.isReversed, isOn)
    case 6:
      set(.countsFromMargin, isOn)
      move(toRow: 0, column: 0)
    case 7:
      set(.wraps, isOn)
      if !isOn { wrapsNext = false }
    case 25: set(.showsCursor, isOn)
    case 47, 1047: showAlternateScreen(isOn)
    case 1048: if isOn { saveCursor() } else { restoreCursor() }
    case 1049:
      if isOn { saveCursor() }
      showAlternateScreen(isOn)
      if !isOn { restoreCursor() }
    default: break
    }
  }

  private mutating func eraseScreen(_ part: Int) {
    switch part {
    case 0:
      erase(column..<size.columns, ofRow: row)
      erase(rows: row + 1..<size.rows)
    case 1:
      erase(rows: 0..<row)
      erase(0..<column + 1, ofRow: row)
    case 2: erase(rows: 0..<size.rows)
    default: return
    }
    wrapsNext = false
  }

  private mutating func eraseLine(_ part: Int) {
    switch part {
    case 0: erase(column..<size.columns, ofRow: row)
    case 1: erase(0..<column + 1, ofRow: row)
    case 2: erase(0..<size.columns, ofRow: row)
    default: return
    }
    wrapsNext = false
  }
}
