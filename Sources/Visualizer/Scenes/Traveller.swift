/// A thing that is drawn on its way from one place to another, with a trail behind it.
struct Traveller {
  var label: String
  /// The cells of its way, one next to the other.
  var path: [Point]
  /// How far it has come, 0 to 1.
  var fraction: Double

  /// A way along a row, up or down a column, and along another row.
  ///
  /// `turn` is the column in which it changes rows; the destination's own if nil.
  init(label: String, from: Point, to: Point, turn: Int?, fraction: Double) {
    self.label = label
    self.fraction = fraction
    path = [from]
    let turn = turn ?? to.x
    for corner in [Point(x: turn, y: from.y), Point(x: turn, y: to.y), to] { walk(to: corner) }
  }

  private mutating func walk(to end: Point) {
    guard var here = path.last else { return }
    while here != end {
      if here.x != end.x {
        here.x += here.x < end.x ? 1 : -1
      } else {
        here.y += here.y < end.y ? 1 : -1
      }
      path.append(here)
    }
  }

  /// Whether both of its ends are to be seen; while one pane has the stage, others lie outside of it.
  private func isWithin(_ stage: Rect) -> Bool {
    [path.first, path.last].allSatisfy { $0.map { stage.contains($0.x, $0.y) } ?? false }
  }

  /// The longest trail, in cells.
  private static let trailLength = 14

  /// Draws those that are under way: the trails first, so that no trail hides another label.
  static func draw(_ travellers: [Traveller], within stage: Rect, on canvas: inout Canvas) {
    let moving = travellers.filter { traveller in
      traveller.fraction > 0 && traveller.fraction < 1 && traveller.isWithin(stage)
    }
    let places = moving.map { Int((Double($0.path.count - 1) * $0.fraction).rounded()) }
    for (traveller, place) in zip(moving, places) {
      for index in max(0, place - trailLength)..<place {
        let (here, next) = (traveller.path[index], traveller.path[index + 1])
        canvas.put(here.x == next.x ? "┃" : "━", here.x, here.y, Style(.moved))
      }
    }
    var ahead: [Rect] = []
    for (traveller, place) in zip(moving, places) {
      let head = traveller.path[place]
      let label = "[" + TextLayout.fit(traveller.label, columns: 10) + "]"
      let width = GlyphWidth.of(label)
      var rect = Rect(x: head.x - 1, y: head.y, width: width, height: 1)
      // Who follows close behind is drawn behind, not below.
      for other in ahead where !other.intersection(rect).isEmpty { rect.x = other.x - width }
      rect.x = max(stage.x, min(stage.right - width, rect.x))
      canvas.put(label, rect.x, rect.y, Style(.moved, .bold))
      ahead.append(rect)
    }
  }
}
