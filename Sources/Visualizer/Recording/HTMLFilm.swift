/// The frames and texts of one language, as a page's script reads them.
///
/// A frame is what differs from the one before: `[wait, steps, row, column, text, styles, ...]`,
/// `wait` in milliseconds and `steps` how many steps further it is. Styles are written in runs:
/// a count unless it is 1, a letter from A for the attributes if there are any, W for wide glyphs, a
/// letter from a for the role.
struct HTMLFilm {
  private let recorder: Recorder
  private let theme: Theme
  private let keys: [(label: String, what: Bilingual)]

  init(_ recorder: Recorder, _ theme: Theme, keys: [(label: String, what: Bilingual)]) {
    self.recorder = recorder
    self.theme = theme
    self.keys = keys
  }

  func write(chapters: [Int], to sink: inout ByteSink) throws {
    let (show, look) = (recorder.show, recorder.look)
    let name = "\(show.name) · \(show.rules)"
    let titles = chapters.map { "\($0 + 1) " + visible(show.chapters[$0].title[look.language]) }
    let words = HTMLWords.all.map { "\"\($0.name)\":" + json($0.text[look.language]) }
    let keys = keys.map { key in
      "[" + json(Hint.name(key.label, look.language)) + "," + json(key.what[look.language]) + "]"
    }
    try sink.write("{\"language\":\"\(look.language.rawValue)\"")
    try sink.write(",\"title\":" + json(show.title[look.language]))
    try sink.write(",\"name\":" + json(name))
    try sink.write(",\"words\":{" + words.joined(separator: ",") + "}")
    try sink.write(",\"keys\":[" + keys.joined(separator: ",") + "]")
    try sink.write(",\"chapters\":" + HTMLPage.list(titles))
    try writeStories(to: &sink)
    try sink.write(",\"end\":\(recorder.duration),\"frames\":[")
    try writeFrames(to: &sink)
    try sink.write("]}")
  }

  private func visible(_ text: String) -> String { Markup.visible(text, recorder.look.charset) }

  private func json(_ text: String) -> String { Markup.json(visible(text)) }

  private func writeStories(to sink: inout ByteSink) throws {
    let stories = recorder.steps.map { HTMLStory(recorder, step: $0) }
    let told = stories.map { story in
      HTMLPage.list(story.source.isEmpty ? [story.narration] : [story.narration, story.source])
    }
    try sink.write(",\"what\":" + HTMLPage.list(stories.map(\.what)))
    try sink.write(",\"narration\":[" + told.joined(separator: ",") + "]")
  }

  private func writeFrames(to sink: inout ByteSink) throws {
    var shown = Canvas(recorder.look.size)
    var (time, step, count) = (0, recorder.steps.lowerBound, 0)
    var isFirst = true
    try recorder.play { frame in
      var text = isFirst ? "\n[" : ",\n["
      text += "\(frame.time - time),\(frame.step - step)"
      for row in 0..<shown.size.rows {
        guard let columns = frame.canvas.changedColumns(from: shown, row: row) else { continue }
        text += ",\(row),\(columns.lowerBound)," + changes(frame.canvas, row, columns)
        count += 1
      }
      guard count <= RunFilm.limit else { throw PictureTooLong() }
      try sink.write(text + "]")
      (time, step, shown, isFirst) = (frame.time, frame.step, frame.canvas, false)
    }
  }

  /// The glyphs of a part of a row and their styles, as two strings.
  private func changes(_ canvas: Canvas, _ row: Int, _ columns: ClosedRange<Int>) -> String {
    var glyphs = String.UnicodeScalarView()
    var styles = ""
    var (style, count) = ("", 0)
    func flush() -> String { (count > 1 ? "\(count)" : "") + (count > 0 ? style : "") }
    for column in columns {
      let cell = canvas[column, row]
      guard cell.width > 0, let scalar = Unicode.Scalar(cell.scalar) else { continue }
      glyphs.append(scalar)
      let code = Self.code(PictureLook(cell, theme))
      if code == style {
        count += 1
      } else {
        styles += flush()
        (style, count) = (code, 1)
      }
    }
    return Markup.json(String(glyphs)) + ",\"" + styles + flush() + "\""
  }

  private static func code(_ look: PictureLook) -> String {
    func letter(_ first: UInt8, _ offset: UInt8) -> String {
      String(UnicodeScalar(first + offset))
    }
    let attributes = look.attributes == 0 ? "" : letter(UInt8(ascii: "A"), look.attributes - 1)
    return attributes + (look.isWide ? "W" : "") + letter(UInt8(ascii: "a"), look.role.rawValue)
  }
}
