import Models

/// A scenario, trace or capture ready to be watched: the same for every system.
///
/// A step is always given by its index, 0 to `stepCount` - 1.
protocol Show: AnyObject {
  var name: String { get }
  var title: Bilingual { get }
  /// The rules that the model follows, as the scenario names them.
  var rules: String { get }
  var seed: UInt64 { get }
  var stepCount: Int { get }
  var operationCount: Int { get }
  /// Whether there are more steps than a show may have; the rest is left out then.
  var isTooLong: Bool { get }
  /// The playing time at normal speed, in milliseconds.
  var duration: Int { get }
  var chapters: [(title: Bilingual, step: Int)] { get }

  func chapter(ofStep step: Int) -> Int?
  func operation(ofStep step: Int) -> (index: Int?, before: Int)
  /// The first step of the operation or remark that a step belongs to, and that of the next.
  func itemStart(ofStep step: Int) -> Int
  func nextItem(afterStep step: Int) -> Int?
  func pace(ofStep step: Int) -> Pace
  /// When a step starts, in milliseconds of playing time at normal speed.
  func time(ofStep step: Int) -> Int
  func step(atTime time: Int) -> Int
  /// What the script is made of, one after the other.
  var itemCount: Int { get }
  func item(_ index: Int) -> ShowItem
  /// Other rules under which the same script can be shown; nil where there are none.
  var rulebook: Rulebook? { get set }
  /// The first steps that differ, of all operations that do; empty where nothing is compared.
  var differences: [Int] { get }

  func record(ofStep step: Int) -> StepRecord
  /// Names of fields that do not count when steps are compared; see `Subject`.
  var arbitraryFields: Set<String> { get }
  /// The operation that a step belongs to, as a scenario writes it; nil for none.
  func what(atStep step: Int) -> String?
  /// The same without what it will lead to, for a viewer who is to say that.
  func whatUntold(atStep step: Int) -> String?
  func narration(ofStep step: Int, _ language: Language) -> Narration
  /// What a viewer may be asked before a step: what will happen in it; nil for most.
  func question(atStep step: Int) -> Question?
  /// The ways in which the stage can be drawn; see `Subject`.
  var views: [Bilingual] { get }
  /// The model's state after a step in a few comparable fields.
  func state(afterStep step: Int) -> [(name: String, value: FieldValue)]
  /// What the viewer's cursor is on; nil where the stage shows no list.
  func selection(atStep step: Int, _ look: Look) -> Int?
  /// All that the model knows at a step of something on the stage; nil where it is not there.
  func inspect(_ item: Item, atStep step: Int, _ language: Language) -> Inspection?
  /// The show that a row of that list stands for; nil where opening it is a matter of this show's
  /// look.
  func opened(_ index: Int) -> (any Show)?
  /// The scenario as a file; nil for what was captured.
  var scenario: ScenarioFile? { get }
  /// Whether there is a model that can go on differently; see `Fork`.
  var canFork: Bool { get }
  /// The point behind the operation or remark that a step belongs to; at the last step, behind
  /// everything. Nil where there is no model that could go on.
  func fork(atStep step: Int) throws(ScriptError) -> (any Fork)?
  /// The operation that lets go on what is still under way at the end; see `Subject`.
  var unfinished: Bilingual? { get }
  /// The one function that turns a step into a picture; see `FrameScene` and `ComparisonScene`.
  func frame(_ step: Int, progress: Double, _ look: Look) -> Canvas
  /// The narrowest stage in which the scene shows all that it has to show.
  var readableColumns: Int { get }
  /// The stage alone, without the frame around it.
  func drawStage(
    _ step: Int, progress: Double, in stage: Rect, of canvas: inout Canvas, look: Look)
}

