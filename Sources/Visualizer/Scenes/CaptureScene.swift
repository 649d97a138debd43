import Models

/// Draws a moment of a captured connection, by the same views as a model's run.
struct CaptureScene {
  let moment: Moment<WireObserver>
  let progress: Double
  let stage: Rect
  let subject: CaptureSubject
  let look: Look

  private enum View: Int { case ladder, states }

  /// The names of the views.
  static let views = [Bilingual("ladder", "时序图"), Bilingual("states", "状态图")]

  func draw(_ canvas: inout Canvas) {
    switch look.view.flatMap(View.init) ?? .ladder {
    case .ladder: drawLadder(&canvas)
    case .states: drawStates(&canvas)
    }
  }

  private func drawLadder(_ canvas: inout Canvas) {
    let captured = subject.ladder
    let rows = CaptureLadderRows(
      captured: captured, moment: moment, progress: progress, start: subject.words.start,
      highestPacket: subject.highestPacket)
    let title = "\(subject.words.client) → \(subject.words.server)"
    let ladder = rows.ladder(
      title: Bilingual(title, title),
      packets: stage.height * 2 + max(0, -look.scroll(of: LadderView.ladderName)))
    let seen = min(moment.after.packets, captured.rows.count)
    let acknowledged = seen > 0 ? Acknowledged(row: seen - 1, of: captured) : nil
    let observer = moment.known(progress: progress)
    LadderView(
      ladder: ladder, acknowledged: acknowledged, client: LadderEnd(observer, .client),
      server: LadderEnd(observer, .server), stage: stage, look: look,
      inspect: CaptureInspector(
        subject: subject, moment: moment, language: look.language
      ).inspect
    ).draw(&canvas)
  }

  private func drawStates(_ canvas: inout Canvas) {
    var change: StatesPane.Change?
    if case .stateDerived(let side, let from, let to, _, _) = moment.event {
      change = StatesPane.Change(side: side, from: from, to: to)
    }
    StatesPane(
      client: Ladder.State(moment.after.client), server: Ladder.State(moment.after.server),
      hasLived: (true, true), change: change, rect: stage, look: look
    ).draw(&canvas)
  }
}
