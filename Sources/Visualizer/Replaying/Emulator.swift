/// A terminal in memory: it takes the bytes of a recording and holds the screen that they make.
///
/// It understands what programs use on the terminals of today (xterm, and the VT100 and ECMA-48 behind
/// it), and nothing that it is sent goes anywhere but into its cells: questions are not answered,
/// titles, clipboards, pictures and whatever else it does not know are read over. Every operation
/// costs at most about as much as drawing one row, whatever number it is given.
///
/// Left out: what has scrolled away, breaking lines anew when the size changes, blinking, italics,
/// margins at left and right, combining marks, a single character of another character set (SS2, SS3).
struct Emulator {
  private(set) var size: Size
  /// The rows from the top, `size.columns` cells each; copies share the rows that did not change.
  private(set) var rows: [[Cell]]
  var column = 0
  var row = 0
  /// The last column has been written: the next character goes to the next line.
  var wrapsNext = false
  var pen = Pen()
  var modes: Modes = [.wraps, .showsCursor]
  /// The first and the last row that scroll.
  private(set) var top = 0
  private(set) var bottom: Int
  /// Whether the four character sets are that of line drawing, and which of them is in use.
  var drawsLines = [false, false, false, false]
  var charset = 0
  private var tabs: [Bool]
  private var saved = SavedCursor()
  /// The screen that is not shown, and the cursor saved on it.
  private var other: (rows: [[Cell]], saved: SavedCursor)?
  /// The character written last, for repeating it.
  private var last: Unicode.Scalar?
  var parser = Parser()
  /// A row of blanks, kept so that erased rows are one and the same in memory.
  private var blanks: [Cell]

  struct Modes: OptionSet {
    let rawValue: UInt8

    static let inserts = Modes(rawValue: 1)
    static let returnsOnLineFeed = Modes(rawValue: 2)
    static let countsFromMargin = Modes(rawValue: 4)
    static let wraps = Modes(rawValue: 8)
    static let showsCursor = Modes(rawValue: 16)
    static let isReversed = Modes(rawValue: 32)
  }

  private struct SavedCursor {
    var column = 0
    var row = 0
    var pen = Pen()
    var wrapsNext = false
    var countsFromMargin = false
    var drawsLines = [false, false, false, false]
    var charset = 0
  }

  /// The largest screen.
  static let largest = Size(columns: 1_000, rows: 500)

  /// An empty screen; the size lies between 1x1 and `largest`.
  init(_ size: Size) {
    self.size = size
    blanks = [Cell](repeating: .blank, count: size.columns)
    rows = [[Cell]](repeating: blanks, count: size.rows)
    bottom = size.rows - 1
    tabs = Self.tabs(size.columns)
  }

  private static func tabs(_ columns: Int) -> [Bool] { (0..<columns).map { $0 % 8 == 0 } }

  /// Bytes that a copy may come to hold on its own.
  var footprint: Int {
    (other == nil ? 1 : 2) * size.columns * size.rows * MemoryLayout<Cell>.stride
  }

  /// What is to be seen.
  var picture: Picture {
    Picture(
      columns: size.columns, rows: rows,
      cursor: modes.contains(.showsCursor) ? Point(x: column, y: row) : nil,
      isReversed: modes.contains(.isReversed))
  }

  // MARK: - Writing

  /// Writes a character at the cursor.
  mutating func write(_ scalar: Unicode.Scalar) {
    let scalar = drawsLines[charset] ? LineDrawing.character(scalar) : scalar
    guard VisibleText.isHarmless(scalar) else {
      // What has no width of its own is left out; a sign of somebody's own font takes a column.
      if scalar.properties.generalCategory == .privateUse { write(narrow: "?") }
      return
    }
    switch GlyphWidth.of(scalar) {
    case 0: break
    case 2 where size.columns > 1: write(wide: scalar)
    case 2: write(narrow: "?")
    default: write(narrow: scalar)
    }
  }

  private mutating func write(narrow scalar: Unicode.Scalar) {
    wrapIfDue()
    if modes.contains(.inserts) { insertBlanks(1) }
    cut(row, at: column)
    cut(row, at: column + 1)
    rows[row][column] = pen.cell(scalar)
    advance(1)
    last = scalar
  }

  private mutating func write(wide scalar: Unicode.Scalar) {
    wrapIfDue()
    if column == size.columns - 1 {
      if modes.contains(.wraps) { wrap() } else { column -= 1 }
    }
    if modes.contains(.inserts) { insertBlanks(2) }
    cut(row, at: column)
    cut(row, at: column + 2)
    rows[row][column] = pen.cell(scalar, width: 2)
    rows[row][column + 1] = pen.rightHalf
    advance(2)
    last = scalar
  }

