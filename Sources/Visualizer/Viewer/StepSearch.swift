/// A search through all that is said of the steps of a show: narration, operations, names, chapters.
///
/// It runs in slices, so that a show of a million steps does not keep the viewer waiting for the
/// next key, and goes round: past the last step it continues at the first.
struct StepSearch {
  let text: String
  let language: Language
  private let isBackward: Bool
  private let origin: Int
  /// Steps that have been looked through, in the direction of the search.
  private var done = 0

  /// What a slice has led to.
  enum Result: Equatable {
    case hit(Int)
    case nothing
    /// Not yet, and how many of a hundred steps have been looked through.
    case searching(percent: Int)
  }

  /// A search for the next step after one, or the last before it, of which the text is said.
  init(_ text: String, language: Language, from step: Int, backward: Bool) {
    self.text = text.lowercased()
    self.language = language
    origin = step
    isBackward = backward
  }

  /// The steps of one slice; a block of steps in order is cheap to look through, whatever the
  /// direction, as the model runs forwards only.
  private static let sliceLength = 256

  /// Looks through the next slice.
  mutating func advance(in show: any Show) -> Result {
    let count = show.stepCount
    guard done < count else { return .nothing }
    let length = min(Self.sliceLength, count - done)
    let offsets = done + 1...done + length
    let block = (isBackward ? Array(offsets.reversed()) : Array(offsets)).map { offset in
      ((isBackward ? origin - offset : origin + offset) % count + count) % count
    }
    var found: Int?
    for step in block where Self.says(show, step, text, language) {
      found = step
      if !isBackward { break }
    }
    if let found { return .hit(found) }
    done += length
    return done < count ? .searching(percent: done * 100 / count) : .nothing
  }

  /// Whether a text is part of what is said of a step.
  private static func says(
    _ show: any Show, _ step: Int, _ text: String, _ language: Language
  ) -> Bool {
    if show.narration(ofStep: step, language).text.lowercased().contains(text) { return true }
    let record = show.record(ofStep: step)
    return record.what?.lowercased().contains(text) ?? false
      || record.searchedText.lowercased().contains(text)
      || record.event == "chapter" && record.chapter?[language].lowercased().contains(text) ?? false
  }
}
