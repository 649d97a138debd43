/// Keys of a table and what they do: for looking a key up, and for the help.
struct KeyEntry<Command: Sendable>: Sendable {
  var section: Keymap.Section
  var keys: [Key]
  /// As the help writes them.
  var label: String
  var what: Bilingual
  var command: Command

  init(
    _ section: Keymap.Section, _ keys: [Key], _ label: String, _ what: Bilingual,
    _ command: Command
  ) {
    (self.section, self.keys, self.label) = (section, keys, label)
    (self.what, self.command) = (what, command)
  }

  /// The commands by their keys.
  static func table(_ entries: [KeyEntry]) -> [Key: Command] {
    Dictionary(
      entries.flatMap { entry in entry.keys.map { ($0, entry.command) } },
      uniquingKeysWith: { first, _ in first })
  }

  var helpLine: HelpOverlay.KeyLine {
    HelpOverlay.KeyLine(section: section, label: label, what: what)
  }
}
