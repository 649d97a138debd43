import Models

/// A line of a TCP script, read from left to right.
struct TCPScriptLine {
  let tokens: ScriptTokens
  private(set) var index = 0

  init(file: String, line: ScenarioFile.Word) {
    tokens = ScriptTokens(file: file, line: line)
  }

  var next: String? { tokens[index] }

  /// An error at the next word, or at the last one behind the line's end.
  func error(_ message: String) -> InputError {
    tokens.error(min(index, tokens.count - 1), message)
  }

  /// Takes a word if it comes next.
  mutating func takes(_ word: String) -> Bool {
    guard next == word else { return false }
    index += 1
    return true
  }

  /// Takes one of several words.
  ///
  /// - Throws: `InputError` with the nearest of them, or all of them where the line ends.
  mutating func oneOf(_ words: [String], _ what: String) throws(InputError) -> String {
    guard let word = next else {
      throw error("\(what) is missing; write \(Self.list(words))")
    }
    guard words.contains(word) else {
      throw error("unknown \(what) '\(word)'; \(Nearest.hint(word, among: words))")
    }
    index += 1
    return word
  }

  mutating func expect(_ word: String, _ example: String) throws(InputError) {
    guard takes(word) else {
      if let other = next {
        throw error("'\(other)' is not understood here; write \(example)")
      }
      throw error("something is missing; write \(example)")
    }
  }

  mutating func side(_ example: String) throws(InputError) -> Side {
    guard let word = next, let side = Side.allCases.first(where: { $0.name == word }) else {
      let unknown = next.map { "'\($0)' is no end; " } ?? ""
      throw error("\(unknown)write client or server, such as \(example)")
    }
    index += 1
    return side
  }

  mutating func number(
    _ range: ClosedRange<Int>, _ what: String
  ) throws(InputError) -> Int {
    guard let word = next, let number = Int(word), range.contains(number) else {
      throw error("write \(what) from \(range.lowerBound) to \(range.upperBound)")
    }
    index += 1
    return number
  }

  /// A number if one comes next.
  mutating func optionalNumber(
    _ range: ClosedRange<Int>, _ what: String
  ) throws(InputError) -> Int? {
    guard let first = next?.utf8.first, first == 0x2d || (0x30...0x39).contains(first) else {
      return nil
    }
    return try number(range, what)
  }

  /// A time such as `200ms`, `2s` or `34.648 ms`.
  mutating func time(_ example: String) throws(InputError) -> Microseconds {
    let start = index
    guard var text = next else { throw error("a time is missing; write \(example)") }
    index += 1
    if let last = text.utf8.last, (0x30...0x39).contains(last), let unit = next {
      index += 1
      text += unit
    }
    guard let time = Self.time(text) else {
      index = start
      throw error("'\(text)' is no time; write \(example)")
    }
    guard time <= TCPScriptLimits.time else {
      index = start
      throw error("'\(text)' is too long; a time is at most 60min")
    }
    return time
  }

  /// A time after a word, if that word comes next.
  mutating func time(after word: String, _ example: String) throws(InputError) -> Microseconds? {
    takes(word) ? try time(example) : nil
  }

  func end() throws(InputError) { try tokens.expectEnd(index) }

  /// Reads `500us`, `200ms`, `1.5s`, `2min`; nil for anything else.
  static func time(_ text: String) -> Microseconds? {
    let units = [("min", 60_000_000), ("us", 1), ("ms", 1000), ("s", 1_000_000)]
    guard let (unit, factor) = units.first(where: { text.hasSuffix($0.0) }) else { return nil }
    let parts = text.dropLast(unit.utf8.count).split(
      separator: ".", omittingEmptySubsequences: false)
    let digits = parts.allSatisfy { part in
      !part.isEmpty && part.utf8.count <= 9 && part.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }
    guard digits, parts.count <= 2, let whole = Int(parts[0]) else { return nil }
    guard parts.count == 2 else { return whole * factor }
    var scale = 1
    for _ in parts[1].utf8 { scale *= 10 }
    return whole * factor + (Int(parts[1]) ?? 0) * factor / scale
  }

  private static func list(_ words: [String]) -> String {
    words.count == 1 ? words[0] : "one of " + words.joined(separator: ", ")
  }
}
