import Models

/// Segments on the wire and at their arrival; why they are sent is told elsewhere.
extension TCPTelling {
  func lost(_ end: End, _ record: SegmentRecord) -> Narration {
    let segment = record.segment
    // "300 bytes" are many, "1 byte" and "FIN ACK + 300 bytes" are one.
    let areMany =
      segment.payloadLength > 1 && TCPWords.title(segment) == bytes(segment.payloadLength)
    let arrives = areMany ? "arrive" : "arrives"
    if record.segment.length > 0, !record.segment.flags.contains(.rst) {
      return say(
        "RFC 6298 5",
        "The wire loses it: the \(TCPWords.title(record.segment)) never \(arrives). Nobody is told; "
          + "only the missing acknowledgment will show it.",
        "线路丢失了它：\(TCPWords.title(record.segment, .zh)) 不会到达。没有人会收到通知，只能靠迟迟不来的确认发现。")
    }
    return say(
      "RFC 9293 3.8.1",
      "The wire loses it: the \(TCPWords.title(record.segment)) never \(arrives). It takes no "
        + "number, so no timer will send it again.",
      "线路丢失了它：\(TCPWords.title(record.segment, .zh)) 不会到达。它不占序列号，所以没有定时器会重传它。")
  }

  func held(_ record: SegmentRecord) -> Narration {
    say(
      "RFC 9293 3.4.2",
      "The wire holds the \(TCPWords.title(record.segment)) back, in some slow queue. It may "
        + "still come out when nobody expects it.",
      "线路扣住 \(TCPWords.title(record.segment, .zh))，放在某个缓慢的队列里，它可能在谁也想不到的时候冒出来。")
  }

  func duplicated(_ record: SegmentRecord, _ copies: Int) -> Narration {
    let times = copies == 2 ? "twice" : "\(copies) times"
    return say(
      "RFC 9293 3.4",
      "The wire carries the \(TCPWords.title(record.segment)) \(times). IP promises neither order "
        + "nor once only.",
      "线路把 \(TCPWords.title(record.segment, .zh)) 送达 \(copies) 次。IP 既不保证顺序，也不保证只送一次。")
  }

  func arrived(_ end: End, _ record: SegmentRecord) -> Narration {
    let meaning = meaning(end, record)
    return say(
      meaning.source,
      "\(numbers(record)) arrives at \(the(end)). \(meaning.text.en)",
      "\(numbers(record)) 到达\(the(end))。\(meaning.text.zh)")
  }

  private typealias Meaning = (text: Bilingual, source: String?)

  private func meaning(_ end: End, _ record: SegmentRecord) -> Meaning {
    let endpoint = before[end]
    if endpoint.isScripted {
      return (Bilingual("The script plays this end.", "这一端由脚本扮演。"), nil)
    }
    if isOld(record) {
      let seq = theirs(end, record.segment.seq)
      let expected = theirs(end, endpoint.rcvNxt)
      if endpoint.irs != nil, endpoint.state != .closed, endpoint.state != .listen {
        return (
          Bilingual(
            "It is a straggler of the old connection; in the new one's numbers its seq is \(seq), "
              + "and \(expected) is expected.",
            "它是旧连接迟到的报文段；按新连接的编号 seq 是 \(seq)，而此刻期望的是 \(expected)。"),
          "RFC 9293 3.4.3"
        )
      }
      return (
        Bilingual("It is a straggler of the old connection.", "它是旧连接迟到的报文段。"),
        "RFC 9293 3.4.3"
      )
    }
    switch endpoint.state {
    case .closed, .listen: return meaningWithoutConnection(end, record)
    case .synSent: return meaningInSynSent(end, record)
    default: return meaningInConnection(end, record)
    }
  }

  private func meaningWithoutConnection(_ end: End, _ record: SegmentRecord) -> Meaning {
    let flags = record.segment.flags
    if before[end].isListening || before[end].state == .listen {
      return flags.contains(.syn) && !flags.contains(.ack) && !flags.contains(.rst)
        ? (
          Bilingual("A listener is waiting there for anybody's SYN.", "那里有监听者，谁的 SYN 都收。"),
          "RFC 9293 3.10.7.2"
        )
        : (
          Bilingual(
            "Only a listener is there, and no such connection.", "那里只有监听者，没有这条连接。"),
          "RFC 9293 3.10.7.2"
        )
    }
    if flags.contains([.syn, .ack]), before[end].incarnation == 0 {
      return (
        Bilingual("Nobody there has asked for it.", "那里没有人请求过连接。"), "RFC 9293 3.10.7.1"
      )
    }
    return (
      Bilingual(
        before[end].incarnation > 0
          ? "That end has forgotten the connection." : "Nobody listens on that port.",
        before[end].incarnation > 0 ? "那一端已经忘记了这条连接。" : "那个端口没有人监听。"),
      "RFC 9293 3.10.7.1"
    )
  }

