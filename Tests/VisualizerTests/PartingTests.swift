import Foundation
import Models
import Testing

@testable import Visualizer

/// What a show says where the model does something else than a capture or a script.
struct PartingTests {
  private static let fieldWords: Set<String> = [
    "seq", "ack", "ms", "s", "win", "connect", "accept", "listen", "send", "recv", "close",
    "shutdown", "shutdown_wr", "read", "write", "destroy_time_wait", "getsockopt", "recvmsg",
    "socket",
    "keepalive",
  ]

  /// Every value of the English sentence stands in the Chinese one, which has none of its words.
  static func expectBothLanguages(
    _ difference: Bilingual, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    func values(_ text: String) -> [String] {
      text.matches(of: #/[0-9]+|[A-Z_]{2,}/#).map { String($0.output) }
    }
    var others = values(difference.zh)
    for value in values(difference.en) {
      let place = others.firstIndex(of: value)
      #expect(place != nil, "\(value): \(difference)", sourceLocation: sourceLocation)
      if let place { others.remove(at: place) }
    }
    #expect(
      difference.zh.contains(#/\p{Han}/#), "\(difference)", sourceLocation: sourceLocation)
    // Of Latin words only those of the field stand in Chinese: members, calls, and quoted errors.
    let quoted = difference.zh.replacing(#/“[^”]*”/#, with: "")
    for word in quoted.matches(of: #/\b[a-z][a-z_]*/#).map({ String($0.output) })
    where !fieldWords.contains(word) {
      Issue.record("\(word): \(difference)", sourceLocation: sourceLocation)
    }
  }

  /// `check` says the English sentence; the show says it, and the Chinese one, at its beginning and
  /// where the two part.
  private func expect(
    _ file: some CapturedFile, english: String, chinese: String,
    sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    #expect(try file.check().sentence == english, sourceLocation: sourceLocation)
    let show = try #require(try file.show(name: "parting"), sourceLocation: sourceLocation)
    func words(_ step: Int) -> Bilingual {
      Bilingual(show.narration(ofStep: step, .en).text, show.narration(ofStep: step, .zh).text)
    }
    let remark = Bilingual(english, chinese + "。")
    let chapter = try #require(
      show.chapters.first { $0.title.en.hasSuffix(" and model part") },
      sourceLocation: sourceLocation)
    #expect(words(chapter.step + 1) == remark, sourceLocation: sourceLocation)
    #expect(words(0).en.hasSuffix("goes there. " + remark.en), sourceLocation: sourceLocation)
    #expect(words(0).zh.hasSuffix("按 ] 前往。" + remark.zh), sourceLocation: sourceLocation)
  }

  // MARK: Ladders

  /// A captured ladder in which one member of the first fitting event is another.
  private func ladder(
    _ name: String, kind: String, segment: Int, _ member: String, _ value: Any
  ) throws -> TCPLadder {
    var changed = try ChangedLadder(name)
    try changed.change(kind, segment) { $0[member] = value }
    return try changed.ladder()
  }

  @Test func flagIsToldInBothLanguages() throws {
    try expect(
      ladder("normal-client-close", kind: "send", segment: 7, "flags", ["ACK"]),
      english: "segment 7 (client ACK): flags: captured ACK, model FIN ACK",
      chinese: "报文段 7（客户端 ACK），标志位：捕获为 ACK，模型为 FIN ACK")
  }

  @Test func numberIsToldInBothLanguages() throws {
    try expect(
      ladder("lost-last-ack", kind: "send", segment: 13, "rel_seq", 20),
      english: "segment 13 (server FIN ACK): seq: captured 20, model 19",
      chinese: "报文段 13（服务器 FIN ACK），seq：捕获为 20，模型为 19")
  }

  @Test func stateIsToldInBothLanguages() throws {
    try expect(
      ladder(
        "simultaneous-close", kind: "recv", segment: 7, "after",
        ["client": "FIN_WAIT_1", "server": "TIME_WAIT"]),
      english:
        "event 25 (server receives segment 7): server after: captured TIME_WAIT, model CLOSING",
      chinese: "事件 25（服务器收到报文段 7），服务器在此之后的状态：捕获为 TIME_WAIT，模型为 CLOSING")
  }

  /// Chinese words follow Chinese words without a blank.
  @Test func causeIsToldInBothLanguages() throws {
    try expect(
      ladder("normal-client-close", kind: "send", segment: 7, "cause", "timer"),
      english: "segment 7 (client FIN ACK): sent because of: captured a timer, model a call",
      chinese: "报文段 7（客户端 FIN ACK），发送原因：捕获为定时器，模型为调用")
  }

  // MARK: Scripts

  @Test(arguments: [
    (
      "+0 close(4) = 0\n+0 > F. 2:2(0) ack 1\n",
      "line 9: expected FIN ACK seq 2 ack 1, the model sent FIN ACK seq 1 ack 1",
      "第 9 行：期望 FIN ACK seq 2 ack 1，模型发送的是 FIN ACK seq 1 ack 1"
    ),
    (
      "+0 write(4, ..., 100) = 100\n+.5 > P. 1:101(100) ack 1\n",
      "line 9: expected PSH ACK seq 1 (100 bytes) ack 1 at 0.520 s, the model sent it at 0.020 s",
      "第 9 行：期望在 0.520 s 发送 PSH ACK seq 1 ack 1（100 字节），模型在 0.020 s 就发送了"
    ),
    (
      "+0 close(9) = 0\n", "line 8: close: expected 0, the model returned EBADF",
      "第 8 行：close：期望返回 0，模型返回 EBADF"
    ),
    (
      "+0 read(4, ..., 9) = 9\n",
      "line 8: read: expected 9, the model returned nothing and waits",
      "第 8 行：read：期望返回 9，模型没有返回，仍在等待"
    ),
    (
      "+0...0.5 read(4, ..., 9) = 9\n", "line 8: read does not return at 0.520 s",
      "第 8 行：read 没有在 0.520 s 返回"
    ),
    (
      "+0 write(4, ..., 100) = 100\n+0 > P. 1:101(100) ack 1\n+.24 > P. 1:101(100) ack 1\n",
      "line 10: expected PSH ACK seq 1 (100 bytes) ack 1, the model sent nothing until 0.270 s "
        + "(known deviation: lost segments go again by RFC 6298's timer only, or by three "
        + "duplicates)",
      "第 10 行：期望 PSH ACK seq 1 ack 1（100 字节），模型到 0.270 s 仍没有发送任何报文段（已知偏差：丢失的报文段只靠 RFC 6298 "
        + "的定时器或三个重复 ACK 重传）"
    ),
  ]) func expectationIsToldInBothLanguages(lines: String, english: String, chinese: String) throws {
    let bytes = Array((PacketdrillTests.open + lines).utf8)
    try expect(
      PacketdrillFile(file: "x.pkt", bytes: bytes), english: english, chinese: chinese)
  }
}
