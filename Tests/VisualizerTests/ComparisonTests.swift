import Testing

@testable import Visualizer

/// Two shows beside each other: what belongs together, and where they part.
@Suite struct ComparisonTests {
  private func growth() throws -> ComparisonShow {
    ComparisonShow(
      try ShowLibrary.open("map-growth", rules: "notes"),
      try ShowLibrary.open("map-growth", rules: "go1.19"))
  }

  /// The rules part right behind `growthStarted`.
  ///
  /// In Go the insert that starts a growth also evacuates, as `mapassign` begins again; by the
  /// notes' rule it does not.
  @Test func theRulesOfMapGrowthPartRightAfterTheGrowthStarts() throws {
    let show = try growth()
    let step = try #require(show.differences.first)
    let steps = show.comparison.steps(at: step)
    let (notes, go) = (show.comparison.left, show.comparison.right)
    #expect(notes.record(ofStep: steps.left - 1).event == "growthStarted")
    #expect(go.record(ofStep: steps.right - 1).event == "growthStarted")
    #expect(notes.record(ofStep: steps.left).event == "keyInserted")
    #expect(go.record(ofStep: steps.right).event == "evacuationStarted")
    #expect(show.what(atStep: step) == "insert k27")
    // Before it nothing differs, not even in a state.
    for earlier in 0..<step {
      let steps = show.comparison.steps(at: earlier)
      #expect(steps.left == steps.right)
      #expect(
        Comparison.differing(
          notes.state(afterStep: steps.left), go.state(afterStep: steps.right)
        ).isEmpty)
    }
  }

  @Test(arguments: Shows.bundled)
  func aShowIsLikeItself(_ name: String) throws {
    let show = ComparisonShow(try Shows.open(name), try Shows.open(name))
    #expect(show.differences.isEmpty)
    let alone = try Shows.open(name)
    #expect(show.stepCount == alone.stepCount && show.duration == alone.duration)
    for step in Shows.sample(show, 20) {
      #expect(show.comparison.steps(at: step) == (step, step))
      #expect(show.record(ofStep: step).fieldsText == alone.record(ofStep: step).fieldsText)
      #expect(show.time(ofStep: step) == alone.time(ofStep: step))
      #expect(show.step(atTime: alone.time(ofStep: step)) == step)
    }
  }

  /// Every step of both sides is shown, once and in order, and items that are the same together.
  @Test(arguments: [
    ("map-growth", "map-growth-go"), ("map-growth-go", "map-growth"), ("tcp-close", "tcp-open"),
    ("malloc-tiny", "map-lookup"), ("tcp-lost-last-ack", "tcp-no-time-wait-lost-ack"),
  ])
  func everyStepOfBothSidesHasItsPlace(_ left: String, _ right: String) throws {
    let show = ComparisonShow(try Shows.open(left), try Shows.open(right))
    let comparison = show.comparison
    var seen: (left: [Int], right: [Int]) = ([], [])
    for step in 0..<show.stepCount {
      let (steps, moves) = (comparison.steps(at: step), comparison.moves(at: step))
      #expect(moves.left || moves.right)
      if moves.left { seen.left.append(steps.left) }
      if moves.right { seen.right.append(steps.right) }
      let pair = comparison.pairs[comparison.pair(ofStep: step)]
      #expect((pair.first..<pair.first + pair.length).contains(step))
    }
    #expect(seen.left == Array(0..<comparison.left.stepCount))
    #expect(seen.right == Array(0..<comparison.right.stepCount))
    for pair in comparison.pairs where pair.isShared && pair.isOperation {
      #expect(comparison.left.what(atStep: pair.left.lowerBound) == pair.text || pair.left.isEmpty)
      #expect(
        comparison.right.what(atStep: pair.right.lowerBound) == pair.text || pair.right.isEmpty)
    }
    #expect(!show.differences.isEmpty)
    #expect(show.differences == show.differences.sorted())
  }

  /// What is asked of one side only stands alone, and what follows is together again.
  @Test func anOperationOfOneSideStandsAlone() throws {
    let lines = ["insert a", "insert b", "lookup a", "delete b"]
    let one = try Shows.map(lines)
    let other = try Shows.map(["insert a", "insert b", "delete b"])
    let show = ComparisonShow(one, other)
    let differing = show.comparison.pairs.filter { $0.difference != nil }
    #expect(differing.map(\.text) == ["lookup a"])
    #expect(differing.map(\.difference) == [.oneSided])
    let step = try #require(show.differences.first)
    #expect(!show.comparison.moves(at: step).right)
    #expect(other.what(atStep: show.comparison.steps(at: step).right) == "insert b")
    #expect(ComparisonShow(other, one).differences.count == 1)
  }

  /// A value in an event is a difference, and so is what it leads to, but that is told only once.
  @Test func aFieldIsADifference() throws {
    let one = try Shows.map(["insert a = 1", "lookup b", "lookup a"])
    let other = try Shows.map(["insert a = 2", "lookup b", "lookup a"])
    let show = ComparisonShow(one, other)
    let pairs = show.comparison.pairs
    #expect(pairs.map(\.text) == ["insert a", "lookup b", "lookup a"])
    #expect(pairs[1].difference == nil)
    for (pair, event) in [(pairs[0], "keyInserted"), (pairs[2], "keyFound")] {
      guard case .event(let offset) = pair.difference else {
        Issue.record("\(pair.text) is told to be alike")
        continue
      }
      let record = one.record(ofStep: pair.left.lowerBound + offset)
      #expect(record.event == event)
      let two = other.record(ofStep: pair.right.lowerBound + offset)
      #expect(show.comparison.differing(record, two) == ["elem"])
    }
  }

  /// Seeking gives the picture that walking gives.
  @Test(arguments: [Size.small, Size(columns: 120, rows: 50), .large])
  func aSeekIsAWalk(_ size: Size) throws {
    let (walked, sought) = (try growth(), try growth())
    let steps = Shows.sample(walked, 30)
    let pictures = steps.map { walked.frame($0, progress: 0.5, Look(size: size)) }
    for (step, picture) in zip(steps, pictures).reversed() {
      #expect(sought.frame(step, progress: 0.5, Look(size: size)) == picture, "step \(step)")
    }
  }

  @Test func otherRulesAreRefusedWithTheNamesThereAre() throws {
    let error = #expect(throws: InputError.self) {
      _ = try ShowLibrary.open("map-growth", rules: "go1.91")
    }
    #expect(error?.description.contains("unknown rules 'go1.91' for map") == true)
    #expect(try ShowLibrary.open("tcp-half-close", rules: "linux").rules == "linux")
  }

  @Test func theReportNamesTheFirstDifference() throws {
    let report = ComparisonWords.report(try growth(), .en)
    #expect(report[0].contains("insert k27: ≠ the sides part at its event"))
    #expect(report[1].contains("notes") && report[1].contains("keyInserted  key=k27"))
    #expect(report[2].contains("go1.19") && report[2].contains("evacuationStarted"))
    let same = ComparisonShow(try Shows.open("tcp-open"), try Shows.open("tcp-open"))
    #expect(ComparisonWords.report(same, .zh).joined().contains("都相同"))
  }
}

