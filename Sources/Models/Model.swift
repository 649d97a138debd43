/// A simulator of one system: a value that performs operations and reports what happens inside.
///
/// A model knows nothing of files, screens or the time of day. The same operations always give the
/// same events and the same state, so that any moment can be reached again by performing the
/// operations anew from an earlier copy; that is how a viewer steps back.
public protocol Model: Sendable {
  /// One thing a scenario asks of the model, such as "insert k7" or "malloc 48".
  associatedtype Operation: Sendable

  /// One thing that happens while an operation is performed, such as "key moved".
  associatedtype Event: ModelEvent

  /// Receives each event as it happens, with the model's state right after it.
  ///
  /// Whoever wants to keep the state copies it; the model itself makes no copies.
  typealias Observer = (Event, borrowing Self) -> Void

  /// Performs one operation, telling the observer of every event on the way.
  ///
  /// Without an observer no event is even constructed: re-running costs what the bare model costs.
  mutating func perform(_ operation: Operation, observer: Observer?)

  /// An upper bound, in bytes, of what keeping a copy of this state may come to cost once the
  /// original is written on.
  ///
  /// The timeline uses it to keep its checkpoints within a fixed amount of memory.
  var footprint: Int { get }

  /// The part of the footprint that an earlier state does not share.
  func footprint(besides earlier: borrowing Self) -> Int
}

extension Model {
  /// All of it, for models that write all over their state.
  public func footprint(besides earlier: borrowing Self) -> Int { footprint }
}

/// A typed fact that a model reports.
public protocol ModelEvent: Sendable {
  /// The event's name as it appears in `steps --json`: the case's own name, such as `keyMoved`.
  var name: String { get }
}
