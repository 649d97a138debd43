import Models

/// A ladder of segments captured from a real TCP (`tcp-ladder/1`): what applications called, what
/// went over the wire, and the states of both ends.
struct TCPLadder {
  var name: String
  var title: String
  var kernel: String
  /// 4 or 6.
  var family: Int
  var oneWayDelay: Microseconds
  /// Kernel settings by side and name.
  var settings: [Side: [String: Int]] = [:]
  /// What the kernel's congestion window follows; the file does not say, the comparison finds it out.
  var congestionControl = TCPRules.CongestionControl.cubic
  /// The range of ports that the client's system may choose from, where it was set.
  var automaticPorts: ClosedRange<Int>?
  var connections: [Connection]
  /// Where each connection stands in `connections`, by id.
  private var indices: [Int: Int] = [:]
  var paths: [(connection: Int, side: Side, states: [ConnectionState])] = []
  var measured: [Measured] = []
  var rows: [Row] = []

  struct Connection {
    var id: Int
    var clientPort: Int
    var serverPort: Int
    /// ISNs of each life in order, by side.
    var isns: [Side: [UInt32]]
  }

  /// How long an end stayed in a state.
  struct Measured {
    var connection: Int
    var side: Side
    var state: ConnectionState
    var enter: Microseconds
    var leave: Microseconds?
    var leftBy: String?
    var next: ConnectionState?
    /// What arrived in TIME_WAIT: when, and what was left on the timer right after.
    var hits: [(at: Microseconds, left: Microseconds)] = []
  }

  /// The states of both ends.
  struct States: Equatable {
    var client: ConnectionState
    var server: ConnectionState

    subscript(side: Side) -> ConnectionState { side == .client ? client : server }
  }

  /// One line of the ladder.
  struct Row {
    /// Its number in the file.
    var index: Int
    var at: Microseconds
    /// The connection's index in `connections`; nil where the row concerns none.
    var connection: Int?
    var before: States?
    var after: States?
    /// What was left on TIME_WAIT's timer after the row, by side.
    var timeWaitLeft: [Side: Microseconds] = [:]
    var kind: Kind

    enum Kind {
      case app(App)
      case send(Send)
      case receive(Receive)
      case state
    }
  }

  struct App {
    var side: Side
    var call: String
    var byteCount: Int?
    var result: JSON.Value?
    var error: String?

    /// How many bytes of a write the host took; all, unless its send buffer was full.
    var takenCount: Int {
      guard let byteCount else { return 0 }
      if case .integer(let taken) = result, taken > 0, taken < byteCount { return taken }
      return byteCount
    }
  }

  struct Receive {
    var segment: Int
    var side: Side
    /// What the row repeats of the segment.
    var flags: SegmentFlags?
    var seq: UInt32?
    var length: Int?
  }

  struct Send {
    var segment: Int
    var side: Side
    var flags: SegmentFlags
    var seq: UInt32
    var ack: UInt32?
    var relativeSeq: UInt32?
    var relativeAck: UInt32?
    var length: Int
    /// The first bytes.
    var data: [UInt8]
    var window: Int
    var mss: Int?
    var sackPermitted: Bool
    var windowShift: UInt8?
    var timestamp: TimestampOption?
    var isRetransmission: Bool
    var fate: Fate
    var cause: Cause

    enum Fate: String { case delivered, dropped, held, delayed }

    enum Cause: Equatable {
      case call(event: Int?)
      case arrival(segment: Int, event: Int?)
      case timer(String)
      case script
    }
  }
}

extension TCPLadder {
  static let schema = "tcp-ladder/1"

  /// Reads a ladder.
  init(file: String, bytes: [UInt8]) throws(InputError) {
    var reader = JSONReader(file: file, bytes: bytes)
    var header: [String: JSON] = [:]
    var rows: [(row: Row, id: JSON?)] = []
    try reader.forEachMember { (key, reader) throws(InputError) in
      guard key == "events" else {
        header[key] = try reader.readValue()
        return
      }
      try reader.forEachElement { (reader) throws(InputError) in
        let value = try reader.readValue()
        guard rows.count < Limits.rows else {
          throw reader.error(
            at: value.offset, "events: more than \(Limits.rows) events; write fewer")
        }
        let row = try Row(TraceFields(reader: reader, value: value))
        rows.append((row, value["conn"]))
      }
    }
    try reader.finish()
    let fields = TraceFields(reader: reader, members: header)
    guard try fields.string("schema") == Self.schema else {
      throw fields.error("schema", "write \"\(Self.schema)\"")
    }
    name = try fields.string("name")
    title = header["title"]?.string ?? name
    kernel = header["kernel"]?.string ?? "Linux"
    family = try fields.integer("family", or: 4, in: 4...6)
    oneWayDelay = try fields.milliseconds("one_way_delay_ms")
    connections = []
    try readConnections(fields)
    try readSettings(fields)
    try readPaths(fields)
    try readMeasured(fields)
    guard !rows.isEmpty else { throw fields.error("events", "a ladder has at least one event") }
    for (row, id) in rows {
      var row = row
      if let id, !id.isNull {
        row.connection = try connectionIndex(id, reader)
      } else if case .app = row.kind {
        row.connection = nil
      } else {
        throw reader.error(
          at: id?.offset ?? reader.offset, "event \(row.index): conn: the connection is missing")
      }
      self.rows.append(row)
    }
  }

