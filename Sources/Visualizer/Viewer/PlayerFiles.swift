/// Writing what the viewer sees or has made to a file: a scenario, a frame, a recording.
extension PlayerActivity {
  /// Asks for the name of a file; what goes into it must not change meanwhile.
  mutating func askForFile(_ kind: Prompt.FileKind) {
    pause()
    let name = show.name
    switch kind {
    case .scenario:
      guard show.scenario != nil else {
        notice = Notice(
          text: Bilingual(
            "this was captured, and cannot be written as a scenario",
            "这是捕获的内容，无法写成场景文件"), isError: true)
        return
      }
      prompt = Prompt(.file(kind), text: "\(name).yaml")
    case .frame: prompt = Prompt(.file(kind), text: "\(name)-step\(player.step).txt")
    case .recording:
      guard let steps = recordedSteps else { return }
      let range = "\(steps.lowerBound)-\(steps.upperBound)"
      prompt = Prompt(.file(kind), text: "\(name)-\(range).cast")
    }
  }

  /// Marks the step where a recording starts; at the second time asks where to write it.
  mutating func record() {
    if recordingFrom != nil { return askForFile(.recording) }
    recordingFrom = player.step
    notice = Notice(
      text: Bilingual(
        "recording from step \(player.step); R ends it", "从第 \(player.step) 步开始录制；再按 R 结束"))
  }

  private var recordedSteps: ClosedRange<Int>? {
    recordingFrom.map { min($0, player.step)...max($0, player.step) }
  }

  /// Writes the file that a name was typed for, or says in place why not.
  mutating func write(_ entered: Prompt, _ kind: Prompt.FileKind) {
    let path = entered.text
    do throws(FileRefusal) {
      try Self.expectNew(path)
      switch kind {
      case .scenario: try writeScenario(path)
      case .frame: try writeFrame(path)
      case .recording: try writeRecording(path)
      }
      notice = Notice(text: Bilingual("written: \(path)", "已写入：\(path)"))
    } catch {
      prompt = entered
      prompt?.complaint = error.text
    }
  }

  /// Why a file is not written.
  private struct FileRefusal: Error {
    var text: Bilingual
  }

  private static func expectNew(_ path: String) throws(FileRefusal) {
    if path == "-" || path.hasSuffix("/") {
      throw FileRefusal(text: Bilingual("write a file's name", "请写文件名"))
    }
    if InputFile.exists(path) {
      throw FileRefusal(
        text: Bilingual("this file exists; write another name", "文件已存在；请换一个名字"))
    }
  }

  /// Writes a whole file or nothing.
  private static func write(
    _ path: String, _ produce: (inout ByteSink) throws -> Void
  ) throws(FileRefusal) {
    do {
      try OutputFile.write(path, overwrite: false, produce)
    } catch let error as OutputError {
      throw FileRefusal(text: error.message)
    } catch {
      throw FileRefusal(text: Bilingual("\(error)", "无法写入：\(error)"))
    }
  }

  private func writeScenario(_ path: String) throws(FileRefusal) {
    guard let scenario = show.scenario else { return }
    guard path.hasSuffix(".yaml") || path.hasSuffix(".yml") else {
      throw FileRefusal(text: Bilingual("end the name in .yaml", "文件名请以 .yaml 结尾"))
    }
    try Self.write(path) { try $0.write(scenario.text) }
  }

  /// The present look without what is the viewer's alone, as `frame` and `record` have it.
  private var writtenLook: Look {
    var look = presentLook
    (look.status, look.bookmarks, look.hints) = (.paused, [], nil)
    (look.prediction, look.focusedPane, look.isZoomed, look.findsItems) = (nil, nil, false, false)
    look.scroll = 0
    return look
  }

  /// The frame as `visualizer frame` prints it.
  private func writeFrame(_ path: String) throws(FileRefusal) {
    let canvas = show.frame(player.step, progress: player.progress(in: show), writtenLook)
    try Self.write(path) { try $0.write(canvas.text) }
  }

  /// The longest recording, in steps: the window stands still until it is written.
  private static let recordingLimit = 1000

  private mutating func writeRecording(_ path: String) throws(FileRefusal) {
    guard let steps = recordedSteps else { return }
    guard steps.count <= Self.recordingLimit else {
      throw FileRefusal(
        text: Bilingual(
          "more than \(Self.recordingLimit) steps; use visualizer record --from --to",
          "超过 \(Self.recordingLimit) 步；请用 visualizer record --from --to"))
    }
    let isFilm = path.hasSuffix(".cast")
    guard isFilm || path.hasSuffix(".frames") || path.hasSuffix(".txt") else {
      throw FileRefusal(
        text: Bilingual("end the name in .cast, .frames or .txt", "文件名请以 .cast、.frames 或 .txt 结尾"))
    }
    let recorder = Recorder(
      show: show, look: writtenLook, framesPerSecond: isFilm ? 12 : 4, speed: 1, steps: steps)
    try Self.write(path) { sink in
      if isFilm {
        try Asciicast.write(recorder, Theme(depth: .many), to: &sink)
      } else {
        try FramesText.write(recorder, to: &sink)
      }
    }
    recordingFrom = nil
  }
}
