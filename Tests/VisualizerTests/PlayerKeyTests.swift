import Models
import Testing

@testable import Visualizer

/// Every key that the help lists, pressed, and what is to be seen of it.
///
/// The table of keys decides which keys there are, and the compiler that every command has its
/// expectation here: the switches have no default.
@Suite struct PlayerKeyTests {
  private static let window = Size(columns: 120, rows: 36)

  /// A key, and the player before and behind it.
  private struct Press {
    var before: PlayerActivity
    var after: PlayerActivity
    var left = false
    var repainted = false
    var opened = false

    /// The key pressed in a player that other keys have brought to where it means something.
    init(_ key: Key, behind keys: [Key] = [], in name: String = "map-growth", at step: Int = 80)
      throws
    {
      let show = try ShowLibrary.open(name)
      before = PlayerActivity(
        show: show, start: .init(step: step, isPaused: true), look: Look(size: window))
      _ = before.draw(window: window)
      for key in keys { _ = before.handle(key) }
      while before.nextChange == 0 { before.advance(milliseconds: 1) }
      after = before
      switch after.handle(key) {
      case .stay: break
      case .open: opened = true
      case .leave: left = true
      case .repaint: repainted = true
      }
      while after.nextChange == 0 { after.advance(milliseconds: 1) }
    }

    var steps: (Int, Int) { (before.player.step, after.player.step) }
    var show: any Show { after.show }
    var screen: String { Self.screen(after) }
    var screenBefore: String { Self.screen(before) }
    var lastRow: String { String(screen.split(separator: "\n").last ?? "") }

    private static func screen(_ player: PlayerActivity) -> String {
      var player = player
      return player.draw(window: window).text
    }
  }

  private static func keys(_ text: String) -> [Key] {
    text.unicodeScalars.map { .character($0) }
  }

  @Test(arguments: Keymap.entries.indices)
  func theKeyDoesWhatTheHelpSays(_ index: Int) throws {
    let entry = Keymap.entries[index]
    #expect(!entry.keys.isEmpty)
    for key in entry.keys {
      #expect(Keymap.command(for: key) != nil, "\(entry.label)")
      if case .act(let action) = entry.command {
        try expect(action, by: key)
      } else {
        try expect(entry.command, by: key)
      }
    }
  }

  // MARK: - What moves the player

  private func expect(_ action: Action, by key: Key) throws {
    let press = try Press(key)
    let (before, after) = press.steps
    let show = press.show
    switch action {
    case .togglePlay:
      #expect(press.after.player.isPlaying && press.screen.contains("▶ playing"))
      #expect(try !Press(key, behind: [key]).after.player.isPlaying)
    case .nextFrame:
      #expect(after == before + 1 && press.after.player.progress(in: show) < 1)
      #expect(!press.after.player.isMoving)
    case .previousFrame:
      let way = try Press(key, behind: [.character("."), .character(".")])
      #expect(way.steps.0 == way.steps.1)
      #expect(way.after.player.elapsed == way.before.player.elapsed - Player.frameLength)
    case .nextStep: #expect(after == before + 1)
    case .previousStep: #expect(after == before - 1)
    case .nextOperation:
      #expect(after == (show.nextItem(afterStep: before + 1) ?? 0) - 1)
      #expect(show.nextItem(afterStep: after) == after + 1, "it comes to rest at the end of one")
    case .previousOperation: #expect(after == show.itemStart(ofStep: before) - 1)
    case .nextChapter: #expect(after == show.chapters.first { $0.step > before }?.step)
    case .previousChapter: #expect(after == show.chapters.last { $0.step < before }?.step)
    case .firstStep: #expect(after == 0)
    case .lastStep: #expect(after == show.stepCount - 1)
    case .faster: #expect(press.after.player.speed == 2 && press.screen.contains("2x"))
    case .slower: #expect(press.after.player.speed == 0.5 && press.screen.contains("1/2x"))
    case .normalSpeed:
      let again = try Press(key, behind: Self.keys("++"))
      #expect(again.before.player.speed == 4 && again.after.player.speed == 1)
    case .restart:
      let playing = try Press(key, behind: Self.keys(" "))
      #expect(after == 0 && playing.steps.1 == 0 && playing.after.player.isPlaying)
    case .toggleLoop: #expect(press.after.player.isLooping && press.screen.contains("loop"))
    case .scroll(let rows): try expectScroll(rows, key)
    // Not keys of their own: digits and typed numbers lead there.
    case .tenth, .goTo: Issue.record("\(action) is no key's command")
    }
  }

  private func expectScroll(_ rows: Int, _ key: Key) throws {
    // A long ladder stands at its end: up from there, and down from above.
    let last = try ShowLibrary.open("http-websocket").stepCount - 1
    let above = rows > 0 ? Array(repeating: Key.character("k"), count: 12) : []
    let press = try Press(key, behind: above, in: "http-websocket", at: last)
    let moved = press.after.player.scroll - press.before.player.scroll
    #expect(moved.signum() == rows.signum() && abs(moved) <= abs(rows))
    #expect(press.screen != press.screenBefore, "the stage has moved")
    let atTheEnd = try Press(.character("j"), in: "http-websocket", at: last)
    #expect(atTheEnd.after.player.scroll == 0, "there is nothing below the end")
  }

  // MARK: - What opens, looks, writes

