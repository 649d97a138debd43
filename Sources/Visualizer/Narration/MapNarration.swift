import Models

/// What each event of a map means, in both languages.
struct MapNarration {
  let words: MapWords
  let rules: MapType.Rules

  /// The sentence of an event, given the map before and after it.
  func narrate(
    _ event: MapEvent, _ moment: Moment<Hmap>, _ language: Language
  ) -> Narration {
    switch event {
    case .mapMade, .bucketsAllocated, .overflowAllocated, .seedReset, .mapCleared:
      life(event, language)
    case .keyHashed, .bucketChosen, .tophashCompared, .keyCompared, .overflowFollowed, .keyFound,
      .keyMissed:
      search(event, moment, language)
    case .keyInserted, .elemOverwritten, .keyDeleted, .emptyRestSpread:
      write(event, moment, language)
    case .growthStarted, .evacuationStarted, .keyMoved, .bucketEvacuated, .evacuationMarkAdvanced,
      .growthFinished:
      growth(event, moment, language)
    case .rangeStarted, .entryVisited, .rangeEnded: range(event, language)
    }
  }

  private func say(
    _ language: Language, _ source: String?, _ en: @autoclosure () -> String,
    _ zh: @autoclosure () -> String
  ) -> Narration {
    Narration(
      language == .en ? en() : zh(), source: source.map { "Go runtime/map.go \($0)" })
  }

  // MARK: - The map itself

  private func life(_ event: MapEvent, _ language: Language) -> Narration {
    switch event {
    case .mapMade(let hint, let B, let preallocated):
      let extra =
        preallocated == 0
        ? Bilingual("", "")
        : Bilingual(
          " \(preallocated) overflow blocks come with the array.",
          "同时预分配 \(preallocated) 个溢出桶。")
      if B == 0 {
        return say(
          language, "makemap_small",
          "An empty map: B = 0 and no bucket yet. The first insert will allocate one.",
          "空 map：B = 0，还没有桶，第一次插入时才分配。")
      }
      return say(
        language, "makemap",
        "make for \(hint) entries: B = \(B), so 2^\(B) = \(1 << B) buckets hold them below 6.5 a bucket."
          + extra.en,
        "make 时预计 \(hint) 个元素：B = \(B)，2^\(B) = \(1 << B) 个桶，负载因子不超过 6.5。" + extra.zh)
    case .bucketsAllocated(let B):
      return say(
        language, "mapassign",
        "The first insert allocates the array: 2^\(B) = \(1 << B) bucket of eight slots.",
        "第一次插入时分配桶数组：2^\(B) = \(1 << B) 个桶，每个桶 8 个槽位。")
    case .overflowAllocated(let array, let bucket, let bmap, let preallocated, let noverflow):
      let origin =
        preallocated.map {
          Bilingual("preallocated block \($0)", "预分配的第 \($0) 个溢出桶")
        } ?? Bilingual("a new block from the heap", "从堆上新分配的溢出桶")
      return say(
        language, "newoverflow",
        "All slots of \(words.bucket(array, bucket, .en)) are taken: \(origin.en) is linked as overflow block \(bmap). noverflow is now \(noverflow).",
        "\(words.bucket(array, bucket, .zh))的槽位已满：接上第 \(bmap) 个溢出桶（\(origin.zh)），noverflow 变为 \(noverflow)。"
      )
    case .seedReset:
      return say(
        language, "mapdelete",
        "The map is empty, so it draws a new hash seed. The same keys will hash differently from now on.",
        "map 已空，重新生成哈希种子 hash0。同样的 key 以后哈希值不同。")
    case .mapCleared(let removed, let dropped):
      return say(
        language, "mapclear",
        "clear removes \(removed) entries at once. B stays as it is"
          + (dropped ? "; the growth under way is dropped." : "; the array is reused."),
        "clear 一次删除 \(removed) 个元素，B 不变" + (dropped ? "，进行中的扩容被放弃。" : "，桶数组继续使用。"))
    default: return Narration("")
    }
  }

  // MARK: - Looking for a key

  private func search(
    _ event: MapEvent, _ moment: Moment<Hmap>, _ language: Language
  ) -> Narration {
    switch event {
    case .keyHashed(let key, let hash, let B, let bucket, let top):
      return hashed(key, hash, B, bucket, top, language)
    case .bucketChosen(let array, let bucket, let choice):
      return chosen(array, bucket, choice, language)
    case .tophashCompared(let place, let stored, let wanted):
      return compared(place, stored, wanted, language)
    case .keyCompared(let place, let stored, let wanted, let equal):
      let at = (words.place(place, .en), words.place(place, .zh))
      if equal {
        return say(
          language, "mapaccess1",
          "The key in \(at.0) is compared: it is \(words[wanted]).",
          "比较 key：\(at.1)里正是 \(words[wanted])。")
      }
      return say(
        language, "mapaccess1",
        "The key in \(at.0) is \(words[stored]), not \(words[wanted]): equal tophash, different keys. The tophash is only a filter.",
        "\(at.1)里的 key 是 \(words[stored])，不是 \(words[wanted])。tophash 相同而 key 不同：tophash 只用来过滤。")
    case .overflowFollowed(let array, let bucket, let bmap):
      return say(
        language, "mapaccess1",
        "Nothing in these eight slots. The chain of \(words.bucket(array, bucket, .en)) goes on: overflow block \(bmap).",
        "这 8 个槽位里没有。\(words.bucket(array, bucket, .zh))还有溢出链，继续到第 \(bmap) 个溢出桶。")
    case .keyFound(let key, let place, let elem):
      return found(key, place, elem, moment, language)
    case .keyMissed(let key, let absence):
      return missed(key, absence, language)
    default: return Narration("")
    }
  }

