import Foundation
import Testing

@testable import Models
@testable import Visualizer

/// Receive buffers that scripts ask for; under `linux` the windows are those that a real kernel, 6.18.44, told.
struct PacketdrillBufferTests {
  private static let asked = "+0 setsockopt(3, SOL_SOCKET, SO_RCVBUF, [20000], 4) = 0\n"
  private static let small = "`sysctl -q net.ipv4.tcp_rmem=\"4096 32768 $((32*1024*1024))\"`\n"
  private static let usual = "`sysctl -w net.ipv4.tcp_rmem='4096 131072 33554432'`\n"

  /// A connection whose script tells no windows.
  private func script(
    _ buffer: String, shift: Int = 0, linux: Bool = true, _ lines: String
  ) -> String {
    let isSetting = buffer.hasPrefix("`")
    return (linux ? "--rules=linux\n" : "") + (isSetting ? buffer : "")
      + "0 socket(..., SOCK_STREAM, IPPROTO_TCP) = 3\n" + (isSetting ? "" : buffer)
      + "+0 bind(3, ..., ...) = 0\n+0 listen(3, 1) = 0\n"
      + "+0 < S 0:0(0) win 10000 <mss 1000,nop,wscale 7>\n"
      + "+0 > S. 0:0(0) ack 1 <mss 1460,nop,wscale \(shift)>\n"
      + "+.05 < . 1:1(0) ack 1 win 10000\n+0 accept(3, ..., ...) = 4\n" + lines
  }

  /// Segments of so many bytes each, and their acknowledgments.
  private func segments(_ sizes: [Int]) -> String {
    var at = 1
    return sizes.map { size in
      at += size
      return "+.06 < P. \(at - size):\(at)(\(size)) ack 1 win 10000\n+0~+.06 > . 1:1(0) ack \(at)\n"
    }.joined()
  }

  private func run(_ script: String) throws -> PacketdrillRun {
    let file = try PacketdrillFile(file: "test.pkt", bytes: Array(script.utf8))
    var run = PacketdrillRun(file.script, rules: file.rules)
    let difference = run.run()
    #expect(difference == nil, "\(difference?.en ?? "")")
    return run
  }

  /// The windows that the model told behind the handshake, as the header has them.
  private func windows(_ buffer: String, shift: Int = 0, _ sizes: [Int]) throws -> [Int] {
    let run = try run(script(buffer, shift: shift, segments(sizes)))
    let end = try #require(run.underTest)
    return (0..<run.network.log.count).map { run.network.log[$0] }
      .filter { $0.sender == end && !$0.segment.flags.contains(.syn) }
      .map { $0.segment.window >> shift }
  }

  /// One large segment takes whole pages; what is left of the buffer makes the window.
  @Test(arguments: [
    (9000, 18_980), (9490, 20_440), (10_000, 20_440), (10_500, 21_900), (12_000, 16_060),
    (15_000, 20_440), (17_000, 14_600), (18_000, 16_060), (18_980, 17_520), (20_000, 17_520),
  ])
  func oneSegment(size: Int, window: Int) throws {
    #expect(try windows(Self.asked, [size]) == [window])
  }

  @Test func manySegments() throws {
    #expect(
      try windows(Self.usual, shift: 10, Array(repeating: 10_000, count: 10))
        == [83, 83, 74, 65, 56, 47, 38, 29, 20, 11])
    #expect(
      try windows(Self.asked, Array(repeating: 1000, count: 18))
        == (1...18).map { 18_980 - $0 * 1000 })
    #expect(try windows(Self.small, shift: 10, [10_000, 1023, 14_338]) == [16, 16, 2])
  }

  /// A buffer of fixed size does not grow.
  @Test func largeBuffer() throws {
    let asked = Self.asked.replacingOccurrences(of: "20000", with: "1000000")
    let told = try windows(asked, shift: 4, Array(repeating: 65_000, count: 30))
    #expect(told.prefix(14) == ArraySlice(repeating: 65_535, count: 14))
    #expect(
      Array(told.dropFirst(14)) == [
        62_331, 58_282, 54_235, 50_187, 46_139, 42_091, 38_044, 33_996, 29_948, 25_900, 21_853,
        17_805, 13_757, 9709, 5647, 1585,
      ])
  }

  /// More than half of the memory ends the quick acknowledgments.
  @Test(arguments: [(15_000, "0"), (17_000, ".04"), (20_000, ".04")])
  func largeSegmentWaits(size: Int, time: String) throws {
    let arrives = "+.03 < P. 1:\(size + 1)(\(size)) ack 1 win 10000\n"
    _ = try run(script(Self.asked, arrives + "+\(time) > . 1:1(0) ack \(size + 1)\n"))
  }

  /// Where all of the memory is taken, what still comes is answered at once.
  @Test func fullBufferAnswersAtOnce() throws {
    _ = try run(
      script(
        Self.asked,
        "+0 < P. 1:60001(60000) ack 1 win 10000\n+.04 > . 1:1(0) ack 60001\n"
          + "+.06 < F. 60001:60001(0) ack 1 win 10000\n+0 > . 1:1(0) ack 60002\n"))
  }

  /// The first window, from what the script asks for, and of the RFC's bytes.
  @Test(arguments: [
    (asked, true, 18_980), (small, true, 16_060), (usual, true, 64_240), ("", true, 65_535),
    (asked, false, 20_000), (small, false, 16_060), ("", false, 65_535),
  ])
  func firstWindow(buffer: String, linux: Bool, window: Int) throws {
    let run = try run(script(buffer, linux: linux, ""))
    let end = try #require(run.underTest)
    #expect(run.network[end].rcvWnd == window)
    #expect(run.omissions.text?.contains("SO_RCVBUF") != true)
  }

  /// What the script tells goes before what it asks for; what a program asks for later is not followed.
  @Test func toldWindowsGoFirst() throws {
    let told = script(Self.asked, "").replacingOccurrences(
      of: "ack 1 <mss 1460", with: "ack 1 win 30000 <mss 1460")
    let run = try run(told)
    let end = try #require(run.underTest)
    #expect(run.network[end].rcvWnd == 30_000)
    #expect(run.omissions.text?.contains("setsockopt SO_RCVBUF") == true)
    let later = try self.run(
      script("", "+0 setsockopt(4, SOL_SOCKET, SO_RCVBUF, [20000], 4) = 0\n"))
    #expect(later.network[try #require(later.underTest)].rcvWnd == 65_535)
    #expect(later.omissions.text?.contains("setsockopt SO_RCVBUF") == true)
  }

  /// Settings that cannot be read change nothing.
  @Test(arguments: ["tcp_rmem", "tcp_rmem=\"4096 x 5\"", "tcp_rmem=\"1 99999999999 $((9*9))\""])
  func settingsThatSayNothing(setting: String) throws {
    let run = try run(script("`sysctl -w net.ipv4.\(setting)`\n", ""))
    #expect(run.network[try #require(run.underTest)].rcvWnd == 65_535)
  }

  /// A buffer that holds nothing tells a window of 0, and is no trap.
  @Test(arguments: ["1 1 1", "4096 2 4096", "1 255 255"]) func nothingFits(memory: String) throws {
    let text = script("`sysctl -q net.ipv4.tcp_rmem=\"\(memory)\"`\n", segments([1000]))
    let file = try PacketdrillFile(file: "test.pkt", bytes: Array(text.utf8))
    var run = PacketdrillRun(file.script, rules: file.rules)
    _ = run.run()
    #expect(run.network.log.count > 0)
  }
}
