/// Looking closer: the pane that has the focus, the item that is selected in it, what is known of it.
extension PlayerActivity {
  /// What a viewer looks at more closely.
  struct Focus: Equatable {
    /// The pane that has the focus; nil for the stage as a whole.
    var pane: String?
    var item: Item? { didSet { if item == nil { isInspecting = false } } }
    var isZoomed = false
    /// Whether what is known of the item is shown.
    var isInspecting = false
  }

  /// What lies where in the frame that is shown.
  private var landmarks: Landmarks {
    var look = presentLook
    look.findsItems = true
    return show.frame(player.step, progress: shownProgress, look).landmarks ?? Landmarks()
  }

  // MARK: - Keys

  /// Moves the focus to the next or the previous pane; behind the last one it is on the whole stage.
  mutating func movePane(by direction: Int) {
    let zoomed = focus.isZoomed
    focus.isZoomed = false
    let names: [String?] = [nil] + landmarks.panes.map(\.name)
    let index = names.firstIndex(of: focus.pane) ?? 0
    let next = names[(index + direction + names.count) % names.count]
    focus = Focus(pane: next, isZoomed: zoomed && next != nil)
    scrollTo(0)
    if names.count == 1 { sayThereAreNoPanes() }
  }

  private mutating func sayThereAreNoPanes() {
    notice = Notice(text: Bilingual("there are no panes here", "这里没有可切换的窗格"))
  }

  mutating func toggleZoom() {
    if focus.pane == nil { focus.pane = landmarks.panes.first?.name }
    guard focus.pane != nil else { return sayThereAreNoPanes() }
    focus.isZoomed.toggle()
  }

  /// Moves the selection within the pane in focus; true where the key had this meaning.
  mutating func moveSelection(_ key: Key) -> Bool {
    guard let pane = focus.pane, let direction = Self.direction(key) else { return false }
    let landmarks = self.landmarks
    let places = landmarks.places(in: pane)
    guard let item = focus.item, let place = landmarks.place(of: item, in: pane), place.pane == pane
    else {
      focus.item = places.first?.item
      if places.isEmpty {
        scroll(direction)
        notice = Notice(
          text: Bilingual(
            "nothing to select in this pane; Tab goes to the next", "这个窗格里没有可选的内容；按 Tab 到下一个"))
      }
      return true
    }
    if let next = landmarks.neighbour(of: place, direction) {
      focus.item = next.item
    } else {
      scroll(direction)
    }
    return true
  }

  /// Beyond the last row that is shown a pane scrolls.
  private mutating func scroll(_ direction: Landmarks.Direction) {
    switch direction {
    case .up: scroll(by: -1)
    case .down: scroll(by: 1)
    case .left, .right: break
    }
  }

  /// Scrolls as far as there is something to be seen, so that the way back is as long as the way there.
  mutating func scroll(by rows: Int) {
    let range = landmarks.scrollRange(of: focus.pane)
    let wanted = max(range.lowerBound, min(range.upperBound, player.scroll + rows))
    scrollTo(wanted)
  }

  /// Scrolls to a row, without asking whether there is anything to be seen.
  mutating func scrollTo(_ row: Int) { player.handle(.scroll(row - player.scroll), in: show) }

  // MARK: - Lists

  /// Whether the stage is a list with a cursor.
  var isList: Bool { show.selection(atStep: player.step, presentLook) != nil }

  /// Moves the cursor of a list with the arrows; true where the key had this meaning.
  mutating func moveCursor(_ key: Key) -> Bool {
    guard focus.pane == nil, key == .up || key == .down, isList else { return false }
    scroll(by: key == .up ? -1 : 1)
    return true
  }

  private static func direction(_ key: Key) -> Landmarks.Direction? {
    switch key {
    case .left, .character("h"): .left
    case .right, .character("l"): .right
    case .up: .up
    case .down: .down
    default: nil
    }
  }

  /// Opens what is selected; true where something is.
  mutating func inspectSelection() -> Bool {
    guard focus.item != nil else { return false }
    focus.isInspecting.toggle()
    return true
  }

  /// Takes back the last of inspection, selection, zoom and focus; false where there is none.
  mutating func closeFocus() -> Bool {
    if focus.isInspecting {
      focus.isInspecting = false
    } else if focus.item != nil {
      focus.item = nil
    } else if focus.isZoomed {
      focus.isZoomed = false
    } else if focus.pane != nil {
      focus.pane = nil
      scrollTo(0)
    } else {
      return false
    }
    return true
  }

