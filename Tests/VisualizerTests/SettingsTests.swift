import Foundation
import Testing

@testable import Visualizer

private func temporaryFolder() throws -> String {
  let path = "\(NSTemporaryDirectory())/visualizer-test-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  return path
}

/// What a viewer wants always: where it is read, and what of it counts.
@Suite struct SettingsTests {
  private func read(_ text: String) -> (Settings, warnings: [String]) {
    Settings.read(file: "c.yaml", bytes: Array(text.utf8))
  }

  @Test func everySettingIsRead() {
    let text = """
      # mine
      lang: zh
      theme: high-contrast
      motion: reduced
      charset: unicode
      color: always
      mouse: true
      speed: 2.5
      detail: everything
      """
    let (settings, warnings) = read(text)
    #expect(warnings == [])
    #expect(
      settings
        == Settings(
          language: .zh, theme: .highContrast, motion: .reduced, charset: .unicode,
          colour: .always, takesMouse: true, speed: 2.5, detail: .everything))
  }

  @Test(
    arguments: [
      ("theem: dark\n", "c.yaml:1:1: warning: unknown setting 'theem'; did you mean 'theme'?"),
      (
        "speed: 2\ntheme:  drak\n",
        "c.yaml:2:9: warning: theme: 'drak' is not known; write auto, dark, light, deuteranopia, tritanopia, high-contrast, mono"
      ),
      (
        "speed: 1000\n",
        "c.yaml:1:8: warning: speed: '1000' is not known; write a number from 0.1 to 64"
      ),
      ("mouse: [1]\n", "c.yaml:1:8: warning: mouse: '' is not known; write true, false"),
      ("- a\n", "c.yaml:1:1: warning: write a setting to a line: theme: dark"),
      (
        "lang: \"\u{1b}[31m\"\n",
        "c.yaml: warning: not YAML, not read; write a setting to a line: theme: dark"
      ),
      (
        "a: b: c\n",
        "c.yaml:1:5: warning: not YAML, not read; write a setting to a line: theme: dark"
      ),
    ])
  func whatIsNotUnderstoodIsLeftOut(_ text: String, _ warning: String) {
    let (settings, warnings) = read(text)
    #expect(warnings == [warning])
    #expect(settings == (text.hasPrefix("speed: 2") ? Settings(speed: 2) : Settings()))
  }

  @Test func nothingIsNoMistake() {
    for text in ["", "\n", "# nothing\n"] {
      let (settings, warnings) = read(text)
      #expect(settings == Settings() && warnings == [])
    }
  }

  @Test func variablesGoBeforeTheFile() throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try FileManager.default.createDirectory(
      atPath: folder + "/visualizer", withIntermediateDirectories: true)
    try TestFiles.write(folder + "/visualizer/config.yaml", Array("theme: dark\nspeed: 2\n".utf8))
    let (settings, warnings) = Settings.read([
      "XDG_CONFIG_HOME": folder, "VISUALIZER_THEME": "light", "VISUALIZER_LANG": "",
      "VISUALIZER_MOTION": "none", "VISUALIZER_DETAIL": "all",
    ])
    #expect(settings == Settings(theme: .light, motion: Motion.none, speed: 2))
    #expect(
      warnings == ["VISUALIZER_DETAIL: warning: 'all' is not known; write what, why, everything"])
  }

  @Test func foldersAreThoseOfTheStandard() {
    let own = XDGFolders(["XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s", "HOME": "/h"])
    #expect(own.configuration == "/c/visualizer" && own.state == "/s/visualizer")
    let usual = XDGFolders(["XDG_CONFIG_HOME": "relative", "HOME": "/h"])
    #expect(usual.configuration == "/h/.config/visualizer")
    #expect(usual.state == "/h/.local/state/visualizer")
    let none = XDGFolders([:])
    #expect(none.configuration == nil && none.state == nil)
  }
}

/// Marks that last from one run to the next.
@Suite struct BookmarkFileTests {
  private static let scenario = "title: t\nmodel: map\nscript:\n  - insert k1..k9\n  - lookup k1\n"

