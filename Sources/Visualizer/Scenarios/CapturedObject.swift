/// A JSON object from a captured file, whose members are read with errors that name the place.
struct CapturedObject {
  let json: JSON
  /// Knows the file, for errors.
  let reader: JSONReader

  /// Wraps a value that must be an object.
  init(_ json: JSON, _ what: String, _ reader: JSONReader) throws(InputError) {
    guard case .object = json.value else {
      throw reader.error(at: json.offset, "\(what) must be an object, {...}")
    }
    self.json = json
    self.reader = reader
  }

  func error(_ key: String, _ message: String) -> InputError {
    reader.error(at: json[key]?.offset ?? json.offset, "\(key): \(message)")
  }

  func has(_ key: String) -> Bool { json[key].map { !$0.isNull } ?? false }

  private func member(_ key: String, _ what: String) throws(InputError) -> JSON {
    guard let value = json[key] else {
      throw reader.error(at: json.offset, "'\(key)' is missing; it must be \(what)")
    }
    return value
  }

  func integer(_ key: String, in range: ClosedRange<Int>) throws(InputError) -> Int {
    let value = try member(key, "a whole number")
    return try Self.integer(value, key, in: range, reader)
  }

  static func integer(
    _ value: JSON, _ name: String, in range: ClosedRange<Int>, _ reader: JSONReader
  ) throws(InputError) -> Int {
    guard let number = value.integer, range.contains(number) else {
      throw reader.error(
        at: value.offset,
        "\(name) must be a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  func bool(_ key: String) throws(InputError) -> Bool {
    guard let value = try member(key, "true or false").bool else {
      throw error(key, "must be true or false")
    }
    return value
  }

  func string(_ key: String) throws(InputError) -> String {
    guard let value = try member(key, "a text in quotes").string else {
      throw error(key, "must be a text in quotes")
    }
    return value
  }

  func array(_ key: String) throws(InputError) -> [JSON] {
    guard let value = try member(key, "an array, [...]").array else {
      throw error(key, "must be an array, [...]")
    }
    return value
  }

  func object(_ key: String) throws(InputError) -> CapturedObject {
    try CapturedObject(try member(key, "an object, {...}"), key, reader)
  }

  func objects(_ key: String) throws(InputError) -> [CapturedObject] {
    var objects: [CapturedObject] = []
    for value in try array(key) {
      objects.append(try CapturedObject(value, "each of \(key)", reader))
    }
    return objects
  }

  /// An array of whole numbers; `count` says how many there must be.
  func integers(
    _ key: String, count: Int? = nil, in range: ClosedRange<Int>
  ) throws(InputError) -> [Int] {
    let values = try array(key)
    if let count, values.count != count {
      throw error(key, "must have \(count) numbers, not \(values.count)")
    }
    var numbers: [Int] = []
    for value in values {
      numbers.append(try Self.integer(value, "each of \(key)", in: range, reader))
    }
    return numbers
  }

  /// Rows of whole numbers, each of the same length.
  func rows(
    _ key: String, of width: Int, in range: ClosedRange<Int>
  ) throws(InputError) -> [[Int]] {
    var rows: [[Int]] = []
    for row in try array(key) {
      guard let values = row.array, values.count == width else {
        throw reader.error(at: row.offset, "each of \(key) must be \(width) whole numbers")
      }
      var numbers: [Int] = []
      for value in values {
        numbers.append(try Self.integer(value, "each number of \(key)", in: range, reader))
      }
      rows.append(numbers)
    }
    return rows
  }

  /// Words of 64 bits, in hexadecimal; `count` says how many there must be.
  func words(_ key: String, count: Int? = nil) throws(InputError) -> [UInt64] {
    let values = try array(key)
    if let count, values.count != count {
      throw error(key, "must have \(count) words, not \(values.count)")
    }
    var words: [UInt64] = []
    for value in values {
      guard let word = value.string.flatMap({ UInt64($0, radix: 16) }) else {
        throw reader.error(
          at: value.offset, "each of \(key) must be a 64-bit word in hexadecimal")
      }
      words.append(word)
    }
    return words
  }

  func word(_ key: String) throws(InputError) -> UInt64 {
    guard let word = UInt64(try string(key), radix: 16) else {
      throw error(key, "must be a 64-bit word in hexadecimal")
    }
    return word
  }

  /// An address such as `0xc000000000`.
  func address(_ key: String) throws(InputError) -> Int {
    let text = try string(key)
    guard text.hasPrefix("0x"), let address = Int(text.dropFirst(2), radix: 16) else {
      throw error(key, "must be an address such as \"0xc000000000\"")
    }
    return address
  }

  /// A span's name in a trace: its number, `x` or `x1` for one from before, or none.
  static func spanName(_ value: JSON, _ reader: JSONReader) throws(InputError) -> String {
    if value.isNull { return "none" }
    if let number = value.integer, number >= 0 { return String(number) }
    if let text = value.string, text.utf8.first == UInt8(ascii: "x") { return text }
    throw reader.error(
      at: value.offset, "a span is written as its number, \"x\" or \"x1\", or null")
  }

  func spanName(_ key: String) throws(InputError) -> String {
    try Self.spanName(try member(key, "a span's number, \"x\" or null"), reader)
  }

  func spanNames(_ key: String) throws(InputError) -> [String] {
    var names: [String] = []
    for value in try array(key) { names.append(try Self.spanName(value, reader)) }
    return names
  }
}
