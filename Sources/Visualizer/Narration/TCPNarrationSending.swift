import Models

/// Why segments are sent.
extension TCPTelling {
  private typealias Why = (text: Bilingual, source: String?)

  func sent(_ record: SegmentRecord) -> Narration {
    let end = record.sender
    let why = reason(record)
    if record.cause == .script, before[end].isScripted {
      return say(
        nil, "The script, as \(the(end)), sends \(numbers(record)).",
        "脚本扮演\(the(end))，发送 \(numbers(record))。")
    }
    if record.cause == .script {
      return say(
        why.source,
        "In \(its(end)) name comes \(numbers(record)): \(why.text.en)",
        "以\(its(end))名义出现 \(numbers(record))：\(why.text.zh)")
    }
    return say(
      why.source,
      "\(The(end)) sends \(numbers(record))\(record.isRetransmission ? " again" : ""): "
        + "\(why.text.en)",
      "\(the(end))\(record.isRetransmission ? "重传" : "发送") \(numbers(record))：\(why.text.zh)")
  }

  private func reason(_ record: SegmentRecord) -> Why {
    let flags = record.segment.flags
    if record.cause == .script {
      return (Bilingual("neither end of this connection has sent it.", "这条连接的两端都没有发过它。"), nil)
    }
    if flags.contains(.rst) { return reset(record) }
    if record.isRetransmission { return again(record) }
    if flags.contains(.syn) { return syn(record) }
    if flags.contains(.fin) { return fin(record) }
    if record.segment.payloadLength > 0 { return data(record) }
    return acknowledgment(record)
  }

  private func syn(_ record: SegmentRecord) -> Why {
    guard record.segment.flags.contains(.ack) else {
      return (
        Bilingual(
          "it asks for a connection and says from where it counts. A SYN takes one number.",
          "请求建立连接，并告诉对方自己从哪里计数。SYN 占用一个序列号。"), "RFC 9293 3.5"
      )
    }
    if !after[record.sender].isPassive {
      return (
        Bilingual(
          "its own SYN once more, now with the ACK of the other's. The SYNs crossed, so nothing "
            + "could merge.",
          "再发一次自己的 SYN，并确认对方的。两个 SYN 交错，无法合并。"), "RFC 9293 3.5"
      )
    }
    return (
      Bilingual(
        "one segment acknowledges the SYN and carries its own. So opening takes three, not four.",
        "一个报文段既确认对方的 SYN 又带上自己的，所以握手是三次而不是四次。"), "RFC 9293 3.5"
    )
  }

  private func fin(_ record: SegmentRecord) -> Why {
    let segment = record.segment
    let end = record.sender
    let number = own(end, segment.seq + segment.payloadLength)
    if acknowledgesFinFirst(record) {
      return (
        Bilingual(
          "the ACK of the FIN had not left yet, so it rides on this FIN. Two segments become one.",
          "对 FIN 的 ACK 还没有发出，就搭在这个 FIN 上，两个报文段合成一个。"), "RFC 9293 3.8.6.3"
      )
    }
    if segment.payloadLength > 0 {
      return (
        Bilingual(
          "the last bytes, and the FIN behind them with number \(number).",
          "最后的字节，FIN 跟在后面，序列号 \(number)。"), "RFC 9293 3.6"
      )
    }
    if after[end].state == .lastAck {
      return (
        Bilingual(
          "now this direction ends too. The FIN takes number \(number).",
          "这个方向也到此结束。FIN 占用序列号 \(number)。"), "RFC 9293 3.6"
      )
    }
    return (
      Bilingual(
        "no byte follows. The FIN takes number \(number), so its ACK will say \(number &+ 1).",
        "之后不再有数据。FIN 占用序列号 \(number)，对它的确认将是 ack \(number &+ 1)。"), "RFC 9293 3.6"
    )
  }

  /// Whether a segment is the first to acknowledge the peer's FIN.
  private func acknowledgesFinFirst(_ record: SegmentRecord) -> Bool {
    let end = record.sender
    guard after[end].state.hasPeerFin, record.segment.ack == after[end].rcvNxt else {
      return false
    }
    var index = record.index - 1
    while index >= 0, record.index - index < 200 {
      let earlier = after.log[index]
      if earlier.sender == end, earlier.incarnation == record.incarnation,
        earlier.segment.ack == record.segment.ack
      {
        return false
      }
      index -= 1
    }
    return true
  }

