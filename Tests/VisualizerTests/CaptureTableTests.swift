import Models
import Testing

@testable import Visualizer

/// What a viewer of a capture with several connections meets: first their table, then any of them.
struct CaptureTableTests {
  private func capture(_ count: Int) throws -> PacketCapture {
    var packets: [CaptureBytes.Packet] = []
    for index in 0..<count {
      packets += CaptureBytes.conversation(port: 40000 + index, from: index * 9000)
    }
    return try PacketCapture(file: "x.pcap", bytes: CaptureBytes(packets).pcap())
  }

  @Test func oneConnectionNeedsNoTable() throws {
    let show = try capture(1).firstShow(name: "one")
    #expect(show.title.en.contains("1/1"))
    #expect(show.selection(atStep: 0, Look(size: .middle)) == nil)
  }

  @Test(arguments: [Size.small, .middle, .large]) func theTableNamesEndsStatesAndEndings(size: Size)
    throws
  {
    let text = try capture(5).firstShow(name: "five").frame(0, progress: 1, Look(size: size)).text
    for index in 0..<5 { #expect(text.contains("10.0.0.1:4000\(index)")) }
    for word in ["10.0.0.2:80", "TIME_WAIT", "CLOSED?", "closed", "5 connections"] {
      #expect(text.contains(word), "\(word)")
    }
  }

  @Test func anyRowOpensItsConnection() throws {
    let table = try capture(300).firstShow(name: "many")
    for row in [0, 1, 150, 299] {
      let look = Look(size: .small, scroll: row)
      #expect(table.selection(atStep: 0, look) == row)
      #expect(table.frame(0, progress: 1, look).text.contains("10.0.0.1:\(40000 + row)"))
      let opened = try #require(table.opened(row))
      #expect(opened.title.en.contains("\(row + 1)/300"))
      #expect(opened.frame(0, progress: 1, look).text.contains("10.0.0.1:\(40000 + row)"))
    }
    #expect(table.selection(atStep: 0, Look(size: .small, scroll: 5000)) == 299)
    #expect(table.opened(300) == nil)
  }

  @Test func longAddressesKeepTheirPorts() throws {
    let bytes = try CaptureBytes(fixture: "ipv6-client-close.pcap")
    let other = CaptureBytes.conversation(from: 2_000_000_000_000_000_000)
    let capture = try PacketCapture(
      file: "x", bytes: CaptureBytes(bytes.packets + other).pcap(link: 101))
    let text = try capture.firstShow(name: "two").frame(0, progress: 1, Look(size: .small)).text
    #expect(text.contains("]:40013"))
    #expect(text.contains("]:8013"))
  }

  /// The same views as of a model's run.
  @Test func capturesHaveBothViews() throws {
    let show = try capture(1).firstShow(name: "one")
    #expect(show.views.map(\.en) == ["ladder", "states"])
    let last = show.stepCount - 1
    let ladder = show.frame(last, progress: 1, Look(size: .middle)).text
    // The last segment taken apart, what it acknowledges, and what the wire does not tell.
    for part in ["FIN_WAIT_1", "├◀", "▶┤", "12 (112)", "acks    FIN", "timers ?", "sndUna 12"] {
      #expect(ladder.contains(part), "\(part)")
    }
    let states = show.frame(last, progress: 1, Look(size: .middle, view: 1)).text
    #expect(states.contains("[ C TIME_WAIT ]"))
    #expect(states.contains("[ CLOSED S? ]"))
  }

  @Test func unknownStatesAreQuestions() throws {
    let packets = Array(CaptureBytes.conversation().dropFirst(3))
    let capture = try PacketCapture(file: "x", bytes: CaptureBytes(packets).pcap())
    let show = try capture.firstShow(name: "middle")
    let ladder = show.frame(0, progress: 1, Look(size: .middle)).text
    #expect(ladder.contains("seq     ? (101)"))
    #expect(ladder.contains("├── 10 bytes  seq 101  ack 4101"))
    #expect(ladder.contains("sndNxt 111"))
    let states = show.frame(0, progress: 1, Look(size: .middle, view: 1)).text
    #expect(states.contains("C client ?"))
    #expect(!states.contains("[ C ") && !states.contains("[ C? "))
  }

  /// Numbers that are not counted from an ISN have ten digits, and are shown whole.
  @Test(arguments: [Size.small, .middle, Size(columns: 110, rows: 26)])
  func absoluteNumbersAreWhole(size: Size) throws {
    let packets = Array(CaptureBytes.conversation(iss: 3_000_000_000).dropFirst(3))
    let capture = try PacketCapture(file: "x", bytes: CaptureBytes(packets).pcap())
    let show = try capture.firstShow(name: "middle")
    let frame = show.frame(show.stepCount - 1, progress: 1, Look(size: size)).text
    for variable in ["sndUna 3000000012", "rcvNxt 3000004022", "sndUna 3000004022"] {
      #expect(frame.contains(variable), "\(frame)")
    }
  }

  @Test func longWaitsAreFolded() throws {
    var packets = CaptureBytes.conversation()
    for index in 5..<packets.count { packets[index].time += 59_000_000_000 }
    let capture = try PacketCapture(file: "x", bytes: CaptureBytes(packets).pcap())
    let show = try capture.firstShow(name: "wait")
    let text = show.frame(show.stepCount - 1, progress: 1, Look(size: .middle)).text
    #expect(text.contains("┄ 59 s pass ┄"))
  }
}
