import Models

/// A trace captured from a real Go runtime with a classic map (`go-map-trace/1`).
struct MapTrace {
  static let schema = "go-map-trace/1"

  var what: String
  /// The Go version that it was captured from, such as `go1.19.8`.
  var go: String
  var type: MapType
  var hint: Int
  var keys: KeyTable
  /// What the runtime's map looked like after `make`.
  var made: Expected
  var operations: [(operation: MapOperation, expected: Expected)]

  /// What was captured of one operation and of the map after it.
  struct Expected {
    var found: Bool?
    /// The result of a lookup or of one step of a range.
    var elem: Int?
    var key: MapKey?
    var isEnd = false
    /// Array, bucket, bmap and slot of the entry that was stored or found.
    var place: SlotPlace?
    var B: Int
    var count: Int
    var noverflow: Int
    var nevacuate: Int
    /// 0 none, 1 doubling, 2 same-size.
    var growing: Int
    var grow: String?
    /// Growth number and old bucket of every evacuation in this operation.
    var evacuated: [[Int]]
    var finished: Int?
    var seedReset: Bool
    var structure: Structure?
  }

  /// The whole map as it was found in memory.
  struct Structure {
    struct Block {
      var tophash: [UInt8]
      /// Slot, key, element of each live slot.
      var slots: [(slot: Int, key: String, elem: Int)]
    }

    /// Bucket by bucket its chain; nil where there was no array.
    var new: [[Block]]?
    var old: [[Block]]?
    var preallocatedCount: Int?
  }
}

// MARK: - Reading

extension MapTrace {
  /// Reads a trace.
  ///
  /// - Throws: `InputError` with line and column for anything that is not as the format says.
  init(reader: inout JSONReader) throws(InputError) {
    var header: [String: JSON] = [:]
    var entries: [JSON] = []
    try reader.forEachMember { (key, reader) throws(InputError) in
      if key == "ops" {
        try reader.forEachElement { (reader) throws(InputError) in
          entries.append(try reader.readValue())
        }
      } else {
        header[key] = try reader.readValue()
      }
    }
    try reader.finish()
    let fields = TraceFields(reader: reader, members: header)
    guard try fields.string("kind") == "classic" else {
      throw fields.error(
        "kind", "only classic maps (Go 1.19 to 1.23) can be replayed; this one is a Swiss map")
    }
    go = try fields.string("go")
    what = header["what"]?.string ?? ""
    guard let variant = MapType.Variant(rawValue: try fields.string("variant")) else {
      throw fields.error("variant", "write generic, fast32, fast64 or faststr")
    }
    type = MapType(
      rules: try MapTrace.rules(go, fields), variant: variant,
      bucketBytes: try fields.integer("bucketBytes", in: 16...1 << 20),
      bucketHasPointers: header["bucketHasPointers"]?.bool ?? false)
    hint = try fields.integer("hint", in: 0...MapLimits.hint)
    keys = KeyTable(keyType: try fields.string("keyType"))
    guard let made = header["init"] else { throw fields.error("init", "the member is missing") }
    self.made = try Expected(TraceFields(reader: reader, value: made), &keys)
    operations = []
    for entry in entries {
      let fields = TraceFields(reader: reader, value: entry)
      let operation = try MapTrace.operation(fields, &keys)
      operations.append((operation, try Expected(fields, &keys)))
    }
  }

  /// The rules by which the model replays a Go version.
  static func rules(_ go: String, _ fields: TraceFields) throws(InputError) -> MapType.Rules {
    let parts = go.split(separator: ".")
    if parts.count >= 2, parts[0] == "go1", let minor = Int(parts[1]) {
      if (19...20).contains(minor) { return .go1_19 }
      if minor == 21 { return .go1_21 }
      if (22...23).contains(minor) { return .go1_23 }
    }
    throw fields.error("go", "'\(go)' has no rules here; classic maps of go1.19 to go1.23 have")
  }

