import Models

/// What a step looks like: the state before, what happens, the state after.
struct Moment<State: Model> {
  /// What makes up the step.
  enum Content {
    case chapter(Bilingual)
    case say(Bilingual)
    case event(State.Event)
  }

  /// The step's index, from 0.
  var step: Int
  var content: Content
  /// The operation that the step belongs to; nil for chapters and the author's sentences.
  var operation: State.Operation?
  /// That operation's index among the operations, from 0.
  var operationIndex: Int?
  var before: State
  var after: State
  /// The last few events before this one within the same operation, the latest last.
  var recent: ArraySlice<State.Event> = []
  /// The next few events of the same operation.
  var upcoming: ArraySlice<State.Event> = []

  var event: State.Event? { if case .event(let event) = content { event } else { nil } }
}

/// How long a step takes at normal speed.
struct Pace: Equatable {
  /// While things move, in milliseconds; the frame's progress goes from 0 to 1.
  var motion: Int
  /// While one looks and reads, in milliseconds.
  var hold: Int

  var total: Int { motion + hold }

  /// The same at three times the speed.
  var brisk: Pace { Pace(motion: motion / 3, hold: hold / 3) }

  /// A new chapter.
  static let chapter = Pace(motion: 0, hold: 2600)

  /// A sentence of the author's, by the time it takes to read it aloud.
  static func say(_ text: Bilingual) -> Pace {
    Pace(motion: 0, hold: 1400 + 38 * text.en.utf8.count)
  }
}
