internal import Testing

/// The walk of somebody who has nothing but the program, and reads nothing but its screen.
@Suite(.serialized, .enabled(if: EmulatedWindow.isAvailable), .timeLimit(.minutes(15)))
struct WalkTests {
  /// One scenario of each system, and what its stage is called.
  private static let systems = [
    ("tcp-open", "SYN"), ("malloc-tiny", "mcache"), ("map-growth", "buckets"),
  ]

  /// A shell in a window, in which the program is typed.
  private func shell() throws -> EmulatedWindow {
    let window = try EmulatedWindow(
      "/bin/sh", ["-c", "PS1='$ ' exec sh", Program.path], columns: 120, rows: 36)
    try window.wait(for: "a shell") { $0.contains("$") }
    return window
  }

  private func type(_ text: String, into window: EmulatedWindow) throws {
    for letter in text { try window.press(letter == " " ? "Space" : String(letter)) }
  }

  /// Opens a scenario: from the gallery where the program opens one, else by its name.
  private func watch(_ scenario: String, in window: EmulatedWindow) throws {
    if Program.opensGallery {
      try window.wait(for: "the gallery") { $0.contains("Enter play") }
      // An escape with a letter right behind it would be the letter with Alt.
      if try window.screen().contains("filter: ") {
        try window.press("Escape")
        try window.wait(for: "all of them") { !$0.contains("filter: ") }
      }
      try type(scenario, into: window)
      try window.wait(for: "the one chosen") { $0.contains("▸ \(scenario)") }
      try window.press("Enter")
    } else {
      try type("\(Program.path) \(scenario)", into: window)
      try window.press("Enter")
    }
    try window.wait(for: "\(scenario) playing") {
      $0.contains(scenario) && $0.contains("▶ playing") && $0.contains("step 0/")
    }
  }

  private func step(_ screen: String) -> Int? {
    screen.firstMatch(of: /step (\d+)\//).flatMap { Int($0.1) }
  }

  @Test func aNewcomerFindsTheWayWithoutAManual() throws {
    let window = try shell()
    if Program.opensGallery {
      try type(Program.path, into: window)
      try window.press("Enter")
    }
    for (scenario, stage) in Self.systems {
      try watch(scenario, in: window)
      try window.wait(for: "the stage of \(scenario), moving on") {
        $0.contains(stage) && (step($0) ?? 0) >= 1
      }
      try lookAround(in: window)
      if scenario == "map-growth" {
        try tryOut(in: window)
        try predict(in: window)
      }
      try window.press("q")
      if !Program.opensGallery { try window.wait(for: "the shell") { !$0.contains("step ") } }
    }
    if Program.opensGallery {
      try window.wait(for: "the gallery again") { $0.contains("filter: ") }
      try window.press("Escape")
      try window.wait(for: "all of them") { !$0.contains("filter: ") }
      try window.press("q")
    }
    try type("echo left $?", into: window)
    try window.press("Enter")
    try window.wait(for: "the shell") { $0.contains("left 0") }
  }

  /// The bottom line names the keys: pause, step, step back, help.
  private func lookAround(in window: EmulatedWindow) throws {
    try window.press("Space")
    let paused = try window.wait(for: "a pause") { $0.contains("‖ paused") }
    #expect(paused.contains("? help") && paused.contains("step"))
    try window.press("Right")
    try window.press("Right")
    let there = try #require(step(paused))
    try window.wait(for: "two steps on") { step($0) == there + 2 }
    try window.press("Left")
    let back = try window.wait(for: "a step back") { step($0) == there + 1 }
    #expect(back.contains("i try") || back.contains("? help"))
    try window.press("?")
    try window.wait(for: "the help") {
      $0.contains("╭ Keys ") && $0.contains("try operations here") && $0.contains("predict")
    }
    try window.press("Escape")
    try window.wait(for: "no help") { !$0.contains("╭ Keys ") && step($0) == there + 1 }
  }

  /// An operation of one's own, the future that it makes, and the other one again.
  private func tryOut(in window: EmulatedWindow) throws {
    let before = try #require(step(try window.screen()))
    try window.press("i")
    try window.wait(for: "the line") { $0.contains("try> ") && $0.contains("insert  lookup") }
    try type("insert zebra", into: window)
    try window.press("Enter")
    let other = try window.wait(for: "the other future") {
      $0.contains("branch 2/2") && $0.contains("insert zebra") && $0.contains("B the other future")
    }
    #expect((step(other) ?? 0) > before)
    try window.press("B")
    try window.wait(for: "the first future") {
      $0.contains("branch 1/2") && !$0.contains("zebra") && step($0) == before
    }
    try window.press("B")
    try window.wait(for: "the second again") { $0.contains("branch 2/2") && $0.contains("zebra") }
    try window.press("B")
    try window.wait(for: "the first again") { $0.contains("branch 1/2") }
  }

  /// A question before a decision, an answer by one key, and what was right.
  private func predict(in window: EmulatedWindow) throws {
    try window.press("t")
    try window.wait(for: "the game") { $0.contains("predict 0/0") }
    var screen = try window.screen()
    for _ in 0..<40 where !screen.contains("1-") {
      let here = screen
      try window.press("Right")
      screen = try window.wait(for: "a step or a question") { $0 != here }
    }
    let asked = try window.wait(for: "a question") { $0.contains(/1-\d answer/) }
    #expect(asked.contains("1 ") && asked.contains("2 "))
    try window.press("1")
    try window.wait(for: "the answer") {
      $0.contains(/predict [01]\/1/) && ($0.contains("✓ Right: ") || $0.contains("✗ Not 1 but "))
    }
    try window.press("t")
    try window.wait(for: "the end of the game") { $0.contains("nothing is asked any more") }
  }
}
