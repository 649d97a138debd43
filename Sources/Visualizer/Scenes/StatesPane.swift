import Models

/// The state diagram of RFC 9293 with the present states of both ends lit, to be read downwards.
///
/// Source: RFC 9293, section 3.3.2, figure 5.
struct StatesPane {
  let client: Ladder.State
  let server: Ladder.State
  /// Whether an end has been open, so that CLOSED is where it ended and not where it began.
  let hasLived: (client: Bool, server: Bool)
  /// The change that this step is about, if it is one.
  let change: Change?
  let rect: Rect
  let look: Look

  struct Change {
    var side: Side
    var from: PossibleStates
    var to: PossibleStates
  }

  /// A box of the diagram: each state, and CLOSED once more at the end.
  private enum Place: Equatable {
    case state(ConnectionState)
    case end
  }

  /// Where a box stands: column 0 left, 1 middle, 2 right; the row from the top.
  private static let places: [(place: Place, column: Int, row: Int)] = [
    (.state(.closed), 1, 0), (.state(.listen), 0, 1), (.state(.synSent), 2, 1),
    (.state(.synRcvd), 0, 2), (.state(.established), 1, 3), (.state(.finWait1), 0, 4),
    (.state(.closeWait), 2, 4), (.state(.finWait2), 0, 5), (.state(.closing), 1, 5),
    (.state(.lastAck), 2, 5), (.state(.timeWait), 0, 6), (.end, 2, 6),
  ]

  private var inner: Rect { rect.inner }
  private var rowHeight: Int { max(1, min(5, (inner.height - 2) / 6)) }
  /// Rows left free above, so that the diagram stands in the middle.
  private var top: Int { max(0, (inner.height - 1 - (6 * rowHeight + 1)) / 2) }

  private func center(_ place: Place) -> Point {
    let found = Self.places.first { $0.place == place } ?? (.end, 2, 6)
    let third = min(inner.width / 3, 40)
    let left = inner.x + (inner.width - 3 * third) / 2
    return Point(
      x: left + third * found.column + third / 2, y: inner.y + top + found.row * rowHeight)
  }

  static let paneName = "states"

  func draw(_ canvas: inout Canvas) {
    canvas.mark(pane: Self.paneName, rect)
    canvas.box(rect, title: Bilingual("states of both ends", "两端的状态")[look.language])
    canvas.clipped(to: inner) { canvas in
      if rowHeight >= 2 { drawEdges(&canvas) }
      for place in Self.places { draw(place.place, &canvas) }
      drawLegend(&canvas)
    }
  }

  // MARK: - Transitions

  /// A transition: its corners, its words, and where those stand.
  private struct Edge {
    var from: ConnectionState
    var to: ConnectionState
    var corners: [Point]
    var label: String
    var at: Point
    /// Whether the words end at that place instead of beginning there.
    var isLeft = false
    var arrow: (glyph: Unicode.Scalar, at: Point)?
  }

  /// Two boxes joined by a line that leaves below the upper one, and words in its middle.
  private func bent(
    _ from: ConnectionState, _ to: ConnectionState, arriving offset: Int = 0
  ) -> Edge {
    let label = StateDiagram.label(from: from, to: to)
    let (start, end) = (center(.state(from)), center(.state(to)))
    let target = Point(x: end.x + offset, y: end.y)
    let row = end.y - 1
    let middle = (start.x + target.x) / 2 - label.utf8.count / 2 - 1
    return Edge(
      from: from, to: to,
      corners: [start, Point(x: start.x, y: row), Point(x: target.x, y: row), target],
      label: label, at: Point(x: middle, y: row), arrow: ("▼", Point(x: target.x, y: row)))
  }

