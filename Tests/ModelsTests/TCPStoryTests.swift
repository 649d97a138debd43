import Models
import Testing

/// Whole stories: opening, closing, TIME_WAIT and what happens without it, timers on the way.
struct TCPStoryTests {
  let client = End(0, .client)
  let server = End(0, .server)

  /// Linux with BBR.
  static let bbr: TCPRules = {
    var rules = TCPRules.linux
    rules.congestionControl = .bbr
    return rules
  }()

  func network(
    _ rules: TCPRules, server: TCPRules? = nil, seed: UInt64 = 3
  ) -> TCPNetwork {
    var network = TCPNetwork(client: rules, server: server ?? rules, seed: seed)
    network.perform(.addConnection(clientPort: 40000, serverPort: 80), observer: nil)
    return network
  }

  /// A network in which both ends are ESTABLISHED.
  func open(_ rules: TCPRules, server other: TCPRules? = nil) -> TCPNetwork {
    var network = network(rules, server: other)
    perform(
      [
        .call(server, .listen), .call(client, .connect(automaticPort: false)),
        .runUntilState(server, .established, limit: 1_000_000),
      ], on: &network)
    return network
  }

  @discardableResult
  func perform(_ operations: [TCPOperation], on network: inout TCPNetwork) -> [TCPEvent] {
    var events: [TCPEvent] = []
    for operation in operations { network.perform(operation) { event, _ in events.append(event) } }
    return events
  }

  func ladder(_ network: TCPNetwork, from start: Int = 0) -> [String] {
    (start..<network.log.count).map { index in
      let record = network.log[index]
      let segment = record.segment
      var text = "\(record.sender.side.name) \(segment.flags)"
      if segment.payloadLength > 0 { text += " \(segment.payloadLength) bytes" }
      return text + (record.isRetransmission ? " again" : "") + (record.isLost ? " lost" : "")
    }
  }

  func path(_ network: TCPNetwork, _ end: End) -> [ConnectionState] {
    (0..<network.stateLog.count).filter { network.stateLog[$0].end == end }
      .map { network.stateLog[$0].to }
  }

  // MARK: Opening and closing

  @Test(arguments: [TCPRules.rfc9293, .linux]) func openingTakesThree(rules: TCPRules) {
    let network = open(rules)
    #expect(ladder(network) == ["client SYN", "server SYN ACK", "client ACK"])
    // Half a round trip lies between the two.
    let times = (0..<network.stateLog.count).map { network.stateLog[$0] }
      .filter { $0.to == .established }
    #expect(times.map(\.end) == [client, server])
    #expect(times[1].at - times[0].at == 10_000)
  }

