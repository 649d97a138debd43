import Models

/// How keys, operations and places of a map are written.
struct MapWords {
  var keys: KeyTable

  /// An operation as a scenario writes it.
  func describe(_ operation: MapOperation) -> String {
    switch operation {
    case .make(let hint): hint == 0 ? "make" : "make hint \(hint)"
    case .assign(let key, _, _): "insert \(keys[key.key])"
    case .access(let key): "lookup \(keys[key.key])"
    case .delete(let key, _): "delete \(keys[key.key])"
    case .clear: "clear"
    case .range: "range"
    case .iterate(let id, let startBucket, let offset):
      "range \(id) from bucket \(startBucket) slot \(offset)"
    case .next(let id): "next \(id)"
    }
  }
}