extension Show {
  var arbitraryFields: Set<String> { [] }
  var unfinished: Bilingual? { nil }
  var differences: [Int] { [] }
  var scenario: ScenarioFile? { nil }
  var canFork: Bool { false }
  func fork(atStep step: Int) throws(ScriptError) -> (any Fork)? { nil }
  func whatUntold(atStep step: Int) -> String? { what(atStep: step) }
  func question(atStep step: Int) -> Question? { nil }
  func inspect(_ item: Item, atStep step: Int, _ language: Language) -> Inspection? { nil }
  func opened(_ index: Int) -> (any Show)? { nil }
}

/// A chapter, a sentence or an operation of a script, with the steps that come of it.
struct ShowItem {
  var isOperation: Bool
  /// As the scenario writes it.
  var text: String
  var steps: Range<Int>
}

/// The rules under which a script can be shown, and how that is done.
struct Rulebook {
  var names: [String]
  var open: (_ rules: String) throws(ScriptError) -> any Show
}

/// A step in words and fields, as `steps` prints it.
struct StepRecord {
  var step: Int
  var operation: Int?
  /// The operation as the scenario writes it.
  var what: String?
  var chapter: Bilingual?
  var event: String
  var fields: [(name: String, value: FieldValue)]

  /// The event's name and its fields in one line.
  var fieldsText: String { text(of: fields) }

  /// The same without what is not so, which nobody looks for.
  var searchedText: String { text(of: fields.filter { $0.value.text != "false" }) }

  private func text(of fields: [(name: String, value: FieldValue)]) -> String {
    ([event] + fields.map { "\($0.name)=\($0.value.text)" }).joined(separator: "  ")
  }
}

/// A show of one system.
final class Performance<S: Subject>: Show {
  let name: String
  let title: Bilingual
  let rules: String
  let seed: UInt64
  let subject: S
  let timeline: Timeline<S.State>
  private let origin: (any Origin<S>)?
  var rulebook: Rulebook?

  init(_ scenario: Scenario<S.State>, _ subject: S, origin: (any Origin<S>)? = nil) {
    self.origin = origin
    name = scenario.name
    title = scenario.title
    rules = scenario.rules
    seed = scenario.seed
    self.subject = subject
    timeline = Timeline(
      initial: scenario.initial, script: scenario.script, pace: subject.pace,
      briskPace: subject.briskPace)
  }

  var scenario: ScenarioFile? { origin?.scenario }
  var canFork: Bool { origin != nil }

  func fork(atStep step: Int) throws(ScriptError) -> (any Fork)? {
    let isAtEnd = timeline.nextItem(afterStep: step) == nil
    let items = isAtEnd ? timeline.script.count : timeline.item(ofStep: step) + 1
    return try origin?.fork(self, keeping: items)
  }

  var stepCount: Int { timeline.stepCount }
  var operationCount: Int { timeline.operationCount }
  var isTooLong: Bool { timeline.isTooLong }
  var duration: Int { timeline.duration }
  var chapters: [(title: Bilingual, step: Int)] { timeline.chapters.map { ($0.title, $0.step) } }

  func chapter(ofStep step: Int) -> Int? { timeline.chapter(ofStep: step) }
  func operation(ofStep step: Int) -> (index: Int?, before: Int) {
    timeline.operation(ofStep: step)
  }
  func itemStart(ofStep step: Int) -> Int { timeline.itemStart(ofStep: step) }
  func nextItem(afterStep step: Int) -> Int? { timeline.nextItem(afterStep: step) }
  func pace(ofStep step: Int) -> Pace { timeline.pace(ofStep: step) }
  func time(ofStep step: Int) -> Int { timeline.time(ofStep: step) }
  func step(atTime time: Int) -> Int { timeline.step(atTime: time) }
  var arbitraryFields: Set<String> { subject.arbitraryFields }
  var readableColumns: Int { subject.readableColumns }
  var unfinished: Bilingual? { subject.unfinished(timeline.moment(stepCount - 1).after) }
  var itemCount: Int { timeline.script.count }

