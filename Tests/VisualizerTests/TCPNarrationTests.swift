import BundledScenarios
import Foundation
import Models
import Testing

@testable import Visualizer

/// What is said of every step of TCP, and that the scenarios end as they tell.
@Suite struct TCPNarrationTests {
  private static let scenarios = BundledScenarios.all.map(\.name).filter {
    $0.hasPrefix("tcp-") || $0 == "http-websocket"
  }
  private static let ladders = TCPLadderTests.names

  private func ladder(
    _ name: String, in folder: URL = TCPLadderTests.folder
  ) throws -> any Show {
    let bytes = Array(try Data(contentsOf: folder.appending(path: name + ".json")))
    let captured = try #require(try CapturedFormat.read(file: "\(name).json", bytes: bytes))
    return try #require(try captured.show(name: name))
  }

  /// A step in fields, by name.
  private func steps(_ show: any Show) -> [(event: String, fields: [String: FieldValue])] {
    (0..<show.stepCount).map { step in
      let record = show.record(ofStep: step)
      return (record.event, Dictionary(uniqueKeysWithValues: record.fields))
    }
  }

  /// The segments sent from a step on, as "client FIN ACK" or "server 300 bytes".
  private func segments(_ show: any Show, from first: Int = 0) -> [String] {
    steps(show).dropFirst(first).filter { $0.event == "segmentSent" }.map { step in
      guard case .text(let from)? = step.fields["from"],
        case .text(let flags)? = step.fields["flags"],
        case .integer(let length)? = step.fields["length"]
      else { return "?" }
      return "\(from) " + (length > 0 ? "\(length) bytes" : flags)
    }
  }

  /// The first step of a chapter, by its number from 1.
  private func start(_ show: any Show, ofChapter number: Int) -> Int {
    show.chapters[number - 1].step
  }

  // MARK: Every sentence

