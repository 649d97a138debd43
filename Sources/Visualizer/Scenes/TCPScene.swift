import Models

/// Draws a moment of TCP: the ladder of segments between both ends, their states and variables.
struct TCPScene {
  let moment: Moment<TCPNetwork>
  let progress: Double
  let stage: Rect
  let words: TCPWords
  let look: Look

  func draw(_ canvas: inout Canvas) {}
}
