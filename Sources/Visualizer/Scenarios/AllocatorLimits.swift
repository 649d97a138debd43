/// How much a file may ask of the allocator model.
enum AllocatorLimits {
  /// The largest number of objects of one script.
  static let objects = 2_000_000
  /// The largest number of operations of one script.
  static let operations = 2_000_000
  /// The operations that one line of many requests becomes at most.
  static let operationsOfALine = 64
  /// The longest name of a group, in bytes.
  static let nameBytes = 40
  /// The largest growth in percent after which a cycle starts.
  static let gogc = 1...10_000
  /// How many objects the drops of a script may look through.
  static let looks = 100_000_000
  /// How many spans, mcaches and chunks its cycles may go through.
  static let collectorWork = 10_000_000
}