  // MARK: What stands around the events

  private mutating func readConnections(_ fields: TraceFields) throws(InputError) {
    for value in try fields.array("connections") {
      let fields = TraceFields(reader: fields.reader, value: value)
      var isns: [Side: [UInt32]] = [.client: [], .server: []]
      let earlier = fields["incarnations"]?.array ?? []
      for life in earlier + [fields["isn"]].compactMap({ $0 }) {
        let life = TraceFields(reader: fields.reader, value: life)
        for side in Side.allCases where life[side.name]?.isNull == false {
          isns[side, default: []].append(try life.sequence(side.name))
        }
      }
      guard connections.count < Limits.connections else {
        throw fields.error(
          "id", "more than \(Limits.connections) connections; write fewer")
      }
      let id = try fields.integer("id")
      guard indices.updateValue(connections.count, forKey: id) == nil else {
        throw fields.error("id", "connection \(id) is there already")
      }
      connections.append(
        Connection(
          id: id, clientPort: try fields.integer("client_port", in: 0...65535),
          serverPort: try fields.integer("server_port", in: 0...65535), isns: isns))
    }
    guard !connections.isEmpty else {
      throw fields.error("connections", "a ladder has at least one connection")
    }
  }

  private mutating func readSettings(_ fields: TraceFields) throws(InputError) {
    guard let settings = fields["sysctl"] else { return }
    for side in Side.allCases {
      guard case .object(let members)? = settings[side.name]?.value else { continue }
      for (key, value) in members {
        if let text = value.string ?? value.integer.map(String.init) {
          let parts = text.split { $0 == " " || $0 == "\t" }.compactMap { Int($0) }
          if key == "ip_local_port_range", parts.count == 2, parts[0] <= parts[1],
            side == .client
          {
            automaticPorts = parts[0]...parts[1]
          } else if let number = parts.first {
            self.settings[side, default: [:]][key] = number
          }
        } else {
          throw fields.reader.error(at: value.offset, "\(key): write the setting as a string")
        }
      }
    }
  }

  private mutating func readPaths(_ fields: TraceFields) throws(InputError) {
    guard let value = fields["paths"] else { return }
    guard case .object(let members) = value.value else {
      throw fields.error("paths", "an object belongs here")
    }
    for (id, sides) in members {
      guard let number = Int(id), let index = indices[number] else {
        throw fields.reader.error(at: sides.offset, "paths: there is no connection \(id)")
      }
      let fields = TraceFields(reader: fields.reader, value: sides)
      for side in Side.allCases where fields[side.name] != nil {
        var states: [ConnectionState] = []
        for state in try fields.array(side.name) {
          states.append(try fields.reader.connectionState(state, side.name))
        }
        paths.append((index, side, states))
      }
    }
  }

  private mutating func readMeasured(_ fields: TraceFields) throws(InputError) {
    guard fields["measured"] != nil else { return }
    for value in try fields.array("measured") {
      let fields = TraceFields(reader: fields.reader, value: value)
      var item = Measured(
        connection: try connectionIndex(fields["conn"], fields.reader),
        side: try fields.side("side"),
        state: try fields.state("state"), enter: try fields.seconds("enter"))
      item.leave = fields["leave"]?.isNull == false ? try fields.seconds("leave") : nil
      item.leftBy = fields["left_by"]?.string
      item.next = fields["to"]?.isNull == false ? try fields.state("to") : nil
      for hit in fields["hits"]?.array ?? [] {
        let hit = TraceFields(reader: fields.reader, value: hit)
        guard hit["expires_ms_after"]?.isNull == false else { continue }
        item.hits.append((try hit.seconds("t"), try hit.milliseconds("expires_ms_after")))
      }
      measured.append(item)
    }
  }

  private func connectionIndex(
    _ id: JSON?, _ reader: JSONReader
  ) throws(InputError) -> Int {
    guard let number = id?.integer, let index = indices[number] else {
      throw reader.error(
        at: id?.offset ?? reader.offset, "conn: write the id of one of the connections")
    }
    return index
  }
}
