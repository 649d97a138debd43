import Models

/// What each event of the allocator means, in both languages.
struct AllocatorNarration {
  let words: AllocatorWords
  let rules: GoAllocator.Rules

  /// The sentence of an event, given the allocator before and after it.
  func narrate(
    _ event: GoAllocator.Event, _ moment: Moment<GoAllocator>, _ language: Language
  ) -> Narration {
    Narration(event.name)
  }
}
