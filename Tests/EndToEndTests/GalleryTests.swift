internal import Testing

/// The gallery, seen through a real terminal emulator.
@Suite(.serialized, .enabled(if: EmulatedWindow.isAvailable), .timeLimit(.minutes(15)))
struct GalleryWindowTests {
  /// What somebody does who has nothing but the program's name.
  @Test func aNewcomerChoosesPlaysComesBackAndQuits() throws {
    let window = try EmulatedWindow(Program.path, [], columns: 120, rows: 36)
    try window.wait(for: "the gallery") { $0.contains("▸ map-lookup") && $0.contains("Enter play") }
    try window.press("Tab")
    try window.wait(for: "the allocator") { $0.contains("▸ malloc-") }
    for key in ["h", "a", "l", "f"] { try window.press(key) }
    try window.wait(for: "a filter") {
      $0.contains("filter: half") && $0.contains("tcp-half-close") && !$0.contains("map-lookup")
    }
    try window.press("End")
    let chosen = try window.wait(for: "the last one") { $0.contains("▸ tcp-half-close") }
    #expect(chosen.contains("filter: half"))
    try window.press("Enter")
    try window.wait(for: "the player") {
      $0.contains("tcp-half-close") && $0.contains("▶ playing") && $0.contains("step 0/")
    }
    try window.press("Right")
    try window.wait(for: "a step") { $0.contains("‖ paused") && $0.contains("step 1/") }
    try window.press("q")
    try window.wait(for: "the gallery as it was") {
      $0.contains("filter: half") && $0.contains("▸ tcp-half-close")
    }
    try window.press("Escape")
    try window.wait(for: "the whole list") { $0.contains("map-lookup") && $0.contains("q quit") }
    try window.press("q")
    try window.waitForEnd()
  }

  /// The preview moves by itself.
  @Test func thePreviewMoves() throws {
    let window = try EmulatedWindow(Program.path, ["--lang", "zh"], columns: 80, rows: 24)
    let first = try window.wait(for: "the gallery") { $0.contains("▸ map-lookup") }
    try window.wait(for: "another picture") { $0 != first && $0.contains("▸ map-lookup") }
  }
}

/// The list, where there is no terminal for a gallery.
@Suite(.timeLimit(.minutes(15)))
struct ListOfScenariosTests {
  @Test func theListSaysWhatEachScenarioTeaches() throws {
    let run = try CommandRun(["list", "--json"])
    for line in run.output.split(separator: "\n") {
      #expect(line.contains("\"teachesEn\":\"") && line.contains("\"teachesZh\":\""))
      #expect(line.contains("\"model\":\""))
    }
    let gallery = try CommandRun(["gallery", "--lang", "zh"])
    #expect(gallery.ending == .exited(0) && gallery.output.contains("场景列表"))
  }
}

/// The comparison as a command.
@Suite(.timeLimit(.minutes(15)))
struct CompareCommandTests {
  @Test func itTellsTheFirstDifferenceAndExitsAsDiffDoes() throws {
    let run = try CommandRun(["compare", "map-growth", "--rules", "notes,go1.19"])
    #expect(run.ending == .exited(1) && run.error.isEmpty)
    #expect(run.output.contains("insert k27") && run.output.contains("evacuationStarted"))
    let same = try CommandRun(["compare", "tcp-open", "tcp-open", "--plain", "--lang", "zh"])
    #expect(same.ending == .exited(0) && same.output.contains("都相同"))
    let own = try CommandRun(["compare", "map-growth", "--rules", "notes"])
    #expect(own.ending == .exited(0))
    let plain = try CommandRun(
      ["compare", "map-growth", "--rules", "notes,go1.19", "--lang", "zh"], with: ["LC_ALL": "C"])
    #expect(plain.ending == .exited(1) && plain.output.contains("insert k27"))
    #expect(plain.output.utf8.allSatisfy { $0 < 0x80 }, "\(plain.output)")
  }

  @Test func whatCannotBeComparedIsRefused() throws {
    let alone = try CommandRun(["compare", "map-growth"])
    #expect(alone.ending == .exited(64) && alone.error.contains("name two to compare"))
    let rules = try CommandRun(["compare", "map-growth", "--rules", "notes,go9"])
    #expect(rules.ending == .exited(65) && rules.error.contains("unknown rules 'go9' for map"))
  }
}

/// The comparison, seen through a real terminal emulator.
@Suite(.serialized, .enabled(if: EmulatedWindow.isAvailable), .timeLimit(.minutes(15)))
struct CompareWindowTests {
  @Test func itOpensAtTheFirstDifferenceAndGoesOnToTheNext() throws {
    let window = try EmulatedWindow(
      Program.path, ["compare", "map-growth", "--rules", "notes,go1.19"], columns: 200, rows: 60)
    let first = try window.wait(for: "both sides") {
      $0.contains("≠evacuationStarted") && $0.contains("≠keyInserted")
    }
    try window.press("d")
    try window.wait(for: "the next difference") { $0.contains("≠ ") && $0 != first }
    try window.press("q")
    try window.waitForEnd()
  }
}
