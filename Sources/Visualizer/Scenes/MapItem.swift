import Models

/// What of a map a viewer can point at, and what the model knows of it.
enum MapItem {
  static func slot(_ place: SlotPlace) -> Item {
    Item("slot", place.array == .new ? 0 : 1, place.bucket, place.bmap, place.slot)
  }

  static func bucket(_ array: ArrayName, _ bucket: Int) -> Item {
    Item("bucket", array == .new ? 0 : 1, bucket)
  }

  /// All that the map knows of a slot or a bucket; nil where it does not exist now.
  static func inspect(
    _ item: Item, in map: Hmap, _ words: MapWords, _ language: Language
  ) -> Inspection? {
    guard item.path.count >= 2 else { return nil }
    let name = item.path[0] == 0 ? ArrayName.new : .old
    guard let array = map.array(name), item.path[1] < array.bucketCount else { return nil }
    switch item.kind {
    case "slot":
      let place = SlotPlace(
        name, bucket: item.path[1], bmap: item.path[2], slot: item.path[3])
      return inspect(place, array, map, words, language)
    default: return inspect(bucket: item.path[1], name, array, language)
    }
  }

  private static func inspect(
    _ place: SlotPlace, _ array: BucketArray, _ map: Hmap, _ words: MapWords,
    _ language: Language
  ) -> Inspection? {
    let chain = array.chain(place.bucket)
    guard place.bmap < chain.count else { return nil }
    let block = array[chain[place.bmap]]
    let mark = block.tophash[place.slot]
    var facts = [("tophash", tophash(mark, language))]
    if TopHash.isLive(mark) {
      let hash = block.hashes[place.slot]
      let B = map.newArrayB
      facts += [
        ("key", words[block.keys[place.slot]]), ("elem", "\(block.elems[place.slot])"),
        ("hash", "0x" + String(hash, radix: 16)),
        (Bilingual("high byte", "高 8 位")[language], MapWords.highBits(hash, 8)),
        (Bilingual("low \(B) bits", "低 \(B) 位")[language], MapWords.lowBits(hash, B)),
        (Bilingual("bucket", "桶")[language], "\(hash & (1 << UInt64(B) - 1))"),
      ]
      if place.array == .old, !map.isSameSizeGrow, map.isGrowing {
        let toY = hash >> UInt64(array.B) & 1 == 1
        facts.append(
          (Bilingual("will go to", "将迁往")[language], toY ? "Y" : "X"))
      }
    }
    let title = words.place(place, language)
    return Inspection(title.prefix(1).uppercased() + title.dropFirst(), facts)
  }

  private static func tophash(_ mark: UInt8, _ language: Language) -> String {
    let name: String
    switch mark {
    case TopHash.emptyRest: name = "emptyRest"
    case TopHash.emptyOne: name = "emptyOne"
    case TopHash.evacuatedX: name = "evacuatedX"
    case TopHash.evacuatedY: name = "evacuatedY"
    case TopHash.evacuatedEmpty: name = "evacuatedEmpty"
    default: return "\(mark)"
    }
    return "\(mark) \(name)"
  }

  private static func inspect(
    bucket: Int, _ name: ArrayName, _ array: BucketArray, _ language: Language
  ) -> Inspection {
    let chain = array.chain(bucket)
    var live = 0
    for block in chain {
      for slot in 0..<Bmap.slotCount where TopHash.isLive(array[block].tophash[slot]) { live += 1 }
    }
    let isGone = name == .old && array.isEvacuated(bucket)
    return Inspection(
      (name == .old ? "oldbuckets" : "buckets") + "[\(bucket)]",
      [
        (Bilingual("keys", "key 数")[language], "\(live)"),
        (Bilingual("blocks", "桶块数")[language], "\(chain.count)"),
        (Bilingual("overflow", "溢出桶")[language], "\(chain.count - 1)"),
        (
          Bilingual("evacuated", "已搬迁")[language],
          isGone ? Bilingual("yes", "是")[language] : Bilingual("no", "否")[language]
        ),
      ])
  }
}
