import Models

/// The language in which a scenario asks something of a map.
///
///     make hint 100              insert k1 = 5            lookup k1     clear
///     insert k2..k27             delete k3..k9            range
///     insert k1 hash 0b10010111_…_00110
///
/// A hash may leave out its middle (`…` or `...`), which the seeded hash function fills; it stays
/// with its key for the whole script.
struct MapScript: ScriptLanguage {
  private(set) var keys = KeyTable()
  private let seed: UInt64
  private var hashes: [Int32: UInt64] = [:]
  private var insertions = 0
  private var operationCount = 0

  static let words = ["make", "insert", "lookup", "delete", "clear", "range"]

  init(seed: UInt64) {
    self.seed = seed
  }

  /// The language behind the operations of a captured trace: its keys keep the hashes that they were
  /// captured with, and the next value is counted on.
  init(resuming operations: [MapOperation], keys: KeyTable) {
    self.init(seed: 0)
    self.keys = keys
    for operation in operations {
      switch operation {
      case .assign(let key, _, _):
        insertions += 1
        remember(key)
      case .access(let key), .delete(let key, _): remember(key)
      default: break
      }
    }
  }

  private mutating func remember(_ key: HashedKey) {
    if case .fixed(let hash) = key.hash { hashes[key.key.identity] = hash }
  }

  /// The operations of one line, or the first of them.
  ///
  /// - Throws: `ScriptError` for an unknown word, a bad key, hash or number, or too many operations.
  mutating func parse(
    _ line: ScenarioFile.Word, first limit: Int
  ) throws(ScriptError) -> ParsedLine<MapOperation> {
    let tokens = ScriptTokens(line)
    guard let verb = tokens[0] else { throw tokens.error(0, .noOperation) }
    var operations: [MapOperation] = []
    var count = 1
    switch verb {
    case "make": operations = [.make(hint: try hint(tokens))]
    case "clear", "range":
      try tokens.expectEnd(1)
      operations = [verb == "clear" ? .clear : .range]
    case "insert":
      let (keys, hash, value) = try keysAndOptions(tokens, mayHaveValue: true)
      count = keys.count
      for key in keys.prefix(limit) {
        insertions += 1
        operations.append(.assign(try hashed(key, hash, tokens), elem: value ?? insertions))
      }
    case "lookup", "delete":
      let (keys, hash, _) = try keysAndOptions(tokens, mayHaveValue: false)
      count = keys.count
      for key in keys.prefix(limit) {
        let key = try hashed(key, hash, tokens)
        operations.append(verb == "lookup" ? .access(key) : .delete(key))
      }
    default:
      throw tokens.error(0, .unknownOperation(verb, among: Self.words))
    }
    operationCount += operations.count
    if operationCount > MapLimits.operations { throw tokens.error(0, Self.tooMany) }
    return ParsedLine(operations, count: count)
  }

  private static let tooMany = Bilingual.tooManyOperations(MapLimits.operations)

  private func hint(_ tokens: ScriptTokens) throws(ScriptError) -> Int {
    guard let first = tokens[1] else { return 0 }
    let index = first == "hint" ? 2 : 1
    guard let text = tokens[index], let hint = Int(text), hint >= 0, hint <= MapLimits.hint else {
      throw tokens.error(
        min(index, tokens.count - 1),
        Bilingual(
          "write make hint N with N from 0 to \(MapLimits.hint)",
          "请写 make hint N，N 为 0 到 \(MapLimits.hint)"))
    }
    try tokens.expectEnd(index + 1)
    return hint
  }

  // MARK: - Keys

  private func keysAndOptions(
    _ tokens: ScriptTokens, mayHaveValue: Bool
  ) throws(ScriptError) -> (keys: [String], hash: HashPattern?, value: Int?) {
    guard let text = tokens[1] else {
      throw tokens.error(
        0,
        Bilingual(
          "write a key, such as k1, or a range of keys, such as k1..k9",
          "请写一个 key，如 k1，或者一段 key，如 k1..k9"))
    }
    let keys = try expand(text, tokens)
    var hash: HashPattern?
    var value: Int?
    var index = 2
    while let option = tokens[index] {
      guard let argument = tokens[index + 1] else {
        throw tokens.error(
          index, Bilingual("something is missing after '\(option)'", "“\(option)”后面缺少内容"))
      }
      switch option {
      case "hash":
        guard let pattern = HashPattern(argument) else {
          throw tokens.error(
            index + 1,
            Bilingual(
              "write a hash of 64 bits as 0x... or 0b..., or with its middle left out as 0b1001_…_0110",
              "请写 64 位哈希值，0x... 或 0b...；中间的位可以省略，如 0b1001_…_0110"))
        }
        hash = pattern
      case "=" where mayHaveValue:
        guard let number = Int(argument) else {
          throw tokens.error(
            index + 1, Bilingual("write a whole number after '='", "“=”后面请写整数"))
        }
        value = number
      default:
        throw tokens.error(
          index,
          Bilingual(
            "'\(option)' is not understood here; write hash ..." + (mayHaveValue ? " or = N" : ""),
            "这里不能写“\(option)”；请写 hash ..." + (mayHaveValue ? " 或 = N" : "")))
      }
      index += 2
    }
    return (keys, hash, value)
  }

