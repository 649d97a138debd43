/// The plain replay that `record` writes, read again: every frame as text.
///
/// A line `~...` under a row says with a letter for each cell how it looks: `b` bold, `r` reverse,
/// `u` underlined, digits for roles, `.` plain. See `FramesText` for the rest.
final class FramesFile: RecordedPictures {
  static let magic = "#visualizer-frames"

  private let file: String
  private let bytes: [UInt8]
  private var size = Size(columns: 80, rows: 24)
  private var name = ""
  private var frames: [Frame] = []
  private var warning: String?

  private struct Frame {
    /// Milliseconds since the start.
    var time: Int
    var step: Int?
    var chapter: String
    /// The bytes of its rows.
    var rows: Range<Int>
  }

  /// Whether a file says that it is of this kind.
  static func isFrames(_ bytes: [UInt8]) -> Bool { bytes.starts(with: magic.utf8) }

  /// Reads a file; rows are only checked, and made cells of when they are looked at.
  init(file: String, bytes: [UInt8]) throws(InputError) {
    self.file = file
    self.bytes = bytes
    var number = 0
    var start = 0
    var rowCount = 0
    var meter = LongWork.Meter(.reading, of: bytes.count)
    while start < bytes.count {
      meter.note(start)
      let newline = bytes[start...].firstIndex(of: UInt8(ascii: "\n"))
      let end = newline ?? bytes.count
      let line = Line(file: file, number: number + 1, bytes: bytes[start..<end])
      number += 1
      switch bytes[start] {
      case _ where number == 1: try readHeader(line)
      case UInt8(ascii: "="):
        rowCount = 0
        // A recording whose program was killed may end in the middle of this line.
        do {
          frames.append(try readFrame(line, end: min(bytes.count, end + 1)))
        } catch {
          guard newline == nil, !frames.isEmpty else { throw error }
          warning = "the recording breaks off in line \(number); what is before it is shown"
        }
      case UInt8(ascii: "|"), UInt8(ascii: "~"):
        guard !frames.isEmpty else {
          throw line.error("rows stand behind a line '=== frame 0 ...'")
        }
        if bytes[start] == UInt8(ascii: "|") { rowCount += 1 }
        try check(line, row: rowCount)
        frames[frames.count - 1].rows =
          frames[frames.count - 1].rows.lowerBound..<min(bytes.count, end + 1)
      case 0x0a, 0x0d, UInt8(ascii: "#"): break
      default:
        throw line.error("a line begins with '=== frame', or with '|' for a row of the screen")
      }
      start = end + 1
    }
    guard !frames.isEmpty else {
      throw InputError(file: file, line: number, "there is no frame in this recording")
    }
  }

  func replay(name: String) -> Replay {
    let start = frames[0].time
    var markers: [Replay.Marker] = []
    for (index, frame) in frames.enumerated() where !frame.chapter.isEmpty {
      if index > 0, frames[index - 1].chapter == frame.chapter { continue }
      markers.append(Replay.Marker(label: frame.chapter, time: frame.time - start))
    }
    let stops = frames.indices.filter { index in
      index == frames.count - 1 || frames[index].step != frames[index + 1].step
        || frames[index].step == nil
    }
    let times = frames.map { $0.time - start }
    return Replay(
      name: name, title: self.name, times: times, duration: (times.last ?? 0) + 1500,
      markers: markers, stops: stops, hasSteps: frames.contains { $0.step != nil },
      warning: warning, pictures: self)
  }

  // MARK: - Lines

  private struct Line {
    var file: String
    var number: Int
    var bytes: ArraySlice<UInt8>

    /// The words at the front, each with the column at which it begins; nothing that is read stands
    /// further behind.
    var words: [(text: String, column: Int)] {
      bytes.prefix(4096).split(separator: UInt8(ascii: " ")).map {
        (String(decoding: $0, as: UTF8.self), $0.startIndex - bytes.startIndex + 1)
      }
    }

    func error(_ message: String, column: Int = 1) -> InputError {
      InputError(file: file, line: number, column: column, message)
    }
  }

