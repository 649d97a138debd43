import Models

/// Where a model does something else than what it is compared with: a chapter of its own, which the
/// show's beginning tells of.
struct Parting {
  var title: Bilingual
  /// What `check` says, and the same in Chinese.
  var difference: Bilingual

  func insert(into script: inout [ScriptItem<TCPOperation>], at place: Int) {
    // The English is, letter by letter, the line of `check`, which ends without a full stop.
    let text = Bilingual(
      VisibleText.label(difference.en, limit: ScenarioFile.textLimit),
      VisibleText.label(difference.zh, limit: ScenarioFile.textLimit) + "。")
    if place < script.count {
      let rest = Bilingual("From here on the model goes on alone.", "从这里起，只有模型自己继续。")
      script.insert(.say(rest), at: place)
    }
    script.insert(contentsOf: [.chapter(title), .say(text)], at: place)
    script.insert(
      .say(
        Bilingual(
          "\(title.en) further on: the key ] goes there. \(text.en)",
          "\(title.zh)在后面，按 ] 前往。\(text.zh)")), at: 0)
  }
}
