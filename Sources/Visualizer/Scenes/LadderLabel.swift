import Models

/// The words at an arrow of a ladder.
struct LadderLabel {
  private var parts: [(text: String, style: Style)]
  /// Columns of what stands at the sender's end, the fate of a stopped segment not counted.
  let width: Int
  private let place: Point

  /// At the sender's end, so that they stay where they are whatever becomes of the arrow.
  ///
  /// `reach` is how far they may go, in columns from the sender; `end` is the fate of a segment that goes no
  /// further. What is without a lane trails off.
  init(
    _ segment: LadderSegment, from start: Point, reach: Int, end: (words: String, style: Style)?,
    isTrailing: Bool, style: Style, language: Language
  ) {
    let isForward = segment.sender == .client
    let room =
      reach - 6 - (end.map { GlyphWidth.of($0.words) + 2 } ?? 0) - (isTrailing ? 2 : 0)
    let words = " " + Self.words(segment, columns: room, language) + " "
    width = GlyphWidth.of(words)
    parts = [(words, Self.style(segment, style))]
    if isTrailing { parts.append(("┈┈", style)) }
    if let end {
      // A little further, and then no more.
      parts +=
        isForward
        ? [("── ", style), (end.words + " ", end.style)]
        : [
          (" " + end.words + " ──", end.style)
        ]
    }
    if !isForward { parts.reverse() }
    let columns = parts.reduce(0) { $0 + GlyphWidth.of($1.text) }
    place = Point(x: isForward ? start.x + 3 : start.x - 2 - columns, y: start.y)
  }

  /// At the arrival of a segment that had no lane, so that one sees what arrives: so many columns before the
  /// receiver, beside the lanes.
  init(
    _ segment: LadderSegment, to end: Point, before columns: Int, room: Int, style: Style,
    language: Language
  ) {
    let isForward = segment.sender == .client
    let words = " " + Self.words(segment, columns: room - 4, language) + " "
    width = GlyphWidth.of(words)
    parts = [("┈┈", style), (words, Self.style(segment, style))]
    if !isForward { parts.reverse() }
    place = Point(x: isForward ? end.x - columns - width - 2 : end.x + columns + 1, y: end.y)
  }

  func draw(_ canvas: inout Canvas) {
    var column = place.x
    for part in parts { column = canvas.put(part.text, column, place.y, part.style) }
  }

  private static func words(
    _ segment: LadderSegment, columns: Int, _ language: Language
  ) -> String {
    let again = segment.isRetransmission ? Bilingual("again", "重传")[language] : ""
    let note = segment.note?[language] ?? again
    let noteColumns = note.isEmpty ? 0 : GlyphWidth.of(note) + 2
    let text = segment.text(columns: columns - noteColumns, language)
    return TextLayout.fit(
      text + (note.isEmpty ? "" : "  \(note)"), columns: max(3, columns))
  }

  private static func style(_ segment: LadderSegment, _ style: Style) -> Style {
    if segment.flags.contains(.rst) || segment.isWrong { return Style(.error, .bold) }
    return segment.isRetransmission ? Style(.waiting, .bold) : style
  }
}
