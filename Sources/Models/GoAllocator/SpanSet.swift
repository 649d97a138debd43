/// A queue of spans in blocks of 512: pushed at the tail, popped at the head; the notes' era's
/// sweep stacks pop at the tail instead.
///
/// Entries may be stale: a span that was swept without being popped stays where it is, and whoever
/// pops it passes on.
///
/// Source: Go 1.19 mspanset.go; Go 1.10 mgcsweepbuf.go.
struct SpanSet: Sendable {
  private static let blockSize = 512

  private var blocks: [[Int32]] = []
  /// How many entries of the first block were popped.
  private var head = 0

  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func push(_ span: Int) {
    if blocks.isEmpty || blocks[blocks.count - 1].count == Self.blockSize { blocks.append([]) }
    blocks[blocks.count - 1].append(Int32(truncatingIfNeeded: span))
    count += 1
  }

  mutating func popFirst() -> Int? {
    guard count > 0 else { return nil }
    let span = blocks[0][head]
    head += 1
    count -= 1
    if count == 0 {
      reset()
    } else if head == blocks[0].count {
      blocks.removeFirst()
      head = 0
    }
    return Int(span)
  }

  mutating func popLast() -> Int? {
    guard count > 0, let span = blocks[blocks.count - 1].popLast() else { return nil }
    count -= 1
    if count == 0 {
      reset()
    } else if blocks[blocks.count - 1].isEmpty {
      blocks.removeLast()
    }
    return Int(span)
  }

  private mutating func reset() {
    blocks = []
    head = 0
  }

  /// The entries from head to tail.
  var entries: [Int] {
    var all: [Int] = []
    all.reserveCapacity(count)
    for (index, block) in blocks.enumerated() {
      for span in block.dropFirst(index == 0 ? head : 0) { all.append(Int(span)) }
    }
    return all
  }

  /// An upper bound in bytes: a block's array may have room for twice its entries.
  var footprint: Int { isEmpty ? 0 : (count + head) * 8 + blocks.count * 40 }
}

/// A doubly linked list of spans, of which the links are in the spans themselves.
///
/// Source: Go 1.10 mheap.go, mSpanList.
struct SpanList: Sendable {
  private(set) var first: Int32 = -1
  private(set) var last: Int32 = -1
  private(set) var count = 0

  var isEmpty: Bool { count == 0 }

  mutating func insertFront(_ id: Int, in spans: inout SpanTable) {
    let link = Int32(truncatingIfNeeded: id)
    spans[id].previous = -1
    spans[id].next = first
    if first >= 0 { spans[Int(first)].previous = link } else { last = link }
    first = link
    count += 1
  }

  mutating func insertBack(_ id: Int, in spans: inout SpanTable) {
    let link = Int32(truncatingIfNeeded: id)
    spans[id].next = -1
    spans[id].previous = last
    if last >= 0 { spans[Int(last)].next = link } else { first = link }
    last = link
    count += 1
  }

  mutating func remove(_ id: Int, in spans: inout SpanTable) {
    let next = spans[id].next
    let previous = spans[id].previous
    if previous >= 0 { spans[Int(previous)].next = next } else { first = next }
    if next >= 0 { spans[Int(next)].previous = previous } else { last = previous }
    spans[id].next = -1
    spans[id].previous = -1
    count -= 1
  }

  /// The spans from front to back.
  func entries(in spans: SpanTable) -> [Int] {
    var all: [Int] = []
    var link = first
    while link >= 0, all.count <= count {
      all.append(Int(link))
      link = spans[Int(link)].next
    }
    return all
  }
}