  private func readHeader(_ line: Line) throws(InputError) {
    let words = line.words
    guard words.count > 1, words[0].text == Self.magic, words[1].text == "1" else {
      throw line.error("the header is to begin with '\(Self.magic) 1'")
    }
    let largest = Emulator.largest
    var (columns, rows): (Int?, Int?) = (nil, nil)
    for (text, column) in words.dropFirst(2) {
      let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { continue }
      switch parts[0] {
      case "cols", "rows":
        let limit = parts[0] == "cols" ? largest.columns : largest.rows
        guard let number = Int(parts[1]), (1...limit).contains(number) else {
          throw line.error("\(parts[0]) is a whole number from 1 to \(limit)", column: column)
        }
        if parts[0] == "cols" { columns = number } else { rows = number }
      case "scenario": name = parts[1]
      default: break
      }
    }
    guard let columns, let rows else {
      throw line.error("the header is to say the screen's size, as in 'cols=80 rows=24'")
    }
    size = Size(columns: columns, rows: rows)
  }

  /// Reads `=== frame 3 step 2/40 t=1.000 chapter "1 Insert"`, of which only the time is needed.
  private func readFrame(_ line: Line, end: Int) throws(InputError) -> Frame {
    let words = line.words
    guard words.count > 1, words[0].text == "===", words[1].text == "frame" else {
      throw line.error("a frame begins with '=== frame'")
    }
    guard frames.count < Replay.eventLimit else {
      throw line.error("the recording has more than \(Replay.eventLimit) frames; cut it into parts")
    }
    var frame = Frame(time: -1, step: nil, chapter: "", rows: end..<end)
    for (index, (text, column)) in words.enumerated().dropFirst(2) {
      if text == "chapter" {
        let rest = line.bytes.dropFirst(column + 7)
        frame.chapter = String(decoding: rest.prefix(400), as: UTF8.self)
          .filter { $0 != "\"" && !$0.isNewline }
        break
      }
      if words[index - 1].text == "step" {
        frame.step = text.split(separator: "/").first.flatMap { Int($0) }
      } else if text.hasPrefix("t=") {
        guard let seconds = Double(text.dropFirst(2)), (0...1e8).contains(seconds) else {
          throw line.error("a frame's time is to be seconds, as in t=1.500", column: column)
        }
        frame.time = max(Int((seconds * 1000).rounded()), frames.last?.time ?? 0)
      }
    }
    guard frame.time >= 0 else { throw line.error("a frame is to say its time, as in t=1.500") }
    return frame
  }

  private func check(_ line: Line, row: Int) throws(InputError) {
    guard row <= size.rows else {
      throw line.error("this frame has more rows than the \(size.rows) of the header")
    }
    let text = line.bytes.dropFirst()
    guard text.count > size.columns else { return }
    let columns = GlyphWidth.of(String(decoding: text, as: UTF8.self).filter { $0 != "\r" })
    guard columns <= size.columns else {
      throw line.error(
        "this row takes \(columns) columns, more than the \(size.columns) of the header",
        column: size.columns + 2)
    }
  }

  // MARK: - Pictures

  func picture(_ index: Int) -> Picture {
    var canvas = Canvas(size)
    var row = -1
    for line in bytes[frames[index].rows].split(separator: UInt8(ascii: "\n")) {
      var text = line.dropFirst()
      if text.last == UInt8(ascii: "\r") { text.removeLast() }
      switch line.first {
      case UInt8(ascii: "|"):
        row += 1
        canvas.put(String(decoding: text, as: UTF8.self), 0, row)
      case UInt8(ascii: "~"): style(text, row, &canvas)
      default: break
      }
    }
    let rows = (0..<size.rows).map { row in
      Array(canvas.cells[row * size.columns..<(row + 1) * size.columns])
    }
    return Picture(columns: size.columns, rows: rows, cursor: nil)
  }

  private func style(_ letters: ArraySlice<UInt8>, _ row: Int, _ canvas: inout Canvas) {
    for (column, letter) in zip(0..., letters) {
      canvas.restyle(Rect(x: column, y: row, width: 1, height: 1)) { style in
        switch letter {
        case UInt8(ascii: "b"): style.attributes.insert(.bold)
        case UInt8(ascii: "r"): style.attributes.insert(.reverse)
        case UInt8(ascii: "u"): style.attributes.insert(.underline)
        case UInt8(ascii: "1")...UInt8(ascii: "9"):
          style.role = Self.roles[Int(letter) - 0x31]
        default: break
        }
      }
    }
  }

  /// What the digits stand for.
  private static let roles: [Role] = [
    .current, .moved, .read, .new, .freed, .full, .waiting, .error, .dim,
  ]
}
