/// A script line cut at its blanks, each piece with its column.
struct ScriptTokens {
  private let file: String
  private let line: ScenarioFile.Word
  private let pieces: [(text: String, offset: Int)]

  init(file: String, line: ScenarioFile.Word) {
    self.file = file
    self.line = line
    var pieces: [(String, Int)] = []
    var offset = 0
    for piece in line.text.split(separator: " ", omittingEmptySubsequences: false) {
      if !piece.isEmpty { pieces.append((String(piece), offset)) }
      offset += piece.utf8.count + 1
    }
    self.pieces = pieces
  }

  var count: Int { pieces.count }

  /// A piece, nil behind the last.
  subscript(index: Int) -> String? { index < pieces.count ? pieces[index].text : nil }

  /// An error at a piece.
  func error(_ index: Int, _ message: String) -> InputError {
    let offset = index < pieces.count ? pieces[max(0, index)].offset : 0
    return InputError(file: file, line: line.line, column: line.column + offset, message)
  }

  /// Checks that nothing follows.
  func expectEnd(_ index: Int) throws(InputError) {
    if let extra = self[index] { throw error(index, "'\(extra)' is too much here") }
  }
}
