import Models

/// A connection of a packet capture as a viewer meets it.
struct CaptureSubject: Subject {
  let ladder: CaptureLadder
  let words: CaptureWords
  let caption: Bilingual
  /// The highest packet number of the connection.
  let highestPacket: Int

  init(ladder: CaptureLadder, words: CaptureWords, caption: Bilingual) {
    (self.ladder, self.words, self.caption) = (ladder, words, caption)
    highestPacket = ladder.rows.reduce(0) { max($0, $1.segment.packet) }
  }

  var views: [Bilingual] { CaptureScene.views }

  func describe(_ step: WireStep) -> String {
    let segment = step.segment
    return
      "packet \(segment.packet) \(segment.sender.name) \(CaptureWords.label(segment, seq: nil, ack: nil))"
  }

  func pace(_ event: WireEvent) -> Pace {
    switch event {
    case .packetSeen: Pace(motion: 700, hold: 700)
    case .stateDerived: Pace(motion: 0, hold: 1300)
    default: Pace(motion: 0, hold: 1500)
    }
  }

  func narrate(
    _ event: WireEvent, _ moment: Moment<WireObserver>, _ language: Language
  ) -> Narration {
    CaptureNarration(words: words).narrate(event, language)
  }

  func fields(
    _ event: WireEvent, _ moment: Moment<WireObserver>
  ) -> [(name: String, value: FieldValue)] {
    func number(_ value: UInt32?) -> FieldValue { value.map { .integer(Int($0)) } ?? .none }
    func states(_ states: PossibleStates) -> FieldValue {
      states.known.map { .text($0.rawValue) } ?? .none
    }
    switch event {
    case .packetSeen(let segment, let seq, let ack):
      let hasAck = segment.flags.contains(.ack)
      return [
        ("packet", .integer(segment.packet)), ("seconds", .text(words.time(segment))),
        ("end", .text(segment.sender.name)), ("flags", .text("\(segment.flags)")),
        ("seq", .integer(Int(segment.seq.value))),
        ("ack", hasAck ? .integer(Int(segment.ack.value)) : .none), ("relSeq", number(seq)),
        ("relAck", number(ack)), ("len", .integer(Int(segment.payloadLength))),
        ("window", .integer(Int(segment.window))),
      ]
    case .retransmissionSeen(let side, let packet), .outOfOrderSeen(let side, let packet),
      .keepAliveSeen(let side, let packet):
      return [("packet", .integer(packet)), ("end", .text(side.name))]
    case .gapSeen(let side, let packet, let count):
      return [
        ("packet", .integer(packet)), ("end", .text(side.name)), ("numbers", .integer(count)),
      ]
    case .stateDerived(let side, let from, let to, let why, let isPresumed):
      let cause: (word: String, packet: Int)
      switch why {
      case .sent(let packet, _): cause = ("sent", packet)
      case .arrived(let packet, _): cause = ("arrived", packet)
      case .peerStillSends(let packet): cause = ("peerStillSends", packet)
      }
      return [
        ("end", .text(side.name)), ("from", states(from)), ("to", states(to)),
        ("possible", .texts(to.list.map(\.rawValue))), ("why", .text(cause.word)),
        ("packet", .integer(cause.packet)), ("presumed", .flag(isPresumed)),
      ]
    case .anomaly(let kind, let side, let packet, let possible):
      return [
        ("packet", .integer(packet)), ("end", .text(side.name)), ("kind", .text(kind.rawValue)),
        ("possible", .texts(possible.list.map(\.rawValue))),
      ]
    }
  }

  func inspect(
    _ item: Item, _ moment: Moment<WireObserver>, _ language: Language
  ) -> Inspection? {
    CaptureInspector(subject: self, moment: moment, language: language).inspect(item)
  }

  func draw(
    _ moment: Moment<WireObserver>, progress: Double, in stage: Rect, of canvas: inout Canvas,
    look: Look
  ) {
    CaptureScene(
      moment: moment, progress: progress, stage: stage, subject: self, look: look
    ).draw(&canvas)
  }
}
