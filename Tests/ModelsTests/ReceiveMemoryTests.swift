import Testing

@testable import Models

/// A receive buffer of memory, and the window that it leaves.
struct ReceiveMemoryTests {
  private let story = TCPStoryTests()
  private var client: End { story.client }
  private var server: End { story.server }

  private static let rules: TCPRules = {
    var rules = TCPRules.linux
    rules.windowShift = 10
    rules.nagle = false
    return rules
  }()

  /// The windows that the server has told since a segment, as the header has them.
  private func told(_ network: TCPNetwork, from start: Int) -> [Int] {
    (start..<network.log.count).map { network.log[$0] }
      .filter { $0.sender == server }.map { $0.segment.window >> 10 }
  }

  /// A network in which the server has read and answered at once: it waits for answers since, and is
  /// not quick.
  private func answered(_ rules: TCPRules) -> TCPNetwork {
    var network = story.open(rules)
    story.perform(
      [
        .call(client, .send(9000)), .run(for: 12_000), .call(server, .receive(9000)),
        .call(server, .send(10)), .run(for: 100_000),
      ], on: &network)
    return network
  }

  /// Full segments raise the window, unread ones lower it again; the numbers are a real kernel's.
  @Test func windowGrowsAndShrinks() {
    var network = story.open(Self.rules)
    let start = network.log.count
    story.perform([.call(client, .send(9000)), .run(for: 100_000)], on: &network)
    #expect(told(network, from: start) == [67, 70, 73, 75, 74, 73, 73])
    let read = network.log.count
    story.perform(
      [.call(server, .receive(9000)), .call(server, .send(100)), .run(for: 20_000)], on: &network)
    #expect(told(network, from: read) == [75])
  }

  /// What would shrink the window is not acknowledged at once: reading will do that.
  @Test func shrinkingWindowIsNotTold() {
    var network = answered(Self.rules)
    let start = network.log.count
    story.perform([.call(client, .send(9000)), .run(for: 30_000)], on: &network)
    let acknowledged = network[server].lastAckSent
    #expect(network[server].rcvNxt - acknowledged > 2 * 1448)
    #expect(told(network, from: start).count < 4)
    story.perform([.call(server, .receive(9000))], on: &network)
    #expect(network[server].lastAckSent == network[server].rcvNxt)
  }

  /// Small segments go into the memory that is left behind the one before.
  @Test func smallSegmentsShareMemory() {
    var memory = ReceiveMemory(firstWindow: 65160, reserve: 1448, headers: 52)
    func window() -> Int { memory.window(segmentSize: 1448, shift: 1, told: 65160) }
    let empty = window()
    for number in 1...12 { memory.take(20, upTo: SequenceNumber(UInt32(20 * number))) }
    #expect(empty - window() <= 896 / 2)
    for number in 13...60 { memory.take(20, upTo: SequenceNumber(UInt32(20 * number))) }
    #expect(empty - window() > 896)
    memory.free(upTo: SequenceNumber(1200))
    #expect(window() == empty)
  }

  /// A buffer that is full becomes as large as what is in it, unless a program has fixed its size.
  @Test(arguments: [false, true]) func fullBufferMakesRoom(isFixed: Bool) {
    var limits = ReceiveMemory.Size(asked: 5000)
    limits.isFixed = isFixed
    var memory = ReceiveMemory(limits, firstWindow: 5000, reserve: 1448, headers: 52)
    var end: UInt32 = 0
    func take() {
      end += 1448
      memory.take(1448, upTo: SequenceNumber(end))
    }
    // Each takes 2304 bytes of memory, and one more than fits is taken.
    for _ in 0..<4 { take() }
    var hasRoom = memory.makeRoom(offered: 1448)
    #expect(hasRoom)
    take()
    #expect(memory.hasEnded == isFixed)
    hasRoom = memory.makeRoom(offered: 1448)
    #expect(hasRoom == !isFixed)
    #expect(memory.window(segmentSize: 1448, shift: 0, told: 1000) == 0)
    memory.free(upTo: SequenceNumber(end))
    hasRoom = memory.makeRoom(offered: 1448)
    #expect(hasRoom && !memory.hasEnded)
  }

  /// What waited out of order is joined to what comes before it, where that leaves room.
  @Test func gapIsClosedInMemory() {
    var memory = ReceiveMemory(firstWindow: 65160, reserve: 1448, headers: 52)
    var whole = memory
    memory.take(100, upTo: SequenceNumber(1548))
    memory.take(1448, upTo: SequenceNumber(1448))
    memory.settle(100, upTo: SequenceNumber(1548))
    whole.take(1448, upTo: SequenceNumber(1448))
    whole.take(100, upTo: SequenceNumber(1548))
    #expect(memory == whole)
  }

