internal import CNcurses
internal import Glibc

/// Reads keys from curses without ever waiting for one.
struct Keyboard {
  /// Keys that were read and not yet taken.
  private var waiting: [Key] = []
  private var decoder = KeyDecoder()
  /// Reading stopped before curses was empty: it may hold bytes which `poll` cannot see.
  private(set) var mayHoldMore = false

  /// So many at once: somebody who pastes a book must not keep the screen from being drawn.
  private static let readAtOnce = 1_000

  /// Whether reports of the mouse are keys; otherwise they are swallowed.
  var takesMouse: Bool {
    get { decoder.takesMouse }
    set { decoder.takesMouse = newValue }
  }

  /// The terminal has answered, and it can hold a frame back until it is whole.
  var terminalSynchronizes: Bool { decoder.synchronizes == true }
  var terminalAnswered: Bool { decoder.synchronizes != nil }

  /// The next key that was read.
  mutating func next() -> Key? { waiting.isEmpty ? nil : waiting.removeFirst() }

  var isEmpty: Bool { waiting.isEmpty && !mayHoldMore }

  /// Reads what has come.
  ///
  /// curses waits ESCDELAY milliseconds after an escape, so one that comes out alone is the key.
  mutating func read(from window: UnsafeMutablePointer<WINDOW>) {
    for _ in 0..<Self.readAtOnce {
      var code = wint_t()
      switch wget_wch(window, &code) {
      case KEY_CODE_YES: append(decoder.take(code: Int32(bitPattern: code)))
      case ERR:
        append(decoder.pause())
        mayHoldMore = false
        return
      default:
        if let scalar = Unicode.Scalar(code) { append(decoder.take(scalar)) }
      }
    }
    mayHoldMore = true
  }

  private mutating func append(_ key: Key?) {
    if let key { waiting.append(key) }
  }
}
