import Models

/// Which segments of a ladder go down in which lane.
///
/// A segment that leaves on one row and arrives on a later one goes down a lane in between, a column of its own
/// at the receiver's end. Nobody else gets it before its tenant has arrived, or an arrival could not be followed
/// back; so where none is free, a segment goes without.
struct LadderLanes {
  /// How many lanes there are in each direction.
  let count: Int
  /// The lane of the segment that leaves in a row.
  private var lanes: [Int?]

  /// Gives out the lanes between two ends that are so many columns apart.
  init(_ ladder: Ladder, columns: Int) {
    count = Self.count(columns: columns)
    lanes = Array(repeating: nil, count: ladder.rows.count)
    // A copy goes down the same lane as what it is a copy of.
    var tenancies: [(side: Side, number: Int, last: Int)?] = lanes.map { _ in nil }
    for arrow in ladder.arrows {
      let last = max(tenancies[arrow.sentRow]?.last ?? 0, ladder.lastRow(of: arrow))
      tenancies[arrow.sentRow] = (arrow.segment.sender, arrow.segment.number, last)
    }
    // The last row of each lane's tenant, by side.
    var taken = Side.allCases.map { _ in [Int](repeating: -1, count: count) }
    for (row, tenancy) in tenancies.enumerated() {
      guard let tenancy, tenancy.last > row else { continue }
      let side = Int(tenancy.side.rawValue)
      // Few segments keep apart by their numbers; only many need the lanes further in.
      let wanted = [tenancy.number % min(Self.usual, count)] + Array(0..<count)
      guard let lane = wanted.first(where: { taken[side][$0] < row }) else { continue }
      taken[side][lane] = tenancy.last
      lanes[row] = lane
    }
  }

  /// The lane that an arrow goes down, where it needs one and has got one.
  func lane(of arrow: Ladder.Arrow) -> Int? { lanes[arrow.sentRow] }

  /// Lanes that there are wherever they fit.
  private static let usual = 4
  /// Columns that a segment's words want beside the lanes, what leads to them included.
  private static let words = 30

  /// As many as leave room for words and for the lanes of the other direction.
  private static func count(columns: Int) -> Int {
    let fitting = (columns - 7) / 4 + 1
    return max(1, min(fitting, max(usual, (columns - words) / 2)))
  }
}
