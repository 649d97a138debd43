import Models

/// Go's map as a viewer meets it.
struct MapSubject: Subject {
  let keys: KeyTable
  let rules: MapType.Rules
  /// What the rules are called on the screen; a trace says which Go it was captured from.
  var caption: Bilingual

  private var words: MapWords { MapWords(keys: keys) }

  init(keys: KeyTable, rules: MapType.Rules, capturedFrom version: String? = nil) {
    self.keys = keys
    self.rules = rules
    if let version {
      caption = Bilingual(
        "Go map, captured from \(version): each write evacuates up to two buckets",
        "Go map，捕获自 \(version)：每次写最多搬迁两个桶")
    } else if rules == .notes {
      caption = Bilingual(
        "Go map, the notes' rule: two keys an operation", "Go map，笔记的规则：每次操作迁移两个 key")
    } else {
      caption = Bilingual(
        "Go map, \(rules.rawValue): a write evacuates up to two buckets",
        "Go map，\(rules.rawValue)：每次写操作最多搬迁两个桶")
    }
  }

  func describe(_ operation: MapOperation) -> String { words.describe(operation) }

  func pace(_ event: MapEvent) -> Pace {
    switch event {
    case .keyMoved(_, _, _, _, let ordinal):
      ordinal % 2 == 0 ? Pace(motion: 1000, hold: 400) : Pace(motion: 200, hold: 900)
    case .keyInserted, .growthStarted: Pace(motion: 600, hold: 1200)
    case .tophashCompared(_, let stored, let wanted):
      Pace(motion: 200, hold: stored == wanted ? 1000 : 600)
    case .keyHashed: Pace(motion: 400, hold: 1200)
    case .entryVisited: Pace(motion: 200, hold: 500)
    case .bucketEvacuated, .evacuationMarkAdvanced, .overflowFollowed, .bucketChosen:
      Pace(motion: 200, hold: 900)
    default: Pace(motion: 300, hold: 1500)
    }
  }

  func narrate(
    _ event: MapEvent, _ moment: Moment<Hmap>, _ language: Language
  ) -> Narration {
    MapNarration(words: words, rules: rules).narrate(event, moment, language)
  }

  func question(_ moment: Moment<Hmap>, after previous: Moment<Hmap>) -> Question? {
    MapQuestions(words: words, moment: moment, previous: previous).question
  }

  func draw(
    _ moment: Moment<Hmap>, progress: Double, in stage: Rect, of canvas: inout Canvas, look: Look
  ) {
    MapScene(moment: moment, progress: progress, stage: stage, words: words, look: look)
      .draw(&canvas)
  }

  func inspect(_ item: Item, _ moment: Moment<Hmap>, _ language: Language) -> Inspection? {
    MapItem.inspect(item, in: moment.after, words, language)
  }

