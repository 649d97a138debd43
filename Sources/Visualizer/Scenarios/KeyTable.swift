import Models

/// How keys are spelled: the model knows them by number only.
struct KeyTable {
  private(set) var spellings: [String] = []
  /// How the keys are shown, by number.
  private var labels: [String] = []
  private var numbers: [Spelling: Int] = [:]
  /// Keys that are spelled differently and equal, as 0 and -0 are, share an identity.
  private let isFloat: Bool

  /// A table for keys of a Go type.
  init(keyType: String = "string") {
    isFloat = keyType.contains("float") || keyType.contains("complex")
  }

  /// The key of a spelling.
  mutating func intern(_ spelling: String) -> MapKey {
    let number = number(of: spelling)
    guard isFloat else { return MapKey(spelling: number) }
    if spelling == "NaN" { return MapKey(spelling: number, identity: Int(MapKey.neverEqual)) }
    if spelling == "-0" { return MapKey(spelling: number, identity: self.number(of: "0")) }
    return MapKey(spelling: number)
  }

  /// How a key is written, safe to show, and short enough to be shown in every frame.
  subscript(key: MapKey) -> String { labels[Int(key.spelling)] }

  private mutating func number(of spelling: String) -> Int {
    let key = Spelling(text: spelling)
    if let number = numbers[key] { return number }
    spellings.append(spelling)
    labels.append(VisibleText.label(spelling))
    numbers[key] = spellings.count - 1
    return spellings.count - 1
  }
}

/// A key's bytes: Go tells strings apart that Unicode holds for equivalent, and Swift for equal.
private struct Spelling: Hashable {
  var text: String

  static func == (a: Self, b: Self) -> Bool { a.text.utf8.elementsEqual(b.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}
