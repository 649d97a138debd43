internal import CNcurses
internal import Glibc

/// The terminal in full-screen mode; the only owner of curses.
///
/// Whoever holds the value has the screen, and when the value goes, on a return as on a throw, the
/// terminal is as it was before. `deinit` does not run on `exit`, nor for a global: hold the screen
/// in a function, and end the program when that has returned. Crashes and `exit` have a guard of
/// their own.
struct Screen: ~Copyable {
  /// Cells of the window, at least one in both directions.
  private(set) var size: Size
  let charset: Charset
  let theme: Theme
  let signals: SignalQueue
  let window: UnsafeMutablePointer<WINDOW>
  var keyboard = Keyboard()
  /// The terminal did not take a frame: it is drawn when it does.
  private(set) var owesFrame = false
  private let terminal: OpaquePointer
  private let statedSize: Size?
  private var pairs = ColourPairs()
  private let looks: [CellLook]
  private let takesMouse: Bool
  /// When the terminal was asked whether it can hold a frame back until it is whole; nil if it was not.
  private let askedAt: ContinuousClock.Instant?
  /// What the terminal shows; nil where that is not known.
  private var shown: Canvas?
  private var rowCells: [cchar_t] = []

  /// The largest window that is drawn; a terminal can claim to be 65,535 cells wide and high.
  private static let largest = Size(columns: 1_000, rows: 500)

  /// Takes the terminal.
  ///
  /// With `takesMouse` clicks and the wheel are keys, and the terminal's own selection rests.
  ///
  /// - Throws: What is missing; the terminal is then as it was.
  static func open(
    colour: ColourChoice = .auto, theme: Theme.Name = .auto, charset: Charset? = nil,
    takesMouse: Bool = false, environment: TerminalEnvironment = .current()
  ) throws(ScreenError) -> Screen {
    if let refusal = environment.refusal { throw refusal }
    let charset = charset ?? environment.charset
    if charset == .unicode, environment.charset != .unicode, setlocale(LC_CTYPE, "C.UTF-8") == nil {
      throw .noUnicode
    }
    let signals = try SignalQueue.open()
    // Read when a change of it is already told.
    guard let size = windowSize(stated: environment.statedSize) else { throw .sizeUnknown }
    guard_begin()
    // The size is ours to tell: curses would believe an exported LINES more than the window.
    use_env(false)
    set_escdelay(25)
    guard let terminal = curses_open(), let window = curses_standard_screen() else {
      guard_end()
      throw .typeUnknown(environment.variables["TERM"] ?? "")
    }
    guard curses_places_cursor() else {
      endwin()
      delscreen(terminal)
      guard_end()
      throw .typeTooSimple(environment.variables["TERM"] ?? "")
    }
    signals.blockBackgroundStops()
    let theme = Theme(theme, depth: prepare(window, colour, environment))
    resizeterm(Int32(size.rows), Int32(size.columns))
    let isAsked = answersQuestions(environment)
    if isAsked { TerminalSequence.askForSynchronization.write() }
    if takesMouse { TerminalSequence.mouseOn.write() }
    return Screen(
      size: size, charset: charset, theme: theme, signals: signals, window: window,
      terminal: terminal, statedSize: environment.statedSize, takesMouse: takesMouse,
      askedAt: isAsked ? .now : nil)
  }

  /// Whether the terminal is of a kind that answers questions, or at least swallows them.
  private static func answersQuestions(_ environment: TerminalEnvironment) -> Bool {
    let type = environment.variables["TERM"] ?? ""
    return curses_colour_count() >= 256 && !type.hasPrefix("linux")
  }

  /// Modes, and as many colours as are wanted and there.
  private static func prepare(
    _ window: UnsafeMutablePointer<WINDOW>, _ choice: ColourChoice,
    _ environment: TerminalEnvironment
  ) -> Theme.Depth {
    // Not raw: Ctrl-C, Ctrl-Z and Ctrl-\ come as signals, just as they do when sent by `kill`.
    cbreak()
    noecho()
    nonl()
    terminal_without_flow_control()
    keypad(window, true)
    nodelay(window, true)
    leaveok(window, true)
    curs_set(0)
    def_prog_mode()
    var depth = environment.depth(choice, terminalColours: Int(curses_colour_count()))
    // The ground stays the terminal's own, or there is no colour at all: guessing black would paint
    // a white terminal black.
    if depth != .none, start_color() == ERR || use_default_colors() == ERR { depth = .none }
    return depth
  }

