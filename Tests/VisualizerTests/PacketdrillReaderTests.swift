import Foundation
import Models
import Testing

@testable import Visualizer

/// Reading packetdrill's notation.
struct PacketdrillReaderTests {
  /// The rules are known before the script is read: from a line of settings, not from a remark.
  @Test(arguments: [
    ("--rules=linux\n", PacketdrillRules.Name.linux),
    ("  --rules=linux --tolerance_usecs=1\n", .linux),
    ("// try --rules=linux\n", .rfc9293), ("", .rfc9293),
    (String(repeating: "// remark\n", count: 10_000) + "--rules=linux\n", .linux),
  ])
  func theRulesAreReadAhead(_ text: String, _ name: PacketdrillRules.Name) {
    #expect(PacketdrillRules.name(in: Array(text.utf8)) == name)
  }

  private func read(_ text: String) throws -> PacketdrillScript {
    try PacketdrillReader.read(file: "x.pkt", bytes: Array(text.utf8))
  }

  private static let start = "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n"

  // MARK: Errors

  @Test(arguments: [
    ("+0 < S 0:0(0 win 5", 2, 14, "expected ')' behind the number of bytes"),
    ("+0 < S 0:5(4) win 5", 2, 8, "0 and 4 bytes end at 4, not at 5"),
    ("+0 < X 0:0(0)", 2, 6, "expected flags"),
    ("+0 < S ...(0)", 2, 8, "an injected segment's number cannot be left open"),
    ("+0 < . 1:1(0) ack win 5", 2, 19, "expected the number behind ack, found 'win'"),
    ("+0 < SA 0:0(0) ack 1 win 5", 2, 6, "ACK is written '.'"),
    ("+0 > . 1:1(0) ack\n+0 close(3) = 0", 2, 18, "expected the number behind ack"),
    ("1 close(3) = 0\n0.5 close(3) = 0", 3, 1, "the event before is at 1.000 s"),
    ("+0 > S 0:0(0) <mss>", 2, 15, "the option 'mss' lacks a number"),
    ("+0 > S 0:0(0) <mss 5", 2, 15, "does not end"),
    ("+0 > S 0:4294967296(0)", 2, 10, "must lie from 0 to 4294967295"),
    ("+x > S 0:0(0)", 2, 2, "expected a time in seconds, found 'x'"),
    ("+0 conect(3, ..., ...) = 0", 2, 4, "did you mean 'connect'?"),
    ("+0 close 3", 2, 10, "expected '(' behind close"),
    ("+0 close(3 = 0", 2, 9, "does not end"),
    ("+0 close(x) = 0", 2, 4, "must be the number of a socket, not 'x'"),
    ("+0 close(3) = zero (", 2, 20, "does not end"),
    ("+0 shutdown(3) = 0", 2, 4, "takes 2 arguments at least"),
    ("+0.2~0.1 > S 0:0(0)", 2, 9, "ends before it begins"),
    ("+0.2...0.1 close(3) = 0", 2, 11, "returns before it is made"),
    ("+0 `sysctl -w x=1", 2, 4, "close it by `"),
    ("%{ x", 2, 1, "close it by }%"),
    ("/* x", 2, 1, "close it by */"),
    ("#ifdef STANDARD", 2, 1, "add #endif"),
    ("#endif", 2, 1, "#endif without an #ifdef"),
    ("#else", 2, 1, "#else without an #ifdef"),
    ("#ifdef", 2, 1, "a name must follow #ifdef"),
    ("+0", 2, 3, "expected a segment behind < or >, or a call, found nothing"),
  ]) func errorsNameTheirPlace(line: String, at: Int, column: Int, message: String) throws {
    let error = #expect(throws: InputError.self) { try read(Self.start + line) }
    #expect(error?.line == at)
    #expect(error?.column == column, "\(error?.description ?? "")")
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
  }

  @Test func unknownRulesAreAnError() {
    let error = #expect(throws: InputError.self) { try read("--rules=linus\n" + Self.start) }
    #expect(error?.line == 1)
    #expect(error?.message.contains("did you mean 'linux'?") == true)
  }

  @Test func callsNobodyKnowsArePassedOver() throws {
    let script = try read(Self.start + "+0 psp_key_rotate(3, {a=[1, 2]}) = -1 EINVAL (x)\n")
    guard case .outside(let name) = script.events[1].kind else {
      Issue.record("the call was not passed over")
      return
    }
    #expect(name == "psp_key_rotate")
  }

  @Test func emptyScriptIsAnError() {
    for text in ["", "// nothing\n", "--ip_version=ipv4\n", "`ls`"] {
      #expect(throws: InputError.self) { try read(text) }
    }
  }

  @Test func anyBytesAreReadOrRefused() throws {
    let whole = Array(try PacketdrillTests.text("settings").utf8)
    // Every fourth place comes by every kind of word.
    for count in stride(from: 0, to: whole.count, by: 4) {
      _ = try? PacketdrillFile(file: "x.pkt", bytes: Array(whole[..<count])).check()
    }
    var random = SplitMix64(seed: 7)
    for _ in 0..<120 {
      var bytes = whole
      for _ in 0..<4 {
        let place = Int(random.next() % UInt64(bytes.count))
        bytes[place] = UInt8(truncatingIfNeeded: random.next() >> 8)
      }
      _ = try? PacketdrillFile(file: "x.pkt", bytes: bytes).check()
    }
  }

