import Models

/// One of a map's arrays: a row a block while there is room, from 2^7 buckets on a cell a bucket.
struct MapArrayPane {
  let array: BucketArray
  let name: ArrayName
  let rect: Rect
  let framed: Bool
  let map: Hmap
  let moment: Moment<Hmap>
  let words: MapWords
  let look: Look
  let focus: MapFocus

  /// From this many bits on a bucket is one cell.
  static let heatB = 7

  var isHeat: Bool { array.B >= Self.heatB }

  /// Where the content is drawn.
  private var inner: Rect { framed ? rect.inner : rect }

  func draw(revealed: Double, _ canvas: inout Canvas) {
    let title = name == .old ? "oldbuckets  B=\(array.B)" : "buckets  B=\(array.B)"
    if framed {
      canvas.box(rect, title: title)
    }
    canvas.clipped(to: inner) { canvas in
      if isHeat {
        MapHeat(pane: self, area: inner).draw(&canvas)
      } else {
        drawRows(revealed: revealed, &canvas)
      }
    }
    if framed { drawLegend(&canvas) }
  }

  /// Where the slot of a place is drawn; at the pane's edge if it is scrolled out of sight.
  func point(_ place: SlotPlace) -> Point {
    if isHeat { return MapHeat(pane: self, area: inner).point(bucket: place.bucket) }
    let rows = self.rows
    let index = rows.firstIndex { $0.bucket == place.bucket && $0.bmap == place.bmap }
    // A block that is about to be linked is drawn below the chain's last one.
    let line =
      index.map { rows[$0].line }
      ?? (rows.last { $0.bucket == place.bucket }.map { $0.line + 1 } ?? 0)
    let y = inner.y + line - firstLine(rows)
    return Point(
      x: inner.x + prefixWidth + place.slot * slotWidth,
      y: max(inner.y, min(inner.bottom - 1, y)))
  }

  // MARK: - A row a block

  private struct Row {
    var bucket: Int
    var bmap: Int
    var block: Int
    /// Where it stands below the first row.
    var line: Int
  }

  /// The blocks from top to bottom.
  ///
  /// Where there is room the buckets stand apart; overflow blocks
  /// then take the lines between.
  private var rows: [Row] {
    // Both arrays are spaced alike, so that a key which keeps its index moves straight across.
    let largest = max(array.B, map.newArrayB)
    let spacing = max(1, min(5, inner.height >> largest))
    var rows: [Row] = []
    var line = 0
    for bucket in 0..<array.bucketCount {
      let chain = array.chain(bucket)
      for (position, block) in chain.enumerated() {
        rows.append(Row(bucket: bucket, bmap: position, block: block, line: line + position))
      }
      line += max(spacing, chain.count)
    }
    return rows
  }

  private var indexWidth: Int { max(2, "\(array.bucketCount - 1)".utf8.count) }
  private var prefixWidth: Int { indexWidth + 3 }
  private var slotWidth: Int { min(16, max(3, (inner.width - prefixWidth) / Bmap.slotCount)) }
  private var showsTophash: Bool { slotWidth >= 9 }

  /// The first line to show, so that the focus is in sight; moves by half a pane at a time, to be
  /// calm.
  private func scrolled(_ rows: [Row]) -> Scrolled {
    let height = inner.height
    let count = (rows.last?.line ?? 0) + 1
    var first = 0
    if let bucket = focus.bucket(in: name, moment.event),
      let row = rows.first(where: { $0.bucket == bucket })
    {
      let half = max(1, height / 2)
      first = row.line / half * half - half / 2
    }
    return Scrolled(
      count: count, room: height, wanted: first, by: look.scroll(of: name.rawValue))
  }

  private func firstLine(_ rows: [Row]) -> Int { scrolled(rows).first }

  private func drawRows(revealed: Double, _ canvas: inout Canvas) {
    let rows = self.rows
    let scrolled = scrolled(rows)
    canvas.mark(scrolling: scrolled.range, of: name.rawValue)
    let first = scrolled.first
    let last = first + inner.height
    let shown = Int((Double(inner.height) * revealed).rounded(.up))
    for row in rows where row.line >= first && row.line < first + shown {
      drawRow(row, y: inner.y + row.line - first, &canvas)
    }
    noteHidden(
      above: rows.count { $0.line < first }, below: rows.count { $0.line >= last }, &canvas)
  }

  private func drawRow(_ row: Row, y: Int, _ canvas: inout Canvas) {
    let isFocus = focus.bucket(in: name, moment.event) == row.bucket
    if row.bmap == 0 {
      let mark = isFocus ? "▸" : " "
      let label = mark + TextLayout.padLeft("\(row.bucket)", columns: indexWidth)
      canvas.put(label, inner.x, y, isFocus ? Style(.current, .bold) : .dim)
    } else {
      canvas.put(
        TextLayout.padLeft("└▸", columns: prefixWidth - 1), inner.x, y,
        isFocus ? Style(.current) : .dim)
    }
    for slot in 0..<Bmap.slotCount {
      let place = SlotPlace(name, bucket: row.bucket, bmap: row.bmap, slot: slot)
      drawSlot(place, array[row.block], inner.x + prefixWidth + slot * slotWidth, y, &canvas)
    }
  }

