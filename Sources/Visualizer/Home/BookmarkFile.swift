import Foundation
import Models

/// The marks of one show, kept between two runs of the program.
///
/// A file a show, found by its name, rules, seed and titles; a line a mark: its letter, its step, and
/// a hash of what happens there. A mark whose step has become another one is not taken over, so
/// that none leads astray when a scenario is changed.
///
/// Where nothing can be read or written, marks last as long as the program does.
struct BookmarkFile {
  let path: String?

  /// The file of a show, which need not exist.
  init(_ show: any Show, _ folders: XDGFolders) {
    path = folders.state.map { "\($0)/bookmarks/\(Self.name(show))" }
  }

  /// The marks that still fit.
  func load(for show: any Show) -> [Bookmark] {
    guard let path, let bytes = FileManager.default.contents(atPath: path), bytes.count < 64 << 10
    else { return [] }
    var bookmarks: [Bookmark] = []
    for line in String(decoding: bytes, as: UTF8.self).split(separator: "\n") {
      let words = line.split(separator: " ")
      guard words.count == 3 else { continue }
      let letters = words[0].unicodeScalars
      guard letters.count == 1, let letter = letters.first,
        ("a"..."z").contains(letter), let step = Int(words[1]), (0..<show.stepCount).contains(step),
        words[2] == Self.hash(ofStep: step, in: show),
        !bookmarks.contains(where: { $0.letter == letter })
      else { continue }
      bookmarks.append(Bookmark(letter: letter, step: step))
    }
    return bookmarks
  }

  /// Keeps marks, in place of those that were kept before; all of them or none.
  func save(_ bookmarks: [Bookmark], of show: any Show) {
    guard let path, let slash = path.lastIndex(of: "/") else { return }
    try? FileManager.default.createDirectory(
      atPath: String(path[..<slash]), withIntermediateDirectories: true,
      attributes: [.posixPermissions: 0o700])
    try? OutputFile.write(path, overwrite: true) { sink in
      for bookmark in bookmarks.sorted(by: { $0.letter < $1.letter }) {
        let hash = Self.hash(ofStep: bookmark.step, in: show)
        try sink.write("\(bookmark.letter) \(bookmark.step) \(hash)\n")
      }
    }
  }

  /// The show's name, as far as a file can be called so, and a hash of it, rules, seed and titles.
  private static func name(_ show: any Show) -> String {
    let letters = show.name.prefix(60).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    var hash = FNV1a()
    hash.add(whole: "\(show.name) \(show.rules) \(show.seed) \(show.title.en)")
    for chapter in show.chapters { hash.add(whole: chapter.title.en) }
    return "\(String(letters))-\(hash.digits)"
  }

  /// A hash of what happens at a step.
  private static func hash(ofStep step: Int, in show: any Show) -> String {
    let record = show.record(ofStep: step)
    var hash = FNV1a()
    hash.add(whole: "\(record.operation.map(String.init) ?? "-") \(record.what ?? "")")
    hash.add(whole: record.fieldsText)
    hash.add(whole: show.narration(ofStep: step, .en).text)
    return hash.digits
  }
}
