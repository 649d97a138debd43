import Models

/// What each event of TCP means, in both languages.
struct TCPNarration {
  let words: TCPWords
  let rules: TCPRules

  /// The sentence of an event, given the network before and after it.
  ///
  /// Where there are several connections it says first which one it is about.
  func narrate(
    _ event: TCPEvent, _ moment: Moment<TCPNetwork>, _ language: Language
  ) -> Narration {
    var narration = TCPTelling(moment: moment, language: language).tell(event)
    if moment.after.connections.count > 1, event.name != "connectionAdded" {
      let number = event.connection + 1
      narration.text = Bilingual("[\(number)] ", "[\(number)] ")[language] + narration.text
    }
    return narration
  }
}

/// One step of TCP, told in one language; the sentences are grouped by file.
struct TCPTelling {
  let moment: Moment<TCPNetwork>
  let language: Language

  var before: TCPNetwork { moment.before }
  var after: TCPNetwork { moment.after }

  func tell(_ event: TCPEvent) -> Narration {
    switch event {
    case .connectionAdded(let index, let clientPort, let serverPort):
      say(
        "RFC 9293 3.3.1",
        "Connection \(index + 1) is from client port \(clientPort) to server port \(serverPort). "
          + "Other ports make it another connection, with numbers and states of its own.",
        "连接 \(index + 1)：客户端端口 \(clientPort)，服务器端口 \(serverPort)。四元组不同就是另一条连接，序列号和状态都各自独立。")
    case .userCalled(let end, let call): called(end, call)
    case .callReturned(let end, let call, let result): returned(end, call, result)
    case .issChosen(let end, let iss, let source): chose(end, iss, source)
    case .segmentSent(_, let index, _, _): sent(after.log[index])
    case .segmentLost(let end, let index): lost(end, after.log[index])
    case .segmentHeld(_, let index): held(after.log[index])
    case .segmentDuplicated(_, let index, let copies): duplicated(after.log[index], copies)
    case .segmentArrived(let end, let index, _): arrived(end, after.log[index])
    case .segmentDiscarded(let end, let reason): discarded(end, reason)
    case .segmentKept(let end, let range): kept(end, range)
    case .stateChanged(let end, let from, let to, let cause): changed(end, from, to, cause)
    case .timerStarted(let end, let kind, let deadline):
      started(end, kind, deadline - after.now, again: false)
    case .timerRestarted(let end, let kind, let deadline):
      started(end, kind, deadline - after.now, again: true)
    case .timerExpired(let end, let kind): expired(end, kind)
    case .timerStopped(let end, let kind): stopped(end, kind)
    case .rtoBackedOff(let end, let from, let to): backedOff(end, from, to)
    case .roundTripMeasured(let end, let sample, let srtt, let rto):
      measured(end, sample, srtt, rto)
    case .dataAcknowledged(let end, let upTo): acknowledged(end, upTo)
    case .dataDelivered(let end, let payload): delivered(end, payload)
    case .streamEnded(let end): streamEnded(end)
    case .challengeAckSent(let end): challenged(end)
    case .timeWaitRestarted(let end, _): timeWaitRestarted(end)
    case .timeWaitReused(let end): timeWaitReused(end)
    case .connectionReset(let end, let reason): broke(end, reason)
    }
  }

  // MARK: - Pieces of sentences

  func say(
    _ source: String?, _ en: @autoclosure () -> String, _ zh: @autoclosure () -> String
  ) -> Narration {
    Narration(language == .en ? en() : zh(), source: source)
  }

  func say(_ source: String?, _ text: Bilingual) -> Narration {
    Narration(text[language], source: source)
  }

  /// "the client", "客户端".
  func the(_ end: End) -> String { TCPWords.end(end.side, language) }

  /// The same at a sentence's start.
  func The(_ end: End) -> String { language == .en ? "T" + the(end).dropFirst() : the(end) }

  /// "the client's", "客户端的".
  func its(_ end: End) -> String { the(end) + (language == .en ? "'s" : "的") }

  /// "300 bytes", "300 字节".
  func bytes(_ count: Int) -> String { TCPWords.bytes(count, language) }

  func time(_ time: Microseconds) -> String { TCPWords.rounded(time) }

  /// A number that an end counts its own bytes by, relative to its ISN.
  func own(_ end: End, _ number: SequenceNumber) -> UInt32 {
    number.relative(to: after[end].iss)
  }

  /// A number that an end received, relative to the peer's ISN as this end knows it.
  func theirs(_ end: End, _ number: SequenceNumber) -> UInt32 {
    number.relative(to: before[end].irs ?? after[end].irs ?? SequenceNumber(0))
  }

  /// "FIN ACK, seq 301, ack 1"; a number without base is given as in the header.
  func numbers(_ record: SegmentRecord) -> String {
    let segment = record.segment
    let comma = language == .en ? ", " : "，"
    var text = TCPWords.title(segment, language)
    text += comma + "seq \(record.relativeSeq ?? segment.seq.value)"
    if segment.flags.contains(.ack) {
      text += comma + "ack \(record.relativeAck ?? segment.ack.value)"
    }
    return text
  }

  /// Whether a segment belongs to an earlier life of its sender than the present one.
  func isOld(_ record: SegmentRecord) -> Bool {
    record.incarnation > 0 && record.incarnation < before[record.sender].incarnation
  }

  /// What has happened at this end since the segment that it handles arrived, the latest first.
  var sinceArrival: [TCPEvent] {
    var events: [TCPEvent] = []
    for event in moment.recent.reversed() {
      if case .segmentArrived = event { break }
      events.append(event)
    }
    return events
  }

  /// Why the segment that is being handled has no effect, if it has none.
  var discardReason: DiscardReason? {
    for event in sinceArrival {
      if case .segmentDiscarded(_, let reason) = event { return reason }
    }
    return nil
  }

  /// Whether the event after this one is of a kind.
  func isNext(_ isIt: (TCPEvent) -> Bool) -> Bool { moment.upcoming.first.map(isIt) ?? false }

  func rules(_ end: End) -> TCPRules { after.rules(of: end.side) }
}
