import Models

/// Timers, round trips, and what has been acknowledged and delivered.
extension TCPTelling {
  func started(
    _ end: End, _ kind: TimerKind, _ duration: Microseconds, again: Bool
  ) -> Narration {
    let long = time(duration)
    switch kind {
    case .retransmission:
      return say(
        again ? "RFC 6298 5.3" : "RFC 6298 5.1",
        again
          ? "\(its(end).capitalizedFirst) retransmission timer starts anew with \(long): "
            + "something is still unacknowledged."
          : "\(its(end).capitalizedFirst) retransmission timer runs: without an acknowledgment "
            + "within \(long) (RTO) the oldest segment goes again.",
        again
          ? "\(its(end))重传定时器重新计时，\(long)：还有数据未被确认。"
          : "\(its(end))重传定时器启动：\(long)（RTO）内没有确认，就重传最早的报文段。")
    case .lossProbe:
      return say(
        "RFC 8985 7.2",
        "\(The(end)) will probe in \(long) in place of the timeout: if only the tail was lost, no "
          + "later segment would show it.",
        "\(the(end)) \(long) 后先发探测，代替超时：如果丢的是最后一段，后面没有别的报文段能揭示它。")
    case .reordering:
      return say(
        "RFC 8985 6.2",
        "\(The(end)) waits \(long) more before it calls a segment lost: it may only be late.",
        "\(the(end))再等 \(long) 才判定丢失：报文段也许只是乱序迟到。")
    case .delayedAck where rules(end).ackDelay == .adaptive && !after[end].kept.isEmpty:
      return say(
        "Linux",
        "\(The(end)) holds this acknowledgment back, up to \(long): it would tell of the same gap once "
          + "more, and several of these become one.",
        "\(the(end))推迟这个确认，最多 \(long)：它说的仍是同一个缺口，几次合并成一个。")
    case .delayedAck:
      return say(
        rules(end).ackDelay == .adaptive ? "Linux" : "RFC 9293 3.8.6.3",
        "\(The(end)) holds its acknowledgment back, up to \(long): data or a FIN of its own may "
          + "carry it for free.",
        "\(the(end))推迟确认，最多 \(long)：自己的数据或 FIN 也许可以顺便带上它。")
    case .timeWait where again:
      return say(
        nil, "2MSL at \(the(end)) is set to \(long) again.", "\(its(end)) 2MSL 重新设为 \(long)。")
    case .timeWait:
      return say(
        rules(end).linuxTimeWait ? "Linux" : "RFC 9293 3.4.2",
        "2MSL runs at \(the(end)): \(long). MSL for its last ACK to arrive or die, MSL for a "
          + "FIN that asks for it again.",
        "\(its(end)) 2MSL 开始计时：\(long)。一个 MSL 等最后的 ACK 到达或消亡，一个 MSL 等对方重传的 FIN。")
    case .finWait2:
      return say(
        "Linux",
        "No program owns \(its(end)) end any more, so FIN_WAIT_2 gets a limit: \(long).",
        "\(its(end))这一端已没有程序持有，所以 FIN_WAIT_2 有了时限：\(long)。")
    case .persist where roomInWindow(after[end]) > 0:
      let room = bytes(roomInWindow(after[end]))
      return say(
        "RFC 9293 3.8.6.2.1",
        "The other window leaves \(room), too few for what \(the(end)) wants to send: its persist "
          + "timer waits \(long) for more.",
        "对方窗口只剩 \(room)，放不下\(the(end))要发送的数据：persist 定时器等 \(long)，看窗口会不会变大。")
    case .persist:
      return say(
        "RFC 9293 3.8.6.1",
        "The other window is closed; \(the(end)) will ask again in \(long), as the news of its "
          + "opening may be lost.",
        "对方窗口为 0，\(the(end)) \(long) 后会再询问：窗口打开的通知可能丢失。")
    case .pacing where duration <= 1:
      return say(
        "Linux",
        "\(The(end)) may send more, but BBR holds the next piece back: for how long, its rate does not "
          + "tell.", "\(the(end))还可以再发，但 BBR 压着下一批：压多久，从速率看不出来。")
    case .pacing:
      return say(
        "Linux",
        "\(The(end)) may send more, but not yet: BBR spreads it over time and lets the next piece go "
          + "in \(long).",
        "\(the(end))还可以再发，但不是现在：BBR 按节拍发送，\(long) 后才发下一批。")
    }
  }

