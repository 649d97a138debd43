import Models

/// What the clocks of timestamps read between two of their milliseconds, as far as a capture tells.
///
/// What an arrival makes a host send is stamped just behind it: so many of these leave little room for when
/// a millisecond begins, and by that an echo's age comes out as the host had it. What is seen of other
/// segments is later than their stamps, or, where a host paces, earlier.
struct TCPLadderClocks {
  /// How far a clock is ahead of the capture's: by each stamp at least, by those behind arrivals at most.
  private struct Lead {
    var least = Int.min
    var most = Int.max

    /// Nil where nothing is known, or not even the second is the same.
    var likeliest: Int? { most != .max && least - 1_000_000 <= most ? most : nil }
  }

  private var leads: [End: Lead] = [:]

  init(_ ladder: TCPLadder) {
    var times: [Int: Microseconds] = [:]
    var sides: [Side: Lead] = [:]
    for (row, time) in zip(ladder.rows, ladder.rowTimes) {
      times[row.index] = time
      guard case .send(let send) = row.kind, send.cause != .script,
        let stamp = send.timestamp?.value, let connection = row.connection
      else { continue }
      var began: Microseconds?
      if case .arrival = send.cause { began = send.cause.event.flatMap { times[$0] } }
      func narrow(_ lead: inout Lead) {
        lead.least = max(lead.least, Int(stamp) * 1000 - time)
        if let began { lead.most = min(lead.most, Int(stamp) * 1000 + 999 - began) }
      }
      narrow(&leads[End(connection, send.side), default: Lead()])
      narrow(&sides[send.side, default: Lead()])
    }
    // Many hosts have one clock for all connections to the same peer.
    for end in leads.keys {
      if let side = sides[end.side], side.likeliest != nil { leads[end] = side }
    }
  }

  /// How far a clock is ahead of the capture's, in microseconds; nil where that is not known.
  func lead(of end: End) -> Microseconds? { leads[end]?.likeliest }
}
