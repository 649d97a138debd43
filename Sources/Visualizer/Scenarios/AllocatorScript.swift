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
  private var model: GoAllocator
  private let file: String
  /// One bit an object: whether the program still has it.
  var held = HeldObjects()
  private var operationCount = 0
  private var collectorWork = 0

  static let verbs = [
    "malloc", "drop", "gc", "mark", "sweep", "worker", "scavenge", "free-os-memory",
    "memory-pressure", "read-mem-stats",
  ]

  init(_ file: ScenarioFile, rules: GoAllocator.Rules) throws(InputError) {
    self.file = file.file
    start = try Self.start(file, rules)
    model = start
  }

  /// The language behind the operations of a captured trace: the allocator goes on as they left it.
  init(resuming model: GoAllocator) {
    file = ""
    start = model
    self.model = model
    held = HeldObjects(of: model)
  }

  /// The operations of one line, or the first of them.
  ///
  /// - Throws: `InputError` at the word that is not understood or asks for what cannot be done.
  mutating func parse(
    _ line: ScenarioFile.Word, first limit: Int
  ) throws(InputError) -> ParsedLine<GoAllocator.Operation> {
    let tokens = ScriptTokens(file: file, line: line)
    guard let verb = tokens[0] else { throw tokens.error(0, "write an operation") }
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
      throw tokens.error(
        0, "too many operations; a script has at most \(AllocatorLimits.operations)")
    }
    return parsed
  }

  /// Performs an operation, keeping account of what its cycles go through.
  private mutating func perform(
    _ operation: GoAllocator.Operation, _ tokens: ScriptTokens
  ) throws(InputError) {
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
      throw tokens.error(0, "the script collects too often over too large a heap; leave some out")
    }
  }

  // MARK: - Requests

  private mutating func malloc(
    _ tokens: ScriptTokens, first limit: Int
  ) throws(InputError) -> ParsedLine<GoAllocator.Operation> {
    let sizeBytes = try size(tokens, 1, of: "malloc", "malloc 48 or malloc 32K")
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
            index, "write how many as x1 to x\(AllocatorLimits.objects), such as x8")
        }
        count = number
      default:
        let options = ["noscan", "pointers", "as", "x8"]
        throw tokens.error(
          index,
          options.contains(option) || option.first == "x"
            ? "'\(option)' is too much here"
            : "'\(option)' is not understood here; \(Nearest.hint(option, among: options))")
      }
      index += 1
    }
    let wanted = GoAllocator.Operation.malloc(
      sizeBytes: sizeBytes, noscan: noscan ?? true, count: count ?? 1)
    guard model.handleCount + (count ?? 1) <= AllocatorLimits.objects else {
      throw tokens.error(
        0, "too many objects; a script asks for at most \(AllocatorLimits.objects)")
    }
    try expect(wanted, tokens)
    let line = ParsedLine(Self.parts(sizeBytes, noscan ?? true, count ?? 1), first: limit)
    let first = model.handleCount
    for operation in line.operations { try request(operation, tokens) }
    held.append(model.handleCount - first)
    if let name { words.name(first...model.handleCount - 1, name) }
    return line
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
  ) throws(InputError) {
    guard case .malloc(let sizeBytes, let noscan, let count) = operation else { return }
    let portion = 256
    for done in stride(from: 0, to: count, by: portion) {
      try perform(
        .malloc(sizeBytes: sizeBytes, noscan: noscan, count: min(portion, count - done)), tokens)
    }
  }

  private func newName(_ tokens: ScriptTokens, _ index: Int) throws(InputError) -> String {
    func isLetter(_ sign: UInt8) -> Bool {
      UInt8(ascii: "a")...UInt8(ascii: "z") ~= sign || UInt8(ascii: "A")...UInt8(ascii: "Z") ~= sign
    }
    func continues(_ sign: UInt8) -> Bool {
      isLetter(sign) || UInt8(ascii: "0")...UInt8(ascii: "9") ~= sign
        || sign == UInt8(ascii: "-") || sign == UInt8(ascii: "_")
    }
    guard let name = tokens[index] else {
      throw tokens.error(index - 1, "a name belongs after 'as', such as: as cats")
    }
    guard name.utf8.first.map(isLetter) == true, name.utf8.allSatisfy(continues) else {
      throw tokens.error(index, "write a name of letters a to z, then digits, - or _, such as cats")
    }
    guard !["last", "every"].contains(name) else {
      throw tokens.error(index, "'\(name)' has a meaning after drop; write another name")
    }
    guard name.utf8.count <= AllocatorLimits.nameBytes else {
      throw tokens.error(index, "the name is longer than \(AllocatorLimits.nameBytes) bytes")
    }
    return name
  }

  /// A size: `48`, `32K`, `1M`, `2G`.
  private func size(
    _ tokens: ScriptTokens, _ index: Int, of verb: String, _ example: String
  ) throws(InputError) -> Int {
    guard let text = tokens[index] else {
      throw tokens.error(index - 1, "write how many bytes after '\(verb)', such as \(example)")
    }
    let units: [Character: Int] = ["K": 10, "M": 20, "G": 30, "k": 10, "m": 20, "g": 30]
    let shift = text.last.flatMap { units[$0] } ?? 0
    let digits = shift == 0 ? Substring(text) : text.dropLast()
    if digits.first == "-" { throw tokens.error(index, "a size is 0 or more; write \(example)") }
    guard !digits.isEmpty, digits.utf8.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 })
    else { throw tokens.error(index, "'\(text)' is no size; write \(example)") }
    guard let number = Int(digits), number <= GoAllocator.heapLimitBytes >> shift else {
      throw tokens.error(
        index,
        "'\(text)' is more than the heap may hold, "
          + AllocatorWords.size(GoAllocator.heapLimitBytes))
    }
    return number << shift
  }

  // MARK: - Everything but malloc and drop

  private func other(
    _ verb: String, _ tokens: ScriptTokens
  ) throws(InputError) -> GoAllocator.Operation {
    var end = 1
    let operation: GoAllocator.Operation
    switch verb {
    case "gc":
      end = tokens[1] == nil ? 1 : 2
      if let word = tokens[1], word != "lazy" {
        throw tokens.error(1, "'\(word)' is not understood here; write gc or gc lazy")
      }
      operation = tokens[1] == nil ? .gc : .gcLazy
    case "mark":
      end = 2
      guard let word = tokens[1], word == "start" || word == "end" else {
        throw tokens.error(min(1, tokens.count - 1), "write mark start or mark end")
      }
      operation = word == "start" ? .gcStart : .gcMarkTermination
    case "sweep":
      end = 2
      operation =
        tokens[1] == "all"
        ? .finishSweep
        : .sweep(spans: try number(tokens, 1, 1...AllocatorLimits.objects, "sweep 3 or sweep all"))
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
          0, "memory-pressure concerns MADV_FREE, which these rules do not know; leave it out")
      }
      operation = .memoryPressure
    case "read-mem-stats": operation = .readMemStats
    default:
      throw tokens.error(
        0, "unknown operation '\(verb)'; \(Nearest.hint(verb, among: Self.verbs))")
    }
    try tokens.expectEnd(end)
    return operation
  }

  private func number(
    _ tokens: ScriptTokens, _ index: Int, _ range: ClosedRange<Int>, _ example: String
  ) throws(InputError) -> Int {
    guard let text = tokens[index], let number = Int(text), range.contains(number) else {
      throw tokens.error(min(index, tokens.count - 1), "write a whole number, as in \(example)")
    }
    return number
  }

  /// Refuses what the allocator cannot do as it is now.
  private func expect(
    _ operation: GoAllocator.Operation, _ tokens: ScriptTokens
  ) throws(InputError) {
    switch model.refusal(of: operation) {
    case nil: return
    case .tooLarge(_, let limit):
      throw tokens.error(
        1, "the heap would be larger than \(AllocatorWords.size(limit)); ask for less")
    case .noSuchP(let worker, let processors):
      let known =
        processors == 1 ? "there is P0 alone" : "there are P0 to P\(processors - 1)"
      throw tokens.error(
        1,
        "worker \(worker) has no P: \(known); write a lower number, or more processors: "
          + "under parameters:")
    case .wrongPhase:
      if model.isMarking {
        throw tokens.error(0, "marking is under way; write mark end before this")
      }
      throw tokens.error(0, "nothing is being marked; write mark start before mark end")
    case .negativeSize, .badCount, .neverAllocated:
      throw tokens.error(1, "the allocator cannot do this; write another number")
    }
  }
}
