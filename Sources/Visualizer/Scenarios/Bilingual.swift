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

  subscript(language: Language) -> String { language == .en ? en : zh }
}
