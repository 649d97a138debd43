import Foundation
import Models
import Testing

@testable import Visualizer

/// Scripts in packetdrill's notation, run against the model.
struct PacketdrillTests {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "Fixtures/pkt")

  static let names: [String] = {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path())) ?? []
    return files.filter { $0.hasSuffix(".pkt") }.map { String($0.dropLast(4)) }.sorted()
  }()

  static func text(_ name: String) throws -> String {
    try String(contentsOf: folder.appending(path: name + ".pkt"), encoding: .utf8)
  }

  static func check(_ text: String) throws -> CheckReport {
    let file = try PacketdrillFile(file: "test.pkt", bytes: Array(text.utf8))
    var run = PacketdrillRun(file.script, rules: file.rules)
    if let difference = run.run() { PartingTests.expectBothLanguages(difference) }
    return file.check()
  }

  @Test func allFixturesAreThere() { #expect(Self.names.count == 49) }

  @Test(arguments: names) func modelMatches(name: String) throws {
    let report = try Self.check(try Self.text(name))
    #expect(report.difference == nil)
    #expect(report.sentence.contains("events match rfc9293"))
  }

  // MARK: Changed scripts

  /// Scripts in which every expected segment is changed in turn.
  static let changed = names.filter { name in
    !name.hasPrefix("settings")
      && (!["-rst", "-syn", "-ack", "-fin"].contains { name.hasSuffix($0) }
        || name.hasPrefix("closing") || name.hasPrefix("syn-rcvd"))
  }

  /// The lines that expect something.
  private func expectations(_ lines: [String]) -> [Int] {
    lines.indices.filter { lines[$0].contains(" > ") && !lines[$0].hasPrefix("//") }
  }

  private func expectDifference(
    _ lines: [String], at index: Int, _ line: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var lines = lines
    lines[index] = line
    let difference = try Self.check(lines.joined(separator: "\n")).difference
    #expect(
      difference?.hasPrefix("line \(index + 1): expected ") == true,
      "\(line): \(difference ?? "no difference")", sourceLocation: sourceLocation)
  }

  @Test(arguments: changed) func changedFlagsAreNamed(name: String) throws {
    let lines = try Self.text(name).components(separatedBy: "\n")
    for index in expectations(lines) {
      let words = lines[index].split(separator: " ", omittingEmptySubsequences: true)
      let flags = String(words[2])
      let other = flags.hasPrefix("F") ? String(flags.dropFirst()) : "F" + flags
      let line = lines[index].replacingOccurrences(of: "> \(flags) ", with: "> \(other) ")
      try expectDifference(lines, at: index, line)
    }
  }

  @Test(arguments: changed) func changedNumbersAreNamed(name: String) throws {
    let lines = try Self.text(name).components(separatedBy: "\n")
    for index in expectations(lines) {
      let line = lines[index]
      if let range = line.range(of: " ack "),
        let number = Int(line[range.upperBound...].prefix { $0.isNumber })
      {
        let changed = line.replacingOccurrences(of: " ack \(number)", with: " ack \(number + 1)")
        try expectDifference(lines, at: index, changed)
      }
      // The number of a SYN is the script's to choose.
      let words = line.split(separator: " ", omittingEmptySubsequences: true)
      guard !words[2].hasPrefix("S"), let colon = words[3].firstIndex(of: ":"),
        let seq = Int(words[3][..<colon]), words[3].hasSuffix("(0)")
      else { continue }
      let changed = line.replacingOccurrences(
        of: " \(seq):\(seq)(0)", with: " \(seq + 7):\(seq + 7)(0)")
      try expectDifference(lines, at: index, changed)
    }
  }

  @Test func changedTimeIsNamed() throws {
    let lines = try Self.text("close-passive").components(separatedBy: "\n")
    let index = try #require(lines.firstIndex { $0.hasPrefix("+1 > F.") })
    try expectDifference(lines, at: index, "+1.02 > F. 1:1(0) ack 102")
    try expectDifference(lines, at: index, "+0.98 > F. 1:1(0) ack 102")
    try expectDifference(lines, at: index, "+0.5~0.9 > F. 1:1(0) ack 102")
    #expect(
      try Self.check(
        lines.map { $0.hasPrefix("+1 > F.") ? "+1.009 > F. 1:1(0) ack 102" : $0 }
          .joined(separator: "\n")
      ).difference == nil, "within the tolerance of 10 ms")
  }

  @Test(arguments: [
    ("= 100\n", "= 99\n", "line 13: read: expected 99, the model returned 100"),
    ("= 4\n", "= -1 EAGAIN (x)\n", "line 10: accept: expected EAGAIN, the model returned a socket"),
  ]) func changedResultIsNamed(old: String, new: String, sentence: String) throws {
    let text = try Self.text("close-passive").replacingOccurrences(of: old, with: new)
    let difference = try Self.check(text).difference
    #expect(difference == sentence)
  }

  @Test func changedErrorIsNamed() throws {
    let text = try Self.text("syn-sent")
      .replacingOccurrences(of: "[ECONNREFUSED]", with: "[ECONNRESET]")
    #expect(
      try Self.check(text).difference
        == "line 38: getsockopt SO_ERROR: expected ECONNRESET, the model has ECONNREFUSED")
  }

  @Test func unexpectedSegmentIsNamed() throws {
    let lines = try Self.text("half-close").components(separatedBy: "\n")
    let index = try #require(lines.firstIndex { $0.hasPrefix("+0 > . 2:2(0) ack 1") })
    var fewer = lines
    fewer.remove(at: index)
    let difference = try Self.check(fewer.joined(separator: "\n")).difference
    #expect(
      difference?.contains("the model sent ACK seq 2 ack 1 at 0.080 s") == true,
      "\(difference ?? "none")")
  }

  @Test func missingSegmentIsNamed() throws {
    let text = try Self.text("listen").replacingOccurrences(
      of: "+0.1 < SR 5:5(0) win 65535", with: "+0.1 < SR 5:5(0) win 65535\n+0 > R 5:5(0)")
    #expect(
      try Self.check(text).difference
        == "line 12: expected RST seq 5, the model sent nothing until 0.210 s")
  }

  // MARK: Rules and settings

  @Test func linuxIsAnotherSystem() throws {
    let lines = [
      "--rules=linux", "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3",
      "+0 fcntl(3, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
      "+0 connect(3, ..., ...) = -1 EINPROGRESS (...)",
      "+0 > S 0:0(0)", "+1 > S 0:0(0)", "+1 > S 0:0(0)",
      "#ifdef STANDARD", "+0 this is not for Linux", "#endif",
    ]
    #expect(try Self.check(lines.joined(separator: "\n")).sentence == "6 of 6 events match linux")
    #expect(
      try Self.check(lines.dropFirst().prefix(6).joined(separator: "\n")).difference
        == "line 6: expected SYN seq 0, the model sent nothing until 2.010 s")
  }

  @Test func commandLineGoesBeforeTheScript() throws {
    let bytes = Array("--rules=linux\n0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n".utf8)
    #expect(try PacketdrillFile(file: "x.pkt", bytes: bytes).rules == .linux)
    #expect(try PacketdrillFile(file: "x.pkt", bytes: bytes, rules: .rfc9293).rules == .rfc9293)
  }

  @Test func firstTimeoutIsOneSecondUnlessTheScriptShowsThree() throws {
    let text = try Self.text("first-timeout")
    #expect(
      try Self.check(text.replacingOccurrences(of: "+2.9", with: "+1.9")).difference?
        .contains("the model sent it at 1.000") == true)
    let set = "`sysctl -w net.inet.tcp.rexmit_initial=1000`\n" + text
    #expect(try Self.check(set).difference != nil, "what a setting says is not overruled")
  }

  @Test func settingsChangeTheRules() throws {
    var text = try Self.text("established-rst")
    text = "0 `sysctl -w net.inet.tcp.insecure_rst=1`\n" + text
    #expect(try Self.check(text).difference?.contains("expected ACK seq 1 ack 1") == true)
  }

  // MARK: Deviations

  static let open = """
    0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3
    +0 bind(3, ..., ...) = 0
    +0 listen(3, 1) = 0
    +0 < S 0:0(0) win 65535 <mss 1000,sackOK>
    +0 > S. 0:0(0) ack 1 <mss 1460,nop,nop,sackOK>
    +.02 < . 1:1(0) ack 1 win 65535
    +0 accept(3, ..., ...) = 4

    """

  static let deviations: [(String, PacketdrillDeviation)] = [
    (
      "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n+.24 > P. 1:101(100) ack 1\n",
      .lossProbe
    ),
    (
      "+0 write(4, ..., 20000) = 20000\n+0 > P. 1:10001(10000) ack 1\n"
        + "+.1 > . 10001:11001(1000) ack 1\n", .lossProbe
    ),
    (
      "+0 < icmp unreachable port_unreachable [0:0(0)]\n"
        + "+0 getsockopt(4, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]) = 0\n", .icmp
    ),
    (
      "+0 setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0\n+5 > . 0:0(0) ack 1\n",
      .userTimeouts
    ),
    (
      "+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n+.02 < F. 1:1(0) ack 2 win 65535\n"
        + "+0 > . 2:2(0) ack 2\n+.1 < F 1:1(0) win 65535\n+.1 < F. 1:1(0) ack 2 win 65535\n"
        + "+0 > R 9:9(0)\n", .timeWaitWithoutAck
    ),
    // A least timeout below a second, whatever else is set.
    (
      "+0 setsockopt(4, SOL_TCP, TCP_USER_TIMEOUT, [3000], 4) = 0\n+0 close(4) = 0\n"
        + "+0 > F. 1:1(0) ack 1\n+.3~+.4 > F. 1:1(0) ack 1\n", .lossProbe
    ),
    (
      "+0 setsockopt(4, SOL_TCP, TCP_USER_TIMEOUT, [3000], 4) = 0\n"
        + "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n+1 > P. 1:101(100) ack 1\n"
        + "+5 write(4, ..., 100) = -1 ETIMEDOUT (x)\n", .userTimeouts
    ),
    (
      "+0 setsockopt(4, SOL_TCP, TCP_USER_TIMEOUT, [2500], 4) = 0\n"
        + "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n+1 > P. 1:101(100) ack 1\n"
        + "+1.8 < . 1:1(0) ack 101 win 65535\n+0 > R 101:101(0)\n", .userTimeouts
    ),
    (
      "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n+3 > P. 1:101(100) ack 1\n",
      .handshakeSample
    ),
    ("+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n+3 > F. 1:1(0) ack 1\n", .handshakeSample),
    (
      "+0 shutdown(4, SHUT_WR) = 0\n+0 > F. 1:1(0) ack 1\n+.02 < . 1:1(0) ack 2 win 65535\n"
        + "+0 shutdown(4, SHUT_WR) = 0\n+0 read(4, ..., 10) = 0\n", .secondEnd
    ),
    (
      "+0 < P. 1:9001(9000) ack 1 win 65535\n* > . 1:1(0) ack 9001\n"
        + "+0 setsockopt(4, SOL_SOCKET, SO_RCVBUF, [4000], 4) = 0\n"
        + "+0 < P. 9001:18001(9000) ack 1 win 65535\n+0 > . 1:1(0) ack 9001\n", .shrinking
    ),
  ]

  @Test(arguments: deviations) func knownDeviationIsNamed(
    lines: String, deviation: PacketdrillDeviation
  ) throws {
    let difference = try Self.check(Self.open + lines).difference
    #expect(
      difference?.hasSuffix("(known deviation: \(deviation.rawValue))") == true,
      "\(difference ?? "none")")
  }

  @Test(arguments: [
    (
      "+0 close(4) = 0\n+0 > F. 2:2(0) ack 1\n",
      "line 9: expected FIN ACK seq 2 ack 1, the model sent FIN ACK seq 1 ack 1"
    ),
    (
      "+0 write(4, ..., 100) = 100\n+.5 > P. 1:101(100) ack 1\n",
      "line 9: expected PSH ACK seq 1 (100 bytes) ack 1 at 0.520 s, the model sent it at 0.020 s"
    ),
    (
      "+.1 < F 900:900(0) win 65535\n+.1 close(4) = 0\n+0 > F. 2:2(0) ack 1\n",
      "line 10: expected FIN ACK seq 2 ack 1, the model sent FIN ACK seq 1 ack 1"
    ),
    (
      "+0 write(4, ..., 5000) = 5000\n+0 > P. 1:1001(1000) ack 1\n",
      "line 9: expected PSH ACK seq 1 (1000 bytes) ack 1, the model sent ACK seq 1 (1000 bytes) ack 1"
    ),
    (
      "+.1 < F 90000:90000(0) win 65535\n+.1 close(4) = 0\n+0 > F. 1:1(0) ack 1\n",
      "line 9: before it the model sent ACK seq 1 ack 1 at 0.120 s, which the script does not expect"
    ),
    ("+0 close(9) = 0\n", "line 8: close: expected 0, the model returned EBADF"),
    // Later than the timer has it is no probe, and later than the first timeout says nothing of it.
    (
      "+0 close(4) = 0\n+0 > F. 1:1(0) ack 1\n+2 > F. 1:1(0) ack 1\n",
      "line 10: expected FIN ACK seq 1 ack 1 at 2.020 s, the model sent it at 1.020 s"
    ),
    // The timer has been set anew by an acknowledgment.
    (
      "+0 write(4, ..., 2000) = 2000\n+0 > P. 1:2001(2000) ack 1\n"
        + "+.02 < . 1:1(0) ack 1001 win 65535\n+2.98 > P. 1001:2001(1000) ack 1\n",
      "line 11: expected PSH ACK seq 1001 (1000 bytes) ack 1 at 3.020 s, the model sent it at 1.040 s"
    ),
    // A timeout of the user's choice is set, and has nothing to do with what differs.
    (
      "+0 setsockopt(4, SOL_TCP, TCP_USER_TIMEOUT, [3000], 4) = 0\n+0 read(4, ..., 10) = 10\n",
      "line 9: read: expected 10, the model returned nothing and waits"
    ),
    (
      "+0 setsockopt(4, SOL_SOCKET, SO_KEEPALIVE, [1], 4) = 0\n+0 write(4, ..., 9) = 9\n"
        + "+0 > P. 1:10(9) ack 2\n",
      "line 10: expected PSH ACK seq 1 (9 bytes) ack 2, the model sent PSH ACK seq 1 (9 bytes) ack 1"
    ),
    // A smaller buffer makes no system take more.
    (
      "+0 setsockopt(4, SOL_SOCKET, SO_RCVBUF, [4000], 4) = 0\n"
        + "+0 < P. 1:101(100) ack 1 win 65535\n* > . 1:1(0) ack 201\n",
      "line 10: expected ACK seq 1 ack 201, the model sent ACK seq 1 ack 101"
    ),
    // The stream was ended once.
    (
      "+0 shutdown(4, SHUT_WR) = 0\n+0 > F. 1:1(0) ack 1\n+0 read(4, ..., 10) = 0\n",
      "line 10: read: expected 0, the model returned nothing and waits"
    ),
  ]) func otherDifferencesNameNoDeviation(lines: String, difference: String) throws {
    #expect(try Self.check(Self.open + lines).difference == difference)
  }

  /// A segment sent again is a probe only where the model has none and has sent nothing else.
  @Test(arguments: [
    "--rules=linux\n" + open
      + "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n+.9 > P. 1:101(100) ack 1\n",
    open + "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n+.24 close(4) = 0\n"
      + "+0 > P. 1:101(100) ack 1\n",
  ]) func notEveryRepetitionIsAProbe(script: String) throws {
    let difference = try #require(try Self.check(script).difference)
    #expect(!difference.contains("known deviation"), "\(difference)")
  }

  @Test func deviationsAreInTheDocument() throws {
    let root = Self.folder.deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(
      contentsOf: root.appending(path: "docs/packetdrill.md"), encoding: .utf8)
    for deviation in PacketdrillDeviation.allCases {
      #expect(text.contains("| \(deviation.rawValue) |"))
    }
  }
}
