import Models

/// Runs a script: the model at one end, the script at the other.
///
/// Compared are, of each segment that is expected, flags, sequence number, length and
/// acknowledgment, all exactly, and its time within the tolerance; of each call, its result and
/// error. A segment that the script does not expect is a difference too, up to the last line that
/// expects one.
struct PacketdrillRun {
  let script: PacketdrillScript
  let settings: PacketdrillRules
  var network: TCPNetwork
  /// What was asked of the model, to be asked again when the script is watched.
  private(set) var operations: [TCPOperation] = []
  /// How the script writes the segments that it injected.
  var injected: [Segment: String] = [:]
  /// Sockets by their numbers.
  var sockets: [Int: Socket] = [:]
  /// The model's end that segments come from and go to: that of the last socket that listens or connects.
  ///
  /// What another one has sent no line can expect any more.
  ///
  /// Source: packetdrill `find_socket_for_live_packet`.
  var underTest: End? {
    didSet { if underTest != oldValue { unread = [] } }
  }
  /// Numbers of files that are no TCP sockets.
  var foreignFiles: Set<Int> = []
  /// Calls that wait for something.
  var waiting: [WaitingCall] = []
  /// Indices into the log of what the model sent and nobody compared yet.
  var unread: [Int] = []
  private var logPosition = 0
  /// The time line's last event.
  private(set) var scriptTime: Microseconds = 0
  /// The moment of the last event; each has one of its own.
  private(set) var moment: Microseconds = 0
  /// Whether the segment of the event at hand has not come.
  private(set) var sentNothing = false
  /// The index of the event at hand.
  var index = 0
  /// The number of the model's SYN, and the one that the script gives it.
  var numbers: [End: (model: UInt32, script: UInt32)] = [:]
  /// How many events were compared.
  private(set) var comparedCount = 0
  var omissions = PacketdrillOmissions()

  struct Socket {
    /// The model's end; nil before the socket is used.
    var end: End?
    /// Which life of that end is its connection; nil where it is the present one.
    var life: Int?
    var isListener = false
    var isNonBlocking = false
    /// Which life of the listener's connection was accepted last; 0 for none.
    var acceptedLife = 0
    var readingIsShut = false
    /// Whether its own stream was ended, and then once more.
    var hasEndedTwice = false
    var lingersZero = false
    var isClosed = false
  }

  /// A call that has not come back.
  struct WaitingCall {
    var call: PacketdrillScript.SocketCall
    var line: Int
    var due: Microseconds
  }

  init(_ script: PacketdrillScript, rules: PacketdrillRules.Name) {
    self.script = script
    settings = PacketdrillRules(script, named: rules)
    network = TCPNetwork(client: settings.rules, server: settings.rules, delay: Self.flight)
  }

  /// How long a segment travels.
  ///
  /// A script's wire takes no time. The least that there is keeps the order of what happens at a
  /// moment.
  static let flight: Microseconds = 1

  /// The first difference, as a sentence; nil where all is as the script says.
  mutating func run() -> Bilingual? {
    let difference = compareAll()
    if difference == nil, !unread.isEmpty {
      omissions.add("what is sent behind the last line that expects something")
    }
    advance(to: network.now + Self.flight)
    return difference
  }

  private mutating func compareAll() -> Bilingual? {
    for event in script.events {
      if let difference = step(event) {
        let known = deviation(at: index)
        return Bilingual(
          "line \(event.line): \(difference.en)"
            + (known.map { " (known deviation: \($0.rawValue))" } ?? ""),
          "第 \(event.line) 行：\(difference.zh)" + (known.map { "（已知偏差：\($0.zh)）" } ?? ""))
      }
      index += 1
    }
    for call in waiting.sorted(by: { $0.due < $1.due }) {
      advance(to: call.due)
      if let difference = completeWaiting() { return difference }
    }
    if let call = waiting.first {
      let (name, due) = (call.call.name, Self.text(call.due))
      return Bilingual(
        "line \(call.line): \(name) does not return at \(due)",
        "第 \(call.line) 行：\(name) 没有在 \(due) 返回")
    }
    return nil
  }

  // MARK: One event

  private mutating func step(_ event: PacketdrillScript.Event) -> Bilingual? {
    var earliest = scriptTime
    var latest: Microseconds?
    if case .at(let time, let end, let isRelative) = event.time {
      let base = isRelative ? scriptTime : 0
      earliest = base + time
      latest = end.map { base + $0 } ?? earliest
      if !isRelative, earliest < scriptTime {
        return Bilingual(
          "its time, \(Self.text(earliest)), lies before the last event's",
          "它的时刻 \(Self.text(earliest)) 早于上一个事件")
      }
    }
    let returnsAt: Microseconds? = event.returnsAt.map {
      if case .at(_, _, true) = event.time { scriptTime + $0 } else { $0 }
    }
    scriptTime = earliest
    if case .expected(let packet) = event.kind {
      comparedCount += 1
      if let difference = expect(packet, from: earliest, to: latest) { return difference }
      if event.time == .any { scriptTime = max(scriptTime, network.now) }
      return completeWaiting()
    }
    // Late enough for what was sent last to have arrived.
    moment = max(earliest, moment + 3 * Self.flight, network.now + Self.flight)
    advance(to: moment)
    if let difference = completeWaiting() ?? unexpected(before: moment) { return difference }
    if expectsAckByNow { acknowledgeNow() }
    switch event.kind {
    case .expected: break
    case .injected(let packet):
      comparedCount += 1
      inject(packet)
    case .call(let call):
      if let difference = perform(call, line: event.line, returnsAt: returnsAt) {
        return difference
      }
    case .shell: omissions.shellLines += 1
    case .outside(let what): omissions.add(what)
    }
    return completeWaiting()
  }

