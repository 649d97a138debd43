/// Trying operations of one's own, and going from one future to another.
extension PlayerActivity {
  /// Opens the line for operations behind the present one.
  mutating func beginTrying() {
    goesOnPlaying = player.isPlaying
    pause()
    do throws(ScriptError) {
      fork = try show.fork(atStep: player.step)
    } catch {
      notice = Notice(text: error.message, isError: true)
      return
    }
    guard fork != nil else {
      notice = Notice(
        text: Bilingual(
          "a capture has no model that could go on from here; try in a scenario or a trace",
          "抓包背后没有可以接着运行的模型；请在场景或 trace 中动手试"), isError: true)
      return
    }
    prompt = Prompt(.operations, history: tried)
    offerWords()
  }

  /// Tells the line what may stand at its cursor.
  mutating func offerWords() {
    if case .rules(let names) = prompt?.kind { prompt?.offer(names) }
    guard let fork, let words = prompt?.words else { return }
    prompt?.offer(fork.candidates(after: words.before))
  }

  /// Performs what was typed, or says in place what is wrong with it.
  mutating func perform(_ entered: Prompt) {
    let step = player.step
    let lines = Self.lines(entered.text)
    guard let fork, !lines.isEmpty else { return }
    do throws(ScriptError) {
      if let refusal = branches.refusal(atStep: step) {
        prompt = entered
        prompt?.complaint = refusal
        return
      }
      let branch = try fork.branch(lines, name: branches.name(atStep: step))
      remember(entered.text)
      watch(branch, from: show.nextItem(afterStep: step) ?? show.stepCount)
    } catch {
      prompt = entered
      prompt?.complain(error.message, about: Self.part(entered.text, at: error.column))
    }
  }

  /// What was typed, cut at its semicolons; each piece with its place.
  private static func lines(_ text: String) -> [ScenarioFile.Word] {
    var lines: [ScenarioFile.Word] = []
    var offset = 0
    for piece in text.split(separator: ";", omittingEmptySubsequences: false) {
      let blanks = piece.utf8.prefix { $0 == UInt8(ascii: " ") }.count
      let line = String(piece.dropFirst(blanks).reversed().drop { $0 == " " }.reversed())
      if !line.isEmpty {
        lines.append(ScenarioFile.Word(text: line, line: 1, column: offset + blanks + 1))
      }
      offset += piece.utf8.count + 1
    }
    return lines
  }

  /// The word at a column, counted in bytes from 1, in scalars; all of the text without one.
  private static func part(_ text: String, at column: Int?) -> Range<Int> {
    let scalars = Array(text.unicodeScalars)
    guard let column else { return 0..<scalars.count }
    var bytes = 0
    var start = 0
    while start < scalars.count, bytes < column - 1 {
      bytes += String(scalars[start]).utf8.count
      start += 1
    }
    let length = scalars[start...].prefix { $0 != " " && $0 != ";" }.count
    return start..<start + length
  }

  /// How many lines can be recalled.
  private static let historyLimit = 50

  private mutating func remember(_ text: String) {
    tried.removeAll { $0 == text }
    tried.append(text)
    tried = tried.suffix(Self.historyLimit)
  }

  /// Goes to the first step of what has just been tried.
  private mutating func watch(_ branch: any Show, from first: Int) {
    let step = player.step
    let isLonger = branches.extends(atStep: step)
    branches.add(branch, atStep: step, leaving: place)
    if !isLonger {
      bookmarks.removeAll { $0.step > step }
      recordingFrom = nil
    }
    placeBefore = step
    prediction?.forget(behind: step)
    player.handle(.goTo(step: first - 1), in: show)
    let number = branches.current + 1
    guard first < show.stepCount else {
      notice = Notice(
        text: Bilingual("done, but there is nothing of it to be seen", "已执行，但没有可看的步骤"))
      return
    }
    player.handle(.nextStep, in: show)
    if goesOnPlaying { player.handle(.togglePlay, in: show) }
    notice = Notice(
      text: Bilingual(
        "branch \(number) of \(branches.count)   B the other future   W save it",
        "分支 \(number)，共 \(branches.count) 个   B 另一种走向   W 保存"))
  }

  // MARK: - From branch to branch

  /// Where the viewer is in the present branch.
  private var place: Branches.Place {
    Branches.Place(step: player.step, before: placeBefore, bookmarks: bookmarks)
  }

  /// What the bottom line says where there is more than one future.
  func hintsOfBranches(_ look: Look) -> [Hint] {
    var hints = Hint.atRest(show, look)
    if branches.current > 0, player.step == show.stepCount - 1, let unfinished = show.unfinished {
      hints.removeAll { $0.key == "i" }
      hints.insert(Hint("i", unfinished), at: 0)
    }
    let place = (hints.firstIndex { $0.key == "i" } ?? 0) + 1
    hints.insert(Hint("B", Bilingual("branch", "分支")), at: place)
    if branches.current > 0, show.scenario != nil {
      hints.insert(Hint("W", Bilingual("save", "保存")), at: place + 1)
    }
    return hints
  }

  mutating func switchBranch() {
    guard branches.count > 1 else {
      notice = Notice(
        text: Bilingual("there is one future only; i tries another", "只有一种走向；按 i 试另一种"))
      return
    }
    let target = branches.next(leaving: place)
    (placeBefore, bookmarks, recordingFrom) = (target.before, target.bookmarks, nil)
    prediction?.forget(behind: branches.lastSharedStep)
    player.handle(.goTo(step: target.step), in: show)
    let number = branches.current + 1
    notice = Notice(
      text: branches.current == 0
        ? Bilingual("branch 1: the original", "分支 1：原来的走向")
        : Bilingual("branch \(number): \(show.name)", "分支 \(number)：\(show.name)"))
  }
}