  // MARK: What is read

  @Test func timesAreRead() throws {
    let script = try read(
      """
      0.100 close(3) = 0
      +.01 close(3) = 0
      * > . 1:1(0) ack 1
      +0.1~+0.2 > . 1:1(0) ack 1
      1.5~2 > . 1:1(0) ack 1
      +0...0.25 read(3, ..., 5) = 5
      """)
    #expect(
      script.events.map(\.time) == [
        .at(100_000, upTo: nil, isRelative: false), .at(10_000, upTo: nil, isRelative: true), .any,
        .at(100_000, upTo: 200_000, isRelative: true),
        .at(1_500_000, upTo: 2_000_000, isRelative: false), .at(0, upTo: nil, isRelative: true),
      ])
    #expect(script.events.last?.returnsAt == 250_000)
    #expect(script.events.map(\.line) == Array(1...6))
  }

  @Test func segmentsAreRead() throws {
    let script = try read(
      "+0 < FP. 1:11(10) ack 7 win 257 urg 3 <mss 1460,nop,wscale 7,sackOK,TS val 5 ecr 6,sack 1:2 5:9>\n"
        + "+0 > S. ...(0) ack ... win ... <...>\n")
    guard case .injected(let packet) = script.events[0].kind,
      case .expected(let open) = script.events[1].kind
    else {
      Issue.record("no segments")
      return
    }
    #expect(packet.flags == [.fin, .psh, .ack])
    #expect(packet.seq == 1 && packet.length == 10 && packet.ack == 7 && packet.window == 257)
    #expect(
      packet.options == [
        .mss(1460), .other("nop"), .windowScale(7), .sackPermitted,
        .timestamps(value: 5, echo: 6), .sack([1...2, 5...9]),
      ])
    #expect(open.seq == nil && open.ack == nil && open.hasAck && open.length == 0)
  }

  @Test func callsAreRead() throws {
    let script = try read(
      "+0 setsockopt(3, SOL_SOCKET, SO_LINGER, {onoff=1, linger=0}, 8) = 0\n"
        + "+0 write(4, \"a, (b\"..., 0x10) = -1 EPIPE (Broken pipe)\n"
        + "+0 getsockopt(3, SOL_SOCKET, SO_ERROR, [ECONNRESET],\n   [4]) = 0\n")
    let calls = script.events.compactMap { event -> PacketdrillScript.SocketCall? in
      if case .call(let call) = event.kind { call } else { nil }
    }
    #expect(calls.map(\.name) == ["setsockopt", "write", "getsockopt"])
    #expect(calls[0].arguments[3].member("linger") == "0")
    #expect(calls[1].number(2) == 16 && calls[1].result == -1 && calls[1].error == "EPIPE")
    #expect(calls[2].arguments.count == 5 && calls[2].number(4) == 4)
  }

  @Test func conditionsAreTaken() throws {
    let text = """
      #ifdef STANDARD
      +0 close(1) = 0
      #ifdef FreeBSD
      +0 close(2) = 0
      #endif
      #else
      +0 close(3) = 0
      #endif
      #ifndef FreeBSD
      +0 close(4) = 0
      #endif
      # a comment
      #if defined(FreeBSD) || defined(STANDARD)
      +0 close(5) = 0
      #elif 1
      +0 close(6) = 0
      #endif
      """
    func closed(_ defined: Set<String>) throws -> [Int] {
      try PacketdrillReader.read(file: "x.pkt", bytes: Array(text.utf8), defined: defined)
        .events.compactMap { if case .call(let call) = $0.kind { call.number(0) } else { nil } }
    }
    #expect(try closed(["STANDARD"]) == [1, 4, 5])
    #expect(try closed(["FreeBSD"]) == [3, 5])
    #expect(try closed([]) == [3, 4, 6])
  }

  @Test func titleIsTheFirstCommentThatIsNoLicence() throws {
    let text = "// Copyright (c) 2016 Somebody\n// All rights reserved.\n\n// Two\n// lines.\n"
    #expect(try read(text + Self.start).title == "Two lines.")
    #expect(try read(Self.start).title.isEmpty)
  }

  // MARK: Telling scripts from other files

  @Test(arguments: [
    ("0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3", true), ("// x\n\n+0 < S 0:0(0)", true),
    ("0.000 `ls`", true), ("--tolerance_usecs=5\n", true), ("+0...0.1 read(3) = 0", true),
    ("+0.1~0.2 > S 0:0(0)", true), ("model: tcp\n", false), ("{\"schema\": 1}", false),
    ("---\nmodel: map\n", false), ("- put a 1\n", false), ("12 apples", false), ("", false),
  ]) func scriptsAreTold(text: String, isScript: Bool) {
    #expect(PacketdrillFile.isScript("-", Array(text.utf8)) == isScript)
    #expect(PacketdrillFile.isScript("x.pkt", Array(text.utf8)))
    #expect(!PacketdrillFile.isScript("x.yaml", Array(text.utf8)))
  }
}
