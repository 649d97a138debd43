import Models

/// What each conclusion from a capture means, in both languages.
struct CaptureNarration {
  let words: CaptureWords

  func narrate(_ event: WireEvent, _ language: Language) -> Narration {
    let (text, source) = sentence(event)
    return Narration(text[language], source: source)
  }

  private func sentence(_ event: WireEvent) -> (Bilingual, String?) {
    switch event {
    case .packetSeen(let segment, let seq, let ack): (packet(segment, seq, ack), nil)
    case .stateDerived(let side, let from, let to, let why, let isPresumed):
      (state(side, from, to, why, isPresumed), "RFC 9293 3.10")
    case .retransmissionSeen(let side, let packet):
      (
        Bilingual(
          "Packet \(packet) repeats numbers that the \(side.name) had sent before: a retransmission.",
          "第 \(packet) 个包重复了\(zh(side))已发过的序列号：这是重传。"), "RFC 6298"
      )
    case .outOfOrderSeen(_, let packet):
      (
        Bilingual(
          "Packet \(packet) fills numbers that were skipped before: it was overtaken, or lost before the capture and sent again.",
          "第 \(packet) 个包补上了先前跳过的序列号：它被后面的包超过，或在到达抓包点之前丢失后重发。"), nil
      )
    case .keepAliveSeen(let side, let packet):
      (
        Bilingual(
          "Packet \(packet) is a keep-alive: the \(side.name) asks whether its peer is still there.",
          "第 \(packet) 个包是保活探测：\(zh(side))在询问对方是否还在。"), "RFC 9293 3.8.4"
      )
    case .gapSeen(let side, let packet, let count):
      (
        Bilingual(
          "\(count) numbers of the \(side.name) before packet \(packet) are not in the capture, at least not yet.",
          "在第 \(packet) 个包之前，\(zh(side))有 \(count) 个序列号（至少目前）不在抓包中。"), nil
      )
    case .anomaly(let kind, let side, let packet, let states):
      (
        Bilingual(
          "Packet \(packet): the \(side.name) \(CaptureWords.anomaly(kind, states).en). No endpoint that follows RFC 9293 does that.",
          "第 \(packet) 个包：\(zh(side))\(CaptureWords.anomaly(kind, states).zh)。遵循 RFC 9293 的端点不会这样做。"
        ),
        "RFC 9293"
      )
    }
  }

  private func zh(_ side: Side) -> String { CaptureWords.name(side).zh }

  private func packet(_ segment: WireSegment, _ seq: UInt32?, _ ack: UInt32?) -> Bilingual {
    let label = CaptureWords.label(segment, seq: seq, ack: ack)
    let time = words.time(segment)
    let late = segment.isLateInFile
    return Bilingual(
      "Packet \(segment.packet), \(time) s: the \(segment.sender.name) sends \(label)."
        + (late ? " In the file it stands behind packets that are later." : ""),
      "第 \(segment.packet) 个包，\(time) 秒：\(zh(segment.sender))发送 \(label)。"
        + (late ? "它在文件中排在更晚的包之后。" : ""))
  }

  private func state(
    _ side: Side, _ from: PossibleStates, _ to: PossibleStates, _ why: WireReason,
    _ isPresumed: Bool
  ) -> Bilingual {
    let reason: Bilingual
    switch why {
    case .sent(let packet, let flags):
      reason = Bilingual("it sent packet \(packet) (\(flags))", "它发出了第 \(packet) 个包（\(flags)）")
    case .arrived(let packet, let flags):
      reason = Bilingual("packet \(packet) (\(flags)) reaches it", "第 \(packet) 个包（\(flags)）到达")
    case .peerStillSends(let packet):
      reason = Bilingual(
        "packet \(packet) shows that its peer had not sent a FIN before",
        "第 \(packet) 个包表明对方此前没有发过 FIN")
    }
    let (en, zhStates) = (CaptureWords.states(to, .en), CaptureWords.states(to, .zh))
    let presumed =
      isPresumed
      ? Bilingual(
        " Presumed: nothing that follows shows whether that packet arrived.",
        "这是推测：之后没有任何包表明它是否到达。") : Bilingual("", "")
    if from == to {
      return Bilingual(
        "The \(side.name) is in \(en) for sure: \(reason.en).",
        "\(zh(side))确实处于 \(zhStates)：\(reason.zh)。")
    }
    if to.known == nil {
      return Bilingual(
        "The \(side.name) may now be in \(en): \(reason.en). The wire does not tell which.\(presumed.en)",
        "\(zh(side))此时可能处于 \(zhStates)：\(reason.zh)。线路上看不出是哪一个。\(presumed.zh)")
    }
    if let was = from.known {
      return Bilingual(
        "The \(side.name) goes from \(was.rawValue) to \(en): \(reason.en).\(presumed.en)",
        "\(zh(side))从 \(was.rawValue) 进入 \(zhStates)：\(reason.zh)。\(presumed.zh)")
    }
    return Bilingual(
      "The \(side.name) is in \(en) now: \(reason.en).\(presumed.en)",
      "\(zh(side))此时处于 \(zhStates)：\(reason.zh)。\(presumed.zh)")
  }
}