  func fields(
    _ event: MapEvent, _ moment: Moment<Hmap>
  ) -> [(name: String, value: FieldValue)] {
    func path(_ place: SlotPlace) -> FieldValue { .text(MapWords.path(place)) }
    func name(_ key: MapKey) -> FieldValue { .text(keys[key]) }
    func id(_ id: Int?) -> FieldValue { id.map { .integer($0) } ?? .none }
    switch event {
    case .mapMade(let hint, let B, let preallocated):
      return [
        ("hint", .integer(hint)), ("B", .integer(B)), ("preallocated", .integer(preallocated)),
      ]
    case .keyHashed(let key, let hash, let B, let bucket, let tophash):
      return [
        ("key", name(key)), ("hash", .text("0x" + hex(hash))),
        ("lowBits", .text(MapWords.lowBits(hash, B))),
        ("highByte", .text(MapWords.highBits(hash, 8))), ("bucket", .integer(bucket)),
        ("tophash", .integer(Int(tophash))),
      ]
    case .bucketChosen(let array, let bucket, let choice):
      return [
        ("array", .text(array.rawValue)), ("bucket", .integer(bucket)),
        ("because", .text(choice.rawValue)),
      ]
    case .tophashCompared(let place, let stored, let wanted):
      return [
        ("at", path(place)), ("stored", .integer(Int(stored))), ("wanted", .integer(Int(wanted))),
        ("equal", .flag(stored == wanted)),
      ]
    case .keyCompared(let place, let stored, let wanted, let equal):
      return [
        ("at", path(place)), ("stored", name(stored)), ("wanted", name(wanted)),
        ("equal", .flag(equal)),
      ]
    case .overflowFollowed(let array, let bucket, let bmap):
      return [
        ("array", .text(array.rawValue)), ("bucket", .integer(bucket)), ("bmap", .integer(bmap)),
      ]
    case .keyFound(let key, let place, let elem):
      return [("key", name(key)), ("at", path(place)), ("elem", .integer(elem))]
    case .keyMissed(let key, let absence):
      return [("key", name(key)), ("because", .text(absence.rawValue))]
    case .bucketsAllocated(let B): return [("B", .integer(B))]
    case .overflowAllocated(let array, let bucket, let bmap, let preallocated, let noverflow):
      return [
        ("array", .text(array.rawValue)), ("bucket", .integer(bucket)), ("bmap", .integer(bmap)),
        ("preallocated", id(preallocated)), ("noverflow", .integer(noverflow)),
      ]
    case .keyInserted(let key, let place, let elem, let count):
      return [
        ("key", name(key)), ("at", path(place)), ("elem", .integer(elem)),
        ("count", .integer(count)),
      ]
    case .elemOverwritten(let key, let place, let old, let new):
      return [
        ("key", name(key)), ("at", path(place)), ("old", .integer(old)), ("new", .integer(new)),
      ]
    case .keyDeleted(let key, let place, let count):
      return [("key", name(key)), ("at", path(place)), ("count", .integer(count))]
    case .emptyRestSpread(let places): return [("slots", .texts(places.map(MapWords.path)))]
    case .seedReset, .rangeEnded: return []
    case .mapCleared(let removed, let dropped):
      return [("removed", .integer(removed)), ("growthDropped", .flag(dropped))]
    case .rangeStarted(let range, let startBucket, let offset):
      return [
        ("range", id(range)), ("startBucket", .integer(startBucket)), ("offset", .integer(offset)),
      ]
    case .entryVisited(let range, let key, let elem, let place):
      return [
        ("range", id(range)), ("key", name(key)), ("elem", .integer(elem)),
        ("at", place.map(path) ?? .none),
      ]
    default: return growthFields(event)
    }
  }

  private func growthFields(_ event: MapEvent) -> [(name: String, value: FieldValue)] {
    switch event {
    case .growthStarted(let growth, let number, let fromB, let toB, let count, let noverflow):
      return [
        ("growth", .text(growth.rawValue)), ("number", .integer(number)),
        ("fromB", .integer(fromB)), ("toB", .integer(toB)), ("count", .integer(count)),
        ("noverflow", .integer(noverflow)),
      ]
    case .evacuationStarted(let bucket, let reason, let live):
      return [
        ("bucket", .integer(bucket)), ("because", .text(reason.rawValue)),
        ("live", .integer(live)),
      ]
    case .keyMoved(let key, let from, let to, let toY, let ordinal):
      return [
        ("key", .text(keys[key])), ("from", .text(MapWords.path(from))),
        ("to", .text(MapWords.path(to))), ("half", .text(toY ? "Y" : "X")),
        ("ordinal", .integer(ordinal)),
      ]
    case .bucketEvacuated(let growth, let bucket, let moved):
      return [
        ("growth", .integer(growth)), ("bucket", .integer(bucket)), ("moved", .integer(moved)),
      ]
    case .evacuationMarkAdvanced(let from, let to):
      return [("from", .integer(from)), ("to", .integer(to))]
    case .growthFinished(let growth, let number):
      return [("growth", .text(growth.rawValue)), ("number", .integer(number))]
    default: return []
    }
  }

  private func hex(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
