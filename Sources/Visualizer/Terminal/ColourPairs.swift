internal import CNcurses

/// The pairs of colours that curses was told of: it draws with numbered pairs, not with colours.
struct ColourPairs {
  private var known: [Int: Int16] = [:]

  /// So many are made at most; a photograph in a recording must not make thousands.
  private static let limit = 4_000

  /// The pair of a foreground and a ground, -1 for the terminal's own; once no more can be made, that
  /// of the terminal's own colours.
  mutating func pair(_ foreground: Int, _ ground: Int) -> Int16 {
    if foreground < 0, ground < 0 { return 0 }
    let key = (foreground + 1) << 16 | (ground + 1)
    if let pair = known[key] { return pair }
    let next = Int16(known.count + 1)
    guard known.count < Self.limit, init_pair(next, Int16(foreground), Int16(ground)) == OK else {
      return 0
    }
    known[key] = next
    return next
  }
}
