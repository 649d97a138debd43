/// A rectangle of cells; columns count from the left edge, rows from the top, both from 0.
struct Rect: Equatable {
  var x: Int
  var y: Int
  var width: Int
  var height: Int

  var right: Int { x + width }
  var bottom: Int { y + height }
  var isEmpty: Bool { width <= 0 || height <= 0 }

  func contains(_ column: Int, _ row: Int) -> Bool {
    column >= x && column < right && row >= y && row < bottom
  }

  func intersection(_ other: Rect) -> Rect {
    let left = max(x, other.x)
    let top = max(y, other.y)
    return Rect(
      x: left, y: top, width: max(0, min(right, other.right) - left),
      height: max(0, min(bottom, other.bottom) - top))
  }

  /// The rectangle without some rows at its top.
  func dropping(rows: Int) -> Rect {
    Rect(x: x, y: y + rows, width: width, height: max(0, height - rows))
  }

  /// The rectangle without its outermost cells: what a border leaves.
  var inner: Rect { Rect(x: x + 1, y: y + 1, width: max(0, width - 2), height: max(0, height - 2)) }
}

/// A place on a canvas.
struct Point: Equatable {
  var x: Int
  var y: Int
}

/// The size of a canvas or a window, in cells.
struct Size: Equatable {
  var columns: Int
  var rows: Int
}
