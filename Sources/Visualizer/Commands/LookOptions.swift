import ArgumentParser

/// The options that choose how a frame looks; the same for play, frame and record.
struct LookOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Columns and rows.", valueName: "120x36"))
  var size: Size?

  @Option(help: "The language: en or zh. Otherwise the locale's.")
  var lang: Language?

  @Option(help: "The characters: unicode or ascii.")
  var charset: Charset?

  @Option(help: "Colours: auto, always or never.")
  var color: ColourChoice?

  @Option(
    help:
      "The palette: auto, dark, light, deuteranopia, tritanopia, high-contrast or mono. SVG and HTML are light or dark as their reader likes, unless this is dark, light or high-contrast."
  )
  var theme: Theme.Name?

  /// Checks what does not go together.
  func validate() throws {
    if charset == .ascii, lang == .zh {
      throw ValidationError("--charset ascii cannot show Chinese; leave out one of the two.")
    }
  }

  /// The look of a frame that is not drawn on a terminal.
  func look(default size: Size) -> Look {
    let (language, charset) = Self.writing(lang, charset)
    return Look(size: self.size ?? size, language: language, charset: charset)
  }

  /// The language and the characters of text that is not drawn on a terminal; where the locale has no
  /// more than ASCII, it is English whatever is asked for.
  static func writing(
    _ lang: Language?, _ charset: Charset? = nil
  ) -> (language: Language, charset: Charset) {
    let environment = TerminalEnvironment.current()
    let charset = charset ?? environment.charset
    return (charset == .ascii ? .en : lang ?? environment.language, charset)
  }

  /// The colours of a picture that is written down: many, for it is asked for, unless `--color` or
  /// `NO_COLOR` says otherwise.
  var pictureTheme: Theme {
    let variables = TerminalEnvironment.current().variables
    let isUnwanted = (color ?? .auto) == .auto && variables["NO_COLOR"]?.isEmpty == false
    return Theme(theme ?? .auto, depth: color == .never || isUnwanted ? .none : .many)
  }

}

extension ColourChoice: ExpressibleByArgument {}
extension Language: ExpressibleByArgument {}
extension Charset: ExpressibleByArgument {}
extension Theme.Name: ExpressibleByArgument {}

extension Size: ExpressibleByArgument {
  /// Reads `120x36`; at most 1000 columns and rows.
  init?(argument: String) {
    let parts = argument.lowercased().split(separator: "x")
    guard parts.count == 2, argument.utf8.allSatisfy({ $0 != UInt8(ascii: "+") }),
      let columns = Int(parts[0]), let rows = Int(parts[1]),
      (1...1000).contains(columns), (1...1000).contains(rows)
    else { return nil }
    self.init(columns: columns, rows: rows)
  }
}

/// A step given by number, or `last`.
enum StepArgument: ExpressibleByArgument, CustomStringConvertible {
  case index(Int)
  case last

  var description: String {
    switch self {
    case .index(let index): "\(index)"
    case .last: "last"
    }
  }

  init?(argument: String) {
    if argument == "last" {
      self = .last
    } else if let number = Int(argument), number >= 0 {
      self = .index(number)
    } else {
      return nil
    }
  }

  /// The step in a show.
  ///
  /// - Throws: `ValidationError` where the show has no such step.
  func resolve(in show: any Show) throws -> Int {
    let last = show.stepCount - 1
    guard case .index(let index) = self else { return last }
    guard index <= last else {
      throw ValidationError("step \(index) does not exist; the last step is \(last).")
    }
    return index
  }
}
