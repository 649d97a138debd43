import Models

/// Draws the segments of a ladder between its two ends.
///
/// All lines come before all heads and words, so that no line runs through what is to be read.
struct LadderArrows {
  let ladder: Ladder
  /// The columns of the client and of the server.
  let left: Int
  let right: Int
  let area: Rect
  /// The ladder's row at the area's top.
  let first: Int
  let language: Language
  private let lanes: LadderLanes

  init(ladder: Ladder, left: Int, right: Int, area: Rect, first: Int, language: Language) {
    self.ladder = ladder
    (self.left, self.right, self.area) = (left, right, area)
    (self.first, self.language) = (first, language)
    lanes = LadderLanes(ladder, columns: right - left - 1)
  }

  func draw(_ canvas: inout Canvas) {
    let shown = ladder.arrows.filter {
      $0.sentRow < first + area.height && ladder.lastRow(of: $0) >= first
    }
    var lines: [Line] = []
    var labels: [LadderLabel] = []
    for arrow in shown { add(arrow, &lines, &labels) }
    // While one turns to its end in the last row, the others pass it by: a row has one head.
    let bottom = y(ladder.rows.count)
    if lines.contains(where: { $0.head?.y == bottom && !$0.isDown }) {
      for index in lines.indices where lines[index].isDown { lines[index].hasHead = false }
    }
    for line in lines { drawShaft(line, &canvas) }
    for line in lines { drawEnds(line, &canvas) }
    for label in labels { label.draw(&canvas) }
  }

  // MARK: - Where they run

  /// A line of a segment.
  private struct Line {
    var path: [Point]
    /// The place in the path that it has reached.
    var reached: Int
    var hasHead = true
    /// Whether it begins at its sender.
    var leaves = true
    let isForward: Bool
    let style: Style

    var head: Point? { hasHead ? path[reached] : nil }
    /// Whether it is still in its lane.
    var isDown: Bool { reached > 0 && path[reached - 1].x == path[reached].x }
    var isArrived: Bool { hasHead && !isDown && reached == path.count - 1 }
  }

  private func y(_ row: Int) -> Int { area.y + row - first }

  private func add(_ arrow: Ladder.Arrow, _ lines: inout [Line], _ labels: inout [LadderLabel]) {
    let segment = arrow.segment
    let isForward = segment.sender == .client
    let style = style(arrow)
    let row = ladder.lastRow(of: arrow)
    let start = Point(x: isForward ? left : right, y: y(arrow.sentRow))
    let end = Point(x: isForward ? right : left, y: y(row))
    let isStepped = row != arrow.sentRow
    let lane = isStepped ? lanes.lane(of: arrow) : nil
    let isLaneless = isStepped && lane == nil
    let turn = laneColumn(lane ?? lanes.count - 1, isForward)
    let label = LadderLabel(
      segment, from: start, reach: isStepped ? abs(turn - start.x) : right - left - 1,
      end: fate(arrow), isTrailing: isLaneless, style: style, language: language)
    labels.append(label)
    let isComing = arrow.arrivalRow != nil || segment.number == ladder.focus
    if isLaneless {
      let stub = Point(x: start.x + (isForward ? 2 : -2), y: start.y)
      lines.append(
        Line(
          path: path(start, stub), reached: 2, hasHead: false, isForward: isForward, style: style))
      guard isComing else { return }
      let before = abs(turn - end.x)
      labels.append(
        LadderLabel(
          segment, to: end, before: before, room: right - left - before - 1, style: style,
          language: language))
      let path = path(Point(x: turn + (isForward ? -1 : 1), y: end.y), end)
      lines.append(
        Line(
          path: path, reached: place(of: arrow, in: path, from: 1), leaves: false,
          isForward: isForward, style: style))
      return
    }
    // What is not arriving now is seen on its way down, wherever the others are.
    let goal = isStepped && !isComing ? Point(x: turn, y: end.y) : end
    let path = path(start, goal, turn: lane == nil ? nil : turn)
    var line = Line(path: path, reached: path.count - 1, isForward: isForward, style: style)
    if arrow.isStopped, fate(arrow) != nil {
      line.reached = max(2, Int((Double(path.count - 1) * arrow.reached).rounded()) - 1)
      line.hasHead = false
    } else if goal == end {
      let corner = isStepped ? abs(turn - start.x) + end.y - start.y : 0
      line.reached = max(corner, place(of: arrow, in: path, from: 4 + label.width))
    }
    lines.append(line)
  }

