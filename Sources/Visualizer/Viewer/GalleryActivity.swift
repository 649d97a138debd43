/// The gallery: all bundled scenarios, and what the chosen one looks like.
///
/// The list needs the scenarios' headings only. Shows are opened when there is time for it: the
/// chosen one as soon as the viewer rests on it, the others one by one, for their lengths.
struct GalleryActivity: Activity {
  let entries: [Catalogue.Entry]
  private(set) var look: Look
  /// The scenarios that the filter leaves, as indices of `entries`.
  private(set) var listed: [Int]
  /// The chosen one's place in `listed`.
  private(set) var cursor = 0
  private(set) var filter = Prompt(.filter)
  /// Whether letters belong to the filter: from the first one on, or from `/`.
  private(set) var isTyping = false
  private(set) var preview: ShowPreview?
  private(set) var notice: Bilingual?
  private var help: HelpOverlay?
  /// The shows that have been opened, by index of `entries`.
  private var shows: [(any Show)?]
  /// Milliseconds since the cursor moved.
  private var rested = 0.0
  private var window = FrameScene.full
  private let fixedSize: Size?
  /// How a show that is chosen begins.
  private let start: (any Show) -> PlayerActivity.Start
  private let motion: Motion

  init(
    entries: [Catalogue.Entry], look: Look, fixedSize: Size? = nil, motion: Motion = .full,
    start: @escaping (any Show) -> PlayerActivity.Start = { _ in .init() }
  ) {
    self.entries = entries
    (self.motion, self.start) = (motion, start)
    self.look = look
    self.fixedSize = fixedSize
    listed = Array(entries.indices)
    shows = entries.map { _ in nil }
    openPreview()
  }

  // MARK: - What is chosen

  var chosen: Int? { listed.indices.contains(cursor) ? listed[cursor] : nil }

  /// The show of a scenario, if it has been opened yet.
  func show(_ index: Int) -> (any Show)? { shows[index] }

  private mutating func open(_ index: Int) -> (any Show)? {
    if let show = shows[index] { return show }
    do {
      shows[index] = try ShowLibrary.open(entries[index].name)
    } catch {
      notice = Bilingual(error.description, "无法打开：\(error)")
    }
    return shows[index]
  }

  private mutating func openPreview() {
    preview = chosen.flatMap { open($0) }.map(ShowPreview.init)
  }

  private mutating func choose(_ place: Int) {
    let place = max(0, min(listed.count - 1, place))
    guard place != cursor else { return }
    cursor = place
    (preview, rested) = (nil, 0)
  }

  /// The place of the first scenario of the system that follows, or that comes before, going round.
  private func place(ofSystem offset: Int) -> Int {
    let systems = Catalogue.System.allCases.filter { system in
      listed.contains { entries[$0].system == system }
    }
    guard let chosen, let here = systems.firstIndex(of: entries[chosen].system) else { return 0 }
    let wanted = systems[(here + offset + systems.count) % systems.count]
    return listed.firstIndex { entries[$0].system == wanted } ?? 0
  }

  // MARK: - Filter

  /// Leaves the scenarios of which every word that is typed is said somewhere; the chosen one stays
  /// chosen where it can.
  private mutating func applyFilter() {
    let words = filter.text.lowercased().split(separator: " ")
    let before = chosen
    listed = entries.indices.filter { index in
      let entry = entries[index]
      let said = [
        entry.name, entry.title.en, entry.title.zh, entry.teaches.en, entry.teaches.zh,
        entry.system.title.en, entry.system.title.zh, entry.rules,
      ].joined(separator: "\n").lowercased()
      return words.allSatisfy { said.contains($0) }
    }
    cursor = before.flatMap { listed.firstIndex(of: $0) } ?? 0
    if chosen != before { (preview, rested) = (nil, 0) }
  }

  private mutating func clearFilter() {
    (filter, isTyping) = (Prompt(.filter), false)
    applyFilter()
  }

  // MARK: - Keys

  mutating func handle(_ key: Key) -> Outcome {
    notice = nil
    if help != nil {
      if help?.handle(key) == false { help = nil }
      return .stay
    }
    if let command = GalleryKeys.command(for: key, whileTyping: isTyping) {
      return perform(command)
    }
    // Keys that edit a line are for one that is there.
    if !isTyping { guard case .character = key else { return .stay } }
    switch filter.handle(key) {
    case .edited:
      isTyping = true
      applyFilter()
    case .cancelled: clearFilter()
    case .entered, .ignored: break
    }
    return .stay
  }

  private mutating func perform(_ command: GalleryAction) -> Outcome {
    switch command {
    case .move(let rows): choose(cursor + rows)
    case .page(let pages):
      choose(cursor + pages * max(1, GalleryPicture(self, size: size).listRows - 2))
    case .first: choose(0)
    case .last: choose(listed.count - 1)
    case .nextSystem: choose(place(ofSystem: 1))
    case .previousSystem: choose(place(ofSystem: -1))
    case .play: return play()
    case .filter: isTyping = true
    case .clear:
      if !isTyping { notice = Bilingual("q quits", "按 q 退出") }
      clearFilter()
    case .switchLanguage:
      if look.charset == .unicode {
        look.language = look.language == .en ? .zh : .en
      } else {
        notice = .chineseNeedsUnicode
      }
    case .repaint: return .repaint
    case .help: help = HelpOverlay(context: .gallery, lines: GalleryKeys.help)
    case .quit: return .leave
    }
    return .stay
  }

  private mutating func play() -> Outcome {
    guard let chosen, let show = open(chosen) else { return .stay }
    return .open(
      PlayerActivity(show: show, start: start(show), look: look, fixedSize: fixedSize))
  }

  // MARK: - Time

  /// How long the cursor rests before its scenario is opened: who runs through the list does not
  /// wait for any.
  private static let patience = 60.0
  /// Between two scenarios that are opened for their lengths.
  private static let opening = 40.0

  private var unopened: Int? { shows.firstIndex { $0 == nil } }

  mutating func advance(milliseconds: Double) {
    rested += milliseconds
    // Whoever wants less motion has a still preview.
    if motion == .full { preview?.advance(milliseconds: milliseconds) }
    if preview == nil {
      if chosen != nil, rested >= Self.patience { openPreview() }
    } else if let unopened, rested >= Self.opening {
      rested = 0
      _ = open(unopened)
    }
  }

  var nextChange: Double? {
    if help != nil { return nil }
    guard let preview else { return chosen == nil ? nil : max(1, Self.patience - rested) }
    let isMoving = motion == .full && GalleryPicture(self, size: size).showsPreview
    let moves = isMoving ? preview.nextChange : nil
    guard unopened != nil else { return moves }
    let opens = max(1, Self.opening - rested)
    return min(opens, moves ?? opens)
  }

  // MARK: - Drawing

  private var size: Size { fixedSize ?? window }

  mutating func draw(window: Size) -> Canvas {
    self.window = window
    var canvas = GalleryPicture(self, size: size).draw()
    help?.draw(language: look.language, on: &canvas)
    if look.charset == .ascii { canvas.reduceToASCII() }
    return fixedSize == nil ? canvas : canvas.resized(to: window)
  }
}