  @Test func simultaneousOpenTakesFour() {
    var network = network(.rfc9293)
    perform(
      [
        .call(client, .connect(automaticPort: false)),
        .call(server, .connect(automaticPort: false)), .run(for: 100_000),
      ], on: &network)
    #expect(
      ladder(network) == ["client SYN", "server SYN", "server SYN ACK", "client SYN ACK"]
        || ladder(network) == ["client SYN", "server SYN", "client SYN ACK", "server SYN ACK"])
    #expect(path(network, client) == [.synSent, .synRcvd, .established])
    #expect(path(network, server) == [.synSent, .synRcvd, .established])
  }

  @Test func closingTakesFour() {
    var network = open(.rfc9293)
    let start = network.log.count
    perform(
      [
        .call(client, .close), .run(for: 100_000), .call(server, .close),
        .runUntilQuiet(limit: 1_000_000_000),
      ], on: &network)
    #expect(
      ladder(network, from: start) == [
        "client FIN ACK", "server ACK", "server FIN ACK", "client ACK",
      ])
    #expect(path(network, client).suffix(4) == [.finWait1, .finWait2, .timeWait, .closed])
    #expect(path(network, server).suffix(3) == [.closeWait, .lastAck, .closed])
    let last = network.stateLog[network.stateLog.count - 1]
    #expect(last.end == client && last.to == .closed)
    #expect(network.now == last.at)
  }

  @Test func closingTakesThreeWhenTheServerClosesAtOnce() {
    var network = open(.linux)
    perform(
      [.call(client, .send(7)), .run(for: 100_000), .call(server, .receive(7))], on: &network)
    let start = network.log.count
    perform(
      [
        .call(client, .close), .runUntilState(server, .closeWait, limit: 1_000_000),
        .run(for: 5000), .call(server, .close), .run(for: 100_000),
      ], on: &network)
    #expect(
      ladder(network, from: start) == ["client FIN ACK", "server FIN ACK", "client ACK"])
    #expect(path(network, client).suffix(3) == [.finWait1, .finWait2, .timeWait])
  }

  @Test func simultaneousCloseLeavesBothInTimeWait() {
    var network = open(.rfc9293)
    perform(
      [.call(client, .close), .call(server, .close), .run(for: 100_000)], on: &network)
    #expect(path(network, client).suffix(3) == [.finWait1, .closing, .timeWait])
    #expect(path(network, server).suffix(3) == [.finWait1, .closing, .timeWait])
  }

  @Test func halfCloseLetsDataFlow() {
    var network = open(.rfc9293)
    perform(
      [
        .call(client, .shutdownWrite), .run(for: 300_000), .call(server, .send(5000)),
        .run(for: 1_000_000),
      ], on: &network)
    #expect(network[client].state == .finWait2)
    #expect(network[client].unreadCount == 5000)
    #expect(
      network[client].readable == [
        Payload(StreamOrigin(server, incarnation: 1), offset: 0, count: 5000)
      ])
  }

  @Test func unreadBytesTurnCloseIntoReset() {
    for rules in [TCPRules.rfc9293, .linux] {
      var network = open(rules)
      perform(
        [.call(server, .send(10)), .run(for: 50_000), .call(client, .close), .run(for: 50_000)],
        on: &network)
      #expect(network[client].state == .closed)
      #expect(network[server].state == .closed)
      #expect(network[server].pendingError == .connectionReset)
    }
  }

  // MARK: TIME_WAIT

  @Test func lostLastAckRestartsTimeWait() {
    var network = open(.rfc9293)
    let events = perform(
      [
        .call(client, .close), .run(for: 300_000), .fate(client, .lost), .fate(client, .lost),
        .call(server, .close), .runUntilQuiet(limit: 1_000_000_000),
      ], on: &network)
    let restarts = events.filter { if case .timeWaitRestarted = $0 { true } else { false } }
    #expect(restarts.count == 2)
    #expect(path(network, server).last == .closed)
    #expect(network[server].pendingError == nil)
    // Two lost ACKs: the FIN goes again after 1 s and 2 s more; 2MSL counts from the last.
    let closed = (0..<network.stateLog.count).map { network.stateLog[$0] }
      .last { $0.end == client && $0.to == .closed }
    let lastFin = (0..<network.log.count).map { network.log[$0] }
      .last { $0.segment.flags.contains(.fin) }
    #expect(closed?.at == (lastFin?.arrivedAt ?? 0) + 240_000_000)
  }

  /// Story 1: without TIME_WAIT the repeated FIN meets a reset.
  @Test(arguments: [TCPRules.rfc9293, .linux]) func lostLastAckWithoutTimeWait(rules: TCPRules) {
    var forgetful = rules
    forgetful.guards.remove(.timeWait)
    var network = open(forgetful, server: rules)
    let start = network.log.count
    perform(
      [
        .call(client, .close), .run(for: 300_000), .fate(client, .lost), .call(server, .close),
        .run(for: 20_000_000),
      ], on: &network)
    #expect(
      ladder(network, from: start) == [
        "client FIN ACK", "server ACK", "server FIN ACK", "client ACK lost",
        "server FIN ACK again", "client RST",
      ])
    #expect(network[server].state == .closed)
    let last = network.log[network.log.count - 1]
    #expect(last.segment.seq == network[server].rcvNxt)
  }

  /// Story 2: without TIME_WAIT and the clock of the ISN old bytes reach a new connection.
  @Test(arguments: [
    TCPRules.Guards.timeWait, .isnClock, .ackRange, .paws, .randomPorts, [],
  ]) func staleSegment(guarded: TCPRules.Guards) {
    var rules = TCPRules.rfc9293
    rules.guards = guarded.union(.challengeAck)
    rules.offersTimestamps = guarded.contains(.paws)
    var network = network(rules)
    var audit = TCPAudit()
    var delivered: [Payload] = []
    let wandering = [
      TCPOperation.call(server, .listen), .call(client, .connect(automaticPort: false)),
      .run(for: 100_000), .fate(server, .held), .call(server, .send(8)), .run(for: 2_000_000),
      .call(client, .receive(100)), .call(server, .close), .run(for: 300_000),
      .call(client, .close), .run(for: 100_000),
      // A second life, on the same ports unless a guard says otherwise.
      .call(client, .connect(automaticPort: false)), .run(for: 100_000),
      .deliverCopy(index: 3, after: 0), .run(for: 300_000),
    ]
    for operation in wandering {
      network.perform(operation) { event, state in
        audit.note(event, state)
        if case .dataDelivered(let end, let payload) = event, end.side == .client {
          delivered.append(payload)
        }
      }
    }
    let isFooled = guarded.isEmpty || guarded == .ackRange
    let stale = delivered.dropFirst()
    if isFooled {
      #expect(stale == [Payload(StreamOrigin(server, incarnation: 1), offset: 0, count: 8)])
    } else {
      #expect(stale.isEmpty)
    }
    // With the ISNs alike nothing tells the two lives apart, so that the audit cannot either.
  }

  @Test func newSynReopensTimeWait() {
    for (rules, distance) in [(TCPRules.linux, 65537), (.rfc9293, nil)] as [(TCPRules, Int?)] {
      var network = open(rules)
      perform(
        [
          .call(server, .close), .run(for: 300_000), .call(client, .close), .run(for: 1_000_000),
        ], on: &network)
      #expect(network[server].state == .timeWait)
      let old = network[server].sndNxt
      perform([.call(client, .connect(automaticPort: false)), .run(for: 100_000)], on: &network)
      #expect(network[server].state == .established)
      #expect(network[server].incarnation == 2)
      if let distance { #expect(network[server].iss - old == distance) }
      #expect(network[server].iss.isAfter(old))
    }
  }

  @Test func falseAlarmReturnsToTimeWait() {
    var network = open(.rfc9293)
    perform(
      [.call(server, .close), .run(for: 300_000), .call(client, .close), .run(for: 1_000_000)],
      on: &network)
    let left = network[server].timers[.timeWait]
    let old = network[server].rcvNxt
    // An old SYN, of a life that the client has forgotten: it answers the SYN ACK by a reset.
    perform(
      [
        .inject(from: client, Segment(.syn, seq: old + 1000), isRetransmission: true),
        .run(for: 100_000),
      ], on: &network)
    #expect(path(network, server).suffix(2) == [.synRcvd, .timeWait])
    #expect(network[server].timers[.timeWait] == left)
    #expect(network[server].rcvNxt == old)
  }

  @Test func assassinationAndItsCure() {
    for cured in [false, true] {
      var rules = TCPRules.linux
      rules.ignoresResetInTimeWait = cured
      var network = open(rules, server: .linux)
      perform(
        [
          .call(server, .send(14)), .run(for: 100_000), .call(client, .receive(100)),
          .call(client, .close), .run(for: 100_000), .call(server, .close), .run(for: 500_000),
          .deliverCopy(index: 3, after: 0), .run(for: 100_000),
        ], on: &network)
      #expect(network[client].state == (cured ? .timeWait : .closed))
    }
  }

  // MARK: Timers

  @Test func rfcDoublesTheRto() {
    var network = open(.rfc9293)
    perform([.fate(client, .lost), .call(client, .send(10))], on: &network)
    perform(
      Array(repeating: .fate(client, .lost), count: 4) + [.run(for: 40_000_000)], on: &network)
    let times = (0..<network.log.count).map { network.log[$0] }
      .filter { $0.segment.payloadLength > 0 }.map(\.sentAt)
    let gaps = zip(times, times.dropFirst()).map { $1 - $0 }
    #expect(gaps == [1_000_000, 2_000_000, 4_000_000, 8_000_000, 16_000_000])
  }

  @Test func linuxProbesTheTailBeforeItBacksOff() {
    var network = open(.linux)
    perform(
      Array(repeating: .fate(client, .lost), count: 4)
        + [.call(client, .send(10)), .run(for: 2_000_000)], on: &network)
    let times = (0..<network.log.count).map { network.log[$0] }
      .filter { $0.segment.payloadLength > 0 }.map(\.sentAt)
    #expect(zip(times, times.dropFirst()).map { $1 - $0 } == [220_000, 220_000, 440_000, 880_000])
  }

  @Test func linuxRepeatsTheSynLinearlyFirst() {
    var network = network(.linux)
    perform(
      Array(repeating: .fate(client, .lost), count: 20)
        + [.call(client, .connect(automaticPort: false)), .run(for: 200_000_000)], on: &network)
    let times = (0..<network.log.count).map { network.log[$0].sentAt / 1_000_000 }
    #expect(times == [0, 1, 2, 3, 4, 5, 7, 11, 19, 35, 67])
    #expect(network[client].state == .closed)
    #expect(network[client].pendingError == .timedOut)
    #expect(network.stateLog[network.stateLog.count - 1].at == 131_000_000)
  }

  @Test func rfcGivesASynThreeMinutes() {
    var network = network(.rfc9293)
    perform(
      Array(repeating: .fate(client, .lost), count: 20)
        + [.call(client, .connect(automaticPort: false)), .run(for: 600_000_000)], on: &network)
    #expect(network[client].state == .closed)
    #expect(network.stateLog[network.stateLog.count - 1].at >= 180_000_000)
  }

  @Test func estimateFollowsTheRfc() {
    var trip = Endpoint(client, rules: .rfc9293).roundTrip
    #expect(trip.rto == 1_000_000)
    let zero = SequenceNumber(0)
    trip.sample(500_000, .rfc9293, zero)
    #expect((trip.srtt, trip.rttvar, trip.rto) == (500_000, 250_000, 1_500_000))
    trip.sample(700_000, .rfc9293, zero)
    #expect((trip.srtt, trip.rttvar, trip.rto) == (525_000, 237_500, 1_475_000))
  }

  @Test func estimateFollowsLinux() {
    var trip = Endpoint(client, rules: .linux).roundTrip
    trip.sample(1_036_000, .linux, SequenceNumber(1))
    #expect(trip.rto == 3_108_000)
    trip.sample(21_600, .linux, SequenceNumber(2))
    #expect(abs(trip.rto - 3_044_000) < 4000)
    var quick = Endpoint(client, rules: .linux).roundTrip
    quick.sample(22_000, .linux, SequenceNumber(1))
    // 222 ms, in ticks of 4.
    #expect(quick.rto == 224_000)
  }

  @Test func orphanLeavesFinWait2() {
    var network = open(.linux)
    perform([.call(client, .close), .run(for: 100_000)], on: &network)
    let since = network.stateLog[network.stateLog.count - 1].at
    perform([.run(for: 100_000_000)], on: &network)
    let last = network.stateLog[network.stateLog.count - 1]
    #expect(last.from == .finWait2 && last.to == .closed && last.at - since == 60_000_000)
    // With the file still open, or by the RFC, there is no limit.
    for (rules, call) in [(TCPRules.linux, Call.shutdownWrite), (.rfc9293, .close)] {
      var patient = open(rules)
      perform([.call(client, call), .run(for: 1_000_000_000)], on: &patient)
      #expect(patient[client].state == .finWait2)
    }
  }

  @Test func zeroWindowIsProbed() {
    for rules in [TCPRules.rfc9293, .linux] {
      var small = rules
      small.receiveBuffer = 3000
      var network = open(rules, server: small)
      perform([.call(client, .send(9000)), .run(for: 30_000_000)], on: &network)
      #expect(network[server].unreadCount <= 3000)
      #expect(network[client].unsentCount > 0)
      for _ in 0..<10 {
        perform([.call(server, .receive(9000)), .run(for: 70_000_000)], on: &network)
      }
      #expect(network[server].delivered.first?.count == 9000)
    }
  }

  // MARK: Many events

  @Test func copiesShareTheLog() {
    var network = open(.linux)
    for _ in 0..<300 {
      network.perform(.call(client, .send(100)), observer: nil)
      network.perform(.run(for: 60_000), observer: nil)
      network.perform(.call(server, .receive(100)), observer: nil)
    }
    #expect(network.log.count > 500)
    #expect(network.footprint < 64 * 1024)
  }

  @Test func severalConnectionsKeepApart() {
    var network = network(.linux)
    network.perform(.call(server, .listen), observer: nil)
    for index in 1..<60 {
      network.perform(.addConnection(clientPort: 40000 + index, serverPort: 80), observer: nil)
      let end = End(index, .client)
      perform([.call(end, .connect(automaticPort: false)), .run(for: 7000)], on: &network)
      perform([.call(end, .send(index)), .run(for: 3000)], on: &network)
    }
    perform([.run(for: 1_000_000)], on: &network)
    for index in 1..<60 {
      #expect(network[End(index, .server)].unreadCount == index)
      #expect(network[End(index, .server)].state == .established)
    }
    #expect(network[server].state == .listen)
    #expect(network.brokenInvariants() == [])
  }
}

extension RoundTrip {
  fileprivate mutating func sample(
    _ sample: Microseconds, _ rules: TCPRules, _ number: SequenceNumber
  ) {
    measure(sample, rules: rules, sndUna: number, sndNxt: number)
  }
}