  private func readAll(_ show: any Show) {
    for step in 0..<show.stepCount {
      let event = show.record(ofStep: step).event
      for language in Language.allCases {
        let text = show.narration(ofStep: step, language).text
        #expect(!text.isEmpty && text != event, "step \(step) \(event) \(language)")
        guard event != "say", event != "chapter" else { continue }
        #expect(GlyphWidth.of(text) <= 156, "step \(step) \(event): \(text)")
        #expect(!text.contains("  ") && !text.contains("Optional"), "step \(step): \(text)")
        let end: Set<Character> = language == .en ? ["."] : ["。"]
        #expect(text.last.map(end.contains) == true, "step \(step): \(text)")
        if language == .en { #expect(text.utf8.allSatisfy { $0 < 0x80 }, "\(text)") }
      }
      #expect(show.what(atStep: step)?.contains("Models.") != true)
    }
  }

  @Test(arguments: scenarios)
  func everyStepOfAScenarioHasItsSentence(_ name: String) throws { readAll(try Shows.open(name)) }

  @Test(arguments: ladders)
  func everyStepOfALadderHasItsSentence(_ name: String) throws { readAll(try ladder(name)) }

  /// What the author says between two events is short enough to be read, in both languages.
  @Test(arguments: scenarios)
  func theAuthorIsBrief(_ name: String) throws {
    let show = try Shows.open(name)
    #expect((3...8).contains(show.chapters.count))
    for step in 0..<show.stepCount where show.record(ofStep: step).event == "say" {
      for language in Language.allCases {
        let text = show.narration(ofStep: step, language).text
        #expect(GlyphWidth.of(text) <= 156, "\(name): \(text)")
      }
    }
  }

  /// Every event has the time and the states of both ends.
  @Test(arguments: scenarios)
  func everyEventHasTimeAndStates(_ name: String) throws {
    var last = 0
    for step in steps(try Shows.open(name)) where !["say", "chapter"].contains(step.event) {
      guard case .integer(let time)? = step.fields["timeMicroseconds"],
        case .text(let client)? = step.fields["client"],
        case .text(let server)? = step.fields["server"]
      else {
        Issue.record("\(step)")
        return
      }
      #expect(time >= last)
      last = time
      #expect(ConnectionState(rawValue: client) != nil && ConnectionState(rawValue: server) != nil)
    }
  }

  // MARK: Single sentences

  /// What is said in both languages, of all steps.
  private func told(_ show: any Show, _ language: Language = .en) -> [String] {
    (0..<show.stepCount).map { show.narration(ofStep: $0, language).text }
  }

  @Test func whatIsLostArrivesOrArrive() throws {
    let show = try Shows.read(
      """
      title: t
      model: tcp
      script: [server listen, client connect, wait 1s, drop next from client, client send 300,
        drop next from server, server send 1, wait 50ms]
      """)
    let lost = told(show).filter { $0.contains("The wire loses it") }
    #expect(lost.contains { $0.contains("the 300 bytes never arrive. ") }, "\(lost)")
    #expect(lost.contains { $0.contains("the 1 byte never arrives. ") }, "\(lost)")
  }

  @Test func aTimerNamesTheOneThatItGivesWayTo() throws {
    let folder = TCPLadderTests.folder.deletingLastPathComponent().appending(path: "tcp-loss")
    let show = try ladder("original-answered-late", in: folder)
    let wanted = Bilingual(
      "retransmission timer gives way to the probe timer", "重传定时器让位给探测定时器")
    for language in Language.allCases {
      #expect(told(show, language).contains { $0.contains(wanted[language]) })
    }
  }

  /// A window that is open, but too small for a segment, is not called closed.
  @Test func aSmallWindowIsNotClosed() throws {
    let show = try Shows.read(
      """
      title: t
      model: tcp
      rules: linux
      parameters: { buffer: 2000, mss: 1000 }
      script: [server listen, client connect, wait 200ms, client send 2500, wait 8s]
      """)
    let text = told(show)
    let small = try #require(text.firstIndex { $0.contains("The other window leaves 24 bytes") })
    let closed = try #require(text.firstIndex { $0.contains("The other window is closed") })
    #expect(small < closed)
    #expect(text.contains { $0.contains("24 bytes") && $0.contains("what fits, to learn") })
    // The window stays on the screen beside the timer that waits for it.
    let screen = show.frame(small, progress: 1, Look(size: .small)).text
    #expect(screen.contains("sndWnd 24") && screen.contains("persist"))
  }

  // MARK: The stories

  private func states(_ show: any Show, _ side: String, from first: Int) -> [String] {
    steps(show).dropFirst(first).compactMap { step in
      guard step.event == "stateChanged", step.fields["side"] == .text(side),
        case .text(let to)? = step.fields["to"]
      else { return nil }
      return to
    }
  }

  /// Whatever an end enters, but by a reset or when it gives up, is a way of the diagram.
  @Test(arguments: scenarios + ["closed while opening"])
  func everyChangeOfStateIsInTheDiagram(_ name: String) throws {
    let closing = """
      title: t
      model: tcp
      script: [client connect, server connect, wait until client SYN_RCVD, client close, wait 1s]
      """
    // A passive open that is reset; a listener that serves a port again; TIME_WAIT that is reused.
    let beyond: Set<String> = [
      "SYN_RCVD LISTEN", "CLOSED SYN_RCVD", "TIME_WAIT SYN_RCVD", "TIME_WAIT SYN_SENT",
    ]
    let show = try Self.scenarios.contains(name) ? Shows.open(name) : Shows.read(closing)
    var seen: Set<String> = []
    for step in 0..<show.stepCount {
      let fields = show.record(ofStep: step).fields
      func field(_ name: String) -> String { fields.first { $0.name == name }?.value.text ?? "" }
      guard show.record(ofStep: step).event == "stateChanged",
        let from = ConnectionState(rawValue: field("from")),
        let to = ConnectionState(rawValue: field("to")),
        to != .closed || [.lastAck, .timeWait].contains(from)
      else { continue }
      #expect(
        beyond.contains("\(from.rawValue) \(to.rawValue)")
          || !StateDiagram.label(from: from, to: to).isEmpty, "\(from) to \(to)")
      seen.insert("\(from.rawValue) \(to.rawValue)")
    }
    #expect(!seen.isEmpty)
    #expect(Self.scenarios.contains(name) || seen.contains("SYN_RCVD FIN_WAIT_1"))
  }

