/// One cell of a canvas: eight bytes, so that filling and comparing canvases is cheap.
struct Cell: Equatable {
  /// The character as a Unicode scalar value; 0 in the right half of a wide character.
  var scalar: UInt32
  var role: Role
  /// The attributes in the lower six bits, the width in the upper two.
  private var shape: UInt8
  /// Colours which the picture itself has, as a replayed recording; scenes have roles instead.
  var foreground = PaletteColour.own
  var ground = PaletteColour.own

  init(scalar: UInt32, style: Style, width: UInt8 = 1) {
    self.scalar = scalar
    role = style.role
    shape = style.attributes.rawValue & 0x3f | width << 6
  }

  static let blank = Cell(scalar: 0x20, style: .text)

  var attributes: Attributes {
    get { Attributes(rawValue: shape & 0x3f) }
    set { shape = shape & 0xc0 | newValue.rawValue & 0x3f }
  }

  /// 1, 2 for the left half of a wide character, 0 for its right half.
  var width: UInt8 {
    get { shape >> 6 }
    set { shape = shape & 0x3f | newValue << 6 }
  }

  var style: Style {
    get { Style(role, attributes) }
    set { (role, attributes) = (newValue.role, newValue.attributes) }
  }
}

/// The screen in memory: what scenes draw into, and what curses, recordings and tests read.
///
/// Whatever lies outside of the canvas or of `clip` is silently not drawn. A wide character owns its
/// cell and the next one; overwriting either half blanks the other.
struct Canvas: Equatable {
  let size: Size
  /// Row by row, `size.columns` cells each.
  private(set) var cells: [Cell]
  /// Drawing reaches only cells inside; starts as the whole canvas.
  private(set) var clip: Rect
  /// What lies where; nil unless somebody wants to point at things.
  private(set) var landmarks: Landmarks?

  init(_ size: Size, findsItems: Bool = false) {
    self.size = size
    landmarks = findsItems ? Landmarks() : nil
    cells = [Cell](repeating: .blank, count: max(0, size.columns) * max(0, size.rows))
    clip = Rect(x: 0, y: 0, width: size.columns, height: size.rows)
  }

  /// Equal are pictures that look alike.
  static func == (a: Canvas, b: Canvas) -> Bool { a.size == b.size && a.cells == b.cells }

  /// Forgets what lies where, but not how far it scrolls.
  mutating func forgetItems() { landmarks?.forgetItems() }

  /// Says that a rectangle is a pane which can have the focus.
  mutating func mark(pane: String, _ rect: Rect) {
    guard landmarks != nil, !rect.intersection(clip).isEmpty else { return }
    landmarks?.add(pane: pane, rect)
  }

  /// Says that what is drawn next lies in a pane; false where it has no room.
  mutating func begin(_ pane: String, _ rect: Rect) -> Bool {
    mark(pane: pane, rect)
    return !rect.isEmpty
  }

  /// Says how far a pane may be scrolled from where it would be.
  mutating func mark(scrolling rows: ClosedRange<Int>, of pane: String) {
    landmarks?.add(scrolling: rows, of: pane)
  }

  /// Says that an item is drawn in a rectangle of the last pane that holds it.
  mutating func mark(_ item: @autoclosure () -> Item, _ rect: Rect) {
    guard landmarks != nil else { return }
    let visible = rect.intersection(clip)
    if !visible.isEmpty { landmarks?.add(item(), visible) }
  }

  var bounds: Rect { Rect(x: 0, y: 0, width: size.columns, height: size.rows) }

  subscript(column: Int, row: Int) -> Cell { cells[row * size.columns + column] }

  /// Draws with the clip narrowed to a rectangle.
  mutating func clipped(to rect: Rect, _ draw: (inout Canvas) -> Void) {
    let saved = clip
    clip = clip.intersection(rect)
    draw(&self)
    clip = saved
  }

  /// Draws without any clip but the canvas itself.
  mutating func unclipped(_ draw: (inout Canvas) -> Void) {
    let saved = clip
    clip = bounds
    draw(&self)
    clip = saved
  }

  /// Writes text from a place to the right and returns the column behind it, clipped or not.
  ///
  /// Control characters, and what could not be shown in one or two cells, become `?`; combining
  /// marks are left out.
  @discardableResult
  mutating func put(_ text: String, _ x: Int, _ y: Int, _ style: Style = .text) -> Int {
    var column = x
    for scalar in text.unicodeScalars {
      let value = scalar.value
      if value >= 0x20 && value < 0x7f {
        put(Cell(scalar: value, style: style), column, y)
        column += 1
      } else {
        column += put(scalar, column, y, style)
      }
    }
    return column
  }

  /// Writes one character and returns the number of columns it takes.
  @discardableResult
  mutating func put(_ scalar: Unicode.Scalar, _ x: Int, _ y: Int, _ style: Style = .text) -> Int {
    guard VisibleText.isHarmless(scalar) else {
      put(Cell(scalar: 0x3f, style: style), x, y)
      return 1
    }
    switch GlyphWidth.of(scalar) {
    case 0: return 0
    case 2:
      guard clip.contains(x, y), clip.contains(x + 1, y) else {
        put(Cell(scalar: 0x20, style: style), x, y)
        put(Cell(scalar: 0x20, style: style), x + 1, y)
        return 2
      }
      put(Cell(scalar: scalar.value, style: style), x, y)
      put(Cell(scalar: 0x20, style: style), x + 1, y)
      cells[y * size.columns + x].width = 2
      cells[y * size.columns + x + 1] = Cell(scalar: 0, style: style, width: 0)
      return 2
    default:
      put(Cell(scalar: scalar.value, style: style), x, y)
      return 1
    }
  }

