/// What an end thinks of the path, to be shown.
public struct Congestion: Sendable, Equatable {
  /// What the window follows.
  public var control: TCPRules.CongestionControl
  /// The congestion window, in segments.
  public var window: Int
  /// Where slow start ends, in segments; nil: nothing was lost so far, or it does not matter.
  public var threshold: Int?
  /// How many segments are under way, by what is known at this end.
  public var inFlight: Int
  /// What is being done about losses.
  public var phase: Phase

  /// What an end does about losses.
  public enum Phase: Sendable {
    /// Nothing is lost; the window grows by as much as is acknowledged, or slowly.
    case slowStart, avoidance
    /// A loss was found by what arrived around it, or by a timeout.
    case recovery, timeout
    /// BBR's own modes.
    case startup, drain, probeBandwidth, probeRoundTrip
  }
}

extension Endpoint {
  /// The congestion window and what it follows.
  ///
  /// Source: RFC 5681; RFC 9438; Linux `tcp_info`.
  public var congestion: Congestion {
    let isBBR = rules.congestionControl == .bbr
    let phase: Congestion.Phase =
      switch recovery.phase {
      case .recovery: .recovery
      case .timeout: .timeout
      case .open where isBBR:
        switch recovery.bbr.mode {
        case .startup: .startup
        case .drain: .drain
        case .probeBandwidth: .probeBandwidth
        case .probeRoundTrip: .probeRoundTrip
        }
      case .open: recovery.isSlowStart ? .slowStart : .avoidance
      }
    let isKnown = !isBBR && recovery.threshold < Int.max / 2
    return Congestion(
      control: rules.congestionControl, window: recovery.congestionWindow,
      threshold: isKnown ? recovery.threshold : nil, inFlight: inFlight, phase: phase)
  }
}
