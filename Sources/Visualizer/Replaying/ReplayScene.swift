/// How a replay looks: a title line, the recording, the line of its markers and the line of keys.
///
/// Where the window is too small for the recording a part of it is shown, and which part.
struct ReplayScene {
  let replay: Replay
  let index: Int
  /// Milliseconds since the recording's start.
  let position: Int
  let look: Look
  let isPlaying: Bool
  let speed: Double
  let loops: Bool
  let isZoomed: Bool
  let scroll: Point
  let searched: String

  /// Below this a frame would take more room than it is worth.
  private static let smallestFramed = Size(columns: 24, rows: 6)

  private var isFramed: Bool {
    !isZoomed && look.size.columns >= Self.smallestFramed.columns
      && look.size.rows >= Self.smallestFramed.rows
  }

  func draw() -> Canvas {
    var canvas = Canvas(look.size)
    let picture = replay.picture(index)
    let stage = stage(for: picture.size)
    let origin = allowed(scroll)
    let shown = Rect(
      x: stage.x + max(0, (stage.width - picture.columns) / 2),
      y: stage.y + max(0, (stage.height - picture.size.rows) / 2),
      width: min(stage.width, picture.columns), height: min(stage.height, picture.size.rows))
    picture.draw(from: origin, in: shown, on: &canvas)
    mark(picture, origin, shown, &canvas)
    guard isFramed else { return canvas }
    if shown.x > stage.x, shown.y > stage.y {
      canvas.box(
        Rect(x: shown.x - 1, y: shown.y - 1, width: shown.width + 2, height: shown.height + 2))
    }
    drawTitle(&canvas)
    if hasNotice(picture.size) { drawNotice(picture.size, origin, shown, &canvas) }
    drawScrubber(row: look.size.rows - 2, &canvas)
    Hint.draw(hints, row: look.size.rows - 1, language: look.language, on: &canvas)
    return canvas
  }

  // MARK: - The recording

  private func hasNotice(_ picture: Size) -> Bool {
    isFramed && (picture.columns > look.size.columns || picture.rows > look.size.rows - 3)
  }

  /// The room for the recording.
  private func stage(for picture: Size) -> Rect {
    let whole = Rect(x: 0, y: 0, width: look.size.columns, height: look.size.rows)
    guard isFramed else { return whole }
    return Rect(
      x: 0, y: 1, width: whole.width, height: whole.height - (hasNotice(picture) ? 4 : 3))
  }

  /// A place as near to the one wanted as leaves no room unused.
  func allowed(_ origin: Point) -> Point {
    let picture = replay.picture(index).size
    let stage = stage(for: picture)
    return Point(
      x: max(0, min(picture.columns - stage.width, origin.x)),
      y: max(0, min(picture.rows - stage.height, origin.y)))
  }

  /// Marks the text that was searched for.
  private func mark(_ picture: Picture, _ origin: Point, _ shown: Rect, _ canvas: inout Canvas) {
    guard !searched.isEmpty else { return }
    let wanted = RowText.folded(searched)
    canvas.clipped(to: shown) { canvas in
      for (y, row) in zip(shown.y..., picture.rows.dropFirst(origin.y).prefix(shown.height)) {
        for place in RowText.places(of: wanted, in: row) {
          let rect = Rect(
            x: shown.x + place.lowerBound - origin.x, y: y, width: place.count, height: 1)
          canvas.restyle(rect) { $0 = Style(.current, [.bold, .reverse]) }
        }
      }
    }
  }