  func expired(_ end: End, _ kind: TimerKind) -> Narration {
    switch kind {
    case .retransmission:
      return say(
        "RFC 6298 5.4",
        "\(its(end).capitalizedFirst) RTO has run out without an acknowledgment: the segment or "
          + "its ACK is probably lost.",
        "\(its(end)) RTO 超时，仍未收到确认：报文段或它的 ACK 大概丢了。")
    case .lossProbe:
      return say(
        "RFC 8985 7.3",
        "The acknowledgment is overdue at \(the(end)): the last segment goes once more, without "
          + "doubling the RTO.",
        "\(the(end))迟迟等不到确认：把最后一段再发一次作探测，RTO 不加倍。")
    case .reordering:
      return say(
        "RFC 8985 6.2", "\(The(end)) has waited long enough: what is missing counts as lost.",
        "\(the(end))等够了：缺的报文段按丢失处理。")
    case .delayedAck:
      return say(
        rules(end).ackDelay == .adaptive ? "Linux" : "RFC 9293 3.8.6.3",
        "\(its(end).capitalizedFirst) acknowledgment has waited long enough; the other end must "
          + "not take it for lost.",
        "\(its(end))确认不能再等，否则对方会以为丢了。")
    case .timeWait:
      return say(
        rules(end).linuxTimeWait ? "Linux" : "RFC 9293 3.10.8",
        "2MSL is over at \(the(end)): no segment of this connection can be on its way any more.",
        "\(its(end)) 2MSL 结束：这条连接的报文段不可能还在路上。")
    case .finWait2:
      return say(
        "Linux",
        "The FIN that \(the(end)) waits for has not come in time, and nobody is left to care.",
        "\(the(end))等的 FIN 迟迟不来，而这一端早已没有程序关心。")
    case .persist where roomInWindow(before[end]) > 0:
      return say(
        "RFC 9293 3.8.6.1", "The window has not grown in time: \(the(end)) asks for more room.",
        "窗口迟迟没有变大：\(the(end))该询问了。")
    case .persist:
      return say(
        "RFC 9293 3.8.6.1", "Time for \(the(end)) to ask whether the window has opened.",
        "\(the(end))该询问窗口是否打开了。")
    case .pacing:
      return say("Linux", "It is the turn of \(its(end)) next piece.", "轮到\(its(end))下一批数据。")
    }
  }

  func stopped(_ end: End, _ kind: TimerKind) -> Narration {
    switch kind {
    case .retransmission, .lossProbe, .reordering: return stoppedRetransmission(end, kind)
    case .delayedAck where [.closed, .listen].contains(after[end].state):
      return say(
        nil, "The acknowledgment that \(the(end)) held back is not needed any more.",
        "\(the(end))推迟的确认不再需要。")
    case .delayedAck:
      return say(
        nil, "\(The(end)) need not hold an acknowledgment back any longer: one is going out now.",
        "\(the(end))不必再推迟确认：现在就有一个要发出。")
    case .timeWait:
      return say(
        nil, "2MSL stops at \(the(end)) before its time.", "\(its(end)) 2MSL 提前结束。")
    case .finWait2:
      return say(
        nil, "The limit of FIN_WAIT_2 stops at \(the(end)).", "\(its(end)) FIN_WAIT_2 时限停止。")
    case .persist:
      return say(
        nil, "\(The(end)) need not ask for a window any more.", "\(the(end))不必再探测窗口。")
    case .pacing:
      return say(
        nil, "\(The(end)) need not wait for its turn any longer.", "\(the(end))不必再等节拍。")
    }
  }

  private func stoppedRetransmission(_ end: End, _ kind: TimerKind) -> Narration {
    let isOver = [.closed, .listen].contains(after[end].state)
    if after[end].outstanding.isEmpty, !isOver {
      return say(
        "RFC 6298 5.2",
        "Nothing of \(its(end)) is unacknowledged, so its retransmission timer stops.",
        "\(the(end))没有未确认的数据，重传定时器停止。")
    }
    if case .timerStarted(end, let next, _)? = moment.upcoming.first, next != kind {
      let (old, new) = (Self.name(kind), Self.name(next))
      return say(
        rules(end).tailLossProbe ? "RFC 8985 7.2" : "RFC 6298 5",
        "\(its(end).capitalizedFirst) \(old.en) timer gives way to the \(new.en) timer: only one of "
          + "the two runs at a time.",
        "\(its(end))\(old.zh)定时器让位给\(new.zh)定时器：两者同一时刻只运行一个。")
    }
    return say(
      nil, "\(its(end).capitalizedFirst) retransmission timer stops: the connection is over.",
      "\(its(end))重传定时器停止：连接已经结束。")
  }

