/// A recording being watched: where one is in it, whether it plays, and what lies on top of it.
///
/// A value that knows neither terminal nor clock: keys and time go in, a canvas comes out.
struct ReplayPlayer: Activity {
  let replay: Replay
  var look: Look
  /// The size asked for; nil for the window's.
  private let fixedSize: Size?
  private let motion: Motion
  /// Milliseconds of the recording's time.
  private(set) var position: Double
  private(set) var isPlaying: Bool
  private(set) var speed: Double
  private(set) var loops: Bool
  /// The recording alone, without a frame around it.
  private(set) var isZoomed = false
  /// The place of the picture in the upper left corner, where it is larger than its room.
  private(set) var scroll = Point(x: 0, y: 0)
  /// The text searched for; empty for none.
  private(set) var searched = ""
  private(set) var prompt: Prompt?
  private(set) var help: HelpOverlay?
  /// A search under way.
  private var search: ReplaySearch?
  private var digits = ""
  /// Milliseconds in which a digit still belongs to the number before it.
  private var digitsLast = 0.0
  /// The window as it was drawn last.
  private var window = Size(columns: 80, rows: 24)

  init(
    _ replay: Replay, look: Look, fixedSize: Size? = nil, start: Int = 0, speed: Double = 1,
    isPlaying: Bool = true, loops: Bool = false, motion: Motion = .full
  ) {
    self.replay = replay
    self.look = look
    self.fixedSize = fixedSize
    self.speed = speed
    self.isPlaying = isPlaying
    self.loops = loops
    self.motion = motion
    position = Double(replay.times[start])
  }

  /// The index of the picture that is to be seen.
  var index: Int { replay.index(atTime: Int(position)) }

  // MARK: - Time

  /// Lets time pass, also when nothing moves.
  mutating func advance(milliseconds: Double) {
    digitsLast = max(0, digitsLast - milliseconds)
    if search != nil { continueSearch() }
    guard isPlaying else { return }
    position += milliseconds * speed
    guard position >= Double(replay.duration) else { return }
    if loops, replay.duration > 0 {
      position = position.truncatingRemainder(dividingBy: Double(replay.duration))
    } else {
      (position, isPlaying) = (Double(replay.duration), false)
    }
  }

  /// Milliseconds until something to be seen changes by itself; nil while nothing will.
  var nextChange: Double? {
    if search != nil { return 0 }
    guard isPlaying else { return nil }
    let index = index
    let picture = index + 1 < replay.count ? replay.times[index + 1] : replay.duration
    let second = (Int(position) / 1000 + 1) * 1000
    return max(motion.frameTime, (Double(min(picture, second)) - position) / speed)
  }

  /// The program was stopped and goes on: it stays where it is.
  mutating func rest() { isPlaying = false }

  // MARK: - Drawing

  mutating func draw(window: Size) -> Canvas {
    self.window = fixedSize ?? window
    look.size = self.window
    var canvas = scene.draw()
    prompt?.draw(row: canvas.size.rows - 1, language: look.language, on: &canvas)
    help?.draw(language: look.language, on: &canvas)
    if look.charset == .ascii { canvas.reduceToASCII() }
    return fixedSize == nil ? canvas : canvas.resized(to: window)
  }

  private var scene: ReplayScene {
    ReplayScene(
      replay: replay, index: index, position: Int(position), look: look, isPlaying: isPlaying,
      speed: speed, loops: loops, isZoomed: isZoomed, scroll: scroll, searched: searched)
  }

  // MARK: - Keys

  mutating func handle(_ key: Key) -> Outcome {
    search = nil
    if help != nil {
      if help?.handle(key) == false { help = nil }
      return .stay
    }
    if let prompt {
      handle(key, in: prompt)
      return .stay
    }
    guard let command = ReplayKeymap.command(for: key) else { return .stay }
    if case .digit(let digit) = command {
      take(digit: digit)
      return .stay
    }
    defer { digits = "" }
    switch command {
    case .first where key == .character("g") && !digits.isEmpty && digitsLast > 0:
      rest(at: min(Int(digits) ?? 0, replay.count - 1))
    case .repaint: return .repaint
    case .quit: return .leave
    case .close: searched = ""
    case .help: help = HelpOverlay(context: .watch, lines: ReplayKeymap.help)
    case .goTo: prompt = Prompt(.goTo, hint: Self.goToHint)
    case .find: prompt = Prompt(.search, hint: Self.findHint)
    case .nextHit, .previousHit: find(forward: command == .nextHit)
    case .switchLanguage:
      if look.charset == .unicode { look.language = look.language == .en ? .zh : .en }
    case .zoom: (isZoomed, scroll) = (!isZoomed, Point(x: 0, y: 0))
    case .scroll(let columns, let rows):
      scroll = scene.allowed(Point(x: scroll.x + columns, y: scroll.y + rows))
    default: move(command)
    }
    return .stay
  }

