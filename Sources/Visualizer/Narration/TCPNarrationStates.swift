import Models

/// Changes of state, TIME_WAIT's own rules, and broken connections.
extension TCPTelling {
  func changed(
    _ end: End, _ from: ConnectionState, _ to: ConnectionState, _ cause: TransitionCause
  ) -> Narration {
    let why = reason(end, from, to, cause)
    return Narration(
      Bilingual(
        "\(The(end)) goes from \(from.rawValue) to \(to.rawValue): \(why.text.en)",
        "\(the(end))从 \(from.rawValue) 进入 \(to.rawValue)：\(why.text.zh)")[language],
      source: why.source)
  }

  private typealias Reason = (text: Bilingual, source: String?)

  private func reason(
    _ end: End, _ from: ConnectionState, _ to: ConnectionState, _ cause: TransitionCause
  ) -> Reason {
    switch to {
    case .listen, .synSent, .synRcvd, .established: opening(end, from, to)
    case .closed: closed(end, from, cause)
    default: closing(end, from, to, cause)
    }
  }

  private func opening(_ end: End, _ from: ConnectionState, _ to: ConnectionState) -> Reason {
    let peer = its(end.peer)
    switch (from, to) {
    case (.closed, .listen):
      return (
        Bilingual("it is ready for anybody's SYN.", "准备接受任何人的 SYN。"), "RFC 9293 3.10.1"
      )
    case (_, .listen):
      return (
        Bilingual("the attempt is forgotten, the listener stays.", "这次尝试作废，监听仍在。"),
        "RFC 9293 3.10.7.4"
      )
    case (_, .synSent):
      return (
        Bilingual(
          "it is about to send a SYN and will wait for the other's.", "即将发出 SYN，并等待对方的 SYN。"),
        "RFC 9293 3.10.1"
      )
    case (.synSent, .synRcvd):
      return (
        Bilingual(
          "a SYN came instead of a SYN ACK. Both open at once (simultaneous open).",
          "等来的不是 SYN ACK 而是 SYN，双方同时打开。"), "RFC 9293 3.10.7.3"
      )
    case (_, .synRcvd):
      return (
        Bilingual(
          "it knows \(peer) first number. Whether its own will arrive, only an ACK can tell.",
          "已知道\(peer)初始序列号；自己的是否送到，要等 ACK 才知道。"), "RFC 9293 3.10.7.2"
      )
    case (.synSent, _):
      return (
        Bilingual(
          "its SYN is acknowledged and the other's has come. The other end is open half a round "
            + "trip later.",
          "自己的 SYN 被确认，对方的 SYN 也到了。对方要晚半个往返才进入此状态。"), "RFC 9293 3.10.7.3"
      )
    default:
      return (
        Bilingual(
          "its own number has arrived too. Both ends are now sure of both numbers.",
          "自己的序列号对方也收到了，双方都确知两个初始序列号。"), "RFC 9293 3.10.7.4"
      )
    }
  }

  private func closing(
    _ end: End, _ from: ConnectionState, _ to: ConnectionState, _ cause: TransitionCause
  ) -> Reason {
    let peer = the(end.peer)
    let source = "RFC 9293 3.10.7.4"
    switch (from, to) {
    case (_, .finWait1):
      return (
        Bilingual(
          "a FIN goes out behind the last byte, and its ACK is waited for.",
          "在最后一个字节之后发 FIN，并等待它的 ACK。"), "RFC 9293 3.10.4"
      )
    case (_, .finWait2) where cause.carriesFin:
      return (
        Bilingual(
          "the ACK of its FIN comes first. The FIN in the same segment is looked at next.",
          "先处理对自己 FIN 的确认，接着再看同一报文段里的 FIN。"), source
      )
    case (_, .finWait2):
      return (
        Bilingual(
          "its FIN is acknowledged. Now it waits for \(peer)'s FIN, and the RFC sets that no limit.",
          "FIN 已被确认。接着等\(peer)的 FIN，RFC 没有为此规定期限。"), source
      )
    case (_, .closeWait):
      return (
        Bilingual(
          "\(peer) has finished, the program here has not. Its close or shutdown ends this state; "
            + "no timer does.",
          "\(peer)已发完，本端程序还没有。要由它调用 close 或 shutdown 离开此状态，没有定时器。"), source
      )
    case (_, .closing):
      return (
        Bilingual(
          "the other's FIN came before the ACK of its own. Both closed at the same time.",
          "对方的 FIN 先于自己 FIN 的 ACK 到达：双方同时关闭。"), source
      )
    case (_, .lastAck):
      return (
        Bilingual(
          "its own FIN goes out as well. The ACK of that FIN is all that is missing.",
          "自己的 FIN 也要发出，只差这个 FIN 的 ACK。"), "RFC 9293 3.10.4"
      )
    case (.closing, .timeWait):
      return (
        Bilingual(
          "both FINs are acknowledged. Both ends closed actively, so both must wait 2MSL.",
          "两个 FIN 都已确认。双方都是主动关闭，所以都要等 2MSL。"), source
      )
    case (.synRcvd, .timeWait):
      return (
        Bilingual(
          "the SYN was an old one after all, so the wait goes on.", "那个 SYN 其实是旧的，继续等待。"),
        "RFC 9293 3.6.1"
      )
    default:
      return (
        Bilingual(
          "it closed first. It stays in case its last ACK is lost, and until old segments "
            + "are gone.",
          "它先关闭。留下来是因为最后的 ACK 可能丢失，也为了等旧报文段全部消亡。"), "RFC 9293 3.6.1"
      )
    }
  }

