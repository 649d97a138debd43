import Foundation
import Testing

@testable import Visualizer

/// A listener's descriptor means the listener, whatever connections it has.
struct PacketdrillListenerTests {
  private static let listening = """
    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
    +0 bind(3, ..., ...) = 0
    +0 listen(3, 1) = 0

    """

  private static let accepted = PacketdrillTests.open

  private static let opened = accepted.replacingOccurrences(
    of: "+0 accept(3, ..., ...) = 4\n", with: "")

  private func difference(_ lines: String, linux: Bool) throws -> String? {
    try PacketdrillTests.check((linux ? "--rules=linux\n" : "") + lines).difference
  }

  /// What is asked of the listener does not reach the connection, before or behind `accept`.
  @Test(
    arguments: [listening, opened, accepted], [true, false])
  func callsStayWithTheListener(start: String, linux: Bool) throws {
    let lines =
      start + "+0 read(3, ..., 100) = -1 ENOTCONN (x)\n"
      + "+0 write(3, ..., 100) = -1 \(linux ? "EPIPE" : "ENOTCONN") (x)\n"
      + "+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [0], [4]) = 0\n"
      + "+0 getsockopt(3, IPPROTO_TCP, TCP_INFO, {tcpi_state=TCP_LISTEN}, [104]) = 0\n"
      + "+0 connect(3, ..., ...) = -1 EISCONN (x)\n+0 shutdown(3, SHUT_WR) = 0\n"
      + "+0 getsockopt(3, IPPROTO_TCP, TCP_INFO, {tcpi_state=TCP_LISTEN}, [104]) = 0\n"
    #expect(try difference(lines, linux: linux) == nil)
  }

  /// The accepted connection goes on as if nothing had been asked of its listener.
  @Test(arguments: [true, false])
  func connectionGoesOn(linux: Bool) throws {
    let lines =
      Self.accepted + "+0 < P. 1:101(100) ack 1 win 65535\n* > . 1:1(0) ack 101\n"
      + "+0 read(3, ..., 100) = -1 ENOTCONN (x)\n+0 write(3, ..., 100) = -1\n"
      + "+0 shutdown(3, SHUT_RDWR) = 0\n+0 read(4, ..., 100) = 100\n"
      + "+0 write(4, ..., 50) = 50\n+0 > P. 1:51(50) ack 101\n"
      + "+0 getsockopt(4, IPPROTO_TCP, TCP_INFO, {tcpi_state=TCP_ESTABLISHED}, [104]) = 0\n"
      + "+0 close(3) = 0\n+.02 < . 101:101(0) ack 51 win 65535\n"
      + "+.1 close(4) = 0\n+0 > F. 51:51(0) ack 101\n"
    #expect(try difference(lines, linux: linux) == nil)
  }

  @Test(
    arguments: [
      "+0 shutdown(3, SHUT_WR) = 0\n+0 > F. 1:1(0) ack 1\n",
      "+0 shutdown(3, SHUT_RDWR) = 0\n+0 > F. 1:1(0) ack 1\n",
      "+0 write(3, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n",
      "+0 < P. 1:101(100) ack 1 win 65535\n+.1 read(3, ..., 100) = 100\n",
      "+0 < F. 1:1(0) ack 1 win 65535\n+.1 read(3, ..., 100) = 0\n",
      "+0 getsockopt(3, IPPROTO_TCP, TCP_INFO, {tcpi_state=TCP_ESTABLISHED}, [104]) = 0\n",
    ], [true, false])
  func connectionIsNotTheListener(lines: String, linux: Bool) throws {
    #expect(try difference(Self.accepted + lines, linux: linux) != nil)
  }

