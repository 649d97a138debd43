/// The one loop of the program: waits for a key, a signal or the next change, and draws.
enum ActivityLoop {
  /// Runs until the viewer has left the first activity or a signal ends the program; the screen is
  /// let go on the way out.
  static func run(
    _ first: any Activity, on screen: consuming Screen
  ) -> TerminationSignal? {
    var stack = ActivityStack(first)
    var last = ContinuousClock.now
    while true {
      if !screen.hasKeysWaiting { screen.show(stack.draw(window: screen.size)) }
      let deadline = stack.nextChange.map { last + .milliseconds($0) }
      let event = screen.nextEvent(until: deadline)
      let now = ContinuousClock.now
      // Time in which the program was stopped does not count.
      if case .resumed = event {
        stack.rest()
      } else {
        stack.advance(milliseconds: (now - last) / .milliseconds(1))
      }
      last = now
      switch event {
      case .key(let key):
        if stack.handle(key) { screen.repaintAll() }
        if stack.isEmpty { return nil }
      case .resized, .resumed, .drawable, .deadline: break
      case .inputClosed: return nil
      case .terminated(let signal): return signal
      }
    }
  }
}
