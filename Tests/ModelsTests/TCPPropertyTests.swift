import Models
import Testing

/// Random runs over a bad wire, with every invariant checked after every event.
struct TCPPropertyTests {
  /// A random script: how the connection opens, what is written and read, when each side closes,
  /// and what the wire does to the first segments.
  struct Script {
    var operations: [TCPOperation] = []
    var isSimultaneous: Bool
    let client = End(0, .client)
    let server = End(0, .server)

    init(seed: UInt64, isn: (UInt32, UInt32)? = nil) {
      var random = SplitMix64(seed: seed)
      isSimultaneous = Int.random(in: 0..<4, using: &random) == 0
      let ending = Bool.random(using: &random) ? Call.shutdownWrite : .close
      operations = [.addConnection(clientPort: 40000, serverPort: 80)]
      if let isn {
        operations.append(.nextIss(client, SequenceNumber(isn.0)))
        operations.append(.nextIss(server, SequenceNumber(isn.1)))
      }
      let loss = Int.random(in: 0...40, using: &random)
      for end in [client, server] {
        for _ in 0..<Int.random(in: 0...40, using: &random) {
          operations.append(.fate(end, Self.fate(loss, &random)))
        }
      }
      if isSimultaneous {
        operations.append(.call(client, .connect(automaticPort: false)))
        operations.append(.run(for: Int.random(in: 0...15_000, using: &random)))
        operations.append(.call(server, .connect(automaticPort: false)))
      } else {
        operations.append(.call(server, .listen))
        operations.append(.call(client, .connect(automaticPort: false)))
      }
      operations.append(.runUntilState(client, .established, limit: 200_000_000))
      operations.append(.runUntilState(server, .established, limit: 200_000_000))
      var open: Set<End> = [client, server]
      for _ in 0..<Int.random(in: 2...14, using: &random) {
        let end = Bool.random(using: &random) ? client : server
        switch Int.random(in: 0..<7, using: &random) {
        case 0, 1, 2:
          operations.append(.call(end, .send(Int.random(in: 1...4000, using: &random))))
        case 3: operations.append(.call(end, .receive(Int.random(in: 1...5000, using: &random))))
        case 4: operations.append(.run(for: Int.random(in: 0...400_000, using: &random)))
        case 5:
          operations.append(
            .deliverCopy(
              index: Int.random(in: 0..<12, using: &random),
              after: Int.random(in: 0...2_000_000, using: &random)))
        default:
          operations.append(.call(end, .shutdownWrite))
          open.remove(end)
        }
        operations.append(.run(for: Int.random(in: 0...60_000, using: &random)))
      }
      for end in [client, server].shuffled(using: &random) where open.contains(end) {
        operations.append(.call(end, .receive(1 << 20)))
        operations.append(.call(end, ending))
        operations.append(.run(for: Int.random(in: 0...100_000, using: &random)))
      }
      // Readers read on; the timers bring everything to its end.
      for _ in 0..<12 {
        operations.append(.run(for: 20_000_000))
        operations.append(.call(client, .receive(1 << 20)))
        operations.append(.call(server, .receive(1 << 20)))
      }
      operations.append(.runUntilQuiet(limit: 2_000_000_000))
    }

    private static func fate(_ loss: Int, _ random: inout SplitMix64) -> Fate {
      let delay = Int.random(in: 1000...80_000, using: &random)
      if Int.random(in: 0..<100, using: &random) < loss { return .lost }
      if Int.random(in: 0..<10, using: &random) == 0 {
        return .delivers(after: [delay, delay + Int.random(in: 0...300_000, using: &random)])
      }
      return .delivers(after: [delay])
    }
  }

  /// Runs a script under audit.
  private func run(
    _ script: Script, _ rules: TCPRules, observing: Bool = true
  ) -> (network: TCPNetwork, audit: TCPAudit, events: [TCPEvent]) {
    var network = TCPNetwork(client: rules, server: rules, seed: 1)
    var audit = TCPAudit()
    audit.leastDelay = 1000
    var events: [TCPEvent] = []
    var broken: [String] = []
    for operation in script.operations {
      guard observing else {
        network.perform(operation, observer: nil)
        continue
      }
      network.perform(operation) { event, state in
        events.append(event)
        audit.note(event, state)
        if broken.isEmpty {
          broken = (copy state).brokenInvariants()
          if !broken.isEmpty { broken.append("after \(event.name)") }
        }
      }
      if broken.isEmpty { broken = network.brokenInvariants() }
    }
    #expect(broken == [])
    #expect(audit.broken == [])
    return (network, audit, events)
  }

  private static let sets: [TCPRules] = [.rfc9293, .linux]

