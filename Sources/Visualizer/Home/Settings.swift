import Foundation
import Yams

/// What a viewer wants always: how windows look and move.
///
/// Only what fills the window asks for settings. What is written down follows from the command line
/// alone, so that it is the same for everybody. Nil stands for no wish.
struct Settings: Equatable {
  var language: Language?
  var theme: Theme.Name?
  var motion: Motion?
  var charset: Charset?
  var colour: ColourChoice?
  var takesMouse: Bool?
  var speed: Double?
  var detail: Detail?

  /// The names that settings have in the file.
  enum Key: String, CaseIterable {
    case lang, theme, motion, charset, color, mouse, speed, detail

    /// The variable of the same meaning.
    var variable: String { "VISUALIZER_" + rawValue.uppercased() }
  }

  /// The range of speeds at which one can play.
  static let speeds = 0.1...64.0

  /// Takes over a value; where there is no such, says what to write instead and changes nothing.
  mutating func set(_ key: Key, _ text: String) -> String? {
    func choice<Value: RawRepresentable & CaseIterable>(_ value: inout Value?) -> String?
    where Value.RawValue == String {
      guard let found = Value(rawValue: text) else {
        return "write " + Value.allCases.map(\.rawValue).joined(separator: ", ")
      }
      value = found
      return nil
    }
    switch key {
    case .lang: return choice(&language)
    case .theme: return choice(&theme)
    case .motion: return choice(&motion)
    case .charset: return choice(&charset)
    case .color: return choice(&colour)
    case .mouse:
      guard let value = ["true": true, "false": false][text] else { return "write true, false" }
      takesMouse = value
    case .speed:
      guard let value = Double(text), Self.speeds.contains(value) else {
        return "write a number from 0.1 to 64"
      }
      speed = value
    case .detail:
      guard let found = Detail.allCases.first(where: { "\($0)" == text }) else {
        return "write " + Detail.allCases.map { "\($0)" }.joined(separator: ", ")
      }
      detail = found
    }
    return nil
  }

  /// The values of another one where it has some, else its own.
  func overridden(by other: Settings) -> Settings {
    Settings(
      language: other.language ?? language, theme: other.theme ?? theme,
      motion: other.motion ?? motion, charset: other.charset ?? charset,
      colour: other.colour ?? colour, takesMouse: other.takesMouse ?? takesMouse,
      speed: other.speed ?? speed, detail: other.detail ?? detail)
  }
}

// MARK: - Reading

extension Settings {
  /// The settings of this process: its variables go before the file.
  ///
  /// What is wrong with either is said once, in a line each.
  static let current: Settings = {
    let (settings, warnings) = read(TerminalEnvironment.current().variables)
    for warning in warnings { StandardError.write(warning + "\n") }
    return settings
  }()

  /// A file longer than that holds something else.
  private static let sizeLimit = 64 << 10

  /// Reads the file of settings, if there is one that can be read, and the variables.
  static func read(_ variables: [String: String]) -> (Settings, warnings: [String]) {
    var settings = Settings()
    var warnings: [String] = []
    if let folder = XDGFolders(variables).configuration {
      let path = folder + "/config.yaml"
      if let bytes = FileManager.default.contents(atPath: path) {
        (settings, warnings) = read(file: path, bytes: Array(bytes))
      }
    }
    var own = Settings()
    for key in Key.allCases {
      guard let text = variables[key.variable], !text.isEmpty else { continue }
      if let advice = own.set(key, text) {
        warnings.append(
          VisibleText.escape("\(key.variable): warning: '\(shown(text))' is not known; \(advice)"))
      }
    }
    return (settings.overridden(by: own), warnings)
  }

  /// Reads the text of a file of settings; what is not understood is left out, with a warning.
  static func read(file: String, bytes: [UInt8]) -> (Settings, warnings: [String]) {
    var settings = Settings()
    var warnings: [String] = []
    func warn(_ mark: Mark?, _ message: String) {
      let place = mark.map { ":\($0.line):\($0.column)" } ?? ""
      warnings.append(VisibleText.escape("\(file)\(place): warning: \(message)"))
    }
    guard bytes.count <= sizeLimit else {
      warn(nil, "larger than \(sizeLimit >> 10) KB, not read")
      return (settings, warnings)
    }
    let root: Node?
    do {
      root = try Yams.compose(yaml: String(decoding: bytes, as: UTF8.self))
    } catch {
      warn(
        (error as? YamlError)?.place, "not YAML, not read; write a setting to a line: theme: dark")
      return (settings, warnings)
    }
    guard let root else { return (settings, warnings) }
    guard case .mapping(let mapping) = root else {
      warn(root.mark, "write a setting to a line: theme: dark")
      return (settings, warnings)
    }
    for (key, value) in mapping {
      let name = key.scalar?.string ?? ""
      guard let known = Key(rawValue: name) else {
        let hint = Nearest.hint(name, among: Key.allCases.map(\.rawValue)).en
        warn(key.mark, "unknown setting '\(shown(name))'; \(hint)")
        continue
      }
      let text = value.scalar?.string ?? ""
      if let advice = settings.set(known, text) {
        warn(value.mark, "\(name): '\(shown(text))' is not known; \(advice)")
      }
    }
    return (settings, warnings)
  }

  /// A word as it is repeated in a warning.
  private static func shown(_ word: String) -> String { String(word.prefix(40)) }
}

extension YamlError {
  /// Where the text stops being YAML.
  fileprivate var place: Mark? {
    switch self {
    case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _): mark
    case .duplicatedKeysInMapping(_, let context): context.mark
    default: nil
    }
  }
}
