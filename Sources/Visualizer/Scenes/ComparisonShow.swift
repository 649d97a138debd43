/// Two shows that are watched as one: whatever can be done with a show can be done with both.
final class ComparisonShow: Show {
  let comparison: Comparison
  let differences: [Int]
  let chapters: [(title: Bilingual, step: Int)]
  var rulebook: Rulebook?
  /// When each step starts, in milliseconds; one more for the end.
  private let times: [Int]

  init(_ left: any Show, _ right: any Show) {
    let comparison = Comparison(left, right)
    self.comparison = comparison
    differences = comparison.differences
    chapters = left.chapters.map { ($0.title, comparison.step(ofLeft: $0.step)) }
    var times = [0]
    times.reserveCapacity(comparison.stepCount + 1)
    for step in 0..<comparison.stepCount {
      times.append((times.last ?? 0) + Self.pace(comparison, step).total)
    }
    self.times = times
  }

  private var left: any Show { comparison.left }
  private var right: any Show { comparison.right }

  /// The words by which the sides are told apart: their rules, or their names where those are one.
  var sideNames: (left: String, right: String) {
    if left.name != right.name { return (left.name, right.name) }
    if left.rules != right.rules { return (left.rules, right.rules) }
    return ("\(left.name) 1", "\(right.name) 2")
  }

  var name: String { left.name == right.name ? left.name : "\(left.name) | \(right.name)" }
  var title: Bilingual { left.title }
  var rules: String { left.rules == right.rules ? left.rules : "\(left.rules) | \(right.rules)" }
  var seed: UInt64 { left.seed }
  var stepCount: Int { comparison.stepCount }
  var operationCount: Int { comparison.pairs.count { $0.isOperation } }
  var isTooLong: Bool { left.isTooLong || right.isTooLong }
  var duration: Int { times.last ?? 0 }

  // MARK: - Where things are

  func chapter(ofStep step: Int) -> Int? { chapters.lastIndex { $0.step <= step } }

  func operation(ofStep step: Int) -> (index: Int?, before: Int) {
    let here = comparison.pair(ofStep: step)
    let before = comparison.pairs[..<here].count { $0.isOperation }
    return (comparison.pairs[here].isOperation ? before : nil, before)
  }

  func itemStart(ofStep step: Int) -> Int {
    comparison.pairs[comparison.pair(ofStep: step)].first
  }

  func nextItem(afterStep step: Int) -> Int? {
    let next = comparison.pair(ofStep: step) + 1
    return next < comparison.pairs.count ? comparison.pairs[next].first : nil
  }

  var itemCount: Int { comparison.pairs.count }

  func item(_ index: Int) -> ShowItem {
    let pair = comparison.pairs[index]
    return ShowItem(
      isOperation: pair.isOperation, text: pair.text,
      steps: pair.first..<pair.first + pair.length)
  }

  /// Both sides have the time that they need.
  private static func pace(_ comparison: Comparison, _ step: Int) -> Pace {
    let (steps, moves) = (comparison.steps(at: step), comparison.moves(at: step))
    let still = Pace(motion: 0, hold: 0)
    let one = moves.left ? comparison.left.pace(ofStep: steps.left) : still
    let other = moves.right ? comparison.right.pace(ofStep: steps.right) : still
    return Pace(motion: max(one.motion, other.motion), hold: max(one.hold, other.hold))
  }

  func pace(ofStep step: Int) -> Pace { Self.pace(comparison, step) }
  func time(ofStep step: Int) -> Int { times[min(step, stepCount)] }

  func step(atTime time: Int) -> Int {
    min(stepCount - 1, max(0, (times.firstIndex { $0 > time } ?? stepCount) - 1))
  }

  // MARK: - What is said

  /// What both sides say where it is one, else both after another.
  private func both(_ one: String, _ other: String) -> String {
    one == other ? one : "\(one) | \(other)"
  }

  private func both(
    _ one: [(name: String, value: FieldValue)], _ other: [(name: String, value: FieldValue)]
  ) -> [(name: String, value: FieldValue)] {
    let differing = Comparison.differing(one, other)
    let names = one.map(\.name) + differing.filter { name in !one.contains { $0.name == name } }
    return names.map { name in
      let values = [one, other].map { side in side.first { $0.name == name }?.value ?? .none }
      return (name, differing.contains(name) ? .texts(values.map(\.text)) : values[0])
    }
  }

  func record(ofStep step: Int) -> StepRecord {
    let steps = comparison.steps(at: step)
    let (one, other) = (left.record(ofStep: steps.left), right.record(ofStep: steps.right))
    return StepRecord(
      step: step, operation: operation(ofStep: step).index, what: what(atStep: step),
      chapter: one.chapter, event: both(one.event, other.event),
      fields: both(one.fields, other.fields))
  }

  func what(atStep step: Int) -> String? {
    let pair = comparison.pairs[comparison.pair(ofStep: step)]
    return pair.isOperation ? pair.text : nil
  }

  func narration(ofStep step: Int, _ language: Language) -> Narration {
    let steps = comparison.steps(at: step)
    return Narration(
      both(
        left.narration(ofStep: steps.left, language).text,
        right.narration(ofStep: steps.right, language).text))
  }

  func state(afterStep step: Int) -> [(name: String, value: FieldValue)] {
    let steps = comparison.steps(at: step)
    return both(
      left.state(afterStep: steps.left), right.state(afterStep: steps.right))
  }

  // MARK: - What is shown

  var readableColumns: Int { max(left.readableColumns, right.readableColumns) }
  var views: [Bilingual] { left.views.count == right.views.count ? left.views : [] }
  func selection(atStep step: Int, _ look: Look) -> Int? { nil }

  func frame(_ step: Int, progress: Double, _ look: Look) -> Canvas {
    ComparisonScene(show: self, step: step, progress: progress, look: look).draw()
  }

  func drawStage(
    _ step: Int, progress: Double, in stage: Rect, of canvas: inout Canvas, look: Look
  ) {
    ComparisonScene(show: self, step: step, progress: progress, look: look)
      .drawSides(in: stage, &canvas)
  }
}