  private func data(_ record: SegmentRecord) -> Why {
    let end = record.sender
    let segment = record.segment
    if case .timer(.persist) = record.cause {
      return (
        segment.payloadLength == 1
          ? Bilingual(
            "one byte to ask whether the window is open again.", "用一个字节询问窗口是否重新打开。")
          : Bilingual(
            "what fits, to learn whether the window has grown.", "先发放得下的部分，借此得知窗口是否变大。"),
        "RFC 9293 3.8.6.1"
      )
    }
    let last = own(end, segment.end - 1)
    let first = own(end, segment.payloadSeq)
    let range = (
      first == last ? "byte \(first)" : "bytes \(first) to \(last)",
      first == last ? "第 \(first) 字节" : "第 \(first) 到 \(last) 字节"
    )
    if after[end].state == .closeWait {
      return (
        Bilingual(
          "\(range.0) of its stream. The FIN closed the other direction only; this one "
            + "still works.",
          "数据流的\(range.1)。对方的 FIN 只关闭了另一个方向，这个方向照常工作。"), "RFC 9293 3.6"
      )
    }
    if case .arrival = record.cause, waitedForPath(record) {
      let window = after[end].congestion.window
      return (
        Bilingual(
          "\(range.0) of its stream, which had to wait for room in the congestion window of \(window) "
            + "segments.",
          "数据流的\(range.1)，它们一直在等拥塞窗口（\(window) 段）腾出空间。"), "RFC 5681 3.1"
      )
    }
    if case .arrival = record.cause {
      return (
        Bilingual(
          "\(range.0) of its stream, which had to wait for this acknowledgment.",
          "数据流的\(range.1)，它们一直在等这个确认。"), "RFC 9293 3.7.4"
      )
    }
    return (
      Bilingual(
        first == 1
          ? "\(range.0) of its stream; the ack field repeats what has arrived from the other."
          : "\(range.0) of its stream.",
        "数据流的\(range.1)" + (first == 1 ? "；ack 字段顺便重复已收到的进度。" : "。")), "RFC 9293 3.10.2"
    )
  }

  /// Whether it was the congestion window that held a segment back: it is a full one, and the peer's window has
  /// room for more.
  private func waitedForPath(_ record: SegmentRecord) -> Bool {
    let tcb = after[record.sender]
    return tcb.congestion.control != .bbr && record.segment.payloadLength >= tcb.sendMss
      && tcb.sndUna + tcb.sndWnd - tcb.sndNxt >= tcb.sendMss
  }

  // MARK: - Acknowledgments

  private func acknowledgment(_ record: SegmentRecord) -> Why {
    let end = record.sender
    let ack = record.relativeAck ?? 0
    switch record.cause {
    case .call:
      return (
        Bilingual(
          "the program has read, and the other should know that there is room again.",
          "程序读走了数据，要让对方知道又有空间了。"), "RFC 9293 3.8.6.2.2"
      )
    case .timer(.delayedAck) where !record.segment.sack.isEmpty:
      return (
        Bilingual(
          "several become one. Everything before \(ack) has arrived, and something beyond a gap.",
          "几次合并成一个。\(ack) 之前的都已收到，缺口之后也有数据到达。"), "Linux"
      )
    case .timer(.delayedAck):
      return (
        Bilingual(
          "nothing came for it to ride on. Everything before \(ack) has arrived.",
          "没有可以搭载的数据，只好单独发。\(ack) 之前的都已收到。"),
        rules(end).ackDelay == .adaptive ? "Linux" : "RFC 9293 3.8.6.3"
      )
    case .timer:
      return (
        Bilingual(
          "an old number that must be answered: so it learns the window.", "用旧序列号引出应答，借此得知窗口大小。"),
        "Linux"
      )
    case .script: return (Bilingual("", ""), nil)
    case .arrival(let index):
      return answer(to: after.log[index], record, ack)
    }
  }

