/// An array in chunks: cheap to copy, and cheap to write on after a copy.
///
/// Checkpoints of a model share whatever was not written since; a write after a copy copies one
/// chunk and the short list of chunks, never the whole.
public struct ChunkedArray<Element: Sendable>: Sendable {
  private var chunks: [[Element]] = []
  /// The number of elements.
  public private(set) var count = 0
  private let shift: Int
  private let mask: Int

  /// An empty array; a chunk holds 2 to the power of `chunkBits` elements.
  public init(chunkBits: Int = 6) {
    shift = chunkBits
    mask = 1 << chunkBits - 1
  }

  /// An array of equal elements, which share one chunk until they are first written, as fresh
  /// memory shares the zero page.
  public init(repeating element: Element, count: Int, chunkBits: Int = 6) {
    self.init(chunkBits: chunkBits)
    self.count = count
    let chunk = [Element](repeating: element, count: mask + 1)
    chunks = [[Element]](repeating: chunk, count: (count + mask) >> shift)
    let rest = count & mask
    if rest > 0 { chunks[chunks.count - 1] = Array(chunk.prefix(rest)) }
  }

  /// The element at an index from 0 to `count` - 1.
  public subscript(index: Int) -> Element {
    @inline(__always) _read { yield chunks[index >> shift][index & mask] }
    @inline(__always) _modify { yield &chunks[index >> shift][index & mask] }
  }

  /// Adds an element behind the last.
  public mutating func append(_ element: Element) {
    if count & mask == 0 {
      chunks.append([])
      chunks[chunks.count - 1].reserveCapacity(mask + 1)
    }
    chunks[chunks.count - 1].append(element)
    count += 1
  }

  /// Adds equal elements behind the last.
  public mutating func append(repeating element: Element, count: Int) {
    for _ in 0..<count { append(element) }
  }

  /// Removes everything.
  public mutating func removeAll() {
    chunks = []
    count = 0
  }

  /// What the chunks come to, in bytes.
  public var footprint: Int {
    chunks.count * MemoryLayout<[Element]>.stride + count * MemoryLayout<Element>.stride
  }
}
