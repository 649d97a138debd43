import Foundation
import Models
import Testing

@testable import Visualizer

/// Scripts as ladders to be watched.
struct PacketdrillShowTests {
  @Test(arguments: PacketdrillTests.names) func scriptIsAShow(name: String) throws {
    let file = try PacketdrillFile(
      file: "x.pkt", bytes: Array(try PacketdrillTests.text(name).utf8))
    let show = try #require(file.show(name: name))
    #expect(show.stepCount > 10)
    #expect(show.rules == "rfc9293")
  }

  /// What is watched is what was compared: segment by segment, at the same times.
  @Test(arguments: PacketdrillTests.names) func showIsTheRunThatIsChecked(name: String) throws {
    let bytes = Array(try PacketdrillTests.text(name).utf8)
    let file = try PacketdrillFile(file: "x.pkt", bytes: bytes)
    var run = PacketdrillRun(file.script, rules: .rfc9293)
    _ = run.run()
    let show = try #require(file.show(name: name) as? Performance<TCPSubject>)
    let watched = show.timeline.state(before: show.timeline.script.count)
    let compared = run.network
    #expect(watched.log.count == compared.log.count)
    #expect((0..<watched.log.count).allSatisfy { watched.log[$0] == compared.log[$0] })
    #expect(watched.stateLog.count == compared.stateLog.count)
    #expect(
      (0..<watched.stateLog.count).allSatisfy { watched.stateLog[$0] == compared.stateLog[$0] })
    #expect(watched.now == compared.now)
  }

  /// A segment arrives before anything else happens, so that its arrow takes one row.
  @Test func arrowsReachTheOtherEnd() throws {
    let file = try PacketdrillFile(
      file: "x.pkt", bytes: Array(try PacketdrillTests.text("close-four").utf8))
    let show = try #require(file.show(name: "close-four") as? Performance<TCPSubject>)
    let network = show.timeline.state(before: show.timeline.script.count)
    let rows = TCPLadderRows(network, connection: 0, segments: 100, now: network.now)
    #expect(rows.arrows.count == network.log.count)
    #expect(rows.arrows.allSatisfy { $0.arrivalRow == $0.sentRow })
  }

  /// What lies beyond the end of the peer's stream was not taken before.
  @Test func finBeyondTheStreamIsToldAsThat() throws {
    let script =
      PacketdrillTests.open + """
        +0 close(4) = 0
        +0 > F. 1:1(0) ack 1
        +.02 < F. 1:1(0) ack 2 win 65535
        +0 > . 2:2(0) ack 2
        +.1 < F. 70000:70000(0) ack 2 win 65535
        +0 > . 2:2(0) ack 2

        """
    let file = try PacketdrillFile(file: "x.pkt", bytes: Array(script.utf8))
    #expect(file.check().difference == nil)
    let show = try #require(file.show(name: "beyond"))
    let words = (0..<show.stepCount).map { show.narration(ofStep: $0, .en).text }
    #expect(
      words.contains { $0.contains("The stream has ended before 2") })
    #expect(words.contains { $0.contains("TIME_WAIT takes nothing new") })
    #expect(!words.contains { $0.contains("has taken this FIN before") })
  }

  /// A flight is drawn row by row; what crosses it half way is drawn as crossing.
  @Test func flightsTakeARowASegment() throws {
    let lines = """
      +0 write(4, ..., 5000) = 5000
      +0 > P. 1:5001(5000) ack 1
      +.05 < . 1:1(0) ack 5001 win 65535

      """
    let show = try #require(try opened(lines) as? Performance<TCPSubject>)
    let network = show.timeline.state(before: show.timeline.script.count)
    let rows = TCPLadderRows(network, connection: 0, segments: 100, now: network.now)
    #expect(rows.arrows.allSatisfy { $0.arrivalRow == $0.sentRow })
    #expect(Set(rows.arrows.map(\.sentRow)).count == rows.arrows.count)
  }

  /// A script that the model does not follow says so at its beginning, and ends in a chapter of that.
  @Test func partingIsAChapter() throws {
    let script = PacketdrillTests.open + "+0 close(4) = 0\n+0 > F. 2:2(0) ack 1\n"
    let file = try PacketdrillFile(file: "x.pkt", bytes: Array(script.utf8))
    let show = try #require(file.show(name: "parting"))
    let difference = try #require(file.check().difference)
    #expect(show.narration(ofStep: 0, .en).text.hasSuffix(difference))
    #expect(show.chapters.map(\.title.en) == ["Script and model part"])
    #expect(show.narration(ofStep: show.stepCount - 1, .en).text == difference)
  }

  /// A script without connection has something to show too: the reset that nobody's port sends.
  @Test func closedPortIsWatched() throws {
    let script = "0.1 < S 0:0(0) win 65535 <mss 1000>\n+0 > R. 0:0(0) ack 1\n"
    let file = try PacketdrillFile(file: "x.pkt", bytes: Array(script.utf8))
    #expect(file.check().difference == nil)
    let show = try #require(file.show(name: "closed"))
    let words = (0..<show.stepCount).map { show.narration(ofStep: $0, .en).text }
    #expect(words.contains { $0.hasPrefix("The server sends RST ACK, seq 0, ack 1") })
  }

  /// A show of an open connection that goes on by these lines.
  private func opened(_ lines: String) throws -> any Show {
    let bytes = Array((PacketdrillTests.open + lines).utf8)
    return try #require(PacketdrillFile(file: "x.pkt", bytes: bytes).show(name: "opened"))
  }

  private func established() throws -> any Show {
    try opened(
      """
      +0 write(4, ..., 100) = 100
      +0 > P. 1:101(100) ack 1
      +.02 < . 1:1(0) ack 101 win 65535

      """)
  }

  private func lines(_ show: any Show, step: Int, view: Int) -> [String] {
    var look = Look(size: .middle)
    look.view = view
    let frame = show.frame(step, progress: 1, look)
    return (0..<look.size.rows).map { frame.text(row: $0) }
  }

  /// The end that the script plays has no state: nothing is said of one, and nothing lit.
  @Test func scriptedEndHasNoState() throws {
    let show = try established()
    let last = show.stepCount - 1
    let ladder = lines(show, step: last, view: 0)
    #expect(ladder[2].contains("client  script "))
    #expect(ladder[2].contains(" ESTABLISHED  server"))
    #expect(ladder.contains { $0.contains("╭ client  script ─") })
    let states = lines(show, step: last, view: 1)
    let text = states.joined(separator: "\n")
    #expect(text.contains("C client script "))
    #expect(text.contains("ESTABLISHED S"))
    #expect(text.contains("[ CLOSED ]") && !text.contains("[ C "))
    let words = (0..<show.stepCount).map { show.narration(ofStep: $0, .en).text }
    #expect(words.contains("The script, as the client, sends SYN, seq 0."))
  }

  /// PSH is a flag that is looked for where a segment is taken apart; an arrow's label does without.
  @Test func pushIsShownWhereASegmentIsTakenApart() throws {
    let show = try established()
    let step = try #require(
      (0..<show.stepCount).first {
        show.narration(ofStep: $0, .en).text.hasPrefix("The server sends 100 bytes")
      })
    let ladder = lines(show, step: step, view: 0)
    #expect(ladder.contains { $0.contains("flags   PSH ACK ") })
    #expect(!ladder.contains { $0.contains("├") && $0.contains("PSH") })
  }

  /// What is under way passes behind its label, which can be read all the time.
  @Test func labelsStayWholeUnderWay() throws {
    let show = try Shows.open("tcp-close")
    let steps = (0..<show.stepCount).filter {
      show.narration(ofStep: $0, .en).text.contains(" sends FIN ACK, seq ")
    }
    #expect(steps.count == 2)
    for step in steps {
      for progress in stride(from: 0.0, through: 1.0, by: 0.05) {
        let frame = show.frame(step, progress: progress, Look(size: .middle))
        let rows = (0..<36).map { frame.text(row: $0) }
        #expect(rows.contains { $0.contains(" FIN ACK  seq ") }, "\(progress)")
      }
    }
  }
}