  private func meaningInSynSent(_ end: End, _ record: SegmentRecord) -> Meaning {
    let segment = record.segment
    let source = "RFC 9293 3.10.7.3"
    if segment.flags.contains(.ack), segment.ack != before[end].sndNxt {
      return (
        Bilingual(
          "Its ack is about a number that \(its(end)) SYN never had.", "它确认的不是\(its(end))这个 SYN。"),
        source
      )
    }
    if segment.flags.contains(.rst) {
      return (
        Bilingual("It is the answer to the SYN: no.", "这就是对 SYN 的应答：拒绝。"), source
      )
    }
    if segment.flags.contains([.syn, .ack]) {
      return (
        Bilingual(
          "Its ack 1 is for \(its(end)) SYN, and its own SYN brings the other ISN.",
          "ack 1 确认了\(its(end)) SYN，它自己的 SYN 带来对方的 ISN。"), source
      )
    }
    if segment.flags.contains(.syn) {
      return (
        Bilingual(
          "The other end is opening too: the two SYNs have crossed.", "对方也在主动打开：两个 SYN 在途中交错。"),
        source
      )
    }
    return (Bilingual("That is no answer to a SYN.", "这不是对 SYN 的应答。"), source)
  }

  private func meaningInConnection(_ end: End, _ record: SegmentRecord) -> Meaning {
    let endpoint = before[end]
    let segment = record.segment
    let expected = theirs(end, endpoint.rcvNxt)
    if segment.flags.contains(.rst) { return meaningOfReset(end, segment, expected) }
    if record.arrivals > 1 {
      return (
        Bilingual(
          "It is copy \(record.arrivals) of the same segment; \(expected) is expected now.",
          "这是同一报文段的第 \(record.arrivals) 份，此刻期望的是 \(expected)。"), "RFC 9293 3.4"
      )
    }
    if segment.flags.contains([.syn, .ack]), endpoint.state == .synRcvd, !endpoint.isPassive {
      return (
        Bilingual(
          "It brings the ACK that \(its(end)) own SYN still lacked.",
          "它带来了\(its(end)) SYN "
            + "还缺的 ACK。"),
        "RFC 9293 3.5"
      )
    }
    if segment.flags.contains(.syn) {
      return (
        Bilingual("A SYN where the connection exists already.", "连接已经存在，却来了 SYN。"),
        "RFC 9293 3.10.7.4"
      )
    }
    if segment.length == 0 { return meaningOfAck(end, segment) }
    if segment.seq.isAtOrAfter(endpoint.rcvNxt), endpoint.state.hasPeerFin {
      return (
        Bilingual(
          "The stream has ended before \(expected): nothing can follow the FIN.",
          "数据流在 \(expected) 之前已经结束：FIN 之后不会再有内容。"),
        "RFC 9293 3.10.7.4"
      )
    }
    if segment.seq == endpoint.rcvNxt {
      return (
        Bilingual(
          "It begins with \(expected), exactly the number expected next.",
          "它从 \(expected) 开始，"
            + "正是期望的序列号。"),
        "RFC 9293 3.4"
      )
    }
    if segment.end.isAtOrBefore(endpoint.rcvNxt) {
      return (
        Bilingual(
          "\(expected) is expected: all of this has come before.", "期望的是 \(expected)：这些内容以前都收到过。"),
        "RFC 9293 3.4"
      )
    }
    if segment.seq.isAfter(endpoint.rcvNxt) {
      return (
        Bilingual(
          "\(expected) is expected: something before it is missing.", "期望的是 \(expected)：它前面缺了一段。"),
        "RFC 9293 3.4"
      )
    }
    return (
      Bilingual(
        "\(expected) is expected: what comes before that is known already.",
        "期望的是 \(expected)：在它之前的部分已经有了。"), "RFC 9293 3.4"
    )
  }

