import Models

/// The receive buffer that a script asks for: by `SO_RCVBUF` before the connection's SYN, or by Linux's
/// setting `tcp_rmem`.
///
/// Source: Linux `__sock_set_rcvbuf`, `tcp_rmem`.
struct PacketdrillBuffer {
  /// What `SO_RCVBUF` asked for, in bytes.
  private(set) var asked: Int?
  /// What `tcp_rmem` says: what a buffer begins with, and what it grows to.
  private(set) var memory: (initial: Int, largest: Int)?

  private static let limit = 1 << 30

  init(_ script: PacketdrillScript) {
    for event in script.events {
      switch event.kind {
      case .injected(let packet), .expected(let packet):
        if packet.flags.contains(.syn) { return }
      case .shell(let command): memory = Self.memory(in: command) ?? memory
      case .call(let call):
        guard call.name == "setsockopt", call.text(2) == "SO_RCVBUF" else { continue }
        asked = call.number(3).map { min(max(1, $0), Self.limit) } ?? asked
      case .outside: break
      }
    }
  }

  /// The size of the memory that Linux gives it; nil where the script asks for nothing.
  var size: ReceiveMemory.Size? {
    if let asked { return ReceiveMemory.Size(asked: asked) }
    guard let memory else { return nil }
    var size = ReceiveMemory.Size()
    (size.initial, size.largest) = memory
    return size
  }

  /// Whether a call asks for a buffer that the model has.
  func isOf(_ call: PacketdrillScript.SocketCall) -> Bool {
    asked != nil && call.number(3) == asked
  }

  /// `tcp_rmem="4096 131072 $((32*1024*1024))"` in a command.
  private static func memory(in command: String) -> (initial: Int, largest: Int)? {
    let words = command.split { $0.isWhitespace || "\"'=;".contains($0) }
    guard let name = words.lastIndex(where: { $0.hasSuffix("tcp_rmem") }), name + 3 < words.count,
      let initial = product(words[name + 2]), let largest = product(words[name + 3])
    else { return nil }
    return (initial, max(initial, largest))
  }

  /// A number, or the shell's `$((32*1024))`.
  private static func product(_ word: Substring) -> Int? {
    var value = 1
    for factor in word.split(whereSeparator: { "$()*".contains($0) }) {
      guard let number = Int(factor), (1...limit).contains(number) else { return nil }
      let (next, overflows) = value.multipliedReportingOverflow(by: number)
      guard !overflows, next <= limit else { return nil }
      value = next
    }
    return value
  }
}

extension PacketdrillRules {
  /// Takes the receive buffer that the script asks for, where the windows that it tells are not others.
  ///
  /// Linux counts memory, of which a window is an estimate; by the RFC a buffer holds bytes.
  mutating func takeBuffer(_ script: PacketdrillScript) {
    let buffer = PacketdrillBuffer(script)
    guard window == nil, let size = buffer.size else { return }
    let first = size.firstWindow(segmentSize: rules.mss - (rules.offersTimestamps ? 12 : 0))
    guard synWindow == nil || synWindow == min(first, 65_535) else { return }
    if rules.linuxArrival {
      rules.receiveBuffer = nil
      rules.receiveMemory = size
      rules.windowShift = windowBits
    } else if synWindow == nil {
      rules.receiveBuffer = min(buffer.asked ?? first, windowBits == nil ? 65_535 : 65_535 << 14)
      rules.timeWaitWindow = rules.receiveBuffer
    }
    self.buffer = buffer
  }
}