  private func show(_ text: String = scenario) throws -> any Show {
    try ShowLibrary.open(
      ScenarioFile(file: "a.yaml", bytes: Array(text.utf8)), name: "a")
  }

  private func inState(_ body: (XDGFolders) throws -> Void) throws {
    let folder = try temporaryFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body(XDGFolders(["XDG_STATE_HOME": folder]))
  }

  @Test func whatIsKeptComesBack() throws {
    try inState { folders in
      let show = try show()
      let marks = [Bookmark(letter: "b", step: 3), Bookmark(letter: "a", step: show.stepCount - 1)]
      #expect(BookmarkFile(show, folders).load(for: show) == [])
      BookmarkFile(show, folders).save(marks, of: show)
      let again = try self.show()
      #expect(BookmarkFile(again, folders).load(for: again) == marks.reversed())
    }
  }

  @Test func linesThatAreNoMarksAreLeftOut() throws {
    try inState { folders in
      let show = try show()
      let file = BookmarkFile(show, folders)
      file.save([Bookmark(letter: "a", step: 3)], of: show)
      let path = try #require(file.path)
      let kept = try #require(FileManager.default.contents(atPath: path))
      for rubbish in [" \n", "a\n", "a b c d\n", "\u{1b} 1 x\n", "é 3 0\n"] {
        _ = FileManager.default.createFile(atPath: path, contents: kept + Data(rubbish.utf8))
        #expect(file.load(for: show) == [Bookmark(letter: "a", step: 3)])
      }
    }
  }

  @Test func aMarkOfWhatHasChangedIsDropped() throws {
    try inState { folders in
      let show = try show()
      let last = show.stepCount - 1
      BookmarkFile(show, folders).save(
        [Bookmark(letter: "a", step: 3), Bookmark(letter: "z", step: last)], of: show)
      let changed = try self.show(Self.scenario.replacing("lookup k1", with: "lookup k2"))
      #expect(
        BookmarkFile(changed, folders).load(for: changed) == [Bookmark(letter: "a", step: 3)])
      let other = try self.show(Self.scenario.replacing("title: t", with: "title: u"))
      #expect(BookmarkFile(other, folders).load(for: other) == [])
    }
  }

  @Test func marksAreKeptAsTheyAreSet() throws {
    let show = try show()
    var kept: [[Bookmark]] = []
    let start = PlayerActivity.Start(
      step: 4, isPaused: true, bookmarks: [Bookmark(letter: "q", step: 1)],
      keepBookmarks: { kept.append($0) })
    var player = PlayerActivity(show: show, start: start, look: Look(size: FrameScene.full))
    _ = player.handle(.character("m"))
    _ = player.handle(.character("a"))
    #expect(kept == [[Bookmark(letter: "q", step: 1), Bookmark(letter: "a", step: 4)]])
    _ = player.handle(.character("'"))
    _ = player.handle(.character("q"))
    #expect(player.player.step == 1)
  }

  @Test func aFileThatIsNoneIsRead() throws {
    try inState { folders in
      let show = try show()
      BookmarkFile(show, folders).save([Bookmark(letter: "a", step: 2)], of: show)
      let folder = try #require(folders.state) + "/bookmarks"
      let name = try #require(try TestFiles.names(in: folder).first)
      let path = "\(folder)/\(name)"
      let good = String(decoding: try #require(TestFiles.read(path)), as: UTF8.self)
      for noise in ["", "a", "a 1", "ab 1 2", "b -1 0", "b 99999999999999999999 0", "\u{1b} 1 1"] {
        try TestFiles.write(path, Array((noise + "\n" + good + good).utf8))
        #expect(
          BookmarkFile(show, folders).load(for: show) == [Bookmark(letter: "a", step: 2)])
      }
    }
  }

  @Test func nowhereToKeepThemIsNoError() throws {
    let show = try show()
    for folders in [XDGFolders([:]), XDGFolders(["XDG_STATE_HOME": "/proc/none"])] {
      BookmarkFile(show, folders).save([Bookmark(letter: "a", step: 2)], of: show)
      #expect(BookmarkFile(show, folders).load(for: show) == [])
    }
  }
}
