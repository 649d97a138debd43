import BundledScenarios
import Testing

@testable import Visualizer

/// The gallery as a value: keys go in, and what a viewer would see comes out.
@Suite struct GalleryActivityTests {
  private func gallery(_ size: Size = .middle, language: Language = .en) throws -> GalleryActivity {
    var gallery = GalleryActivity(
      entries: try Catalogue.entries(), look: Look(size: size, language: language))
    _ = gallery.draw(window: size)
    return gallery
  }

  private func screen(_ gallery: GalleryActivity, _ size: Size = .middle) -> String {
    var gallery = gallery
    return gallery.draw(window: size).text
  }

  private func type(_ text: String, into gallery: inout GalleryActivity) {
    for scalar in text.unicodeScalars { _ = gallery.handle(.character(scalar)) }
  }

  private func name(_ gallery: GalleryActivity) -> String {
    gallery.chosen.map { gallery.entries[$0].name } ?? ""
  }

  private func chosen(_ gallery: GalleryActivity) -> Int { gallery.chosen ?? -1 }

  // MARK: - The catalogue

  @Test func headingsSayWhatTheWholeFilesSay() throws {
    let entries = try Catalogue.entries()
    #expect(entries.map(\.name).sorted() == BundledScenarios.all.map(\.name).sorted())
    for entry in entries {
      let yaml = try #require(BundledScenarios.all.first { $0.name == entry.name }).yaml
      let file = try ScenarioFile(file: entry.name, bytes: yaml)
      #expect(entry.title == file.title && entry.teaches == file.teaches)
      #expect(entry.system.rawValue == file.model.text && entry.rules == file.rules?.text)
    }
  }

  @Test func everyScenarioSaysInBothLanguagesWhatItTeaches() throws {
    for entry in try Catalogue.entries() {
      #expect(entry.teaches != entry.title, "\(entry.name)")
      #expect(entry.teaches.en.hasSuffix(".") && entry.teaches.en.utf8.allSatisfy { $0 < 0x80 })
      #expect(entry.teaches.zh.hasSuffix("。"))
      for language in Language.allCases {
        // Two lines of a window of 80 columns.
        #expect(TextLayout.wrap(entry.teaches[language], columns: 78).count <= 2, "\(entry.name)")
      }
    }
  }

  // MARK: - Choosing

  @Test func theFirstFrameShowsListAndPreview() throws {
    let text = screen(try gallery())
    for words in ["Go map", "Go allocator", "TCP", "▸ map-lookup", "How a map finds a key"] {
      #expect(text.contains(words), "\(words)")
    }
    #expect(text.contains("What each bit of a hash is for"))
    #expect(text.contains("steps"))
  }

  @Test func arrowsPagesAndSystemsMoveTheCursor() throws {
    var gallery = try gallery()
    let names = gallery.entries.map(\.name)
    _ = gallery.handle(.down)
    #expect(name(gallery) == names[1])
    _ = gallery.handle(.up)
    _ = gallery.handle(.up)
    #expect(name(gallery) == names[0])
    _ = gallery.handle(.end)
    #expect(name(gallery) == names[names.count - 1])
    _ = gallery.handle(.pageUp)
    #expect(chosen(gallery) < names.count - 5)
    _ = gallery.handle(.home)
    _ = gallery.handle(.tab)
    #expect(gallery.entries[chosen(gallery)].system == .allocator)
    _ = gallery.handle(.backTab)
    _ = gallery.handle(.backTab)
    #expect(gallery.entries[chosen(gallery)].system == .tcp)
  }

  /// The chosen line is on the screen, wherever it is and however small the window.
  @Test(arguments: [Size(columns: 60, rows: 16), .small, .middle, .large])
  func theChosenOneIsAlwaysToBeSeen(_ size: Size) throws {
    for language in Language.allCases {
      var gallery = try gallery(size, language: language)
      for entry in gallery.entries {
        let text = screen(gallery, size)
        #expect(text.contains("▸ \(entry.name)"))
        let teaches = TextLayout.wrap(entry.teaches[language], columns: 20)[0]
        #expect(text.contains(teaches), "\(entry.name) at \(size.columns)")
        _ = gallery.handle(.down)
      }
    }
  }

