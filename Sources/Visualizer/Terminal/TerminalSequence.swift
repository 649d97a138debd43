internal import Glibc

/// Control sequences that curses does not know; constant bytes, as nothing else may be sent past it.
///
/// Source: xterm, ctlseqs, modes 1000 and 1006; the terminals' common specification of synchronized
/// output, mode 2026.
struct TerminalSequence {
  private let bytes: StaticString

  /// Presses of the buttons and the wheel, with coordinates of any size.
  static let mouseOn = TerminalSequence(bytes: "\u{1b}[?1000h\u{1b}[?1006h")
  static let mouseOff = TerminalSequence(bytes: "\u{1b}[?1006l\u{1b}[?1000l")
  /// Asks whether the terminal knows mode 2026; it answers `ESC [ ? 2026 ; N $ y`.
  static let askForSynchronization = TerminalSequence(bytes: "\u{1b}[?2026$p")
  static let frameBegins = TerminalSequence(bytes: "\u{1b}[?2026h")
  static let frameEnds = TerminalSequence(bytes: "\u{1b}[?2026l")

  /// Writes the sequence to the terminal; one that does not take it is none the worse.
  func write() {
    _ = Glibc.write(STDOUT_FILENO, bytes.utf8Start, bytes.utf8CodeUnitCount)
  }
}
