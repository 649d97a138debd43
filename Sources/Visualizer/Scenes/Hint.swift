/// A key and what it does just now, as the bottom line says it.
struct Hint: Equatable {
  var key: String
  var what: Bilingual

  init(_ key: String, _ what: Bilingual) {
    self.key = key
    self.what = what
  }

  /// What holds in a player with nothing open, the most important first.
  static func atRest(_ show: any Show, _ look: Look) -> [Hint] {
    var hints = [
      Hint(
        "space",
        look.status.isPlaying ? Bilingual("pause", "暂停") : Bilingual("play", "播放")),
      Hint("←→", Bilingual("step", "步")),
      Hint("↑↓", Bilingual("operation", "操作")),
      Hint(", .", Bilingual("frame", "帧")),
      Hint("[ ]", Bilingual("chapter", "章节")),
      Hint(":", Bilingual("go to", "跳转")),
      Hint("/", Bilingual("search", "搜索")),
      Hint("+ -", Bilingual("speed", "速度")),
      Hint("jk", Bilingual("scroll", "滚动")),
      Hint("w", Bilingual("more or less said", "解说详略")),
    ]
    if show.canFork { hints.insert(Hint("i", Bilingual("try", "动手试")), at: 3) }
    if show.chapters.isEmpty { hints.removeAll { $0.key == "[ ]" } }
    if show.views.count > 1 {
      let next = ((look.view ?? 0) + 1) % show.views.count
      hints.insert(Hint("v", show.views[next]), at: 3)
    }
    if look.prediction != nil {
      hints.insert(Hint("t", Bilingual("stop asking", "不再提问")), at: 2)
    }
    if let show = show as? ComparisonShow {
      hints.insert(Hint("d", Bilingual("next difference", "下一处差异")), at: 2)
      if ComparisonScene.arrangement(of: show, look.size) == .single {
        hints.insert(Hint("Tab", Bilingual("other side", "另一边")), at: 3)
      }
    }
    if look.charset == .unicode { hints.append(Hint("L", Bilingual("中文", "English"))) }
    if show.rulebook != nil { hints.append(Hint("c", Bilingual("compare", "对比"))) }
    hints.append(Hint("q", Bilingual("quit", "退出")))
    return hints
  }

  /// A key's label as it is read: what is written on it, but for the one on which nothing is.
  static func name(_ key: String, _ language: Language) -> String {
    language == .zh && key == "space" ? "空格" : key
  }

  /// Draws hints from the left until the row is full; `? help` is pinned and the last to go.
  static func draw(_ hints: [Hint], row: Int, language: Language, on canvas: inout Canvas) {
    let help = Hint("?", Bilingual("help", "帮助"))
    func width(_ hint: Hint) -> Int {
      GlyphWidth.of(name(hint.key, language)) + 1 + GlyphWidth.of(hint.what[language]) + 2
    }
    var used = 1 + width(help)
    var fitting: [Hint] = []
    for hint in hints {
      guard used + width(hint) <= canvas.size.columns else { break }
      used += width(hint)
      fitting.append(hint)
    }
    canvas.fill(Rect(x: 0, y: row, width: canvas.size.columns, height: 1))
    var column = 1
    for hint in fitting + [help] {
      column = canvas.put(name(hint.key, language), column, row, Style(.text, .bold)) + 1
      column = canvas.put(hint.what[language], column, row, .dim) + 2
    }
  }
}
