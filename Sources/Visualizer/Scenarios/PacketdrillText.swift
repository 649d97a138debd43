/// A packetdrill script's bytes without comments and without the lines that conditions leave out.
///
/// What is left out is blanked, so that every byte stays at its place and errors name it.
struct PacketdrillText {
  let file: String
  let original: [UInt8]
  private(set) var bytes: [UInt8]
  /// The first comment that says something about the test.
  private(set) var title = ""

  /// Words that `#ifdef` knows.
  private let defined: Set<String>

  /// One open condition.
  private struct Condition {
    var offset: Int
    var isTaken: Bool
    var wasTaken: Bool
    var sawElse = false
  }

  private var conditions: [Condition] = []

  init(file: String, bytes: [UInt8], defined: Set<String>) throws(InputError) {
    self.file = file
    original = bytes
    self.bytes = bytes
    self.defined = defined
    try clean()
    title = Self.title(in: bytes)
  }

  private var isTaken: Bool { conditions.allSatisfy(\.isTaken) }

  // MARK: Going through

  private mutating func clean() throws(InputError) {
    var at = 0
    var isLineStart = true
    while at < bytes.count {
      let byte = bytes[at]
      if byte == 0x0a {
        isLineStart = true
        at += 1
      } else if byte == 0x20 || byte == 0x09 || byte == 0x0d {
        at += 1
      } else if byte == UInt8(ascii: "#"), isLineStart {
        let end = endOfLine(at)
        try directive(at, end)
        blank(at..<end)
        at = end
      } else if starts("//", at) {
        let end = endOfLine(at)
        blank(at..<end)
        at = end
      } else if starts("/*", at) {
        let end = try end(of: "*/", from: at + 2, "this comment does not end; close it by */", at)
        blank(at..<end)
        at = end
      } else {
        isLineStart = false
        let end = try endOfQuoted(at)
        if !isTaken { blank(at..<end) }
        at = end
      }
    }
    if let open = conditions.last {
      throw error(open.offset, "this condition does not end; add #endif")
    }
  }

  /// The end of a shell command, a block of Python or a text that begins here; else the next byte.
  private func endOfQuoted(_ at: Int) throws(InputError) -> Int {
    if bytes[at] == UInt8(ascii: "`") {
      return try end(of: "`", from: at + 1, "this shell command does not end; close it by `", at)
    }
    if starts("%{", at) {
      return try end(of: "}%", from: at + 2, "this block does not end; close it by }%", at)
    }
    if bytes[at] == UInt8(ascii: "\"") {
      return try end(of: "\"", from: at + 1, "this text does not end; close it by \"", at)
    }
    return at + 1
  }

  private func starts(_ text: StaticString, _ at: Int) -> Bool {
    let count = text.utf8CodeUnitCount
    guard at + count <= bytes.count else { return false }
    return (0..<count).allSatisfy { bytes[at + $0] == text.utf8Start[$0] }
  }

  private func end(
    of text: StaticString, from start: Int, _ message: String, _ opened: Int
  ) throws(InputError) -> Int {
    var at = start
    while at < bytes.count {
      if starts(text, at) { return at + text.utf8CodeUnitCount }
      at += 1
    }
    throw error(opened, message)
  }

  private func endOfLine(_ at: Int) -> Int {
    bytes[at...].firstIndex(of: 0x0a) ?? bytes.count
  }

  private mutating func blank(_ range: Range<Int>) {
    for index in range where bytes[index] != 0x0a { bytes[index] = 0x20 }
  }

  private func error(_ offset: Int, _ message: String) -> InputError {
    InputError(file: file, at: offset, in: original, message)
  }

  // MARK: Conditions

  /// A line that begins with `#`: a condition, or a comment.
  private mutating func directive(_ at: Int, _ end: Int) throws(InputError) {
    let line = String(decoding: bytes[(at + 1)..<end], as: UTF8.self)
    let words = line.split(whereSeparator: \.isWhitespace).map(String.init)
    let rest = words.dropFirst().joined(separator: " ")
    switch words.first {
    case "ifdef", "ifndef":
      guard words.count > 1 else { throw error(at, "a name must follow #\(words[0])") }
      open(at, defined.contains(words[1]) == (words[0] == "ifdef"))
    case "if": open(at, try value(rest, at))
    case "elif":
      let value = try value(rest, at)
      try change(at, "#elif") { $0.isTaken = !$0.wasTaken && value }
    case "else":
      try change(at, "#else") {
        $0.isTaken = !$0.wasTaken
        $0.sawElse = true
      }
    case "endif":
      guard conditions.popLast() != nil else {
        throw error(at, "#endif without an #ifdef before it")
      }
    default: break
    }
  }

  private mutating func open(_ at: Int, _ value: Bool) {
    conditions.append(Condition(offset: at, isTaken: value, wasTaken: value))
  }

  private mutating func change(
    _ at: Int, _ name: String, _ change: (inout Condition) -> Void
  ) throws(InputError) {
    guard var last = conditions.last, !last.sawElse else {
      throw error(at, "\(name) without an #ifdef before it")
    }
    change(&last)
    last.wasTaken = last.wasTaken || last.isTaken
    conditions[conditions.count - 1] = last
  }

  /// `defined(A) || !defined(B) && 1`: no more than this is understood.
  private func value(_ text: String, _ at: Int) throws(InputError) -> Bool {
    var any = false
    for side in text.split(separator: "|", omittingEmptySubsequences: true) {
      var all = true
      for term in side.split(separator: "&", omittingEmptySubsequences: true) {
        var word = term.filter { !$0.isWhitespace && $0 != "(" && $0 != ")" }
        var isNegated = false
        while word.hasPrefix("!") {
          isNegated.toggle()
          word.removeFirst()
        }
        if word.hasPrefix("defined") { word.removeFirst("defined".count) }
        guard let first = word.first, first.isLetter || first.isNumber || first == "_" else {
          throw error(at, "only defined(NAME), !, && and || are understood in #if")
        }
        let value = Int(word).map { $0 != 0 } ?? defined.contains(word)
        all = all && value != isNegated
      }
      any = any || all
    }
    return any
  }

  // MARK: The title

  /// The first paragraph of comments that is not a licence.
  private static func title(in bytes: [UInt8]) -> String {
    var paragraph: [Substring] = []
    let text = String(decoding: bytes.prefix(16_384), as: UTF8.self)
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      let line = line.trimmed
      if line.hasPrefix("//") || (line.hasPrefix("#") && !line.hasPrefix("#if")) {
        let words = line.drop { $0 == "/" || $0 == "#" || $0 == "!" }.trimmed
        if !words.isEmpty {
          paragraph.append(words)
          continue
        }
      }
      if let title = sentence(paragraph) { return title }
      paragraph = []
    }
    return sentence(paragraph) ?? ""
  }

  private static func sentence(_ paragraph: [Substring]) -> String? {
    let text = paragraph.joined(separator: " ")
    guard !text.isEmpty, !text.hasPrefix("`"), !text.hasPrefix("--") else { return nil }
    let legal = ["Copyright", "Redistribution", "THIS SOFTWARE", "SPDX", "All rights reserved"]
    return legal.contains { text.contains($0) } ? nil : text
  }
}
