internal import Glibc
internal import Testing

/// Recordings as a reader of an article meets them: in a browser, loaded from a file.
@Suite(.serialized, .timeLimit(.minutes(15)))
struct PictureTests {
  /// Runs scripts in which `$0` is the program and `$F` a new folder, lets the body look at what they
  /// wrote there and at what the last one printed, and removes the folder.
  private func recorded(
    _ scripts: String..., files: [String: String] = [:], _ body: (String, String) throws -> Void
  ) throws {
    var template = Array("/tmp/visualizer-picture-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    let folder = String(cBytes: template)
    defer { _ = try? CommandRun(shell: "rm -rf '\(folder)'") }
    var output = ""
    for script in scripts {
      let run = try CommandRun(
        shell: "F='\(folder)'; { \(script)\n} >../output 2>../error", files: files)
      try #require(run.ending == .exited(0), "\(run.error)")
      output = run.output
    }
    try body(folder, output)
  }

  /// The glyphs of an SVG that are to be seen now, put where they stand.
  private static let svgText = """
    (() => {
      const rows = [];
      for (const text of document.querySelectorAll('text')) {
        const [x, y] = [text.x.baseVal[0].value / 10, (text.y.baseVal[0].value - 15) / 19];
        if (getComputedStyle(text).visibility !== 'visible' || text.getClientRects().length === 0) continue;
        (rows[y] ??= []).push([x, text.textContent, text.classList.contains('wide') ? 2 : 1]);
      }
      return Array.from(rows, runs => {
        const cells = [];
        for (const [x, run, width] of runs ?? []) {
          Array.from(run).forEach((glyph, at) => {
            cells[x + at * width] = glyph;
            if (width === 2) cells[x + at * width + 1] = '';
          });
        }
        return Array.from(cells, glyph => glyph ?? ' ').join('').trimEnd();
      }).join('\\n').trimEnd();
    })()
    """

  private static let pageText = """
    Array.from(document.querySelectorAll('#picture > div'), row => row.textContent.trimEnd())
      .join('\\n').trimEnd()
    """

  private func lastFrame(ofFrames text: String) -> String {
    let parts = text.split(separator: "=== frame ")
    let rows = parts.last?.split(separator: "\n").dropFirst().map { String($0.dropFirst()) } ?? []
    return rows.joined(separator: "\n")
  }

  private func withoutLastLineEnds(_ text: String) -> String {
    var text = text[...]
    while text.last == "\n" { text.removeLast() }
    return String(text)
  }

  // MARK: - The same picture everywhere

  @Test(arguments: [
    ("map-lookup", "en", "unicode"), ("tcp-close-three", "zh", "unicode"),
    ("malloc-tiny", "en", "ascii"),
  ])
  func theLastFrameIsTheSameInEveryFormat(
    _ scenario: String, _ language: String, _ charset: String
  ) throws {
    let look = "--lang \(language) --charset \(charset) --size 120x36"
    let record = "\"$0\" record \(scenario) \(look) --fps 2 -o \"$F/a."
    let frame = "\"$0\" frame \(scenario) --step last \(look)"
    try recorded(
      record + "svg\"", record + "html\"", record + "frames\"",
      frame + " --format svg >\"$F/still.svg\"",
      frame + "; echo =====; cat \"$F/a.frames\""
    ) { folder, output in
      let still = withoutLastLineEnds(
        output.split(separator: "=====\n").first.map(String.init) ?? "")
      #expect(still.split(separator: "\n").count > 20)
      #expect(lastFrame(ofFrames: output) == still)
      let browser = try Browser()
      try browser.open("\(folder)/still.svg")
      #expect(try browser.text(Self.svgText) == still)
      try browser.open("\(folder)/a.svg")
      // Just before the loop begins again.
      _ = try browser.text(
        """
        (() => { const root = document.documentElement; root.pauseAnimations();
          root.setCurrentTime(parseFloat(document.getElementById('t').getAttribute('dur')) - 0.01);
        })()
        """)
      try browser.wait(until: "document.querySelector('.still').getClientRects().length === 0")
      #expect(try browser.text(Self.svgText) == still)
      // Where motion is unwanted, the last frame stands still.
      try browser.prefer([("prefers-reduced-motion", "reduce")])
      _ = try browser.text("document.documentElement.setCurrentTime(1)")
      #expect(try browser.text(Self.svgText) == still)
      try browser.prefer([])
      try browser.open("\(folder)/a.html")
      try browser.press("End")
      #expect(try browser.text(Self.pageText) == still)
      #expect(browser.problems == [])
    }
  }

  // MARK: - The page

  @Test func aPageIsPlayedByKeysAndButtons() throws {
    let script = "\"$0\" record map-lookup -o \"$F/a.html\" && \"$0\" steps map-lookup | wc -l"
    try recorded(script) { folder, output in
      let count = try #require(Int(output.filter { !$0.isWhitespace }))
      let browser = try Browser()
      try browser.open("\(folder)/a.html")
      func step() throws -> Int? { Int(try browser.text("document.getElementById('scrub').value")) }
      func after(_ keys: String...) throws -> Int? {
        for key in keys { try browser.press(key) }
        return try step()
      }
      #expect(try step() == 0)
      #expect(try after("ArrowRight", "ArrowRight", "n") == 3)
      #expect(try after("ArrowLeft") == 2)
      #expect(try after("End") == count - 1)
      #expect(try after("ArrowRight") == count - 1)
      #expect(try after("Home", "ArrowLeft") == 0)
      #expect(try after("5") == (count - 1) / 2)
      let chapter = try #require(try after("Home", "]"))
      #expect(chapter > 0)
      #expect(try browser.text("document.querySelector('[aria-current]').textContent[0]") == "2")
      #expect(try after("]", "[") == chapter)
      #expect(try after("ArrowDown") ?? 0 > chapter)
      #expect(try after("ArrowUp") == chapter)
      // Playing goes on by itself, and ends at the end.
      try browser.press("Home")
      for _ in 0..<3 { try browser.press("+") }
      try browser.press(" ")
      try browser.wait(until: "document.getElementById('scrub').value > 2")
      #expect(
        try browser.text("document.getElementById('picture').textContent").contains("▶ playing 8x"))
      try browser.press(" ")
      #expect(try browser.text("document.getElementById('play').ariaLabel") == "Play")
      let here = try #require(try step())
      _ = try browser.text("document.getElementById('stepOn').click()")
      #expect(try step() == here + 1)
      #expect(browser.problems == [])
    }
  }

