import Models
import Testing

@testable import Visualizer

/// What a host's clock reads between two of the milliseconds that it tells.
struct TCPLadderClocksTests {
  /// A ladder of acknowledgments: when what made them go arrived, when they were seen, and what they tell.
  private func ladder(
    _ acks: [(arrived: Double, seen: Double, stamp: Int, connection: Int)]
  ) throws -> TCPLadder {
    var events: [String] = []
    for (number, ack) in acks.enumerated() {
      let states = #"{"client": "ESTABLISHED", "server": "ESTABLISHED"}"#
      func event(_ kind: String, _ time: Double, _ rest: String) -> String {
        """
        {"i": \(events.count), "t": \(time), "kind": "\(kind)", "conn": \(ack.connection), \(rest),
         "before": \(states), "after": \(states), "detail": {}}
        """
      }
      events.append(
        event(
          "recv", ack.arrived, #""side": "server", "seg": \#(number), "flags": ["ACK"], "len": 10"#)
      )
      let cause = #""cause": {"recv": \#(number), "event": \#(events.count - 1)}"#
      let options = #""opts": {"tsval": \#(ack.stamp), "tsecr": 0}"#
      events.append(
        event(
          "send", ack.seen,
          #""side": "server", "seg": \#(1000 + number), "flags": ["ACK"], "seq": 1, "ack": 1, "len": 0, "#
            + #""rel_seq": 1, "rel_ack": 1, "win": 1, "retransmission": false, "fate": "delivered", "#
            + "\(cause), \(options)"))
    }
    let connections = Set(acks.map(\.connection)).sorted().map {
      #"{"id": \#($0), "client_port": \#(40_000 + $0), "server_port": 80, "incarnations": []}"#
    }
    let text = """
      {"schema": "tcp-ladder/1", "name": "clocks", "kernel": "Linux 6.18", "family": 4,
       "one_way_delay_ms": 10.0, "sysctl": {"client": {}, "server": {}},
       "connections": [\(connections.joined(separator: ", "))], "paths": {},
       "events": [\(events.joined(separator: ",\n"))]}
      """
    return try TCPLadder(file: "clocks.json", bytes: Array(text.utf8))
  }

  private let server = End(0, .server)

  /// A clock that is 250 microseconds ahead of the capture's milliseconds, told four times.
  @Test func manyStampsTellTheClock() throws {
    let ladder = try ladder([
      (0.001_100, 0.001_140, 1001, 0), (0.002_740, 0.002_790, 1002, 0),
      (0.003_745, 0.003_790, 1003, 0), (0.005_800, 0.005_850, 1006, 0),
    ])
    let clocks = TCPLadderClocks(ladder)
    #expect(clocks.lead(of: server) == 1_000_254)
  }

  /// Connections to the same peer have the clock in common, unless they differ by seconds.
  @Test(arguments: [(0, 100_199), (5000, 5_100_899)])
  func connectionsShareAClock(apart: Int, lead: Int) throws {
    let ladder = try ladder([
      (0.001_800, 0.001_850, 101, 0), (0.002_100, 0.002_150, 102 + apart, 1),
    ])
    let clocks = TCPLadderClocks(ladder)
    #expect(clocks.lead(of: End(1, .server)) == lead)
  }

  /// Where no arrival tells, nothing is known.
  @Test func arrivalsAreNeeded() throws {
    let clocks = TCPLadderClocks(try ladder([(0.001_800, 0.001_850, 101, 0)]))
    #expect(clocks.lead(of: End(0, .client)) == nil)
  }
}
