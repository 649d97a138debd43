import Foundation
import Testing

@testable import Visualizer

/// What scripts count on beyond the states: recoveries, empty calls, windows, and what packetdrill
/// itself compares.
struct PacketdrillHabitsTests {
  private func check(
    _ lines: String, linux: Bool = false, sack: Bool = true
  ) throws -> CheckReport {
    var open = PacketdrillTests.open
    if !sack {
      open = open.replacingOccurrences(of: ",nop,nop,sackOK", with: "")
        .replacingOccurrences(of: ",sackOK", with: "")
    }
    return try PacketdrillTests.check((linux ? "--rules=linux\n" : "") + open + lines)
  }

  // MARK: Recoveries

  /// Three duplicates of a flight of any size bring the first segment again, whether or not SACK was
  /// agreed on.
  @Test(arguments: [4, 7, 8, 10], [true, false])
  func duplicatesBringTheFirstAgain(count: Int, sack: Bool) throws {
    let duplicates = String(repeating: "+.001 < . 1:1(0) ack 1 win 65535\n", count: 3)
    let report = try check(
      "+0 write(4, ..., \(count)000) = \(count)000\n+0 > P. 1:\(count)001(\(count)000) ack 1\n"
        + duplicates + "+0 > . 1:1001(1000) ack 1\n", sack: sack)
    #expect(report.difference == nil)
  }

  /// Each duplicate says that a segment has left the wire: from the window of seven on, something
  /// new goes for each.
  @Test func duplicatesMakeRoom() throws {
    let duplicate = "+.001 < . 1:1(0) ack 1 win 65535\n"
    let report = try check(
      "+0 write(4, ..., 14000) = 14000\n+0 > P. 1:10001(10000) ack 1\n"
        + duplicate + "+0 > . 10001:11001(1000) ack 1\n"
        + duplicate + "+0 > . 11001:12001(1000) ack 1\n"
        + duplicate + "+0 > . 1:1001(1000) ack 1\n"
        + "+.02 < . 1:1(0) ack 12001 win 65535\n+0 > P. 12001:14001(2000) ack 1\n", sack: false)
    #expect(report.difference == nil)
  }

  /// The first two duplicates let a new segment go each, and reordering is no loss.
  @Test func limitedTransmit() throws {
    let report = try check(
      """
      +0 write(4, ..., 15000) = 15000
      +0 > P. 1:10001(10000) ack 1
      +.02 < . 1:1(0) ack 1 win 65535 <sack 1001:2001,nop,nop>
      +0 > . 10001:11001(1000) ack 1
      +.001 < . 1:1(0) ack 1 win 65535 <sack 1001:3001,nop,nop>
      +0 > . 11001:12001(1000) ack 1
      +.001 < . 1:1(0) ack 3001 win 65535
      +0 > P. 12001:14001(2000) ack 1
      +.02 < . 1:1(0) ack 5001 win 65535
      +0 > P. 14001:15001(1000) ack 1

      """)
    #expect(report.difference == nil)
    #expect(report.sentence.contains("PSH within a write"))
  }

  /// A tail loss probe is something new if there is anything, whatever the congestion window says.
  @Test func probeIsNewDataIfThereIsAny() throws {
    let report = try check(
      """
      +0 write(4, ..., 20000) = 20000
      +0 > P. 1:10001(10000) ack 1
      +.02~+.08 > . 10001:11001(1000) ack 1

      """, linux: true)
    #expect(report.difference == nil)
  }

  /// Without SACK an acknowledgment of a part shows what else is missing.
  @Test(arguments: [6, 8, 10]) func partialAcknowledgmentBringsTheNext(count: Int) throws {
    let duplicate = "+.001 < . 1:1(0) ack 1 win 65535\n"
    let report = try check(
      "+0 write(4, ..., \(count)000) = \(count)000\n+0 > P. 1:\(count)001(\(count)000) ack 1\n"
        + String(repeating: duplicate, count: 3) + "+0 > . 1:1001(1000) ack 1\n"
        + String(repeating: duplicate, count: count - 5)
        + "+.02 < . 1:1(0) ack 2001 win 65535\n+0 > . 2001:3001(1000) ack 1\n", sack: false)
    #expect(report.difference == nil)
  }

  /// After a timeout duplicates bring nothing more.
  @Test func duplicatesAfterATimeoutBringNothing() throws {
    let duplicate = "+.001 < . 1:1(0) ack 1 win 65535\n"
    let report = try check(
      "+0 write(4, ..., 6000) = 6000\n+0 > P. 1:6001(6000) ack 1\n+1 > . 1:1001(1000) ack 1\n"
        + String(repeating: duplicate, count: 4) + "+1.996 > . 1:1001(1000) ack 1\n", sack: false)
    #expect(report.difference == nil)
  }

