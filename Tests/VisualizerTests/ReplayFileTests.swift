import Models
import Testing

@testable import Visualizer

/// Recordings read: times, markers, pictures, and what is wrong with files.
@Suite struct ReplayFileTests {
  static let header = #"{"version": 2, "width": 20, "height": 3, "title": "T"}"# + "\n"

  private func read(_ text: String, idle: Double? = nil) throws(InputError) -> Replay {
    try ReplayFile.read(Array(text.utf8), file: "a.cast", idleLimit: idle)
  }

  private func rows(_ replay: Replay, _ index: Int) -> [String] {
    var rows = replay.picture(index).canvas.text.split(
      separator: "\n", omittingEmptySubsequences: false)
    while rows.last == "" { rows.removeLast() }
    return rows.map(String.init)
  }

  @Test func resizingOverAndOverComesToAnEnd() throws {
    let flood = (0..<4000).map { "[0.\($0 + 1000), \"r\", \"\(999 + $0 % 2)x500\"]\n" }
    let header = "{\"version\": 2, \"width\": 20, \"height\": 3}\n"
    let replay = try read(header + flood.joined() + "[2, \"o\", \"still here\"]\n")
    #expect(replay.picture(replay.count - 1).canvas.text.contains("still here"))
    #expect(replay.warning?.contains("changes its size too often") == true)
  }

