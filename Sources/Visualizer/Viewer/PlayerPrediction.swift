/// Predicting in the player: going forward stops before a step that holds a decision, and asks.
extension PlayerActivity {
  /// Starts or ends the game.
  mutating func togglePrediction() {
    if let ended = prediction {
      prediction = nil
      notice = Notice(
        text: ended.answerCount == 0
          ? Bilingual("nothing is asked any more", "不再提问")
          : Bilingual(
            "\(ended.summary.en); nothing is asked any more", "\(ended.summary.zh)，不再提问"))
    } else if !show.canFork {
      // What has no model to go on asks nothing either: captures, comparisons, tables.
      notice = Notice(text: Bilingual("nothing is asked here", "这里没有可猜的"), isError: true)
    } else {
      prediction = Prediction()
      notice = Notice(
        text: Bilingual(
          "go on: before each decision you are asked what will happen", "请继续：每到关键的一步，先问你会怎样"))
    }
  }

  // MARK: - Asking

  /// Looks so many steps ahead for a question, so that no key waits long.
  private static let lookAhead = 4096

  /// Asks the first question on the way forward; false where the way is free.
  mutating func asks(insteadOf action: Action) -> Bool {
    guard prediction != nil else { return false }
    switch action {
    case .nextStep, .nextOperation, .nextFrame: break
    default: return false
    }
    var moved = player
    moved.handle(action, in: show)
    let way = player.step + 1..<max(player.step, moved.step) + 1
    guard let step = way.prefix(Self.lookAhead).first(where: { show.question(atStep: $0) != nil })
    else { return false }
    player.handle(.goTo(step: step - 1), in: show)
    ask(before: step)
    return true
  }

  /// Asks what a step will bring, if it holds a decision.
  mutating func ask(before step: Int) {
    guard step < show.stepCount, let question = show.question(atStep: step) else { return }
    prediction?.asked = Prediction.Asked(step: step, question: question)
  }

  // MARK: - Answering

  /// Takes a key that is about the question; false for any other key, which does what it always
  /// does.
  mutating func takeAnswer(_ key: Key) -> Bool {
    guard let question = prediction?.asked?.question else { return false }
    switch key {
    case .character("0"..."9"):
      guard case .digit(let digit)? = Keymap.command(for: key) else { return false }
      guard (1...question.choices.count).contains(digit) else {
        notice = Notice(
          text: Bilingual(
            "1 to \(question.choices.count), or space", "请按 1 到 \(question.choices.count)，或空格"))
        return true
      }
      prediction?.answer(digit - 1)
      player.handle(.nextStep, in: show)
    case .escape: prediction?.asked = nil
    case .character(" "): player.playOn(in: show)
    default:
      switch Keymap.command(for: key) {
      case .act(.nextStep), .act(.nextFrame), .act(.nextOperation):
        player.handle(.nextStep, in: show)
      default: return false
      }
    }
    return true
  }
}
