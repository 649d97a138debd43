internal import Glibc
internal import Testing

/// A viewer's own experiment, from the key to the file that plays again.
@Suite(.serialized, .enabled(if: EmulatedWindow.isAvailable), .timeLimit(.minutes(15)))
struct TryingTests {
  private func open(_ arguments: [String]) throws -> EmulatedWindow {
    try EmulatedWindow(Program.path, ["play"] + arguments, columns: 100, rows: 30)
  }

  /// The rows of a screen between the title and the bottom line.
  private func stage(_ screen: String) -> [String] {
    let rows = screen.split(separator: "\n", omittingEmptySubsequences: false).map { row in
      String(row.reversed().drop { $0 == " " }.reversed())
    }
    return Array(rows.prefix(29).dropFirst())
  }

  private func temporaryFolder() throws -> String {
    var template = Array("/tmp/visualizer-try-XXXXXX".utf8CString)
    try #require(mkdtemp(&template) != nil)
    return String(cBytes: template)
  }

  @Test func oneTriesSeesSavesAndPlaysTheFile() throws {
    let folder = try temporaryFolder()
    let file = "\(folder)/own.yaml"
    defer {
      unlink(file)
      rmdir(folder)
    }
    let window = try open(["map-growth", "--at", "60"])
    let before = stage(try window.wait(for: "step 60") { $0.contains("step 60/") })
    try window.press("i")
    try window.wait(for: "the line") { $0.contains("try> ") && $0.contains("insert  lookup") }
    try window.press("insrt k99")
    try window.press("Enter")
    try window.wait(for: "the complaint") { $0.contains("did you mean 'insert'?") }
    for key in ["C-u", "ins", "Tab", "k99", "Enter"] { try window.press(key) }
    try window.wait(for: "the other future") {
      $0.contains("branch 2/2") && $0.contains("╭ insert k99 ") && $0.contains("step 61/")
    }
    try window.press("End")
    let tried = try window.wait(for: "its end") { $0.contains(#/step (\d+)/\1 /#) }
    let last = try #require(tried.firstMatch(of: #/step (\d+)//#).map { String($0.1) })
    for key in ["W", "C-u", file, "Enter"] { try window.press(key) }
    try window.wait(for: "the file") { $0.contains("written: \(file)") }
    try window.press("B")
    let after = try window.wait(for: "the original") {
      $0.contains("branch 1/2") && $0.contains("step 60/")
    }
    #expect(stage(after) == before)
    try window.press("q")

    let again = try open([file, "--at", last])
    let saved = try again.wait(for: "the saved branch") { $0.contains("step \(last)/\(last)") }
    #expect(stage(saved) == stage(tried))
    let check = try CommandRun(["check", file])
    #expect(check.ending == .exited(0) && check.output.hasPrefix("own: valid, "))
  }

  @Test func aPlayerOfACaptureSaysThatNothingCanBeTried() throws {
    let tests = "\(#filePath)".split(separator: "/").dropLast(2).joined(separator: "/")
    let capture = "/\(tests)/VisualizerTests/Fixtures/tcp/normal-client-close.pcap"
    let window = try open([capture, "--paused"])
    try window.wait(for: "the capture") { $0.contains("? help") }
    try window.press("i")
    try window.wait(for: "a sentence") { $0.contains("a capture has no model") }
  }
}
