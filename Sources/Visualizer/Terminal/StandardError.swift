internal import Glibc

/// Messages, which never go where the results go.
enum StandardError {
  static func write(_ text: String) {
    let bytes = Array(TerminalEnvironment.current().charset.reduce(text).utf8)
    _ = Glibc.write(STDERR_FILENO, bytes, bytes.count)
  }

  /// Tells of what of a file could not be read.
  static func warn(_ file: String, _ warning: String?) {
    guard let warning else { return }
    write(VisibleText.escape("\(file): warning: \(warning)") + "\n")
  }
}
