/// What an end does while it handles one stimulus: the segments it sends and, for whoever listens,
/// every event with the end as it was right after.
///
/// Sends and changes of state are kept always.
///
/// An end knows nothing of the wire; whoever drives it takes the segments from here.
public struct Journal: Sendable {
  /// A segment that an end hands to the wire.
  public struct Outgoing: Sendable, Equatable {
    /// The segment.
    public var segment: Segment
    /// Whether its sequence numbers were sent before.
    public var isRetransmission: Bool
    /// The end's state at that moment.
    public var state: ConnectionState
    /// The end's life at that moment.
    public var incarnation: Int
  }

  /// One entry, in the order in which things happened.
  enum Entry: Sendable {
    case event(TCPEvent, after: Endpoint)
    case state(ConnectionState, ConnectionState, TransitionCause, after: Endpoint?)
    case sent(Outgoing, after: Endpoint?)
  }

  let isListening: Bool
  private(set) var entries: [Entry] = []

  /// A journal; without a listener it keeps the sent segments only.
  public init(isListening: Bool = false) { self.isListening = isListening }

  /// What was sent, in order.
  public var sent: [Outgoing] {
    entries.compactMap { if case .sent(let outgoing, _) = $0 { outgoing } else { nil } }
  }

  /// What was sent last.
  var lastSent: Outgoing? {
    for case .sent(let outgoing, _) in entries.reversed() { return outgoing }
    return nil
  }

  /// The states entered, in order.
  public var states: [ConnectionState] {
    entries.compactMap { if case .state(_, let to, _, _) = $0 { to } else { nil } }
  }

  /// What was reported, but for changes of state, in order; empty without a listener.
  public var events: [TCPEvent] {
    entries.compactMap { if case .event(let event, _) = $0 { event } else { nil } }
  }

  mutating func append(_ entry: Entry) { entries.append(entry) }
}
