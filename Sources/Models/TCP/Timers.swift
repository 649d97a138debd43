/// The timers of an end; one at most of retransmission, loss probe and reordering runs.
public struct Timers: Sendable, Equatable {
  /// Which of the three the retransmission timer is at present.
  public internal(set) var retransmissionKind = TimerKind.retransmission
  var retransmission: RunningTimer?
  var delayedAck: RunningTimer?
  var timeWait: RunningTimer?
  var finWait2: RunningTimer?
  var persist: RunningTimer?
  var pacing: RunningTimer?

  /// The timer of a kind; nil while it does not run.
  public internal(set) subscript(kind: TimerKind) -> RunningTimer? {
    get {
      switch kind {
      case .retransmission, .lossProbe, .reordering:
        kind == retransmissionKind ? retransmission : nil
      case .delayedAck: delayedAck
      case .timeWait: timeWait
      case .finWait2: finWait2
      case .persist: persist
      case .pacing: pacing
      }
    }
    set {
      switch kind {
      case .retransmission, .lossProbe, .reordering:
        if newValue != nil { retransmissionKind = kind }
        retransmission = newValue
      case .delayedAck: delayedAck = newValue
      case .timeWait: timeWait = newValue
      case .finWait2: finWait2 = newValue
      case .persist: persist = newValue
      case .pacing: pacing = newValue
      }
    }
  }

  /// Those that run, in the order of `TimerKind`.
  public var running: [(kind: TimerKind, timer: RunningTimer)] {
    TimerKind.allCases.compactMap { kind in self[kind].map { (kind, $0) } }
  }

  /// Whether any runs.
  public var isEmpty: Bool {
    retransmission == nil && delayedAck == nil && timeWait == nil && finWait2 == nil
      && persist == nil && pacing == nil
  }
}

/// Starting, stopping and running out.
extension Endpoint {
  /// Sets a timer, or sets it anew.
  mutating func start(
    _ kind: TimerKind, for duration: Microseconds, at now: Microseconds, _ journal: inout Journal
  ) {
    let other = kind.isOfRetransmission ? runningRetransmissionKind : nil
    let wasRunning = timers[kind] != nil
    let timer = RunningTimer(startedAt: now, deadline: now + max(0, duration))
    guard timers[kind] != timer else { return }
    timers[kind] = timer
    if let other, other != kind { report(.timerStopped(end, other), &journal) }
    if wasRunning {
      report(.timerRestarted(end, kind, deadline: timer.deadline), &journal)
    } else {
      report(.timerStarted(end, kind, deadline: timer.deadline), &journal)
    }
  }

  /// A timer that runs is set to run out a tick earlier.
  mutating func hasten(_ kind: TimerKind) { timers[kind]?.deadline -= RunningTimer.tick }

  /// Stops a timer if it runs.
  mutating func stop(_ kind: TimerKind, _ journal: inout Journal) {
    guard timers[kind] != nil else { return }
    timers[kind] = nil
    report(.timerStopped(end, kind), &journal)
  }

  /// Stops whichever of the three retransmission timers runs.
  mutating func stopRetransmission(_ journal: inout Journal) {
    if let kind = runningRetransmissionKind { stop(kind, &journal) }
  }

  /// Tells of timers that were stopped together with something else.
  func reportStopped(
    _ stopped: [(kind: TimerKind, timer: RunningTimer)], _ journal: inout Journal
  ) {
    for (kind, _) in stopped { report(.timerStopped(end, kind), &journal) }
  }

  private var runningRetransmissionKind: TimerKind? {
    timers.retransmission == nil ? nil : timers.retransmissionKind
  }

  /// A timer ran out; nothing happens if it does not run.
  public mutating func expire(
    _ kind: TimerKind, at now: Microseconds, _ journal: inout Journal
  ) {
    guard timers[kind] != nil else { return }
    cause = .timer(kind)
    report(.timerExpired(end, kind), &journal)
    timers[kind] = nil
    switch kind {
    case .retransmission: retransmissionTimeout(at: now, &journal)
    case .lossProbe: probeTail(at: now, &journal)
    case .reordering: reorderingTimeout(at: now, &journal)
    case .delayedAck: delayedAckDue(at: now, &journal)
    case .timeWait, .finWait2: closeNow(&journal)
    case .persist: probeWindow(at: now, &journal)
    case .pacing: nextPieceDue(at: now, &journal)
    }
  }
}

extension TimerKind {
  var isOfRetransmission: Bool {
    self == .retransmission || self == .lossProbe || self == .reordering
  }
}
