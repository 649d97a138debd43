/// Where a key's hash comes from.
public enum KeyHash: Sendable, Equatable {
  /// The hash is given, by a captured trace or by a scenario's author.
  case fixed(UInt64)
  /// The map hashes these bits of the key with its seed `hash0`.
  case content(UInt64)
}

/// A key with what is needed to hash it.
public struct HashedKey: Sendable, Equatable {
  /// The key.
  public var key: MapKey
  /// Its hash, or what to compute it from.
  public var hash: KeyHash

  /// A key and where its hash comes from.
  public init(_ key: MapKey, _ hash: KeyHash) {
    self.key = key
    self.hash = hash
  }
}

/// What a program does with a map.
public enum MapOperation: Sendable, Equatable {
  /// `make(map[K]V, hint)`: the map starts anew.
  case make(hint: Int)
  /// `m[key] = elem`.
  ///
  /// `evacuationHashes` are what the hash function returned for the live slots evacuated in this
  /// operation, in scan order; only NaN makes them differ from the keys' hashes, so they are empty
  /// unless a trace recorded them.
  case assign(HashedKey, elem: Int, evacuationHashes: [UInt64] = [])
  /// `m[key]`.
  case access(HashedKey)
  /// `delete(m, key)`.
  case delete(HashedKey, evacuationHashes: [UInt64] = [])
  /// `clear(m)`.
  case clear
  /// `for k, v := range m {}`, all of it.
  case range
  /// The first step of a range that other operations may interrupt. Start bucket and slot offset
  /// are random in Go and so are given here.
  case iterate(id: Int, startBucket: Int, offset: Int)
  /// One further step of such a range.
  case next(id: Int)
}