  private mutating func move(_ command: ReplayKeymap.Command) {
    let index = index
    switch command {
    case .togglePlay:
      isPlaying.toggle()
      if isPlaying, position >= Double(replay.duration) { position = 0 }
    case .forward where replay.hasSteps, .nextStop: rest(at: replay.stop(after: index))
    case .back where replay.hasSteps, .previousStop: rest(at: replay.stop(before: index) ?? 0)
    case .forward, .nextFrame: rest(at: index + 1)
    case .back, .previousFrame: rest(at: index - 1)
    case .nextMarker:
      rest(atTime: replay.markers.first { $0.time > Int(position) }?.time ?? replay.duration)
    case .previousMarker:
      rest(atTime: replay.markers.last { $0.time < Int(position) }?.time ?? 0)
    case .first: rest(at: 0)
    case .last: rest(at: replay.count - 1)
    case .faster: speed = PlayStatus.speeds.first { $0 > speed } ?? speed
    case .slower: speed = PlayStatus.speeds.last { $0 < speed } ?? speed
    case .normalSpeed: speed = 1
    case .restart: position = 0
    case .loop: loops.toggle()
    default: break
    }
  }

  private mutating func rest(at index: Int?) {
    let index = max(0, min(replay.count - 1, index ?? replay.count - 1))
    rest(atTime: replay.times[index])
  }

  private mutating func rest(atTime time: Int) {
    (position, isPlaying) = (Double(time), false)
  }

  private mutating func take(digit: Int) {
    if digitsLast <= 0 { digits = "" }
    digits = String((digits + "\(digit)").suffix(9))
    digitsLast = 700
    if digits.utf8.count == 1 { rest(atTime: replay.duration * digit / 10) }
  }

  // MARK: - Prompts

  private static let goToHint = Bilingual(
    "frame, 50%, 1m20s, marker; Esc cancels", "帧、50%、1m20s、标记；Esc 取消")
  private static let findHint = Bilingual(
    "a text on the screen; Esc cancels", "屏幕上的文字；Esc 取消")

  private mutating func handle(_ key: Key, in typed: Prompt) {
    var typed = typed
    switch typed.handle(key) {
    case .edited, .ignored: prompt = typed
    case .cancelled: prompt = nil
    case .entered:
      prompt = nil
      if !typed.text.isEmpty { enter(typed) }
    }
  }

  private mutating func enter(_ typed: Prompt) {
    guard typed.kind == .goTo else {
      searched = typed.text
      search = ReplaySearch(searched, from: index - 1, forward: true)
      return continueSearch()
    }
    if let target = ReplayDestination.time(typed.text, in: replay) {
      rest(atTime: target)
    } else {
      ask(again: typed)
    }
  }

  /// Shows a line again that led nowhere.
  private mutating func ask(again typed: Prompt) {
    prompt = typed
    prompt?.complaint = Bilingual("nothing found", "没有找到")
  }

  private mutating func find(forward: Bool) {
    guard !searched.isEmpty else { return }
    search = ReplaySearch(searched, from: index, forward: forward)
    continueSearch()
  }

  /// Looks through another slice; a text that is nowhere can be typed anew.
  private mutating func continueSearch() {
    switch search?.advance(in: replay) {
    case .hit(let index):
      search = nil
      rest(at: index)
    case .nothing:
      search = nil
      ask(again: Prompt(.search, text: searched, hint: Self.findHint))
      searched = ""
    case .searching, nil: break
    }
  }
}

/// Where a viewer of a recording wants to go, as typed behind `:`.
enum ReplayDestination {
  /// The time meant by a frame's number, `last`, `50%`, `1m20s`, or a part of a marker's name; nil
  /// where nothing fits.
  static func time(_ text: String, in replay: Replay) -> Int? {
    let wanted = text.lowercased()
    if wanted == "last" { return replay.times.last }
    if let number = Int(text) {
      return replay.times.indices.contains(number) ? replay.times[number] : nil
    }
    if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) {
      return Int(Double(replay.duration) * percent / 100)
    }
    if let time = Destination.time(text) { return min(time, replay.duration) }
    return replay.markers.first { $0.label.lowercased().contains(wanted) }?.time
  }
}
