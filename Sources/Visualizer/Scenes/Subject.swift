import Models

/// One system as a viewer meets it: how its operations are written, what its events mean, and how a
/// moment of it is drawn.
///
/// Everything else (timeline, player, frame, recordings, commands) is the same for all systems.
protocol Subject {
  associatedtype State: Model

  /// What the screen says of the model and its rules, beside the scenario's name.
  var caption: Bilingual { get }
  /// The operation as a scenario writes it.
  func describe(_ operation: State.Operation) -> String
  /// How long an event takes to watch.
  func pace(_ event: State.Event) -> Pace
  /// The sentence of an event.
  func narrate(
    _ event: State.Event, _ moment: Moment<State>, _ language: Language
  ) -> Narration
  /// The event's own fields, in the order in which `steps --json` prints them.
  func fields(
    _ event: State.Event, _ moment: Moment<State>
  ) -> [(name: String, value: FieldValue)]
  /// The ways in which the stage can be drawn, the usual one first; empty where there is only one.
  var views: [Bilingual] { get }
  /// What the viewer's cursor is on, where the stage shows a list; nil where it shows none.
  func selection(_ moment: Moment<State>, _ look: Look) -> Int?
  /// The show that a row of such a list stands for; nil where opening it is a matter of this show's
  /// look.
  func opened(_ index: Int) throws(InputError) -> (any Show)?
  /// Draws a moment into a part of the canvas; progress goes from 0 (before) to 1 (after).
  func draw(
    _ moment: Moment<State>, progress: Double, in stage: Rect, of canvas: inout Canvas, look: Look)
}

extension Subject {
  var views: [Bilingual] { [] }
  func selection(_ moment: Moment<State>, _ look: Look) -> Int? { nil }
  func opened(_ index: Int) throws(InputError) -> (any Show)? { nil }
}

/// How a frame is to look, apart from what it shows.
struct Look: Equatable {
  var size: Size
  var language = Language.en
  var charset = Charset.unicode
  /// What the title line says of the playing.
  var status = PlayStatus.paused
  /// Rows by which the viewer has scrolled the stage away from where it would be.
  var scroll = 0
  /// Which of the subject's views is drawn; nil for what suits the moment.
  var view: Int?
  /// What the viewer has opened from a list.
  var opened: Int?
}

/// Whether the player plays, and how fast.
struct PlayStatus: Equatable {
  var isPlaying: Bool
  /// 1 is normal speed.
  var speed: Double

  static let paused = PlayStatus(isPlaying: false, speed: 1)
}
