import Foundation
import Models
import Testing

@testable import Visualizer

/// Several captured connections woven into one ladder: each must come out as it does alone.
struct TCPLadderManyTests {
  typealias Object = [String: Any]

  /// Joins ladders of the same settings, each moved in time and to ports of its own.
  private func join(_ parts: [(name: String, shift: Double)], samePort: Bool) throws -> [UInt8] {
    var joined: Object = [:]
    var events: [Object] = []
    var connections: [Object] = []
    var paths: Object = [:]
    var known: [String: Object] = [:]
    for (number, part) in parts.enumerated() {
      let read = { try JSONSerialization.jsonObject(with: Data(TCPLadderTests.bytes(part.name))) }
      let ladder = try #require(try known[part.name] ?? (read() as? Object))
      known[part.name] = ladder
      if number == 0 { joined = ladder }
      var connection = try #require((ladder["connections"] as? [Object])?.first)
      connection["id"] = number
      connection["client_port"] = 20000 + number
      connection["server_port"] = samePort ? 80 : 8000 + number
      connections.append(connection)
      paths["\(number)"] = (ladder["paths"] as? Object)?["0"]
      for event in try #require(ladder["events"] as? [Object]) {
        if samePort, number > 0, event["call"] as? String == "listen" { continue }
        events.append(moved(event, number, part.shift))
      }
    }
    events.sort { ($0["t"] as? Double ?? 0) < ($1["t"] as? Double ?? 0) }
    joined["connections"] = connections
    joined["paths"] = paths
    joined["measured"] = []
    joined["events"] = events
    return Array(try JSONSerialization.data(withJSONObject: joined))
  }

  private func moved(_ event: Object, _ number: Int, _ shift: Double) -> Object {
    var event = event
    event["conn"] = number
    event["t"] = (event["t"] as? Double ?? 0) + shift
    if let index = event["i"] as? Int { event["i"] = number * 1000 + index }
    if let segment = event["seg"] as? Int { event["seg"] = number * 1000 + segment }
    if var cause = event["cause"] as? Object {
      if let index = cause["event"] as? Int { cause["event"] = number * 1000 + index }
      if let segment = cause["recv"] as? Int { cause["recv"] = number * 1000 + segment }
      event["cause"] = cause
    }
    return event
  }

  @Test func differentConnectionsAtOnce() throws {
    let parts = [
      ("normal-client-close", 0.0), ("lost-first-fin", 0.0071), ("lost-handshake", 0.003),
      ("merged-fin-ack", 0.15), ("half-close-data", 0.0004), ("linger0-rst", 0.02),
      ("lost-last-ack", 0.0),
    ]
    let bytes = try join(parts, samePort: false)
    let report = try TCPLadder(file: "joined.json", bytes: bytes).check()
    #expect(report.difference == nil)
  }

  @Test func connectionsShareAListener() throws {
    let bytes = try join([("normal-client-close", 0), ("lost-first-fin", 0.1)], samePort: true)
    #expect(try TCPLadder(file: "joined.json", bytes: bytes).check().difference == nil)
  }

  @Test func manyConnections() throws {
    let names = ["merged-fin-ack", "lost-first-fin", "server-close-first", "half-close-data"]
    let parts = (0..<240).map { (names[$0 % 4], Double($0) * 0.013) }
    let bytes = try join(parts, samePort: false)
    let ladder = try TCPLadder(file: "joined.json", bytes: bytes)
    #expect(ladder.check().difference == nil)
    #expect(ladder.connections.count == 240)
  }

  @Test func oneOfManyIsNamed() throws {
    let parts = (0..<30).map { ("merged-fin-ack", Double($0) * 0.013) }
    let text = String(decoding: try join(parts, samePort: false), as: UTF8.self)
    let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
    var ladder = try #require(object as? Object)
    var events = try #require(ladder["events"] as? [Object])
    let index = try #require(
      events.firstIndex { $0["seg"] as? Int == 17008 && $0["kind"] as? String == "send" })
    events[index]["rel_ack"] = 10
    ladder["events"] = events
    let bytes = Array(try JSONSerialization.data(withJSONObject: ladder))
    let report = try TCPLadder(file: "joined.json", bytes: bytes).check()
    #expect(
      report.difference
        == "segment 17008 (connection 17, shown as [18], server FIN ACK): "
        + "ack: captured 10, model 9")
  }

  /// The ladder as a script, for playing, leads to the same end.
  @Test(arguments: TCPLadderTests.names) func scriptPlaysTheLadder(name: String) throws {
    let ladder = try TCPLadderTests.ladder(name)
    let show = try #require(ladder.show(name: name) as? Performance<TCPSubject>)
    let network = show.timeline.state(before: show.timeline.script.count)
    let captured = ladder.rows.count { if case .send = $0.kind { true } else { false } }
    #expect(network.log.count == captured)
    let last = try #require(ladder.rows.last?.after)
    #expect(network[End(0, .client)].state == last.client)
    #expect(network[End(0, .server)].state == last.server)
  }
}
