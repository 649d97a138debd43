import Models

/// TCP as a viewer meets it.
struct TCPSubject: Subject {
  let words: TCPWords
  let rules: TCPRules
  var caption: Bilingual

  init(words: TCPWords, rules: TCPRules, capturedFrom system: String? = nil) {
    self.words = words
    self.rules = rules
    let from = system ?? rules.name
    caption = Bilingual("TCP, \(from)", "TCP，\(from)")
  }

  func describe(_ operation: TCPOperation) -> String { words.describe(operation) }

  func describeUntold(_ operation: TCPOperation) -> String {
    if case .runUntilState = operation { "wait" } else { describe(operation) }
  }

  func pace(_ event: TCPEvent) -> Pace {
    switch event {
    case .segmentArrived: Pace(motion: 900, hold: 1300)
    case .segmentLost: Pace(motion: 600, hold: 1300)
    case .segmentSent, .segmentHeld, .segmentDuplicated, .segmentDiscarded, .segmentKept:
      Pace(motion: 0, hold: 1500)
    case .stateChanged, .connectionReset, .timeWaitRestarted, .timeWaitReused, .challengeAckSent:
      Pace(motion: 0, hold: 1600)
    case .timerStarted(_, .timeWait, _), .timerStarted(_, .finWait2, _): Pace(motion: 0, hold: 1600)
    // Bookkeeping that goes along with a segment: seen in passing, told in full by `steps`.
    case .timerStarted, .timerRestarted, .timerStopped, .roundTripMeasured:
      Pace(motion: 0, hold: 250)
    case .callReturned(_, _, .done): Pace(motion: 0, hold: 400)
    default: Pace(motion: 0, hold: 1200)
    }
  }

  func narrate(
    _ event: TCPEvent, _ moment: Moment<TCPNetwork>, _ language: Language
  ) -> Narration {
    TCPNarration(words: words, rules: rules).narrate(event, moment, language)
  }

  func fields(
    _ event: TCPEvent, _ moment: Moment<TCPNetwork>
  ) -> [(name: String, value: FieldValue)] { TCPFields(event, moment).all }

  func question(
    _ moment: Moment<TCPNetwork>, after previous: Moment<TCPNetwork>
  ) -> Question? {
    TCPQuestions(moment: moment).question
  }

  /// Time stands still between the lines of a script.
  func unfinished(_ state: TCPNetwork) -> Bilingual? {
    state.wire.isEmpty
      ? nil
      : Bilingual("wait 1s: the segments arrive", "wait 1s：让报文段到达")
  }

  var views: [Bilingual] { TCPScene.views }

  func selection(_ moment: Moment<TCPNetwork>, _ look: Look) -> Int? {
    TCPScene(
      moment: moment, progress: 1, stage: Rect(x: 0, y: 0, width: 0, height: 0), look: look
    ).selection
  }

  func inspect(
    _ item: Item, _ moment: Moment<TCPNetwork>, _ language: Language
  ) -> Inspection? {
    TCPInspector(network: moment.after, now: moment.after.now, language: language).inspect(item)
  }

  func draw(
    _ moment: Moment<TCPNetwork>, progress: Double, in stage: Rect, of canvas: inout Canvas,
    look: Look
  ) {
    TCPScene(moment: moment, progress: progress, stage: stage, look: look)
      .draw(&canvas)
  }
}
