/// A show that plays by itself, slowly and round and round, as a preview does.
struct ShowPreview {
  let show: any Show
  private(set) var step: Int
  /// Milliseconds since the step began.
  private var elapsed = 0.0
  private let start: Int

  /// Milliseconds between two frames of a motion: eight a second do for a small picture.
  static let frameTime = 125.0
  /// How long a settled step is looked at: sentences are not there to be read to the end.
  private static let hold = 700.0...2_200.0

  /// Starts a third of the way through the chapters: the first ones set the scene, and what a show
  /// is about begins behind them.
  init(_ show: any Show) {
    self.show = show
    start = show.chapters.isEmpty ? 0 : show.chapters[show.chapters.count / 3].step
    step = start
  }

  private var motion: Double { Double(show.pace(ofStep: step).motion) }

  private var total: Double {
    let hold = Double(show.pace(ofStep: step).hold)
    return motion + max(Self.hold.lowerBound, min(Self.hold.upperBound, hold))
  }

  /// How far the step's motion has come, in whole frames.
  var progress: Double {
    let shown = (elapsed / Self.frameTime).rounded(.down) * Self.frameTime
    return motion == 0 ? 1 : min(1, shown / motion)
  }

  /// Milliseconds until the picture changes.
  var nextChange: Double {
    if elapsed < motion {
      let next = ((elapsed / Self.frameTime).rounded(.down) + 1) * Self.frameTime
      return max(1, next - elapsed)
    }
    return max(1, total - elapsed)
  }

  mutating func advance(milliseconds: Double) {
    elapsed += milliseconds
    guard elapsed >= total else { return }
    elapsed = 0
    step = step < show.stepCount - 1 ? step + 1 : start
  }
}
