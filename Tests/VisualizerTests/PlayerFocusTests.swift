import Testing

@testable import Visualizer

/// Looking closer at what is on the stage.
@Suite struct PlayerFocusTests {
  private static let window = Size(columns: 120, rows: 36)

  private func player(_ name: String, at step: Int) throws -> PlayerActivity {
    PlayerActivity(
      show: try ShowLibrary.open(name), start: .init(step: step, isPaused: true),
      look: Look(size: Self.window))
  }

  private func press(_ keys: [Key], _ player: inout PlayerActivity) -> Canvas {
    for key in keys { _ = player.handle(key) }
    return player.draw(window: Self.window)
  }

  @Test func tabGoesRoundThePanes() throws {
    var player = try player("map-growth", at: 80)
    let plain = press([], &player)
    var seen: [String] = []
    for _ in 0..<3 {
      let canvas = press([.tab], &player)
      #expect(canvas != plain)
      seen.append(try #require(player.focus.pane))
    }
    #expect(seen == ["hmap", "old", "new"])
    #expect(press([.tab], &player) == plain)
    _ = press([.backTab], &player)
    #expect(player.focus.pane == "new")
    #expect(press([.escape], &player) == plain)
  }

  @Test func arrowsSelectSlotsAndEnterTellsAllThatIsKnownOfThem() throws {
    var player = try player("map-growth", at: 217)
    var canvas = press([.tab, .tab, .down, .down, .right], &player)
    #expect(player.focus.item == Item("slot", 0, 1, 0, 1))
    #expect(player.player.step == 217, "arrows select while a pane has the focus")
    canvas = press([.enter], &player)
    for fact in ["Bucket 1, slot 1", "tophash", "elem", "low 3 bits"] {
      #expect(canvas.text.contains(fact), "\(fact)")
    }
    let hash = try #require(
      player.show.inspect(Item("slot", 0, 1, 0, 1), atStep: 217, .en)?.facts
        .first { $0.name == "low 3 bits" }?.value)
    #expect(hash == "001", "a key in bucket 1 has these low bits")
    // The item stays selected from step to step, and n and b still step.
    _ = press([.character("b")], &player)
    #expect(player.player.step == 216 && player.focus.item != nil)
    let closed = press([.escape, .escape, .escape], &player)
    #expect(player.focus == .init())
    #expect(!closed.text.contains("low 3 bits"))
  }

  @Test func everySlotThatIsDrawnIsKnownToTheModel() throws {
    let show = try ShowLibrary.open("map-growth")
    var look = Look(size: Size(columns: 200, rows: 60))
    look.findsItems = true
    for step in stride(from: 0, to: show.stepCount, by: 7) {
      let places = show.frame(step, progress: 1, look).landmarks?.places ?? []
      for place in places {
        #expect(show.inspect(place.item, atStep: step, .zh) != nil, "\(place) at \(step)")
      }
    }
  }

  @Test func zoomGivesThePaneTheWholeStage() throws {
    var player = try player("map-growth", at: 80)
    let canvas = press([.tab, .tab, .character("z")], &player)
    #expect(canvas.text.contains("╭ oldbuckets  B=2 ") || canvas.text.contains("◆ oldbuckets"))
    #expect(!canvas.text.contains(" hmap ") && !canvas.text.contains(" buckets  B=3 "))
    #expect(canvas[119, 5].scalar == 0x2502, "the pane reaches the right edge")
    #expect(press([.character("z"), .escape], &player).text.contains(" hmap "))
  }

  @Test func theMouseGoesToStepsAndOpensItems() throws {
    var player = try player("map-growth", at: 0)
    let last = player.show.stepCount - 1
    _ = press([], &player)
    _ = press([.click(column: 118, row: 34)], &player)
    #expect(player.player.step == last)
    _ = press([.click(column: 1, row: 34)], &player)
    #expect(player.player.step == 0)
    _ = press([.click(column: 118, row: 34)], &player)
    var look = player.presentLook
    look.findsItems = true
    let place = try #require(
      player.show.frame(last, progress: 1, look).landmarks?.places.last)
    let click = Key.click(column: place.rect.x, row: place.rect.y)
    _ = press([click], &player)
    #expect(player.focus.item == place.item)
    #expect(press([click], &player).text.contains("tophash"))
  }

  @Test func theScrubberLeadsWhereItShows() {
    for (columns, count) in [(80, 5), (80, 1), (120, 218), (60, 1_000_000)] {
      let scrubber = Scrubber(columns: columns, stepCount: count)
      for column in 0..<columns {
        let step = scrubber.step(atColumn: column)
        #expect((0..<count).contains(step))
        if count > columns, column >= 1, column < columns - 1 {
          #expect(scrubber.column(ofStep: step) == column)
        }
      }
    }
  }
}
