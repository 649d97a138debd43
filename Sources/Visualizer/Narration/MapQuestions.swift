import Models

/// What a viewer is asked of a map: which bucket, which array, which half, does it grow.
struct MapQuestions {
  let words: MapWords
  let moment: Moment<Hmap>
  let previous: Moment<Hmap>

  private var before: Hmap { moment.before }

  /// The question that the moment's event answers; nil for an event without a decision, and for one
  /// that the picture of the step before gives away.
  var question: Question? {
    switch moment.event {
    case .keyHashed(let key, let hash, let B, let bucket, _):
      return ofHash(key, hash, B, bucket)
    case .bucketChosen(let array, let bucket, let choice):
      return ofArray(array, bucket, choice)
    case .tophashCompared(let place, let stored, let wanted):
      return ofTophash(place, stored, wanted)
    case .keyInserted(let key, let place, _, _):
      return ofRoom(key, .slot) ?? ofSlot(key, place)
    case .overflowAllocated: return ofRoom(inserted, .overflow)
    case .growthStarted(let growth, _, _, _, _, _):
      return ofRoom(inserted, growth == .double ? .double : .same)
    case .evacuationStarted(let bucket, let reason, _): return ofEvacuation(bucket, reason)
    case .keyMoved(let key, let from, let to, let toY, let ordinal):
      return ofHalf(key, from, to, toY, ordinal)
    case .emptyRestSpread(let places): return ofSpread(places)
    default: return nil
    }
  }

  private func bucket(_ array: ArrayName, _ index: Int) -> Bilingual {
    Bilingual(words.bucket(array, index, .en), words.bucket(array, index, .zh))
  }

  // MARK: - Where a key belongs

  /// Which bucket a hash belongs to.
  ///
  /// The wrong ones are what other bits of it would choose. Of inserts, which come in rows, only
  /// one in four is asked about.
  private func ofHash(_ key: MapKey, _ hash: UInt64, _ B: Int, _ index: Int) -> Question? {
    // Other steps of the operation show its hash taken apart already, as do those of an operation
    // before it with the same key.
    if previous.operationIndex != moment.operationIndex, previous.hash == hash { return nil }
    switch moment.recent.last {
    case nil, .keyMoved: break
    default: return nil
    }
    if case .assign = moment.operation, (moment.operationIndex ?? 0) % 4 != 1 { return nil }
    guard (1...16).contains(B) else { return nil }
    let mask = UInt64(1) << UInt64(B) - 1
    let tempting = [hash >> UInt64(64 - B), hash >> 1 & mask, hash & mask >> 1, (hash + 1) & mask]
    let others = Self.distinct(tempting.map { Int($0) }, besides: index).prefix(3)
    let name = words[key]
    let (high, low) = (MapWords.highBits(hash, 8), MapWords.lowBits(hash, max(8, B)))
    return Question(
      Bilingual(
        "\(name) hashes to \(high) … \(low), and B is \(B). Which bucket is it?",
        "\(name) 的哈希值是 \(high) … \(low)，B 是 \(B)。它在哪个桶？"),
      inOrder: (others + [index]).sorted().map { bucket(.new, $0) }, right: bucket(.new, index))
  }

  /// Which of a growing map's arrays is searched.
  private func ofArray(_ array: ArrayName, _ index: Int, _ choice: BucketChoice) -> Question? {
    guard choice == .evacuated || choice == .notEvacuated, let hash = moment.hash,
      let old = before.oldbuckets, let new = before.buckets
    else { return nil }
    let name = searched.map { words[$0] } ?? ""
    func full(_ array: ArrayName, _ bucket: Int) -> Bilingual {
      array == .old
        ? Bilingual("old bucket \(bucket)", "旧数组 \(bucket) 号桶")
        : Bilingual("new bucket \(bucket)", "新数组 \(bucket) 号桶")
    }
    return Question(
      Bilingual(
        "The map is growing. Where is \(name) looked for first?", "map 正在扩容。先到哪里找 \(name)？"),
      inOrder: [full(.old, Int(hash & old.mask)), full(.new, Int(hash & new.mask))],
      right: full(array, index))
  }

  private var searched: MapKey? {
    switch moment.operation {
    case .access(let key), .delete(let key, _), .assign(let key, _, _): key.key
    default: nil
    }
  }

