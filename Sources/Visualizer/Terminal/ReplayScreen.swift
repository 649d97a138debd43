/// A replay in a terminal: one loop that waits, changes the replay, and draws.
enum ReplayScreen {
  /// Runs until the viewer quits or a signal ends the program; the screen is let go on the way out.
  static func run(_ player: inout ReplayPlayer, on screen: consuming Screen) -> TerminationSignal? {
    var last = ContinuousClock.now
    while true {
      if !screen.hasKeysWaiting { screen.show(player.draw(window: screen.size)) }
      let deadline = player.nextChange.map { last + .milliseconds($0) }
      let event = screen.nextEvent(until: deadline)
      let now = ContinuousClock.now
      // Time in which the program was stopped does not count.
      if case .resumed = event {
        player.rest()
      } else {
        player.advance(milliseconds: (now - last) / .milliseconds(1))
      }
      last = now
      switch event {
      case .key(let key):
        switch player.handle(key) {
        case .stay: break
        case .leave: return nil
        case .repaint: screen.repaintAll()
        }
      case .resumed, .resized, .drawable, .deadline: break
      case .inputClosed: return nil
      case .terminated(let signal): return signal
      }
    }
  }
}
