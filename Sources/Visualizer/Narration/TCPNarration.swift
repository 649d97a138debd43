import Models

/// What each event of TCP means, in both languages.
struct TCPNarration {
  let words: TCPWords
  let rules: TCPRules

  /// The sentence of an event, given the network before and after it.
  func narrate(
    _ event: TCPEvent, _ moment: Moment<TCPNetwork>, _ language: Language
  ) -> Narration {
    Narration(event.name)
  }
}