  // MARK: - Filter

  @Test func lettersFilterAtOnceAndEscapeBringsAllBack() throws {
    var gallery = try gallery()
    type("tcp wait", into: &gallery)
    #expect(gallery.listed.count > 1 && gallery.listed.count < gallery.entries.count)
    #expect(gallery.listed.allSatisfy { gallery.entries[$0].system == .tcp })
    #expect(screen(gallery).contains("filter: tcp wait"))
    #expect(screen(gallery).contains("of \(gallery.entries.count) scenarios"))
    _ = gallery.handle(.backspace)
    #expect(screen(gallery).contains("filter: tcp wai"))
    let before = name(gallery)
    _ = gallery.handle(.escape)
    #expect(gallery.listed.count == gallery.entries.count && name(gallery) == before)
    #expect(!screen(gallery).contains("filter: "))
  }

  @Test func wordsAreFoundInEitherLanguageAndNothingIsSaidSo() throws {
    var gallery = try gallery()
    type("扩容", into: &gallery)
    #expect(gallery.listed.map { gallery.entries[$0].name }.contains("map-growth"))
    _ = gallery.handle(.escape)
    type("zzz", into: &gallery)
    #expect(gallery.listed.isEmpty && gallery.chosen == nil)
    #expect(screen(gallery).contains("no scenario says that"))
    for key in [Key.down, .end, .pageUp, .tab, .enter] {
      guard case .stay = gallery.handle(key) else {
        Issue.record("\(key) leads out of an empty list")
        return
      }
    }
  }

  /// Where nothing is typed, q and L are what they are everywhere; then they are letters.
  @Test func qQuitsAndLSwitchesOnlyWhileNothingIsTyped() throws {
    var gallery = try gallery()
    for key in [Key.right, .left, .delete, .control("a")] { _ = gallery.handle(key) }
    #expect(!gallery.isTyping)
    type("/q", into: &gallery)
    #expect(gallery.filter.text == "q")
    _ = gallery.handle(.escape)
    type("L", into: &gallery)
    #expect(gallery.look.language == .zh && screen(gallery).contains("场景"))
    type("L", into: &gallery)
    type("maL", into: &gallery)
    #expect(gallery.look.language == .en && gallery.filter.text == "maL")
    _ = gallery.handle(.escape)
    guard case .leave = gallery.handle(.character("q")) else {
      Issue.record("q does not quit")
      return
    }
  }

