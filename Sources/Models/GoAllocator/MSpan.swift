extension GoAllocator {
  /// A span's number: spans are counted in the order in which they were taken from the heap.
  public typealias SpanID = Int

  /// A run of pages cut into slots of one size, or holding one large object.
  ///
  /// A slot below `freeindex` counts as used. At or above it the alloc bits of the last sweep say
  /// which slots are used. A slot freed by a drop stays used until the span has been swept.
  ///
  /// Source: Go 1.19 mheap.go, mspan; mbitmap.go, nextFreeIndex and refillAllocCache.
  public struct MSpan: Sendable {
    /// The page at which it starts, counted from the arena's start; -1 for a span of which only
    /// its place in the lists is known.
    public let firstPage: Int
    /// How many pages it has.
    public let npages: Int
    /// Size class and kind of its objects.
    public let spanClass: Int
    /// The bytes of a slot; those of the whole span for a large object.
    public let elemSizeBytes: Int
    /// How many slots it has.
    public let nelems: Int
    /// Whether it stood there before a trace began; its objects never die.
    public let isForeign: Bool
    /// Whether it holds one large object.
    public let isLarge: Bool
    /// Slots below this index are used, whatever the bits say.
    public private(set) var freeindex = 0
    /// How many slots are used.
    public private(set) var allocCount = 0
    /// The state of sweeping, against the heap's own number; see the glossary.
    public internal(set) var sweepgen: Int
    /// Notes' era: whether an mcache holds it, while it stays in its mcentral's `empty` list.
    public internal(set) var inCache = false
    /// False once its pages went back to the heap.
    public private(set) var isInUse = true

    /// The next 64 slots, inverted: 1 is free, bit 0 belongs to `freeindex`.
    private(set) var allocCache: UInt64 = 0
    private(set) var allocBits: SlotBits
    var gcmarkBits: SlotBits
    /// The slots that the program can reach: what a mark phase would find now.
    private(set) var reachable: SlotBits
    /// How many objects share each slot, where tiny objects do.
    private var pieces: [UInt8] = []
    /// Neighbours in a list of the notes' era, -1 at its ends.
    var next: Int32 = -1
    var previous: Int32 = -1

    init(
      firstPage: Int, npages: Int, spanClass: Int, elemSizeBytes: Int, nelems: Int,
      sweepgen: Int, isLarge: Bool, isTiny: Bool, isForeign: Bool = false
    ) {
      self.firstPage = firstPage
      self.npages = npages
      self.spanClass = spanClass
      self.elemSizeBytes = elemSizeBytes
      self.nelems = nelems
      self.sweepgen = sweepgen
      self.isLarge = isLarge
      self.isForeign = isForeign
      allocBits = SlotBits(slots: nelems)
      gcmarkBits = allocBits
      reachable = allocBits
      if isTiny { pieces = [UInt8](repeating: 0, count: nelems) }
      loadAllocCache()
    }

    /// What it holds in arrays of its own, headers included.
    var outsideBytes: Int {
      let words = allocBits.wordCount - 1
      return (words == 0 ? 0 : 3 * (words * 8 + 32)) + (pieces.isEmpty ? 0 : pieces.count + 32)
    }

    /// Whether a slot is free to be handed out.
    public var hasFreeSlot: Bool { allocCount < nelems }

    /// Whether a slot is used, as the allocator sees it.
    public func isUsed(_ slot: Int) -> Bool { slot < freeindex || allocBits.contains(slot) }

    /// Whether the program can still reach an object in a slot.
    public func isReachable(_ slot: Int) -> Bool { reachable.contains(slot) }

    /// Whether the current or last mark phase found the slot; false once the span is swept.
    public func isMarked(_ slot: Int) -> Bool { gcmarkBits.contains(slot) }

    /// The slots in use as 64-bit words, slot 0 lowest: alloc bits, and all below `freeindex`.
    public var usedWords: [UInt64] {
      var words = (0..<allocBits.wordCount).map { allocBits.word($0) }
      for slot in 0..<freeindex { words[slot >> 6] |= 1 << UInt64(slot & 63) }
      return words
    }

    // MARK: - Slots

    /// Takes the lowest free slot at or above `freeindex`, or nil when there is none.
    @inline(__always)
    mutating func takeSlot() -> Int? {
      while freeindex < nelems {
        let zeros = allocCache.trailingZeroBitCount
        if zeros < 64 {
          let slot = freeindex + zeros
          guard slot < nelems else { break }
          moveFreeindex(to: slot + 1, shift: zeros + 1)
          allocCount += 1
          return slot
        }
        moveFreeindex(to: (freeindex + 64) & ~63, shift: 64)
      }
      freeindex = nelems
      return nil
    }

    /// Moves `freeindex` to the lowest free slot, or to the end when there is none.
    mutating func seekFreeSlot() -> Bool {
      while freeindex < nelems {
        let zeros = allocCache.trailingZeroBitCount
        if zeros < 64, freeindex + zeros < nelems {
          freeindex += zeros
          allocCache >>= UInt64(zeros)
          return true
        }
        moveFreeindex(to: min((freeindex + 64) & ~63, nelems), shift: 64)
      }
      return false
    }

    private mutating func moveFreeindex(to index: Int, shift: Int) {
      freeindex = index
      if index & 63 == 0, index < nelems { loadAllocCache() } else { allocCache >>= UInt64(shift) }
    }

    private mutating func loadAllocCache() {
      allocCache = ~allocBits.word(freeindex >> 6) >> UInt64(freeindex & 63)
    }

    /// A large object takes the only slot, by another way than `takeSlot`.
    mutating func takeWhole() {
      freeindex = 1
      allocCount = 1
    }

    /// Fills every slot with objects that stay reachable: a span from before a trace began.
    mutating func fill() {
      freeindex = nelems
      allocCount = nelems
      allocBits = .all(nelems)
      reachable = allocBits
    }

    // MARK: - References

    /// Notes that one more object in a slot can be reached; true where none could before.
    @inline(__always)
    mutating func refer(to slot: Int) -> Bool {
      if !pieces.isEmpty {
        pieces[slot] += 1
        if pieces[slot] > 1 { return false }
      }
      reachable.insert(slot)
      return true
    }

    /// Notes that an object in a slot can no longer be reached; true where no other can.
    @inline(__always)
    mutating func unrefer(_ slot: Int) -> Bool {
      if !pieces.isEmpty {
        pieces[slot] -= 1
        if pieces[slot] > 0 { return false }
      }
      reachable.remove(slot)
      return true
    }

    /// Marks what can be reached.
    mutating func mark() { gcmarkBits = reachable }

    // MARK: - Sweeping

    /// The slots that the next sweep frees: used, but not marked.
    public var dyingSlots: [Int] { (0..<nelems).filter { isUsed($0) && !gcmarkBits.contains($0) } }

    /// Frees every slot that is not marked and returns how many those were.
    mutating func sweepSlots() -> Int {
      let marked = gcmarkBits.setCount
      let freed = allocCount - marked
      allocBits = gcmarkBits
      gcmarkBits.clear()
      freeindex = 0
      allocCount = marked
      loadAllocCache()
      return freed
    }

    /// The span's pages went back; what it held is forgotten.
    mutating func die() {
      isInUse = false
      allocBits = SlotBits()
      gcmarkBits = SlotBits()
      reachable = SlotBits()
      pieces = []
    }
  }
}
