// How the model keeps its state: in chunks, so that a copy shares everything and the first write
// after a copy copies one chunk (and a short list of chunks), never a whole table.

/// How many chunks two lists of chunks share: the same memory at the same place.
private func sharedChunks<Element>(_ a: [[Element]], _ b: [[Element]]) -> Int {
  func address(_ chunk: [Element]) -> UnsafePointer<Element>? {
    chunk.isEmpty ? nil : chunk.withUnsafeBufferPointer(\.baseAddress)
  }
  return zip(a, b).count { one, other in
    address(one).map { $0 == address(other) } ?? false
  }
}

/// One bit a slot: a word in place, the rest, for spans of more than 64 slots, in an array.
struct SlotBits: Sendable {
  private var first: UInt64 = 0
  private var rest: [UInt64] = []

  init() {}

  /// All bits clear, with room for a number of slots.
  init(slots: Int) {
    if slots > 64 { rest = [UInt64](repeating: 0, count: (slots + 63) / 64 - 1) }
  }

  /// The bits of the first slots set.
  static func all(_ slots: Int) -> SlotBits {
    var bits = SlotBits(slots: slots)
    for slot in 0..<slots { bits.insert(slot) }
    return bits
  }

  var wordCount: Int { 1 + rest.count }

  @inline(__always)
  func word(_ index: Int) -> UInt64 { index == 0 ? first : rest[index - 1] }

  @inline(__always)
  func contains(_ slot: Int) -> Bool { word(slot >> 6) >> UInt64(slot & 63) & 1 == 1 }

  @inline(__always)
  mutating func insert(_ slot: Int) {
    if slot < 64 {
      first |= 1 << UInt64(slot)
    } else {
      rest[slot >> 6 - 1] |= 1 << UInt64(slot & 63)
    }
  }

  @inline(__always)
  mutating func remove(_ slot: Int) {
    if slot < 64 {
      first &= ~(1 << UInt64(slot))
    } else {
      rest[slot >> 6 - 1] &= ~(1 << UInt64(slot & 63))
    }
  }

  /// Clears every bit, keeping the room.
  mutating func clear() {
    first = 0
    if !rest.isEmpty { rest = [UInt64](repeating: 0, count: rest.count) }
  }

  var setCount: Int {
    var count = first.nonzeroBitCount
    for word in rest { count += word.nonzeroBitCount }
    return count
  }

  var isEmpty: Bool { first == 0 && rest.allSatisfy { $0 == 0 } }
}

/// Spans by their number, with the chunks of spans that are all dead given up.
///
/// Spans are numbered in the order in which they were taken from the heap; a number is never used
/// again. Go recycles its span records instead, which nothing outside can see.
struct SpanTable: Sendable {
  private static let shift = 5
  private static let mask = 31

  private var chunks: [[GoAllocator.MSpan]] = []
  private var alive: [UInt8] = []
  /// How many numbers have been given.
  private(set) var count = 0
  /// How many spans are in use.
  private(set) var aliveCount = 0
  /// Chunks that still hold spans.
  private var keptChunks = 0
  /// What spans in use hold outside of themselves.
  private var outsideBytes = 0

  subscript(id: Int) -> GoAllocator.MSpan {
    @inline(__always) get { chunks[id >> Self.shift][id & Self.mask] }
    @inline(__always) _modify { yield &chunks[id >> Self.shift][id & Self.mask] }
  }

  /// Whether the span is in use; false for numbers never given.
  func isInUse(_ id: Int) -> Bool {
    guard id >= 0, id < count, !chunks[id >> Self.shift].isEmpty else { return false }
    return self[id].isInUse
  }

  mutating func append(_ span: GoAllocator.MSpan) -> Int {
    if count & Self.mask == 0 {
      chunks.append([])
      chunks[chunks.count - 1].reserveCapacity(Self.mask + 1)
      alive.append(0)
      keptChunks += 1
    }
    outsideBytes += span.outsideBytes
    chunks[chunks.count - 1].append(span)
    alive[alive.count - 1] += 1
    count += 1
    aliveCount += 1
    return count - 1
  }

  /// Marks a span as dead; its contents are no longer of use.
  mutating func remove(_ id: Int) {
    let chunk = id >> Self.shift
    outsideBytes -= self[id].outsideBytes
    chunks[chunk][id & Self.mask].die()
    alive[chunk] -= 1
    aliveCount -= 1
    if alive[chunk] == 0, chunk < chunks.count - 1 || count & Self.mask == 0 {
      chunks[chunk] = []
      keptChunks -= 1
    }
  }

