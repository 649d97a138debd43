import Models

/// How long a timeline may be.
enum TimelineLimits {
  /// The largest number of steps.
  static let steps = 50_000_000
}

/// The steps of a scenario in order, and random access to each of them.
///
/// The operations are performed once to count their steps. Afterwards any step is reached by
/// re-running from the nearest checkpoint, without an observer up to the step's own operation.
/// Checkpoints are thinned out so that they stay within a fixed amount of memory.
///
/// A class, because looking at a step moves a cursor that makes the next look cheap.
final class Timeline<State: Model> {
  /// A chapter: where it begins and what it is called.
  struct Chapter {
    var title: Bilingual
    var step: Int
  }

  let script: [ScriptItem<State.Operation>]
  private(set) var stepCount = 0
  /// Whether the script makes more steps than a timeline may have; the rest is left out then.
  private(set) var isTooLong = false
  /// The whole playing time at normal speed, in milliseconds.
  private(set) var duration = 0
  private(set) var chapters: [Chapter] = []
  private(set) var operationCount = 0

  private let pace: (State.Event) -> Pace
  private let briskPace: (State.Event) -> Pace
  /// The first step of each script item.
  private var firstSteps: [UInt32] = []
  /// When each script item starts, in milliseconds.
  private var startTimes: [Int] = []
  /// The script items that are no operations, ascending.
  private var remarks: [Int] = []

  private var checkpoints: [Checkpoint] = []
  private var checkpointBytes = 0
  private var checkpointSpacing = 64
  /// The state before the script item that was looked at last.
  private var cursor: Checkpoint
  private var window: Window?

  /// The state before a script item.
  private struct Checkpoint {
    var item: Int
    var state: State
  }

  /// Some moments of one script item next to each other.
  private struct Window {
    var item: Int
    /// The index of the first moment within the item.
    var first: Int
    var moments: [Moment<State>]
    /// When each step of the item starts, in milliseconds after the item; one more for its end.
    var times: [UInt32]
  }

  /// How many bytes checkpoints may come to hold, each besides the one before it.
  private static var checkpointBudget: Int { 160 << 20 }
  private static var checkpointLimit: Int { 512 }
  /// How many moments of one item are kept at a time: few where one leaps to, more and more of a
  /// long item where one walks, so that walking it does not perform it too often.
  private func windowLength(ofItem item: Int, at index: Int) -> Int {
    let shortest = 256
    guard let window, window.item == item,
      (window.first - 1...window.first + window.moments.count).contains(index)
    else { return shortest }
    return max(shortest, min(8192, stepCount(ofItem: item) / 8, 2 * window.moments.count))
  }
  /// How many of the events before and after it a moment carries.
  private static var neighbours: Int { 16 }

  /// Performs the script once, counting its steps.
  ///
  /// - Complexity: O(events), at the bare model's speed.
  init(
    initial: State, script: [ScriptItem<State.Operation>],
    pace: @escaping (State.Event) -> Pace, briskPace: @escaping (State.Event) -> Pace
  ) {
    self.script = script
    self.pace = pace
    self.briskPace = briskPace
    cursor = Checkpoint(item: 0, state: initial)
    checkpoints = [cursor]
    checkpointBytes = initial.footprint
    var state = initial
    var steps = 0
    var time = 0
    var lastCheckpoint = 0
    firstSteps.reserveCapacity(script.count)
    startTimes.reserveCapacity(script.count)
    let listener = LongWork.listener
    for (index, item) in script.enumerated() {
      if let listener, index % 16 == 0 {
        LongWork.report(.performing, index, of: script.count, to: listener)
      }
      if steps - lastCheckpoint >= checkpointSpacing {
        lastCheckpoint = steps
        addCheckpoint(Checkpoint(item: index, state: state))
      }
      if steps > TimelineLimits.steps {
        isTooLong = true
        break
      }
      firstSteps.append(UInt32(steps))
      startTimes.append(time)
      switch item {
      case .chapter(let title):
        chapters.append(Chapter(title: title, step: steps))
        remarks.append(index)
        steps += 1
        time += Pace.chapter.total
      case .say(let text):
        remarks.append(index)
        steps += 1
        time += Pace.say(text).total
      case .operation(let operation, let brisk):
        operationCount += 1
        state.perform(operation) { event, _ in
          steps += 1
          time += (brisk ? briskPace(event) : pace(event)).total
        }
      }
    }
    stepCount = steps
    duration = time
  }

