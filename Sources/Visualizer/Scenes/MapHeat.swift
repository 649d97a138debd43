import Models

/// An array of many buckets: a cell each, darker the fuller; the bucket in focus is spelled out.
struct MapHeat {
  let pane: MapArrayPane
  let area: Rect

  private var labelWidth: Int { "\(pane.array.bucketCount - 1)".utf8.count + 2 }

  /// Buckets a row: a power of two, the smallest with which all rows are in sight, or else the
  /// largest that fits.
  private var perRow: Int {
    var count = 8
    while count * 2 <= area.width - labelWidth - 1, count * height < pane.array.bucketCount {
      count *= 2
    }
    return count
  }

  /// Columns a bucket: more than one where there is room.
  private var cellWidth: Int { max(1, min(3, (area.width - labelWidth - 1) / perRow)) }

  /// Rows for the cells; two are kept for the bucket in focus.
  private var height: Int { max(1, area.height - 3) }

  private var focusBucket: Int? { pane.focus.bucket(in: pane.name, pane.moment.event) }

  private var scrolled: Scrolled {
    let half = max(1, height / 2)
    let wanted = (focusBucket ?? 0) / perRow / half * half - half / 2
    return Scrolled(
      count: rowCount, room: height, wanted: wanted, by: pane.look.scroll(of: pane.name.rawValue))
  }

  private var rowCount: Int { (pane.array.bucketCount + perRow - 1) / perRow }

  /// Where a bucket's cell is.
  func point(bucket: Int) -> Point {
    let row = bucket / perRow - scrolled.first
    return Point(
      x: area.x + labelWidth + bucket % perRow * cellWidth,
      y: max(area.y, min(area.y + height - 1, area.y + row)))
  }

  func draw(_ canvas: inout Canvas) {
    let scrolled = self.scrolled
    canvas.mark(scrolling: scrolled.range, of: pane.name.rawValue)
    let first = scrolled.first
    let last = min(rowCount, first + height)
    for row in first..<last {
      let y = area.y + row - first
      let label = TextLayout.padLeft("\(row * perRow)", columns: labelWidth - 1)
      canvas.put(label, area.x, y, .dim)
      for column in 0..<perRow {
        let bucket = row * perRow + column
        guard bucket < pane.array.bucketCount else { break }
        let (glyph, style) = cell(bucket)
        let x = area.x + labelWidth + column * cellWidth
        canvas.mark(
          MapItem.bucket(pane.name, bucket), Rect(x: x, y: y, width: 1, height: 1))
        canvas.put(glyph, x, y, style)
      }
    }
    drawFocus(&canvas)
    pane.noteHidden(above: first, below: rowCount - last, &canvas)
  }

  private func cell(_ bucket: Int) -> (Unicode.Scalar, Style) {
    let array = pane.array
    let isFocus = bucket == focusBucket
    func styled(_ role: Role) -> Style {
      isFocus ? Style(.current, [.reverse, .bold]) : Style(role)
    }
    if pane.name == .old, array.isEvacuated(bucket) { return ("╌", styled(.dim)) }
    if array.next(bucket) != nil { return ("█", styled(.full)) }
    switch array.liveCount(bucket) {
    case 0: return ("·", styled(.dim))
    case 1...3: return ("░", styled(.text))
    case 4...6: return ("▒", styled(.text))
    default: return ("▓", styled(.text))
    }
  }

  /// Spells the bucket in focus out, slot by slot.
  private func drawFocus(_ canvas: inout Canvas) {
    guard let bucket = focusBucket, bucket < pane.array.bucketCount else { return }
    let row = area.bottom - 2
    var column = canvas.put("▸\(bucket)", area.x, row, Style(.current, .bold)) + 2
    for block in pane.array.chain(bucket) {
      for slot in 0..<Bmap.slotCount {
        let mark = pane.array[block].tophash[slot]
        let text: String
        switch mark {
        case TopHash.emptyRest: text = "·"
        case TopHash.emptyOne: text = "○"
        case TopHash.evacuatedEmpty: text = "╌"
        case ..<TopHash.minimum: text = mark == TopHash.evacuatedX ? "╌x" : "╌y"
        default: text = pane.words[pane.array[block].keys[slot]]
        }
        column = canvas.put(text, column, row) + 1
      }
      column = canvas.put("▸ ", column, row, .dim)
    }
  }
}
