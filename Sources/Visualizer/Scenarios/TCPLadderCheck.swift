import Models

/// Replays a captured ladder through the model and compares, row by row.
///
/// Exactly equal must be: each direction's segments (flags, relative numbers, length, whether they
/// are retransmissions, what made the end send them), the states of both ends before and after each
/// row, paths, and results of calls. Within a tolerance: arrival times, timers, TIME_WAIT's length.
/// Not compared: windows, absolute numbers, timestamps, PSH, when BBR lets the next segments go, how much
/// of a large write a host takes.
extension TCPLadder {
  /// How far times may lie apart.
  enum Tolerance {
    /// How much later than the delay a segment may arrive.
    static let arrival: Microseconds = 25_000
    /// How much later at most where the wire was busy.
    static let busy: Microseconds = 1_000_000
    /// How much more than the model's a captured TIME_WAIT timer may have left, three ticks; and how much
    /// less, as it is noted a little after the row where it stands, in steps of 10 ms.
    static let timeWaitValue = -25_000...12_000
    /// A tick of the kernel's timers.
    static let tick: Microseconds = 4000
    /// Of arrivals so close together a capture cannot tell which one made the end send.
    static let burst: Microseconds = 2000
    /// How long a call or an arrival may seem to take where the capturing host was held up.
    static let stall: Microseconds = 16_000
    /// How often a ladder is compared anew with a row understood the other way.
    static let attempts = 64
    /// Among how many of the latest such rows two are understood the other way together, which makes 15 pairs.
    static let pairs = 6
    /// How long a wire takes to note what a host has sent.
    static let wire: Microseconds = 1050
    /// How much earlier than the model's a captured timer may run out.
    static func early(_ duration: Microseconds) -> Microseconds { 5000 + duration / 50 }
  }

  /// Compares the model with the ladder, up to the first difference.
  func check() -> CheckReport {
    let check = compared()
    if let parting = check.parting { return .differs(parting.difference.en) }
    let segments = rows.count { if case .send = $0.kind { true } else { false } }
    let control = check.ladder.congestionControl == .bbr ? " with BBR" : ""
    return .matches(
      count: rows.count, what: "rows (\(segments) segments)", version: "linux" + control)
  }

  /// The comparison under the congestion control with which the model follows the ladder, or with
  /// which it does so farther.
  func compared() -> TCPLadderCheck {
    let best = followed()
    guard best.parting != nil else { return best }
    var other = self
    other.congestionControl = .bbr
    let check = other.followed()
    return check.goesFarther(than: best) ? check : best
  }

  /// The comparison in which the model follows the ladder farthest: where a timer may have run out just
  /// before or just behind an arrival, and what was seen then fits both, what comes later tells.
  private func followed() -> TCPLadderCheck {
    var best = TCPLadderCheck(ladder: self)
    best.run()
    var attempts = 0
    search: while let open = best.undecided, attempts < Tolerance.attempts {
      let latest = open.suffix(Tolerance.attempts / 4).reversed()
      // Two rows that were understood so as to go on at first may hide a third that goes farther.
      let pairs = latest.prefix(Tolerance.pairs).enumerated().flatMap { place, position in
        latest.prefix(place).map { [$0, position] }
      }
      for positions in latest.map({ [$0] }) + pairs where attempts < Tolerance.attempts {
        attempts += 1
        var check = TCPLadderCheck(ladder: self)
        check.reversed = best.reversed.symmetricDifference(positions)
        check.run()
        guard check.goesFarther(than: best) else { continue }
        best = check
        continue search
      }
      break
    }
    return best
  }
}

/// One run of the comparison.
struct TCPLadderCheck {
  let ladder: TCPLadder
  var network: TCPNetwork
  /// Indices into the log, by sender.
  var sent: [End: [Int]] = [:]
  /// How many captured segments of each end were compared.
  var compared: [End: Int] = [:]
  /// How far the log was read into `sent`.
  var logPosition = 0
  /// The captured segment behind each compared log entry, and the other way around.
  var segmentOfLog: [Int: Int] = [:]
  /// When a captured segment was sent, and with which fate.
  var sends: [Int: (at: Microseconds, send: TCPLadder.Send)] = [:]
  /// When a captured segment arrived first.
  var firstArrival: [Int: Microseconds] = [:]
  /// The captured segments that arrived.
  var received: Set<Int> = []
  /// States seen at each end's rows, repeats left out.
  var paths: [End: [ConnectionState]] = [:]
  /// The states before and after the rows of each number, to compare what sends repeat.
  var statesAt: [Int: (before: TCPLadder.States, after: TCPLadder.States)] = [:]
  /// When the rows of each number happened.
  var timeOf: [Int: Microseconds] = [:]
  /// Bytes of each stream, as far as the ladder shows them.
  var contents: [StreamOrigin: [Int: UInt8]] = [:]
  /// Connections whose server port belongs to several.
  let sharesPort: [Bool]
  /// What the model's call returned.
  var result: CallResult?
  /// What was asked of the model, to be asked again when the ladder is watched.
  private(set) var operations: [TCPOperation] = []
  /// How many of them set the network up.
  private(set) var preparedCount = 0
  /// Behind which of them capture and model part, and how; nil while they agree.
  private(set) var parting: (operation: Int, difference: Bilingual)?
  /// Where the row at hand stands in the ladder.
  var position = 0
  /// When the row behind it happened.
  private var nextAt: Microseconds = 0
  /// The rows that can be understood in two ways: a timer may have run out before or behind what happened,
  /// or a tick have decided.
  var ambiguous: [Int] = []
  /// Those of them that are understood in the less likely way.
  var reversed: Set<Int> = []

