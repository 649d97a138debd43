import Models

/// Where the panes of the allocator are: the three levels from left to right, the request below the
/// mcaches.
struct AllocatorLayout {
  /// A pane a P that is shown.
  var mcaches: [(p: Int, rect: Rect)] = []
  var request: Rect
  var mcentral: Rect
  var mheap: Rect
  var framed: Bool

  init(stage: Rect, processors: Int, inPlay: Int) {
    framed = stage.height >= 14 && stage.width >= FrameScene.full.columns
    guard framed else {
      // One level beside the other without borders: as much as there is room for.
      let width = stage.width / 3
      request = Rect(x: stage.x, y: stage.y, width: stage.width, height: 1)
      let y = stage.y + 1
      let height = stage.height - 1
      mcaches = [(inPlay, Rect(x: stage.x, y: y, width: width, height: height))]
      mcentral = Rect(x: stage.x + width, y: y, width: width, height: height)
      mheap = Rect(
        x: stage.x + 2 * width, y: y, width: stage.width - 2 * width, height: height)
      return
    }
    let left = stage.width * 36 / 100
    let middle = stage.width * 27 / 100
    let requestHeight = stage.height >= 16 ? 7 : 5
    request = Rect(
      x: stage.x, y: stage.bottom - requestHeight, width: left, height: requestHeight)
    mcentral = Rect(x: stage.x + left, y: stage.y, width: middle, height: stage.height)
    mheap = Rect(
      x: mcentral.right, y: stage.y, width: stage.width - left - middle, height: stage.height)
    let room = stage.height - requestHeight
    // Every P its pane while each has four rows; else the ones around the P in play.
    let count = max(1, min(processors, room / 4))
    let first = max(0, min(processors - count, inPlay - count / 2))
    for index in 0..<count {
      let top = room * index / count
      let bottom = room * (index + 1) / count
      mcaches.append(
        (
          first + index, Rect(x: stage.x, y: stage.y + top, width: left, height: bottom - top)
        ))
    }
  }
}
