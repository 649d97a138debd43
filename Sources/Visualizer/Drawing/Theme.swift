/// Which colours and attributes stand for which role.
///
/// The hues keep apart for colour-blind readers (no red against green) and are dark enough for a
/// white ground and light enough for a black one; the ground itself is always the terminal's own.
struct Theme {
  /// How many colours the terminal has: 256, 8, or 0 for none at all.
  enum Depth: Int {
    case none = 0
    case eight = 8
    case many = 256
  }

  /// A foreground colour, -1 for the terminal's own, and attributes which are added to the cell's.
  struct Look: Equatable {
    var colour: Int
    var attributes: Attributes
    /// The colour of the ground, -1 for the terminal's own.
    var ground = -1
  }

  var depth: Depth

  /// The look of a cell: its role's colour at this depth, its own attributes and the role's.
  func look(_ style: Style) -> Look {
    let entry = Self.entry(style.role)
    switch depth {
    case .many: return Look(colour: entry.of256, attributes: style.attributes)
    case .eight:
      return Look(colour: entry.of8, attributes: style.attributes.union(entry.attributes))
    case .none: return Look(colour: -1, attributes: style.attributes.union(entry.attributes))
    }
  }

  /// The look of a cell, whose own colours go before its role's.
  func look(_ cell: Cell) -> Look {
    var look = look(cell.style)
    guard cell.foreground != .own || cell.ground != .own else { return look }
    switch depth {
    case .many:
      if cell.foreground != .own { look.colour = cell.foreground.index }
      look.ground = cell.ground.index
    case .eight:
      if cell.foreground != .own {
        look.colour = cell.foreground.basic
        if (8..<16).contains(cell.foreground.index) { look.attributes.insert(.bold) }
      }
      look.ground = cell.ground.basic
      // Two colours may have become the same: what was readable stays so.
      if look.colour == look.ground, cell.foreground != cell.ground {
        look.colour = look.ground == 7 ? 0 : 7
      }
    case .none:
      // A bar of colour is told from what is around it by being reversed.
      if cell.ground.basic > 0 { look.attributes.formSymmetricDifference(.reverse) }
    }
    return look
  }

  private struct Entry {
    var of256: Int
    var of8: Int
    /// What tells the role apart where there are too few colours.
    var attributes: Attributes
  }

  private static func entry(_ role: Role) -> Entry {
    switch role {
    case .text: Entry(of256: -1, of8: -1, attributes: [])
    case .dim: Entry(of256: 245, of8: -1, attributes: [])
    case .border: Entry(of256: 242, of8: -1, attributes: [])
    case .heading: Entry(of256: -1, of8: -1, attributes: .bold)
    case .current: Entry(of256: 39, of8: 6, attributes: .bold)
    case .moved: Entry(of256: 208, of8: 3, attributes: .bold)
    case .read: Entry(of256: 37, of8: 6, attributes: .underline)
    case .new: Entry(of256: 33, of8: 4, attributes: .bold)
    case .freed: Entry(of256: 133, of8: 5, attributes: [])
    case .full: Entry(of256: 136, of8: 3, attributes: [])
    case .waiting: Entry(of256: 178, of8: 3, attributes: [])
    case .error: Entry(of256: 161, of8: 1, attributes: .bold)
    }
  }
}
