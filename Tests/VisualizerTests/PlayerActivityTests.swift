import Models
import Testing

@testable import Visualizer

/// The player as a value: keys go in, and what a viewer would see comes out.
@Suite struct PlayerActivityTests {
  private static let window = Size(columns: 120, rows: 36)

  private func player(
    _ name: String = "map-growth", at step: Int = 60
  ) throws -> PlayerActivity {
    let show = try ShowLibrary.open(name)
    return PlayerActivity(
      show: show, start: .init(step: step, isPaused: true), look: Look(size: Self.window))
  }

  private func screen(_ player: PlayerActivity) -> String {
    var player = player
    return player.draw(window: Self.window).text
  }

  private func lastRow(_ player: PlayerActivity) -> String {
    String(screen(player).split(separator: "\n").last ?? "")
  }

  private func type(_ text: String, into player: inout PlayerActivity) {
    for scalar in text.unicodeScalars { _ = player.handle(.character(scalar)) }
  }

  /// Lets a search come to its end.
  private func settle(_ player: inout PlayerActivity) {
    while player.nextChange == 0 { player.advance(milliseconds: 1) }
  }

  @Test func helpComesUpWithItsContextFirstAndCanBeSearched() throws {
    var player = try player()
    let closed = screen(player)
    _ = player.handle(.character("?"))
    #expect(screen(player).contains("╭ Keys "))
    #expect(screen(player).contains("Watch"))
    type("/chapter", into: &player)
    _ = player.handle(.enter)
    let found = screen(player)
    #expect(found.contains("chapter back"))
    #expect(!found.contains("normal speed"))
    _ = player.handle(.escape)
    #expect(screen(player).contains("normal speed"))
    _ = player.handle(.character("q"))
    #expect(screen(player) == closed)
  }

  /// Where the other language cannot be shown, its key says why.
  @Test func chineseIsRefusedInASCII() throws {
    var player = try player()
    player.look.charset = .ascii
    type("L", into: &player)
    #expect(screen(player).contains("Chinese needs Unicode"))
    #expect(player.look.language == .en)
  }

  @Test func helpIsSearchedInBothLanguagesWhateverTheCase() throws {
    var player = try player()
    player.look.language = .zh
    type("?/english", into: &player)
    _ = player.handle(.enter)
    #expect(screen(player).contains("English"))
  }

  /// A line that does nothing leaves nothing behind.
  @Test func anEmptyLineOfOperationsIsOver() throws {
    var player = try player()
    type("i", into: &player)
    _ = player.handle(.enter)
    #expect(player.prompt == nil && player.fork == nil)
    type(":ins", into: &player)
    _ = player.handle(.tab)
    #expect(player.prompt?.text == "ins")
  }

