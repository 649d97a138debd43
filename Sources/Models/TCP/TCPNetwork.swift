/// Two hosts, any number of connections between them, and the wire, in virtual time.
///
/// Things happen at points in time: a call of a user when the script makes it, an arrival when the
/// wire says so, a timer when it runs out. Between them time jumps. At the same time arrivals come
/// before timers, and both in the order in which they were set up, so that a script always gives
/// the same run.
///
/// The wire delays, loses, duplicates, holds and reorders as the script tells it, segment by
/// segment; left alone it delivers everything after the same delay. The log keeps every segment and
/// every change of state, from which a ladder can be drawn without replaying the events.
///
/// Source: RFC 9293; see `Endpoint` for what is left out.
public struct TCPNetwork: Model {
  /// See `Model`.
  public typealias Operation = TCPOperation
  /// See `Model`.
  public typealias Event = TCPEvent

  /// A segment on its way.
  public struct InFlight: Sendable, Equatable {
    /// When it arrives.
    public var arrivesAt: Microseconds
    /// When it set out; for a late copy, when that was put on its way.
    public var departedAt: Microseconds
    /// Its index in the log.
    public var index: Int
    /// Its rank among those of the same time.
    var rank: Int
  }

  /// A connection's addresses and its two ends.
  public struct Connection: Sendable {
    /// The client's port.
    public var clientPort: Int
    /// The server's port.
    public var serverPort: Int
    /// The end at the client.
    public internal(set) var client: Endpoint
    /// The end at the server.
    public internal(set) var server: Endpoint
    /// The ISN of each end's present life as it appeared on the wire.
    var wireIss: (client: SequenceNumber?, server: SequenceNumber?) = (nil, nil)
    /// Fates told and not yet used.
    var fates: (client: ArraySlice<Fate>, server: ArraySlice<Fate>) = ([], [])

    /// The end at a side.
    public internal(set) subscript(side: Side) -> Endpoint {
      get { side == .client ? client : server }
      set { if side == .client { client = newValue } else { server = newValue } }
    }

    /// The ISN of a side's present life as it appeared on the wire; nil before its first SYN.
    public func iss(of side: Side) -> SequenceNumber? {
      side == .client ? wireIss.client : wireIss.server
    }
  }

  /// The time.
  public internal(set) var now: Microseconds = 0
  /// What the client's host does.
  public let clientRules: TCPRules
  /// What the server's host does.
  public let serverRules: TCPRules
  /// The connections, in the order in which they were added.
  public internal(set) var connections: [Connection] = []
  /// Every segment that was sent, in order.
  public internal(set) var log = ChunkedArray<SegmentRecord>()
  /// Every change of state, in order.
  public internal(set) var stateLog = ChunkedArray<StateRecord>()
  /// What is on the wire, the next to arrive last.
  public internal(set) var wire: [InFlight] = []
  /// The wire's delay by sender.
  public internal(set) var delay: (client: Microseconds, server: Microseconds)
  /// Ports on which the server listens, besides those of connections.
  var listeningPorts: [(side: Side, port: Int)] = []
  /// How coarse the hosts' timers are.
  public let timerLateness: TimerLateness

  /// The timer of each end that runs out first: two for each connection, the client's first.
  var dueTimers = DueTimers()
  var rank = 0
  let seed: UInt64

  /// How coarse hosts' timers are.
  public enum TimerLateness: Sendable, Equatable {
    /// Timers run out on time.
    case none
    /// Timers run out late, as far as a wheel of 4 ms ticks allows, unless `expire` fires them.
    /// Source: Linux `kernel/time/timer.c`, the wheel's levels.
    case kernelWheel

    /// How late a timer of a duration may be, at most.
    public func limit(for duration: Microseconds) -> Microseconds {
      guard self == .kernelWheel else { return 0 }
      var granularity = RunningTimer.tick
      var reach = 256_000
      while duration >= reach, reach < 1_000_000_000_000 {
        granularity *= 8
        reach *= 8
      }
      return granularity + duration / 64 + 30_000
    }
  }

