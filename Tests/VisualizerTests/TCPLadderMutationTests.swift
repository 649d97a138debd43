import Foundation
import Models
import Testing

@testable import Visualizer

/// A ladder in which one thing was changed must be told from the model, and the thing named.
struct TCPLadderMutationTests {
  typealias Object = ChangedLadder.Object

  private func difference(_ changed: ChangedLadder) throws -> String? {
    let ladder = try changed.ladder()
    if let parting = ladder.compared().parting {
      PartingTests.expectBothLanguages(parting.difference)
    }
    return ladder.check().difference
  }

  /// Changes one member of the first event that fits and returns what the check says.
  private func changing(
    _ name: String, where fits: @escaping (Object) -> Bool, _ change: (inout Object) -> Void
  ) throws -> String? {
    var ladder = try ChangedLadder(name)
    change(&ladder.events[try #require(ladder.events.firstIndex(where: fits))])
    return try difference(ladder)
  }

  private func isSend(_ segment: Int) -> (Object) -> Bool {
    { $0["kind"] as? String == "send" && $0["seg"] as? Int == segment }
  }

  private func isReceive(_ segment: Int) -> (Object) -> Bool {
    { $0["kind"] as? String == "recv" && $0["seg"] as? Int == segment }
  }

  // MARK: What each kind of change is called

  @Test func changedFlagIsNamed() throws {
    let found = try changing("normal-client-close", where: isSend(7)) { $0["flags"] = ["ACK"] }
    #expect(found == "segment 7 (client ACK): flags: captured ACK, model FIN ACK")
  }

  @Test func pushIsNotCompared() throws {
    let found = try changing("normal-client-close", where: isSend(3)) { $0["flags"] = ["ACK"] }
    #expect(found == nil)
  }

  @Test func changedAckIsNamed() throws {
    let found = try changing("normal-client-close", where: isSend(9)) { $0["rel_ack"] = 8 }
    #expect(found == "segment 9 (server FIN ACK): ack: captured 8, model 9")
  }

  @Test func changedSeqIsNamed() throws {
    let found = try changing("lost-last-ack", where: isSend(13)) { $0["rel_seq"] = 20 }
    #expect(found == "segment 13 (server FIN ACK): seq: captured 20, model 19")
  }

  @Test func changedLengthIsNamed() throws {
    let found = try changing("half-close-data", where: isSend(7)) { $0["len"] = 22 }
    #expect(found == "segment 7 (server ACK): len: captured 22, model 21")
  }

  @Test func changedStateIsNamed() throws {
    let found = try changing("simultaneous-close", where: isReceive(7)) {
      $0["after"] = ["client": "FIN_WAIT_1", "server": "TIME_WAIT"]
    }
    #expect(
      found
        == "event 25 (server receives segment 7): server after: captured TIME_WAIT, model CLOSING")
  }

  @Test func changedRetransmissionIsNamed() throws {
    let found = try changing("lost-first-fin", where: isSend(8)) { $0["retransmission"] = false }
    #expect(found == "segment 8 (client FIN ACK): retransmission: captured false, model true")
  }

  @Test func changedCauseIsNamed() throws {
    let found = try changing("normal-client-close", where: isSend(4)) {
      $0["cause"] = ["recv": 2, "event": 7]
    }
    #expect(
      found == "segment 4 (server ACK): sent because of: captured segment 2, model segment 3")
  }

  /// A timer may spread a flight, and may run out while a call is made; it is no name for any cause.
  @Test func aTimerIsNoAnswerToAll() throws {
    let data = try changing("normal-client-close", where: isSend(3)) {
      $0["cause"] = "timer:retransmit"
    }
    #expect(data == "segment 3 (client ACK): sent because of: captured a timer, model a call")
    let fin = try changing("normal-client-close", where: isSend(7)) { $0["cause"] = "timer" }
    #expect(fin == "segment 7 (client FIN ACK): sent because of: captured a timer, model a call")
  }

