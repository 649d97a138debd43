@testable import Visualizer

/// As much of a terminal as a recording needs: places, erasing, wide characters.
///
/// Whatever else is written to it is remembered as unknown, so that a test can object.
struct TinyEmulator {
  private let size: Size
  private var cells: [[Unicode.Scalar?]]
  private var column = 0
  private var row = 0
  private(set) var unknown: [String] = []

  init(_ size: Size) {
    self.size = size
    cells = Array(repeating: Array(repeating: " ", count: size.columns), count: size.rows)
  }

  /// The screen's text in the form of a canvas's.
  var text: String {
    cells.map { row in
      var line = String.UnicodeScalarView()
      for scalar in row { if let scalar { line.append(scalar) } }
      while line.last == " " { line.removeLast() }
      return String(line) + "\n"
    }.joined()
  }

  mutating func write(_ text: String) {
    var scalars = text.unicodeScalars[...]
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\r": column = 0
      case "\u{1b}" where scalars.first == "[":
        scalars.removeFirst()
        let parameters = String(scalars.prefix { $0.value < 0x40 })
        scalars = scalars.drop { $0.value < 0x40 }
        if let end = scalars.popFirst() { control(parameters, end) }
      case _ where scalar.value < 0x20: unknown.append("\(scalar.value)")
      default: put(scalar)
      }
    }
  }

  private mutating func put(_ scalar: Unicode.Scalar) {
    let width = GlyphWidth.of(scalar)
    guard column + width <= size.columns, width > 0 else {
      unknown.append("\(scalar) at column \(column)")
      return
    }
    for place in column..<column + width {
      if cells[row][place] == nil { cells[row][place - 1] = " " }
      if place + 1 < size.columns, cells[row][place + 1] == nil { cells[row][place + 1] = " " }
    }
    cells[row][column] = scalar
    if width == 2 { cells[row][column + 1] = nil }
    column += width
  }

  private mutating func control(_ parameters: String, _ end: Unicode.Scalar) {
    let numbers = parameters.split(separator: ";").compactMap { Int($0) }
    switch end {
    case "m": break
    case "l" where parameters == "?25": break
    case "J" where parameters == "2": self = TinyEmulator(size, keeping: unknown)
    case "H":
      row = (numbers.first ?? 1) - 1
      column = (numbers.count > 1 ? numbers[1] : 1) - 1
      if !(0..<size.rows).contains(row) || !(0..<size.columns).contains(column) {
        unknown.append("place \(parameters)")
        (row, column) = (0, 0)
      }
    default: unknown.append("ESC [ \(parameters) \(end)")
    }
  }

  private init(_ size: Size, keeping unknown: [String]) {
    self.init(size)
    self.unknown = unknown
  }
}