/// The comparison under a viewer's keys.
@Suite struct ComparingTests {
  private func screen(_ player: PlayerActivity, _ size: Size = .middle) -> String {
    var player = player
    return player.draw(window: size).text
  }

  private func opened(_ outcome: Outcome) throws -> PlayerActivity {
    guard case .open(let activity) = outcome else {
      throw InputError(file: "test", "nothing was opened")
    }
    return try #require(activity as? PlayerActivity)
  }

  private func comparison(of name: String, at step: Int, with rules: String) throws
    -> PlayerActivity
  {
    var player = PlayerActivity(
      show: try Shows.open(name), start: .init(step: step, isPaused: true),
      look: Look(size: .middle))
    _ = player.draw(window: .middle)
    _ = player.handle(.character("c"))
    for scalar in rules.unicodeScalars { _ = player.handle(.character(scalar)) }
    return try opened(player.handle(.enter))
  }

  @Test func cComparesAtThePresentStepAndQComesBack() throws {
    let compared = try comparison(of: "map-growth", at: 40, with: "go1.19")
    let show = try #require(compared.show as? ComparisonShow)
    #expect(show.comparison.steps(at: compared.player.step).left == 40)
    #expect(screen(compared).contains("notes | go1.19"))
    var player = compared
    guard case .leave = player.handle(.character("q")) else {
      Issue.record("q does not come back")
      return
    }
  }

