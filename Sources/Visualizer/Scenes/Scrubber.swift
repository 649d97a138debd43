/// The line of chapters: which column of the window stands for which step.
struct Scrubber {
  /// Of the whole window; the outermost two stay free.
  let columns: Int
  let stepCount: Int

  /// Puts a mark on the line; a chapter's name stays readable under it and is emphasized instead.
  static func mark(
    _ sign: Unicode.Scalar, at column: Int, _ row: Int, _ style: Style,
    _ emphasis: Attributes = .reverse, on canvas: inout Canvas
  ) {
    let under = canvas[column, row]
    if [0x2500, 0x2501, 0x252c].contains(under.scalar) {
      canvas.put(sign, column, row, style)
      return
    }
    let start = under.width == 0 ? column - 1 : column
    canvas.restyle(Rect(x: start, y: row, width: under.width == 1 ? 1 : 2, height: 1)) {
      $0 = Style(style.role, [.bold, emphasis])
    }
  }

  func column(ofStep step: Int) -> Int {
    1 + step * (columns - 3) / max(1, stepCount - 1)
  }

  /// The first step that stands at a column, or the nearest one behind it.
  func step(atColumn column: Int) -> Int {
    let offset = max(0, min(columns - 3, column - 1))
    let lastStep = max(1, stepCount - 1)
    return min(stepCount - 1, (offset * lastStep + columns - 4) / max(1, columns - 3))
  }
}
