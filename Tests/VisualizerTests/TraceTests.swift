import Models
import Testing

@testable import Visualizer

/// The model against traces that were captured inside real Go runtimes.
@Suite struct TraceTests {
  private static let names = (try? TestFiles.names(in: TestFiles.traces)) ?? []

  private func bytes(_ name: String) throws -> [UInt8] {
    try #require(TestFiles.read("\(TestFiles.traces)/\(name)"))
  }

  /// What a check finds, as `check` prints it.
  private func difference(_ bytes: [UInt8]) throws -> String? {
    let captured = try #require(try CapturedFormat.read(file: "trace.json", bytes: bytes))
    if case .differs(let sentence) = try captured.check() { return sentence }
    return nil
  }

  @Test func allTracesAreHere() { #expect(Self.names.count == 17) }

  @Test(arguments: names)
  func theModelDoesWhatTheRuntimeDid(_ name: String) throws {
    #expect(try difference(bytes(name)) == nil)
  }

  /// Between any two operations of the real runtime all invariants hold.
  @Test(arguments: names.filter { !$0.contains("hints") })
  func everyInvariantHoldsAllAlong(_ name: String) throws {
    var reader = JSONReader(file: name, bytes: try bytes(name))
    let trace = try MapTrace(reader: &reader)
    var map = trace.initial
    for (operation, _) in trace.operations {
      map.perform(operation, observer: nil)
      #expect(map.brokenInvariants() == [])
    }
    #expect(trace.operations.count > 10)
  }

  /// The notes' example, captured.
  @Test func theNotesExampleIsInARealMap() throws {
    let show = try ShowLibrary.open("\(TestFiles.traces)/classic-lookup-b5.json")
    let found = (0..<show.stepCount).map { show.narration(ofStep: $0, .en).text }.filter {
      $0.hasPrefix("Found")
    }
    #expect(
      found.contains {
        $0.contains("00110") && $0.contains("10010111") && $0.contains("bucket 6")
          && $0.contains("slot 2")
      })
  }

  // MARK: - A trace that lies is caught

  /// A trace with its first piece of text behind a place replaced by another.
  private func replace(
    _ old: String, _ new: String, after place: String = "", in name: String
  ) throws -> [UInt8] {
    var bytes = try bytes(name)
    let start =
      place.isEmpty
      ? bytes.startIndex : try #require(bytes.firstRange(of: Array(place.utf8))).upperBound
    let range = try #require(bytes[start...].firstRange(of: Array(old.utf8)), "\(old)")
    bytes.replaceSubrange(range, with: Array(new.utf8))
    return bytes
  }

  /// The trace's text from an operation on.
  private func line(_ operation: Int, of name: String) throws -> String {
    let text = String(decoding: try bytes(name), as: UTF8.self)
    let line = text.split(separator: "\n").first { $0.contains("\"i\":\(operation),") }
    return String(try #require(line, "operation \(operation)"))
  }

  @Test func aChangedTophashByteIsNamed() throws {
    let line = try line(5, of: "classic-tiny.json")
    let marks = try #require(line.firstMatch(of: /"t":"([0-9a-f]{16})"/)).output.1
    var bytes = Array(marks.utf8)
    bytes[1] = bytes[1] == UInt8(ascii: "7") ? UInt8(ascii: "8") : UInt8(ascii: "7")
    let damaged = line.replacing(marks, with: String(decoding: bytes, as: UTF8.self))
    let text = try difference(replace(line, damaged, in: "classic-tiny.json"))
    let found = try #require(text)
    #expect(
      found.wholeMatch(of: /operation 5 \(.+\): bucket 0 slot 0 tophash: captured \d+, model \d+/)
        != nil, "\(found)")
  }

  @Test func aChangedPlaceIsNamed() throws {
    let trace = try replace(
      "\"at\":[\"new\",", "\"at\":[\"old\",", after: "\"i\":20,", in: "classic-grow.json")
    let text = try #require(try difference(trace))
    #expect(text.hasPrefix("operation 20 (") || text.hasPrefix("operation 21 ("), "\(text)")
    #expect(text.contains("place: captured old bucket"), "\(text)")
  }

  @Test func aChangedKeyIsNamed() throws {
    let line = try line(3, of: "classic-tiny.json")
    let slot = try #require(line.firstMatch(of: /\[\[0,"([^"]+)"/)).output.1
    let damaged = line.replacing("[[0,\"\(slot)\"", with: "[[0,\"other\"")
    let text = try #require(try difference(replace(line, damaged, in: "classic-tiny.json")))
    #expect(text.hasPrefix("operation 3 (") && text.contains("slot 0: captured other="), "\(text)")
  }