  /// A key, or `k2..k27` for all from the one to the other.
  private func expand(_ text: String, _ tokens: ScriptTokens) throws(ScriptError) -> [String] {
    guard text.utf8.count <= MapLimits.keyBytes else {
      throw tokens.error(
        1,
        Bilingual(
          "the key is longer than \(MapLimits.keyBytes) bytes",
          "key 太长，最多 \(MapLimits.keyBytes) 字节"))
    }
    guard let dots = text.firstRange(of: "..") else { return [text] }
    let (first, last) = (Self.split(text[..<dots.lowerBound]), Self.split(text[dots.upperBound...]))
    guard let low = first.number, let high = last.number, first.prefix == last.prefix, low <= high
    else {
      throw tokens.error(
        1,
        Bilingual(
          "write a range of keys as k2..k27: the same letters, then the smaller number first",
          "一段 key 请写成 k2..k27：字母相同，小的数字在前"))
    }
    guard high - low < MapLimits.operations else { throw tokens.error(1, Self.tooMany) }
    let width = first.digits.utf8.count == last.digits.utf8.count ? first.digits.utf8.count : 0
    return (low...high).map { number in
      let digits = "\(number)"
      let zeros = String(repeating: "0", count: max(0, width - digits.utf8.count))
      return first.prefix + zeros + digits
    }
  }

  private static func split(
    _ text: Substring
  ) -> (prefix: String, digits: String, number: Int?) {
    let digits = String(text.reversed().prefix { $0.isASCII && $0.isNumber }.reversed())
    return (
      String(text.dropLast(digits.count)), digits, digits.utf8.count <= 18 ? Int(digits) : nil
    )
  }

  private mutating func hashed(
    _ spelling: String, _ pattern: HashPattern?, _ tokens: ScriptTokens
  ) throws(ScriptError) -> HashedKey {
    let key = keys.intern(spelling)
    let content = Self.content(spelling)
    if let pattern {
      let hash = pattern.fill(SplitMix64.mix(content ^ seed))
      if let known = hashes[key.identity], known != hash {
        throw tokens.error(
          1,
          Bilingual(
            "the key '\(spelling)' was given another hash above",
            "前面已经给 key“\(spelling)”指定了另一个哈希值"))
      }
      hashes[key.identity] = hash
    }
    return HashedKey(key, hashes[key.identity].map { .fixed($0) } ?? .content(content))
  }

  /// Good enough to be mixed afterwards.
  private static func content(_ spelling: String) -> UInt64 {
    var digest = FNV1a()
    digest.add(spelling)
    return digest.value
  }
}

/// A hash as an author writes it: all 64 bits, or the first and the last few.
struct HashPattern {
  private var high = 0 as UInt64
  private var highMask = 0 as UInt64
  private var low = 0 as UInt64
  private var lowMask = 0 as UInt64

  /// Reads `0x...`, `0b...` or `0b1001_…_0110`; nil for anything else.
  init?(_ text: String) {
    let bare = text.replacing("_", with: "").replacing("...", with: "…")
    if bare.hasPrefix("0x"), bare.utf8.count <= 18 {
      guard let value = UInt64(hexDigits: bare.dropFirst(2)) else { return nil }
      (low, lowMask) = (value, .max)
      return
    }
    guard bare.hasPrefix("0b") else { return nil }
    let parts = bare.dropFirst(2).split(separator: "…", omittingEmptySubsequences: false)
    guard parts.count <= 2, parts.allSatisfy({ $0.allSatisfy { $0 == "0" || $0 == "1" } }) else {
      return nil
    }
    let last = parts[parts.count - 1]
    guard parts.reduce(0, { $0 + $1.count }) <= 64, parts.contains(where: { !$0.isEmpty }) else {
      return nil
    }
    if !last.isEmpty {
      guard let value = UInt64(last, radix: 2) else { return nil }
      low = value
      lowMask = parts.count == 1 || last.count == 64 ? .max : 1 << UInt64(last.count) - 1
    }
    if parts.count == 2, !parts[0].isEmpty {
      guard let value = UInt64(parts[0], radix: 2) else { return nil }
      let shift = UInt64(64 - parts[0].count)
      high = value << shift
      highMask = ~0 << shift
    }
  }

  /// The hash with the bits that were left out taken from another.
  func fill(_ other: UInt64) -> UInt64 {
    high | low | (other & ~(highMask | lowMask))
  }
}
