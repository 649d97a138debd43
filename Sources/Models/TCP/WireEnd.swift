/// What a wire tells of one end of a connection.
public struct WireEnd: Sendable, Equatable {
  /// The states in which it may be.
  public internal(set) var states = PossibleStates.all
  /// Whether its state hangs on a segment of which nothing shows that it arrived.
  public internal(set) var isPresumed = false
  /// Whether it sent a SYN without ACK: it opened actively.
  public internal(set) var isActive = false
  /// Whether it sent a reset.
  public internal(set) var hasReset = false
  /// ISS, from its SYN or from what acknowledged that.
  public internal(set) var iss: SequenceNumber?
  /// The number behind the highest that it was seen to send, SND.NXT.
  public internal(set) var next: SequenceNumber?
  /// Whether the highest number that it was seen to send is a byte's, or its SYN's.
  var endsInData = false
  /// The number of its FIN.
  public internal(set) var fin: SequenceNumber?
  /// The highest number that it acknowledged, RCV.NXT when it did.
  public internal(set) var acknowledged: SequenceNumber?
  /// The window that it offered last, in bytes; nil where its scale is not known.
  public internal(set) var window: Int?
  /// Numbers that were skipped and not seen since.
  var hole: SequenceRange?
  /// The furthest right edge of the window that it offered.
  var edge: SequenceNumber?
  /// What its SYN said of window scaling.
  var windowScale = WireSegment.WindowScale.unknown
  /// Its packet that acknowledged numbers which the peer had not been seen to send.
  var unseenAck: UnseenAck?

  /// An acknowledgment of numbers that were not seen before.
  struct UnseenAck {
    var number: SequenceNumber
    var packet: Int
    var time: Int
    /// What had been acknowledged before.
    var former: SequenceNumber?
  }

  /// An end of which nothing is known.
  public init() {}

  /// Whether two ends are told the same of.
  public static func == (a: WireEnd, b: WireEnd) -> Bool {
    a.states == b.states && a.isPresumed == b.isPresumed && a.iss == b.iss && a.next == b.next
      && a.fin == b.fin && a.acknowledged == b.acknowledged && a.hasReset == b.hasReset
      && a.isActive == b.isActive
  }

  /// Whether a segment carries numbers beyond all that the end was seen to send.
  ///
  /// False where nothing of it was seen yet: then the segment may be a repetition.
  func isNew(_ segment: WireSegment) -> Bool {
    guard let next else { return false }
    return segment.length > 0 && segment.end.isAfter(next)
  }

  /// Whether a segment shows that the end had not sent a FIN before.
  ///
  /// New bytes do; and so does an empty segment, which carries SND.NXT, if that is the number right
  /// behind the last byte.
  func showsOpenStream(_ segment: WireSegment) -> Bool {
    guard segment.flags.isDisjoint(with: [.syn, .rst]) else { return false }
    if segment.length > 0 { return isNew(segment) }
    return endsInData && fin == nil && segment.seq == next
  }

  /// Whether an acknowledgment covers the end's FIN.
  func covers(fin segment: WireSegment) -> Bool {
    guard let fin, segment.flags.contains(.ack) else { return false }
    return segment.ack.isAfter(fin)
  }

  // MARK: - Sending

  /// The states in which the end may be after it sent a segment; empty if no state allows that.
  ///
  /// Source: RFC 9293, sections 3.5 to 3.6 and 3.10.
  func statesAfterSending(_ segment: WireSegment) -> PossibleStates {
    let flags = segment.flags
    if flags.contains(.rst) { return states.map { afterReset($0, segment) } }
    if flags.contains(.syn) {
      let isRepeated = next != nil && iss == segment.seq
      return states.map { state in
        switch state {
        case .closed, .listen, .timeWait:
          flags.contains(.ack) ? (state == .listen ? [.synRcvd] : []) : [.synSent]
        case .synSent: flags.contains(.ack) || next != nil && !isRepeated ? [] : [.synSent]
        case .synRcvd: flags.contains(.ack) ? [.synRcvd] : []
        default: isRepeated ? PossibleStates(state) : []
        }
      }
    }
    if flags.contains(.fin) { return states.map { afterFin($0, segment) } }
    let hasNewData = segment.payloadLength > 0 && isNew(segment)
    return states.map { state in
      switch state {
      case .established, .closeWait: PossibleStates(state)
      case .finWait1, .closing, .lastAck: hasNewData ? [] : PossibleStates(state)
      case .finWait2, .timeWait:
        segment.payloadLength > 1 || hasNewData ? [] : PossibleStates(state)
      case .synRcvd: iss == nil || segment.payloadLength > 0 ? [] : [.synRcvd]
      case .closed, .listen, .synSent: []
      }
    }
  }