  @Test func aPageHoldsBothLanguagesAndAllIsNamed() throws {
    try recorded("\"$0\" record tcp-open -o \"$F/a.html\"") { folder, _ in
      let browser = try Browser()
      try browser.open("\(folder)/a.html")
      try browser.press("]")
      let english = try browser.text("document.getElementById('narration').textContent")
      #expect(english.hasPrefix("Chapter 2 of "))
      let parts = try browser.accessibleParts()
      for (role, name) in [("button", "Play"), ("button", "Next step"), ("slider", "Step")] {
        #expect(parts.contains { $0 == (role, name) }, "\(role) \(name)")
      }
      #expect(parts.contains { $0.role == "region" && $0.name == "Picture, as text" })
      #expect(parts.contains { $0.role == "status" })
      #expect(
        !parts.contains { ["button", "slider", "navigation"].contains($0.role) && $0.name.isEmpty })
      try browser.press("L")
      #expect(try browser.text("document.documentElement.lang") == "zh")
      #expect(
        try browser.text("document.getElementById('narration').textContent").hasPrefix("第 2 章"))
      #expect(try browser.accessibleParts().contains { $0 == ("button", "下一步") })
      #expect(try browser.text(Self.pageText).contains("步"))
      try browser.press("L")
      #expect(try browser.text("document.getElementById('narration').textContent") == english)
    }
  }

  @Test func lightAndDarkAreTheReadersChoice() throws {
    try recorded("\"$0\" record tcp-open --to 20 -o \"$F/a.html\"") { folder, _ in
      let browser = try Browser()
      var grounds: [String] = []
      for scheme in ["light", "dark"] {
        try browser.prefer([("prefers-color-scheme", scheme)])
        try browser.open("\(folder)/a.html")
        grounds.append(try browser.text("getComputedStyle(document.body).backgroundColor"))
      }
      #expect(grounds == ["rgb(246, 248, 250)", "rgb(1, 4, 9)"])
    }
  }

  /// Unless the command line chose; and a recording's own colours are seen on either ground.
  @Test func aThemeThatWasAskedForIsSeen() throws {
    let script = """
      "$0" record tcp-open --to 20 --theme dark -o "$F/a.html"
      "$0" frame tcp-open --theme light --format svg >"$F/a.svg"
      "$0" replay a.cast --frame last --format svg >"$F/b.svg"
      """
    let cast =
      #"{"version": 2, "width": 9, "height": 2}"# + "\n"
      + #"[0, "o", "\u001b[38;5;166mA\u001b[37;44mB"]"# + "\n"
    func colour(_ place: String, _ property: String) -> String {
      "getComputedStyle(document.querySelector('\(place)')).\(property)"
    }
    try recorded(script, files: ["a.cast": cast]) { folder, _ in
      let browser = try Browser()
      for scheme in ["light", "dark"] {
        try browser.prefer([("prefers-color-scheme", scheme)])
        try browser.open("\(folder)/a.html")
        #expect(try browser.text(colour("body", "backgroundColor")) == "rgb(1, 4, 9)")
        #expect(try browser.text(colour("html", "colorScheme")) == "dark")
        try browser.open("\(folder)/a.svg")
        #expect(try browser.text(colour(".ground", "fill")) == "rgb(255, 255, 255)")
        try browser.open("\(folder)/b.svg")
        #expect(try browser.text(colour("text", "fill")) == "rgb(215, 95, 0)")
        #expect(try browser.text(colour("rect.o4", "fill")) == "rgb(0, 0, 238)")
        #expect(try browser.text(colour("rect.o4 + text", "fill")) == "rgb(229, 229, 229)")
      }
      #expect(browser.problems == [])
    }
  }

  // MARK: - Hostile text

  private static let hostile = """
    title: { en: "</title></script><script>owned=1</script><img src=x onerror='owned=2'>\\u202e\\u200b\\a\\e[2J]]>", zh: "<svg onload=owned=3>" }
    model: map
    rules: go1.23
    seed: 1
    script:
      - chapter: { en: "--></style><script>owned=4</script>&lt;", zh: "\\u2028'\\"<iframe src=javascript:owned=5>" }
      - insert k1..k3
      - say: { en: "<b onmouseover=owned=6>{{SCRIPT}} \\u2066 \\uffff {{RECORDING}}</b>", zh: "</p></script>" }
      - lookup k2
    """

  @Test func textFromAScenarioStaysText() throws {
    let script = """
      "$0" record a.yaml --lang en -o "$F/a.svg" && "$0" record a.yaml -o "$F/a.html" &&
      "$0" frame a.yaml --format svg >"$F/still.svg" &&
      ! grep -lP '[\\x00-\\x09\\x0b-\\x1f\\x7f]|\\x{202e}|\\x{200b}|\\x{2066}|\\x{ffff}' "$F"/*
      """
    try recorded(script, files: ["a.yaml": Self.hostile]) { folder, _ in
      let browser = try Browser()
      for file in ["a.html", "a.svg", "still.svg"] {
        try browser.open("\(folder)/\(file)")
        let title = try browser.text(
          "(document.querySelector('h1') ?? document.querySelector('title')).textContent")
        #expect(title.hasPrefix("</title></script><script>owned=1</script><img"), "\(file)")
        #expect(
          try browser.text("document.querySelectorAll('img,iframe,b[onmouseover]').length") == "0")
        if file == "a.html" {
          for key in ["]", "End", "L", "Home", "ArrowRight"] { try browser.press(key) }
          #expect(try browser.text("document.querySelectorAll('script').length") == "2")
        } else {
          #expect(try browser.text("document.querySelectorAll('script').length") == "0")
        }
        #expect(try browser.text("typeof owned") == "undefined")
        #expect(browser.problems == [])
      }
    }
  }

  /// Even a script that did get into the page would not run, nor could it load anything.
  @Test func thePolicyOfAPageForbidsAnyOtherScript() throws {
    try recorded("\"$0\" record tcp-open --to 5 -o \"$F/a.html\"") { folder, _ in
      let browser = try Browser()
      try browser.open("\(folder)/a.html")
      let added = """
        (() => { const script = document.createElement('script'); script.textContent = 'owned = 1';
          document.body.append(script); document.body.setAttribute('onclick', 'owned = 2');
          document.body.click(); return typeof owned; })()
        """
      #expect(try browser.text(added) == "undefined")
      #expect(browser.problems.count >= 2)
      #expect(browser.problems.allSatisfy { $0.contains("Content Security Policy") })
    }
  }
}
