/// What a viewer may ask of the player.
enum Action: Equatable {
  case togglePlay
  case nextFrame, previousFrame
  case nextStep, previousStep
  case nextOperation, previousOperation
  case nextChapter, previousChapter
  case firstStep, lastStep
  /// Tenths of the way, 0 to 9.
  case tenth(Int)
  case goTo(step: Int)
  case faster, slower, normalSpeed
  case restart
  /// Going on at the start when the end is reached, or no longer.
  case toggleLoop
  /// Rows to scroll the stage, positive is down.
  case scroll(Int)
}

/// Where a viewer is in a show, and whether it plays: a value that actions and time change.
///
/// At rest a step is shown settled, as it looks when its motion is over.
struct Player: Equatable {
  private(set) var step: Int
  /// How far into the step, in milliseconds at normal speed.
  private(set) var elapsed: Int
  /// What of the time that has passed is less than a millisecond.
  private var fraction = 0.0
  private(set) var isPlaying = false
  /// The step's motion is shown though the player is paused, because one has just stepped to it.
  private(set) var isSettling = false
  private(set) var speed = 1.0
  private(set) var scroll = 0
  private(set) var isLooping = false

  /// The grid of single frames, in milliseconds.
  static let frameLength = 50
  /// The longest that the motion of one step may take when one steps by hand.
  static let settlingLimit = 350

  /// A player at rest at a step.
  init(show: any Show, step: Int = 0, speed: Double = 1) {
    self.step = step
    self.speed = speed
    elapsed = show.pace(ofStep: step).motion
  }

  /// How far the motion of the present step has come, 0 to 1.
  func progress(in show: any Show) -> Double {
    let motion = show.pace(ofStep: step).motion
    return motion == 0 ? 1 : min(1, Double(elapsed) / Double(motion))
  }

  /// Whether time changes what is to be seen.
  var isMoving: Bool { isPlaying || isSettling }

  /// How much faster than real time the present step goes.
  private func rate(_ show: any Show) -> Double {
    guard isSettling, !isPlaying else { return speed }
    return max(1, Double(show.pace(ofStep: step).motion) / Double(Self.settlingLimit))
  }

  /// Lets time pass; playing comes to rest before a step of which the condition holds.
  mutating func advance(
    milliseconds: Double, in show: any Show, stoppingBefore stops: (Int) -> Bool = { _ in false }
  ) {
    guard isMoving else { return }
    let passed = milliseconds * rate(show) + fraction
    elapsed += Int(passed)
    fraction = passed - passed.rounded(.down)
    if isPlaying {
      while elapsed >= show.pace(ofStep: step).total {
        guard step < show.stepCount - 1 || isLooping else {
          isPlaying = false
          settle(in: show)
          return
        }
        let next = step < show.stepCount - 1 ? step + 1 : 0
        if stops(next) {
          isPlaying = false
          settle(in: show)
          return
        }
        elapsed -= show.pace(ofStep: step).total
        step = next
        scroll = 0
      }
    } else if elapsed >= show.pace(ofStep: step).motion {
      settle(in: show)
    }
  }

  /// Milliseconds of real time until the motion of the present step has come to a progress.
  func timeUntil(progress: Double, in show: any Show) -> Double {
    let motion = Double(show.pace(ofStep: step).motion)
    return max(0, motion * progress - Double(elapsed)) / rate(show)
  }

  /// Milliseconds of real time until something changes while nothing moves; nil while something
  /// moves or nothing will.
  func quietTime(in show: any Show) -> Double? {
    let pace = show.pace(ofStep: step)
    guard isPlaying, elapsed >= pace.motion else { return nil }
    return Double(pace.total - elapsed) / speed
  }

