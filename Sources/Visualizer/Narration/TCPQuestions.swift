import Models

/// What a viewer is asked of TCP: which state next, what goes back, what a timer leads to.
struct TCPQuestions {
  let moment: Moment<TCPNetwork>

  private var before: TCPNetwork { moment.before }

  /// The question that the moment's event answers, or those right behind it; nil for an event
  /// without a decision, and for one that the step before has told already.
  var question: Question? {
    switch moment.event {
    case .stateChanged(let end, let from, let to, let cause):
      return ofTimeout(end) ?? ofState(end, from, to, cause)
    case .segmentDiscarded(let end, _): return ofAnswer(end)
    case .timeWaitReused(let end): return ofAnswer(end)
    case .segmentKept(let end, _): return ofGap(end)
    case .timerStarted(let end, let kind, _):
      return ofTimeout(end) ?? (kind == .delayedAck ? ofAcknowledging(end, isDelayed: true) : nil)
    case .segmentSent(let end, _, let segment, _):
      return segment.isPureAck ? ofAcknowledging(end, isDelayed: false) : nil
    case .userCalled(let end, let call): return ofCall(end, call)
    default: return nil
    }
  }

  private func the(_ end: End) -> Bilingual {
    Bilingual(TCPWords.end(end.side, .en), TCPWords.end(end.side, .zh))
  }

  /// The segment whose arrival was the step before, if it arrived at this end.
  private func justArrived(at end: End) -> Segment? {
    guard case .segmentArrived(end, _, let segment)? = moment.recent.last else { return nil }
    return segment
  }

  // MARK: - States

  /// The states that the diagram leads to, and those that a reset, an abort or a timeout does.
  ///
  /// Source: RFC 9293, section 3.3.2, figure 5 with its notes.
  static func successors(of state: ConnectionState) -> [ConnectionState] {
    var states = StateDiagram.transitions(from: state).map(\.state)
    if state == .synRcvd { states.append(.listen) }
    return state == .closed || states.contains(.closed) ? states : states + [.closed]
  }

  /// Which state an end enters.
  ///
  /// A reset is not asked about: whoever tells of it says what it does. Nor is the handshake of any
  /// but the first connection: it is always the same.
  private func ofState(
    _ end: End, _ from: ConnectionState, _ to: ConnectionState, _ cause: TransitionCause
  ) -> Question? {
    if case .segmentSent(end, _, let segment, _)? = moment.recent.last,
      segment.flags.contains(.rst)
    {
      return nil
    }
    let isOpening = [.listen, .synSent, .synRcvd].contains(from)
    guard !isOpening || end.connection == 0 && before[end].incarnation <= 1 else { return nil }
    let why: Bilingual
    switch cause {
    case .call("listen"), .call("connect"): return nil
    case .call(let name):
      why = Bilingual("\(name) is called", "调用了 \(name)")
    case .arrival(let flags) where !flags.contains(.rst):
      why = Bilingual("\(flags) has arrived", "收到 \(flags)")
    case .timer(let kind) where kind != .timeWait:
      why = Bilingual("Its timer has run out", "定时器超时")
    default: return nil
    }
    let (the, choices) = (the(end), Self.successors(of: from))
    return Question(
      Bilingual(
        "\(why.en); \(the.en) is in \(from.rawValue). Which state is next?",
        "\(why.zh)，\(the.zh)处于 \(from.rawValue)。下一个状态是什么？"),
      inOrder: choices.map { Bilingual(same: $0.rawValue) }, right: Bilingual(same: to.rawValue))
  }

  // MARK: - Answers

  private static let nothing = Bilingual("nothing", "什么也不回")
  private static let ack = Bilingual("an ACK", "回 ACK")
  private static let reset = Bilingual("a RST", "回 RST")
  private static let reopening = Bilingual("a SYN ACK: a new connection", "回 SYN ACK：新连接")

  /// What the end sends before it handles anything else, in one word.
  private func answerAhead(_ end: End) -> Bilingual? {
    for event in moment.upcoming {
      switch event {
      case .segmentSent(end, _, let segment, _):
        if segment.flags.contains(.rst) { return Self.reset }
        if segment.flags.contains([.syn, .ack]) { return Self.reopening }
        return segment.isPureAck ? Self.ack : nil
      case .segmentArrived, .timerExpired, .userCalled, .segmentSent: return Self.nothing
      default: continue
      }
    }
    // Events beyond those that the moment knows of may belong to the same arrival.
    return moment.upcoming.count < 8 ? Self.nothing : nil
  }