  /// Two segments of a size that follow each other are taken for full ones.
  @Test func equalSegmentsAreFull() {
    var network = story.open(Self.rules)
    for size in [1448, 700] {
      story.perform([.call(client, .send(size)), .run(for: 100_000)], on: &network)
      #expect(network[server].acking.segmentSize == 1448)
    }
    story.perform([.call(client, .send(700)), .run(for: 100_000)], on: &network)
    #expect(network[server].acking.segmentSize == 700)
  }

  /// Without scaling a window says no more than the header holds.
  @Test func unscaledWindowFitsTheHeader() {
    var plain = Self.rules
    plain.windowShift = nil
    var network = story.open(Self.rules, server: plain)
    let start = network.log.count
    story.perform([.call(client, .send(9000)), .run(for: 100_000)], on: &network)
    for index in start..<network.log.count {
      #expect(network.log[index].segment.window <= 65_535)
    }
  }

  /// A sender that is never read from is stopped about where the memory ends, whatever the size of its
  /// segments, and goes on afterwards.
  @Test(arguments: [100, 500, 1024, 1460, 9000, 30_000, 65_495]) func memoryBounds(mss: Int) {
    var rules = Self.rules
    rules.mss = mss
    var network = story.open(rules)
    story.perform([.call(client, .send(300_000)), .run(for: 20_000_000)], on: &network)
    #expect(network[server].unreadCount < 2 * 131_072)
    #expect(network[client].unsentCount > 0)
    for _ in 0..<30 {
      story.perform([.call(server, .receive(300_000)), .run(for: 2_000_000)], on: &network)
    }
    #expect(network[server].delivered.first?.count == 300_000)
  }

  /// A shift of 0 is no scaling: windows fit the header.
  @Test func shiftOfZeroIsNoScaling() {
    var memory = ReceiveMemory(firstWindow: 65160, reserve: 1448, headers: 52)
    memory.measure(1448, told: 65160)
    for number in 1...4 {
      memory.take(1448, upTo: SequenceNumber(UInt32(1448 * number)))
      _ = memory.grow(after: 1448, isFree: false, offered: 1448, segmentSize: 1448)
    }
    #expect(memory.window(segmentSize: 1448, shift: 0, told: 60_000) <= 65_535)
    #expect(memory.window(segmentSize: 1448, shift: 10, told: 60_000) > 65_535)
    // What was told is kept within a segment of what is left, and is rounded down to segments else.
    for number in 5...12 { memory.take(1448, upTo: SequenceNumber(UInt32(1448 * number))) }
    #expect(memory.window(segmentSize: 1448, shift: nil, told: 1) % 1448 == 0)
    #expect(memory.window(segmentSize: 1448, shift: nil, told: 64_000) == 64_000)
    #expect(memory.window(segmentSize: 1448, shift: 0, told: 64_000) == 64_000)
  }

  /// A buffer of so many bytes has every second full segment acknowledged at once.
  @Test func fixedBufferHoldsNothingBack() {
    var rules = Self.rules
    rules.receiveBuffer = 60_000
    var network = answered(rules)
    story.perform([.call(client, .send(2896)), .run(for: 15_000)], on: &network)
    #expect(network[server].lastAckSent == network[server].rcvNxt)
  }

  /// Out of order, three acknowledgments of a number go at once, and the next ones are joined.
  @Test func duplicatesAreJoined() {
    var network = answered(Self.rules)
    let start = network.log.count
    story.perform(
      [.fate(client, .lost)] + (0..<7).map { _ in .call(client, .send(20)) } + [.run(for: 10_100)],
      on: &network)
    func acknowledgments() -> Int {
      (start..<network.log.count).count { network.log[$0].sender == server }
    }
    #expect(acknowledgments() == 3)
    #expect(network[server].acking.compressedCount > 0)
    story.perform([.run(for: 1000)], on: &network)
    #expect(acknowledgments() == 4)
    #expect(network[server].acking.compressedCount == 0)
    // The gap is closed, and the next one has three at once again.
    story.perform([.run(for: 1_000_000)], on: &network)
    #expect(network[server].rcvNxt == network[client].sndNxt)
    let next = network.log.count
    story.perform(
      [.fate(client, .lost)] + (0..<4).map { _ in .call(client, .send(20)) } + [.run(for: 10_100)],
      on: &network)
    #expect((next..<network.log.count).count { network.log[$0].sender == server } == 3)
  }

  /// What bytes cost changes what an empty buffer allows; a window that was lowered for it rises no
  /// further than was told.
  @Test func costLowersTheWindow() {
    var memory = ReceiveMemory(firstWindow: 65160, reserve: 1448, headers: 52)
    memory.measure(700, told: 65160)
    #expect(memory.clamp == 39_424)
    memory.measure(1448, told: 10_000)
    #expect(memory.clamp == 81_920)
    #expect(memory.window(segmentSize: 1448, shift: 1, told: 10_000) == 39_424)
  }

