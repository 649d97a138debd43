import Models

/// The notes' era's one address range: the spans table, then the bitmap, which grows downwards from
/// the arena's start, and the arena, which grows upwards from there.
struct AllocatorRegionsPicture {
  let rect: Rect
  let style: AllocatorStyle

  private typealias Regions = GoAllocator.Regions
  private var regions: Regions { style.state.regions }
  private var before: Regions { style.moment.before.regions }

  /// Where the spans table ends, and where the arena starts: the columns of the two borders.
  private var borders: (spansEnd: Int, arenaStart: Int) {
    let width = rect.width - 2
    let spans = max(5, width / 6)
    return (rect.x + 1 + spans, rect.x + 1 + spans + 1 + (width - spans - 2) / 2)
  }

  func draw(_ canvas: inout Canvas) {
    guard rect.height >= 3 else { return }
    let (spansEnd, arenaStart) = borders
    let starts = [rect.x + 1, spansEnd + 1, arenaStart + 1, rect.right - 1]
    for region in 0..<3 {
      let width = starts[region + 1] - starts[region] - (region < 2 ? 1 : 0)
      canvas.mark(
        AllocatorItem.region(region), Rect(x: starts[region], y: rect.y, width: width, height: 1))
    }
    drawNames(&canvas)
    drawBars(&canvas)
    for y in rect.y..<rect.bottom {
      canvas.put("┆", spansEnd, y, .border)
      canvas.put("│", arenaStart, y, .border)
    }
    drawMapped(&canvas)
    if rect.height >= 4 { drawAddresses(&canvas) }
  }

  private func drawNames(_ canvas: inout Canvas) {
    let (spansEnd, arenaStart) = borders
    let isWide = rect.width >= 40
    func size(_ bytes: Int) -> String { isWide ? " \(AllocatorWords.size(bytes))" : "" }
    canvas.put("spans", rect.x + 1, rect.y, .heading)
    let bitmap = "bitmap\(size(Regions.bitmapReservedBytes))"
    canvas.put(
      TextLayout.padLeft(bitmap, columns: arenaStart - spansEnd - 2), spansEnd + 1, rect.y,
      .heading)
    canvas.put("arena\(size(Regions.arenaReservedBytes))", arenaStart + 2, rect.y, .heading)
  }

  /// The bytes of arena that a cell stands for; its bitmap's cell is 32 times smaller.
  private var arenaBytesPerCell: Int {
    let (_, arenaStart) = borders
    let room = min(arenaStart - borders.spansEnd, rect.right - 1 - arenaStart) - 3
    var bytes = 128 << 10
    while bytes * max(1, room) < regions.arenaUsedBytes { bytes *= 2 }
    return bytes
  }

  private func drawBars(_ canvas: inout Canvas) {
    let (spansEnd, arenaStart) = borders
    let y = rect.y + 1
    let unit = arenaBytesPerCell
    func cells(_ bytes: Int, _ unit: Int) -> Int { (bytes + unit - 1) / unit }
    let spans = cells(regions.spansMappedBytes, max(4096, unit / 1024))
    for column in rect.x + 1..<spansEnd {
      let isMapped = column - rect.x - 1 < spans
      canvas.put(isMapped ? "▓" : "·", column, y, isMapped ? .text : .dim)
    }
    let bitmap = cells(regions.bitmapMappedBytes, unit / 32)
    let oldBitmap = cells(before.bitmapMappedBytes, unit / 32)
    for column in spansEnd + 1..<arenaStart {
      let distance = arenaStart - column
      put(distance, bitmap, oldBitmap, edge: "◀", column, y, &canvas)
    }
    let arena = cells(regions.arenaUsedBytes, unit)
    let oldArena = cells(before.arenaUsedBytes, unit)
    for column in arenaStart + 1..<rect.right - 1 {
      put(column - arenaStart, arena, oldArena, edge: "▶", column, y, &canvas)
    }
  }

  /// A cell at a distance from the arena's start: mapped, just mapped, the moving edge, or nothing.
  private func put(
    _ distance: Int, _ mapped: Int, _ old: Int, edge: Unicode.Scalar, _ x: Int, _ y: Int,
    _ canvas: inout Canvas
  ) {
    if distance <= mapped {
      canvas.put("▓", x, y, distance > old ? Style(.moved, .bold) : .text)
    } else if distance == mapped + 1, mapped > 0 {
      canvas.put(edge, x, y, Style(.current, .bold))
    } else {
      canvas.put("·", x, y, .dim)
    }
  }

  private func drawMapped(_ canvas: inout Canvas) {
    let (spansEnd, arenaStart) = borders
    let y = rect.y + 2
    func look(_ new: Int, _ old: Int) -> Style { new == old ? .text : Style(.new, .bold) }
    canvas.put(
      AllocatorWords.size(regions.spansMappedBytes), rect.x + 1, y,
      look(regions.spansMappedBytes, before.spansMappedBytes))
    canvas.put(
      TextLayout.padLeft(
        AllocatorWords.size(regions.bitmapMappedBytes), columns: arenaStart - spansEnd - 2),
      spansEnd + 1, y, look(regions.bitmapMappedBytes, before.bitmapMappedBytes))
    canvas.put(
      AllocatorWords.size(regions.arenaUsedBytes), arenaStart + 2, y,
      look(regions.arenaUsedBytes, before.arenaUsedBytes))
  }

  /// The bitmap's edge, which moves down, and the arena's end, which moves up.
  private func drawAddresses(_ canvas: inout Canvas) {
    let (spansEnd, arenaStart) = borders
    let y = rect.y + 3
    func hex(_ address: Int) -> String { "0x" + String(address, radix: 16) }
    canvas.put(
      TextLayout.padLeft(hex(regions.bitmapEdge), columns: arenaStart - spansEnd - 2),
      spansEnd + 1, y, .dim)
    canvas.put(hex(regions.arenaUsed), arenaStart + 2, y, .dim)
  }
}
