internal import Testing

/// What a viewer sees in a real terminal emulator.
@Suite(.serialized, .enabled(if: EmulatedWindow.isAvailable), .timeLimit(.minutes(15)))
struct WindowTests {
  private func open(columns: Int, rows: Int) throws -> EmulatedWindow {
    let window = try EmulatedWindow(
      Program.path, Program.still, columns: columns, rows: rows)
    try window.wait(for: "the program") { $0.contains("\(Program.readyText) \(columns)x\(rows)") }
    return window
  }

  @Test func afterRandomSizesTheScreenIsLikeAFreshOne() throws {
    let window = try open(columns: 80, rows: 24)
    var random = SplitMix64(state: 42)
    for _ in 0..<50 {
      let columns = Int.random(in: 1...250, using: &random)
      let rows = Int.random(in: 1...80, using: &random)
      try window.resize(columns: columns, rows: rows)
      // Half of them are waited for, the others overtaken by the next.
      if Bool.random(using: &random), columns > 30, rows > 2 {
        try window.wait(for: "\(columns)x\(rows)") {
          $0.contains("\(Program.readyText) \(columns)x\(rows)")
        }
      }
    }
    try window.resize(columns: 100, rows: 30)
    let fresh = try open(columns: 100, rows: 30).screen(styled: true)
    try window.wait(for: "the screen of a fresh window", styled: true) { $0 == fresh }
  }

  @Test func wideCharactersStandWhereTheyBelong() throws {
    let window = try open(columns: 40, rows: 20)
    let rows = try window.screen().split(whereSeparator: \.isNewline).filter { $0.contains("看") }
    #expect(rows.count > 3)
    // The right border is in the same column in all rows: one character less, as one takes two.
    #expect(rows.allSatisfy { $0.last == "│" && $0.count == 39 }, "\(rows)")
  }
}
