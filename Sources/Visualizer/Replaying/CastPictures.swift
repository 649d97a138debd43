/// The screens that the output of a recording makes, one after the other, with random access.
///
/// The output is emulated once from beginning to end to find the pictures. On the way copies of the
/// terminal are kept, and every second one dropped whenever they pass a fixed number of bytes; any
/// picture is reached from the nearest copy before it.
final class CastPictures: RecordedPictures {
  private let cast: CastFile
  /// How many events each picture is made of, counted from the start.
  private var ends: [Int] = []
  private var times: [Int] = []
  private var snapshots: [Snapshot] = []
  private var snapshotSpacing = 256
  private var snapshotBytes = 0
  /// The terminal at the picture that was looked at last.
  private var cursor: Snapshot
  /// The pictures that were passed on the way there, for going back.
  private var passed: [(index: Int, picture: Picture)] = []

  private struct Snapshot {
    /// Nothing has been emulated at -1.
    var index: Int
    var terminal: Emulator
  }

  /// Bytes that snapshots may hold together.
  private static let snapshotLimit = 64 << 20
  /// Output that may lie between two snapshots, in bytes, whatever the number of events.
  private static let outputSpacing = 1 << 16
  private static let passedLimit = 8 << 20

  /// Events so close behind each other, in milliseconds, are one picture: nobody sees them apart.
  private static let together = 5
  /// A picture that is held for so long, in milliseconds, is a stop.
  private static let hold = 300

  private init(_ cast: CastFile) {
    self.cast = cast
    cursor = Snapshot(index: -1, terminal: Emulator(cast.size))
    run()
  }

  static func replay(of cast: CastFile, name: String) -> Replay {
    let pictures = CastPictures(cast)
    let times = pictures.times
    let stops = times.indices.filter { index in
      index == times.count - 1 || times[index + 1] - times[index] >= hold
    }
    return Replay(
      name: name, title: cast.title, times: times, duration: max(cast.duration, times.last ?? 0),
      markers: cast.markers, stops: stops, hasSteps: false, warning: cast.warning,
      pictures: pictures)
  }

  // MARK: - Once through

  private func run() {
    var terminal = Emulator(cast.size)
    var shown: Picture?
    var event = 0
    let events = cast.events
    if events.first.map({ $0.time > 0 }) ?? true {
      (ends, times, shown) = ([0], [0], terminal.picture)
      keep(terminal)
    }
    var lastSnapshot = (event: 0, output: 0)
    // An event, the comparing of two pictures, takes as long as some output.
    let eventBytes = 64
    var meter = LongWork.Meter(
      .replaying, of: cast.output.count + eventBytes * events.count)
    while event < events.count {
      let time = events[event].time
      repeat {
        meter.note(events[event].end + eventBytes * event)
        apply(event, to: &terminal)
        event += 1
      } while event < events.count && events[event].time - time < Self.together
      let picture = terminal.picture
      guard picture != shown else { continue }
      shown = picture
      ends.append(event)
      times.append(ends.count == 1 ? 0 : time)
      let output = events[event - 1].end
      if ends.count == 1 || event - lastSnapshot.event >= snapshotSpacing
        || output - lastSnapshot.output >= Self.outputSpacing * snapshotSpacing / 256
      {
        keep(terminal)
        lastSnapshot = (event, output)
      }
    }
    // Events that changed nothing behind the last picture belong to nobody.
    if ends.isEmpty { (ends, times) = ([0], [0]) }
  }

  private func apply(_ event: Int, to terminal: inout Emulator) {
    let start = event == 0 ? 0 : cast.events[event - 1].end
    if let size = cast.events[event].size { terminal.resize(to: size) }
    terminal.feed(cast.output[start..<cast.events[event].end])
  }

  private func keep(_ terminal: Emulator) {
    snapshots.append(Snapshot(index: ends.count - 1, terminal: terminal))
    snapshotBytes += terminal.footprint
    while snapshotBytes > Self.snapshotLimit, snapshots.count > 2 {
      snapshots = snapshots.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
      snapshotBytes = snapshots.reduce(0) { $0 + $1.terminal.footprint }
      snapshotSpacing *= 2
    }
  }

  // MARK: - Looking

  func picture(_ index: Int) -> Picture {
    if let known = passed.last(where: { $0.index == index }) { return known.picture }
    let start = nearest(index)
    if start.index > cursor.index || cursor.index > index {
      cursor = start
      passed.removeAll(keepingCapacity: true)
      if start.index >= 0 { pass() }
    }
    while cursor.index < index {
      let next = cursor.index + 1
      for event in (next == 0 ? 0 : ends[next - 1])..<ends[next] {
        apply(event, to: &cursor.terminal)
      }
      cursor.index = next
      pass()
    }
    return cursor.terminal.picture
  }

  /// Remembers the present picture; rows that did not change are shared with those before.
  private func pass() {
    let limit = max(2, min(64, Self.passedLimit / cursor.terminal.footprint))
    if passed.count >= limit { passed.removeFirst(passed.count - limit + 1) }
    passed.append((cursor.index, cursor.terminal.picture))
  }

  /// The last snapshot at or before a picture.
  private func nearest(_ index: Int) -> Snapshot {
    var (low, high) = (0, snapshots.count)
    while low < high {
      let middle = (low + high) / 2
      if snapshots[middle].index <= index { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? snapshots[low - 1] : Snapshot(index: -1, terminal: Emulator(cast.size))
  }
}
