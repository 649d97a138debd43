/// A file captured from a real system: to be compared with its model, and often to be watched.
protocol CapturedFile {
  /// Compares what was captured with what the model does.
  func check() throws(InputError) -> CheckReport
  /// The captured operations as a show; nil where there is nothing to watch.
  func show(name: String) throws(InputError) -> (any Show)?
  /// What of the file could not be read, as a sentence; nil where all of it was.
  var warning: String? { get }
}

extension CapturedFile {
  var warning: String? { nil }
}

/// The formats of captured files, told apart by the `schema` or `format` that each names; packet
/// captures by their first bytes.
enum CapturedFormat {
  private typealias Reader =
    @Sendable (_ file: String, _ bytes: [UInt8]) throws(InputError) -> any CapturedFile

  private static let readers: [String: Reader] = {
    var readers: [String: Reader] = [
      MapTrace.schema: { (file, bytes) throws(InputError) in
        var reader = JSONReader(file: file, bytes: bytes)
        return try MapTrace(reader: &reader)
      },
      MapHints.schema: { (file, bytes) throws(InputError) in
        var reader = JSONReader(file: file, bytes: bytes)
        return try MapHints(reader: &reader)
      },
      TCPLadder.schema: { (file, bytes) throws(InputError) in
        return try TCPLadder(file: file, bytes: bytes)
      },
    ]
    for format in AllocatorTrace.formats {
      readers[format] = { (file, bytes) in AllocatorTrace(file: file, bytes: bytes) }
    }
    return readers
  }()

  /// The names of all formats, sorted.
  static var names: [String] { readers.keys.sorted() }

  /// Reads a captured file; nil where the bytes are neither a packet capture nor a JSON object that
  /// names a format.
  static func read(file: String, bytes: [UInt8]) throws(InputError) -> (any CapturedFile)? {
    if CaptureSource.isCapture(bytes) { return try PacketCapture(file: file, bytes: bytes) }
    guard let name = name(file, bytes) else { return nil }
    let format = name.string ?? ""
    guard let read = readers[format] else {
      let hint =
        format.hasPrefix("go-swiss")
        ? "only classic maps (Go 1.19 to 1.23) can be replayed; this is of Swiss maps"
        : Nearest.hint(format, among: names).en
      throw InputError(
        file: file, at: name.offset, in: bytes, "unknown format '\(format)'; \(hint)")
    }
    return try read(file, bytes)
  }

  /// The value of the object's `schema` or `format`, which is one of its first members.
  private static func name(_ file: String, _ bytes: [UInt8]) -> JSON? {
    guard bytes.first(where: { ![0x20, 0x09, 0x0a, 0x0d].contains($0) }) == UInt8(ascii: "{")
    else { return nil }
    let prefix = Array(bytes.prefix(4096))
    for key in ["\"schema\"", "\"format\""] {
      guard let found = prefix.firstRange(of: Array(key.utf8)) else { continue }
      let rest = prefix[found.upperBound...]
      guard let colon = rest.firstIndex(of: UInt8(ascii: ":")) else { continue }
      var reader = JSONReader(file: file, bytes: Array(prefix[(colon + 1)...]))
      guard var value = try? reader.readValue(), value.string != nil else { continue }
      value.offset += colon + 1
      return value
    }
    return nil
  }
}
