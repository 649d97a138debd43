import Models
import Testing

@testable import Visualizer

/// Trying operations in the player: keys go in, and what a viewer would see comes out.
@Suite struct PlayerTryingTests {
  private static let window = Size(columns: 120, rows: 36)

  private func player(
    _ name: String = "map-growth", at step: Int = 60, isPaused: Bool = true
  ) throws -> PlayerActivity {
    PlayerActivity(
      show: try ShowLibrary.open(name), start: .init(step: step, isPaused: isPaused),
      look: Look(size: Self.window))
  }

  private func rows(_ player: PlayerActivity, _ window: Size = window) -> [String] {
    var player = player
    let canvas = player.draw(window: window)
    return (0..<canvas.size.rows).map { canvas.text(row: $0) }
  }

  private func lastRow(_ player: PlayerActivity) -> String { rows(player).last ?? "" }

  private func type(_ text: String, into player: inout PlayerActivity) {
    for scalar in text.unicodeScalars { _ = player.handle(.character(scalar)) }
  }

  private func enter(_ text: String, into player: inout PlayerActivity) {
    type(text, into: &player)
    _ = player.handle(.enter)
  }

  private func future(_ show: any Show) -> [String] {
    (0..<show.stepCount).map { show.frame($0, progress: 1, Look(size: .small)).text }
  }