  /// What the keys do where the stage is a list, and where Esc leads back to one; nil elsewhere.
  func listHints(_ look: Look) -> [Hint]? {
    let isList = show.selection(atStep: player.step, look) != nil
    guard isList || isInner || look.opened != nil else { return nil }
    var hints = Hint.atRest(show, look)
    if isList {
      hints.removeAll { ["jk", "↑↓"].contains($0.key) }
      hints.insert(Hint("jk ↑↓", Bilingual("choose", "选择")), at: 0)
      hints.insert(Hint("Enter", Bilingual("open", "打开")), at: 1)
    }
    if isInner || look.opened != nil {
      hints.insert(Hint("Esc", Bilingual("back", "返回")), at: isList ? 2 : 1)
    }
    return hints
  }

  // MARK: - Mouse

  /// A click on the scrubber goes there, one on an item selects it and, the second time, opens it.
  mutating func click(column: Int, row: Int) {
    guard FrameScene.isShown(presentLook.size) else { return }
    if row == presentLook.size.rows - 2 {
      let scrubber = Scrubber(columns: presentLook.size.columns, stepCount: show.stepCount)
      return jump(to: scrubber.step(atColumn: column))
    }
    let landmarks = self.landmarks
    guard let pane = landmarks.panes.last(where: { $0.rect.contains(column, row) }) else { return }
    if let old = focus.pane, old != pane.name { scrollTo(0) }
    focus.pane = pane.name
    let hit = landmarks.places(in: pane.name).first { $0.rect.contains(column, row) }
    if let hit, hit.item == focus.item {
      focus.isInspecting.toggle()
    } else {
      focus.item = hit?.item
    }
  }

  // MARK: - Drawing

  /// Shows on a frame which pane and which item are meant, and what is known of the item.
  func drawFocus(on canvas: inout Canvas) {
    guard let landmarks = canvas.landmarks else { return }
    if let name = focus.pane, let pane = landmarks.pane(name) { drawEdge(pane.rect, &canvas) }
    guard let item = focus.item else { return }
    // The same thing may be seen in several panes.
    for place in landmarks.places where place.item == item {
      canvas.restyle(place.rect) { $0 = Style(.current, [.reverse, .bold]) }
    }
    let place = landmarks.place(of: item, in: focus.pane)
    if focus.isInspecting { drawInspection(item, beside: place?.rect, &canvas) }
  }

  private func drawEdge(_ rect: Rect, _ canvas: inout Canvas) {
    let sides = [
      Rect(x: rect.x, y: rect.y, width: rect.width, height: 1),
      Rect(x: rect.x, y: rect.bottom - 1, width: rect.width, height: 1),
      Rect(x: rect.x, y: rect.y, width: 1, height: rect.height),
      Rect(x: rect.right - 1, y: rect.y, width: 1, height: rect.height),
    ]
    for side in sides {
      canvas.restyle(side) { if $0.role == .border { $0 = Style(.current, .bold) } }
    }
    let corner = canvas[max(0, rect.x), max(0, rect.y)]
    if corner.role == .current { canvas.put("◆", rect.x, rect.y, Style(.current, .bold)) }
  }

  /// A panel with what is known, on the side of the stage away from the item.
  private func drawInspection(_ item: Item, beside place: Rect?, _ canvas: inout Canvas) {
    let language = look.language
    let inspection =
      show.inspect(item, atStep: player.step, language)
      ?? Inspection(Bilingual("not there at this step", "此步中不存在")[language], [])
    let names = inspection.facts.map { GlyphWidth.of($0.name) }.max() ?? 0
    let values = inspection.facts.map { GlyphWidth.of($0.value) }.max() ?? 0
    let size = canvas.size
    let room = size.rows - 6
    let columns = inspection.facts.count > room ? 2 : 1
    let width = min(
      size.columns - 2,
      max(GlyphWidth.of(inspection.title) + 6, columns * (names + values + 5) + 2, 24))
    let height = min(size.rows - 4, (inspection.facts.count + columns - 1) / columns + 2)
    let isLeft = (place?.x ?? 0) >= size.columns / 2
    let rect = Rect(
      x: isLeft ? 1 : size.columns - width - 1, y: 2, width: width, height: max(2, height))
    // A free column on both sides keeps what is behind it apart.
    canvas.fill(Rect(x: rect.x - 1, y: rect.y, width: rect.width + 2, height: rect.height))
    canvas.box(rect, title: inspection.title, style: Style(.current, .bold))
    FactsList(facts: inspection.facts, rect: rect.inner).draw(&canvas)
  }
}
