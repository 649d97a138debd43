internal import Models

/// Compares captured files of Go's allocator with the model.
///
/// The model gets what the program asked for, and what the file's own description says comes from
/// the program's surroundings; never an answer. What it does is compared with what was captured,
/// operation by operation.
struct AllocatorTrace {
  let file: String
  let bytes: [UInt8]

  /// The formats that are understood here, as in a file's `format`.
  static let formats = [
    "go-alloc-trace/1", "go-alloc-notes-trace/1", "go-size-classes/1", "go-sizes-notes/1",
    "go-size-class-source/1", "go-heap-goal/1", "go-rss-timeline/1",
  ]

  /// Whether it holds operations, which can be watched, rather than a table.
  var isTraceOfOperations: Bool {
    let name = try? Self.format(of: JSONReader(file: file, bytes: bytes))
    return name == "go-alloc-trace/1" || name == "go-alloc-notes-trace/1"
  }

  /// Compares the captured file with the model.
  func check() throws(InputError) -> CheckReport {
    let reader = JSONReader(file: file, bytes: bytes)
    switch try Self.format(of: reader) {
    case "go-alloc-trace/1", "go-alloc-notes-trace/1":
      return try AllocatorReplay.run(reader)
    case "go-size-classes/1": return try AllocatorTables.checkSizes(reader)
    case "go-sizes-notes/1": return try AllocatorTables.checkSizesOfNotesEra(reader)
    case "go-size-class-source/1": return try AllocatorTables.checkClassTable(reader)
    case "go-heap-goal/1": return try AllocatorTables.checkHeapGoals(reader)
    case "go-rss-timeline/1": return try AllocatorTables.checkResidentMemory(reader)
    default:
      throw InputError(file: file, "no trace of Go's allocator: an unknown format")
    }
  }

  /// The file's `format`, its first member; the rest is not read here, for it may be long.
  private static func format(of reader: JSONReader) throws(InputError) -> String {
    var reader = reader
    var format: JSON?
    do {
      try reader.forEachMember { (key, reader) throws(InputError) in
        if key == "format" { format = try reader.readValue() }
        throw reader.error(
          at: 0,
          "a captured file starts with 'format', one of \(formats.joined(separator: ", "))")
      }
    } catch {
      if format == nil { throw error }
    }
    guard let format, let name = format.string, formats.contains(name) else {
      throw reader.error(
        at: format?.offset ?? 0,
        "unknown format; write one of \(formats.joined(separator: ", "))")
    }
    return name
  }

  /// The rules of the Go release that a trace was captured from.
  static func rules(
    _ version: String, at offset: Int, notesEra: Bool, _ reader: JSONReader
  ) throws(InputError) -> GoAllocator.Rules {
    let known = GoAllocator.Rules.allCases.filter { $0.isNotesEra == notesEra }
    guard let rules = GoAllocator.Rules(goVersion: version), rules.isNotesEra == notesEra else {
      let names = known.map(\.rawValue).joined(separator: ", ")
      throw reader.error(
        at: offset,
        "no rules are known for '\(version)' in this format; known are \(names) and releases "
          + "that behave alike")
    }
    return rules
  }
}