  /// Copies a row of cells from a place to the right; of a wide character cut by the clip a blank is
  /// left.
  mutating func put(cells row: ArraySlice<Cell>, _ x: Int, _ y: Int) {
    for (column, cell) in zip(x..., row) {
      switch cell.width {
      case 2 where clip.contains(column, y) && clip.contains(column + 1, y):
        var left = cell
        left.width = 1
        put(left, column, y)
        put(Cell.blank, column + 1, y)
        cells[y * size.columns + column] = cell
        var right = cell
        (right.scalar, right.width) = (0, 0)
        cells[y * size.columns + column + 1] = right
      case 1: put(cell, column, y)
      case 0 where column > x && clip.contains(column, y) && self[column, y].width == 0: break
      default:
        var blank = cell
        (blank.scalar, blank.width) = (0x20, 1)
        put(blank, column, y)
      }
    }
  }

  /// Fills a rectangle with one narrow character.
  mutating func fill(_ rect: Rect, _ scalar: Unicode.Scalar = " ", _ style: Style = .text) {
    let area = rect.intersection(clip)
    guard !area.isEmpty else { return }
    for row in area.y..<area.bottom {
      for column in area.x..<area.right {
        put(Cell(scalar: scalar.value, style: style), column, row)
      }
    }
  }

  /// Changes the style of what stands in a rectangle.
  mutating func restyle(_ rect: Rect, _ change: (inout Style) -> Void) {
    let area = rect.intersection(clip)
    guard !area.isEmpty else { return }
    for row in area.y..<area.bottom {
      for column in area.x..<area.right { change(&cells[row * size.columns + column].style) }
    }
  }

  /// Draws a frame with rounded corners and a title in its upper edge.
  mutating func box(_ rect: Rect, title: String = "", style: Style = .border) {
    guard rect.width >= 2, rect.height >= 2 else { return }
    let (right, bottom) = (rect.right - 1, rect.bottom - 1)
    for column in rect.x + 1..<right {
      put("─", column, rect.y, style)
      put("─", column, bottom, style)
    }
    for row in rect.y + 1..<bottom {
      put("│", rect.x, row, style)
      put("│", right, row, style)
    }
    put("╭", rect.x, rect.y, style)
    put("╮", right, rect.y, style)
    put("╰", rect.x, bottom, style)
    put("╯", right, bottom, style)
    if !title.isEmpty, rect.width > 6 {
      clipped(to: Rect(x: rect.x + 1, y: rect.y, width: rect.width - 2, height: 1)) { canvas in
        let fitted = TextLayout.fit(title, columns: rect.width - 4)
        canvas.put(" \(fitted) ", rect.x + 1, rect.y, .heading)
      }
    }
  }

  /// The same picture on a canvas of another size, cut or filled up with blanks.
  func resized(to size: Size) -> Canvas {
    var result = Canvas(size)
    for row in 0..<min(size.rows, self.size.rows) {
      for column in 0..<min(size.columns, self.size.columns) {
        let cell = self[column, row]
        let isCut = cell.width == 2 && column + 1 == size.columns
        result.cells[row * size.columns + column] = isCut ? .blank : cell
      }
    }
    return result
  }

  /// Replaces every character that is not ASCII by the one-column stand-in of the ASCII charset.
  mutating func reduceToASCII() {
    for index in cells.indices where cells[index].scalar >= 0x7f {
      cells[index].scalar = Charset.asciiStandIn(cells[index].scalar)
      cells[index].width = 1
    }
    for index in cells.indices where cells[index].width != 1 {
      cells[index] = Cell(scalar: 0x3f, style: cells[index].style)
    }
  }

  /// The text of one row without trailing blanks.
  func text(row: Int) -> String {
    var scalars = String.UnicodeScalarView()
    for column in 0..<textEnd(row: row) {
      let cell = self[column, row]
      if cell.width > 0, let scalar = Unicode.Scalar(cell.scalar) { scalars.append(scalar) }
    }
    return String(scalars)
  }

  /// The column behind a row's last character that is no blank.
  func textEnd(row: Int) -> Int {
    var end = size.columns
    while end > 0, self[end - 1, row].scalar == 0x20 { end -= 1 }
    return end
  }

  /// The column behind a row's last cell that is not a blank without any style.
  func plainEnd(row: Int) -> Int {
    var end = size.columns
    while end > 0, self[end - 1, row] == .blank { end -= 1 }
    return end
  }

  /// The first to the last column of a row in which this canvas differs from one of the same size,
  /// widened so that no wide character is cut; nil where the rows are equal.
  func changedColumns(from old: Canvas, row: Int) -> ClosedRange<Int>? {
    let start = row * size.columns
    var first = 0
    while first < size.columns, cells[start + first] == old.cells[start + first] { first += 1 }
    guard first < size.columns else { return nil }
    var last = size.columns - 1
    while cells[start + last] == old.cells[start + last] { last -= 1 }
    if cells[start + first].width == 0 || old.cells[start + first].width == 0 { first -= 1 }
    if last + 1 < size.columns,
      cells[start + last].width == 2 || old.cells[start + last].width == 2
    {
      last += 1
    }
    return first...last
  }

  /// The text of the whole canvas, a line a row, trailing blanks cut.
  var text: String { (0..<size.rows).map { text(row: $0) + "\n" }.joined() }

  private mutating func put(_ cell: Cell, _ x: Int, _ y: Int) {
    guard clip.contains(x, y) else { return }
    let index = y * size.columns + x
    switch cells[index].width {
    case 0: cells[index - 1] = Cell(scalar: 0x20, style: cells[index - 1].style)
    case 2: cells[index + 1] = Cell(scalar: 0x20, style: cells[index + 1].style)
    default: break
    }
    cells[index] = cell
  }
}
