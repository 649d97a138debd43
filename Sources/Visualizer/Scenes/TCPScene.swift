import Models

/// Draws a moment of TCP: the ladder of segments between both ends, the segment in focus taken
/// apart, and both ends' variables and timers.
struct TCPScene {
  let moment: Moment<TCPNetwork>
  let progress: Double
  let stage: Rect
  let look: Look

  /// An arrival is drawn when the segment has come all the way.
  private var shown: TCPNetwork {
    guard progress < 1, case .segmentArrived = moment.event else { return moment.after }
    return moment.before
  }

  /// The time on the screen: it runs from the last step's to this one's.
  private var now: Microseconds {
    let (start, end) = (moment.before.now, moment.after.now)
    return start + Int(Double(end - start) * progress)
  }

  func draw(_ canvas: inout Canvas) {
    let network = shown
    guard !network.connections.isEmpty else {
      let text = Bilingual("no connection yet", "还没有连接")[look.language]
      canvas.put(text, stage.x + 2, stage.y + 1, .dim)
      return
    }
    let connection = shownConnection(network)
    switch view {
    case .connections: drawTable(network, &canvas)
    case .states: drawStates(network, connection, &canvas)
    case .ladder: drawLadder(network, connection, &canvas)
    }
  }

  // MARK: - Views

  private enum View: Int { case ladder, states, connections }

  /// The names of the views.
  static let views = [
    Bilingual("ladder", "时序图"), Bilingual("states", "状态图"), Bilingual("table", "连接表"),
  ]

  /// From so many connections on the table comes first.
  private static let manyConnections = 8

  private var view: View {
    if let view = look.view.flatMap(View.init) { return view }
    let isMany = moment.after.connections.count > Self.manyConnections
    return isMany && look.opened == nil ? .connections : .ladder
  }

  /// The connection under the cursor of the table; nil where it is not shown.
  var selection: Int? {
    guard view == .connections else { return nil }
    let count = moment.after.connections.count
    return count == 0
      ? nil : max(0, min(count - 1, connection + look.scroll(of: ConnectionsPane.paneName)))
  }

  private func shownConnection(_ network: TCPNetwork) -> Int {
    min(look.opened ?? connection, network.connections.count - 1)
  }

  private func drawTable(_ network: TCPNetwork, _ canvas: inout Canvas) {
    let endings = TCPConnectionEndings(network)
    ConnectionsPane(
      count: network.connections.count, selection: selection ?? 0, endpointColumns: 12,
      extraHeads: TCPConnectionEndings.heads, rect: stage, look: look, line: endings.line
    ).draw(&canvas)
  }

  private func drawStates(_ network: TCPNetwork, _ connection: Int, _ canvas: inout Canvas) {
    var change: StatesPane.Change?
    if case .stateChanged(let end, let from, let to, _) = moment.event, end.connection == connection
    {
      change = StatesPane.Change(
        side: end.side, from: PossibleStates(from), to: PossibleStates(to))
    }
    let ends = network.connections[connection]
    StatesPane(
      client: Ladder.State(ends.client), server: Ladder.State(ends.server),
      hasLived: (ends.client.incarnation > 0, ends.server.incarnation > 0), change: change,
      rect: stage, look: look
    ).draw(&canvas)
  }

  private func drawLadder(_ network: TCPNetwork, _ connection: Int, _ canvas: inout Canvas) {
    let focus = self.focus(network, connection)
    let ends = network.connections[connection]
    var entering: End?
    if case .stateChanged(let end, _, _, _) = moment.event { entering = end }
    let rows = TCPLadderRows(
      network, connection: connection,
      segments: max(
        stage.height * 2 + max(0, -look.scroll(of: LadderView.ladderName)),
        // What the step is about may have been sent a whole flight ago.
        min(Self.longestFlight, network.log.count - (focus ?? network.log.count) + 8)),
      now: now,
      entering: entering)
    var ladder = Ladder()
    let many = network.connections.count > 1 ? "\(connection + 1)  " : ""
    ladder.title = Bilingual(
      "\(many)port \(ends.clientPort) to port \(ends.serverPort)",
      "\(many)端口 \(ends.clientPort) 到端口 \(ends.serverPort)")
    ladder.connection = connection
    (ladder.rows, ladder.arrows) = (rows.rows, rows.arrows)
    ladder.rowsAbove = rows.isCut ? nil : 0
    (ladder.client, ladder.server) = (
      Ladder.State(ends.client), Ladder.State(ends.server)
    )
    ladder.focus = focus
    LadderView(
      ladder: ladder, acknowledged: focus.flatMap { Acknowledged($0, in: network) },
      client: LadderEnd(network, End(connection, .client), now: now),
      server: LadderEnd(network, End(connection, .server), now: now), stage: stage, look: look,
      inspect: TCPInspector(network: network, now: now, language: look.language).inspect
    ).draw(&canvas)
  }

  /// The connection that the step is about.
  private var connection: Int {
    if let end = moment.event?.end { return end.connection }
    switch moment.operation {
    case .call(let end, _), .fate(let end, _), .inject(let end, _, _), .playByScript(let end),
      .expire(let end, _), .hasten(let end, _), .letPieceGo(let end),
      .decideTimingOtherwise(let end, _),
      .nextIss(let end, _), .clock(let end, _, _), .stamp(let end, _, _),
      .runUntilState(let end, _, _):
      return end.connection
    default:
      let log = moment.after.log
      return log.count > 0 ? log[log.count - 1].sender.connection : 0
    }
  }

  /// The segment of a connection that the step is about, or its latest.
  private func focus(_ network: TCPNetwork, _ connection: Int) -> Int? {
    func isOfConnection(_ index: Int) -> Bool {
      network.log[index].sender.connection == connection
    }
    if let index = segmentOfStep, isOfConnection(index) { return index }
    let latest = network.log.count - 1
    return stride(from: latest, to: max(-1, latest - 1000), by: -1).first(where: isOfConnection)
  }

  /// How far back a segment is looked for that the step is about.
  private static let longestFlight = 1000

  /// The segment that the step is about.
  private var segmentOfStep: Int? {
    switch moment.event {
    case .segmentSent(_, let index, _, _), .segmentLost(_, let index),
      .segmentHeld(_, let index), .segmentDuplicated(_, let index, _),
      .segmentArrived(_, let index, _):
      index
    default: nil
    }
  }
}