  private func expect(_ command: Command, by key: Key) throws {
    let press = try Press(key)
    switch command {
    case .act: break  // above
    case .digit:
      guard case .digit(let tenth)? = Keymap.command(for: key) else {
        Issue.record("\(key) is no digit")
        return
      }
      #expect(press.steps.1 == (press.show.stepCount - 1) * tenth / 10)
    case .goTo:
      #expect(press.after.prompt?.kind == .goTo)
      #expect(try Press(.enter, behind: [key] + Self.keys("17")).steps.1 == 17)
    case .search:
      #expect(press.after.prompt?.kind == .search)
      let found = try Press(.enter, behind: [key] + Self.keys("growth is over"))
      #expect(found.steps.0 != found.steps.1 && found.lastRow.contains("Ctrl-N"))
    case .nextHit, .previousHit: try expectHit(key, forward: command == .nextHit)
    case .mark:
      #expect(try Press(.character("a"), behind: [key]).lastRow.contains("step 80 is marked a"))
    case .jumpToMark:
      let back = try Press(.character("a"), behind: Self.keys("maG") + [key])
      #expect(back.steps.0 != 80 && back.steps.1 == 80)
    case .moreDetail:
      #expect(press.after.look.detail == .everything && press.screen != press.screenBefore)
    case .tryOut, .switchBranch, .predict: try expectExperiment(command, key)
    case .compare, .nextDifference, .previousDifference: try expectComparison(command, key)
    case .saveScenario: try expectFile(key, .scenario, "map-growth.yaml")
    case .exportFrame: try expectFile(key, .frame, "map-growth-step80.txt")
    case .record:
      #expect(press.screen.contains("● rec from 80"))
      try expectFile(key, .recording, "map-growth-80-80.cast", behind: [key])
    case .switchView, .nextPane, .previousPane, .zoom, .open: try expectLook(command, key)
    case .switchLanguage:
      #expect(press.after.look.language == .zh && press.screen.contains("步"))
      #expect(try Press(key, behind: [key]).after.look.language == .en)
    case .repaint: #expect(press.repainted && press.screen == press.screenBefore)
    case .help:
      #expect(press.screen.contains("╭ Keys "))
      #expect(try Press(key, behind: [key]).after.help == nil)
    case .close:
      #expect(try Press(key, behind: [.character("?")]).after.help == nil)
      #expect(try Press(key, behind: [.tab]).after.focus.pane == nil)
      #expect(!press.left, "it does not quit what was opened by name")
    case .quit:
      #expect(press.left)
      let help = try Press(key, behind: [.character("?")])
      #expect(!help.left && help.after.help == nil)
    }
  }

  private func expectHit(_ key: Key, forward: Bool) throws {
    let search = Self.keys("/k13") + [.enter]
    let press = try Press(key, behind: search)
    let (before, after) = press.steps
    #expect(forward ? after > before : after != before)
    #expect(press.lastRow.contains("/k13"))
    #expect(
      try Press(forward ? .control("p") : .control("n"), behind: search + [key]).steps.1 == before)
    #expect(try Press(key).lastRow.contains("nothing has been searched yet"))
  }

  private func expectExperiment(_ command: Command, _ key: Key) throws {
    let tried = Self.keys("iinsert k99") + [.enter]
    switch command {
    case .tryOut:
      #expect(try Press(key).lastRow.contains("try> "))
      let press = try Press(.enter, behind: [key] + Self.keys("insert k99"))
      #expect(press.after.branches.count == 2 && press.screen.contains("branch 2/2"))
    case .switchBranch:
      let press = try Press(key, behind: tried)
      #expect(press.after.branches.current == 0 && press.steps.1 == 80)
      #expect(press.screen.contains("branch 1/2"))
    default:
      let press = try Press(key)
      #expect(press.screen.contains("predict 0/0"))
      let show = press.show
      let step = try #require((81..<show.stepCount).first { show.question(atStep: $0) != nil })
      let asked = try Press(.right, behind: [key], at: step - 1)
      #expect(asked.steps.1 == step - 1 && asked.lastRow.contains("answer"))
    }
  }

  private func expectComparison(_ command: Command, _ key: Key) throws {
    guard command != .compare else {
      #expect(try Press(key).lastRow.contains("compare with rules: "))
      #expect(try Press(.enter, behind: [key] + Self.keys("go1.19")).opened)
      return
    }
    #expect(try Press(key).lastRow.contains("only in a comparison"))
    let show = ComparisonShow(
      try ShowLibrary.open("map-growth"), try ShowLibrary.open("map-growth", rules: "go1.19"))
    let differences = show.differences
    var player = PlayerActivity(
      show: show, start: .init(step: differences[1], isPaused: true), look: Look(size: Self.window))
    _ = player.handle(key)
    #expect(player.player.step == differences[command == .nextDifference ? 2 : 0])
  }

  private func expectFile(
    _ key: Key, _ kind: Prompt.FileKind, _ name: String, behind keys: [Key] = []
  ) throws {
    let press = try Press(key, behind: keys)
    #expect(press.after.prompt?.kind == .file(kind) && press.after.prompt?.text == name)
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    let path = "\(folder)/\(name)"
    let written = try Press(.enter, behind: keys + [key, .control("u")] + Self.keys(path))
    #expect(written.lastRow.contains("written: "))
    #expect(try #require(TestFiles.read(path)).count > 100)
  }

  private func expectLook(_ command: Command, _ key: Key) throws {
    switch command {
    case .switchView:
      let press = try Press(key, in: "tcp-close", at: 30)
      #expect(press.after.look.view == 1 && press.screen != press.screenBefore)
    case .nextPane: #expect(try Press(key).after.focus.pane == "hmap")
    case .previousPane: #expect(try Press(key).after.focus.pane == "new")
    case .zoom:
      let press = try Press(key, behind: [.tab, .tab])
      #expect(press.after.focus.isZoomed && !press.screen.contains(" hmap "))
    default:
      let press = try Press(key, behind: [.tab, .tab, .down])
      #expect(press.after.focus.isInspecting && press.screen.contains("tophash"))
      #expect(try !Press(key, behind: [.tab, .tab, .down, key]).after.focus.isInspecting)
    }
  }
}