  /// What a reader has no use for never stands in memory as a tree.
  @Test func whatIsReadOverIsStillRead() throws {
    let nested = "[[1, {\"a\": [2, \"b\"]}], {}]"
    let replay = try read(
      Self.header + "[0, \"x\", \(nested)]\n[1, \"o\", \"seen\", \(nested)]\n")
    #expect(rows(replay, replay.count - 1) == ["seen"])
    for line in ["[0, \"x\", [1, ]]", "[\(nested), \"o\", \"\"]", "[0, \(nested), \"\"]"] {
      #expect(throws: InputError.self, "\(line)") { try read(Self.header + line + "\n") }
    }
    let long = String(repeating: " ", count: 1 << 16)
    #expect { try read("{\"version\": 2,\(long) \"width\": 20, \"height\": 3}\n") } throws: {
      "\($0)".contains("a.cast:1") && "\($0)".contains("header is longer")
    }
  }

  /// The same content in both versions: one counts from the start, the other from event to event.
  @Test func versions2And3() throws {
    let second = """
      {"version": 2, "width": 40, "height": 6, "idle_time_limit": 9, "title": "Growth"}
      [0.0, "m", "1 Insert"]
      [0.0, "o", "\\u001b[2J\\u001b[Hstep 1"]

      [1.0, "o", "\\u001b[1;1Hstep 2"]
      [1.5, "r", "60x8"]
      [2.5, "i", "n"]
      [2.6, "future", {"a": [1]}]
      [3.0, "m", "2 Growth"]
      [4.0, "o", "\\u001b[1;1Hstep 3"]
      """
    let third = """
      {"version": 3, "term": {"cols": 40, "rows": 6}, "title": "Growth"}
      # a comment
      [0.0, "m", "1 Insert"]
      [0.0, "o", "\\u001b[2J\\u001b[Hstep 1"]
      [1.0, "o", "\\u001b[1;1Hstep 2"]
      [0.5, "r", "60x8"]
      [1.0, "i", "n"]
      [0.1, "future", {"a": [1]}]
      [0.4, "m", "2 Growth"]
      [1.0, "o", "\\u001b[1;1Hstep 3"]
      [0, "x", "0"]
      """
    for text in [second, third] {
      let replay = try read(text)
      #expect(replay.title == "Growth" && replay.warning == nil)
      #expect(replay.times == [0, 1000, 1500, 4000] && replay.duration == 4000)
      #expect(replay.markers.map(\.label) == ["1 Insert", "2 Growth"])
      #expect(replay.markers.map(\.time) == [0, 3000])
      #expect(rows(replay, 0) == ["step 1"] && rows(replay, 3) == ["step 3"])
      #expect(replay.picture(1).size == Size(columns: 40, rows: 6))
      #expect(replay.picture(2).size == Size(columns: 60, rows: 8))
      #expect([0, 999, 1000, 3999, 9000].map(replay.index(atTime:)) == [0, 0, 1, 2, 3])
    }
  }

  @Test func pausesAreShortened() throws {
    let events = "[0, \"o\", \"a\"]\n[10, \"o\", \"b\"]\n[10.5, \"o\", \"c\"]\n"
    let limited = #"{"version": 2, "width": 20, "height": 3, "idle_time_limit": 2}"# + "\n"
    #expect(try read(Self.header + events).times == [0, 10_000, 10_500])
    #expect(try read(limited + events).times == [0, 2_000, 2_500])
    #expect(try read(limited + events, idle: 0.25).times == [0, 250, 500])
  }

  @Test func timesThatGoWrongStandStill() throws {
    let replay = try read(
      Self.header
        + "[-5, \"o\", \"a\"]\n[3, \"o\", \"b\"]\n[1, \"o\", \"c\"]\n[3.5, \"o\", \"d\"]\n"
        + "[1e300, \"o\", \"e\"]\n")
    #expect(replay.times == replay.times.sorted() && replay.times[0] == 0)
    #expect(rows(replay, replay.count - 1) == ["abcde"])
  }

  /// Events that follow each other at once are one picture; those that change nothing are none.
  @Test func onlyWhatCanBeSeenIsAFrame() throws {
    let replay = try read(
      Self.header + "[1, \"o\", \"a\"]\n[1.001, \"o\", \"b\"]\n[2, \"o\", \"\\u001b]0;t\\u0007\"]\n"
        + "[3, \"o\", \"c\"]\n[9, \"o\", \"\"]\n")
    #expect(replay.times == [0, 1000, 3000] && replay.duration == 9000)
    #expect((0..<3).map { rows(replay, $0) } == [[], ["ab"], ["abc"]])
  }

  @Test func aCharacterMayBeSplitOverTwoEvents() throws {
    var bytes = Array((Self.header + "[0, \"o\", \"x").utf8)
    let character = Array("中".utf8)
    bytes += character[..<2] + Array("\"]\n[0.1, \"o\", \"".utf8) + character[2...]
    bytes += Array("y\"]\n".utf8)
    let replay = try ReplayFile.read(bytes, file: "a.cast")
    #expect(rows(replay, replay.count - 1) == ["x中y"])
  }

  @Test func aRecordingThatBreaksOffIsShownSoFar() throws {
    let replay = try read(Self.header + "[0, \"o\", \"a\"]\n[1, \"o\", \"b\"]\n[2, \"o\", \"ccc")
    #expect(rows(replay, replay.count - 1) == ["ab"])
    #expect(replay.warning?.contains("line 4") == true)
  }

  @Test(
    arguments: [
      ("", nil, nil, "empty"), ("title: x\n", 1, 1, "no recording"),
      ("\u{0}\u{1}\u{2}", 1, 1, "no recording"), ("{\"version\": 2", 1, 14, "cut off"),
      ("{\"version\": 1, \"stdout\": []}\n", 1, 13, "asciinema convert"),
      ("{\"width\": 1}\n", 1, 1, "version"), ("{\"version\": 9}\n", 1, 13, "2 or 3"),
      ("{\"version\": 2, \"width\": 1000000, \"height\": 1}\n", 1, 25, "from 1 to 1000"),
      ("{\"version\": 2, \"width\": 80, \"height\": 0}\n", 1, 39, "from 1 to 500"),
      ("{\"version\": 2, \"width\": 80.5, \"height\": 9}\n", 1, 25, "whole number"),
      ("{\"version\": 3}\n", 1, 1, "term"), (header + "[0, \"o\"]\n", 2, 1, "data"),
      (header + "[0, \"o\", 5]\n", 2, 10, "a string"),
      (header + "\n[\"0\", \"o\", \"\"]\n", 3, 2, "number"),
      (header + "[NaN, \"o\", \"\"]\n", 2, 2, "JSON value"),
      (header + "rubbish\n[0, \"o\", \"\"]\n", 2, 1, "["),
      (header + "[0, \"o\", \"\\q\"]\n", 2, 11, "escape"),
      (header + "[0, 7, \"\"]\n", 2, 1, "data"),
      ("#visualizer-frames 2 cols=1 rows=1\n", 1, 1, "visualizer-frames 1"),
      ("#visualizer-frames 1 cols=0 rows=1\n", 1, 22, "1 to 1000"),
      ("#visualizer-frames 1 cols=9\n", 1, 1, "size"),
      ("#visualizer-frames 1 cols=9 rows=1\n", 1, nil, "no frame"),
      ("#visualizer-frames 1 cols=9 rows=1\n|a\n", 2, 1, "behind"),
      ("#visualizer-frames 1 cols=9 rows=1\n=== frame 0 step 0/1\n", 2, 1, "time"),
      ("#visualizer-frames 1 cols=9 rows=1\n=== frame 0 t=nan\n", 2, 13, "seconds"),
      ("#visualizer-frames 1 cols=9 rows=1\n=== frame 0 t=0\n|\n|\n", 4, 1, "more rows"),
      ("#visualizer-frames 1 cols=2 rows=1\n=== frame 0 t=0\n|abc\n", 3, 4, "columns"),
      ("#visualizer-frames 1 cols=2 rows=1\n=== frame 0 t=0\nabc\n", 3, 1, "'|'"),
    ] as [(String, Int?, Int?, String)])
  func errorsNameThePlace(_ text: String, _ line: Int?, _ column: Int?, _ words: String) throws {
    let error = try #require(throws: InputError.self) { try read(text) }
    #expect(error.line == line && error.column == column, "\(error)")
    #expect(error.message.contains(words), "\(error)")
  }

  // MARK: - Our own

  private func recorded(_ name: String, steps: ClosedRange<Int>) throws -> (
    frames: Replay, cast: Replay, drawn: [Canvas]
  ) {
    let recorder = Recorder(
      show: try Shows.open(name), look: Look(size: .small, language: .zh), framesPerSecond: 12,
      speed: 1, steps: steps)
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    try OutputFile.write("\(folder)/a.frames", overwrite: false) {
      try FramesText.write(recorder, to: &$0)
    }
    try OutputFile.write("\(folder)/a.cast", overwrite: false) {
      try Asciicast.write(recorder, Theme(depth: .many), to: &$0)
    }
    var drawn: [Canvas] = []
    recorder.play { if drawn.last != $0.canvas { drawn.append($0.canvas) } }
    return (
      try ReplayFile.open("\(folder)/a.frames"), try ReplayFile.open("\(folder)/a.cast"), drawn
    )
  }

  /// Every picture of a recording of ours is the one that was drawn, whichever way it is reached.
  @Test func ourRecordingsShowWhatWasDrawn() throws {
    let (frames, cast, drawn) = try recorded("map-growth", steps: 55...75)
    #expect(cast.count == drawn.count)
    #expect(cast.markers.map(\.time) == frames.markers.map(\.time))
    #expect(cast.markers.map(\.label) == frames.markers.map(\.label))
    #expect(frames.hasSteps && frames.stops.count == 21)
    var random = SplitMix64(seed: 4)
    let order =
      Array(0..<cast.count) + (0..<cast.count).reversed()
      + (0..<60).map { _ in Int.random(in: 0..<cast.count, using: &random) }
    for index in order {
      #expect(cast.picture(index).canvas.text == drawn[index].text, "frame \(index)")
    }
    let last = frames.picture(frames.count - 1).canvas.text
    #expect(last == drawn.last?.text && last == cast.picture(cast.count - 1).canvas.text)
  }

  @Test func rowsOfStylesAreRead() throws {
    let replay = try read(
      "#visualizer-frames 1 cols=6 rows=2\n=== frame 7 t=2.5\n|ab中\n~b.r.1\n|\u{1b}[2J\u{202e}\n")
    let picture = replay.picture(0)
    #expect(picture.rows[0][0].attributes == .bold && picture.rows[0][1].attributes == [])
    #expect(picture.rows[0][2].attributes == .reverse && replay.times == [0])
    #expect(rows(replay, 0) == ["ab中", "?[2J?"])
  }

  // MARK: - Seeking and finding

  /// A long recording, in which each picture differs: any of them is the same from wherever it is
  /// reached, and the copies of the terminal keep within their budget.
  @Test func anyPictureIsReachedFromAnywhere() throws {
    var text = #"{"version": 2, "width": 300, "height": 90}"# + "\n"
    for number in 0..<1_200 {
      text +=
        "[\(Double(number) / 10), \"o\", \"\\u001b[\(number % 90 + 1);\(number % 80 + 1)H\(number) \"]\n"
    }
    let replay = try read(text)
    #expect(replay.count == 1_200)
    let walked = (0..<replay.count).filter { $0 % 97 == 0 }.map { ($0, replay.picture($0)) }
    let other = try read(text)
    for (index, picture) in walked.reversed() {
      #expect(other.picture(index) == picture, "frame \(index)")
    }
  }

  @Test(arguments: [true, false])
  func aLongSearchGoesInSlices(_ forward: Bool) throws {
    let lines = (0..<1000).map {
      "[\($0), \"o\", \"\\u001b[H\($0 == 700 ? "needle" : "hay \($0)") \"]\n"
    }
    let replay = try read(Self.header + lines.joined())
    let hit = try #require(
      (0..<replay.count).first { replay.picture($0).canvas.text.contains("needle") })
    var search = ReplaySearch("NEEDLE", from: 3, forward: forward)
    var slices = 1
    var result = search.advance(in: replay)
    while result == .searching {
      result = search.advance(in: replay)
      slices += 1
    }
    #expect(result == .hit(hit) && slices > 1)
  }

  @Test func aTextIsFoundWhereItAppears() throws {
    let replay = try read(
      Self.header + "[0, \"o\", \"one\\r\\n\"]\n[1, \"o\", \"Two 中文\\r\\n\"]\n[2, \"o\", \"x\"]\n"
        + "[3, \"o\", \"\\u001b[2J\"]\n[4, \"o\", \"two\"]\n")
    func next(_ text: String, from index: Int, forward: Bool = true) -> Int? {
      var search = ReplaySearch(text, from: index, forward: forward)
      while true {
        switch search.advance(in: replay) {
        case .hit(let index): return index
        case .nothing: return nil
        case .searching: continue
        }
      }
    }
    #expect(next("two", from: -1) == 1 && next("TWO", from: 1) == 4)
    #expect(next("two", from: 4) == 1, "around the end")
    #expect(next("two", from: 4, forward: false) == 1)
    #expect(next("two", from: 1, forward: false) == 4)
    #expect(next("中文", from: 0) == 1 && next("three", from: 0) == nil)
    #expect(next("", from: 0) == nil)
  }
}