  private func afterReset(_ state: ConnectionState, _ segment: WireSegment) -> PossibleStates {
    // An answer to a bad acknowledgment has no ACK and leaves these states as they are.
    let isAnswer = !segment.flags.contains(.ack)
    switch state {
    case .listen: return isAnswer ? [.listen] : []
    case .synSent: return iss == nil ? [] : isAnswer && segment.seq != next ? [.synSent] : [.closed]
    case .synRcvd: return iss == nil ? [] : isAnswer && segment.seq != next ? [.synRcvd] : [.closed]
    default: return [.closed]
    }
  }

  private func afterFin(_ state: ConnectionState, _ segment: WireSegment) -> PossibleStates {
    if fin == segment.finNumber {
      switch state {
      case .listen, .synSent, .synRcvd, .established, .closeWait: return []
      default: return PossibleStates(state)
      }
    }
    switch state {
    case .established, .synRcvd: return state == .synRcvd && iss == nil ? [] : [.finWait1]
    case .closeWait: return [.lastAck]
    case .finWait1, .closing, .lastAck:
      return fin == nil && !isNew(segment) ? PossibleStates(state) : []
    default: return []
    }
  }

  // MARK: - Receiving

  /// The states in which the end may be after a segment of its peer arrived.
  ///
  /// Source: RFC 9293, section 3.10.7; RFC 1337 for a reset in TIME_WAIT, which may be ignored.
  func statesAfterArrival(_ segment: WireSegment) -> PossibleStates {
    let flags = segment.flags
    if flags.contains(.rst) {
      return states.map { state in
        switch state {
        case .listen: [.listen]
        case .timeWait: [.timeWait, .closed]
        case .synRcvd: isActive ? [.closed] : [.listen]
        case .synSent:
          iss == nil || flags.contains(.ack) && segment.ack == next ? [.closed] : [.synSent]
        default: [.closed]
        }
      }
    }
    if flags.contains(.syn) {
      return states.map { state in
        guard flags.contains(.ack) else {
          switch state {
          case .listen, .synSent: return [.synRcvd]
          case .timeWait: return [.timeWait, .synRcvd]
          default: return PossibleStates(state)
          }
        }
        let isGood = iss.map { segment.ack == $0 + 1 || segment.ack == next } ?? true
        let opens = isGood && (state == .synSent || state == .synRcvd)
        return opens ? [.established] : PossibleStates(state)
      }
    }
    return states.map { state in
      var after = PossibleStates(state)
      if flags.contains(.ack) { after = after.map { afterAck($0, segment) } }
      return flags.contains(.fin) ? after.map(Self.afterPeerFin) : after
    }
  }

  private func afterAck(_ state: ConnectionState, _ segment: WireSegment) -> PossibleStates {
    let target: PossibleStates
    switch state {
    case .synRcvd:
      return iss.map { segment.ack.isAfter($0) } ?? true ? [.established] : [.synRcvd]
    case .finWait1: target = [.finWait2]
    case .closing: target = [.timeWait]
    case .lastAck: target = [.closed]
    default: return PossibleStates(state)
    }
    guard fin != nil else { return target.union(PossibleStates(state)) }
    return covers(fin: segment) ? target : PossibleStates(state)
  }

  private static func afterPeerFin(_ state: ConnectionState) -> PossibleStates {
    switch state {
    case .established, .synRcvd: [.closeWait]
    case .finWait1: [.closing]
    case .finWait2: [.timeWait]
    default: PossibleStates(state)
    }
  }
}
