/// Lets work that may take long say how far it has come, to whoever listens.
///
/// Whoever works knows no clock and no terminal, and asks once whether anybody listens.
enum LongWork {
  enum Phase {
    case reading, performing, replaying, recording
  }

  /// Hears of a phase and of the share of it that is done, 0 to 1.
  ///
  /// A class, because a task's local value of a function's type makes optimized builds crash (Swift 6.3).
  final class Listener: Sendable {
    let hear: @Sendable (Phase, Double) -> Void
    init(_ hear: @escaping @Sendable (Phase, Double) -> Void) { self.hear = hear }
  }

  @TaskLocal static var listener: Listener?

  /// Says how many of a number of pieces are done.
  static func report(_ phase: Phase, _ done: Int, of count: Int, to listener: Listener) {
    listener.hear(phase, count > 0 ? min(1, Double(done) / Double(count)) : 0)
  }

  /// Says now and then how many of a number of bytes are done: so seldom that it costs nothing.
  struct Meter {
    private let listener = LongWork.listener
    private let phase: Phase
    private let count: Int
    private var nextReport = Self.spacing
    private static let spacing = 1 << 18

    init(_ phase: Phase, of count: Int) { (self.phase, self.count) = (phase, count) }

    /// Hears how many are done.
    mutating func note(_ done: Int) {
      guard done >= nextReport, let listener else { return }
      nextReport = done + Self.spacing
      LongWork.report(phase, done, of: count, to: listener)
    }
  }
}
