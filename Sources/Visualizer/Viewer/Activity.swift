/// Something that fills the window and takes keys: the gallery, the player, a comparison, a replay.
///
/// A value that knows neither terminal nor clock: time comes in through `advance`, and what is to be
/// seen goes out as a canvas. So a test presses keys and reads the screen without a terminal.
protocol Activity {
  /// What is to be seen in a window of a size; the size is remembered for the keys that depend on it.
  mutating func draw(window: Size) -> Canvas
  mutating func handle(_ key: Key) -> Outcome
  /// Lets time pass, also when nothing moves.
  mutating func advance(milliseconds: Double)
  /// Milliseconds until something to be seen changes by itself; nil while nothing will.
  var nextChange: Double? { get }
  /// The program was stopped and goes on: nothing may make up for the time between.
  mutating func rest()
}

extension Activity {
  mutating func rest() {}
}

/// What a key leads to beyond the activity itself.
enum Outcome {
  case stay
  /// Back to the activity before, or out of the program.
  case leave
  /// Another activity on top of this one; leaving it comes back here.
  case open(any Activity)
  /// The terminal is to be painted anew, whatever it shows.
  case repaint
}

/// Activities on top of each other; the last one has the window and the keys.
struct ActivityStack {
  private var activities: [any Activity]

  init(_ first: any Activity) { activities = [first] }

  /// Whether the last activity has been left.
  var isEmpty: Bool { activities.isEmpty }

  mutating func draw(window: Size) -> Canvas {
    activities[activities.count - 1].draw(window: window)
  }

  /// Hands a key to the activity on top; true where the terminal is to be painted anew.
  mutating func handle(_ key: Key) -> Bool {
    switch activities[activities.count - 1].handle(key) {
    case .stay: return false
    case .leave: activities.removeLast()
    case .open(let next): activities.append(next)
    case .repaint: return true
    }
    return false
  }

  mutating func advance(milliseconds: Double) {
    activities[activities.count - 1].advance(milliseconds: milliseconds)
  }

  var nextChange: Double? { activities.last?.nextChange }

  mutating func rest() { activities[activities.count - 1].rest() }
}
