internal import Foundation
internal import PageTemplate

/// A recording as one page that needs nothing else, with controls, in one language or several.
///
/// The page's policy (Content Security Policy, level 3) allows the one script and the one style
/// sheet that are named by their hashes, and nothing else: no network, no other script, whatever
/// the texts of a scenario hold.
struct HTMLPage {
  /// One recording for each language, the one to begin with first; all of the same steps.
  let recorders: [Recorder]
  let theme: Theme
  /// The keys that the page knows and what they do.
  let keys: [(label: String, what: Bilingual)]

  private var first: Recorder { recorders[0] }
  private var charset: Charset { first.look.charset }

  func write(to sink: inout ByteSink) throws {
    let script = Self.text(PageTemplate.script)
    let styles = styles()
    var parts = Self.text(PageTemplate.markup).split(
      separator: "{{", omittingEmptySubsequences: false)
    try sink.write(String(parts.removeFirst()))
    for part in parts {
      guard let end = part.range(of: "}}") else { preconditionFailure("the page opens {{ only") }
      switch part[..<end.lowerBound] {
      case "RECORDING": try writeRecording(to: &sink)
      case "SCRIPT": try sink.write(script)
      case "STYLES": try sink.write(styles)
      case "POLICY": try sink.write(Self.policy(script: script, styles: styles))
      case let name: try sink.write(Markup.escape(filling(name)))
      }
      try sink.write(String(part[end.upperBound...]))
    }
  }

  /// What stands in the page before its script runs, or where none may.
  private func filling(_ name: Substring) -> String {
    let language = first.look.language
    let story = HTMLStory(first, step: first.steps.lowerBound)
    switch name {
    case "LANGUAGE": return language.rawValue
    case "SCHEMES": return PicturePalette(theme).schemes
    case "TITLE": return Markup.visible(first.show.title[language], charset)
    case "NAME": return Markup.visible(first.show.name, charset)
    case "WHAT": return story.what
    case "NARRATION": return story.narration
    case "LAST": return "\(first.steps.count - 1)"
    case "PICTURE":
      var look = first.look
      look.status = .paused
      return first.show.frame(first.steps.lowerBound, progress: 1, look).text
    case "NOSCRIPT": return HTMLWords.noScript[language]
    default: preconditionFailure("the page has no {{\(name)}}")
    }
  }

  private func styles() -> String {
    let roles = Role.allCases.map(PicturePalette.name)
    return PicturePalette(theme).variables()
      + roles.map { "#picture .\($0){color:var(--\($0))}" }.joined()
      + roles.map { "#picture .reverse.\($0){background:var(--\($0))}" }.joined() + "\n"
      + Self.text(PageTemplate.styles)
  }

  private static func policy(script: String, styles: String) -> String {
    func source(_ text: String) -> String {
      "'sha256-" + Data(SHA256.hash(Array(text.utf8))).base64EncodedString() + "'"
    }
    return "default-src 'none'; script-src \(source(script)); style-src \(source(styles)); "
      + "base-uri 'none'; form-action 'none'"
  }

  private static func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

  // MARK: - What the script reads

  private func writeRecording(to sink: inout ByteSink) throws {
    let (show, steps, look) = (first.show, first.steps, first.look)
    // Every step is a change at least: what is too long is refused before anything is made of it.
    guard steps.count <= RunFilm.limit else { throw PictureTooLong() }
    let items = steps.map { max(0, show.itemStart(ofStep: $0) - steps.lowerBound) }
    // The chapter in which the part begins, if not at its start, and those that begin in the part.
    let begun = show.chapter(ofStep: steps.lowerBound) ?? 0
    let chapters = show.chapters.indices.filter {
      $0 >= begun && show.chapters[$0].step <= steps.upperBound
    }
    let firsts = chapters.map { max(0, show.chapters[$0].step - steps.lowerBound) }
    try sink.write(
      "{\"columns\":\(look.size.columns),\"rows\":\(look.size.rows),\"first\":\(steps.lowerBound),"
        + "\"roles\":\(Self.list(Role.allCases.map(PicturePalette.name))),"
        + "\"speeds\":[\(PlayStatus.speeds.filter { $0 <= 8 }.map(speed).joined(separator: ","))],"
        + "\"items\":\(items),\"chapters\":\(firsts),\"films\":[")
    for (index, recorder) in recorders.enumerated() {
      if index > 0 { try sink.write(",") }
      try HTMLFilm(recorder, theme, keys: keys).write(chapters: chapters, to: &sink)
    }
    try sink.write("]}")
  }

  /// A speed, and what the title line says at it in each of the languages.
  private func speed(_ rate: Double) -> String {
    func status(_ isPlaying: Bool) -> String {
      guard FrameScene.isShown(first.look.size) else { return "null" }
      let status = PlayStatus(isPlaying: isPlaying, speed: rate)
      return Self.list(
        recorders.map { recorder in
          let text = FrameScene.statusText(
            status, recorder.look.language, isLong: recorder.look.size.columns >= 100)
          return charset.reduce(text)
        })
    }
    return "{\"rate\":\(rate),\"playing\":\(status(true)),\"paused\":\(status(false))}"
  }

  /// A JSON array of strings.
  static func list(_ texts: [String]) -> String {
    "[" + texts.map(Markup.json).joined(separator: ",") + "]"
  }
}

/// What is said beside the picture at a step.
struct HTMLStory {
  /// The operation, or the chapter where none is performed.
  var what: String
  var narration: String
  /// Where the rule comes from; empty where nothing is said of that.
  var source: String

  init(_ recorder: Recorder, step: Int) {
    let (show, look) = (recorder.show, recorder.look)
    let told = show.narration(ofStep: step, look.language)
    let chapter = show.chapter(ofStep: step).map {
      "\($0 + 1) \(show.chapters[$0].title[look.language])"
    }
    what = Markup.visible(
      show.what(atStep: step) ?? chapter ?? show.title[look.language], look.charset)
    narration = Markup.visible(told.text, look.charset)
    source = Markup.visible(told.source ?? "", look.charset)
  }
}
