/// A still, or a recording, as SVG that needs nothing else: no script, no font, no network.
///
/// Cells are 10 units wide and 19 high: whole numbers, and low enough for lines to meet. A run of glyphs
/// (`PictureRun`) is written once, and says at which times of the loop it is to be seen; what never
/// changes just stands there. Where motion is unwanted, or not understood, the last frame shows.
struct SVGPicture {
  private let size: Size
  private let palette: PicturePalette
  private let title: String
  private let description: String

  private static let cell = (width: 10, height: 19)
  /// From the top of a cell to the foot of its letters.
  private static let baseline = 15
  private static let margin = 16
  /// Pixels a unit: letters of 14 pixels, unless the page scales the picture.
  private static let scale = 0.84

  /// One frame.
  static func still(
    _ canvas: Canvas, _ theme: Theme, title: String, description: String, to sink: inout ByteSink
  ) throws {
    let picture = SVGPicture(
      size: canvas.size, palette: PicturePalette(theme), title: title, description: description)
    let runs = (0..<canvas.size.rows).flatMap { PictureRun.runs(of: canvas, row: $0, theme) }
    try sink.write(picture.opening(runs, isAnimated: false))
    for run in runs { try sink.write(picture.element(run, during: [])) }
    try sink.write("</svg>\n")
  }

  /// A recording, which starts again when it is over.
  static func movie(_ recorder: Recorder, _ theme: Theme, to sink: inout ByteSink) throws {
    let end = recorder.duration + Recorder.ending
    let film = try RunFilm(recorder, theme, end: end)
    let picture = SVGPicture(
      size: recorder.look.size, palette: PicturePalette(theme),
      title: Markup.visible(recorder.show.title[recorder.look.language], recorder.look.charset),
      description: description(of: recorder, film))
    let runs = film.lasting + film.passing.map(\.run)
    try sink.write(picture.opening(runs, isAnimated: true))
    for run in film.lasting { try sink.write(picture.element(run, during: [])) }
    try sink.write("<g class=\"still\"><set attributeName=\"display\" to=\"none\" begin=\"0s\"/>\n")
    for run in film.last { try sink.write(picture.element(run, during: [])) }
    try sink.write(
      "</g>\n<g class=\"motion\" visibility=\"hidden\"><set id=\"t\" attributeName=\"opacity\" "
        + "to=\"1\" begin=\"0s;t.end\" dur=\"\(seconds(end))\"/>\n")
    for passing in film.passing {
      try sink.write(picture.element(passing.run, during: passing.times))
    }
    try sink.write("</g>\n</svg>\n")
  }

  /// The chapters with their times, which is all that a picture can say of them.
  private static func description(of recorder: Recorder, _ film: RunFilm) -> String {
    let look = recorder.look
    return film.chapters.map { chapter in
      let title = Markup.visible(
        recorder.show.chapters[chapter.index].title[look.language], look.charset)
      return "\(ClockText.seconds(chapter.time)) \(chapter.index + 1) \(title)"
    }.joined(separator: "\n")
  }

  // MARK: - Elements

  /// What stands before the runs, with the colours that they need.
  private func opening(_ runs: [PictureRun], isAnimated: Bool) -> String {
    let width = size.columns * Self.cell.width + 2 * Self.margin
    let height = size.rows * Self.cell.height + 2 * Self.margin
    let pixels = (Int(Double(width) * Self.scale), Int(Double(height) * Self.scale))
    return """
      <svg xmlns="http://www.w3.org/2000/svg" width="\(pixels.0)" height="\(pixels.1)" \
      viewBox="\(-Self.margin) \(-Self.margin) \(width) \(height)" role="img" \
      aria-labelledby="title" aria-describedby="about">
      <title id="title">\(Markup.escape(title))</title>
      <desc id="about">\(Markup.escape(description))</desc>
      <style>
      \(styles(runs, isAnimated: isAnimated))</style>
      <rect class="ground" x="\(1 - Self.margin)" y="\(1 - Self.margin)" \
      width="\(width - 2)" height="\(height - 2)" rx="12"/>

      """
  }

