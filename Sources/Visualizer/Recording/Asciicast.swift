/// The recording format of asciinema, versions 2 and 3.
///
/// One output event a frame, a marker and a full repaint at every chapter. Times are in seconds:
/// since the start in version 2, since the event before in version 3. No date, host or user: the
/// same recording is the same bytes.
struct Asciicast {
  enum Version {
    case v2
    case v3
  }

  private let version: Version
  /// The time of the event written last, in milliseconds.
  ///
  /// Intervals are taken between whole milliseconds since the start, so that their rounding is
  /// carried on and the sum never drifts.
  private var written = 0

  static func write(
    _ recorder: Recorder, _ theme: Theme, version: Version = .v2, to sink: inout ByteSink
  ) throws {
    let show = recorder.show
    let language = recorder.look.language
    let charset = recorder.look.charset
    var cast = Asciicast(version: version)
    try sink.write(cast.header(recorder))
    var shown: Canvas?
    try recorder.play { frame in
      if let chapter = frame.chapter {
        let label = "\(chapter + 1) \(charset.reduce(show.chapters[chapter].title[language]))"
        try sink.write(cast.event(frame.time, "m", label))
      }
      let isWhole = shown == nil || frame.chapter != nil
      let output = isWhole ? page(frame.canvas, theme) : changes(shown, frame.canvas, theme)
      if !output.isEmpty { try sink.write(cast.event(frame.time, "o", output)) }
      shown = frame.canvas
    }
    let reset = theme.depth == .none ? "\r" : "\u{1b}[0m"
    try sink.write(cast.event(recorder.duration + Recorder.ending, "o", reset))
  }

  private init(version: Version) { self.version = version }

  private func header(_ recorder: Recorder) -> String {
    let size = recorder.look.size
    let title = recorder.look.charset.reduce(recorder.show.title[recorder.look.language])
    let quoted = JSONObject.quote(title)
    switch version {
    case .v2:
      return "{\"version\": 2, \"width\": \(size.columns), \"height\": \(size.rows), "
        + "\"title\": \(quoted), \"env\": {\"TERM\": \"xterm-256color\"}}\n"
    case .v3:
      return "{\"version\": 3, \"term\": {\"cols\": \(size.columns), \"rows\": \(size.rows), "
        + "\"type\": \"xterm-256color\"}, \"title\": \(quoted)}\n"
    }
  }

  /// The line of an event at a time since the start.
  private mutating func event(_ time: Int, _ code: String, _ data: String) -> String {
    let since = version == .v2 ? 0 : written
    written = time
    return "[\(ClockText.seconds(time - since)), \"\(code)\", \(JSONObject.quote(data))]\n"
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
