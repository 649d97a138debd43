/// A search for a text through the pictures of a recording, on or back, and around the ends.
///
/// It runs in slices, so that a long recording does not keep the viewer waiting for the next key.
/// Upper and lower case are the same.
struct ReplaySearch {
  private let wanted: [UInt32]
  private let origin: Int
  private let isForward: Bool
  /// Pictures that have been looked through, in the direction of the search.
  private var done = 0

  /// What a slice has led to.
  enum Result: Equatable {
    case hit(Int)
    case nothing
    case searching
  }

  /// A search for the next picture behind one, or the last before it; from -1 on the first counts.
  init(_ text: String, from index: Int, forward: Bool) {
    wanted = RowText.folded(text)
    origin = index
    isForward = forward
  }

  private static let sliceLength = 256

  /// Looks through the next slice.
  mutating func advance(in replay: Replay) -> Result {
    let count = replay.count
    guard !wanted.isEmpty, done < count else { return .nothing }
    let length = min(Self.sliceLength, count - done)
    for range in ranges(done + 1, length, count) {
      if let hit = replay.hit(wanted, in: range, first: isForward) { return .hit(hit) }
    }
    done += length
    return done < count ? .searching : .nothing
  }

  /// The pictures so far from the origin, as ranges in the order in which they are looked through;
  /// two where the slice goes around an end.
  private func ranges(_ first: Int, _ length: Int, _ count: Int) -> [Range<Int>] {
    let start = isForward ? origin + first : origin - first - length + 1
    let low = (start % count + count) % count
    guard low + length > count else { return [low..<low + length] }
    let parts = [low..<count, 0..<low + length - count]
    return isForward ? parts : parts.reversed()
  }
}