  mutating func countCall() { comparedCount += 1 }

  // MARK: Time

  /// Asks something of the model, now and when the script is watched.
  mutating func ask(_ operation: TCPOperation) {
    operations.append(operation)
    network.perform(operation, observer: nil)
    readLog()
  }

  /// A call of the model's user, and what it returned.
  mutating func ask(_ call: Call, at end: End) -> CallResult {
    operations.append(.call(end, call))
    var result = CallResult.done
    network.perform(.call(end, call)) { event, _ in
      if case .callReturned(_, _, let returned) = event { result = returned }
    }
    readLog()
    return result
  }

  mutating func advance(to time: Microseconds) {
    guard time > network.now else { return }
    ask(.runUntil(time))
  }

  private mutating func readLog() {
    while logPosition < network.log.count {
      let record = network.log[logPosition]
      if record.cause != .script, record.sender == underTest { unread.append(logPosition) }
      if record.segment.flags.contains(.syn), !record.segment.flags.contains(.rst),
        record.cause != .script, !record.isRetransmission
      {
        noteSyn(record)
      }
      logPosition += 1
    }
  }

  /// The model's SYN stands where the script's next one does.
  private mutating func noteSyn(_ record: SegmentRecord) {
    if let known = numbers[record.sender], known.model == record.segment.seq.value { return }
    numbers[record.sender] = (record.segment.seq.value, nextExpectedSyn ?? 0)
  }

  /// The number of the SYN that is expected next.
  var nextExpectedSyn: UInt32? {
    for event in script.events[min(index, script.events.count)...] {
      if case .expected(let packet) = event.kind, packet.flags.contains(.syn) { return packet.seq }
    }
    return nil
  }

  // MARK: Expecting

  /// Waits for a segment, and compares it.
  private mutating func expect(
    _ packet: PacketdrillScript.Packet, from earliest: Microseconds, to latest: Microseconds?
  ) -> Bilingual? {
    omissions.noteSkipped(of: packet)
    let end =
      latest.map { max($0, moment) + settings.tolerance } ?? network.now + 3_600_000_000
    if unread.isEmpty { advance(to: min(max(earliest, network.now), end)) }
    if packet.isPureAck { acknowledgeNow() }
    while unread.isEmpty, let due = network.nextDue, due <= end { advance(to: due) }
    let text = packet.text
    guard let first = unread.first else {
      sentNothing = true
      return Bilingual(
        "expected \(text.en), the model sent nothing"
          + (latest == nil ? "" : " until \(Self.text(end))"),
        "期望 \(text.zh)，模型"
          + (latest == nil ? "没有发送任何报文段" : "到 \(Self.text(end)) 仍没有发送任何报文段"))
    }
    if let difference = compare(packet, first) { return difference }
    let sentAt = network.log[first].sentAt
    guard latest != nil else { return nil }
    let isEarly = sentAt < earliest - settings.tolerance
    guard isEarly || sentAt > end else { return nil }
    let due = Self.text(isEarly ? earliest : latest ?? end)
    let sent = Self.text(sentAt: sentAt)
    return Bilingual(
      "expected \(text.en) at \(due), the model sent it at \(sent)",
      "期望在 \(due) 发送 \(text.zh)，模型在 \(sent) \(isEarly ? "就发送了" : "才发送")")
  }

  /// An acknowledgment that the RFC lets wait has waited long enough; Linux has times of its own for that.
  private mutating func acknowledgeNow() {
    guard unread.isEmpty, let model = underTest, network[model].timers[.delayedAck] != nil,
      settings.rules.ackDelay != .adaptive
    else { return }
    ask(.expire(model, .delayedAck))
  }

  /// Whether the script's next segment, though behind the event at hand, is an acknowledgment of what has
  /// arrived, and is to be sent no later than the event.
  private var expectsAckByNow: Bool {
    guard unread.isEmpty, let model = underTest, network[model].timers[.delayedAck] != nil,
      settings.rules.ackDelay != .adaptive
    else { return false }
    var time: Microseconds? = scriptTime
    for event in script.events[index...].dropFirst() {
      if case .at(let next, _, let isRelative) = event.time {
        time = isRelative ? time.map { $0 + next } : next
      } else {
        time = nil
      }
      guard case .expected(let packet) = event.kind else { continue }
      let endpoint = network[model]
      return packet.isPureAck && packet.ack == endpoint.rcvNxt.value
        && packet.seq == scriptNumber(endpoint.sndNxt, of: model)
        && time.map { $0 <= scriptTime } ?? true
    }
    return false
  }

  /// What the model sent that no line can expect any more.
  ///
  /// packetdrill looks at what was sent where a line expects something, and so never behind the last.
  private func unexpected(before moment: Microseconds) -> Bilingual? {
    guard let first = unread.first else { return nil }
    let next = script.events[index...].first {
      if case .expected = $0.kind { true } else { false }
    }
    guard let next, next.time != .any else { return nil }
    let record = network.log[first]
    guard record.sentAt + settings.tolerance < moment else { return nil }
    let (text, time) = (text(record), Self.text(sentAt: record.sentAt))
    return Bilingual(
      "before it the model sent \(text.en) at \(time), which the script does not expect",
      "在此之前，模型在 \(time) 发送了 \(text.zh)，而脚本中没有这个报文段")
  }

  // MARK: Text

  /// When the model sent something, without the microseconds that keep the order.
  static func text(sentAt time: Microseconds) -> String { text((time + 50) / 100 * 100) }

  /// Seconds with as many digits as are needed.
  static func text(_ time: Microseconds) -> String {
    var digits = String(time % 1_000_000 + 1_000_000).dropFirst()
    while digits.count > 3, digits.hasSuffix("0") { digits.removeLast() }
    return "\(time / 1_000_000).\(digits) s"
  }
}
