import Models

/// What a step of the allocator looks like.
typealias AllocatorMoment = Moment<GoAllocator>

/// What each event of the allocator means, in both languages.
struct AllocatorNarration {
  let words: AllocatorWords
  let rules: GoAllocator.Rules

  /// The sentence of an event, given the allocator before and after it.
  func narrate(
    _ event: GoAllocator.Event, _ moment: AllocatorMoment, _ language: Language
  ) -> Narration {
    switch event {
    case .requested, .zeroSizeReturned, .sizeClassFound, .tinyPacked, .tinyBlockOpened,
      .tinyBlockKept, .mcacheAsked, .mcentralAsked, .slotReturned, .largeAllocated, .workerChanged:
      request(event, moment, language)
    case .mheapAsked, .pageCacheFilled, .pageCacheFlushed, .arenaReserved, .heapGrew,
      .regionsMapped, .pagesTaken, .runSplit, .runsMerged, .spanFreed, .pagesScavenged,
      .kernelReclaimed, .statsRead:
      heap(event, moment, language)
    case .spanMoved(let span, let spanClass, let from, let to):
      spanMoved(
        SpanMove(span: span, spanClass: spanClass, from: from, to: to), moment, language)
    case .dropped, .cycleStarted, .marked, .sweepgenRaised, .goalSet, .mcacheFlushed, .spanSwept,
      .sweepFinished:
      cycle(event, moment, language)
    }
  }

  /// A sentence with its place in the runtime's source; the notes' era may have it elsewhere.
  func say(
    _ language: Language, _ source: String, notes: String? = nil, _ en: @autoclosure () -> String,
    _ zh: @autoclosure () -> String
  ) -> Narration {
    let place = rules.isNotesEra ? notes ?? source : source
    return Narration(language == .en ? en() : zh(), source: "Go runtime/\(place)")
  }

  /// A number of things in English: `1 slot`, `4 slots`, `no slot`.
  static func count(_ number: Int, _ thing: String) -> String {
    switch number {
    case 0: "no \(thing)"
    case 1: "1 \(thing)"
    default: "\(number) \(thing)s"
    }
  }

  /// A span class in a sentence; before Go 1.9 it was the size class itself.
  func className(_ spanClass: Int, _ language: Language) -> String {
    if rules.hasNoscanSpanClasses { return "span class \(spanClass)" }
    return language == .en ? "size class \(spanClass)" : "大小规格 \(spanClass)"
  }

  /// What the request at hand asked for.
  static func request(_ moment: AllocatorMoment) -> (sizeBytes: Int, noscan: Bool) {
    guard case .malloc(let sizeBytes, let noscan, _) = moment.operation else { return (0, true) }
    return (sizeBytes, noscan)
  }
}
