/// One picture of a recording: rows of cells, and where the cursor stands.
struct Picture: Equatable {
  var columns: Int
  /// Rows of `columns` cells each.
  var rows: [[Cell]]
  /// Nil where no cursor is shown.
  var cursor: Point?
  /// Whether the whole screen has its colours reversed.
  var isReversed = false

  var size: Size { Size(columns: columns, rows: rows.count) }

  /// Draws the part that begins at a place of the picture into a rectangle.
  func draw(from origin: Point, in rect: Rect, on canvas: inout Canvas) {
    canvas.clipped(to: rect) { canvas in
      for (y, row) in zip(rect.y..., rows.dropFirst(origin.y).prefix(rect.height)) {
        canvas.put(cells: row.dropFirst(origin.x).prefix(rect.width), rect.x, y)
      }
      let shown = Rect(
        x: rect.x, y: rect.y, width: min(rect.width, columns - origin.x),
        height: min(rect.height, rows.count - origin.y))
      if isReversed { canvas.restyle(shown) { $0.attributes.formSymmetricDifference(.reverse) } }
      guard let cursor else { return }
      let place = Rect(
        x: rect.x + cursor.x - origin.x, y: rect.y + cursor.y - origin.y,
        width: cursor.x < columns - 1 && rows[cursor.y][cursor.x].width == 2 ? 2 : 1, height: 1)
      canvas.restyle(place.intersection(shown)) {
        $0.attributes.formSymmetricDifference(.reverse)
      }
    }
  }

  /// The picture as a canvas of its own size.
  var canvas: Canvas {
    var canvas = Canvas(size)
    draw(from: Point(x: 0, y: 0), in: canvas.bounds, on: &canvas)
    return canvas
  }
}
