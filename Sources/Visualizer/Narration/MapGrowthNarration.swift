import Models

/// What is said while a map grows; by the notes' rule it is not quite what the runtime does.
extension MapNarration {
  func growth(_ event: MapEvent, _ moment: Moment<Hmap>, _ language: Language) -> Narration {
    switch event {
    case .growthStarted(let growth, _, let fromB, let toB, let count, let noverflow):
      return started(growth, fromB, toB, count, noverflow, language)
    case .evacuationStarted(let bucket, let reason, let live):
      return evacuation(bucket, reason, live, moment, language)
    case .keyMoved: return moved(event, moment, language)
    case .bucketEvacuated(_, let bucket, let moved):
      return say(
        language, "evacuate",
        "Old bucket \(bucket) is evacuated: \(moved == 1 ? "one key has" : "\(moved) keys have") left it. Its marks now only say where they went.",
        "旧数组 \(bucket) 号桶搬迁完毕，\(moved) 个 key 已离开，标记只说明去向。")
    case .evacuationMarkAdvanced(let from, let to):
      let jump = to - from > 1
      return say(
        language, "advanceEvacuationMark",
        "nevacuate goes from \(from) to \(to): every old bucket below \(to) is done."
          + (jump ? " It skips what was evacuated out of turn." : ""),
        "nevacuate 由 \(from) 变为 \(to)：编号小于 \(to) 的旧桶都已搬迁。" + (jump ? "提前搬迁的桶被跳过。" : ""))
    case .growthFinished(let growth, _):
      let B = moment.after.B
      return say(
        language, "advanceEvacuationMark",
        "Nothing is left in the old array: it is released and the growth is over. The map has 2^\(B) = \(1 << B) buckets"
          + (growth == .same ? ", as many as before." : "."),
        "旧数组已空，被释放，扩容完成。map 现有 2^\(B) = \(1 << B) 个桶" + (growth == .same ? "，与之前相同。" : "。"))
    default: return Narration("")
    }
  }

  private func say(
    _ language: Language, _ function: String?, _ en: @autoclosure () -> String,
    _ zh: @autoclosure () -> String
  ) -> Narration {
    let source =
      rules == .notes
      ? Bilingual("by the notes' rule", "按笔记的规则")[language]
      : function.map { "Go runtime/map.go \($0)" }
    return Narration(language == .en ? en() : zh(), source: source)
  }

  private func started(
    _ growth: Growth, _ fromB: Int, _ toB: Int, _ count: Int, _ noverflow: Int,
    _ language: Language
  ) -> Narration {
    switch growth {
    case .double:
      let limit = fromB == 0 ? "8" : "6.5 × \(1 << fromB) = \(13 * (1 << fromB) / 2)"
      return say(
        language, "hashGrow",
        "One more entry would be \(count + 1), over the limit of \(limit). A new array of 2^\(toB) = \(1 << toB) buckets is allocated; nothing has moved yet.",
        "再放一个就是 \(count + 1) 个，超过上限 \(limit)。分配 2^\(toB) = \(1 << toB) 个桶的新数组，此刻还没有搬迁任何 key。")
    case .same:
      return say(
        language, "hashGrow",
        "\(noverflow) overflow blocks hang on \(1 << fromB) buckets: too many for \(count) entries. A new array of the same size will pack them together.",
        "\(1 << fromB) 个桶挂了 \(noverflow) 个溢出桶，而元素只有 \(count) 个：等量扩容，分配同样大小的新数组，把元素排紧。")
    }
  }

  private func evacuation(
    _ bucket: Int, _ reason: EvacuationReason, _ live: Int, _ moment: Moment<Hmap>,
    _ language: Language
  ) -> Narration {
    let keys = live == 1 ? "1 key" : "\(live) keys"
    let (pairsEn, pairsZh) = live > 1 ? (", two at a time", "，两个两个地离开") : ("", " 要离开")
    switch reason {
    case .touched:
      return say(
        language, "growWork",
        "This write belongs to old bucket \(bucket), so that bucket is evacuated first: \(keys) will leave it\(pairsEn).",
        "这次写操作落在旧数组 \(bucket) 号桶，先搬迁它：\(live) 个 key\(pairsZh)。")
    case .next:
      return say(
        language, "growWork",
        "And one bucket more, so that the growth ends: old bucket \(bucket), where nevacuate stands, with \(keys).",
        "再多搬迁一个桶，保证扩容能够结束：nevacuate 指向的旧数组 \(bucket) 号桶，有 \(live) 个 key。")
    }
  }

  private func moved(
    _ event: MapEvent, _ moment: Moment<Hmap>, _ language: Language
  ) -> Narration {
    guard case .keyMoved(let key, let from, let to, let toY, let ordinal) = event else {
      return Narration("")
    }
    if moment.before.isSameSizeGrow {
      return say(
        language, "evacuate",
        "\(words[key]) moves to \(words.place(to, .en)): the same bucket, the next free slot. Holes stay behind.",
        "\(words[key]) 迁到\(MapWords.spaced(words.place(to, .zh)))：桶号不变，依次排紧，空洞不再保留。")
    }
    let bit = moment.before.oldbuckets?.B ?? 0
    let half = (
      toY
        ? "1: Y, bucket \(from.bucket) + \(1 << bit) = \(to.bucket)"
        : "0: X, bucket \(to.bucket) as before",
      toY ? "1：去 Y，即 \(from.bucket) + \(1 << bit) = \(to.bucket) 号桶" : "0：去 X，仍是 \(to.bucket) 号桶"
    )
    let partner = ordinal % 2 == 0 ? moment.partnerAhead : moment.partnerBehind
    let prefix: (String, String)
    switch (partner, rules, ordinal % 2) {
    case (let other?, .notes, 0):
      prefix = (
        "The map is growing, so two keys move: \(words[key]) and \(words[other]). ",
        "map 正在扩容，这次操作迁移两个 key：\(words[key]) 和 \(words[other])。"
      )
    case (let other?, _, 0):
      prefix = (
        "\(words[key]) and \(words[other]) leave old bucket \(from.bucket). ",
        "\(words[key]) 和 \(words[other]) 离开旧数组 \(from.bucket) 号桶。"
      )
    case (let other?, _, _):
      prefix = ("\(words[key]) follows \(words[other]). ", "\(words[key]) 紧随 \(words[other])。")
    default:
      prefix = (
        "\(words[key]) leaves old bucket \(from.bucket). ", "\(words[key]) 离开旧数组 \(from.bucket) 号桶。"
      )
    }
    return say(
      language, "evacuate",
      prefix.0 + "Bit \(bit) of \(words[key])'s hash is \(half.0).",
      prefix.1 + "\(words[key]) 的哈希值第 \(bit) 位是 \(half.1)。")
  }
}

extension Moment<Hmap> {
  /// The key that leaves together with the one of this step and will land in the next.
  var partnerAhead: MapKey? {
    guard case .keyMoved(_, _, _, _, let ordinal) = event else { return nil }
    for case .keyMoved(let key, _, _, _, let other) in upcoming {
      return other == ordinal + 1 ? key : nil
    }
    return nil
  }

  /// The key that left together with the one of this step and has landed.
  var partnerBehind: MapKey? {
    guard case .keyMoved(_, _, _, _, let ordinal) = event else { return nil }
    for case .keyMoved(let key, _, _, _, let other) in recent.reversed() {
      return other == ordinal - 1 ? key : nil
    }
    return nil
  }
}
