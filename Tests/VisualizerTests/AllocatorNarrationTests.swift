import BundledScenarios
import Models
import Testing

@testable import Visualizer

@Suite struct AllocatorNarrationTests {
  static let scenarios = BundledScenarios.all.map(\.name).filter {
    $0.hasPrefix("malloc-") || $0 == "memory-top"
  }

  /// A sentence may be that long, in letters.
  private static let limit = 160

  private static func show(_ name: String) throws -> any Show {
    let bundled = try #require(BundledScenarios.all.first { $0.name == name })
    let file = try ScenarioFile(file: name + ".yaml", bytes: bundled.yaml)
    return try AllocatorShow.open(file, name: name)
  }

  /// What is wrong with a step's sentences; nil where nothing is.
  private static func fault(_ show: any Show, _ step: Int) -> String? {
    let en = show.narration(ofStep: step, .en)
    let zh = show.narration(ofStep: step, .zh)
    let isEvent = !["say", "chapter"].contains(show.record(ofStep: step).event)
    if en.text.isEmpty || zh.text.isEmpty { return "step \(step) says nothing" }
    if en.text.count > limit { return "\(en.text.count) letters: \(en.text)" }
    if zh.text.count > 120 { return "\(zh.text.count) characters: \(zh.text)" }
    if isEvent, en.source == nil { return "no source: \(en.text)" }
    if en.text.contains("Optional(") || zh.text.contains("Optional(") { return en.text }
    if en.text.contains(where: { !$0.isASCII && $0 != "×" }) { return "not English: \(en.text)" }
    if zh.text.contains(where: { ",;!?".contains($0) }), isEvent,
      !zh.text.contains("class"), !zh.text.contains("of ")
    {
      return "narrow punctuation: \(zh.text)"
    }
    return nil
  }

  @Test func allScenariosAreThere() { #expect(Self.scenarios.count == 7) }

  @Test(arguments: scenarios)
  func everyStepOfAScenarioIsTold(name: String) throws {
    let show = try Self.show(name)
    #expect((4...8).contains(show.chapters.count))
    #expect((60...200).contains(show.stepCount), "\(show.stepCount) steps")
    let faults = (0..<show.stepCount).compactMap { Self.fault(show, $0) }
    #expect(faults.isEmpty, "\(faults.prefix(3))")
  }

  /// The steps of a trace are many: its first, its last, and some of those between.
  @Test(arguments: AllocatorFixtures.names.filter { $0.contains("trace-") })
  func stepsOfATraceAreTold(name: String) throws {
    let trace = AllocatorTrace(file: name, bytes: try AllocatorFixtures.bytes(name))
    let show = try #require(try trace.show(name: name))
    let stride = max(1, show.stepCount / 300)
    let steps = Array(Swift.stride(from: 0, to: show.stepCount, by: stride)) + [show.stepCount - 1]
    let faults = steps.compactMap { Self.fault(show, $0) }
    #expect(faults.isEmpty, "\(faults.prefix(3))")
  }

  // MARK: - What the scenarios show

  /// The request for which neither mcache nor mcentral has a span, step by step.
  @Test func aRequestGoesAllTheWay() throws {
    let show = try Self.show("malloc-three-levels")
    let records = (0..<show.stepCount).map { show.record(ofStep: $0) }
    let start = try #require(
      records.firstIndex { $0.event == "requested" && Self.field($0, "object") == "hen[0]" })
    let steps = records[start...].prefix { $0.operation == records[start].operation }
    #expect(
      steps.map(\.event) == [
        "requested", "sizeClassFound", "mcacheAsked", "spanMoved", "mcentralAsked", "mheapAsked",
        "pagesTaken", "spanMoved", "spanMoved", "slotReturned",
      ])
    let moves = steps.filter { $0.event == "spanMoved" }
    #expect(
      moves.map { "\(Self.field($0, "from") ?? "") > \(Self.field($0, "to") ?? "")" } == [
        "P0 mcache > fullSwept 77", "mheap > mcentral 77", "mcentral 77 > P0 mcache",
      ])
  }

  private static func field(_ record: StepRecord, _ name: String) -> String? {
    for field in record.fields where field.name == name {
      if case .text(let text) = field.value { return text }
    }
    return nil
  }

  /// What `top` shows stays after a collection and falls after the scavenger.
  @Test func residentMemoryFallsLate() throws {
    let file = try #require(BundledScenarios.all.first { $0.name == "memory-top" })
    let envelope = try ScenarioFile(file: "memory-top.yaml", bytes: file.yaml)
    var language = try AllocatorScript(envelope, rules: .go1_19)
    var model = language.start
    var looks: [GoAllocator.Figures] = []
    for case .operation(let operation, _) in try envelope.script(in: &language).items {
      model.perform(operation, observer: nil)
      if operation == .readMemStats { looks.append(model.figures) }
    }
    let megabyte = 1 << 20
    #expect(looks.map { $0.residentBytes / megabyte } == [16, 16, 16, 4, 4, 8])
    #expect(looks.map { $0.inUseBytes / megabyte } == [16, 16, 4, 4, 4, 8])
    #expect(looks.map { $0.releasedBytes / megabyte } == [0, 0, 0, 11, 12, 8])
    #expect(looks.allSatisfy { $0.sysBytes == 16 * megabyte })
  }

  /// Nothing moves when holes are filled: the seven requests after the sweep ask no mheap.
  @Test func holesAreFilledWithoutTheHeap() throws {
    let show = try Self.show("malloc-sweep")
    let records = (0..<show.stepCount).map { show.record(ofStep: $0) }
    let filling = records.filter { $0.chapter?.en == "Holes are filled" }
    #expect(filling.filter { $0.event == "slotReturned" }.count == 7)
    #expect(!filling.contains { $0.event == "mheapAsked" })
  }

  /// Fields have the names and forms that programs rely on.
  @Test func fieldsNameWhatHappens() {
    var words = AllocatorWords()
    words.name(0...1, "cats")
    let fields = AllocatorFields(words: words)
    func line(_ event: GoAllocator.Event) -> String {
      var object = JSONObject()
      for (name, value) in fields.fields(event) { object.add(name, value) }
      return object.line.trimmingSuffix { $0 == "\n" }
    }
    #expect(
      line(.slotReturned(handle: 1, span: 3, slot: 2, headerBytes: 8))
        == #"{"object":"cats[1]","handle":1,"span":"s3","slot":2,"header":8}"#)
    #expect(
      line(.spanMoved(span: 0, spanClass: 10, from: .mheap, to: .mcentral(spanClass: 10)))
        == #"{"span":"s0","spanClass":10,"from":"mheap","to":"mcentral 10"}"#)
    #expect(
      line(.spanSwept(span: 0, spanClass: 10, died: [1, 5], allocCount: 3))
        == #"{"span":"s0","spanClass":10,"died":[1,5],"allocCount":3}"#)
    #expect(
      line(.goalSet(goalBytes: .max, triggerBytes: .max))
        == #"{"goalBytes":null,"triggerBytes":null}"#)
    #expect(
      line(.pagesTaken(firstPage: 4, npages: 2, from: .freeList(pages: 128)))
        == #"{"firstPage":4,"npages":2,"from":"freelarge"}"#)
  }
}

extension String {
  fileprivate func trimmingSuffix(while matches: (Character) -> Bool) -> String {
    var text = self
    while let last = text.last, matches(last) { text.removeLast() }
    return text
  }
}
