import Models

/// The rows of a ladder, made from what the network's logs hold: time runs down.
///
/// A segment that arrives before anything else happens takes one row; others leave on one row and
/// arrive on a later one, so that crossing segments cross on the screen.
struct TCPLadderRows {
  struct Row {
    /// When it happened, in microseconds; for a segment, when it was sent.
    var time: Microseconds
    /// The states entered, by side.
    var client: ConnectionState?
    var server: ConnectionState?
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
    var record: SegmentRecord
    var sentRow: Int
    /// The row of its arrival; nil while it has not arrived.
    var arrivalRow: Int?
    /// When it will arrive, and since when it is under way; nil where that is not so.
    var flight: (departed: Microseconds, arrives: Microseconds)?
  }

  private(set) var rows: [Row] = []
  private(set) var arrows: [Arrow] = []

  /// Waits longer than this are folded, in microseconds.
  static let longWait = 1_500_000

  /// Builds the latest rows of a connection, from at most so many segments.
  init(_ network: TCPNetwork, connection: Int, segments limit: Int) {
    var records: [SegmentRecord] = []
    var index = network.log.count - 1
    var looked = 0
    while index >= 0, records.count < limit, looked < 20_000 {
      if network.log[index].sender.connection == connection { records.append(network.log[index]) }
      index -= 1
      looked += 1
    }
    records.reverse()
    let start = records.count < limit ? 0 : records[0].sentAt
    let happenings = Self.happenings(records, network, connection, since: start)
    for (position, happening) in happenings.enumerated() {
      let before = position == 0 ? happening.time : happenings[position - 1].time
      if happening.time - before >= Self.longWait {
        rows.append(Row(time: happening.time, wait: happening.time - before))
      }
      add(happening)
    }
    if let last = happenings.last, network.now - last.time >= Self.longWait {
      rows.append(Row(time: network.now, wait: network.now - last.time))
    }
    for flight in network.wire {
      for position in arrows.indices where arrows[position].record.index == flight.index {
        arrows[position].flight = (flight.departedAt, flight.arrivesAt)
      }
    }
  }

  private enum What {
    case arrival(SegmentRecord)
    case state(StateRecord)
    case sending(SegmentRecord)
  }

  private struct Happening {
    var time: Microseconds
    /// Arrivals, then what they change, then what is sent because of them.
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
        happenings.append(
          Happening(time: record.at, rank: 1, order: index, what: .state(record)))
      }
      index -= 1
    }
    return happenings.sorted {
      ($0.time, $0.rank, $0.order) < ($1.time, $1.rank, $1.order)
    }
  }

  private mutating func add(_ happening: Happening) {
    switch happening.what {
    case .sending(let record):
      // What the same call or arrival has just changed belongs to this row.
      if let last = rows.last, last.sent == nil, last.arrived.isEmpty, last.wait == nil,
        last.time == happening.time, hasChange(last, of: record.sender.side)
      {
        rows[rows.count - 1].sent = record.index
      } else {
        rows.append(Row(time: happening.time, sent: record.index))
      }
      arrows.append(Arrow(record: record, sentRow: rows.count - 1))
    case .arrival(let record):
      guard let arrow = arrows.firstIndex(where: { $0.record.index == record.index }) else {
        return
      }
      let isNext = arrows[arrow].sentRow == rows.count - 1
      if !isNext { rows.append(Row(time: happening.time)) }
      rows[rows.count - 1].arrived.append(record.index)
      rows[rows.count - 1].arrivalTime = happening.time
      arrows[arrow].arrivalRow = rows.count - 1
    case .state(let record): add(record)
    }
  }

  private func hasChange(_ row: Row, of side: Side) -> Bool {
    (side == .client ? row.client : row.server) != nil
  }

  private mutating func add(_ record: StateRecord) {
    let side = record.end.side
    var target: Int?
    for index in rows.indices.suffix(4).reversed() {
      let row = rows[index]
      let arrivesHere =
        row.arrivalTime == record.at
        && row.arrived.contains { arrived in
          arrows.contains { $0.record.index == arrived && $0.record.sender.side == side.peer }
        }
      let leavesHere =
        row.time == record.at
        && row.sent.map { sent in
          arrows.contains { $0.record.index == sent && $0.record.sender.side == side }
        } ?? false
      if arrivesHere || leavesHere {
        target = index
        break
      }
    }
    if target == nil {
      rows.append(Row(time: record.at))
      target = rows.count - 1
    }
    guard let target else { return }
    if side == .client {
      rows[target].client = record.to
    } else {
      rows[target].server = record.to
    }
  }
}
