import BundledScenarios
import Models
import Testing

@testable import Visualizer

/// Whatever a viewer can point at is known, stays the same thing, and its pane can be looked at alone.
@Suite struct InspectionTests {
  static let names = BundledScenarios.all.map(\.name).filter { !$0.hasPrefix("map") }
  static let sizes = [Size(columns: 80, rows: 24), Size(columns: 200, rows: 60)]
  /// A scenario with several connections, so with a table.
  static let several = "tcp-no-time-wait-stale"

  private func look(_ size: Size, _ language: Language = .en, view: Int? = nil) -> Look {
    var look = Look(size: size, language: language)
    (look.findsItems, look.view) = (true, view)
    return look
  }

  /// Some steps of a show: the first, the last, and others between them.
  private func steps(_ show: any Show, _ count: Int) -> [Int] {
    let last = show.stepCount - 1
    return (0...count).map { last * $0 / count }
  }

  private func views(_ show: any Show) -> [Int?] {
    show.views.isEmpty ? [nil] : show.views.indices.map { $0 }
  }

  @Test(arguments: names) func everythingThatIsDrawnIsKnown(name: String) throws {
    let show = try ShowLibrary.open(name)
    for step in steps(show, 5) {
      for (size, language) in [(Self.sizes[0], Language.en), (Self.sizes[1], .zh)] {
        for view in views(show) {
          let frame = show.frame(step, progress: 1, look(size, language, view: view))
          let landmarks = try #require(frame.landmarks)
          #expect(!landmarks.panes.isEmpty)
          for item in Set(landmarks.places.map(\.item)) {
            let inspection = show.inspect(item, atStep: step, language)
            #expect(inspection?.facts.isEmpty == false, "\(item) at \(step)")
          }
        }
      }
    }
  }

  /// Chinese and English tell as many facts of the same thing, and the title keeps its number.
  @Test(arguments: ["malloc-three-levels", "malloc-layout-notes", "tcp-lost-last-ack"])
  func bothLanguagesTellTheSame(name: String) throws {
    let show = try ShowLibrary.open(name)
    let last = show.stepCount - 1
    let places = show.frame(last, progress: 1, look(Self.sizes[1])).landmarks?.places ?? []
    for item in Set(places.map(\.item)) {
      let (en, zh) = (
        show.inspect(item, atStep: last, .en), show.inspect(item, atStep: last, .zh)
      )
      #expect(en?.facts.count == zh?.facts.count, "\(item)")
      #expect(en?.title.filter(\.isNumber) == zh?.title.filter(\.isNumber), "\(item)")
    }
  }

  @Test(arguments: [
    ("malloc-three-levels", Item("span", 0), "s0"), ("tcp-close", Item("segment", 0), "segment 0"),
    ("tcp-close", Item("end", 0, 1), "server :80"),
  ])
  func itemsStayTheSameFromStepToStep(name: String, item: Item, title: String) throws {
    let show = try ShowLibrary.open(name)
    var seen = 0
    for step in 0..<show.stepCount {
      let landmarks = show.frame(step, progress: 1, look(Self.sizes[1])).landmarks
      guard landmarks?.place(of: item) != nil else { continue }
      seen += 1
      #expect(show.inspect(item, atStep: step, .en)?.title.hasPrefix(title) == true)
    }
    #expect(seen > show.stepCount / 2)
  }

  /// What is told of a span agrees with the model, and follows it from the mheap to the mcache.
  @Test func aSpanIsFollowedToWhereItIs() throws {
    let show = try ShowLibrary.open("malloc-three-levels")
    var places: [String] = []
    for step in 0..<show.stepCount {
      guard let span = show.inspect(Item("span", 0), atStep: step, .en) else { continue }
      let place = try #require(span.facts.first { $0.name == "is in" }?.value)
      if places.last != place { places.append(place) }
      #expect(span.facts.contains { $0.name == "sweepgen" && !$0.value.hasSuffix("?") })
    }
    #expect(places.contains("P0 mcache"))
    #expect(places.count > 1, "\(places)")
  }

  @Test func aRetransmissionNamesItsOriginalAndALossIsTold() throws {
    let show = try ShowLibrary.open("tcp-lost-last-ack")
    let last = show.stepCount - 1
    var lost = 0
    var originals: [(String, String)] = []
    for index in 0... {
      guard let segment = show.inspect(Item("segment", index), atStep: last, .en) else { break }
      let facts = segment.facts
      if facts.contains(where: { $0.value == "never: lost" }) { lost += 1 }
      guard let first = facts.first(where: { $0.name == "retransmission" })?.value else { continue }
      let number = try #require(Int(first.split(separator: " ").last ?? ""))
      let original = try #require(show.inspect(Item("segment", number), atStep: last, .en))
      func fact(_ name: String, _ facts: [Inspection.Fact]) -> String {
        facts.first { $0.name == name }?.value ?? ""
      }
      originals.append((fact("seq", facts), fact("seq", original.facts)))
    }
    #expect(lost > 0)
    #expect(!originals.isEmpty)
    for (again, first) in originals { #expect(again == first) }
  }
}
