import Models

/// A packet capture: the table of its connections, and the way to any one of them.
///
/// Only the table is kept in memory; the packets stay where they are and are read again for the
/// connection that is asked for.
final class PacketCapture {
  let source: CaptureSource
  private var reader: CaptureReader
  /// What made reading stop before the end of the file.
  private var failure: String?
  private(set) var connections: [CapturedConnection] = []
  /// Packets of all kinds.
  private(set) var packetCount = 0
  /// TCP segments that could be read.
  private(set) var segmentCount = 0
  /// TCP packets cut before the fields that are needed.
  private(set) var cutCount = 0
  /// Pieces of fragmented datagrams, which are not put together.
  private(set) var fragmentCount = 0
  /// TCP packets with lengths that cannot be: all of them, and the first few.
  private(set) var malformedCount = 0
  private(set) var malformed: [(packet: Int, fault: PacketDecoder.Fault)] = []
  /// What no endpoint would have sent: all of it, and the first few.
  private(set) var anomalyCount = 0
  private(set) var anomalies: [(connection: Int, CaptureLadder.Anomaly)] = []
  /// When the first packet was seen.
  private(set) var firstTime = 0

  /// How many findings are kept to be listed.
  static let findingLimit = 100
  /// How many segments of one connection are shown as a ladder.
  static let ladderLimit = 200_000

  private let decoder: PacketDecoder
  private var latest: [ConnectionKey: Int32] = [:]

  /// Reads a capture once and makes the table of its connections.
  ///
  /// - Complexity: O(packets) time; memory by the number of connections only.
  /// - Throws: `InputError` where it is no capture, or holds no TCP that can be read.
  init(_ source: CaptureSource) throws(InputError) {
    self.source = source
    reader = try source.open()
    decoder = PacketDecoder(link: reader.link)
    guard PacketDecoder.knows(reader.link) else {
      throw InputError(
        file: source.name,
        "frames of link type \(PacketDecoder.name(reader.link)) cannot be read; known are Ethernet, Linux cooked, loopback and raw IP"
      )
    }
    readTable()
    guard segmentCount > 0 else { throw nothingToSee }
    lookAgain()
    for index in connections.indices { connections[index].evidence.finish() }
    anomalies.sort { $0.1.packet < $1.1.packet }
  }

  convenience init(file: String, bytes: [UInt8]) throws(InputError) {
    try self.init(CaptureSource(name: file, bytes: bytes))
  }

  private var nothingToSee: InputError {
    var message = "no TCP in this capture"
    if packetCount == 0 {
      message =
        failure.map { "cut or damaged in its first packet: \($0)" }
        ?? "this capture holds no packets"
    } else if let (packet, fault) = malformed.first {
      message = "no TCP that can be read; packet \(packet): \(fault.text)"
    } else if fragmentCount > 0 {
      message = "no TCP that can be read, only IP fragments without a first one"
    } else if cutCount > 0 {
      message = "the packets were cut before their TCP headers end"
    }
    return InputError(file: source.name, message)
  }

  /// What could not be read, as one sentence; nil where everything was.
  var warning: String? {
    var parts: [String] = []
    if let failure {
      parts.append("read up to packet \(packetCount) only: \(failure)")
    }
    if let (packet, fault) = malformed.first {
      let others = malformedCount > 1 ? ", and \(malformedCount - 1) more like it" : ""
      parts.append("packet \(packet) left out: \(fault.text)\(others)")
    }
    if cutCount > 0 {
      let packets = cutCount == 1 ? "1 packet" : "\(cutCount) packets"
      parts.append("\(packets) left out, cut before the TCP header ends")
    }
    if fragmentCount > 0 {
      let pieces = fragmentCount == 1 ? "1 IP fragment" : "\(fragmentCount) IP fragments"
      parts.append("\(pieces) left out; only the first of each datagram is read")
    }
    return parts.isEmpty ? nil : parts.joined(separator: "; ")
  }

  // MARK: - The table

  private func readTable() {
    var previousTime = Int.min
    var offset = reader.offset
    let listener = LongWork.listener
    while let (time, bytes, length) = reader.next() {
      if let listener, packetCount % 1024 == 0 {
        LongWork.report(.reading, offset, of: source.size, to: listener)
      }
      let start = offset
      offset = reader.offset
      if packetCount == 0 { firstTime = time }
      packetCount += 1
      let isLate = time < previousTime
      previousTime = max(previousTime, time)
      switch decoder.decode(bytes, length: length) {
      case .segment(let segment):
        segmentCount += 1
        add(segment, time: time, isLate: isLate, offset: start)
      case .other: break
      case .fragment: fragmentCount += 1
      case .cut: cutCount += 1
      case .malformed(let fault):
        malformedCount += 1
        if malformed.count < Self.findingLimit { malformed.append((reader.packet, fault)) }
      }
    }
    failure = reader.failure
    for index in connections.indices {
      guard let pending = connections[index].pendingSyn else { continue }
      if !pending.isRejected, pending.before.isOver { split(index, pending) }
      connections[index].pendingSyn = nil
    }
    latest = [:]
  }

