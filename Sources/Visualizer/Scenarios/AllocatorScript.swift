import Models

/// The language in which a scenario asks something of Go's allocator.
///
///     malloc 48                      drop cats            gc           scavenge
///     malloc 1024 x8 as cats         drop every 2 of cats gc lazy      scavenge 4M
///     malloc 32K pointers            drop cats[3]         mark start   free-os-memory
///     malloc 8 noscan as n           drop cats[3..5]      mark end     memory-pressure
///     worker 1                       drop last            sweep 3      read-mem-stats
///                                    drop 3..9            sweep all
///
/// Sizes are bytes; `K`, `M` and `G` stand for 2^10, 2^20 and 2^30. An object has no pointers
/// (`noscan`) unless the line says `pointers`. `xN` asks N times, `as` names the objects; a name
/// that is used again grows its group. Objects are counted from 0, in a group and altogether. A
/// group's name alone stands for those of it that the program still has.
///
/// The parameters of a file are `processors: 1`, `gogc: off` (or a percentage) and
/// `madvfree: false`.
///
/// The script is performed while it is read, so that whatever cannot be done is refused at its word.
struct AllocatorScript: ScriptLanguage {
  var words = AllocatorWords()
  /// The allocator before the first line.
  let start: GoAllocator

  /// The allocator behind the lines read so far.
  private(set) var model: GoAllocator
  /// One bit an object: whether the program still has it.
  var held = HeldObjects()
  private var operationCount = 0
  private var collectorWork = 0

  static let verbs = [
    "malloc", "drop", "gc", "mark", "sweep", "worker", "scavenge", "free-os-memory",
    "memory-pressure", "read-mem-stats",
  ]

  init(_ file: ScenarioFile, rules: GoAllocator.Rules) throws(ScriptError) {
    start = try Self.start(file, rules)
    model = start
  }

  /// The language behind the operations of a captured trace: the allocator goes on as they left it.
  init(resuming model: GoAllocator) {
    start = model
    self.model = model
    held = HeldObjects(of: model)
  }

  /// The operations of one line, or the first of them.
  ///
  /// - Throws: `ScriptError` at the word that is not understood or asks for what cannot be done.
  mutating func parse(
    _ line: ScenarioFile.Word, first limit: Int
  ) throws(ScriptError) -> ParsedLine<GoAllocator.Operation> {
    let tokens = ScriptTokens(line)
    guard let verb = tokens[0] else { throw tokens.error(0, .noOperation) }
    let parsed: ParsedLine<GoAllocator.Operation>
    switch verb {
    case "malloc": parsed = try malloc(tokens, first: limit)
    case "drop":
      parsed = try drop(tokens, first: limit)
      for operation in parsed.operations { model.perform(operation, observer: nil) }
    default:
      let operation = try other(verb, tokens)
      try expect(operation, tokens)
      try perform(operation, tokens)
      parsed = ParsedLine([operation], first: limit)
    }
    operationCount += parsed.operations.count
    if operationCount > AllocatorLimits.operations {
      throw tokens.error(0, .tooManyOperations(AllocatorLimits.operations))
    }
    return parsed
  }

  /// Performs an operation, keeping account of what its cycles go through.
  mutating func perform(
    _ operation: GoAllocator.Operation, _ tokens: ScriptTokens
  ) throws(ScriptError) {
    let cycles = model.cycles
    model.perform(operation, observer: nil)
    let turns: Int
    switch operation {
    case .malloc, .drop, .worker: turns = model.cycles - cycles
    default: turns = 1
    }
    guard turns > 0 else { return }
    let work = model.spansInUseCount + model.spanCount / 32 + model.pageCount / 64
    collectorWork += turns * (work + model.ps.count * model.classes.spanClassCount)
    if collectorWork > AllocatorLimits.collectorWork {
      throw tokens.error(
        0,
        Bilingual(
          "the script collects too often over too large a heap; leave some out",
          "堆太大，垃圾回收又太频繁；请减少一些操作"))
    }
  }

  // MARK: - Everything but malloc and drop

