import Models

/// A line of a TCP script, read from left to right.
struct TCPScriptLine {
  let tokens: ScriptTokens
  private(set) var index = 0

  init(_ line: ScenarioFile.Word) { tokens = ScriptTokens(line) }

  var next: String? { tokens[index] }

  /// An error at the next word, or at the last one behind the line's end.
  func error(_ message: Bilingual) -> ScriptError {
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
  /// - Throws: `ScriptError` with the nearest of them, or all of them where the line ends.
  mutating func oneOf(_ words: [String], _ what: Bilingual) throws(ScriptError) -> String {
    guard let word = next else {
      throw error(
        Bilingual(
          "\(what.en) is missing; write one of \(words.joined(separator: ", "))",
          "缺少\(what.zh)；请写以下之一：\(words.joined(separator: "、"))"))
    }
    guard words.contains(word) else {
      let hint = Nearest.hint(word, among: words)
      throw error(
        Bilingual(
          "unknown \(what.en) '\(word)'; \(hint.en)", "没有“\(word)”这个\(what.zh)；\(hint.zh)"))
    }
    index += 1
    return word
  }

  mutating func expect(_ word: String, _ example: String) throws(ScriptError) {
    guard takes(word) else {
      if let other = next {
        throw error(
          Bilingual(
            "'\(other)' is not understood here; write \(example)", "这里不能写“\(other)”；请写 \(example)"))
      }
      throw error(
        Bilingual("something is missing; write \(example)", "这一行没有写完；请写 \(example)"))
    }
  }

  mutating func side(_ example: String) throws(ScriptError) -> Side {
    guard let word = next, let side = Side.allCases.first(where: { $0.name == word }) else {
      let en = next.map { "'\($0)' is no end; " } ?? ""
      let zh = next.map { "“\($0)”不是连接的一端；" } ?? ""
      throw error(
        Bilingual(
          "\(en)write client or server, such as \(example)",
          "\(zh)请写 client 或 server，如 \(example)"))
    }
    index += 1
    return side
  }

  mutating func number(
    _ range: ClosedRange<Int>, _ what: Bilingual
  ) throws(ScriptError) -> Int {
    guard let word = next, let number = Int(word), range.contains(number) else {
      throw error(
        Bilingual(
          "write \(what.en) from \(range.lowerBound) to \(range.upperBound)",
          "请写\(what.zh)，\(range.lowerBound) 到 \(range.upperBound)"))
    }
    index += 1
    return number
  }

  /// A number if one comes next.
  mutating func optionalNumber(
    _ range: ClosedRange<Int>, _ what: Bilingual
  ) throws(ScriptError) -> Int? {
    guard let first = next?.utf8.first, first == 0x2d || (0x30...0x39).contains(first) else {
      return nil
    }
    return try number(range, what)
  }

  /// A time such as `200ms`, `2s` or `34.648 ms`.
  mutating func time(_ examples: String...) throws(ScriptError) -> Microseconds {
    let start = index
    let example = Bilingual.choice(examples)
    guard var text = next else {
      throw error(
        Bilingual("a time is missing; write \(example.en)", "缺少时间；请写 \(example.zh)"))
    }
    index += 1
    if let last = text.utf8.last, (0x30...0x39).contains(last), let unit = next {
      index += 1
      text += unit
    }
    guard let time = Self.time(text) else {
      index = start
      throw error(
        Bilingual("'\(text)' is no time; write \(example.en)", "“\(text)”不是时间；请写 \(example.zh)"))
    }
    guard time <= TCPScriptLimits.time else {
      index = start
      throw error(
        Bilingual("'\(text)' is too long; a time is at most 60min", "“\(text)”太长；时间最多 60min"))
    }
    return time
  }

  /// A time after a word, if that word comes next.
  mutating func time(after word: String, _ example: String) throws(ScriptError) -> Microseconds? {
    takes(word) ? try time(example) : nil
  }

  func end() throws(ScriptError) { try tokens.expectEnd(index) }

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
}
