import Models

/// Draws a moment of a map: the hmap's fields, the hash in its bits, the old and the new array, and
/// keys on their way from one to the other.
struct MapScene {
  let moment: Moment<Hmap>
  let progress: Double
  let stage: Rect
  let words: MapWords
  let look: Look

  /// The state to draw: that before the event until things have moved, that after it then.
  private var shown: Hmap { progress < 1 && movesSomething ? moment.before : moment.after }

  private var movesSomething: Bool {
    switch moment.event {
    case .keyMoved, .keyInserted: true
    default: false
    }
  }

  /// What the event points at.
  var focus: MapFocus { MapFocus(moment: moment) }

  func draw(_ canvas: inout Canvas) {
    let map = shown
    let panes = MapLayout(stage: stage, arrays: arraysToShow(map), zoomed: look.zoomedPane)
    canvas.mark(pane: MapLayout.fieldsName, panes.fields)
    if !panes.fields.isEmpty {
      MapFieldsPane(moment: moment, map: map, words: words, look: look)
        .draw(panes.fields, framed: panes.framed, &canvas)
    }
    var drawn: [ArrayName: MapArrayPane] = [:]
    for (name, rect) in panes.arrays {
      canvas.mark(pane: name.rawValue, rect)
      guard let array = map.array(name) else {
        drawMissingArray(name, rect, framed: panes.framed, &canvas)
        continue
      }
      let pane = MapArrayPane(
        array: array, name: name, rect: rect, framed: panes.framed, map: map, moment: moment,
        words: words, look: look, focus: focus)
      if !rect.isEmpty { pane.draw(revealed: revealed(name), &canvas) }
      if !panes.framed {
        let title = name == .old ? "oldbuckets  B=\(array.B)" : "buckets  B=\(array.B)"
        canvas.put(title, rect.x + 1, rect.y - 1, .heading)
      }
      drawn[name] = pane
    }
    drawTravellers(panes, drawn, &canvas)
  }

  /// Both arrays while the map grows and at the step which ends the growth, else the one there is.
  private func arraysToShow(_ map: Hmap) -> [ArrayName] {
    let compact = !FrameScene.isFull(look.size)
    if compact {
      if map.isGrowing, let array = focus.array { return [array] }
      return [.new]
    }
    return map.isGrowing || moment.before.isGrowing && moment.event != nil ? [.old, .new] : [.new]
  }

  /// How much of an array is to be seen: a new one unrolls when a growth starts.
  private func revealed(_ name: ArrayName) -> Double {
    guard case .growthStarted = moment.event, name == .new else { return 1 }
    return progress
  }

  private func drawMissingArray(
    _ name: ArrayName, _ rect: Rect, framed: Bool, _ canvas: inout Canvas
  ) {
    if framed {
      canvas.box(rect, title: name == .old ? "oldbuckets" : "buckets")
    }
    let text = Bilingual("nil: no array yet", "nil：还没有数组")
    let released = Bilingual("nil: released", "nil：已释放")
    canvas.put(
      (name == .old ? released : text)[look.language], rect.x + 3, rect.y + 2, .dim)
  }

  // MARK: - Keys on their way

  private func drawTravellers(
    _ panes: MapLayout, _ drawn: [ArrayName: MapArrayPane], _ canvas: inout Canvas
  ) {
    var travellers: [Traveller] = []
    switch moment.event {
    case .keyMoved(let key, let from, let to, _, let ordinal):
      func add(_ key: MapKey, _ from: SlotPlace, _ to: SlotPlace, _ fraction: Double) {
        guard let start = drawn[from.array]?.point(from), let end = drawn[to.array]?.point(to)
        else { return }
        travellers.append(
          Traveller(label: words[key], from: start, to: end, turn: panes.gap, fraction: fraction))
      }
      if ordinal % 2 == 1, moment.partnerBehind != nil {
        // It came along with the one before and now takes its slot.
        if progress < 1 { putAtDoor(key, to, drawn, &canvas) }
        return
      }
      add(key, from, to, progress)
      if case .keyMoved(let partner, let from, let to, _, _) = partnerEvent {
        add(partner, from, to, max(0, progress * 1.25 - 0.25))
        if progress == 1 { putAtDoor(partner, to, drawn, &canvas) }
      }
    case .keyInserted(let key, let place, _, _) where progress < 1:
      guard let end = drawn[place.array]?.point(place) else { return }
      let start = Point(x: panes.fields.right - 2, y: min(panes.fields.bottom - 1, end.y))
      travellers.append(
        Traveller(label: words[key], from: start, to: end, turn: nil, fraction: progress))
    default: return
    }
    Traveller.draw(travellers, within: stage, on: &canvas)
  }

