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

  /// What the panes are called; an mcache's after its P.
  static let (requestName, mcentralName, mheapName) = ("request", "mcentral", "mheap")
  static func mcacheName(_ p: Int) -> String { "P\(p)" }

  init(stage: Rect, processors: Int, inPlay: Int, zoomed: String?) {
    self.init(stage: stage, processors: processors, inPlay: inPlay)
    if let zoomed { zoom(on: zoomed, stage, processors) }
  }

  private init(stage: Rect, processors: Int, inPlay: Int) {
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

  /// Lets one pane fill the stage; the others go out of sight.
  private mutating func zoom(on name: String, _ stage: Rect, _ processors: Int) {
    let away = Rect(x: stage.right + stage.width, y: stage.y, width: 0, height: stage.height)
    let p = (0..<processors).first { Self.mcacheName($0) == name }
    guard p != nil || [Self.requestName, Self.mcentralName, Self.mheapName].contains(name) else {
      return
    }
    if let p, !mcaches.contains(where: { $0.p == p }) { mcaches.append((p, away)) }
    mcaches = mcaches.map { ($0.p, $0.p == p ? stage : away) }
    request = name == Self.requestName ? stage : away
    mcentral = name == Self.mcentralName ? stage : away
    mheap = name == Self.mheapName ? stage : away
  }
}
