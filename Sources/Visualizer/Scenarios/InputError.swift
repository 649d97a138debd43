/// What is wrong with a file that somebody gave us, where, and what to write instead.
struct InputError: Error, Equatable {
  /// The file's name as the user wrote it.
  var file: String
  /// 1-based; nil where the error concerns the file as a whole.
  var line: Int?
  /// 1-based, in bytes; nil where only the line is known.
  var column: Int?
  var message: String
  /// Whether the file was not there or could not be read, rather than having bad contents.
  var kind = Kind.contents

  enum Kind { case contents, missing, unreadable }

  init(
    file: String, line: Int? = nil, column: Int? = nil, _ message: String,
    kind: Kind = .contents
  ) {
    self.file = file
    self.line = line
    self.column = column
    self.message = message
    self.kind = kind
  }

  /// An error at a byte of a text; lines and columns are counted from the text's start.
  init(file: String, at offset: Int, in bytes: [UInt8], _ message: String) {
    var line = 1
    var start = 0
    for index in 0..<min(offset, bytes.count) where bytes[index] == UInt8(ascii: "\n") {
      line += 1
      start = index + 1
    }
    self.init(file: file, line: line, column: offset - start + 1, message)
  }
}

extension InputError: CustomStringConvertible {
  /// `file:line:column: error: what is wrong and what to write instead`, safe for a terminal.
  var description: String {
    var place = file
    if let line { place += ":\(line)" }
    if let line = line, let column, line > 0 { place += ":\(column)" }
    return VisibleText.escape("\(place): error: ") + VisibleText.label(message, limit: 1_000)
  }
}
