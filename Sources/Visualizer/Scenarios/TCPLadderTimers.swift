import Models

/// Letting the model's timers run out when the capture shows that the host's did.
///
/// A timer counts ticks of the host's clock, which a capture does not show, and what it sends may be
/// noted together with an arrival or a call. So what was seen decides, within a tolerance.
extension TCPLadderCheck {
  /// Lets the timer run out that the capture names, if the model's is about to as well.
  ///
  /// A timer that sends several segments has run out with the first of them.
  mutating func expire(
    _ kind: TimerKind, of end: End, _ step: TCPLadder.Step, _ row: TCPLadder.Row
  ) -> Bilingual? {
    if case .send = row.kind, uncompared(end) > 0 { return nil }
    var send: TCPLadder.Send?
    if case .send(let captured) = row.kind { send = captured }
    let kind = actual(kind, of: end, behind: send)
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
      expireIfDue(actual(kind, of: end, behind: send), of: end, by: step.at)
    }
    return nil
  }

  /// The timer that has sent a segment just before something happened which does not make the model send
  /// it; nil if none has.
  mutating func timerBefore(
    _ overdue: TCPLadder.Overdue, _ step: TCPLadder.Step
  ) -> TimerKind? {
    let (end, send) = (overdue.end, overdue.send)
    let kind = actual(overdue.kind, of: end, behind: send)
    // What was sent behind an answer was not sent before it.
    guard overdue.ordinal == 1, isDue(kind, of: end, by: step.at) else { return nil }
    let event = [.runUntil(step.at)] + step.operations
    guard sends(send, end, after: [.expire(end, kind)]) else { return nil }
    if sends(send, end, after: event) {
      guard sent(by: end, after: [.expire(end, kind)] + event).count == 1 else { return nil }
      noteAmbiguous()
      return reversed.contains(position) ? kind : nil
    }
    guard let timer = network[end].timers[kind],
      sends(send, end, after: event + [.expire(end, kind)])
    else { return kind }
    noteAmbiguous()
    return (timer.deadline <= step.at) != reversed.contains(position) ? kind : nil
  }

  /// When something had its effect: a call may have had it as late as what it sent was seen.
  ///
  /// It matters where an end that answers so late no longer counts as one that answers promptly.
  mutating func timeOfEffect(_ step: TCPLadder.Step) -> Microseconds {
    guard let first = step.mayExpireBefore.first, !first.send.isPureAck, first.ordinal == 1,
      case .call = first.send.cause, first.at > step.at,
      first.at - step.at <= TCPLadder.Tolerance.stall
    else { return step.at }
    func isInteractive(_ time: Microseconds) -> Bool {
      var trial = network
      for operation in [.runUntil(time)] + step.operations {
        trial.perform(operation, observer: nil)
      }
      return trial[first.end].isInteractive
    }
    guard isInteractive(step.at) != isInteractive(first.at) else { return step.at }
    noteAmbiguous()
    return reversed.contains(position) ? first.at : step.at
  }

  /// What has to be asked for if a segment goes at once only where a timer runs out a tick earlier, or a
  /// piece's time is over a little sooner; nothing if it is something else.
  ///
  /// What waits for its turn may have been found lost by a timer that has run out unseen.
  func decidedByTick(
    _ overdue: TCPLadder.Overdue, _ step: TCPLadder.Step
  ) -> [TCPOperation] {
    let (end, send) = (overdue.end, overdue.send)
    var choices: [[TCPOperation]]
    switch overdue.kind {
    case .delayedAck: choices = [[.hasten(end, .delayedAck)]]
    case .pacing:
      choices = [[.letPieceGo(end)]]
      if send.isRetransmission, hasRunOut(.reordering, of: end) {
        choices.append([.expire(end, .reordering), .letPieceGo(end)])
      }
    default: return []
    }
    let event = [.runUntil(step.at)] + step.operations
    guard overdue.ordinal == 1, !sends(send, end, after: event) else { return [] }
    return choices.first { sends(send, end, after: $0 + event) } ?? []
  }

  /// Whether the model would send a captured segment if it were asked for something.
  func sends(
    _ send: TCPLadder.Send, _ end: End, after operations: [TCPOperation]
  ) -> Bool {
    sent(by: end, after: operations).contains { record in
      record.relativeSeq == send.relativeSeq && record.relativeAck == send.relativeAck
        && record.segment.payloadLength == send.length
        && record.segment.flags.subtracting(.psh) == send.flags.subtracting(.psh)
    }
  }

  /// What the model would send if it were asked for something.
  func sent(by end: End, after operations: [TCPOperation]) -> [SegmentRecord] {
    var trial = network
    let start = trial.log.count
    for operation in operations { trial.perform(operation, observer: nil) }
    return (start..<trial.log.count).map { trial.log[$0] }.filter { $0.sender == end }
  }

  /// How many segments the model has sent of an end that no captured one was compared with yet.
  mutating func uncompared(_ end: End) -> Int {
    readLog()
    return (sent[end]?.count ?? 0) - compared[end, default: 0]
  }

  /// Lets a timer run out early that is about to.
  mutating func expireIfDue(_ kind: TimerKind, of end: End, by time: Microseconds) {
    if isDue(kind, of: end, by: time) { perform(.expire(end, kind)) }
  }

  /// Whether a timer's time has come.
  func hasRunOut(_ kind: TimerKind, of end: End) -> Bool {
    network[end].timers[kind].map { $0.deadline <= network.now } ?? false
  }

  /// Whether a timer is about to run out, or has by then.
  func isDue(_ kind: TimerKind, of end: End, by time: Microseconds) -> Bool {
    guard let timer = network[end].timers[kind] else { return false }
    return timer.deadline - time <= TCPLadder.Tolerance.early(timer.duration)
  }

  /// The timer that a capture means which says that one has sent something, of those that may have: the
  /// next piece's if that would send just this.
  func actual(_ kind: TimerKind, of end: End, behind send: TCPLadder.Send?) -> TimerKind {
    let timers = network[end].timers
    switch kind {
    case .delayedAck, .timeWait, .finWait2, .pacing, .lossProbe: return kind
    default:
      if timers[.pacing] != nil, let send, sends(send, end, after: [.expire(end, .pacing)]) {
        return .pacing
      }
      return timers[kind] != nil ? kind : timers.retransmissionKind
    }
  }

  /// An acknowledgment that looks in a capture as if it went at once may be one that waited.
  ///
  /// It may have waited for the next tick only, or a tick may have decided whether it waits at all.
  mutating func expireTick(_ row: TCPLadder.Row) {
    guard case .send(let send) = row.kind, case .arrival = send.cause,
      let connection = row.connection
    else { return }
    let end = End(connection, send.side)
    guard uncompared(end) == 0, let timer = network[end].timers[.delayedAck] else { return }
    let isShort = timer.duration <= TCPLadder.Tolerance.tick
    if isShort || network[end].mayAcknowledgeAtOnce { perform(.expire(end, .delayedAck)) }
  }
}