  /// A full segment is no larger than either end's, and no smaller than Linux has it.
  @Test(arguments: [(1460, 536), (300, 288), (90, 88)]) func fullSegmentBeginsAsKnown(
    mss: Int, size: Int
  ) {
    var rules = Self.rules
    rules.mss = mss
    let network = story.open(rules)
    #expect(network[server].acking.segmentSize == size)
  }

  /// A segment that takes half of the buffer leaves no reserve.
  @Test func reserveIsNoMoreThanHalf() {
    #expect(ReceiveMemory(firstWindow: 65_483, reserve: 65_483, headers: 52).clamp == 65_536)
    #expect(ReceiveMemory(firstWindow: 65_160, reserve: 1448, headers: 52).clamp == 64_088)
    #expect(ReceiveMemory(firstWindow: 60_000, reserve: 30_000, headers: 52).clamp == 60_000)
  }

  /// Where a sixteenth of the buffer is left, nothing is offered any more; and answers are no longer
  /// quick.
  @Test func lastSixteenthIsKept() {
    var memory = ReceiveMemory(firstWindow: 65160, reserve: 1448, headers: 52)
    memory.measure(1448, told: 65160)
    let windows = (1...54).map { number in
      memory.take(1448, upTo: SequenceNumber(UInt32(1448 * number)))
      return memory.window(segmentSize: 1448, shift: 10, told: 0)
    }
    #expect(windows.suffix(2) == [5120, 0])

    var network = story.open(Self.rules)
    story.perform([.call(client, .send(60_000)), .run(for: 1_000_000)], on: &network)
    var endpoint = network[server]
    endpoint.acking.quickCount = 5
    _ = endpoint.possibleWindow()
    #expect(endpoint.acking.quickCount == 0)
  }

  /// A full segment that was pushed, and a small one, are two small ones.
  @Test func pushedSegmentsAreCounted() {
    var endpoint = story.open(Self.rules)[server]
    endpoint.measureSegment(1448, [.ack, .psh])
    #expect(endpoint.acking.isPushed && !endpoint.acking.isPushedTwice)
    endpoint.measureSegment(100, [.ack, .psh])
    #expect(endpoint.acking.isPushedTwice)
  }

  /// A window that is small but open is used by the probe.
  @Test func probeUsesWhatFits() {
    var rules = Self.rules
    rules.receiveBuffer = 3000
    var network = story.open(Self.rules, server: rules)
    story.perform([.call(client, .send(2900)), .run(for: 100_000)], on: &network)
    story.perform([.call(client, .send(500)), .run(for: 3_000_000)], on: &network)
    #expect(network[server].unreadCount == 3000)
  }

  /// An acknowledgment that opens the window makes Linux look at its own that waits.
  ///
  /// Close to its time it goes. One that tells nothing but what is expected does not do that.
  @Test(arguments: [(0, 0), (1000, 1)]) func openedWindowIsLookedAt(more: Int, sent: Int) {
    var network = answered(Self.rules)
    story.perform([.call(client, .send(10)), .run(for: 12_000)], on: &network)
    let deadline = network[server].timers[.delayedAck]?.deadline
    let last = (0..<network.log.count).last { network.log[$0].sender == client }
    guard let deadline, let last else {
      Issue.record("the acknowledgment does not wait")
      return
    }
    var segment = network.log[last].segment
    segment.seq = network[client].sndNxt
    segment.flags = .ack
    segment.payload = nil
    segment.window = network[server].sndWnd + more
    let start = network.log.count
    story.perform(
      [
        .runUntil(deadline - 15_000), .inject(from: client, segment, isRetransmission: false),
        .runUntil(deadline - 1000),
      ], on: &network)
    #expect((start..<network.log.count).count { network.log[$0].sender == server } == sent)
  }

  /// Enough of them go before the time.
  @Test func notTooManyAreJoined() {
    var rules = Self.rules
    rules.initialWindow = 100
    var network = answered(rules)
    let start = network.log.count
    story.perform(
      [.fate(client, .lost)] + (0..<60).map { _ in .call(client, .send(20)) } + [.run(for: 10_100)],
      on: &network)
    // Three at once, and of the others forty-four by the one behind them.
    let count = (start..<network.log.count).count { network.log[$0].sender == server }
    #expect(count == 4)
  }

  /// A SYN's window fits the header, whatever fits the buffer.
  @Test func synTellsWhatTheHeaderHolds() {
    var rules = Self.rules
    rules.mss = 1024
    rules.offersTimestamps = false
    let network = story.open(rules)
    #expect((0..<2).map { network.log[$0].segment.window } == [65_535, 65_535])
  }
}
