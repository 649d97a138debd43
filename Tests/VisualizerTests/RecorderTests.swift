internal import Glibc
import Models
import Testing

@testable import Visualizer

@Suite struct RecorderTests {
  private func recorder(
    _ name: String, _ look: Look, fps: Int = 12, speed: Double = 1, steps: ClosedRange<Int>? = nil
  ) throws -> Recorder {
    let show = try Shows.open(name)
    return Recorder(
      show: show, look: look, framesPerSecond: fps, speed: speed,
      steps: steps ?? 0...show.stepCount - 1)
  }

  /// What is written to a file.
  private func written(_ produce: (inout ByteSink) throws -> Void) throws -> [UInt8] {
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    try OutputFile.write("\(folder)/recording", overwrite: false, produce)
    return try #require(TestFiles.read("\(folder)/recording"))
  }

  private func frames(_ recorder: Recorder) throws -> [UInt8] {
    try written { try FramesText.write(recorder, to: &$0) }
  }

  private func cast(_ recorder: Recorder, _ depth: Theme.Depth = .many) throws -> [UInt8] {
    try written { try Asciicast.write(recorder, Theme(depth: depth), to: &$0) }
  }

  // MARK: - Plain text

  /// Every second scenario: the others are recorded elsewhere.
  @Test(arguments: Shows.bundled.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
  func framesHoldEveryStepInSevenBits(_ name: String) throws {
    let recorder = try recorder(name, Look(size: .small, charset: .ascii), fps: 1)
    let bytes = try frames(recorder)
    #expect(bytes.allSatisfy { $0 == 0x0a || (0x20..<0x7f).contains($0) })
    let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    let show = recorder.show
    #expect(
      lines[0]
        == "#visualizer-frames 1 cols=80 rows=24 glyphs=ascii scenario=\(name) seed=\(show.seed)")
    #expect(lines.dropFirst().allSatisfy { $0.hasPrefix("|") || $0.hasPrefix("=== frame ") })
    var seen: [Int] = []
    var time = -1.0
    for (number, line) in lines.filter({ $0.hasPrefix("=== ") }).enumerated() {
      let match = try #require(
        line.firstMatch(of: #/^=== frame (\d+) step (\d+)/(\d+) t=(\d+\.\d{3}) chapter "\d /#))
      #expect(Int(match.1) == number && Int(match.3) == show.stepCount - 1)
      let at = try #require(Double(match.4))
      #expect(at >= time)
      time = at
      let step = try #require(Int(match.2))
      if seen.last != step { seen.append(step) }
    }
    #expect(seen == Array(0..<show.stepCount))
    let part = try self.recorder(name, Look(size: .small, charset: .ascii), steps: 0...15)
    #expect(try frames(part) == frames(part))
  }

  @Test func aFrameInTheTextIsTheFrameOnTheScreen() throws {
    let recorder = try recorder("map-growth", Look(size: .middle, language: .zh), steps: 60...70)
    let text = String(decoding: try frames(recorder), as: UTF8.self)
    let parts = text.split(separator: "=== frame ").dropFirst()
    var drawn: [String] = []
    recorder.play { drawn.append($0.canvas.text) }
    #expect(parts.count == drawn.count)
    for (part, canvas) in zip(parts, drawn) {
      let rows = part.split(separator: "\n").dropFirst().map { $0.dropFirst() }
      var wanted = canvas.split(separator: "\n", omittingEmptySubsequences: false)
      while wanted.last == "" { wanted.removeLast() }
      #expect(rows == wanted)
    }
  }

  // MARK: - asciicast

  /// The lines of a recording, read as JSON.
  private func events(_ bytes: [UInt8]) throws -> (header: JSON, events: [JSON]) {
    var values = try bytes.split(separator: 0x0a).map { line in
      var reader = JSONReader(file: "cast", bytes: Array(line))
      let value = try reader.readValue()
      try reader.finish()
      return value
    }
    let header = values.removeFirst()
    return (header, values)
  }

  @Test(arguments: Shows.maps)
  func aCastIsMadeOfLinesOfJSONInTheOrderOfTime(_ name: String) throws {
    let recorder = try recorder(name, Look(size: .small), fps: 1)
    let bytes = try cast(recorder)
    let (header, events) = try events(bytes)
    #expect(header["version"]?.integer == 2)
    #expect(header["width"]?.integer == 80 && header["height"]?.integer == 24)
    #expect(header["title"]?.string == recorder.show.title.en)
    #expect(header["timestamp"] == nil)
    var time = 0.0
    for event in events {
      let parts = try #require(event.array)
      #expect(parts.count == 3)
      let at = try #require(parts[0].number)
      #expect(at >= time)
      time = at
      #expect(["o", "m"].contains(parts[1].string) && parts[2].string != nil)
    }
    #expect(abs(time - (Double(recorder.duration) / 1000 + 1.5)) < 0.01)
    #expect(events.count { $0.array?[1].string == "m" } == recorder.show.chapters.count)
    let part = try self.recorder(name, Look(size: .small), steps: 0...20)
    #expect(try cast(part) == cast(part))
  }

  /// A terminal that plays the recording shows each frame as it was drawn, and nothing else.
  @Test(
    arguments: ["map-growth", "map-lookup"],
    [Look(size: .small), Look(size: .middle, language: .zh), Look(size: .middle, charset: .ascii)])
  func aCastReplayedShowsTheFramesThatWereDrawn(_ name: String, _ look: Look) throws {
    let last = min(110, try Shows.open(name).stepCount - 1)
    let recorder = try recorder(name, look, steps: last - 35...last)
    var drawn: [String] = []
    recorder.play { if drawn.last != $0.canvas.text { drawn.append($0.canvas.text) } }
    var emulator = TinyEmulator(look.size)
    var shown: [String] = []
    for event in try events(cast(recorder)).events {
      guard let parts = event.array, parts[1].string == "o" else { continue }
      emulator.write(parts[2].string ?? "")
      if shown.last != emulator.text { shown.append(emulator.text) }
    }
    #expect(emulator.unknown == [])
    #expect(shown.count == drawn.count)
    #expect(shown == drawn)
    #expect(emulator.text == recorder.show.frame(last, progress: 1, look).text)
  }

  /// The third version holds the events of the second, with the time since the event before; the sum
  /// does not drift.
  @Test func theThirdVersionOfACastTellsIntervals() throws {
    let recorder = try recorder("map-lookup", Look(size: .small), speed: 3)
    let (_, second) = try events(cast(recorder))
    let (header, third) = try events(
      written { try Asciicast.write(recorder, Theme(depth: .many), version: .v3, to: &$0) })
    #expect(header["version"]?.integer == 3 && header["width"] == nil)
    #expect(header["term"]?["cols"]?.integer == 80 && header["term"]?["rows"]?.integer == 24)
    #expect(third.count == second.count)
    var time = 0
    for (old, new) in zip(second, third) {
      let (old, new) = (try #require(old.array), try #require(new.array))
      time += Int(((new[0].number ?? 0) * 1000).rounded())
      #expect(time == Int(((old[0].number ?? 0) * 1000).rounded()))
      #expect(old[1].string == new[1].string && old[2].string == new[2].string)
    }
    // The last frame stands for a second at least.
    #expect(try #require(third.last?.array?[0].number) >= 1)
  }

  @Test func withoutColoursNoneIsWritten() throws {
    let recorder = try recorder("map-lookup", Look(size: .small), steps: 0...20)
    let plain = String(decoding: try cast(recorder, .none), as: UTF8.self)
    #expect(plain.firstMatch(of: /\[[0-9;]*3[0-9][0-9;]*m/) == nil)
    #expect(String(decoding: try cast(recorder), as: UTF8.self).contains("38;5;"))
    let eight = String(decoding: try cast(recorder, .eight), as: UTF8.self)
    #expect(!eight.contains("38;5") && eight.contains("\\u001b[0;1;"))
  }

  @Test func twiceTheSpeedIsHalfAsLong() throws {
    let normal = try recorder("map-lookup", Look(size: .small))
    let fast = try recorder("map-lookup", Look(size: .small), speed: 2)
    #expect(normal.duration == normal.show.duration)
    #expect(abs(fast.duration * 2 - normal.duration) <= 2)
  }

  /// A part of a recording shows its steps and no other.
  @Test func aPartHoldsItsStepsOnly() throws {
    let recorder = try recorder("map-overflow", Look(size: .small), fps: 6, steps: 30...42)
    var steps: Set<Int> = []
    var last = 0
    recorder.play { frame in
      steps.insert(frame.step)
      #expect(frame.time >= last)
      last = frame.time
    }
    #expect(steps == Set(30...42))
    #expect(last <= recorder.duration)
  }

  @Test func anEscapedStringIsReadBackAsItWas() throws {
    let text = "a\"b\\c\n\r\t\u{1b}[0m\u{7f}中é─"
    var reader = JSONReader(file: "", bytes: Array(JSONObject.quote(text).utf8))
    #expect(try reader.readValue().string == text)
  }

  @Test func secondsHaveThreeDecimals() {
    #expect(ClockText.seconds(0) == "0.000")
    #expect(ClockText.seconds(7) == "0.007")
    #expect(ClockText.seconds(61_250) == "61.250")
  }
}

@Suite struct OutputFileTests {
  private struct Trouble: Error {}

  private func inFolder(_ body: (String) throws -> Void) throws {
    let folder = try TestFiles.temporaryFolder()
    defer { TestFiles.remove(folder) }
    try body(folder)
  }

  @Test func theWholeFileStandsUnderItsName() throws {
    try inFolder { folder in
      let text = String(repeating: "0123456789", count: 50_000)
      try OutputFile.write("\(folder)/a", overwrite: false) { sink in
        for _ in 0..<3 { try sink.write(text) }
        try sink.write([0x0a])
      }
      #expect(TestFiles.read("\(folder)/a")?.count == 1_500_001)
      #expect(try TestFiles.names(in: folder) == ["a"])
    }
  }

  @Test func anExistingFileIsKeptUnlessToldOtherwise() throws {
    try inFolder { folder in
      let path = "\(folder)/a"
      try TestFiles.write(path, [1, 2, 3])
      var isAsked = false
      let error = #expect(throws: OutputError.self) {
        try OutputFile.write(path, overwrite: false) { _ in isAsked = true }
      }
      #expect(!isAsked)
      #expect(
        error?.description
          == "\(path): error: the file exists; choose another name or add --overwrite")
      #expect(TestFiles.read(path) == [1, 2, 3])
      try OutputFile.write(path, overwrite: true) { try $0.write([4]) }
      #expect(TestFiles.read(path) == [4])
    }
  }