  private init(
    size: Size, charset: Charset, theme: Theme, signals: consuming SignalQueue,
    window: UnsafeMutablePointer<WINDOW>, terminal: OpaquePointer, statedSize: Size?,
    takesMouse: Bool, askedAt: ContinuousClock.Instant?
  ) {
    self.size = size
    self.charset = charset
    self.theme = theme
    self.signals = signals
    self.window = window
    self.terminal = terminal
    self.statedSize = statedSize
    self.takesMouse = takesMouse
    self.askedAt = askedAt
    keyboard.takesMouse = takesMouse
    looks = CellLook.table(theme, &pairs)
  }

  deinit {
    // Not twice: a program that is ended while it is suspended does not have the terminal.
    if !isendwin() {
      if takesMouse { TerminalSequence.mouseOff.write() }
      discardLateAnswer()
      endwin()
    }
    delscreen(terminal)
    guard_end()
  }

  /// Shows a canvas; writes nothing where nothing changed.
  ///
  /// A terminal that takes no more bytes (a stalled connection, a stopped pager) loses the frame, not
  /// the program: the frame is left out, and `.drawable` reported once there is room again. A canvas
  /// of another size than the window, in the moment of a resize, is cut or padded with blanks.
  mutating func show(_ canvas: borrowing Canvas) {
    guard isWritable() else {
      owesFrame = true
      return
    }
    owesFrame = false
    let known = shown.flatMap { $0.size == canvas.size ? $0 : nil }
    if known == nil { werase(window) }
    var isChanged = known == nil
    for row in 0..<min(size.rows, canvas.size.rows) {
      guard let columns = changedColumns(of: canvas, row, since: known) else { continue }
      draw(canvas, row, columns)
      isChanged = true
    }
    shown = copy canvas
    guard isChanged else { return }
    wnoutrefresh(window)
    // curses writes all of a frame within doupdate, so that these come before and behind it.
    let synchronizes = keyboard.terminalSynchronizes
    if synchronizes { TerminalSequence.frameBegins.write() }
    doupdate()
    if synchronizes { TerminalSequence.frameEnds.write() }
  }