  private func drawSlot(
    _ place: SlotPlace, _ block: borrowing Bmap, _ x: Int, _ y: Int, _ canvas: inout Canvas
  ) {
    canvas.mark(
      MapItem.slot(place), Rect(x: x, y: y, width: max(1, slotWidth - 1), height: 1))
    let mark = block.tophash[place.slot]
    let isSlot = focus.place == place
    var style: Style
    var text: String
    switch mark {
    case TopHash.emptyRest: (text, style) = ("·", .dim)
    case TopHash.emptyOne: (text, style) = ("○", .dim)
    case TopHash.evacuatedX: (text, style) = ("╌x", .dim)
    case TopHash.evacuatedY: (text, style) = ("╌y", .dim)
    case TopHash.evacuatedEmpty: (text, style) = ("╌", .dim)
    default:
      let key = words[block.keys[place.slot]]
      text = showsTophash ? TextLayout.padLeft("\(mark)", columns: 3) + " " + key : key
      style = .text
    }
    let isLive = TopHash.isLive(mark)
    if isLive, isUnderWay(place) {
      canvas.put(
        String(repeating: "▒", count: min(slotWidth - 1, max(2, GlyphWidth.of(text)))), x, y,
        Style(.moved))
      return
    }
    style = emphasis(place, isLive: isLive) ?? style
    let fitted = TextLayout.fit(text, columns: slotWidth - 1)
    canvas.put(fitted, x, y, style)
    if isSlot, style.attributes.contains(.reverse) {
      let width = GlyphWidth.of(fitted)
      canvas.put(String(repeating: " ", count: max(0, 3 - width)), x + width, y, style)
    }
  }

  /// How a slot stands out in this step; nil for not at all.
  private func emphasis(_ place: SlotPlace, isLive: Bool) -> Style? {
    switch moment.event {
    case .tophashCompared(place, let stored, let wanted):
      return Style(stored == wanted ? .new : .read, .reverse)
    case .keyCompared(place, _, _, let equal): return Style(equal ? .new : .read, .reverse)
    case .keyFound(_, place, _): return Style(.new, [.reverse, .bold])
    case .keyInserted(_, place, _, _): return isLive ? Style(.new, [.reverse, .bold]) : nil
    case .elemOverwritten(_, place, _, _): return Style(.new, [.reverse, .bold])
    case .keyDeleted(_, place, _): return Style(.freed, .reverse)
    case .emptyRestSpread(let places): return places.contains(place) ? Style(.freed, .reverse) : nil
    case .entryVisited(_, _, _, place?): return Style(.read, .reverse)
    case .keyMoved(_, let from, let to, _, _):
      if place == to, isLive { return Style(.moved, [.reverse, .bold]) }
      return place == from ? Style(.moved) : nil
    case .evacuationStarted(let bucket, _, _):
      return name == .old && place.bucket == bucket && isLive ? Style(.moved, .underline) : nil
    default: return nil
    }
  }

  /// Whether the slot's key is on its way in this step: the one of the step, or the one that leaves
  /// together with it.
  private func isUnderWay(_ place: SlotPlace) -> Bool {
    guard case .keyMoved(_, let from, _, _, let ordinal) = moment.event else { return false }
    if place == from { return true }
    guard ordinal % 2 == 0 else { return false }
    for case .keyMoved(_, let from, _, _, let other) in moment.upcoming {
      return from == place && other == ordinal + 1
    }
    return false
  }

  // MARK: - What is out of sight, and the legend

  func noteHidden(above: Int, below: Int, _ canvas: inout Canvas) {
    guard framed else { return }
    let language = look.language
    canvas.unclipped { canvas in
      func note(_ text: String, _ row: Int) {
        canvas.put(text, rect.right - GlyphWidth.of(text) - 2, row, .dim)
      }
      if above > 0 { note(Bilingual(" ▲ \(above) more ", " ▲ 还有 \(above) 行 ")[language], rect.y) }
      if below > 0 {
        note(Bilingual(" ▼ \(below) more ", " ▼ 还有 \(below) 行 ")[language], rect.bottom - 1)
      }
    }
  }

  /// In a narrow window the marks are explained on the pane's lower edge, else beside the fields.
  private func drawLegend(_ canvas: inout Canvas) {
    guard look.size.columns < MapLayout.columnsWithTallFields else { return }
    let legend: Bilingual
    if isHeat {
      legend = Bilingual(
        "· 0 ░ 1-3 ▒ 4-6 ▓ 7-8 █ chain", "· 0 ░ 1-3 ▒ 4-6 ▓ 7-8 █ 溢出链")
    } else if name == .old {
      legend = Bilingual("▒ leaving  ╌x ╌y gone", "▒ 迁移中  ╌x ╌y 已迁走")
    } else {
      legend = Bilingual("· empty  ○ deleted", "· 空  ○ 已删除")
    }
    let text = " \(legend[look.language]) "
    if GlyphWidth.of(text) + 14 < rect.width { canvas.put(text, rect.x + 2, rect.bottom - 1, .dim) }
  }
}
