/// The player: a show, where the viewer is in it, and what lies open over it.
struct PlayerActivity: Activity {
  var branches: Branches
  var player: Player
  /// How frames look; size and status are filled in when one is drawn.
  var look: Look
  /// The size asked for; nil for the window's.
  let fixedSize: Size?
  let motion: Motion
  /// It was opened from a list, to which Esc leads back.
  private(set) var isInner = false
  /// How the list looked from which something was opened.
  private var list: (view: Int?, scroll: Int)?
  private(set) var window = FrameScene.full
  var help: HelpOverlay?
  var prompt: Prompt?
  /// A search under way, and what was searched for last.
  var search: StepSearch?
  var searched = ""
  /// What is looked at more closely.
  var focus = Focus()
  /// The game of predicting; nil while nothing is asked.
  var prediction: Prediction?
  /// What the next letter is for.
  var letterFor: LetterUse?
  var bookmarks: [Bookmark] = []
  let keepBookmarks: ([Bookmark]) -> Void
  /// Where the viewer was before the last jump.
  var placeBefore: Int?
  /// The point from which the operations that are typed go on.
  var fork: (any Fork)?
  /// The lines of operations that were tried.
  var tried: [String] = []
  /// Whether it played when the viewer began to type operations.
  var goesOnPlaying = false
  /// Where a recording starts.
  var recordingFrom: Int?
  /// Something to say on the bottom line until the next key.
  var notice: Notice?
  /// Digits typed just now, which become a step's number if `g` follows.
  private var digits = ""
  private var digitsAge = 0.0

  enum LetterUse { case mark, jump }

  /// A sentence on the bottom line.
  struct Notice: Equatable {
    var text: Bilingual
    var isError = false
  }

  /// How a viewer wants to begin.
  struct Start {
    var step = 0
    var speed = 1.0
    var isPaused = false
    var motion = Motion.full
    /// The steps that were marked before.
    var bookmarks: [Bookmark] = []
    /// Hears of all marks whenever one is set, so that none is lost however the program ends.
    var keepBookmarks: ([Bookmark]) -> Void = { _ in }
  }

  init(show: any Show, start: Start, look: Look, fixedSize: Size? = nil) {
    branches = Branches(show)
    self.look = look
    self.fixedSize = fixedSize
    motion = start.motion
    bookmarks = start.bookmarks
    keepBookmarks = start.keepBookmarks
    player = Player(show: show, step: start.step, speed: start.speed)
    if !start.isPaused { player.handle(.togglePlay, in: show) }
  }

  /// What is watched.
  var show: any Show { branches.show }

  // MARK: - Time

  mutating func advance(milliseconds: Double) {
    digitsAge += milliseconds
    if player.isMoving { play(milliseconds) }
    if search != nil { continueSearch() }
    prediction?.settle(at: player.step, isPlaying: player.isPlaying)
  }

  private mutating func play(_ milliseconds: Double) {
    guard prediction != nil else { return player.advance(milliseconds: milliseconds, in: show) }
    let wasPlaying = player.isPlaying
    player.advance(milliseconds: milliseconds, in: show) { [show] step in
      show.question(atStep: step) != nil
    }
    if wasPlaying, !player.isPlaying { ask(before: player.step + 1) }
  }

  var nextChange: Double? {
    if search != nil { return 0 }
    guard player.isMoving else { return nil }
    if let quiet = player.quietTime(in: show) { return max(1, quiet) }
    guard let stage = motion.nextStage(after: player.progress(in: show)) else {
      return motion.frameTime
    }
    return max(Motion.full.frameTime, player.timeUntil(progress: stage, in: show))
  }

  /// How far the present step's motion is to be shown.
  var shownProgress: Double { motion.shown(player.progress(in: show)) }

  mutating func rest() { pause() }

  mutating func pause() {
    if player.isPlaying { player.handle(.togglePlay, in: show) }
  }

  // MARK: - Drawing

