/// The languages of everything a viewer reads.
enum Language: String, CaseIterable {
  case en
  case zh
}

/// A text in both languages.
struct Bilingual: Equatable {
  var en: String
  var zh: String

  init(_ en: String, _ zh: String) {
    self.en = en
    self.zh = zh
  }

  /// A technical word, the same in both languages.
  init(same text: String) { self.init(text, text) }

  subscript(language: Language) -> String { language == .en ? en : zh }
}

extension Bilingual {
  /// "a, b or c": what one may write, which is the same in both languages.
  static func choice(_ words: [String]) -> Bilingual {
    guard words.count > 1, let last = words.last else {
      return Bilingual(same: words.joined())
    }
    let others = words.dropLast()
    return Bilingual(
      "\(others.joined(separator: ", ")) or \(last)", "\(others.joined(separator: "、")) 或 \(last)")
  }
}
