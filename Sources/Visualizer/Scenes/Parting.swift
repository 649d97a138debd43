import Models

/// Where a model does something else than what it is compared with: a chapter of its own, which the
/// show's beginning tells of.
struct Parting {
  var title: Bilingual
  /// What `check` says.
  var difference: String

  func insert(into script: inout [ScriptItem<TCPOperation>], at place: Int) {
    let text = VisibleText.label(difference, limit: ScenarioFile.textLimit)
    let remark = Bilingual(text, "check 的原文：\(text)")
    script.insert(contentsOf: [.chapter(title), .say(remark)], at: place)
    script.insert(
      .say(
        Bilingual(
          "\(title.en) further on: the key ] goes there. \(text)",
          "\(title.zh)在后面，按 ] 前往。check 的原文：\(text)")), at: 0)
  }
}
