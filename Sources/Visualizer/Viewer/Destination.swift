/// Where a viewer wants to go, as typed behind `:`.
enum Destination {
  /// The step meant by `37`, `last`, `50%`, `1m20s`, `90s`, or a part of a chapter's name; nil where
  /// nothing fits.
  static func step(_ text: String, in show: any Show) -> Int? {
    let text = text.trimmingBlanks
    let last = show.stepCount - 1
    if text == "last" { return last }
    if let number = Int(text) { return (0...last).contains(number) ? number : nil }
    if text.hasSuffix("%"), let percent = Double(text.dropLast()), (0...100).contains(percent) {
      return Int((Double(last) * percent / 100).rounded())
    }
    if let milliseconds = time(text) { return show.step(atTime: milliseconds) }
    let wanted = text.lowercased()
    guard !wanted.isEmpty else { return nil }
    return show.chapters.first { chapter in
      chapter.title.en.lowercased().contains(wanted)
        || chapter.title.zh.lowercased().contains(wanted)
    }?.step
  }

  /// Milliseconds of `1m20s`, `3m`, `90s`; nil for anything else.
  static func time(_ text: String) -> Int? {
    var seconds = 0
    var digits = ""
    var units = 0
    for character in text {
      if character.isASCII, character.isNumber {
        digits.append(character)
      } else if character == "m" || character == "s", let number = Int(digits), number < 100_000 {
        seconds += character == "m" ? number * 60 : number
        digits = ""
        units += 1
      } else {
        return nil
      }
    }
    return units > 0 && digits.isEmpty ? seconds * 1000 : nil
  }
}

extension String {
  fileprivate var trimmingBlanks: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