  /// A kernel may spread a flight over a round trip, and then sends on a timer of its own; longer than
  /// that it is not held back.
  @Test(arguments: [(0.015, true), (0.050, false)])
  func dataMayBeSpread(delay: Double, matches: Bool) throws {
    var ladder = try ChangedLadder("normal-client-close")
    var events = ladder.events
    let index = try #require(events.firstIndex(where: isSend(3)))
    events[index]["cause"] = "timer"
    for later in index..<events.count {
      events[later]["t"] = try #require(events[later]["t"] as? Double) + delay
    }
    ladder.events = events
    ladder.members["measured"] = []
    let found = try difference(ladder)
    #expect(
      found
        == (matches
          ? nil : "segment 3 (client ACK): sent because of: captured a timer, model a call"))
  }

  @Test func missingScalingIsNamed() throws {
    let found = try changing("normal-client-close", where: isSend(1)) { event in
      var options = event["opts"] as? Object
      options?["wscale"] = nil
      event["opts"] = options
    }
    #expect(
      found == "segment 1 (server SYN ACK): window scale option: captured missing, model there")
  }

  @Test func urgentIsCompared() throws {
    let found = try changing("normal-client-close", where: isSend(4)) {
      $0["flags"] = ["ACK", "URG"]
    }
    #expect(found == "segment 4 (server ACK URG): flags: captured ACK URG, model ACK")
  }

  /// A send buffer may be full, but not with a few bytes in it: then a write is taken as a whole.
  @Test(arguments: [(10, false), (60_000, true)])
  func writeTakenInPartIsFollowed(more: Int, isFollowed: Bool) throws {
    let write: (Object) -> Bool = {
      $0["call"] as? String == "send" && ($0["args"] as? [String: Any])?["bytes"] as? Int != nil
    }
    var whole = 0
    let found = try changing("normal-client-close", where: write) {
      whole = ($0["args"] as? [String: Any])?["bytes"] as? Int ?? 0
      $0["args"] = ["bytes": whole + more]
    }
    #expect((found == nil) == isFollowed)
    if !isFollowed {
      #expect(found?.contains("result: captured \(whole), model \(whole + more)") == true)
    }
  }

  @Test func changedResultIsNamed() throws {
    let read: (Object) -> Bool = {
      $0["call"] as? String == "recv" && $0["result"] as? String == "GET /a\n"
    }
    let found = try changing("normal-client-close", where: read) { $0["result"] = "GET /b\n" }
    #expect(found == "event 13 (server recv): result: byte 5: captured 98, model 97")
    let shorter = try changing("normal-client-close", where: read) { $0["result"] = "GET" }
    #expect(shorter == "event 13 (server recv): result: captured 3 bytes, model 7 bytes")
  }

  @Test func changedErrorIsNamed() throws {
    let reset: (Object) -> Bool = { $0["error"] != nil }
    let found = try changing("linger0-rst", where: reset) { $0["error"] = nil }
    #expect(
      found
        == "event 24 (server recv): result: captured nothing, model 'Connection reset by peer'")
  }

  @Test func changedFateIsNamed() throws {
    let found = try changing("normal-client-close", where: isSend(5)) { $0["fate"] = "dropped" }
    #expect(found != nil)
  }

  @Test func lateArrivalIsNamed() throws {
    let found = try changing("normal-client-close", where: isReceive(10)) { $0["t"] = 0.7 }
    #expect(
      found
        == "event 31 (server receives segment 10): captured 449 ms after sending, the wire's "
        + "delay is 10 ms")
  }

  /// Only segments on the wire make an arrival late: a call in between does not.
  @Test func callsKeepNoWireBusy() throws {
    var ladder = try ChangedLadder("normal-client-close")
    var events = ladder.events
    let index = try #require(events.firstIndex(where: isReceive(10)))
    let sent = try #require(events.first(where: isSend(10))?["t"] as? Double)
    events[index]["t"] = sent + 0.2
    let waits = (1...19).map { number -> Object in
      [
        "kind": "state", "t": sent + Double(number) * 0.01, "conn": 0, "i": 500 + number,
        "side": "server", "before": events[index]["before"] ?? [:],
        "after": events[index]["before"] ?? [:],
      ]
    }
    events.insert(contentsOf: waits, at: index)
    ladder.events = events
    #expect(
      try difference(ladder)?.hasSuffix(
        "captured 200 ms after sending, the wire's delay is 10 ms") == true)
  }

  @Test func changedTimeWaitIsNamed() throws {
    let found = try changing("lost-last-ack", where: isReceive(13)) {
      $0["detail"] = ["client": ["timer": "timewait", "expires_ms": 59000]]
    }
    #expect(
      found
        == "event 35 (client receives segment 13): client TIME_WAIT timer: captured 59000 ms, "
        + "model 60000 ms")
  }

  @Test func missingSegmentIsNamed() throws {
    var ladder = try ChangedLadder("normal-client-close")
    var events = ladder.events
    events.removeAll(where: isSend(10))
    events.removeAll(where: isReceive(10))
    ladder.events = events
    let found = try difference(ladder)
    #expect(found?.contains("one segment more than captured: ACK") == true)
  }

  @Test func additionalSegmentIsNamed() throws {
    var ladder = try ChangedLadder("normal-client-close")
    var events = ladder.events
    let index = try #require(events.firstIndex(where: isSend(10)))
    var copy = events[index]
    copy["seg"] = 99
    copy["fate"] = "dropped"
    events.insert(copy, at: index + 1)
    ladder.events = events
    #expect(
      try difference(ladder) == "segment 99 (client ACK): captured, but the model sends nothing")
  }

  @Test func changedPathIsNamed() throws {
    var ladder = try ChangedLadder("merged-fin-ack")
    ladder.members["paths"] = ["0": ["client": ["CLOSED", "SYN_SENT", "ESTABLISHED", "TIME_WAIT"]]]
    #expect(
      try difference(ladder)
        == "path of connection 0 (client): captured CLOSED SYN_SENT ESTABLISHED TIME_WAIT, model "
        + "CLOSED SYN_SENT ESTABLISHED FIN_WAIT_1 TIME_WAIT")
  }

  @Test func changedReuseIsnIsNamed() throws {
    var ladder = try ChangedLadder("tw-reuse-active")
    var connections = try #require(ladder.members["connections"] as? [Object])
    connections[0]["isn"] = ["client": 1_463_617_006, "server": 2_156_417_857]
    ladder.members["connections"] = connections
    #expect(
      try difference(ladder)
        == "segment 11 (client SYN): distance from the earlier ISN: captured 65547, model 65546")
  }

  @Test func settingsMatter() throws {
    var ladder = try ChangedLadder("tw-rfc1337")
    var settings = try #require(ladder.members["sysctl"] as? [String: Object])
    settings["client"]?["tcp_rfc1337"] = "0"
    ladder.members["sysctl"] = settings
    #expect(
      try difference(ladder)
        == "event 42 (client receives segment 14): client after: captured TIME_WAIT, model CLOSED")
  }

  @Test func residenceIsCompared() throws {
    var ladder = try ChangedLadder("fin-wait2-orphan")
    var settings = try #require(ladder.members["sysctl"] as? [String: Object])
    settings["client"]?["tcp_fin_timeout"] = "9"
    ladder.members["sysctl"] = settings
    #expect(try difference(ladder) != nil)
  }

  // MARK: Causes

  /// What was sent for another reason is noticed: data of a call that is said to answer a segment that
  /// never came, or one that came before; and what a timer sent of a call long before.
  @Test(arguments: [
    "all-of-three", "late-duplicate", "sacked-round-trip-cubic", "small-behind-gap", "tail2",
    "compressed-acks",
  ]) func everyCauseIsCompared(name: String) throws {
    let whole = try ChangedLadder(name, in: TCPLadderLossTests.folder)
    let events = whole.events
    var changed = 0
    for (index, event) in events.enumerated() {
      for cause in otherCauses(event, events[..<index]) {
        var ladder = whole
        ladder.events[index]["cause"] = cause
        #expect(try difference(ladder) != nil, "\(name) event \(index): \(cause)")
        changed += 1
      }
      if changed > 30 { break }
    }
    #expect(changed > 3)
  }

  /// What a timer sent long after a call does not come of that call, though the timer ran meanwhile.
  @Test func callsExplainNoLateTimer() throws {
    var changed = try ChangedLadder("compressed-acks", in: TCPLadderLossTests.folder)
    #expect(try difference(changed) == nil)
    try changed.change("send", 55) { $0["cause"] = ["app": "recv", "event": 87] }
    #expect(try difference(changed)?.contains("sent because of: captured a call") == true)
  }

  private func otherCauses(_ event: Object, _ earlier: ArraySlice<Object>) -> [Object] {
    guard event["kind"] as? String == "send", let at = event["t"] as? Double else { return [] }
    func last(_ kind: String, _ call: String?) -> Object? {
      earlier.last {
        $0["kind"] as? String == kind && $0["side"] as? String == event["side"] as? String
          && $0["conn"] as? Int == event["conn"] as? Int && $0["call"] as? String == call
      }
    }
    if let cause = event["cause"] as? Object {
      guard cause["app"] != nil, event["len"] as? Int != 0 else { return [] }
      let answered = last("recv", nil).map { ["recv": $0["seg"] ?? 0, "event": $0["i"] ?? 0] }
      return [["recv": 99_999]] + (answered.map { [$0] } ?? [])
    }
    func long(_ row: Object?) -> Object? {
      row.flatMap { at - ($0["t"] as? Double ?? at) > 0.020 ? $0 : nil }
    }
    let read = long(last("app", "recv")).map { ["app": "recv", "event": $0["i"] ?? 0] as Object }
    let arrived = long(last("recv", nil)).map {
      ["recv": $0["seg"] ?? 0, "event": $0["i"] ?? 0] as Object
    }
    return [read, arrived].compactMap { $0 }
  }

  // MARK: Every member of every event

  /// Changes every compared member of every event, one at a time; each change must be noticed.
  @Test(arguments: ["merged-fin-ack", "lost-handshake", "no-tw-lost-ack"])
  func everyChangeIsNoticed(name: String) throws {
    let whole = try ChangedLadder(name)
    for (index, event) in whole.events.enumerated() {
      for (member, value) in changes(event) {
        var ladder = whole
        ladder.events[index][member] = value
        let found = try difference(ladder)
        #expect(found != nil, "\(name) event \(index): \(member) = \(value)")
      }
    }
  }

  private func changes(_ event: Object) -> [(String, Any)] {
    var changes: [(String, Any)] = []
    for member in ["before", "after"] {
      guard var states = event[member] as? [String: String] else { continue }
      for side in ["client", "server"] {
        let old = states[side]
        states[side] = old == "CLOSING" ? "LAST_ACK" : "CLOSING"
        changes.append((member, states))
        states[side] = old
      }
    }
    if event["kind"] as? String == "send" {
      let isScripted = (event["cause"] as? Object)?["raw_peer"] != nil
      for member in ["rel_seq", "rel_ack", "len"] {
        guard let number = event[member] as? Int else { continue }
        changes.append((member, number + 1))
      }
      let flags = event["flags"] as? [String] ?? []
      changes.append(("flags", flags.contains("RST") ? ["FIN", "ACK"] : ["RST", "ACK"]))
      if !isScripted {
        changes.append(("retransmission", !(event["retransmission"] as? Bool ?? false)))
        changes.append(("cause", ["recv": 999, "event": 0]))
      }
    }
    if event["kind"] as? String == "recv" {
      changes.append(("flags", ["URG"]))
      changes.append(("seq", 1))
      changes.append(("len", 77))
      changes.append(("seg", 0x1234))
    }
    if event["kind"] as? String == "app", event["call"] as? String == "recv" {
      if event["error"] == nil { changes.append(("result", "something else entirely")) }
      changes.append(("error", "OSError:Something else"))
    }
    return changes
  }
}
