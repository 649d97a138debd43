/// The colours of SVG and HTML, which bring their own ground: one set for light, one for dark.
///
/// Text stands out from its ground by 4.5 to 1 at least, lines by 3 to 1 (WCAG 2.2, 1.4.3 and
/// 1.4.11); the hues of roles that meet keep apart for colour-blind readers.
enum PicturePalette {
  /// A colour of each set, as CSS writes it.
  struct Colour {
    var light: String
    var dark: String
  }

  /// What the cells stand on.
  static let ground = Colour(light: "#ffffff", dark: "#0d1117")
  /// The line around the picture, and around buttons.
  static let edge = Colour(light: "#d0d7de", dark: "#30363d")
  /// A page around the picture.
  static let page = Colour(light: "#f6f8fa", dark: "#010409")
  /// A button under the pointer.
  static let hover = Colour(light: "#eaeef2", dark: "#21262d")

  static func colour(of role: Role) -> Colour {
    switch role {
    case .text: Colour(light: "#1f2328", dark: "#e6edf3")
    case .dim: Colour(light: "#656d76", dark: "#8b949e")
    case .border: Colour(light: "#858d96", dark: "#6e7681")
    case .heading: Colour(light: "#1f2328", dark: "#f0f6fc")
    case .current: Colour(light: "#0969da", dark: "#58a6ff")
    case .moved: Colour(light: "#bc4c00", dark: "#ff9e4a")
    case .read: Colour(light: "#0b7285", dark: "#3bc9db")
    case .new: Colour(light: "#4338ca", dark: "#a5b4fc")
    case .freed: Colour(light: "#8b3fa0", dark: "#d2a8ff")
    case .full: Colour(light: "#7d5c00", dark: "#d4a72c")
    case .waiting: Colour(light: "#8a5a00", dark: "#f2cc60")
    case .error: Colour(light: "#c4193c", dark: "#ff7b8a")
    }
  }

  /// A role's name in style sheets.
  static func name(_ role: Role) -> String { "\(role)" }

  /// The style sheet that gives each name its colour, in light and in dark.
  static func variables() -> String {
    var named = [("ground", ground), ("edge", edge), ("page", page), ("hover", hover)]
    named += Role.allCases.map { (name($0), colour(of: $0)) }
    func rule(_ colour: (Colour) -> String) -> String {
      ":root{" + named.map { "--\($0.0):\(colour($0.1));" }.joined() + "}"
    }
    return rule(\.light) + "\n@media (prefers-color-scheme:dark){" + rule(\.dark) + "}\n"
  }
}
