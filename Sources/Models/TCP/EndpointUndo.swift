/// What an acknowledgment says of the probe and the recovery under way: that they are over, or were not
/// needed.
extension Endpoint {
  /// How many segments that went again are under way.
  var resentInFlight: Int { outstanding.count { $0.isResent } }

  /// Judges by an acknowledgment, which may be a plain duplicate without data, window or report, or one
  /// that was overtaken.
  ///
  /// Source: Linux `tcp_rack_update_reo_wnd`, `tcp_process_tlp_ack`, `tcp_fastretrans_alert`.
  mutating func judge(
    _ segment: Segment, advances: Bool, isPlain: Bool = false, isLate: Bool = false,
    duplicate: SequenceRange?
  ) {
    if recovery.sentAfter > 0, !isLate {
      recovery.patience.update(
        sentAfter: recovery.sentAfter, arrivedCount: recovery.arrivedCount)
    }
    endProbe(segment, isPlain: isPlain && duplicate == nil, duplicate: duplicate)
    guard rules.takesBackRecoveries, sackOn else {
      if let until = recovery.until, segment.ack.isAtOrAfter(until) {
        recovery.end(rules.congestionControl)
      }
      return
    }
    if recovery.until != nil, recovery.isByTimeout {
      judgeTimeout(segment, advances: advances, isPlain: isPlain && duplicate == nil)
    } else {
      judgeRecovery(segment, advances: advances)
    }
  }

  /// A probe is over when what was sent before it has arrived.
  ///
  /// Where it repeated something, that number may be the answer to either. A report that it came twice
  /// says that it was not needed, a higher number that it was.
  ///
  /// Source: RFC 8985, section 7.4.2; Linux `tcp_process_tlp_ack`.
  private mutating func endProbe(
    _ segment: Segment, isPlain: Bool, duplicate: SequenceRange?
  ) {
    guard let probe = recovery.probe, segment.ack.isAtOrAfter(probe.end) else { return }
    let cameTwice = duplicate.map { $0.end == probe.end && $0.count <= sendMss } ?? false
    if !probe.isResent || cameTwice || isPlain {
      recovery.probe = nil
    } else if segment.ack.isAfter(probe.end) {
      recovery.probe = nil
      recovery.noteMendedByProbe(rules.congestionControl)
    }
  }

  /// A recovery is over when all that was outstanding has arrived, or was not needed.
  ///
  /// Source: Linux `tcp_try_undo_recovery`, `tcp_try_undo_partial`, `tcp_try_undo_dsack`.
  private mutating func judgeRecovery(_ segment: Segment, advances: Bool) {
    let control = rules.congestionControl
    let answersBefore = recovery.undo.isAnsweredBefore(segment.timestamp)
    if let until = recovery.until, segment.ack.isAtOrAfter(until) {
      endRecovery(segment)
    } else if recovery.until != nil, advances, answersBefore {
      recovery.reordering.noteLate(recovery.priorSndUna)
      settleOrder()
      guard resentInFlight == 0 else {
        recovery.resends = .nothing
        return
      }
      if outstanding.first?.transmissions == 1 { recovery.undo.forgetStamp() }
      forgetLosses()
      recovery.takeBack(control)
    }
    if recovery.undo.isNeedless {
      recovery.patience.recoveryWasNeedless()
      recovery.takeBack(control)
    }
  }

  /// A timeout was not needed if the answer is to what was sent before, or something arrives that went
  /// once only; what arrives next of something new may tell, too.
  ///
  /// Source: RFC 5682, section 3.1; Linux `tcp_process_loss`.
  private mutating func judgeTimeout(_ segment: Segment, advances: Bool, isPlain: Bool) {
    let isNeedless = advances && recovery.undo.mayTakeBack(segment.timestamp)
    if isNeedless || (recovery.doubtsTimeout && recovery.originalArrived) {
      forgetLosses()
      recovery.takeBack(rules.congestionControl)
      timeouts = 0
      return
    }
    guard let until = recovery.until else { return }
    let isOver = segment.ack.isAtOrAfter(until)
    if recovery.doubtsTimeout {
      if sndNxt.isAfter(until) {
        if recovery.hasReport || isPlain { recovery.doubtsTimeout = false }
      } else if advances, !isOver {
        recovery.doubt(until: sndNxt)
        if unsentCount > 0, sndUna + sndWnd - sndNxt > 0 {
          recovery.resends = .new
          return
        }
        recovery.doubtsTimeout = false
      }
    }
    if isOver { endRecovery(segment) }
  }

  /// Everything that was outstanding has arrived.
  private mutating func endRecovery(_ segment: Segment) {
    if recovery.undo.mayTakeBack(segment.timestamp) {
      recovery.takeBack(rules.congestionControl)
    } else {
      recovery.patience.recoveryEnded()
      recovery.end(rules.congestionControl)
    }
  }

  /// What reports tell to have been late has been read; behind a timeout that cannot be taken back it says
  /// nothing.
  ///
  /// Source: Linux `tcp_sacktag_write_queue`.
  mutating func settleReportedOrder() {
    if recovery.phase == .timeout, recovery.undo.marker == nil {
      recovery.reordering.forget()
    } else {
      settleOrder()
    }
  }

  /// What was late has been read.
  mutating func settleOrder() {
    guard recovery.reordering.hasLate else { return }
    let highest = outstanding.last { $0.isSacked }?.end ?? sndUna
    recovery.reordering.settle(reported: highest, segmentSize: sendMss)
  }

  /// Nothing counts as lost any more.
  private mutating func forgetLosses() {
    for index in outstanding.indices { outstanding[index].isLost = false }
  }

  /// Sends something new in place of what is lost; if nothing can go, that does after all.
  ///
  /// Source: RFC 5682, section 3.1, step 2b; Linux `tcp_xmit_recovery`.
  mutating func sendToLearn(at now: Microseconds, _ journal: inout Journal) {
    sendPending(at: now, pushing: .everything, &journal)
    guard let until = recovery.until, !sndNxt.isAfter(until) else { return }
    recovery.doubtsTimeout = false
    recovery.resends = .lost
  }
}
