import Children
import Foundation

extension Benchmarks {
  /// The middle of some runs' times, in seconds.
  static func median(of runs: Int, _ body: () -> Void) -> Double {
    let clock = ContinuousClock()
    return (0..<runs).map { _ in clock.measure(body) / .seconds(1) }.sorted()[runs / 2]
  }

  static func time(_ seconds: Double) -> String {
    let (value, unit) =
      seconds < 1e-3 ? (seconds * 1e6, "us") : seconds < 1 ? (seconds * 1e3, "ms") : (seconds, "s")
    return String(format: value < 10 ? "%.2f " : "%.0f ", value) + unit
  }

  static func ratio(_ measured: Double, _ baseline: Double) -> String {
    let ratio = measured / baseline
    return String(format: ratio < 0.1 ? "%.4f" : "%.2f", ratio)
  }

  // MARK: - Children

  static let ownPath = "/proc/\(getpid())/exe"

  /// Runs the program under test.
  func run(_ arguments: [String], inTerminal: Bool = false) -> child_report {
    Self.child(program, arguments, inTerminal: inTerminal)
  }

  static func child(_ path: String, _ arguments: [String], inTerminal: Bool) -> child_report {
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    let report = run_child(&words, inTerminal, 200, 60)
    guard report.status == 0 else {
      fail("\(path) \(arguments.joined(separator: " ")): exit \(report.status)\n\(message(report))")
    }
    return report
  }

  /// How soon a program shows a text, and answers a key, on a terminal of 120x36.
  static func response(
    _ path: String, _ arguments: [String], ready: String, key: String
  ) -> response_report {
    var words = ([path] + arguments).map { strdup($0) } + [nil]
    defer { words.forEach { free($0) } }
    let report = measure_response(&words, ready, key, 120, 36)
    guard report.worst_key >= 0 else {
      fail("\(path) \(arguments.joined(separator: " ")) did not answer")
    }
    return report
  }

  /// The lines of a name and a number that a child has left on standard error.
  static func figures(_ report: child_report) -> [String: Double] {
    var figures: [String: Double] = [:]
    for line in message(report).split(separator: "\n") {
      let words = line.split(separator: " ")
      if words.count == 2 { figures[String(words[0])] = Double(words[1]) }
    }
    return figures
  }

  private static func message(_ report: child_report) -> String {
    withUnsafeBytes(of: report.message) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  static func fail(_ message: String) -> Never {
    FileHandle.standardError.write(Data((message + "\n").utf8))
    exit(1)
  }
}

/// A line of the table.
struct Row {
  var what: String
  var baseline = ""
  var measured: String
  var ratio = ""
  var target = ""

  static let heading = Row(
    what: "what", baseline: "baseline", measured: "measured", ratio: "ratio", target: "target")

  /// A target, and whether it was missed.
  static func target(_ target: String, _ isMet: Bool) -> String {
    isMet ? target : "\(target), MISSED"
  }

  func print() {
    let columns = [(what, 42), (baseline, 34), (measured, 10), (ratio, 16), (target, 0)]
    var line = columns.map { text, width in
      text.padding(toLength: max(text.count, width), withPad: " ", startingAt: 0)
    }.joined(separator: "  ")
    while line.last == " " { line.removeLast() }
    Swift.print(line)
    fflush(nil)
  }
}
