import Models
import Testing

@testable import Visualizer

/// What holds of the frame around every scene, and of scenes at sizes that no golden picture has.
@Suite struct FrameTests {
  private func rows(_ show: any Show, _ step: Int, _ look: Look) -> [String] {
    let canvas = show.frame(step, progress: 1, look)
    return (0..<look.size.rows).map { canvas.text(row: $0) }
  }

  /// Wider windows never show less: keys of three letters fit in all that are drawn in full.
  @Test func keysAreReadableAtEveryWidth() throws {
    let show = try Shows.open("map-growth")
    for columns in stride(from: 80, through: 200, by: 5) {
      let drawn = rows(show, 60, Look(size: Size(columns: columns, rows: 24)))
      let text = drawn.dropLast(3).joined()  // without the names of chapters
      #expect(text.contains("k01") && !text.contains("k…"), "\(columns) columns")
    }
  }

  /// A pane's content ends at its border, however low the pane.
  @Test func theFieldsOfAMapStayWithinTheirPane() throws {
    let show = try Shows.open("map-growth")
    for rows in 24...40 {
      let look = Look(size: Size(columns: 120, rows: rows))
      let canvas = show.frame(70, progress: 1, look)
      let edges = (0..<rows).filter { canvas[0, $0].scalar == 0x2570 }  // ╰
      let edge = try #require(edges.first)
      let border = (1..<23).map { canvas[$0, edge].scalar }
      #expect(border.allSatisfy { $0 == 0x2500 }, "\(rows) rows")
    }
  }

  /// Marks on the line of chapters leave their names readable.
  @Test(arguments: Language.allCases)
  func chaptersStayReadableUnderMarks(_ language: Language) throws {
    let show = try Shows.open("tcp-close")
    var look = Look(size: Size(columns: 120, rows: 36), language: language)
    let line = look.size.rows - 2
    func names(_ step: Int) -> String {
      rows(show, step, look)[line].filter { !["━", "─", "┬", "●"].contains($0) }
    }
    let plain = names(0)
    for step in 0..<show.stepCount { #expect(names(step) == plain, "step \(step)") }
    look.size.columns = 80
    let narrow = names(0)
    for step in 0..<show.stepCount { #expect(names(step) == narrow, "step \(step)") }
  }

  /// What an end enters with its FIN stands beside the FIN, not beside data sent in the same moment.
  @Test(arguments: Shows.bundled.filter { $0.hasPrefix("tcp") || $0.hasPrefix("http") })
  func whatAFinChangesStandsBesideTheFin(_ name: String) throws {
    let show = try Shows.open(name)
    let drawn = rows(show, show.stepCount - 1, Look(size: Size(columns: 160, rows: 100)))
    let ladder = drawn.dropFirst(3).map { String($0.prefix(112)) }
    for row in ladder where row.contains(" bytes ") && row.contains("seq") {
      #expect(!row.contains("FIN_WAIT_1") && !row.contains("LAST_ACK"), "\(row)")
    }
  }

  /// A narrow ladder shortens the states above its lanes rather than letting them run together.
  @Test func statesAboveTheLadderStandApart() throws {
    let show = try Shows.open("tcp-close")
    for columns in stride(from: 60, through: 130, by: 2) {
      let text = rows(show, 42, Look(size: Size(columns: columns, rows: 16))).joined()
      #expect(!text.contains("ESTABLISHEDESTABLISHED"), "\(columns) columns")
    }
  }
}
