/// How far the reading of a character or of a control sequence has come.
///
/// A value of its own, since both may be split anywhere: an event of a recording can end in the middle
/// of either.
struct Parser {
  var state = State.ground
  var parameters = Parameters()
  /// One of `<=>?` before the parameters, which make a sequence a private one.
  var marker: UInt8 = 0
  /// What stands before the last character of a sequence; 0xff where that is more than one.
  var intermediate: UInt8 = 0
  var decoder = UTF8Decoder()

  /// Source: the states of the parser of DEC's terminals, as ECMA-48 and the VT500 manuals imply them.
  enum State {
    case ground
    case escape
    case sequence
    /// Inside of a title, a picture or another string that is not for the screen.
    case string(endsWithBell: Bool)
  }

  /// The numbers of a sequence, at most so many, each at most 65,535.
  struct Parameters {
    private var values: [Int?] = [nil]
    private var isSub = [false]

    private static let limit = 32

    var count: Int { values.count }

    /// A parameter; nil where it was left out.
    subscript(index: Int) -> Int? { index < values.count ? values[index] : nil }

    /// A parameter that counts something: one where it was left out or is zero.
    func count(at index: Int) -> Int { max(1, self[index] ?? 1) }

    /// The parameters that hang on one by colons.
    func subparameters(after index: Int) -> [Int] {
      var end = index + 1
      while end < values.count, isSub[end] { end += 1 }
      return values[index + 1..<end].map { $0 ?? 0 }
    }

    mutating func append(digit: Int) {
      let last = values.count - 1
      values[last] = min(65_535, (values[last] ?? 0) * 10 + digit)
    }

    /// Begins another parameter; beyond the limit they are read into the last one, for nobody.
    mutating func begin(isSub: Bool) {
      guard values.count < Self.limit else { return }
      values.append(nil)
      self.isSub.append(isSub)
    }
  }
}

/// Reads UTF-8 byte by byte.
///
/// Source: RFC 3629. What is no UTF-8 becomes U+FFFD, the replacement character.
struct UTF8Decoder {
  private var value: UInt32 = 0
  private var missing = 0
  private var least: UInt32 = 0

  /// Whether the bytes so far are whole characters.
  var isIdle: Bool { missing == 0 }

  /// Takes a byte; returns the characters that it completes: none, one, or two where it comes instead
  /// of the rest of another.
  mutating func take(_ byte: UInt8) -> (Unicode.Scalar?, Unicode.Scalar?) {
    guard missing > 0 else { return (begin(byte), nil) }
    guard byte & 0xc0 == 0x80 else {
      missing = 0
      return ("\u{fffd}", begin(byte))
    }
    value = value << 6 | UInt32(byte & 0x3f)
    missing -= 1
    guard missing == 0 else { return (nil, nil) }
    return (value < least ? "\u{fffd}" : Unicode.Scalar(value) ?? "\u{fffd}", nil)
  }

  private mutating func begin(_ byte: UInt8) -> Unicode.Scalar? {
    switch byte {
    case 0..<0x80: return Unicode.Scalar(byte)
    case 0xc2..<0xe0: (value, missing, least) = (UInt32(byte & 0x1f), 1, 0x80)
    case 0xe0..<0xf0: (value, missing, least) = (UInt32(byte & 0x0f), 2, 0x800)
    case 0xf0..<0xf5: (value, missing, least) = (UInt32(byte & 0x07), 3, 0x10000)
    default: return "\u{fffd}"
    }
    return nil
  }
}

extension Emulator {
  /// Takes bytes of a recording.
  mutating func feed(_ bytes: ArraySlice<UInt8>) {
    var index = bytes.startIndex
    while index < bytes.endIndex {
      let byte = bytes[index]
      if case .ground = parser.state, parser.decoder.isIdle, (0x20..<0x7f).contains(byte) {
        var end = index + 1
        while end < bytes.endIndex, (0x20..<0x7f).contains(bytes[end]) { end += 1 }
        while index < end { index += write(ascii: bytes[index..<end]) }
        continue
      }
      index += 1
      let (first, second) = parser.decoder.take(byte)
      if let first { take(first) }
      if let second { take(second) }
    }
  }

  private mutating func take(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0x18, 0x1a: parser.state = .ground  // CAN, SUB: a sequence is given up
    case 0x1b: begin(.escape)
    case 0x80..<0xa0: takeC1(UInt8(scalar.value))
    default:
      switch parser.state {
      case .ground:
        if scalar.value < 0x20 { control(scalar.value) } else { write(scalar) }
      case .escape: takeEscape(scalar)
      case .sequence: takeSequence(scalar)
      case .string(let endsWithBell):
        if endsWithBell, scalar == "\u{7}" { parser.state = .ground }
      }
    }
  }

  private mutating func begin(_ state: Parser.State) {
    parser.state = state
    parser.parameters = Parser.Parameters()
    (parser.marker, parser.intermediate) = (0, 0)
  }

  /// A control character of the upper half, which stands for an escape and a letter.
  private mutating func takeC1(_ byte: UInt8) {
    if case .string = parser.state, byte != 0x9c { return }
    parser.state = .ground
    begin(.escape)
    takeEscape(Unicode.Scalar(byte - 0x40))
  }

  private mutating func takeEscape(_ scalar: Unicode.Scalar) {
    guard let byte = UInt8(exactly: scalar.value) else {
      parser.state = .ground
      return
    }
    switch byte {
    case 0..<0x20: control(UInt32(byte))
    case 0x20..<0x30: parser.intermediate = parser.intermediate == 0 ? byte : 0xff
    case 0x7f: break
    case _ where parser.intermediate != 0: finishEscape(byte)
    case UInt8(ascii: "["): begin(.sequence)
    case UInt8(ascii: "]"): parser.state = .string(endsWithBell: true)
    case 0x50, 0x58, 0x5e, 0x5f: parser.state = .string(endsWithBell: false)  // DCS, SOS, PM, APC
    default: finishEscape(byte)
    }
  }

  private mutating func finishEscape(_ final: UInt8) {
    parser.state = .ground
    escape(final, intermediate: parser.intermediate)
  }

  private mutating func takeSequence(_ scalar: Unicode.Scalar) {
    switch scalar.value {
    case 0..<0x20: control(scalar.value)
    case 0x20..<0x30:
      parser.intermediate = parser.intermediate == 0 ? UInt8(scalar.value) : 0xff
    case 0x30..<0x3a: parser.parameters.append(digit: Int(scalar.value) - 0x30)
    case 0x3a: parser.parameters.begin(isSub: true)
    case 0x3b: parser.parameters.begin(isSub: false)
    case 0x3c..<0x40: parser.marker = UInt8(scalar.value)
    case 0x40..<0x7f:
      parser.state = .ground
      sequence(UInt8(scalar.value))
    case 0x7f: break
    default: parser.state = .ground
    }
  }
}
