/// A ladder and what there is to say beside it, laid out for the size of the stage.
struct LadderView {
  let ladder: Ladder
  let acknowledged: Acknowledged?
  let client: LadderEnd
  let server: LadderEnd
  let stage: Rect
  let look: Look

  func draw(_ canvas: inout Canvas) {
    let framed = FrameScene.isFull(look.size)
    let inspector = LadderInspector(
      ladder: ladder, acknowledged: acknowledged, client: client, server: server, look: look)
    var rect = stage
    if framed, stage.width >= 110 {
      let width = min(46, stage.width * 34 / 100)
      rect.width -= width
      inspector.drawColumn(
        Rect(x: rect.right, y: stage.y, width: width, height: stage.height), &canvas)
    } else if framed {
      rect.height -= 5
      inspector.drawStrip(
        Rect(x: stage.x, y: rect.bottom, width: stage.width, height: 5), &canvas)
    }
    LadderPane(ladder: ladder, rect: rect, framed: framed, look: look).draw(&canvas)
  }
}