  private func add(_ decoded: DecodedSegment, time: Int, isLate: Bool, offset: Int) {
    let (key, isForward) = ConnectionKey.of(decoded)
    var segment = wire(decoded, time: time)
    segment.isLateInFile = isLate
    guard let found = latest[key] else {
      begin(key, segment, isForward: isForward, offset: offset)
      return
    }
    let index = Int(found)
    segment.sender = connections[index].sender(isForward: isForward)
    if let pending = connections[index].pendingSyn, pending.isForward != isForward {
      if segment.flags.contains(.ack), segment.ack == pending.segment.seq + 1 {
        // The SYN in the middle of a connection is answered: it began another one.
        split(index, pending)
        segment.sender = .server
        feed(segment, to: connections.count - 1)
        return
      }
      pending.isRejected = true
    }
    if segment.flags.contains(.syn), segment.flags.isDisjoint(with: [.ack, .rst, .fin]),
      startsAnew(index, segment, isForward: isForward, offset: offset)
    {
      return
    }
    feed(segment, to: index)
  }

  @inline(__always) private func wire(_ decoded: DecodedSegment, time: Int) -> WireSegment {
    WireSegment(
      packet: reader.packet, time: time, sender: .client, decoded.flags, seq: decoded.seq,
      ack: decoded.ack, payloadLength: decoded.payloadLength, window: decoded.window,
      windowScale: decoded.windowScale)
  }

  private func feed(_ segment: WireSegment, to index: Int) {
    if segment.isLateInFile, segment.time < connections[index].lastTime {
      connections[index].isShuffled = true
      connections[index].needsSecondLook = true
    }
    connections[index].count(segment)
    let before = connections[index].evidence.observer.anomalies
    connections[index].evidence.see(segment)
    // Anomalies are rare: only then the packet is looked at again, by somebody who listens.
    if connections[index].evidence.observer.anomalies != before {
      connections[index].needsSecondLook = true
    }
  }

  private func begin(
    _ key: ConnectionKey, _ segment: WireSegment, isForward: Bool, offset: Int
  ) {
    let isSyn = segment.flags.contains(.syn)
    let isSenderClient: Bool
    if isSyn {
      isSenderClient = !segment.flags.contains(.ack)
    } else {
      let (own, other) = isForward ? (key.first, key.second) : (key.second, key.first)
      isSenderClient = own.port >= other.port
    }
    var segment = segment
    segment.sender = isSenderClient ? .client : .server
    let connection = CapturedConnection(
      key: key, isClientFirst: isForward == isSenderClient, isClientKnown: isSyn,
      firstPacket: segment.packet, lastPacket: segment.packet, offset: offset,
      firstTime: segment.time, lastTime: segment.time)
    let index = connections.count
    connections.append(connection)
    if let former = latest.updateValue(Int32(index), forKey: key) {
      connections[Int(former)].next = Int32(index)
    }
    feed(segment, to: index)
  }

  /// Whether a SYN begins another life of the same addresses and ports at once, which is then made.
  ///
  /// If it may begin one, that is decided by what answers it.
  private func startsAnew(
    _ index: Int, _ segment: WireSegment, isForward: Bool, offset: Int
  ) -> Bool {
    let connection = connections[index]
    let end = connection.evidence.observer[segment.sender]
    // The first segment of this end: a simultaneous open.
    if end.next == nil { return false }
    if end.iss == segment.seq {
      // The same number again: a repetition, or a life that begins with the number of the last one.
      let hasGoneOn = end.next.map { $0.isAfter(segment.seq + 1) } ?? false
      guard connection.isOver, hasGoneOn, !segment.isLateInFile else { return false }
    }
    if connection.isOneSided {
      begin(connection.key, segment, isForward: isForward, offset: offset)
      return true
    }
    if connection.pendingSyn?.segment.seq != segment.seq {
      // What it was before must not hold what it was before that: a flood of SYNs would be a chain.
      var before = connection
      before.pendingSyn = nil
      connections[index].pendingSyn = CapturedConnection.PendingSyn(
        segment, offset: offset, isForward: isForward, before: before)
    }
    return false
  }

  /// Makes a SYN and what follows another connection; the former is again as it was before.
  private func split(_ index: Int, _ pending: CapturedConnection.PendingSyn) {
    let between = connections[index].segments - pending.before.segments
    connections[index] = pending.before
    connections[index].pendingSyn = nil
    begin(pending.before.key, pending.segment, isForward: pending.isForward, offset: pending.offset)
    if between > 1 { connections[connections.count - 1].needsSecondLook = true }
  }

