/// A JSON value that remembers where in the file it stood, so that errors can name the place.
struct JSON {
  enum Value {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSON])
    case object([(key: String, value: JSON)])
  }

  var value: Value
  /// The byte at which the value starts.
  var offset: Int

  var bool: Bool? { if case .bool(let value) = value { value } else { nil } }
  // Inlined beside `string`, this makes the optimizer of Swift 6.3.1 crash (CopyPropagation).
  @inline(never) var integer: Int? { if case .integer(let value) = value { value } else { nil } }
  var string: String? { if case .string(let value) = value { value } else { nil } }
  var array: [JSON]? { if case .array(let value) = value { value } else { nil } }
  var isNull: Bool { if case .null = value { true } else { false } }

  var number: Double? {
    switch value {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The member of an object, nil where there is none or this is no object.
  ///
  /// - Complexity: O(members); objects in traces have few.
  subscript(key: String) -> JSON? {
    guard case .object(let members) = value else { return nil }
    return members.first { $0.key == key }?.value
  }
}

/// Reads JSON from memory piece by piece, so that a file of a million operations never stands in
/// memory as a tree.
///
/// Own code rather than Foundation's because a trace's errors must name line and column, and
/// because long files are read one operation at a time.
struct JSONReader {
  /// How deep arrays and objects may nest: far more than any trace needs, far less than the stack.
  static let depthLimit = 64

  let file: String
  let bytes: [UInt8]
  private(set) var offset = 0
  private var depth = 0
  private var meter: LongWork.Meter?

  /// Begins at the start; says how far it has come, unless the bytes are part of something longer.
  init(file: String, bytes: [UInt8], isPart: Bool = false) {
    self.file = file
    self.bytes = bytes
    if !isPart { meter = LongWork.Meter(.reading, of: bytes.count) }
  }

  /// An error at a place in the file.
  func error(at offset: Int, _ message: String) -> InputError {
    InputError(file: file, at: offset, in: bytes, message)
  }

  /// Checks that nothing but white space follows.
  mutating func finish() throws(InputError) {
    skipSpace()
    if offset < bytes.count { throw error(at: offset, "nothing may follow the JSON value") }
  }

  /// Reads an object member by member; the body must read or skip each value.
  mutating func forEachMember(
    _ body: (String, inout JSONReader) throws(InputError) -> Void
  ) throws(InputError) {
    try open(UInt8(ascii: "{"), "an object, {...}")
    if close(UInt8(ascii: "}")) { return }
    while true {
      skipSpace()
      let key = try readString("a member's name in quotes")
      try expect(UInt8(ascii: ":"), "':' after a member's name")
      try body(key, &self)
      if try !separator(UInt8(ascii: "}")) { return }
    }
  }

  /// Reads an array element by element; the body must read or skip each.
  mutating func forEachElement(
    _ body: (inout JSONReader) throws(InputError) -> Void
  ) throws(InputError) {
    try open(UInt8(ascii: "["), "an array, [...]")
    if close(UInt8(ascii: "]")) { return }
    while true {
      meter?.note(offset)
      try body(&self)
      if try !separator(UInt8(ascii: "]")) { return }
    }
  }

  /// Reads one value of any kind as a tree.
  mutating func readValue() throws(InputError) -> JSON {
    skipSpace()
    let start = offset
    guard let byte = peek else { throw truncated }
    switch byte {
    case UInt8(ascii: "{"):
      var members: [(key: String, value: JSON)] = []
      try forEachMember { (key, reader) throws(InputError) in
        members.append((key, try reader.readValue()))
      }
      return JSON(value: .object(members), offset: start)
    case UInt8(ascii: "["):
      var elements: [JSON] = []
      try forEachElement { (reader) throws(InputError) in
        elements.append(try reader.readValue())
      }
      return JSON(value: .array(elements), offset: start)
    case UInt8(ascii: "\""):
      return JSON(value: .string(try readString("a string")), offset: start)
    case UInt8(ascii: "t"): return JSON(value: .bool(try word("true", true)), offset: start)
    case UInt8(ascii: "f"): return JSON(value: .bool(try word("false", false)), offset: start)
    case UInt8(ascii: "n"):
      _ = try word("null", true)
      return JSON(value: .null, offset: start)
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
      return JSON(value: try readNumber(), offset: start)
    default:
      throw error(at: start, "a JSON value is expected here")
    }
  }

  /// Reads one value that is no array and no object; those are read over and become null.
  mutating func readScalar() throws(InputError) -> JSON {
    skipSpace()
    let start = offset
    guard peek == UInt8(ascii: "[") || peek == UInt8(ascii: "{") else { return try readValue() }
    try skipValue()
    return JSON(value: .null, offset: start)
  }

  /// Reads over one value of any kind without keeping any of it.
  mutating func skipValue() throws(InputError) {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"):
      try forEachMember { (_, reader) throws(InputError) in try reader.skipValue() }
    case UInt8(ascii: "["):
      try forEachElement { (reader) throws(InputError) in try reader.skipValue() }
    default: _ = try readValue()
    }
  }

  // MARK: - Tokens

  private var peek: UInt8? { offset < bytes.count ? bytes[offset] : nil }

  private var truncated: InputError {
    error(at: bytes.count, "the file ends in the middle of a value; is it cut off?")
  }

  private mutating func skipSpace() {
    while offset < bytes.count {
      switch bytes[offset] {
      case 0x20, 0x09, 0x0a, 0x0d: offset += 1
      default: return
      }
    }
  }

  private mutating func expect(_ byte: UInt8, _ what: String) throws(InputError) {
    skipSpace()
    guard let next = peek else { throw truncated }
    guard next == byte else { throw error(at: offset, "\(what) is expected here") }
    offset += 1
  }

  private mutating func open(_ byte: UInt8, _ what: String) throws(InputError) {
    try expect(byte, what)
    depth += 1
    if depth > Self.depthLimit {
      throw error(at: offset - 1, "values nest deeper than \(Self.depthLimit) levels")
    }
  }

  private mutating func close(_ byte: UInt8) -> Bool {
    skipSpace()
    guard peek == byte else { return false }
    offset += 1
    depth -= 1
    return true
  }

  /// True after a comma, false after the closing bracket.
  private mutating func separator(_ closing: UInt8) throws(InputError) -> Bool {
    if close(closing) { return false }
    guard let next = peek else { throw truncated }
    guard next == UInt8(ascii: ",") else {
      throw error(
        at: offset, "',' or '\(Character(Unicode.Scalar(closing)))' is expected here")
    }
    offset += 1
    return true
  }

  private mutating func word(_ text: StaticString, _ value: Bool) throws(InputError) -> Bool {
    let end = offset + text.utf8CodeUnitCount
    guard end <= bytes.count else { throw truncated }
    for index in 0..<text.utf8CodeUnitCount
    where bytes[offset + index] != text.utf8Start[index] {
      throw error(at: offset, "a JSON value is expected here")
    }
    offset = end
    return value
  }

  private mutating func readNumber() throws(InputError) -> JSON.Value {
    let start = offset
    let negative = peek == UInt8(ascii: "-")
    if negative { offset += 1 }
    var magnitude = 0
    var isInteger = true
    while let byte = peek {
      if byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") {
        let (product, high) = magnitude.multipliedReportingOverflow(by: 10)
        let (sum, carry) = product.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
        if high || carry { isInteger = false }
        magnitude = sum
      } else if byte == UInt8(ascii: ".") || byte | 0x20 == UInt8(ascii: "e")
        || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
      {
        isInteger = false
      } else {
        break
      }
      offset += 1
    }
    if isInteger, offset > start + (negative ? 1 : 0) {
      return .integer(negative ? -magnitude : magnitude)
    }
    let text = String(decoding: bytes[start..<offset], as: UTF8.self)
    guard let value = Double(text), value.isFinite else {
      throw error(at: start, "'\(text)' is not a number")
    }
    return .number(value)
  }

  private mutating func readString(_ what: String) throws(InputError) -> String {
    guard let quote = peek else { throw truncated }
    guard quote == UInt8(ascii: "\"") else { throw error(at: offset, "\(what) is expected here") }
    offset += 1
    let start = offset
    while let byte = peek {
      if byte == UInt8(ascii: "\"") {
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        offset += 1
        return text
      }
      if byte == UInt8(ascii: "\\") { return try readEscapedString(from: start) }
      if byte < 0x20 { throw error(at: offset, "a control character stands in a string") }
      offset += 1
    }
    throw truncated
  }

  /// Reads a string as bytes, which need not be UTF-8 by themselves: a recording may split a character
  /// over two strings.
  mutating func readBytes(into target: inout [UInt8]) throws(InputError) {
    try expect(UInt8(ascii: "\""), "a string")
    let start = offset
    while let byte = peek, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") {
      offset += 1
    }
    target.append(contentsOf: bytes[start..<offset])
    try readRestOfString(into: &target)
  }

  private mutating func readEscapedString(from start: Int) throws(InputError) -> String {
    var text = Array(bytes[start..<offset])
    try readRestOfString(into: &text)
    return String(decoding: text, as: UTF8.self)
  }

  private mutating func readRestOfString(into text: inout [UInt8]) throws(InputError) {
    while let byte = peek {
      offset += 1
      switch byte {
      case UInt8(ascii: "\""): return
      case UInt8(ascii: "\\"):
        guard let escape = peek else { throw truncated }
        offset += 1
        switch escape {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(escape)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0c)
        case UInt8(ascii: "n"): text.append(0x0a)
        case UInt8(ascii: "r"): text.append(0x0d)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
          text.append(contentsOf: String(try readEscapedScalar()).utf8)
        default: throw error(at: offset - 2, "no such escape in a string")
        }
      case 0..<0x20: throw error(at: offset - 1, "a control character stands in a string")
      default: text.append(byte)
      }
    }
    throw truncated
  }

  /// Reads what follows `\u`, joining a surrogate pair; a lone surrogate becomes U+FFFD.
  private mutating func readEscapedScalar() throws(InputError) -> Unicode.Scalar {
    let high = try readHex4()
    if high >= 0xd800, high < 0xdc00, offset + 1 < bytes.count,
      bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
    {
      let mark = offset
      offset += 2
      let low = try readHex4()
      if low >= 0xdc00, low < 0xe000 {
        let value = 0x10000 + (high - 0xd800) << 10 + (low - 0xdc00)
        return Unicode.Scalar(value) ?? "\u{fffd}"
      }
      offset = mark
    }
    return Unicode.Scalar(high) ?? "\u{fffd}"
  }

  private mutating func readHex4() throws(InputError) -> UInt32 {
    guard offset + 4 <= bytes.count else { throw truncated }
    let digits = bytes[offset..<offset + 4]
    guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
      let value = UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    else { throw error(at: offset, "four hexadecimal digits must follow \\u") }
    offset += 4
    return value
  }
}
