import Models

/// Draws a moment of the allocator: mcaches, mcentral and mheap, and spans on their way.
struct AllocatorScene {
  let moment: Moment<GoAllocator>
  let progress: Double
  let stage: Rect
  let words: AllocatorWords
  let look: Look

  func draw(_ canvas: inout Canvas) {}
}
