/// A recording ready to be watched: pictures in the order of time, with random access to each.
///
/// Times are milliseconds since the start, at normal speed.
struct Replay {
  /// A place in a recording that has a name.
  struct Marker: Equatable {
    var label: String
    var time: Int
  }

  /// The file's name without folder.
  var name: String
  /// What the recording calls itself; may be empty.
  var title: String
  /// When each picture comes, never decreasing; there is at least one, and the first comes at 0.
  var times: [Int]
  /// When the recording ends.
  var duration: Int
  var markers: [Marker]
  /// The pictures at which something has come to rest, ascending: those that are held for a while, or
  /// the last of each step.
  var stops: [Int]
  /// Whether the recording tells of steps, so that its stops are the way to walk through it.
  var hasSteps: Bool
  /// What of the file could not be read.
  var warning: String?
  var pictures: any RecordedPictures

  /// The largest file.
  static let sizeLimit = 128 << 20
  /// The most events or frames.
  static let eventLimit = 2_000_000

  var count: Int { times.count }

  func picture(_ index: Int) -> Picture { pictures.picture(index) }

  /// The picture that is to be seen at a time.
  func index(atTime time: Int) -> Int {
    var (low, high) = (0, times.count)
    while low < high {
      let middle = (low + high) / 2
      if times[middle] <= time { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  /// The last stop before a picture, and the first behind it.
  func stop(before index: Int) -> Int? { stops.last { $0 < index } }
  func stop(after index: Int) -> Int? { stops.first { $0 > index } }

  /// The first or the last picture of a range in which a text is to be seen more often than in the
  /// one before.
  ///
  /// A row that did not change is not searched again.
  func hit(_ wanted: [UInt32], in range: Range<Int>, first: Bool) -> Int? {
    var rows: [[Cell]] = []
    var counts: [Int] = []
    var before = 0
    var last: Int?
    for here in max(0, range.lowerBound - 1)..<max(range.lowerBound, range.upperBound) {
      let picture = picture(here)
      counts = picture.rows.indices.map { row in
        row < rows.count && rows[row] == picture.rows[row]
          ? counts[row] : RowText.places(of: wanted, in: picture.rows[row]).count
      }
      rows = picture.rows
      let found = counts.reduce(0, +)
      defer { before = found }
      guard range.contains(here), found > before else { continue }
      if first { return here }
      last = here
    }
    return last
  }
}

/// Where the pictures of a recording come from.
protocol RecordedPictures: AnyObject {
  /// A picture by its index.
  func picture(_ index: Int) -> Picture
}

/// The text of a row of cells, for searching it.
enum RowText {
  /// A text's characters without the difference of case.
  static func folded(_ text: String) -> [UInt32] { text.unicodeScalars.map { fold($0.value) } }

  /// The columns in which a text stands in a row.
  static func places(of wanted: [UInt32], in row: [Cell]) -> [Range<Int>] {
    var places: [Range<Int>] = []
    var start = 0
    while start < row.count {
      if let end = end(of: wanted, in: row, from: start) {
        places.append(start..<end)
        start = end
      } else {
        start += 1
      }
    }
    return places
  }

  private static func end(of wanted: [UInt32], in row: [Cell], from start: Int) -> Int? {
    var column = start
    for scalar in wanted {
      guard column < row.count, fold(row[column].scalar) == scalar else { return nil }
      column += row[column].width == 2 ? 2 : 1
    }
    return column
  }

  private static func fold(_ value: UInt32) -> UInt32 {
    if value < 0x80 { return (0x41...0x5a).contains(value) ? value + 0x20 : value }
    return Unicode.Scalar(value)?.properties.lowercaseMapping.unicodeScalars.first?.value ?? value
  }
}
