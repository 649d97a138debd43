import Models

/// What a viewer may be asked before a step: what will happen in it.
///
/// A system's questions are derived from the event of the step that follows and from the state
/// before it. The wrong choices are things that can happen there too, but do not.
struct Question: Equatable {
  var text: Bilingual
  /// Two to four, all different.
  private(set) var choices: [Bilingual]
  /// Which of them happens, from 0.
  private(set) var right: Int

  static let choiceLimit = 4

  /// A question whose choices stand in an order of their own, such as places from front to back;
  /// nil where nothing else can happen, or where one cannot be told from another.
  init?(_ text: Bilingual, inOrder choices: [Bilingual], right: Bilingual) {
    let distinct = Self.distinct(choices)
    guard (2...Self.choiceLimit).contains(distinct.count),
      let position = distinct.firstIndex(of: right)
    else { return nil }
    (self.text, self.choices, self.right) = (text, distinct, position)
  }

  /// A question whose choices have no order: the right one comes where step and content put it, the
  /// same each time.
  init?(_ text: Bilingual, right: Bilingual, wrong: [Bilingual], step: Int) {
    let others = Self.distinct([right] + wrong).dropFirst().prefix(Self.choiceLimit - 1)
    guard !others.isEmpty else { return nil }
    let content = right.en.utf8.reduce(step) { $0 + Int($1) }
    let position = content % (others.count + 1)
    var choices = Array(others)
    choices.insert(right, at: position)
    (self.text, self.choices, self.right) = (text, choices, position)
  }

  /// The first of those that read the same in one of the languages.
  private static func distinct(_ choices: [Bilingual]) -> [Bilingual] {
    var kept: [Bilingual] = []
    for choice in choices where !kept.contains(where: { $0.en == choice.en || $0.zh == choice.zh })
    {
      kept.append(choice)
    }
    return kept
  }
}