  private func answer(
    to arrived: SegmentRecord, _ record: SegmentRecord, _ ack: UInt32
  ) -> Why {
    let flags = arrived.segment.flags
    let end = record.sender
    if isNext({ if case .challengeAckSent = $0 { true } else { false } }) {
      return (
        Bilingual(
          "an ACK and no more. It tells what is expected here, \(ack).",
          "只回一个 ACK，说明这里期望的是 "
            + "\(ack)。"),
        "RFC 5961 3"
      )
    }
    switch discardReason {
    case .outsideWindow?, .duplicate?:
      return flags.contains(.fin)
        ? (
          Bilingual(
            "the FIN is acknowledged once more; \(ack) is expected.", "再次确认那个 FIN，期望 \(ack)。"),
          "RFC 9293 3.10.7.4"
        )
        : (
          Bilingual(
            "it repeats that \(ack) is expected, so that the other can fall in step.",
            "重申期望 \(ack)，让对方跟上。"), "RFC 9293 3.10.7.4"
        )
    case .some:
      return (
        Bilingual(
          "it tells what is really expected, \(ack).", "说明真正期望的是 \(ack)。"), "RFC 9293 3.10.7.4"
      )
    case nil: break
    }
    if flags.contains(.syn) {
      return (
        Bilingual(
          "the third segment. Now the other end will know that its number has arrived.",
          "第三个报文段，让对方知道它的初始序列号已经收到。"), "RFC 9293 3.5"
      )
    }
    if flags.contains(.fin), after[end].rcvNxt.isAtOrAfter(arrived.segment.end) {
      return (
        Bilingual(
          "the FIN took number \(ack &- 1), so \(ack) acknowledges it. An ACK takes no number "
            + "itself.",
          "FIN 占用序列号 \(ack &- 1)，所以用 \(ack) 确认。ACK 本身不占序列号。"), "RFC 9293 3.10.7.4"
      )
    }
    if !after[end].kept.isEmpty {
      return (
        Bilingual(
          "still \(ack), though later bytes have come. That tells the sender what is missing.",
          "仍然是 \(ack)，虽然后面的字节已到：告诉对方缺的是哪一段。"), "RFC 9293 3.8.6.3"
      )
    }
    return (
      Bilingual(
        "everything before \(ack) has arrived.", "\(ack) 之前的数据都已收到。"), "RFC 9293 3.8.6.3"
    )
  }

  // MARK: - Again, and no more

  private func again(_ record: SegmentRecord) -> Why {
    switch record.cause {
    case .timer(.lossProbe):
      return (
        Bilingual(
          "a probe with the last thing sent. If that was all that got lost, it is mended already.",
          "用最后发送的内容作探测；如果丢的只是它，问题就解决了。"), "RFC 8985 7.3"
      )
    case .timer(.reordering):
      return (
        Bilingual(
          "what was sent later has arrived, this one has not.", "后发的已经到达，这一个却没有。"), "RFC 8985 6.2"
      )
    case .timer:
      return (
        Bilingual(
          "the same sequence numbers, so that it does no harm if the first copy did arrive.",
          "序列号不变，即使之前那份其实到了也无妨。"), "RFC 6298 5.4"
      )
    case .arrival(let index) where after.log[index].segment.flags.contains(.syn):
      return (
        Bilingual(
          "the SYN came twice, so the answer goes twice.", "SYN 来了两次，就再应答一次。"), "Linux"
      )
    default:
      return (
        Bilingual(
          "the acknowledgments show that it is missing there.", "从收到的确认看，对方缺这一段。"), "RFC 5681 3.2"
      )
    }
  }

  private func reset(_ record: SegmentRecord) -> Why {
    let end = record.sender
    guard case .arrival(let index) = record.cause else {
      return (
        Bilingual(
          "the connection ends here and now. A reset is not acknowledged and not sent again.",
          "连接就此终止。RST 不需要确认，也不会重传。"), "RFC 9293 3.10.5"
      )
    }
    let arrived = after.log[index].segment
    if before[end].state == .synSent {
      return (
        Bilingual(
          "that ACK belonged to something else. The reset takes its number, to be believed there.",
          "那个 ACK 属于别的连接。RST 用它的 ack 作序列号，对方才会相信。"), "RFC 9293 3.10.7.3"
      )
    }
    if before[end].state != .closed, before[end].state != .listen {
      return (
        Bilingual(
          "it cannot take what arrived, and says so.", "它无法接受收到的内容，用 RST 告诉对方。"),
        rules(end).closeEndsReading ? "Linux" : "RFC 9293 3.10.7.4"
      )
    }
    return arrived.flags.contains(.ack)
      ? (
        Bilingual(
          "its seq is the ack number that came, which the other end must find exact.",
          "seq 取自收到的 ack，对方会发现它完全吻合。"), "RFC 9293 3.10.7.1"
      )
      : (
        Bilingual(
          "a SYN without listener. Its ack covers the SYN, so that the sender knows what is meant.",
          "没有人监听这个 SYN。ack 覆盖该 SYN，发送方才知道拒绝的是它。"), "RFC 9293 3.10.7.1"
      )
  }
}
