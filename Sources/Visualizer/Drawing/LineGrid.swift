/// Lines along rows and columns that are joined where they meet.
struct LineGrid {
  private let rect: Rect
  private var arms: [UInt8]

  private static let (up, down, left, right): (UInt8, UInt8, UInt8, UInt8) = (1, 2, 4, 8)
  /// The glyph for each set of arms.
  private static let glyphs: [Unicode.Scalar] = [
    " ", "│", "│", "│", "─", "╯", "╮", "┤", "─", "╰", "╭", "├", "─", "┴", "┬", "┼",
  ]

  init(_ rect: Rect) {
    self.rect = rect
    arms = [UInt8](repeating: 0, count: max(0, rect.width * rect.height))
  }

  mutating func add(_ corners: [Point]) {
    for (start, end) in zip(corners, corners.dropFirst()) {
      var here = start
      while here != end {
        var next = here
        let out: UInt8
        let into: UInt8
        if here.y != end.y {
          next.y += here.y < end.y ? 1 : -1
          (out, into) = here.y < end.y ? (Self.down, Self.up) : (Self.up, Self.down)
        } else {
          next.x += here.x < end.x ? 1 : -1
          (out, into) = here.x < end.x ? (Self.right, Self.left) : (Self.left, Self.right)
        }
        mark(here, out)
        mark(next, into)
        here = next
      }
    }
  }

  private mutating func mark(_ point: Point, _ arm: UInt8) {
    guard rect.contains(point.x, point.y) else { return }
    arms[(point.y - rect.y) * rect.width + point.x - rect.x] |= arm
  }

  func draw(_ style: Style, _ canvas: inout Canvas) {
    for (index, arms) in arms.enumerated() where arms != 0 {
      canvas.put(
        Self.glyphs[Int(arms)], rect.x + index % rect.width, rect.y + index / rect.width, style)
    }
  }
}