  @Test func everyKeyOfItsHelpDoesSomething() throws {
    for entry in GalleryKeys.entries {
      for key in entry.keys {
        var gallery = try gallery()
        for _ in 0..<8 { _ = gallery.handle(.down) }
        let before = screen(gallery)
        switch gallery.handle(key) {
        case .stay: #expect(screen(gallery) != before, "\(entry.label)")
        case .leave: #expect(entry.command == .quit)
        case .open: #expect(entry.command == .play)
        case .repaint: #expect(entry.command == .repaint)
        }
      }
    }
    var gallery = try gallery()
    _ = gallery.handle(.function(1))
    for entry in GalleryKeys.entries { #expect(screen(gallery).contains(entry.what.en)) }
    #expect(gallery.nextChange == nil)
    _ = gallery.handle(.escape)
    #expect(!screen(gallery).contains("╭ Keys "))
  }

  // MARK: - Playing

  @Test func quittingThePlayerComesBackToWhereOneWas() throws {
    var gallery = try gallery()
    type("tcp", into: &gallery)
    for _ in 0..<3 { _ = gallery.handle(.down) }
    gallery.advance(milliseconds: 100)
    let before = screen(gallery)
    let name = name(gallery)
    var stack = ActivityStack(gallery)
    _ = stack.handle(.enter)
    let playing = stack.draw(window: .middle).text
    #expect(playing.hasPrefix(" \(name) ") && playing.contains("▶ playing"))
    _ = stack.handle(.character("q"))
    #expect(stack.draw(window: .middle).text == before)
    _ = stack.handle(.escape)
    _ = stack.handle(.character("q"))
    #expect(stack.isEmpty)
  }

  // MARK: - The preview

  /// Time moves the preview, and a frame is due only when the picture changes.
  @Test func thePreviewMovesAndRestsInBetween() throws {
    var gallery = try gallery()
    // Let the other scenarios be opened first, so that nothing but the preview changes.
    while (0..<gallery.entries.count).contains(where: { gallery.show($0) == nil }) {
      gallery.advance(milliseconds: gallery.nextChange ?? 1)
    }
    var (frames, time, pictures) = (0, 0.0, Set([screen(gallery)]))
    while time < 20_000 {
      let wait = try #require(gallery.nextChange)
      var early = gallery
      early.advance(milliseconds: wait * 0.5)
      #expect(screen(early) == screen(gallery))
      gallery.advance(milliseconds: wait)
      (frames, time) = (frames + 1, time + wait)
      pictures.insert(screen(gallery))
    }
    #expect(pictures.count > 5)
    #expect(Double(frames) / time * 1000 <= 8.5)
  }

  @Test func whoRunsThroughTheListOpensNothing() throws {
    var gallery = try gallery()
    for _ in 0..<5 {
      _ = gallery.handle(.down)
      gallery.advance(milliseconds: 30)
    }
    #expect(gallery.preview == nil && gallery.show(chosen(gallery)) == nil)
    gallery.advance(milliseconds: gallery.nextChange ?? 0)
    #expect(gallery.preview?.show.name == name(gallery))
  }

  @Test func aPreviewBeginsAThirdOfTheWayAndComesBackToIt() throws {
    let show = try Shows.open("map-lookup")
    var preview = ShowPreview(show)
    let start = preview.step
    #expect(start == show.chapters[show.chapters.count / 3].step)
    var steps: [Int] = []
    while steps.count < show.stepCount * 40 {
      preview.advance(milliseconds: preview.nextChange)
      #expect((0...1).contains(preview.progress))
      steps.append(preview.step)
      if preview.step == start, steps.contains(show.stepCount - 1) { break }
    }
    #expect(steps.last == start)
  }

  // MARK: - Pictures

  @Test(arguments: [
    (1, 1), (59, 16), (60, 16), (79, 21), (80, 24), (109, 26), (110, 26), (250, 80),
  ])
  func everySizeIsDrawn(_ columns: Int, _ rows: Int) throws {
    let size = Size(columns: columns, rows: rows)
    for language in Language.allCases {
      var gallery = try gallery(size, language: language)
      for _ in 0..<3 {
        let canvas = gallery.draw(window: size)
        #expect(canvas.size == size)
        if columns >= 60 { #expect(canvas.text.contains("map-lookup")) }
        _ = gallery.handle(.tab)
        gallery.advance(milliseconds: 100)
        _ = gallery.handle(.backTab)
        gallery.advance(milliseconds: 100)
      }
    }
  }

  @Test func asciiStaysASCII() throws {
    var gallery = GalleryActivity(
      entries: try Catalogue.entries(), look: Look(size: .small, charset: .ascii))
    for _ in gallery.entries {
      #expect(gallery.draw(window: .small).text.utf8.allSatisfy { $0 < 0x7f })
      _ = gallery.handle(.down)
      gallery.advance(milliseconds: 100)
    }
    // Where the other language cannot be shown, its key says why.
    _ = gallery.handle(.character("L"))
    #expect(gallery.draw(window: .small).text.contains("Chinese needs Unicode"))
    #expect(gallery.look.language == .en)
  }
}
