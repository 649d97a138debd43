/// An array in chunks, so that writing to a copy copies one chunk and not the whole.
///
/// Checkpoints of a model share whatever was not written since; fresh chunks share one blank chunk
/// until they are first written, as fresh memory shares the zero page.
public struct ChunkedArray<Element: Sendable>: Sendable {
  private static var chunkLength: Int { 64 }

  private var chunks: [[Element]]
  /// The number of elements.
  public private(set) var count: Int

  /// An array without elements.
  public init() {
    count = 0
    chunks = []
  }

  /// An array of equal elements; costs one chunk of memory whatever its length.
  public init(repeating element: Element, count: Int) {
    self.count = count
    let chunk = [Element](repeating: element, count: Self.chunkLength)
    chunks = [[Element]](
      repeating: chunk, count: (count + Self.chunkLength - 1) / Self.chunkLength)
    let rest = count % Self.chunkLength
    if rest > 0 { chunks[chunks.count - 1] = Array(chunk.prefix(rest)) }
  }

  /// The element at an index from 0 to `count` - 1.
  public subscript(index: Int) -> Element {
    _read { yield chunks[index / Self.chunkLength][index % Self.chunkLength] }
    _modify { yield &chunks[index / Self.chunkLength][index % Self.chunkLength] }
  }

  /// Adds an element behind the last.
  public mutating func append(_ element: Element) {
    if count % Self.chunkLength == 0 {
      var chunk: [Element] = []
      chunk.reserveCapacity(Self.chunkLength)
      chunks.append(chunk)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }
}
