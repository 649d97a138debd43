import ArgumentParser

/// `visualizer steps`: every step as a line.
struct StepsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "steps", abstract: "Print every step as a line of text, or of JSON.")

  @OptionGroup var source: ShowArguments

  @Flag(help: "One JSON object a line, with the event's fields and both languages.")
  var json = false

  @Option(help: "The language: en or zh. Otherwise the locale's.")
  var lang: Language?

  mutating func run() throws {
    let show = try source.open()
    let (language, charset) = LookOptions.writing(lang)
    var output = ByteSink(descriptor: 1, name: "standard output")
    for step in 0..<show.stepCount {
      try output.write(
        json
          ? Self.object(show, step, charset)
          : charset.reduce(VisibleText.escape(PlainText.line(show, step, language))) + "\n")
    }
    try output.flush()
  }

  private static func object(_ show: any Show, _ step: Int, _ charset: Charset) -> String {
    let record = show.record(ofStep: step)
    var object = JSONObject(charset)
    object.add("step", .integer(step))
    object.add("operation", record.operation.map { .integer($0) } ?? .none)
    object.add("do", record.what.map { .text($0) } ?? .none)
    object.add("chapter", record.chapter.map { .text($0.en) } ?? .none)
    object.add("event", .text(record.event))
    for (name, value) in record.fields { object.add(name, value) }
    object.add("en", .text(show.narration(ofStep: step, .en).text))
    object.add("zh", .text(show.narration(ofStep: step, .zh).text))
    return object.line
  }
}
