import Testing

@testable import Visualizer

/// The game of predicting, played with keys and read from the screen.
@Suite struct PredictionTests {
  private static let window = Size(columns: 120, rows: 36)

  private func player(
    _ name: String = "map-growth", at step: Int = 0
  ) throws -> PlayerActivity {
    let show = try ShowLibrary.open(name)
    var player = PlayerActivity(
      show: show, start: .init(step: step, isPaused: true), look: Look(size: Self.window))
    _ = player.draw(window: Self.window)
    return player
  }

  private func screen(_ player: PlayerActivity) -> String {
    var player = player
    return player.draw(window: Self.window).text
  }

  private func press(_ keys: String, _ player: inout PlayerActivity) {
    for scalar in keys.unicodeScalars { _ = player.handle(.character(scalar)) }
  }

  /// The first step from one on that asks.
  private func asking(_ show: any Show, from step: Int = 1) throws -> (Int, Question) {
    let found = (step..<show.stepCount).first { show.question(atStep: $0) != nil }
    let asks = try #require(found)
    return (asks, try #require(show.question(atStep: asks)))
  }

  /// A player that has been asked before a step; what comes before is not asked about.
  private func asked() throws -> (PlayerActivity, step: Int, Question) {
    let show = try ShowLibrary.open("map-growth")
    let (step, question) = try asking(show, from: 60)
    var player = try player(at: step - 1)
    press("tn", &player)
    return (player, step, question)
  }

  @Test func aStepForwardAsksFirst() throws {
    let (player, step, question) = try asked()
    #expect(player.player.step == step - 1)
    #expect(!player.player.isMoving && player.nextChange == nil)
    let shown = screen(player)
    #expect(shown.contains("what will happen?"))
    for (index, choice) in question.choices.enumerated() {
      #expect(shown.contains("\(index + 1) \(choice.en)"))
    }
    #expect(
      shown.split(separator: "\n").last?.contains("1-\(question.choices.count) answer") == true)
    // What will happen is not to be seen yet: neither its sentence nor its fields.
    #expect(!shown.contains(player.show.narration(ofStep: step, .en).firstSentence))
  }

  @Test func aLoopGoesRoundWhilePredicting() throws {
    var player = try player("map-lookup")
    press("Gbot ", &player)
    for _ in 0..<200 { player.advance(milliseconds: 100) }
    #expect(player.player.step < player.show.stepCount - 2, "it has gone on at the start")
  }

  @Test func anotherFutureAsksAnew() throws {
    var (player, step, question) = try asked()
    press("\(question.right + 1)", &player)
    #expect(player.player.step == step && player.prediction?.answerCount == 1)
    // What is tried behind an answer leaves the answer; what is answered there is of that future only.
    press("iinsert k99", &player)
    _ = player.handle(.enter)
    #expect(player.prediction?.answerCount == 1)
    while player.prediction?.asked == nil { press("n", &player) }
    press("1", &player)
    #expect(player.prediction?.answerCount == 2)
    press("B", &player)
    #expect(player.prediction?.asked == nil && player.prediction?.answerCount == 1)
  }

  @Test func whatIsWrittenHoldsNoQuestion() throws {
    var (player, step, _) = try asked()
    #expect(screen(player).contains("what will happen?"))
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    press("e", &player)
    _ = player.handle(.control("u"))
    press("\(folder)/frame.txt", &player)
    _ = player.handle(.enter)
    let written = String(
      decoding: try #require(TestFiles.read("\(folder)/frame.txt")), as: UTF8.self)
    let plain = player.show.frame(step - 1, progress: 1, Look(size: Self.window)).text
    #expect(written == plain)
  }

  @Test func digitsNeverLeapWhilePredicting() throws {
    var player = try player(at: 10)
    press("t5", &player)
    #expect(player.player.step == 10)
  }

  @Test func theRightKeyCountsAndTheStepGivesTheReason() throws {
    var (player, step, question) = try asked()
    press("\(question.right + 1)", &player)
    #expect(player.player.step == step)
    player.advance(milliseconds: 1000)
    let shown = screen(player)
    #expect(shown.contains("Right: \(question.choices[question.right].en)"))
    #expect(shown.contains(player.show.narration(ofStep: step, .en).firstSentence))
    #expect(shown.contains("predict 1/1"))
  }

  @Test func aWrongKeyIsToldWhatIsRightAndOnlyTheFirstAnswerCounts() throws {
    var (player, step, question) = try asked()
    let wrong = (question.right + 1) % question.choices.count
    press("\(wrong + 1)", &player)
    #expect(player.player.step == step)
    #expect(
      screen(player).contains(
        "Not \(wrong + 1) but \(question.right + 1): \(question.choices[question.right].en)"))
    #expect(screen(player).contains("predict 0/1"))
    press("b", &player)
    #expect(player.player.step == step - 1 && player.prediction?.asked == nil)
    press("n\(question.right + 1)", &player)
    #expect(screen(player).contains("Right: "))
    #expect(screen(player).contains("predict 0/1"))
  }

