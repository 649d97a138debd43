import Models

/// Makes a ladder from what the network's logs hold.
///
/// A segment takes one row, unless another one crosses or overtakes it: then it leaves on one row and
/// arrives on a later one, so that crossing segments cross on the screen.
struct TCPLadderRows {
  private(set) var rows: [Ladder.Row] = []
  private(set) var arrows: [Ladder.Arrow] = []
  /// Whether there are segments before these.
  private(set) var isCut = false

  /// The segments that take one row, by number.
  private var straight: Set<Int> = []

  /// How far back in the log a connection's segments are looked for.
  private static let lookback = 20_000

  /// Builds the latest rows of a connection, from at most so many segments.
  ///
  /// `now` is the time that is shown; between two steps it runs.
  init(
    _ network: TCPNetwork, connection: Int, segments limit: Int, now: Microseconds,
    entering end: End? = nil
  ) {
    var records: [SegmentRecord] = []
    var index = network.log.count - 1
    let oldest = max(0, network.log.count - Self.lookback)
    while index >= oldest, records.count < limit {
      if network.log[index].sender.connection == connection { records.append(network.log[index]) }
      index -= 1
    }
    records.reverse()
    isCut = index >= 0 && records.count == limit || oldest > 0
    let underWay = Dictionary(
      network.wire.map { ($0.index, $0.arrivesAt) }, uniquingKeysWith: { first, _ in first })
    let arrivals = records.map { $0.arrivedAt ?? underWay[$0.index] }
    for position in records.indices where Self.isStraight(position, records, arrivals) {
      straight.insert(records[position].index)
    }
    let start = isCut ? records.first?.sentAt ?? 0 : 0
    let happenings = Self.happenings(records, network, connection, since: start)
    for (position, happening) in happenings.enumerated() {
      let before = position == 0 ? happening.time : happenings[position - 1].time
      if happening.time - before >= Ladder.longWait {
        rows.append(Ladder.Row(time: happening.time, wait: happening.time - before))
      }
      add(happening)
    }
    if let last = happenings.last, now - last.time >= Ladder.longWait {
      rows.append(Ladder.Row(time: now, wait: now - last.time))
    }
    for position in arrows.indices { arrows[position].reached = Self.rest(arrows[position]) }
    for flight in network.wire.reversed() { show(flight, now) }
    if let end, end.connection == connection { light(end.side) }
  }

  /// Behind how many others of a flight a segment gets a row for its arrival.
  private static let longestStraight = 12

  /// Whether nothing crosses a segment before it is half way, and nothing overtakes it.
  private static func isStraight(
    _ position: Int, _ records: [SegmentRecord], _ arrivals: [Microseconds?]
  ) -> Bool {
    let segment = records[position]
    guard let arrival = arrivals[position],
      arrival - segment.sentAt < Ladder.longWait, segment.lastArrivedAt == segment.arrivedAt
    else { return false }
    for index in (position + 1)..<records.count {
      let later = records[index]
      guard later.sentAt < arrival else { break }
      // So far above what goes on meanwhile nobody would see it arrive.
      if index - position > Self.longestStraight { return false }
      if later.sender != segment.sender {
        if later.sentAt < (segment.sentAt + arrival) / 2 { return false }
      } else if let other = arrivals[index], other < arrival {
        return false
      }
    }
    for index in max(0, position - 64)..<position where records[index].sender != segment.sender {
      guard let other = arrivals[index] else { continue }
      if segment.sentAt < (records[index].sentAt + other) / 2 { return false }
    }
    return true
  }

  /// Where an arrow ends that is not under way.
  private static func rest(_ arrow: Ladder.Arrow) -> Double {
    if arrow.segment.isLost { return 0.1 }
    if arrow.arrivalRow != nil { return 1 }
    return arrow.segment.isHeld ? 0.62 : 0
  }

  /// Lets an arrow come as far as the time says; a copy that follows has an arrow of its own.
  private mutating func show(_ flight: TCPNetwork.InFlight, _ now: Microseconds) {
    guard let first = arrows.firstIndex(where: { $0.segment.number == flight.index }) else {
      return
    }
    let whole = max(1, flight.arrivesAt - flight.departedAt)
    var reached = min(1, max(0, Double(now - flight.departedAt) / Double(whole)))
    // What set out long after it was sent has waited on the way.
    if flight.departedAt > arrows[first].segment.sentAt { reached = 0.7 + 0.3 * reached }
    if arrows[first].arrivalRow == nil, !arrows[first].isUnderWay {
      (arrows[first].isUnderWay, arrows[first].reached) = (true, reached)
    } else {
      var copy = arrows[first]
      (copy.arrivalRow, copy.isUnderWay, copy.reached) = (nil, true, reached)
      arrows.append(copy)
    }
  }

