/// A line that a viewer types at the bottom of the window: where to go, what to search, what to do.
struct Prompt: Equatable {
  /// What the line is for.
  enum Kind: Equatable {
    case goTo
    case search
    /// Operations in the scenario's own language.
    case operations
    /// The name of a file to write.
    case file(FileKind)
    /// What the scenarios of a list have to say of themselves.
    case filter
    /// Rules to compare with, of those named.
    case rules([String])
  }

  /// What is written to a file.
  enum FileKind: Equatable { case scenario, frame, recording }

  let kind: Kind
  /// What may be typed, where the kind alone does not tell.
  private let ownHint: Bilingual?
  private(set) var text = ""
  /// What is wrong with the text; typing on takes it away.
  var complaint: Bilingual?
  /// The part of the text that is wrong, in scalars.
  private var wrong: Range<Int>?
  /// What the word before the cursor may become.
  private var offers: [String] = []
  /// The offers that are gone through one by one, and which is shown.
  private var turn: (words: [String], index: Int)?
  /// Texts typed before, the latest last, and the one that is being typed.
  private var history: [String] = []
  private var place = 0
  /// Scalars before the cursor.
  private(set) var cursor = 0

  /// The longest text, in scalars.
  static let limit = 200

  init(_ kind: Kind, text: String = "", history: [String] = [], hint: Bilingual? = nil) {
    self.kind = kind
    ownHint = hint
    self.text = text
    self.history = history + [text]
    place = history.count
    cursor = text.unicodeScalars.count
  }