  /// The place in a path that a segment has reached: from behind its words on, so that a head never stands
  /// before them.
  private func place(of arrow: Ladder.Arrow, in path: [Point], from least: Int) -> Int {
    let last = path.count - 1
    if arrow.arrivalRow != nil { return last }
    let least = min(least, last - 1)
    return least + Int((Double(last - least) * arrow.reached).rounded())
  }

  private func path(_ start: Point, _ end: Point, turn: Int? = nil) -> [Point] {
    Traveller(label: "", from: start, to: end, turn: turn, fraction: 1).path
  }

  /// The lanes lie at the receiver's end, so that the two directions keep apart.
  private func laneColumn(_ lane: Int, _ isForward: Bool) -> Int {
    isForward ? right - 4 - 2 * lane : left + 4 + 2 * lane
  }

  private func fate(_ arrow: Ladder.Arrow) -> (words: String, style: Style)? {
    if arrow.segment.isLost {
      return (Bilingual("╳ lost", "╳ 丢失")[language], Style(.error, .bold))
    }
    guard arrow.isStopped, arrow.segment.isHeld else { return nil }
    return (Bilingual("‖ held", "‖ 扣住")[language], Style(.waiting, .bold))
  }

  private func style(_ arrow: Ladder.Arrow) -> Style {
    let isFocus = arrow.segment.number == ladder.focus
    let role: Role =
      arrow.segment.isWrong ? .error : isFocus ? .current : arrow.isUnderWay ? .moved : .text
    return Style(role, isFocus ? .bold : [])
  }

  // MARK: - Lines

  private func drawShaft(_ line: Line, _ canvas: inout Canvas) {
    let path = line.path
    for index in stride(from: 1, through: line.reached, by: 1) {
      let (before, here) = (path[index - 1], path[index])
      let next = index + 1 < path.count ? path[index + 1] : nil
      var glyph: Unicode.Scalar = before.y == here.y ? "─" : "│"
      if let next, before.y == here.y, next.y != here.y {
        glyph = before.x < here.x ? "╮" : "╭"
      } else if let next, before.y != here.y, next.y == here.y {
        glyph = next.x > here.x ? "╰" : "╯"
      }
      guard area.contains(here.x, here.y) else { continue }
      let old = Unicode.Scalar(canvas[here.x, here.y].scalar) ?? " "
      canvas.put(Self.joined(glyph, over: old), here.x, here.y, line.style)
    }
  }

  /// What is seen of two lines in one cell.
  private static func joined(_ new: Unicode.Scalar, over old: Unicode.Scalar) -> Unicode.Scalar {
    switch (old, new) {
    case ("─", "│"), ("│", "─"), ("┼", "│"), ("┼", "─"): "┼"
    // A copy goes on where the first one has turned off.
    case ("╰", "│"): "├"
    case ("╯", "│"): "┤"
    default: new
    }
  }

  private func drawEnds(_ line: Line, _ canvas: inout Canvas) {
    if line.leaves {
      canvas.put(line.isForward ? "├" : "┤", line.path[0].x, line.path[0].y, line.style)
    }
    guard var head = line.head else { return }
    if line.isArrived {
      canvas.put(line.isForward ? "┤" : "├", head.x, head.y, line.style)
      head.x += line.isForward ? -1 : 1
    }
    let glyph: Unicode.Scalar = line.isDown ? "▼" : line.isForward ? "▶" : "◀"
    canvas.put(glyph, head.x, head.y, line.style)
  }
}
