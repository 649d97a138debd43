/// Two shows beside each other: which steps belong together, and where they differ.
///
/// Items of the two scripts that ask the same are a pair; what only one side asks stands alone while
/// the other side stays where it is. Within a pair the k-th step of one side is shown with the k-th
/// of the other, and the shorter side stays at its end.
struct Comparison {
  /// What the two sides do with one item of the scripts.
  struct Pair {
    var isOperation: Bool
    var text: String
    /// The steps of each side; empty where it has none, at the place that they would have.
    var left: Range<Int>
    var right: Range<Int>
    /// Whether both scripts have the item.
    var isShared: Bool
    /// The first of the comparison's own steps.
    var first: Int
    var difference: Difference?

    var length: Int { max(left.count, right.count) }
  }

  /// In what the sides differ first, within a pair.
  enum Difference: Equatable {
    /// Only one side has the operation.
    case oneSided
    /// The events of this step of the pair, by name or in a field, or only one side has one.
    case event(Int)
    /// All events are alike; these fields of the state that results are not.
    case state([String])
  }

  let left: any Show
  let right: any Show
  private(set) var pairs: [Pair] = []
  private(set) var stepCount = 0

  /// Aligns two shows and looks for all differences.
  ///
  /// - Complexity: O(steps), as each step of both sides is performed and described once.
  init(_ left: any Show, _ right: any Show) {
    (self.left, self.right) = (left, right)
    for (leftItem, rightItem) in Self.align(Self.items(left), Self.items(right)) {
      append(leftItem, rightItem)
    }
    findDifferences()
  }

  private mutating func append(_ leftItem: ShowItem?, _ rightItem: ShowItem?) {
    guard let item = leftItem ?? rightItem else { return }
    let places = (pairs.last?.left.upperBound ?? 0, pairs.last?.right.upperBound ?? 0)
    let pair = Pair(
      isOperation: item.isOperation, text: item.text,
      left: leftItem?.steps ?? places.0..<places.0, right: rightItem?.steps ?? places.1..<places.1,
      isShared: leftItem != nil && rightItem != nil, first: stepCount)
    guard pair.length > 0 else { return }
    pairs.append(pair)
    stepCount += pair.length
  }

  // MARK: - Alignment

  private static func items(_ show: any Show) -> [ShowItem] {
    (0..<show.itemCount).map(show.item)
  }

  /// The longest middle part of two scripts in which common items are looked for; beyond that one
  /// goes beside the other in order.
  private static let searchLimit = 2_000

  /// Which items belong together: the most that can without changing an order.
  private static func align(
    _ left: [ShowItem], _ right: [ShowItem]
  ) -> [(ShowItem?, ShowItem?)] {
    func isSame(_ a: ShowItem, _ b: ShowItem) -> Bool {
      a.isOperation == b.isOperation && a.text == b.text
    }
    let start = zip(left, right).prefix { isSame($0, $1) }.count
    let end = min(
      zip(left.reversed(), right.reversed()).prefix { isSame($0, $1) }.count,
      min(left.count, right.count) - start)
    let middle = (left[start..<left.count - end], right[start..<right.count - end])
    var pairs: [(ShowItem?, ShowItem?)] = zip(left, right).prefix(start).map { ($0, $1) }
    if max(middle.0.count, middle.1.count) <= searchLimit {
      let changes = middle.1.difference(from: middle.0, by: isSame)
      let removed = Set(changes.removals.map(offset))
      let inserted = Set(changes.insertions.map(offset))
      var (i, j) = (0, 0)
      while i < middle.0.count || j < middle.1.count {
        if i < middle.0.count, removed.contains(i) {
          pairs.append((middle.0[start + i], nil))
          i += 1
        } else if j < middle.1.count, inserted.contains(j) {
          pairs.append((nil, middle.1[start + j]))
          j += 1
        } else {
          pairs.append((middle.0[start + i], middle.1[start + j]))
          (i, j) = (i + 1, j + 1)
        }
      }
    } else {
      for index in start..<start + max(middle.0.count, middle.1.count) {
        let one = index < middle.0.endIndex ? middle.0[index] : nil
        let other = index < middle.1.endIndex ? middle.1[index] : nil
        if let one, let other, isSame(one, other) {
          pairs.append((one, other))
        } else {
          pairs += [(one, nil), (nil, other)]
        }
      }
    }
    return pairs + zip(left.suffix(end), right.suffix(end)).map { ($0, $1) }
  }

