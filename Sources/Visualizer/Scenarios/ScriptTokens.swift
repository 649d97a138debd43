/// A script line cut at its blanks, each piece with its column.
struct ScriptTokens {
  private let line: ScenarioFile.Word
  private let pieces: [(text: String, offset: Int)]

  init(_ line: ScenarioFile.Word) {
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
  func error(_ index: Int, _ message: Bilingual) -> ScriptError {
    let offset = index < pieces.count ? pieces[max(0, index)].offset : 0
    return ScriptError(message, at: line, offset: offset)
  }

  /// Checks that nothing follows.
  func expectEnd(_ index: Int) throws(ScriptError) {
    if let extra = self[index] { throw error(index, .excess(extra)) }
  }
}

// What is said of mistakes in whatever language.

extension Bilingual {
  static let noOperation = Bilingual("write an operation", "请写一个操作")

  static func unknownOperation(_ verb: String, among verbs: [String]) -> Bilingual {
    let hint = Nearest.hint(verb, among: verbs)
    return Bilingual(
      "unknown operation '\(verb)'; \(hint.en)", "没有“\(verb)”这个操作；\(hint.zh)")
  }

  /// A word where the line should have ended, or which was written before.
  static func excess(_ word: String) -> Bilingual {
    Bilingual("'\(word)' is too much here", "“\(word)”是多余的")
  }

  static func tooManyOperations(_ limit: Int) -> Bilingual {
    Bilingual("too many operations; a script has at most \(limit)", "操作太多；一个脚本最多 \(limit) 个")
  }
}