  private func hashed(
    _ key: MapKey, _ hash: UInt64, _ B: Int, _ bucket: Int, _ top: UInt8, _ language: Language
  ) -> Narration {
    let high = MapWords.highBits(hash, 8)
    let raw = Int(hash >> 56)
    let lifted = raw < Int(TopHash.minimum)
    let topEn =
      lifted
      ? "\(high) = \(raw) is below 5, where the marks are: tophash is \(raw) + 5 = \(top)"
      : "\(high) = \(top) is its tophash"
    let topZh =
      lifted
      ? "\(high) = \(raw)，小于 5 的值留给标记，所以 tophash 是 \(raw) + 5 = \(top)"
      : "\(high) = \(top) 是 tophash"
    if B == 0 {
      return say(
        language, "mapassign",
        "\(words[key]) is hashed. There is one bucket only, so no low bit is needed; the high byte \(topEn).",
        "计算 \(words[key]) 的哈希值。只有一个桶，不需要低位；高 8 位 \(topZh)。")
    }
    let low = MapWords.lowBits(hash, B)
    return say(
      language, "bucketMask, tophash",
      "\(words[key]) is hashed: the low \(B == 1 ? "bit" : "\(B) bits") \(low) choose\(B == 1 ? "s" : "") bucket \(bucket), the high byte \(topEn).",
      "计算 \(words[key]) 的哈希值：低 \(B) 位 \(low) 选中 \(bucket) 号桶，高 8 位 \(topZh)。")
  }

  private func chosen(
    _ array: ArrayName, _ bucket: Int, _ choice: BucketChoice, _ language: Language
  ) -> Narration {
    switch choice {
    case .onlyArray:
      return say(
        language, "mapaccess1", "The search goes to bucket \(bucket), slot by slot.",
        "到 \(bucket) 号桶逐个槽位查找。")
    case .notEvacuated:
      return say(
        language, "mapaccess1",
        "The map is growing and old bucket \(bucket) has not been evacuated, so the key must be looked for there.",
        "map 正在扩容，旧数组 \(bucket) 号桶还没有搬迁，所以到旧桶里找。")
    case .evacuated:
      return say(
        language, "mapaccess1",
        "The map is growing, but the key's old bucket has been evacuated: the search goes to new bucket \(bucket).",
        "map 正在扩容，但这个 key 的旧桶已经搬迁，所以到新数组 \(bucket) 号桶找。")
    case .alsoNew:
      return say(
        language, nil,
        "Not in the old bucket. The key may have moved, or been inserted since: new bucket \(bucket) is searched too.",
        "旧桶里没有：可能已迁移，或是扩容开始后才插入的，再查新数组 \(bucket) 号桶。")
    }
  }

  private func compared(
    _ place: SlotPlace, _ stored: UInt8, _ wanted: UInt8, _ language: Language
  ) -> Narration {
    let at = (words.place(place, .en), words.place(place, .zh))
    if stored == wanted {
      return say(
        language, "mapaccess1",
        "In \(at.0) the tophash is \(stored), as wanted. Only now is the key itself compared.",
        "\(at.1)的 tophash 是 \(stored)，与要找的相等，这时才比较 key 本身。")
    }
    switch stored {
    case TopHash.emptyRest:
      return say(
        language, "mapaccess1",
        "In \(at.0) stands emptyRest: this slot and everything behind it is empty, so the search can end.",
        "\(at.1)是 emptyRest：此处及之后全空，查找可以结束。")
    case TopHash.emptyOne:
      return say(
        language, "mapaccess1",
        "In \(at.0) stands emptyOne: this slot is empty, later ones may not be. On to the next.",
        "\(at.1)为空（emptyOne），但后面可能还有，继续。")
    case ..<TopHash.minimum:
      return say(
        language, "mapaccess1",
        "The entry that was in \(at.0) has moved away. On to the next slot.",
        "\(at.1)的元素已经迁走，继续看下一个槽位。")
    default:
      return say(
        language, "mapaccess1",
        "In \(at.0) the tophash is \(stored), wanted is \(wanted): another key, which need not even be read.",
        "\(at.1)的 tophash 是 \(stored)，要找的是 \(wanted)：不是它，连 key 都不必读。")
    }
  }