  /// After a timeout, duplicates of the number where the recovery ended may be of what went again
  /// needlessly: without SACK they bring nothing.
  @Test func duplicatesOfTheRecoveredNumberBringNothing() throws {
    let duplicate = "+.001 < . 1:1(0) ack 6001 win 65535\n"
    let report = try check(
      "+0 write(4, ..., 6000) = 6000\n+0 > P. 1:6001(6000) ack 1\n+1 > . 1:1001(1000) ack 1\n"
        + "+.01 < . 1:1(0) ack 6001 win 65535\n+0 write(4, ..., 4000) = 4000\n"
        + "+0 > P. 6001:10001(4000) ack 1\n" + String(repeating: duplicate, count: 4)
        + "+1.996 > . 6001:7001(1000) ack 1\n", sack: false)
    #expect(report.difference == nil)
  }

  /// Many events at a moment do not make each other late.
  @Test func eventsAtAMomentAreNotLate() throws {
    let bytes = String(repeating: "+0 < . 1:1(0) ack 1 win 65535\n", count: 2000)
    let report = try check(
      "--tolerance_usecs=1000\n" + bytes + "+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n")
    #expect(report.difference == nil)
  }

  // MARK: Calls

  @Test func emptyCallsReturnNothing() throws {
    let report = try check(
      """
      +0 sendmsg(4, {msg_name(...)=..., msg_iov(2)=[{...,0},{...,0}], msg_flags=0}, 0) = 0
      +0 write(4, ..., 0) = 0
      +0 read(4, ..., 0) = 0

      """)
    #expect(report.difference == nil)
  }