  private func addCheckpoint(_ checkpoint: Checkpoint) {
    checkpoints.append(checkpoint)
    checkpointBytes += bytes(ofCheckpoint: checkpoints.count - 1)
    while checkpointBytes > Self.checkpointBudget || checkpoints.count > Self.checkpointLimit,
      checkpoints.count > 2
    {
      checkpoints = checkpoints.indices.filter { $0 % 2 == 0 }.map { checkpoints[$0] }
      checkpointBytes = checkpoints.indices.reduce(0) { $0 + bytes(ofCheckpoint: $1) }
      checkpointSpacing *= 2
    }
  }

  /// What a checkpoint takes besides the one before it.
  private func bytes(ofCheckpoint index: Int) -> Int {
    let state = checkpoints[index].state
    return index == 0 ? state.footprint : state.footprint(besides: checkpoints[index - 1].state)
  }

  // MARK: - Where things are

  /// The moment of a step, 0 to `stepCount` - 1.
  ///
  /// - Complexity: that of re-running at most one checkpoint's distance; O(1) for a step near the
  ///   last one looked at.
  func moment(_ step: Int) -> Moment<State> {
    let item = item(ofStep: step)
    let index = step - Int(firstSteps[item])
    if let window, window.item == item, index >= window.first,
      index < window.first + window.moments.count
    {
      return window.moments[index - window.first]
    }
    let fresh = look(at: item, around: index)
    window = fresh
    return fresh.moments[index - fresh.first]
  }

  /// When a step starts, in milliseconds of playing time at normal speed.
  func time(ofStep step: Int) -> Int {
    guard step < stepCount else { return duration }
    _ = moment(step)
    let item = item(ofStep: step)
    return startTimes[item] + Int(window?.times[step - Int(firstSteps[item])] ?? 0)
  }

  /// How long a step takes.
  func pace(ofStep step: Int) -> Pace {
    switch moment(step).content {
    case .chapter: .chapter
    case .say(let text): .say(text)
    case .event(let event): isBrisk(item(ofStep: step)) ? briskPace(event) : pace(event)
    }
  }

  /// The step that is playing at a time.
  func step(atTime time: Int) -> Int {
    let last = stepCount - 1
    guard time < duration else { return last }
    let item = max(0, partition(startTimes) { $0 <= time } - 1)
    let first = Int(firstSteps[item])
    guard stepCount(ofItem: item) > 0 else { return min(first, last) }
    _ = moment(first)
    let times = window?.times ?? []
    let within = UInt32(max(0, time - startTimes[item]))
    return first + max(0, min(partition(times) { $0 <= within }, times.count - 1) - 1)
  }

  /// The chapter that a step belongs to; nil before the first.
  func chapter(ofStep step: Int) -> Int? {
    let count = partition(chapters) { $0.step <= step }
    return count > 0 ? count - 1 : nil
  }

  /// The index of the operation that a step belongs to, and how many operations came before it.
  func operation(ofStep step: Int) -> (index: Int?, before: Int) {
    let item = item(ofStep: step)
    let before = item - partition(remarks) { $0 < item }
    if case .operation = script[item] { return (before, before) }
    return (nil, before)
  }

  /// The first step of the script's item after the one that a step belongs to; nil at the end.
  func nextItem(afterStep step: Int) -> Int? {
    var item = item(ofStep: step) + 1
    while item < script.count, stepCount(ofItem: item) == 0 { item += 1 }
    return item < script.count ? Int(firstSteps[item]) : nil
  }