  /// What goes back for a segment that the end does not take, or for a SYN in TIME_WAIT.
  ///
  /// A reset is never answered by a reset.
  private func ofAnswer(_ end: End) -> Question? {
    guard let segment = justArrived(at: end), let right = answerAhead(end) else { return nil }
    let state = before[end].state
    var choices = [Self.nothing, Self.ack]
    if !segment.flags.contains(.rst) { choices.append(Self.reset) }
    if state == .timeWait, segment.flags.contains(.syn) { choices.append(Self.reopening) }
    let (title, the) = (TCPWords.title(segment), the(end))
    return Question(
      Bilingual(
        "\(title) for \(the.en), which is in \(state.rawValue). What goes back?",
        "\(the.zh)处于 \(state.rawValue)，收到 \(TCPWords.title(segment, .zh))。它回什么？"),
      inOrder: choices, right: right)
  }

  /// What becomes of bytes behind a gap.
  private func ofGap(_ end: End) -> Question? {
    guard justArrived(at: end) != nil else { return nil }
    let kept = Bilingual("they wait for what is missing", "留着，等缺的部分")
    let delivered = Bilingual("the user reads them now", "立即交给程序")
    let dropped = Bilingual("they are dropped", "丢弃")
    let the = the(end)
    return Question(
      Bilingual(
        "Something before these bytes is missing. What does \(the.en) do with them?",
        "这些字节前面缺了一段。\(the.zh)怎样处理它们？"),
      inOrder: [kept, delivered, dropped], right: kept)
  }

  /// Whether bytes are acknowledged at once.
  private func ofAcknowledging(_ end: End, isDelayed: Bool) -> Question? {
    guard case .dataDelivered(end, _)? = moment.recent.last, before[end].timers[.delayedAck] == nil
    else { return nil }
    let now = Bilingual("at once", "马上")
    let later = Bilingual("a little later, if no data goes back first", "稍后，除非先有数据要发")
    let the = the(end)
    return Question(
      Bilingual(
        "\(the.en.prefix(1).uppercased() + the.en.dropFirst()) has got the bytes. When does it "
          + "acknowledge them?", "\(the.zh)收到了这些字节。什么时候确认？"),
      inOrder: [now, later], right: isDelayed ? later : now)
  }

  // MARK: - Calls and timers

  /// What an abort, or a close with bytes unread, puts on the wire.
  private func ofCall(_ end: End, _ call: Call) -> Question? {
    guard before.exists(end) else { return nil }
    let unread = before[end].unreadCount
    guard call == .abort || call == .close && unread > 0 else { return nil }
    let fin = Bilingual("a FIN ACK", "FIN ACK")
    let reset = Bilingual("a RST", "RST")
    let silence = Bilingual("nothing", "什么也不发")
    var right = silence
    for event in moment.upcoming {
      if case .callReturned = event { break }
      guard case .segmentSent(end, _, let segment, _) = event else { continue }
      right = segment.flags.contains(.rst) ? reset : segment.flags.contains(.fin) ? fin : silence
      break
    }
    let the = the(end)
    return Question(
      Bilingual(
        "\(the.en.prefix(1).uppercased() + the.en.dropFirst()) calls \(call.name) in "
          + "\(before[end].state.rawValue), \(TCPWords.bytes(unread, .en)) unread. What goes out?",
        "\(the.zh)在 \(before[end].state.rawValue) 调用 \(call.name)，还有 \(unread) 字节未读。发出什么？"),
      inOrder: [fin, reset, silence], right: right)
  }

  /// What follows when the RTO has run out.
  ///
  /// Source: RFC 6298, section 5.
  private func ofTimeout(_ end: End) -> Question? {
    guard case .timerExpired(end, .retransmission)? = moment.recent.last else { return nil }
    let doubled = Bilingual("it sends again and waits twice as long", "重传，等待时间加倍")
    let same = Bilingual("it sends again and waits as long", "重传，等待时间不变")
    let given = Bilingual("it gives up", "放弃")
    let right: Bilingual
    if case .stateChanged = moment.event {
      right = given
    } else if case .rtoBackedOff(end, _, _)? = moment.upcoming.first {
      right = doubled
    } else {
      right = same
    }
    let the = the(end)
    return Question(
      Bilingual(
        "\(the.en.prefix(1).uppercased() + the.en.dropFirst())'s RTO of "
          + "\(TCPWords.rounded(before[end].rto)) has run out. What does it do?",
        "\(the.zh)的 RTO（\(TCPWords.rounded(before[end].rto))）超时。它怎么办？"),
      inOrder: [same, doubled, given], right: right)
  }
}
