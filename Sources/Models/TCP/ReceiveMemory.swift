/// A receive buffer that counts memory, not bytes, and the window that is left of it.
///
/// A segment takes the whole allocation that it came in. So the window cannot be the room left; it is
/// an estimate of how many bytes will fit, which full segments improve and unread ones lower.
///
/// Allocations depend on the machine: these are those of a driver that gives every segment memory of its
/// own, as the kernel's allocator rounds it: to a power of two, or where it is large to whole pages. Left out
/// is that a kernel packs and drops segments when memory ends.
///
/// Source: Linux `tcp_grow_window`, `tcp_measure_rcv_mss`, `__tcp_select_window`.
public struct ReceiveMemory: Sendable, Equatable {
  /// Memory with bytes in it: the number behind them, its size, and how many more bytes fit.
  private struct Chunk: Sendable, Equatable {
    var end: SequenceNumber
    var truesize: Int
    var room: Int
  }

  /// How large a buffer is.
  public struct Size: Sendable, Equatable {
    /// What it begins with.
    ///
    /// Source: Linux `tcp_rmem`, the default.
    public var initial = 131_072
    /// What it may grow to.
    ///
    /// Source: Linux `tcp_rmem`, the maximum.
    public var largest = 33_554_432
    /// Whether it stays as it is.
    ///
    /// Source: Linux `SOCK_RCVBUF_LOCK`.
    public var isFixed = false

    /// The size that Linux has unless told otherwise.
    public init() {}

    /// The size of one whose program has asked for so many bytes: as much again is for bookkeeping.
    ///
    /// Source: Linux `__sock_set_rcvbuf`, `SOCK_MIN_RCVBUF`.
    public init(asked bytes: Int) {
      initial = max(2304, 2 * bytes)
      isFixed = true
    }

    /// The window that a connection begins with: as many full segments as fit.
    ///
    /// Source: Linux `tcp_select_initial_window`.
    public func firstWindow(segmentSize: Int) -> Int {
      let whole = initial / 2
      return whole < segmentSize ? whole : whole / segmentSize * segmentSize
    }
  }

  /// What lies before a segment's bytes.
  private let overhead: Int
  private let limits: Size
  /// The buffer's size.
  ///
  /// Source: Linux `sk_rcvbuf`.
  private var size: Int
  private var chunks: [Chunk] = []
  private var allocated = 0
  /// How many bytes are expected of 256 bytes of memory.
  ///
  /// Source: Linux `scaling_ratio`.
  private var ratio = 128
  /// The window that an empty buffer allows.
  ///
  /// Source: Linux `window_clamp`.
  private(set) var clamp: Int
  /// The largest window to tell.
  ///
  /// Source: Linux `rcv_ssthresh`.
  private(set) var threshold: Int

  /// An empty buffer, of a connection whose SYN told the window that it begins with; a segment's
  /// worth is kept in reserve.
  ///
  /// Source: Linux `tcp_init_buffer_space`.
  init(_ limits: Size = Size(), firstWindow: Int, reserve: Int, headers: Int) {
    overhead = Self.headroom + headers
    self.limits = limits
    size = limits.initial
    let whole = size / 2
    clamp = whole > 2 * reserve ? max(2 * reserve, whole - reserve) : whole
    threshold = min(firstWindow, clamp)
  }

  private func window(from memory: Int) -> Int { (max(0, memory) * ratio) >> 8 }

  private var space: Int { window(from: size - allocated) }

  /// Whether more than half of the buffer is taken.
  var isShort: Bool { space < clamp / 2 }

  /// Whether more than all of it is taken, and there will not be more.
  var hasEnded: Bool { isFull && (limits.isFixed || size >= limits.largest) }

  /// Whether more than all of it is taken.
  var isFull: Bool { allocated > size }

  /// The window to tell, in bytes, where a full segment has so many bytes and the header leaves out
  /// so many bits; without scaling it stays as told unless whole segments more fit, or less is left.
  ///
  /// Source: Linux `__tcp_select_window`.
  func window(segmentSize: Int, shift: Int?, told: Int) -> Int {
    let segmentSize = min(segmentSize, clamp)
    guard segmentSize > 0 else { return 0 }
    var free = space
    if isShort {
      free = (free >> (shift ?? 0)) << (shift ?? 0)
      if free < window(from: size) / 16 || free < segmentSize { return 0 }
    }
    free = min(free, threshold)
    if let shift, shift > 0 { return min(65_535 << shift, Self.rounded(free, shift: shift)) }
    if told > free - segmentSize, told <= free { return told }
    return min(65_535, free / segmentSize * segmentSize)
  }

  /// The least window that the header can tell and that is no smaller.
  static func rounded(_ window: Int, shift: Int) -> Int {
    let unit = 1 << shift
    return (window + unit - 1) / unit * unit
  }

  /// Bytes up to a number have come: into what is left of the memory of those before them, or with
  /// memory of their own.
  ///
  /// Source: Linux `tcp_queue_rcv`, `tcp_try_coalesce`.
  mutating func take(_ bytes: Int, upTo end: SequenceNumber) {
    if fill(bytes, upTo: end) { return }
    let used = overhead + bytes
    let truesize = truesize(bytes)
    // Behind what lies in pages of its own nothing is put.
    let hasRoom = truesize - Self.skBuff <= Self.largestCached
    let room = hasRoom ? truesize - Self.bookkeeping - used : 0
    chunks.append(Chunk(end: end, truesize: truesize, room: room))
    allocated += truesize
  }