  /// What is no file is written to, and there is nothing to overwrite.
  @Test func aPipeIsWrittenTo() throws {
    try inFolder { folder in
      let path = "\(folder)/pipe"
      #expect(mkfifo(path, 0o600) == 0)
      let reader = open(path, O_RDONLY | O_NONBLOCK)
      defer { close(reader) }
      try OutputFile.write(path, overwrite: false) { try $0.write([1, 2, 3]) }
      var bytes = [UInt8](repeating: 0, count: 8)
      #expect(Glibc.read(reader, &bytes, 8) == 3 && bytes.prefix(3) == [1, 2, 3])
    }
  }

  @Test(arguments: [true, false])
  func nothingHalfWrittenIsLeft(_ exists: Bool) throws {
    try inFolder { folder in
      let path = "\(folder)/a"
      if exists { try TestFiles.write(path, [1]) }
      #expect(throws: Trouble.self) {
        try OutputFile.write(path, overwrite: true) { sink in
          try sink.write(String(repeating: "x", count: 200_000))
          throw Trouble()
        }
      }
      #expect(try TestFiles.names(in: folder) == (exists ? ["a"] : []))
      if exists { #expect(TestFiles.read(path) == [1]) }
    }
  }

  /// With a name from the start or without, as file systems differ, a file ends up the same.
  @Test(arguments: [false, true])
  func everyFileSystemIsServed(_ isNamed: Bool) throws {
    func write(_ bytes: [UInt8], _ path: String, overwrite: Bool) throws -> Bool {
      var file = try UnfinishedFile(for: path, isNamed: isNamed)
      var sink = ByteSink(descriptor: file.descriptor, name: path)
      try sink.write(bytes)
      try sink.flush()
      let names = try TestFiles.names(in: String(path.dropLast(2)))
      #expect(names.contains { $0.hasPrefix("a.part") } == isNamed)
      return try file.publish(overwrite: overwrite)
    }
    try inFolder { (folder) throws in
      let path = "\(folder)/a"
      #expect(try write([1, 2, 3], path, overwrite: false))
      #expect(TestFiles.read(path) == [1, 2, 3])
      #expect(try !write([4], path, overwrite: false))
      #expect(TestFiles.read(path) == [1, 2, 3])
      chmod(path, 0o600)
      #expect(try write([5], path, overwrite: true))
      #expect(TestFiles.read(path) == [5])
      #expect(TestFiles.mode(path) == 0o600)
      #expect(try TestFiles.names(in: folder) == ["a"])
      unlink(path)
      #expect(try write([6], path, overwrite: true))
      #expect(try TestFiles.names(in: folder) == ["a"])
    }
  }

  @Test func aPlaceThatCannotBeWrittenIsNamed() throws {
    try inFolder { folder in
      let path = "\(folder)/none/a"
      let error = #expect(throws: OutputError.self) {
        try OutputFile.write(path, overwrite: false) { try $0.write([1]) }
      }
      #expect(
        error?.description == "\(path): error: cannot be created: No such file or directory")
      let directory = #expect(throws: OutputError.self) {
        try OutputFile.write(folder, overwrite: true) { try $0.write([1]) }
      }
      #expect(directory?.description.contains("cannot be written") == true)
      let names = try TestFiles.names(in: folder)
      #expect(names == [])
    }
  }
}
