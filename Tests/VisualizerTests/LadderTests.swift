import Foundation
import Models
import Testing

@testable import Visualizer

/// How segments are drawn between the two ends of a ladder, few and many.
@Suite struct LadderTests {
  /// A capture with more segments under way than there are lanes.
  private func crowd() throws -> any Show {
    let name = "original-answered-late"
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "Fixtures/tcp-loss")
    let bytes = Array(try Data(contentsOf: folder.appending(path: name + ".json")))
    let captured = try #require(try CapturedFormat.read(file: "\(name).json", bytes: bytes))
    return try #require(try captured.show(name: name))
  }

  /// The step in which a segment is sent, or another event of it.
  private func step(_ show: any Show, _ segment: Int, _ event: String = "segmentSent") throws -> Int
  {
    let found = (0..<show.stepCount).first { step in
      let record = show.record(ofStep: step)
      return record.event == event
        && record.fields.contains { $0.name == "segment" && $0.value == .integer(segment) }
    }
    return try #require(found, "no \(event) of segment \(segment)")
  }

  /// Some rows of the ladder, without the times and states beside it.
  private func rows(
    _ show: any Show, _ step: Int, progress: Double = 1, _ size: Size, _ range: Range<Int>,
    language: Language = .en, charset: Charset = .unicode
  ) -> String {
    let look = Look(size: size, language: language, charset: charset)
    let lines = show.frame(step, progress: progress, look).text.split(separator: "\n")
    // Below 80 columns the ladder has no box around it.
    let columns = size.columns < 80 ? 22..<46 : 23..<(size.columns == 200 ? 93 : 65)
    return lines[range].map { line in
      var column = 0
      let shown = line.unicodeScalars.filter { scalar in
        defer { column += GlyphWidth.of(scalar) }
        return columns.contains(column)
      }
      return String(String.UnicodeScalarView(shown))
    }.joined(separator: "\n")
  }

  // MARK: Pictures

  @Test func manySegmentsTakeALaneEachOrSayThatTheyHaveNone() throws {
    let show = try crowd()
    let sent = try step(show, 56)
    #expect(
      rows(show, sent, .middle, 3..<29) == """
        ├── 1416 bytes  seq 11329 ┈┈ │ │ │ │ │   │
        ├── 1416 bytes  seq 12745 ┈┈ │ │ │ │ │   │
        ├◀──┼─╯   │ │                │ │ │ │ │   │
        ├── ACK  ack 14281 ┈┈        │ │ │ │ │   │
        ├◀──┼─────╯ │                │ │ │ │ │   │
        ├── ACK  ack 14281 ┈┈        │ │ │ │ │   │
        ├◀──┼───────╯                │ │ │ │ │   │
        ├── ACK  ack 14281 ┈┈        │ │ │ │ │   │
        ├◀──┼──────── 1428 bytes  seq 22849 ┈┈   │
        ├── ACK  ack 14281 ┈┈        │ │ │ │ │   │
        │   │                        │ ╰─┼─┼─┼──▶┤
        │   │ ╭── 1428 bytes  seq 14281  again ──┤
        │   │ │                      │   │ │ ╰──▶┤
        │   │  ╳ lost ── 1428 bytes  seq 25705 ──┤
        │   │ │                      │   │ ╰────▶┤
        │   │ │   ╭───── 1428 bytes  seq 27133 ──┤
        │   │ │   │                  │   ╰──────▶┤
        │   │ │ ╭─┼───── 1428 bytes  seq 28561 ──┤
        │   │ │ │ │ ╭───── 12 bytes  seq 29989 ──┤
        │   │┈┈ 1416 bytes  seq 1417 ┼──────────▶┤
        │   │ │ │ │ │ ┈┈ ACK  seq 30001  ack 1 ──┤
        │   │┈┈ 1416 bytes  seq 2833 ┼──────────▶┤
        │   │ │ │ │ │ ┈┈ ACK  seq 30001  ack 1 ──┤
        │   │┈┈ 1416 bytes  seq 4249 ┼──────────▶┤
        │   │ │ │ │ │ ◀─ ACK  seq 30001  ack 1 ──┤
        │   ▼ ▼ ▼ ▼ ▼                ▼           │
        """)
  }

  @Test func whereThereIsRoomEachHasALane() throws {
    let show = try crowd()
    let sent = try step(show, 63)
    #expect(
      rows(show, sent, .large, 5..<50) == """
        ├── 1416 bytes  seq 4249  ack 14281 ───────────────╮ │ │ │ │ │ │ │   │
        ├── 1416 bytes  seq 5665  ack 14281 ─────────────╮ │ │ │ │ │ │ │ │   │
        ├── 1416 bytes  seq 7081  ack 14281 ───────────╮ │ │ │ │ │ │ │ │ │   │
        ├── 1416 bytes  seq 8497  ack 14281 ─────────╮ │ │ │ │ │ │ │ │ │ │   │
        ├── 1416 bytes  seq 9913  ack 14281 ───────╮ │ │ │ │ │ │ │ │ │ │ │   │
        ├── 1416 bytes  seq 11329  ack 14281 ────╮ │ │ │ │ │ │ │ │ │ │ │ │   │
        ├── 1416 bytes  seq 12745  ack 14281 ──╮ │ │ │ │ │ │ │ │ │ │ │ │ │   │
        ├◀──┼─╯   │ │ │                        │ │ │ │ │ │ │ │ │ │ │ │ │ │   │
        ├── ACK  seq 14161  ack 14281 ───────╮ │ │ │ │ │ │ │ │ │ │ │ │ │ │   │
        ├◀──┼─────╯ │ │                      │ │ │ │ │ │ │ │ │ │ │ │ │ │ │   │
        ├── ACK  seq 14161  ack 14281 ─────╮ │ │ │ │ │ │ │ │ │ │ │ │ │ │ │   │
        ├◀──┼───────╯ │                    │ │ │ │ │ │ │ │ │ │ │ │ │ │ │ │   │
        ├── ACK  seq 14161  ack 14281 ┈┈   │ │ │ │ │ │ │ │ │ │ │ │ │ │ │ │   │
        ├◀──┼─────────╯                    │ │ │ │ │ │ │ │ │ │ │ │ │ │ │ │   │
        ├── ACK  seq 14161  ack 14281 ┈┈   │ │ │ │ │ │ │ │ │ │ │ │ │ │ │ │   │
        │   │                              │ │ │ │ │ │ │ │ │ │ │ │ ╰─┼─┼─┼──▶┤
        │   │ ╭─────────────────────── 1428 bytes  seq 14281  ack 1  again ──┤
        │   │ │                            │ │ │ │ │ │ │ │ │ │ │ │   │ │ ╰──▶┤
        │   │ │                     ╳ lost ── 1428 bytes  seq 25705  ack 1 ──┤
        │   │ │                            │ │ │ │ │ │ │ │ │ │ │ │   │ ╰────▶┤
        │   │ │   ╭────────────────────────┼─ 1428 bytes  seq 27133  ack 1 ──┤
        │   │ │   │                        │ │ │ │ │ │ │ │ │ │ │ │   ╰──────▶┤
        │   │ │ ╭─┼────────────────────────┼─ 1428 bytes  seq 28561  ack 1 ──┤
        │   │ │ │ │ ╭──────────────────────┼─┼─ 12 bytes  seq 29989  ack 1 ──┤
        │   │ │ │ │ │                      │ │ │ │ │ │ │ │ │ │ ╰─┼──────────▶┤
        │   │ │ │ │ │ ╭────────────────────┼─┼─┼─┼─┼ ACK  seq 30001  ack 1 ──┤
        │   │ │ │ │ │ │                    │ │ │ │ │ │ │ │ │ ╰───┼──────────▶┤
        │   │ │ │ │ │ │ ╭──────────────────┼─┼─┼─┼─┼ ACK  seq 30001  ack 1 ──┤
        │   │ │ │ │ │ │ │                  │ │ │ │ │ │ │ │ ╰─────┼──────────▶┤
        │   │ │ │ │ │ │ │                  ╳ lost ── ACK  seq 30001  ack 1 ──┤
        │   │ │ │ │ │ │ │                  │ │ │ │ │ │ │ ╰───────┼──────────▶┤
        │   │ │ │ │ │ │ │ ╭────────────────┼─┼─┼─┼─┼ ACK  seq 30001  ack 1 ──┤
        │   │ │ │ │ │ │ │ │                │ │ │ │ │ │ ╰─────────┼──────────▶┤
        │   │ │ │ │ │ │ │ │ ╭──────────────┼─┼─┼─┼─┼ ACK  seq 30001  ack 1 ──┤
        │   │ │ │ │ │ │ │ │ │              │ │ │ │ │ ╰───────────┼──────────▶┤
        │   │ │ │ │ │ │ │ │ │ ╭────────────┼─┼─┼─┼─┼ ACK  seq 30001  ack 1 ──┤
        │   │ │ │ │ │ │ │ │ │ │            │ │ │ │ ╰─────────────┼──────────▶┤
        │   │ │ │ │ │ │ │ │ │ │ ╭──────────┼─┼─┼─┼── ACK  seq 30001  ack 1 ──┤
        │   │ │ │ │ │ │ │ │ │ │ │          │ │ │ ╰───────────────┼──────────▶┤
        │   │ │ │ │ │ │ │ │ │ │ │ ╭────────┼─┼─┼──── ACK  seq 30001  ack 1 ──┤
        │   │ │ │ │ │ │ │ │ │ │ │ │        │ │ ╰─────────────────┼──────────▶┤
        │   │ │ │ │ │ │ │ │ │ │ │ │ ╭──────┼─┼────── ACK  seq 30001  ack 1 ──┤
        │   │ │ │ │ │ │ │ │ │ │ │ │ │      │ ╰───────────────────┼──────────▶┤
        │   │ │ │ │ │ │ │ │ │ │ │ │ │      ╰─────────────────────┼──────────▶┤
        │   │ ┈┈ ACK  seq 14161  ack 14281 ──────────────────────┼──────────▶┤
        """)
  }

  @Test func inASmallWindowArrivalsStillCanBeFollowedBack() throws {
    let show = try crowd()
    let sent = try step(show, 44)
    #expect(
      rows(show, sent, .small, 3..<11, charset: .ascii) == """
        +-- 1416 bytes  seq 4249 ..  | | | | |   |
        +-- 1416 bytes  seq 5665 ..  | | | | |   |
        +-- 1416 bytes  seq 7081 ..  | | | | |   |
        +-- 1416 bytes  seq 8497 ..  | | | | |   |
        +-- 1416 bytes  seq 9913 ..  | | | | |   |
        +-- 1416 bytes  seq 11329 .. | | | | |   |
        +-- 1416 bytes  seq 12745  ack 14281 +>  |
        |   v v v v v                v v v v v   |
        """)
    let size = Size(columns: 60, rows: 16)
    #expect(
      rows(show, sent, size, 2..<11, language: .zh) == """
        ├── 1416 字节 ─▶   │   │
        ├── 1416 字节 ─▶   │   │
        ├── 1416 字节 ─▶   │   │
        ├── 1416 字节 ─▶   │   │
        ├── 1416 字节 ─▶   │   │
        ├── 1416 字节 ─▶   │   │
        ├── 1416 字节 ─▶   │   │
        ├── 1416 字节 ─▶   │   │
        │   ▼ ▼ ▼ ▼  ▼     ▼   │
        """)
  }

  /// A crossing of two segments, which needs no more than one lane in each direction.
  @Test func twoSegmentsCross() throws {
    let show = try Shows.open("tcp-simultaneous-close")
    let sent = try step(show, 7)
    #expect(
      rows(show, sent, .small, 3..<11) == """
        ├── ACK  seq 1  ack 1 ──────────────────▶┤
        ├── 50 bytes  seq 1  ack 1 ─────────────▶┤
        ├◀───────────────── ACK  seq 1  ack 51 ──┤
        ├── FIN ACK  seq 51  ack 1 ────────╮     │
        │       ╭────── FIN ACK  seq 1  ack 51 ──┤
        │       │                          ╰────▶┤
        │       │        ◀─ ACK  seq 2  ack 52 ──┤
        │       ▼                                │
        """)
  }

  /// On its way the head of a segment is behind its words, and then in its lane.
  @Test func aHeadIsOnTheLineOfItsSegment() throws {
    let show = try Shows.open("tcp-simultaneous-close")
    let arrival = try step(show, 6, "segmentArrived")
    #expect(
      rows(show, arrival, progress: 0, .small, 6..<11) == """
        ├── FIN ACK  seq 51  ack 1 ────────╮     │
        │       ╭────── FIN ACK  seq 1  ack 51 ──┤
        │       │                          ╰────▶┤
        │       │        ◀─ ACK  seq 2  ack 52 ──┤
        │   ◀───╯                                │
        """)
    #expect(
      rows(show, arrival, progress: 0.5, .small, 6..<11) == """
        ├── FIN ACK  seq 51  ack 1 ────────╮     │
        │       ╭────── FIN ACK  seq 1  ack 51 ──┤
        │       │                          ╰────▶┤
        │       │      ◀─── ACK  seq 2  ack 52 ──┤
        │ ◀─────╯                                │
        """)
    #expect(
      rows(show, arrival, progress: 1, .small, 6..<11) == """
        │       ╭────── FIN ACK  seq 1  ack 51 ──┤
        │       │                          ╰────▶┤
        │       │    ◀───── ACK  seq 2  ack 52 ──┤
        ├◀──────╯                                │
        │                                        │
        """)
  }

  // MARK: Rules

  /// No row has two heads or one before the words, and no line goes through another without a crossing.
  @Test(arguments: [Size(columns: 60, rows: 16), .small, .middle, .large])
  func aRowHasOneHead(_ size: Size) throws {
    let show = try crowd()
    for step in Shows.sample(show, 90) {
      for progress in [0.3, 1] {
        let rows = rows(show, step, progress: progress, size, 2..<size.rows - 7)
        for row in rows.split(separator: "\n") {
          #expect(row.count { "▶◀".contains($0) } <= 1, "step \(step): \(row)")
          for torn in ["│─", "─│", "├─▶ ", " ◀─┤"] {
            #expect(!row.contains(torn), "step \(step): \(row)")
          }
        }
      }
    }
  }

  /// Nobody gets a lane whose tenant still travels, and nobody goes without one while another is free.
  @Test(arguments: [9, 22, 40, 68, 118])
  func aLaneHasOneTenantAtATime(columns: Int) throws {
    let show = try #require(try crowd() as? Performance<TCPSubject>)
    let network = show.timeline.moment(show.stepCount - 1).after
    let made = TCPLadderRows(network, connection: 0, segments: 1000, now: network.now)
    var ladder = Ladder()
    (ladder.rows, ladder.arrows) = (made.rows, made.arrows)
    let lanes = LadderLanes(ladder, columns: columns)
    let stepped = ladder.arrows.filter { ladder.lastRow(of: $0) > $0.sentRow }
    #expect(stepped.count > 50)
    for side in Side.allCases {
      let arrows = stepped.filter { $0.segment.sender == side }
      for (index, arrow) in arrows.enumerated() {
        let before = arrows[..<index].filter { ladder.lastRow(of: $0) >= arrow.sentRow }
        let taken = before.compactMap { lanes.lane(of: $0) }
        if let lane = lanes.lane(of: arrow) {
          #expect(!taken.contains(lane) && lane < lanes.count, "segment \(arrow.segment.number)")
        } else {
          #expect(Set(taken).count == lanes.count, "segment \(arrow.segment.number)")
        }
      }
    }
    // The lanes of both directions lie beside each other.
    #expect(4 + 2 * (lanes.count - 1) < columns + 1 - 4 - 2 * (lanes.count - 1) || lanes.count == 1)
  }

  @Test func whatIsAboveIsSaidWithItsNumberOrWithout() throws {
    let show = try crowd()
    func title(_ step: Int, _ language: Language) -> String {
      let look = Look(size: .small, language: language)
      return String(show.frame(step, progress: 1, look).text.split(separator: "\n")[1])
    }
    let (early, late) = (try step(show, 26), show.stepCount - 1)
    #expect(title(early, .en).contains(" more ─╮"))
    #expect(title(early, .zh).contains(" 行 ─╮"))
    #expect(title(late, .en).contains("─ ▲ earlier ones ─╮"))
    #expect(title(late, .zh).contains("─ ▲ 还有更早的 ─╮"))
  }
}
