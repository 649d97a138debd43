internal import Glibc

/// What is to be tidied up when a signal ends long work that has no screen.
///
/// A handler and no queue: the work looks at no queue while a library reads a file for it. The
/// handler calls only what may be called from one.
enum Interruption {
  /// Whether a progress bar stands on the terminal.
  nonisolated(unsafe) static var bar = false
  /// The name of a file that is not to be left behind.
  nonisolated(unsafe) private static var unfinished: UnsafeMutablePointer<CChar>?
  nonisolated(unsafe) private static var depth = 0
  nonisolated(unsafe) private static var previous: [(number: Int32, action: sigaction)] = []

  /// From now on SIGINT and SIGTERM end the program with 130 and 143, until `end`.
  ///
  /// What was set to be ignored stays ignored.
  static func begin() {
    depth += 1
    guard depth == 1 else { return }
    (bar, unfinished) = (false, nil)  // so that the handler finds them made
    for number in [SIGINT, SIGTERM, SIGHUP] where !isIgnored(number) {
      var action = sigaction()
      var former = sigaction()
      action.__sigaction_handler.sa_handler = { Interruption.tidyUp($0) }
      sigaction(number, &action, &former)
      previous.append((number, former))
    }
  }

  private static func isIgnored(_ number: Int32) -> Bool {
    var action = sigaction()
    sigaction(number, nil, &action)
    let handler = unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self)
    return handler == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  static func end() {
    depth -= 1
    guard depth == 0 else { return }
    for entry in previous {
      var action = entry.action
      sigaction(entry.number, &action, nil)
    }
    previous = []
  }

  /// Names the file that is to be removed by a signal; nil for none any more.
  static func setUnfinished(_ path: String?) {
    let former = unfinished
    unfinished = path.flatMap { strdup($0) }
    free(former)
  }

  private static func tidyUp(_ number: Int32) {
    let erasing: StaticString = "\r\u{1b}[K"
    if bar { _ = write(STDERR_FILENO, erasing.utf8Start, erasing.utf8CodeUnitCount) }
    if let unfinished { unlink(unfinished) }
    guard number == SIGHUP else { _exit(128 + number) }
    signal(number, SIG_DFL)
    raise(number)  // and dies of it as soon as this returns
  }
}