  private func closed(
    _ end: End, _ from: ConnectionState, _ cause: TransitionCause
  ) -> Reason {
    switch cause {
    case .timer(let kind):
      if kind == .timeWait {
        return (
          Bilingual(
            "the connection is forgotten at last, and its ports are free for anybody.",
            "连接终于被忘记，这组端口可以放心再用。"), "RFC 9293 3.10.8"
        )
      }
      return (
        Bilingual(
          "it gives up and forgets the connection.", "放弃等待，忘记这条连接。"),
        kind == .finWait2 ? "Linux" : "RFC 9293 3.8.3"
      )
    case .call(let name):
      if name == Call.destroyTimeWait.name {
        return (
          Bilingual("whatever comes later meets nobody.", "之后到来的报文段再也找不到它。"), "Linux"
        )
      }
      return (
        Bilingual(
          "without a farewell; at this end the connection is gone.", "没有告别，这一端的连接就此消失。"),
        "RFC 9293 3.10.5"
      )
    case .arrival(let flags):
      if flags.contains(.rst) {
        return (
          Bilingual("a reset ends everything, without an answer.", "RST 终止一切，且不会得到应答。"),
          "RFC 9293 3.10.7.4"
        )
      }
      switch from {
      case .lastAck:
        return (
          Bilingual(
            "its FIN is acknowledged. It closed second, so it need not wait in TIME_WAIT.",
            "FIN 已被确认。它是后关闭的一方，不需要 TIME_WAIT。"), "RFC 9293 3.10.7.4"
        )
      case .finWait1, .finWait2, .closing:
        if rules(end).guards.contains(.timeWait) {
          return (
            Bilingual(
              "data has come that no program will read any more; a reset says so.",
              "到来的数据已没有程序会读，于是用 RST 告诉对方。"), "RFC 1122 4.2.2.13"
          )
        }
        return (
          Bilingual(
            "the guard time-wait is off, so it forgets the connection at once.",
            "保护 time-wait 已关闭，立即忘记这条连接。"), "RFC 9293 3.6.1"
        )
      default:
        return (
          Bilingual("the connection cannot go on.", "连接无法继续。"), "RFC 9293 3.10.7.4"
        )
      }
    }
  }

  // MARK: - TIME_WAIT

  func timeWaitRestarted(_ end: End) -> Narration {
    let isLinux = rules(end).linuxTimeWait
    return say(
      isLinux ? "Linux" : "RFC 9293 3.10.7.4",
      "2MSL starts anew at \(the(end)): \(time(rules(end).timeWait)) from now. "
        + (isLinux
          ? "Linux does so for nearly every segment."
          : "The ACK just sent may be lost like the one before."),
      "\(its(end)) 2MSL 重新计时：从现在起 \(time(rules(end).timeWait))。"
        + (isLinux ? "Linux 对几乎所有报文段都这样做。" : "刚发出的 ACK 也可能像上一个那样丢失。"))
  }

