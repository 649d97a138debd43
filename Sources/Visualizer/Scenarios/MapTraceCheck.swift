import Models

/// Replays a captured trace through the model and compares, operation by operation.
extension MapTrace {
  /// The model as it was before the trace's first operation.
  var initial: Hmap { Hmap(type: type, hint: hint) }

  /// Compares the model with the trace, up to the first difference.
  func check() -> CheckReport {
    var map = initial
    if let difference = compareState(map, made) {
      return .differs("operation -1 (make hint \(hint)): \(difference)")
    }
    for (index, entry) in operations.enumerated() {
      var seen = Seen()
      map.perform(entry.operation) { event, _ in seen.note(event) }
      if let difference = compareResult(seen, entry.expected, entry.operation)
        ?? compareState(map, entry.expected)
      {
        let text = MapWords(keys: keys).describe(entry.operation)
        return .differs("operation \(index) (\(text)): \(difference)")
      }
    }
    return .matches(count: operations.count, what: "operations", version: go)
  }

  /// What the model reported of one operation, in the trace's terms.
  private struct Seen {
    var found: Bool?
    var place: SlotPlace?
    var elem: Int?
    var key: MapKey?
    var isEnd = false
    var grow: String?
    var evacuated: [[Int]] = []
    var finished: Int?
    var seedReset = false

    mutating func note(_ event: MapEvent) {
      switch event {
      case .keyInserted(_, let place, let elem, _):
        (found, self.place, self.elem) = (false, place, elem)
      case .elemOverwritten(_, let place, _, let elem):
        (found, self.place, self.elem) = (true, place, elem)
      case .keyFound(_, let place, let elem):
        (found, self.place, self.elem) = (true, place, elem)
      case .keyMissed: (found, elem) = (false, 0)
      case .keyDeleted: found = true
      case .growthStarted(let growth, _, _, _, _, _): grow = growth.rawValue
      case .bucketEvacuated(let growth, let bucket, _): evacuated.append([growth, bucket])
      case .growthFinished(_, let number): finished = number
      case .seedReset: seedReset = true
      case .entryVisited(_, let key, let elem, _): (self.key, self.elem) = (key, elem)
      case .rangeEnded: isEnd = true
      default: break
      }
    }
  }

  private func compareResult(
    _ seen: Seen, _ expected: Expected, _ operation: MapOperation
  ) -> String? {
    func differ<Value: Equatable>(_ what: String, _ captured: Value, _ model: Value) -> String? {
      captured == model ? nil : "\(what): captured \(captured), model \(model)"
    }
    let common =
      differ("growth started", expected.grow ?? "none", seen.grow ?? "none")
      ?? differ("evacuated [growth, bucket]", expected.evacuated, seen.evacuated)
      ?? differ("growth finished", expected.finished ?? 0, seen.finished ?? 0)
      ?? differ("seed reset", expected.seedReset, seen.seedReset)
    switch operation {
    case .assign, .access, .delete:
      var difference =
        differ("found", expected.found ?? false, seen.found ?? false) ?? common
      if case .access = operation {
        difference = difference ?? differ("value", expected.elem ?? 0, seen.elem ?? 0)
      }
      if let captured = expected.place, let place = seen.place {
        difference = difference ?? differ("place", words(captured), words(place))
      }
      return difference
    case .iterate, .next:
      return differ("end of range", expected.isEnd, seen.isEnd)
        ?? differ(
          "key", expected.key.map { keys[$0] } ?? "none", seen.key.map { keys[$0] } ?? "none")
        ?? (expected.isEnd ? nil : differ("value", expected.elem ?? 0, seen.elem ?? 0))
        ?? common
    default: return common
    }
  }

  private func words(_ place: SlotPlace) -> String {
    "\(place.array) bucket \(place.bucket) bmap \(place.bmap) slot \(place.slot)"
  }

  // MARK: - The state after an operation

  private func compareState(_ map: Hmap, _ expected: Expected) -> String? {
    let growing = map.isGrowing ? (map.isSameSizeGrow ? 2 : 1) : 0
    for (what, captured, model) in [
      ("B", expected.B, map.B), ("count", expected.count, map.count),
      ("nevacuate", expected.nevacuate, map.nevacuate), ("growing", expected.growing, growing),
    ] where captured != model {
      return "\(what): captured \(captured), model \(model)"
    }
    if map.B < 16, expected.noverflow != map.noverflow {
      return "noverflow: captured \(expected.noverflow), model \(map.noverflow)"
    }
    guard let structure = expected.structure else { return nil }
    if let captured = structure.preallocatedCount,
      captured != (map.buckets?.preallocatedCount ?? 0)
    {
      return "preallocated overflow blocks: captured \(captured), model "
        + "\(map.buckets?.preallocatedCount ?? 0)"
    }
    return compare(structure.new, .new, map) ?? compare(structure.old, .old, map)
  }

  private func compare(
    _ captured: [[Structure.Block]]?, _ name: ArrayName, _ map: Hmap
  ) -> String? {
    let array = map.array(name)
    guard let captured else {
      return array == nil ? nil : "\(name) array: captured none, model 2^\(array?.B ?? 0) buckets"
    }
    guard let array else {
      return "\(name) array: captured \(captured.count) buckets, model none"
    }
    guard captured.count == array.bucketCount else {
      return "\(name) array: captured \(captured.count) buckets, model \(array.bucketCount)"
    }
    for bucket in captured.indices {
      let evacuated = name == .old && array.isEvacuated(bucket)
      if let difference = compareChain(captured[bucket], bucket, array, evacuated) {
        return "\(name == .old ? "old " : "")bucket \(bucket) \(difference)"
      }
    }
    return nil
  }

  /// Of an evacuated old chain only the first block's marks are compared: the rest of it may have
  /// been cut off.
  private func compareChain(
    _ captured: [Structure.Block], _ bucket: Int, _ array: BucketArray, _ evacuated: Bool
  ) -> String? {
    let chain = array.chain(bucket)
    if !evacuated, captured.count != chain.count {
      return "chain: captured \(captured.count) blocks, model \(chain.count)"
    }
    for (position, block) in captured.enumerated() where position == 0 || !evacuated {
      let model = array[chain[position]]
      let prefix = position == 0 ? "" : "bmap \(position) "
      for slot in 0..<Bmap.slotCount where block.tophash[slot] != model.tophash[slot] {
        return "\(prefix)slot \(slot) tophash: captured \(block.tophash[slot]), "
          + "model \(model.tophash[slot])"
      }
      if evacuated { break }
      let live = (0..<Bmap.slotCount).filter { TopHash.isLive(model.tophash[$0]) }
      guard block.slots.map(\.slot) == live else {
        return "\(prefix)live slots: captured \(block.slots.map(\.slot)), model \(live)"
      }
      for (slot, key, elem) in block.slots {
        let modelKey = keys.spellings[Int(model.keys[slot].spelling)]
        if key != modelKey || elem != model.elems[slot] {
          return "\(prefix)slot \(slot): captured \(VisibleText.label(key))=\(elem), "
            + "model \(VisibleText.label(modelKey))=\(model.elems[slot])"
        }
      }
    }
    return nil
  }
}