  /// A network without connections; the seed decides the hosts' secrets.
  public init(
    client: TCPRules, server: TCPRules, delay: Microseconds = 10_000, seed: UInt64 = 0,
    timerLateness: TimerLateness = .none
  ) {
    self.timerLateness = timerLateness
    clientRules = client
    serverRules = server
    self.delay = (delay, delay)
    self.seed = seed
  }

  // MARK: What can be asked

  /// One end of a connection; the connection must exist.
  public subscript(end: End) -> Endpoint { connections[end.connection][end.side] }

  /// The rules of a side's host.
  public func rules(of side: Side) -> TCPRules { side == .client ? clientRules : serverRules }

  /// Whether a connection of that index exists.
  public func exists(_ end: End) -> Bool { connections.indices.contains(end.connection) }

  /// When the next thing happens; nil if nothing is under way.
  public var nextDue: Microseconds? {
    let arrival = wire.last?.arrivesAt
    guard let timer = nextTimer?.due else { return arrival }
    return min(arrival ?? timer, timer)
  }

  /// See `Model`: the logs' chunks that can still change, and the ends.
  public var footprint: Int {
    let logs =
      (log.count / 64 + stateLog.count / 64) * 8
      + 128 * (MemoryLayout<SegmentRecord>.stride + MemoryLayout<StateRecord>.stride)
    let ends = connections.reduce(0) { sum, connection in
      sum + MemoryLayout<Connection>.stride
        + (connection.client.arrayCount + connection.server.arrayCount) * 64
    }
    return logs + ends + wire.count * MemoryLayout<InFlight>.stride + 512
  }

  // MARK: Operations

  /// Performs an operation; see `TCPOperation`.
  ///
  /// Ends that do not exist are left alone.
  public mutating func perform(_ operation: TCPOperation, observer: Observer?) {
    switch operation {
    case .addConnection(let clientPort, let serverPort):
      addConnection(clientPort, serverPort, observer)
    case .call(let end, let call):
      if exists(end) { perform(call, at: end, observer) }
    case .run(let duration): run(until: now + max(0, duration), observer)
    case .runUntil(let time): run(until: time, observer)
    case .runUntilState(let end, let state, let limit):
      let last = now + max(0, limit)
      while exists(end), self[end].state != state, let due = nextDue, due <= last {
        happen(observer)
      }
    case .runUntilQuiet(let limit):
      let last = now + max(0, limit)
      while let due = nextDue, due <= last { happen(observer) }
    case .wireDelay(let side, let delay):
      setDelay(max(0, delay), from: side)
    case .fate(let end, let fate):
      if exists(end) { connections[end.connection].appendFate(fate, end.side) }
    case .forgetFates:
      for index in connections.indices { connections[index].fates = ([], []) }
    case .nextIss(let end, let number):
      if exists(end) { connections[end.connection][end.side].nextIss = number }
    case .clock(let end, let value, let time):
      if exists(end) { connections[end.connection][end.side].setClock(to: value, at: time) }
    case .stamp(let end, let value, let time):
      if exists(end) { connections[end.connection][end.side].setStamp(to: value, at: time) }
    case .inject(let end, let segment, let isRetransmission):
      if exists(end) { inject(segment, from: end, isRetransmission, observer) }
    case .deliverCopy(let index, let delay):
      guard index >= 0, index < log.count else { return }
      put(index, onWireUntil: now + max(0, delay))
    case .playByScript(let end):
      if exists(end) { connections[end.connection][end.side].isScripted = true }
    case .expire(let end, let kind):
      guard exists(end) else { return }
      let shared = self[end].timers.retransmissionKind
      expire(kind.isOfRetransmission ? shared : kind, at: end, observer)
    case .hasten(let end, let kind):
      guard exists(end) else { return }
      connections[end.connection][end.side].hasten(kind)
      noteTimers(of: end)
    case .letPieceGo(let end):
      if exists(end) { connections[end.connection][end.side].pacing.open(at: now) }
    case .decideTimingOtherwise(let end, let isOn):
      if exists(end) { connections[end.connection][end.side].decidesTimingOtherwise = isOn }
    case .stopListening(let end):
      if exists(end) { connections[end.connection][end.side].isListening = false }
    }
  }

