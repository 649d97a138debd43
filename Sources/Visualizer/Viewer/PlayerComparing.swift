/// Comparing: the same script under other rules, and going from difference to difference.
extension PlayerActivity {
  /// Asks for the rules to compare with.
  mutating func askForRules() {
    guard let rulebook = show.rulebook, !rulebook.names.isEmpty else {
      let reason =
        show is ComparisonShow
        ? Bilingual("this is a comparison already; q goes back", "已经在对比中；按 q 返回")
        : show.scenario != nil
          ? Bilingual(
            "a branch is compared once it is saved: W, then play the file", "请先用 W 保存分支，再打开文件对比")
          : Bilingual("what was captured has the rules of its own system only", "捕获的内容只有原系统的规则")
      notice = Notice(text: reason, isError: true)
      return
    }
    guard show.stepCount <= Self.comparedSteps else {
      notice = Notice(
        text: Bilingual(
          "too many steps to compare here; use visualizer compare", "步数太多，请用 visualizer compare 对比"),
        isError: true)
      return
    }
    prompt = Prompt(.rules(rulebook.names))
    offerWords()
  }

  /// The longest show that is compared while the viewer waits, in steps.
  private static let comparedSteps = 5000

  /// The rules that are meant by what has been typed of their name.
  private static func matches(_ text: String, _ names: [String]) -> [String] {
    names.contains(text) ? [text] : names.filter { $0.hasPrefix(text) }
  }

  /// Opens the comparison at the present step; the prompt stays where the rules are not known.
  mutating func compare(_ entered: Prompt) -> Outcome {
    guard case .rules(let names) = entered.kind, let rulebook = show.rulebook else { return .stay }
    let found = Self.matches(entered.text, names)
    guard found.count == 1 else {
      prompt = entered
      let list = (found.isEmpty ? names : found).joined(separator: " ")
      prompt?.complaint =
        found.isEmpty
        ? Bilingual("no such rules; write one of: \(list)", "没有这种规则；可以写：\(list)")
        : Bilingual("which: \(list)", "不止一个：\(list)")
      return .stay
    }
    do throws(ScriptError) {
      let comparison = ComparisonShow(show, try rulebook.open(found[0]))
      var look = look
      (look.view, look.opened) = (nil, nil)
      let step = comparison.comparison.step(ofLeft: player.step)
      return .open(
        PlayerActivity(
          show: comparison, start: .init(step: step, isPaused: true, motion: motion), look: look,
          fixedSize: fixedSize))
    } catch {
      notice = Notice(
        text: Bilingual(
          "\(found[0]): \(error.message.en)", "\(found[0])：\(error.message.zh)"),
        isError: true)
      return .stay
    }
  }

  /// Goes to the next step at which the sides begin to differ, or to the one before.
  mutating func goToDifference(forward: Bool) {
    guard show is ComparisonShow else { return saysOnlyComparing() }
    let steps = show.differences
    let found =
      forward ? steps.first { $0 > player.step } : steps.last { $0 < player.step }
    if let found { return jump(to: found) }
    let text =
      forward
      ? Bilingual("no difference after this step", "这一步之后没有差异")
      : Bilingual("no difference before this step", "这一步之前没有差异")
    notice = Notice(text: text)
  }

  mutating func showOtherSide() {
    guard let show = show as? ComparisonShow else { return saysOnlyComparing() }
    look.side = 1 - look.side
    if ComparisonScene.arrangement(of: show, presentLook.size) != .single {
      notice = Notice(text: Bilingual("both sides are shown", "两边都已显示"))
    }
  }

  private mutating func saysOnlyComparing() {
    notice = Notice(
      text: Bilingual("only in a comparison; c begins one", "只在对比中有用；按 c 开始对比"))
  }
}
