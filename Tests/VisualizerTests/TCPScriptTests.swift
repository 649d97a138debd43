import Models
import Testing

@testable import Visualizer

/// The language of TCP scenarios: what it reads, how it writes it back, what it refuses.
@Suite struct TCPScriptTests {
  /// A script of these lines; the first stands in line 4 from column 5 on.
  private func read(
    _ lines: [String], parameters: String? = nil
  ) throws(InputError) -> [TCPOperation] {
    var yaml = "title: t\nmodel: tcp\nscript:\n" + lines.map { "  - \($0)\n" }.joined()
    if let parameters { yaml += "parameters: { \(parameters) }\n" }
    let file = try ScenarioFile(file: "s.yaml", bytes: Array(yaml.utf8))
    do {
      var language = try TCPScript(file, rules: .rfc9293)
      return try file.script(in: &language).items.compactMap {
        if case .operation(let operation, _) = $0 { operation } else { nil }
      }
    } catch {
      throw InputError(file: file.file, error)
    }
  }

  private func error(_ lines: [String], parameters: String? = nil) -> String {
    do {
      _ = try read(lines, parameters: parameters)
      return "valid"
    } catch {
      return error.description
    }
  }

  @Test(
    arguments: [
      "server listen", "client connect", "client connect with automatic port", "client send 300",
      "server read", "server read 20", "server accept", "client shutdown", "client close",
      "client abort", "client iss 1000", "client forget", "wait 200ms", "wait 1.5s",
      "wait until quiet", "wait until quiet within 10s", "wait until 34.648 ms",
      "wire delay 20ms from client", "drop next from client", "hold next from server",
      "delay next from server 300ms", "duplicate next from client after 30ms",
      "forge from server RST seq 1",
    ])
  func aLineIsWrittenAsItIsRead(_ line: String) throws {
    let file = try ScenarioFile(
      file: "s.yaml", bytes: Array("title: t\nmodel: tcp\nscript:\n  - \(line)\n".utf8))
    var language = try TCPScript(file, rules: .rfc9293)
    let items = try file.script(in: &language).items
    let subject = TCPSubject(words: language.words, rules: .rfc9293)
    guard case .operation(let operation, _)? = items.first else {
      Issue.record("no operation")
      return
    }
    #expect(subject.describe(operation) == line)
  }

  @Test func aLineAboutTwoSidesOrManySegmentsIsSeveralOperations() throws {
    #expect(try read(["wire delay 20ms"]).count == 2)
    #expect(try read(["drop next 3 from client"]).count == 3)
  }

