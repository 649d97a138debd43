import Foundation
import Testing

@testable import Visualizer

/// Whether roles can be told apart, by eyes of every kind.
@Suite struct ThemeTests {
  /// The roles that a viewer has to tell from each other.
  private static let roles: [Role] = [
    .current, .moved, .read, .new, .freed, .full, .waiting, .error,
  ]

  private static var pairs: [(Role, Role)] {
    roles.indices.flatMap { first in
      roles[(first + 1)...].map { (roles[first], $0) }
    }
  }

  /// How different two colours must look, as a distance in CIE L*a*b*; 2 is just noticeable side by
  /// side, thin letters far apart need much more.
  private static let distance = 18.0

  @Test(
    arguments: [
      (.auto, .usual), (.dark, .usual), (.light, .usual), (.highContrast, .usual),
      (.deuteranopia, .usual), (.deuteranopia, .deuteranopia), (.deuteranopia, .protanopia),
      (.tritanopia, .usual), (.tritanopia, .tritanopia),
    ] as [(Theme.Name, Eye)])
  func rolesDifferInColour(_ name: Theme.Name, _ eye: Eye) {
    let theme = Theme(name, depth: .many)
    for (one, other) in Self.pairs {
      let difference = eye.difference(theme.look(Style(one)), theme.look(Style(other)))
      #expect(difference >= Self.distance, "\(one) and \(other): \(difference)")
    }
  }

  /// The theme for red-green blindness may fail a viewer with another, as long as attributes help.
  @Test(arguments: [Theme.Name.deuteranopia, .tritanopia, .highContrast], Eye.allCases)
  func rolesDifferInColourOrAttributesForEveryEye(_ name: Theme.Name, _ eye: Eye) {
    let theme = Theme(name, depth: .many)
    for (one, other) in Self.pairs {
      let (first, second) = (theme.look(Style(one)), theme.look(Style(other)))
      let difference = eye.difference(first, second)
      let isTold = difference >= 12 || first.attributes != second.attributes
      #expect(isTold, "\(one) and \(other): \(difference)")
    }
  }

  @Test func theUsualColoursDoNotServeEveryEye() {
    let theme = Theme(.auto, depth: .many)
    let difference = Eye.deuteranopia.difference(
      theme.look(Style(.moved)), theme.look(Style(.waiting)))
    #expect(difference < 5, "then the simulation sees more than such eyes do")
  }

  @Test(arguments: Theme.Name.allCases)
  func withEightColoursNoTwoRolesLookTheSame(_ name: Theme.Name) {
    guard name != .mono else { return }
    let theme = Theme(name, depth: .eight)
    for (one, other) in Self.pairs {
      #expect(theme.look(Style(one)) != theme.look(Style(other)), "\(one) and \(other)")
    }
    for role in Role.allCases { #expect((-1...7).contains(theme.look(Style(role)).colour)) }
  }

  /// Areas are told by their characters; what happens in a step, by attributes too.
  @Test func withoutColourWhatHappensIsTold() {
    let looks = Self.roles.filter { $0 != .freed && $0 != .full }.map {
      Theme(.mono, depth: .many).look(Style($0))
    }
    for (index, look) in looks.enumerated() {
      #expect(look.colour == -1 && look.ground == -1 && look.attributes != [])
      #expect(!looks[..<index].contains(look))
    }
    #expect(Theme(.auto, depth: .none).look(Style(.moved)) == looks[1])
  }

  @Test func lettersStandOutFromTheGround() {
    let (black, white) = (16, 231)
    let grounds: [(Theme.Name, Int, Double)] = [
      (.dark, black, 3), (.light, white, 3), (.deuteranopia, black, 3), (.deuteranopia, white, 3),
      (.tritanopia, black, 3), (.tritanopia, white, 3), (.auto, black, 3),
    ]
    for (name, ground, least) in grounds {
      for role in Role.allCases {
        let look = Theme(name, depth: .many).look(Style(role))
        guard look.colour >= 0 else { continue }
        let contrast = Colour(look.colour).contrast(Colour(ground))
        #expect(contrast >= least, "\(name), \(role) on \(ground): \(contrast)")
      }
    }
  }

  @Test func highContrastIsOfBothItsColours() {
    for role in Self.roles {
      let look = Theme(.highContrast, depth: .many).look(Style(role))
      #expect(Colour(look.colour).contrast(Colour(look.ground)) >= 7, "\(role)")
    }
    for role in [Role.text, .dim, .border, .heading] {
      let look = Theme(.highContrast, depth: .many).look(Style(role))
      #expect(look.colour == -1 && look.ground == -1)
    }
  }
}

/// A kind of colour vision.
enum Eye: CaseIterable {
  case usual, protanopia, deuteranopia, tritanopia

  /// What of linear red, green and blue is seen, as red, green and blue.
  ///
  /// Source: Machado, Oliveira, Fernandes, A Physiologically-based Model for Simulation of Color
  /// Vision Deficiency, 2009; severity 1.0.
  private var matrix: [[Double]] {
    switch self {
    case .usual: [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
    case .protanopia:
      [
        [0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216],
        [-0.003882, -0.048116, 1.051998],
      ]
    case .deuteranopia:
      [
        [0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413],
        [-0.011820, 0.042940, 0.968881],
      ]
    case .tritanopia:
      [
        [1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602],
        [0.004733, 0.691367, 0.303900],
      ]
    }
  }

  func sees(_ colour: Colour) -> Colour {
    Colour(
      linear: matrix.map { row in
        min(1, max(0, zip(row, colour.linear).reduce(0) { $0 + $1.0 * $1.1 }))
      })
  }

  /// How far the letters of two looks are from each other.
  func difference(_ one: Theme.Look, _ other: Theme.Look) -> Double {
    sees(Colour(one.colour)).distance(to: sees(Colour(other.colour)))
  }
}

/// A colour as light.
struct Colour {
  /// Red, green and blue from 0 to 1, as intensities.
  var linear: [Double]

  init(linear: [Double]) { self.linear = linear }

  /// One of the terminal's colours 16 to 255.
  init(_ number: Int) {
    let levels = [0, 95, 135, 175, 215, 255]
    let cube = number - 16
    let parts =
      number >= 232
      ? [Int](repeating: 8 + 10 * (number - 232), count: 3)
      : [levels[cube / 36], levels[cube / 6 % 6], levels[cube % 6]]
    linear = parts.map {
      let part = Double($0) / 255
      return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
    }
  }

  private var luminance: Double { 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] }

  /// The contrast ratio, 1 to 21.
  ///
  /// Source: WCAG 2.1, definition of contrast ratio.
  func contrast(_ other: Colour) -> Double {
    let (one, two) = (luminance + 0.05, other.luminance + 0.05)
    return max(one, two) / min(one, two)
  }

  /// CIE L*a*b* under D65.
  private var lab: [Double] {
    let x = 0.4124 * linear[0] + 0.3576 * linear[1] + 0.1805 * linear[2]
    let z = 0.0193 * linear[0] + 0.1192 * linear[1] + 0.9505 * linear[2]
    let parts = [x / 0.9505, luminance, z / 1.089].map { (part: Double) -> Double in
      part > 0.008856 ? cbrt(part) : 7.787 * part + 16.0 / 116
    }
    return [
      116 * parts[1] - 16, 500 * (parts[0] - parts[1]), 200 * (parts[1] - parts[2]),
    ]
  }

  func distance(to other: Colour) -> Double {
    zip(lab, other.lab).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }.squareRoot()
  }
}
