/// The futures of a show: as it was opened, and as the viewer has let it go on.
struct Branches {
  /// Where a viewer is in a branch, kept while another one is watched.
  struct Place {
    var step: Int
    var before: Int?
    var bookmarks: [Bookmark]
  }

  private struct Branch {
    var show: any Show
    var place: Place
    /// The last step that it has in common with the branch it was made in.
    var fork = Int.max
  }

  /// The first is the show as it was opened.
  private var all: [Branch]
  /// The branch that is watched, from 0.
  private(set) var current = 0

  /// The most branches that are kept, the original among them.
  static let limit = 9
  /// How many operations they may have together, besides the original's.
  static let operationLimit = 2_000_000

  init(_ show: any Show) {
    all = [Branch(show: show, place: Place(step: 0, before: nil, bookmarks: []))]
  }

  var count: Int { all.count }
  /// The show of the branch that is watched.
  var show: any Show { all[current].show }
  /// The last step that all branches have in common.
  var lastSharedStep: Int { all.map(\.fork).min() ?? Int.max }
  /// Whether trying at a step makes this branch longer instead of making another one: nothing of it
  /// is lost then.
  func extends(atStep step: Int) -> Bool {
    current > 0 && show.nextItem(afterStep: step) == nil
  }

  /// What the show that is tried at a step is to be called.
  func name(atStep step: Int) -> String {
    extends(atStep: step) ? show.name : "\(all[0].show.name)-\(all.count + 1)"
  }

  /// Why nothing more can be tried; nil where it can.
  func refusal(atStep step: Int) -> Bilingual? {
    guard extends(atStep: step) || all.count < Self.limit else {
      return Bilingual(
        "\(Self.limit) branches are kept at most; go on at the end of one (B)",
        "最多保留 \(Self.limit) 个分支；请到某个分支末尾继续（B）")
    }
    let others = all.dropFirst().reduce(0) { $0 + $1.show.operationCount }
    guard others + show.operationCount <= Self.operationLimit else {
      return Bilingual("too many operations are kept in branches", "各分支保留的操作太多")
    }
    return nil
  }

  /// Takes in what was tried at a step, and watches it.
  mutating func add(_ show: any Show, atStep step: Int, leaving place: Place) {
    if extends(atStep: step) {
      all[current].show = show
      return
    }
    all[current].place = place
    var start = place
    start.bookmarks.removeAll { $0.step > step }
    all.append(Branch(show: show, place: start, fork: step))
    current = all.count - 1
  }

  /// Watches the next branch, and returns where the viewer has left it.
  mutating func next(leaving place: Place) -> Place {
    all[current].place = place
    current = (current + 1) % all.count
    return all[current].place
  }
}