/// Recordings that somebody spoilt, at random or with intent.
@Suite struct ReplayMutationTests {
  /// Every mutation is shown as harmless cells or refused with an error; nothing traps.
  @Test(arguments: 1...4) func spoiltFilesDoNoHarm(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    let cast = Array(
      (ReplayFileTests.header + "[0, \"m\", \"a\"]\n[0.5, \"o\", \"\\u001b[2J\\u001b[1;31m中x\"]\n"
        + "[1, \"r\", \"9x9\"]\n[2, \"o\", \"\\u001b[?1049h\\u001b[5X\\u001b]0;t\\u0007y\"]\n").utf8
    )
    let frames = Array(
      ("#visualizer-frames 1 cols=9 rows=2 glyphs=ascii scenario=x seed=1\n"
        + "=== frame 0 step 0/1 t=0.000 chapter \"1 a\"\n|ab\n~b1\n"
        + "=== frame 1 step 1/1 t=1.500 chapter \"1 a\"\n|abc\n|d\n").utf8)
    for _ in 0..<100 {
      var bytes = Bool.random(using: &random) ? cast : frames
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        case 2: bytes.insert(contentsOf: bytes.prefix(place).suffix(20), at: place)
        case 3: bytes.insert(contentsOf: Array("999999999999999999".utf8), at: place)
        default: bytes.removeSubrange(place...)
        }
        if bytes.isEmpty { break }
      }
      guard let replay = try? ReplayFile.read(bytes, file: "a") else { continue }
      for index in [0, replay.count / 2, replay.count - 1] { expectHarmless(replay, index) }
    }
  }

  private func expectHarmless(_ replay: Replay, _ index: Int) {
    var player = ReplayPlayer(replay, look: Look(size: .small), start: index)
    let canvas = player.draw(window: Size(columns: 90, rows: 20))
    let isHarmless = canvas.cells.allSatisfy { cell in
      cell.width == 0 || Unicode.Scalar(cell.scalar).map(VisibleText.isHarmless) ?? false
    }
    #expect(isHarmless)
  }

  @Test func aMegabyteInALabelIsCut() throws {
    let label = String(repeating: "\\u001b[31m中\\u202e", count: 60_000)
    let text =
      ReplayFileTests.header + "[0, \"m\", \"\(label)\"]\n[0, \"o\", \"x\"]\n[5, \"o\", \"y\"]\n"
    let replay = try ReplayFile.read(Array(text.utf8), file: "a.cast")
    #expect(replay.markers[0].label.utf8.count <= 500)
    expectHarmless(replay, 0)
  }

  @Test func sizesThatNobodyHasAreNotTaken() throws {
    let text =
      ReplayFileTests.header + "[0, \"r\", \"1000000x1\"]\n[1, \"r\", \"0x0\"]\n[2, \"r\", \"x\"]\n"
      + "[3, \"r\", \"1000x500\"]\n[4, \"o\", \"x\"]\n"
    let replay = try ReplayFile.read(Array(text.utf8), file: "a.cast")
    #expect(replay.picture(replay.index(atTime: 2500)).size == Size(columns: 20, rows: 3))
    #expect(replay.picture(replay.count - 1).size == Size(columns: 1000, rows: 500))
  }
}
