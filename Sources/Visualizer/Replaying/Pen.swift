/// What the next character written to a terminal will look like.
struct Pen: Equatable {
  var attributes: Attributes = []
  var foreground = PaletteColour.own
  var ground = PaletteColour.own
  var isFaint = false
  var isHidden = false

  /// What erasing leaves: a blank on the pen's ground.
  var blank: Cell {
    var cell = Cell.blank
    cell.ground = ground
    return cell
  }

  var rightHalf: Cell {
    var cell = cell(" ")
    (cell.scalar, cell.width) = (0, 0)
    return cell
  }

  func cell(_ scalar: Unicode.Scalar, width: UInt8 = 1) -> Cell {
    let role: Role = isFaint && foreground == .own ? .dim : .text
    let isBlank = isHidden && width == 1
    var cell = Cell(
      scalar: isBlank ? 0x20 : isHidden ? 0x3000 : scalar.value, style: Style(role, attributes),
      width: width)
    (cell.foreground, cell.ground) = (foreground, ground)
    return cell
  }

  /// Follows a sequence that selects colours and attributes.
  ///
  /// Source: ECMA-48, 8.3.117 SGR; ISO 8613-6 for colours by number and by parts, which programs
  /// separate by semicolons as well.
  mutating func select(_ parameters: Parser.Parameters) {
    var index = 0
    while index < parameters.count {
      let value = parameters[index] ?? 0
      let parts = parameters.subparameters(after: index)
      switch value {
      case 38, 48, 58:
        let (colour, used) =
          parts.isEmpty ? Self.colour(parameters, after: index) : (Self.colour(parts), 0)
        if let colour {
          if value == 38 { foreground = colour } else if value == 48 { ground = colour }
        }
        index += used
      case 4 where parts.first == 0: attributes.remove(.underline)
      default: select(value)
      }
      index += 1 + parts.count
    }
  }

  private mutating func select(_ value: Int) {
    switch value {
    case 0: self = Pen()
    case 1: attributes.insert(.bold)
    case 2: isFaint = true
    case 4, 21: attributes.insert(.underline)
    case 7: attributes.insert(.reverse)
    case 8: isHidden = true
    case 22:
      attributes.remove(.bold)
      isFaint = false
    case 24: attributes.remove(.underline)
    case 27: attributes.remove(.reverse)
    case 28: isHidden = false
    case 30...37: foreground = PaletteColour(UInt8(value - 30))
    case 39: foreground = .own
    case 40...47: ground = PaletteColour(UInt8(value - 40))
    case 49: ground = .own
    case 90...97: foreground = PaletteColour(UInt8(value - 82))
    case 100...107: ground = PaletteColour(UInt8(value - 92))
    default: break
    }
  }

  /// A colour separated by semicolons, and how many parameters it takes.
  private static func colour(
    _ parameters: Parser.Parameters, after index: Int
  ) -> (PaletteColour?, used: Int) {
    switch parameters[index + 1] {
    case 5: (colour([5, parameters[index + 2] ?? 0]), 2)
    case 2: (colour([2] + (2...4).map { parameters[index + $0] ?? 0 }), 4)
    default: (nil, 1)
    }
  }

  /// A colour by its number behind 5, or by its parts behind 2 and, perhaps, a colour space.
  private static func colour(_ parts: [Int]) -> PaletteColour? {
    switch parts.first {
    case 5 where parts.count > 1: return UInt8(exactly: parts[1]).map { PaletteColour($0) }
    case 2 where parts.count > 3:
      let rgb = parts.dropFirst(parts.count > 4 ? 2 : 1).prefix(3).map { UInt8(exactly: $0) }
      guard let red = rgb[0], let green = rgb[1], let blue = rgb[2] else { return nil }
      return PaletteColour(red: red, green: green, blue: blue)
    default: return nil
    }
  }
}

/// The character set with which programs draw boxes.
enum LineDrawing {
  /// What a character stands for.
  ///
  /// Source: DEC VT100 User Guide, table 3-9, special graphics characters.
  static func character(_ scalar: Unicode.Scalar) -> Unicode.Scalar {
    guard (0x5f...0x7e).contains(scalar.value) else { return scalar }
    return characters[Int(scalar.value) - 0x5f]
  }

  private static let characters = Array(" ◆▒␉␌␍␊°±␤␋┘┐┌└┼⎺⎻─⎼⎽├┤┴┬│≤≥π≠£·".unicodeScalars)
}
