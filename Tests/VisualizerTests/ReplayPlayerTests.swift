import Testing

@testable import Visualizer

/// A viewer of a recording: keys and time in, a canvas out.
@Suite struct ReplayPlayerTests {
  /// Four pictures at 0, 1, 4 and 5 seconds, with two markers.
  private static let text =
    #"{"version": 2, "width": 30, "height": 8, "title": "A title"}"# + "\n"
    + "[0, \"m\", \"Begin\"]\n[0, \"o\", \"zero\\r\\n\"]\n[1, \"o\", \"one\\r\\n\"]\n"
    + "[3, \"m\", \"Middle\"]\n[4, \"o\", \"four\\r\\n\"]\n[4.1, \"o\", \"five\"]\n[6, \"o\", \"\"]\n"

  private func player(
    _ text: String = text, paused: Bool = true, look: Look = Look(size: .small)
  ) throws -> ReplayPlayer {
    let replay = try ReplayFile.read(Array(text.utf8), file: "talk.cast")
    return ReplayPlayer(replay, look: look, isPlaying: !paused)
  }

  private func press(_ text: String, _ player: inout ReplayPlayer) {
    for scalar in text.unicodeScalars {
      _ = player.handle(scalar == "\r" ? .enter : .character(scalar))
    }
  }

  private func screen(_ player: inout ReplayPlayer, _ size: Size = .small) -> String {
    player.draw(window: size).text
  }

  @Test func itPlaysInRealTimeAndStopsAtTheEnd() throws {
    var player = try player(paused: false)
    #expect(player.index == 0 && player.nextChange == 1000)
    player.advance(milliseconds: 999)
    #expect(player.index == 0 && player.nextChange == 33)
    player.advance(milliseconds: 1)
    #expect(player.index == 1)
    press("+", &player)
    player.advance(milliseconds: 1500)
    #expect(player.index == 2 && player.speed == 2)
    player.advance(milliseconds: 5000)
    #expect(player.index == 3 && !player.isPlaying && player.nextChange == nil)
    // From the end it begins anew.
    press(" ", &player)
    #expect(player.index == 0 && player.isPlaying)
  }

  @Test func overAndOver() throws {
    var player = try player(paused: false)
    press("o", &player)
    player.advance(milliseconds: 7_000)
    #expect(player.isPlaying && player.index == 1)
  }

  @Test func keysMoveAndPause() throws {
    var player = try player(paused: false)
    func index(after keys: Key...) -> Int {
      for key in keys { _ = player.handle(key) }
      return player.index
    }
    #expect(index(after: .right) == 1 && !player.isPlaying)
    #expect(index(after: .character(".")) == 2 && index(after: .character(",")) == 1)
    #expect(index(after: .left, .left, .left) == 0)
    #expect(index(after: .down) == 1, "held for three seconds")
    #expect(index(after: .down) == 3, "the last")
    #expect(index(after: .up) == 1)
    #expect(index(after: .character("G")) == 3 && index(after: .character("g")) == 0)
    #expect(index(after: .character("]")) == 1 && player.position == 3000)
    #expect(index(after: .character("[")) == 0 && player.position == 0)
    #expect(index(after: .character("5")) == 1 && player.position == 3000)
    player.advance(milliseconds: 800)
    #expect(index(after: .character("2"), .character("g")) == 2, "a number and g")
    player.advance(milliseconds: 800)
    #expect(index(after: .character("9"), .character("9"), .character("g")) == 3)
  }

  @Test(arguments: [
    ("2", 4000), ("last", 4100), ("50%", 3000), ("2s", 2000), ("1m20s", 6000), ("middle", 3000),
  ])
  func placesAreTyped(_ text: String, _ time: Double) throws {
    var player = try player()
    press(":\(text)\r", &player)
    #expect(player.position == time && player.prompt == nil)
  }

  @Test func aPlaceThatIsNoneIsSaid() throws {
    var player = try player()
    press(":nowhere\r", &player)
    #expect(screen(&player).contains("nothing found") && player.position == 0)
    _ = player.handle(.control("u"))
    press("1\r", &player)
    #expect(player.index == 1, "what led nowhere can be typed again")
  }

  @Test func searchingGoesFromPlaceToPlace() throws {
    var player = try player()
    press("/FO\r", &player)
    #expect(player.index == 2)
    let marked = player.draw(window: .small).cells.filter {
      $0.role == .current && $0.scalar != 0x25cf
    }
    #expect(marked.map(\.scalar) == [0x66, 0x6f])
    press("/o\r", &player)
    #expect(player.index == 2, "also in the picture that is to be seen")
    _ = player.handle(.control("p"))
    #expect(player.index == 1)
    _ = player.handle(.control("n"))
    #expect(player.index == 2)
    _ = player.handle(.escape)
    #expect(player.searched.isEmpty)
    press("/nothing\r", &player)
    #expect(screen(&player).contains("nothing found"))
  }

  @Test func aRecordingOfStepsIsWalkedByStep() throws {
    var player = try player(
      "#visualizer-frames 1 cols=9 rows=2\n=== frame 0 step 0/2 t=0\n|a\n=== frame 1 step 1/2 t=1\n|b\n"
        + "=== frame 2 step 1/2 t=2\n|c\n=== frame 3 step 2/2 t=3\n|d\n")
    _ = player.handle(.right)
    #expect(player.index == 2, "where the step has settled")
    _ = player.handle(.character(","))
    #expect(player.index == 1)
    _ = player.handle(.left)
    #expect(player.index == 0)
  }

  @Test func theFrameAroundItTellsWhereOneIs() throws {
    var player = try player()
    _ = player.handle(.right)
    let english = screen(&player)
    for text in [" talk.cast", "A title", "frame 1/3", "0:01/0:06", "Begin", "Middle", "│zero "] {
      #expect(english.contains(text), "\(text)")
    }
    press("L", &player)
    #expect(screen(&player).contains("第 1/3 帧"))
    press("z", &player)
    #expect(!screen(&player).contains("talk.cast") && screen(&player).contains("one"))
    press("z?", &player)
    #expect(screen(&player).contains("按键"))
    for closes in [true, false] {
      if case .leave = player.handle(.character("q")) {
        #expect(!closes)
      } else {
        #expect(closes, "the first q closes the help")
      }
    }
  }

  @Test func aWindowThatIsTooSmallShowsAPartAndSaysSo() throws {
    var player = try player()
    let narrow = Size(columns: 26, rows: 20)
    #expect(screen(&player, narrow).contains("! columns 1-26/30  "))
    let low = Size(columns: 60, rows: 9)
    #expect(screen(&player, low).contains("! rows 1-5/8  "))
    press("jjjjjjjj", &player)
    #expect(screen(&player, low).contains("! rows 4-8/8  "))
    let small = Size(columns: 29, rows: 9)
    #expect(screen(&player, small).contains("! columns 1-29/30, rows 4"))
    press("l", &player)
    #expect(screen(&player, small).contains("! columns 2-30/30, rows 4"))
    for size in [Size(columns: 1, rows: 1), Size(columns: 23, rows: 2), Size(columns: 2, rows: 50)]
    {
      #expect(player.draw(window: size).size == size)
    }
  }

  @Test func onlyASCIIWhereAsked() throws {
    var player = try player(look: Look(size: .small, charset: .ascii))
    press("L?", &player)
    #expect(player.draw(window: .small).cells.allSatisfy { $0.scalar < 0x7f && $0.width == 1 })
  }
}
