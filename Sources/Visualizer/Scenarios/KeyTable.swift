import Models

/// How keys are spelled: the model knows them by number only.
struct KeyTable {
  private(set) var spellings: [String] = []
  private var numbers: [String: Int] = [:]
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

  /// How a key is written, safe to show.
  subscript(key: MapKey) -> String { VisibleText.escape(spellings[Int(key.spelling)]) }

  private mutating func number(of spelling: String) -> Int {
    if let number = numbers[spelling] { return number }
    spellings.append(spelling)
    numbers[spelling] = spellings.count - 1
    return spellings.count - 1
  }
}
