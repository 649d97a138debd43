/// Suggests the known word that a mistyped one was meant to be.
enum Nearest {
  /// The candidate with the fewest letters to change, insert or remove; nil if none is near.
  static func word(_ word: String, among candidates: [String]) -> String? {
    let best = candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
      .min { $0.1 < $1.1 }
    guard let best, best.1 <= max(2, word.count / 3) else { return nil }
    return best.0
  }

  /// "did you mean X?" or, where nothing is near, the list of what is known.
  static func hint(_ unknown: String, among candidates: [String]) -> Bilingual {
    if let near = word(unknown, among: candidates) {
      return Bilingual("did you mean '\(near)'?", "是不是想写“\(near)”？")
    }
    return Bilingual(
      "known: " + candidates.joined(separator: ", "), "可以写：" + candidates.joined(separator: "、"))
  }

  /// Levenshtein's distance, of texts cut to 64 characters.
  private static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a.unicodeScalars.prefix(64)), Array(b.unicodeScalars.prefix(64)))
    var row = Array(0...b.count)
    for i in 0..<a.count {
      var diagonal = row[0]
      row[0] = i + 1
      for j in 0..<b.count {
        let change = diagonal + (a[i] == b[j] ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(change, row[j + 1] + 1, row[j] + 1)
      }
    }
    return row[b.count]
  }
}
