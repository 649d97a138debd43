/// Lets work that may take long say how far it has come, to whoever listens.
///
/// Whoever works knows no clock and no terminal, and asks once whether anybody listens.
enum LongWork {
  enum Phase {
    case reading, performing, recording
  }

  /// Hears of a phase and of the share of it that is done, 0 to 1.
  typealias Listener = @Sendable (Phase, Double) -> Void

  @TaskLocal static var listener: Listener?

  /// Says how many of a number of pieces are done.
  static func report(_ phase: Phase, _ done: Int, of count: Int, to listener: Listener) {
    listener(phase, count > 0 ? min(1, Double(done) / Double(count)) : 0)
  }
}
