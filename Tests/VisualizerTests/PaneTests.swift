import Testing

@testable import Visualizer

/// Focus, zoom and scrolling in the panes of the allocator and of TCP.
@Suite struct PaneTests {
  private func panes(_ show: any Show, _ step: Int, _ look: Look) -> [Landmarks.Pane] {
    show.frame(step, progress: 1, look).landmarks?.panes ?? []
  }

  private static let titles = [
    "P0": " P0 mcache ", "mcentral": " mcentral ", "mheap": " mheap ", "request": " request ",
    "segment": " segment ", "client": " client ", "server": " server ", "ladder": " port ",
  ]

  @Test(arguments: [
    "malloc-three-levels", "malloc-layout-notes", "malloc-two-workers", "malloc-large", "tcp-close",
    "tcp-lost-last-ack", "map-growth",
  ])
  func aZoomedPaneHasTheStageForItself(name: String) throws {
    let show = try ShowLibrary.open(name)
    for size in [
      Size(columns: 80, rows: 24), Size(columns: 120, rows: 36), Size(columns: 200, rows: 60),
    ] {
      for step in [0, show.stepCount / 3, show.stepCount / 2, show.stepCount - 1] {
        var look = Look(size: size)
        look.findsItems = true
        let all = panes(show, step, look)
        let stage = all.reduce(all.first?.rect) { whole, pane in
          guard let whole else { return nil }
          let (x, y) = (min(whole.x, pane.rect.x), min(whole.y, pane.rect.y))
          return Rect(
            x: x, y: y, width: max(whole.right, pane.rect.right) - x,
            height: max(whole.bottom, pane.rect.bottom) - y)
        }
        let plain = show.frame(step, progress: 1, look)
        for pane in all {
          (look.focusedPane, look.isZoomed) = (pane.name, true)
          for progress in [0.5, 1] {
            let frame = show.frame(step, progress: progress, look)
            #expect(frame.landmarks?.panes.map(\.name) == [pane.name])
            #expect(frame.landmarks?.panes.first?.rect == stage, "\(pane.name) at \(step)")
            let rows = try #require(stage)
            let text = (rows.y..<rows.bottom).map { frame.text(row: $0) }.joined(separator: "\n")
            for (other, title) in Self.titles
            where other != pane.name && all.contains(where: { $0.name == other }) {
              #expect(!text.contains("╭\(title)"), "\(other) beside \(pane.name)")
            }
            // Title, sentence, scrubber and hints stay as they are.
            for row in Array(0..<rows.y) + Array(rows.bottom..<size.rows) where progress == 1 {
              #expect(frame.text(row: row) == plain.text(row: row))
            }
          }
        }
      }
    }
  }

  private func player(_ name: String, at step: Int, _ size: Size) throws -> PlayerActivity {
    PlayerActivity(
      show: try ShowLibrary.open(name), start: .init(step: step, isPaused: true),
      look: Look(size: size))
  }

  private func press(_ keys: [Key], _ player: inout PlayerActivity, _ size: Size) -> Canvas {
    for key in keys { _ = player.handle(key) }
    return player.draw(window: size)
  }

  @Test(arguments: [
    ("malloc-three-levels", ["P0", "request", "mcentral", "mheap"]),
    ("tcp-close", ["ladder", "segment", "client", "server"]),
  ])
  func tabGoesThroughThePanesAndArrowsThroughTheirItems(name: String, names: [String]) throws {
    let size = Size(columns: 120, rows: 36)
    let last = try ShowLibrary.open(name).stepCount - 1
    var player = try player(name, at: last, size)
    var seen: [String] = []
    for _ in names {
      _ = press([.tab], &player, size)
      let pane = try #require(player.focus.pane)
      seen.append(pane)
      var look = player.presentLook
      look.findsItems = true
      let places = player.show.frame(last, progress: 1, look).landmarks?.places(in: pane) ?? []
      guard !places.isEmpty else { continue }
      _ = press([.down], &player, size)
      #expect(player.focus.item == places[0].item)
      // Every row of items can be reached from the first one.
      let rows = Set(places.map(\.rect.y)).sorted()
      for row in rows.dropFirst() {
        _ = press([.down], &player, size)
        let item = try #require(player.focus.item)
        #expect(places.contains { $0.item == item && $0.rect.y == row }, "\(pane) row \(row)")
      }
      let canvas = press([.enter], &player, size)
      let item = try #require(player.focus.item)
      let title = try #require(player.show.inspect(item, atStep: last, .en)?.title)
      #expect(canvas.text.contains(title))
      _ = press([.escape, .escape], &player, size)
    }
    #expect(seen == names)
    #expect(player.player.step == last)
  }