  func timeWaitReused(_ end: End) -> Narration {
    if case .call = moment.operation {
      return say(
        "Linux",
        "\(The(end)) gives up TIME_WAIT for the new connection. Timestamps will tell old segments "
          + "from new ones.",
        "\(the(end))为新连接放弃 TIME_WAIT：时间戳可以区分新旧报文段。")
    }
    return say(
      rules(end).linuxTimeWait ? "Linux" : "RFC 9293 3.6.1",
      "This SYN's number lies beyond all that the old connection used, so \(the(end)) may end "
        + "TIME_WAIT early for it.",
      "这个 SYN 的序列号大于旧连接用过的全部序列号，\(the(end))可以为它提前结束 TIME_WAIT。")
  }

  // MARK: - Challenges and resets

  func challenged(_ end: End) -> Narration {
    say(
      rules(end).guards.contains(.challengeAck) ? "RFC 5961 3" : "RFC 9293 3.10.7.4",
      "That was a challenge ACK: it changes nothing here. A genuine peer without connection will "
        + "answer with an exact reset.",
      "这是质询 ACK（challenge ACK），本端状态不变。对方若真的没有连接，会回一个序列号精确的 RST。")
  }

  func broke(_ end: End, _ reason: ResetReason) -> Narration {
    switch reason {
    case .peer: return brokenByPeer(end)
    case .user:
      return say(
        "RFC 9293 3.10.5",
        "The connection ends at \(the(end)) at once: no FIN, no TIME_WAIT; bytes on their way "
          + "are lost.",
        "\(its(end))连接立即终止：没有 FIN，没有 TIME_WAIT，路上的字节作废。")
    case .dataForOrphan:
      return say(
        rules(end).closeEndsReading ? "Linux" : "RFC 9293 3.6.1",
        "Data came for a program that has closed. \(The(end)) says so by the reset and drops the "
          + "connection.",
        "数据是给已经关闭的程序的，没有人会读：\(the(end))用 RST 告诉对方，并放弃连接。")
    case .timeout:
      return say(
        "RFC 9293 3.8.3",
        "\(The(end)) has sent again often enough without an answer. It gives up and tells its "
          + "program.",
        "\(the(end))多次重传都没有应答，放弃连接并通知程序。")
    }
  }

  /// The state in which the segment that is being handled found the end.
  private func stateBefore(_ end: End) -> ConnectionState {
    for event in sinceArrival.reversed() {
      if case .stateChanged(end, let from, _, _) = event { return from }
    }
    return before[end].state
  }

  private func brokenByPeer(_ end: End) -> Narration {
    switch stateBefore(end) {
    case .synSent:
      return say(
        "RFC 9293 3.10.7.3",
        "The answer to \(its(end)) SYN is a reset: connection refused. Its ack proves that it is "
          + "about this SYN.",
        "\(its(end)) SYN 得到的应答是 RST：连接被拒绝。它的 ack 证明针对的正是这个 SYN。")
    case .timeWait:
      return say(
        "RFC 1337",
        "A reset with the exact number kills TIME_WAIT at \(the(end)): RFC 1337 calls it "
          + "assassination.",
        "序列号精确的 RST 杀死了\(its(end)) TIME_WAIT，RFC 1337 称之为“暗杀”。")
    case .lastAck, .closing:
      return say(
        "RFC 9293 3.10.7.4",
        "\(The(end)) was only waiting for its last ACK, and gets a reset: an orderly close ends "
          + "like a failure.",
        "\(the(end))只差最后一个 ACK，等来的却是 RST：正常的关闭以失败收场。")
    case .synRcvd where before[end].isPassive:
      return say(
        "RFC 9293 3.10.7.4",
        "Nobody wanted this connection after all. \(its(end).capitalizedFirst) program never "
          + "heard of it, so nobody is told.",
        "原来没有人要这条连接。\(its(end))程序从未得知它，也就不必通知谁。")
    default:
      return say(
        "RFC 9293 3.10.7.4",
        "The connection breaks at \(the(end)). What was queued to be sent is dropped; its program "
          + "learns of it at one of its next calls.",
        "\(its(end))连接断了：排队待发的数据丢弃，程序会在之后的某次调用得知。")
    }
  }
}

extension TransitionCause {
  /// Whether a segment with FIN caused it.
  fileprivate var carriesFin: Bool {
    if case .arrival(let flags) = self { flags.contains(.fin) } else { false }
  }
}
