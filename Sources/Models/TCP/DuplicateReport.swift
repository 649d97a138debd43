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
    if recovery.reordering.isSeen, !isOfProbe { recovery.patience.wasTooShort() }
    guard !isPassedOver(range, in: segment.sack) else {
      recovery.noteArrivedTwice(count)
      return range
    }
    for index in outstanding.indices where outstanding[index].transmissions > 1 {
      let chunk = outstanding[index]
      guard range.contains(chunk.range) else { continue }
      recovery.undo.take(1, upTo: chunk.end)
      if chunk.isSacked || !chunk.isLost { outstanding[index].isResent = false }
      // What went again came before what was reported behind it.
      if chunk.isSacked { recovery.reordering.noteLate(chunk.seq) }
    }
    recovery.noteArrivedTwice(count)
    return range
  }

  /// Whether what arrived twice is not looked for, as Linux joins what was reported in one piece: where this
  /// acknowledgment has filled a gap before it, the whole has been gone through.
  ///
  /// What fills the gap is joined to what was reported before it, or with it, and then to what lies behind it;
  /// it has to be as long. Where nothing lies before it nothing is joined.
  ///
  /// Source: Linux `tcp_shift_skb_data`, `tcp_sacktag_skip`.
  private func isPassedOver(_ range: SequenceRange, in ranges: [SequenceRange]) -> Bool {
    guard rules.linuxArrival,
      let block = ranges.dropFirst().first(where: { $0.contains(range) }),
      var first = outstanding.firstIndex(where: { $0.range.contains(range) }),
      outstanding[first].isSacked
    else { return false }
    while first > 0, outstanding[first - 1].isSacked { first -= 1 }
    func isReported(_ index: Int) -> Bool {
      index >= 0 && (outstanding[index].isSacked || block.contains(outstanding[index].range))
    }
    return isReported(first - 1) && isReported(first - 2)
      && outstanding[first - 1].count == outstanding[first].count
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
