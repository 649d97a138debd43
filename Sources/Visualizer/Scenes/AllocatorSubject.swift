import Models

/// Go's allocator as a viewer meets it.
struct AllocatorSubject: Subject {
  let words: AllocatorWords
  let rules: GoAllocator.Rules
  var caption: Bilingual

  init(words: AllocatorWords, rules: GoAllocator.Rules, capturedFrom version: String? = nil) {
    self.words = words
    self.rules = rules
    let from = version ?? rules.rawValue
    caption = Bilingual("Go's allocator, \(from)", "Go 内存分配器，\(from)")
  }

  func describe(_ operation: GoAllocator.Operation) -> String { "\(operation)" }

  func pace(_ event: GoAllocator.Event) -> Pace {
    switch event {
    case .spanMoved: Pace(motion: 900, hold: 900)
    case .slotReturned, .pagesTaken: Pace(motion: 500, hold: 1000)
    default: Pace(motion: 300, hold: 1100)
    }
  }

  func narrate(
    _ event: GoAllocator.Event, _ moment: Moment<GoAllocator>, _ language: Language
  ) -> Narration {
    AllocatorNarration(words: words, rules: rules).narrate(event, moment, language)
  }

  func fields(
    _ event: GoAllocator.Event, _ moment: Moment<GoAllocator>
  ) -> [(name: String, value: FieldValue)] { [] }

  func draw(
    _ moment: Moment<GoAllocator>, progress: Double, in stage: Rect, of canvas: inout Canvas,
    look: Look
  ) {
    AllocatorScene(moment: moment, progress: progress, stage: stage, words: words, look: look)
      .draw(&canvas)
  }
}