  /// Time stands still behind what was typed, which the bottom line says as long as it is so.
  @Test func whatIsOnItsWayWaitsForTimeToPass() throws {
    var player = PlayerActivity(
      show: try Shows.open("tcp-close"), start: .init(step: 30, isPaused: true),
      look: Look(size: .middle))
    for line in ["client close", "wait 1s"] {
      for scalar in "i\(line)".unicodeScalars { _ = player.handle(.character(scalar)) }
      _ = player.handle(.enter)
      _ = player.handle(.end)
      #expect(
        player.draw(window: .middle).text(row: 35).hasPrefix(" i wait 1s: the segments arrive")
          == (line == "client close"))
    }
  }

  @Test func oneTriesAndSeesTheOtherFutureAndGoesBack() throws {
    var player = try player()
    let original = player.show
    let (before, screen) = (future(original), rows(player))
    let first = try #require(original.nextItem(afterStep: 60))
    enter("iinsert k99; lookup k99", into: &player)
    #expect(player.show.name == "map-growth-2")
    #expect(player.player.step == first)
    #expect(player.show.what(atStep: first) == "insert k99")
    #expect(player.show.what(atStep: player.show.stepCount - 1) == "lookup k99")
    #expect(rows(player)[0].contains("branch 2/2"))
    #expect(lastRow(player).contains("B the other future"))
    type("B", into: &player)
    #expect(rows(player)[0].contains("branch 1/2"))
    #expect(player.show === original && player.player.step == 60)
    type(" ", into: &player)
    #expect(lastRow(player).contains("pause"))
    type(" ", into: &player)
    #expect(future(original) == before)
    #expect(rows(player)[1..<34].elementsEqual(screen[1..<34]))
    type("B", into: &player)
    #expect(player.show.name == "map-growth-2" && player.player.step == first)
  }

  @Test func aBranchIsMadeLongerAtItsEndAndLeftAnywhereElse() throws {
    var player = try player()
    enter("iinsert k99", into: &player)
    let count = player.show.stepCount
    enter("Gilookup k99", into: &player)
    #expect(rows(player)[0].contains("branch 2/2"))
    #expect(player.player.step == count && player.show.stepCount > count)
    type("b", into: &player)
    enter("idelete k99", into: &player)
    #expect(rows(player)[0].contains("branch 3/3"))
    #expect(player.show.name == "map-growth-3")
    // The original is never made longer.
    enter("BGiclear", into: &player)
    #expect(rows(player)[0].contains("branch 4/4"))
    type("''", into: &player)
    #expect(player.show.what(atStep: player.player.step) != "clear")
  }

  @Test func whoPlaysGoesOnPlaying() throws {
    var player = try player(isPaused: false)
    type("i", into: &player)
    let step = player.player.step
    for _ in 0..<100 { player.advance(milliseconds: 100) }
    #expect(player.player.step == step)
    enter("insert k99", into: &player)
    #expect(player.player.isPlaying)
    for _ in 0..<400 { player.advance(milliseconds: 100) }
    #expect(!player.player.isPlaying && player.player.step == player.show.stepCount - 1)
  }

  @Test func errorsAreShownInPlaceAndNothingIsLost() throws {
    for size in [Size.small, .middle] {
      var player = try player()
      enter("iinsert k99; lokup k99", into: &player)
      let shown = rows(player, size)
      #expect(shown[size.rows - 1].contains("try> insert k99; lokup k99"))
      #expect(
        shown.suffix(3).joined().contains("! unknown operation 'lokup'; did you mean 'lookup'?"))
      #expect(player.branches.count == 1)
      // The word that is wrong is marked, and no other.
      var copy = player
      let canvas = copy.draw(window: size)
      let marked = (0..<size.columns).filter { canvas[$0, size.rows - 1].style.role == .error }
      let text = marked.prefix(5).compactMap { Unicode.Scalar(canvas[$0, size.rows - 1].scalar) }
      #expect(String(text.map(Character.init)) == "lokup")
      // One mends it where it stands.
      for _ in 0..<4 { _ = player.handle(.left) }
      #expect(!rows(player, size).joined().contains("did you mean"))
      for _ in 0..<4 { _ = player.handle(.backspace) }
      enter("ookup", into: &player)
      #expect(player.branches.count == 2)
    }
  }

  @Test func aLongComplaintStandsAboveTheLine() throws {
    var player = try player("tcp-open")
    let line = "G" + "iwait until server FIN_WAIT_1 within 1s on connection 1"
    enter(line, into: &player)
    let shown = rows(player, .small).suffix(3).joined()
    #expect(shown.contains("the server is not in FIN_WAIT_1 within 1 s: it stays in"))
    #expect(shown.contains("try> wait until server FIN_WAIT_1 within 1s on connection 1"))
  }

  @Test func tabCompletesWordsKeysAndNames() throws {
    func completed(_ name: String, _ keys: [Key]) throws -> String {
      var player = try self.player(name, at: 10)
      _ = player.handle(.end)
      _ = player.handle(.character("i"))
      for key in keys { _ = player.handle(key) }
      return player.prompt?.text ?? "closed"
    }
    func keys(_ text: String) -> [Key] { text.unicodeScalars.map { .character($0) } }
    #expect(try completed("map-growth", keys("ins") + [.tab]) == "insert ")
    #expect(try completed("map-growth", keys("insert k2") + [.tab]) == "insert k20")
    #expect(try completed("map-growth", keys("insert k2") + [.tab, .tab]) == "insert k21")
    #expect(try completed("map-growth", keys("clear; d") + [.tab]) == "clear; delete ")
    #expect(try completed("malloc-sweep", keys("drop c") + [.tab]) == "drop cats ")
    #expect(
      try completed("malloc-sweep", keys("drop every 2 o") + [.tab] + keys("f") + [.tab])
        == "drop every 2 of fish ")
    #expect(
      try completed("tcp-open", keys("cl") + [.tab] + keys("sh") + [.tab]) == "client shutdown ")
    #expect(
      try completed("tcp-open", keys("wait u") + [.tab] + keys("s") + [.tab] + keys("TI") + [.tab])
        == "wait until server TIME_WAIT ")
    #expect(
      try completed("tcp-open", keys("drop ") + [.tab] + [.tab] + keys("s") + [.tab])
        == "drop next from server ")
    #expect(try completed("map-growth", keys("nothing") + [.tab]) == "nothing")
    // What may be typed is listed beside the line.
    var player = try player("malloc-sweep")
    type("i", into: &player)
    #expect(lastRow(player).contains("malloc  drop  gc  mark  sweep"))
  }

  @Test func linesAreRecalled() throws {
    var player = try player()
    enter("iinsert k99", into: &player)
    enter("ilookup k99", into: &player)
    type("iclea", into: &player)
    _ = player.handle(.up)
    #expect(player.prompt?.text == "lookup k99")
    _ = player.handle(.up)
    _ = player.handle(.up)
    #expect(player.prompt?.text == "insert k99")
    _ = player.handle(.down)
    _ = player.handle(.down)
    #expect(player.prompt?.text == "clea")
  }

  @Test func branchesAreBounded() throws {
    var player = try player()
    for number in 1..<Branches.limit {
      enter("\(number == 1 ? "" : "B")iinsert k99", into: &player)
    }
    #expect(player.branches.count == Branches.limit)
    enter("g" + "iinsert k99", into: &player)
    #expect(player.branches.count == Branches.limit)
    #expect(rows(player).suffix(2).joined().contains("branches are kept at most"))
    #expect(player.prompt?.text == "insert k99")
  }

  @Test func marksBelongToTheirBranch() throws {
    var player = try player()
    type("ma", into: &player)
    type("Gmz", into: &player)
    type("'a", into: &player)
    enter("iinsert k99", into: &player)
    #expect(player.bookmarks.map(\.letter) == ["a"])
    type("B", into: &player)
    #expect(player.bookmarks.map(\.letter) == ["a", "z"])
  }

  @Test func whatNothingCanBeTriedOnSaysSo() throws {
    let capture = try #require(
      try PacketCaptureTests.capture("normal-client-close.pcap").show(name: "a"))
    var player = PlayerActivity(
      show: capture, start: .init(isPaused: true), look: Look(size: Self.window))
    type("i", into: &player)
    #expect(lastRow(player).contains("a capture has no model"))
    type("W", into: &player)
    #expect(lastRow(player).contains("cannot be written as a scenario"))
    player = try self.player(TestFiles.traces + "/classic-grow.json")
    enter("iinsert new", into: &player)
    #expect(player.branches.count == 2)
    type("W", into: &player)
    #expect(lastRow(player).contains("cannot be written as a scenario"))
  }

  /// Whatever is typed, the line is there or gone, and the original what it was.
  @Test(arguments: ["map-growth", "malloc-sweep", "tcp-close"])
  func anyKeysDoNoHarm(_ name: String) throws {
    var player = try player(name, at: 40)
    let original = player.show
    let before = future(original)
    var random = SplitMix64(seed: 3)
    let words = [
      "insert ", "k1", "..", "k9", ";", " ", "=", "hash 0x", "-1", "malloc ", "99999999G", "x3 ",
      "as a", "drop ", "last", "client ", "send ", "wait 1ms", "from ", "\u{202e}", "中", "[3]", "%",
      "9999999999999999999999", "connection 2", "open", "gc", "\"", "{",
    ]
    let keys: [Key] = [.tab, .tab, .up, .down, .left, .right, .home, .control("w"), .delete]
    for _ in 0..<60 {
      if player.prompt == nil { type("i", into: &player) }
      for _ in 0..<Int.random(in: 1...5, using: &random) {
        type(words.randomElement(using: &random) ?? "", into: &player)
        _ = player.handle(keys.randomElement(using: &random) ?? .tab)
      }
      _ = player.handle(.enter)
      _ = player.draw(window: .small)
    }
    _ = player.handle(.escape)
    #expect(player.branches.count <= Branches.limit)
    #expect(future(original) == before)
  }

  // MARK: - Files

  @Test func aBranchIsSavedAndPlaysAgain() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    var player = try player("malloc-sweep", at: 30)
    enter("imalloc 2048 x3 as mine; drop mine[1]", into: &player)
    type("W", into: &player)
    #expect(player.prompt?.text == "malloc-sweep-2.yaml")
    _ = player.handle(.home)
    enter("\(folder)/", into: &player)
    #expect(lastRow(player).contains("written: \(folder)/malloc-sweep-2.yaml"))
    let saved = try ShowLibrary.open("\(folder)/malloc-sweep-2.yaml")
    #expect(future(saved) == future(player.show))
    // Nothing is written over, and the name can be mended.
    type("W", into: &player)
    _ = player.handle(.control("u"))
    enter("\(folder)/malloc-sweep-2.yaml", into: &player)
    #expect(lastRow(player).contains("this file exists"))
    for _ in 0..<5 { _ = player.handle(.backspace) }
    enter("b", into: &player)
    #expect(lastRow(player).contains("end the name in .yaml"))
    enter(".yaml", into: &player)
    #expect(try TestFiles.names(in: folder) == ["malloc-sweep-2.yaml", "malloc-sweep-2b.yaml"])
    type("W", into: &player)
    _ = player.handle(.control("u"))
    enter("\(folder)/no/such/folder.yaml", into: &player)
    #expect(rows(player).suffix(2).joined().contains("cannot be created"))
    _ = player.handle(.control("u"))
    enter("-", into: &player)
    #expect(lastRow(player).contains("write a file's name"))
  }

  @Test func theFrameIsWrittenAsItIsPrinted() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    var player = try player("tcp-close", at: 30)
    _ = player.draw(window: Self.window)
    enter("iclient send 5", into: &player)
    type("+bmae", into: &player)
    #expect(player.prompt?.text == "tcp-close-2-step\(player.player.step).txt")
    _ = player.handle(.home)
    enter("\(folder)/", into: &player)
    let step = player.player.step
    let bytes = try #require(TestFiles.read("\(folder)/tcp-close-2-step\(step).txt"))
    let frame = player.show.frame(step, progress: 1, Look(size: Self.window)).text
    #expect(String(decoding: bytes, as: UTF8.self) == frame)
  }

  @Test func aRangeIsRecorded() throws {
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    var player = try player("map-growth", at: 37)
    _ = player.draw(window: Self.window)
    type("R", into: &player)
    #expect(rows(player)[0].contains("● rec from 37"))
    enter(":41", into: &player)
    type("R", into: &player)
    #expect(player.prompt?.text == "map-growth-37-41.cast")
    _ = player.handle(.home)
    enter("\(folder)/", into: &player)
    #expect(!rows(player)[0].contains("rec from"))
    let cast = try #require(TestFiles.read("\(folder)/map-growth-37-41.cast"))
    #expect(
      String(decoding: cast.prefix(40), as: UTF8.self).hasPrefix("{\"version\": 2, \"width\": 120"))
    type("R", into: &player)
    enter(":39", into: &player)
    type("R", into: &player)
    _ = player.handle(.control("u"))
    enter("\(folder)/back.mp4", into: &player)
    #expect(rows(player).suffix(2).joined().contains("end the name in .cast"))
    for _ in 0..<3 { _ = player.handle(.backspace) }
    enter("frames", into: &player)
    let frames = String(
      decoding: try #require(TestFiles.read("\(folder)/back.frames")), as: UTF8.self)
    let steps = Set(
      frames.split(separator: "\n").filter { $0.hasPrefix("=== frame") }.compactMap {
        $0.split(separator: " ")[4].split(separator: "/").first
      })
    #expect(steps == ["39", "40", "41"])
    // Esc drops a recording, and so does another branch.
    type("RR", into: &player)
    _ = player.handle(.escape)
    #expect(player.recordingFrom == nil)
    type("R", into: &player)
    enter("iclear", into: &player)
    #expect(player.recordingFrom == nil)
  }
}
