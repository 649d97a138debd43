import Models

/// Which objects the program still has: a bit each.
struct HeldObjects {
  private var words: [UInt64] = []
  /// How many objects there were.
  private(set) var count = 0
  /// No object at or above this handle is held.
  private var end = 0
  /// How many objects have been looked at so far; see `AllocatorLimits.looks`.
  private(set) var looks = 0

  /// More objects, all of them held.
  mutating func append(_ more: Int) {
    for handle in count..<count + more {
      if handle & 63 == 0 { words.append(0) }
      words[handle >> 6] |= 1 << UInt64(handle & 63)
    }
    count += more
    end = count
  }

  /// The objects of a model that the program still has.
  init(of model: GoAllocator) {
    append(model.handleCount)
    for handle in 0..<model.handleCount where !model.isReferenced(handle) { remove(handle) }
  }

  init() {}

  /// Takes account of looking through something else.
  mutating func look(_ times: Int) { looks += times }

  /// Whether the program still has an object.
  mutating func contains(_ handle: Int) -> Bool {
    looks += 1
    return words[handle >> 6] >> UInt64(handle & 63) & 1 == 1
  }

  /// The program forgets an object.
  mutating func remove(_ handle: Int) {
    words[handle >> 6] &= ~(1 << UInt64(handle & 63))
  }

  /// The youngest ones, oldest first; fewer if there are no more.
  mutating func last(_ wanted: Int) -> [Int] {
    var handles: [Int] = []
    while end > 0, !contains(end - 1) { end -= 1 }
    var handle = end
    while handle > 0, handles.count < wanted {
      handle -= 1
      if contains(handle) { handles.append(handle) }
    }
    return handles.reversed()
  }
}

// Which objects a drop means.

extension AllocatorScript {
  /// The operations of `drop` and what follows.
  mutating func drop(
    _ tokens: ScriptTokens, first limit: Int
  ) throws(InputError) -> ParsedLine<GoAllocator.Operation> {
    let forms = "drop cats, drop every 2 of cats, drop cats[3..5], drop last or drop 3..9"
    guard let first = tokens[1] else { throw tokens.error(0, "write what to drop: \(forms)") }
    var handles: [Int]
    var end = 2
    if first == "every" {
      guard let text = tokens[2], let step = Int(text), 2...AllocatorLimits.objects ~= step else {
        throw tokens.error(min(2, tokens.count - 1), "write every 2 of cats, with 2 or more")
      }
      guard tokens[3] == "of", tokens[4] != nil else {
        throw tokens.error(min(3, tokens.count - 1), "write every \(step) of cats")
      }
      let all = try selection(tokens, 4)
      handles = stride(from: 0, to: all.count, by: step).map { all[$0] }
      end = 5
    } else if first == "last" {
      var wanted = 1
      if let text = tokens[2] {
        guard let number = Int(text), 1...AllocatorLimits.objects ~= number else {
          throw tokens.error(2, "write drop last, or how many, such as drop last 3")
        }
        (wanted, end) = (number, 3)
      }
      handles = held.last(wanted)
      if handles.count < wanted {
        throw tokens.error(
          end - 1, handles.isEmpty ? "there is no object to drop" : "only \(handles.count) are left"
        )
      }
    } else {
      handles = try selection(tokens, 1)
    }
    try tokens.expectEnd(end)
    let line = ParsedLine(Self.progressions(handles), first: limit)
    if line.operations.count < line.count { handles = line.operations.flatMap(Self.handles) }
    for handle in handles {
      guard held.contains(handle) else {
        throw tokens.error(end - 1, "\(words.object(handle, .en)) was already dropped")
      }
      held.remove(handle)
    }
    guard held.looks <= AllocatorLimits.looks else {
      throw tokens.error(0, "the script's drops look through too many objects; leave some out")
    }
    return line
  }

  /// The objects that a drop forgets.
  private static func handles(_ operation: GoAllocator.Operation) -> [Int] {
    guard case .drop(let first, let last, let step) = operation else { return [] }
    return Array(stride(from: first, through: last, by: step))
  }

  /// The objects that a name, a number or a range stands for.
  private mutating func selection(
    _ tokens: ScriptTokens, _ index: Int
  ) throws(InputError) -> [Int] {
    guard let text = tokens[index] else { return [] }
    if let sign = text.utf8.first, sign == UInt8(ascii: "-") || 48...57 ~= sign {
      return try range(text, of: held.count, tokens, index).map { $0 }
    }
    let name = text.prefix { $0 != "[" }
    guard let runs = words.handles(of: String(name)) else {
      let known = words.names
      throw tokens.error(
        index,
        "nothing called '\(name)' was allocated; "
          + (known.isEmpty
            ? "write malloc ... as \(name) before"
            : Nearest.hint(String(name), among: Array(known.prefix(20)))))
    }
    if name.count == text.count {
      let handles = runs.flatMap { $0.filter { held.contains($0) } }
      if handles.isEmpty { throw tokens.error(index, "all of \(name) were already dropped") }
      return handles
    }
    guard text.last == "]" else { throw tokens.error(index, "write \(name)[3] or \(name)[3..5]") }
    let inner = String(text.dropFirst(name.count + 1).dropLast())
    let count = runs.reduce(0) { $0 + $1.count }
    held.look(runs.count)
    return Self.pick(try range(inner, of: count, tokens, index), from: runs)
  }

  /// The objects of a group by their numbers within it.
  private static func pick(
    _ numbers: ClosedRange<Int>, from runs: [ClosedRange<Int>]
  ) -> [Int] {
    var handles: [Int] = []
    var passed = 0
    for run in runs where passed <= numbers.upperBound {
      let wanted = (numbers.lowerBound - passed...numbers.upperBound - passed)
        .clamped(to: 0...run.count - 1)
      if numbers.lowerBound < passed + run.count {
        handles += wanted.map { run.lowerBound + $0 }
      }
      passed += run.count
    }
    return handles
  }

  /// `3` or `3..9`, counted from 0, below a number.
  private func range(
    _ text: String, of count: Int, _ tokens: ScriptTokens, _ index: Int
  ) throws(InputError) -> ClosedRange<Int> {
    let dots = text.firstRange(of: "..")
    let first = dots.map { text[..<$0.lowerBound] } ?? text[...]
    let last = dots.map { text[$0.upperBound...] } ?? text[...]
    guard let low = Int(first), let high = Int(last), low <= high else {
      throw tokens.error(index, "write one number, or two with the smaller first, as in 3..9")
    }
    guard low >= 0, high < count else {
      throw tokens.error(
        index,
        "number \(low < 0 ? low : max(low, count)) was never allocated; "
          + (count == 0 ? "nothing was so far" : "they are counted from 0 to \(count - 1)"))
    }
    return low...high
  }

  /// Ascending handles as few runs of equal steps.
  private static func progressions(_ handles: [Int]) -> [GoAllocator.Operation] {
    var operations: [GoAllocator.Operation] = []
    var index = 0
    while index < handles.count {
      var end = index
      var step = 1
      if index + 1 < handles.count {
        step = handles[index + 1] - handles[index]
        end = index + 1
        while end + 1 < handles.count, handles[end + 1] - handles[end] == step { end += 1 }
      }
      operations.append(.drop(first: handles[index], last: handles[end], step: step))
      index = end + 1
    }
    return operations
  }
}
