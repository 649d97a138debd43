import Models

/// The hmap's fields, and the hash of the operation's key taken apart.
struct MapFieldsPane {
  let moment: Moment<Hmap>
  let map: Hmap
  let words: MapWords
  let look: Look

  private struct Field {
    var name: String
    var value: String
    var changed: Bool
  }

  func draw(_ rect: Rect, framed: Bool, _ canvas: inout Canvas) {
    if rect.height > 4 {
      canvas.box(rect, title: "hmap")
      canvas.clipped(to: rect.inner) { drawTall(rect, &$0) }
    } else {
      drawFlat(rect, framed: framed, &canvas)
    }
  }

  /// The fields that fit into two lines.
  private var shortFields: [Field] {
    let wanted = ["count", "B", "load", "noverflow", "nevacuate"]
    return wanted.compactMap { name in fields.first { $0.name == name } }
  }

  /// Go's fields in Go's order, and the load factor.
  private var fields: [Field] {
    let before = moment.before
    func field(_ name: String, _ value: (Hmap) -> String) -> Field {
      let (old, new) = (value(before), value(map))
      return Field(name: name, value: new, changed: old != new)
    }
    func buckets(_ array: BucketArray?) -> String { array.map { "2^\($0.B)" } ?? "nil" }
    var fields = [
      field("count") { "\($0.count)" },
      field("flags") { Self.flagText($0.flags) },
      field("B") { "\($0.B)" },
      field("noverflow") { "\($0.noverflow)" },
      field("hash0") { Self.shortHex($0.hash0) },
      field("buckets") { buckets($0.buckets) },
      field("oldbuckets") { buckets($0.oldbuckets) },
      field("nevacuate") { "\($0.nevacuate)" },
    ]
    if let array = map.buckets, array.preallocatedCount > 0 {
      fields.append(
        field("nextOverflow") {
          guard let array = $0.buckets else { return "nil" }
          let isLeft = array.preallocatedUsed < array.preallocatedCount
          return isLeft ? "\(array.preallocatedUsed) of \(array.preallocatedCount)" : "nil"
        })
    }
    fields.append(Field(name: "load", value: loadText, changed: false))
    return fields
  }

  private static func flagText(_ flags: UInt8) -> String {
    var names: [String] = []
    if flags & Hmap.Flag.iterator != 0 { names.append("iter") }
    if flags & Hmap.Flag.oldIterator != 0 { names.append("oldIter") }
    if flags & Hmap.Flag.sameSizeGrow != 0 { names.append("sameSize") }
    return names.isEmpty ? "0" : names.joined(separator: " ")
  }

  private static func shortHex(_ value: UInt64) -> String {
    let digits = String(value >> 32, radix: 16)
    return String(repeating: "0", count: 8 - digits.utf8.count) + digits
  }