  @Test func theCloseTakesFourSegmentsAndDataBetween() throws {
    let show = try Shows.open("tcp-close")
    let first = start(show, ofChapter: 2)
    #expect(
      segments(show, from: first) == [
        "client FIN ACK", "server ACK", "server 300 bytes", "server FIN ACK", "client ACK",
      ])
    #expect(
      states(show, "client", from: first) == ["FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT", "CLOSED"])
    #expect(states(show, "server", from: first) == ["CLOSE_WAIT", "LAST_ACK", "CLOSED"])
  }

  @Test func theMergedCloseTakesThreeSegments() throws {
    let show = try Shows.open("tcp-close-three")
    let first = start(show, ofChapter: 2)
    #expect(
      segments(show, from: first) == ["client FIN ACK", "server FIN ACK", "client ACK"])
    #expect(
      states(show, "client", from: first) == ["FIN_WAIT_1", "FIN_WAIT_2", "TIME_WAIT", "CLOSED"])
  }

  @Test func simultaneousCloseWaitsTwice() throws {
    let show = try Shows.open("tcp-simultaneous-close")
    let first = start(show, ofChapter: 2)
    #expect(
      Array(segments(show, from: first).prefix(4)) == [
        "client FIN ACK", "server FIN ACK", "server ACK", "client ACK",
      ])
    for side in ["client", "server"] {
      #expect(
        Array(states(show, side, from: first).prefix(4)) == [
          "FIN_WAIT_1", "CLOSING", "TIME_WAIT", "CLOSED",
        ])
    }
  }

  /// How long TIME_WAIT lasts after its last restart, in seconds.
  private func timeWait(_ show: any Show, _ side: String = "client") -> Int? {
    var started = 0
    for step in steps(show) where step.fields["side"] == .text(side) {
      guard case .integer(let time)? = step.fields["timeMicroseconds"] else { continue }
      if step.fields["timer"] == .text("timeWait"),
        ["timerStarted", "timerRestarted"].contains(step.event)
      {
        started = time
      }
      if step.event == "timerExpired", step.fields["timer"] == .text("timeWait") {
        return (time - started) / 1_000_000
      }
    }
    return nil
  }

  @Test(arguments: [("tcp-close", 240), ("tcp-close-three", 60), ("tcp-lost-last-ack", 240)])
  func timeWaitLastsTwoMSL(_ name: String, _ seconds: Int) throws {
    #expect(timeWait(try Shows.open(name)) == seconds)
  }

  /// What a captured ladder shows is told by its cause: unread bytes are no abort, data for an orphan no
  /// missing guard, and TIME_WAIT takes nothing whatever its number.
  @Test(arguments: [
    ("close-unread", "calls close with 25 bytes unread", "SO_LINGER"),
    ("data-to-orphan", "data has come that no program will read", "guard time-wait"),
    ("tw-probes", "TIME_WAIT takes nothing new", "outside the client's window"),
    ("tw-probes", "The stream has ended before 12", "number expected next"),
    ("lost-last-ack", "Its ACK was probably lost", "must be lost"),
  ])
  func capturedCausesAreTold(name: String, told: String, untold: String) throws {
    let show = try ladder(name)
    let words = (0..<show.stepCount).map { show.narration(ofStep: $0, .en).text }
    #expect(words.contains { $0.contains(told) })
    // Of the connection's end; the handshake has expected numbers.
    #expect(!words.suffix(words.count / 2).contains { $0.contains(untold) })
  }

  /// Behind a gap an acknowledgment counts all the same.
  @Test func acknowledgmentBehindAGapCounts() throws {
    let show = try ladder("stream", in: TCPLadderLossTests.folder)
    let words = (0..<show.stepCount).map { show.narration(ofStep: $0, .en).text }
    #expect(words.contains { $0.hasSuffix("What it acknowledges counts all the same.") })
  }

  /// An acknowledgment that was lost told nobody anything: the next one tells it for the first time.
  @Test func lostAcknowledgmentToldNothing() throws {
    let show = try Shows.open("tcp-lost-last-ack")
    let last = try #require(
      (0..<show.stepCount).last { show.record(ofStep: $0).event == "segmentSent" })
    let frame = show.frame(last, progress: 1, Look(size: .middle)).text
    #expect(frame.contains("acks    FIN"), "\(frame)")
  }

  /// Before the peer's first number is known there is no window to receive in.
  @Test func windowIsUnknownBeforeTheOtherEnd() throws {
    let show = try Shows.open("tcp-open")
    let first = try #require(
      (0..<show.stepCount).first { show.record(ofStep: $0).event == "segmentSent" })
    let frame = show.frame(first, progress: 1, Look(size: .middle)).text
    #expect(frame.contains("rcvWnd -") && !frame.contains("rcvWnd 65535"), "\(frame)")
  }

  /// A FIN that comes before what precedes it waits as a FIN.
  @Test func keptFinIsNoBytes() throws {
    let show = try ladder("data-fin-lost-both", in: TCPLadderLossTests.folder)
    let words = (0..<show.stepCount).map { show.narration(ofStep: $0, .en).text }
    #expect(words.contains { $0.hasPrefix("The FIN with number ") && $0.contains(" waits: ") })
    #expect(!words.contains { $0.contains("0 bytes from") })
  }

  @Test func timeWaitAnswersEachRepeatedFin() throws {
    let show = try Shows.open("tcp-lost-last-ack")
    let all = steps(show)
    #expect(all.count { $0.event == "timeWaitRestarted" } == 2)
    #expect(all.count { $0.event == "segmentLost" } == 2)
    #expect(!segments(show).contains { $0.contains("RST") })
  }

  @Test func withoutTimeWaitTheCloseEndsInAReset() throws {
    let show = try Shows.open("tcp-no-time-wait-lost-ack")
    #expect(segments(show).last == "client RST")
    #expect(!states(show, "client", from: 0).contains("TIME_WAIT"))
    #expect(
      steps(show).contains { $0.event == "connectionReset" && $0.fields["side"] == .text("server") }
    )
  }

  @Test func withoutTimeWaitOldBytesReachTheNewConnection() throws {
    let all = steps(try Shows.open("tcp-no-time-wait-stale"))
    let reads = all.filter { $0.event == "callReturned" && $0.fields["call"] == .text("recv") }
      .compactMap { $0.fields["incarnations"] }
    #expect(reads.contains(.texts(["1"])))
    let stale = try #require(
      all.first {
        $0.event == "dataDelivered" && $0.fields["incarnation"] == .integer(1)
          && $0.fields["side"] == .text("client") && $0.fields["timeMicroseconds"] != nil
          && isSecondLife($0.fields, all)
      })
    #expect(stale.fields["length"] == .integer(8))
    #expect(all.contains { $0.fields["reason"] == .text("ackTooOld") })
  }

  /// Whether an event lies behind the second SYN of the client of the first connection.
  private func isSecondLife(
    _ fields: [String: FieldValue], _ all: [(event: String, fields: [String: FieldValue])]
  ) -> Bool {
    let second = all.first {
      $0.event == "segmentSent" && $0.fields["incarnation"] == .integer(2)
    }
    guard case .integer(let start)? = second?.fields["timeMicroseconds"],
      case .integer(let time)? = fields["timeMicroseconds"]
    else { return false }
    return time > start
  }

  @Test func timeWaitIsReusedAndKilled() throws {
    let all = steps(try Shows.open("tcp-time-wait-reuse"))
    #expect(
      all.filter { $0.event == "timeWaitReused" }.map { $0.fields["side"] } == [
        .text("server"), .text("client"),
      ])
    #expect(
      all.contains { $0.event == "connectionReset" && $0.fields["connection"] == .integer(2) })
  }

  @Test func theServerClosesTheWebSocketFirst() throws {
    let show = try Shows.open("http-websocket")
    let first = start(show, ofChapter: 6)
    #expect(states(show, "server", from: first).first == "FIN_WAIT_1")
    #expect(states(show, "client", from: first) == ["CLOSE_WAIT", "LAST_ACK", "CLOSED"])
    #expect(states(show, "server", from: first).contains("TIME_WAIT"))
  }
}