  /// Calls the body with each span in use, in the order of their numbers.
  func forEachInUse(_ body: (Int, borrowing GoAllocator.MSpan) -> Void) {
    for chunk in chunks.indices where alive[chunk] > 0 {
      for index in chunks[chunk].indices where chunks[chunk][index].isInUse {
        body(chunk << Self.shift + index, chunks[chunk][index])
      }
    }
  }

  /// Lets the body change each span in use, in the order of their numbers.
  mutating func updateEachInUse(_ body: (Int, inout GoAllocator.MSpan) -> Void) {
    for chunk in chunks.indices where alive[chunk] > 0 {
      for index in chunks[chunk].indices where chunks[chunk][index].isInUse {
        body(chunk << Self.shift + index, &chunks[chunk][index])
      }
    }
  }

  /// What the table comes to, in bytes, arrays inside spans included.
  var footprint: Int {
    let chunkBytes = (Self.mask + 1) * MemoryLayout<GoAllocator.MSpan>.stride + 64
    return chunks.count * 9 + keptChunks * chunkBytes + outsideBytes
  }

  /// What of the footprint is in chunks that another table has as well.
  func bytesShared(with other: SpanTable) -> Int {
    let chunkBytes = (Self.mask + 1) * MemoryLayout<GoAllocator.MSpan>.stride + 64
    return sharedChunks(chunks, other.chunks) * chunkBytes
  }
}

/// Where each object lies, by handle; chunks of objects that are all dropped are given up.
struct ObjectTable: Sendable {
  private static let shift = 10
  private static let mask = 1023

  private var chunks: [[UInt64]] = []
  private var alive: [UInt16] = []
  private(set) var count = 0
  private(set) var aliveCount = 0

  /// An object's place in one word: span, slot, offset in a tiny block.
  struct Entry: Sendable {
    static let dropped: UInt64 = 0
    static let zeroSize: UInt64 = 1
    var word: UInt64

    init(word: UInt64) { self.word = word }

    init(span: Int, slot: Int, tinyOffset: Int, isTiny: Bool) {
      word =
        UInt64(span) << 32 | UInt64(slot) << 16 | UInt64(tinyOffset) << 8 | (isTiny ? 4 : 0) | 2
    }

    var span: Int { Int(word >> 32) }
    var slot: Int { Int(word >> 16 & 0xffff) }
    var tinyOffset: Int { Int(word >> 8 & 0xff) }
    var isTiny: Bool { word & 4 != 0 }
  }

  @inline(__always)
  mutating func append(_ word: UInt64) {
    if count & Self.mask == 0 {
      chunks.append([])
      chunks[chunks.count - 1].reserveCapacity(Self.mask + 1)
      alive.append(0)
    }
    chunks[chunks.count - 1].append(word)
    alive[alive.count - 1] += 1
    count += 1
    aliveCount += 1
  }

  /// The word of an object that is still referenced, 0 for one that was dropped or never made.
  @inline(__always)
  subscript(handle: Int) -> UInt64 {
    guard handle >= 0, handle < count else { return Entry.dropped }
    let chunk = handle >> Self.shift
    guard alive[chunk] > 0 else { return Entry.dropped }
    return chunks[chunk][handle & Self.mask]
  }

  mutating func drop(_ handle: Int) {
    let chunk = handle >> Self.shift
    alive[chunk] -= 1
    aliveCount -= 1
    if alive[chunk] == 0, chunk < chunks.count - 1 || count & Self.mask == 0 {
      chunks[chunk] = []
    } else {
      chunks[chunk][handle & Self.mask] = Entry.dropped
    }
  }

  /// Calls the body with each object that is still referenced.
  func forEach(_ body: (Int, Entry) -> Void) {
    for chunk in chunks.indices where alive[chunk] > 0 {
      for (index, word) in chunks[chunk].enumerated() where word & 2 != 0 {
        body(chunk << Self.shift + index, Entry(word: word))
      }
    }
  }

  var footprint: Int {
    var bytes = chunks.count * 10
    for chunk in chunks { bytes += chunk.capacity * 8 }
    return bytes
  }

  /// What of the footprint is in chunks that another table has as well.
  func bytesShared(with other: ObjectTable) -> Int {
    sharedChunks(chunks, other.chunks) * (Self.mask + 1) * 8
  }
}