  /// The first step of the script's item that a step belongs to.
  func itemStart(ofStep step: Int) -> Int { Int(firstSteps[item(ofStep: step)]) }

  /// The steps of one of the script's items; none where an operation reports nothing.
  func steps(ofItem item: Int) -> Range<Int> {
    guard item < firstSteps.count else { return stepCount..<stepCount }
    let first = Int(firstSteps[item])
    return first..<first + stepCount(ofItem: item)
  }

  /// The index of the script's item that a step belongs to.
  func item(ofStep step: Int) -> Int {
    var item = partition(firstSteps) { $0 <= UInt32(step) } - 1
    while item > 0, stepCount(ofItem: item) == 0 { item -= 1 }
    return item
  }

  private func isBrisk(_ item: Int) -> Bool {
    if case .operation(_, let brisk) = script[item] { brisk } else { false }
  }

  private func stepCount(ofItem item: Int) -> Int {
    (item + 1 < firstSteps.count ? Int(firstSteps[item + 1]) : stepCount) - Int(firstSteps[item])
  }

  /// How many elements at the front fulfil the condition; it must hold for a prefix only.
  private func partition<Element>(
    _ elements: [Element], _ belongs: (Element) -> Bool
  ) -> Int {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      if belongs(elements[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  // MARK: - Re-running

  /// The state before a script item.
  func state(before item: Int) -> State {
    let nearest = checkpoints[partition(checkpoints) { $0.item <= item } - 1]
    var start = cursor.item <= item && cursor.item > nearest.item ? cursor : nearest
    while start.item < item {
      if case .operation(let operation, _) = script[start.item] {
        start.state.perform(operation, observer: nil)
      }
      start.item += 1
    }
    cursor = start
    return start.state
  }

  /// Performs one item and keeps the moments around one of its steps.
  private func look(at item: Int, around index: Int) -> Window {
    let start = state(before: item)
    func remark(_ content: Moment<State>.Content, _ pace: Pace) -> Window {
      let moment = Moment(
        step: Int(firstSteps[item]), content: content, before: start, after: start)
      return Window(item: item, first: 0, moments: [moment], times: [0, UInt32(pace.total)])
    }
    switch script[item] {
    case .chapter(let title): return remark(.chapter(title), .chapter)
    case .say(let text): return remark(.say(text), .say(text))
    case .operation(let operation, _):
      return perform(operation, of: item, from: start, around: index)
    }
  }

  private func perform(
    _ operation: State.Operation, of item: Int, from start: State, around index: Int
  ) -> Window {
    let length = windowLength(ofItem: item, at: index)
    let first = max(0, index - length / 4)
    let eventsFrom = max(0, first - Self.neighbours)
    let end = first + length
    let operationIndex = item - partition(remarks) { $0 < item }
    var moments: [Moment<State>] = []
    var events: [State.Event] = []
    var times: [UInt32] = [0]
    var state = start
    var before = start
    var count = 0
    let brisk = isBrisk(item)
    state.perform(operation) { [pace, briskPace] event, now in
      let pace = brisk ? briskPace(event) : pace(event)
      times.append((times.last ?? 0) + UInt32(pace.total))
      if count >= eventsFrom, count < end + Self.neighbours { events.append(event) }
      if count == first - 1 { before = copy now }
      if count >= first, count < end {
        let after = copy now
        moments.append(
          Moment(
            step: Int(self.firstSteps[item]) + count, content: .event(event), operation: operation,
            operationIndex: operationIndex, before: before, after: after))
        before = after
      }
      count += 1
    }
    for position in moments.indices {
      let here = position + first - eventsFrom
      moments[position].recent = events[max(0, here - Self.neighbours)..<here]
      moments[position].upcoming =
        events[
          min(here + 1, events.count)..<min(here + 1 + Self.neighbours, events.count)]
    }
    cursor = Checkpoint(item: item + 1, state: state)
    return Window(item: item, first: first, moments: moments, times: times)
  }

}