  private func meaningOfReset(
    _ end: End, _ segment: Segment, _ expected: UInt32
  ) -> Meaning {
    let source = "RFC 9293 3.10.7.4"
    if segment.seq == before[end].rcvNxt {
      return (
        Bilingual(
          "\(expected) is exactly the number expected, so the reset counts.",
          "\(expected) 正是期望的序列号，这个 RST 有效。"), source
      )
    }
    return (
      Bilingual(
        "Only \(expected) would count: a number that is merely near it can be guessed.",
        "只有 \(expected) 才算数：仅仅相近的序列号是可以猜中的。"), "RFC 5961 3"
    )
  }

  private func meaningOfAck(_ end: End, _ segment: Segment) -> Meaning {
    let endpoint = before[end]
    let source = "RFC 9293 3.10.7.4"
    guard segment.flags.contains(.ack) else {
      return (Bilingual("It carries nothing at all.", "它什么也没有携带。"), source)
    }
    let count = segment.ack - endpoint.sndUna
    let isExpected = segment.seq == endpoint.rcvNxt
    if count > 0, isExpected, segment.ack.isAtOrBefore(endpoint.sndNxt) {
      if endpoint.state == .synRcvd {
        return (
          Bilingual(
            "It is the ACK that \(its(end)) SYN was waiting for.", "这正是\(its(end)) SYN 在等的 ACK。"),
          source
        )
      }
      if let fin = endpoint.finSeq, segment.ack.isAfter(fin) {
        return (
          Bilingual("Its ack covers \(its(end)) FIN.", "它确认了\(its(end)) FIN。"), source
        )
      }
      if endpoint.sndUna == endpoint.iss {
        return (Bilingual("It acknowledges \(its(end)) SYN.", "它确认了\(its(end)) SYN。"), source)
      }
      return (
        Bilingual(
          "It acknowledges \(bytes(count)) more.", "它新确认了 \(bytes(count))。"), source
      )
    }
    if count == 0, isExpected {
      return (
        Bilingual(
          endpoint.outstanding.isEmpty
            ? "It acknowledges nothing new."
            : "It acknowledges nothing new: something is "
              + "missing there.",
          endpoint.outstanding.isEmpty ? "没有新的确认。" : "没有新的确认：对方缺了什么。"), source
      )
    }
    if count >= 0, segment.seq.isAfter(endpoint.rcvNxt),
      segment.ack.isAtOrBefore(endpoint.sndNxt)
    {
      return (
        Bilingual(
          "\(theirs(end, endpoint.rcvNxt)) is expected: something before it is missing. What it "
            + "acknowledges counts all the same.",
          "期望的是 \(theirs(end, endpoint.rcvNxt))：前面缺了东西。它的确认仍然有效。"), source
      )
    }
    if segment.ack.isAfter(endpoint.sndNxt) {
      return (
        Bilingual("It acknowledges what was never sent.", "它确认的是从未发送过的内容。"), source
      )
    }
    return (
      Bilingual(
        "\(theirs(end, endpoint.rcvNxt)) is expected: its numbers are old ones.",
        "期望的是 \(theirs(end, endpoint.rcvNxt))：它的序列号已经过时。"), source
    )
  }

  // MARK: - Without effect

  func discarded(_ end: End, _ reason: DiscardReason) -> Narration {
    let answers = moment.upcoming.prefix(3).contains {
      if case .segmentSent(end, _, _, _) = $0 { true } else { false }
    }
    switch reason {
    case .noConnection:
      return answers
        ? say(
          "RFC 9293 3.10.7.1",
          "Nobody at \(the(end)) knows the connection. The answer is a reset, so that the other "
            + "end need not wait.",
          "\(the(end))没有这条连接，用 RST 应答，免得对方空等。")
        : say(
          "RFC 9293 3.10.7.1",
          "Nobody at \(the(end)) knows the connection, and a reset is never answered by a reset: "
            + "else they would go round for ever.",
          "\(the(end))没有这条连接，而 RST 从不用 RST 应答，否则会来回不止。")
    case .outsideWindow: return discardedOutside(end, answers)
    case .duplicate:
      return say(
        "RFC 9293 3.10.7.4",
        "\(The(end)) has had everything in it before. The bytes are dropped; another ACK tells "
          + "the sender so.",
        "其中的内容\(the(end))以前都收到过。字节丢弃，再发一个 ACK 告诉对方。")
    case .ackOfUnsent:
      return say(
        "RFC 9293 3.10.7.4",
        "It acknowledges what \(the(end)) has never sent, so nothing in it can be trusted.",
        "它确认了\(the(end))从未发送过的序列号，因此其中内容都不可信。")
    case .ackTooOld:
      return say(
        "RFC 5961 5",
        "Its ack is far too old for this connection: the guard ack-range drops the segment, bytes "
          + "and all, and answers with an ACK.",
        "它的 ack 对这条连接来说太旧：保护 ack-range 把整段连同数据丢弃，并回一个 ACK。")
    case .withoutAck:
      return say(
        "RFC 9293 3.10.7.4", "It has no ACK flag: on an open connection that is dropped.",
        "它没有 ACK 标志：已建立的连接上直接丢弃。")
    case .challenged:
      return say(
        "RFC 5961 3",
        "\(The(end)) does not believe it: the connection stays, and only an ACK goes back.",
        "\(the(end))不轻信：连接不变，只回一个 ACK。")
    case .oldTimestamp:
      return say(
        "RFC 7323 5.3",
        "Its timestamp is older than the latest one seen: the guard paws drops it as a straggler.",
        "它的时间戳比已见过的更旧：保护 paws 把它当作迟到的报文段丢弃。")
    case .resetIgnored:
      return say(
        "RFC 1337 3", "\(The(end)) ignores resets in TIME_WAIT, so that nothing cuts it short.",
        "\(the(end))在 TIME_WAIT 中忽略 RST，不让它被提前结束。")
    case .noDataExpected:
      return say(
        "RFC 9293 3.10.7.4", "\(The(end)) takes no data in this state; the bytes are dropped.",
        "\(the(end))在此状态不收数据，字节丢弃。")
    case .meaningless:
      return say(
        "RFC 9293 3.10.7", "It means nothing to \(the(end)) in this state.",
        "它在此状态下对\(the(end))没有意义。")
    }
  }