  func item(_ index: Int) -> ShowItem {
    let steps = timeline.steps(ofItem: index)
    return switch timeline.script[index] {
    case .chapter(let title): ShowItem(isOperation: false, text: title.en, steps: steps)
    case .say(let text): ShowItem(isOperation: false, text: text.en, steps: steps)
    case .operation(let operation, _):
      ShowItem(isOperation: true, text: subject.describe(operation), steps: steps)
    }
  }

  func record(ofStep step: Int) -> StepRecord {
    let moment = timeline.moment(step)
    let chapter = timeline.chapter(ofStep: step).map { timeline.chapters[$0].title }
    var record = StepRecord(
      step: step, operation: moment.operationIndex,
      what: moment.operation.map(subject.describe), chapter: chapter, event: "", fields: [])
    switch moment.content {
    case .chapter: record.event = "chapter"
    case .say: record.event = "say"
    case .event(let event):
      record.event = event.name
      record.fields = subject.fields(event, moment)
    }
    return record
  }

  func what(atStep step: Int) -> String? {
    timeline.moment(step).operation.map(subject.describe)
  }

  func whatUntold(atStep step: Int) -> String? {
    timeline.moment(step).operation.map(subject.describeUntold)
  }

  func narration(ofStep step: Int, _ language: Language) -> Narration {
    if let known = told[step]?[language] { return known }
    let narration = tell(step, language)
    if told.count > Self.toldLimit { told.removeAll() }
    told[step, default: [:]][language] = narration
    return narration
  }

  /// Sentences that were asked for lately: a frame asks for those of the steps before it too.
  private var told: [Int: [Language: Narration]] = [:]
  private static var toldLimit: Int { 512 }

  private func tell(_ step: Int, _ language: Language) -> Narration {
    let moment = timeline.moment(step)
    switch moment.content {
    case .chapter:
      let number = (timeline.chapter(ofStep: step) ?? 0) + 1
      let title = timeline.chapters[number - 1].title
      let count = timeline.chapters.count
      return Narration(
        Bilingual(
          "Chapter \(number) of \(count): \(title.en).",
          "第 \(number) 章，共 \(count) 章：\(title.zh)。")[language])
    case .say(let text): return Narration(text[language])
    case .event(let event): return subject.narrate(event, moment, language)
    }
  }

  func question(atStep step: Int) -> Question? {
    guard step > 0 else { return nil }
    let moment = timeline.moment(step)
    guard let question = subject.question(moment, after: timeline.moment(step - 1)),
      !isTold(question, before: moment)
    else { return nil }
    return question
  }

  /// Whether the step before, of the same operation or the author's, names the right choice alone.
  private func isTold(_ question: Question, before moment: Moment<S.State>) -> Bool {
    let previous = timeline.moment(moment.step - 1)
    guard [nil, moment.operationIndex].contains(previous.operationIndex) else { return false }
    return Language.allCases.contains { language in
      let said = narration(ofStep: moment.step - 1, language).text
      let named = question.choices.indices.filter {
        said.contains(question.choices[$0][language])
      }
      return named == [question.right]
    }
  }

  func state(afterStep step: Int) -> [(name: String, value: FieldValue)] {
    subject.fields(of: timeline.moment(step).after)
  }

  var views: [Bilingual] { subject.views }

  func selection(atStep step: Int, _ look: Look) -> Int? {
    subject.selection(timeline.moment(step), look)
  }

  func inspect(_ item: Item, atStep step: Int, _ language: Language) -> Inspection? {
    subject.inspect(item, timeline.moment(step), language)
  }

  func opened(_ index: Int) -> (any Show)? { subject.opened(index) }

  func frame(_ step: Int, progress: Double, _ look: Look) -> Canvas {
    FrameScene(show: self, caption: subject.caption, step: step, look: look).draw {
      (stage, canvas) in
      drawStage(step, progress: progress, in: stage, of: &canvas, look: look)
    }
  }

  func drawStage(
    _ step: Int, progress: Double, in stage: Rect, of canvas: inout Canvas, look: Look
  ) {
    subject.draw(
      timeline.moment(step), progress: min(1, max(0, progress)), in: stage, of: &canvas,
      look: look)
  }
}
