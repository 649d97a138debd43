/// One of the 256 colours that terminals share, or none: the terminal's own.
///
/// Source: xterm's 256 colours: 16 that the terminal chooses, a cube of 6x6x6, and 24 greys.
struct PaletteColour: Equatable {
  /// One more than the colour's number, so that a byte has room for none at all.
  private let code: UInt8

  /// The terminal's own colour.
  static let own = PaletteColour()

  private init() { code = 0 }

  /// The colour of a number from 0 to 255.
  ///
  /// The lightest grey becomes the one before it, as a byte holds no 257 values.
  init(_ number: UInt8) { code = min(number, 254) + 1 }

  /// The nearest colour in the cube and among the greys; the first 16 differ between terminals.
  init(red: UInt8, green: UInt8, blue: UInt8) {
    let wanted = [Int(red), Int(green), Int(blue)]
    let steps = wanted.map(Self.nearestStep)
    let cube = 16 + 36 * steps[0] + 6 * steps[1] + steps[2]
    let grey = max(0, min(22, (wanted.reduce(0, +) / 3 - 3) / 10))
    let fromCube = Self.distance(wanted, steps.map { Self.levels[$0] })
    let fromGrey = Self.distance(wanted, [Int](repeating: 8 + 10 * grey, count: 3))
    self.init(UInt8(fromGrey < fromCube ? 232 + grey : cube))
  }

  /// The colour's number; -1 for the terminal's own.
  var index: Int { Int(code) - 1 }

  /// The one of the first eight colours that is most like it; -1 for the terminal's own.
  var basic: Int {
    switch index {
    case ..<8: return index
    case 8: return 7  // dark grey on black would be black on black
    case 9..<16: return index - 8
    default: break
    }
    let parts = Self.parts(ofIndex: index)
    let (least, most) = (parts.min() ?? 0, parts.max() ?? 0)
    if most < 75 { return 0 }
    if most - least < 50 { return most < 100 ? 0 : 7 }
    let limit = (least + most) / 2
    return (0..<3).reduce(0) { parts[$1] > limit ? $0 | 1 << $1 : $0 }
  }

  private static let levels = [0, 95, 135, 175, 215, 255]

  private static func nearestStep(_ part: Int) -> Int {
    part < 48 ? 0 : part < 115 ? 1 : (part - 35) / 40
  }

  private static func distance(_ a: [Int], _ b: [Int]) -> Int {
    zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }
  }

  /// Red, green and blue of a colour, 0 to 255; of the first 16, what xterm makes of them.
  static func parts(ofIndex index: Int) -> [Int] {
    if index < 16 { return first[index] }
    guard index < 232 else { return [Int](repeating: 8 + 10 * (index - 232), count: 3) }
    let cube = index - 16
    return [levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6]]
  }

  private static let first = [
    [0, 0, 0], [205, 0, 0], [0, 205, 0], [205, 205, 0], [0, 0, 238], [205, 0, 205], [0, 205, 205],
    [229, 229, 229], [127, 127, 127], [255, 0, 0], [0, 255, 0], [255, 255, 0], [92, 92, 255],
    [255, 0, 255], [0, 255, 255], [255, 255, 255],
  ]
}
