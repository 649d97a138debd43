/// Which rows of a list are in sight, and how far it can be scrolled from where it would be.
struct Scrolled: Equatable {
  /// The first row in sight.
  let first: Int
  /// The scrolling, in rows, that changes what is in sight.
  let range: ClosedRange<Int>

  /// A list of so many rows in so much room that would begin with a row, and is scrolled by some.
  init(count: Int, room: Int, wanted: Int = 0, by rows: Int) {
    let last = max(0, count - room)
    let start = max(0, min(last, wanted))
    first = max(0, min(last, start + rows))
    range = -start...last - start
  }
}
