import Testing

@testable import Visualizer

@Suite struct TerminalEnvironmentTests {
  private func environment(
    _ variables: [String: String], codeset: String = "UTF-8", isTerminal: Bool = true
  ) -> TerminalEnvironment {
    TerminalEnvironment(
      variables: variables, inputIsTerminal: isTerminal, outputIsTerminal: isTerminal,
      codeset: codeset)
  }

  @Test(
    arguments: [
      ([:], .en),
      (["LANG": "zh_CN.UTF-8"], .zh),
      (["LANG": "zh_CN.UTF-8", "LC_ALL": ""], .zh),
      (["LANG": "zh_CN.UTF-8", "LC_MESSAGES": "de_DE.UTF-8"], .en),
      (["LANG": "en_US.UTF-8", "LC_MESSAGES": "zh_TW"], .zh),
      (["LANG": "zh_CN.UTF-8", "LC_MESSAGES": "zh_CN.UTF-8", "LC_ALL": "C"], .en),
    ] as [([String: String], Language)])
  func language(_ variables: [String: String], _ language: Language) {
    #expect(environment(variables).language == language)
  }

  @Test(
    arguments: [
      ("UTF-8", .unicode), ("utf8", .unicode), ("ANSI_X3.4-1968", .ascii), ("ISO-8859-1", .ascii),
      ("", .ascii), ("GB18030", .ascii),
    ] as [(String, Charset)])
  func charset(_ codeset: String, _ charset: Charset) {
    #expect(environment([:], codeset: codeset).charset == charset)
  }

  @Test func colourOrder() {
    let plain = ["TERM": "xterm"]
    #expect(environment(plain).wantsColour(.auto))
    #expect(!environment(plain).wantsColour(.never))
    #expect(!environment(plain, isTerminal: false).wantsColour(.auto))
    #expect(environment(plain, isTerminal: false).wantsColour(.always))
    #expect(!environment(["TERM": "dumb"]).wantsColour(.auto))
    #expect(!environment(["TERM": "xterm", "CLICOLOR": "0"]).wantsColour(.auto))
    #expect(environment(["CLICOLOR_FORCE": "1", "CLICOLOR": "0"]).wantsColour(.auto))
    #expect(
      !environment(["TERM": "xterm", "FORCE_COLOR": "0"], isTerminal: false).wantsColour(.auto))
    #expect(!environment(["FORCE_COLOR": "1", "NO_COLOR": "1"]).wantsColour(.auto))
    #expect(environment(["TERM": "xterm", "NO_COLOR": ""]).wantsColour(.auto))
    #expect(environment(["NO_COLOR": "1"]).wantsColour(.always))
  }

  @Test(
    arguments: [(-1, .none), (0, .none), (8, .eight), (88, .eight), (256, .many), (1 << 24, .many)]
      as [(Int, Theme.Depth)])
  func depth(_ colours: Int, _ depth: Theme.Depth) {
    #expect(environment(["TERM": "xterm"]).depth(.auto, terminalColours: colours) == depth)
    #expect(environment([:]).depth(.never, terminalColours: colours) == .none)
  }

  @Test func refusals() {
    #expect(environment(["TERM": "xterm"]).refusal == nil)
    #expect(environment([:]).refusal == .typeNotSet)
    #expect(environment(["TERM": "dumb"]).refusal == .typeTooSimple("dumb"))
    #expect(environment(["TERM": "xterm"], isTerminal: false).refusal == .inputIsNoTerminal)
  }

  @Test(arguments: Language.allCases)
  func messagesAreOneHarmlessLine(_ language: Language) {
    let errors: [ScreenError] = [
      .inputIsNoTerminal, .outputIsNoTerminal, .typeNotSet, .typeTooSimple("\u{1b}[2J\n"),
      .typeUnknown("\u{9b}31m" + String(repeating: "x", count: 5_000)), .sizeUnknown, .noUnicode,
      .system(5),
    ]
    for error in errors {
      let message = error.message(language)
      #expect(message.unicodeScalars.allSatisfy(VisibleText.isHarmless), "\(message)")
      #expect(message.count < 160)
    }
  }
}

@Suite struct KeyDecoderTests {
  /// The keys that a number of characters decode to, a pause after them.
  private func keys(_ text: String) -> [Key] {
    var decoder = KeyDecoder()
    var keys = text.unicodeScalars.compactMap { decoder.take($0) }
    if let last = decoder.pause() { keys.append(last) }
    return keys
  }

  @Test func characters() {
    #expect(keys("a中 ") == [.character("a"), .character("中"), .character(" ")])
    #expect(keys("\r\n\t\u{8}\u{7f}") == [.enter, .enter, .tab, .backspace, .backspace])
    #expect(keys("\u{c}\u{0}\u{1d}") == [.control("l"), .control(" "), .control("]")])
    #expect(keys("\u{85}") == [])
  }

  @Test func escapes() {
    #expect(keys("\u{1b}") == [.escape])
    #expect(keys("\u{1b}\u{1b}") == [.escape, .escape])
    #expect(keys("\u{1b}x") == [.alt("x")])
    #expect(keys("\u{1b}[Aq") == [.up, .character("q")])
    #expect(keys("\u{1b}OFq") == [.end, .character("q")])
    #expect(keys("\u{1b}[5~\u{1b}[[A") == [.pageUp, .up])
  }

  @Test func sequencesThatAreNoKeys() {
    #expect(keys("\u{1b}[1;5Cq") == [.character("q")])
    #expect(keys("\u{1b}[200~q") == [.character("q")])
    #expect(keys("\u{1b}]0;title\u{1b}\\q") == [.character("q")])
    #expect(keys("\u{1b}P1$r0m\u{7}q") == [.character("q")])
    #expect(keys("\u{1b}[12") == [])
  }

  @Test func theMouseIsReportedOnlyToWhoWantsIt() {
    let reports = "\u{1b}[<0;12;3M\u{1b}[<0;12;3m\u{1b}[<64;1;1M\u{1b}[<65;1;1M\u{1b}[<35;9;9M"
    #expect(keys(reports + "q") == [.character("q")])
    var decoder = KeyDecoder()
    decoder.takesMouse = true
    let broken = "\u{1b}[<0;0;3M\u{1b}[<0;99999999999999999999;3M\u{1b}[<;;M\u{1b}[<0M"
    #expect(
      (reports + broken + "q").unicodeScalars.compactMap { decoder.take($0) }
        == [.click(column: 11, row: 2), .wheelUp, .wheelDown, .character("q")])
  }

  @Test(
    arguments: [
      ("?2026;1$y", true), ("?2026;2$y", true), ("?2026;0$y", false), ("?2026;4$y", false),
      ("?2004;1$y", nil), ("?2026;1y", nil),
    ] as [(String, Bool?)])
  func theTerminalSaysWhetherItCanHoldAFrameBack(_ answer: String, _ expected: Bool?) {
    var decoder = KeyDecoder()
    let keys = "\u{1b}[\(answer)q".unicodeScalars.compactMap { decoder.take($0) }
    #expect(keys == [.character("q")], "an answer is no key")
    #expect(decoder.synchronizes == expected)
  }

  @Test func endlessSequencesAreGivenUp() {
    #expect(keys("\u{1b}[" + String(repeating: "1", count: 100_000)).count < 100_000)
  }
}