  // MARK: - Looking again

  /// Goes through connections once more whose packets have to be put in order, or in which there is
  /// something to report.
  private func lookAgain() {
    let wanted = connections.indices.filter { connections[$0].needsSecondLook }
    guard let first = wanted.first else { return }
    var buffers: [Int: [WireSegment]] = [:]
    var current: [ConnectionKey: Int] = [:]
    for index in connections.indices.reversed() where connections[index].needsSecondLook {
      current[connections[index].key] = index
    }
    let last = wanted.reduce(0) { max($0, connections[$1].lastPacket) }
    let start = wanted.reduce(first) {
      connections[$1].firstPacket < connections[$0].firstPacket ? $1 : $0
    }
    scan(from: connections[start], to: last) { decoded, time in
      let (key, isForward) = ConnectionKey.of(decoded)
      guard var index = current[key] else { return }
      while reader.packet > connections[index].lastPacket, connections[index].next >= 0 {
        index = Int(connections[index].next)
        current[key] = index
      }
      let connection = connections[index]
      guard connection.needsSecondLook, reader.packet >= connection.firstPacket,
        reader.packet <= connection.lastPacket
      else { return }
      var segment = wire(decoded, time: time)
      segment.sender = connection.sender(isForward: isForward)
      if reader.packet == connection.firstPacket { forget(index) }
      guard connection.isShuffled else {
        listen(to: segment, index)
        return
      }
      buffers[index, default: []].append(segment)
      if reader.packet == connection.lastPacket {
        let segments = Self.inOrderOfTime(buffers.removeValue(forKey: index) ?? [])
        for segment in segments { listen(to: segment, index) }
      }
    }
    for (index, segments) in buffers.sorted(by: { $0.key < $1.key }) {
      for segment in Self.inOrderOfTime(segments) { listen(to: segment, index) }
    }
  }

  private func forget(_ index: Int) {
    connections[index].evidence = WireEvidence()
    (connections[index].clientSegments, connections[index].clientBytes) = (0, 0)
    (connections[index].serverSegments, connections[index].serverBytes) = (0, 0)
  }

  private func listen(to segment: WireSegment, _ index: Int) {
    connections[index].count(segment)
    let listener: WireObserver.Observer = { event, _ in
      guard case .anomaly(let kind, let side, let packet, let states) = event else { return }
      self.anomalyCount += 1
      if self.anomalies.count < Self.findingLimit {
        self.anomalies.append(
          (index, CaptureLadder.Anomaly(kind: kind, side: side, packet: packet, states: states)))
      }
    }
    connections[index].evidence.see(segment, observer: listener)
  }

  /// The packets by their times; those with a later packet before them are marked.
  private static func inOrderOfTime(_ segments: [WireSegment]) -> [WireSegment] {
    var latest = Int.min
    var isOrdered = true
    var marked = segments
    for index in marked.indices {
      if marked[index].time < latest {
        marked[index].isLateInFile = true
        isOrdered = false
      }
      latest = max(latest, marked[index].time)
    }
    return isOrdered
      ? marked : marked.sorted { ($0.time, $0.packet) < ($1.time, $1.packet) }
  }

  // MARK: - One connection

  /// The ladder of a connection, read from the capture again.
  ///
  /// - Complexity: O(packets between its first and its last); for pcapng, from the capture's start.
  func ladder(_ index: Int) -> CaptureLadder {
    let connection = connections[index]
    var segments: [WireSegment] = []
    segments.reserveCapacity(min(connection.segments, Self.ladderLimit))
    scan(from: connection, to: connection.lastPacket) { decoded, time in
      let (key, isForward) = ConnectionKey.of(decoded)
      guard key == connection.key, segments.count < Self.ladderLimit else { return }
      var segment = wire(decoded, time: time)
      segment.sender = connection.sender(isForward: isForward)
      segments.append(segment)
    }
    return CaptureLadder(Self.inOrderOfTime(segments))
  }

  /// Reads the packets from a connection's first to a last one.
  private func scan(
    from connection: CapturedConnection, to last: Int,
    _ body: (DecodedSegment, _ time: Int) -> Void
  ) {
    if reader.canSeek {
      reader.seek(to: connection.offset, after: connection.firstPacket - 1)
    } else {
      reader.close()
      guard let fresh = try? source.open() else { return }
      reader = fresh
    }
    while reader.packet < last, let (time, bytes, length) = reader.next() {
      guard reader.packet >= connection.firstPacket else { continue }
      if case .segment(let segment) = decoder.decode(bytes, length: length) {
        body(segment, time)
      }
    }
  }
}
