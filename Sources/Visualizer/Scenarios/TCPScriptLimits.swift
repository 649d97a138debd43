/// How much a file may ask of the TCP model in a script.
enum TCPScriptLimits {
  /// The largest number of operations of one script.
  static let operations = 20_000
  /// The largest number of segments that a script may cause.
  static let segments = 50_000
  /// The largest number of connections.
  static let connections = 1000
  /// The most bytes of one send or read.
  static let bytes = 1_000_000
  /// The longest time of one line, in microseconds: an hour.
  static let time = 3_600_000_000
  /// The shortest delay of the wire, in microseconds, so that time goes on whatever the ends do.
  static let delay = 100
  /// How long a script may last, in microseconds: a day.
  static let total = 86_400_000_000
  /// How many of the next segments one line may drop, hold, delay or duplicate.
  static let fates = 1000
}
