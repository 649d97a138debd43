internal import Testing

/// Keys as terminals send them, and bytes that are no keys.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct KeyTests {
  @Test func keysArrive() throws {
    let terminal = try Program.open()
    let keys = [
      ("\u{1b}OA", "up"), ("\u{1b}[A", "up"), ("\u{1b}OD", "left"), ("\u{1b}[6~", "pageDown"),
      ("\u{1b}OH", "home"), ("\u{1b}[1~", "home"), ("\u{1b}[3~", "delete"),
      ("\u{1b}OP", "function(1)"),
      ("\u{1b}[Z", "backTab"), ("\t", "tab"), ("\r", "enter"), ("\u{7f}", "backspace"),
      ("\u{1b}", "escape"), ("\u{4}", "control(\"d\")"), ("\u{13}", "control(\"s\")"),
      ("é", "character(\"\\u{00E9}\")"), ("中", "character(\"\\u{4E2D}\")"),
      ("\u{1b}n", "alt(\"n\")"),
    ]
    for (bytes, name) in keys {
      terminal.send(bytes)
      // curses writes only what differs from the label before: have all of it painted.
      let place = try terminal.waitForSilence(of: .milliseconds(60))
      terminal.send("\u{c}")
      try terminal.wait(for: "key \(name)", since: place)
    }
  }

  @Test(arguments: [
    "\u{1b}[1;9X", "\u{1b}[?62;22c", "\u{1b}]11;rgb:0000/0000/0000\u{7}", "\u{1b}[<0;1;1M",
  ])
  func unknownSequencesAreNoKeys(_ sequence: String) throws {
    let terminal = try Program.open()
    let place = try terminal.waitForSilence()
    terminal.send(sequence)
    #expect(try terminal.waitForSilence() == place)
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
  }

  @Test func randomBytesDoNoHarm() throws {
    let terminal = try Program.open()
    var random = SplitMix64(state: 7)
    // Without those that quit, trap, stop or leave.
    let allowed = (UInt8.min...UInt8.max).filter {
      ![0x03, 0x1a, 0x1c].contains($0) && !"q!xme".utf8.contains($0)
    }
    for _ in 0..<200 {
      let bytes = (0..<50).map { _ in allowed.randomElement(using: &random) ?? 0 }
      terminal.send(bytes)
    }
    try terminal.waitForSilence()
    // The first may end a string that the noise has begun.
    terminal.send("\u{1b}\\")
    try terminal.waitForSilence()
    terminal.send(Program.quitKey)
    try terminal.waitForSilence()
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
    #expect(terminal.count("\u{1b}[?1049l") == 1)
  }

  @Test func aLongPasteIsRead() throws {
    let terminal = try Program.open()
    for _ in 0..<20 { terminal.send(String(repeating: "z", count: 500)) }
    terminal.send(Program.quitKey)
    #expect(try terminal.waitForEnd() == .exited(0))
  }
}
