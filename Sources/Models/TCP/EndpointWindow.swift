/// The receive window: how it begins, grows with what arrives, and is told.
extension Endpoint {
  /// Chooses the window that the own SYN tells; an end that knows of the peer's timestamps takes their
  /// room off the segments.
  ///
  /// Source: Linux `tcp_connect_init`, `tcp_openreq_init_rwin`.
  mutating func chooseFirstWindow(withTimestamps: Bool) {
    let segmentSize = rules.mss - (withTimestamps ? 12 : 0)
    firstWindow = rules.receiveBuffer ?? rules.receiveMemory.firstWindow(segmentSize: segmentSize)
  }

  /// The receive window begins with what the own SYN told or is to tell.
  ///
  /// Source: Linux `tcp_init_buffer_space`.
  mutating func beginWindow() {
    if isPassive { chooseFirstWindow(withTimestamps: timestampsOn) }
    rcvEdge = rcvNxt + firstWindow
    guard rules.receiveBuffer == nil else { return }
    let reserve = rules.mss - (timestampsOn && !isPassive ? 12 : 0)
    let headers = rules.networkHeader + 20 + (timestampsOn ? 12 : 0)
    memory = ReceiveMemory(
      rules.receiveMemory, firstWindow: firstWindow, reserve: reserve, headers: headers)
    acking.segmentSize = max(88, min(acking.segmentSize, reserve, sendMss))
  }

  /// The connection is open: from here on counts how much the user reads.
  ///
  /// Source: Linux `tcp_init_buffer_space`.
  mutating func beginSizing(at now: Microseconds) {
    guard let memory else { return }
    let offered = Recovery.initialWindow * offeredSize
    let space = min(memory.threshold, toldWindow, offered)
    sizing = DynamicRightSizing(space: space, first: rcvNxt, at: now)
  }

  /// What a full segment of the peer can bring.
  ///
  /// Source: Linux `advmss`.
  private var offeredSize: Int { rules.mss - (timestampsOn ? 12 : 0) }

  /// An established end's segment echoes a stamp of this end.
  ///
  /// Source: Linux `tcp_rcv_rtt_measure_ts`.
  mutating func noteEcho(of segment: Segment, at now: Microseconds) {
    guard timestampsOn, let echo = segment.timestamp?.echo else { return }
    let age = Int32(bitPattern: timestampClock(now) &- echo)
    let isFull = segment.length >= acking.segmentSize
    let isAllRead = readable.isEmpty
    sizing?.noteEcho(echo, age: age, isFull: isFull, isAllRead: isAllRead)
  }

  /// The user has read, up to a number the first of what lay there in one piece: the buffer grows for
  /// one who reads fast.
  ///
  /// Source: Linux `tcp_recvmsg_locked`, `tcp_rcv_space_adjust`.
  mutating func noteRead(
    from first: SequenceNumber, upTo next: SequenceNumber, at now: Microseconds
  ) {
    var next = next
    if let end = memory?.firstEnd(behind: first), end.isBefore(next) { next = end }
    guard let window = sizing?.noteRead(upTo: next, unread: rcvNxt - next, at: now) else { return }
    let needed = window + keptSpan
    memory?.enlarge(toAllow: needed)
  }

  /// How far what came out of order reaches.
  private var keptSpan: Int {
    guard let last = kept.last else { return 0 }
    return last.range.end - rcvNxt + (last.hasFin ? 1 : 0)
  }

  /// Learns from an arriving segment how large a full one is: as large as the largest, or as two that
  /// follow each other and do not look like the rest of a write.
  ///
  /// Source: Linux `tcp_measure_rcv_mss`.
  mutating func measureSegment(_ count: Int, _ flags: SegmentFlags, reportBytes: Int = 0) {
    let last = acking.lastSize
    acking.lastSize = 0
    if count >= acking.segmentSize {
      if count > acking.segmentSize {
        let told = toldWindow
        memory?.measure(count, told: told)
        if let memory { sizing?.limit(to: memory.clamp) }
      }
      acking.segmentSize = min(count, offeredSize)
      if flags.contains(.psh) { acking.isPushed = true }
      return
    }
    // A report takes room of the bytes, which says nothing of the size.
    let size = count + reportBytes
    let length = size + (timestampsOn ? 32 : 20)
    if length >= 536 + 20
      || length >= 88 + 20 && flags.isDisjoint(with: [.psh, .fin, .urg])
    {
      acking.lastSize = size
      if size == last {
        acking.segmentSize = size
        return
      }
    }
    if acking.isPushed { acking.isPushedTwice = true }
    acking.isPushed = true
  }

  /// Something comes while all memory may be taken: then acknowledgments are not quick any more; false if
  /// there is no room.
  ///
  /// Source: Linux `tcp_try_rmem_schedule`, `tcp_clamp_window`.
  mutating func makeRoom() -> Bool {
    guard let isFull = memory?.isFull, isFull else { return true }
    acking.quickCount = 0
    let offered = offeredSize
    return memory?.makeRoom(offered: offered) ?? true
  }

  /// Something came out of order.
  ///
  /// Source: Linux `tcp_data_queue_ofo`.
  mutating func noteKept(_ range: SequenceRange) {
    let count = range.end - range.start
    if sackOn {
      // A bare FIN that joins what is there costs nothing. Linux `truesize_adjust`.
      let isFree = count == 0 && memory?.hasRoom(for: count, at: range.start) ?? false
      growWindow(after: count, isFree: isFree)
    }
    memory?.take(count, upTo: range.end)
  }

  /// What came out of order needs room beside what the user reads in a round trip.
  ///
  /// Source: Linux `tcp_data_queue_ofo`.
  mutating func enlargeForKept() {
    guard let sizing, isAccepted || !isPassive, !isOrphan else { return }
    let needed = 2 * sizing.space + keptSpan
    memory?.enlarge(toAllow: needed)
  }

  /// Bytes came in: the window may grow, and while it does the peer is to hear of it.
  mutating func growWindow(after count: Int, isFree: Bool = false) {
    let (offered, size) = (offeredSize, acking.segmentSize)
    let grows = memory?.grow(after: count, isFree: isFree, offered: offered, segmentSize: size)
    if grows == true { acking.quickCount |= 1 }
  }

  /// The window as it was when it was told last.
  ///
  /// Source: Linux `rcv_wnd`.
  var toldWindow: Int { max(0, rcvEdge - lastAckSent) }

  /// The window that could be told now, in bytes.
  ///
  /// Source: Linux `__tcp_select_window`.
  mutating func possibleWindow() -> Int {
    guard let memory else { return firstWindow - unreadCount }
    if memory.isShort { acking.quickCount = 0 }
    return memory.window(segmentSize: acking.segmentSize, shift: windowShift, told: toldWindow)
  }

  /// Tells the peer of a larger window with the next segment; the edge never moves back.
  ///
  /// Source: RFC 9293, section 3.8.6; Linux `tcp_select_window`.
  mutating func openWindow() {
    if state == .timeWait { return }
    var window = possibleWindow()
    if let memory, window < rcvWnd {
      // Rounding must not go on for ever where nothing is left.
      window =
        memory.hasEnded ? rcvWnd : ReceiveMemory.rounded(rcvWnd, shift: windowShift ?? 0)
    }
    let edge = rcvNxt + max(0, window)
    if edge.isAfter(rcvEdge) { rcvEdge = edge }
  }
}
