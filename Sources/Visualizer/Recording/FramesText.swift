/// The plain replay: every frame as text, for reading, mailing and comparing.
///
/// A header line, then for each frame a line `=== frame ...` and every row as `|` and its text;
/// blank rows at the end are left out.
enum FramesText {
  static func write(
    _ recorder: Recorder, to sink: inout ByteSink
  ) throws {
    let show = recorder.show
    let size = recorder.look.size
    let charset = recorder.look.charset
    // One word, whatever the file is called.
    let name = charset.reduce(show.name).replacing(" ", with: "_")
    try sink.write(
      "#visualizer-frames 1 cols=\(size.columns) rows=\(size.rows) "
        + "glyphs=\(charset.rawValue) scenario=\(name) seed=\(show.seed)\n")
    var number = 0
    var page: [UInt8] = []
    try recorder.play { frame in
      let chapter =
        show.chapter(ofStep: frame.step).map {
          let title = show.chapters[$0].title[recorder.look.language]
          return " chapter \"\($0 + 1) \(charset.reduce(title).replacing("\"", with: "'"))\""
        } ?? ""
      page.removeAll(keepingCapacity: true)
      page.append(
        contentsOf:
          "=== frame \(number) step \(frame.step)/\(show.stepCount - 1) t=\(ClockText.seconds(frame.time))\(chapter)\n"
          .utf8)
      append(frame.canvas, to: &page)
      try sink.write(page)
      number += 1
    }
  }

  private static func append(_ canvas: Canvas, to page: inout [UInt8]) {
    var pending = 0
    for row in 0..<canvas.size.rows {
      let end = canvas.textEnd(row: row)
      if end == 0 {
        pending += 1
        continue
      }
      for _ in 0..<pending { page.append(contentsOf: [0x7c, 0x0a]) }
      pending = 0
      page.append(0x7c)
      for column in 0..<end {
        let cell = canvas[column, row]
        if cell.scalar < 0x80 {
          if cell.width > 0 { page.append(UInt8(cell.scalar)) }
        } else if let scalar = Unicode.Scalar(cell.scalar) {
          page.append(contentsOf: UTF8.encode(scalar) ?? .init())
        }
      }
      page.append(0x0a)
    }
  }
}