  @Test func connectionsAreAddedAndNamed() throws {
    let operations = try read([
      "connection 2", "connection 3 from 5000 to 6000", "client connect on connection 1",
    ])
    #expect(
      operations == [
        .addConnection(clientPort: 40_001, serverPort: 80),
        .addConnection(clientPort: 5000, serverPort: 6000),
        .call(End(0, .client), .connect(automaticPort: false)),
      ])
  }

  @Test func aHeldSegmentIsReleasedByItsNumber() throws {
    let operations = try read([
      "hold next from client", "server listen", "client connect", "wait 1500ms",
      "release held after 5s",
    ])
    #expect(operations.last == .deliverCopy(index: 0, after: 5_000_000))
  }

  @Test(
    arguments: [
      ("clint connect", "4:5: error: unknown operation 'clint'; did you mean 'client'?"),
      ("client sned 300", "4:12: error: unknown call 'sned'; did you mean 'send'?"),
      ("client", "4:5: error: call is missing; write one of listen, connect, accept, send"),
      (
        "client send many",
        "4:17: error: write how many bytes, such as send 300, from 1 to 1000000"
      ),
      ("client send 1000001", "4:17: error: write how many bytes"),
      ("client iss -1", "4:16: error: write the initial sequence number from 0 to 4294967295"),
      ("client close now", "4:18: error: 'now' is too much here"),
      ("wait", "4:5: error: a time is missing; write wait 200ms"),
      ("wait 200", "4:10: error: '200' is no time; write wait 200ms"),
      ("wait 200mss", "4:10: error: '200mss' is no time"),
      ("wait 99999min", "4:10: error: '99999min' is too long; a time is at most 60min"),
      ("wait until server CLOSEWAIT", "4:23: error: unknown state 'CLOSEWAIT'; did you mean"),
      ("wait until server", "4:16: error: state is missing; write one of CLOSED"),
      (
        "wait until server CLOSE_WAIT",
        "4:5: error: the server is not in CLOSE_WAIT within 3600 s: it stays in CLOSED"
      ),
      ("wire delay 0ms", "4:16: error: no wire is that fast; write wire delay 100us or more"),
      ("wire dealy 20ms", "4:10: error: 'dealy' is not understood here; write wire delay 20ms"),
      ("drop next", "4:10: error: something is missing; write drop next from client"),
      ("drop next from router", "4:20: error: 'router' is no end; write client or server"),
      ("drop next 5000 from client", "4:15: error: write how many of the next segments from 1"),
      ("release held", "4:5: error: nothing is held; write hold next from client before this"),
      ("deliver again 3", "4:19: error: no segment has been sent so far"),
      ("connection 3", "4:16: error: write the number of a connection"),
      ("connection 1 from 1 to 2", "4:23: error: connection 1 has its ports already"),
      ("client close on connection 2", "4:32: error: write a connection that exists"),
      ("forge from client RTS seq 1", "4:23: error: unknown flag 'RTS'; write one or more of SYN"),
      ("forge from client ACK seq 1", "4:31: error: the flag ACK needs its number; write ack 1"),
    ])
  func aMistakeIsNamedWithItsPlace(_ line: String, _ expected: String) {
    #expect(error([line]).hasPrefix("s.yaml:" + expected), "\(error([line]))")
  }

  @Test(
    arguments: [
      ("dealy: 20ms", "unknown parameter 'dealy'; did you mean 'delay'?"),
      ("delay: soon", "delay: write a time up to 10 s, such as 20ms"),
      ("guards-off: timewait", "guards-off: unknown guard 'timewait'; did you mean 'time-wait'?"),
      ("nagle: maybe", "nagle: write on or off"), ("mss: 5", "mss: write a number from 100"),
      ("server-port: 70000", "server-port: write a number from 1 to 65535"),
    ])
  func aWrongParameterIsNamed(_ parameter: String, _ expected: String) {
    let message = error(["server listen"], parameters: parameter)
    #expect(message.contains(expected), "\(message)")
  }

  @Test func parametersReachTheModel() throws {
    let yaml =
      "title: t\nmodel: tcp\nparameters: { delay: 35ms, msl: 30s, guards-off: \"time-wait, "
      + "isn-clock\","
      + " client-port: 1234 }\nscript: [client close]\n"
    let file = try ScenarioFile(file: "s.yaml", bytes: Array(yaml.utf8))
    let start = try TCPScript(file, rules: .rfc9293).start
    #expect(start.delay.client == 35_000)
    #expect(start.clientRules.timeWait == 60_000_000)
    #expect(!start.serverRules.guards.contains(.timeWait))
    #expect(!start.serverRules.guards.contains(.isnClock))
    #expect(start.serverRules.guards.contains(.ackRange))
    #expect(start.connections.map(\.clientPort) == [1234])
  }

  @Test func tooMuchIsRefused() {
    let many = Array(repeating: "drop next 1000 from client", count: 21)
    #expect(error(many).contains("too many operations; a script has at most 20000"))
    let long = Array(repeating: "wait 60min", count: 25)
    #expect(error(long).contains("28:5: error: too long; a script lasts at most 24 hours"))
    #expect(
      error(["open", "forge from server ACK seq 1 ack 1 length 8", "wait 60min"]).contains(
        "too much happens; a script causes at most 50000 segments"))
  }

  @Test(arguments: [
    (0, "0 us"), (500, "500 us"), (34_648, "34.648 ms"), (200_000, "200 ms"), (1_200_000, "1.2 s"),
    (240_000_000, "240 s"),
  ])
  func timesAreWrittenShortly(_ time: Microseconds, _ text: String) {
    #expect(TCPWords.time(time) == text)
    #expect(TCPScriptLine.time(TCPWords.joined(time)) == time)
  }
}
