/// How BBR spreads what it sends: each piece takes time, and until that is over none follows.
///
/// A piece is what goes to the device at once, a segment or a few.
///
/// Source: Linux `tcp_update_skb_after_send`, `tcp_pacing_check`.
struct Pacing: Sendable, Equatable {
  /// The most bytes of a piece.
  ///
  /// Source: Linux `sk_gso_max_size` (`GSO_LEGACY_MAX_SIZE` less `MAX_TCP_HEADER` and one).
  static let largestPiece = 65_215

  /// When the next piece may go, in nanoseconds.
  ///
  /// Source: Linux `tcp_wstamp_ns`.
  private var nextAt = 0
  /// Whether the next piece has to wait for that.
  private var isClosed = false
  /// When the piece at hand began, in nanoseconds, and for how long nothing had been sent by then.
  private var began = 0
  private var idle = 0
  /// When the next piece may go if those before went as soon as they might, in nanoseconds, and the piece
  /// at hand began.
  private var earliestNextAt = 0
  private var earliestBegan = 0
  /// When a piece's time was noticed to have come, and how late.
  private var dueAt: Microseconds?
  private var late: Microseconds = 0
  /// How many bytes the piece at hand has.
  private var count = 0
  /// How many segments with data were sent.
  private var sentCount = 0

  /// When the piece at hand began, which may be later than now where it could not wait.
  var beganAt: Microseconds { began / 1000 }

  /// When something was sent last; later than now while a piece's time runs.
  var lastAt: Microseconds { nextAt / 1000 }

  /// When the next piece may go; nil: at any time.
  var opensAt: Microseconds? { isClosed ? (nextAt + 999) / 1000 : nil }

  /// Lets the next piece go before its time.
  mutating func open(at now: Microseconds) {
    nextAt = min(nextAt, now * 1000)
    earliestNextAt = min(earliestNextAt, nextAt)
    isClosed = false
  }

  /// The next piece's time has come, whenever that is noticed.
  mutating func comeDue(at now: Microseconds) {
    (dueAt, late) = (now, max(0, now - earliestNextAt / 1000))
    nextAt = now * 1000
    isClosed = false
  }

  /// How late it is noticed that the time of the piece has come that goes now.
  func lateness(at now: Microseconds) -> Microseconds { dueAt == now ? late : 0 }

  /// Lets the next piece go if the time that it took to send some segments is as long as the wait.
  ///
  /// How long that takes depends on the host; this is an estimate.
  ///
  /// Source: Linux `tcp_tsq_write`, `tcp_write_xmit` (`tcp_mstamp_refresh`, which reads the clock anew).
  mutating func passSending(_ count: Int, at now: Microseconds) {
    if count > 0, nextAt - now * 1000 <= count * Self.sendingTime { isClosed = false }
  }

  /// About how many nanoseconds it takes to send a segment.
  private static let sendingTime = 20_000

  /// A piece begins, or something that is none goes out.
  mutating func begin(at now: Microseconds) {
    began = max(nextAt, now * 1000)
    isClosed = isClosed && nextAt > now * 1000
    idle = max(0, began - nextAt)
    earliestBegan = dueAt == now ? min(began, earliestNextAt) : max(earliestNextAt, now * 1000)
    (nextAt, earliestNextAt) = (began, earliestBegan)
    count = 0
  }

  /// Bytes of the piece at hand go out, at a rate in bytes a second; 0: not known.
  ///
  /// The first ten segments take no time. Behind a pause a piece takes so much less, but half of its time
  /// at least.
  mutating func note(_ bytes: Int, rate: Int) {
    guard bytes > 0 else { return }
    sentCount += 1
    count += bytes
    guard sentCount >= Recovery.initialWindow, rate > 0 else { return }
    let time = count * 1_000_000_000 / rate
    nextAt = began + time - min(time / 2, idle)
    earliestNextAt = earliestBegan + time - min(time / 2, idle)
    isClosed = true
  }
}
