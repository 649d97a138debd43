import Models

/// Replays a captured ladder through the model and compares, row by row.
///
/// Exactly equal must be: each direction's segments (flags, relative numbers, length, whether they
/// are retransmissions, what made the end send them), the states of both ends before and after each
/// row, paths, and results of calls. Within a tolerance: arrival times, timers, TIME_WAIT's length.
/// Not compared: windows, absolute numbers, timestamps, PSH.
extension TCPLadder {
  /// How far times may lie apart.
  enum Tolerance {
    /// How much later than the delay a segment may arrive.
    static let arrival: Microseconds = 25_000
    /// How much later at most where the wire was busy.
    static let busy: Microseconds = 1_000_000
    /// How much the capture's clocks may disagree about TIME_WAIT's timer: three ticks.
    static let timeWaitValue: Microseconds = 12_000
    /// A tick of the kernel's timers.
    static let tick: Microseconds = 4000
    /// Of arrivals so close together a capture cannot tell which one made the end send.
    static let burst: Microseconds = 2000
    /// How long a call or an arrival may seem to take where the capturing host was held up.
    static let stall: Microseconds = 16_000
    /// How often a ladder is compared anew with an order of events reversed.
    static let attempts = 24
    /// How long a wire takes to note what a host has sent.
    static let wire: Microseconds = 700
    /// How much longer pacing may hold a piece back than the model's estimate of the path says.
    static let pacing: Microseconds = 2000
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
      for position in open.suffix(Tolerance.attempts / 4).reversed() {
        attempts += 1
        var check = TCPLadderCheck(ladder: self)
        check.reversed = best.reversed.symmetricDifference([position])
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
  /// The rows where a timer may have run out before or behind what happened.
  private var ambiguous: [Int] = []
  /// Those of them where the less likely order is taken.
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
    for (row, step) in zip(ladder.rows, ladder.steps) {
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

  private mutating func note(_ difference: Bilingual?) {
    if parting == nil, let difference { parting = (operations.count, difference) }
  }

  private mutating func perform(_ operation: TCPOperation, observer: TCPNetwork.Observer? = nil) {
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

  private mutating func compare(_ row: TCPLadder.Row, _ step: TCPLadder.Step) -> Bilingual? {
    timeOf[row.index] = row.at
    for operation in step.before { perform(operation) }
    network.perform(.runUntil(step.at - 1), observer: nil)
    let before = states(row)
    for overdue in step.mayExpireBefore {
      if mustHaveExpired(overdue, step) {
        operations.append(.runUntil(step.at - 1))
        expireIfDue(overdue.kind, of: overdue.end, by: step.at)
      } else if isDecidedByTick(overdue, step) {
        perform(.hasten(overdue.end, overdue.kind))
      }
    }
    perform(.runUntil(step.at))
    for (end, kind) in step.expires {
      if let difference = expire(kind, of: end, step, row) { return difference }
    }
    for (end, kind) in step.mayExpire { expireIfDue(kind, of: end, by: step.at) }
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
      expireIfDue(overdue.kind, of: overdue.end, by: max(step.at, overdue.at))
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

  // MARK: Timers

  /// Lets the timer run out that the capture names, if the model's is about to as well.
  ///
  /// A timer that sends several segments has run out with the first of them.
  private mutating func expire(
    _ kind: TimerKind, of end: End, _ step: TCPLadder.Step, _ row: TCPLadder.Row
  ) -> Bilingual? {
    if case .send = row.kind, uncompared(end) > 0 { return nil }
    let kind = actual(kind, of: end)
    guard let timer = network[end].timers[kind] else { return nil }
    let early = timer.deadline - step.at
    if early > TCPLadder.Tolerance.early(timer.duration) {
      let (name, captured, model) = (words(row), seconds(row.at), seconds(timer.deadline))
      let what = Self.timer(kind)
      return Bilingual(
        "\(name.en): captured the end of a timer at \(captured), the model's \(what.en) ends at "
          + model,
        "\(name.zh)：捕获中定时器在 \(captured) 到期，模型的\(what.zh)在 \(model) 才到期")
    }
    perform(.expire(end, kind))
    // A probe for which there is no need gives way to the RTO, which may be due.
    if case .send = row.kind, uncompared(end) == 0, kind != .delayedAck {
      expireIfDue(kind, of: end, by: step.at)
    }
    return nil
  }

  /// Whether a segment is one that a timer sends just before something happens, and not one that this
  /// makes the model send.
  private mutating func mustHaveExpired(
    _ overdue: TCPLadder.Overdue, _ step: TCPLadder.Step
  ) -> Bool {
    let (end, send) = (overdue.end, overdue.send)
    // What was sent behind an answer was not sent before it.
    guard overdue.ordinal == 1, isDue(overdue.kind, of: end, by: step.at) else { return false }
    let kind = actual(overdue.kind, of: end)
    let event = [.runUntil(step.at)] + step.operations
    guard sends(send, end, after: [.expire(end, kind)]) else { return false }
    if sends(send, end, after: event) {
      guard sent(by: end, after: [.expire(end, kind)] + event).count == 1 else { return false }
      ambiguous.append(position)
      return reversed.contains(position)
    }
    guard let timer = network[end].timers[kind],
      sends(send, end, after: event + [.expire(end, kind)])
    else { return true }
    ambiguous.append(position)
    return (timer.deadline <= step.at) != reversed.contains(position)
  }

  /// Whether a segment goes at once if a timer runs out a tick earlier, and not otherwise.
  private func isDecidedByTick(_ overdue: TCPLadder.Overdue, _ step: TCPLadder.Step) -> Bool {
    let (end, send) = (overdue.end, overdue.send)
    let event = [.runUntil(step.at)] + step.operations
    return overdue.kind == .delayedAck && overdue.ordinal == 1
      && !sends(send, end, after: event)
      && sends(send, end, after: [.hasten(end, overdue.kind)] + event)
  }

  /// Whether the model would send a captured segment if it were asked for something.
  private func sends(
    _ send: TCPLadder.Send, _ end: End, after operations: [TCPOperation]
  ) -> Bool {
    sent(by: end, after: operations).contains { record in
      record.relativeSeq == send.relativeSeq && record.relativeAck == send.relativeAck
        && record.segment.payloadLength == send.length
        && record.segment.flags.subtracting(.psh) == send.flags.subtracting(.psh)
    }
  }

  /// What the model would send if it were asked for something.
  private func sent(by end: End, after operations: [TCPOperation]) -> [SegmentRecord] {
    var trial = network
    let start = trial.log.count
    for operation in operations { trial.perform(operation, observer: nil) }
    return (start..<trial.log.count).map { trial.log[$0] }.filter { $0.sender == end }
  }

  /// How many segments the model has sent of an end that no captured one was compared with yet.
  private mutating func uncompared(_ end: End) -> Int {
    readLog()
    return (sent[end]?.count ?? 0) - compared[end, default: 0]
  }

  /// Lets a timer run out early that is about to.
  private mutating func expireIfDue(_ kind: TimerKind, of end: End, by time: Microseconds) {
    guard isDue(kind, of: end, by: time) else { return }
    perform(.expire(end, actual(kind, of: end)))
  }

  /// Whether a timer is about to run out, or has by then.
  private func isDue(_ kind: TimerKind, of end: End, by time: Microseconds) -> Bool {
    guard let timer = network[end].timers[actual(kind, of: end)] else { return false }
    return timer.deadline - time <= TCPLadder.Tolerance.early(timer.duration)
  }

  /// The timer that a capture means which says that one has sent something, of those that may.
  private func actual(_ kind: TimerKind, of end: End) -> TimerKind {
    let timers = network[end].timers
    switch kind {
    case .delayedAck, .timeWait, .finWait2, .pacing: return kind
    default:
      if timers[.pacing] != nil { return .pacing }
      return timers[kind] != nil ? kind : timers.retransmissionKind
    }
  }

  /// An acknowledgment that looks in a capture as if it went at once may be one that waited.
  ///
  /// It may have waited for the next tick only, or a tick may have decided whether it waits at all.
  private mutating func expireTick(_ row: TCPLadder.Row) {
    guard case .send(let send) = row.kind, case .arrival = send.cause,
      let connection = row.connection
    else { return }
    let end = End(connection, send.side)
    guard uncompared(end) == 0, let timer = network[end].timers[.delayedAck] else { return }
    let isShort = timer.duration <= TCPLadder.Tolerance.tick
    if isShort || network[end].mayAcknowledgeAtOnce { perform(.expire(end, .delayedAck)) }
  }

  // MARK: States

  private func states(_ row: TCPLadder.Row) -> TCPLadder.States? {
    row.connection.map {
      TCPLadder.States(
        client: network[End($0, .client)].state, server: network[End($0, .server)].state)
    }
  }

  private mutating func compareStates(
    _ row: TCPLadder.Row, _ before: TCPLadder.States?, _ after: TCPLadder.States?
  ) -> Bilingual? {
    guard let connection = row.connection, let before, let after else { return nil }
    statesAt[row.index] = (row.before ?? before, row.after ?? after)
    for (isBefore, captured, model) in [(true, row.before, before), (false, row.after, after)] {
      guard let captured else { continue }
      for side in Side.allCases {
        let (captured, model) = (captured[side], model[side])
        if differ(captured, model, End(connection, side)) {
          return Self.difference(
            words(row), state(side, isBefore: isBefore),
            captured: Bilingual(same: captured.rawValue), model: Bilingual(same: model.rawValue))
        }
        if differ(captured, paths[End(connection, side)]?.last, End(connection, side)) {
          paths[End(connection, side), default: []].append(captured)
        }
      }
    }
    return compareTimeWait(row, connection)
  }

  /// Whether two states differ.
  ///
  /// Where connections share a listener, nothing says when a ladder
  /// ceases to show LISTEN for one that has not begun.
  private func differ(
    _ captured: ConnectionState, _ model: ConnectionState?, _ end: End
  ) -> Bool {
    if captured == model { return false }
    let idle: [ConnectionState] = [.closed, .listen]
    return
      !(sharesPort[end.connection] && network[end].isListening && idle.contains(captured)
      && model.map(idle.contains) ?? false)
  }

  private func compareTimeWait(_ row: TCPLadder.Row, _ connection: Int) -> Bilingual? {
    for side in Side.allCases {
      guard let captured = row.timeWaitLeft[side] else { continue }
      let timers = network[End(connection, side)].timers
      let left = (timers[.timeWait] ?? timers[.finWait2]).map { $0.deadline - network.now }
      if let left, abs(captured - max(0, left)) <= TCPLadder.Tolerance.timeWaitValue { continue }
      return Self.difference(
        words(row), Bilingual("\(side.name) TIME_WAIT timer", "\(zh(side)) TIME_WAIT 定时器"),
        captured: Bilingual(same: "\(captured / 1000) ms"),
        model: left.map { Bilingual(same: "\($0 / 1000) ms") } ?? Bilingual("not running", "未运行"))
    }
    return nil
  }

  // MARK: Ends of the comparison

  private func compareCounts() -> Bilingual? {
    for (end, indices) in sent.sorted(by: { $0.value[0] < $1.value[0] }) {
      let captured = compared[end] ?? 0
      if indices.count > captured {
        let record = network.log[indices[captured]]
        let id = ladder.connections[end.connection].id
        let (flags, time) = (record.segment.flags, seconds(record.sentAt))
        return Bilingual(
          "connection \(id): the model's \(end.side.name) sends one segment more than captured: "
            + "\(flags) at \(time)",
          "连接 \(id)：模型的\(zh(end.side))比捕获多发一个报文段：\(time) 的 \(flags)")
      }
    }
    return nil
  }

  private func comparePaths() -> Bilingual? {
    for (connection, side, captured) in ladder.paths {
      let end = End(connection, side)
      func shown(_ path: [ConnectionState]) -> [String] {
        let states = sharesPort[connection] ? path.map { $0 == .listen ? .closed : $0 } : path
        return states.indices.filter { $0 == 0 || states[$0] != states[$0 - 1] }
          .map { states[$0].rawValue }
      }
      let (wanted, model) = (shown(captured), shown(paths[end] ?? [.closed]))
      if wanted != model {
        let id = ladder.connections[connection].id
        return Self.difference(
          Bilingual(
            "path of connection \(id) (\(side.name))", "连接 \(id)（\(zh(side))）的状态路径"),
          captured: Bilingual(same: wanted.joined(separator: " ")),
          model: Bilingual(same: model.joined(separator: " ")))
      }
    }
    return nil
  }
}
