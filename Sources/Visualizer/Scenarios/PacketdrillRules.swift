import Models

/// The rules under which the model takes a script's test.
///
/// They are `rfc9293` or `linux`, with what the script itself says of the system under test (its
/// settings, maximum segment size and receive buffer), and with these habits of sockets where the
/// RFC leaves the choice:
/// - `close` gives up both directions, as a program cannot read from a closed socket: RFC 9293,
///   section 3.6.1 (MAY-1, SHLD-3);
/// - the reset of an abort carries ACK, as all known systems send it; RFC 9293, section 3.10.5,
///   shows it without;
/// - an acknowledgment, of data or of a FIN, waits as long as the script lets it, up to 0.5 s: RFC 9293,
///   section 3.8.6.3;
/// - a reset is told to a program that has only ended its own stream, also in CLOSING and LAST_ACK;
/// - a reset in TIME_WAIT is ignored where the script's settings are FreeBSD's: RFC 1337, section 3
///   (F1), but not by RFC 9293;
/// - a SYN does not reopen a connection in TIME_WAIT: RFC 9293, section 3.6.1, allows both (MAY-2).
struct PacketdrillRules {
  var rules: TCPRules
  /// How far times may lie apart.
  private(set) var tolerance = PacketdrillRules.defaultTolerance
  /// How far the window in the script's segments is shifted; 0 without the option.
  private(set) var injectedShift = 0
  /// The windows that the script tells before any data: of the SYN, and behind it.
  private(set) var synWindow: Int?
  private(set) var window: Int?
  /// How far the system's own windows are shifted; nil where they are not.
  private(set) var windowBits: UInt8?
  /// The receive buffer that the script asks for, if the model has it.
  var buffer: PacketdrillBuffer?
  /// Whether a setting of the script says how long the first timeout is.
  private var saysFirstTimeout = false

  /// A kernel's 4 ms and some more, as the model's timers do not run late.
  static let defaultTolerance: Microseconds = 10_000

  /// Reads the rules off a script.
  init(_ script: PacketdrillScript, named name: Name) {
    rules = name == .linux ? .linux : .rfc9293
    rules.offersSack = false
    rules.offersTimestamps = false
    if name == .rfc9293 {
      rules.closeEndsReading = true
      rules.abortCarriesAck = true
      rules.reopensTimeWait = false
      rules.tellsResetWhileClosing = true
      rules.ackDelay = .everySecondSegment(500_000)
      rules.delaysAckOfFin = true
    }
    if let text = script.option("tolerance_usecs")?.value, let value = Int(text) {
      tolerance = min(max(0, value), 10_000_000)
    }
    if script.option("ip_version")?.value == "ipv6" { rules.mss = 1440 }
    for event in script.events {
      switch event.kind {
      case .shell(let command): take(command)
      case .call(let call): take(call)
      default: break
      }
    }
    takeSegments(script)
    takeBuffer(script)
    if !saysFirstTimeout, name == .rfc9293,
      PacketdrillFirstTimeout(script: script, tolerance: tolerance).isFormer
    {
      rules.initialRto = PacketdrillFirstTimeout.former
    }
  }

  /// The rules' names, as scripts and the command line write them.
  enum Name: String, CaseIterable {
    case rfc9293, linux
  }

  /// The rules that a script runs under: what its line `--rules=` says, else the RFC's.
  ///
  /// They must be known before the script is read, as `#ifdef` depends on them.
  static func name(in bytes: [UInt8]) -> Name {
    let wanted = Array("--rules=linux".utf8)
    let isNamed = bytes.split(separator: UInt8(ascii: "\n")).contains { line in
      let text = line.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
      return text.starts(with: wanted)
    }
    return isNamed ? .linux : .rfc9293
  }

  /// The words for which `#ifdef` is true.
  static func defined(by rules: Name) -> Set<String> {
    rules == .linux ? ["Linux", "linux", "__linux__"] : ["STANDARD"]
  }

  // MARK: Settings

  /// A setting of a system by its name and value, in whatever command sets it.
  private mutating func take(_ command: String) {
    // FreeBSD ignores resets in TIME_WAIT: RFC 1337, section 3 (F1).
    if command.contains("net.inet.tcp.") { rules.ignoresResetInTimeWait = true }
    for word in command.split(whereSeparator: { $0.isWhitespace || "\"';".contains($0) }) {
      let sides = word.split(separator: "=", maxSplits: 1)
      guard sides.count == 2, let value = Int(sides[1]) else { continue }
      take(setting: String(sides[0].split(whereSeparator: { "./".contains($0) }).last ?? ""), value)
    }
  }

