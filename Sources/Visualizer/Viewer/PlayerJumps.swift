/// Going to places: by what is typed, by what is said there, by marks.
extension PlayerActivity {
  mutating func handlePrompt(_ key: Key) -> Outcome {
    guard var prompt else { return .stay }
    if key == .tab {
      let isWhole = prompt.complete()
      self.prompt = prompt
      if isWhole { offerWords() }
      return .stay
    }
    switch prompt.handle(key) {
    case .edited, .ignored:
      self.prompt = prompt
      offerWords()
    case .cancelled:
      (self.prompt, fork) = (nil, nil)
      if prompt.kind == .file(.recording) { recordingFrom = nil }
    case .entered:
      self.prompt = nil
      defer { if self.prompt == nil { fork = nil } }
      return enter(prompt)
    }
    return .stay
  }

  private mutating func enter(_ entered: Prompt) -> Outcome {
    if case .rules = entered.kind { return compare(entered) }
    guard !entered.text.isEmpty else { return .stay }
    switch entered.kind {
    case .goTo:
      if let step = Destination.step(entered.text, in: show) {
        jump(to: step)
      } else {
        prompt = entered
        let last = show.stepCount - 1
        prompt?.complaint = Bilingual(
          "no such place; the steps are 0 to \(last)", "没有这个位置；步数是 0 到 \(last)")
      }
    case .search:
      searched = entered.text
      find(backward: false)
    case .operations: perform(entered)
    case .file(let kind): write(entered, kind)
    case .rules, .filter: break
    }
    return .stay
  }

  // MARK: - Search

  /// Starts looking for what was searched last.
  mutating func find(backward: Bool) {
    guard !searched.isEmpty else {
      notice = Notice(text: Bilingual("nothing has been searched yet; press /", "还没有搜索过；请按 /"))
      return
    }
    search = StepSearch(
      searched, language: look.language, from: player.step, backward: backward)
    continueSearch()
  }

  /// Looks through another slice.
  mutating func continueSearch() {
    guard var running = search else { return }
    let result = running.advance(in: show)
    search = nil
    let text = VisibleText.escape(searched)
    switch result {
    case .hit(let step):
      jump(to: step)
      notice = Notice(
        text: Bilingual(
          "/\(text)   Ctrl-N next, Ctrl-P before", "/\(text)   Ctrl-N 下一个，Ctrl-P 上一个"))
    case .nothing:
      notice = Notice(
        text: Bilingual("'\(text)' is said nowhere", "没有一步提到“\(text)”"), isError: true)
    case .searching(let percent):
      search = running
      notice = Notice(text: Bilingual("searching … \(percent)%", "搜索中 … \(percent)%"))
    }
  }

  // MARK: - Marks

  mutating func take(_ key: Key, for use: LetterUse) {
    guard case .character(let letter) = key else { return }
    switch use {
    case .mark:
      guard ("a"..."z").contains(letter) else { return }
      bookmarks.removeAll { $0.letter == letter }
      bookmarks.append(Bookmark(letter: letter, step: player.step))
      // Of what was tried out nothing is kept.
      if branches.current == 0 { keepBookmarks(bookmarks) }
      let name = String(letter)
      notice = Notice(
        text: Bilingual("step \(player.step) is marked \(name)", "第 \(player.step) 步已标记为 \(name)"))
    case .jump:
      if letter == "'" {
        if let step = placeBefore { jump(to: step) }
      } else if let bookmark = bookmarks.first(where: { $0.letter == letter }) {
        jump(to: bookmark.step)
      } else {
        notice = Notice(
          text: Bilingual("no step is marked so", "没有这个标记"), isError: true)
      }
    }
  }
}
