import Models
import Testing

@testable import Visualizer

@Suite struct PictureTests {
  private func recorder(_ name: String, _ look: Look, _ steps: ClosedRange<Int>) throws -> Recorder
  {
    Recorder(show: try Shows.open(name), look: look, framesPerSecond: 12, speed: 1, steps: steps)
  }

  /// What is written to a file.
  private func written(_ produce: (inout ByteSink) throws -> Void) throws -> String {
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    try OutputFile.write("\(folder)/picture", overwrite: false, produce)
    return String(decoding: try #require(TestFiles.read("\(folder)/picture")), as: UTF8.self)
  }

  private func svg(_ recorder: Recorder) throws -> String {
    try written { try SVGPicture.movie(recorder, Theme(depth: .many), to: &$0) }
  }

  private func page(_ recorders: [Recorder], _ depth: Theme.Depth = .many) throws -> String {
    let keys = Keymap.ofPages(languages: recorders.count)
    return try written {
      try HTMLPage(recorders: recorders, theme: Theme(depth: depth), keys: keys).write(to: &$0)
    }
  }

  private func unescaped(_ text: Substring) -> String {
    [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(
      String(text)
    ) { $0.replacing($1.0, with: $1.1) }
  }

  // MARK: - SVG

  /// A run of glyphs as it is read back: where it stands, and when it is to be seen.
  private struct Run {
    var row: Int
    var column: Int
    var text: String
    /// In milliseconds; nil for always.
    var times: [Range<Int>]?
  }

  private func runs(_ svg: Substring) -> [Run] {
    svg.split(separator: "\n").compactMap { line in
      guard let match = line.firstMatch(of: #/<text [^>]*x="(\d+)" y="(\d+)"[^>]*>([^<]*)/#),
        let x = Int(match.1), let y = Int(match.2)
      else { return nil }
      let sets = line.matches(of: #/begin="t\.begin\+([\d.]+)s" dur="([\d.]+)s"/#).map { set in
        let start = Int(((Double(set.1) ?? 0) * 1000).rounded())
        return start..<start + Int(((Double(set.2) ?? 0) * 1000).rounded())
      }
      return Run(
        row: (y - 15) / 19, column: x / 10, text: unescaped(match.3),
        times: sets.isEmpty ? nil : sets)
    }
  }

  private func text(_ runs: [Run], _ size: Size) -> String {
    var canvas = Canvas(size)
    for run in runs { canvas.put(run.text, run.column, run.row) }
    return canvas.text
  }

  /// At every moment an SVG shows the frame that was drawn for it, and at its end the still.
  @Test(arguments: [
    ("map-growth", Language.zh, 60), ("tcp-close", .en, 40), ("malloc-tiny", .en, 5),
  ])
  func anSVGShowsTheFramesThatWereDrawn(
    _ name: String, _ language: Language, _ first: Int
  ) throws {
    let recorder = try recorder(
      name, Look(size: .middle, language: language), first...first + 12)
    let svg = try svg(recorder)
    #expect(try svg == self.svg(recorder))
    let (lasting, rest) = (
      svg.prefix(upTo: "<g class=\"still\""), svg.suffix(from: "<g class=\"still\"")
    )
    let (last, passing) = (
      rest.prefix(upTo: "<g class=\"motion\""), rest.suffix(from: "<g class=\"motion\"")
    )
    let always = runs(lasting)
    let moving = runs(passing)
    #expect(!always.isEmpty && moving.allSatisfy { $0.times != nil })
    var frames: [(time: Int, text: String)] = []
    recorder.play { frame in
      if frames.last?.time == frame.time { frames.removeLast() }
      frames.append((frame.time, frame.canvas.text))
    }
    for frame in frames {
      let shown = moving.filter { $0.times?.contains { $0.contains(frame.time) } ?? false }
      #expect(text(always + shown, .middle) == frame.text)
    }
    let still = recorder.show.frame(
      first + 12, progress: 1, Look(size: .middle, language: language))
    #expect(text(always + runs(last), .middle) == still.text)
    #expect(frames.last?.text == still.text)
    let made = try written {
      try SVGPicture.still(still, Theme(depth: .many), title: "a", description: "b", to: &$0)
    }
    #expect(text(runs(made[...]), .middle) == still.text)
  }

  @Test func anSVGTellsItsChaptersAndNamesNoOtherFile() throws {
    let show = try Shows.open("map-lookup")
    let svg = try svg(try recorder("map-lookup", Look(size: .small), 0...show.stepCount - 1))
    for (index, chapter) in show.chapters.enumerated() {
      let start = ClockText.seconds(show.time(ofStep: chapter.step))
      #expect(svg.contains("\(start) \(index + 1) \(Markup.escape(chapter.title.en))"))
    }
    #expect(
      svg.matches(of: /https?:/).count == 1 && svg.contains("xmlns=\"http://www.w3.org/2000/svg\""))
    #expect(!svg.contains("<script") && !svg.contains("href"))
  }

  /// Wide glyphs stand at their columns and take two each, whatever the font makes of them.
  @Test func runsKeepWideGlyphsInTheirCells() {
    var canvas = Canvas(Size(columns: 20, rows: 1))
    canvas.put("ab 中文c──│ d", 1, 0)
    let runs = PictureRun.runs(of: canvas, row: 0, Theme(depth: .many))
    #expect(runs.map(\.text) == ["ab", "中文", "c", "──", "│", "d"])
    #expect(runs.map(\.column) == [1, 4, 8, 9, 11, 13])
    #expect(runs.map(\.columns) == [2, 4, 1, 2, 1, 1])
  }

  // MARK: - HTML

  private func recording(_ page: String) throws -> JSON {
    let text = page.suffix(from: "<script type=\"application/json\" id=\"recording\">").prefix(
      upTo: "</script>")
    var reader = JSONReader(file: "page", bytes: Array(text.drop { $0 != "{" }.utf8))
    return try reader.readValue()
  }

  /// Every frame of a film, put together from the changes as the page's script does.
  private func frames(_ film: JSON, _ size: Size) throws -> [(step: Int, text: String)] {
    var canvas = Canvas(size)
    var step = 0
    return try #require(film["frames"]?.array).map { frame in
      let parts = frame.array ?? []
      step += parts[1].integer ?? 0
      for at in stride(from: 2, to: parts.count, by: 4) {
        let (row, column) = (parts[at].integer ?? 0, parts[at + 1].integer ?? 0)
        let glyphs = parts[at + 2].string ?? ""
        canvas.put(glyphs, column, row)
        let counted = (parts[at + 3].string ?? "").matches(of: /(\d*)[A-G]?W?[a-l]/).reduce(0) {
          $0 + (Int($1.1) ?? 1)
        }
        #expect(counted == glyphs.unicodeScalars.count)
      }
      return (step, canvas.text)
    }
  }

  @Test(arguments: [("map-overflow", 20), ("tcp-close", 40), ("malloc-sweep", 10)])
  func aPageHoldsTheFramesOfBothLanguages(_ name: String, _ first: Int) throws {
    var recorders: [Recorder] = []
    for language in [Language.zh, .en] {
      var recorder = try recorder(
        name, Look(size: .middle, language: language), first...first + 10)
      recorder.showsPlaying = false
      recorders.append(recorder)
    }
    let page = try page(recorders)
    #expect(try page == self.page(recorders))
    #expect(page.hasPrefix("<!doctype html>\n<html lang=\"zh\">"))
    let films = try #require(try recording(page)["films"]?.array)
    #expect(films.map { $0["language"]?.string } == ["zh", "en"])
    for (film, recorder) in zip(films, recorders) {
      var drawn: [(step: Int, text: String)] = []
      recorder.play { drawn.append(($0.step - first, $0.canvas.text)) }
      let read = try frames(film, .middle)
      #expect(read.map(\.step) == drawn.map(\.step))
      #expect(read.map(\.text) == drawn.map(\.text))
      let told = film["narration"]?.array?.map { $0.array?[0].string }
      #expect(
        told
          == recorder.steps.map {
            recorder.show.narration(ofStep: $0, recorder.look.language).text
          })
    }
  }