  private mutating func take(setting name: String, _ value: Int) {
    let milliseconds = min(max(0, value), 10_000_000) * 1000
    switch name {
    case "insecure_rst", "insecure_syn":
      // Set to 1 for the test, and back to 0 behind it.
      if value == 1 { rules.guards.remove(.challengeAck) }
    case "drop_synfin": if value == 1 { rules.dropsSynFin = true }
    case "rexmit_initial":
      if value > 0 {
        rules.initialRto = milliseconds
        saysFirstTimeout = true
      }
    case "rexmit_min": if value >= 100 { rules.minRto = milliseconds }
    case "msl": if value > 0 { rules.timeWait = 2 * milliseconds }
    case "delayed_ack": if value == 0 { rules.ackDelay = .none }
    case "tcp_rfc1337": rules.ignoresResetInTimeWait = value == 1
    case "tcp_fin_timeout": rules.finWait2Timeout = min(max(0, value), 86_400) * 1_000_000
    case "tcp_syn_retries": if (0...127).contains(value) { rules.synRetries = value }
    case "tcp_synack_retries": if (0...127).contains(value) { rules.synAckRetries = value }
    case "tcp_syn_linear_timeouts":
      if rules.linuxArrival, (0...127).contains(value) { rules.linearSynTimeouts = value }
    default: break
    }
  }

  private mutating func take(_ call: PacketdrillScript.SocketCall) {
    if call.name == "setsockopt", call.text(2) == "TCP_NODELAY", call.number(3) == 1 {
      rules.nagle = false
    }
  }

  // MARK: What the segments say

  /// Takes size, options and window from the SYN that the system is expected to send, and the
  /// receive buffer from the window that it tells before any data has come, or from what `SO_RCVBUF` of a connection says.
  private mutating func takeSegments(_ script: PacketdrillScript) {
    var ownShift: Int?
    var peerShift: Int?
    var hasData = false
    for event in script.events {
      switch event.kind {
      case .expected(let packet) where packet.flags.contains(.syn):
        for option in packet.options { take(option, &ownShift) }
        if synWindow == nil { synWindow = packet.window }
      case .expected(let packet) where !packet.flags.contains(.rst):
        if window == nil, !hasData { window = packet.window }
      case .injected(let packet) where packet.flags.contains(.syn) && peerShift == nil:
        for case .windowScale(let shift) in packet.options { peerShift = shift }
      case .injected(let packet): if (packet.length ?? 0) > 0 { hasData = true }
      default: break
      }
    }
    let scales = ownShift != nil && peerShift != nil
    injectedShift = scales ? peerShift ?? 0 : 0
    let shift = scales ? ownShift ?? 0 : 0
    let told = window.map { $0 << shift } ?? synWindow
    windowBits = ownShift.flatMap { scales ? UInt8(exactly: $0) : nil }
    let buffer = min(max(1, told ?? 65535), 1 << 30)
    rules.receiveBuffer = buffer
    rules.timeWaitWindow = buffer
    if let connected = Self.connectedBuffer(script), !scales, buffer == 65535 {
      rules.receiveBuffer = connected
    }
  }

  private mutating func take(_ option: PacketdrillScript.SegmentOption, _ shift: inout Int?) {
    switch option {
    case .mss(let size): if size >= 88 { rules.mss = size }
    case .windowScale(let bits): if shift == nil { shift = bits }
    case .sackPermitted: rules.offersSack = true
    case .timestamps: rules.offersTimestamps = true
    case .open:
      // It takes up what the peer offers.
      if shift == nil { shift = 0 }
      (rules.offersSack, rules.offersTimestamps) = (true, true)
    case .sack, .other: break
    }
  }

  /// The last size of the receive buffer of a socket that is or was connecting.
  ///
  /// FreeBSD takes what fits into it, even where the header's 16 bits tell the peer of less.
  private static func connectedBuffer(_ script: PacketdrillScript) -> Int? {
    var connected: Set<Int> = []
    var size: Int?
    for event in script.events {
      guard case .call(let call) = event.kind else { continue }
      switch call.name {
      case "connect": if let socket = call.number(0) { connected.insert(socket) }
      case "accept": if let socket = call.result, socket >= 0 { connected.insert(socket) }
      case "getsockopt" where call.text(2) == "SO_RCVBUF":
        if let socket = call.number(0), connected.contains(socket), let value = call.number(3) {
          size = min(max(1, value), 1 << 30)
        }
      default: break
      }
    }
    return size
  }
}