  static func == (a: Prompt, b: Prompt) -> Bool {
    (a.kind, a.text, a.complaint, a.cursor) == (b.kind, b.text, b.complaint, b.cursor)
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
    turn = nil
    switch key {
    case .up where history.count > 1, .down where history.count > 1:
      recall(key == .up ? place - 1 : place + 1)
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
    (complaint, wrong) = (nil, nil)
    return .edited
  }

  /// Says what is wrong, and with which part of the text.
  mutating func complain(_ text: Bilingual, about part: Range<Int>) {
    (complaint, wrong) = (text, part)
  }

  // MARK: - History and completion

  /// Shows another of the texts typed before; what was being typed is kept.
  private mutating func recall(_ wanted: Int) {
    guard history.indices.contains(wanted) else { return }
    if place == history.count - 1 { history[place] = text }
    place = wanted
    replace(with: history[wanted])
  }

  /// The word before the cursor, and the words before it in the same operation.
  var words: (before: [String], last: String) {
    let typed = String(text.unicodeScalars.prefix(cursor))
    let operation = typed.split(separator: ";", omittingEmptySubsequences: false).last ?? ""
    let words = operation.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
    return (words.dropLast().filter { !$0.isEmpty }, words.last ?? "")
  }

  /// How many offers are kept at most.
  private static let offerLimit = 200

  /// Tells what may stand where the cursor is.
  mutating func offer(_ candidates: [String]) {
    let typed = words.last
    offers = Array(
      candidates.lazy.filter {
        $0.hasPrefix(typed) && !$0.contains(" ") && !$0.contains(";")
          && $0.unicodeScalars.allSatisfy(VisibleText.isHarmless)
      }.prefix(Self.offerLimit))
  }

  /// Completes the word before the cursor as far as that is clear, else goes through what it may
  /// become; true where the word is whole.
  mutating func complete() -> Bool {
    if let (words, index) = turn {
      let next = (index + 1) % words.count
      replaceWord(with: words[next])
      turn = (words, next)
      return false
    }
    guard let first = offers.first else { return false }
    if offers.count == 1 {
      // Behind an operation's word another one may follow.
      replaceWord(with: kind == .operations ? first + " " : first)
      return true
    }
    let common = offers.dropFirst().reduce(first) { $0.commonPrefix(with: $1) }
    if common != words.last {
      replaceWord(with: common)
    } else {
      turn = (offers, 0)
      replaceWord(with: first)
    }
    return false
  }

  private mutating func replaceWord(with word: String) {
    let rest = text.unicodeScalars.count - words.last.unicodeScalars.count
    guard rest + word.unicodeScalars.count <= Self.limit else { return }
    remove(from: cursor - words.last.unicodeScalars.count, to: cursor)
    for scalar in word.unicodeScalars { insert(scalar) }
    (complaint, wrong) = (nil, nil)
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

  private var sign: Bilingual {
    switch kind {
    case .goTo: Bilingual(":", ":")
    case .search: Bilingual("/", "/")
    case .operations: Bilingual("try> ", "试> ")
    case .file(.scenario): Bilingual("save as> ", "另存为> ")
    case .file(.frame): Bilingual("frame to> ", "画面存到> ")
    case .file(.recording): Bilingual("record to> ", "录制到> ")
    case .filter: Bilingual("filter: ", "筛选：")
    case .rules: Bilingual("compare with rules: ", "对比规则：")
    }
  }

  private var hint: Bilingual {
    if let ownHint { return ownHint }
    return switch kind {
    case .goTo: Bilingual("step, 50%, 1m20s, chapter; Esc cancels", "步数、50%、1m20s、章节；Esc 取消")
    case .search: Bilingual("search narration and names; Esc cancels", "搜索解说与名称；Esc 取消")
    case .operations: Bilingual("Enter performs, Esc cancels", "Enter 执行，Esc 取消")
    case .file(.recording): Bilingual(".cast or .frames; Esc drops it", ".cast 或 .frames；Esc 放弃")
    case .file: Bilingual("Enter writes, Esc cancels", "Enter 写入，Esc 取消")
    case .filter: Bilingual("Enter plays, Esc clears", "Enter 播放，Esc 清除")
    case .rules(let names):
      Bilingual(
        "\(names.joined(separator: " ")); Esc cancels", "\(names.joined(separator: " "))；Esc 取消")
    }
  }

  /// Draws the line over a row; a text longer than the room shows the part around the cursor.
  ///
  /// A complaint that has no room beside the text stands above it.
  func draw(row: Int, language: Language, on canvas: inout Canvas) {
    let width = canvas.size.columns
    canvas.fill(Rect(x: 0, y: row, width: width, height: 1))
    let start = canvas.put(" \(sign[language])", 0, row, Style(.current, .bold))
    var note = complaint.map { "! " + VisibleText.escape($0[language]) } ?? hint[language]
    let textWidth = GlyphWidth.of(text) + 1
    if complaint != nil, start + textWidth + 2 + GlyphWidth.of(note) >= width {
      drawAbove(note, row: row, on: &canvas)
      note = ""
    } else if complaint == nil, !offers.isEmpty {
      note = TextLayout.fit(
        offers.joined(separator: "  "), columns: max(16, width - start - textWidth - 4))
    }
    let noteWidth = GlyphWidth.of(note)
    let room = max(8, width - start - 2 - (noteWidth + 12 < width - start ? noteWidth + 2 : 0))
    let column = drawText(Rect(x: start, y: row, width: room, height: 1), on: &canvas)
    guard column + 2 + noteWidth < width else { return }
    canvas.put(note, width - noteWidth - 1, row, complaint == nil ? .dim : Style(.error, .bold))
  }

  /// Draws as much of the text as has room, and returns the column behind it.
  private func drawText(_ room: Rect, on canvas: inout Canvas) -> Int {
    let scalars = Array(text.unicodeScalars)
    var first = 0
    while columns(scalars[first..<cursor]) >= room.width { first += 1 }
    var column = room.x
    for position in first...scalars.count {
      let scalar = position < scalars.count ? scalars[position] : " "
      let cells = max(1, GlyphWidth.of(scalar))
      guard column + cells <= room.right else { break }
      let isWrong = wrong?.contains(position) ?? false
      let style = isWrong ? Style(.error, [.bold, .underline]) : .text
      canvas.put(
        String(scalar), column, room.y, position == cursor ? Style(.text, .reverse) : style)
      column += GlyphWidth.of(scalar)
    }
    return column
  }

  /// A note over the rows above the line.
  private func drawAbove(_ note: String, row: Int, on canvas: inout Canvas) {
    let width = canvas.size.columns
    let lines = TextLayout.wrap(note, columns: width - 2).suffix(max(0, row))
    for (index, line) in lines.enumerated() {
      let y = row - lines.count + index
      canvas.fill(Rect(x: 0, y: y, width: width, height: 1))
      canvas.put(line, 1, y, Style(.error, .bold))
    }
  }

  private func columns(_ scalars: ArraySlice<Unicode.Scalar>) -> Int {
    scalars.reduce(0) { $0 + GlyphWidth.of($1) }
  }
}

extension String {
  /// The scalars that two texts have in common at their beginning.
  fileprivate func commonPrefix(with other: String) -> String {
    var result = ""
    for (a, b) in zip(unicodeScalars, other.unicodeScalars) {
      guard a == b else { break }
      result.unicodeScalars.append(a)
    }
    return result
  }
}
