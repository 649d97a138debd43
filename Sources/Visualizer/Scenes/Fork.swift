import Models

/// A point of a show behind one of its operations, from where it can go on differently.
protocol Fork {
  /// The words that may follow some words of a line; see `ScriptLanguage`.
  func candidates(after words: [String]) -> [String]
  /// A show that is the old one up to this point and then performs these lines.
  ///
  /// - Throws: `ScriptError` at the word that is not understood or cannot be done.
  func branch(_ lines: [ScenarioFile.Word], name: String) throws(ScriptError) -> any Show
}

/// Where the script of a show comes from, so that it can go on differently.
protocol Origin<Play> {
  associatedtype Play: Subject

  /// The scenario as a file; nil where the show is no scenario, such as a captured trace.
  var scenario: ScenarioFile? { get }
  /// The point behind so many items of the script.
  func fork(_ show: Performance<Play>, keeping items: Int) throws(ScriptError) -> any Fork
}

/// What of a script may be tried out at a time.
enum ForkLimits {
  /// The most operations that a viewer asks for at a time.
  static let operations = 10_000
}

/// A script in a model's language, behind operations that were captured or from a file's first line.
struct ScriptOrigin<Language: ScriptLanguage, Play: Subject>: Origin
where Language.Operation == Play.State.Operation {
  /// The language behind so many captured operations, and what else the model is to be asked before
  /// it goes on.
  typealias Resume = (Int, Timeline<Play.State>) -> (Language, [Language.Operation])

  /// The file's lines and what stands above them; nil behind captured operations.
  var scenario: ScenarioFile?
  /// What follows the captured operations.
  var entries: [ScenarioFile.Entry]
  /// How many of the script's items there are behind each entry.
  var ends: [Int]
  /// How many of the script's items were captured.
  var capturedCount = 0
  let resume: Resume
  let subject: (Language) -> Play

  /// Of a scenario file; its language before the first line.
  init(
    _ file: ScenarioFile, _ ends: [Int], start: Language, subject: @escaping (Language) -> Play
  ) {
    scenario = file
    entries = file.script
    self.ends = ends
    resume = { (_, _) in (start, []) }
    self.subject = subject
  }

  /// Of captured operations.
  init(
    captured count: Int, resume: @escaping Resume, subject: @escaping (Language) -> Play
  ) {
    entries = []
    ends = []
    capturedCount = count
    self.resume = resume
    self.subject = subject
  }

  func fork(_ show: Performance<Play>, keeping items: Int) throws(ScriptError) -> any Fork {
    var kept = self
    kept.cut(items)
    let script = show.timeline.script
    let (resumed, preface) = resume(kept.capturedCount, show.timeline)
    var language = resumed
    var start = Array(script.prefix(items))
    if kept.entries.isEmpty {
      start += preface.map { .operation($0, brisk: false) }
      kept.capturedCount += preface.count
    }
    var again: [ScriptItem<Language.Operation>] = []
    for entry in kept.entries { try language.read(entry, into: &again) }
    return ScriptFork(show: show, origin: kept, language: language, items: start)
  }

  /// Leaves out what follows so many items of the script.
  private mutating func cut(_ items: Int) {
    capturedCount = min(capturedCount, items)
    guard ends.last != items, let last = ends.firstIndex(where: { $0 >= items }) else { return }
    if items <= capturedCount {
      (entries, ends) = ([], [])
    } else {
      let before = last == 0 ? capturedCount : ends[last - 1]
      entries =
        Array(entries.prefix(last)) + [entries[last].first(items - before, of: ends[last] - before)]
      ends = Array(ends.prefix(last)) + [items]
    }
    scenario?.script = entries
  }
}

extension ScenarioFile.Entry {
  /// The entry cut to its first operations.
  fileprivate func first(_ count: Int, of all: Int) -> ScenarioFile.Entry {
    guard count < all else { return self }
    switch self {
    case .line(let line), .part(let line, _): return .part(of: line, first: count)
    case .chapter, .say: return self
    }
  }
}

/// The point behind some items of a script, with the language as it is there.
private struct ScriptFork<Language: ScriptLanguage, Play: Subject>: Fork
where Language.Operation == Play.State.Operation {
  let show: Performance<Play>
  var origin: ScriptOrigin<Language, Play>
  var language: Language
  var items: [ScriptItem<Language.Operation>]

  func candidates(after words: [String]) -> [String] { language.candidates(after: words) }

  func branch(_ lines: [ScenarioFile.Word], name: String) throws(ScriptError) -> any Show {
    var (language, items, origin) = (language, items, origin)
    for line in lines {
      let entry = ScenarioFile.Entry.line(line)
      let before = items.count
      try language.read(entry, into: &items)
      guard items.count - before <= ForkLimits.operations else {
        throw ScriptError(
          Bilingual(
            "too much at a time; ask for at most \(ForkLimits.operations) operations",
            "一次太多；最多 \(ForkLimits.operations) 个操作"), at: line)
      }
      origin.entries.append(entry)
      origin.ends.append(items.count)
    }
    origin.scenario?.script = origin.entries
    let scenario = Scenario(
      name: name, title: show.title, rules: show.rules, seed: show.seed,
      initial: show.timeline.state(before: 0), script: items)
    let branch = Performance(scenario, origin.subject(language), origin: origin)
    guard !branch.isTooLong else { throw ScriptError(.tooManySteps) }
    return branch
  }
}