  /// How the comparison of one slot ends.
  ///
  /// Asked where a block begins and where the walk does not simply go on; now and then elsewhere, so
  /// that being asked tells nothing.
  private func ofTophash(_ place: SlotPlace, _ stored: UInt8, _ wanted: UInt8) -> Question? {
    let ends = stored == TopHash.emptyRest && before.type.variant == .generic
    guard place.slot == 0 || stored == wanted || ends || moment.step % 7 == 0 else { return nil }
    let match = Bilingual("equal: the key is compared", "相等：接着比较 key")
    let next = Bilingual("not equal: on to the next slot", "不相等：看下一个槽位")
    let end = Bilingual("emptyRest: the search ends", "emptyRest：查找结束")
    let right = stored == wanted ? match : ends ? end : next
    let choices = before.type.variant == .generic ? [match, next, end] : [match, next]
    return Question(
      Bilingual(
        "The tophash \(wanted) is looked for. What does slot \(place.slot) say?",
        "要找的 tophash 是 \(wanted)。\(place.slot) 号槽位会怎样？"),
      inOrder: choices, right: right)
  }

  // MARK: - Room for a new key

  private enum Room { case slot, overflow, double, same }

  private var inserted: MapKey? {
    if case .assign(let key, _, _) = moment.operation { key.key } else { nil }
  }

  /// What an insert does for want of room: near the limits of growth, and where a chain is full.
  private func ofRoom(_ key: MapKey?, _ room: Room) -> Question? {
    guard let key, inserted == key, !before.isGrowing, before.hasBuckets, let hash = moment.hash,
      let array = before.buckets, isFirstDecision
    else { return nil }
    let hasSlot = !freeSlots(of: Int(hash & array.mask), in: array).isEmpty
    let limit = max(Bmap.slotCount, 13 * (1 << before.B) / 2)
    let isNear =
      before.count + 2 >= limit || 4 * before.noverflow >= 3 << before.B || room != .slot
    guard isNear, hasSlot || room != .slot else { return nil }
    func words(_ room: Room) -> Bilingual {
      switch room {
      case .slot: Bilingual("it takes a free slot", "放进空槽位")
      case .overflow: Bilingual("an overflow block is linked", "接上一个溢出桶")
      case .double: Bilingual("growth starts: twice the buckets", "开始增量扩容：桶数翻倍")
      case .same: Bilingual("growth starts: same size", "开始等量扩容：桶数不变")
      }
    }
    let (B, count) = (before.B, before.count)
    return Question(
      Bilingual(
        "\(count) keys, 2^\(B) buckets, \(before.noverflow) overflow blocks. What does the new key "
          + "\(self.words[key]) bring about?",
        "已有 \(count) 个 key、2^\(B) 个桶、\(before.noverflow) 个溢出桶。放入新 key \(self.words[key]) 会怎样？"),
      inOrder: [words(hasSlot ? .slot : .overflow), words(.double), words(.same)],
      right: words(room))
  }

  /// Whether nothing has been told yet of what the insert does.
  private var isFirstDecision: Bool {
    moment.recent.allSatisfy { event in
      switch event {
      case .growthStarted, .overflowAllocated: false
      default: true
      }
    }
  }

  /// Which of several free slots a key takes, where a delete has left a hole.
  private func ofSlot(_ key: MapKey, _ place: SlotPlace) -> Question? {
    guard place.array == .new, let array = before.buckets, isFirstDecision else { return nil }
    let free = freeSlots(of: place.bucket, in: array)
    guard free.count > 1, free.contains(where: \.isHole) else { return nil }
    // The hole, the slot behind the last key, and the last of all are what one may think of.
    let firstRest = free.first { !$0.isHole }
    var shown = [free[0].slot, free[free.count - 1].slot] + (firstRest.map { [$0.slot] } ?? [])
    shown = Self.distinct(shown, besides: place.slot) + [place.slot]
    let block = free.filter { $0.bmap == place.bmap }.map(\.slot)
    guard Set(shown).isSubset(of: block) else { return nil }
    func slot(_ index: Int) -> Bilingual { Bilingual("slot \(index)", "\(index) 号槽位") }
    return Question(
      Bilingual(
        "\(words[key]) is new. Which free slot of bucket \(place.bucket) does it take?",
        "\(words[key]) 是新 key。它占 \(place.bucket) 号桶的哪个空槽位？"),
      inOrder: shown.sorted().map(slot), right: slot(place.slot))
  }

