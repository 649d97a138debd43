/// The recording format of asciinema, version 2.
///
/// One output event a frame, a marker and a full repaint at every chapter, times in seconds since
/// the start. No date, host or user: the same recording is the same bytes.
enum Asciicast {
  /// How long the last frame stays, in milliseconds.
  private static let ending = 1500

  static func write(
    _ recorder: Recorder, _ theme: Theme, to sink: inout ByteSink
  ) throws {
    let show = recorder.show
    let size = recorder.look.size
    let language = recorder.look.language
    let charset = recorder.look.charset
    try sink.write(
      "{\"version\": 2, \"width\": \(size.columns), \"height\": \(size.rows), "
        + "\"title\": \(JSONObject.quote(charset.reduce(show.title[language]))), "
        + "\"env\": {\"TERM\": \"xterm-256color\"}}\n")
    var shown: Canvas?
    try recorder.play { frame in
      let time = FramesText.seconds(frame.time)
      if let chapter = frame.chapter {
        let label = "\(chapter + 1) \(charset.reduce(show.chapters[chapter].title[language]))"
        try sink.write("[\(time), \"m\", \(JSONObject.quote(label))]\n")
      }
      let isWhole = shown == nil || frame.chapter != nil
      let output = isWhole ? page(frame.canvas, theme) : changes(shown, frame.canvas, theme)
      if !output.isEmpty { try sink.write("[\(time), \"o\", \(JSONObject.quote(output))]\n") }
      shown = frame.canvas
    }
    let end = FramesText.seconds(recorder.duration + ending)
    try sink.write("[\(end), \"o\", \"\(theme.depth == .none ? "\\r" : "\\u001b[0m")\"]\n")
  }

  /// The whole screen, from an empty one.
  private static func page(_ canvas: Canvas, _ theme: Theme) -> String {
    var text = "\u{1b}[?25l\u{1b}[0m\u{1b}[H\u{1b}[2J"
    for row in 0..<canvas.size.rows {
      let end = canvas.plainEnd(row: row)
      if end > 0 {
        text += "\u{1b}[\(row + 1);1H" + ANSIText.line(canvas, row: row, from: 0, to: end, theme)
      }
    }
    return text
  }

  /// What turns one screen into the next: of each row the part that changed.
  private static func changes(_ old: Canvas?, _ new: Canvas, _ theme: Theme) -> String {
    guard let old else { return page(new, theme) }
    var text = ""
    for row in 0..<new.size.rows {
      guard let columns = new.changedColumns(from: old, row: row) else { continue }
      text += "\u{1b}[\(row + 1);\(columns.lowerBound + 1)H"
      text += ANSIText.line(
        new, row: row, from: columns.lowerBound, to: columns.upperBound + 1, theme)
    }
    return text
  }
}