  /// A run, seen always or during some times of the loop.
  private func element(_ run: PictureRun, during times: [Range<Int>]) -> String {
    let sets = times.map {
      "<set attributeName=\"visibility\" to=\"visible\" "
        + "begin=\"t.begin+\(Self.seconds($0.lowerBound))\" dur=\"\(Self.seconds($0.count))\"/>"
    }.joined()
    let (x, y) = (run.column * Self.cell.width, run.row * Self.cell.height)
    let width = run.columns * Self.cell.width
    let isASCII = run.text.utf8.allSatisfy { $0 < 0x80 }
    // One letter needs no length; lines and blocks are stretched so that they meet.
    var length = run.columns > 1 || !isASCII ? " textLength=\"\(width)\"" : ""
    if !isASCII, !run.look.isWide { length += " lengthAdjust=\"spacingAndGlyphs\"" }
    let text =
      "<text class=\"\(Self.classes(run.look))\" x=\"\(x)\" y=\"\(y + Self.baseline)\"\(length)>"
      + Markup.escape(run.text)
    guard let ground = Fill.behind(run.look) else { return text + sets + "</text>\n" }
    return "<g>\(sets)<rect class=\"\(ground.name)\" x=\"\(x)\" y=\"\(y)\" "
      + "width=\"\(width)\" height=\"\(Self.cell.height)\"/>\(text)</text></g>\n"
  }

  private static func classes(_ look: PictureLook) -> String {
    let attributes = Attributes(rawValue: look.attributes)
    var names = [Fill.ofLetters(look).name]
    if attributes.contains(.bold) { names.append("bold") }
    if attributes.contains(.underline) { names.append("underline") }
    if look.isWide { names.append("wide") }
    return names.joined(separator: " ")
  }

  private func styles(_ runs: [PictureRun], isAnimated: Bool) -> String {
    let fills = Set(
      runs.flatMap { [Fill.ofLetters($0.look), Fill.behind($0.look)] }.compactMap(\.self))
    let own = fills.filter(\.isOwn).map { ($0.name, $0.colour(in: palette)) }.sorted { $0.0 < $1.0 }
    let named = Role.allCases.map { (Fill.role($0).name, palette.colour(of: $0)) } + own
    let colours = palette.sheet { colour in
      let ground = colour(palette.ground)
      return named.map { ".\($0.0){fill:\(colour($0.1))}" }.joined()
        + ".ground{fill:\(ground);stroke:\(colour(palette.edge))}.reverse{fill:\(ground)}"
    }
    let still =
      isAnimated
      ? "@media print,(prefers-reduced-motion:reduce)"
        + "{.motion{display:none}.still{display:inline!important}}\n" : ""
    return """
      text{font:16.6px ui-monospace,"SF Mono",SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",\
      "Liberation Mono",monospace;white-space:pre}
      .wide{font-family:"PingFang SC","Microsoft YaHei","Noto Sans CJK SC","Noto Sans Mono CJK SC",\
      sans-serif;font-size:18px}
      .bold{font-weight:700}.underline{text-decoration:underline}
      \(colours)
      \(still)
      """
  }

  /// Milliseconds as SVG writes a time, as short as it gets.
  private static func seconds(_ milliseconds: Int) -> String {
    var text = ClockText.seconds(milliseconds)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text + "s"
  }
}

/// What a letter, or the cell behind it, is filled with: a class of the style sheet.
private enum Fill: Hashable {
  case role(Role)
  /// The picture's ground, as letters have it where they are reversed.
  case ground
  /// One of the 256 colours, on the picture's ground or on one that the cell has of its own.
  case own(Int, onOwnGround: Bool)

  /// What letters have that are not reversed.
  private static func ink(_ look: PictureLook) -> Fill {
    look.colour < 0 ? .role(look.role) : .own(look.colour, onOwnGround: look.ground >= 0)
  }

  private static func paper(_ look: PictureLook) -> Fill? {
    look.ground < 0 ? nil : .own(look.ground, onOwnGround: true)
  }

  static func ofLetters(_ look: PictureLook) -> Fill {
    look.isReverse ? paper(look) ?? .ground : ink(look)
  }

  /// Nil where the picture's ground shows.
  static func behind(_ look: PictureLook) -> Fill? { look.isReverse ? ink(look) : paper(look) }

  var isOwn: Bool { if case .own = self { true } else { false } }

  var name: String {
    switch self {
    case .role(let role): PicturePalette.name(role)
    case .ground: "reverse"
    case .own(let index, let onOwnGround): (onOwnGround ? "o" : "c") + "\(index)"
    }
  }

  func colour(in palette: PicturePalette) -> PicturePalette.Colour {
    switch self {
    case .role(let role): palette.colour(of: role)
    case .ground: palette.ground
    case .own(let index, let onOwnGround):
      palette.colour(ofIndex: index, onOwnGround: onOwnGround)
    }
  }
}