  private mutating func setDelay(_ delay: Microseconds, from side: Side) {
    if side == .client { self.delay.client = delay } else { self.delay.server = delay }
  }

  private mutating func addConnection(
    _ clientPort: Int, _ serverPort: Int, _ observer: Observer?
  ) {
    let index = connections.count
    func secret(_ side: Side) -> UInt32 {
      let mixed = SplitMix64.mix(seed &+ UInt64(index) << 8 &+ UInt64(side.rawValue) &+ 1)
      return UInt32(truncatingIfNeeded: mixed)
    }
    var connection = Connection(
      clientPort: clientPort, serverPort: serverPort,
      client: Endpoint(End(index, .client), rules: clientRules, secret: secret(.client)),
      server: Endpoint(End(index, .server), rules: serverRules, secret: secret(.server)))
    for listener in listeningPorts {
      let port = listener.side == .client ? clientPort : serverPort
      if port == listener.port {
        connection[listener.side].isListening = true
        connection[listener.side].state = .listen
      }
    }
    connections.append(connection)
    dueTimers.append()
    dueTimers.append()
    report(
      .connectionAdded(index, clientPort: clientPort, serverPort: serverPort), to: observer)
  }

  private mutating func perform(_ call: Call, at end: End, _ observer: Observer?) {
    report(.userCalled(end, call), to: observer)
    var end = end
    if case .connect = call, let moved = connectionForAnotherPort(end, observer) { end = moved }
    if call == .listen { listenOnPort(of: end) }
    var result = CallResult.done
    drive(end, cause: .call, observer) { endpoint, now, journal in
      result = endpoint.call(call, at: now, &journal)
    }
    let returned = result
    report(.callReturned(end, call, returned), to: observer)
  }

  /// With random ports a second life of a connection gets a port, and so a connection, of its own.
  private mutating func connectionForAnotherPort(_ end: End, _ observer: Observer?) -> End? {
    guard rules(of: end.side).guards.contains(.randomPorts), self[end].incarnation > 0 else {
      return nil
    }
    let used = connections[end.connection]
    let other = used.clientPort + 1
    if end.side == .client {
      addConnection(other, used.serverPort, observer)
    } else {
      addConnection(used.clientPort, used.serverPort + 1, observer)
    }
    return End(connections.count - 1, end.side)
  }

  /// A listener serves every connection to its port.
  private mutating func listenOnPort(of end: End) {
    func port(_ connection: Connection) -> Int {
      end.side == .client ? connection.clientPort : connection.serverPort
    }
    let number = port(connections[end.connection])
    listeningPorts.append((end.side, number))
    for index in connections.indices
    where index != end.connection && port(connections[index]) == number {
      connections[index][end.side].isListening = true
      if connections[index][end.side].state == .closed,
        connections[index][end.side].incarnation == 0
      {
        connections[index][end.side].state = .listen
      }
    }
  }

  // MARK: Reporting

  /// Tells the observer; the event is constructed only if there is one.
  @inline(__always)
  func report(_ event: @autoclosure () -> TCPEvent, to observer: Observer?) {
    observer?(event(), self)
  }
}

extension TCPNetwork.Connection {
  mutating func appendFate(_ fate: Fate, _ side: Side) {
    if side == .client { fates.client.append(fate) } else { fates.server.append(fate) }
  }

  mutating func takeFate(_ side: Side) -> Fate {
    (side == .client ? fates.client.popFirst() : fates.server.popFirst()) ?? .delivered
  }

  mutating func setWireIss(_ number: SequenceNumber, _ side: Side) {
    if side == .client { wireIss.client = number } else { wireIss.server = number }
  }
}

extension Endpoint {
  /// How many elements its arrays hold.
  var arrayCount: Int { outstanding.count + kept.count + readable.count + delivered.count }
}