  /// Marks the state that an end has just entered.
  private mutating func light(_ side: Side) {
    let place = rows.lastIndex { side == .client ? $0.client != nil : $0.server != nil }
    guard let place else { return }
    if side == .client {
      rows[place].client?.isEntered = true
    } else {
      rows[place].server?.isEntered = true
    }
  }

  private enum What {
    case arrival(SegmentRecord)
    case state(StateRecord)
    case sending(SegmentRecord)
  }

  private struct Happening {
    var time: Microseconds
    /// Arrivals, then what they change, then what is sent because of them, then what a FIN changes.
    var rank: Int
    var order: Int
    var what: What
  }

  private static func happenings(
    _ records: [SegmentRecord], _ network: TCPNetwork, _ connection: Int, since start: Microseconds
  ) -> [Happening] {
    var happenings: [Happening] = []
    for record in records {
      happenings.append(
        Happening(time: record.sentAt, rank: 2, order: record.index, what: .sending(record)))
      if let at = record.arrivedAt {
        happenings.append(
          Happening(time: at, rank: 0, order: record.index, what: .arrival(record)))
      }
      if let last = record.lastArrivedAt, last != record.arrivedAt {
        happenings.append(
          Happening(time: last, rank: 0, order: record.index, what: .arrival(record)))
      }
    }
    var index = network.stateLog.count - 1
    while index >= 0, network.stateLog[index].at >= start {
      let record = network.stateLog[index]
      if record.end.connection == connection {
        let isOfFin = records.contains { leavesWithFin($0, record) }
        happenings.append(
          Happening(time: record.at, rank: isOfFin ? 3 : 1, order: index, what: .state(record)))
      }
      index -= 1
    }
    return happenings.sorted {
      ($0.time, $0.rank, $0.order) < ($1.time, $1.rank, $1.order)
    }
  }

  /// Whether a state is that of an end which sends its FIN at this moment.
  private static func leavesWithFin(_ segment: SegmentRecord, _ state: StateRecord) -> Bool {
    (state.to == .finWait1 || state.to == .lastAck) && segment.sender == state.end
      && segment.sentAt == state.at && isFirstFin(segment)
  }

  private static func isFirstFin(_ record: SegmentRecord) -> Bool {
    record.segment.flags.contains(.fin) && !record.isRetransmission
  }

  private mutating func add(_ happening: Happening) {
    switch happening.what {
    case .sending(let record):
      // What the same call or arrival has just changed belongs to this row; a FIN brings a change of
      // its own.
      if !Self.isFirstFin(record), let last = rows.last, last.sent == nil, last.arrived.isEmpty,
        last.wait == nil,
        last.time == happening.time, hasChange(last, of: record.sender.side)
      {
        rows[rows.count - 1].sent = record.index
      } else {
        rows.append(Ladder.Row(time: happening.time, sent: record.index))
      }
      arrows.append(
        Ladder.Arrow(
          segment: LadderSegment(record), sentRow: rows.count - 1,
          isStraight: straight.contains(record.index)))
    case .arrival(let record):
      guard let arrow = arrows.firstIndex(where: { $0.segment.number == record.index }) else {
        return
      }
      var row = arrows[arrow].sentRow
      if !arrows[arrow].isStraight, row != rows.count - 1 {
        rows.append(Ladder.Row(time: happening.time))
        row = rows.count - 1
      }
      rows[row].arrived.append(record.index)
      rows[row].arrivalTime = happening.time
      if arrows[arrow].arrivalRow != nil { arrows.append(arrows[arrow]) }
      let place = arrows[arrow].arrivalRow == nil ? arrow : arrows.count - 1
      arrows[place].arrivalRow = row
    case .state(let record): add(record)
    }
  }

  private func hasChange(_ row: Ladder.Row, of side: Side) -> Bool {
    (side == .client ? row.client : row.server) != nil
  }

  private mutating func add(_ record: StateRecord) {
    let side = record.end.side
    var target: Int?
    for index in rows.indices.suffix(64).reversed() {
      let row = rows[index]
      let arrivesHere =
        row.arrivalTime == record.at
        && row.arrived.contains { arrived in
          arrows.contains { $0.segment.number == arrived && $0.segment.sender == side.peer }
        }
      let leavesHere =
        row.time == record.at
        && row.sent.map { sent in
          arrows.contains { $0.segment.number == sent && $0.segment.sender == side }
        } ?? false
      if arrivesHere || leavesHere {
        target = index
        break
      }
    }
    if target == nil {
      rows.append(Ladder.Row(time: record.at))
      target = rows.count - 1
    }
    guard let target else { return }
    if side == .client {
      rows[target].client = Ladder.State(record.to)
    } else {
      rows[target].server = Ladder.State(record.to)
    }
  }
}
