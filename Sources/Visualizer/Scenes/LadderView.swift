import Models

/// A ladder and what there is to say beside it, laid out for the size of the stage.
struct LadderView {
  let ladder: Ladder
  let acknowledged: Acknowledged?
  let client: LadderEnd
  let server: LadderEnd
  let stage: Rect
  let look: Look
  /// All that is known of an item, for a pane that has the whole stage.
  let inspect: (Item) -> Inspection?

  /// What the panes are called; an end's like its side.
  static let (ladderName, segmentName) = ("ladder", "segment")

  func draw(_ canvas: inout Canvas) {
    let framed = FrameScene.isFull(look.size)
    if let pane = look.zoomedPane, drawZoomed(pane, framed: framed, &canvas) { return }
    let inspector = LadderInspector(
      ladder: ladder, acknowledged: acknowledged, client: client, server: server, look: look)
    var rect = stage
    if framed, stage.width >= 110 {
      let width = min(46, stage.width * 34 / 100)
      rect.width -= width
      drawLadder(rect, framed: framed, &canvas)
      inspector.drawColumn(
        Rect(x: rect.right, y: stage.y, width: width, height: stage.height), &canvas)
    } else if framed {
      rect.height -= 5
      drawLadder(rect, framed: framed, &canvas)
      inspector.drawStrip(
        Rect(x: stage.x, y: rect.bottom, width: stage.width, height: 5), &canvas)
    } else {
      drawLadder(rect, framed: framed, &canvas)
    }
  }

  private func drawLadder(_ rect: Rect, framed: Bool, _ canvas: inout Canvas) {
    canvas.mark(pane: Self.ladderName, rect)
    LadderPane(ladder: ladder, rect: rect, framed: framed, look: look).draw(&canvas)
  }

  /// Draws one pane on the whole stage; false where there is none of that name.
  private func drawZoomed(_ pane: String, framed: Bool, _ canvas: inout Canvas) -> Bool {
    if pane == Self.ladderName {
      drawLadder(stage, framed: framed, &canvas)
      return true
    }
    let inspector = LadderInspector(
      ladder: ladder, acknowledged: acknowledged, client: client, server: server, look: look)
    if pane == Self.segmentName {
      let facts = ladder.focus.flatMap { inspect(TCPItem.segment($0)) }?.facts ?? []
      inspector.drawSegment(stage, all: facts, &canvas)
      return true
    }
    guard let side = Side.allCases.first(where: { $0.name == pane }) else { return false }
    let facts = inspect(TCPItem.end(End(ladder.connection, side)))?.facts ?? []
    inspector.drawEnd(side, stage, all: facts, &canvas)
    return true
  }
}
