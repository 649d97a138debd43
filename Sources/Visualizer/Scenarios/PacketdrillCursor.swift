import Models

/// Reads the smallest parts of packetdrill's notation: blanks, words, numbers, times.
struct PacketdrillCursor {
  let text: PacketdrillText
  private(set) var at = 0

  init(_ text: PacketdrillText) { self.text = text }

  private var bytes: [UInt8] { text.bytes }

  /// The line at a byte, counted by those before it.
  private(set) var line = 1

  // MARK: Moving

  /// The byte here; nil at the end.
  var current: UInt8? { at < text.bytes.count ? text.bytes[at] : nil }

  /// The byte so many further on.
  func ahead(_ count: Int) -> UInt8? {
    at + count < text.bytes.count ? text.bytes[at + count] : nil
  }

  mutating func step(_ count: Int = 1) {
    for _ in 0..<count where at < text.bytes.count {
      if text.bytes[at] == 0x0a { line += 1 }
      at += 1
    }
  }

  private static let blanks: [UInt8] = [0x20, 0x09, 0x0a, 0x0d]

  /// Passes over blanks and ends of lines.
  mutating func skipBlanks() {
    while let byte = current, Self.blanks.contains(byte) { step() }
  }

  /// Whether a text stands here.
  func isAt(_ text: StaticString) -> Bool {
    (0..<text.utf8CodeUnitCount).allSatisfy { ahead($0) == text.utf8Start[$0] }
  }

  /// Takes a text if it stands here, behind any blanks.
  mutating func take(_ text: StaticString) -> Bool {
    skipBlanks()
    guard isAt(text) else { return false }
    step(text.utf8CodeUnitCount)
    return true
  }

  mutating func expect(_ text: StaticString, _ what: String) throws(InputError) {
    guard take(text) else { throw unexpected("'\(text)' \(what)") }
  }

  // MARK: Errors

  func error(_ message: String, at offset: Int? = nil) -> InputError {
    InputError(file: text.file, at: offset ?? at, in: text.original, message)
  }

  /// Says what was expected here, and what stands here.
  func unexpected(_ what: String) -> InputError {
    let rest = text.bytes[min(at, text.bytes.count)...].prefix(16).prefix { $0 > 0x20 }
    let found = rest.isEmpty ? "nothing" : "'\(String(decoding: rest, as: UTF8.self))'"
    return error("expected \(what), found \(found)")
  }

  // MARK: Words and numbers

  private static func isWord(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
      || byte == UInt8(ascii: "_")
  }

  /// Letters, digits and `_`; empty if none stands here.
  mutating func word() -> String {
    skipBlanks()
    let start = at
    while let byte = current, Self.isWord(byte) { step() }
    return String(decoding: text.bytes[start..<at], as: UTF8.self)
  }

  /// The word here, without taking it.
  func peekWord() -> String {
    var copy = self
    return copy.word()
  }

  /// A whole number in decimal or behind `0x`.
  mutating func number(_ what: String, in range: ClosedRange<Int>) throws(InputError) -> Int {
    skipBlanks()
    // What is missing is missing on the line that it belongs to.
    let end = text.bytes[..<at].lastIndex { !Self.blanks.contains($0) }.map { $0 + 1 } ?? at
    let start = text.bytes[end..<at].contains(0x0a) ? end : at
    let isNegative = current == UInt8(ascii: "-")
    if isNegative { step() }
    let word = word()
    guard let value = PacketdrillNumber.parse(word) else {
      at = start
      throw unexpected(what)
    }
    let number = isNegative ? -value : value
    guard range.contains(number) else {
      throw error(
        "\(what) must lie from \(range.lowerBound) to \(range.upperBound), not be \(number)",
        at: start)
    }
    return number
  }

  mutating func number32(_ what: String) throws(InputError) -> UInt32 {
    UInt32(try number(what, in: 0...0xffff_ffff))
  }

  /// Takes `...`.
  mutating func ellipsis() -> Bool { take("...") }

  /// Seconds with up to six digits behind the point; three points end it.
  mutating func seconds() throws(InputError) -> Microseconds {
    skipBlanks()
    let start = at
    var digits = ""
    var fraction = ""
    while let byte = current, (0x30...0x39).contains(byte) {
      digits.append(Character(UnicodeScalar(byte)))
      step()
    }
    if current == UInt8(ascii: "."), !isAt("...") {
      step()
      while let byte = current, (0x30...0x39).contains(byte) {
        fraction.append(Character(UnicodeScalar(byte)))
        step()
      }
    }
    guard !(digits.isEmpty && fraction.isEmpty), digits.count <= 9 else {
      at = start
      throw unexpected("a time in seconds")
    }
    let micro = fraction.prefix(6) + String(repeating: "0", count: max(0, 6 - fraction.count))
    return (Int(digits) ?? 0) * 1_000_000 + (Int(micro) ?? 0)
  }

  /// The end of the bracket that opens here, and what stands between, as it is written.
  mutating func bracketed(_ what: String) throws(InputError) -> String {
    let start = at
    var closers: [UInt8] = []
    while let byte = current {
      switch byte {
      case UInt8(ascii: "("): closers.append(UInt8(ascii: ")"))
      case UInt8(ascii: "["): closers.append(UInt8(ascii: "]"))
      case UInt8(ascii: "{"): closers.append(UInt8(ascii: "}"))
      case UInt8(ascii: "<"): closers.append(UInt8(ascii: ">"))
      case UInt8(ascii: "\""):
        step()
        while let inner = current, inner != UInt8(ascii: "\"") { step() }
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: ">"):
        if closers.last == UInt8(ascii: ">"), byte != UInt8(ascii: ">"), closers.count > 1 {
          closers.removeLast()  // a `<` that compares
        }
        guard closers.popLast() == byte else {
          throw error("\(what) opens and closes with different brackets")
        }
      default: break
      }
      step()
      if closers.isEmpty {
        return String(decoding: text.bytes[(start + 1)..<(at - 1)], as: UTF8.self)
      }
    }
    throw error("\(what) does not end; a bracket is missing", at: start)
  }
}