  private func other(
    _ verb: String, _ tokens: ScriptTokens
  ) throws(ScriptError) -> GoAllocator.Operation {
    var end = 1
    let operation: GoAllocator.Operation
    switch verb {
    case "gc":
      end = tokens[1] == nil ? 1 : 2
      if let word = tokens[1], word != "lazy" {
        throw tokens.error(
          1,
          Bilingual(
            "'\(word)' is not understood here; write gc or gc lazy",
            "这里不能写“\(word)”；请写 gc 或 gc lazy"))
      }
      operation = tokens[1] == nil ? .gc : .gcLazy
    case "mark":
      end = 2
      guard let word = tokens[1], word == "start" || word == "end" else {
        throw tokens.error(
          min(1, tokens.count - 1),
          Bilingual("write mark start or mark end", "请写 mark start 或 mark end"))
      }
      operation = word == "start" ? .gcStart : .gcMarkTermination
    case "sweep":
      end = 2
      operation =
        tokens[1] == "all"
        ? .finishSweep
        : .sweep(spans: try number(tokens, 1, 1...AllocatorLimits.objects, "sweep 3", "sweep all"))
    case "worker":
      end = 2
      operation = .worker(try number(tokens, 1, 0...Int.max, "worker 0"))
    case "scavenge":
      end = tokens[1] == nil ? 1 : 2
      operation = .scavenge(
        bytes: tokens[1] == nil ? nil : try size(tokens, 1, of: verb, "scavenge 4M"))
    case "free-os-memory": operation = .freeOSMemory
    case "memory-pressure":
      guard !model.rules.isNotesEra else {
        throw tokens.error(
          0,
          Bilingual(
            "memory-pressure concerns MADV_FREE, which these rules do not know; leave it out",
            "memory-pressure 与 MADV_FREE 有关，而这套规则没有 MADV_FREE；请去掉这一行"))
      }
      operation = .memoryPressure
    case "read-mem-stats": operation = .readMemStats
    default:
      throw tokens.error(0, .unknownOperation(verb, among: Self.verbs))
    }
    try tokens.expectEnd(end)
    return operation
  }

  private func number(
    _ tokens: ScriptTokens, _ index: Int, _ range: ClosedRange<Int>, _ examples: String...
  ) throws(ScriptError) -> Int {
    guard let text = tokens[index], let number = Int(text), range.contains(number) else {
      let example = Bilingual.choice(examples)
      throw tokens.error(
        min(index, tokens.count - 1),
        Bilingual("write a whole number, as in \(example.en)", "请写整数，如 \(example.zh)"))
    }
    return number
  }

  /// Refuses what the allocator cannot do as it is now.
  func expect(
    _ operation: GoAllocator.Operation, _ tokens: ScriptTokens
  ) throws(ScriptError) {
    guard let refusal = model.refusal(of: operation) else { return }
    let isOfTheVerb = if case .wrongPhase = refusal { true } else { false }
    throw tokens.error(isOfTheVerb ? 0 : 1, reason(refusal))
  }

  private func reason(_ refusal: GoAllocator.Refusal) -> Bilingual {
    switch refusal {
    case .tooLarge(_, let limit):
      let limit = AllocatorWords.size(limit)
      return Bilingual(
        "the heap would be larger than \(limit); ask for less", "堆会超过 \(limit)；请少申请一些")
    case .noSuchP(let worker, let processors):
      let last = processors - 1
      return Bilingual(
        "worker \(worker) has no P: "
          + (last == 0 ? "there is P0 alone" : "there are P0 to P\(last)")
          + "; write a lower number, or more processors: under parameters:",
        "worker \(worker) 没有对应的 P：" + (last == 0 ? "只有 P0" : "只有 P0 到 P\(last)")
          + "；请写小一点的数字，或者在 parameters: 下把 processors: 调大")
    case .wrongPhase where model.isMarking:
      return Bilingual(
        "marking is under way; write mark end before this", "正在标记；请先写 mark end")
    case .wrongPhase:
      return Bilingual(
        "nothing is being marked; write mark start before mark end",
        "没有在标记；mark end 之前请先写 mark start")
    case .negativeSize, .badCount, .neverAllocated:
      return Bilingual(
        "the allocator cannot do this; write another number", "分配器做不到；请换一个数字")
    }
  }
}
