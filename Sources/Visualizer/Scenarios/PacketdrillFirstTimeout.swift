import Models

/// Which first retransmission timeout the system under test evidently has.
///
/// RFC 6298, section 2.1, recommends 1 s, and calls 3 s, which was the rule before it, conservative
/// and allowed. Scripts are written for systems of either time and seldom say so, but their first SYN
/// tells: it comes again after 3 s, or is answered later than a second without having come again.
///
/// Source: RFC 6298, sections 2.1 and 8, appendix A; RFC 1122, section 4.2.3.1.
struct PacketdrillFirstTimeout {
  /// What was the rule before RFC 6298.
  static let former: Microseconds = 3_000_000
  private static let recommended: Microseconds = 1_000_000

  let script: PacketdrillScript
  /// How far times may lie apart.
  let tolerance: Microseconds

  /// Whether the script holds for the former timeout and not for the recommended one.
  var isFormer: Bool {
    var now: Microseconds = 0
    var sent: (at: Microseconds, packet: PacketdrillScript.Packet)?
    for event in script.events {
      guard case .at(let time, let end, let isRelative) = event.time else { return false }
      now = time + (isRelative ? now : 0)
      guard let syn = sent else {
        if case .expected(let packet) = event.kind, Self.isSyn(packet) { sent = (now, packet) }
        continue
      }
      let waited = now - syn.at
      switch event.kind {
      case .expected(let packet) where Self.isSyn(packet) && packet.flags == syn.packet.flags:
        return end == nil && abs(waited - Self.former) <= tolerance
      case .injected(let packet):
        if waited > Self.recommended + tolerance { return waited < Self.former }
        if Self.answers(packet, syn.packet) { return false }
      case .call(let call) where call.name == "close": return false
      default: break
      }
    }
    return false
  }

  /// Whether a segment ends the wait: it acknowledges the SYN, or is the peer's own.
  ///
  /// A bare SYN is not acknowledged without a SYN of the peer's.
  ///
  /// Source: RFC 9293, section 3.10.7.3.
  private static func answers(
    _ packet: PacketdrillScript.Packet, _ syn: PacketdrillScript.Packet
  ) -> Bool {
    let acknowledges = packet.flags.contains(.ack) && packet.ack == (syn.seq ?? 0) &+ 1
    if packet.flags.contains(.syn) { return acknowledges || !packet.flags.contains(.ack) }
    if packet.flags.contains(.rst) { return acknowledges || syn.flags.contains(.ack) }
    return acknowledges && syn.flags.contains(.ack)
  }

  private static func isSyn(_ packet: PacketdrillScript.Packet) -> Bool {
    packet.flags.contains(.syn) && !packet.flags.contains(.rst)
  }
}
