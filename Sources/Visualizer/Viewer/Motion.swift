/// How much of what moves is shown moving: fewer repaints for a slow line, or for whoever is
/// disturbed by motion.
enum Motion: String, CaseIterable {
  /// Every frame.
  case full
  /// Things move in a few stages.
  case reduced
  /// Every step is shown once, when things have moved.
  case none

  /// Stages of a step's motion that are shown; nil for as many as there are frames.
  private var stages: Int? {
    switch self {
    case .full: nil
    case .reduced: 3
    case .none: 1
    }
  }

  /// Milliseconds between two pictures at least, where pictures are not stages of a motion.
  var frameTime: Double {
    switch self {
    case .full: 33
    case .reduced: 200
    case .none: 1000
    }
  }

  /// The progress to draw: that of the stage which a progress lies in.
  func shown(_ progress: Double) -> Double {
    switch self {
    case .full: progress
    case .reduced: progress >= 1 ? 1 : (progress * 3).rounded(.down) / 3
    case .none: 1
    }
  }

  /// The progress at which the picture changes next; nil where it does with every frame.
  func nextStage(after progress: Double) -> Double? {
    guard let stages else { return nil }
    return min(1, ((progress * Double(stages)).rounded(.down) + 1) / Double(stages))
  }
}
