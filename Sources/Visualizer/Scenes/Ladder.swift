import Models

/// A connection as a ladder, time running down: whatever it was made from, a model's run or a packet
/// capture, it is drawn the same way.
///
/// What cannot be known is nil, and drawn as `?`.
struct Ladder {
  /// What is known of an end's state.
  struct State: Equatable {
    var possible: PossibleStates
    /// Whether it hangs on a segment of which nothing shows that it arrived.
    var isPresumed = false
    /// Whether it is entered in the present step.
    var isEntered = false
    /// Whether a script plays the end, which then has no state.
    var isScripted = false

    init(_ state: ConnectionState) { possible = PossibleStates(state) }

    init(_ endpoint: Endpoint) {
      (possible, isScripted) = (PossibleStates(endpoint.state), endpoint.isScripted)
    }

    init(_ end: WireEnd) { (possible, isPresumed) = (end.states, end.isPresumed) }

    /// The state's name, with `?` where it is presumed; `?` alone where it is not known.
    func text(_ language: Language) -> String {
      if isScripted { return Bilingual("script", "脚本")[language] }
      return possible.description + (isPresumed && possible.known != nil ? "?" : "")
    }
  }

  struct Row {
    /// When it happened, in microseconds; for a segment, when it was sent.
    var time: Microseconds
    /// The states entered, by side.
    var client: State?
    var server: State?
    /// The segment that leaves in this row.
    var sent: Int?
    /// The segments that arrive in this row.
    var arrived: [Int] = []
    /// When they do.
    var arrivalTime: Microseconds?
    /// A long wait in place of a row, in microseconds.
    var wait: Microseconds?
  }

  /// A segment on the ladder.
  struct Arrow {
    var segment: LadderSegment
    var sentRow: Int
    /// The row of its arrival; nil while it has not arrived.
    var arrivalRow: Int?
    /// How far it has come, from 0 to 1.
    var reached = 0.0
    var isUnderWay = false
    /// Whether it takes one row, even while it is under way.
    var isStraight = false

    /// Whether it goes no further: lost, or held back by the wire.
    var isStopped: Bool { segment.isLost || arrivalRow == nil && !isUnderWay }
  }

  /// Who the ends are, for the box around the ladder.
  var title = Bilingual("", "")
  /// Which connection of its run or capture it is.
  var connection = 0
  var rows: [Row] = []
  var arrows: [Arrow] = []
  /// How many rows there are above these; nil where they were not counted.
  var rowsAbove: Int? = 0
  /// The present states.
  var client = State(.closed)
  var server = State(.closed)
  /// The number of the segment that the step is about.
  var focus: Int?
  /// Columns for the packets' numbers; 0 where they have none.
  var numberColumns = 0
  /// Columns for the time, a blank behind it included.
  var timeColumns = 8
  /// Whether times are written to the microsecond rather than to the millisecond.
  var isFine = false
  /// What a viewer has to know of the signs in it.
  var legend: Bilingual?

  /// The row in which an arrow ends: below all the others while its segment is under way.
  func lastRow(of arrow: Arrow) -> Int {
    if arrow.isStopped { return arrow.sentRow }
    if let row = arrow.arrivalRow { return row }
    return arrow.isStraight || arrow.sentRow == rows.count - 1 ? arrow.sentRow : rows.count
  }

  /// Waits of at least this long are folded, in microseconds.
  static let longWait = 1_500_000

  /// A time in seconds.
  func clock(_ time: Microseconds) -> String {
    isFine ? CaptureWords.seconds(time * 1000) : ClockText.seconds(time / 1000)
  }

  /// A duration in a unit that suits it.
  static func duration(_ time: Microseconds) -> String {
    if time < 1000 { return "\(time) us" }
    if time < 1_000_000 { return "\(decimals(time, 1000)) ms" }
    if time < 120_000_000 { return "\(decimals(time, 1_000_000)) s" }
    if time < 7_200_000_000 { return "\(decimals(time, 60_000_000)) min" }
    return "\(decimals(time, 3_600_000_000)) h"
  }

  private static func decimals(_ value: Int, _ unit: Int) -> String {
    let tenths = (value * 10 + unit / 2) / unit
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }
}

/// A segment as a ladder shows it.
struct LadderSegment {
  /// Its index in the model's log, or the packet's number in the capture.
  var number: Int
  var sender: Side
  var flags: SegmentFlags
  var seq: SequenceNumber
  var ack: SequenceNumber
  /// SEG.SEQ counted from the sender's ISN.
  var relativeSeq: UInt32?
  /// SEG.ACK counted from the receiver's ISN; nil without ACK too.
  var relativeAck: UInt32?
  var payloadLength: Int
  var window: Int
  var sentAt: Microseconds
  var arrivedAt: Microseconds?
  var isRetransmission = false
  var isLost = false
  var isHeld = false
  /// Whether no endpoint that follows the RFC would have sent it.
  var isWrong = false
  /// What else there is to say of it.
  var note: Bilingual?

