import Foundation
import Testing

@testable import Visualizer

/// The colours of SVG and HTML: whose they are, and whether they can be read.
@Suite struct PictureColourTests {
  private func written(_ produce: (inout ByteSink) throws -> Void) throws -> String {
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    try OutputFile.write("\(folder)/picture", overwrite: false, produce)
    return String(decoding: try #require(TestFiles.read("\(folder)/picture")), as: UTF8.self)
  }

  private func svg(_ canvas: Canvas, _ theme: Theme) throws -> String {
    try written { try SVGPicture.still(canvas, theme, title: "", description: "", to: &$0) }
  }

  // MARK: - A recording's own

  private static let recording = """
    {"version": 2, "width": 30, "height": 8}
    [0, "o", "\\u001b[31mred\\r\\n\\u001b[38;5;166morange\\r\\n\\u001b[0mown\\r\\n"]
    [0, "o", "\\u001b[37;44mbar\\u001b[0m\\r\\n\\u001b[32;7mback\\u001b[0m\\r\\n"]
    [0, "o", "\\u001b[33;45;7mboth\\u001b[0m\\r\\n\\u001b[42m  \\u001b[0m\\u001b[?25l"]
    """

  /// The classes of a run's letters and of what is behind them.
  private func classes(of text: String, in svg: String) throws -> (letters: String, behind: String?)
  {
    let line = try #require(svg.split(separator: "\n").first { $0.contains(">\(text)</text>") })
    let letters = try #require(line.firstMatch(of: /<text class="([^"]*)"/)?.1)
    return (String(letters), line.firstMatch(of: /<rect class="([^"]*)"/).map { String($0.1) })
  }

  @Test func thePictureOfARecordingHasItsColours() throws {
    let replay = try ReplayFile.read(Array(Self.recording.utf8), file: "a.cast")
    let svg = try svg(replay.picture(replay.count - 1).canvas, Theme(depth: .many))
    for (text, letters, behind) in [
      ("red", "c1", nil), ("orange", "c166", nil), ("own", "text", nil), ("bar", "o7", "o4"),
      ("back", "reverse", "c2"), ("both", "o5", "o3"), ("  ", "text", "o2"),
    ] {
      let found = try classes(of: text, in: svg)
      #expect(found.letters == letters && found.behind == behind, "\(text): \(found)")
    }
    // What is the terminal's choice differs in light and in dark, what is the recording's does not.
    #expect(svg.matches(of: /\.c1\{fill:(#[0-9a-f]{6})\}/).map(\.1) == ["#b3261e", "#f47067"])
    #expect(svg.matches(of: /\.c166\{fill:(#[0-9a-f]{6})\}/).map(\.1) == ["#d75f00", "#d75f00"])
    #expect(svg.matches(of: /\.o4\{fill:(#[0-9a-f]{6})\}/).map(\.1) == ["#0000ee", "#0000ee"])
  }

  /// A bar is told by being reversed then, as on a terminal without colours.
  @Test func withoutColoursNoneAreLeft() throws {
    let replay = try ReplayFile.read(Array(Self.recording.utf8), file: "a.cast")
    let svg = try svg(replay.picture(replay.count - 1).canvas, Theme(depth: .none))
    #expect(svg.firstMatch(of: /\.[co][0-9]/) == nil)
    let bar = try classes(of: "bar", in: svg)
    #expect(bar.letters == "reverse" && bar.behind == "text")
  }

  // MARK: - Themes

  /// The reader chooses between light and dark, unless a theme is for one of them.
  @Test(arguments: Theme.Name.allCases)
  func aThemeForOneGroundHasOne(_ name: Theme.Name) throws {
    let show = try Shows.open("map-lookup")
    let recorder = Recorder(
      show: show, look: Look(size: .small), framesPerSecond: 2, speed: 1, steps: 0...3)
    let theme = Theme(name, depth: .many)
    let page = try written {
      try HTMLPage(recorders: [recorder], theme: theme, keys: []).write(to: &$0)
    }
    let still = try svg(show.frame(3, progress: 1, Look(size: .small)), theme)
    let movie = try written { try SVGPicture.movie(recorder, theme, to: &$0) }
    let isFixed = [.dark, .light, .highContrast].contains(name)
    for text in [page, still, movie] {
      #expect(text.contains("prefers-color-scheme") != isFixed)
    }
    let schemes = isFixed ? (name == .light ? "light" : "dark") : "light dark"
    #expect(page.contains("<meta name=\"color-scheme\" content=\"\(schemes)\">"))
    #expect(page.contains(":root{color-scheme:\(schemes)}"))
  }

  @Test func whatIsMarkedHasTheThemesColours() {
    for name in [Theme.Name.dark, .light, .deuteranopia, .tritanopia, .highContrast] {
      for role in Role.allCases {
        let number = Theme(name, depth: .many).look(Style(role)).colour
        let isMarked = ![.text, .dim, .border, .heading].contains(role)
        let colour = PicturePalette(Theme(name, depth: .many)).colour(of: role)
        let parts = PaletteColour.parts(ofIndex: max(0, number))
        let text = String(format: "#%02x%02x%02x", parts[0], parts[1], parts[2])
        if isMarked { #expect(colour == .init(light: text, dark: text), "\(name) \(role)") }
      }
    }
  }

  /// WCAG 2.2, 1.4.3 and 1.4.11: text stands out from its ground by 4.5 to 1, lines by 3 to 1; so much
  /// do the colours of a theme that one asks for.
  @Test(arguments: Theme.Name.allCases)
  func coloursStandOutFromTheirGround(_ name: Theme.Name) throws {
    let palette = PicturePalette(Theme(name, depth: .many))
    func expect(_ ink: PicturePalette.Colour, _ least: Double, _ what: String) throws {
      for set in [\PicturePalette.Colour.light, \.dark] {
        let contrast = try Colour(ink[keyPath: set]).contrast(
          Colour(palette.ground[keyPath: set]))
        #expect(contrast >= least, "\(what): \(contrast)")
      }
    }
    for role in Role.allCases {
      let isOurs = [.auto, .mono].contains(name) || [.text, .dim, .heading].contains(role)
      let least = isOurs && role != .border ? 4.5 : name == .highContrast ? 7 : 3
      try expect(palette.colour(of: role), least, "\(role)")
    }
    for index in 0..<16 {
      try expect(palette.colour(ofIndex: index, onOwnGround: false), 4.5, "\(index)")
    }
  }
}

extension Colour {
  /// A colour as CSS writes it.
  fileprivate init(_ text: String) throws {
    let value = try #require(Int(text.dropFirst(), radix: 16))
    self.init(
      linear: [16, 8, 0].map { shift in
        let part = Double(value >> shift & 0xff) / 255
        return part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4)
      })
  }
}