  mutating func handle(_ action: Action, in show: any Show) {
    switch action {
    case .togglePlay: togglePlay(in: show)
    case .nextFrame: nextFrame(in: show)
    case .previousFrame: previousFrame(in: show)
    case .nextStep: stepForward(in: show)
    case .previousStep: rest(at: step - 1, in: show)
    case .nextOperation: rest(at: operationAhead(in: show), in: show)
    case .previousOperation: rest(at: operationBehind(in: show), in: show)
    case .nextChapter:
      rest(
        at: show.chapters.first { $0.step > step }?.step ?? show.stepCount - 1, in: show)
    case .previousChapter:
      rest(at: show.chapters.last { $0.step < step }?.step ?? 0, in: show)
    case .firstStep: rest(at: 0, in: show)
    case .lastStep: rest(at: show.stepCount - 1, in: show)
    case .tenth(let tenth): rest(at: (show.stepCount - 1) * tenth / 10, in: show)
    case .goTo(let step): rest(at: step, in: show)
    case .faster: speed = PlayStatus.speeds.first { $0 > speed } ?? speed
    case .slower: speed = PlayStatus.speeds.last { $0 < speed } ?? speed
    case .normalSpeed: speed = 1
    case .restart:
      let wasPlaying = isPlaying
      rest(at: 0, in: show)
      isPlaying = wasPlaying
    case .toggleLoop: isLooping.toggle()
    case .scroll(let rows): scroll += rows
    }
  }

  private mutating func togglePlay(in show: any Show) {
    isPlaying.toggle()
    if !isPlaying { return settle(in: show) }
    isSettling = false
    let pace = show.pace(ofStep: step)
    if step == show.stepCount - 1, elapsed >= pace.motion {
      (step, elapsed) = (0, 0)
    } else if elapsed == pace.motion {
      elapsed = max(elapsed, pace.total - 300)  // one has looked at this step long enough
    }
  }

  private mutating func stepForward(in show: any Show) {
    guard step < show.stepCount - 1 else { return rest(at: step, in: show) }
    (isPlaying, scroll) = (false, 0)
    step += 1
    elapsed = 0
    isSettling = show.pace(ofStep: step).motion > 0
  }

  /// Plays from the beginning of the next step on.
  mutating func playOn(in show: any Show) {
    stepForward(in: show)
    (isPlaying, isSettling) = (true, false)
  }

  private mutating func nextFrame(in show: any Show) {
    (isPlaying, isSettling) = (false, false)
    let motion = show.pace(ofStep: step).motion
    if elapsed < motion {
      elapsed = min(motion, (elapsed / Self.frameLength + 1) * Self.frameLength)
    } else if step < show.stepCount - 1 {
      step += 1
      scroll = 0
      elapsed = min(Self.frameLength, show.pace(ofStep: step).motion)
    }
  }

  private mutating func previousFrame(in show: any Show) {
    (isPlaying, isSettling) = (false, false)
    elapsed = min(elapsed, show.pace(ofStep: step).motion)
    if elapsed > Self.frameLength {
      elapsed = (elapsed - 1) / Self.frameLength * Self.frameLength
    } else if step > 0 {
      rest(at: step - 1, in: show)
    } else {
      settle(in: show)
    }
  }

  /// The last step of the present operation, or, from there, of the next one: so that one sees an
  /// operation done.
  private func operationAhead(in show: any Show) -> Int {
    guard let next = show.nextItem(afterStep: step) else { return show.stepCount - 1 }
    if next - 1 > step { return next - 1 }
    return (show.nextItem(afterStep: next) ?? show.stepCount) - 1
  }

  private func operationBehind(in show: any Show) -> Int {
    max(0, show.itemStart(ofStep: step) - 1)
  }

  private mutating func rest(at wanted: Int, in show: any Show) {
    let step = max(0, min(show.stepCount - 1, wanted))
    if step != self.step { scroll = 0 }
    self.step = step
    settle(in: show)
    isPlaying = false
  }

  private mutating func settle(in show: any Show) {
    (isSettling, fraction) = (false, 0)
    elapsed = show.pace(ofStep: step).motion
  }
}