  /// A listener that gives up reading listens no more: what comes is answered as where nobody listens.
  @Test(arguments: ["SHUT_RD", "SHUT_RDWR"], [true, false])
  func givingUpReadingStopsListening(how: String, linux: Bool) throws {
    let end =
      "+0 shutdown(3, \(how)) = 0\n+0 accept(3, ..., ...) = -1 EINVAL (x)\n"
      + "+0 shutdown(3, SHUT_WR) = -1 ENOTCONN (x)\n"
      + "+0 getsockopt(3, IPPROTO_TCP, TCP_INFO, {tcpi_state=TCP_CLOSE}, [104]) = 0\n"
    let syn = "+.1 < S 7:7(0) win 65535 <mss 1000>\n"
    #expect(
      try difference(Self.listening + end + syn + "+0 > R. 0:0(0) ack 8\n", linux: linux) == nil)
    let again = "+0 listen(3, 1) = 0\n" + syn + "+0 > S. 0:0(0) ack 8 <mss 1460>\n"
    #expect(try difference(Self.listening + end + again, linux: linux) == nil)
    #expect(
      try difference(
        Self.listening + "+0 shutdown(3, SHUT_WR) = 0\n" + syn
          + "+0 > S. 0:0(0) ack 8 <mss 1460>\n", linux: linux) == nil)
  }

  /// A connection that nobody has accepted ends with its listener, an accepted one does not.
  @Test(arguments: ["close(3)", "shutdown(3, SHUT_RD)"], [true, false])
  func unacceptedEndsWithTheListener(call: String, linux: Bool) throws {
    let end = "+.1 \(call) = 0\n"
    #expect(try difference(Self.opened + end + "+0 > R. 1:1(0) ack 1\n", linux: linux) == nil)
    let data = "+.1 write(4, ..., 10) = 10\n+0 > P. 1:11(10) ack 1\n"
    #expect(try difference(Self.accepted + end + data, linux: linux) == nil)
  }

  /// Linux forgets a connection that is only half open without a word, and answers what comes for it.
  @Test func requestEndsQuietlyWithTheListener() throws {
    let lines =
      Self.listening + "+0 < S 0:0(0) win 65535 <mss 1000>\n+0 > S. 0:0(0) ack 1 <mss 1460>\n"
      + "+0 close(3) = 0\n+.1 < . 1:1(0) ack 1 win 65535\n+0 > R 1:1(0)\n"
    #expect(try difference(lines, linux: true) == nil)
  }

  /// Calls on a connection that has ended do not reach the listener's next one.
  @Test(arguments: [true, false])
  func formerConnectionIsNotTheNext(linux: Bool) throws {
    let handshake =
      "+.1 < S 0:0(0) win 65535 <mss 1000>\n+0 > S. 0:0(0) ack 1 <mss 1460>\n"
      + "+.02 < . 1:1(0) ack 1 win 65535\n+0 accept(3, ..., ...) = "
    let next =
      Self.listening + handshake + "4\n+.1 < R. 1:1(0) ack 1 win 0\n" + handshake + "5\n"
      + "+.1 < P. 1:101(100) ack 1 win 65535\n* > . 1:1(0) ack 101\n"
    let calls =
      "+0 read(4, ..., 100) = 0\n+0 write(4, ..., 100) = -1 EPIPE (x)\n"
      + "+0 getsockopt(4, IPPROTO_TCP, TCP_INFO, {tcpi_state=TCP_CLOSE}, [104]) = 0\n"
      + "+0 shutdown(4, SHUT_WR) = -1 ENOTCONN (x)\n+0 close(4) = 0\n"
      + "+0 read(5, ..., 100) = 100\n+0 write(5, ..., 50) = 50\n+0 > P. 1:51(50) ack 101\n"
    #expect(try difference(next + calls, linux: linux) == nil)
    for call in ["read(4, ..., 100) = 100", "write(4, ..., 100) = 100", "shutdown(4, SHUT_WR) = 0"]
    {
      #expect(try difference(next + "+0 \(call)\n", linux: linux) != nil)
    }
  }

  /// Which error a listener reports, the RFC leaves to systems; that there is one, it does not.
  @Test func errorsOfListenersAreNotCompared() throws {
    let report = try PacketdrillTests.check(Self.accepted + "+0 write(3, ..., 1) = -1 EPIPE (x)\n")
    #expect(report.sentence.contains("not compared: options, which error a listener reports"))
    #expect(
      try difference(Self.accepted + "+0 write(3, ..., 1) = -1 ENOTCONN (x)\n", linux: true) != nil)
  }
}