  @Test func waitingIsToldFromFailing() throws {
    #expect(
      try check("+0 read(4, ..., 9) = 9\n").difference
        == "line 8: read: expected 9, the model returned nothing and waits")
    #expect(
      try check("+0 fcntl(4, F_SETFL, O_RDWR|O_NONBLOCK) = 0\n+0 read(4, ..., 9) = 9\n").difference
        == "line 9: read: expected 9, the model returned EAGAIN")
  }

  /// The flags of `recvmsg` stand where others have the number of bytes.
  @Test func flagsOfMessagesAreRead() throws {
    let call = "+0 recvmsg(4, {msg_name(...)=..., msg_iov(1)=[{...,100}], msg_flags=0}, "
    #expect(
      try check(call + "MSG_DONTWAIT) = 9\n").difference
        == "line 8: recvmsg: expected 9, the model returned EAGAIN")
    #expect(
      try check(call + "0) = 9\n").difference
        == "line 8: recvmsg: expected 9, the model returned nothing and waits")
  }

  // MARK: Windows and times

  /// Options left open are those that the peer offers: its windows are scaled then.
  @Test func optionsLeftOpenTakeUpTheOffer() throws {
    let script = """
      0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0 bind(3, ..., ...) = 0
      +0 listen(3, 1) = 0
      +0 < S 0:0(0) win 65535 <mss 1000,nop,wscale 7>
      +0 > S. 0:0(0) ack 1 <...>
      +.02 < . 1:1(0) ack 1 win 16
      +0 accept(3, ..., ...) = 4
      +0 write(4, ..., 2000) = 2000
      +0 > P. 1:2001(2000) ack 1

      """
    #expect(try PacketdrillTests.check(script).difference == nil)
    let unscaled = script.replacingOccurrences(of: "<...>", with: "<mss 1460>")
    #expect(try PacketdrillTests.check(unscaled).difference != nil)
  }

  /// A window of 0 says that the buffer is full, not how large it is.
  @Test func windowBehindDataIsNotTheBuffer() throws {
    let report = try check(
      "+0 < P. 1:1001(1000) ack 1 win 65535\n* > . 1:1(0) ack 1001 win 0\n")
    #expect(report.difference == nil)
  }

  /// A bare ACK acknowledges no SYN: the first timeout shows behind it too.
  @Test(arguments: ["", "+.1 < . 0:0(0) ack 1 win 65535\n", "+.1 < F. 5:5(0) ack 1 win 65535\n"])
  func bareAckDoesNotHideTheFirstTimeout(probe: String) throws {
    let script =
      """
      0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0
      +0 connect(3, ..., ...) = -1 EINPROGRESS (Operation now in progress)
      +0 > S 0:0(0)

      """ + probe + (probe.isEmpty ? "+3 > S 0:0(0)\n" : "+2.9 > S 0:0(0)\n")
    #expect(try PacketdrillTests.check(script).difference == nil)
  }

  /// A SYN ACK is given up for a bare RST: the next SYN's answer is another segment, not the same
  /// one after three seconds.
  @Test func resetEndsTheFirstTimeout() throws {
    let script = """
      0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
      +0 bind(3, ..., ...) = 0
      +0 listen(3, 1) = 0
      +0 < S 0:0(0) win 65535 <mss 1000>
      +0 > S. 0:0(0) ack 1 <...>
      +.1 < R 1:1(0) win 0
      +1.5 < S 0:0(0) win 65535 <mss 1000>
      +0 > S. 0:0(0) ack 1 <...>
      +1 > S. 0:0(0) ack 1 <...>

      """
    #expect(try PacketdrillTests.check(script).difference == nil)
  }

  // MARK: Acknowledgments

  /// The acknowledgment of a FIN waits as that of data does, and goes when the script has it go.
  @Test(arguments: [
    "F. 1:1(0) ack 1 win 65535\n+%@ > . 1:1(0) ack 2\n",
    "P. 1:101(100) ack 1 win 65535\n+%@ > . 1:1(0) ack 101\n",
    "FP. 1:101(100) ack 1 win 65535\n+%@ > . 1:1(0) ack 102\n",
  ])
  func acknowledgmentsWaitForTheScript(lines: String) throws {
    for time in ["0", ".04", ".2", ".49"] {
      let report = try check("+0 < " + lines.replacingOccurrences(of: "%@", with: time))
      #expect(report.difference == nil)
    }
    let late = try check("+0 < " + lines.replacingOccurrences(of: "%@", with: ".6"))
    #expect(late.difference?.contains("at 0.620 s, the model sent it at 0.520 s") == true)
  }

  /// It rides on what is sent before that, and does not wait behind something the script has later.
  @Test func acknowledgmentOfAFinRides() throws {
    let fin = "+0 < F. 1:1(0) ack 1 win 65535\n"
    let end = "+.1 close(4) = 0\n"
    #expect(try check(fin + end + "+0 > F. 1:1(0) ack 2\n").difference == nil)
    let apart = "+0 > . 1:1(0) ack 2\n+0 > F. 1:1(0) ack 2\n"
    #expect(try check(fin + "+0 close(4) = 0\n" + apart).difference == nil)
    #expect(try check(fin + end + apart).difference == nil)
    let later = try check(fin + end + "+.1 > . 1:1(0) ack 2\n").difference
    #expect(later?.contains("the model sent FIN ACK seq 1 ack 2") == true)
  }

  /// A peer that sends on has each segment acknowledged where the script says so.
  @Test func eachSegmentMayBeAcknowledged() throws {
    let report = try check(
      "+0 < P. 1:101(100) ack 1 win 65535\n+0 < P. 101:201(100) ack 1 win 65535\n"
        + "+0 > . 1:1(0) ack 101\n+.1 > . 1:1(0) ack 201\n")
    #expect(report.difference == nil)
  }

  /// When Linux acknowledges is not for the script to say.
  @Test(arguments: [("0", false), (".04", true)])
  func linuxHasItsOwnTimes(time: String, isRight: Bool) throws {
    let difference = try check(
      "+0 < P. 1:101(100) ack 1 win 65535\n+0 > . 1:1(0) ack 101\n"
        + "+.01 < F. 101:101(0) ack 1 win 65535\n+\(time) > . 1:1(0) ack 102\n", linux: true
    ).difference
    #expect((difference == nil) == isRight, "\(difference ?? "none")")
  }

  // MARK: What packetdrill compares

  /// Lines expect what the last socket sends that listens or connects, not what an earlier one still does.
  @Test func anotherSocketIsUnderTest() throws {
    let report = try check(
      "+0 < P. 1:101(100) ack 1 win 65535\n* > . 1:1(0) ack 101\n+0 close(4) = 0\n"
        + "+0 close(3) = 0\n+" + PacketdrillTests.open + "+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n")
    #expect(report.difference == nil)
  }

  /// Where one line stands for several segments, they may push, or not, where a write has not ended.
  @Test func pushesWithinAWrite() throws {
    let write = "+0 write(4, ..., 12000) = 12000\n"
    for flags in [".", "P."] {
      let lines = write + "+0 > \(flags) 1:10001(10000) ack 1\n"
      #expect(try check(lines, linux: true).difference == nil)
      #expect(try check(lines).difference == nil)
    }
    let whole = "+0 write(4, ..., 4000) = 4000\n+0 > . 1:4001(4000) ack 1\n"
    #expect(try check(whole, linux: true).difference != nil)
    #expect(try check(whole).difference != nil)
  }

  /// What is sent is looked at where a line expects something, and not behind the last.
  @Test func nothingIsExpectedBehindTheLastLine() throws {
    let duplicate = "+0 < P. 1:11(10) ack 1 win 65535\n+.5 < P. 1:11(10) ack 1 win 65535\n"
    let end = "+.5 shutdown(4, SHUT_WR) = 0\n"
    let report = try check(duplicate + end)
    #expect(report.difference == nil)
    #expect(report.sentence.contains("what is sent behind the last line"))
    let always = try check("+0 write(4, ..., 10) = 10\n+0 > . 1:11(10) ack 1\n").difference
    #expect(always?.hasPrefix("line 9: expected ACK seq 1 (10 bytes) ack 1") == true)
    let later = try check(duplicate + end + "+0 > F. 1:1(0) ack 11\n").difference
    #expect(later?.hasPrefix("line 10: before it the model sent ACK seq 1 ack 11") == true)
  }
}
