import ArgumentParser
import BundledScenarios
import Foundation

/// `visualizer list`: the bundled scenarios, a line each.
struct ListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the bundled scenarios.")

  @Flag(help: "One JSON object a line.")
  var json = false

  @Option(help: "The language: en or zh. Otherwise the locale's.")
  var lang: Language?

  mutating func run() throws {
    if json { try Self.printJSON() } else { try Self.printList(choosing: false, lang) }
  }

  /// Prints names and titles, and, where somebody is to choose, how.
  static func printList(choosing: Bool, _ language: Language? = nil) throws {
    let (language, charset) = LookOptions.writing(language)
    let width = BundledScenarios.all.map(\.name.utf8.count).max() ?? 0
    var output = ByteSink(descriptor: 1, name: "standard output")
    if choosing {
      try output.write(
        Bilingual("Scenarios; watch one with: visualizer NAME\n\n", "场景列表；观看：visualizer NAME\n\n")[
          language])
    }
    for (name, _) in BundledScenarios.all {
      let show = try ShowLibrary.open(name)
      let minutes = (show.duration + 30_000) / 60_000
      let length = Bilingual("\(max(1, minutes)) min", "\(max(1, minutes)) 分钟")[language]
      let title = TextLayout.pad(show.title[language], columns: 58)
      try output.write(
        charset.reduce("\(TextLayout.pad(name, columns: width))  \(title)  \(length)\n"))
    }
    try output.flush()
  }

  private static func printJSON() throws {
    var output = ByteSink(descriptor: 1, name: "standard output")
    for entry in try Catalogue.entries() {
      let (name, show) = (entry.name, try ShowLibrary.open(entry.name))
      var object = JSONObject(TerminalEnvironment.current().charset)
      object.add("name", .text(name))
      object.add("model", .text(entry.system.rawValue))
      object.add("rules", .text(show.rules))
      object.add("steps", .integer(show.stepCount))
      object.add("operations", .integer(show.operationCount))
      object.add("seconds", .integer(show.duration / 1000))
      object.add("en", .text(show.title.en))
      object.add("zh", .text(show.title.zh))
      object.add("teachesEn", .text(entry.teaches.en))
      object.add("teachesZh", .text(entry.teaches.zh))
      try output.write(object.line)
    }
    try output.flush()
  }
}
