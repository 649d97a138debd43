import Models
import Testing

@testable import Visualizer

@Suite struct JSONReaderTests {
  private func read(_ bytes: [UInt8]) throws(InputError) -> JSON {
    var reader = JSONReader(file: "t.json", bytes: bytes)
    let value = try reader.readValue()
    try reader.finish()
    return value
  }

  private func read(_ text: String) throws(InputError) -> JSON { try read(Array(text.utf8)) }

  private func error(_ text: String) -> String {
    do {
      _ = try read(text)
      return "no error"
    } catch {
      return error.description
    }
  }

  @Test func readsEveryKindOfValue() throws {
    let value = try read(#" {"a": [1, -2, 2.5, 1e3, true, false, null], "b": {"c": "x"}, "": ""} "#)
    let list = try #require(value["a"]?.array)
    #expect(list.prefix(2).map(\.integer) == [1, -2])
    #expect(list.prefix(4).map(\.number) == [1, -2, 2.5, 1000])
    #expect(list[4].bool == true && list[5].bool == false && list[6].isNull)
    #expect(value["b"]?["c"]?.string == "x")
    #expect(value[""]?.string == "")
    #expect(value["none"] == nil && list[0]["a"] == nil)
  }

  @Test func valuesKnowWhereTheyStand() throws {
    let value = try read("{\"a\":\n [10,\n  \"b\"]}")
    #expect(value.offset == 0)
    #expect(value["a"]?.offset == 7)
    #expect(value["a"]?.array?.map(\.offset) == [8, 14])
  }

  @Test func errorsNameLineAndColumn() {
    #expect(
      error("") == "t.json:1:1: error: the file ends in the middle of a value; is it cut off?")
    #expect(error("{\n  \"a\": nil\n}") == "t.json:2:8: error: a JSON value is expected here")
    #expect(error("{\"a\" 1}") == "t.json:1:6: error: ':' after a member's name is expected here")
    #expect(error("{a: 1}") == "t.json:1:2: error: a member's name in quotes is expected here")
    #expect(error("[1 2]") == "t.json:1:4: error: ',' or ']' is expected here")
    #expect(error("[1]\n\n x") == "t.json:3:2: error: nothing may follow the JSON value")
    #expect(error("[1,]") == "t.json:1:4: error: a JSON value is expected here")
    #expect(error("[-]") == "t.json:1:2: error: '-' is not a number")
    #expect(error("[1e999]") == "t.json:1:2: error: '1e999' is not a number")
    #expect(error("\"a\nb\"") == "t.json:1:3: error: a control character stands in a string")
    #expect(error(#""a\q""#) == "t.json:1:3: error: no such escape in a string")
    #expect(
      error(#""\u00g0""#) == "t.json:1:4: error: four hexadecimal digits must follow \\u")
  }

  @Test func escapesAreUnderstood() throws {
    #expect(try read(#""\"\\\/\b\f\n\r\t""#).string == "\"\\/\u{8}\u{c}\n\r\t")
    #expect(try read(#""\u4e2d\u00e9x""#).string == "中éx")
    #expect(try read(#""\ud83d\ude00""#).string == "😀")
    #expect(try read(#""\ud83d x \ud83d\u0041""#).string == "\u{fffd} x \u{fffd}A")
    #expect(try read(#""\ude00""#).string == "\u{fffd}")
    #expect(try read([0x22, 0xff, 0x22]).string == "\u{fffd}")
  }

  @Test func largeNumbersDoNotOverflow() throws {
    #expect(try read("9223372036854775807").integer == .max)
    #expect(try read("9223372036854775808").integer == nil)
    #expect(try read("9223372036854775808").number == 9_223_372_036_854_775_808)
    #expect(try read("-99999999999999999999").number == -1e20)
  }

  @Test(arguments: ["[", "{\"a\":", "[{\"a\":"])
  func deepNestingIsRefusedInTime(_ opening: String) {
    let text = String(repeating: opening, count: 200_000)
    #expect(error(text).hasSuffix("error: values nest deeper than 64 levels"))
    let fine = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
    #expect(error(fine) == "no error")
    #expect(error("[" + fine + "]") != "no error")
  }

  /// Wherever a trace is cut off, there is an error at a place inside of it, and no trap.
  @Test func aTraceCutOffAtAnyByteIsRefused() throws {
    let bytes = try #require(TestFiles.read(TestFiles.traces + "/classic-tiny.json"))
    let end = try #require(bytes.lastIndex(of: UInt8(ascii: "}")))
    let lines = bytes.split(separator: UInt8(ascii: "\n")).count
    for length in 0...end {
      let cut = Array(bytes[..<length])
      let error = #expect(throws: InputError.self) {
        // What is too short to be told for a trace is taken for a scenario.
        if try CapturedFormat.read(file: "t.json", bytes: cut) == nil {
          _ = try ScenarioFile(file: "t.json", bytes: cut)
        }
      }
      #expect((1...lines).contains(error?.line ?? 0), "\(length) bytes")
    }
  }

  /// Whatever stands in a trace instead of what belongs there, nothing traps.
  @Test func damagedTracesAreRefusedOrChecked() throws {
    let bytes = try #require(TestFiles.read(TestFiles.traces + "/classic-tiny.json"))
    var random = SplitMix64(seed: 5)
    let pieces = ["-1", "9999999999", "null", "\"x\"", "[]", "{}", "1.5", "true"].map {
      Array($0.utf8)
    }
    for _ in 0..<300 {
      var damaged = bytes
      let place = Int.random(in: damaged.indices, using: &random)
      if Bool.random(using: &random) {
        damaged[place] = UInt8.random(in: 0...255, using: &random)
      } else if let start = damaged[place...].firstIndex(of: UInt8(ascii: ":")),
        let end = damaged[start...].firstIndex(where: { ",}]".utf8.contains($0) })
      {
        damaged.replaceSubrange(
          start + 1..<end, with: pieces.randomElement(using: &random) ?? [])
      }
      do {
        var reader = JSONReader(file: "t.json", bytes: damaged)
        let trace = try MapTrace(reader: &reader)
        _ = trace.check()
      } catch {
        #expect(error.line != nil)
      }
    }
  }

  @Test func randomBytesNeverTrap() {
    var random = SplitMix64(seed: 3)
    let alphabet = Array("{}[]\",:\\u0123e-+.tfn \n".utf8)
    for round in 0..<3000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        round % 2 == 0
          ? alphabet.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
      }
      _ = try? read(bytes)
      _ = try? CapturedFormat.read(file: "t", bytes: [UInt8(ascii: "{")] + bytes)
    }
  }
}
