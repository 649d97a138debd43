import Foundation
import Models
import Testing

@testable import Visualizer

/// Ladders that are wrong as files: an error with its place, never a trap.
struct TCPLadderInputTests {
  private func error(_ text: String) -> InputError? {
    do {
      _ = try TCPLadder(file: "x.json", bytes: Array(text.utf8))
      return nil
    } catch {
      return error
    }
  }

  private let head = """
    {"schema":"tcp-ladder/1","name":"x","one_way_delay_ms":10,
    "connections":[{"id":0,"client_port":1,"server_port":2,"isn":{}}],
    "events":[
    """

  @Test func placesAreNamed() {
    #expect(
      error("")?.description
        == "x.json:1:1: error: the file ends in the middle of a value; is it cut off?")
    #expect(
      error("{\"schema\":\"other\"}")?.description
        == "x.json:1:11: error: schema: write \"tcp-ladder/1\"")
    #expect(
      error(head + "{\"kind\":\"jump\",\"t\":0}]}")?.description
        == "x.json:3:19: error: kind: no kind 'jump'; write app, send, recv or state")
    #expect(
      error(head + "{\"kind\":\"state\",\"t\":0,\"conn\":7}]}")?.description
        == "x.json:3:40: error: conn: write the id of one of the connections")
    #expect(
      error(head + "{\"kind\":\"app\",\"t\":-1,\"conn\":0}]}")?.message
        == "t: -1.0 seconds is out of range; write 0 to 30 days")
    #expect(
      error(head + "{\"kind\":\"app\",\"t\":1,\"side\":\"left\",\"conn\":0}]}")?.message
        == "side: no side 'left'; write client or server")
    #expect(error(head + "]}")?.message == "events: a ladder has at least one event")
  }

  @Test func unknownStateNamesTheKnown() {
    let row =
      "{\"kind\":\"state\",\"t\":0,\"conn\":0,\"before\":{\"client\":\"OPEN\",\"server\":\"CLOSED\"}}]}"
    #expect(
      error(head + row)?.message.hasPrefix("client: no state 'OPEN'; write one of CLOSED") == true)
  }

  /// Flags of congestion notification are passed over; a flag nobody knows is an error.
  @Test func flagsAreKnownOrRefused() {
    let row =
      "{\"kind\":\"send\",\"t\":0,\"conn\":0,\"side\":\"client\",\"seg\":1,\"flags\":[\"SYN\",\"%\"]"
    let unknown = error(head + row.replacingOccurrences(of: "%", with: "SYM") + "}]}")
    #expect(unknown?.message == "no flag 'SYM'; write SYN, FIN, RST, PSH, ACK or URG")
    let known = error(head + row.replacingOccurrences(of: "%", with: "ECE") + "}]}")
    #expect(known?.message.contains("flag") != true)
  }

  /// Cut and corrupted files are read, refused or found to differ, but nothing traps.
  @Test(arguments: ["tw-probes", "lost-handshake", "simultaneous-open", "tw-reuse-passive"])
  func corruptedFilesAreSurvived(name: String) throws {
    let bytes = try TCPLadderTests.bytes(name)
    var random = SplitMix64(seed: 5)
    for round in 0..<150 {
      var copy = bytes
      if round % 5 == 0 { copy.removeLast(Int.random(in: 1..<copy.count, using: &random)) }
      for _ in 0..<Int.random(in: 1...6, using: &random) {
        let index = Int.random(in: 0..<copy.count, using: &random)
        // Mostly digits become other digits, so that the file still parses.
        if (0x30...0x39).contains(copy[index]) || Bool.random(using: &random) {
          copy[index] = UInt8.random(in: 0x30...0x39, using: &random)
        } else {
          copy[index] = UInt8.random(in: 0x20...0x7e, using: &random)
        }
      }
      if let ladder = try? TCPLadder(file: "x.json", bytes: copy) { _ = ladder.check() }
    }
  }

  /// Numbers at the edges of what a ladder may say.
  @Test func extremeNumbersAreSurvived() throws {
    let ladder = try JSONSerialization.jsonObject(
      with: Data(try TCPLadderTests.bytes("no-tw-stale-accepted")))
    var object = try #require(ladder as? [String: Any])
    let events = try #require(object["events"] as? [[String: Any]])
    for member in ["seq", "ack", "rel_seq", "rel_ack", "len", "win", "t"] {
      for number in [0, 1, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff, 1 << 20, 1 << 30] {
        object["events"] = events.map { event in
          var event = event
          if event[member] is Int || event[member] is Double { event[member] = number }
          return event
        }
        let bytes = Array(try JSONSerialization.data(withJSONObject: object))
        if let ladder = try? TCPLadder(file: "x.json", bytes: bytes) { _ = ladder.check() }
      }
    }
  }
}