  @Test func rulesAreCompletedAndAskedForAgain() throws {
    var player = PlayerActivity(
      show: try Shows.open("map-growth"), start: .init(isPaused: true), look: Look(size: .middle))
    _ = player.draw(window: .middle)
    _ = player.handle(.character("c"))
    #expect(screen(player).contains("go1.19  go1.20  go1.21  go1.22  go1.23"))
    _ = player.handle(.character("g"))
    _ = player.handle(.tab)
    #expect(player.prompt?.text == "go1.")
    guard case .stay = player.handle(.enter) else {
      Issue.record("no rules were chosen yet")
      return
    }
    #expect(screen(player).contains("which: "))
    _ = player.handle(.character("x"))
    _ = player.handle(.enter)
    #expect(screen(player).contains("no such rules"))
    _ = player.handle(.escape)
    #expect(player.prompt == nil)
  }

  /// Under other rules a scenario need not come to what its author waits for.
  @Test(arguments: Shows.bundled.filter { $0.hasPrefix("tcp") || $0.hasPrefix("http") })
  func everyTCPScenarioIsComparedWithLinux(_ name: String) throws {
    let show = try Shows.open(name)
    let other = show.rules == "linux" ? "rfc9293" : "linux"
    let compared = try comparison(of: name, at: 0, with: other)
    #expect(compared.show is ComparisonShow && !compared.show.differences.isEmpty)
  }

  @Test func bothSidesScrollTogether() throws {
    var player = try comparison(of: "map-growth", at: 0, with: "go1.19")
    _ = player.draw(window: .small)
    _ = player.handle(.character("d"))
    let before = player.draw(window: .small)
    _ = player.handle(.character("k"))
    #expect(player.draw(window: .small) != before)
    _ = player.handle(.character("j"))
    #expect(player.draw(window: .small) == before)
  }

  @Test func dGoesFromDifferenceToDifference() throws {
    var player = try comparison(of: "map-growth", at: 0, with: "go1.19")
    let differences = player.show.differences
    for difference in differences {
      _ = player.handle(.character("d"))
      #expect(player.player.step == difference)
      #expect(screen(player).contains("≠ "))
    }
    _ = player.handle(.character("d"))
    #expect(screen(player).contains("no difference after this step"))
    _ = player.handle(.character("D"))
    #expect(player.player.step == differences[differences.count - 2])
  }

  /// All of the player's keys go on working.
  @Test func theKeysOfThePlayerMoveBothSides() throws {
    var player = try comparison(of: "map-growth", at: 0, with: "go1.19")
    let show = try #require(player.show as? ComparisonShow)
    _ = player.handle(.right)
    #expect(player.player.step == 1)
    _ = player.handle(.down)
    _ = player.handle(.character("]"))
    #expect(show.chapters.map(\.step).contains(player.player.step))
    _ = player.handle(.end)
    #expect(player.player.step == show.stepCount - 1)
    let steps = show.comparison.steps(at: show.stepCount - 1)
    #expect(steps.left == show.comparison.left.stepCount - 1)
    #expect(steps.right == show.comparison.right.stepCount - 1)
    for key in "/evac".unicodeScalars { _ = player.handle(.character(key)) }
    _ = player.handle(.enter)
    while player.nextChange == 0 { player.advance(milliseconds: 1) }
    #expect(screen(player).lowercased().contains("evac"))
  }

  @Test func tabTurnsToTheOtherSideWhereOneIsInFront() throws {
    var player = try comparison(of: "map-growth", at: 0, with: "go1.19")
    _ = player.handle(.character("d"))
    let before = screen(player, .small)
    _ = player.handle(.tab)
    #expect(screen(player, .small) != before)
    _ = player.handle(.tab)
    #expect(screen(player, .small) == before)
  }

  @Test(arguments: ["tcp-half-close", "malloc-sweep", "map-overflow"])
  func everySizeIsDrawn(_ name: String) throws {
    let rules = ["tcp-half-close": "linux", "malloc-sweep": "go1.22", "map-overflow": "notes"][name]
    let player = try comparison(of: name, at: 0, with: rules ?? "")
    for size in [(1, 1), (60, 16), (80, 24), (120, 36), (120, 50), (160, 40), (200, 60)] {
      let size = Size(columns: size.0, rows: size.1)
      for step in Shows.sample(player.show, 4) {
        for look in [Look(size: size), Look(size: size, language: .zh)] {
          let canvas = player.show.frame(step, progress: 0.5, look)
          #expect(canvas.size == size)
          if size.rows > 1 { #expect(canvas.text.contains("\(step)/")) }
        }
        let ascii = player.show.frame(step, progress: 1, Look(size: size, charset: .ascii))
        #expect(ascii.text.utf8.allSatisfy { $0 < 0x7f })
      }
    }
  }
}
