internal import Glibc
internal import Testing

/// What goes over the wire: no more than needed, and nothing the terminal was asked to do without.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct DrawingTests {
  /// The parameters of all colour and attribute sequences (SGR) that were written.
  private func graphics(_ terminal: PseudoTerminal) -> Set<String> {
    var found: Set<String> = []
    for part in terminal.text.components(after: "\u{1b}[") {
      let parameters = part.prefix { $0.isNumber || $0 == ";" }
      if part.dropFirst(parameters.count).first == "m" {
        found.formUnion(parameters.split(separator: ";").map(String.init))
      }
    }
    return found
  }

  private func colours(_ terminal: PseudoTerminal) -> Set<String> {
    graphics(terminal).filter {
      (30...49).contains(Int($0) ?? 0) || (90...107).contains(Int($0) ?? 0)
    }
  }

  private func run(_ changes: [String: String?]) throws -> PseudoTerminal {
    let terminal = try Program.open(with: changes)
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
    return terminal
  }

  @Test func manyColours() throws { #expect(colours(try run([:])).contains("38")) }

  @Test func eightColours() throws {
    let found = colours(try run(["TERM": "xterm"]))
    #expect(!found.isEmpty)
    #expect(found.isSubset(of: Set((30...37).map(String.init) + ["39", "49"])))
  }

  @Test(arguments: [["NO_COLOR": "1"], ["TERM": "vt100"], ["CLICOLOR": "0"]])
  func withoutColour(_ changes: [String: String]) throws {
    let terminal = try run(changes)
    #expect(colours(terminal) == [])
    // Attributes remain.
    #expect(graphics(terminal).contains("7"))
  }

  @Test(arguments: ["C", "POSIX"])
  func onlyASCIIWhereTheLocaleHasNoMore(_ locale: String) throws {
    let terminal = try run(["LC_ALL": locale])
    #expect(terminal.output.allSatisfy { $0 < 0x80 })
  }

  @Test(arguments: ["zh_CN.UTF-8", "xx_YY.utf8"])
  func unicodeInALocaleThatIsNotInstalled(_ locale: String) throws {
    #expect(try run(["LC_ALL": locale]).text.contains("╭"))
  }

  @Test func nothingIsWrittenWhileNothingChanges() throws {
    let terminal = try Program.open()
    let place = try terminal.waitForSilence()
    let switches = try terminal.contextSwitches()
    let after = try terminal.waitForSilence(of: .milliseconds(500))
    #expect(after == place)
    // Nor does it wake up to see whether anything has changed.
    #expect(try terminal.contextSwitches() == switches)
  }

  @Test func aMovingLabelIsCheap() throws {
    let terminal = try Program.open(Program.moving)
    let start = terminal.output.count
    let frames = 20
    try terminal.wait("\(frames) frames") {
      terminal.text(since: start).components(after: "<>").count > frames ? true : nil
    }
    #expect(terminal.output.count - start < 100 * frames)
  }

  @Test func controlLPaintsEverything() throws {
    let terminal = try Program.open()
    let place = try terminal.waitForSilence()
    terminal.send("\u{c}")
    try terminal.wait(for: Program.readyText, since: place)
  }

  @Test func fiftyRandomSizes() throws {
    let terminal = try Program.open(Program.moving)
    var random = SplitMix64(state: 1)
    for _ in 0..<50 {
      terminal.resize(
        columns: Int.random(in: 1...250, using: &random),
        rows: Int.random(in: 1...80, using: &random))
      if Bool.random(using: &random) { try terminal.waitForSilence(of: .milliseconds(1)) }
    }
    let place = terminal.output.count
    terminal.resize(columns: 90, rows: 30)
    try terminal.wait(for: "\(Program.readyText) 90x30", since: place)
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test func aBurstOfResizesIsDrawnOnce() throws {
    let terminal = try Program.open()
    terminal.signal(SIGSTOP)
    for columns in 60..<100 { terminal.resize(columns: columns, rows: 30) }
    let place = terminal.output.count
    terminal.signal(SIGCONT)
    try terminal.wait(for: "\(Program.readyText) 99x30", since: place)
    try terminal.waitForSilence()
    #expect(terminal.text(since: place).components(after: Program.readyText).count <= 3)
  }

  @Test func hugeAndTinyWindows() throws {
    let terminal = try Program.start(columns: 1, rows: 1)
    try terminal.waitForSilence()
    terminal.resize(columns: 65_535, rows: 65_535)
    try terminal.wait(for: "\(Program.readyText) 1000x500")
    terminal.resize(columns: 2, rows: 1)
    try terminal.waitForSilence()
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  /// A terminal that nobody reads from costs frames, but no key and no signal.
  @Test(arguments: [true, false])
  func aStalledTerminal(_ byKey: Bool) throws {
    let terminal = try Program.open(Program.moving)
    // Far more than the kernel holds for a reader that does not come.
    terminal.send([UInt8](repeating: 0x0c, count: 100), readingOutput: false)
    try terminal.waitWithoutReading(for: .milliseconds(300))
    if byKey { terminal.send(Program.quitKey) } else { terminal.signal(SIGTERM) }
    #expect(try terminal.waitForEnd(readingOutput: false) == (byKey ? .exited(0) : .exited(143)))
  }
}

/// A small seeded generator, so that a failing test fails again.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }
}

extension String {
  /// What follows each occurrence of a text, up to the next.
  func components(after separator: String) -> [Substring] {
    Array(utf8).split(around: Array(separator.utf8)).dropFirst().map {
      Substring(String(decoding: $0, as: UTF8.self))
    }
  }
}

extension [UInt8] {
  fileprivate func split(around separator: [UInt8]) -> [ArraySlice<UInt8>] {
    var parts: [ArraySlice<UInt8>] = []
    var start = 0
    while let place = place(of: separator, since: start) {
      parts.append(self[start..<place])
      start = place + separator.count
    }
    parts.append(self[start...])
    return parts
  }
}
