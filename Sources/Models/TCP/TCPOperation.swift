/// What a script asks of the network.
public enum TCPOperation: Sendable, Equatable {
  /// Adds a connection's addresses: client port and server port. It gets the next index, from 0.
  case addConnection(clientPort: Int, serverPort: Int)
  /// A user's call at an end.
  case call(End, Call)
  /// Lets time pass; what is due on the way happens.
  case run(for: Microseconds)
  /// Lets time pass up to a point in time.
  case runUntil(Microseconds)
  /// Lets time pass until an end is in a state, but not longer than the limit.
  case runUntilState(End, ConnectionState, limit: Microseconds)
  /// Lets time pass until nothing is under way, but not longer than the limit.
  case runUntilQuiet(limit: Microseconds)
  /// The delay of everything that the side sends from now on.
  case wireDelay(from: Side, Microseconds)
  /// What happens to the next segment that an end sends and that has no fate yet.
  case fate(End, Fate)
  /// Fates that were told and not used are forgotten: the wire delivers what is sent from now on.
  case forgetFates
  /// The ISN that an end takes next, if it may choose one.
  case nextIss(End, SequenceNumber)
  /// What the clock of an end's timestamps reads at a time, in microseconds; it tells milliseconds.
  case clock(End, reads: Microseconds, at: Microseconds)
  /// What an end's segments tell of that clock at a time, in milliseconds.
  case stamp(End, UInt32, at: Microseconds)
  /// Puts a segment on the wire as if the end had sent it; the end itself does not know of it.
  case inject(from: End, Segment, isRetransmission: Bool)
  /// One more copy of a segment of the log arrives, after a delay from now.
  case deliverCopy(index: Int, after: Microseconds)
  /// A script plays an end from now on; see `inject`.
  case playByScript(End)
  /// A timer runs out now, as it may on a system whose timers are coarse. Retransmission, loss probe
  /// and reordering share a timer: any of the three names whichever runs.
  case expire(End, TimerKind)
  /// A timer runs out a tick earlier: a system counts whole ticks, and when one begins cannot be seen.
  case hasten(End, TimerKind)
  /// The next piece may go right away, though its time has not come by the model's estimate of the path.
  case letPieceGo(End)
  /// What a capture's times leave open at an end is decided the less likely way, or no longer so.
  case decideTimingOtherwise(End, Bool)
  /// The listener on an end's port goes away; a connection that it has opened stays.
  case stopListening(End)
}
