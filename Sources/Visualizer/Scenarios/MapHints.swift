import Models

/// What `make(map[K]V, hint)` gave for a list of hints (`go-map-hints/1`).
struct MapHints {
  static let schema = "go-map-hints/1"

  var go: String
  var rules: MapType.Rules
  var rows: [Row]

  struct Row {
    var hint: Int
    var bucketBytes: Int
    var bucketHasPointers: Bool
    var B: Int
    var bucketsNil: Bool
    var preallocatedCount: Int
  }

  /// Reads a table.
  init(reader: inout JSONReader) throws(InputError) {
    let value = try reader.readValue()
    try reader.finish()
    let fields = TraceFields(reader: reader, value: value)
    go = try fields.string("go")
    rules = try MapTrace.rules(go, fields)
    rows = []
    guard let entries = fields["rows"]?.array else {
      throw fields.error("rows", "a list of rows belongs here")
    }
    for entry in entries {
      let fields = TraceFields(reader: reader, value: entry)
      rows.append(
        Row(
          hint: try fields.integer("hint", in: 0...MapLimits.hint),
          bucketBytes: try fields.integer("bucketBytes", in: 16...1 << 20),
          bucketHasPointers: fields["bucketHasPointers"]?.bool ?? false,
          B: try fields.integer("B"), bucketsNil: fields["bucketsNil"]?.bool ?? false,
          preallocatedCount: try fields.integer("preTotal", or: 0)))
    }
  }

  /// Compares the maps that the model makes with those of the table, up to the first difference.
  func check() -> CheckReport {
    for (index, row) in rows.enumerated() {
      let type = MapType(
        rules: rules, bucketBytes: row.bucketBytes, bucketHasPointers: row.bucketHasPointers)
      let map = Hmap(type: type, hint: row.hint)
      let preallocated = map.buckets?.preallocatedCount ?? 0
      for (what, captured, model) in [
        ("B", row.B, map.B), ("bucketsNil", row.bucketsNil ? 1 : 0, map.buckets == nil ? 1 : 0),
        ("preallocated overflow blocks", row.preallocatedCount, preallocated),
      ] where captured != model {
        return .differs(
          "row \(index) (hint \(row.hint), \(row.bucketBytes) bytes a bucket): "
            + "\(what): captured \(captured), model \(model)")
      }
    }
    return .matches(count: rows.count, what: "rows", version: go)
  }
}
