internal import CNcurses
internal import Glibc
import Synchronization

/// A line on standard error that says how far long work has come, where that is a terminal.
///
/// It appears when the work has taken half a second, and is gone when the work is over.
final class ProgressBar: Sendable {
  private struct State {
    var phase: LongWork.Phase?
    var phaseStart = ContinuousClock.now
    var nextDrawing = ContinuousClock.now + .milliseconds(500)
    var isShown = false
  }

  private let state = Mutex(State())
  private let language: Language
  private let charset: Charset

  private init(_ environment: TerminalEnvironment) {
    charset = environment.charset
    language = charset == .ascii ? .en : environment.language
  }

  /// Does work that may take long: shows a bar, and ends cleanly on a signal.
  static func during<Result>(_ work: () throws -> Result) rethrows -> Result {
    Interruption.begin()
    defer { Interruption.end() }
    let environment = TerminalEnvironment.current()
    guard isatty(STDERR_FILENO) == 1, !["", "dumb"].contains(environment.variables["TERM"] ?? "")
    else { return try work() }
    let bar = ProgressBar(environment)
    defer { bar.erase() }
    return try LongWork.$listener.withValue(
      LongWork.Listener { bar.report($0, $1) }, operation: work)
  }

  private func report(_ phase: LongWork.Phase, _ share: Double) {
    let now = ContinuousClock.now
    state.withLock { state in
      if state.phase != phase { (state.phase, state.phaseStart) = (phase, now) }
      guard now >= state.nextDrawing else { return }
      state.nextDrawing = now + .milliseconds(100)
      if !state.isShown { Interruption.bar = true }
      state.isShown = true
      let columns = terminal_columns(STDERR_FILENO)
      let seconds = (now - state.phaseStart) / .seconds(1)
      StandardError.write(
        "\r"
          + ProgressText.line(
            phase, share, seconds: seconds, columns: columns > 0 ? Int(columns) - 1 : 79, language,
            charset)
          + "\u{1b}[K")
    }
  }

  private func erase() {
    state.withLock { state in
      if state.isShown { StandardError.write("\r\u{1b}[K") }
      state.isShown = false
      Interruption.bar = false
    }
  }
}

/// What a progress bar says.
enum ProgressText {
  private static let barColumns = 24

  /// One line of at most so many columns: what is being done, how far it is, how long it will take.
  static func line(
    _ phase: LongWork.Phase, _ share: Double, seconds: Double, columns: Int, _ language: Language,
    _ charset: Charset
  ) -> String {
    let share = min(1, max(0, share))
    let filled = Int(share * Double(barColumns))
    let bar =
      String(repeating: "█", count: filled) + String(repeating: "░", count: barColumns - filled)
    var parts = [name(phase)[language], bar, "\(Int(share * 100))%"]
    // Before that, what is left is a guess.
    if share >= 0.02, seconds >= 0.5 {
      parts.append(timeLeft(Int((seconds / share * (1 - share)).rounded(.up)))[language])
    }
    return TextLayout.fit(charset.reduce(parts.joined(separator: "  ")), columns: columns)
  }

  private static func name(_ phase: LongWork.Phase) -> Bilingual {
    switch phase {
    case .reading: Bilingual("reading", "读取")
    case .performing: Bilingual("running the model", "运行模型")
    case .replaying: Bilingual("replaying", "重放")
    case .recording: Bilingual("recording", "录制")
    }
  }

  private static func timeLeft(_ seconds: Int) -> Bilingual {
    if seconds < 60 { return Bilingual("\(seconds) s left", "剩余 \(seconds) 秒") }
    let (minutes, rest) = (seconds / 60, seconds % 60)
    if minutes < 60 {
      return Bilingual("\(minutes) min \(rest) s left", "剩余 \(minutes) 分 \(rest) 秒")
    }
    return Bilingual(
      "\(minutes / 60) h \(minutes % 60) min left", "剩余 \(minutes / 60) 小时 \(minutes % 60) 分")
  }
}
