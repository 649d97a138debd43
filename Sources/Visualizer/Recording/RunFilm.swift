/// A recording turned round: not what each frame shows, but when each run of glyphs is shown.
struct RunFilm {
  /// A run that comes and goes, and when it is there, in milliseconds.
  struct Passing {
    var run: PictureRun
    var times: [Range<Int>]
  }

  /// The runs that are there from the first to the last moment.
  private(set) var lasting: [PictureRun] = []
  /// The others, in the order in which they first come.
  private(set) var passing: [Passing] = []
  /// Those of the others that are there at the end.
  private(set) var last: [PictureRun] = []
  /// The chapters that begin, and when.
  private(set) var chapters: [(index: Int, time: Int)] = []

  /// What a picture may hold: more would take a browser's breath away.
  static let limit = 200_000

  private var places: [PictureRun: Int] = [:]
  private var count = 0

  /// - Throws: `PictureTooLong` where runs come and go more than `limit` times.
  init(_ recorder: Recorder, _ theme: Theme, end: Int) throws {
    var shown: Canvas?
    var rows = [[PictureRun]](repeating: [], count: recorder.look.size.rows)
    var begun: [PictureRun: Int] = [:]
    try recorder.play { frame in
      if let chapter = frame.chapter { chapters.append((chapter, frame.time)) }
      for row in rows.indices
      where shown.map({ frame.canvas.changedColumns(from: $0, row: row) != nil }) ?? true {
        let runs = PictureRun.runs(of: frame.canvas, row: row, theme)
        let kept = Set(runs)
        for run in rows[row] where !kept.contains(run) {
          try note(run, from: begun.removeValue(forKey: run), to: frame.time)
        }
        for run in runs where begun[run] == nil { begun[run] = frame.time }
        rows[row] = runs
      }
      shown = frame.canvas
    }
    for run in rows.joined() {
      let isLasting = places[run] == nil && begun[run] == 0
      if isLasting { lasting.append(run) } else { last.append(run) }
      if !isLasting { try note(run, from: begun[run], to: end) }
    }
    passing.sort {
      ($0.times[0].lowerBound, $0.run.row, $0.run.column) < (
        $1.times[0].lowerBound, $1.run.row, $1.run.column
      )
    }
  }

  private mutating func note(_ run: PictureRun, from start: Int?, to end: Int) throws {
    guard let start, start < end else { return }
    count += 1
    guard count <= Self.limit else { throw PictureTooLong() }
    if let place = places[run] {
      passing[place].times.append(start..<end)
    } else {
      places[run] = passing.count
      passing.append(Passing(run: run, times: [start..<end]))
    }
  }
}

/// A recording that is too long to be looked at in a browser.
struct PictureTooLong: Error, CustomStringConvertible {
  var description: String {
    "this is too long for a picture or a page; record a part of it with --from and --to, fewer "
      + "frames with --fps, or a .cast"
  }
}
