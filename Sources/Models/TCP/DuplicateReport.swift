/// Telling the peer what arrived twice (D-SACK), and reading what it tells.
///
/// The range stands in front of what came out of order, in the first acknowledgment behind it.
///
/// Source: RFC 2883, section 4.
extension Endpoint {
  /// A range arrived that was there already; out of order, several of one segment are told as one.
  ///
  /// Source: Linux `tcp_dsack_set`, `tcp_dsack_extend`.
  mutating func noteArrivedTwice(_ range: SequenceRange, extends: Bool = false) {
    guard rules.reportsDuplicates, sackOn, range.count > 0 else { return }
    guard extends else {
      duplicate = range
      return
    }
    guard let told = duplicate, told.touches(range) else {
      if duplicate == nil { duplicate = range }
      return
    }
    duplicate = told.joined(with: range)
  }

  /// Reads in an acknowledgment what has arrived twice; nil if it does not say so.
  ///
  /// It counts as arrived, and shows that something was sent again without need. More than was sent again
  /// says nothing.
  ///
  /// Source: RFC 2883, section 4; Linux `tcp_check_dsack`, `tcp_dsack_seen`, `tcp_sacktag_one`.
  mutating func readDuplicate(_ segment: Segment) -> SequenceRange? {
    guard sackOn, rules.reportsDuplicates, let range = segment.duplicate,
      range.count > 0, range.count <= maxSndWnd
    else { return nil }
    let count = (range.count + sendMss - 1) / sendMss
    let isOfProbe = count == 1 && recovery.probe?.end == range.end
    guard recovery.undo.noteDuplicate(range, count: count, below: sndUna) else { return nil }
    // What a timer sent says nothing of patience.
    if recovery.hasSeenReordering, !isOfProbe { recovery.patience.wasTooShort() }
    for index in outstanding.indices where outstanding[index].transmissions > 1 {
      let chunk = outstanding[index]
      guard range.contains(chunk.range) else { continue }
      recovery.undo.take(1, upTo: chunk.end)
      if chunk.isSacked || !chunk.isLost { outstanding[index].isResent = false }
      // What went again came before what was reported behind it.
      if chunk.isSacked { recovery.noteLate() }
    }
    recovery.noteArrivedTwice(count)
    return range
  }
}

extension Segment {
  /// What the peer reports to have got twice; nil if nothing.
  ///
  /// Source: RFC 2883, section 4; Linux `tcp_check_dsack`.
  var duplicate: SequenceRange? {
    guard let first = sack.first else { return nil }
    if first.start.isBefore(ack) { return first }
    return sack.count > 1 && sack[1].contains(first) ? first : nil
  }
}
