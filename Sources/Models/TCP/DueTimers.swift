/// When an end's next timer runs out, and which; for ever away where none runs.
struct DueTimer: Sendable {
  var at = Microseconds.max
  var kind = TimerKind.retransmission
}

/// The next timer of each of many ends, in blocks, so that the first of all is found quickly.
struct DueTimers: Sendable {
  private static var blockLength: Int { 64 }

  private var timers: [DueTimer] = []
  /// The earliest time of each block.
  private var earliest: [Microseconds] = []

  /// Adds an end without a timer.
  mutating func append() {
    if timers.count % Self.blockLength == 0 { earliest.append(.max) }
    timers.append(DueTimer())
  }

  /// Sets an end's next timer.
  mutating func set(_ index: Int, _ due: DueTimer) {
    timers[index] = due
    let block = index / Self.blockLength
    let start = block * Self.blockLength
    let end = min(timers.count, start + Self.blockLength)
    earliest[block] = timers[start..<end].reduce(.max) { min($0, $1.at) }
  }

  /// The timer that runs out first, and of which end; of equal ones that of the lowest index.
  ///
  /// - Complexity: O(n / 64).
  var first: (index: Int, due: DueTimer)? {
    var best = Microseconds.max
    var block: Int?
    for (index, time) in earliest.enumerated() where time < best { (best, block) = (time, index) }
    guard let block else { return nil }
    let start = block * Self.blockLength
    let end = min(timers.count, start + Self.blockLength)
    return (start..<end).first { timers[$0].at == best }.map { ($0, timers[$0]) }
  }
}
