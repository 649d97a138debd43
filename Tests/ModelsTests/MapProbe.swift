@testable import Models

/// A map, and whatever happened inside it: what most tests of the map look at.
struct MapProbe {
  var map: Hmap
  /// The events of the latest operation.
  private(set) var events: [MapEvent] = []

  init(
    _ rules: MapType.Rules = .go1_19, hint: Int = 0, variant: MapType.Variant = .generic,
    bucketHasPointers: Bool = true
  ) {
    let type = MapType(rules: rules, variant: variant, bucketHasPointers: bucketHasPointers)
    map = Hmap(type: type, hint: hint, seed: 1)
  }

  /// Performs an operation and returns what happened.
  @discardableResult
  mutating func perform(_ operation: MapOperation) -> [MapEvent] {
    var seen: [MapEvent] = []
    map.perform(operation) { event, _ in seen.append(event) }
    events = seen
    return seen
  }

  @discardableResult
  mutating func insert(_ key: Int, _ hash: UInt64, elem: Int = 0) -> [MapEvent] {
    perform(.assign(HashedKey(MapKey(spelling: key), .fixed(hash)), elem: elem))
  }

  @discardableResult
  mutating func lookup(_ key: Int, _ hash: UInt64) -> [MapEvent] {
    perform(.access(HashedKey(MapKey(spelling: key), .fixed(hash))))
  }

  @discardableResult
  mutating func delete(_ key: Int, _ hash: UInt64) -> [MapEvent] {
    perform(.delete(HashedKey(MapKey(spelling: key), .fixed(hash))))
  }

  /// Inserts keys whose hashes are their own numbers, so that they spread over all buckets evenly.
  mutating func insertEvenly(_ keys: Range<Int>) {
    for key in keys { insert(key, evenHash(key)) }
  }

  /// The names of the latest operation's events.
  var names: [String] { events.map(\.name) }

  /// How often an event happened in the latest operation.
  func count(_ name: String) -> Int { names.count { $0 == name } }

  /// The tophash bytes of a bucket's whole chain.
  func marks(_ bucket: Int, _ name: ArrayName = .new) -> [UInt8] {
    guard let array = map.array(name) else { return [] }
    return array.chain(bucket).flatMap { block in
      (0..<Bmap.slotCount).map { array[block].tophash[$0] }
    }
  }

  /// The live keys of a bucket's chain in the order of its slots.
  func keys(_ bucket: Int, _ name: ArrayName = .new) -> [Int32] {
    guard let array = map.array(name) else { return [] }
    return array.chain(bucket).flatMap { block in
      (0..<Bmap.slotCount).filter { TopHash.isLive(array[block].tophash[$0]) }
        .map { array[block].keys[$0].spelling }
    }
  }
}

/// A hash that puts a key into a bucket; the tophash is given too.
func hash(bucket: Int, top: UInt8 = 100) -> UInt64 { UInt64(top) << 56 | UInt64(bucket) }

/// A hash whose low bits are the key's number.
func evenHash(_ key: Int) -> UInt64 { SplitMix64.mix(UInt64(key)) << 32 | UInt64(key) }

extension Hmap {
  /// Everything that a map holds, as text: two maps are in the same state if it is equal.
  var fingerprint: String {
    var text = "\(count) \(flags) \(B) \(noverflow) \(hash0) \(nevacuate) \(growthNumber) "
    text += "\(hasBuckets) \(isGrowing) \(migration) \(oldCount) \(random)\n"
    for array in [buckets, oldbuckets].compactMap(\.self) {
      text += "\(array.B) \(array.preallocatedUsed)/\(array.preallocatedCount)\n"
      for index in 0..<array.blockCount {
        let block = array[index]
        for slot in 0..<Bmap.slotCount {
          text += "\(block.tophash[slot]),\(block.keys[slot].spelling),\(block.elems[slot]);"
        }
        text += "\(block.overflow) \(block.preallocated)\n"
      }
    }
    return text
  }
}

extension MapType.Rules {
  /// The rules of the runtime, without the notes'.
  static let ofRuntime: [MapType.Rules] = [.go1_19, .go1_23]
}