  @Test func searchFindsWhatIsSaidAndGoesRound() throws {
    var player = try player(at: 0)
    type("/growth is over", into: &player)
    _ = player.handle(.enter)
    settle(&player)
    let first = player.player.step
    #expect(
      player.show.record(ofStep: first).fieldsText.contains("Growth is over")
        || player.show.narration(ofStep: first, .en).text.contains("rowth is over"))
    #expect(lastRow(player).contains("Ctrl-N"))
    _ = player.handle(.control("n"))
    settle(&player)
    _ = player.handle(.control("p"))
    settle(&player)
    #expect(player.player.step == first)
    type("/no such words anywhere", into: &player)
    _ = player.handle(.enter)
    settle(&player)
    #expect(lastRow(player).contains("is said nowhere"))
    #expect(player.player.step == first)
  }

  @Test(arguments: [false, true])
  func searchIsTheNextOrLastStepOfAllThatSayIt(backward: Bool) throws {
    let show = try ShowLibrary.open("map-growth")
    let hits = (0..<show.stepCount).filter { step in
      let record = show.record(ofStep: step)
      return "\(show.narration(ofStep: step, .en).text) \(record.what ?? "") \(record.fieldsText)"
        .lowercased().contains("k13")
    }
    #expect(hits.count > 3)
    for origin in [0, hits[0], hits[1], show.stepCount - 1] {
      var search = StepSearch("K13", language: .en, from: origin, backward: backward)
      var result = search.advance(in: show)
      while case .searching = result { result = search.advance(in: show) }
      let expected =
        backward
        ? hits.last { $0 < origin } ?? hits[hits.count - 1]
        : hits.first { $0 > origin } ?? hits[0]
      #expect(result == .hit(expected), "from \(origin)")
    }
  }

  /// A search finds what is so: `again` where a segment goes again, not where it does not.
  @Test func searchPassesOverWhatIsNotSo() throws {
    func found(_ name: String) throws -> StepSearch.Result {
      let show = try ShowLibrary.open(name)
      var search = StepSearch("again=", language: .en, from: 0, backward: false)
      var result = search.advance(in: show)
      while case .searching = result { result = search.advance(in: show) }
      if case .hit(let step) = result {
        #expect(show.record(ofStep: step).fieldsText.contains("again=true"))
      } else {
        let records = (0..<show.stepCount).map { show.record(ofStep: $0).fieldsText }
        #expect(records.contains { $0.contains("again=false") })
      }
      return result
    }
    #expect(try found("tcp-close-three") == .nothing)
    #expect(try found("tcp-lost-last-ack") != .nothing)
  }

  @Test func marksLeadBack() throws {
    var player = try player(at: 20)
    type("ma", into: &player)
    type("G", into: &player)
    // The mark lies in a chapter's name, which stays readable.
    let mark = player.draw(window: Self.window)[
      Scrubber(columns: Self.window.columns, stepCount: player.show.stepCount).column(ofStep: 20),
      Self.window.rows - 2]
    #expect(mark.attributes.contains(.underline) && mark.role == .new)
    type("'", into: &player)
    #expect(lastRow(player).contains("to which mark? a 20"))
    _ = player.handle(.escape)
    #expect(player.player.step == player.show.stepCount - 1)
    type("'a", into: &player)
    #expect(player.player.step == 20)
    type("''", into: &player)
    #expect(player.player.step == player.show.stepCount - 1)
    type("'z", into: &player)
    #expect(lastRow(player).contains("no step is marked so"))
  }

  @Test func goToTellsWhatItDoesNotUnderstand() throws {
    var player = try player()
    type(":nowhere", into: &player)
    _ = player.handle(.enter)
    #expect(lastRow(player).contains("no such place"))
    _ = player.handle(.control("u"))
    type("50%", into: &player)
    _ = player.handle(.enter)
    #expect(player.player.step == (player.show.stepCount - 1 + 1) / 2)
  }

  @Test func digitsAreTenthsUnlessGFollowsSoon() throws {
    var player = try player()
    type("37g", into: &player)
    #expect(player.player.step == 37)
    type("5", into: &player)
    let half = (player.show.stepCount - 1) / 2
    #expect(player.player.step == half)
    player.advance(milliseconds: 800)
    type("g", into: &player)
    #expect(player.player.step == 0)
  }

  @Test func aTypedNumberLeavesTheWayBack() throws {
    var player = try player(at: 100)
    type("12g''", into: &player)
    #expect(player.player.step == 100)
  }

  /// What lies behind the help is not seen as a torn edge beside it.
  @Test(arguments: Language.allCases)
  func theHelpTakesTheWholeOfASmallWindow(_ language: Language) throws {
    var player = try player("tcp-close")
    player.look.language = language
    type("?", into: &player)
    let rows = player.draw(window: FrameScene.full).text.split(separator: "\n")
    #expect(rows[1].first == "╭" && rows[1].last == "╮" && rows[1].count { $0 == "╮" } == 1)
    for row in rows[2..<22] {
      #expect(row.first == "│" && row.last == "│" && row.count { $0 == "│" } == 2, "\(row)")
    }
  }

  @Test func theHelpStopsAtItsEnd() throws {
    var player = try player()
    func help() -> String { player.draw(window: FrameScene.full).text }
    type("?", into: &player)
    _ = help()
    type(String(repeating: "j", count: 70), into: &player)
    let end = help()
    type("k", into: &player)
    #expect(help() != end, "the first key back is seen")
  }

  @Test func levelsOfDetailSayMore() throws {
    var player = try player(at: 80)
    let why = screen(player)
    _ = player.handle(.character("w"))
    let everything = screen(player)
    #expect(everything.contains("keyMoved  key=") && !why.contains("keyMoved  key="))
    _ = player.handle(.character("w"))
    let what = screen(player)
    let narration = player.show.narration(ofStep: 80, .en)
    #expect(narration.firstSentence != narration.text)
    #expect(what.contains(narration.firstSentence))
    _ = player.handle(.character("w"))
    #expect(screen(player) == why)
  }

  @Test func aLoopGoesOnAtTheStart() throws {
    var player = try player(at: 0)
    type("oGb", into: &player)
    #expect(screen(player).contains("loop"))
    // Playing from the last step would start anew without any loop.
    _ = player.handle(.character(" "))
    for _ in 0..<400 { player.advance(milliseconds: 50) }
    #expect(player.player.isPlaying)
    #expect(player.player.step < player.show.stepCount - 2)
  }

  @Test func lessMotionMeansFewerRepaints() throws {
    let show = try ShowLibrary.open("map-growth")
    var repaints: [Motion: Int] = [:]
    for motion in Motion.allCases {
      var player = PlayerActivity(
        show: show, start: .init(step: 62, motion: motion), look: Look(size: Self.window))
      var shown = player.draw(window: Self.window)
      var steps: Set<Int> = [62]
      while player.player.step < 90, let wait = player.nextChange {
        player.advance(milliseconds: wait)
        let canvas = player.draw(window: Self.window)
        if canvas != shown { repaints[motion, default: 0] += 1 }
        shown = canvas
        steps.insert(player.player.step)
      }
      #expect(steps.count == 90 - 62 + 1, "every step is shown, whatever the motion")
    }
    let full = try #require(repaints[.full])
    let reduced = try #require(repaints[.reduced])
    #expect(full > 2 * reduced)
    #expect(try #require(repaints[.none]) < reduced)
    #expect(try #require(repaints[.none]) <= 28 + 1)
  }

  @Test func nothingChangesWhilePaused() throws {
    var player = try player()
    #expect(player.nextChange == nil)
    let before = screen(player)
    player.advance(milliseconds: 60_000)
    #expect(screen(player) == before)
  }
}
