/// Which colours and attributes stand for which role.
///
/// The ground is the terminal's own, except under the marked cells of `highContrast`; so every theme
/// but `dark` and `light` is for both kinds of ground.
struct Theme {
  /// The palettes that one can choose between.
  enum Name: String, CaseIterable {
    /// For any terminal, and most eyes.
    case auto
    /// Bright colours, for a dark ground.
    case dark
    /// Deep colours, for a light ground.
    case light
    /// Where red and green are hard to tell apart; for protanopia too.
    case deuteranopia
    /// Where blue and yellow are hard to tell apart.
    case tritanopia
    /// What is marked stands on black, whatever the ground is; nothing is grey.
    case highContrast = "high-contrast"
    /// Bold, underlined and reversed only.
    case mono
  }

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

  let name: Name
  let depth: Depth

  /// A palette at a depth; `mono` has none, whatever the terminal could show.
  init(_ name: Name = .auto, depth: Depth) {
    self.name = name
    self.depth = name == .mono ? .none : depth
  }

  /// The look of a cell: its role's colour at this depth, its own attributes and the role's.
  func look(_ style: Style) -> Look {
    let hue = Self.hue(style.role, name)
    var look = Look(colour: -1, attributes: style.attributes)
    switch depth {
    case .many:
      (look.colour, look.ground) = (hue.of256, hue.ground.of256)
      if name.marksTwice { look.attributes.formUnion(Self.emphasis(style.role)) }
    case .eight:
      (look.colour, look.ground) = (hue.of8, hue.ground.of8)
      look.attributes.formUnion(Self.emphasis(style.role))
    case .none: look.attributes.formUnion(Self.sign(style.role))
    }
    return look
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

  // MARK: - Palettes

  /// A role's colour among 256 and among eight, -1 for the terminal's own, and that of its ground.
  private struct Hue {
    var of256: Int
    var of8: Int
    var ground = (of256: -1, of8: -1)

    init(_ of256: Int, _ of8: Int) { (self.of256, self.of8) = (of256, of8) }

    /// On black, whatever the terminal's ground is.
    init(_ of256: Int, onBlack of8: Int) {
      (self.of256, self.of8) = (of256, of8)
      ground = (16, 0)
    }
  }

  private static func hue(_ role: Role, _ name: Name) -> Hue {
    switch role {
    case .text, .heading: return Hue(-1, -1)
    case .dim: return Hue(name.grey.dim, -1)
    case .border: return Hue(name.grey.border, -1)
    default: break
    }
    return switch name {
    case .auto, .mono: auto(role)
    case .dark: dark(role)
    case .light: light(role)
    case .deuteranopia: deuteranopia(role)
    case .tritanopia: tritanopia(role)
    case .highContrast: highContrast(role)
    }
  }

  private static func auto(_ role: Role) -> Hue {
    switch role {
    case .current: Hue(39, 6)
    case .moved: Hue(208, 3)
    case .read: Hue(37, 6)
    case .new: Hue(33, 4)
    case .freed: Hue(133, 5)
    case .full: Hue(136, 3)
    case .waiting: Hue(178, 3)
    case .error: Hue(161, 1)
    case .text, .dim, .border, .heading: Hue(-1, -1)
    }
  }

  private static func dark(_ role: Role) -> Hue {
    switch role {
    case .current: Hue(45, 6)
    case .moved: Hue(214, 3)
    case .read: Hue(43, 6)
    case .new: Hue(75, 2)
    case .freed: Hue(176, 5)
    case .full: Hue(142, 3)
    case .waiting: Hue(228, 7)
    case .error: Hue(203, 1)
    case .text, .dim, .border, .heading: Hue(-1, -1)
    }
  }

  private static func light(_ role: Role) -> Hue {
    switch role {
    case .current: Hue(25, 4)
    case .moved: Hue(130, 5)
    case .read: Hue(30, 4)
    case .new: Hue(21, 2)
    case .freed: Hue(90, 5)
    case .full: Hue(58, 2)
    case .waiting: Hue(94, 1)
    case .error: Hue(161, 1)
    case .text, .dim, .border, .heading: Hue(-1, -1)
    }
  }

  /// Blues against yellows and browns, each of a brightness of its own.
  private static func deuteranopia(_ role: Role) -> Hue {
    switch role {
    case .current: Hue(104, 6)
    case .moved: Hue(137, 3)
    case .read: Hue(33, 4)
    case .new: Hue(27, 4)
    case .freed: Hue(126, 4)
    case .full: Hue(58, 3)
    case .waiting: Hue(136, 3)
    case .error: Hue(168, 5)
    case .text, .dim, .border, .heading: Hue(-1, -1)
    }
  }

  /// Reds against greens.
  private static func tritanopia(_ role: Role) -> Hue {
    switch role {
    case .current: Hue(61, 6)
    case .moved: Hue(166, 1)
    case .read: Hue(29, 2)
    case .new: Hue(69, 2)
    case .freed: Hue(165, 5)
    case .full: Hue(58, 2)
    case .waiting: Hue(136, 5)
    case .error: Hue(196, 1)
    case .text, .dim, .border, .heading: Hue(-1, -1)
    }
  }

  /// Bright colours whose contrast to black is 7 at least.
  private static func highContrast(_ role: Role) -> Hue {
    switch role {
    case .current: Hue(73, onBlack: 6)
    case .moved: Hue(172, onBlack: 3)
    case .read: Hue(122, onBlack: 6)
    case .new: Hue(153, onBlack: 2)
    case .freed: Hue(177, onBlack: 5)
    case .full: Hue(226, onBlack: 3)
    case .waiting: Hue(228, onBlack: 7)
    case .error: Hue(203, onBlack: 1)
    case .text, .dim, .border, .heading: Hue(-1, -1)
    }
  }

  // MARK: - Attributes

  /// What tells roles apart whose colours may look alike.
  private static func emphasis(_ role: Role) -> Attributes {
    switch role {
    case .heading, .current, .moved, .new: .bold
    case .read, .waiting: .underline
    case .error: [.bold, .underline]
    case .text, .dim, .border, .freed, .full: []
    }
  }

  /// What tells roles apart where there is no colour at all.
  ///
  /// What fills an area, `freed` and `full`, is told by its characters: reversed, a full block would
  /// look empty.
  private static func sign(_ role: Role) -> Attributes {
    switch role {
    case .heading, .current: .bold
    case .moved: [.bold, .underline]
    case .read: .underline
    case .new: [.bold, .reverse]
    case .waiting: [.underline, .reverse]
    case .error: [.bold, .underline, .reverse]
    case .text, .dim, .border, .freed, .full: []
    }
  }
}

extension Theme.Name {
  /// Whether a role is marked by attributes where its colour could do.
  fileprivate var marksTwice: Bool {
    self == .deuteranopia || self == .tritanopia || self == .highContrast
  }

  /// What is not the point, and lines around things.
  fileprivate var grey: (dim: Int, border: Int) {
    switch self {
    case .dark: (245, 243)
    case .light: (242, 244)
    case .highContrast: (-1, -1)
    case .auto, .deuteranopia, .tritanopia, .mono: (245, 242)
    }
  }
}
