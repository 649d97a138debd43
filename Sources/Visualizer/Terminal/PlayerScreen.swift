/// The player in a terminal: one loop that waits, changes the player, and draws.
struct PlayerScreen {
  private var show: any Show
  private var player: Player
  private var look: Look
  /// The show with the list from which the present one was opened, and where its viewer was.
  private var outer: (show: any Show, player: Player, look: Look)?
  /// The size asked for; nil for the window's.
  private let fixedSize: Size?
  private var overlay = Overlay.none
  /// Digits typed just now, which become a step's number if `g` follows.
  private var digits = ""
  private var digitsUntil = ContinuousClock.now

  private enum Overlay: Equatable {
    case none
    /// The keys, scrolled down by so many.
    case help(Int)
    /// The text typed behind `:`, and whether it led nowhere.
    case goTo(String, failed: Bool)
  }

  /// How a viewer wants to begin.
  struct Start {
    var step = 0
    var speed = 1.0
    var isPaused = false
  }

  init(show: any Show, start: Start, look: Look, fixedSize: Size?) {
    self.show = show
    self.look = look
    self.fixedSize = fixedSize
    player = Player(show: show, step: start.step, speed: start.speed)
    if !start.isPaused { player.handle(.togglePlay, in: show) }
  }

  /// Frames a second while something moves.
  private static let frameTime = Duration.milliseconds(33)

  /// Runs until the viewer quits or a signal ends the program; the screen is let go on the way out.
  mutating func run(on screen: consuming Screen) -> TerminationSignal? {
    var last = ContinuousClock.now
    while true {
      if !screen.hasKeysWaiting { screen.show(canvas(screen.size)) }
      let event = screen.nextEvent(until: deadline(after: last))
      let now = ContinuousClock.now
      if player.isMoving { player.advance(milliseconds: (now - last) / .milliseconds(1), in: show) }
      last = now
      switch event {
      case .key(let key):
        if !handle(key, at: now, &screen) { return nil }
      case .resumed:
        if player.isPlaying { player.handle(.togglePlay, in: show) }
        last = ContinuousClock.now
      case .resized, .drawable, .deadline: break
      case .inputClosed: return nil
      case .terminated(let signal): return signal
      }
    }
  }

  private func deadline(after last: ContinuousClock.Instant) -> ContinuousClock.Instant? {
    guard player.isMoving else { return nil }
    if let quiet = player.quietTime(in: show) { return last + .milliseconds(max(1, quiet)) }
    return last + Self.frameTime
  }

  // MARK: - Drawing

  /// How the present frame looks in a window.
  private func presentLook(_ window: Size) -> Look {
    var look = look
    look.size = fixedSize ?? window
    look.status = PlayStatus(isPlaying: player.isPlaying, speed: player.speed)
    look.scroll = player.scroll
    return look
  }

  private func canvas(_ window: Size) -> Canvas {
    let look = presentLook(window)
    var canvas = show.frame(player.step, progress: player.progress(in: show), look)
    switch overlay {
    case .none: break
    case .help(let first):
      HelpScene(keys: Keymap.help(views: show.views.count), first: first, look: look)
        .draw(on: &canvas)
      if look.charset == .ascii { canvas.reduceToASCII() }
    case .goTo(let text, let failed): drawPrompt(text, failed, &canvas)
    }
    return fixedSize == nil ? canvas : canvas.resized(to: window)
  }

  private func drawPrompt(_ text: String, _ failed: Bool, _ canvas: inout Canvas) {
    let row = canvas.size.rows - 1
    let hint = Bilingual("step, 50%, 1m20s, chapter; Esc", "步数、50%、1m20s、章节；Esc")[look.language]
    let wrong = Bilingual("! no such place; Esc", "! 没有这个位置；Esc")[look.language]
    canvas.fill(Rect(x: 0, y: row, width: canvas.size.columns, height: 1))
    var column = canvas.put(" :", 0, row, Style(.current, .bold))
    column = canvas.put(text, column, row)
    canvas.put(" ", column, row, Style(.text, .reverse))
    let note = failed ? wrong : hint
    canvas.put(
      note, canvas.size.columns - GlyphWidth.of(note) - 1, row,
      failed ? Style(.error, .bold) : .dim)
  }

  // MARK: - Keys

  /// Returns false where the viewer wants to leave.
  private mutating func handle(
    _ key: Key, at now: ContinuousClock.Instant, _ screen: inout Screen
  ) -> Bool {
    if case .goTo(let text, let failed) = overlay {
      handlePrompt(key, text, failed)
      return true
    }
    if case .help(let first) = overlay, let rows = Keymap.scrolling(key) {
      overlay = .help(max(0, min(Keymap.entries.count, first + rows)))
      return true
    }
    guard let command = Keymap.command(for: key) else { return true }
    switch command {
    case .act(.firstStep) where key == .character("g") && !digits.isEmpty && now < digitsUntil:
      let step = Int(digits) ?? 0
      player.handle(.goTo(step: step), in: show)
    case .act(let action): player.handle(action, in: show)
    case .digit(let digit):
      if now >= digitsUntil { digits = "" }
      digits = String((digits + "\(digit)").suffix(9))
      digitsUntil = now + .milliseconds(700)
      if digits.utf8.count == 1 { player.handle(.tenth(digit), in: show) }
      return true
    case .switchLanguage:
      if look.charset == .unicode { look.language = look.language == .en ? .zh : .en }
    case .switchView:
      if show.views.count > 1 { look.view = ((look.view ?? 0) + 1) % show.views.count }
    case .open:
      if let selection = show.selection(atStep: player.step, presentLook(screen.size)) {
        if let inner = try? show.opened(selection), inner.stepCount > 0 {
          outer = (show, player, look)
          (show, player) = (inner, Player(show: inner))
          break
        }
        (look.opened, look.view) = (selection, 0)
        player.handle(.goTo(step: player.step), in: show)
      }
    case .help: if case .help = overlay { overlay = .none } else { overlay = .help(0) }
    case .goTo: overlay = .goTo("", failed: false)
    case .repaint: screen.repaintAll()
    case .close:
      if overlay == .none, let former = outer {
        (show, player, outer) = (former.show, former.player, nil)
        (look.opened, look.view) = (former.look.opened, former.look.view)
      } else if overlay == .none {
        (look.opened, look.view) = (nil, nil)
      }
      overlay = .none
    case .quit:
      if overlay == .none { return false }
      overlay = .none
    }
    digits = ""
    return true
  }

  private mutating func handlePrompt(_ key: Key, _ text: String, _ failed: Bool) {
    switch key {
    case .escape: overlay = .none
    case .enter:
      if text.isEmpty {
        overlay = .none
      } else if let step = Destination.step(text, in: show) {
        player.handle(.goTo(step: step), in: show)
        overlay = .none
      } else {
        overlay = .goTo(text, failed: true)
      }
    case .backspace:
      overlay = text.isEmpty ? .none : .goTo(String(text.dropLast()), failed: false)
    case .control("u"): overlay = .goTo("", failed: false)
    case .character(let scalar):
      // After a miss one types anew.
      let text = failed ? "" : text
      if text.unicodeScalars.count < 40, VisibleText.isHarmless(scalar) {
        overlay = .goTo(text + String(scalar), failed: false)
      }
    default: break
    }
  }
}