  /// With the whole stage a pane says more: each span of an mcentral with its slots, all of a TCB.
  @Test func aZoomedPaneSaysMore() throws {
    let size = Size(columns: 80, rows: 24)
    for (name, step, pane, kind) in [
      ("malloc-sweep", 76, "mcentral", "slot"), ("malloc-three-levels", 60, "mheap", "pages"),
    ] {
      let show = try ShowLibrary.open(name)
      var look = Look(size: size)
      look.findsItems = true
      func count() -> Int {
        show.frame(step, progress: 1, look).landmarks?.places(in: pane)
          .count { $0.item.kind == kind } ?? 0
      }
      let before = count()
      (look.focusedPane, look.isZoomed) = (pane, true)
      #expect(count() > before, "\(pane)")
    }
    var player = try player("tcp-lost-last-ack", at: 60, size)
    let text = press([.tab, .tab, .tab, .character("z")], &player, size).text
    for fact in ["irs", "srtt", "rto", "written", "life"] { #expect(text.contains(fact)) }
  }

  @Test func aSmallWindowShowsEveryFactOfAnEnd() throws {
    let size = Size(columns: 80, rows: 24)
    for language in [Language.en, .zh] {
      var player = try player("tcp-lost-last-ack", at: 60, size)
      player.look.language = language
      let text = press([.tab, .tab, .tab, .down, .enter], &player, size).text
      let item = try #require(player.focus.item)
      let facts = try #require(player.show.inspect(item, atStep: 60, language)).facts
      #expect(facts.count > size.rows - 6)
      for fact in facts { #expect(text.contains(fact.name), "\(fact.name)") }
    }
  }

  @Test func scrollingEndsWhereThereIsNothingMoreAndComesBackAtOnce() throws {
    let size = Size(columns: 80, rows: 24)
    for (name, keys) in [("tcp-lost-last-ack", []), ("malloc-three-levels", [Key.tab])] {
      let last = try ShowLibrary.open(name).stepCount - 1
      var player = try player(name, at: last, size)
      let start = press(keys, &player, size)
      // Beyond the top: the first key back is seen.
      let top = press([Key](repeating: .character("k"), count: 60), &player, size)
      let scroll = player.player.scroll
      #expect(press([.character("k")], &player, size) == top)
      #expect(player.player.scroll == scroll)
      if scroll < 0 {
        #expect(top != start)
        #expect(press([.character("j")], &player, size) != top)
      }
      #expect(press([Key](repeating: .character("j"), count: 60), &player, size) == start)
    }
  }

  @Test func aTablesCursorMovesWithArrowsStopsAtTheEndsAndOpens() throws {
    let size = Size(columns: 120, rows: 36)
    var packets: [CaptureBytes.Packet] = []
    for index in 0..<5 {
      packets += CaptureBytes.conversation(port: 40000 + index, from: index * 9000)
    }
    let capture = try PacketCapture(file: "x.pcap", bytes: CaptureBytes(packets).pcap())
    var player = PlayerActivity(
      show: try capture.firstShow(name: "five"), start: .init(isPaused: true),
      look: Look(size: size))
    let first = press([], &player, size)
    #expect(first.text(row: 35).contains("jk ↑↓ choose  Enter open"))
    #expect(!first.text(row: 35).contains("operation"))
    let second = press([.down], &player, size)
    #expect(second != first)
    #expect(press([.up], &player, size) == first)
    let last = press([Key](repeating: .down, count: 20), &player, size)
    #expect(press([.up], &player, size) != last, "the cursor does not stick at the end")
    guard case .open(var inner as PlayerActivity) = player.handle(.enter) else {
      Issue.record("Enter opens the connection")
      return
    }
    let ladder = inner.draw(window: size)
    #expect(ladder.text.contains("10.0.0.1:40003"))
    #expect(ladder.text(row: 35).contains("Esc back"))
    guard case .leave = inner.handle(.escape) else {
      Issue.record("Esc comes back to the table")
      return
    }
  }

  /// What comes from a pane that is not shown, or goes to one, does not fly across the one that is.
  @Test func aZoomedPaneShowsNoTravellersFromElsewhere() throws {
    let show = try ShowLibrary.open("map-growth")
    let moves = (0..<show.stepCount).filter { show.record(ofStep: $0).event == "keyMoved" }
    var look = Look(size: Size(columns: 120, rows: 36))
    look.findsItems = true
    for step in moves.prefix(12) {
      let whole = show.frame(step, progress: 0.5, look)
      for pane in whole.landmarks?.panes ?? [] {
        var zoomed = look
        (zoomed.focusedPane, zoomed.isZoomed) = (pane.name, true)
        let canvas = show.frame(step, progress: 0.5, zoomed)
        let stage = (1..<look.size.rows - 6).map { canvas.text(row: $0) }.joined()
        #expect(!stage.contains("━"), "\(pane.name) at \(step)")
      }
    }
    let seen = moves.contains { show.frame($0, progress: 0.5, look).text.contains("━[k") }
    #expect(seen, "without zoom they are seen to move")
  }

  /// What was opened from a list leads back to it as it was, whichever view the list is.
  @Test func escapeLeadsBackToTheListAsItWas() throws {
    let size = Size(columns: 120, rows: 36)
    let show = try ShowLibrary.open("http-websocket")
    var player = try player("http-websocket", at: show.stepCount - 1, size)
    for _ in show.views where !player.isList { _ = player.handle(.character("v")) }
    #expect(player.isList)
    let list = press([.down], &player, size)
    let opened = press([.enter], &player, size)
    #expect(opened != list && !player.isList)
    #expect(press([.character("j"), .escape], &player, size) == list)
  }

  /// The segment that is taken apart is one of the connection that is shown.
  @Test func anotherConnectionsSegmentLeavesTheOwnInPlace() throws {
    let show = try ShowLibrary.open("http-websocket")
    var look = Look(size: Size(columns: 120, rows: 36))
    look.opened = 0
    for step in stride(from: show.stepCount / 2, to: show.stepCount, by: 3) {
      let text = show.frame(step, progress: 1, look).text
      #expect(text.contains("flags   "), "step \(step)")
    }
  }

  /// A window too small for the scene says so, and nothing else.
  @Test func aTinyWindowHoldsNoInspection() throws {
    let (size, tiny) = (Size(columns: 120, rows: 36), Size(columns: 44, rows: 12))
    var player = try player("map-growth", at: 60, size)
    let plain = player.draw(window: tiny)
    _ = player.draw(window: size)
    _ = press([.tab, .tab, .down, .enter], &player, size)
    #expect(player.focus.isInspecting)
    #expect(player.draw(window: tiny) == plain)
  }

  @Test func packetsOfACaptureTellWhatTheWireTellsAndQuestionMarks() throws {
    let packets = CaptureBytes.conversation(port: 40000, from: 0)
    let capture = try PacketCapture(file: "x.pcap", bytes: CaptureBytes(packets).pcap())
    let show = try capture.firstShow(name: "one")
    for size in InspectionTests.sizes {
      for step in stride(from: 0, to: show.stepCount, by: 2) {
        for view in show.views.indices {
          var look = Look(size: size)
          (look.findsItems, look.view) = (true, view)
          let places = show.frame(step, progress: 1, look).landmarks?.places ?? []
          for place in places {
            #expect(show.inspect(place.item, atStep: step, .zh) != nil, "\(place) at \(step)")
          }
        }
      }
    }
    let packet = try #require(show.inspect(Item("segment", 1), atStep: show.stepCount - 1, .en))
    #expect(packet.facts.contains(.init(name: "flags", value: "SYN")))
    #expect(packet.facts.contains(.init(name: "sent, arrived", value: "?")))
    let end = try #require(show.inspect(Item("end", 0, 0), atStep: 0, .en))
    #expect(end.facts.contains(.init(name: "timers", value: "? not on the wire")))
  }
}