  private static func offset(_ change: CollectionDifference<ShowItem>.Change) -> Int {
    switch change {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }

  // MARK: - Differences

  /// An operation differs where its events do, or where states that were alike before it no longer
  /// are: what one difference leads to is not told again and again.
  private mutating func findDifferences() {
    var areAlike = true
    for index in pairs.indices where pairs[index].isOperation {
      let pair = pairs[index]
      let fields = differingFields(pair)
      if !pair.isShared {
        pairs[index].difference = .oneSided
      } else if let offset = firstDifferingEvent(pair) {
        pairs[index].difference = .event(offset)
      } else if areAlike, !fields.isEmpty {
        pairs[index].difference = .state(fields)
      }
      areAlike = fields.isEmpty
    }
  }

  private func firstDifferingEvent(_ pair: Pair) -> Int? {
    (0..<pair.length).first { offset in
      guard offset < pair.left.count, offset < pair.right.count else { return true }
      let one = left.record(ofStep: pair.left.lowerBound + offset)
      let other = right.record(ofStep: pair.right.lowerBound + offset)
      return one.event != other.event || !differing(one, other).isEmpty
    }
  }

  /// The names of the state's fields that differ once the pair is done.
  private func differingFields(_ pair: Pair) -> [String] {
    let one = left.state(afterStep: max(0, pair.left.upperBound - 1))
    let other = right.state(afterStep: max(0, pair.right.upperBound - 1))
    return Self.differing(one, other)
  }

  /// The names of the fields in which two events differ.
  func differing(_ one: StepRecord, _ other: StepRecord) -> [String] {
    Self.differing(one.fields, other.fields).filter {
      !left.arbitraryFields.contains($0) && !right.arbitraryFields.contains($0)
    }
  }

  /// The names of fields of which the two sides hold different values, or which only one has.
  static func differing(
    _ left: [(name: String, value: FieldValue)], _ right: [(name: String, value: FieldValue)]
  ) -> [String] {
    let names =
      left.map(\.name)
      + right.map(\.name).filter { name in
        !left.contains { $0.name == name }
      }
    return names.filter { name in
      left.first { $0.name == name }?.value != right.first { $0.name == name }?.value
    }
  }

  // MARK: - Steps

  /// The index of the pair that a step of the comparison belongs to.
  func pair(ofStep step: Int) -> Int {
    var (low, high) = (0, pairs.count)
    while low < high {
      let middle = (low + high) / 2
      if pairs[middle].first <= step { low = middle + 1 } else { high = middle }
    }
    return max(0, low - 1)
  }

  /// The step of each side that is shown at a step of the comparison.
  func steps(at step: Int) -> (left: Int, right: Int) {
    let pair = pairs[pair(ofStep: step)]
    let offset = step - pair.first
    func shown(_ steps: Range<Int>) -> Int {
      max(0, min(steps.lowerBound + offset, steps.upperBound - 1))
    }
    return (shown(pair.left), shown(pair.right))
  }

  /// Whether a side has a step of its own there, rather than staying at its last one.
  func moves(at step: Int) -> (left: Bool, right: Bool) {
    let pair = pairs[pair(ofStep: step)]
    let offset = step - pair.first
    return (offset < pair.left.count, offset < pair.right.count)
  }

  /// The step of the comparison at which a step of the left side is shown.
  func step(ofLeft step: Int) -> Int {
    guard let pair = pairs.first(where: { $0.left.contains(step) }) else { return 0 }
    return pair.first + step - pair.left.lowerBound
  }

  /// Where operations differ: their first step that does.
  var differences: [Int] {
    pairs.compactMap { pair in
      switch pair.difference {
      case nil: nil
      case .oneSided: pair.first
      case .event(let offset): pair.first + offset
      case .state: pair.first + pair.length - 1
      }
    }
  }
}
