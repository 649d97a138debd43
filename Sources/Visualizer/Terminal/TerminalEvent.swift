internal import CNcurses
internal import Glibc

/// What can happen while a full-screen program waits.
enum TerminalEvent: Equatable {
  case key(Key)
  /// The window has another size, or was changed to and fro: draw for this size.
  case resized(Size)
  /// The program was stopped and goes on, perhaps much later: draw for this size, and let no
  /// animation make up for the time between.
  case resumed(Size)
  /// The program is to end: let the screen go, then call the signal's `endProgram()`.
  case terminated(TerminationSignal)
  /// The time that was waited for has come.
  case deadline
  /// The terminal takes bytes again after a frame had to be left out.
  case drawable
  /// No key will ever come any more: the terminal is gone.
  case inputClosed
}

extension Screen {
  /// Whether keys were read that have not been reported yet: a loop that draws only when there are
  /// none keeps up with a key held down, and with a paste.
  var hasKeysWaiting: Bool { !keyboard.isEmpty }

  /// Waits for the next event: a signal, a key, or the deadline, in this order if all are there.
  ///
  /// Without a deadline it waits for as long as nothing happens, and uses no processor meanwhile.
  mutating func nextEvent(until deadline: ContinuousClock.Instant? = nil) -> TerminalEvent {
    while true {
      var sources = [
        pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0),
        pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0),
        pollfd(fd: owesFrame ? STDOUT_FILENO : -1, events: Int16(POLLOUT), revents: 0),
      ]
      let timeout = keyboard.isEmpty ? Self.milliseconds(until: deadline) : 0
      let count = poll(&sources, nfds_t(sources.count), timeout)
      if count > 0, sources[0].revents != 0, let event = takeSignals() { return event }
      if let key = keyboard.next() { return .key(key) }
      let input = Int32(sources[1].revents)
      if count > 0 && input != 0 || keyboard.mayHoldMore {
        // A terminal that is readable and has nothing to read is at its end.
        let isClosed =
          input & (POLLERR | POLLNVAL) != 0
          || input != 0 && !keyboard.mayHoldMore && waiting_bytes(STDIN_FILENO) == 0
        if isClosed { return closing() }
        keyboard.read(from: window)
        if let key = keyboard.next() { return .key(key) }
      }
      if count > 0, sources[2].revents != 0 { return .drawable }
      if let deadline, ContinuousClock.now >= deadline { return .deadline }
    }
  }

  /// Makes one event of all signals that wait: an end before everything else.
  private mutating func takeSignals() -> TerminalEvent? {
    let taken = signals.take()
    if let end = taken.end { return .terminated(end) }
    if taken.isSuspended || taken.isContinued {
      if let end = suspend(wasStopped: !taken.isSuspended) { return .terminated(end) }
      return .resumed(size)
    }
    guard taken.isResized else { return nil }
    readSize()
    return .resized(size)
  }

  /// The end of a terminal whose input has ended: most often a hang-up, which the signal tells.
  private mutating func closing() -> TerminalEvent {
    var source = pollfd(fd: signals.descriptor, events: Int16(POLLIN), revents: 0)
    // The kernel closes the input a moment before it sends the signal.
    poll(&source, 1, 50)
    if let end = signals.take().end { return .terminated(end) }
    return .inputClosed
  }

  /// Time to a deadline for `poll`: rounded up, for else it would wake early and ask again and again.
  private static func milliseconds(until deadline: ContinuousClock.Instant?) -> Int32 {
    guard let deadline else { return -1 }
    let left = ContinuousClock.now.duration(to: deadline)
    guard left > .zero else { return 0 }
    return Int32(min(left / .milliseconds(1), 3_600_000).rounded(.up))
  }
}