  private struct FreeSlot {
    var bmap: Int
    var slot: Int
    /// Left by a delete: later slots hold keys.
    var isHole: Bool
  }

  private func freeSlots(of bucket: Int, in array: BucketArray) -> [FreeSlot] {
    var free: [FreeSlot] = []
    for (position, block) in array.chain(bucket).enumerated() {
      for slot in 0..<Bmap.slotCount where TopHash.isEmpty(array[block].tophash[slot]) {
        let isHole = array[block].tophash[slot] == TopHash.emptyOne
        free.append(FreeSlot(bmap: position, slot: slot, isHole: isHole))
      }
    }
    return free
  }

  // MARK: - Growing

  /// Which old bucket is emptied now.
  private func ofEvacuation(_ index: Int, _ reason: EvacuationReason) -> Question? {
    guard let old = before.oldbuckets, let hash = moment.hash, old.B <= 16 else { return nil }
    let next = (before.nevacuate..<old.bucketCount).dropFirst()
    let tempting =
      [Int(hash & old.mask), before.nevacuate] + next.prefix(64) + [old.bucketCount - 1]
    let left = tempting.filter { !old.isEvacuated($0) }
    let others = Self.distinct(left, besides: index).prefix(2)
    let text =
      reason == .touched
      ? Bilingual(
        "nevacuate is \(before.nevacuate). Which old bucket does this write evacuate first?",
        "nevacuate 是 \(before.nevacuate)。这次写操作先搬迁旧数组的哪个桶？")
      : Bilingual(
        "nevacuate is \(before.nevacuate). Which old bucket does the write evacuate as well?",
        "nevacuate 是 \(before.nevacuate)。这次写操作还要搬迁旧数组的哪个桶？")
    return Question(
      text, inOrder: (others + [index]).sorted().map { bucket(.old, $0) },
      right: bucket(.old, index))
  }

  /// X or Y.
  ///
  /// The second key of a pair is seen at its new place already; one that is not equal to itself goes
  /// anywhere.
  private func ofHalf(
    _ key: MapKey, _ from: SlotPlace, _ to: SlotPlace, _ toY: Bool, _ ordinal: Int
  ) -> Question? {
    guard let old = before.oldbuckets, !before.isSameSizeGrow, key.isReflexive,
      ordinal % 2 == 0 || moment.partnerBehind == nil
    else { return nil }
    let hash = old[old.chain(from.bucket)[from.bmap]].hashes[from.slot]
    let low = MapWords.lowBits(hash, max(5, old.B + 1))
    func half(_ toY: Bool) -> Bilingual {
      let name = toY ? "Y" : "X"
      let index = from.bucket + (toY ? old.bucketCount : 0)
      return Bilingual("\(name): bucket \(index)", "\(name)：\(index) 号桶")
    }
    return Question(
      Bilingual(
        "\(words[key]) leaves old bucket \(from.bucket) of 2^\(old.B). Its hash ends in … \(low). "
          + "X or Y?",
        "\(words[key]) 离开旧数组（2^\(old.B) 个桶）\(from.bucket) 号桶，哈希值末位是 … \(low)。去 X 还是 Y？"),
      inOrder: [half(false), half(true)], right: half(toY))
  }

  // MARK: - Deleting

  /// How many marks change when the last key of a chain goes.
  private func ofSpread(_ places: [SlotPlace]) -> Question? {
    guard let first = places.first else { return nil }
    // The walk goes back from the deleted slot, at most to the front of the chain.
    let most = first.bmap * Bmap.slotCount + first.slot + 1
    let count = places.count
    let others = [1, count + 1, count - 1, count + 2].filter { (1...most).contains($0) }
    func slots(_ count: Int) -> Bilingual {
      Bilingual(count == 1 ? "1 slot" : "\(count) slots", "\(count) 个槽位")
    }
    return Question(
      Bilingual(
        "Nothing follows the deleted slot \(first.slot). How many slots become emptyRest?",
        "被删的 \(first.slot) 号槽位之后全空。有几个槽位变成 emptyRest？"),
      inOrder: (Self.distinct(others, besides: count).prefix(3) + [count]).sorted().map(slots),
      right: slots(count))
  }

  private static func distinct(_ values: [Int], besides right: Int) -> [Int] {
    var kept: [Int] = []
    for value in values where value != right && !kept.contains(value) { kept.append(value) }
    return kept
  }
}
