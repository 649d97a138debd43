/// Lets a show play off-screen and hands out every frame in which something changed.
struct Recorder {
  let show: any Show
  var look: Look
  /// Frames a second at normal speed.
  var framesPerSecond: Int
  /// How much faster than normal the recording plays.
  var speed: Double
  /// The first and the last step to record.
  var steps: ClosedRange<Int>
  /// Whether the frames say that the show plays; where a viewer decides that, they do not.
  var showsPlaying = true

  /// How long the last frame stays, in milliseconds.
  static let ending = 1500

  /// A frame to be written down.
  struct Frame {
    var step: Int
    /// Milliseconds since the recording's start.
    var time: Int
    /// The chapter that begins with this frame.
    var chapter: Int?
    var canvas: Canvas
  }

  /// The recording's playing time in milliseconds.
  var duration: Int {
    let start = show.time(ofStep: steps.lowerBound)
    let end = show.time(ofStep: steps.upperBound) + show.pace(ofStep: steps.upperBound).total
    return Int(Double(end - start) / speed)
  }

  /// Plays; frames come in order, each differing from the one before or starting a step.
  ///
  /// The last is the last step at rest, as a still of it shows it.
  func play(_ body: (Frame) throws -> Void) rethrows {
    var time = 0.0
    var shown: Canvas?
    var chapter = show.chapter(ofStep: steps.lowerBound)
    var look = look
    let playing = showsPlaying ? PlayStatus(isPlaying: true, speed: speed) : .paused
    let listener = LongWork.listener
    for step in steps {
      if let listener {
        LongWork.report(.recording, step - steps.lowerBound, of: steps.count, to: listener)
      }
      let pace = show.pace(ofStep: step)
      let here = show.chapter(ofStep: step)
      let begins = step == steps.lowerBound || here != chapter ? here : nil
      chapter = here
      let count = max(1, Int((Double(pace.motion * framesPerSecond) / 1000 / speed).rounded()))
      for index in 1...count {
        let progress = Double(index) / Double(count)
        look.status = step == steps.upperBound && index == count ? .paused : playing
        let canvas = show.frame(step, progress: progress, look)
        let at = time + Double(pace.motion) / speed * Double(index - 1) / Double(count)
        if index == 1 || canvas != shown {
          try body(
            Frame(
              step: step, time: Int(at), chapter: index == 1 ? begins : nil,
              canvas: canvas))
        }
        shown = canvas
      }
      time += Double(pace.total) / speed
    }
  }
}
