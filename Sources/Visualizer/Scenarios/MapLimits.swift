/// How much a file may ask of the map model.
enum MapLimits {
  /// The largest hint: 2^21 buckets.
  static let hint = 10_000_000
  /// The largest number of operations of one script.
  static let operations = 2_000_000
  /// The longest key of a script, in bytes.
  static let keyBytes = 200
}
