extension GoAllocator {
  /// Whose rules the model follows: the first Go version that had them.
  ///
  /// Two eras differ in structure (`isNotesEra`); within an era only numbers differ.
  public enum Rules: String, CaseIterable, Sendable {
    /// Go 1.8: the notes' era without separate span classes for pointer-free objects.
    case go1_8 = "go1.8"
    /// Go 1.9 and 1.10: the era of the notes, hence also called `notes`.
    case go1_10 = "go1.10"
    /// Go 1.16 to 1.21: span sets, page bitmap, page caches.
    case go1_19 = "go1.19"
    /// Go 1.22 to 1.25: malloc headers, heap bits at the end of a span.
    case go1_22 = "go1.22"
    /// Go 1.26: mark bits inside small spans.
    case go1_26 = "go1.26"
    /// Go 1.27: the same placement decisions as 1.26.
    case go1_27 = "go1.27"

    /// Finds rules by the name a scenario gives them: `go1.19` and so on, or `notes`.
    public init?(named name: String) {
      if name == "notes" {
        self = .go1_10
      } else if let rules = Rules(rawValue: name) {
        self = rules
      } else {
        return nil
      }
    }

    /// Finds the rules of a Go release such as `go1.19.8`; nil where none were confirmed for it.
    public init?(goVersion: String) {
      let parts = goVersion.split(separator: ".", omittingEmptySubsequences: false)
      guard parts.count >= 2, parts[0] == "go1", let minor = Int(parts[1].prefix { $0.isNumber })
      else { return nil }
      switch minor {
      case 8: self = .go1_8
      case 9, 10: self = .go1_10
      case 16...21: self = .go1_19
      case 22...25: self = .go1_22
      case 26: self = .go1_26
      case 27: self = .go1_27
      default: return nil
      }
    }

    /// Whether the heap is one address range with free lists of page runs (Go up to 1.10).
    public var isNotesEra: Bool { self == .go1_8 || self == .go1_10 }

    /// Whether pointer-free objects have span classes of their own.
    ///
    /// Source: Go 1.9 mheap.go, makeSpanClass.
    public var hasNoscanSpanClasses: Bool { self != .go1_8 }

    /// Whether larger objects with pointers carry an 8-byte header in front.
    ///
    /// Source: Go 1.22 malloc.go, mallocgc; mbitmap.go, heapBitsInSpan.
    public var hasMallocHeaders: Bool {
      switch self {
      case .go1_8, .go1_10, .go1_19: false
      case .go1_22, .go1_26, .go1_27: true
      }
    }

    /// Whether spans of small objects give up 128 bytes for mark bits of their own.
    ///
    /// Source: Go 1.26 mheap.go, initSpan; the "Green Tea" collector.
    public var hasInlineMarkBits: Bool { self == .go1_26 || self == .go1_27 }

    /// The largest request, in bytes, that goes through the size classes.
    ///
    /// Source: Go 1.22 malloc.go, mallocgc: 32768 less the header, whether there is one or not.
    public var smallLimitBytes: Int { hasMallocHeaders ? 32760 : 32768 }

    /// Whether a collection marks the tiny blocks that are open, so that they survive it once.
    ///
    /// Source: Go 1.9 mgc.go, gcStart; a world-stopping collection, as in 1.8, does not.
    public var marksOpenTinyBlocks: Bool { self != .go1_8 }

    /// Whether a collection also empties the page caches of idle Ps.
    ///
    /// Source: Go 1.22 mgc.go, gcMarkTermination.
    public var flushesIdlePageCaches: Bool { hasMallocHeaders }

    /// Whether the scavenger passes over chunks that are nearly full.
    ///
    /// Source: Go 1.22 mgcscavenge.go.
    public var scavengerSkipsDenseChunks: Bool { hasMallocHeaders }
  }
}