  /// Bytes that waited for those before them are in order now.
  ///
  /// Source: Linux `tcp_ofo_queue`.
  mutating func settle(_ bytes: Int, upTo end: SequenceNumber) {
    guard bytes > 0, let index = chunks.lastIndex(where: { $0.end == end }),
      fill(bytes, upTo: end)
    else { return }
    allocated -= chunks.remove(at: index).truesize
  }

  private mutating func fill(_ bytes: Int, upTo end: SequenceNumber) -> Bool {
    guard let index = index(for: bytes, at: end - bytes) else { return false }
    chunks[index].end = end
    chunks[index].room -= bytes
    return true
  }

  /// Whether so many bytes fit into the memory of those before them.
  func hasRoom(for bytes: Int, at start: SequenceNumber) -> Bool {
    index(for: bytes, at: start) != nil
  }

  private func index(for bytes: Int, at start: SequenceNumber) -> Int? {
    chunks.firstIndex { $0.end == start && bytes <= $0.room }
  }

  /// A segment is larger than any before: what it takes tells what bytes cost.
  ///
  /// The window that was told last is kept, where it is allowed.
  ///
  /// Source: Linux `tcp_measure_rcv_mss`, `tcp_set_window_clamp`.
  mutating func measure(_ bytes: Int, told: Int) {
    let former = (ratio: ratio, clamp: clamp)
    ratio = max(1, min(255, (bytes << 8) / truesize(bytes)))
    guard ratio != former.ratio else { return }
    clamp = window(from: size)
    threshold = clamp < former.clamp ? min(threshold, clamp) : max(threshold, min(told, clamp))
  }

  /// Raises the window after a segment of so many bytes, where memory for more like it is left; false
  /// where it stays.
  ///
  /// Source: Linux `tcp_grow_window`, `__tcp_grow_window`.
  mutating func grow(after bytes: Int, isFree: Bool, offered: Int, segmentSize: Int) -> Bool {
    let room = min(clamp, space) - threshold
    guard room > 0 else { return false }
    var cost = isFree ? 0 : window(from: truesize(bytes))
    var increase = 2 * offered
    if cost > bytes {
      increase = 0
      cost /= 2
      var limit = window(from: limits.largest) / 2
      while threshold <= limit {
        if cost <= bytes {
          increase = 2 * segmentSize
          break
        }
        cost /= 2
        limit /= 2
      }
    }
    guard increase > 0 else { return false }
    threshold += min(room, max(increase, 2 * bytes))
    return true
  }

  /// Enlarges the buffer until it allows a window, where it does not yet.
  ///
  /// Source: Linux `tcp_rcvbuf_grow`.
  mutating func enlarge(toAllow window: Int) {
    let wanted = min(window << 8 / ratio, limits.largest)
    guard wanted > size, !limits.isFixed else { return }
    size = wanted
    clamp = self.window(from: size)
  }

  /// Something more has come though all memory is taken: a buffer whose size nobody has fixed becomes as
  /// large as what is in it; false if there is no room, so that no more than two full segments are told of.
  ///
  /// Source: Linux `tcp_prune_queue`, `tcp_clamp_window`.
  mutating func makeRoom(offered: Int) -> Bool {
    guard isFull else { return true }
    if !limits.isFixed { size = max(size, min(allocated, limits.largest)) }
    if isFull { threshold = min(clamp, 2 * offered) }
    return !isFull
  }

  /// The end of the first allocation that holds bytes behind a number.
  func firstEnd(behind number: SequenceNumber) -> SequenceNumber? {
    var first: SequenceNumber?
    for chunk in chunks where chunk.end.isAfter(number) {
      if first.map({ chunk.end.isBefore($0) }) ?? true { first = chunk.end }
    }
    return first
  }

  /// The user has read what lies before a number.
  mutating func free(upTo number: SequenceNumber) {
    guard !chunks.isEmpty else { return }
    var left: [Chunk] = []
    for chunk in chunks {
      if chunk.end.isAtOrBefore(number) { allocated -= chunk.truesize } else { left.append(chunk) }
    }
    chunks = left
  }

  /// The memory of a segment of so many bytes.
  ///
  /// Source: Linux `SKB_TRUESIZE`, `SKB_HEAD_ALIGN`, `kmalloc_size_roundup`.
  private func truesize(_ bytes: Int) -> Int {
    let used = (overhead + bytes + 63) / 64 * 64 + Self.sharedInfo
    var size = Self.smallest
    if used > size {
      size = 1024
      while size < used, size < Self.largestCached { size *= 2 }
      if size < used { size = (used + Self.page - 1) / Self.page * Self.page }
    }
    return size + Self.skBuff
  }

  /// The largest allocation that is not made of whole pages.
  ///
  /// Source: Linux `KMALLOC_MAX_CACHE_SIZE`.
  private static let largestCached = 8192
  private static let page = 4096
  /// Linux `NET_SKB_PAD`: room before a segment.
  private static let headroom = 64
  /// Linux `struct sk_buff`, aligned.
  private static let skBuff = 256
  /// Linux `struct skb_shared_info`, aligned.
  private static let sharedInfo = 320
  /// What `truesize` counts beside the bytes and what lies before them.
  private static let bookkeeping = sharedInfo + skBuff
  /// Linux `SKB_SMALL_HEAD_CACHE_SIZE`.
  private static let smallest = 640
}