  private func found(
    _ key: MapKey, _ place: SlotPlace, _ elem: Int, _ moment: Moment<Hmap>, _ language: Language
  ) -> Narration {
    let at = (words.place(place, .en), words.place(place, .zh))
    guard let hash = moment.hash, moment.before.B > 0 else {
      return say(
        language, "mapaccess1", "Found: \(words[key]) is in \(at.0), its value is \(elem).",
        "找到：\(words[key]) 在\(MapWords.spaced(at.1))，值为 \(elem)。")
    }
    let B = (place.array == .new ? moment.before.buckets : moment.before.oldbuckets)?.B ?? 0
    let low = MapWords.lowBits(hash, B)
    let high = MapWords.highBits(hash, 8)
    let raw = Int(hash >> 56)
    let top = Int(TopHash.of(hash))
    let number = raw == top ? "\(top)" : "\(raw), tophash \(top),"
    let numberZh = raw == top ? "\(top)" : "\(raw)（tophash \(top)）"
    return say(
      language, "mapaccess1",
      "Found: \(words[key]) is in \(at.0). Low bits \(low) gave the bucket, the high byte \(high) = \(number) the slot; its value is \(elem).",
      "找到：\(words[key]) 在\(MapWords.spaced(at.1))。低 \(B) 位 \(low) 选桶，高 8 位 \(high) = \(numberZh) 定位槽位，值为 \(elem)。"
    )
  }

  private func missed(_ key: MapKey, _ absence: Absence, _ language: Language) -> Narration {
    switch absence {
    case .emptyMap:
      return say(
        language, "mapaccess1", "The map is empty: no bucket is looked at for \(words[key]).",
        "map 为空，不必查看任何桶，\(words[key]) 不存在。")
    case .emptyRest:
      return say(
        language, "mapaccess1",
        "\(words[key]) is not in the map: the chain says that nothing follows.",
        "\(words[key]) 不存在：标记说明后面没有元素了。")
    case .endOfChain:
      return say(
        language, "mapaccess1", "\(words[key]) is not in the map: the chain has ended.",
        "\(words[key]) 不存在：已到链尾。")
    }
  }

  // MARK: - Writing

  private func write(
    _ event: MapEvent, _ moment: Moment<Hmap>, _ language: Language
  ) -> Narration {
    switch event {
    case .keyInserted(let key, let place, _, let count):
      let during = moment.after.isGrowing
      return say(
        language, "mapassign",
        "\(words[key]) goes to the first free slot of its chain: \(words.place(place, .en)). "
          + (during ? "While growing, new keys go to the new array only. " : "")
          + "count is now \(count).",
        "\(words[key]) 放进链上第一个空闲槽位：\(words.place(place, .zh))。"
          + (during ? "扩容期间新 key 只放进新数组。" : "") + "count 变为 \(count)。")
    case .elemOverwritten(let key, let place, let old, let new):
      return say(
        language, "mapassign",
        "\(words[key]) is there already, in \(words.place(place, .en)): its value \(old) becomes \(new). Overwriting never starts a growth.",
        "\(words[key]) 已经在\(MapWords.spaced(words.place(place, .zh)))：值由 \(old) 覆盖为 \(new)。覆盖不会触发扩容。"
      )
    case .keyDeleted(let key, let place, let count):
      return say(
        language, "mapdelete",
        "\(words[key]) is removed from \(words.place(place, .en)): the slot is marked emptyOne. count is now \(count); no memory is freed.",
        "删除 \(words[key])：\(words.place(place, .zh))标记为 emptyOne，count 变为 \(count)，内存并不释放。")
    case .emptyRestSpread(let places):
      let count = places.count
      return say(
        language, "mapdelete",
        "Nothing follows any more, so \(count == 1 ? "this slot becomes" : "these \(count) slots become") emptyRest: later searches can stop here.",
        "后面再没有元素，\(count) 个槽位改为 emptyRest，以后的查找到此即止。")
    default: return Narration("")
    }
  }

  // MARK: - Ranging

  private func range(_ event: MapEvent, _ language: Language) -> Narration {
    switch event {
    case .rangeStarted(_, let startBucket, let offset):
      return say(
        language, "mapiterinit",
        "A range starts at a random place: bucket \(startBucket), and slot \(offset) in every block. So no program can rely on the order.",
        "range 从随机位置开始：\(startBucket) 号桶，每个桶内从 \(offset) 号槽位起，程序不能依赖遍历顺序。")
    case .entryVisited(_, let key, let elem, let place):
      let at = place.map { (words.place($0, .en), words.place($0, .zh)) } ?? ("the map", "map ")
      return say(
        language, "mapiternext", "The range visits \(words[key]) = \(elem) in \(at.0).",
        "遍历到\(MapWords.spaced(at.1))里的 \(words[key]) = \(elem)。")
    default:
      return say(
        language, "mapiternext", "The range has come round to its start: it is over.",
        "遍历绕回起点，结束。")
    }
  }
}

extension Moment<Hmap> {
  /// The hash of the key that the moment's operation is about, as far as it is known before.
  var hash: UInt64? {
    switch operation {
    case .assign(let key, _, _), .access(let key), .delete(let key, _):
      switch key.hash {
      case .fixed(let hash): hash
      case .content(let bits):
        key.key.isReflexive ? SplitMix64.mix(bits ^ before.hash0) : nil
      }
    default: nil
    }
  }
}