  /// What a timer is called in a sentence, before "timer".
  private static func name(_ kind: TimerKind) -> Bilingual {
    switch kind {
    case .retransmission: Bilingual("retransmission", "重传")
    case .lossProbe: Bilingual("probe", "探测")
    case .reordering: Bilingual("reordering", "乱序")
    default: Bilingual(kind.rawValue, " \(kind.rawValue) ")
    }
  }

  /// The bytes that the peer's window still leaves.
  private func roomInWindow(_ endpoint: Endpoint) -> Int {
    max(0, endpoint.sndUna + endpoint.sndWnd - endpoint.sndNxt)
  }

  func backedOff(_ end: End, _ from: Microseconds, _ to: Microseconds) -> Narration {
    say(
      "RFC 6298 5.5",
      "\(its(end).capitalizedFirst) RTO doubles from \(time(from)) to \(time(to)): if the way is "
        + "crowded, sending again soon would make it worse.",
      "\(its(end)) RTO 从 \(time(from)) 加倍到 \(time(to))（退避）：如果网络拥塞，急着重传只会更糟。")
  }

  func measured(
    _ end: End, _ sample: Microseconds, _ srtt: Microseconds, _ rto: Microseconds
  ) -> Narration {
    let isLinux = rules(end).linuxRoundTrip
    let least = time(rules(end).minRto)
    let isLeast = !isLinux && rto == rules(end).minRto
    return say(
      isLinux ? "Linux" : before[end].roundTrip.srtt == 0 ? "RFC 6298 2.2" : "RFC 6298 2.3",
      "\(The(end)) measures a round trip of \(time(sample)): SRTT \(time(srtt)), RTO \(time(rto))"
        + (isLeast ? ", the least allowed." : isLinux ? " (at least \(least) above SRTT)." : "."),
      "\(the(end))测得往返时间 \(time(sample))：SRTT \(time(srtt))，RTO \(time(rto))"
        + (isLeast ? "（允许的最小值）。" : isLinux ? "（至少比 SRTT 多 \(least)）。" : "。"))
  }

  // MARK: - Acknowledged and delivered

  func acknowledged(_ end: End, _ upTo: SequenceNumber) -> Narration {
    let to = own(end, upTo)
    if to == 1 {
      return say(
        "RFC 9293 3.10.7.4",
        "\(its(end).capitalizedFirst) SYN is acknowledged: it took number 0, so the next one "
          + "wanted is 1, which is SND.UNA now.",
        "\(its(end)) SYN 被确认：它占用序列号 0，对方下一个要的是 1。SND.UNA 变为 1。")
    }
    if let fin = after[end].finSeq, upTo.isAfter(fin) {
      return say(
        "RFC 9293 3.10.7.4",
        "\(its(end).capitalizedFirst) FIN is acknowledged, and so is every byte before it. "
          + "SND.UNA is \(to): nothing is outstanding.",
        "\(its(end)) FIN 被确认，它之前的每个字节也都到了。SND.UNA 变为 \(to)，没有未确认的数据。")
    }
    return say(
      "RFC 9293 3.10.7.4",
      "\(The(end)) learns that everything before \(to) has arrived. SND.UNA is \(to) now.",
      "\(the(end))得知 \(to) 之前的数据都已到达。SND.UNA 变为 \(to)。")
  }

  func delivered(_ end: End, _ payload: Payload) -> Narration {
    let (from, to) = (theirs(end, before[end].rcvNxt), theirs(end, after[end].rcvNxt))
    let moved = "RCV.NXT: \(from) -> \(to)"
    if payload.origin.incarnation < before[end.peer].incarnation {
      return say(
        nil,
        "\(The(end)) takes \(bytes(payload.count)) of the OLD connection for new ones: the "
          + "numbers fit, nothing else tells them apart. \(moved).",
        "\(the(end))把旧连接的 \(bytes(payload.count))当成新数据收下：序列号吻合，无从分辨。\(moved)。")
    }
    return say(
      "RFC 9293 3.10.7.4",
      "\(bytes(payload.count).capitalizedFirst) \(payload.count == 1 ? "is" : "are") in order: "
        + "\(its(end)) program can read \(payload.count == 1 ? "it" : "them"). "
        + "\(moved).",
      "\(bytes(payload.count))按序到达，\(its(end))程序可以读取。\(moved)。")
  }

  func streamEnded(_ end: End) -> Narration {
    let to = theirs(end, after[end].rcvNxt)
    return say(
      "RFC 9293 3.10.7.4",
      "The FIN is in order: \(its(end.peer)) stream has ended, and reads here will return 0 "
        + "behind the last byte. RCV.NXT: \(to &- 1) -> \(to).",
      "FIN 按序到达：\(its(end.peer))数据流结束，读完后 read 将返回 0。RCV.NXT: \(to &- 1) -> \(to)。")
  }
}