  /// Writes printable ASCII, which is most of what there is, a run at a time.
  ///
  /// - Returns: How many characters were written, at least one.
  mutating func write(ascii bytes: ArraySlice<UInt8>) -> Int {
    guard !drawsLines[charset], !modes.contains(.inserts) else {
      write(Unicode.Scalar(bytes[bytes.startIndex]))
      return 1
    }
    wrapIfDue()
    let count = min(bytes.count, size.columns - column)
    cut(row, at: column)
    cut(row, at: column + count)
    var cell = pen.cell(" ")
    for (place, byte) in zip(column..., bytes.prefix(count)) {
      cell.scalar = pen.isHidden ? 0x20 : UInt32(byte)
      rows[row][place] = cell
    }
    last = Unicode.Scalar(bytes[bytes.startIndex + count - 1])
    advance(count)
    return count
  }

  /// Writes the last character again, a row full at most.
  mutating func repeatLast(_ count: Int) {
    guard let last else { return }
    for _ in 0..<min(count, size.columns) { write(last) }
  }

  private mutating func advance(_ columns: Int) {
    column += columns
    if column >= size.columns {
      column = size.columns - 1
      wrapsNext = modes.contains(.wraps)
    }
  }

  private mutating func wrapIfDue() {
    if wrapsNext { wrap() }
  }

  private mutating func wrap() {
    column = 0
    index()
  }

  /// Makes blanks of a wide character that a border at a column would cut in two.
  private mutating func cut(_ row: Int, at column: Int) {
    guard column > 0, column < size.columns, rows[row][column].width == 0 else { return }
    for half in [column - 1, column] {
      rows[row][half].scalar = 0x20
      rows[row][half].width = 1
    }
  }

  // MARK: - Moving

  /// Goes to a place, as near as the screen has it.
  mutating func move(toColumn column: Int, row: Int) {
    self.column = max(0, min(size.columns - 1, column))
    self.row = max(0, min(size.rows - 1, row))
    wrapsNext = false
  }

  /// Goes to a row counted as programs count: from the margin where they asked for that.
  mutating func move(toRow wanted: Int, column: Int) {
    guard modes.contains(.countsFromMargin) else { return move(toColumn: column, row: wanted) }
    move(toColumn: column, row: max(top, min(bottom, top + wanted)))
  }

  /// Goes up or down, stopping at a margin that lies on the way.
  mutating func move(down count: Int) {
    let limit =
      count > 0 ? (row <= bottom ? bottom : size.rows - 1) : (row >= top ? top : 0)
    move(toColumn: column, row: count > 0 ? min(limit, row + count) : max(limit, row + count))
  }

  /// One line down, scrolling at the lower margin.
  mutating func index() {
    wrapsNext = false
    if row == bottom { scrollUp(1) } else if row < size.rows - 1 { row += 1 }
  }

  /// One line up, scrolling at the upper margin.
  mutating func reverseIndex() {
    wrapsNext = false
    if row == top { scrollDown(1) } else if row > 0 { row -= 1 }
  }

  mutating func tab(_ count: Int) {
    var left = min(count, size.columns)
    while left > 0, column < size.columns - 1 {
      repeat { column += 1 } while column < size.columns - 1 && !tabs[column]
      left -= 1
    }
    wrapsNext = false
  }

  mutating func tabBack(_ count: Int) {
    var left = min(count, size.columns)
    while left > 0, column > 0 {
      repeat { column -= 1 } while column > 0 && !tabs[column]
      left -= 1
    }
    wrapsNext = false
  }

  mutating func setTab(_ isSet: Bool) { tabs[column] = isSet }
  mutating func clearTabs() { tabs = [Bool](repeating: false, count: size.columns) }

  /// Sets the rows that scroll, and goes home; nothing where they are less than two.
  mutating func setMargins(top: Int, bottom: Int) {
    let bottom = min(bottom, size.rows - 1)
    guard top >= 0, top < bottom else { return }
    (self.top, self.bottom) = (top, bottom)
    move(toRow: 0, column: 0)
  }

  // MARK: - Scrolling and erasing

  /// A row of blanks on the pen's ground.
  private mutating func blankRow() -> [Cell] {
    let blank = pen.blank
    if blanks[0] != blank { blanks = [Cell](repeating: blank, count: size.columns) }
    return blanks
  }

  mutating func scrollUp(_ count: Int) { moveRows(from: top, up: count) }
  mutating func scrollDown(_ count: Int) { moveRows(from: top, down: count) }

  /// Inserts blank lines at the cursor; those at the lower margin go.
  mutating func insertLines(_ count: Int) {
    guard (top...bottom).contains(row) else { return }
    moveRows(from: row, down: count)
    move(toColumn: 0, row: row)
  }

  /// Deletes lines at the cursor; blank ones come at the lower margin.
  mutating func deleteLines(_ count: Int) {
    guard (top...bottom).contains(row) else { return }
    moveRows(from: row, up: count)
    move(toColumn: 0, row: row)
  }

  private mutating func moveRows(from first: Int, up count: Int) {
    let count = min(count, bottom - first + 1)
    let blank = blankRow()
    rows.removeSubrange(first..<first + count)
    rows.insert(contentsOf: repeatElement(blank, count: count), at: bottom - count + 1)
  }

