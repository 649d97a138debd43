/// The receive window: how it begins, grows with what arrives, and is told.
extension Endpoint {
  /// Chooses the window that the own SYN tells; an end that knows of the peer's timestamps takes their
  /// room off the segments.
  ///
  /// Source: Linux `tcp_connect_init`, `tcp_openreq_init_rwin`.
  mutating func chooseFirstWindow(withTimestamps: Bool) {
    let segmentSize = rules.mss - (withTimestamps ? 12 : 0)
    firstWindow = rules.receiveBuffer ?? ReceiveMemory.firstWindow(segmentSize: segmentSize)
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
    memory = ReceiveMemory(firstWindow: firstWindow, reserve: reserve, headers: headers)
    acking.segmentSize = max(88, min(acking.segmentSize, reserve, sendMss))
  }

  /// Learns from an arriving segment how large a full one is: as large as the largest, or as two that
  /// follow each other and do not look like the rest of a write.
  ///
  /// Source: Linux `tcp_measure_rcv_mss`.
  mutating func measureSegment(_ count: Int, _ flags: SegmentFlags) {
    let last = acking.lastSize
    acking.lastSize = 0
    if count >= acking.segmentSize {
      if count > acking.segmentSize {
        let told = toldWindow
        memory?.measure(count, told: told)
      }
      acking.segmentSize = min(count, rules.mss - (timestampsOn ? 12 : 0))
      if flags.contains(.psh) { acking.isPushed = true }
      return
    }
    let header = timestampsOn ? 32 : 20
    let isLarge = count + header >= 536 + 20
    if isLarge || count + header >= 88 + 20 && flags.isDisjoint(with: [.psh, .fin, .urg]) {
      acking.lastSize = count
      if count == last {
        acking.segmentSize = count
        return
      }
    }
    if acking.isPushed { acking.isPushedTwice = true }
    acking.isPushed = true
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

  /// Bytes came in: the window may grow, and while it does the peer is to hear of it.
  mutating func growWindow(after count: Int, isFree: Bool = false) {
    let offered = rules.mss - (timestampsOn ? 12 : 0)
    let size = acking.segmentSize
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
        memory.isFull ? rcvWnd : ReceiveMemory.rounded(rcvWnd, shift: windowShift ?? 0)
    }
    let edge = rcvNxt + max(0, window)
    if edge.isAfter(rcvEdge) { rcvEdge = edge }
  }
}
