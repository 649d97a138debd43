import Models

/// How keys, operations, hashes and places of a map are written.
struct MapWords {
  var keys: KeyTable

  subscript(key: MapKey) -> String { keys[key] }

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

  /// A slot in a sentence; in Chinese it begins with a digit or a character, as the case may be.
  func place(_ place: SlotPlace, _ language: Language) -> String {
    let bucket = self.bucket(place.array, place.bucket, language)
    switch language {
    case .en:
      let block = place.bmap == 0 ? "" : ", overflow block \(place.bmap)"
      return "\(bucket)\(block), slot \(place.slot)"
    case .zh:
      let block = place.bmap == 0 ? "" : "第 \(place.bmap) 个溢出桶"
      return "\(bucket)\(block) \(place.slot) 号槽位"
    }
  }

  /// A bucket in a sentence; only the old array's are called so.
  func bucket(_ array: ArrayName, _ bucket: Int, _ language: Language) -> String {
    switch language {
    case .en: "\(array == .old ? "old " : "")bucket \(bucket)"
    case .zh: "\(array == .old ? "旧数组 " : "")\(bucket) 号桶"
    }
  }

  /// A text that follows a Chinese character: with a blank before Latin letters and digits.
  static func spaced(_ text: String) -> String {
    text.first?.isASCII == true ? " " + text : text
  }

  /// A slot in `steps --json`: array, bucket, block of the chain, slot.
  static func path(_ place: SlotPlace) -> String {
    "\(place.array)[\(place.bucket)][\(place.bmap)][\(place.slot)]"
  }

  /// The highest `count` bits of a hash.
  static func highBits(_ hash: UInt64, _ count: Int) -> String {
    bits(hash >> UInt64(64 - count), count)
  }

  /// The lowest `count` bits of a hash.
  static func lowBits(_ hash: UInt64, _ count: Int) -> String { bits(hash, count) }

  private static func bits(_ value: UInt64, _ count: Int) -> String {
    String((0..<count).reversed().map { value >> UInt64($0) & 1 == 1 ? "1" : "0" })
  }
}