  @Test(arguments: [TCPRules.rfc9293, .linux], Array(0..<60))
  func invariantsHold(rules: TCPRules, seed: Int) {
    let script = Script(seed: UInt64(seed))
    let (network, audit, _) = run(script, rules)
    // I9: everything comes to an end, but for an end in FIN_WAIT_2 whose peer has given up.
    let hasStranded = (0..<network.stateLog.count).contains {
      network.stateLog[$0].cause == .timer(.finWait2)
    }
    let wasReset = audit.wasReset(script.client) || audit.wasReset(script.server) || hasStranded
    #expect(network.nextDue == nil)
    for end in [script.client, script.server] {
      let isStranded = wasReset && network[end].state == .finWait2
      #expect(network[end].state == .closed || network[end].state == .listen || isStranded)
    }
    guard !wasReset, network[script.client].incarnation == 1 else { return }
    checkOrderlyEnd(script, network, audit, rules)
  }

  /// I4 and I10 at the end of a run without resets, and I12.
  private func checkOrderlyEnd(
    _ script: Script, _ network: TCPNetwork, _ audit: TCPAudit, _ rules: TCPRules
  ) {
    for (end, peer) in [(script.client, script.server), (script.server, script.client)] {
      let written = network[end].writtenCount
      let delivered = network[peer].delivered.reduce(0) { $0 + $1.count }
      #expect(written == delivered)
      let states = audit.states(of: end)
      #expect(!(states.contains(.lastAck) && states.contains(.timeWait)))
      #expect(states.contains(.lastAck) || states.contains(.timeWait))
      if rules.name == "rfc9293" {
        let (restarts, finArrivals) = audit.restarts(of: end)
        #expect(restarts == finArrivals)
      }
    }
    let waited = [script.client, script.server].filter { audit.states(of: $0).contains(.timeWait) }
    #expect(!waited.isEmpty)
    let crossed = [script.client, script.server].allSatisfy {
      audit.states(of: $0).contains(.finWait1)
    }
    #expect(crossed || waited.count == 1)
  }

  /// The random runs above are worth something only if they go everywhere.
  @Test(arguments: [TCPRules.rfc9293, .linux]) func runsGoEverywhere(rules: TCPRules) {
    var steps: Set<[ConnectionState]> = []
    var lost = 0
    var again = 0
    var orderly = 0
    for seed in 0..<60 as Range<UInt64> {
      let (network, audit, _) = run(Script(seed: seed), rules)
      for index in 0..<network.stateLog.count {
        steps.insert([network.stateLog[index].from, network.stateLog[index].to])
      }
      for index in 0..<network.log.count {
        if network.log[index].isLost { lost += 1 }
        if network.log[index].isRetransmission { again += 1 }
      }
      if Side.allCases.allSatisfy({ !audit.wasReset(End(0, $0)) }) { orderly += 1 }
    }
    let wanted: [[ConnectionState]] = [
      [.synSent, .synRcvd], [.synRcvd, .established], [.established, .closeWait],
      [.finWait1, .finWait2], [.finWait1, .closing], [.finWait2, .timeWait],
      [.closing, .timeWait], [.closeWait, .lastAck], [.lastAck, .closed], [.timeWait, .closed],
    ]
    for step in wanted { #expect(steps.contains(step), "\(step.map(\.rawValue))") }
    #expect(lost > 50)
    #expect(again > 50)
    #expect(orderly > 25)
  }

  /// I18, and that listening changes nothing.
  @Test(arguments: [TCPRules.rfc9293, .linux]) func runsRepeatExactly(rules: TCPRules) {
    for seed in 200..<208 as Range<UInt64> {
      let script = Script(seed: seed)
      let first = run(script, rules)
      let second = run(script, rules)
      #expect(first.events == second.events)
      let silent = run(script, rules, observing: false).network
      #expect(silent.log.count == first.network.log.count)
      for index in 0..<silent.log.count { #expect(silent.log[index] == first.network.log[index]) }
      #expect(silent.stateLog.count == first.network.stateLog.count)
      for index in 0..<silent.stateLog.count {
        #expect(silent.stateLog[index] == first.network.stateLog[index])
      }
    }
  }

  /// I17: nothing depends on where the numbers start, wrap included.
  @Test(arguments: [UInt32.max, UInt32.max - 1, UInt32(1) << 31, UInt32.max - 3000])
  func numbersMayStartAnywhere(isn: UInt32) {
    for rules in Self.sets {
      for seed in 300..<306 as Range<UInt64> {
        let plain = run(Script(seed: seed, isn: (1000, 5000)), rules).network
        let shifted = run(Script(seed: seed, isn: (isn, isn &+ 7)), rules).network
        #expect(plain.log.count == shifted.log.count)
        for index in 0..<min(plain.log.count, shifted.log.count) {
          let (a, b) = (plain.log[index], shifted.log[index])
          // A reset that answers a segment without ACK has the number 0, whatever the ISN.
          let hasFixedSeq = a.segment.flags == [.rst, .ack] && a.segment.seq.value == 0
          #expect(a.relativeSeq == b.relativeSeq || hasFixedSeq)
          #expect(a.relativeAck == b.relativeAck)
          #expect(a.sentAt == b.sentAt && a.arrivedAt == b.arrivedAt && a.sender == b.sender)
          #expect(a.segment.flags == b.segment.flags)
        }
      }
    }
  }
}
