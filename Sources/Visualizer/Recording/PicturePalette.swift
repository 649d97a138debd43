/// The colours of SVG and HTML, which bring their own ground: one set for light, one for dark.
///
/// Which of the two is the reader's choice, unless the theme is for one of them alone. Of the theme
/// `auto`, text stands out from its ground by 4.5 to 1 at least, lines by 3 to 1 (WCAG 2.2, 1.4.3 and
/// 1.4.11), and the hues of roles that meet keep apart for colour-blind readers.
struct PicturePalette {
  /// A colour of each set, as CSS writes it.
  struct Colour: Equatable {
    var light: String
    var dark: String
  }

  private let name: Theme.Name

  init(_ theme: Theme) { name = theme.name }

  private var isUsual: Bool { name == .auto || name == .mono }

  /// What the cells stand on; themes that are asked for count on black, as of terminals.
  var ground: Colour { colour("#ffffff", isUsual ? "#0d1117" : "#000000", "#000000") }
  /// The line around the picture, and around buttons.
  var edge: Colour { colour("#d0d7de", "#30363d", "#ffffff") }
  /// A page around the picture.
  var page: Colour { colour("#f6f8fa", "#010409", "#000000") }
  /// A button under the pointer.
  var hover: Colour { colour("#eaeef2", "#21262d", "#303030") }

  /// A role's colour: greys go with the ground, what is marked has the theme's.
  func colour(of role: Role) -> Colour {
    switch role {
    case .text: return colour("#1f2328", "#e6edf3", "#ffffff")
    case .dim: return colour("#656d76", "#8b949e", "#ffffff")
    case .border: return colour("#858d96", "#6e7681", "#ffffff")
    case .heading: return colour("#1f2328", "#f0f6fc", "#ffffff")
    default: break
    }
    guard !isUsual else { return Self.usual(role) }
    return Self.fixed(Theme(name, depth: .many).look(Style(role)).colour)
  }

  private static func usual(_ role: Role) -> Colour {
    switch role {
    case .current: Colour(light: "#0969da", dark: "#58a6ff")
    case .moved: Colour(light: "#bc4c00", dark: "#ff9e4a")
    case .read: Colour(light: "#0b7285", dark: "#3bc9db")
    case .new: Colour(light: "#4338ca", dark: "#a5b4fc")
    case .freed: Colour(light: "#8b3fa0", dark: "#d2a8ff")
    case .full: Colour(light: "#7d5c00", dark: "#d4a72c")
    case .waiting: Colour(light: "#8a5a00", dark: "#f2cc60")
    case .error: Colour(light: "#c4193c", dark: "#ff7b8a")
    case .text, .dim, .border, .heading: preconditionFailure("\(role) goes with the ground")
    }
  }

  // MARK: - Colours that cells have of their own

  /// One of the 256 colours, for a cell of a recording.
  ///
  /// The first 16 are the terminal's choice, so they are chosen to be read on the ground here; on a
  /// ground that the recording chose, they are what recordings count on.
  func colour(ofIndex index: Int, onOwnGround: Bool) -> Colour {
    guard index < 16, !onOwnGround else { return Self.fixed(index) }
    return colour(Self.onLight[index], Self.onDark[index], Self.onDark[index])
  }

  private static let onLight = [
    "#1f2328", "#b3261e", "#1a6b2d", "#7a5200", "#0b57c2", "#8531a8", "#0b6e7d", "#5e6670",
    "#6b737c", "#c8361f", "#2b7a2e", "#8a6100", "#2f6fd6", "#9b45c0", "#157884", "#3d444d",
  ]
  private static let onDark = [
    "#7d8590", "#f47067", "#57ab5a", "#c69026", "#5ea5f2", "#c58af0", "#45b8c4", "#b8c0c9",
    "#8b949e", "#ff938a", "#73cc76", "#e0b050", "#8ac3ff", "#dcb0fb", "#6fd6e0", "#ffffff",
  ]

  /// The same in light and in dark.
  private static func fixed(_ index: Int) -> Colour {
    let digits = PaletteColour.parts(ofIndex: index).map { part in
      (part < 16 ? "0" : "") + String(part, radix: 16)
    }
    let text = "#" + digits.joined()
    return Colour(light: text, dark: text)
  }

  // MARK: - Style sheets

  /// A role's name in style sheets.
  static func name(_ role: Role) -> String { "\(role)" }

  /// Which sets there are, as CSS calls them.
  var schemes: String {
    switch name {
    case .light: "light"
    case .dark, .highContrast: "dark"
    case .auto, .deuteranopia, .tritanopia, .mono: "light dark"
    }
  }

  /// What is written once for each set: for both, where the reader chooses.
  func sheet(_ rules: ((Colour) -> String) -> String) -> String {
    guard schemes == "light dark" else { return rules(\.light) }
    return rules(\.light) + "\n@media (prefers-color-scheme:dark){" + rules(\.dark) + "}"
  }

  /// The style sheet that gives each name its colour.
  func variables() -> String {
    var named = [("ground", ground), ("edge", edge), ("page", page), ("hover", hover)]
    named += Role.allCases.map { (Self.name($0), colour(of: $0)) }
    return ":root{color-scheme:\(schemes)}\n"
      + sheet { colour in ":root{" + named.map { "--\($0.0):\(colour($0.1));" }.joined() + "}" }
      + "\n"
  }

  /// A colour of the sets that the theme has; the third one is that of the highest contrast.
  private func colour(_ light: String, _ dark: String, _ highest: String) -> Colour {
    switch name {
    case .light: Colour(light: light, dark: light)
    case .dark: Colour(light: dark, dark: dark)
    case .highContrast: Colour(light: highest, dark: highest)
    case .auto, .deuteranopia, .tritanopia, .mono: Colour(light: light, dark: dark)
    }
  }
}
