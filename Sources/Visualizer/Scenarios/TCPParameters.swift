import Models

/// What a TCP scenario starts with, apart from its rules: the wire, the ports, what is switched off.
struct TCPParameters {
  var rules: TCPRules
  /// The wire's delay, one way.
  var delay: Microseconds = 10_000
  var clientPort = 40000
  var serverPort = 80

  private static let names = [
    "delay", "guards-off", "guards-on", "msl", "ack-delay", "nagle", "timestamps", "sack", "mss",
    "buffer", "client-port", "server-port", "rfc1337", "tw-reuse",
  ]

  /// The usual ones.
  init(rules: TCPRules) { self.rules = rules }

  /// Reads the envelope's parameters.
  ///
  /// - Throws: `ScriptError` at the name or the value, with what to write instead.
  init(_ file: ScenarioFile, rules: TCPRules) throws(ScriptError) {
    self.rules = rules
    try file.expectParameters(Self.names)
    for (name, value) in file.parameters { try take(name.text, value) }
  }

  private mutating func take(
    _ name: String, _ value: ScenarioFile.Word
  ) throws(ScriptError) {
    func error(_ en: String, _ zh: String) -> ScriptError {
      ScriptError(Bilingual("\(name): \(en)", "\(name): \(zh)"), at: value)
    }
    func time(_ longest: Microseconds, _ example: String) throws(ScriptError) -> Microseconds {
      let text = value.text.replacing(" ", with: "")
      guard let time = TCPScriptLine.time(text), time <= longest else {
        let limit = TCPWords.time(longest)
        throw error(
          "write a time up to \(limit), such as \(example)", "请写不超过 \(limit) 的时间，如 \(example)")
      }
      return time
    }
    func number(_ range: ClosedRange<Int>) throws(ScriptError) -> Int {
      guard let number = Int(value.text), range.contains(number) else {
        let (least, most) = (range.lowerBound, range.upperBound)
        throw error("write a number from \(least) to \(most)", "请写 \(least) 到 \(most) 的数字")
      }
      return number
    }
    func isOn() throws(ScriptError) -> Bool {
      switch value.text {
      case "on", "true", "yes": return true
      case "off", "false", "no": return false
      default: throw error("write on or off", "请写 on 或 off")
      }
    }
    switch name {
    case "delay":
      delay = try time(10_000_000, "20ms")
      guard delay >= TCPScriptLimits.delay else {
        throw error(
          "no wire is that fast; write 100us or more", "没有这么快的线路；请写 100us 或更长")
      }
    case "msl": rules.timeWait = 2 * (try time(600_000_000, "2min"))
    case "ack-delay":
      if value.text == "none" {
        rules.ackDelay = .none
      } else {
        rules.ackDelay = .everySecondSegment(try time(500_000, "200ms"))
      }
    case "guards-off": rules.guards.subtract(try Self.guards(value, error))
    case "guards-on": rules.guards.formUnion(try Self.guards(value, error))
    case "nagle": rules.nagle = try isOn()
    case "timestamps": rules.offersTimestamps = try isOn()
    case "sack": rules.offersSack = try isOn()
    case "mss": rules.mss = try number(100...65_495)
    case "buffer": rules.receiveBuffer = try number(100...1_000_000)
    case "client-port": clientPort = try number(1...65_535)
    case "server-port": serverPort = try number(1...65_535)
    case "rfc1337": rules.ignoresResetInTimeWait = try isOn()
    default: rules.reusesTimeWait = try isOn()
    }
  }

  /// Guards by name, several separated by commas.
  private static func guards(
    _ value: ScenarioFile.Word, _ error: (_ en: String, _ zh: String) -> ScriptError
  ) throws(ScriptError) -> TCPRules.Guards {
    var guards: TCPRules.Guards = []
    let names = TCPRules.Guards.named.map(\.name)
    let words = value.text.split { $0 == "," || $0 == " " }.map(String.init)
    guard !words.isEmpty else {
      throw error(
        "write guards, such as \"time-wait, isn-clock\"", "请写要开关的保护，如 \"time-wait, isn-clock\"")
    }
    for word in words {
      guard let known = TCPRules.Guards.named.first(where: { $0.name == word }) else {
        let hint = Nearest.hint(word, among: names)
        throw error(
          "unknown guard '\(word)'; \(hint.en)", "没有“\(word)”这项保护；\(hint.zh)")
      }
      guards.insert(known.value)
    }
    return guards
  }
}