  /// How the present frame looks.
  var presentLook: Look {
    var look = look
    look.size = fixedSize ?? window
    look.status = PlayStatus(
      isPlaying: player.isPlaying, speed: player.speed, marks: statusMarks)
    look.scroll = player.scroll
    look.bookmarks = bookmarks
    if branches.count > 1 { look.hints = hintsOfBranches(look) }
    (look.focusedPane, look.isZoomed) = (focus.pane, focus.isZoomed)
    look.findsItems = focus != Focus()
    if focus.pane != nil {
      look.hints = focusHints
    } else if branches.count == 1 {
      look.hints = listHints(look)
    }
    look.prediction = prediction?.panel(isLastStep: player.step == show.stepCount - 1)
    if let question = look.prediction?.question { look.hints = Prediction.hints(for: question) }
    return look
  }

  private var statusMarks: [Bilingual] {
    var marks: [Bilingual] = []
    if let step = recordingFrom { marks.append(Bilingual("● rec from \(step)", "● 录自 \(step)")) }
    if branches.count > 1 {
      let which = "\(branches.current + 1)/\(branches.count)"
      marks.append(Bilingual("branch \(which)", "分支 \(which)"))
    }
    if player.isLooping { marks.append(Bilingual("loop", "循环")) }
    if let prediction { marks.append(prediction.mark) }
    return marks
  }

  /// What the keys do while a pane has the focus.
  private var focusHints: [Hint] {
    let inspect =
      focus.isInspecting ? Bilingual("close", "收起") : Bilingual("inspect", "查看")
    return [
      Hint("←→↑↓", Bilingual("select", "选择")), Hint("Enter", inspect),
      Hint("jk", Bilingual("scroll", "滚动")),
      Hint("z", focus.isZoomed ? Bilingual("all panes", "全部窗格") : Bilingual("zoom", "放大")),
      Hint("Tab", Bilingual("next pane", "下一窗格")), Hint("n b", Bilingual("step", "步")),
      Hint("Esc", Bilingual("back", "返回")),
    ]
  }

  mutating func draw(window: Size) -> Canvas {
    self.window = window
    let look = presentLook
    var canvas = show.frame(player.step, progress: shownProgress, look)
    if FrameScene.isShown(look.size) { drawFocus(on: &canvas) }
    drawBottomLine(&canvas)
    help?.draw(language: look.language, on: &canvas)
    if look.charset == .ascii { canvas.reduceToASCII() }
    return fixedSize == nil ? canvas : canvas.resized(to: window)
  }

  /// What is typed or has just been said takes the place of the key hints.
  private func drawBottomLine(_ canvas: inout Canvas) {
    let row = canvas.size.rows - 1
    if let prompt { return prompt.draw(row: row, language: look.language, on: &canvas) }
    let said: Notice
    switch letterFor {
    case .mark: said = Notice(text: Bilingual("mark this step: a to z", "标记此步：a 到 z"))
    case .jump:
      let marks = bookmarks.sorted { $0.letter < $1.letter }
        .map { "\($0.letter) \($0.step)" }.joined(separator: ", ")
      said = Notice(
        text: marks.isEmpty
          ? Bilingual("to which mark? a to z, ' for back", "到哪个标记？a 到 z，' 返回")
          : Bilingual("to which mark? \(marks); ' for back", "到哪个标记？\(marks)；' 返回"))
    case nil:
      guard let notice else { return }
      said = notice
    }
    canvas.fill(Rect(x: 0, y: row, width: canvas.size.columns, height: 1))
    let text = (said.isError ? " ! " : " ") + said.text[look.language]
    canvas.put(
      TextLayout.fit(text, columns: canvas.size.columns - 1), 0, row,
      Style(said.isError ? .error : .current, .bold))
  }

  // MARK: - Keys

  mutating func handle(_ key: Key) -> Outcome {
    notice = nil
    search = nil
    defer { prediction?.settle(at: player.step, isPlaying: player.isPlaying) }
    if help != nil {
      if help?.handle(key) == false { help = nil }
      return .stay
    }
    if prompt != nil { return handlePrompt(key) }
    if let use = letterFor {
      letterFor = nil
      take(key, for: use)
      return .stay
    }
    if case .click(let column, let row) = key {
      click(column: column, row: row)
      return .stay
    }
    if moveSelection(key) || takeAnswer(key) || moveCursor(key) { return .stay }
    guard let command = Keymap.command(for: key) else { return .stay }
    if case .digit(let digit) = command {
      // While one predicts, a digit is an answer, and never a leap.
      if prediction == nil { take(digit: digit) }
      return .stay
    }
    defer { digits = "" }
    if command == .act(.firstStep), key == .character("g"), let step = typedStep {
      // The first of the digits has remembered the way back already.
      player.handle(.goTo(step: step), in: show)
      return .stay
    }
    return perform(command)
  }

