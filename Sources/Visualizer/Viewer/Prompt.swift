/// A line that a viewer types at the bottom of the window: where to go, what to search, what to do.
struct Prompt: Equatable {
  /// What the line is for.
  enum Kind: Equatable {
    case goTo
    case search
    /// What the scenarios of a list have to say of themselves.
    case filter
    /// Rules to compare with, of those named.
    case rules([String])
  }

  let kind: Kind
  private(set) var text = ""
  /// What is wrong with the text; typing on takes it away.
  var complaint: Bilingual?
  /// Scalars before the cursor.
  private var cursor = 0

  /// The longest text, in scalars.
  static let limit = 200

  init(_ kind: Kind, text: String = "") {
    self.kind = kind
    self.text = text
    cursor = text.unicodeScalars.count
  }

  /// What a key makes of the line.
  enum Reaction: Equatable {
    case edited
    case entered
    case cancelled
    /// The key means nothing to a line of text.
    case ignored
  }

  mutating func handle(_ key: Key) -> Reaction {
    switch key {
    case .enter: return .entered
    case .escape: return .cancelled
    case .backspace where text.isEmpty: return .cancelled
    case .left, .control("b"): cursor = max(0, cursor - 1)
    case .right, .control("f"): cursor = min(text.unicodeScalars.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = text.unicodeScalars.count
    case .backspace: remove(from: cursor - 1, to: cursor)
    case .delete: remove(from: cursor, to: cursor + 1)
    case .control("u"): remove(from: 0, to: cursor)
    case .control("k"): remove(from: cursor, to: text.unicodeScalars.count)
    case .control("w"): removeWord()
    case .character(let scalar): insert(scalar)
    default: return .ignored
    }
    complaint = nil
    return .edited
  }

  /// Puts another text into the line, as completion and history do.
  mutating func replace(with text: String) {
    self.text = String(text.unicodeScalars.prefix(Self.limit))
    cursor = self.text.unicodeScalars.count
    complaint = nil
  }

  private mutating func insert(_ scalar: Unicode.Scalar) {
    guard text.unicodeScalars.count < Self.limit, VisibleText.isHarmless(scalar) else { return }
    text.unicodeScalars.insert(scalar, at: index(cursor))
    cursor += 1
  }

  private mutating func remove(from start: Int, to end: Int) {
    guard start >= 0, end <= text.unicodeScalars.count, start < end else { return }
    text.unicodeScalars.removeSubrange(index(start)..<index(end))
    cursor = start
  }

  private mutating func removeWord() {
    let before = Array(text.unicodeScalars.prefix(cursor))
    let blanks = before.reversed().prefix { $0 == " " }.count
    let word = before.dropLast(blanks).reversed().prefix { $0 != " " }.count
    remove(from: cursor - blanks - word, to: cursor)
  }

  private func index(_ offset: Int) -> String.UnicodeScalarView.Index {
    text.unicodeScalars.index(text.unicodeScalars.startIndex, offsetBy: offset)
  }

  // MARK: - Drawing

  private func sign(_ language: Language) -> String {
    switch kind {
    case .goTo: ":"
    case .search: "/"
    case .filter: Bilingual("filter: ", "筛选：")[language]
    case .rules: Bilingual("compare with rules: ", "对比规则：")[language]
    }
  }

  private var hint: Bilingual {
    switch kind {
    case .goTo: Bilingual("step, 50%, 1m20s, chapter; Esc", "步数、50%、1m20s、章节；Esc")
    case .search: Bilingual("search narration and names; Esc", "搜索解说与名称；Esc")
    case .filter: Bilingual("Enter plays, Esc clears", "Enter 播放，Esc 清除")
    case .rules(let names):
      Bilingual("\(names.joined(separator: " ")); Esc", "\(names.joined(separator: " "))；Esc")
    }
  }

  /// Draws the line over a row; a text longer than the room shows the part around the cursor.
  func draw(row: Int, language: Language, on canvas: inout Canvas) {
    let width = canvas.size.columns
    canvas.fill(Rect(x: 0, y: row, width: width, height: 1))
    let start = canvas.put(" \(sign(language))", 0, row, Style(.current, .bold))
    let note = (complaint ?? hint)[language]
    let shown = complaint == nil ? note : "! \(note)"
    let noteWidth = GlyphWidth.of(shown)
    let room = max(8, width - start - 2 - (noteWidth + 12 < width - start ? noteWidth + 2 : 0))
    let scalars = Array(text.unicodeScalars)
    var first = 0
    while columns(scalars[first..<cursor]) >= room { first += 1 }
    var column = start
    for position in first...scalars.count {
      let scalar = position < scalars.count ? scalars[position] : " "
      let cells = max(1, GlyphWidth.of(scalar))
      guard column + cells <= start + room else { break }
      let style = position == cursor ? Style(.text, .reverse) : .text
      canvas.put(String(scalar), column, row, style)
      column += GlyphWidth.of(scalar)
    }
    guard column + 2 + noteWidth < width else { return }
    canvas.put(
      shown, width - noteWidth - 1, row, complaint == nil ? .dim : Style(.error, .bold))
  }

  private func columns(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
    scalars.reduce(0) { $0 + GlyphWidth.of($1) }
  }
}