  /// Two boxes, one below the other, and words beside the line.
  private func straight(
    _ from: ConnectionState, _ to: Place, isLeft: Bool = false
  ) -> Edge {
    let label = StateDiagram.label(from: from, to: Self.state(to))
    let (start, end) = (center(.state(from)), center(to))
    return Edge(
      from: from, to: Self.state(to), corners: [start, end], label: label,
      at: Point(x: start.x + (isLeft ? -1 : 1), y: (start.y + end.y) / 2), isLeft: isLeft,
      arrow: ("▼", Point(x: end.x, y: end.y - 1)))
  }

  /// A line to the side of a box, in its row.
  private func sideways(
    _ from: ConnectionState, _ to: Place, corners: [Point]
  ) -> Edge {
    let label = StateDiagram.label(from: from, to: Self.state(to))
    let end = center(to)
    let (a, b) = (corners[corners.count - 2], end)
    let width = text(to).utf8.count
    let x = a.x < b.x ? b.x - width / 2 - 1 : b.x - width / 2 + width
    return Edge(
      from: from, to: Self.state(to), corners: corners, label: label,
      at: Point(x: (a.x + b.x) / 2 - label.utf8.count / 2 - 1, y: b.y),
      arrow: (a.x < b.x ? "▶" : "◀", Point(x: x, y: b.y)))
  }

  /// Columns kept for a box, with the marks of both ends.
  private static let boxWidth = 19

  private var edges: [Edge] {
    func at(_ state: ConnectionState) -> Point { center(.state(state)) }
    let end = center(.end)
    let (synSent, synRcvd, finWait1, closing) = (
      at(.synSent), at(.synRcvd), at(.finWait1), at(.closing)
    )
    let (timeWait, margin) = (at(.timeWait), at(.finWait1).x - Self.boxWidth / 2 - 3)
    var toClosing = Edge(
      from: .finWait1, to: .closing,
      corners: [finWait1, Point(x: closing.x, y: finWait1.y), closing],
      label: StateDiagram.label(from: .finWait1, to: .closing),
      at: Point(x: (finWait1.x + closing.x) / 2 - 5, y: finWait1.y))
    toClosing.at.x += Self.boxWidth / 4
    toClosing.arrow = ("▼", Point(x: closing.x, y: closing.y - 1))
    var merged = sideways(
      .finWait1, .state(.timeWait),
      corners: [
        finWait1, Point(x: margin, y: finWait1.y), Point(x: margin, y: timeWait.y), timeWait,
      ])
    // Its answer is left out where there is no room for it.
    if finWait1.x - margin - 2 < merged.label.utf8.count { merged.label = "FIN ACK" }
    merged.at = Point(x: margin + 1, y: finWait1.y + 1)
    return [
      bent(.closed, .listen), bent(.closed, .synSent),
      straight(.listen, .state(.synRcvd)),
      sideways(.listen, .state(.synSent), corners: [at(.listen), synSent]),
      sideways(
        .synSent, .state(.synRcvd),
        corners: [synSent, Point(x: synSent.x, y: synRcvd.y), synRcvd]),
      bent(.synRcvd, .established), bent(.synSent, .established),
      straight(.synRcvd, .state(.finWait1), isLeft: true),
      bent(.established, .finWait1), bent(.established, .closeWait),
      straight(.finWait1, .state(.finWait2)), toClosing, merged,
      straight(.closeWait, .state(.lastAck)),
      straight(.finWait2, .state(.timeWait), isLeft: true),
      bent(.closing, .timeWait, arriving: 4),
      straight(.lastAck, .end),
      sideways(.timeWait, .end, corners: [timeWait, end]),
    ]
  }

  private func isTaken(_ edge: Edge) -> Bool {
    guard let change, change.from != change.to else { return false }
    return change.from.known == edge.from && change.to.known == edge.to
  }