  private mutating func perform(_ command: Command) -> Outcome {
    switch command {
    case .act(let action): act(action)
    case .digit: break
    case .goTo: prompt = Prompt(.goTo)
    case .search: prompt = Prompt(.search)
    case .nextHit: find(backward: false)
    case .previousHit: find(backward: true)
    case .mark: letterFor = .mark
    case .jumpToMark: letterFor = .jump
    case .tryOut: beginTrying()
    case .switchBranch: switchBranch()
    case .saveScenario: askForFile(.scenario)
    case .exportFrame: askForFile(.frame)
    case .record: record()
    case .moreDetail: look.detail = Detail(rawValue: look.detail.rawValue + 1) ?? .what
    case .switchLanguage:
      if look.charset == .unicode {
        look.language = look.language == .en ? .zh : .en
      } else {
        notice = Notice(text: .chineseNeedsUnicode)
      }
    case .switchView:
      guard show.views.count > 1 else { break }
      look.view = ((look.view ?? 0) + 1) % show.views.count
      focus = Focus()
      scrollTo(0)
    case .nextPane: if show is ComparisonShow { showOtherSide() } else { movePane(by: 1) }
    case .previousPane: if show is ComparisonShow { showOtherSide() } else { movePane(by: -1) }
    case .zoom: toggleZoom()
    case .open: if !inspectSelection() { return open() }
    case .predict: togglePrediction()
    case .compare: askForRules()
    case .nextDifference: goToDifference(forward: true)
    case .previousDifference: goToDifference(forward: false)
    case .help: help = HelpOverlay(context: focus.pane == nil ? .watch : .stage)
    case .repaint: return .repaint
    case .close:
      if closeFocus() { break }
      if isInner, look.opened == nil, look.view == nil { return .leave }
      close()
    case .quit: return .leave
    }
    return .stay
  }

  /// Actions that leap over many steps remember where the viewer was.
  private mutating func act(_ action: Action) {
    switch action {
    case .firstStep, .lastStep, .nextChapter, .previousChapter, .tenth:
      placeBefore = player.step
    case .restart where prediction != nil: prediction = Prediction()
    case .scroll(let rows): return scroll(by: rows)
    default: break
    }
    if !asks(insteadOf: action) { player.handle(action, in: show) }
  }

  /// Goes to a step from which `''` leads back.
  mutating func jump(to step: Int) {
    placeBefore = player.step
    player.handle(.goTo(step: step), in: show)
  }

  /// Opens what the cursor of a list is on: another show on top, or another look at this one.
  private mutating func open() -> Outcome {
    guard let selection = show.selection(atStep: player.step, presentLook) else { return .stay }
    if let inner = show.opened(selection), inner.stepCount > 0 {
      var opened = PlayerActivity(
        show: inner, start: Start(isPaused: true, motion: motion), look: look,
        fixedSize: fixedSize)
      opened.isInner = true
      return .open(opened)
    }
    list = (look.view, player.scroll)
    (look.opened, look.view) = (selection, 0)
    scrollTo(0)
    return .stay
  }

  /// Closes what was opened from a list, which is then as it was; else chooses the view by itself.
  private mutating func close() {
    let list = look.opened == nil ? nil : list
    (look.opened, look.view, self.list) = (nil, list?.view, nil)
    scrollTo(list?.scroll ?? 0)
  }

  // MARK: - Numbers

  /// Digits become a step's number where `g` follows within this many milliseconds.
  private static let digitsPatience = 700.0

  private var typedStep: Int? { digitsAge < Self.digitsPatience ? Int(digits) : nil }

  private mutating func take(digit: Int) {
    if digitsAge >= Self.digitsPatience { digits = "" }
    digits = String((digits + "\(digit)").suffix(9))
    digitsAge = 0
    if digits.utf8.count == 1 { act(.tenth(digit)) }
  }
}