  @Test func playingStopsToAskAndSpacePlaysOn() throws {
    let show = try ShowLibrary.open("map-growth")
    let (first, _) = try asking(show, from: 40)
    let (second, _) = try asking(show, from: first + 1)
    var player = try player(at: first - 1)
    press("t ", &player)
    for _ in 0..<100 { player.advance(milliseconds: 50) }
    #expect(player.player.step == first - 1 && player.prediction?.asked?.step == first)
    #expect(player.nextChange == nil)
    press(" ", &player)
    #expect(player.player.isPlaying && player.player.step == first)
    for _ in 0..<400 { player.advance(milliseconds: 50) }
    #expect(player.player.step == second - 1 && player.prediction?.asked?.step == second)
    // What is skipped counts as nothing.
    #expect(screen(player).contains("predict 0/0"))
  }

  /// Down goes over a whole operation, but not over a question.
  @Test func noWayForwardPassesAQuestion() throws {
    for key in [Key.right, .down, .character(".")] {
      var player = try player(at: 0)
      press("t", &player)
      for _ in 0..<400 where player.prediction?.asked == nil { _ = player.handle(key) }
      let (first, _) = try asking(player.show)
      #expect(player.prediction?.asked?.step == first && player.player.step == first - 1)
    }
  }

  @Test func jumpsAndStepsBackDoNotAsk() throws {
    for key in ["b", "G", "]", "["] {
      var (player, step, _) = try asked()
      press(key, &player)
      #expect(player.prediction?.asked == nil && player.player.step != step - 1, "\(key)")
    }
  }

  @Test func theQuestionCanBeLeftInEveryWay() throws {
    var (player, step, question) = try asked()
    guard case .leave = player.handle(.character("q")) else {
      Issue.record("q does not leave")
      return
    }
    _ = player.handle(.escape)
    #expect(player.player.step == step - 1 && !screen(player).contains("what will happen?"))
    press("n", &player)
    #expect(screen(player).contains("what will happen?"))
    press("9", &player)
    #expect(player.player.step == step - 1)
    #expect(screen(player).contains("1 to \(question.choices.count), or space"))
    press("L", &player)
    #expect(screen(player).contains(question.text.zh))
    press("Lt", &player)
    #expect(player.prediction == nil && !screen(player).contains("what will happen?"))
    press("n", &player)
    #expect(player.player.step == step)
  }

  @Test func theEndTellsTheScore() throws {
    var player = try player("tcp-close")
    press("t", &player)
    var answers = 0
    var rights = 0
    let last = player.show.stepCount - 1
    for _ in 0..<4 * last where player.player.step < last {
      if let asked = player.prediction?.asked {
        // Every second answer is right.
        let choices = asked.question.choices.count
        let isRight = answers % 2 == 0
        let choice = (asked.question.right + (isRight ? 0 : 1)) % choices
        answers += 1
        rights += isRight ? 1 : 0
        press("\(choice + 1)", &player)
      } else {
        press("n", &player)
      }
    }
    #expect(answers == Quiz.questions(player.show).count)
    #expect(screen(player).contains("The end: \(rights) of \(answers) right"))
    // From the start it is a new game.
    press("r", &player)
    #expect(screen(player).contains("predict 0/0"))
  }
}
