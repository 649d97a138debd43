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
  /// The same without what it will lead to, for a viewer who is to say that.
  func describeUntold(_ operation: State.Operation) -> String
  /// How long an event takes to watch.
  func pace(_ event: State.Event) -> Pace
  /// How long it takes within one of many operations alike.
  func briskPace(_ event: State.Event) -> Pace
  /// The sentence of an event.
  func narrate(
    _ event: State.Event, _ moment: Moment<State>, _ language: Language
  ) -> Narration
  /// The event's own fields, in the order in which `steps --json` prints them.
  func fields(
    _ event: State.Event, _ moment: Moment<State>
  ) -> [(name: String, value: FieldValue)]
  /// What a viewer may be asked before this step, seeing the previous one; nil for a step without a
  /// decision.
  func question(_ moment: Moment<State>, after previous: Moment<State>) -> Question?
  /// A state in a few fields by which two of them can be compared, under whatever rules they came
  /// about.
  func fields(of state: State) -> [(name: String, value: FieldValue)]
  /// The operation that lets go on what is still under way in a state; nil where nothing is.
  func unfinished(_ state: State) -> Bilingual?
  /// The narrowest stage in which the scene shows all that it has to show.
  var readableColumns: Int { get }
  /// Names of event fields whose values say nothing by themselves, such as an ISN: two runs may
  /// differ in them and do the same.
  var arbitraryFields: Set<String> { get }
  /// The ways in which the stage can be drawn, the usual one first; empty where there is only one.
  var views: [Bilingual] { get }
  /// What the viewer's cursor is on, where the stage shows a list; nil where it shows none.
  func selection(_ moment: Moment<State>, _ look: Look) -> Int?
  /// All that the model knows of something on the stage; nil where it is not there at this moment.
  func inspect(_ item: Item, _ moment: Moment<State>, _ language: Language) -> Inspection?
  /// The show that a row of such a list stands for; nil where opening it is a matter of this show's
  /// look.
  func opened(_ index: Int) -> (any Show)?
  /// Draws a moment into a part of the canvas; progress goes from 0 (before) to 1 (after).
  func draw(
    _ moment: Moment<State>, progress: Double, in stage: Rect, of canvas: inout Canvas, look: Look)
}

extension Subject {
  func describeUntold(_ operation: State.Operation) -> String { describe(operation) }
  func question(_ moment: Moment<State>, after previous: Moment<State>) -> Question? { nil }
  func unfinished(_ state: State) -> Bilingual? { nil }
  var readableColumns: Int { FrameScene.full.columns }
  var arbitraryFields: Set<String> { [] }
  var views: [Bilingual] { [] }
  func briskPace(_ event: State.Event) -> Pace { pace(event).brisk }
  func selection(_ moment: Moment<State>, _ look: Look) -> Int? { nil }
  func inspect(_ item: Item, _ moment: Moment<State>, _ language: Language) -> Inspection? { nil }
  func opened(_ index: Int) -> (any Show)? { nil }
}

/// What the model knows of an item of the stage.
struct Inspection: Equatable {
  var title: String
  var facts: [Fact]

  /// One line: what, and how much or which.
  struct Fact: Equatable {
    var name: String
    var value: String
  }

  init(_ title: String, _ facts: [(String, String)]) {
    self.title = title
    self.facts = facts.map { Fact(name: $0.0, value: $0.1) }
  }
}

/// How a frame is to look, apart from what it shows.
struct Look: Equatable {
  var size: Size
  var language = Language.en
  var charset = Charset.unicode
  /// What the title line says of the playing.
  var status = PlayStatus.paused
  /// Rows by which the viewer has scrolled away from where the stage would be: the pane in focus, or
  /// every one that scrolls.
  var scroll = 0
  /// The name of the pane that has the focus.
  var focusedPane: String?
  /// The pane in focus fills the stage.
  var isZoomed = false
  /// Whether the canvas is to know what lies where.
  var findsItems = false
  /// Which of the subject's views is drawn; nil for what suits the moment.
  var view: Int?
  /// What the viewer has opened from a list.
  var opened: Int?
  /// How much is said of a step.
  var detail = Detail.why
  /// The steps that the viewer has marked, shown on the scrubber.
  var bookmarks: [Bookmark] = []
  /// The game of predicting, where the viewer plays it.
  var prediction: PredictionPanel?
  /// Which of two shows that are compared is in front, where there is room for one: 0 or 1.
  var side = 0
  /// What the bottom line says; nil for what holds in a player at rest.
  var hints: [Hint]?
}

extension Look {
  /// Rows by which a pane is scrolled.
  func scroll(of pane: String) -> Int {
    focusedPane == nil || focusedPane == pane ? scroll : 0
  }

  /// The pane that fills the stage; nil where all are shown.
  var zoomedPane: String? { isZoomed ? focusedPane : nil }
}

/// How much is said of a step; each level says what the one before it says, and more.
enum Detail: Int, CaseIterable {
  /// What happens.
  case what
  /// And why.
  case why
  /// And where the rule comes from, with all that the event reports.
  case everything
}

/// A step that the viewer has marked with a letter.
struct Bookmark: Equatable {
  var letter: Unicode.Scalar
  var step: Int
}

/// Whether the player plays, and how fast.
struct PlayStatus: Equatable {
  var isPlaying: Bool
  /// 1 is normal speed.
  var speed: Double
  /// What else the title line says, such as that the playing goes round in a loop.
  var marks: [Bilingual] = []

  static let paused = PlayStatus(isPlaying: false, speed: 1)
  /// The speeds that keys go through.
  static let speeds = [0.125, 0.25, 0.5, 1, 2, 4, 8, 16, 32, 64]
}