  private func discardedOutside(_ end: End, _ answers: Bool) -> Narration {
    let expected = theirs(end, before[end].rcvNxt)
    let fin = sinceArrivalSegment.flatMap { $0.flags.contains(.fin) ? $0 : nil }
    if let fin, before[end].state.hasPeerFin, fin.end.isAtOrBefore(before[end].rcvNxt) {
      return say(
        "RFC 9293 3.10.7.4",
        "\(The(end)) has taken this FIN before: \(expected) is expected now. Its ACK was "
          + "probably lost; another one goes.",
        "这个 FIN \(the(end))早已收下，现在期望 \(expected)。之前的 ACK 大概丢了，再发一个。")
    }
    if before[end].state == .timeWait {
      return answers
        ? say(
          "RFC 9293 3.10.7.4",
          "TIME_WAIT takes nothing new: it is dropped, and an ACK says that \(expected) is wanted.",
          "TIME_WAIT 不再收新内容：丢弃，并回 ACK 说明期望 \(expected)。")
        : say(
          "RFC 9293 3.10.7.4", "TIME_WAIT takes nothing new: it is dropped without a word.",
          "TIME_WAIT 不再收新内容：直接丢弃，不作应答。")
    }
    return answers
      ? say(
        "RFC 9293 3.4",
        "Its numbers lie outside \(its(end)) window, which begins at \(expected). It is dropped; "
          + "an ACK says what is wanted.",
        "它的序列号在\(its(end))窗口之外，窗口从 \(expected) 开始。丢弃，并回 ACK 说明期望的序列号。")
      : say(
        "RFC 9293 3.4",
        "Its numbers lie outside \(its(end)) window, which begins at \(expected). It is dropped "
          + "without a word.",
        "它的序列号在\(its(end))窗口之外，窗口从 \(expected) 开始。直接丢弃，不作应答。")
  }

  /// The segment that is being handled.
  private var sinceArrivalSegment: Segment? {
    for event in moment.recent.reversed() {
      if case .segmentArrived(_, _, let segment) = event { return segment }
    }
    return nil
  }

  func kept(_ end: End, _ range: SequenceRange) -> Narration {
    let expected = theirs(end, after[end].rcvNxt)
    if range.count == 0 {
      return say(
        "RFC 9293 3.10.7.4",
        "The FIN with number \(theirs(end, range.start)) waits: \(expected) is still missing, and "
          + "RCV.NXT does not move.",
        "序列号 \(theirs(end, range.start)) 的 FIN 先留着：还缺 \(expected)，RCV.NXT 不动。")
    }
    return say(
      "RFC 9293 3.10.7.4",
      "\(bytes(range.count).capitalizedFirst) from \(theirs(end, range.start)) on wait: "
        + "\(expected) is still missing. RCV.NXT does not move, not even for a FIN.",
      "从 \(theirs(end, range.start)) 起的 \(bytes(range.count))先留着：还缺 \(expected)。RCV.NXT 不动，带着 "
        + "FIN 也不动。")
  }
}