  private mutating func moveRows(from first: Int, down count: Int) {
    let count = min(count, bottom - first + 1)
    let blank = blankRow()
    rows.removeSubrange(bottom - count + 1..<bottom + 1)
    rows.insert(contentsOf: repeatElement(blank, count: count), at: first)
  }

  /// Erases columns of a row.
  mutating func erase(_ columns: Range<Int>, ofRow row: Int) {
    let columns = columns.clamped(to: 0..<size.columns)
    guard !columns.isEmpty else { return }
    cut(row, at: columns.lowerBound)
    cut(row, at: columns.upperBound)
    let blank = pen.blank
    for column in columns { rows[row][column] = blank }
  }

  mutating func erase(rows erased: Range<Int>) {
    let blank = blankRow()
    for row in erased.clamped(to: 0..<size.rows) { rows[row] = blank }
  }

  mutating func insertBlanks(_ count: Int) {
    let count = min(count, size.columns - column)
    cut(row, at: column)
    rows[row].removeLast(count)
    rows[row].insert(contentsOf: repeatElement(pen.blank, count: count), at: column)
    let end = size.columns - 1
    if rows[row][end].width == 2 {
      rows[row][end].scalar = 0x20
      rows[row][end].width = 1
    }
    wrapsNext = false
  }

  mutating func deleteCharacters(_ count: Int) {
    let count = min(count, size.columns - column)
    cut(row, at: column)
    cut(row, at: column + count)
    rows[row].removeSubrange(column..<column + count)
    rows[row].append(contentsOf: repeatElement(pen.blank, count: count))
    wrapsNext = false
  }

  /// Fills the screen with E, as one does to adjust a tube.
  mutating func fillWithE() {
    var cell = Cell.blank
    cell.scalar = 0x45
    rows = [[Cell]](
      repeating: [Cell](repeating: cell, count: size.columns), count: size.rows)
    (top, bottom) = (0, size.rows - 1)
    move(toColumn: 0, row: 0)
  }

  // MARK: - States of the whole

  mutating func saveCursor() {
    saved = SavedCursor(
      column: column, row: row, pen: pen, wrapsNext: wrapsNext,
      countsFromMargin: modes.contains(.countsFromMargin), drawsLines: drawsLines,
      charset: charset)
  }

  mutating func restoreCursor() {
    (pen, drawsLines, charset) = (saved.pen, saved.drawsLines, saved.charset)
    if saved.countsFromMargin {
      modes.insert(.countsFromMargin)
    } else {
      modes.remove(.countsFromMargin)
    }
    move(toColumn: saved.column, row: saved.row)
    wrapsNext = saved.wrapsNext
  }

  /// Shows the alternate screen, empty, or the main one as it was.
  mutating func showAlternateScreen(_ isShown: Bool) {
    if isShown, other == nil {
      other = (rows, saved)
      saved = SavedCursor()
      erase(rows: 0..<size.rows)
    } else if !isShown, let main = other {
      (rows, saved) = main
      other = nil
    }
    wrapsNext = false
  }

  /// What a terminal does when it is switched off and on; what is being read stays as it is.
  mutating func reset() {
    let parser = parser
    self = Emulator(size)
    self.parser = parser
  }

  /// Like `reset`, but the screen and the cursor's place stay.
  mutating func resetSoftly() {
    (pen, drawsLines, charset) = (Pen(), [false, false, false, false], 0)
    modes = [.wraps, .showsCursor]
    (top, bottom) = (0, size.rows - 1)
    saved = SavedCursor()
    wrapsNext = false
  }

  /// Takes another size.
  ///
  /// Rows go at the bottom, and at the top where the cursor would go with them.
  mutating func resize(to wanted: Size) {
    guard wanted != size else { return }
    let gone = max(0, row - (wanted.rows - 1))
    rows = Self.resized(rows.dropFirst(gone), wanted)
    if let (rows, saved) = other { other = (Self.resized(rows[...], wanted), saved) }
    row -= gone
    size = wanted
    blanks = [Cell](repeating: .blank, count: size.columns)
    tabs = Self.tabs(size.columns)
    (top, bottom) = (0, size.rows - 1)
    move(toColumn: column, row: row)
  }

  private static func resized(_ rows: ArraySlice<[Cell]>, _ size: Size) -> [[Cell]] {
    let blank = [Cell](repeating: .blank, count: size.columns)
    var result = rows.prefix(size.rows).map { row in
      var row = row
      if row.count > size.columns {
        row.removeLast(row.count - size.columns)
        if let end = row.last, end.width == 2 { row[row.count - 1] = .blank }
      } else {
        row.append(contentsOf: blank.prefix(size.columns - row.count))
      }
      return row
    }
    result.append(contentsOf: repeatElement(blank, count: size.rows - result.count))
    return result
  }
}
