/// The members of one object of a captured trace, each asked for by name and kind.
struct TraceFields {
  let reader: JSONReader
  private let object: JSON

  init(reader: JSONReader, value: JSON) {
    self.reader = reader
    object = value
  }

  init(reader: JSONReader, members: [String: JSON]) {
    self.reader = reader
    let sorted = members.sorted { $0.value.offset < $1.value.offset }
    object = JSON(value: .object(sorted.map { ($0.key, $0.value) }), offset: 0)
  }

  subscript(name: String) -> JSON? { object[name] }

  /// An error at a member, or at the object where the member is missing.
  func error(_ name: String, _ message: String) -> InputError {
    reader.error(at: object[name]?.offset ?? object.offset, "\(name): \(message)")
  }

  func string(_ name: String) throws(InputError) -> String {
    guard let value = object[name] else { throw error(name, "the member is missing") }
    guard let text = value.string else { throw error(name, "a string belongs here") }
    return text
  }

  func integer(
    _ name: String, or missing: Int? = nil, in range: ClosedRange<Int> = -(1 << 53)...1 << 53
  ) throws(InputError) -> Int {
    guard let value = object[name] else {
      if let missing { return missing }
      throw error(name, "the member is missing")
    }
    guard let number = value.integer else { throw error(name, "a whole number belongs here") }
    guard range.contains(number) else {
      throw error(
        name, "\(number) is out of range; write \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A hash as 16 hexadecimal digits.
  func hash(_ name: String) throws(InputError) -> UInt64 {
    let text = try string(name)
    guard text.utf8.count == 16, let hash = UInt64(hexDigits: text) else {
      throw error(name, "write the hash as 16 hexadecimal digits")
    }
    return hash
  }

  /// A list of such hashes, empty where the member is missing.
  func hashes(_ name: String) throws(InputError) -> [UInt64] {
    guard let values = object[name] else { return [] }
    var hashes: [UInt64] = []
    for value in values.array ?? [] {
      guard let text = value.string, text.utf8.count == 16, let hash = UInt64(hexDigits: text)
      else { throw error(name, "write each hash as 16 hexadecimal digits") }
      hashes.append(hash)
    }
    return hashes
  }
}

extension UInt64 {
  /// The number that a text of hexadecimal digits stands for; nil for anything else, such as a sign.
  init?(hexDigits text: some StringProtocol) {
    guard text.unicodeScalars.allSatisfy({ Character($0).isHexDigit }) else { return nil }
    self.init(text, radix: 16)
  }
}
