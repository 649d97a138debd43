import Models

/// Go's allocator as a viewer meets it.
struct AllocatorSubject: Subject {
  let words: AllocatorWords
  let rules: GoAllocator.Rules
  /// What the rules are called on the screen; a trace says which Go it was captured from.
  var caption: Bilingual

  init(words: AllocatorWords, rules: GoAllocator.Rules, capturedFrom version: String? = nil) {
    self.words = words
    self.rules = rules
    let what: Bilingual
    switch rules {
    case .go1_8: what = Bilingual("one address range, a class list", "一段连续地址，一套 class")
    case .go1_10: what = Bilingual("spans, bitmap and arena", "spans、bitmap、arena 三个区域")
    case .go1_19: what = Bilingual("four queues an mcentral", "每个 mcentral 四个队列")
    case .go1_22: what = Bilingual("queues and malloc headers", "四个队列，带 malloc header")
    case .go1_26, .go1_27: what = Bilingual("queues, mark bits in spans", "四个队列，span 内标记位")
    }
    if let version {
      caption = Bilingual(
        "Go's allocator, captured from \(version): \(what.en)",
        "Go 内存分配器，捕获自 \(version)：\(what.zh)")
    } else if rules == .go1_10 {
      caption = Bilingual(
        "Go's allocator, the notes' era (Go 1.10): \(what.en)",
        "Go 内存分配器，笔记的年代（Go 1.10）：\(what.zh)")
    } else {
      caption = Bilingual(
        "Go's allocator, \(rules.rawValue): \(what.en)",
        "Go 内存分配器，\(rules.rawValue)：\(what.zh)")
    }
  }

  func describe(_ operation: GoAllocator.Operation) -> String { words.describe(operation) }

  func pace(_ event: GoAllocator.Event) -> Pace {
    switch event {
    case .spanMoved: Pace(motion: 900, hold: 1300)
    case .pagesTaken: Pace(motion: 700, hold: 1200)
    case .slotReturned, .tinyPacked, .largeAllocated: Pace(motion: 600, hold: 900)
    case .spanFreed, .pagesScavenged, .kernelReclaimed: Pace(motion: 600, hold: 1300)
    case .spanSwept, .marked, .pageCacheFilled, .heapGrew: Pace(motion: 500, hold: 1300)
    case .requested: Pace(motion: 200, hold: 800)
    case .mcacheAsked: Pace(motion: 300, hold: 900)
    case .mcacheFlushed, .workerChanged: Pace(motion: 200, hold: 800)
    default: Pace(motion: 300, hold: 1300)
    }
  }

  /// Among many requests the ones that the mcache answers pass by quickly, and what moves between
  /// the levels can still be followed.
  func briskPace(_ event: GoAllocator.Event) -> Pace {
    switch event {
    case .requested, .sizeClassFound: Pace(motion: 0, hold: 10)
    case .mcacheAsked(_, _, _, let freeSlots) where freeSlots > 0: Pace(motion: 0, hold: 10)
    case .slotReturned, .tinyPacked: Pace(motion: 0, hold: 60)
    case .spanMoved: Pace(motion: 350, hold: 200)
    case .spanSwept: Pace(motion: 0, hold: 200)
    default: pace(event).brisk
    }
  }

  func narrate(
    _ event: GoAllocator.Event, _ moment: Moment<GoAllocator>, _ language: Language
  ) -> Narration {
    AllocatorNarration(words: words, rules: rules).narrate(event, moment, language)
  }

  func fields(
    _ event: GoAllocator.Event, _ moment: Moment<GoAllocator>
  ) -> [(name: String, value: FieldValue)] {
    AllocatorFields(words: words).fields(event)
  }

  func question(
    _ moment: Moment<GoAllocator>, after previous: Moment<GoAllocator>
  ) -> Question? {
    AllocatorQuestions(rules: rules, moment: moment).question
  }

  func inspect(
    _ item: Item, _ moment: Moment<GoAllocator>, _ language: Language
  ) -> Inspection? {
    AllocatorInspector(moment: moment, words: words, language: language).inspect(item)
  }

  func draw(
    _ moment: Moment<GoAllocator>, progress: Double, in stage: Rect, of canvas: inout Canvas,
    look: Look
  ) {
    AllocatorScene(moment: moment, progress: progress, stage: stage, look: look)
      .draw(&canvas)
  }
}