  init(ladder: TCPLadder) {
    self.ladder = ladder
    network = ladder.initial
    var counts: [Int: Int] = [:]
    for connection in ladder.connections { counts[connection.serverPort, default: 0] += 1 }
    sharesPort = ladder.connections.map { counts[$0.serverPort, default: 0] > 1 }
  }

  /// Compares up to the first difference; behind it the model goes on only if it is asked to.
  mutating func run(goingOn goesOn: Bool = false) {
    for row in ladder.rows {
      switch row.kind {
      case .send(let send): sends[send.segment] = (row.at, send)
      case .receive(let arrival):
        if received.insert(arrival.segment).inserted { firstArrival[arrival.segment] = row.at }
      case .app, .state: break
      }
    }
    for operation in ladder.preparation { perform(operation) }
    preparedCount = operations.count
    let steps = ladder.steps
    for (row, step) in zip(ladder.rows, steps) {
      nextAt = position + 1 < steps.count ? steps[position + 1].at : step.at + 1
      note(compare(row, step))
      if parting != nil, !goesOn { return }
      position += 1
    }
    if parting == nil { note(compareCounts() ?? comparePaths() ?? compareMeasured()) }
  }

  /// Whether the model follows the ladder farther than in another comparison.
  func goesFarther(than other: TCPLadderCheck) -> Bool {
    other.parting != nil && (parting == nil || position > other.position)
  }

  /// The rows that might explain, had they happened in the other order, why capture and model part; nil
  /// if they do not.
  var undecided: [Int]? {
    guard parting != nil else { return nil }
    let rows = ladder.rows
    guard rows.indices.contains(position), let connection = rows[position].connection else {
      return ambiguous
    }
    return ambiguous.filter { rows[$0].connection == connection }
  }

  /// The row at hand can be understood in another way as well.
  mutating func noteAmbiguous() {
    if ambiguous.last != position { ambiguous.append(position) }
  }

  private mutating func note(_ difference: Bilingual?) {
    if parting == nil, let difference { parting = (operations.count, difference) }
  }

  mutating func perform(_ operation: TCPOperation, observer: TCPNetwork.Observer? = nil) {
    operations.append(operation)
    network.perform(operation, observer: observer)
  }

  /// A close with unread bytes needs no SO_LINGER to end in a reset.
  private func asMade(_ operation: TCPOperation) -> TCPOperation {
    guard case .call(let end, .abort) = operation, network[end].unreadCount > 0 else {
      return operation
    }
    return .call(end, .close)
  }

  /// What was waited for may have been given up before something arrives, without a trace.
  private mutating func giveUpUnseen(_ end: End, _ step: TCPLadder.Step, _ isOtherwise: Bool) {
    guard network[end].mayHaveGivenUpUnseen(by: step.at) else { return }
    noteAmbiguous()
    guard isOtherwise else { return }
    perform(.runUntil(step.at - 1))
    perform(.expire(end, .reordering))
  }

  /// Where something arrives; nil if nothing does.
  private func receiver(of row: TCPLadder.Row) -> End? {
    guard case .receive(let arrival) = row.kind, let connection = row.connection else { return nil }
    return End(connection, arrival.side)
  }

  private mutating func compare(_ row: TCPLadder.Row, _ step: TCPLadder.Step) -> Bilingual? {
    timeOf[row.index] = row.at
    for operation in step.before { perform(operation) }
    network.perform(.runUntil(step.at - 1), observer: nil)
    let before = states(row)
    let arrival = receiver(of: row)
    let isOtherwise = reversed.contains(position)
    if let arrival {
      giveUpUnseen(arrival, step, isOtherwise)
      if isOtherwise { perform(.decideTimingOtherwise(arrival, true)) }
    }
    for overdue in step.mayExpireBefore {
      if let kind = timerBefore(overdue, step) {
        perform(.runUntil(step.at - 1))
        perform(.expire(overdue.end, kind))
      } else {
        for operation in decidedByTick(overdue, step) { perform(operation) }
      }
    }
    let time = timeOfEffect(step)
    perform(.runUntil(time))
    if let arrival, network[arrival].timingDecided { noteAmbiguous() }
    if let arrival, isOtherwise { perform(.decideTimingOtherwise(arrival, false)) }
    for (end, kind) in step.expires {
      if let difference = expire(kind, of: end, step, row) { return difference }
    }
    for overdue in step.mayExpire {
      let kind = actual(overdue.kind, of: overdue.end, behind: overdue.send)
      expireIfDue(kind, of: overdue.end, by: step.at)
    }
    result = nil
    for operation in step.operations {
      var returned: CallResult?
      perform(asMade(operation)) { event, _ in
        if case .callReturned(_, _, let result) = event { returned = result }
      }
      result = returned ?? result
    }
    for overdue in step.mayExpireAfter
    where overdue.at - step.at <= TCPLadder.Tolerance.stall
      && uncompared(overdue.end) < overdue.ordinal
    {
      let kind = actual(overdue.kind, of: overdue.end, behind: overdue.send)
      // A piece has a time of its own, later than what went before it, and so has a probe.
      let isProbe = overdue.kind == .lossProbe
      if kind == .pacing || isProbe { perform(.runUntil(min(overdue.at, nextAt - 1))) }
      if isProbe, !hasRunOut(kind, of: overdue.end) { continue }
      expireIfDue(kind, of: overdue.end, by: max(step.at, overdue.at))
    }
    expireTick(row)
    readLog()
    let after = states(row)
    switch row.kind {
    case .send(let send):
      if let difference = compareSend(send, row) { return difference }
      return send.cause.event == nil ? compareStates(row, before, after) : nil
    case .receive(let arrival):
      return compareArrival(arrival, row) ?? compareStates(row, before, after)
    case .app(let app):
      return compareStates(row, before, after) ?? compareResult(app, row)
    case .state: return compareStates(row, before, after)
    }
  }
}
