import Models

// What a scenario asks of the allocator with `malloc`.

extension AllocatorScript {
  mutating func malloc(
    _ tokens: ScriptTokens, first limit: Int
  ) throws(ScriptError) -> ParsedLine<GoAllocator.Operation> {
    let sizeBytes = try size(tokens, 1, of: "malloc", "malloc 48", "malloc 32K")
    var count: Int?
    var noscan: Bool?
    var name: String?
    var index = 2
    while let option = tokens[index] {
      switch option {
      case "noscan" where noscan == nil: noscan = true
      case "pointers" where noscan == nil: noscan = false
      case "as" where name == nil:
        name = try newName(tokens, index + 1)
        index += 1
      case _ where option.first == "x" && count == nil:
        guard let number = Int(option.dropFirst()), number >= 1,
          number <= AllocatorLimits.objects
        else {
          throw tokens.error(
            index,
            Bilingual(
              "write how many as x1 to x\(AllocatorLimits.objects), such as x8",
              "个数请写 x1 到 x\(AllocatorLimits.objects)，如 x8"))
        }
        count = number
      default:
        throw tokens.error(index, Self.misplaced(option))
      }
      index += 1
    }
    let wanted = GoAllocator.Operation.malloc(
      sizeBytes: sizeBytes, noscan: noscan ?? true, count: count ?? 1)
    guard model.handleCount + (count ?? 1) <= AllocatorLimits.objects else {
      throw tokens.error(
        0,
        Bilingual(
          "too many objects; a script asks for at most \(AllocatorLimits.objects)",
          "对象太多；一个脚本最多申请 \(AllocatorLimits.objects) 个"))
    }
    try expect(wanted, tokens)
    let line = ParsedLine(Self.parts(sizeBytes, noscan ?? true, count ?? 1), first: limit)
    let first = model.handleCount
    for operation in line.operations { try request(operation, tokens) }
    held.append(model.handleCount - first)
    if let name { words.name(first...model.handleCount - 1, name) }
    return line
  }

  private static func misplaced(_ option: String) -> Bilingual {
    let options = ["noscan", "pointers", "as", "x8"]
    if options.contains(option) || option.first == "x" { return .excess(option) }
    let hint = Nearest.hint(option, among: options)
    return Bilingual(
      "'\(option)' is not understood here; \(hint.en)", "这里不能写“\(option)”；\(hint.zh)")
  }

  /// Requests one by one while they are few, else so many at a time that a line stays short.
  private static func parts(
    _ sizeBytes: Int, _ noscan: Bool, _ count: Int
  ) -> [GoAllocator.Operation] {
    let limit = AllocatorLimits.operationsOfALine
    let portion = (count + limit - 1) / limit
    return stride(from: 0, to: count, by: portion).map {
      .malloc(sizeBytes: sizeBytes, noscan: noscan, count: min(portion, count - $0))
    }
  }

  /// Performs requests in portions, for each of them may start a cycle.
  private mutating func request(
    _ operation: GoAllocator.Operation, _ tokens: ScriptTokens
  ) throws(ScriptError) {
    guard case .malloc(let sizeBytes, let noscan, let count) = operation else { return }
    let portion = 256
    for done in stride(from: 0, to: count, by: portion) {
      try perform(
        .malloc(sizeBytes: sizeBytes, noscan: noscan, count: min(portion, count - done)), tokens)
    }
  }

  private func newName(_ tokens: ScriptTokens, _ index: Int) throws(ScriptError) -> String {
    func isLetter(_ sign: UInt8) -> Bool {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= sign || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= sign
    }
    func continues(_ sign: UInt8) -> Bool {
      isLetter(sign) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= sign
        || sign == UInt8(ascii: "-") || sign == UInt8(ascii: "_")
    }
    guard let name = tokens[index] else {
      throw tokens.error(
        index - 1,
        Bilingual("a name belongs after 'as', such as: as cats", "“as”后面请写名字，如 as cats"))
    }
    guard name.utf8.first.map(isLetter) == true, name.utf8.allSatisfy(continues) else {
      throw tokens.error(
        index,
        Bilingual(
          "write a name of letters a to z, then digits, - or _, such as cats",
          "名字以字母 a 到 z 开头，后面可以有数字、- 和 _，如 cats"))
    }
    guard !["last", "every"].contains(name) else {
      throw tokens.error(
        index,
        Bilingual(
          "'\(name)' has a meaning after drop; write another name",
          "“\(name)”在 drop 后面另有含义；请换一个名字"))
    }
    guard name.utf8.count <= AllocatorLimits.nameBytes else {
      throw tokens.error(
        index,
        Bilingual(
          "the name is longer than \(AllocatorLimits.nameBytes) bytes",
          "名字太长，最多 \(AllocatorLimits.nameBytes) 字节"))
    }
    return name
  }

  /// A size: `48`, `32K`, `1M`, `2G`.
  func size(
    _ tokens: ScriptTokens, _ index: Int, of verb: String, _ examples: String...
  ) throws(ScriptError) -> Int {
    let example = Bilingual.choice(examples)
    guard let text = tokens[index] else {
      throw tokens.error(
        index - 1,
        Bilingual(
          "write how many bytes after '\(verb)', such as \(example.en)",
          "“\(verb)”后面请写字节数，如 \(example.zh)"))
    }
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "k": 10, "m": 20, "g": 30]
    let shift = text.last.flatMap { units[$0] } ?? 0
    let digits = shift == 0 ? Substring(text) : text.dropLast()
    if digits.first == "-" {
      throw tokens.error(
        index,
        Bilingual("a size is 0 or more; write \(example.en)", "大小不能是负数；请写 \(example.zh)"))
    }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
    else {
      throw tokens.error(
        index,
        Bilingual("'\(text)' is no size; write \(example.en)", "“\(text)”不是大小；请写 \(example.zh)"))
    }
    guard let number = Int(digits), number <= GoAllocator.heapLimitBytes >> shift else {
      let limit = AllocatorWords.size(GoAllocator.heapLimitBytes)
      throw tokens.error(
        index,
        Bilingual(
          "'\(text)' is more than the heap may hold, \(limit)", "“\(text)”超过了堆的上限 \(limit)"))
    }
    return number << shift
  }
}