  /// Which part of the recording is to be seen.
  private func drawNotice(
    _ picture: Size, _ origin: Point, _ shown: Rect, _ canvas: inout Canvas
  ) {
    let columns = "\(origin.x + 1)-\(origin.x + shown.width)/\(picture.columns)"
    let rows = "\(origin.y + 1)-\(origin.y + shown.height)/\(picture.rows)"
    let isNarrow = shown.width < picture.columns
    let isLow = shown.height < picture.rows
    let part = Bilingual(
      [isNarrow ? "columns \(columns)" : nil, isLow ? "rows \(rows)" : nil]
        .compactMap { $0 }.joined(separator: ", "),
      [isNarrow ? "第 \(columns) 列" : nil, isLow ? "第 \(rows) 行" : nil]
        .compactMap { $0 }.joined(separator: "、"))
    let text = Bilingual(
      "! \(part.en)   h j k l scroll   z the recording alone",
      "! \(part.zh)   h j k l 滚动   z 只看录像")[look.language]
    canvas.put(
      TextLayout.fit(text, columns: look.size.columns - 2), 1, look.size.rows - 3, Style(.waiting))
  }

  // MARK: - Around it

  private func drawTitle(_ canvas: inout Canvas) {
    let last = replay.count - 1
    let time = "\(ClockText.minutes(position))/\(ClockText.minutes(replay.duration))"
    let state = (loops ? "∞ " : "") + (isPlaying ? "▶" : "‖") + " \(FrameScene.speedText(speed)) "
    let long = Bilingual(
      "frame \(index)/\(last)   \(time)   \(state)", "第 \(index)/\(last) 帧   \(time)   \(state)")
    let status = look.size.columns >= 60 ? long[look.language] : "\(time) \(state)"
    let statusColumn = look.size.columns - GlyphWidth.of(status)
    let room = max(0, statusColumn - 2)
    let column = canvas.put(TextLayout.fit(" " + replay.name, columns: room), 0, 0, .heading) + 3
    let title = VisibleText.label(replay.title, limit: 400)
    canvas.put(TextLayout.fit(title, columns: room - column), column, 0, .dim)
    canvas.put(status, statusColumn, 0)
  }

  /// The way through the recording, with a name at every marker that has room for it.
  private func drawScrubber(row: Int, _ canvas: inout Canvas) {
    let width = look.size.columns - 2
    func column(_ time: Int) -> Int {
      1 + Int(Double(time) / Double(max(1, replay.duration)) * Double(width - 1))
    }
    let here = column(position)
    for x in 1...width { canvas.put(x <= here ? "━" : "─", x, row, .dim) }
    let current = replay.markers.last { $0.time <= position }
    // One marker a column is enough; a recording may have a million of them.
    var starts: [(column: Int, marker: Replay.Marker)] = []
    for marker in replay.markers where starts.last.map({ $0.column < column(marker.time) }) ?? true
    {
      starts.append((column(marker.time), marker))
    }
    for (index, (start, marker)) in starts.enumerated() {
      let end = index + 1 < starts.count ? starts[index + 1].column : width + 1
      canvas.put("┬", start, row, .dim)
      let label = TextLayout.fit(VisibleText.label(marker.label), columns: end - start - 4)
      if end - start >= 6, !label.isEmpty {
        canvas.put(" \(label) ", start + 1, row, marker == current ? .heading : .dim)
      }
    }
    Scrubber.mark("●", at: here, row, Style(.current, .bold), on: &canvas)
  }

  /// What the keys do, the most important first.
  private var hints: [Hint] {
    var hints = [
      Hint("space", isPlaying ? Bilingual("pause", "暂停") : Bilingual("play", "播放")),
      Hint(
        "←→", replay.hasSteps ? Bilingual("step", "步") : Bilingual("next picture", "下一画面")),
    ]
    if !replay.hasSteps { hints.append(Hint("↑↓", Bilingual("next pause", "下一停顿"))) }
    if !replay.markers.isEmpty { hints.append(Hint("[ ]", Bilingual("marker", "标记"))) }
    hints += [
      Hint(":", Bilingual("go to", "跳转")),
      Hint("/", Bilingual("search", "搜索")),
      Hint("+ -", Bilingual("speed", "速度")),
      Hint("o", Bilingual("loop", "循环")),
      Hint("z", Bilingual("zoom", "放大")),
    ]
    if look.charset == .unicode { hints.append(Hint("L", Bilingual("中文", "English"))) }
    return hints + [Hint("q", Bilingual("quit", "退出"))]
  }
}
