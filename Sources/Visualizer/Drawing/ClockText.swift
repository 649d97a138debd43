/// Times as they are written, whatever the language.
enum ClockText {
  /// Milliseconds as seconds with three decimals.
  static func seconds(_ milliseconds: Int) -> String {
    let fraction = "\(milliseconds % 1000)"
    return "\(milliseconds / 1000)." + String(repeating: "0", count: 3 - fraction.utf8.count)
      + fraction
  }

  /// Milliseconds as minutes and seconds, with hours where there are any.
  static func minutes(_ milliseconds: Int) -> String {
    let seconds = milliseconds / 1000
    func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
    let minutes =
      "\(seconds >= 3600 ? two(seconds / 60 % 60) : "\(seconds / 60)"):\(two(seconds % 60))"
    return seconds >= 3600 ? "\(seconds / 3600):\(minutes)" : minutes
  }
}
