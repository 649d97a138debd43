import Testing

@testable import Visualizer

/// The line that a viewer types.
@Suite struct PromptTests {
  private func typed(_ keys: [Key]) -> Prompt {
    var prompt = Prompt(.search)
    for key in keys { _ = prompt.handle(key) }
    return prompt
  }

  private func keys(_ text: String) -> [Key] { text.unicodeScalars.map { .character($0) } }

  @Test func itCanBeEdited() {
    #expect(typed(keys("malloc 48") + [.control("w"), .control("w")]).text == "")
    #expect(typed(keys("malloc 48") + [.control("w")] + keys("64")).text == "malloc 64")
    #expect(typed(keys("bc") + [.home] + keys("a")).text == "abc")
    #expect(typed(keys("axc") + [.left, .backspace] + keys("b")).text == "abc")
    #expect(typed(keys("abc") + [.control("a"), .delete]).text == "bc")
    #expect(typed(keys("abc") + [.left, .control("k")]).text == "ab")
    #expect(typed(keys("扩容") + [.backspace]).text == "扩")
    #expect(typed(keys("\u{202e}\u{200b}a")).text == "a")
  }

  @Test func aLongTextShowsThePartAroundTheCursor() {
    var prompt = typed(keys(String(repeating: "x", count: 190) + "end"))
    var canvas = Canvas(Size(columns: 60, rows: 1))
    prompt.draw(row: 0, language: .en, on: &canvas)
    #expect(canvas.text(row: 0).contains("xend"))
    _ = prompt.handle(.home)
    prompt.draw(row: 0, language: .en, on: &canvas)
    #expect(!canvas.text(row: 0).contains("end"))
  }
}
