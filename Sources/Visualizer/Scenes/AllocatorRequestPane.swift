import Models

/// What is asked for, and the levels it has asked: the path lights up level by level.
struct AllocatorRequestPane {
  let rect: Rect
  let framed: Bool
  let style: AllocatorStyle

  func draw(_ canvas: inout Canvas) {
    let language = style.look.language
    let inner = framed ? rect.inner : rect
    if framed { canvas.box(rect, title: Bilingual("request", "申请")[language]) }
    guard case .malloc(let size, let noscan, let count) = style.moment.operation else {
      if framed {
        let text = Bilingual("none at the moment", "此刻没有申请内存")[language]
        canvas.put(text, inner.x + 1, inner.y, .dim)
      }
      return
    }
    canvas.mark(
      AllocatorItem.request,
      Rect(x: inner.x + 1, y: inner.y, width: inner.width - 2, height: 1))
    let what = describe(size, noscan: noscan, count: count, columns: inner.width - 2)
    canvas.put(TextLayout.fit(what, columns: inner.width - 2), inner.x + 1, inner.y)
    guard framed else { return }
    canvas.clipped(to: inner) { drawPath(inner, &$0) }
    guard style.look.zoomedPane == AllocatorLayout.requestName,
      let inspection = AllocatorItem.request(style.moment, language)
    else { return }
    FactsList(facts: inspection.facts, rect: inner.dropping(rows: 6)).draw(&canvas)
  }

  /// The request in as many words as there is room for.
  private func describe(_ size: Int, noscan: Bool, count: Int, columns: Int) -> String {
    let many = count > 1 ? " ×\(count)" : ""
    let bytes = size == 1 ? Bilingual("1 byte", "1 字节") : Bilingual("\(size) bytes", "\(size) 字节")
    let kind = noscan ? Bilingual("no pointers", "不含指针") : Bilingual("with pointers", "含指针")
    let short = "\(AllocatorWords.shortSize(size))\(many) \(noscan ? "noscan" : "scan")"
    let texts = [
      Bilingual("\(bytes.en)\(many), \(kind.en)", "\(bytes.zh)\(many)，\(kind.zh)"),
      Bilingual(
        "\(AllocatorWords.size(size))\(many), \(kind.en)",
        "\(AllocatorWords.size(size))\(many)，\(kind.zh)"),
    ].map { $0[style.look.language] }
    // A size in KB or MB is said only where nothing is lost by it.
    let exact = size % 1024 == 0 ? texts : [texts[0]]
    return exact.first { GlyphWidth.of($0) <= columns } ?? short
  }

  private func drawPath(_ inner: Rect, _ canvas: inout Canvas) {
    let path = style.focus.path
    let language = style.look.language
    var levels: [(String, AllocatorFocus.RequestPath.Level)] = [
      ("mcache", path.mcache), ("mcentral", path.mcentral), ("mheap", path.mheap),
    ]
    if path.isLarge { levels = [("mheap", path.mheap)] }
    if inner.height >= 4 {
      for (index, level) in levels.enumerated() {
        drawLevel(level.0, level.1, inner.x + 1, inner.y + 1 + index, &canvas)
      }
      if path.isLarge {
        let text = Bilingual("large: heap only", "大对象：直接找堆")[language]
        canvas.put(text, inner.x + 1, inner.y + 2, .dim)
      }
      if path.isDone {
        let text = Bilingual("✓ address returned", "✓ 返回地址")[language]
        canvas.put(text, inner.x + 1, inner.bottom - 1, Style(.new, .bold))
      }
      return
    }
    let arrow = inner.width >= 30 ? " → " : "→"
    var column = inner.x + 1
    for (index, level) in levels.enumerated() {
      if index > 0 { column = canvas.put(arrow, column, inner.y + 1, .dim) }
      let (mark, levelStyle) = look(level.1)
      column = canvas.put(level.0, column, inner.y + 1, levelStyle)
      column = canvas.put(mark, column, inner.y + 1, levelStyle)
    }
    if path.isDone {
      let text = Bilingual("✓ address returned", "✓ 返回地址")[language]
      canvas.put(text, inner.x + 1, inner.y + 2, Style(.new, .bold))
    }
  }

  private func drawLevel(
    _ name: String, _ level: AllocatorFocus.RequestPath.Level, _ x: Int, _ y: Int,
    _ canvas: inout Canvas
  ) {
    let (mark, levelStyle) = look(level)
    let column = canvas.put(TextLayout.pad(name, columns: 9), x, y, levelStyle)
    let text =
      switch level {
      case .notAsked: Bilingual("", "")
      case .asked: Bilingual("asked", "查询中")
      case .gave: Bilingual("has it", "有")
      case .hadNothing: Bilingual("has none", "没有")
      }
    canvas.put(mark, column, y, levelStyle)
    canvas.put(text[style.look.language], column + 2, y, level == .notAsked ? .dim : .text)
  }

  private func look(_ level: AllocatorFocus.RequestPath.Level) -> (String, Style) {
    switch level {
    case .notAsked: (" ", .dim)
    case .asked: ("▸", Style(.current, .bold))
    case .gave: ("✓", Style(.new, .bold))
    case .hadNothing: ("✗", Style(.waiting))
    }
  }
}
