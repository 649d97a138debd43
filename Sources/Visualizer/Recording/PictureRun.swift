/// Neighbouring cells of a row that look alike, as SVG and HTML write them.
///
/// Fonts differ in how wide they make what is no ASCII, so that such glyphs are set in runs of
/// their own: wide ones together, others only with their like. Each run stands at its own column,
/// whatever the run before it came to.
struct PictureRun: Hashable {
  var row: Int
  var column: Int
  /// How many columns the run takes.
  var columns: Int
  var text: String
  var look: PictureLook
}

/// What decides how a glyph of a picture looks.
struct PictureLook: Hashable {
  var role: Role
  var attributes: UInt8
  var isWide: Bool
  /// The colours that the cell has of its own, by their numbers among 256; -1 for none.
  var colour: Int
  var ground: Int

  var isReverse: Bool { Attributes(rawValue: attributes).contains(.reverse) }

  /// Whether a blank of this look is seen.
  var marksBlanks: Bool {
    ground >= 0 || !Attributes(rawValue: attributes).isDisjoint(with: [.reverse, .underline])
  }

  /// The look of a cell; a theme without colours leaves the attributes that it has in their place.
  init(_ cell: Cell, _ theme: Theme) {
    let hasColours = theme.depth != .none
    role = hasColours ? cell.role : .text
    attributes = theme.look(cell).attributes.rawValue
    isWide = cell.width == 2
    colour = hasColours ? cell.foreground.index : -1
    ground = hasColours ? cell.ground.index : -1
  }
}

extension PictureRun {
  /// The runs of one row, blanks left out that nobody sees.
  static func runs(of canvas: Canvas, row: Int, _ theme: Theme) -> [PictureRun] {
    var runs: [PictureRun] = []
    var column = 0
    while column < canvas.size.columns {
      if isInvisible(canvas[column, row], theme) {
        column += 1
        continue
      }
      let run = run(from: column, row: row, of: canvas, theme)
      runs.append(run)
      column += run.columns
    }
    return runs
  }

  private static func run(
    from start: Int, row: Int, of canvas: Canvas, _ theme: Theme
  ) -> PictureRun {
    let first = canvas[start, row]
    let look = PictureLook(first, theme)
    var text = String.UnicodeScalarView()
    var column = start
    while column < canvas.size.columns {
      let cell = canvas[column, row]
      guard let scalar = Unicode.Scalar(cell.scalar), joins(cell, first) else { break }
      guard PictureLook(cell, theme) == look else { break }
      // A single blank belongs to the words around it, two end a run.
      if isInvisible(cell, theme) {
        let next = column + 1
        guard next < canvas.size.columns, !isInvisible(canvas[next, row], theme),
          joins(canvas[next, row], first), PictureLook(canvas[next, row], theme) == look
        else { break }
      }
      text.append(scalar)
      column += Int(cell.width)
    }
    return PictureRun(
      row: row, column: start, columns: column - start, text: String(text), look: look)
  }

  /// Whether a glyph may stand in a run that began with another.
  private static func joins(_ cell: Cell, _ first: Cell) -> Bool {
    guard cell.width == first.width else { return false }
    if first.width == 2 { return true }
    return first.scalar < 0x7f ? cell.scalar < 0x7f : cell.scalar == first.scalar
  }

  private static func isInvisible(_ cell: Cell, _ theme: Theme) -> Bool {
    cell.scalar == 0x20 && !PictureLook(cell, theme).marksBlanks
  }
}
