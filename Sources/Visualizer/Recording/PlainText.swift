/// One line a step, without cursor movement: for screen readers, logs, pipes and the simplest
/// terminals.
enum PlainText {
  /// Writes all steps from one on to standard output.
  static func write(_ show: any Show, from first: Int, _ look: Look) throws {
    var output = ByteSink(descriptor: 1, name: "standard output")
    for step in first..<show.stepCount {
      let line = VisibleText.escape(line(show, step, look.language))
      try output.write(look.charset.reduce(line) + "\n")
    }
    try output.flush()
  }

  /// A step as a line of text: where one is, what is done, what happens.
  static func line(_ show: any Show, _ step: Int, _ language: Language) -> String {
    let record = show.record(ofStep: step)
    let chapter = record.chapter.map { " [\($0[language])]" } ?? ""
    let what = record.what.map { " \($0):" } ?? ""
    let text = show.narration(ofStep: step, language).text
    let place = "\(step)/\(show.stepCount - 1)"
    let start = Bilingual("step \(place)", "第 \(place) 步")[language]
    return "\(start)\(chapter)\(what) \(text)"
  }
}
