/// The game of predicting: what is asked, how the last answer was, and the score.
struct Prediction: Equatable {
  /// A question, and the step that answers it.
  struct Asked: Equatable {
    var step: Int
    var question: Question
  }

  /// An answer to a question.
  struct Verdict: Equatable {
    var asked: Asked
    var choice: Int

    var isRight: Bool { choice == asked.question.right }
  }

  var asked: Asked?
  /// The answer to the question about the step that the viewer is at.
  private(set) var verdict: Verdict?
  /// Whether the first answer to each question was right, by step; what is skipped does not count.
  private var answers: [Int: Bool] = [:]

  var rightCount: Int { answers.values.count { $0 } }
  var answerCount: Int { answers.count }

  /// Takes the answer to the present question.
  mutating func answer(_ choice: Int) {
    guard let asked else { return }
    let verdict = Verdict(asked: asked, choice: choice)
    if answers[asked.step] == nil { answers[asked.step] = verdict.isRight }
    self.verdict = verdict
    self.asked = nil
  }

  /// Forgets what was asked about steps that another future has instead: those behind a step.
  mutating func forget(behind step: Int) {
    (asked, verdict) = (nil, nil)
    answers = answers.filter { $0.key <= step }
  }

  /// Forgets what is about another step than the viewer's.
  mutating func settle(at step: Int, isPlaying: Bool) {
    if let asked, asked.step != step + 1 || isPlaying { self.asked = nil }
    if let verdict, verdict.asked.step != step { self.verdict = nil }
  }

  // MARK: - In words

  /// As the title line says it.
  var mark: Bilingual {
    Bilingual("predict \(rightCount)/\(answerCount)", "预测 \(rightCount)/\(answerCount)")
  }

  /// The score in a sentence.
  var summary: Bilingual {
    Bilingual("\(rightCount) of \(answerCount) right", "答对 \(rightCount)/\(answerCount)")
  }

  /// What the box says at a step; the score at the end of a show.
  func panel(isLastStep: Bool) -> PredictionPanel {
    var panel = PredictionPanel(question: asked?.question)
    var texts: [Bilingual] = []
    if let verdict {
      let question = verdict.asked.question
      let right = question.choices[question.right]
      texts.append(
        verdict.isRight
          ? Bilingual("✓ Right: \(right.en)", "✓ 答对了：\(right.zh)")
          : Bilingual(
            "✗ Not \(verdict.choice + 1) but \(question.right + 1): \(right.en)",
            "✗ 不是 \(verdict.choice + 1)，而是 \(question.right + 1)：\(right.zh)"))
    }
    if isLastStep, answerCount > 0 {
      texts.append(Bilingual("The end: \(summary.en)", "结束：\(summary.zh)"))
    }
    if !texts.isEmpty {
      panel.note = PredictionPanel.Note(
        text: Bilingual(
          texts.map(\.en).joined(separator: "   "), texts.map(\.zh).joined(separator: "   ")),
        style: Style(verdict?.isRight == false ? .error : .new, .bold))
    }
    return panel
  }

  /// What the bottom line says while a question waits.
  static func hints(for question: Question) -> [Hint] {
    [
      Hint("1-\(question.choices.count)", Bilingual("answer", "回答")),
      Hint("space", Bilingual("skip", "跳过")),
      Hint("b", Bilingual("step back", "后退")),
      Hint("Esc", Bilingual("not now", "暂不回答")),
      Hint("t", Bilingual("stop asking", "不再提问")),
      Hint("q", Bilingual("quit", "退出")),
    ]
  }
}