  @Test func aChangedNevacuateIsNamed() throws {
    let text = String(decoding: try bytes("classic-grow.json"), as: UTF8.self)
    let line = try #require(
      text.split(separator: "\n").first { $0.contains("\"nev\":3,") || $0.contains("\"nev\":3}") })
    let index = try #require(line.firstMatch(of: /"i":(\d+)/)).output.1
    let damaged = String(line).replacing("\"nev\":3", with: "\"nev\":2")
    let found = try difference(replace(String(line), damaged, in: "classic-grow.json"))
    #expect(found?.hasPrefix("operation \(index) (") == true, "\(found ?? "")")
    #expect(found?.hasSuffix("nevacuate: captured 2, model 3") == true, "\(found ?? "")")
  }

  @Test func evacuationsInAnotherOrderAreNamed() throws {
    let text = String(decoding: try bytes("classic-grow.json"), as: UTF8.self)
    let match = try #require(text.firstMatch(of: /"ev":\[(\[\d+,\d+\]),(\[\d+,\d+\])\]/))
    let damaged = text.replacing(
      match.output.0, with: "\"ev\":[\(match.output.2),\(match.output.1)]", maxReplacements: 1)
    let found = try difference(Array(damaged.utf8))
    #expect(found?.contains("evacuated [growth, bucket]: captured [[") == true, "\(found ?? "")")
  }

  @Test func aChangedHashLeadsToADifference() throws {
    let text = String(decoding: try bytes("classic-tiny.json"), as: UTF8.self)
    let match = try #require(text.firstMatch(of: /"h":"([0-9a-f]{2})/))
    let start = match.output.1 == "97" ? "98" : "97"
    let damaged = text.replacing(match.output.0, with: "\"h\":\"\(start)", maxReplacements: 1)
    #expect(try difference(Array(damaged.utf8))?.hasPrefix("operation 0 (") == true)
  }

  @Test func aChangedResultOfALookupIsNamed() throws {
    let text = String(decoding: try bytes("classic-lookup-b5.json"), as: UTF8.self)
    let line = try #require(
      text.split(separator: "\n").first { $0.contains("\"op\":\"get\"") && $0.contains("\"v\":") })
    let match = try #require(line.firstMatch(of: /"v":(\d+)/))
    let damaged = String(line).replacing(match.output.0, with: "\"v\":99999", maxReplacements: 1)
    let found = try difference(replace(String(line), damaged, in: "classic-lookup-b5.json"))
    #expect(
      found?.contains("value: captured 99999, model \(match.output.1)") == true, "\(found ?? "")")
  }

  @Test func aChangedRowOfTheHintTableIsNamed() throws {
    let name = "classic-hints-go1.19.8.json"
    let text = String(decoding: try bytes(name), as: UTF8.self)
    let match = try #require(text.firstMatch(of: /"hint":104,[^}]*?"B":(\d+)/))
    let damaged = String(match.output.0.dropLast(match.output.1.count)) + "6"
    let found = try difference(
      Array(text.replacing(match.output.0, with: damaged, maxReplacements: 1).utf8))
    let wanted = try #require(found)
    #expect(wanted.hasPrefix("row ") && wanted.contains("(hint 104, "), "\(wanted)")
    #expect(wanted.hasSuffix("B: captured 6, model \(match.output.1)"), "\(wanted)")
  }

  // MARK: - What is no trace

  @Test(
    arguments: [
      (
        "\"kind\":\"classic\"", "\"kind\":\"swiss\"",
        "kind: only classic maps (Go 1.19 to 1.23) can be replayed; this one is a Swiss map"
      ),
      (
        "\"go\":\"go1.19.8\"", "\"go\":\"go1.24.1\"",
        "go: 'go1.24.1' has no rules here; classic maps of go1.19 to go1.23 have"
      ),
      (
        "\"op\":\"set\"", "\"op\":\"sett\"",
        "op: no operation 'sett'; write set, get, del, clear, iter or next"
      ),
      (
        "go-map-trace/1", "go-map-trace/9",
        "unknown format 'go-map-trace/9'; did you mean 'go-map-trace/1'?"
      ),
    ])
  func mistakesAreNamedWithTheirPlace(_ old: String, _ new: String, _ wanted: String) throws {
    let trace = try replace(old, new, in: "classic-tiny.json")
    let error = #expect(throws: InputError.self) { try difference(trace) }
    #expect(error?.message == wanted)
    #expect(error?.line != nil && error?.column != nil)
  }

  @Test func aTableOfHintsCannotBeWatched() throws {
    let path = "\(TestFiles.traces)/classic-hints-go1.23.9.json"
    let error = #expect(throws: InputError.self) { try ShowLibrary.open(path) }
    #expect(error?.message == "this file can be checked, but there is nothing in it to watch")
  }
}
