import Foundation

/// The marks of one show, kept between two runs of the program.
///
/// A file a show, found by its name and by what it consists of; a line a mark: its letter, its step,
/// and a hash of what happens there. A mark whose step has become another one is not taken over, so
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

  /// The show's name, as far as a file can be called so, and a hash of its rules and chapters.
  private static func name(_ show: any Show) -> String {
    let letters = show.name.prefix(60).map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    var hash = FNV()
    hash.add("\(show.name) \(show.rules) \(show.seed) \(show.title.en)")
    for chapter in show.chapters { hash.add(chapter.title.en) }
    return "\(String(letters))-\(hash.text)"
  }

  /// A hash of what happens at a step.
  private static func hash(ofStep step: Int, in show: any Show) -> String {
    let record = show.record(ofStep: step)
    var hash = FNV()
    hash.add("\(record.operation.map(String.init) ?? "-") \(record.what ?? "")")
    hash.add(record.fieldsText)
    hash.add(show.narration(ofStep: step, .en).text)
    return hash.text
  }
}

/// FNV-1a of 64 bits: the same on every machine and in every run.
///
/// Source: draft-eastlake-fnv, section 5 (the offset basis and prime of 64 bits).
struct FNV {
  private var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// Takes in a text and its end.
  mutating func add(_ text: String) {
    for byte in text.utf8 { add(byte) }
    add(0)
  }

  private mutating func add(_ byte: UInt8) {
    value = (value ^ UInt64(byte)) &* 0x100_0000_01b3
  }

  /// Sixteen hexadecimal digits.
  var text: String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }
}