  /// Entries a bucket, with two decimals.
  private var loadText: String {
    let hundredths = (map.count * 100) >> map.B
    let fraction = hundredths % 100
    return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction) (6.5)"
  }

  private func drawTall(_ rect: Rect, _ canvas: inout Canvas) {
    let left = rect.x + 2
    let right = rect.right - 2
    var row = rect.y + 1
    for field in fields {
      put(field, left: left, right: right, row, &canvas)
      row += 1
    }
    if map.isGrowing {
      row += 1
      row = drawGrowth(left, right, row, &canvas)
    }
    if let (key, hash) = keyAndHash {
      row += 1
      drawHash(key, hash, left, right, row, &canvas)
      row += 5
    }
    drawLegend(left, right, below: row + 1, bottom: rect.bottom - 1, &canvas)
  }

  /// What the marks in the slots mean, at the foot of the pane where there is room.
  private func drawLegend(
    _ left: Int, _ right: Int, below: Int, bottom: Int, _ canvas: inout Canvas
  ) {
    let isHeat = map.B >= MapArrayPane.heatB
    let marks: [(String, Bilingual)] =
      isHeat
      ? [
        ("·", Bilingual("no key", "没有 key")), ("░", Bilingual("1 to 3", "1 到 3 个")),
        ("▒", Bilingual("4 to 6", "4 到 6 个")), ("▓", Bilingual("7 or 8", "7 或 8 个")),
        ("█", Bilingual("overflow chain", "有溢出链")), ("╌", Bilingual("evacuated", "已搬迁")),
      ]
      : [
        ("·", Bilingual("emptyRest", "emptyRest")), ("○", Bilingual("emptyOne", "emptyOne")),
        ("└▸", Bilingual("overflow block", "溢出桶")), ("▒", Bilingual("leaving", "迁移中")),
        ("╌x", Bilingual("evacuatedX", "evacuatedX")),
        ("╌y", Bilingual("evacuatedY", "evacuatedY")),
        ("╌", Bilingual("evacuatedEmpty", "evacuatedEmpty")),
        ("*", Bilingual("changed just now", "本步改变")),
      ]
    let first = bottom - marks.count
    guard first > below else { return }
    for (index, mark) in marks.enumerated() {
      canvas.put(mark.0, left, first + index, .dim)
      canvas.put(
        TextLayout.fit(mark.1[look.language], columns: right - left - 3), left + 3, first + index,
        .dim)
    }
  }

  private func put(
    _ field: Field, left: Int, right: Int, _ row: Int, _ canvas: inout Canvas
  ) {
    canvas.put(field.name, left, row, .dim)
    let value = field.value + (field.changed ? "*" : " ")
    let style = field.changed ? Style(.new, .bold) : .text
    canvas.put(value, right + 1 - GlyphWidth.of(value), row, style)
  }

  /// Old buckets that have nothing left; beyond 2^12 of them only those below `nevacuate` are
  /// counted.
  private var evacuatedCount: Int {
    guard let old = map.oldbuckets, old.B <= 12, map.type.rules != .notes else {
      return map.nevacuate
    }
    return (0..<old.bucketCount).count { old.isEvacuated($0) }
  }

  private func drawGrowth(
    _ left: Int, _ right: Int, _ row: Int, _ canvas: inout Canvas
  ) -> Int {
    let kind =
      map.isSameSizeGrow
      ? Bilingual("same-size growth", "等量扩容") : Bilingual("doubling", "增量扩容（翻倍）")
    canvas.put(kind[look.language], left, row, Style(.waiting, .bold))
    let total = map.oldbuckets?.bucketCount ?? 1
    let label = "\(evacuatedCount)/\(total)"
    let width = max(1, right - left - GlyphWidth.of(label) - 1)
    let done = evacuatedCount * width / total
    for column in 0..<width {
      canvas.put(
        column < done ? "█" : "░", left + column, row + 1, Style(column < done ? .moved : .dim))
    }
    canvas.put(label, left + width + 1, row + 1)
    return row + 2
  }

  // MARK: - The hash

  private var keyAndHash: (MapKey, UInt64)? {
    if case .keyMoved(let key, let from, _, _, _) = moment.event, let old = moment.before.oldbuckets
    {
      return (key, old[old.chain(from.bucket)[from.bmap]].hashes[from.slot])
    }
    switch moment.operation {
    case .assign(let key, _, _), .access(let key), .delete(let key, _):
      if case .keyHashed(_, let hash, _, _, _) = moment.event { return (key.key, hash) }
      return moment.hash.map { (key.key, $0) }
    default: return nil
    }
  }

  private func drawHash(
    _ key: MapKey, _ hash: UInt64, _ left: Int, _ right: Int, _ row: Int, _ canvas: inout Canvas
  ) {
    canvas.clipped(to: Rect(x: left, y: row, width: right - left + 1, height: 6)) { canvas in
      let title = Bilingual("hash of ", "哈希值：")[look.language] + words[key]
      canvas.put(TextLayout.fit(title, columns: right - left), left, row, .dim)
      drawBits(hash, left, row + 1, width: right - left + 1, &canvas)
      canvas.put("tophash", left, row + 2, .dim)
      let top = "\(TopHash.of(hash))"
      canvas.put(top, right - top.utf8.count, row + 2, Style(.read, .bold))
      canvas.put("bucket", left, row + 3, .dim)
      let bucket = "\(hash & (1 << UInt64(map.B) - 1))"
      canvas.put(bucket, right - bucket.utf8.count, row + 3, Style(.current, .bold))
      if let old = map.oldbuckets, !map.isSameSizeGrow {
        canvas.put("old bucket", left, row + 4, .dim)
        let bucket = "\(hash & old.mask)"
        canvas.put(bucket, right - bucket.utf8.count, row + 4)
      }
    }
  }

  /// The high byte, dots, and the low bits with a bar before those that choose the bucket.
  @discardableResult
  private func drawBits(
    _ hash: UInt64, _ left: Int, _ row: Int, width: Int, _ canvas: inout Canvas
  ) -> Int {
    var column = canvas.put(MapWords.highBits(hash, 8), left, row, Style(.read, .bold))
    let shownBits = max(5, map.B)
    let room = width - 8 - shownBits - 1
    column = canvas.put(room >= 5 ? " ··· " : room >= 3 ? " · " : "·", column, row, .dim)
    if map.B < shownBits {
      let between = MapWords.lowBits(hash >> UInt64(map.B), shownBits - map.B)
      column = canvas.put(between, column, row, .dim)
    }
    column = canvas.put("|", column, row, .dim)
    let low = column
    column = canvas.put(MapWords.lowBits(hash, map.B), column, row, Style(.current, .bold))
    if case .keyMoved = moment.event, !map.isSameSizeGrow, map.B > 0 {
      // The bit that decides between X and Y.
      canvas.restyle(Rect(x: low, y: row, width: 1, height: 1)) {
        $0 = Style(.moved, [.bold, .reverse])
      }
    }
    return column
  }

  // MARK: - Little room

  private func drawFlat(_ rect: Rect, framed: Bool, _ canvas: inout Canvas) {
    let inner = framed ? rect.inner : rect
    if framed { canvas.box(rect, title: "hmap") }
    var column = inner.x + 1
    for field in shortFields {
      guard column + field.name.utf8.count + field.value.utf8.count + 2 < inner.right else { break }
      column = canvas.put(field.name, column, inner.y, .dim) + 1
      let style = field.changed ? Style(.new, .bold) : .text
      column = canvas.put(field.value + (field.changed ? "*" : ""), column, inner.y, style) + 3
    }
    if map.isGrowing, let total = map.oldbuckets?.bucketCount {
      let text =
        map.isSameSizeGrow ? Bilingual("same-size", "等量扩容") : Bilingual("doubling", "翻倍扩容")
      let long = "\(text[look.language]) \(evacuatedCount)/\(total)"
      let fits = column + GlyphWidth.of(long) < inner.right
      canvas.put(
        fits ? long : "\(evacuatedCount)/\(total)", column, inner.y, Style(.waiting, .bold))
    }
    guard let (key, hash) = keyAndHash else { return }
    column = canvas.put(
      Bilingual("hash of ", "哈希值 ")[look.language] + words[key] + "  ", inner.x + 1, inner.y + 1,
      .dim)
    column = drawBits(hash, column, inner.y + 1, width: inner.width, &canvas) + 3
    column = canvas.put("tophash ", column, inner.y + 1, .dim)
    column = canvas.put("\(TopHash.of(hash))", column, inner.y + 1, Style(.read, .bold)) + 3
    column = canvas.put("bucket ", column, inner.y + 1, .dim)
    canvas.put(
      "\(hash & (1 << UInt64(map.B) - 1))", column, inner.y + 1, Style(.current, .bold))
  }
}