  /// All lines, joined where they meet; then that of this step over them, and the words.
  private func drawEdges(_ canvas: inout Canvas) {
    var lines = LineGrid(inner)
    let edges = edges
    for edge in edges { lines.add(edge.corners) }
    lines.draw(.border, &canvas)
    for edge in edges where isTaken(edge) {
      var own = LineGrid(inner)
      own.add(edge.corners)
      own.draw(Style(.moved, .bold), &canvas)
    }
    for edge in edges {
      let style = isTaken(edge) ? Style(.moved, .bold) : .dim
      if let arrow = edge.arrow {
        canvas.put(arrow.glyph, arrow.at.x, arrow.at.y, isTaken(edge) ? style : .border)
      }
      let label = " \(edge.label) "
      canvas.put(label, edge.isLeft ? edge.at.x - label.utf8.count : edge.at.x, edge.at.y, style)
    }
  }

  // MARK: - States

  private func draw(_ place: Place, _ canvas: inout Canvas) {
    let (isClient, isServer) = (
      isAt(client, place, hasLived.client), isAt(server, place, hasLived.server)
    )
    var style = Style.text
    if isClient { style = Style(.current, [.bold, .reverse]) }
    if isServer { style = Style(isClient ? .moved : .waiting, [.bold, .reverse]) }
    let text = text(place)
    let at = center(place)
    let x = at.x - text.utf8.count / 2
    canvas.mark(
      TCPItem.state(Self.state(place), isEnd: place == .end),
      Rect(x: x, y: at.y, width: text.utf8.count, height: 1))
    canvas.put(text, x, at.y, style)
  }

  /// A box with the marks of the ends that are, or may be, there.
  private func text(_ place: Place) -> String {
    func mark(_ letter: String, _ end: Ladder.State) -> String {
      letter + (end.isPresumed || end.possible.known == nil ? "?" : "")
    }
    let isClient = isAt(client, place, hasLived.client)
    let isServer = isAt(server, place, hasLived.server)
    return "[ " + (isClient ? mark("C", client) + " " : "") + Self.state(place).rawValue
      + (isServer ? " " + mark("S", server) : "") + " ]"
  }

  private static func state(_ place: Place) -> ConnectionState {
    if case .state(let state) = place { state } else { .closed }
  }

  /// Whether an end is, or may be, in the state of a box.
  private func isAt(
    _ end: Ladder.State, _ place: Place, _ hasLived: Bool
  ) -> Bool {
    let state = Self.state(place)
    guard !end.isScripted, end.possible.list.count <= Self.manyStates,
      end.possible.contains(PossibleStates(state))
    else { return false }
    return state != .closed || (place == .end) == hasLived
  }

  /// Of an end that may be in more states than so many nothing is lit.
  private static let manyStates = 4

  private func drawLegend(_ canvas: inout Canvas) {
    let names = (
      CaptureWords.name(.client)[look.language], CaptureWords.name(.server)[look.language]
    )
    var column = canvas.put("C", inner.x + 1, inner.bottom - 1, Style(.current, .bold))
    column = canvas.put(" \(names.0) \(summary(client))   ", column, inner.bottom - 1, .dim)
    column = canvas.put("S", column, inner.bottom - 1, Style(.waiting, .bold))
    column = canvas.put(" \(names.1) \(summary(server))   ", column, inner.bottom - 1, .dim)
    guard let change, change.from != change.to, let to = change.to.known else {
      let resets = Bilingual("RST: CLOSED, not drawn", "RST：到 CLOSED，未画出")[look.language]
      canvas.put(
        TextLayout.fit(resets, columns: inner.right - column - 1), column, inner.bottom - 1, .dim)
      return
    }
    let name = change.side == .client ? names.0 : names.1
    let from = change.from.known.map { "\($0.rawValue) → " } ?? "→ "
    canvas.put(
      TextLayout.fit("\(name): \(from)\(to.rawValue)", columns: inner.right - column - 1), column,
      inner.bottom - 1, Style(.moved, .bold))
  }

  private func summary(_ end: Ladder.State) -> String {
    if end.isScripted { return end.text(look.language) }
    return end.possible == .all || end.possible.list.count > Self.manyStates ? "?" : ""
  }
}