  /// A page works from a file: it loads nothing, and holds no handler in its markup.
  @Test func aPageIsWholeInItself() throws {
    let page = try page([try recorder("tcp-open", Look(size: .small), 0...5)])
    let policy = try #require(
      page.firstMatch(of: /http-equiv="Content-Security-Policy" content="([^"]*)"/))
    let hash = "&#39;sha256-[A-Za-z0-9+/=]{44}&#39;"
    let wanted = try Regex("default-src &#39;none&#39;; script-src \(hash); style-src \(hash); .*")
    let written = Markup.escape(unescaped(policy.1))
    #expect(try wanted.wholeMatch(in: written) != nil)
    #expect(page.firstMatch(of: /(https?:|url\(|@import|<link|<iframe|<img)/) == nil)
    #expect(page.firstMatch(of: /<[^>]* on[a-z]+=/) == nil)
    #expect(page.firstMatch(of: /<[^>]* style=/) == nil)
    #expect(!page.contains("{{"))
  }

  @Test func anASCIIPictureIsASCIIThroughout() throws {
    let recorder = try recorder("map-overflow", Look(size: .small, charset: .ascii), 0...12)
    #expect(try page([recorder]).utf8.allSatisfy { $0 == 0x0a || (0x20..<0x7f).contains($0) })
    #expect(try svg(recorder).utf8.allSatisfy { $0 == 0x0a || (0x20..<0x7f).contains($0) })
  }

  @Test func withoutColoursOnlyAttributesTellCellsApart() throws {
    let recorder = try recorder("map-lookup", Look(size: .small), 0...20)
    let films = try #require(try recording(try page([recorder], .none))["films"]?.array)
    for frame in try #require(films[0]["frames"]?.array) {
      let parts = frame.array ?? []
      for at in stride(from: 5, to: parts.count, by: 4) {
        #expect((parts[at].string ?? "").allSatisfy { !("b"..."l").contains($0) })
      }
    }
  }

  // MARK: - Text, hashes

  @Test func hostileTextIsSpelledOutAndBounded() {
    #expect(Markup.escape("<a b='\"&\">") == "&lt;a b=&#39;&quot;&amp;&quot;&gt;")
    #expect(Markup.json("</script>\u{1b}") == "\"\\u003c/script>\\u001b\"")
    #expect(
      Markup.visible("a\u{202e}\u{7}\u{200b}\u{ffff}", .unicode)
        == "a\\u{202e}\\x07\\u{200b}\\u{ffff}")
    let long = String(repeating: "<", count: 1 << 20)
    #expect(Markup.visible(long, .ascii) == String(repeating: "<", count: Markup.limit) + "~")
  }

  /// Source: FIPS 180-4's examples, and the lengths at which a block is filled up.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
    (
      String(repeating: "a", count: 1000),
      "41edece42d63e8d9bf515a9ba6932e1c20cbc9f5a5d134645adb5db1b9737ea3"
    ),
  ])
  func hashesAreThoseOfTheStandard(_ message: String, _ wanted: String) {
    let hash = SHA256.hash(Array(message.utf8)).map { byte in
      (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }
    #expect(hash.joined() == wanted)
  }
}

extension StringProtocol where SubSequence == Substring {
  /// The text before the first place where another stands; the whole where there is none.
  fileprivate func prefix(upTo text: String) -> Substring {
    firstRange(of: text).map { self[..<$0.lowerBound] } ?? self[...]
  }

  /// The text from the first place where another stands.
  fileprivate func suffix(from text: String) -> Substring {
    firstRange(of: text).map { self[$0.lowerBound...] } ?? self[endIndex...]
  }
}