  private static func operation(
    _ fields: TraceFields, _ keys: inout KeyTable
  ) throws(InputError) -> MapOperation {
    func key() throws(InputError) -> HashedKey {
      HashedKey(keys.intern(try fields.string("k")), .fixed(try fields.hash("h")))
    }
    let op = try fields.string("op")
    switch op {
    case "set":
      return .assign(
        try key(), elem: try fields.integer("v"), evacuationHashes: try fields.hashes("rh"))
    case "get": return .access(try key())
    case "del": return .delete(try key(), evacuationHashes: try fields.hashes("rh"))
    case "clear": return .clear
    case "iter":
      return .iterate(
        id: try fields.integer("id"), startBucket: try fields.integer("startBucket", or: 0),
        offset: try fields.integer("offset", or: 0))
    case "next": return .next(id: try fields.integer("id"))
    default:
      throw fields.error("op", "no operation '\(op)'; write set, get, del, clear, iter or next")
    }
  }
}

extension MapTrace.Expected {
  fileprivate init(_ fields: TraceFields, _ keys: inout KeyTable) throws(InputError) {
    found = fields["found"]?.bool
    elem = fields["v"]?.integer
    key = fields["k"]?.string.map { keys.intern($0) }
    isEnd = fields["end"]?.bool ?? false
    B = try fields.integer("B", in: 0...40)
    count = try fields.integer("n")
    noverflow = try fields.integer("nov", or: 0)
    nevacuate = try fields.integer("nev", or: 0)
    growing = try fields.integer("growing", or: 0)
    grow = fields["grow"]?.string
    finished = fields["done"]?.integer
    seedReset = fields["seedReset"]?.bool ?? false
    evacuated = (fields["ev"]?.array ?? []).map { pair in
      (pair.array ?? []).compactMap(\.integer)
    }
    if let at = fields["at"]?.array, at.count == 4, let name = at[0].string.flatMap(ArrayName.init),
      let bucket = at[1].integer, let bmap = at[2].integer, let slot = at[3].integer
    {
      place = SlotPlace(name, bucket: bucket, bmap: bmap, slot: slot)
    } else if fields["at"] != nil {
      throw fields.error("at", "write [\"new\" or \"old\", bucket, bmap, slot]")
    }
    if let s = fields["s"] {
      let fields = TraceFields(reader: fields.reader, value: s)
      structure = MapTrace.Structure(
        new: try Self.buckets(fields, "new"), old: try Self.buckets(fields, "old"),
        preallocatedCount: fields["preTotal"]?.integer)
    }
  }

  private static func buckets(
    _ fields: TraceFields, _ name: String
  ) throws(InputError) -> [[MapTrace.Structure.Block]]? {
    guard let value = fields[name], !value.isNull else { return nil }
    guard let chains = value.array else {
      throw fields.error(name, "an array of chains belongs here")
    }
    var buckets: [[MapTrace.Structure.Block]] = []
    for chain in chains {
      var blocks: [MapTrace.Structure.Block] = []
      for block in chain.array ?? [] {
        blocks.append(try Self.block(TraceFields(reader: fields.reader, value: block)))
      }
      guard !blocks.isEmpty else {
        throw fields.error(name, "every bucket has at least one block")
      }
      buckets.append(blocks)
    }
    return buckets
  }

  private static func block(
    _ fields: TraceFields
  ) throws(InputError) -> MapTrace.Structure.Block {
    let hex = try fields.string("t")
    guard hex.utf8.count == 16, let packed = UInt64(hexDigits: hex) else {
      throw fields.error("t", "write eight tophash bytes as 16 hexadecimal digits")
    }
    var slots: [(slot: Int, key: String, elem: Int)] = []
    for entry in fields["s"]?.array ?? [] {
      guard let parts = entry.array, parts.count == 3, let slot = parts[0].integer,
        let key = parts[1].string, let elem = parts[2].integer
      else { throw fields.error("s", "write [slot, key, element]") }
      slots.append((slot, key, elem))
    }
    return MapTrace.Structure.Block(
      tophash: (0..<8).map { UInt8(truncatingIfNeeded: packed >> UInt64(56 - 8 * $0)) },
      slots: slots)
  }
}