  /// Draws a key where it is about to be stored: the second of a pair arrives with the first, and is
  /// stored one step later.
  private func putAtDoor(
    _ key: MapKey, _ to: SlotPlace, _ drawn: [ArrayName: MapArrayPane], _ canvas: inout Canvas
  ) {
    guard let place = drawn[to.array]?.point(to) else { return }
    let label = "[" + TextLayout.fit(words[key], columns: 10) + "]"
    canvas.put(label, place.x - 1, place.y, Style(.moved, .bold))
  }

  private var partnerEvent: MapEvent? {
    guard case .keyMoved(_, _, _, _, let ordinal) = moment.event, ordinal % 2 == 0,
      moment.partnerAhead != nil
    else { return nil }
    return moment.upcoming.first { $0.name == "keyMoved" }
  }
}

/// Where the panes of a map are.
struct MapLayout {
  var fields: Rect
  var arrays: [(name: ArrayName, rect: Rect)]
  var framed: Bool
  /// The column between the two arrays along which keys travel.
  var gap: Int?

  /// From this width on the fields stand beside the arrays: both still have room for keys then.
  static let columnsWithTallFields = 104

  /// The name of the pane with the hmap's fields; those of arrays are called like them.
  static let fieldsName = "hmap"

  init(stage: Rect, arrays names: [ArrayName], zoomed: String? = nil) {
    framed = stage.height >= 14 && stage.width >= FrameScene.full.columns
    let room: Rect
    if !framed {
      fields = Rect(x: stage.x, y: stage.y, width: stage.width, height: 3)
      room = Rect(x: stage.x, y: stage.y + 3, width: stage.width, height: stage.height - 3)
    } else if stage.width < Self.columnsWithTallFields {
      fields = Rect(x: stage.x, y: stage.y, width: stage.width, height: 4)
      room = Rect(x: stage.x, y: stage.y + 4, width: stage.width, height: stage.height - 4)
    } else {
      fields = Rect(
        x: stage.x, y: stage.y, width: stage.width >= 150 ? 30 : 24, height: stage.height)
      room = Rect(
        x: fields.right, y: stage.y, width: stage.width - fields.width, height: stage.height)
    }
    arrays = [(names[0], room)]
    if names.count == 2 {
      let left = room.width / 2
      arrays = [
        (names[0], Rect(x: room.x, y: room.y, width: left, height: room.height)),
        (
          names[1],
          Rect(x: room.x + left, y: room.y, width: room.width - left, height: room.height)
        ),
      ]
      gap = room.x + left - 1
    }
    if let zoomed { zoom(on: zoomed, stage) }
  }

  /// Lets one pane fill the stage; the others go out of sight.
  private mutating func zoom(on name: String, _ stage: Rect) {
    let away = Rect(x: stage.right + stage.width, y: stage.y, width: 0, height: 0)
    let isArray = arrays.contains { $0.name.rawValue == name }
    guard isArray || name == Self.fieldsName else { return }
    fields = isArray ? away : stage
    arrays = arrays.map { ($0.name, $0.name.rawValue == name ? stage : away) }
  }
}

/// What a map's event points at.
struct MapFocus {
  /// The array, bucket and, if it is about one, the slot.
  var array: ArrayName?
  var bucket: Int?
  var place: SlotPlace?

  init(moment: Moment<Hmap>) {
    switch moment.event {
    case .bucketChosen(let array, let bucket, _), .overflowFollowed(let array, let bucket, _),
      .overflowAllocated(let array, let bucket, _, _, _):
      (self.array, self.bucket) = (array, bucket)
    case .tophashCompared(let place, _, _), .keyCompared(let place, _, _, _),
      .keyFound(_, let place, _), .keyInserted(_, let place, _, _),
      .elemOverwritten(_, let place, _, _), .keyDeleted(_, let place, _):
      self.place = place
    case .emptyRestSpread(let places): place = places.last
    case .entryVisited(_, _, _, let place): self.place = place
    case .evacuationStarted(let bucket, _, _), .bucketEvacuated(_, let bucket, _):
      (array, self.bucket) = (.old, bucket)
    case .keyMoved(_, let from, _, _, _): place = from
    case .keyHashed(_, _, _, let bucket, _): (array, self.bucket) = (.new, bucket)
    default: break
    }
    if let place { (array, bucket) = (place.array, place.bucket) }
    if bucket == nil, let hash = moment.hash, let buckets = moment.after.buckets {
      (array, bucket) = (.new, Int(hash & buckets.mask))
    }
  }

  /// The bucket to keep in sight in an array; a moved key has one in each.
  func bucket(in name: ArrayName, _ event: MapEvent?) -> Int? {
    if case .keyMoved(_, let from, let to, _, _) = event {
      return name == .old ? from.bucket : to.bucket
    }
    return array == name ? bucket : nil
  }
}