  /// An answer that comes when the program has ended would be typed into the shell: one that may be
  /// on its way is waited for.
  private func discardLateAnswer() {
    guard let askedAt, !keyboard.terminalAnswered, askedAt.duration(to: .now) < .seconds(1)
    else { return }
    var input = pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)
    if poll(&input, 1, 100) > 0 { tcflush(STDIN_FILENO, TCIFLUSH) }
  }

  /// Makes the next `show` paint every cell, whatever the terminal has on it (Ctrl-L).
  mutating func repaintAll() {
    shown = nil
    clearok(curses_physical_screen(), true)
  }

  /// Takes over the size that the window has now.
  mutating func readSize() {
    if let size = Self.windowSize(stated: statedSize) { self.size = size }
    resizeterm(Int32(size.rows), Int32(size.columns))
    // Terminals break lines anew when their size changes; what they show is anybody's guess.
    repaintAll()
  }

  /// Gives the terminal back while the process is stopped, and takes it again afterwards.
  ///
  /// - Parameter wasStopped: The process was stopped by SIGSTOP, of which it hears only when it is
  ///   over; curses is to start anew all the same, as the shell had the terminal meanwhile.
  /// - Returns: A signal that ends the program; the terminal then stays with whoever has it now.
  mutating func suspend(wasStopped: Bool) -> TerminationSignal? {
    if !wasStopped {
      if takesMouse { TerminalSequence.mouseOff.write() }
      endwin()
    }
    guard_pause()
    var isStopped = wasStopped
    if !isStopped { signals.stopProcess() }
    while true {
      let came = signals.take()
      if let end = came.end { return end }
      isStopped = isStopped || came.isContinued
      if isInForeground() || hasNoTerminal() { break }
      // Continued in the background, as by `bg`: stop again, as other full-screen programs do. Where
      // the kernel will not stop it, as no shell is left above it, there is no terminal to wait for.
      guard isStopped else { return .hangUp }
      isStopped = false
      signals.stopProcess()
    }
    if wasStopped { endwin() }
    guard_resume()
    reset_prog_mode()
    if takesMouse { TerminalSequence.mouseOn.write() }
    // The next `show` enters the alternate screen again.
    readSize()
    return nil
  }

  /// The first to the last column in which a row differs from what is shown.
  private func changedColumns(
    of canvas: borrowing Canvas, _ row: Int, since known: Canvas?
  ) -> ClosedRange<Int>? {
    let width = min(size.columns, canvas.size.columns)
    guard width > 0 else { return nil }
    guard let known else { return 0...width - 1 }
    let start = row * canvas.size.columns
    return canvas.cells.withUnsafeBufferPointer { new in
      known.cells.withUnsafeBufferPointer { old in
        var first = 0
        while first < width, new[start + first] == old[start + first] { first += 1 }
        guard first < width else { return nil }
        var last = width - 1
        while new[start + last] == old[start + last] { last -= 1 }
        // Never half of a wide character.
        if first > 0, new[start + first].width == 0 { first -= 1 }
        return first...last
      }
    }
  }

  private mutating func draw(_ canvas: borrowing Canvas, _ row: Int, _ columns: ClosedRange<Int>) {
    rowCells.removeAll(keepingCapacity: true)
    for column in columns {
      let cell = canvas[column, row]
      let look = look(cell)
      switch cell.width {
      case 0: continue
      case 2:
        let fits = column + 1 < size.columns
        let isWide = charset == .unicode && curses_width(cell.scalar) == 2
        append(fits && isWide ? cell.scalar : 0x3f, look)
        if fits && !isWide { append(0x20, look) }
      default: append(narrow(cell.scalar), look)
      }
    }
    wmove(window, Int32(row), Int32(columns.lowerBound))
    rowCells.withUnsafeBufferPointer { cells in
      _ = wadd_wchnstr(window, cells.baseAddress, Int32(cells.count))
    }
  }

  private mutating func look(_ cell: Cell) -> CellLook {
    if cell.foreground == .own, cell.ground == .own { return looks[CellLook.index(cell.style)] }
    return CellLook(theme.look(cell), &pairs)
  }

  private mutating func append(_ scalar: UInt32, _ look: CellLook) {
    var cell = cchar_t()
    curses_set_cell(&cell, scalar, look.attributes, look.pair)
    rowCells.append(cell)
  }

  /// A character that curses puts into one column: one that it takes for wider would move the rest
  /// of the row, and a terminal without Unicode gets no byte above ASCII whatever the canvas holds.
  private func narrow(_ scalar: UInt32) -> UInt32 {
    if scalar >= 0x20 && scalar < 0x7f { return scalar }
    if charset == .ascii { return Charset.asciiStandIn(scalar) }
    return curses_width(scalar) == 1 ? scalar : 0x3f
  }

  private static func windowSize(stated: Size?) -> Size? {
    var columns: Int32 = 0
    var rows: Int32 = 0
    let isKnown = terminal_size(&columns, &rows)
    let found = isKnown ? Size(columns: Int(columns), rows: Int(rows)) : stated
    return found.map {
      Size(columns: min($0.columns, largest.columns), rows: min($0.rows, largest.rows))
    }
  }

  private func isWritable() -> Bool {
    var output = pollfd(fd: STDOUT_FILENO, events: Int16(POLLOUT), revents: 0)
    return poll(&output, 1, 0) != 0
  }

  private func isInForeground() -> Bool { tcgetpgrp(STDIN_FILENO) == getpgrp() }

  /// After a hang-up, which continues processes as well; waiting for input will tell it.
  private func hasNoTerminal() -> Bool { tcgetpgrp(STDIN_FILENO) < 0 }
}

/// Attributes and colour pair of a style, looked up once instead of for every cell.
private struct CellLook {
  var attributes: attr_t
  var pair: Int16

  static func index(_ style: Style) -> Int {
    Int(style.role.rawValue) * 8 + Int(style.attributes.rawValue & 7)
  }

  init(_ look: Theme.Look, _ pairs: inout ColourPairs) {
    attributes = Self.attributes(look.attributes)
    pair = pairs.pair(look.colour, look.ground)
  }

  /// The looks of all styles.
  static func table(_ theme: Theme, _ pairs: inout ColourPairs) -> [CellLook] {
    Role.allCases.flatMap { role in
      (UInt8(0)..<8).map { bits in
        CellLook(theme.look(Style(role, Attributes(rawValue: bits))), &pairs)
      }
    }
  }

  private static func attributes(_ attributes: Attributes) -> attr_t {
    var bits: attr_t = 0
    if attributes.contains(.bold) { bits |= curses_bold() }
    if attributes.contains(.reverse) { bits |= curses_reverse() }
    if attributes.contains(.underline) { bits |= curses_underline() }
    return bits
  }
}