  /// SEG.LEN: the sequence numbers that it occupies.
  var length: Int {
    payloadLength + (flags.contains(.syn) ? 1 : 0) + (flags.contains(.fin) ? 1 : 0)
  }

  init(_ record: SegmentRecord) {
    let segment = record.segment
    (number, sender) = (record.index, record.sender.side)
    (flags, seq, ack) = (segment.flags, segment.seq, segment.ack)
    (relativeSeq, relativeAck) = (record.relativeSeq, record.relativeAck)
    (payloadLength, window) = (segment.payloadLength, segment.window)
    (sentAt, arrivedAt) = (record.sentAt, record.arrivedAt)
    (isLost, isHeld) = (record.isLost, record.isHeld)
    isRetransmission = record.isRetransmission
  }

  init(_ row: CaptureLadder.Row, start: Int) {
    let segment = row.segment
    (number, sender) = (segment.packet, segment.sender)
    (flags, seq, ack) = (segment.flags, segment.seq, segment.ack)
    (relativeSeq, relativeAck) = (row.relativeSeq, row.relativeAck)
    (payloadLength, window) = (Int(segment.payloadLength), Int(segment.window))
    sentAt = (segment.time - start) / 1000
    isRetransmission = row.isRetransmission
  }

  /// Flags, numbers and bytes in as many words as there is room for.
  func text(columns: Int, _ language: Language) -> String {
    let seqText = "seq " + (relativeSeq.map { "\($0)" } ?? "\(seq)")
    let ackText =
      flags.contains(.ack) ? "ack " + (relativeAck.map { "\($0)" } ?? "\(ack)") : ""
    let hasBytesOnly = flags.subtracting(.psh) == .ack && payloadLength > 0
    var what = hasBytesOnly ? "" : flags.description
    if payloadLength > 0 {
      what += (what.isEmpty ? "" : " ") + TCPWords.bytes(payloadLength, language)
    }
    let isBareAck = !hasBytesOnly && length == 0 && flags.contains(.ack) && !flags.contains(.rst)
    for parts in [[what, seqText, ackText], isBareAck ? [what, ackText] : [what, seqText]] {
      let text = parts.filter { !$0.isEmpty }.joined(separator: "  ")
      if GlyphWidth.of(text) <= columns { return text }
    }
    return TextLayout.fit(what, columns: max(3, columns))
  }
}

/// What a segment's ACK told its receiver for the first time.
struct Acknowledged {
  var hasSyn = false
  var hasFin = false
  var bytes = 0

  /// How many segments before it are looked at.
  static let lookback = 400

  /// What is acknowledged by a segment, from the segments of the connection before it, the latest
  /// first; nil where the earlier ones do not tell.
  init?(_ segment: LadderSegment, before: some Sequence<LadderSegment>) {
    guard segment.flags.contains(.ack), !segment.flags.contains(.rst) else { return nil }
    var former: SequenceNumber?
    var sent: [LadderSegment] = []
    for earlier in before {
      if earlier.sender == segment.sender {
        guard former == nil, !earlier.isLost, earlier.flags.contains(.ack),
          !earlier.flags.contains(.rst)
        else { continue }
        former = earlier.ack
      } else {
        sent.append(earlier)
        if earlier.flags.contains(.syn) { break }
      }
    }
    let syn = sent.last { $0.flags.contains(.syn) }
    guard let start = former ?? syn?.seq, start.isAtOrBefore(segment.ack) else { return nil }
    bytes = SequenceRange(start, segment.ack).count
    if let syn, start.isAtOrBefore(syn.seq), segment.ack.isAfter(syn.seq) { hasSyn = true }
    let fin = sent.first { $0.flags.contains(.fin) }.map { $0.seq + ($0.length - 1) }
    if let fin, start.isAtOrBefore(fin), segment.ack.isAfter(fin) { hasFin = true }
    bytes -= (hasSyn ? 1 : 0) + (hasFin ? 1 : 0)
    bytes = max(0, bytes)
  }

  var text: Bilingual {
    var en: [String] = []
    var zh: [String] = []
    if hasSyn {
      en.append("SYN")
      zh.append("SYN")
    }
    if bytes > 0 {
      en.append(bytes == 1 ? "1 byte" : "\(bytes) bytes")
      zh.append("\(bytes) 字节")
    }
    if hasFin {
      en.append("FIN")
      zh.append("FIN")
    }
    return en.isEmpty
      ? Bilingual("nothing new", "无新内容")
      : Bilingual(en.joined(separator: " and "), zh.joined(separator: " 和 "))
  }
}
