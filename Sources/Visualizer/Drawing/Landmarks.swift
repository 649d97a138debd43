/// Something on the stage that a viewer can point at and ask about: a slot, a span, a segment.
///
/// The numbers say which one, in the order that its kind prescribes, so that it stays the same thing
/// from step to step wherever it is drawn.
struct Item: Hashable {
  var kind: String
  var path: [Int]

  init(_ kind: String, _ path: Int...) {
    self.kind = kind
    self.path = path
  }
}

/// What a canvas knows of the things drawn on it, so that keys and mouse can find them.
struct Landmarks {
  /// A part of the stage with an edge and a title.
  struct Pane: Equatable {
    var name: String
    var rect: Rect
  }

  /// An item where it is drawn.
  struct Place: Equatable {
    var item: Item
    var rect: Rect
    /// The pane that it lies in.
    var pane: String
  }

  private(set) var panes: [Pane] = []
  /// How far each pane that scrolls may be scrolled from where it would be, up and down.
  private(set) var scrolling: [(pane: String, rows: ClosedRange<Int>)] = []
  private(set) var places: [Place] = []

  mutating func forgetItems() { (panes, places) = ([], []) }

  mutating func add(pane name: String, _ rect: Rect) {
    panes.removeAll { $0.name == name }
    panes.append(Pane(name: name, rect: rect))
  }

  mutating func add(_ item: Item, _ rect: Rect) {
    guard let pane = panes.last(where: { $0.rect.contains(rect.x, rect.y) }) else { return }
    places.append(Place(item: item, rect: rect, pane: pane.name))
  }

  mutating func add(scrolling rows: ClosedRange<Int>, of pane: String) {
    scrolling.append((pane, rows))
  }

  /// How far one may scroll a pane, or, where none has the focus, any of them.
  func scrollRange(of pane: String?) -> ClosedRange<Int> {
    let ranges = scrolling.filter { pane == nil || $0.pane == pane }.map(\.rows)
    return min(0, ranges.map(\.lowerBound).min() ?? 0)...max(0, ranges.map(\.upperBound).max() ?? 0)
  }

  func pane(_ name: String) -> Pane? { panes.first { $0.name == name } }

  /// Where an item is drawn: in a pane if it is to be seen there, else anywhere.
  func place(of item: Item, in pane: String? = nil) -> Place? {
    let all = places.filter { $0.item == item }
    return all.first { $0.pane == pane } ?? all.first
  }

  /// The items of a pane from top to bottom, and from left to right in a row.
  func places(in pane: String) -> [Place] {
    places.filter { $0.pane == pane }.sorted { a, b in
      (a.rect.y, a.rect.x) < (b.rect.y, b.rect.x)
    }
  }

  /// The next item of the same pane in a direction: in the row for left and right, in the nearest row
  /// that has any for up and down; nil where there is none.
  func neighbour(of place: Place, _ direction: Direction) -> Place? {
    let others = places(in: place.pane)
    switch direction {
    case .left: return others.last { $0.rect.y == place.rect.y && $0.rect.x < place.rect.x }
    case .right: return others.first { $0.rect.y == place.rect.y && $0.rect.x > place.rect.x }
    case .up:
      let row = others.last { $0.rect.y < place.rect.y }?.rect.y
      return nearest(others, row, place)
    case .down:
      let row = others.first { $0.rect.y > place.rect.y }?.rect.y
      return nearest(others, row, place)
    }
  }

  enum Direction { case left, right, up, down }

  private func nearest(_ places: [Place], _ row: Int?, _ from: Place) -> Place? {
    places.filter { $0.rect.y == row }.min { a, b in
      abs(a.rect.x - from.rect.x) < abs(b.rect.x - from.rect.x)
    }
  }
}
