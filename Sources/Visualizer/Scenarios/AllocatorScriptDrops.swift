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
  ) throws(ScriptError) -> ParsedLine<GoAllocator.Operation> {
    guard let first = tokens[1] else {
      let forms = Bilingual.choice(
        ["drop cats", "drop every 2 of cats", "drop cats[3..5]", "drop last", "drop 3..9"])
      throw tokens.error(
        0, Bilingual("write what to drop: \(forms.en)", "请写丢弃哪些对象：\(forms.zh)"))
    }
    var handles: [Int]
    var end = 2
    if first == "every" {
      guard let text = tokens[2], let step = Int(text), 2...AllocatorLimits.objects ~= step else {
        throw tokens.error(
          min(2, tokens.count - 1),
          Bilingual("write every 2 of cats, with 2 or more", "请写 every 2 of cats，数字至少是 2"))
      }
      guard tokens[3] == "of", tokens[4] != nil else {
        throw tokens.error(
          min(3, tokens.count - 1),
          Bilingual("write every \(step) of cats", "请写 every \(step) of cats"))
      }
      let all = try selection(tokens, 4)
      handles = stride(from: 0, to: all.count, by: step).map { all[$0] }
      end = 5
    } else if first == "last" {
      var wanted = 1
      if let text = tokens[2] {
        guard let number = Int(text), 1...AllocatorLimits.objects ~= number else {
          throw tokens.error(
            2,
            Bilingual(
              "write drop last, or how many, such as drop last 3",
              "请写 drop last，也可以写个数，如 drop last 3"))
        }
        (wanted, end) = (number, 3)
      }
      handles = held.last(wanted)
      if handles.count < wanted {
        throw tokens.error(
          end - 1,
          handles.isEmpty
            ? Bilingual("there is no object to drop", "没有可以丢弃的对象")
            : Bilingual("only \(handles.count) are left", "只剩 \(handles.count) 个"))
      }
    } else {
      handles = try selection(tokens, 1)
    }
    try tokens.expectEnd(end)
    let line = ParsedLine(Self.progressions(handles), first: limit)
    if line.operations.count < line.count { handles = line.operations.flatMap(Self.handles) }
    for handle in handles {
      guard held.contains(handle) else {
        throw tokens.error(
          end - 1,
          Bilingual(
            "\(words.object(handle, .en)) was already dropped",
            "\(words.object(handle, .zh)) 已经丢弃过了"))
      }
      held.remove(handle)
    }
    guard held.looks <= AllocatorLimits.looks else {
      throw tokens.error(
        0,
        Bilingual(
          "the script's drops look through too many objects; leave some out",
          "drop 要查找的对象太多；请减少一些"))
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
  ) throws(ScriptError) -> [Int] {
    guard let text = tokens[index] else { return [] }
    if let sign = text.utf8.first, sign == UInt8(ascii: "-") || 48...57 ~= sign {
      return try range(text, of: held.count, tokens, index).map { $0 }
    }
    let name = text.prefix { $0 != "[" }
    guard let runs = words.handles(of: String(name)) else {
      let known = words.names
      let hint =
        known.isEmpty
        ? Bilingual("write malloc ... as \(name) before", "请先写 malloc ... as \(name)")
        : Nearest.hint(String(name), among: Array(known.prefix(20)))
      throw tokens.error(
        index,
        Bilingual(
          "nothing called '\(name)' was allocated; \(hint.en)", "没有申请过叫“\(name)”的对象；\(hint.zh)"))
    }
    if name.count == text.count {
      let handles = runs.flatMap { $0.filter { held.contains($0) } }
      if handles.isEmpty {
        throw tokens.error(
          index, Bilingual("all of \(name) were already dropped", "\(name) 已经全部丢弃"))
      }
      return handles
    }
    guard text.last == "]" else {
      throw tokens.error(
        index,
        Bilingual("write \(name)[3] or \(name)[3..5]", "请写 \(name)[3] 或 \(name)[3..5]"))
    }
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
  ) throws(ScriptError) -> ClosedRange<Int> {
    let dots = text.firstRange(of: "..")
    let first = dots.map { text[..<$0.lowerBound] } ?? text[...]
    let last = dots.map { text[$0.upperBound...] } ?? text[...]
    guard let low = Int(first), let high = Int(last), low <= high else {
      throw tokens.error(
        index,
        Bilingual(
          "write one number, or two with the smaller first, as in 3..9",
          "请写一个数字，或者两个数字，小的在前，如 3..9"))
    }
    guard low >= 0, high < count else {
      throw tokens.error(
        index, Self.neverAllocated(low < 0 ? low : max(low, count), of: count))
    }
    return low...high
  }

  private static func neverAllocated(_ number: Int, of count: Int) -> Bilingual {
    Bilingual(
      "number \(number) was never allocated; "
        + (count == 0 ? "nothing was so far" : "they are counted from 0 to \(count - 1)"),
      "没有申请过 \(number) 号对象；"
        + (count == 0 ? "到目前为止还没有对象" : "编号是 0 到 \(count - 1)"))
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
